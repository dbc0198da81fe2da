// SPDX-License-Identifier: Apache-2.0
//
// Top of a board with an UltraScale device: pins, buffers, the PCIe block as Vivado's IP instance pcie3_ultrascale_0,
// and the example card, which has
// the MSI-X table, behind it. A counter blinks on a clock of the board.
`default_nettype none
module board_us (
    input  wire       pcie_refclk_p,
    input  wire       pcie_refclk_n,
    input  wire       pcie_perst_n,
    input  wire [3:0] pcie_rx_p,
    input  wire [3:0] pcie_rx_n,
    output wire [3:0] pcie_tx_p,
    output wire [3:0] pcie_tx_n,
    input  wire       clk_100m_p,
    input  wire       clk_100m_n,
    output wire       led_link,
    output wire       led_blink
);
    wire sys_clk, sys_clk_gt, perst_n, clk_in, clk_board, clk_fb, locked;

    IBUFDS_GTE3 #(.REFCLK_HROW_CK_SEL(2'b00)) u_refclk (
        .I(pcie_refclk_p), .IB(pcie_refclk_n), .CEB(1'b0), .O(sys_clk_gt), .ODIV2(sys_clk));
    IBUF   u_perst (.I(pcie_perst_n), .O(perst_n));
    IBUFDS u_clk_in (.I(clk_100m_p), .IB(clk_100m_n), .O(clk_in));

    wire clk_pll;
    MMCME3_BASE #(.CLKFBOUT_MULT_F(10.0), .CLKIN1_PERIOD(10.0), .CLKOUT0_DIVIDE_F(10.0)) u_mmcm (
        .CLKIN1(clk_in), .CLKFBIN(clk_fb), .CLKFBOUT(clk_fb), .CLKOUT0(clk_pll), .RST(1'b0), .PWRDWN(1'b0),
        .LOCKED(locked));
    BUFG u_clk_board (.I(clk_pll), .O(clk_board));

    reg [7:0] blink_q;
    always @(posedge clk_board or negedge locked)
        if (!locked)
            blink_q <= 8'd0;
        else
            blink_q <= blink_q + 8'd1;
    OBUF u_led_blink (.I(blink_q[7]), .O(led_blink));

    wire         user_clk, user_reset, user_lnk_up, idle;
    wire [127:0] cq_tdata, cc_tdata, rq_tdata, rc_tdata;
    wire [3:0]   cq_tkeep, cc_tkeep, rq_tkeep, rc_tkeep;
    wire [84:0]  cq_tuser;
    wire [32:0]  cc_tuser;
    wire [59:0]  rq_tuser;
    wire [74:0]  rc_tuser;
    wire         cq_tlast, cq_tvalid, cq_tready, cc_tlast, cc_tvalid, rq_tlast, rq_tvalid, rc_tlast, rc_tvalid, rc_tready;
    wire [3:0]   cc_tready, rq_tready;
    wire         np_req, seq_vld, tag_vld, msi_sent, msi_fail, msix_int, msix_sent, msix_fail;
    wire [5:0]   np_count, tag;
    wire [3:0]   seq_num;
    wire [2:0]   max_payload, max_read_req;
    wire [3:0]   flr_in_process, flr_done, cfg_int, msi_enable, msix_enable, msix_mask;
    wire [31:0]  msi_int, msix_data;
    wire [63:0]  msix_address;

    OBUF u_led_link (.I(user_lnk_up), .O(led_link));

    pcie3_ultrascale_0 u_pcie (
        .pci_exp_txp(pcie_tx_p), .pci_exp_txn(pcie_tx_n), .pci_exp_rxp(pcie_rx_p), .pci_exp_rxn(pcie_rx_n),
        .sys_clk(sys_clk), .sys_clk_gt(sys_clk_gt), .sys_reset(perst_n), .phy_rdy_out(),
        .user_clk(user_clk), .user_reset(user_reset), .user_lnk_up(user_lnk_up),
        .m_axis_cq_tdata(cq_tdata), .m_axis_cq_tkeep(cq_tkeep), .m_axis_cq_tlast(cq_tlast), .m_axis_cq_tuser(cq_tuser),
        .m_axis_cq_tvalid(cq_tvalid), .m_axis_cq_tready(cq_tready),
        .s_axis_cc_tdata(cc_tdata), .s_axis_cc_tkeep(cc_tkeep), .s_axis_cc_tlast(cc_tlast), .s_axis_cc_tuser(cc_tuser),
        .s_axis_cc_tvalid(cc_tvalid), .s_axis_cc_tready(cc_tready),
        .s_axis_rq_tdata(rq_tdata), .s_axis_rq_tkeep(rq_tkeep), .s_axis_rq_tlast(rq_tlast), .s_axis_rq_tuser(rq_tuser),
        .s_axis_rq_tvalid(rq_tvalid), .s_axis_rq_tready(rq_tready),
        .m_axis_rc_tdata(rc_tdata), .m_axis_rc_tkeep(rc_tkeep), .m_axis_rc_tlast(rc_tlast), .m_axis_rc_tuser(rc_tuser),
        .m_axis_rc_tvalid(rc_tvalid), .m_axis_rc_tready(rc_tready),
        .pcie_cq_np_req(np_req), .pcie_cq_np_req_count(np_count), .pcie_rq_seq_num(seq_num),
        .pcie_rq_seq_num_vld(seq_vld), .pcie_rq_tag(tag), .pcie_rq_tag_vld(tag_vld),
        .cfg_max_payload(max_payload), .cfg_max_read_req(max_read_req), .cfg_config_space_enable(1'b1),
        .cfg_dsn(64'h1), .cfg_link_training_enable(1'b1), .cfg_power_state_change_ack(1'b1),
        .cfg_flr_in_process(flr_in_process), .cfg_flr_done(flr_done), .cfg_interrupt_int(cfg_int),
        .cfg_interrupt_msi_enable(msi_enable), .cfg_interrupt_msi_int(msi_int), .cfg_interrupt_msi_sent(msi_sent),
        .cfg_interrupt_msi_fail(msi_fail), .cfg_interrupt_msi_function_number(4'd0),
        .cfg_interrupt_msix_enable(msix_enable), .cfg_interrupt_msix_mask(msix_mask), .cfg_interrupt_msix_int(msix_int),
        .cfg_interrupt_msix_address(msix_address), .cfg_interrupt_msix_data(msix_data),
        .cfg_interrupt_msix_sent(msix_sent), .cfg_interrupt_msix_fail(msix_fail));

    example_us #(.DATA_W(128), .MSIX_INTERNAL(0)) u_card (
        .user_clk(user_clk), .user_reset(user_reset), .user_lnk_up(user_lnk_up), .idle(idle),
        .s_axis_cq_tdata(cq_tdata), .s_axis_cq_tkeep(cq_tkeep), .s_axis_cq_tlast(cq_tlast), .s_axis_cq_tuser(cq_tuser),
        .s_axis_cq_tvalid(cq_tvalid), .s_axis_cq_tready(cq_tready),
        .m_axis_cc_tdata(cc_tdata), .m_axis_cc_tkeep(cc_tkeep), .m_axis_cc_tlast(cc_tlast), .m_axis_cc_tuser(cc_tuser),
        .m_axis_cc_tvalid(cc_tvalid), .m_axis_cc_tready(cc_tready[0]),
        .m_axis_rq_tdata(rq_tdata), .m_axis_rq_tkeep(rq_tkeep), .m_axis_rq_tlast(rq_tlast), .m_axis_rq_tuser(rq_tuser),
        .m_axis_rq_tvalid(rq_tvalid), .m_axis_rq_tready(rq_tready[0]),
        .s_axis_rc_tdata(rc_tdata), .s_axis_rc_tkeep(rc_tkeep), .s_axis_rc_tlast(rc_tlast), .s_axis_rc_tuser(rc_tuser),
        .s_axis_rc_tvalid(rc_tvalid), .s_axis_rc_tready(rc_tready),
        .pcie_cq_np_req(np_req), .pcie_rq_seq_num(seq_num), .pcie_rq_seq_num_vld(seq_vld), .pcie_rq_tag(tag),
        .pcie_rq_tag_vld(tag_vld), .cfg_max_payload(max_payload), .cfg_max_read_req(max_read_req),
        .cfg_flr_in_process(flr_in_process), .cfg_flr_done(flr_done), .cfg_interrupt_int(cfg_int),
        .cfg_interrupt_msi_enable(msi_enable), .cfg_interrupt_msi_int(msi_int), .cfg_interrupt_msi_sent(msi_sent), .cfg_interrupt_msi_fail(msi_fail),
        .cfg_interrupt_msix_enable(msix_enable), .cfg_interrupt_msix_mask(msix_mask), .cfg_interrupt_msix_int(msix_int),
        .cfg_interrupt_msix_address(msix_address), .cfg_interrupt_msix_data(msix_data),
        .cfg_interrupt_msix_sent(msix_sent), .cfg_interrupt_msix_fail(msix_fail));

    wire unused = &{1'b0, idle, np_count, cc_tready, rq_tready};
endmodule
`default_nettype wire
