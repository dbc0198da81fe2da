// SPDX-License-Identifier: Apache-2.0
//
// One beat of a TLP from the segments at the head of a queue: as many as a beat has, or up to the first end of a TLP.
// It waits until they are all there. No latency, no state.
//   N      segments of a beat
`default_nettype none
module riser_hip_fromseg #(
    parameter N = 1
) (
    input  wire [N-1:0] seg_valid,
    input  wire [N-1:0] seg_eop,
    output wire         valid,
    output wire         eop,
    input  wire         ready,
    output wire [2:0]   pop         // segments that go with the beat
);
    reg [2:0] nr;
    reg       ends;
    integer   i;

    always @* begin
        nr   = 3'd0;
        ends = 1'b0;
        for (i = 0; i < N; i = i + 1)
            if (!ends && seg_valid[i]) begin
                nr   = nr + 3'd1;
                ends = seg_eop[i];
            end
    end

    assign eop   = ends;
    assign valid = ends || nr == N[2:0];
    assign pop   = (valid && ready) ? nr : 3'd0;
endmodule
`default_nettype wire
