// SPDX-License-Identifier: Apache-2.0
//
// A TLP with its header apart becomes one run of dwords: 3 or 4 of the header, the payload right behind. The dwords of the
// header are numbers (the first byte is the most significant one), those of the payload little-endian. One beat per
// cycle, and one more where the shifted payload needs it. No latency in the first beat.
`default_nettype none
`include "riser_tlp.vh"
module riser_st_pack #(
    parameter DATA_W = 256
) (
    input  wire              clk,
    input  wire              rst,
    input  wire              in_valid,
    output wire              in_ready,
    input  wire              in_sop,
    input  wire              in_eop,
    input  wire [127:0]      in_hdr,
    input  wire [DATA_W-1:0] in_data,
    output wire              out_valid,
    input  wire              out_ready,
    output wire              out_sop,
    output wire              out_eop,
    output wire [2:0]        out_empty,     // dwords of the last beat that are none
    output wire [DATA_W-1:0] out_data
);
    localparam [31:0] NDW_32 = DATA_W / 32;
    localparam [11:0] NDW = NDW_32[11:0];

    reg               four_q, rest_q;
    reg [11:0]        left_q;       // dwords of the run that have not left
    reg [127:0]       carry_q;      // the last payload dwords of the beat before, in its low bits

    wire        four  = in_sop ? in_hdr[`TLP_FMT_4DW_B] : four_q;
    wire [11:0] len   = {1'b0, in_hdr[`TLP_LENGTH_R] == 10'd0, in_hdr[`TLP_LENGTH_R]};
    wire [11:0] all   = (in_hdr[`TLP_FMT_DATA_B] ? len : 12'd0) + {11'd0, in_hdr[`TLP_TD_B]}
                      + {9'd0, 3'd3 + {2'd0, in_hdr[`TLP_FMT_4DW_B]}};
    wire [11:0] left  = (in_sop && !rest_q) ? all : left_q;
    wire [11:0] over  = NDW - left;
    wire        last  = left <= NDW;
    wire [127:0] hdr_dw = {in_hdr[31:0], in_hdr[63:32], in_hdr[95:64], in_hdr[127:96]};
    // what stands in front of the beat's payload
    wire [127:0] front = (in_sop && !rest_q) ? hdr_dw : carry_q;

    assign out_valid = rest_q || in_valid;
    assign out_sop   = in_sop && !rest_q;
    assign out_eop   = last;
    assign out_empty = last ? over[2:0] : 3'd0;
    assign out_data  = (rest_q ? four_q : four) ? {in_data[DATA_W-129:0], front}
                                                : {in_data[DATA_W-97:0], front[95:0]};
    assign in_ready  = out_ready && !rest_q;

    always @(posedge clk) begin
        if (rst)
            rest_q <= 1'b0;
        else if (out_valid && out_ready)
            rest_q <= !rest_q && in_eop && !last;
        if (out_valid && out_ready) begin
            left_q  <= left - NDW;
            four_q  <= rest_q ? four_q : four;
            carry_q <= four ? in_data[DATA_W-1 -: 128] : {32'd0, in_data[DATA_W-1 -: 96]};
        end
    end

    wire unused = &{1'b0, over[11:3]};
endmodule
`default_nettype wire
