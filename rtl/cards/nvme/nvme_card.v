// SPDX-License-Identifier: Apache-2.0
//
// An NVMe 1.4 card: the controller (nvme_ctrl) on the endpoint core (riser_ep), which has the TLP port of
// docs/tlp-port.md with idle, flr_active and the backing store's memory port. BAR0 (64 bits, 16 KiB) has
// the controller registers, doorbells from 1000h, the MSI-X table at 2000h and its pending bits at 3000h.
// Latency and throughput are those of the two parts; nothing is added here.
`default_nettype none
module nvme_card #(
    // Width of the TLP channels and of the backing store: 64, 128, 256 or 512
    parameter         DATA_W             = 256,
    // log2 of the namespace's size in bytes, 20 to 40; MEM_ADDR_W follows from it
    parameter         CAPACITY_LOG2      = 27,
    parameter         MEM_ADDR_W         = CAPACITY_LOG2 - $clog2(DATA_W / 8),
    // I/O queue pairs, 1 to 31; entries of the largest one, minus 1; log2 of the commands in flight
    parameter         NR_IO_QUEUES       = 4,
    parameter [15:0]  MQES               = 16'd255,
    parameter         SLOT_W             = 3,
    // Identity: nobody's vendor id (see README.md), so that no driver has a quirk for it
    parameter [15:0]  VENDOR_ID          = 16'hF1AC,
    parameter [15:0]  DEVICE_ID          = 16'h0001,
    parameter [15:0]  SUBSYS_VENDOR_ID   = 16'hF1AC,
    parameter [15:0]  SUBSYS_ID          = 16'h0001,
    parameter [31:0]  INSTANCE           = 32'd1,
    // The core's, see riser_ep; a simulated host is slow by the card's clock, so the longest timeout
    parameter         NR_TAGS            = 32,
    parameter         CPL_TIMEOUT_CYCLES = 1000000
) (
    input  wire                         clk,
    input  wire                         perst_n,
    input  wire                         link_up,
    input  wire                         hot_reset,
    output wire                         flr_active,
    output wire                         idle,

    // TLPs from the host
    input  wire                         rx_p_valid,
    output wire                         rx_p_ready,
    input  wire                         rx_p_sop,
    input  wire                         rx_p_eop,
    input  wire [127:0]                 rx_p_hdr,
    input  wire [DATA_W-1:0]            rx_p_data,
    input  wire                         rx_np_valid,
    output wire                         rx_np_ready,
    input  wire                         rx_np_sop,
    input  wire                         rx_np_eop,
    input  wire [127:0]                 rx_np_hdr,
    input  wire [DATA_W-1:0]            rx_np_data,
    input  wire                         rx_cpl_valid,
    output wire                         rx_cpl_ready,
    input  wire                         rx_cpl_sop,
    input  wire                         rx_cpl_eop,
    input  wire [127:0]                 rx_cpl_hdr,
    input  wire [DATA_W-1:0]            rx_cpl_data,

    // TLPs to the host
    output wire                         tx_p_valid,
    input  wire                         tx_p_ready,
    output wire                         tx_p_sop,
    output wire                         tx_p_eop,
    output wire [127:0]                 tx_p_hdr,
    output wire [DATA_W-1:0]            tx_p_data,
    output wire                         tx_np_valid,
    input  wire                         tx_np_ready,
    output wire                         tx_np_sop,
    output wire                         tx_np_eop,
    output wire [127:0]                 tx_np_hdr,
    output wire [DATA_W-1:0]            tx_np_data,
    output wire                         tx_cpl_valid,
    input  wire                         tx_cpl_ready,
    output wire                         tx_cpl_sop,
    output wire                         tx_cpl_eop,
    output wire [127:0]                 tx_cpl_hdr,
    output wire [DATA_W-1:0]            tx_cpl_data,

    // backing store
    output wire                         mem_req_valid,
    input  wire                         mem_req_ready,
    output wire                         mem_req_write,
    output wire [MEM_ADDR_W-1:0]        mem_req_addr,
    output wire [DATA_W-1:0]            mem_req_wdata,
    output wire [DATA_W/8-1:0]          mem_req_wstrb,
    input  wire                         mem_rsp_valid,
    input  wire [DATA_W-1:0]            mem_rsp_data
);
    wire card_rst, cfg_mse, cfg_bme, cfg_msi_en, cfg_msix_en, cfg_d0, reg_valid, reg_ready;
    wire reg_write, reg_rsp_valid, dmar_req_valid, dmar_req_ready, dmar_valid, dmar_ready;
    wire dmar_last, dmaw_req_valid, dmaw_req_ready, dmaw_valid, dmaw_ready, dmaw_done_valid;
    wire irq_valid, irq_ready, intx;
    wire [1:0] reg_rsp_status, dmar_status, dmaw_done_status;
    wire [2:0] cfg_mps, cfg_mrrs, reg_bar;
    wire [7:0] reg_be, dmar_req_ctx, dmar_ctx, dmaw_req_ctx, dmaw_done_ctx;
    wire [10:0] irq_vec;
    wire [15:0] cfg_bdf;
    wire [17:0] dmar_req_len, dmaw_req_len;
    wire [31:0] reg_addr;
    wire [63:0] reg_wdata, reg_rsp_data, dmar_req_addr, dmaw_req_addr;
    wire [DATA_W-1:0] dmar_data, dmaw_data;
    wire core_idle, claim, ctrl_idle;

    assign idle = core_idle && ctrl_idle;

    riser_ep #(
        .DATA_W(DATA_W), .VENDOR_ID(VENDOR_ID), .DEVICE_ID(DEVICE_ID),
        .SUBSYS_VENDOR_ID(SUBSYS_VENDOR_ID), .SUBSYS_ID(SUBSYS_ID), .CLASS_CODE(24'h010802),
        .REVISION(8'h01), .SERIAL({32'd0, INSTANCE}), .BAR0_SIZE_LOG2(14), .BAR0_TYPE(2'b01),
        .MSIX_VECTORS(NR_IO_QUEUES + 1), .MSIX_TABLE_BIR(0), .MSIX_TABLE_OFFSET(32'h2000),
        .MSIX_PBA_BIR(0), .MSIX_PBA_OFFSET(32'h3000), .MSI_VECTORS(1), .INTX_PIN(1),
        .NR_TAGS(NR_TAGS), .CPL_TIMEOUT_CYCLES(CPL_TIMEOUT_CYCLES)
    ) u_ep (
        .clk(clk), .perst_n(perst_n), .link_up(link_up), .hot_reset(hot_reset),
        .flr_active(flr_active), .core_idle(core_idle), .claim_hdr(128'd0), .claim(claim), .rx_p_valid(rx_p_valid),
        .rx_p_ready(rx_p_ready), .rx_p_sop(rx_p_sop), .rx_p_eop(rx_p_eop), .rx_p_hdr(rx_p_hdr),
        .rx_p_data(rx_p_data), .rx_np_valid(rx_np_valid), .rx_np_ready(rx_np_ready),
        .rx_np_sop(rx_np_sop), .rx_np_eop(rx_np_eop), .rx_np_hdr(rx_np_hdr),
        .rx_np_data(rx_np_data), .rx_cpl_valid(rx_cpl_valid), .rx_cpl_ready(rx_cpl_ready),
        .rx_cpl_sop(rx_cpl_sop), .rx_cpl_eop(rx_cpl_eop), .rx_cpl_hdr(rx_cpl_hdr),
        .rx_cpl_data(rx_cpl_data), .tx_p_valid(tx_p_valid), .tx_p_ready(tx_p_ready),
        .tx_p_sop(tx_p_sop), .tx_p_eop(tx_p_eop), .tx_p_hdr(tx_p_hdr), .tx_p_data(tx_p_data),
        .tx_np_valid(tx_np_valid), .tx_np_ready(tx_np_ready), .tx_np_sop(tx_np_sop),
        .tx_np_eop(tx_np_eop), .tx_np_hdr(tx_np_hdr), .tx_np_data(tx_np_data),
        .tx_cpl_valid(tx_cpl_valid), .tx_cpl_ready(tx_cpl_ready), .tx_cpl_sop(tx_cpl_sop),
        .tx_cpl_eop(tx_cpl_eop), .tx_cpl_hdr(tx_cpl_hdr), .tx_cpl_data(tx_cpl_data),
        .card_rst(card_rst), .cfg_mse(cfg_mse), .cfg_bme(cfg_bme), .cfg_msi_en(cfg_msi_en),
        .cfg_msix_en(cfg_msix_en), .cfg_d0(cfg_d0), .cfg_bdf(cfg_bdf), .cfg_mps(cfg_mps),
        .cfg_mrrs(cfg_mrrs), .reg_valid(reg_valid), .reg_ready(reg_ready), .reg_write(reg_write),
        .reg_bar(reg_bar), .reg_addr(reg_addr), .reg_wdata(reg_wdata), .reg_be(reg_be),
        .reg_rsp_valid(reg_rsp_valid), .reg_rsp_data(reg_rsp_data), .reg_rsp_status(reg_rsp_status),
        .dmar_req_valid(dmar_req_valid), .dmar_req_ready(dmar_req_ready),
        .dmar_req_addr(dmar_req_addr), .dmar_req_len(dmar_req_len), .dmar_req_ctx(dmar_req_ctx),
        .dmar_valid(dmar_valid), .dmar_ready(dmar_ready), .dmar_last(dmar_last),
        .dmar_data(dmar_data), .dmar_ctx(dmar_ctx), .dmar_status(dmar_status),
        .dmaw_req_valid(dmaw_req_valid), .dmaw_req_ready(dmaw_req_ready),
        .dmaw_req_addr(dmaw_req_addr), .dmaw_req_len(dmaw_req_len), .dmaw_req_ctx(dmaw_req_ctx),
        .dmaw_valid(dmaw_valid), .dmaw_ready(dmaw_ready), .dmaw_data(dmaw_data),
        .dmaw_done_valid(dmaw_done_valid), .dmaw_done_ctx(dmaw_done_ctx),
        .dmaw_done_status(dmaw_done_status), .irq_valid(irq_valid), .irq_ready(irq_ready),
        .irq_vec(irq_vec), .intx(intx));

    nvme_ctrl #(
        .DATA_W(DATA_W), .CAPACITY_LOG2(CAPACITY_LOG2), .MEM_ADDR_W(MEM_ADDR_W),
        .NR_IO_QUEUES(NR_IO_QUEUES), .MQES(MQES), .SLOT_W(SLOT_W), .VENDOR_ID(VENDOR_ID),
        .SUBSYS_VENDOR_ID(SUBSYS_VENDOR_ID), .INSTANCE(INSTANCE)
    ) u_ctrl (
        .clk(clk), .power_rst(!perst_n), .idle(ctrl_idle), .card_rst(card_rst),
        .cfg_msix_en(cfg_msix_en), .reg_valid(reg_valid), .reg_ready(reg_ready),
        .reg_write(reg_write), .reg_bar(reg_bar), .reg_addr(reg_addr), .reg_wdata(reg_wdata),
        .reg_be(reg_be), .reg_rsp_valid(reg_rsp_valid), .reg_rsp_data(reg_rsp_data),
        .reg_rsp_status(reg_rsp_status), .dmar_req_valid(dmar_req_valid),
        .dmar_req_ready(dmar_req_ready), .dmar_req_addr(dmar_req_addr), .dmar_req_len(dmar_req_len),
        .dmar_req_ctx(dmar_req_ctx), .dmar_valid(dmar_valid), .dmar_ready(dmar_ready),
        .dmar_last(dmar_last), .dmar_data(dmar_data), .dmar_ctx(dmar_ctx),
        .dmar_status(dmar_status), .dmaw_req_valid(dmaw_req_valid), .dmaw_req_ready(dmaw_req_ready),
        .dmaw_req_addr(dmaw_req_addr), .dmaw_req_len(dmaw_req_len), .dmaw_req_ctx(dmaw_req_ctx),
        .dmaw_valid(dmaw_valid), .dmaw_ready(dmaw_ready), .dmaw_data(dmaw_data),
        .dmaw_done_valid(dmaw_done_valid), .dmaw_done_ctx(dmaw_done_ctx),
        .dmaw_done_status(dmaw_done_status), .irq_valid(irq_valid), .irq_ready(irq_ready),
        .irq_vec(irq_vec), .intx(intx), .mem_req_valid(mem_req_valid),
        .mem_req_ready(mem_req_ready), .mem_req_write(mem_req_write), .mem_req_addr(mem_req_addr),
        .mem_req_wdata(mem_req_wdata), .mem_req_wstrb(mem_req_wstrb), .mem_rsp_valid(mem_rsp_valid),
        .mem_rsp_data(mem_rsp_data));

    wire unused = &{1'b0, claim, cfg_mse, cfg_bme, cfg_msi_en, cfg_d0, cfg_bdf, cfg_mps, cfg_mrrs};
endmodule
`default_nettype wire
