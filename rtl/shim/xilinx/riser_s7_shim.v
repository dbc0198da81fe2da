// SPDX-License-Identifier: Apache-2.0
//
// Model of the user side of a Xilinx 7-series integrated block for PCI Express (PG054), 64 or 128 bits: TLP port
// on one side, the block's ports on the other, with their directions and names, and the configuration space in it.
// docs/interface-xilinx.md says what the model leaves out. Latency: as the parts say.
`default_nettype none
module riser_s7_shim #(
    parameter         DATA_W            = 64,
    parameter         RX_STRADDLE       = 0,        // TLPs may begin in the middle of a beat (128 bits)
    parameter [15:0]  LNK_UP_CYCLES     = 16'd16,
    parameter [15:0]  RESET_CYCLES      = 16'd24,
    // configuration space, see riser_shim_core
    parameter [15:0]  VENDOR_ID         = 16'h1e50,
    parameter [15:0]  DEVICE_ID         = 16'h0001,
    parameter [15:0]  SUBSYS_VENDOR_ID  = 16'h1e50,
    parameter [15:0]  SUBSYS_ID         = 16'h0001,
    parameter [23:0]  CLASS_CODE        = 24'hff0000,
    parameter [7:0]   REVISION          = 8'h00,
    parameter [63:0]  SERIAL            = 64'h1,
    parameter         BAR0_SIZE_LOG2    = 12,
    parameter         BAR1_SIZE_LOG2    = 0,
    parameter         BAR2_SIZE_LOG2    = 0,
    parameter         BAR3_SIZE_LOG2    = 0,
    parameter         BAR4_SIZE_LOG2    = 0,
    parameter         BAR5_SIZE_LOG2    = 0,
    parameter [11:0]  BAR_TYPES         = 12'h0,
    parameter         MSIX_VECTORS      = 0,
    parameter         MSIX_TABLE_BIR    = 0,
    parameter [31:0]  MSIX_TABLE_OFFSET = 32'h0,
    parameter         MSIX_PBA_BIR      = 0,
    parameter [31:0]  MSIX_PBA_OFFSET   = 32'h0,
    parameter         MSI_VECTORS       = 0,
    parameter         INTX_PIN          = 0,
    parameter         MPS_LOG2          = 9,
    parameter         NB                = DATA_W / 8    // derived
) (
    // ---- TLP port
    input  wire                  clk,
    input  wire                  perst_n,
    input  wire                  link_up,
    input  wire                  hot_reset,
    output wire                  flr_active,
    output wire                  shim_idle,
    input  wire                  rx_p_valid,
    output wire                  rx_p_ready,
    input  wire                  rx_p_sop,
    input  wire                  rx_p_eop,
    input  wire [127:0]          rx_p_hdr,
    input  wire [DATA_W-1:0]     rx_p_data,
    input  wire                  rx_np_valid,
    output wire                  rx_np_ready,
    input  wire                  rx_np_sop,
    input  wire                  rx_np_eop,
    input  wire [127:0]          rx_np_hdr,
    input  wire [DATA_W-1:0]     rx_np_data,
    input  wire                  rx_cpl_valid,
    output wire                  rx_cpl_ready,
    input  wire                  rx_cpl_sop,
    input  wire                  rx_cpl_eop,
    input  wire [127:0]          rx_cpl_hdr,
    input  wire [DATA_W-1:0]     rx_cpl_data,
    output wire                  tx_p_valid,
    input  wire                  tx_p_ready,
    output wire                  tx_p_sop,
    output wire                  tx_p_eop,
    output wire [127:0]          tx_p_hdr,
    output wire [DATA_W-1:0]     tx_p_data,
    output wire                  tx_np_valid,
    input  wire                  tx_np_ready,
    output wire                  tx_np_sop,
    output wire                  tx_np_eop,
    output wire [127:0]          tx_np_hdr,
    output wire [DATA_W-1:0]     tx_np_data,
    output wire                  tx_cpl_valid,
    input  wire                  tx_cpl_ready,
    output wire                  tx_cpl_sop,
    output wire                  tx_cpl_eop,
    output wire [127:0]          tx_cpl_hdr,
    output wire [DATA_W-1:0]     tx_cpl_data,

    // ---- the block's user side
    output wire                  user_clk_out,
    output wire                  user_reset_out,
    output wire                  user_lnk_up,
    output wire                  user_app_rdy,

    output wire [DATA_W-1:0]     m_axis_rx_tdata,
    output wire [NB-1:0]         m_axis_rx_tkeep,
    output wire                  m_axis_rx_tlast,
    output wire [21:0]           m_axis_rx_tuser,
    output wire                  m_axis_rx_tvalid,
    input  wire                  m_axis_rx_tready,
    input  wire                  rx_np_ok,
    input  wire [DATA_W-1:0]     s_axis_tx_tdata,
    input  wire [NB-1:0]         s_axis_tx_tkeep,
    input  wire                  s_axis_tx_tlast,
    input  wire [3:0]            s_axis_tx_tuser,
    input  wire                  s_axis_tx_tvalid,
    output wire                  s_axis_tx_tready,
    output wire [5:0]            tx_buf_av,
    output wire                  tx_err_drop,
    output wire                  tx_cfg_req,

    input  wire [2:0]            fc_sel,
    output wire [7:0]            fc_ph,
    output wire [11:0]           fc_pd,
    output wire [7:0]            fc_nph,
    output wire [11:0]           fc_npd,
    output wire [7:0]            fc_cplh,
    output wire [11:0]           fc_cpld,

    input  wire [9:0]            cfg_mgmt_dwaddr,
    input  wire [31:0]           cfg_mgmt_di,
    input  wire [3:0]            cfg_mgmt_byte_en,
    input  wire                  cfg_mgmt_wr_en,
    input  wire                  cfg_mgmt_rd_en,
    output wire [31:0]           cfg_mgmt_do,
    output wire                  cfg_mgmt_rd_wr_done,

    output wire [7:0]            cfg_bus_number,
    output wire [4:0]            cfg_device_number,
    output wire [2:0]            cfg_function_number,
    output wire [15:0]           cfg_command,
    output wire [15:0]           cfg_dcommand,
    output wire [15:0]           cfg_lstatus,
    output wire [2:0]            cfg_pcie_link_state,
    output wire [1:0]            cfg_pmcsr_powerstate,
    output wire                  cfg_received_func_lvl_rst,
    input  wire                  cfg_trn_pending,

    input  wire                  cfg_interrupt,
    output wire                  cfg_interrupt_rdy,
    input  wire                  cfg_interrupt_assert,
    input  wire [7:0]            cfg_interrupt_di,
    output wire [7:0]            cfg_interrupt_do,
    output wire [2:0]            cfg_interrupt_mmenable,
    output wire                  cfg_interrupt_msienable,
    output wire                  cfg_interrupt_msixenable,
    output wire                  cfg_interrupt_msixfm
);
    wire              req_valid, req_ready, req_sop, req_eop, req_np, rcpl_valid, rcpl_ready, rcpl_sop, rcpl_eop;
    wire              ureq_valid, ureq_ready, ureq_sent, ucpl_valid, ucpl_ready, tx_sop, tx_eop;
    wire [127:0]      req_hdr, rcpl_hdr, tx_hdr;
    wire [DATA_W-1:0] req_data, rcpl_data, tx_data;
    wire [2:0]        req_bar, msi_mme, mps, mrrs;
    wire [5:0]        req_aperture;
    wire              rst, rst_func, flr, mse, bme, intx_disable, d0, cto_disable, ext_tag, msi_en, msix_en, msix_fmask;
    wire              err_sent, dmsg_valid, dmsg_ready, irq_ready, intx_sent, mgmt_valid, mgmt_ready;
    wire              got_ur, got_ca, core_idle, irq_busy;
    wire [15:0]       bdf, msi_data;
    wire [63:0]       msi_addr, dmsg_addr;
    wire [31:0]       msi_mask, dmsg_data, mgmt_rdata;
    wire [7:0]        err_code;
    wire              p_waits, intx, rx_busy, tx_bad;

    riser_shim_core #(
        .DATA_W(DATA_W), .VENDOR_ID(VENDOR_ID), .DEVICE_ID(DEVICE_ID), .SUBSYS_VENDOR_ID(SUBSYS_VENDOR_ID),
        .SUBSYS_ID(SUBSYS_ID), .CLASS_CODE(CLASS_CODE), .REVISION(REVISION), .SERIAL(SERIAL),
        .BAR0_SIZE_LOG2(BAR0_SIZE_LOG2), .BAR1_SIZE_LOG2(BAR1_SIZE_LOG2), .BAR2_SIZE_LOG2(BAR2_SIZE_LOG2),
        .BAR3_SIZE_LOG2(BAR3_SIZE_LOG2), .BAR4_SIZE_LOG2(BAR4_SIZE_LOG2), .BAR5_SIZE_LOG2(BAR5_SIZE_LOG2),
        .BAR_TYPES(BAR_TYPES), .MSIX_VECTORS(MSIX_VECTORS), .MSIX_INTERNAL(0),
        .MSIX_TABLE_BIR(MSIX_TABLE_BIR), .MSIX_TABLE_OFFSET(MSIX_TABLE_OFFSET), .MSIX_PBA_BIR(MSIX_PBA_BIR),
        .MSIX_PBA_OFFSET(MSIX_PBA_OFFSET), .MSI_VECTORS(MSI_VECTORS), .INTX_PIN(INTX_PIN), .MPS_LOG2(MPS_LOG2)
    ) u_core (
        .clk(clk), .perst_n(perst_n), .link_up(link_up), .hot_reset(hot_reset), .flr_active(flr_active),
        .idle(core_idle),
        .rx_p_valid(rx_p_valid), .rx_p_ready(rx_p_ready), .rx_p_sop(rx_p_sop), .rx_p_eop(rx_p_eop),
        .rx_p_hdr(rx_p_hdr), .rx_p_data(rx_p_data),
        .rx_np_valid(rx_np_valid), .rx_np_ready(rx_np_ready), .rx_np_sop(rx_np_sop), .rx_np_eop(rx_np_eop),
        .rx_np_hdr(rx_np_hdr), .rx_np_data(rx_np_data),
        .rx_cpl_valid(rx_cpl_valid), .rx_cpl_ready(rx_cpl_ready), .rx_cpl_sop(rx_cpl_sop), .rx_cpl_eop(rx_cpl_eop),
        .rx_cpl_hdr(rx_cpl_hdr), .rx_cpl_data(rx_cpl_data),
        .tx_p_valid(tx_p_valid), .tx_p_ready(tx_p_ready), .tx_p_sop(tx_p_sop), .tx_p_eop(tx_p_eop),
        .tx_p_hdr(tx_p_hdr), .tx_p_data(tx_p_data),
        .tx_np_valid(tx_np_valid), .tx_np_ready(tx_np_ready), .tx_np_sop(tx_np_sop), .tx_np_eop(tx_np_eop),
        .tx_np_hdr(tx_np_hdr), .tx_np_data(tx_np_data),
        .tx_cpl_valid(tx_cpl_valid), .tx_cpl_ready(tx_cpl_ready), .tx_cpl_sop(tx_cpl_sop), .tx_cpl_eop(tx_cpl_eop),
        .tx_cpl_hdr(tx_cpl_hdr), .tx_cpl_data(tx_cpl_data),
        .req_valid(req_valid), .req_ready(req_ready), .req_sop(req_sop), .req_eop(req_eop), .req_hdr(req_hdr),
        .req_data(req_data), .req_bar(req_bar), .req_aperture(req_aperture), .req_np(req_np),
        .np_may(rx_np_ok), .p_waits(p_waits),
        .rcpl_valid(rcpl_valid), .rcpl_ready(rcpl_ready), .rcpl_sop(rcpl_sop), .rcpl_eop(rcpl_eop),
        .rcpl_hdr(rcpl_hdr), .rcpl_data(rcpl_data),
        .ureq_valid(ureq_valid), .ureq_ready(ureq_ready), .ureq_sop(tx_sop), .ureq_eop(tx_eop),
        .ureq_hdr(tx_hdr), .ureq_data(tx_data), .ureq_sent(ureq_sent),
        .ucpl_valid(ucpl_valid), .ucpl_ready(ucpl_ready), .ucpl_sop(tx_sop), .ucpl_eop(tx_eop),
        .ucpl_hdr(tx_hdr), .ucpl_data(tx_data),
        .rst(rst), .rst_func(rst_func), .flr(flr), .flr_done(flr), .bdf(bdf), .mse(mse), .bme(bme),
        .intx_disable(intx_disable), .d0(d0), .mps(mps), .mrrs(mrrs), .ext_tag(ext_tag), .cto_disable(cto_disable),
        .msi_en(msi_en),
        .msi_mme(msi_mme), .msi_addr(msi_addr), .msi_data(msi_data), .msi_mask(msi_mask), .msi_pending(32'd0),
        .msix_en(msix_en), .msix_fmask(msix_fmask), .err_sent(err_sent), .err_code(err_code),
        .dmsg_valid(dmsg_valid), .dmsg_ready(dmsg_ready), .dmsg_addr(dmsg_addr), .dmsg_data(dmsg_data),
        .irq_valid(1'b0), .irq_ready(irq_ready), .irq_vec(11'd0), .intx(intx),
        .intx_sent(intx_sent), .mgmt_valid(mgmt_valid), .mgmt_ready(mgmt_ready), .mgmt_write(cfg_mgmt_wr_en),
        .mgmt_dw(cfg_mgmt_dwaddr), .mgmt_be(cfg_mgmt_byte_en), .mgmt_wdata(cfg_mgmt_di),
        .mgmt_rdata(mgmt_rdata), .trans_pending(cfg_trn_pending), .ev_cpl_valid(1'b0), .ev_cpl_bit(5'd0),
        .ev_cpl_adv(1'b0), .ev_cpl_hdr(128'd0), .got_ur(got_ur), .got_ca(got_ca));

    // ---- streams --------------------------------------------------------------------------------------

    riser_s7_rx #(.DATA_W(DATA_W), .STRADDLE(RX_STRADDLE), .BAR_TYPES(BAR_TYPES)) u_rx (
        .clk(clk), .rst(rst), .req_valid(req_valid), .req_ready(req_ready), .req_eop(req_eop), .req_hdr(req_hdr),
        .req_data(req_data), .req_bar(req_bar), .p_waits(p_waits), .cpl_valid(rcpl_valid), .cpl_ready(rcpl_ready),
        .cpl_eop(rcpl_eop), .cpl_hdr(rcpl_hdr), .cpl_data(rcpl_data), .tvalid(m_axis_rx_tvalid),
        .tready(m_axis_rx_tready), .tdata(m_axis_rx_tdata), .tkeep(m_axis_rx_tkeep), .tlast(m_axis_rx_tlast),
        .tuser(m_axis_rx_tuser), .busy(rx_busy));

    riser_s7_tx #(.DATA_W(DATA_W)) u_tx (
        .clk(clk), .rst(rst), .tvalid(s_axis_tx_tvalid), .tready(s_axis_tx_tready), .tdata(s_axis_tx_tdata),
        .tkeep(s_axis_tx_tkeep), .tlast(s_axis_tx_tlast), .tuser(s_axis_tx_tuser), .req_valid(ureq_valid),
        .req_ready(ureq_ready), .cpl_valid(ucpl_valid), .cpl_ready(ucpl_ready), .out_sop(tx_sop), .out_eop(tx_eop),
        .out_hdr(tx_hdr), .out_data(tx_data), .bad(tx_bad));

    // the user judges its completions; what the host refused is noted all the same
    wire refused = rcpl_valid && rcpl_ready && rcpl_sop;
    assign got_ur = refused && rcpl_hdr[79:77] == 3'b001;
    assign got_ca = refused && rcpl_hdr[79:77] == 3'b100;

`ifndef SYNTHESIS
    // no register has a value before the first reset
    always @(posedge clk)
        if (!rst && perst_n && tx_bad)
            $display("[%0t] %%Error: riser_s7_shim.v:1: Assertion failed in %m: user RTL: s_axis_tx: the packet is not as long as its header says",
                     $time);
`endif

    // ---- status -----------------------------------------------------------------------------------------

    assign user_clk_out = clk;
    assign user_app_rdy = user_lnk_up;
    riser_shim_up #(.LNK_UP_CYCLES(LNK_UP_CYCLES), .RESET_CYCLES(RESET_CYCLES)) u_up (
        .clk(clk), .rst(rst), .user_reset(user_reset_out), .user_lnk_up(user_lnk_up));

    assign tx_buf_av            = 6'd32;
    assign tx_err_drop          = 1'b0;
    assign tx_cfg_req           = 1'b0;
    assign cfg_bus_number       = bdf[15:8];
    assign cfg_device_number    = bdf[7:3];
    assign cfg_function_number  = bdf[2:0];
    assign cfg_command          = {5'd0, intx_disable, 7'd0, bme, mse, 1'b0};
    assign cfg_dcommand         = {1'b0, mrrs, 3'd4, ext_tag, mps, 5'h10};
    assign cfg_lstatus          = 16'h1043;
    assign cfg_pcie_link_state  = link_up ? 3'b000 : 3'b110;
    assign cfg_pmcsr_powerstate = {2{!d0}};
    assign cfg_received_func_lvl_rst = flr;
    assign cfg_interrupt_mmenable   = msi_mme;
    assign cfg_interrupt_msienable  = msi_en;
    assign cfg_interrupt_msixenable = msix_en;
    assign cfg_interrupt_msixfm     = msix_fmask;

    riser_s7_irq u_irq (
        .clk(clk), .rst(rst || rst_func), .msi_en(msi_en), .msix_en(msix_en), .msi_mme(msi_mme),
        .msi_addr(msi_addr), .msi_data(msi_data), .dmsg_valid(dmsg_valid), .dmsg_ready(dmsg_ready),
        .dmsg_addr(dmsg_addr), .dmsg_data(dmsg_data), .intx(intx), .busy(irq_busy), .cfg_interrupt(cfg_interrupt),
        .cfg_interrupt_rdy(cfg_interrupt_rdy), .cfg_interrupt_assert(cfg_interrupt_assert),
        .cfg_interrupt_di(cfg_interrupt_di), .cfg_interrupt_do(cfg_interrupt_do), .mgmt_valid(mgmt_valid),
        .mgmt_ready(mgmt_ready), .mgmt_rdata(mgmt_rdata), .cfg_mgmt_rd_en(cfg_mgmt_rd_en),
        .cfg_mgmt_wr_en(cfg_mgmt_wr_en), .cfg_mgmt_do(cfg_mgmt_do), .cfg_mgmt_rd_wr_done(cfg_mgmt_rd_wr_done));

    riser_shim_fc u_fc (
        .clk(clk), .rst(rst),
        .rx_first({rx_cpl_valid && rx_cpl_ready && rx_cpl_sop, rx_np_valid && rx_np_ready && rx_np_sop,
                   rx_p_valid && rx_p_ready && rx_p_sop}),
        .rx_p_hdr(rx_p_hdr), .rx_np_hdr(rx_np_hdr), .rx_cpl_hdr(rx_cpl_hdr),
        .tx_first({tx_cpl_valid && tx_cpl_ready && tx_cpl_sop, tx_np_valid && tx_np_ready && tx_np_sop,
                   tx_p_valid && tx_p_ready && tx_p_sop}),
        .tx_p_hdr(tx_p_hdr), .tx_np_hdr(tx_np_hdr), .tx_cpl_hdr(tx_cpl_hdr), .sel(fc_sel), .ph(fc_ph),
        .pd(fc_pd), .nph(fc_nph), .npd(fc_npd), .cplh(fc_cplh), .cpld(fc_cpld));

    assign shim_idle = core_idle && !rx_busy && !irq_busy && !user_reset_out && !s_axis_tx_tvalid && !cfg_trn_pending;

    wire unused = &{1'b0, req_sop, req_np, req_aperture, cto_disable, msi_mask, err_sent, err_code, ureq_sent,
                    irq_ready, intx_sent};
endmodule
`default_nettype wire
