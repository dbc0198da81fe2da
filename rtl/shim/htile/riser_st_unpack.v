// SPDX-License-Identifier: Apache-2.0
//
// The opposite of riser_st_pack: a run of dwords becomes a TLP with its header apart. How long the TLP is says its header;
// wrong is 1 for a beat whose eop is elsewhere. A beat leaves when its payload is complete: with the next
// beat of the run, or alone at the end of the TLP.
`default_nettype none
`include "riser_tlp.vh"
module riser_st_unpack #(
    parameter DATA_W = 256
) (
    input  wire              clk,
    input  wire              rst,
    input  wire              in_valid,
    output wire              in_ready,
    input  wire              in_sop,
    input  wire              in_eop,
    input  wire [DATA_W-1:0] in_data,
    output wire              out_valid,
    input  wire              out_ready,
    output wire              out_sop,
    output wire              out_eop,
    output wire [127:0]      out_hdr,
    output wire [DATA_W-1:0] out_data,
    output wire              wrong
);
    localparam [31:0] NDW_32 = DATA_W / 32;
    localparam [11:0] NDW = NDW_32[11:0];

    reg               rest_q, first_q;
    reg [127:0]       hdr_q;
    reg [11:0]        left_q;       // payload dwords that have not left
    reg [DATA_W-97:0] carry_q;      // payload of the beat before, 4 or 5 dwords of 8

    wire         begins = in_sop && !rest_q;
    wire [127:0] hdr_n = {in_data[31:0], in_data[63:32], in_data[95:64], in_data[127:96]};
    wire [127:0] hdr   = begins ? hdr_n : hdr_q;
    wire         four  = hdr[`TLP_FMT_4DW_B];
    wire [11:0]  len   = {1'b0, hdr_n[`TLP_LENGTH_R] == 10'd0, hdr_n[`TLP_LENGTH_R]};
    wire [11:0]  all   = (hdr_n[`TLP_FMT_DATA_B] ? len : 12'd0) + {11'd0, hdr_n[`TLP_TD_B]};
    // dwords of the payload behind the header
    wire [11:0]  behind = NDW - (four ? 12'd4 : 12'd3);
    wire         alone  = begins && all <= behind;
    wire         leaves = rest_q || (in_valid && (!in_sop || alone));
    wire         last   = (alone ? all : left_q) <= NDW;
    // the payload's last dwords came with this beat, but behind those that complete the one that leaves
    wire         more   = !rest_q && !last && left_q <= NDW + behind;

    assign out_valid = leaves;
    assign out_sop   = alone || first_q;
    assign out_eop   = last;
    assign out_hdr   = {hdr[127:32], hdr[31:0] & {32{four}}};
    assign out_data  = alone ? (four ? {128'd0, in_data[DATA_W-1:128]} : {96'd0, in_data[DATA_W-1:96]})
                     : four ? {in_data[127:0], carry_q[DATA_W-129:0]} : {in_data[95:0], carry_q};
    assign in_ready  = !rest_q && (out_ready || !leaves);
    assign wrong     = in_valid && in_ready && in_eop != (in_sop ? alone : last || more);

    always @(posedge clk) begin
        if (rst) begin
            rest_q  <= 1'b0;
            first_q <= 1'b0;
        end else begin
            if (out_valid && out_ready) begin
                rest_q  <= more;
                first_q <= 1'b0;
            end
            if (in_valid && in_ready && in_sop)
                first_q <= !alone;
        end
        if (in_valid && in_ready && in_sop) begin
            hdr_q  <= hdr_n;
            left_q <= all;
        end else if (out_valid && out_ready)
            left_q <= left_q - NDW;
        if (in_valid && in_ready)
            carry_q <= four ? {32'd0, in_data[DATA_W-1:128]} : in_data[DATA_W-1:96];
    end

endmodule
`default_nettype wire
