// SPDX-License-Identifier: Apache-2.0
//
// The epf_test card with the ports that the root complex of tests/rtl/core wants of its own card besides:
// what that card tells of itself, which this one does not.
`default_nettype none
module epf_bench #(
    parameter DATA_W = 256
) (
    input  wire               clk,
    input  wire               perst_n,
    input  wire               link_up,
    input  wire               hot_reset,
    output wire               flr_active,
    output wire               idle,
    input  wire               rx_p_valid,
    output wire               rx_p_ready,
    input  wire               rx_p_sop,
    input  wire               rx_p_eop,
    input  wire [127:0]       rx_p_hdr,
    input  wire [DATA_W-1:0]  rx_p_data,
    input  wire               rx_np_valid,
    output wire               rx_np_ready,
    input  wire               rx_np_sop,
    input  wire               rx_np_eop,
    input  wire [127:0]       rx_np_hdr,
    input  wire [DATA_W-1:0]  rx_np_data,
    input  wire               rx_cpl_valid,
    output wire               rx_cpl_ready,
    input  wire               rx_cpl_sop,
    input  wire               rx_cpl_eop,
    input  wire [127:0]       rx_cpl_hdr,
    input  wire [DATA_W-1:0]  rx_cpl_data,
    output wire               tx_p_valid,
    input  wire               tx_p_ready,
    output wire               tx_p_sop,
    output wire               tx_p_eop,
    output wire [127:0]       tx_p_hdr,
    output wire [DATA_W-1:0]  tx_p_data,
    output wire               tx_np_valid,
    input  wire               tx_np_ready,
    output wire               tx_np_sop,
    output wire               tx_np_eop,
    output wire [127:0]       tx_np_hdr,
    output wire [DATA_W-1:0]  tx_np_data,
    output wire               tx_cpl_valid,
    input  wire               tx_cpl_ready,
    output wire               tx_cpl_sop,
    output wire               tx_cpl_eop,
    output wire [127:0]       tx_cpl_hdr,
    output wire [DATA_W-1:0]  tx_cpl_data,

    output wire               ev_rst,
    output wire               ev_rd_valid,
    output wire [7:0]         ev_rd_ctx,
    output wire [1:0]         ev_rd_status,
    output wire [31:0]        ev_rd_sum,
    output wire               ev_rd_beat,
    output wire               ev_wr_valid,
    output wire [7:0]         ev_wr_ctx,
    output wire [1:0]         ev_wr_status,
    output wire               ev_reg_write,
    input  wire [4:0]         slow
);
    epf_test_card #(.DATA_W(DATA_W), .CPL_TIMEOUT_CYCLES(6400)) u_card (
        .clk(clk), .perst_n(perst_n), .link_up(link_up), .hot_reset(hot_reset),
        .flr_active(flr_active), .idle(idle),
        .rx_p_valid(rx_p_valid), .rx_p_ready(rx_p_ready), .rx_p_sop(rx_p_sop), .rx_p_eop(rx_p_eop),
        .rx_p_hdr(rx_p_hdr), .rx_p_data(rx_p_data),
        .rx_np_valid(rx_np_valid), .rx_np_ready(rx_np_ready), .rx_np_sop(rx_np_sop),
        .rx_np_eop(rx_np_eop), .rx_np_hdr(rx_np_hdr), .rx_np_data(rx_np_data),
        .rx_cpl_valid(rx_cpl_valid), .rx_cpl_ready(rx_cpl_ready), .rx_cpl_sop(rx_cpl_sop),
        .rx_cpl_eop(rx_cpl_eop), .rx_cpl_hdr(rx_cpl_hdr), .rx_cpl_data(rx_cpl_data),
        .tx_p_valid(tx_p_valid), .tx_p_ready(tx_p_ready), .tx_p_sop(tx_p_sop), .tx_p_eop(tx_p_eop),
        .tx_p_hdr(tx_p_hdr), .tx_p_data(tx_p_data),
        .tx_np_valid(tx_np_valid), .tx_np_ready(tx_np_ready), .tx_np_sop(tx_np_sop),
        .tx_np_eop(tx_np_eop), .tx_np_hdr(tx_np_hdr), .tx_np_data(tx_np_data),
        .tx_cpl_valid(tx_cpl_valid), .tx_cpl_ready(tx_cpl_ready), .tx_cpl_sop(tx_cpl_sop),
        .tx_cpl_eop(tx_cpl_eop), .tx_cpl_hdr(tx_cpl_hdr), .tx_cpl_data(tx_cpl_data));

    assign ev_rst       = 1'b0;
    assign ev_rd_valid  = 1'b0;
    assign ev_rd_ctx    = 8'd0;
    assign ev_rd_status = 2'd0;
    assign ev_rd_sum    = 32'd0;
    assign ev_rd_beat   = 1'b0;
    assign ev_wr_valid  = 1'b0;
    assign ev_wr_ctx    = 8'd0;
    assign ev_wr_status = 2'd0;
    assign ev_reg_write = 1'b0;

    wire unused = &{1'b0, slow};
endmodule
`default_nettype wire
