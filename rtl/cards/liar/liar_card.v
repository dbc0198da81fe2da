// SPDX-License-Identifier: Apache-2.0
//
// A card that breaks the rules of the bus when it is told to (liar_seq, +liar=FILE), and is an ordinary
// endpoint otherwise: riser_ep with the TLP port of docs/tlp-port.md, 64-bit BAR0 of 16 KiB and BAR2 of 4 KiB
// with 4 KiB of memory behind both, 16 MSI-X vectors at 2000h of BAR0, 32 MSI.
// Latency of a register: 1 cycle. Nothing is asked of the host unless the program does.
`default_nettype none
module liar_card #(
    // Width of the TLP channels: 64, 128, 256 or 512
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
    output wire [DATA_W-1:0]  tx_cpl_data
);
    wire [2:0]          ep_rx_valid, ep_rx_ready, ep_tx_valid, ep_tx_ready, ep_tx_sop, ep_tx_eop;
    wire [383:0]        ep_tx_hdr;
    wire [3*DATA_W-1:0] ep_tx_data;
    wire                ep_flr, core_idle, claim, quiet, flr;
    wire [15:0]         bdf;
    wire                reg_valid, reg_write;
    wire [2:0]          reg_bar;
    wire [31:0]         reg_addr;
    wire [63:0]         reg_wdata;
    wire [7:0]          reg_be;
    reg                 rsp_valid_q;
    reg [63:0]          rsp_data_q;
    wire                card_rst;
    wire                irq_ready, dmar_req_ready, dmar_valid, dmar_last, dmaw_req_ready, dmaw_ready, done_valid;
    wire [DATA_W-1:0]   dmar_data;
    wire [7:0]          dmar_ctx, done_ctx;
    wire [1:0]          dmar_status, done_status;
    wire [2:0]          cfg_mps, cfg_mrrs;
    wire                cfg_mse, cfg_bme, cfg_msi_en, cfg_msix_en, cfg_d0;

    assign flr_active = ep_flr || flr;
    assign idle       = core_idle && quiet && !reg_valid && !rsp_valid_q;

    liar_seq #(.DATA_W(DATA_W)) u_seq (
        .clk         (clk),
        .rst         (!perst_n || hot_reset || !link_up),
        .bdf         (bdf),
        .quiet       (quiet),
        .flr         (flr),
        .rx_valid    ({rx_cpl_valid, rx_np_valid, rx_p_valid}),
        .rx_ready    ({rx_cpl_ready, rx_np_ready, rx_p_ready}),
        .rx_sop      ({rx_cpl_sop, rx_np_sop, rx_p_sop}),
        .rx_eop      ({rx_cpl_eop, rx_np_eop, rx_p_eop}),
        .rx_hdr      ({rx_cpl_hdr, rx_np_hdr, rx_p_hdr}),
        .rx_np_byte  (rx_np_data[7:0]),
        .tx_valid    ({tx_cpl_valid, tx_np_valid, tx_p_valid}),
        .tx_ready    ({tx_cpl_ready, tx_np_ready, tx_p_ready}),
        .tx_sop      ({tx_cpl_sop, tx_np_sop, tx_p_sop}),
        .tx_eop      ({tx_cpl_eop, tx_np_eop, tx_p_eop}),
        .tx_hdr      ({tx_cpl_hdr, tx_np_hdr, tx_p_hdr}),
        .tx_data     ({tx_cpl_data, tx_np_data, tx_p_data}),
        .ep_rx_valid (ep_rx_valid),
        .ep_rx_ready (ep_rx_ready),
        .ep_tx_valid (ep_tx_valid),
        .ep_tx_ready (ep_tx_ready),
        .ep_tx_sop   (ep_tx_sop),
        .ep_tx_eop   (ep_tx_eop),
        .ep_tx_hdr   (ep_tx_hdr),
        .ep_tx_data  (ep_tx_data)
    );

    riser_ep #(
        .DATA_W            (DATA_W),
        .VENDOR_ID         (16'hF1AC),
        .DEVICE_ID         (16'h00FF),
        .SUBSYS_VENDOR_ID  (16'hF1AC),
        .SUBSYS_ID         (16'h0001),
        .CLASS_CODE        (24'hff0000),
        .BAR0_SIZE_LOG2    (14),
        .BAR0_TYPE         (2'b01),
        .BAR2_SIZE_LOG2    (12),
        .MSIX_VECTORS      (16),
        .MSIX_TABLE_OFFSET (32'h2000),
        .MSIX_PBA_OFFSET   (32'h3000),
        .MSI_VECTORS       (32)
    ) u_ep (
        .clk              (clk),
        .perst_n          (perst_n),
        .link_up          (link_up),
        .hot_reset        (hot_reset),
        .flr_active       (ep_flr),
        .core_idle        (core_idle),
        .claim_hdr        (128'd0),
        .claim            (claim),
        .rx_p_valid       (ep_rx_valid[0]),
        .rx_p_ready       (ep_rx_ready[0]),
        .rx_p_sop         (rx_p_sop),
        .rx_p_eop         (rx_p_eop),
        .rx_p_hdr         (rx_p_hdr),
        .rx_p_data        (rx_p_data),
        .rx_np_valid      (ep_rx_valid[1]),
        .rx_np_ready      (ep_rx_ready[1]),
        .rx_np_sop        (rx_np_sop),
        .rx_np_eop        (rx_np_eop),
        .rx_np_hdr        (rx_np_hdr),
        .rx_np_data       (rx_np_data),
        .rx_cpl_valid     (ep_rx_valid[2]),
        .rx_cpl_ready     (ep_rx_ready[2]),
        .rx_cpl_sop       (rx_cpl_sop),
        .rx_cpl_eop       (rx_cpl_eop),
        .rx_cpl_hdr       (rx_cpl_hdr),
        .rx_cpl_data      (rx_cpl_data),
        .tx_p_valid       (ep_tx_valid[0]),
        .tx_p_ready       (ep_tx_ready[0]),
        .tx_p_sop         (ep_tx_sop[0]),
        .tx_p_eop         (ep_tx_eop[0]),
        .tx_p_hdr         (ep_tx_hdr[0 +: 128]),
        .tx_p_data        (ep_tx_data[0*DATA_W +: DATA_W]),
        .tx_np_valid      (ep_tx_valid[1]),
        .tx_np_ready      (ep_tx_ready[1]),
        .tx_np_sop        (ep_tx_sop[1]),
        .tx_np_eop        (ep_tx_eop[1]),
        .tx_np_hdr        (ep_tx_hdr[128 +: 128]),
        .tx_np_data       (ep_tx_data[1*DATA_W +: DATA_W]),
        .tx_cpl_valid     (ep_tx_valid[2]),
        .tx_cpl_ready     (ep_tx_ready[2]),
        .tx_cpl_sop       (ep_tx_sop[2]),
        .tx_cpl_eop       (ep_tx_eop[2]),
        .tx_cpl_hdr       (ep_tx_hdr[256 +: 128]),
        .tx_cpl_data      (ep_tx_data[2*DATA_W +: DATA_W]),
        .card_rst         (card_rst),
        .cfg_mse          (cfg_mse),
        .cfg_bme          (cfg_bme),
        .cfg_msi_en       (cfg_msi_en),
        .cfg_msix_en      (cfg_msix_en),
        .cfg_d0           (cfg_d0),
        .cfg_bdf          (bdf),
        .cfg_mps          (cfg_mps),
        .cfg_mrrs         (cfg_mrrs),
        .reg_valid        (reg_valid),
        .reg_ready        (1'b1),
        .reg_write        (reg_write),
        .reg_bar          (reg_bar),
        .reg_addr         (reg_addr),
        .reg_wdata        (reg_wdata),
        .reg_be           (reg_be),
        .reg_rsp_valid    (rsp_valid_q),
        .reg_rsp_data     (rsp_data_q),
        .reg_rsp_status   (2'd0),
        .dmar_req_valid   (1'b0),
        .dmar_req_ready   (dmar_req_ready),
        .dmar_req_addr    (64'd0),
        .dmar_req_len     (18'd0),
        .dmar_req_ctx     (8'd0),
        .dmar_valid       (dmar_valid),
        .dmar_ready       (1'b1),
        .dmar_last        (dmar_last),
        .dmar_data        (dmar_data),
        .dmar_ctx         (dmar_ctx),
        .dmar_status      (dmar_status),
        .dmaw_req_valid   (1'b0),
        .dmaw_req_ready   (dmaw_req_ready),
        .dmaw_req_addr    (64'd0),
        .dmaw_req_len     (18'd0),
        .dmaw_req_ctx     (8'd0),
        .dmaw_valid       (1'b0),
        .dmaw_ready       (dmaw_ready),
        .dmaw_data        ({DATA_W{1'b0}}),
        .dmaw_done_valid  (done_valid),
        .dmaw_done_ctx    (done_ctx),
        .dmaw_done_status (done_status),
        .irq_valid        (1'b0),
        .irq_ready        (irq_ready),
        .irq_vec          (11'd0),
        .intx             (1'b0)
    );

    // ---- registers: memory ---------------------------------------------------------------------------

    reg [63:0] ram [0:511];
    integer    n;
    always @(posedge clk) begin
        rsp_valid_q <= reg_valid && !reg_write && !card_rst;
        rsp_data_q  <= ram[reg_addr[11:3]];
        for (n = 0; n < 8; n = n + 1)
            if (reg_valid && reg_write && reg_be[n])
                ram[reg_addr[11:3]][8*n +: 8] <= reg_wdata[8*n +: 8];
    end

    wire unused = &{1'b0, claim, reg_bar, reg_addr, irq_ready, dmar_req_ready, dmar_valid, dmar_last, dmar_data, dmar_ctx,
                    dmar_status, dmaw_req_ready, dmaw_ready, done_valid, done_ctx, done_status, cfg_mse, cfg_bme,
                    cfg_msi_en, cfg_msix_en, cfg_d0, cfg_mps, cfg_mrrs};
endmodule
`default_nettype wire
