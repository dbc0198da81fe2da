// SPDX-License-Identifier: Apache-2.0
//
// Top of a board with a P-tile device: pins, the PCIe block as Quartus' IP instance ptile_0, and the example card
// behind it. A counter blinks on a clock of the board.
`default_nettype none
module board_ptile (
    input  wire       pcie_refclk0,
    input  wire       pcie_refclk1,
    input  wire       pcie_perst_n,
    input  wire [3:0] pcie_rx_p,
    input  wire [3:0] pcie_rx_n,
    output wire [3:0] pcie_tx_p,
    output wire [3:0] pcie_tx_n,
    input  wire       clk_100m,
    output wire       led_link,
    output wire       led_blink
);
    wire ninit_done, coreclkout_hip, link_up, idle;
    wire reset_status_n;
    wire [255:0] rx_st_data;
    wire [2:0] rx_st_empty;
    wire [127:0] rx_st_hdr;
    wire [31:0] rx_st_tlp_prfx;
    wire rx_st_sop;
    wire rx_st_eop;
    wire rx_st_valid;
    wire rx_st_ready;
    wire [2:0] rx_st_bar_range;
    wire [255:0] tx_st_data;
    wire [127:0] tx_st_hdr;
    wire [31:0] tx_st_tlp_prfx;
    wire tx_st_sop;
    wire tx_st_eop;
    wire tx_st_valid;
    wire tx_st_ready;
    wire tx_st_err;
    wire [15:0] tx_cdts_limit;
    wire [2:0] tx_cdts_limit_tdm_idx;
    wire [2:0] tl_cfg_func;
    wire [4:0] tl_cfg_add;
    wire [15:0] tl_cfg_ctl;
    wire [7:0] app_int;
    wire app_err_valid;
    wire [31:0] app_err_hdr;
    wire [12:0] app_err_info;
    wire app_xfer_pending;
    wire [7:0] flr_rcvd_pf;
    wire [7:0] flr_completed_pf;

    altera_s10_user_rst_clkgate u_reset_release (.ninit_done(ninit_done));

    reg [7:0] blink_q;
    always @(posedge clk_100m)
        blink_q <= ninit_done ? 8'd0 : blink_q + 8'd1;
    assign led_blink = blink_q[7];
    assign led_link  = link_up;

    ptile_0 u_pcie (
        .refclk0(pcie_refclk0), .refclk1(pcie_refclk1), .pin_perst_n(pcie_perst_n), .ninit_done(ninit_done),
        .coreclkout_hip(coreclkout_hip), .p0_link_up_o(link_up), .p0_dl_up_o(), .p0_ltssm_state_o(),
        .p0_app_int_i(app_int), .rx_p_in0(pcie_rx_p[0]), .rx_n_in0(pcie_rx_n[0]), .rx_p_in1(pcie_rx_p[1]),
        .rx_n_in1(pcie_rx_n[1]), .rx_p_in2(pcie_rx_p[2]), .rx_n_in2(pcie_rx_n[2]), .rx_p_in3(pcie_rx_p[3]),
        .rx_n_in3(pcie_rx_n[3]), .tx_p_out0(pcie_tx_p[0]), .tx_n_out0(pcie_tx_n[0]), .tx_p_out1(pcie_tx_p[1]),
        .tx_n_out1(pcie_tx_n[1]), .tx_p_out2(pcie_tx_p[2]), .tx_n_out2(pcie_tx_n[2]), .tx_p_out3(pcie_tx_p[3]),
        .tx_n_out3(pcie_tx_n[3]), .p0_reset_status_n(reset_status_n), .p0_rx_st_data_o(rx_st_data),
        .p0_rx_st_empty_o(rx_st_empty), .p0_rx_st_hdr_o(rx_st_hdr), .p0_rx_st_tlp_prfx_o(rx_st_tlp_prfx),
        .p0_rx_st_sop_o(rx_st_sop), .p0_rx_st_eop_o(rx_st_eop), .p0_rx_st_valid_o(rx_st_valid),
        .p0_rx_st_ready_i(rx_st_ready), .p0_rx_st_bar_range_o(rx_st_bar_range), .p0_tx_st_data_i(tx_st_data),
        .p0_tx_st_hdr_i(tx_st_hdr), .p0_tx_st_tlp_prfx_i(tx_st_tlp_prfx), .p0_tx_st_sop_i(tx_st_sop),
        .p0_tx_st_eop_i(tx_st_eop), .p0_tx_st_valid_i(tx_st_valid), .p0_tx_st_ready_o(tx_st_ready),
        .p0_tx_st_err_i(tx_st_err), .p0_tx_cdts_limit_o(tx_cdts_limit),
        .p0_tx_cdts_limit_tdm_idx_o(tx_cdts_limit_tdm_idx), .p0_tl_cfg_func_o(tl_cfg_func),
        .p0_tl_cfg_add_o(tl_cfg_add), .p0_tl_cfg_ctl_o(tl_cfg_ctl), .p0_app_err_valid_i(app_err_valid),
        .p0_app_err_hdr_i(app_err_hdr), .p0_app_err_info_i(app_err_info), .p0_app_xfer_pending_i(app_xfer_pending),
        .p0_flr_rcvd_pf_o(flr_rcvd_pf), .p0_flr_completed_pf_i(flr_completed_pf));

    example_ptile #(.SEGS(1)) u_card (
        .coreclkout_hip(coreclkout_hip), .idle(idle), .p0_reset_status_n(reset_status_n),
        .p0_rx_st_data_o(rx_st_data), .p0_rx_st_empty_o(rx_st_empty), .p0_rx_st_hdr_o(rx_st_hdr),
        .p0_rx_st_tlp_prfx_o(rx_st_tlp_prfx), .p0_rx_st_sop_o(rx_st_sop), .p0_rx_st_eop_o(rx_st_eop),
        .p0_rx_st_valid_o(rx_st_valid), .p0_rx_st_ready_i(rx_st_ready), .p0_rx_st_bar_range_o(rx_st_bar_range),
        .p0_tx_st_data_i(tx_st_data), .p0_tx_st_hdr_i(tx_st_hdr), .p0_tx_st_tlp_prfx_i(tx_st_tlp_prfx),
        .p0_tx_st_sop_i(tx_st_sop), .p0_tx_st_eop_i(tx_st_eop), .p0_tx_st_valid_i(tx_st_valid),
        .p0_tx_st_ready_o(tx_st_ready), .p0_tx_st_err_i(tx_st_err), .p0_tx_cdts_limit_o(tx_cdts_limit),
        .p0_tx_cdts_limit_tdm_idx_o(tx_cdts_limit_tdm_idx), .p0_tl_cfg_func_o(tl_cfg_func),
        .p0_tl_cfg_add_o(tl_cfg_add), .p0_tl_cfg_ctl_o(tl_cfg_ctl), .p0_app_int_i(app_int),
        .p0_app_err_valid_i(app_err_valid),
        .p0_app_err_hdr_i(app_err_hdr), .p0_app_err_info_i(app_err_info), .p0_app_xfer_pending_i(app_xfer_pending),
        .p0_flr_rcvd_pf_o(flr_rcvd_pf), .p0_flr_completed_pf_i(flr_completed_pf));

    wire unused = &{1'b0, idle};
endmodule
`default_nettype wire
