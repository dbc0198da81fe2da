// SPDX-License-Identifier: Apache-2.0
//
// Top of a board with a Stratix 10 H-tile device: pins, the PCIe block as Quartus' IP instance htile_0, and the example
// card behind it. The card is in reset until the block's clock runs, its streams are clear and completions have credits
// without end, as a root complex gives them. A counter blinks on a clock of the board.
`default_nettype none
module board_htile (
    input  wire       pcie_refclk,
    input  wire       pcie_perst_n,
    input  wire [7:0] pcie_rx,
    output wire [7:0] pcie_tx,
    input  wire       clk_100m,
    output wire       led_link,
    output wire       led_blink
);
    wire ninit_done, coreclkout_hip, reset_status, clr_st, pll_locked, link_up, idle;
    wire [7:0] tx_cplh_cdts;
    wire [255:0] rx_st_data;
    wire [2:0] rx_st_empty;
    wire rx_st_sop;
    wire rx_st_eop;
    wire rx_st_valid;
    wire rx_st_ready;
    wire [2:0] rx_st_bar_range;
    wire [255:0] tx_st_data;
    wire tx_st_sop;
    wire tx_st_eop;
    wire tx_st_valid;
    wire tx_st_ready;
    wire tx_st_err;
    wire [7:0] tx_ph_cdts;
    wire [11:0] tx_pd_cdts;
    wire [7:0] tx_nph_cdts;
    wire [1:0] tl_cfg_func;
    wire [4:0] tl_cfg_add;
    wire [31:0] tl_cfg_ctl;
    wire app_msi_req;
    wire app_msi_ack;
    wire [3:0] app_int_sts;
    wire [4:0] app_msi_num;
    wire [2:0] app_msi_tc;
    wire [1:0] app_msi_func_num;
    wire app_err_valid;
    wire [31:0] app_err_hdr;
    wire [10:0] app_err_info;
    wire app_xfer_pending;
    wire [3:0] flr_pf_active;
    wire [3:0] flr_pf_done;

    altera_s10_user_rst_clkgate u_reset_release (.ninit_done(ninit_done));
    wire npor = !ninit_done && pcie_perst_n;

    reg card_rst;
    always @(posedge coreclkout_hip)
        card_rst <= reset_status || clr_st || !pll_locked || tx_cplh_cdts != 8'd0;

    reg [7:0] blink_q;
    always @(posedge clk_100m)
        blink_q <= ninit_done ? 8'd0 : blink_q + 8'd1;
    assign led_blink = blink_q[7];
    assign led_link  = link_up;

    htile_0 u_pcie (
        .refclk(pcie_refclk), .npor(npor), .pin_perst(pcie_perst_n), .ninit_done(ninit_done),
        .coreclkout_hip(coreclkout_hip), .reset_status(reset_status), .clr_st(clr_st),
        .serdes_pll_locked(pll_locked), .pld_core_ready(pll_locked), .pld_clk_inuse(), .link_up(link_up),
        .ltssmstate(), .currentspeed(), .app_int_sts(app_int_sts), .app_err_func_num(2'd0), .app_init_rst(1'b0),
        .apps_pm_xmt_pme(1'b0), .apps_ready_entr_l23(1'b0), .apps_pm_xmt_turnoff(1'b0),
        .tx_st_vf_active(1'b0), .test_in(67'd0), .simu_mode_pipe(1'b0), .tx_cplh_cdts(tx_cplh_cdts),
        .tx_npd_cdts(), .tx_cpld_cdts(), .tx_hdr_cdts_consumed(), .tx_data_cdts_consumed(), .tx_cdts_type(),
        .tx_cdts_data_value(), .rx_in0(pcie_rx[0]), .rx_in1(pcie_rx[1]), .rx_in2(pcie_rx[2]),
        .rx_in3(pcie_rx[3]), .rx_in4(pcie_rx[4]), .rx_in5(pcie_rx[5]), .rx_in6(pcie_rx[6]),
        .rx_in7(pcie_rx[7]), .tx_out0(pcie_tx[0]), .tx_out1(pcie_tx[1]), .tx_out2(pcie_tx[2]),
        .tx_out3(pcie_tx[3]), .tx_out4(pcie_tx[4]), .tx_out5(pcie_tx[5]), .tx_out6(pcie_tx[6]),
        .tx_out7(pcie_tx[7]), .rx_st_data(rx_st_data), .rx_st_empty(rx_st_empty), .rx_st_sop(rx_st_sop),
        .rx_st_eop(rx_st_eop), .rx_st_valid(rx_st_valid), .rx_st_ready(rx_st_ready),
        .rx_st_bar_range(rx_st_bar_range), .tx_st_data(tx_st_data), .tx_st_sop(tx_st_sop),
        .tx_st_eop(tx_st_eop), .tx_st_valid(tx_st_valid), .tx_st_ready(tx_st_ready), .tx_st_err(tx_st_err),
        .tx_ph_cdts(tx_ph_cdts), .tx_pd_cdts(tx_pd_cdts), .tx_nph_cdts(tx_nph_cdts),
        .tl_cfg_func(tl_cfg_func), .tl_cfg_add(tl_cfg_add), .tl_cfg_ctl(tl_cfg_ctl),
        .app_msi_req(app_msi_req), .app_msi_ack(app_msi_ack), .app_msi_num(app_msi_num),
        .app_msi_tc(app_msi_tc), .app_msi_func_num(app_msi_func_num), .app_err_valid(app_err_valid),
        .app_err_hdr(app_err_hdr), .app_err_info(app_err_info), .app_xfer_pending(app_xfer_pending),
        .flr_pf_active(flr_pf_active), .flr_pf_done(flr_pf_done));

    example_htile u_card (
        .coreclkout_hip(coreclkout_hip), .reset_status(card_rst), .idle(idle), .rx_st_data(rx_st_data),
        .rx_st_empty(rx_st_empty), .rx_st_sop(rx_st_sop), .rx_st_eop(rx_st_eop), .rx_st_valid(rx_st_valid),
        .rx_st_ready(rx_st_ready), .rx_st_bar_range(rx_st_bar_range), .tx_st_data(tx_st_data),
        .tx_st_sop(tx_st_sop), .tx_st_eop(tx_st_eop), .tx_st_valid(tx_st_valid), .tx_st_ready(tx_st_ready),
        .tx_st_err(tx_st_err), .tx_ph_cdts(tx_ph_cdts), .tx_pd_cdts(tx_pd_cdts), .tx_nph_cdts(tx_nph_cdts),
        .tl_cfg_func(tl_cfg_func), .tl_cfg_add(tl_cfg_add[3:0]), .tl_cfg_ctl(tl_cfg_ctl),
        .app_int_sts(app_int_sts), .app_msi_req(app_msi_req), .app_msi_ack(app_msi_ack), .app_msi_num(app_msi_num),
        .app_msi_tc(app_msi_tc), .app_msi_func_num(app_msi_func_num), .app_err_valid(app_err_valid),
        .app_err_hdr(app_err_hdr), .app_err_info(app_err_info), .app_xfer_pending(app_xfer_pending),
        .flr_pf_active(flr_pf_active), .flr_pf_done(flr_pf_done));

    wire unused = &{1'b0, idle, tl_cfg_add[4]};
endmodule
`default_nettype wire
