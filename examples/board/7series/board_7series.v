// SPDX-License-Identifier: Apache-2.0
//
// Top of a board with a 7-series device: pins, buffers, the PCIe block as Vivado's IP instance pcie_7x_0, and
// the example card behind it. A counter blinks on a clock of the board.
`default_nettype none
module board_7series (
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
    wire sys_clk, perst_n, clk_in, clk_board, clk_fb, locked;

    IBUFDS_GTE2 u_refclk (
        .I(pcie_refclk_p), .IB(pcie_refclk_n), .CEB(1'b0), .O(sys_clk), .ODIV2());
    IBUF   u_perst (.I(pcie_perst_n), .O(perst_n));
    IBUFDS u_clk_in (.I(clk_100m_p), .IB(clk_100m_n), .O(clk_in));

    wire clk_pll;
    MMCME2_BASE #(.CLKFBOUT_MULT_F(10.0), .CLKIN1_PERIOD(10.0), .CLKOUT0_DIVIDE_F(10.0)) u_mmcm (
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

    wire        user_clk, user_reset, user_lnk_up, idle;
    wire [63:0] rx_tdata, tx_tdata;
    wire [7:0]  rx_tkeep, tx_tkeep, bus_number;
    wire [21:0] rx_tuser;
    wire [3:0]  tx_tuser;
    wire        rx_tlast, rx_tvalid, rx_tready, tx_tlast, tx_tvalid, tx_tready, rx_np_ok, trn_pending, flr, msix_enable, msix_mask;
    wire [4:0]  device_number;
    wire [2:0]  function_number;
    wire [15:0] dcommand;

    OBUF u_led_link (.I(user_lnk_up), .O(led_link));

    pcie_7x_0 u_pcie (
        .pci_exp_txp(pcie_tx_p), .pci_exp_txn(pcie_tx_n), .pci_exp_rxp(pcie_rx_p), .pci_exp_rxn(pcie_rx_n),
        .sys_clk(sys_clk), .sys_rst_n(perst_n),
        .user_clk_out(user_clk), .user_reset_out(user_reset), .user_lnk_up(user_lnk_up), .user_app_rdy(),
        .m_axis_rx_tdata(rx_tdata), .m_axis_rx_tkeep(rx_tkeep), .m_axis_rx_tlast(rx_tlast), .m_axis_rx_tuser(rx_tuser),
        .m_axis_rx_tvalid(rx_tvalid), .m_axis_rx_tready(rx_tready), .rx_np_ok(rx_np_ok), .rx_np_req(1'b1),
        .s_axis_tx_tdata(tx_tdata), .s_axis_tx_tkeep(tx_tkeep), .s_axis_tx_tlast(tx_tlast), .s_axis_tx_tuser(tx_tuser),
        .s_axis_tx_tvalid(tx_tvalid), .s_axis_tx_tready(tx_tready), .tx_cfg_gnt(1'b1),
        .cfg_bus_number(bus_number), .cfg_device_number(device_number), .cfg_function_number(function_number),
        .cfg_dcommand(dcommand), .cfg_trn_pending(trn_pending), .cfg_received_func_lvl_rst(flr), .cfg_dsn(64'h1),
        .cfg_interrupt(1'b0), .cfg_interrupt_msixenable(msix_enable), .cfg_interrupt_msixfm(msix_mask),
        .cfg_turnoff_ok(1'b0), .cfg_pm_wake(1'b0), .cfg_pm_force_state_en(1'b0), .cfg_pm_halt_aspm_l0s(1'b0));

    example_7series #(.DATA_W(64)) u_card (
        .user_clk(user_clk), .user_reset(user_reset), .user_lnk_up(user_lnk_up), .idle(idle),
        .m_axis_rx_tdata(rx_tdata), .m_axis_rx_tkeep(rx_tkeep), .m_axis_rx_tlast(rx_tlast), .m_axis_rx_tuser(rx_tuser),
        .m_axis_rx_tvalid(rx_tvalid), .m_axis_rx_tready(rx_tready), .rx_np_ok(rx_np_ok),
        .s_axis_tx_tdata(tx_tdata), .s_axis_tx_tkeep(tx_tkeep), .s_axis_tx_tlast(tx_tlast), .s_axis_tx_tuser(tx_tuser),
        .s_axis_tx_tvalid(tx_tvalid), .s_axis_tx_tready(tx_tready),
        .cfg_bus_number(bus_number), .cfg_device_number(device_number), .cfg_function_number(function_number),
        .cfg_dcommand(dcommand), .cfg_trn_pending(trn_pending), .cfg_received_func_lvl_rst(flr),
        .cfg_interrupt_msixenable(msix_enable), .cfg_interrupt_msixfm(msix_mask));

    wire unused = &{1'b0, idle};
endmodule
`default_nettype wire
