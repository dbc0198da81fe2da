// SPDX-License-Identifier: Apache-2.0
//
// CQ of an UltraScale (PG156) or UltraScale+ (PG213) block: requests from the host that hit a BAR, as AXI4-Stream
// packets of a 128-bit descriptor and the payload. All outputs come from registers. A request leaves 1 cycle after
// it came, 2 with STRADDLE; one beat per cycle.
//   USER_W    width of tuser: 85 (UltraScale), 88 (UltraScale+), 183 (512 bits)
//   ALIGNED   address-aligned payload
//   STRADDLE  two packets in a beat (512 bits, not ALIGNED)
//   PARITY    tuser has the odd parity of the bytes of tdata, else 0
`default_nettype none
`include "riser_tlp.vh"
module riser_us_cq #(
    parameter DATA_W   = 256,
    parameter USER_W   = 88,
    parameter ALIGNED  = 0,
    parameter STRADDLE = 0,
    parameter PARITY   = 0,
    parameter W        = DATA_W / 32    // derived
) (
    input  wire              clk,
    input  wire              rst,

    input  wire              req_valid,
    output wire              req_ready,
    input  wire              req_eop,
    input  wire [127:0]      req_hdr,       // of the first beat
    input  wire [DATA_W-1:0] req_data,
    input  wire [2:0]        req_bar,
    input  wire [5:0]        req_aperture,

    output wire              tvalid,
    input  wire              tready,
    output wire [DATA_W-1:0] tdata,
    output wire [W-1:0]      tkeep,
    output wire              tlast,
    output wire [USER_W-1:0] tuser,
    output wire              busy
);
    localparam LW   = $clog2(W);
    localparam NB   = DATA_W / 8;
    localparam NSEG = (STRADDLE != 0) ? 2 : 1;

    // ---- descriptor -------------------------------------------------------------------------------

    wire [63:0] addr = req_hdr[`TLP_FMT_4DW_B] ? req_hdr[63:0] : {32'd0, req_hdr[63:32]};
    wire        is_wr = req_hdr[`TLP_FMT_DATA_B];
    wire [10:0] len  = {req_hdr[`TLP_LENGTH_R] == 10'd0, req_hdr[`TLP_LENGTH_R]};
    wire [3:0]  fbe  = req_hdr[`TLP_FIRST_BE_R];
    wire [3:0]  lbe  = req_hdr[`TLP_LAST_BE_R];
    wire [127:0] desc = {1'b0, req_hdr[`TLP_ATTR_IDO_B], req_hdr[`TLP_ATTR_RO_B], req_hdr[`TLP_ATTR_NS_B],
                         req_hdr[`TLP_TC_R], req_aperture, req_bar, 8'd0, req_hdr[`TLP_TAG_R],
                         req_hdr[`TLP_REQ_ID_R], 1'b0, 3'd0, is_wr, len, addr[63:2], req_hdr[`TLP_AT_R]};
    wire [5:0]  start = (ALIGNED == 0) ? 6'd4 : (W == 2) ? {5'd2, addr[2]} : (W == 4) ? {4'd1, addr[3:2]}
                      : (W == 8) ? {3'd1, addr[4:2]} : {4'd1, addr[3:2]};

    // ---- packets ----------------------------------------------------------------------------------

    wire              f_valid, f_ready, f_sop, f_eop;
    wire [DATA_W-1:0] f_data;
    wire [NB-1:0]     f_be;
    wire [LW-1:0]     f_last;
    wire [7:0]        f_side;

    riser_shim_out #(.DATA_W(DATA_W), .SIDE_W(8)) u_out (
        .clk(clk), .rst(rst), .in_valid(req_valid), .in_ready(req_ready), .in_eop(req_eop), .in_data(req_data), .in_desc(desc),
        .in_nr_desc(3'd4), .in_start(start), .in_nr(is_wr ? len : 11'd0), .in_fbe(fbe), .in_lbe(lbe),
        .in_side({lbe, fbe}), .out_valid(f_valid), .out_ready(f_ready), .out_sop(f_sop), .out_eop(f_eop),
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

    // ---- tuser --------------------------------------------------------------------------------------

    wire [NB-1:0]     parity;
    wire [USER_W-1:0] user;
    genvar i;
    generate
        for (i = 0; i < NB; i = i + 1) begin : g_parity
            assign parity[i] = (PARITY != 0) && !(^p_data[8*i +: 8]);
        end
        if (DATA_W == 512) begin : g_512
            // sop and eop by their order in the beat; byte enables of a lone packet stand in both places
            wire [1:0]  sop, eop, at_0;
            wire [3:0]  end_0, end_1;
            wire [7:0]  be_0, be_1;
            if (NSEG == 2) begin : g_two
                assign sop   = {&p_sop, |p_sop};
                assign eop   = {&p_eop, |p_eop};
                assign at_0  = p_sop[0] ? 2'd0 : {p_sop[1], 1'b0};
                assign end_0 = p_eop[0] ? p_last[3:0] : p_last[7:4];
                assign end_1 = p_last[7:4];
                assign be_0  = p_sop[0] ? p_side[7:0] : p_side[15:8];
                assign be_1  = p_sop[1] ? p_side[15:8] : p_side[7:0];
            end else begin : g_one
                assign sop   = {1'b0, p_sop};
                assign eop   = {1'b0, p_eop};
                assign at_0  = 2'd0;
                assign end_0 = p_last;
                assign end_1 = 4'd0;
                assign be_0  = p_side;
                assign be_1  = p_side;
            end
            assign user = {parity, 16'd0, 4'd0, 2'd0, 1'b0, eop[1] ? end_1 : 4'd0, eop[0] ? end_0 : 4'd0, eop,
                           sop[1] ? 2'd2 : 2'd0, at_0, sop, p_be, be_1[7:4], be_0[7:4], be_1[3:0], be_0[3:0]};
        end else begin : g_narrow
            // one bit more, so that no replication is empty
            wire [32:0] be_33     = {{(33-NB){1'b0}}, p_be};
            wire [32:0] parity_33 = {{(33-NB){1'b0}}, parity};
            wire [USER_W:0] wide  = {{(USER_W-84){1'b0}}, parity_33[31:0], 8'd0, 2'd0, 1'b0, 1'b0, p_sop,
                                     be_33[31:0], p_side};
            assign user = wide[USER_W-1:0];
            wire unused = &{1'b0, wide[USER_W], be_33[32], parity_33[32]};
        end
    endgenerate

    wire [W-1:0] keep_end = ~(~{{(W-1){1'b0}}, 1'b1} << p_last[LW-1:0]);
    wire         ends     = (NSEG == 1) && p_eop[0];

    riser_skid #(.W(DATA_W + W + 1 + USER_W)) u_skid (
        .clk(clk), .rst(rst), .in_valid(p_valid), .in_ready(p_ready),
        .in_data({user, ends, ends ? keep_end : {W{1'b1}}, p_data}),
        .out_valid(tvalid), .out_ready(tready), .out_data({tuser, tlast, tkeep, tdata}));

    assign busy = req_valid || p_valid || tvalid;

    wire unused = &{1'b0, req_hdr, addr};
endmodule
`default_nettype wire
