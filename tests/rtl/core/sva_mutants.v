// SPDX-License-Identifier: Apache-2.0
//
// A channel that sends TLPs of three dwords over 64 bits, with one defect at a time, to see the
// properties of rtl/sva fire: 0 none, 1 valid falls while it waits, 2 data changes while it waits,
// 3 the header changes, 4 eop a beat early, 5 sop in the second beat.
`default_nettype none
`include "riser_tlp.vh"
module sva_mutants (
    input wire       clk,
    input wire       rst,
    input wire [2:0] mutant
);
    reg [3:0]  count_q;
    reg        second_q;
    wire       ready = count_q[1:0] == 2'd3;
    wire       valid = !(mutant == 3'd1 && count_q == 4'd6);
    wire       sop   = !second_q || mutant == 3'd5;
    wire       eop   = second_q || mutant == 3'd4;
    wire [63:0] data = {60'd7, (mutant == 3'd2) ? count_q : 4'd0};
    wire [127:0] hdr = {`TLP_MWR32, 14'd0, 10'd3, 92'd0, (mutant == 3'd3) ? count_q : 4'd0};

    always @(posedge clk) begin
        count_q <= rst ? 4'd0 : count_q + 4'd1;
        if (rst)
            second_q <= 1'b0;
        else if (valid && ready)
            second_q <= !second_q;
    end

    riser_tlp_sva #(.DATA_W(64)) u_sva (
        .clk   (clk),
        .on    (!rst),
        .valid (valid),
        .ready (ready),
        .sop   (sop),
        .eop   (eop),
        .hdr   (hdr),
        .data  (data)
    );
endmodule
`default_nettype wire
