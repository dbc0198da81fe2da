// SPDX-License-Identifier: Apache-2.0
//
// The segments of one beat of a TLP: which of them are there, where it begins and ends, how many dwords of the last one
// are empty. No latency; it counts the dwords of a TLP that are still to come.
//   N      segments of a beat, 1, 2 or 4
`default_nettype none
`include "riser_tlp.vh"
module riser_hip_toseg #(
    parameter DATA_W = 256,
    parameter N      = 1
) (
    input  wire         clk,
    input  wire         moves,      // the beat is transferred
    input  wire         sop,
    input  wire [127:0] hdr,
    output wire [N-1:0] seg_valid,
    output wire [N-1:0] seg_sop,
    output wire [N-1:0] seg_eop,
    output wire [4*N-1:0] seg_empty // dwords, of the last segment
);
    localparam [31:0] SEG_DW_32 = DATA_W / 32 / N;
    localparam [11:0] SEG_DW = SEG_DW_32[11:0];
    localparam [31:0] BEAT_DW_32 = DATA_W / 32;

    reg  [11:0] left_q;
    wire [11:0] len  = {1'b0, hdr[`TLP_LENGTH_R] == 10'd0, hdr[`TLP_LENGTH_R]};
    wire [11:0] all  = (hdr[`TLP_FMT_DATA_B] ? len : 12'd0) + {11'd0, hdr[`TLP_TD_B]};
    wire [11:0] left = sop ? all : left_q;

    genvar i;
    generate
        for (i = 0; i < N; i = i + 1) begin : g_seg
            localparam [31:0] AT_32 = SEG_DW_32 * i;
            localparam [11:0] AT = AT_32[11:0];
            wire [11:0] unfilled = AT + SEG_DW - left;
            // a TLP without payload has one segment
            assign seg_valid[i] = (i == 0) || left > AT;
            assign seg_sop[i]   = sop && (i == 0);
            assign seg_eop[i]   = seg_valid[i] && left <= AT + SEG_DW;
            assign seg_empty[4*i +: 4] = (seg_eop[i] && left != 12'd0) ? unfilled[3:0] : 4'd0;
            wire unused = &{1'b0, unfilled[11:4]};
        end
    endgenerate

    always @(posedge clk)
        if (moves)
            left_q <= left - BEAT_DW_32[11:0];

    wire unused = &{1'b0, hdr};
endmodule
`default_nettype wire
