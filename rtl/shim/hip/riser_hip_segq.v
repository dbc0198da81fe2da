// SPDX-License-Identifier: Apache-2.0
//
// A queue of segments: up to IN of them come in a cycle, up to OUT are at its output in order. Latency 1 cycle. Those
// that come are taken all or none (in_ready: room for IN); gaps between them are closed. At the output the first
// out_pop go away.
//   W           bits of a segment
//   DEPTH_LOG2  log2 of the queue's segments
`default_nettype none
module riser_hip_segq #(
    parameter W          = 256,
    parameter IN         = 1,
    parameter OUT        = 1,
    parameter DEPTH_LOG2 = 4
) (
    input  wire             clk,
    input  wire             rst,
    input  wire [IN-1:0]    in_valid,
    output wire             in_ready,
    input  wire [IN*W-1:0]  in_data,
    output wire [OUT-1:0]   out_valid,
    output wire [OUT*W-1:0] out_data,
    input  wire [2:0]       out_pop,
    output wire [DEPTH_LOG2:0] count
);
    localparam [DEPTH_LOG2:0] DEPTH = {1'b1, {DEPTH_LOG2{1'b0}}};
    localparam [31:0] IN_32 = IN;

    reg [W-1:0]        mem [0:(1<<DEPTH_LOG2)-1];
    reg [DEPTH_LOG2:0] wr_q, rd_q;

    assign count    = wr_q - rd_q;
    assign in_ready = count <= DEPTH - IN_32[DEPTH_LOG2:0];

    genvar g;
    generate
        for (g = 0; g < OUT; g = g + 1) begin : g_out
            localparam [31:0] AT = g;
            wire [DEPTH_LOG2:0] at = rd_q + AT[DEPTH_LOG2:0];
            wire unused = at[DEPTH_LOG2];
            assign out_valid[g]         = count > AT[DEPTH_LOG2:0];
            assign out_data[W*g +: W]   = mem[at[DEPTH_LOG2-1:0]];
        end
    endgenerate

    // the place of each that came, and how many there are
    reg [(IN+1)*(DEPTH_LOG2+1)-1:0] place;
    integer                         i;
    always @* begin
        place = {(IN+1)*(DEPTH_LOG2+1){1'b0}};
        place[DEPTH_LOG2:0] = wr_q;
        for (i = 0; i < IN; i = i + 1)
            place[(i+1)*(DEPTH_LOG2+1) +: DEPTH_LOG2+1] = place[i*(DEPTH_LOG2+1) +: DEPTH_LOG2+1]
                                                        + {{DEPTH_LOG2{1'b0}}, in_valid[i]};
    end

    integer k;
    always @(posedge clk) begin
        if (rst) begin
            wr_q <= 0;
            rd_q <= 0;
        end else begin
            if (in_ready)
                wr_q <= place[IN*(DEPTH_LOG2+1) +: DEPTH_LOG2+1];
            rd_q <= rd_q + {{(DEPTH_LOG2-2){1'b0}}, out_pop};
        end
        for (k = 0; k < IN; k = k + 1)
            if (in_valid[k] && in_ready)
                mem[place[k*(DEPTH_LOG2+1) +: DEPTH_LOG2]] <= in_data[W*k +: W];
    end
endmodule
`default_nettype wire
