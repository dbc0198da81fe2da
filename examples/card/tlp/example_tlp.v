// SPDX-License-Identifier: Apache-2.0
//
// The example card on the TLP port itself: the endpoint core and example_core. As one of several
// functions of a card (examples/card/functions) it says which requests are its own; alone it leaves
// claim_hdr and claim to nobody.
`default_nettype none
module example_tlp #(
    // Width of the TLP channels: 64, 128, 256 or 512
    parameter       DATA_W         = 256,
    // of a card with several functions: this one's number, and 1
    parameter [2:0] FUNCTION       = 3'd0,
    parameter       MULTI_FUNCTION = 0
) (
    input  wire               clk,
    input  wire               perst_n,
    input  wire               link_up,
    input  wire               hot_reset,
    output wire               flr_active,
    output wire               idle,
    input  wire [127:0]       claim_hdr,
    output wire               claim,
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
    output wire [DATA_W-1:0]  tx_cpl_data
);
    wire               card_rst, core_idle, card_idle;
    wire               cfg_mse, cfg_bme, cfg_msi_en, cfg_msix_en, cfg_d0;
    wire [15:0]        cfg_bdf;
    wire [2:0]         cfg_mps, cfg_mrrs;
    wire               reg_valid, reg_ready, reg_write, reg_rsp_valid;
    wire [2:0]         reg_bar;
    wire [31:0]        reg_addr;
    wire [63:0]        reg_wdata, reg_rsp_data;
    wire [7:0]         reg_be;
    wire [1:0]         reg_rsp_status;
    wire               dmar_req_valid, dmar_req_ready, dmar_valid, dmar_ready, dmar_last;
    wire [63:0]        dmar_req_addr, dmaw_req_addr;
    wire [17:0]        dmar_req_len, dmaw_req_len;
    wire [DATA_W-1:0]  dmar_data, dmaw_data;
    wire [7:0]         dmar_ctx, dmaw_done_ctx;
    wire [1:0]         dmar_status, dmaw_done_status;
    wire               dmaw_req_valid, dmaw_req_ready, dmaw_valid, dmaw_ready, dmaw_done_valid;
    wire               irq_valid, irq_ready;
    wire [10:0]        irq_vec;
    wire               intx;

    assign idle = core_idle && card_idle;

    example_core #(.DATA_W(DATA_W)) u_card (
        .clk              (clk),
        .rst              (card_rst),
        .idle             (card_idle),
        .reg_valid        (reg_valid),
        .reg_ready        (reg_ready),
        .reg_write        (reg_write),
        .reg_bar          (reg_bar),
        .reg_addr         (reg_addr),
        .reg_wdata        (reg_wdata),
        .reg_be           (reg_be),
        .reg_rsp_valid    (reg_rsp_valid),
        .reg_rsp_data     (reg_rsp_data),
        .reg_rsp_status   (reg_rsp_status),
        .dmar_req_valid   (dmar_req_valid),
        .dmar_req_ready   (dmar_req_ready),
        .dmar_req_addr    (dmar_req_addr),
        .dmar_req_len     (dmar_req_len),
        .dmar_valid       (dmar_valid),
        .dmar_ready       (dmar_ready),
        .dmar_last        (dmar_last),
        .dmar_data        (dmar_data),
        .dmar_status      (dmar_status),
        .dmaw_req_valid   (dmaw_req_valid),
        .dmaw_req_ready   (dmaw_req_ready),
        .dmaw_req_addr    (dmaw_req_addr),
        .dmaw_req_len     (dmaw_req_len),
        .dmaw_valid       (dmaw_valid),
        .dmaw_ready       (dmaw_ready),
        .dmaw_data        (dmaw_data),
        .dmaw_done_valid  (dmaw_done_valid),
        .dmaw_done_status (dmaw_done_status),
        .irq_valid        (irq_valid),
        .irq_ready        (irq_ready),
        .irq_vec          (irq_vec),
        .intx             (intx)
    );

    riser_ep #(
        .DATA_W            (DATA_W),
        .VENDOR_ID         (16'h1e50),
        .DEVICE_ID         (16'h0001),
        .SUBSYS_VENDOR_ID  (16'h1e50),
        .SUBSYS_ID         (16'h0001),
        .CLASS_CODE        (24'hff0000),
        .BAR0_SIZE_LOG2    (12),
        .BAR0_TYPE         (2'b01),
        .BAR2_SIZE_LOG2    (12),
        .BAR2_TYPE         (2'b01),
        .BAR4_SIZE_LOG2    (12),
        .BAR4_TYPE         (2'b00),
        .MSIX_VECTORS      (8),
        .MSIX_TABLE_BIR    (4),
        .MSIX_TABLE_OFFSET (32'h0),
        .MSIX_PBA_BIR      (4),
        .MSIX_PBA_OFFSET   (32'h800),
        .MSI_VECTORS       (4),
        .FUNCTION          (FUNCTION),
        .MULTI_FUNCTION    (MULTI_FUNCTION),
        // the host answers in its own time, not in cycles
        .CPL_TIMEOUT_CYCLES (1000000)
    ) u_ep (
        .clk              (clk),
        .perst_n          (perst_n),
        .link_up          (link_up),
        .hot_reset        (hot_reset),
        .flr_active       (flr_active),
        .core_idle        (core_idle),
        .claim_hdr        (claim_hdr),
        .claim            (claim),
        .rx_p_valid       (rx_p_valid),
        .rx_p_ready       (rx_p_ready),
        .rx_p_sop         (rx_p_sop),
        .rx_p_eop         (rx_p_eop),
        .rx_p_hdr         (rx_p_hdr),
        .rx_p_data        (rx_p_data),
        .rx_np_valid      (rx_np_valid),
        .rx_np_ready      (rx_np_ready),
        .rx_np_sop        (rx_np_sop),
        .rx_np_eop        (rx_np_eop),
        .rx_np_hdr        (rx_np_hdr),
        .rx_np_data       (rx_np_data),
        .rx_cpl_valid     (rx_cpl_valid),
        .rx_cpl_ready     (rx_cpl_ready),
        .rx_cpl_sop       (rx_cpl_sop),
        .rx_cpl_eop       (rx_cpl_eop),
        .rx_cpl_hdr       (rx_cpl_hdr),
        .rx_cpl_data      (rx_cpl_data),
        .tx_p_valid       (tx_p_valid),
        .tx_p_ready       (tx_p_ready),
        .tx_p_sop         (tx_p_sop),
        .tx_p_eop         (tx_p_eop),
        .tx_p_hdr         (tx_p_hdr),
        .tx_p_data        (tx_p_data),
        .tx_np_valid      (tx_np_valid),
        .tx_np_ready      (tx_np_ready),
        .tx_np_sop        (tx_np_sop),
        .tx_np_eop        (tx_np_eop),
        .tx_np_hdr        (tx_np_hdr),
        .tx_np_data       (tx_np_data),
        .tx_cpl_valid     (tx_cpl_valid),
        .tx_cpl_ready     (tx_cpl_ready),
        .tx_cpl_sop       (tx_cpl_sop),
        .tx_cpl_eop       (tx_cpl_eop),
        .tx_cpl_hdr       (tx_cpl_hdr),
        .tx_cpl_data      (tx_cpl_data),
        .card_rst         (card_rst),
        .cfg_mse          (cfg_mse),
        .cfg_bme          (cfg_bme),
        .cfg_msi_en       (cfg_msi_en),
        .cfg_msix_en      (cfg_msix_en),
        .cfg_d0           (cfg_d0),
        .cfg_bdf          (cfg_bdf),
        .cfg_mps          (cfg_mps),
        .cfg_mrrs         (cfg_mrrs),
        .reg_valid        (reg_valid),
        .reg_ready        (reg_ready),
        .reg_write        (reg_write),
        .reg_bar          (reg_bar),
        .reg_addr         (reg_addr),
        .reg_wdata        (reg_wdata),
        .reg_be           (reg_be),
        .reg_rsp_valid    (reg_rsp_valid),
        .reg_rsp_data     (reg_rsp_data),
        .reg_rsp_status   (reg_rsp_status),
        .dmar_req_valid   (dmar_req_valid),
        .dmar_req_ready   (dmar_req_ready),
        .dmar_req_addr    (dmar_req_addr),
        .dmar_req_len     (dmar_req_len),
        .dmar_req_ctx     (8'd0),
        .dmar_valid       (dmar_valid),
        .dmar_ready       (dmar_ready),
        .dmar_last        (dmar_last),
        .dmar_data        (dmar_data),
        .dmar_ctx         (dmar_ctx),
        .dmar_status      (dmar_status),
        .dmaw_req_valid   (dmaw_req_valid),
        .dmaw_req_ready   (dmaw_req_ready),
        .dmaw_req_addr    (dmaw_req_addr),
        .dmaw_req_len     (dmaw_req_len),
        .dmaw_req_ctx     (8'd0),
        .dmaw_valid       (dmaw_valid),
        .dmaw_ready       (dmaw_ready),
        .dmaw_data        (dmaw_data),
        .dmaw_done_valid  (dmaw_done_valid),
        .dmaw_done_ctx    (dmaw_done_ctx),
        .dmaw_done_status (dmaw_done_status),
        .irq_valid        (irq_valid),
        .irq_ready        (irq_ready),
        .irq_vec          (irq_vec),
        .intx             (intx)
    );

    wire unused = &{1'b0, cfg_mse, cfg_bme, cfg_msi_en, cfg_msix_en, cfg_d0, cfg_bdf, cfg_mps, cfg_mrrs, dmar_ctx,
                    dmaw_done_ctx};
endmodule
`default_nettype wire
