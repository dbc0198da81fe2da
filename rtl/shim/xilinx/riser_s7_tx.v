// SPDX-License-Identifier: Apache-2.0
//
// s_axis_tx of a Xilinx 7-series block (PG054): all TLPs of the user as they are, in the order of dwords and bytes
// of m_axis_rx. One TLP per packet. A TLP leaves 1 cycle after its first beat came, 2 when its payload straddles
// beats.
`default_nettype none
`include "riser_tlp.vh"
module riser_s7_tx #(
    parameter DATA_W = 64,
    parameter W      = DATA_W / 32      // derived
) (
    input  wire                clk,
    input  wire                rst,

    input  wire                tvalid,
    output wire                tready,
    input  wire [DATA_W-1:0]   tdata,
    input  wire [DATA_W/8-1:0] tkeep,
    input  wire                tlast,
    input  wire [3:0]          tuser,

    output wire                req_valid,
    input  wire                req_ready,
    output wire                cpl_valid,
    input  wire                cpl_ready,
    output wire                out_sop,
    output wire                out_eop,
    output wire [127:0]        out_hdr,
    output wire [DATA_W-1:0]   out_data,
    output wire                bad          // pulse: the packet is not as long as its header says
);
    localparam LW = $clog2(W);

    wire              b_valid, b_ready, b_sop, b_eop, b_side, side;
    wire [DATA_W-1:0] b_data, payload;
    wire [LW-1:0]     b_last;
    wire [W-1:0]      keep;
    wire [127:0]      desc;

    genvar i;
    generate
        for (i = 0; i < W; i = i + 1) begin : g_dword
            assign keep[i] = tkeep[4*i];
            assign out_data[32*i +: 32] = {payload[32*i +: 8], payload[32*i+8 +: 8], payload[32*i+16 +: 8],
                                           payload[32*i+24 +: 8]};
        end
    endgenerate

    riser_us_in #(.DATA_W(DATA_W), .STRADDLE(0), .SIDE_W(1)) u_in (
        .clk(clk), .rst(rst), .tvalid(tvalid), .tready(tready), .tdata(tdata), .tkeep(keep), .tlast(tlast),
        .marks(16'd0), .sides({1'b0, tuser[1]}), .out_valid(b_valid), .out_ready(b_ready), .out_sop(b_sop),
        .out_eop(b_eop), .out_data(b_data), .out_last(b_last), .out_side(b_side));

    // dword 0 of the header
    wire        is_4dw = desc[29];
    wire [10:0] len    = !desc[30] ? 11'd0 : {desc[9:0] == 10'd0, desc[9:0]};
    wire [10:0] nr     = len + {10'd0, desc[15]};
    wire        is_cpl = desc[28:25] == 4'b0101;
    wire        valid, ready;

    riser_shim_in #(.DATA_W(DATA_W), .SIDE_W(1)) u_take (
        .clk(clk), .rst(rst), .in_valid(b_valid), .in_ready(b_ready), .in_sop(b_sop), .in_eop(b_eop),
        .in_data(b_data), .in_last(b_last), .in_side(b_side), .desc(desc), .side(side),
        .start(is_4dw ? 6'd4 : 6'd3), .nr_desc(is_4dw ? 3'd4 : 3'd3), .nr(nr), .out_valid(valid), .out_ready(ready),
        .out_sop(out_sop), .out_eop(out_eop), .out_data(payload), .bad(bad));

    assign req_valid = valid && !is_cpl;
    assign cpl_valid = valid && is_cpl;
    assign ready     = is_cpl ? cpl_ready : req_ready;
    // error forward poisons
    assign out_hdr   = {desc[31:15], desc[14] || side, desc[13:0], desc[63:32], desc[95:64],
                        is_4dw ? desc[127:96] : 32'd0};

    wire unused = &{1'b0, tkeep, tuser};
endmodule
`default_nettype wire
