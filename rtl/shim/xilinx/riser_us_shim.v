// SPDX-License-Identifier: Apache-2.0
//
// Model of the user side of a Xilinx UltraScale (PG156, ULTRASCALE_PLUS 0) or UltraScale+ (PG213, 1) integrated
// block for PCI Express: TLP port on one side, the block's ports on the other, with their directions and names,
// and the configuration space in it. One physical function. What the block's transceivers, physical layer and DRP
// show is not here; signals whose width differs between the families have the larger one. docs/interface-xilinx.md says
// what the model leaves out. Latency: as the parts say; the block's own in silicon is longer and no part of the
// model.
`default_nettype none
`include "riser_tlp.vh"
module riser_us_shim #(
    parameter         ULTRASCALE_PLUS   = 1,
    parameter         DATA_W            = 256,
    // widths of tuser, by family and DATA_W
    parameter         CQ_USER_W         = 88,
    parameter         CC_USER_W         = 33,
    parameter         RQ_USER_W         = 62,
    parameter         RC_USER_W         = 75,
    // options of the block, as in its IP
    parameter         CQ_ALIGNED        = 0,
    parameter         CC_ALIGNED        = 0,
    parameter         RQ_ALIGNED        = 0,
    parameter         RC_ALIGNED        = 0,
    parameter         CQ_STRADDLE       = 0,
    parameter         CC_STRADDLE       = 0,
    parameter         RQ_STRADDLE       = 0,
    parameter         RC_TLPS           = 1,        // in a beat of RC: 1, 2, 4
    parameter         CLIENT_TAG        = 0,
    parameter         NR_TAGS           = 64,
    parameter         PARITY            = 0,
    parameter [31:0]  CPL_TIMEOUT       = 32'd1000000,
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
    parameter         MSIX_INTERNAL     = 1,
    parameter         MSIX_TABLE_BIR    = 0,
    parameter [31:0]  MSIX_TABLE_OFFSET = 32'h0,
    parameter         MSIX_PBA_BIR      = 0,
    parameter [31:0]  MSIX_PBA_OFFSET   = 32'h0,
    parameter         MSI_VECTORS       = 0,
    parameter         INTX_PIN          = 0,
    parameter         MPS_LOG2          = 9,
    parameter         W                 = DATA_W / 32   // derived
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
    output wire                  user_clk,
    output wire                  user_reset,
    output wire                  user_lnk_up,
    output wire                  phy_rdy_out,

    output wire [DATA_W-1:0]     m_axis_cq_tdata,
    output wire [W-1:0]          m_axis_cq_tkeep,
    output wire                  m_axis_cq_tlast,
    output wire [CQ_USER_W-1:0]  m_axis_cq_tuser,
    output wire                  m_axis_cq_tvalid,
    input  wire                  m_axis_cq_tready,
    input  wire [DATA_W-1:0]     s_axis_cc_tdata,
    input  wire [W-1:0]          s_axis_cc_tkeep,
    input  wire                  s_axis_cc_tlast,
    input  wire [CC_USER_W-1:0]  s_axis_cc_tuser,
    input  wire                  s_axis_cc_tvalid,
    output wire [3:0]            s_axis_cc_tready,
    input  wire [DATA_W-1:0]     s_axis_rq_tdata,
    input  wire [W-1:0]          s_axis_rq_tkeep,
    input  wire                  s_axis_rq_tlast,
    input  wire [RQ_USER_W-1:0]  s_axis_rq_tuser,
    input  wire                  s_axis_rq_tvalid,
    output wire [3:0]            s_axis_rq_tready,
    output wire [DATA_W-1:0]     m_axis_rc_tdata,
    output wire [W-1:0]          m_axis_rc_tkeep,
    output wire                  m_axis_rc_tlast,
    output wire [RC_USER_W-1:0]  m_axis_rc_tuser,
    output wire                  m_axis_rc_tvalid,
    input  wire                  m_axis_rc_tready,

    input  wire [1:0]            pcie_cq_np_req,
    output wire [5:0]            pcie_cq_np_req_count,
    output wire [5:0]            pcie_rq_seq_num0,
    output wire                  pcie_rq_seq_num_vld0,
    output wire [5:0]            pcie_rq_seq_num1,
    output wire                  pcie_rq_seq_num_vld1,
    output wire [7:0]            pcie_rq_tag0,
    output wire                  pcie_rq_tag_vld0,
    output wire [7:0]            pcie_rq_tag1,
    output wire                  pcie_rq_tag_vld1,
    output wire [3:0]            pcie_rq_tag_av,
    output wire [3:0]            pcie_tfc_nph_av,
    output wire [3:0]            pcie_tfc_npd_av,

    input  wire [9:0]            cfg_mgmt_addr,
    input  wire                  cfg_mgmt_write,
    input  wire [31:0]           cfg_mgmt_write_data,
    input  wire [3:0]            cfg_mgmt_byte_enable,
    input  wire                  cfg_mgmt_read,
    output wire [31:0]           cfg_mgmt_read_data,
    output wire                  cfg_mgmt_read_write_done,

    output wire                  cfg_phy_link_down,
    output wire [1:0]            cfg_phy_link_status,
    output wire [3:0]            cfg_negotiated_width,
    output wire [2:0]            cfg_current_speed,
    output wire [2:0]            cfg_max_payload,
    output wire [2:0]            cfg_max_read_req,
    output wire [15:0]           cfg_function_status,
    output wire [11:0]           cfg_function_power_state,
    output wire [5:0]            cfg_ltssm_state,
    output wire                  cfg_err_cor_out,
    output wire                  cfg_err_nonfatal_out,
    output wire                  cfg_err_fatal_out,
    output wire [7:0]            cfg_bus_number,
    output wire                  cfg_hot_reset_out,
    output wire                  cfg_power_state_change_interrupt,
    input  wire                  cfg_power_state_change_ack,

    input  wire [2:0]            cfg_fc_sel,
    output wire [7:0]            cfg_fc_ph,
    output wire [11:0]           cfg_fc_pd,
    output wire [7:0]            cfg_fc_nph,
    output wire [11:0]           cfg_fc_npd,
    output wire [7:0]            cfg_fc_cplh,
    output wire [11:0]           cfg_fc_cpld,

    output wire [3:0]            cfg_flr_in_process,
    input  wire [3:0]            cfg_flr_done,

    input  wire [3:0]            cfg_interrupt_int,
    output wire                  cfg_interrupt_sent,
    output wire [3:0]            cfg_interrupt_msi_enable,
    output wire [11:0]           cfg_interrupt_msi_mmenable,
    output wire                  cfg_interrupt_msi_mask_update,
    output wire [31:0]           cfg_interrupt_msi_data,
    input  wire [31:0]           cfg_interrupt_msi_int,
    input  wire [31:0]           cfg_interrupt_msi_pending_status,
    input  wire                  cfg_interrupt_msi_pending_status_data_enable,
    output wire                  cfg_interrupt_msi_sent,
    output wire                  cfg_interrupt_msi_fail,
    output wire [3:0]            cfg_interrupt_msix_enable,
    output wire [3:0]            cfg_interrupt_msix_mask,
    input  wire [63:0]           cfg_interrupt_msix_address,
    input  wire [31:0]           cfg_interrupt_msix_data,
    input  wire                  cfg_interrupt_msix_int,
    output wire                  cfg_interrupt_msix_sent,
    output wire                  cfg_interrupt_msix_fail
);
    wire              req_valid, req_ready, req_sop, req_eop, req_np, rcpl_valid, rcpl_ready, rcpl_sop, rcpl_eop;
    wire              ureq_valid, ureq_ready, ureq_sop, ureq_eop, ureq_sent, ucpl_valid, ucpl_ready, ucpl_sop, ucpl_eop;
    wire [127:0]      req_hdr, rcpl_hdr, ureq_hdr, ucpl_hdr, ev_hdr;
    wire [DATA_W-1:0] req_data, rcpl_data, ureq_data, ucpl_data;
    wire [2:0]        req_bar, msi_mme, mps, mrrs;
    wire [5:0]        req_aperture;
    wire              rst, rst_func, flr, mse, bme, intx_disable, d0, cto_disable, ext_tag, msi_en, msix_en, msix_fmask;
    wire              err_sent, dmsg_valid, dmsg_ready, irq_valid, irq_ready, intx_sent, mgmt_valid, mgmt_ready;
    wire              trans_pending, ev_valid, got_ur, got_ca, core_idle, irq_busy, cq_busy, rc_busy;
    wire [15:0]       bdf, msi_data;
    wire [63:0]       msi_addr, dmsg_addr;
    wire [31:0]       msi_mask, msi_pending, dmsg_data, mgmt_rdata;
    wire [10:0]       irq_vec;
    wire [7:0]        err_code;
    wire [4:0]        ev_bit;
    wire              np_may, p_waits;

    riser_shim_core #(
        .DATA_W(DATA_W), .VENDOR_ID(VENDOR_ID), .DEVICE_ID(DEVICE_ID), .SUBSYS_VENDOR_ID(SUBSYS_VENDOR_ID),
        .SUBSYS_ID(SUBSYS_ID), .CLASS_CODE(CLASS_CODE), .REVISION(REVISION), .SERIAL(SERIAL),
        .BAR0_SIZE_LOG2(BAR0_SIZE_LOG2), .BAR1_SIZE_LOG2(BAR1_SIZE_LOG2), .BAR2_SIZE_LOG2(BAR2_SIZE_LOG2),
        .BAR3_SIZE_LOG2(BAR3_SIZE_LOG2), .BAR4_SIZE_LOG2(BAR4_SIZE_LOG2), .BAR5_SIZE_LOG2(BAR5_SIZE_LOG2),
        .BAR_TYPES(BAR_TYPES), .MSIX_VECTORS(MSIX_VECTORS), .MSIX_INTERNAL(MSIX_INTERNAL),
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
        .np_may(np_may), .p_waits(p_waits),
        .rcpl_valid(rcpl_valid), .rcpl_ready(rcpl_ready), .rcpl_sop(rcpl_sop), .rcpl_eop(rcpl_eop),
        .rcpl_hdr(rcpl_hdr), .rcpl_data(rcpl_data),
        .ureq_valid(ureq_valid), .ureq_ready(ureq_ready), .ureq_sop(ureq_sop), .ureq_eop(ureq_eop),
        .ureq_hdr(ureq_hdr), .ureq_data(ureq_data), .ureq_sent(ureq_sent),
        .ucpl_valid(ucpl_valid), .ucpl_ready(ucpl_ready), .ucpl_sop(ucpl_sop), .ucpl_eop(ucpl_eop),
        .ucpl_hdr(ucpl_hdr), .ucpl_data(ucpl_data),
        .rst(rst), .rst_func(rst_func), .flr(flr), .flr_done(cfg_flr_done[0]), .bdf(bdf), .mse(mse), .bme(bme),
        .intx_disable(intx_disable), .d0(d0), .mps(mps), .mrrs(mrrs), .ext_tag(ext_tag), .cto_disable(cto_disable),
        .msi_en(msi_en),
        .msi_mme(msi_mme), .msi_addr(msi_addr), .msi_data(msi_data), .msi_mask(msi_mask), .msi_pending(msi_pending),
        .msix_en(msix_en), .msix_fmask(msix_fmask), .err_sent(err_sent), .err_code(err_code),
        .dmsg_valid(dmsg_valid), .dmsg_ready(dmsg_ready), .dmsg_addr(dmsg_addr), .dmsg_data(dmsg_data),
        .irq_valid(irq_valid), .irq_ready(irq_ready), .irq_vec(irq_vec), .intx(cfg_interrupt_int[0]),
        .intx_sent(intx_sent), .mgmt_valid(mgmt_valid), .mgmt_ready(mgmt_ready), .mgmt_write(cfg_mgmt_write),
        .mgmt_dw(cfg_mgmt_addr), .mgmt_be(cfg_mgmt_byte_enable), .mgmt_wdata(cfg_mgmt_write_data),
        .mgmt_rdata(mgmt_rdata), .trans_pending(trans_pending), .ev_cpl_valid(ev_valid), .ev_cpl_bit(ev_bit),
        // the requester itself learns of the others: no advisory errors
        .ev_cpl_adv(ev_bit == `AER_UC), .ev_cpl_hdr(ev_hdr), .got_ur(got_ur), .got_ca(got_ca));

    // ---- streams --------------------------------------------------------------------------------------

    wire cc_ready, rq_ready, cc_bad, rq_bad, rq_unknown, alloc, tag_valid, seq_valid;
    wire [7:0]   tag;
    wire [5:0]   seq;
    wire [255:0] tags_used;
    wire [7:0]   alloc_tag, alloc_be;
    wire [11:0]  alloc_addr;
    wire [12:0]  alloc_bytes;
    wire [2:0]   alloc_offset;
    wire [8:0]   nr_open;

    assign s_axis_cc_tready = {4{cc_ready}};
    assign s_axis_rq_tready = {4{rq_ready}};

    riser_us_cq #(
        .DATA_W(DATA_W), .USER_W(CQ_USER_W), .ALIGNED(CQ_ALIGNED), .STRADDLE(CQ_STRADDLE), .PARITY(PARITY)
    ) u_cq (
        .clk(clk), .rst(rst), .req_valid(req_valid), .req_ready(req_ready), .req_eop(req_eop), .req_hdr(req_hdr),
        .req_data(req_data), .req_bar(req_bar), .req_aperture(req_aperture), .tvalid(m_axis_cq_tvalid), .tready(m_axis_cq_tready),
        .tdata(m_axis_cq_tdata), .tkeep(m_axis_cq_tkeep), .tlast(m_axis_cq_tlast), .tuser(m_axis_cq_tuser),
        .busy(cq_busy));

    riser_us_cc #(.DATA_W(DATA_W), .USER_W(CC_USER_W), .ALIGNED(CC_ALIGNED), .STRADDLE(CC_STRADDLE)) u_cc (
        .clk(clk), .rst(rst), .bdf(bdf), .tvalid(s_axis_cc_tvalid), .tready(cc_ready), .tdata(s_axis_cc_tdata),
        .tkeep(s_axis_cc_tkeep), .tlast(s_axis_cc_tlast), .tuser(s_axis_cc_tuser), .cpl_valid(ucpl_valid),
        .cpl_ready(ucpl_ready), .cpl_sop(ucpl_sop), .cpl_eop(ucpl_eop), .cpl_hdr(ucpl_hdr), .cpl_data(ucpl_data),
        .bad(cc_bad));

    riser_us_rq #(
        .DATA_W(DATA_W), .USER_W(RQ_USER_W), .ALIGNED(RQ_ALIGNED), .STRADDLE(RQ_STRADDLE), .CLIENT_TAG(CLIENT_TAG),
        .NR_TAGS(NR_TAGS)
    ) u_rq (
        .clk(clk), .rst(rst), .bdf(bdf), .tvalid(s_axis_rq_tvalid), .tready(rq_ready), .tdata(s_axis_rq_tdata),
        .tkeep(s_axis_rq_tkeep), .tlast(s_axis_rq_tlast), .tuser(s_axis_rq_tuser), .req_valid(ureq_valid),
        .req_ready(ureq_ready), .req_sop(ureq_sop), .req_eop(ureq_eop), .req_hdr(ureq_hdr), .req_data(ureq_data),
        .req_sent(ureq_sent), .ext_tag(ext_tag), .tags_used(tags_used), .alloc(alloc), .alloc_tag(alloc_tag),
        .alloc_addr(alloc_addr), .alloc_bytes(alloc_bytes), .alloc_offset(alloc_offset), .alloc_be(alloc_be),
        .tag_valid(tag_valid),
        .tag(tag), .seq_valid(seq_valid), .seq(seq), .bad(rq_bad), .unknown(rq_unknown));

    riser_us_rc #(
        .DATA_W(DATA_W), .USER_W(RC_USER_W), .ALIGNED(RC_ALIGNED), .NSEG(RC_TLPS), .PARITY(PARITY),
        .TIMEOUT_CYCLES(CPL_TIMEOUT)
    ) u_rc (
        .clk(clk), .rst(rst || rst_func), .bdf(bdf), .cto_disable(cto_disable), .alloc(alloc),
        .alloc_tag(alloc_tag), .alloc_addr(alloc_addr), .alloc_bytes(alloc_bytes), .alloc_offset(alloc_offset),
        .alloc_be(alloc_be), .tags_used(tags_used), .pending(trans_pending), .nr_open(nr_open), .cpl_valid(rcpl_valid),
        .cpl_ready(rcpl_ready), .cpl_sop(rcpl_sop), .cpl_eop(rcpl_eop), .cpl_hdr(rcpl_hdr), .cpl_data(rcpl_data),
        .tvalid(m_axis_rc_tvalid), .tready(m_axis_rc_tready), .tdata(m_axis_rc_tdata), .tkeep(m_axis_rc_tkeep),
        .tlast(m_axis_rc_tlast), .tuser(m_axis_rc_tuser), .busy(rc_busy), .ev_valid(ev_valid), .ev_bit(ev_bit),
        .ev_hdr(ev_hdr), .got_ur(got_ur), .got_ca(got_ca));

    riser_us_pair #(.W(6), .PAIR(RQ_STRADDLE)) u_seq (
        .clk(clk), .rst(rst), .valid(seq_valid), .value(seq), .valid0(pcie_rq_seq_num_vld0), .value0(pcie_rq_seq_num0),
        .valid1(pcie_rq_seq_num_vld1), .value1(pcie_rq_seq_num1));
    riser_us_pair #(.W(8), .PAIR(RQ_STRADDLE)) u_tag (
        .clk(clk), .rst(rst), .valid(tag_valid), .value(tag), .valid0(pcie_rq_tag_vld0), .value0(pcie_rq_tag0),
        .valid1(pcie_rq_tag_vld1), .value1(pcie_rq_tag1));
    // free tags, as far as the family's bits count: 2 or 4
    localparam [31:0] NR_TAGS_32 = NR_TAGS;
    localparam [8:0]  AV_MAX     = (ULTRASCALE_PLUS != 0) ? 9'd15 : 9'd3;
    wire [8:0] nr_free = (ext_tag ? NR_TAGS_32[8:0] : 9'd32) - nr_open;
    wire [8:0] nr_av   = (nr_free > AV_MAX) ? AV_MAX : nr_free;
    assign pcie_rq_tag_av       = nr_av[3:0];
    assign pcie_tfc_nph_av      = 4'd15;
    assign pcie_tfc_npd_av      = 4'd15;

`ifndef SYNTHESIS
    // no register has a value before the first reset
    wire live = !rst && perst_n;
    always @(posedge clk) begin
        if (live && cc_bad)
            $display("[%0t] %%Error: riser_us_shim.v:1: Assertion failed in %m: user RTL: CC: the payload is not as long as the descriptor says",
                     $time);
        if (live && rq_bad)
            $display("[%0t] %%Error: riser_us_shim.v:1: Assertion failed in %m: user RTL: RQ: the payload is not as long as the descriptor says",
                     $time);
        if (live && rq_unknown)
            $display("%m: RQ: a request type that is not modelled was dropped (0 to 6 are)");
    end
`endif

    // ---- non-posted requests that the user has asked for ----------------------------------------------

    reg  [5:0] np_count_q;
    reg        np_mid_q;
    wire       np_took = req_valid && req_np && !np_mid_q;
    // more than 32 are not counted
    wire [6:0] np_sum = {1'b0, np_count_q} + {5'd0, pcie_cq_np_req[1], pcie_cq_np_req[0] && !pcie_cq_np_req[1]}
                      - {6'd0, np_took};
    assign np_may = np_count_q != 6'd0;
    assign pcie_cq_np_req_count = np_count_q;

    always @(posedge clk) begin
        if (rst) begin
            np_count_q <= 6'd0;
            np_mid_q   <= 1'b0;
        end else begin
            np_count_q <= (np_sum > 7'd32) ? 6'd32 : np_sum[5:0];
            np_mid_q   <= req_valid && req_np && !(req_ready && req_eop);
        end
    end

    // ---- status -----------------------------------------------------------------------------------------

    reg d0_q, power_q, cor_q, nonfatal_q, fatal_q;

    assign user_clk    = clk;
    assign phy_rdy_out = perst_n;
    riser_shim_up #(.LNK_UP_CYCLES(LNK_UP_CYCLES), .RESET_CYCLES(RESET_CYCLES)) u_up (
        .clk(clk), .rst(rst), .user_reset(user_reset), .user_lnk_up(user_lnk_up));

    // 8 GT/s, 4 lanes: as Link Status says
    assign cfg_phy_link_down    = !link_up;
    assign cfg_phy_link_status  = {2{link_up}};
    assign cfg_negotiated_width = (ULTRASCALE_PLUS != 0) ? 4'b0010 : 4'b0100;
    assign cfg_current_speed    = (ULTRASCALE_PLUS != 0) ? 3'b010 : 3'b100;
    assign cfg_ltssm_state      = link_up ? 6'h10 : 6'h00;
    assign cfg_max_payload      = mps;
    assign cfg_max_read_req     = mrrs;
    assign cfg_function_status  = {12'd0, intx_disable, bme, mse, 1'b0};
    assign cfg_function_power_state = {9'd0, d0 ? {2'b00, mse || bme} : 3'b100};
    assign cfg_bus_number       = bdf[15:8];
    assign cfg_hot_reset_out    = hot_reset;
    assign cfg_err_cor_out      = cor_q;
    assign cfg_err_nonfatal_out = nonfatal_q;
    assign cfg_err_fatal_out    = fatal_q;
    assign cfg_flr_in_process   = {3'd0, flr};
    assign cfg_power_state_change_interrupt = power_q;

    always @(posedge clk) begin
        d0_q       <= d0;
        power_q    <= !rst && (d0_q != d0 || (power_q && !cfg_power_state_change_ack));
        cor_q      <= err_sent && err_code == 8'h30;
        nonfatal_q <= err_sent && err_code == 8'h31;
        fatal_q    <= err_sent && err_code == 8'h33;
    end

    riser_shim_fc u_fc (
        .clk(clk), .rst(rst),
        .rx_first({rx_cpl_valid && rx_cpl_ready && rx_cpl_sop, rx_np_valid && rx_np_ready && rx_np_sop,
                   rx_p_valid && rx_p_ready && rx_p_sop}),
        .rx_p_hdr(rx_p_hdr), .rx_np_hdr(rx_np_hdr), .rx_cpl_hdr(rx_cpl_hdr),
        .tx_first({tx_cpl_valid && tx_cpl_ready && tx_cpl_sop, tx_np_valid && tx_np_ready && tx_np_sop,
                   tx_p_valid && tx_p_ready && tx_p_sop}),
        .tx_p_hdr(tx_p_hdr), .tx_np_hdr(tx_np_hdr), .tx_cpl_hdr(tx_cpl_hdr), .sel(cfg_fc_sel), .ph(cfg_fc_ph),
        .pd(cfg_fc_pd), .nph(cfg_fc_nph), .npd(cfg_fc_npd), .cplh(cfg_fc_cplh), .cpld(cfg_fc_cpld));

    riser_us_irq #(.MSIX_INTERNAL(MSIX_INTERNAL)) u_irq (
        .clk(clk), .rst(rst || rst_func), .msi_en(msi_en), .msi_mme(msi_mme), .msi_addr(msi_addr),
        .msi_data(msi_data), .msi_mask(msi_mask), .msi_pending(msi_pending), .msix_en(msix_en),
        .msix_fmask(msix_fmask), .dmsg_valid(dmsg_valid), .dmsg_ready(dmsg_ready), .dmsg_addr(dmsg_addr),
        .dmsg_data(dmsg_data), .irq_valid(irq_valid), .irq_ready(irq_ready), .irq_vec(irq_vec),
        .intx_sent(intx_sent), .busy(irq_busy), .cfg_interrupt_msi_int(cfg_interrupt_msi_int),
        .cfg_interrupt_msi_pending_status(cfg_interrupt_msi_pending_status),
        .cfg_interrupt_msi_pending_status_data_enable(cfg_interrupt_msi_pending_status_data_enable),
        .cfg_interrupt_msi_mask_update(cfg_interrupt_msi_mask_update),
        .cfg_interrupt_msi_sent(cfg_interrupt_msi_sent), .cfg_interrupt_msi_fail(cfg_interrupt_msi_fail),
        .cfg_interrupt_msix_address(cfg_interrupt_msix_address),
        .cfg_interrupt_msix_data(cfg_interrupt_msix_data), .cfg_interrupt_msix_int(cfg_interrupt_msix_int),
        .cfg_interrupt_sent(cfg_interrupt_sent), .mgmt_valid(mgmt_valid), .mgmt_ready(mgmt_ready),
        .mgmt_rdata(mgmt_rdata), .cfg_mgmt_read(cfg_mgmt_read), .cfg_mgmt_write(cfg_mgmt_write),
        .cfg_mgmt_read_data(cfg_mgmt_read_data), .cfg_mgmt_read_write_done(cfg_mgmt_read_write_done));

    assign cfg_interrupt_msix_sent    = cfg_interrupt_msi_sent;
    assign cfg_interrupt_msix_fail    = cfg_interrupt_msi_fail;
    assign cfg_interrupt_msi_enable   = {3'd0, msi_en};
    assign cfg_interrupt_msi_mmenable = {9'd0, msi_mme};
    assign cfg_interrupt_msi_data     = msi_mask;
    assign cfg_interrupt_msix_enable  = {3'd0, msix_en};
    assign cfg_interrupt_msix_mask    = {3'd0, msix_fmask};

    assign shim_idle = core_idle && !cq_busy && !rc_busy && !irq_busy && !user_reset && !s_axis_rq_tvalid
                    && !s_axis_cc_tvalid && !power_q && !(|{seq_valid, tag_valid});

    wire unused = &{1'b0, req_sop, p_waits, cfg_flr_done[3:1], cfg_interrupt_int[3:1], bdf[7:0], NR_TAGS_32, nr_av[8:4]};
endmodule
`default_nettype wire
