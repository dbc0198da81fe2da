// SPDX-License-Identifier: Apache-2.0
//
// m_axis_rx of a Xilinx 7-series block (PG054): requests that hit a BAR and completions as raw TLPs in one stream.
// A dword of header has the byte that goes first on the link in its highest bits, and so has a dword of payload.
// At 128 bits a TLP may begin in the middle of a beat (STRADDLE). Completions go first, but pass no posted
// request. All outputs come from registers; 1 cycle, 2 with straddling; one beat per cycle.
`default_nettype none
`include "riser_tlp.vh"
module riser_s7_rx #(
    parameter        DATA_W    = 64,
    parameter        STRADDLE  = 0,
    parameter [11:0] BAR_TYPES = 12'h0,
    parameter        W         = DATA_W / 32    // derived
) (
    input  wire                clk,
    input  wire                rst,

    input  wire                req_valid,
    output wire                req_ready,
    input  wire                req_eop,
    input  wire [127:0]        req_hdr,
    input  wire [DATA_W-1:0]   req_data,
    input  wire [2:0]          req_bar,
    input  wire                p_waits,     // a posted request is on its way
    input  wire                cpl_valid,
    output wire                cpl_ready,
    input  wire                cpl_eop,
    input  wire [127:0]        cpl_hdr,
    input  wire [DATA_W-1:0]   cpl_data,

    output wire                tvalid,
    input  wire                tready,
    output wire [DATA_W-1:0]   tdata,
    output wire [DATA_W/8-1:0] tkeep,
    output wire                tlast,
    output wire [21:0]         tuser,
    output wire                busy
);
    localparam LW   = $clog2(W);
    localparam NB   = DATA_W / 8;
    localparam NSEG = (STRADDLE != 0) ? 2 : 1;

    // ---- one TLP after the other --------------------------------------------------------------------

    reg  mid_q, cpl_q;
    wire pick  = mid_q ? cpl_q : cpl_valid && !p_waits;
    wire valid = pick ? cpl_valid : req_valid;
    wire ready;
    wire [127:0] hdr = pick ? cpl_hdr : req_hdr;
    wire [DATA_W-1:0] payload = pick ? cpl_data : req_data;
    wire is_4dw = hdr[`TLP_FMT_4DW_B];
    wire has    = hdr[`TLP_FMT_DATA_B];
    wire [10:0] len = {hdr[`TLP_LENGTH_R] == 10'd0, hdr[`TLP_LENGTH_R]} + {10'd0, hdr[`TLP_TD_B]};
    wire [10:0] nr  = has ? len : {10'd0, hdr[`TLP_TD_B]};
    // a BAR of 64 bits hits with both of its numbers
    wire [6:0]  one = 7'd1 << req_bar;
    wire [5:0]  wide = {BAR_TYPES[10], BAR_TYPES[8], BAR_TYPES[6], BAR_TYPES[4], BAR_TYPES[2], BAR_TYPES[0]};
    wire [6:0]  hit = pick ? 7'd0 : one | ({1'b0, one[5:0] & wide} << 1);

    assign cpl_ready = pick && ready;
    assign req_ready = !pick && ready;

    always @(posedge clk) begin
        if (rst)
            mid_q <= 1'b0;
        else if (valid)
            mid_q <= !(ready && (pick ? cpl_eop : req_eop));
        cpl_q <= pick;
    end

    wire [DATA_W-1:0] swapped;
    genvar i;
    generate
        for (i = 0; i < W; i = i + 1) begin : g_swap
            assign swapped[32*i +: 32] = {payload[32*i +: 8], payload[32*i+8 +: 8], payload[32*i+16 +: 8],
                                          payload[32*i+24 +: 8]};
        end
    endgenerate

    wire              f_valid, f_ready, f_sop, f_eop;
    wire [DATA_W-1:0] f_data;
    wire [NB-1:0]     f_be;
    wire [LW-1:0]     f_last;
    wire [7:0]        f_side;

    riser_shim_out #(.DATA_W(DATA_W), .SIDE_W(8)) u_out (
        .clk(clk), .rst(rst), .in_valid(valid), .in_ready(ready), .in_eop(pick ? cpl_eop : req_eop), .in_data(swapped),
        .in_desc({is_4dw ? hdr[31:0] : 32'd0, hdr[63:32], hdr[95:64], hdr[127:96]}),
        .in_nr_desc(is_4dw ? 3'd4 : 3'd3), .in_start(is_4dw ? 6'd4 : 6'd3), .in_nr(nr), .in_fbe(4'hf), .in_lbe(4'hf),
        .in_side({hdr[`TLP_EP_B], hit}), .out_valid(f_valid), .out_ready(f_ready), .out_sop(f_sop), .out_eop(f_eop),
        .out_data(f_data), .out_last(f_last), .out_be(f_be), .out_side(f_side));

    wire               p_valid, p_ready;
    wire [DATA_W-1:0]  p_data;
    wire [NB-1:0]      p_be;
    wire [NSEG-1:0]    p_sop, p_eop;
    wire [NSEG*LW-1:0] p_last;
    wire [NSEG*8-1:0]  p_side;

    riser_shim_pack #(.DATA_W(DATA_W), .NSEG(NSEG), .SIDE_W(8)) u_pack (
        .clk(clk), .rst(rst), .in_valid(f_valid), .in_ready(f_ready), .in_sop(f_sop), .in_eop(f_eop), .in_data(f_data),
        .in_be(f_be), .in_last(f_last), .in_side(f_side), .out_valid(p_valid), .out_ready(p_ready), .out_data(p_data),
        .out_be(p_be), .out_sop(p_sop), .out_eop(p_eop), .out_last(p_last), .out_side(p_side));

    // a TLP is longer than a segment: one begins and one ends in a beat at most
    wire [1:0] end_dw;
    wire [3:0] sop_at;
    wire [7:0] side;
    generate
        if (NSEG == 2) begin : g_two
            assign end_dw = p_eop[0] ? p_last[1:0] : p_last[3:2];
            assign sop_at = p_sop[1] ? 4'd8 : 4'd0;
            // what belongs to the TLP that begins, or goes on
            assign side   = p_sop[1] ? p_side[15:8] : p_side[7:0];
        end else begin : g_one
            wire [2:0] last_3 = {{(3-LW){1'b0}}, p_last};
            assign end_dw = last_3[1:0];
            assign sop_at = 4'd0;
            assign side   = p_side;
            wire unused   = last_3[2];
        end
    endgenerate

    wire        ends = |p_eop;
    wire [21:0] user = {ends, end_dw, 2'b11, 2'd0, |p_sop, sop_at, 1'b0, side[6:0], side[7], 1'b0};
    wire [NB-1:0] keep;
    wire [3:0]    upto = 4'hf >> (2'd3 - end_dw);
    generate
        for (i = 0; i < W; i = i + 1) begin : g_keep
            assign keep[4*i +: 4] = {4{!ends || NSEG == 2 || upto[i]}};
        end
    endgenerate

    riser_skid #(.W(DATA_W + NB + 1 + 22)) u_skid (
        .clk(clk), .rst(rst), .in_valid(p_valid), .in_ready(p_ready), .in_data({user, ends, keep, p_data}),
        .out_valid(tvalid), .out_ready(tready), .out_data({tuser, tlast, tkeep, tdata}));

    assign busy = valid || cpl_valid || p_valid || tvalid;

    wire unused = &{1'b0, p_be, hdr, one[6], upto};
endmodule
`default_nettype wire
