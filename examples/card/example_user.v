// SPDX-License-Identifier: Apache-2.0
//
// The example card's transaction layer, for interfaces that give the user whole TLPs and leave the configuration space
// to the vendor's block: decodes requests by BAR number and offset, completes reads, makes DMA of TLPs, has the MSI-X
// table (BAR4) and sends MSI-X and MSI messages. The adapter of an interface brings its streams to these six channels,
// whose beats are those of docs/tlp-port.md.
//   BARs: 0, 2 and 4, 4 KiB each. MSI-X: 8 vectors, table at 0, pending bits at 800h.
`default_nettype none
`include "riser_tlp.vh"
module example_user #(
    parameter DATA_W      = 256,
    // MSI messages that the user sends itself; 0: msi_req is there instead
    parameter MSI_VECTORS = 4
) (
    input  wire              clk,
    input  wire              rst,
    input  wire              flr_req,       // function level reset: stop, then say flr_done
    output wire              flr_done,
    output wire              idle,          // nothing to do
    output wire              pending,       // a read of the user waits for data

    // from the host
    input  wire              q_p_valid,
    output wire              q_p_ready,
    input  wire              q_p_sop,
    input  wire              q_p_eop,
    input  wire [127:0]      q_p_hdr,
    input  wire [DATA_W-1:0] q_p_data,
    input  wire [2:0]        q_p_bar,
    input  wire              q_np_valid,
    output wire              q_np_ready,
    input  wire              q_np_sop,
    input  wire              q_np_eop,
    input  wire [127:0]      q_np_hdr,
    input  wire [DATA_W-1:0] q_np_data,
    input  wire [2:0]        q_np_bar,
    input  wire              q_cpl_valid,
    output wire              q_cpl_ready,
    input  wire              q_cpl_sop,
    input  wire              q_cpl_eop,
    input  wire [127:0]      q_cpl_hdr,
    input  wire [DATA_W-1:0] q_cpl_data,
    // to the host
    output wire              u_p_valid,
    input  wire              u_p_ready,
    output wire              u_p_sop,
    output wire              u_p_eop,
    output wire [127:0]      u_p_hdr,
    output wire [DATA_W-1:0] u_p_data,
    output wire              u_np_valid,
    input  wire              u_np_ready,
    output wire              u_np_sop,
    output wire              u_np_eop,
    output wire [127:0]      u_np_hdr,
    output wire [DATA_W-1:0] u_np_data,
    output wire              u_cpl_valid,
    input  wire              u_cpl_ready,
    output wire              u_cpl_sop,
    output wire              u_cpl_eop,
    output wire [127:0]      u_cpl_hdr,
    output wire [DATA_W-1:0] u_cpl_data,
    // errors seen in completions: pulse, bit number of the AER registers
    output wire              err_valid,
    output wire [4:0]        err_bit,
    output wire [127:0]      err_hdr,

    // an interrupt that the block sends, while MSI and not MSI-X is enabled
    output wire              msi_req,
    input  wire              msi_ack,
    output wire [4:0]        msi_num,
    output wire              intx,          // level of INTA, for a block that sends it

    // configuration, as the block says it
    input  wire [15:0]       cfg_bdf,
    input  wire              cfg_bme,
    input  wire [2:0]        cfg_mps,
    input  wire [2:0]        cfg_mrrs,
    input  wire              cfg_msix_en,
    input  wire              cfg_msix_fmask,
    input  wire              cfg_msi_en,
    input  wire [2:0]        cfg_msi_mme,
    input  wire [63:0]       cfg_msi_addr,
    input  wire [15:0]       cfg_msi_data,
    input  wire [31:0]       cfg_msi_mask
);
    localparam [35:0] BAR_SIZES = {6'd0, 6'h2c, 6'd0, 6'h2c, 6'd0, 6'h2c};
    // an address space of our own: the BAR's number plus one in the upper half, the offset in the lower
    localparam [383:0] BAR_BASE = {64'h6_0000_0000, 64'h5_0000_0000, 64'h4_0000_0000,
                                   64'h3_0000_0000, 64'h2_0000_0000, 64'h1_0000_0000};

    function [127:0] in_our_space(input [1:0] fmt, input [60:0] rest, input [11:0] offset, input [2:0] bar);
        in_our_space = {fmt, 1'b1, rest, 29'd0, bar + 3'd1, 20'd0, offset};
    endfunction

    wire [11:0] p_offset  = q_p_hdr[`TLP_FMT_4DW_B] ? q_p_hdr[11:0] : q_p_hdr[43:32];
    wire [11:0] np_offset = q_np_hdr[`TLP_FMT_4DW_B] ? q_np_hdr[11:0] : q_np_hdr[43:32];

    reg         flr_q;
    reg [3:0]   quiet_q;
    wire        func_rst = rst || flr_q;
    wire        card_idle;
    wire [31:0] nr_p_in, nr_p_done, msi_pending;
    wire [15:0] nr_tx_started, nr_tx_done, no_bdf;
    wire        wr_pending, p_busy, np_busy, dmaw_busy, dmar_busy, irq_busy, irq_out_valid, msg_valid, dma_mid;
    wire        tbl_valid, tbl_ready, tbl_write, tbl_pba, tbl_rsp_valid, tables_ready;
    wire [11:0] tbl_index;
    wire [63:0] tbl_wdata, tbl_rsp_data;
    wire [7:0]  tbl_be;
    wire        ev_p_valid, ev_np_valid, ev_cpl_adv, got_ur, got_ca, got_poison, intx_sent, err_ack;
    wire [4:0]  ev_p_bit, ev_np_bit;
    wire [127:0] ev_p_hdr, ev_np_hdr;
    wire        turn_off, slot_power_set, cfg_en, cfg_we;
    wire [9:0]  slot_power, cfg_dw;
    wire [3:0]  cfg_be;
    wire [31:0] cfg_wdata;
    wire        reg_valid, reg_ready, reg_write, reg_rsp_valid;
    wire [2:0]  reg_bar;
    wire [31:0] reg_addr;
    wire [63:0] reg_wdata, reg_rsp_data;
    wire [7:0]  reg_be;
    wire [1:0]  reg_rsp_status;
    wire        dmar_req_valid, dmar_req_ready, dmar_valid, dmar_ready, dmar_last;
    wire [63:0] dmar_req_addr, dmaw_req_addr;
    wire [17:0] dmar_req_len, dmaw_req_len;
    wire [DATA_W-1:0] dmar_data, dmaw_data;
    wire [7:0]  dmar_ctx, dmaw_done_ctx;
    wire [1:0]  dmar_status, dmaw_done_status;
    wire        dmaw_req_valid, dmaw_req_ready, dmaw_valid, dmaw_ready, dmaw_done_valid;
    wire        irq_valid, irq_ready, tx_irq_ready;
    wire [10:0] irq_vec;
    wire [127:0] cpl_hdr;

    // ---- function level reset, interrupts by the block ----------------------------------------------

    wire quiet = !u_p_valid && !u_np_valid && !u_cpl_valid && !irq_out_valid && !dma_mid && !np_busy;
    assign flr_done = flr_q && (&quiet_q);

    always @(posedge clk) begin
        flr_q   <= flr_req && !rst;
        quiet_q <= (!flr_q || !quiet) ? 4'd0 : (&quiet_q) ? quiet_q : quiet_q + 4'd1;
    end

    wire by_block = (MSI_VECTORS == 0) && cfg_msi_en && !cfg_msix_en;
    assign msi_req   = by_block && irq_valid && !func_rst;
    assign msi_num   = irq_vec[4:0];
    assign irq_ready = by_block ? msi_ack : tx_irq_ready;

    assign idle = !func_rst && card_idle && tables_ready && !p_busy && !wr_pending && !np_busy && !dmaw_busy && !dmar_busy
               && !irq_busy && !u_p_valid;

    // ---- the card -------------------------------------------------------------------------------------

    example_core #(.DATA_W(DATA_W)) u_card (
        .clk              (clk),
        .rst              (func_rst),
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

    riser_rx #(
        .DATA_W            (DATA_W),
        .BAR_SIZES         (BAR_SIZES),
        .MSIX_VECTORS      (8),
        .MSIX_TABLE_BIR    (4),
        .MSIX_TABLE_OFFSET (32'h0),
        .MSIX_PBA_BIR      (4),
        .MSIX_PBA_OFFSET   (32'h800)
    ) u_rx (
        .clk              (clk),
        .rst              (rst),
        .stop             (flr_q),
        .rx_p_valid       (q_p_valid),
        .rx_p_ready       (q_p_ready),
        .rx_p_sop         (q_p_sop),
        .rx_p_eop         (q_p_eop),
        .rx_p_hdr         (in_our_space(q_p_hdr[127:126], q_p_hdr[124:64], p_offset, q_p_bar)),
        .rx_p_data        (q_p_data),
        .rx_np_valid      (q_np_valid),
        .rx_np_ready      (q_np_ready),
        .rx_np_sop        (q_np_sop),
        .rx_np_eop        (q_np_eop),
        .rx_np_hdr        (in_our_space(q_np_hdr[127:126], q_np_hdr[124:64], np_offset, q_np_bar)),
        .rx_np_data       (q_np_data),
        .bar_base         (BAR_BASE),
        .mem_en           (1'b1),
        .cfg_mps          (cfg_mps),
        .cfg_bdf          (no_bdf),
        .flr_wait         (1'b0),
        .nr_p_in          (nr_p_in),
        .nr_p_done        (nr_p_done),
        .nr_tx_started    (nr_tx_started),
        .nr_tx_done       (nr_tx_done),
        .tx_np_valid      (u_np_valid),
        .cfg_en           (cfg_en),
        .cfg_we           (cfg_we),
        .cfg_dw           (cfg_dw),
        .cfg_be           (cfg_be),
        .cfg_wdata        (cfg_wdata),
        .cfg_rdata        (32'd0),
        .wr_pending       (wr_pending),
        .p_busy           (p_busy),
        .np_busy          (np_busy),
        .ev_p_valid       (ev_p_valid),
        .ev_p_ready       (1'b1),
        .ev_p_bit         (ev_p_bit),
        .ev_p_hdr         (ev_p_hdr),
        .ev_np_valid      (ev_np_valid),
        .ev_np_ready      (1'b1),
        .ev_np_bit        (ev_np_bit),
        .ev_np_hdr        (ev_np_hdr),
        .turn_off         (turn_off),
        .slot_power_set   (slot_power_set),
        .slot_power       (slot_power),
        .tx_cpl_valid     (u_cpl_valid),
        .tx_cpl_ready     (u_cpl_ready),
        .tx_cpl_sop       (u_cpl_sop),
        .tx_cpl_eop       (u_cpl_eop),
        .tx_cpl_hdr       (cpl_hdr),
        .tx_cpl_data      (u_cpl_data),
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
        .tbl_valid        (tbl_valid),
        .tbl_ready        (tbl_ready),
        .tbl_write        (tbl_write),
        .tbl_pba          (tbl_pba),
        .tbl_index        (tbl_index),
        .tbl_wdata        (tbl_wdata),
        .tbl_be           (tbl_be),
        .tbl_rsp_valid    (tbl_rsp_valid),
        .tbl_rsp_data     (tbl_rsp_data)
    );

    // our completer has not seen a configuration write
    assign u_cpl_hdr = {cpl_hdr[127:96], cfg_bdf, cpl_hdr[79:0]};

    riser_tx #(
        .DATA_W             (DATA_W),
        .MSIX_VECTORS       (8),
        .MSI_VECTORS        (MSI_VECTORS),
        // the host answers in its own time, not in cycles
        .CPL_TIMEOUT_CYCLES (1000000)
    ) u_tx (
        .clk              (clk),
        .rst              (rst),
        .rst_func         (func_rst),
        .stop             (flr_q),
        .cfg_bdf          (cfg_bdf),
        .may_send         (cfg_bme && !flr_q),
        .cfg_mps          (cfg_mps),
        .cfg_mrrs         (cfg_mrrs),
        .cto_disable      (1'b0),
        .cfg_msix_en      (cfg_msix_en),
        .msix_fmask       (cfg_msix_fmask),
        .cfg_msi_en       (cfg_msi_en),
        .msi_mme          (cfg_msi_mme),
        .msi_addr         (cfg_msi_addr),
        .msi_data         (cfg_msi_data),
        .msi_mask         (cfg_msi_mask),
        .msi_pending      (msi_pending),
        .intx_want        (1'b0),
        .intx_sent        (intx_sent),
        .err_valid        (1'b0),
        .err_code         (8'd0),
        .err_ack          (err_ack),
        .turn_off         (1'b0),
        .msg_valid        (msg_valid),
        .irq_valid        (irq_valid && !by_block),
        .irq_ready        (tx_irq_ready),
        .irq_vec          (irq_vec),
        .irq_out_valid    (irq_out_valid),
        .irq_busy         (irq_busy),
        .tables_ready     (tables_ready),
        .tbl_valid        (tbl_valid),
        .tbl_ready        (tbl_ready),
        .tbl_write        (tbl_write),
        .tbl_pba          (tbl_pba),
        .tbl_index        (tbl_index),
        .tbl_wdata        (tbl_wdata),
        .tbl_be           (tbl_be),
        .tbl_rsp_valid    (tbl_rsp_valid),
        .tbl_rsp_data     (tbl_rsp_data),
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
        .dma_mid          (dma_mid),
        .dmaw_busy        (dmaw_busy),
        .nr_tx_started    (nr_tx_started),
        .nr_tx_done       (nr_tx_done),
        .tx_p_valid       (u_p_valid),
        .tx_p_ready       (u_p_ready),
        .tx_p_sop         (u_p_sop),
        .tx_p_eop         (u_p_eop),
        .tx_p_hdr         (u_p_hdr),
        .tx_p_data        (u_p_data),
        .nr_p_in          (nr_p_in),
        .nr_p_done        (nr_p_done),
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
        .tx_np_valid      (u_np_valid),
        .tx_np_ready      (u_np_ready),
        .tx_np_sop        (u_np_sop),
        .tx_np_eop        (u_np_eop),
        .tx_np_hdr        (u_np_hdr),
        .tx_np_data       (u_np_data),
        .rx_cpl_valid     (q_cpl_valid),
        .rx_cpl_ready     (q_cpl_ready),
        .rx_cpl_sop       (q_cpl_sop),
        .rx_cpl_eop       (q_cpl_eop),
        .rx_cpl_hdr       (q_cpl_hdr),
        .rx_cpl_data      (q_cpl_data),
        .ev_cpl_valid     (err_valid),
        .ev_cpl_bit       (err_bit),
        .ev_cpl_adv       (ev_cpl_adv),
        .ev_cpl_hdr       (err_hdr),
        .got_ur           (got_ur),
        .got_ca           (got_ca),
        .got_poison       (got_poison),
        .trans_pending    (pending),
        .dmar_busy        (dmar_busy)
    );

    wire unused = &{1'b0, no_bdf, msi_pending, ev_p_valid, ev_p_bit, ev_p_hdr, ev_np_valid, ev_np_bit, ev_np_hdr,
                    ev_cpl_adv, got_ur, got_ca, got_poison, intx_sent, err_ack, turn_off, slot_power_set, slot_power,
                    cfg_en, cfg_we, cfg_dw, cfg_be, cfg_wdata, dmar_ctx, dmaw_done_ctx, msg_valid, cpl_hdr,
                    irq_vec[10:5], q_p_hdr, q_np_hdr};
endmodule
`default_nettype wire
