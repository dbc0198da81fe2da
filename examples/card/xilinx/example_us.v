// SPDX-License-Identifier: Apache-2.0
//
// The example card (examples/driver/README.md) on the user interface of an UltraScale block.
//   ALIGNED   address-aligned mode on all four streams
//   STRADDLE  two packets in a beat on CQ, CC and RQ (512 bits)
//   RC_TLPS   packets in a beat of RC: 1, 2 (256 and 512 bits), 4 (512 bits)
`default_nettype none
module example_us #(
    parameter DATA_W        = 256,
    parameter ALIGNED       = 0,
    parameter STRADDLE      = 0,
    parameter RC_TLPS       = 1,
    parameter CLIENT_TAG    = 0,
    parameter MSIX_INTERNAL = 1,
    // derived
    parameter W             = DATA_W / 32,
    parameter CQ_W          = 85,
    parameter CC_W          = 33,
    parameter RQ_W          = 60,
    parameter RC_W          = 75
) (
    input  wire              user_clk,
    input  wire              user_reset,
    input  wire              user_lnk_up,
    // for the simulator: nothing to do
    output wire              idle,

    input  wire [DATA_W-1:0] s_axis_cq_tdata,
    input  wire [W-1:0]      s_axis_cq_tkeep,
    input  wire              s_axis_cq_tlast,
    input  wire [CQ_W-1:0]   s_axis_cq_tuser,
    input  wire              s_axis_cq_tvalid,
    output wire              s_axis_cq_tready,
    output wire [DATA_W-1:0] m_axis_cc_tdata,
    output wire [W-1:0]      m_axis_cc_tkeep,
    output wire              m_axis_cc_tlast,
    output wire [CC_W-1:0]   m_axis_cc_tuser,
    output wire              m_axis_cc_tvalid,
    input  wire              m_axis_cc_tready,
    output wire [DATA_W-1:0] m_axis_rq_tdata,
    output wire [W-1:0]      m_axis_rq_tkeep,
    output wire              m_axis_rq_tlast,
    output wire [RQ_W-1:0]   m_axis_rq_tuser,
    output wire              m_axis_rq_tvalid,
    input  wire              m_axis_rq_tready,
    input  wire [DATA_W-1:0] s_axis_rc_tdata,
    input  wire [W-1:0]      s_axis_rc_tkeep,
    input  wire              s_axis_rc_tlast,
    input  wire [RC_W-1:0]   s_axis_rc_tuser,
    input  wire              s_axis_rc_tvalid,
    output wire              s_axis_rc_tready,

    output wire              pcie_cq_np_req,
    input  wire [3:0]        pcie_rq_seq_num,
    input  wire              pcie_rq_seq_num_vld,
    input  wire [5:0]        pcie_rq_tag,
    input  wire              pcie_rq_tag_vld,
    input  wire [2:0]        cfg_max_payload,
    input  wire [2:0]        cfg_max_read_req,
    input  wire [3:0]        cfg_flr_in_process,
    output wire [3:0]        cfg_flr_done,
    output wire [3:0]        cfg_interrupt_int,
    input  wire [3:0]        cfg_interrupt_msi_enable,
    output wire [31:0]       cfg_interrupt_msi_int,
    input  wire              cfg_interrupt_msi_sent,
    input  wire              cfg_interrupt_msi_fail,
    input  wire [3:0]        cfg_interrupt_msix_enable,
    input  wire [3:0]        cfg_interrupt_msix_mask,
    input  wire              cfg_interrupt_msix_sent,
    input  wire              cfg_interrupt_msix_fail,
    output wire              cfg_interrupt_msix_int,
    output wire [63:0]       cfg_interrupt_msix_address,
    output wire [31:0]       cfg_interrupt_msix_data
);
    wire        acc_valid, acc_write, acc_mine, tx_valid, tx_ready, tx_sop, tx_eop, tx_write, tx_quiet;
    wire        rc_valid, rc_sop, rc_eop, rc_failed, irq_valid, irq_ready, intx, core_idle, cq_idle, rq_idle, irq_idle;
    wire [2:0]  acc_bar;
    wire [11:0] acc_addr;
    wire [3:0]  acc_be, tx_fbe, tx_lbe, tx_tag, rc_tag;
    wire [31:0] acc_wdata, core_rdata, irq_rdata;
    wire [63:0] tx_addr;
    wire [10:0] tx_nr, rc_nr;
    wire [7:0]  irq_vec;
    wire [DATA_W-1:0] tx_data, rc_data;

    // a function level reset is a reset; when it has been one for a cycle, it is done
    reg         rst_q;
    reg  [3:0]  flr_q;
    assign cfg_flr_done   = flr_q;
    assign pcie_cq_np_req = 1'b1;
    assign cfg_interrupt_int = {3'd0, intx};
    assign idle           = core_idle && cq_idle && rq_idle && irq_idle && !rst_q && user_lnk_up;

    always @(posedge user_clk) begin
        rst_q <= user_reset || cfg_flr_in_process[0];
        flr_q <= cfg_flr_in_process;
    end

    example_xilinx_core #(.DATA_W(DATA_W)) u_core (
        .clk(user_clk), .rst(rst_q), .mps(cfg_max_payload), .mrrs(cfg_max_read_req), .idle(core_idle),
        .acc_valid(acc_valid), .acc_write(acc_write), .acc_bar(acc_bar), .acc_addr(acc_addr), .acc_be(acc_be),
        .acc_wdata(acc_wdata), .acc_rdata(core_rdata), .tx_valid(tx_valid), .tx_ready(tx_ready), .tx_sop(tx_sop),
        .tx_eop(tx_eop), .tx_write(tx_write), .tx_addr(tx_addr), .tx_nr(tx_nr), .tx_fbe(tx_fbe), .tx_lbe(tx_lbe),
        .tx_tag(tx_tag), .tx_data(tx_data), .tx_quiet(tx_quiet), .rc_valid(rc_valid), .rc_sop(rc_sop),
        .rc_eop(rc_eop), .rc_tag(rc_tag), .rc_nr(rc_nr), .rc_failed(rc_failed), .rc_data(rc_data),
        .irq_valid(irq_valid), .irq_ready(irq_ready), .irq_vec(irq_vec), .intx(intx));

    example_us_cq #(
        .DATA_W(DATA_W), .CQ_W(CQ_W), .CC_W(CC_W), .ALIGNED(ALIGNED), .STRADDLE(STRADDLE)
    ) u_cq (
        .clk(user_clk), .rst(rst_q), .cq_tvalid(s_axis_cq_tvalid), .cq_tready(s_axis_cq_tready),
        .cq_tdata(s_axis_cq_tdata), .cq_tkeep(s_axis_cq_tkeep), .cq_tlast(s_axis_cq_tlast),
        .cq_tuser(s_axis_cq_tuser), .cc_tvalid(m_axis_cc_tvalid), .cc_tready(m_axis_cc_tready),
        .cc_tdata(m_axis_cc_tdata), .cc_tkeep(m_axis_cc_tkeep), .cc_tlast(m_axis_cc_tlast),
        .cc_tuser(m_axis_cc_tuser), .acc_valid(acc_valid), .acc_write(acc_write), .acc_bar(acc_bar),
        .acc_addr(acc_addr), .acc_be(acc_be), .acc_wdata(acc_wdata),
        .acc_rdata(acc_mine ? irq_rdata : core_rdata), .idle(cq_idle));

    example_us_rq #(
        .DATA_W(DATA_W), .RQ_W(RQ_W), .RC_W(RC_W), .ALIGNED(ALIGNED), .RQ_STRADDLE(STRADDLE), .RC_TLPS(RC_TLPS),
        .CLIENT_TAG(CLIENT_TAG), .SEQ_W(4)
    ) u_rq (
        .clk(user_clk), .rst(rst_q), .tx_valid(tx_valid), .tx_ready(tx_ready), .tx_sop(tx_sop), .tx_eop(tx_eop),
        .tx_write(tx_write), .tx_addr(tx_addr), .tx_nr(tx_nr), .tx_fbe(tx_fbe), .tx_lbe(tx_lbe), .tx_tag(tx_tag),
        .tx_data(tx_data), .tx_quiet(tx_quiet), .rc_valid(rc_valid), .rc_sop(rc_sop), .rc_eop(rc_eop),
        .rc_tag(rc_tag), .rc_nr(rc_nr), .rc_failed(rc_failed), .rc_data(rc_data), .idle(rq_idle),
        .rq_tvalid(m_axis_rq_tvalid), .rq_tready(m_axis_rq_tready), .rq_tdata(m_axis_rq_tdata),
        .rq_tkeep(m_axis_rq_tkeep), .rq_tlast(m_axis_rq_tlast), .rq_tuser(m_axis_rq_tuser),
        .rc_tvalid(s_axis_rc_tvalid), .rc_tready(s_axis_rc_tready), .rc_tdata(s_axis_rc_tdata),
        .rc_tkeep(s_axis_rc_tkeep), .rc_tlast(s_axis_rc_tlast), .rc_tuser(s_axis_rc_tuser),
        .seq_valid({1'b0, pcie_rq_seq_num_vld}), .seq({4'd0, pcie_rq_seq_num}),
        .tag_valid({1'b0, pcie_rq_tag_vld}), .tag({10'd0, pcie_rq_tag}));

    example_us_irq #(.MSIX_INTERNAL(MSIX_INTERNAL)) u_irq (
        .clk(user_clk), .rst(rst_q), .irq_valid(irq_valid), .irq_ready(irq_ready), .irq_vec(irq_vec),
        .idle(irq_idle), .acc_valid(acc_valid), .acc_write(acc_write), .acc_bar(acc_bar), .acc_addr(acc_addr),
        .acc_be(acc_be), .acc_wdata(acc_wdata), .acc_rdata(irq_rdata), .acc_mine(acc_mine),
        .msi_enable(cfg_interrupt_msi_enable[0]), .msix_enable(cfg_interrupt_msix_enable[0]),
        .msix_mask(cfg_interrupt_msix_mask[0]), .msi_int(cfg_interrupt_msi_int), .msix_int(cfg_interrupt_msix_int),
        .msix_address(cfg_interrupt_msix_address), .msix_data(cfg_interrupt_msix_data),
        .sent(cfg_interrupt_msi_sent || cfg_interrupt_msix_sent),
        .fail(cfg_interrupt_msi_fail || cfg_interrupt_msix_fail));

    wire unused = &{1'b0, cfg_interrupt_msi_enable[3:1], cfg_interrupt_msix_enable[3:1], cfg_interrupt_msix_mask[3:1]};
endmodule
`default_nettype wire
