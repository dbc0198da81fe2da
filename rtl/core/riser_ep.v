// SPDX-License-Identifier: Apache-2.0
//
// The endpoint's transaction layer: TLP port (docs/tlp-port.md) on one side, core port
// (docs/core-port.md) on the other. It owns the configuration space, BAR decode, completions,
// the MSI-X table, tags and reads in flight; the card owns registers and what they do.
//
// Latency: a register read leaves as a completion 7 cycles after its request (plus the card's own
// response time); a posted write reaches the card after 4. Throughput: one beat per cycle for DMA
// in both directions, TLPs back to back; one register access (8 bytes) per cycle.
// Ordering: register writes reach the card in order and before any later read; a completion never
// overtakes a posted TLP that was started before it; a message is behind every DMA write whose
// dmaw_done was seen.
// Back-pressure: tx channels may stall for any time; rx_cpl is always accepted; rx_p waits for the
// card's reg_ready only; rx_np waits for the request before it.
`default_nettype none
module riser_ep #(
    // Width of every TLP channel and of the DMA data: 64, 128, 256 or 512.
    parameter         DATA_W            = 256,
    // Identity.
    parameter [15:0]  VENDOR_ID         = 16'h1b36,
    parameter [15:0]  DEVICE_ID         = 16'h0010,
    parameter [15:0]  SUBSYS_VENDOR_ID  = 16'h1af4,
    parameter [15:0]  SUBSYS_ID         = 16'h1100,
    parameter [23:0]  CLASS_CODE        = 24'h010802,
    parameter [7:0]   REVISION          = 8'h01,
    parameter [63:0]  SERIAL            = 64'h0000_0000_0000_0001,
    // BARs: log2 of the size in bytes (7 to 32; 0: absent). Type bit 0: 64-bit (takes the next
    // slot too, whose size must be 0), bit 1: prefetchable.
    parameter         BAR0_SIZE_LOG2    = 14,
    parameter         BAR1_SIZE_LOG2    = 0,
    parameter         BAR2_SIZE_LOG2    = 0,
    parameter         BAR3_SIZE_LOG2    = 0,
    parameter         BAR4_SIZE_LOG2    = 0,
    parameter         BAR5_SIZE_LOG2    = 0,
    parameter [1:0]   BAR0_TYPE         = 2'b01,
    parameter [1:0]   BAR1_TYPE         = 2'b00,
    parameter [1:0]   BAR2_TYPE         = 2'b00,
    parameter [1:0]   BAR3_TYPE         = 2'b00,
    parameter [1:0]   BAR4_TYPE         = 2'b00,
    parameter [1:0]   BAR5_TYPE         = 2'b00,
    // MSI-X: number of vectors (0: no capability; to 2048). The table takes 16 bytes per vector,
    // the PBA 8 bytes per 64 vectors; offsets are multiples of 8. Accesses there never reach the card.
    parameter         MSIX_VECTORS      = 16,
    parameter         MSIX_TABLE_BIR    = 0,
    parameter [31:0]  MSIX_TABLE_OFFSET = 32'h2000,
    parameter         MSIX_PBA_BIR      = 0,
    parameter [31:0]  MSIX_PBA_OFFSET   = 32'h3000,
    // MSI: number of vectors (0: no capability; 1, 2, 4, 8, 16 or 32).
    parameter         MSI_VECTORS       = 1,
    // Interrupt Pin: 0 none, 1 INTA.
    parameter         INTX_PIN          = 1,
    // Reads in flight: 2, 4, 8, 16 or 32.
    parameter         NR_TAGS           = 32,
    // log2 of the largest payload and of the largest read in bytes: 7, 8 or 9.
    parameter         MPS_LOG2          = 9,
    parameter         MRRS_LOG2         = 9,
    // A read without all of its data after this many cycles has failed (4096 to 1000000).
    parameter         CPL_TIMEOUT_CYCLES = 50000
) (
    input  wire               clk,
    input  wire               perst_n,
    input  wire               link_up,
    input  wire               hot_reset,
    output wire               flr_active,
    // nothing to do and no timer runs: the clock may stop if the card is idle too
    output wire               core_idle,

    // TLPs from the host
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

    // TLPs to the host
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
    output wire [DATA_W-1:0]  tx_cpl_data,

    // core port: state
    output wire               card_rst,
    output wire               cfg_mse,
    output wire               cfg_bme,
    output wire               cfg_msi_en,
    output wire               cfg_msix_en,
    output wire               cfg_d0,
    output wire [15:0]        cfg_bdf,
    output wire [2:0]         cfg_mps,
    output wire [2:0]         cfg_mrrs,

    // core port: registers
    output wire               reg_valid,
    input  wire               reg_ready,
    output wire               reg_write,
    output wire [2:0]         reg_bar,
    output wire [31:0]        reg_addr,
    output wire [63:0]        reg_wdata,
    output wire [7:0]         reg_be,
    input  wire               reg_rsp_valid,
    input  wire [63:0]        reg_rsp_data,
    input  wire [1:0]         reg_rsp_status,

    // core port: DMA read
    input  wire               dmar_req_valid,
    output wire               dmar_req_ready,
    input  wire [63:0]        dmar_req_addr,
    input  wire [17:0]        dmar_req_len,
    input  wire [7:0]         dmar_req_ctx,
    output wire               dmar_valid,
    input  wire               dmar_ready,
    output wire               dmar_last,
    output wire [DATA_W-1:0]  dmar_data,
    output wire [7:0]         dmar_ctx,
    output wire [1:0]         dmar_status,

    // core port: DMA write
    input  wire               dmaw_req_valid,
    output wire               dmaw_req_ready,
    input  wire [63:0]        dmaw_req_addr,
    input  wire [17:0]        dmaw_req_len,
    input  wire [7:0]         dmaw_req_ctx,
    input  wire               dmaw_valid,
    output wire               dmaw_ready,
    input  wire [DATA_W-1:0]  dmaw_data,
    output wire               dmaw_done_valid,
    output wire [7:0]         dmaw_done_ctx,
    output wire [1:0]         dmaw_done_status,

    // core port: interrupts
    input  wire               irq_valid,
    output wire               irq_ready,
    input  wire [10:0]        irq_vec,
    input  wire               intx

);
    // ---- parameters as the modules want them -------------------------------------------------------

    function [5:0] size_code(input integer log2);
        size_code = (log2 == 0) ? 6'd0 : {1'b1, log2[4:0]};
    endfunction

    function [63:0] size_mask(input integer log2);
        size_mask = ~((64'd1 << log2) - 64'd1);
    endfunction

    // writable and fixed bits of a pair of slots, of which the lower has this size and type
    function [63:0] pair_mask(input integer lo, input is_64, input integer hi);
        begin
            pair_mask = (lo == 0) ? 64'd0 : size_mask(lo);
            if (!is_64)
                pair_mask = (pair_mask & 64'hffff_ffff) | ((hi == 0) ? 64'd0 : size_mask(hi) << 32);
        end
    endfunction

    function [63:0] pair_fixed(input integer lo, input [1:0] lo_type, input integer hi, input [1:0] hi_type);
        pair_fixed = {28'd0, (hi != 0) && hi_type[1], (hi != 0) && hi_type[0], 2'd0,
                      28'd0, (lo != 0) && lo_type[1], (lo != 0) && lo_type[0], 2'd0};
    endfunction

    localparam [35:0] BAR_SIZES = {size_code(BAR5_SIZE_LOG2), size_code(BAR4_SIZE_LOG2), size_code(BAR3_SIZE_LOG2),
                                   size_code(BAR2_SIZE_LOG2), size_code(BAR1_SIZE_LOG2), size_code(BAR0_SIZE_LOG2)};
    // pairs overlap: a 64-bit BAR may start in any slot but the last
    localparam [63:0] MASK_01 = pair_mask(BAR0_SIZE_LOG2, BAR0_TYPE[0], BAR1_SIZE_LOG2);
    localparam [63:0] MASK_12 = pair_mask(BAR1_SIZE_LOG2, BAR1_TYPE[0], BAR2_SIZE_LOG2);
    localparam [63:0] MASK_23 = pair_mask(BAR2_SIZE_LOG2, BAR2_TYPE[0], BAR3_SIZE_LOG2);
    localparam [63:0] MASK_34 = pair_mask(BAR3_SIZE_LOG2, BAR3_TYPE[0], BAR4_SIZE_LOG2);
    localparam [63:0] MASK_45 = pair_mask(BAR4_SIZE_LOG2, BAR4_TYPE[0], BAR5_SIZE_LOG2);
    localparam [191:0] BAR_MASK = {MASK_45[63:32],
                                   MASK_34[63:32] | MASK_45[31:0],
                                   MASK_23[63:32] | MASK_34[31:0],
                                   MASK_12[63:32] | MASK_23[31:0],
                                   MASK_01[63:32] | MASK_12[31:0],
                                   MASK_01[31:0]};
    localparam [191:0] BAR_FIXED = {pair_fixed(BAR4_SIZE_LOG2, BAR4_TYPE, BAR5_SIZE_LOG2, BAR5_TYPE),
                                    pair_fixed(BAR2_SIZE_LOG2, BAR2_TYPE, BAR3_SIZE_LOG2, BAR3_TYPE),
                                    pair_fixed(BAR0_SIZE_LOG2, BAR0_TYPE, BAR1_SIZE_LOG2, BAR1_TYPE)};

    initial begin
        if (DATA_W != 64 && DATA_W != 128 && DATA_W != 256 && DATA_W != 512) begin
            $display("%m: DATA_W must be 64, 128, 256 or 512, not %0d", DATA_W);
            $finish;
        end
        if (NR_TAGS != 2 && NR_TAGS != 4 && NR_TAGS != 8 && NR_TAGS != 16 && NR_TAGS != 32) begin
            $display("%m: NR_TAGS must be 2, 4, 8, 16 or 32, not %0d", NR_TAGS);
            $finish;
        end
        if (MPS_LOG2 < 7 || MPS_LOG2 > 9 || MRRS_LOG2 < 7 || MRRS_LOG2 > 9) begin
            $display("%m: MPS_LOG2 and MRRS_LOG2 must be 7, 8 or 9, not %0d and %0d", MPS_LOG2, MRRS_LOG2);
            $finish;
        end
        if (MSIX_VECTORS > 2048 || (MSIX_TABLE_OFFSET & 32'd7) != 0 || (MSIX_PBA_OFFSET & 32'd7) != 0) begin
            $display("%m: MSIX_VECTORS must be at most 2048 and both offsets multiples of 8");
            $finish;
        end
        if (MSI_VECTORS != 0 && MSI_VECTORS != 1 && MSI_VECTORS != 2 && MSI_VECTORS != 4 && MSI_VECTORS != 8
            && MSI_VECTORS != 16 && MSI_VECTORS != 32) begin
            $display("%m: MSI_VECTORS must be 0 or a power of two up to 32, not %0d", MSI_VECTORS);
            $finish;
        end
        if (INTX_PIN != 0 && INTX_PIN != 1) begin
            $display("%m: INTX_PIN must be 0 or 1, not %0d", INTX_PIN);
            $finish;
        end
        if (CPL_TIMEOUT_CYCLES < 4096) begin
            $display("%m: CPL_TIMEOUT_CYCLES must be at least 4096, not %0d", CPL_TIMEOUT_CYCLES);
            $finish;
        end
    end

    // ---- wires ---------------------------------------------------------------------------------------

    wire         rst, rst_sticky, rst_func, flr_start, flr_wait, stop, tx_quiet;
    wire [191:0] bars;
    wire [383:0] bar_base;
    wire         parity_en, serr_en, intx_disable, cto_disable, msix_fmask;
    wire [3:0]   err_en, dev_status;
    wire [7:0]   err_status;
    wire         clr_dev_status, clr_err_status;
    wire [2:0]   msi_mme;
    wire [63:0]  msi_addr;
    wire [15:0]  msi_data;
    wire [31:0]  msi_mask, msi_pending;
    wire         mem_en   = cfg_mse && cfg_d0;
    wire         may_send = cfg_bme && cfg_d0 && !stop;
    wire         intx_level = (INTX_PIN != 0) && intx && !stop;
    wire         intx_want = intx_level && !intx_disable && !cfg_msi_en && !cfg_msix_en && cfg_d0;
    wire         intx_sent;

    wire         cfg_en, cfg_we;
    wire [9:0]   cfg_dw;
    wire [3:0]   cfg_be;
    wire [31:0]  cfg_wdata, cfg_rdata, aer_rdata;

    wire [31:0]  nr_p_in, nr_p_done;
    wire [15:0]  nr_tx_started, nr_tx_done;
    wire         p_busy, np_busy, dmaw_busy, dmar_busy, irq_busy;

    wire         wr_valid, wr_ready, wr_last, wr_pending, wr_done;
    wire [2:0]   wr_bar;
    wire [31:0]  wr_addr;
    wire [63:0]  wr_data;
    wire [7:0]   wr_be;
    wire         rd_valid, rd_ready, rsp_valid;
    wire [2:0]   rd_bar;
    wire [31:0]  rd_addr;
    wire [7:0]   rd_be;
    wire [63:0]  rsp_data;
    wire [1:0]   rsp_status;
    wire         tbl_valid, tbl_ready, tbl_write, tbl_pba, tbl_rsp_valid;
    wire [11:0]  tbl_index;
    wire [63:0]  tbl_wdata, tbl_rsp_data;
    wire [7:0]   tbl_be;

    wire         ev_cpl_valid, ev_cpl_adv, ev_p_valid, ev_p_ready, ev_np_valid, ev_np_ready;
    wire [4:0]   ev_cpl_bit, ev_p_bit, ev_np_bit;
    wire [127:0] ev_cpl_hdr, ev_p_hdr, ev_np_hdr;
    wire         got_ur, got_ca, got_poison;
    wire         err_valid, err_ack, turn_off, slot_power_set, trans_pending;
    wire [7:0]   err_code;
    wire [9:0]   slot_power;

    wire         irq_out_taken, irq_out_valid, irq_out_ack, tables_ready;
    wire [63:0]  irq_out_addr;
    wire [31:0]  irq_out_data;
    wire         msg_valid, msg_ack;
    wire [127:0] msg_hdr;
    wire         dma_valid, dma_ready, dma_sop, dma_eop, dma_last, dma_done, dma_last_inside, dma_mid;
    wire [127:0] dma_hdr;
    wire [DATA_W-1:0] dma_data;

    genvar i;
    generate
        for (i = 0; i < 6; i = i + 1) begin : g_base
            localparam [1:0] KIND = (i == 0) ? BAR0_TYPE : (i == 1) ? BAR1_TYPE : (i == 2) ? BAR2_TYPE
                                  : (i == 3) ? BAR3_TYPE : (i == 4) ? BAR4_TYPE : 2'd0;
            if (KIND[0]) begin : g_64
                assign bar_base[64*i +: 64] = bars[32*i +: 64];
            end else begin : g_32
                assign bar_base[64*i +: 64] = {32'd0, bars[32*i +: 32]};
            end
        end
    endgenerate

    // ---- resets, configuration, errors -------------------------------------------------------------

    assign tx_quiet = !tx_p_valid && !dma_mid && !irq_out_valid && !tx_np_valid && !intx_sent;

    riser_reset u_reset (
        .clk          (clk),
        .perst_n      (perst_n),
        .hot_reset    (hot_reset),
        .link_up      (link_up),
        .flr_start    (flr_start),
        .tx_quiet     (tx_quiet),
        .tables_ready (tables_ready),
        .rst_sticky   (rst_sticky),
        .rst          (rst),
        .rst_func     (rst_func),
        .card_rst     (card_rst),
        .flr_active   (flr_active),
        .flr_wait     (flr_wait),
        .stop         (stop)
    );

    riser_cfg_space #(
        .VENDOR_ID        (VENDOR_ID),
        .DEVICE_ID        (DEVICE_ID),
        .SUBSYS_VENDOR_ID (SUBSYS_VENDOR_ID),
        .SUBSYS_ID        (SUBSYS_ID),
        .CLASS_CODE       (CLASS_CODE),
        .REVISION         (REVISION),
        .SERIAL           (SERIAL),
        .BAR_MASK         (BAR_MASK),
        .BAR_FIXED        (BAR_FIXED),
        .MSIX_VECTORS     (MSIX_VECTORS),
        .MSIX_TABLE       (MSIX_TABLE_OFFSET | MSIX_TABLE_BIR),
        .MSIX_PBA         (MSIX_PBA_OFFSET | MSIX_PBA_BIR),
        .MSI_VECTORS      (MSI_VECTORS),
        .INTX_PIN         (INTX_PIN),
        .MPS_LOG2         (MPS_LOG2)
    ) u_cfg (
        .clk            (clk),
        .rst_sticky     (rst_sticky),
        .rst            (rst),
        .rst_func       (rst_func),
        .en             (cfg_en),
        .we             (cfg_we),
        .dw             (cfg_dw),
        .be             (cfg_be),
        .wdata          (cfg_wdata),
        .rdata          (cfg_rdata),
        .aer_rdata      (aer_rdata),
        .dev_status     (dev_status),
        .err_status     (err_status),
        .clr_dev_status (clr_dev_status),
        .clr_err_status (clr_err_status),
        .mse            (cfg_mse),
        .bme            (cfg_bme),
        .parity_en      (parity_en),
        .serr_en        (serr_en),
        .intx_disable   (intx_disable),
        .d0             (cfg_d0),
        .bars           (bars),
        .err_en         (err_en),
        .mps            (cfg_mps),
        .mrrs           (cfg_mrrs),
        .cto_disable    (cto_disable),
        .flr_start      (flr_start),
        .msi_en         (cfg_msi_en),
        .msi_mme        (msi_mme),
        .msi_addr       (msi_addr),
        .msi_data       (msi_data),
        .msi_mask       (msi_mask),
        .msi_pending    (msi_pending),
        .msix_en        (cfg_msix_en),
        .msix_fmask     (msix_fmask),
        .intx_level     (intx_level),
        .trans_pending  (trans_pending),
        .slot_power_set (slot_power_set),
        .slot_power     (slot_power)
    );

    riser_err_log u_err (
        .clk            (clk),
        .rst_sticky     (rst_sticky),
        .rst_func       (rst_func),
        .ev_cpl_valid   (ev_cpl_valid),
        .ev_cpl_bit     (ev_cpl_bit),
        .ev_cpl_adv     (ev_cpl_adv),
        .ev_cpl_hdr     (ev_cpl_hdr),
        .ev_p_valid     (ev_p_valid),
        .ev_p_ready     (ev_p_ready),
        .ev_p_bit       (ev_p_bit),
        .ev_p_hdr       (ev_p_hdr),
        .ev_np_valid    (ev_np_valid),
        .ev_np_ready    (ev_np_ready),
        .ev_np_bit      (ev_np_bit),
        .ev_np_adv      (1'b1),
        .ev_np_hdr      (ev_np_hdr),
        .got_ur         (got_ur),
        .got_ca         (got_ca),
        .got_poison     (got_poison),
        .cfg_en         (cfg_en),
        .cfg_we         (cfg_we),
        .cfg_dw         (cfg_dw),
        .cfg_be         (cfg_be),
        .cfg_wdata      (cfg_wdata),
        .cfg_rdata      (aer_rdata),
        .clr_dev_status (clr_dev_status),
        .clr_err_status (clr_err_status),
        .err_en         (err_en),
        .serr_en        (serr_en),
        .parity_en      (parity_en),
        .d0             (cfg_d0),
        .dev_status     (dev_status),
        .err_status     (err_status),
        .msg_valid      (err_valid),
        .msg_code       (err_code),
        .msg_ack        (err_ack)
    );

    riser_msg u_msg (
        .clk       (clk),
        .rst       (rst),
        .bdf       (cfg_bdf),
        .intx_want (intx_want),
        .intx_sent (intx_sent),
        .err_valid (err_valid),
        .err_code  (err_code),
        .err_ack   (err_ack),
        .turn_off  (turn_off),
        .stop      (stop),
        .msg_valid (msg_valid),
        .msg_hdr   (msg_hdr),
        .msg_ack   (msg_ack)
    );

    // ---- requests from the host ----------------------------------------------------------------------

    riser_rx_posted #(.DATA_W(DATA_W), .BAR_SIZES(BAR_SIZES)) u_posted (
        .clk            (clk),
        .rst            (rst),
        .flush          (stop),
        .rx_valid       (rx_p_valid),
        .rx_ready       (rx_p_ready),
        .rx_sop         (rx_p_sop),
        .rx_eop         (rx_p_eop),
        .rx_hdr         (rx_p_hdr),
        .rx_data        (rx_p_data),
        .bar_base       (bar_base),
        .mem_en         (mem_en),
        .mps            (cfg_mps),
        .wr_valid       (wr_valid),
        .wr_ready       (wr_ready),
        .wr_bar         (wr_bar),
        .wr_addr        (wr_addr),
        .wr_data        (wr_data),
        .wr_be          (wr_be),
        .wr_last        (wr_last),
        .wr_pending     (wr_pending),
        .wr_done        (wr_done),
        .nr_in          (nr_p_in),
        .nr_done        (nr_p_done),
        .busy           (p_busy),
        .ev_valid       (ev_p_valid),
        .ev_ready       (ev_p_ready),
        .ev_bit         (ev_p_bit),
        .ev_hdr         (ev_p_hdr),
        .turn_off       (turn_off),
        .slot_power_set (slot_power_set),
        .slot_power     (slot_power)
    );

    riser_completer #(.DATA_W(DATA_W), .BAR_SIZES(BAR_SIZES)) u_completer (
        .clk           (clk),
        .rst           (rst),
        .hold          (stop),
        .flr_wait      (flr_wait),
        .rx_valid      (rx_np_valid),
        .rx_ready      (rx_np_ready),
        .rx_sop        (rx_np_sop),
        .rx_eop        (rx_np_eop),
        .rx_hdr        (rx_np_hdr),
        .rx_data       (rx_np_data[31:0]),
        .bar_base      (bar_base),
        .mem_en        (mem_en),
        .mps           (cfg_mps),
        .bdf           (cfg_bdf),
        .nr_p_in       (nr_p_in),
        .nr_p_done     (nr_p_done),
        .nr_tx_started (nr_tx_started),
        .nr_tx_done    (nr_tx_done),
        .tx_np_busy    (tx_np_valid),
        .cfg_en        (cfg_en),
        .cfg_we        (cfg_we),
        .cfg_dw        (cfg_dw),
        .cfg_be        (cfg_be),
        .cfg_wdata     (cfg_wdata),
        .cfg_rdata     (cfg_rdata),
        .rd_valid      (rd_valid),
        .rd_ready      (rd_ready),
        .rd_bar        (rd_bar),
        .rd_addr       (rd_addr),
        .rd_be         (rd_be),
        .rsp_valid     (rsp_valid),
        .rsp_data      (rsp_data),
        .rsp_status    (rsp_status),
        .ev_valid      (ev_np_valid),
        .ev_ready      (ev_np_ready),
        .ev_bit        (ev_np_bit),
        .ev_hdr        (ev_np_hdr),
        .tx_valid      (tx_cpl_valid),
        .tx_ready      (tx_cpl_ready),
        .tx_sop        (tx_cpl_sop),
        .tx_eop        (tx_cpl_eop),
        .tx_hdr        (tx_cpl_hdr),
        .tx_data       (tx_cpl_data),
        .busy          (np_busy)
    );

    riser_reg_bus #(
        .MSIX_VECTORS      (MSIX_VECTORS),
        .MSIX_TABLE_BIR    (MSIX_TABLE_BIR[2:0]),
        .MSIX_TABLE_OFFSET (MSIX_TABLE_OFFSET),
        .MSIX_PBA_BIR      (MSIX_PBA_BIR[2:0]),
        .MSIX_PBA_OFFSET   (MSIX_PBA_OFFSET)
    ) u_reg_bus (
        .clk            (clk),
        .rst            (rst),
        .flush          (stop),
        .wr_valid       (wr_valid),
        .wr_ready       (wr_ready),
        .wr_bar         (wr_bar),
        .wr_addr        (wr_addr),
        .wr_data        (wr_data),
        .wr_be          (wr_be),
        .wr_last        (wr_last),
        .wr_pending     (wr_pending),
        .wr_done        (wr_done),
        .rd_valid       (rd_valid),
        .rd_ready       (rd_ready),
        .rd_bar         (rd_bar),
        .rd_addr        (rd_addr),
        .rd_be          (rd_be),
        .rsp_valid      (rsp_valid),
        .rsp_data       (rsp_data),
        .rsp_status     (rsp_status),
        .reg_valid      (reg_valid),
        .reg_ready      (reg_ready),
        .reg_write      (reg_write),
        .reg_bar        (reg_bar),
        .reg_addr       (reg_addr),
        .reg_wdata      (reg_wdata),
        .reg_be         (reg_be),
        .reg_rsp_valid  (reg_rsp_valid),
        .reg_rsp_data   (reg_rsp_data),
        .reg_rsp_status (reg_rsp_status),
        .tbl_valid      (tbl_valid),
        .tbl_ready      (tbl_ready),
        .tbl_write      (tbl_write),
        .tbl_pba        (tbl_pba),
        .tbl_index      (tbl_index),
        .tbl_wdata      (tbl_wdata),
        .tbl_be         (tbl_be),
        .tbl_rsp_valid  (tbl_rsp_valid),
        .tbl_rsp_data   (tbl_rsp_data)
    );

    // ---- requests to the host --------------------------------------------------------------------------

    riser_irq #(.MSIX_VECTORS(MSIX_VECTORS), .MSI_VECTORS(MSI_VECTORS)) u_irq (
        .clk           (clk),
        .rst           (rst_func),
        .rst_link      (rst),
        .stop          (stop),
        .irq_valid     (irq_valid),
        .irq_ready     (irq_ready),
        .irq_vec       (irq_vec),
        .may_send      (may_send),
        .msix_en       (cfg_msix_en),
        .msix_fmask    (msix_fmask),
        .msi_en        (cfg_msi_en),
        .msi_mme       (msi_mme),
        .msi_addr      (msi_addr),
        .msi_data      (msi_data),
        .msi_mask      (msi_mask),
        .msi_pending   (msi_pending),
        .tbl_valid     (tbl_valid),
        .tbl_ready     (tbl_ready),
        .tbl_write     (tbl_write),
        .tbl_pba       (tbl_pba),
        .tbl_index     (tbl_index),
        .tbl_wdata     (tbl_wdata),
        .tbl_be        (tbl_be),
        .tbl_rsp_valid (tbl_rsp_valid),
        .tbl_rsp_data  (tbl_rsp_data),
        .out_taken     (irq_out_taken),
        .out_valid     (irq_out_valid),
        .out_addr      (irq_out_addr),
        .out_data      (irq_out_data),
        .out_ack       (irq_out_ack),
        .ready         (tables_ready),
        .busy          (irq_busy)
    );

    riser_dma_wr #(.DATA_W(DATA_W)) u_dma_wr (
        .clk             (clk),
        .rst             (rst_func),
        .bdf             (cfg_bdf),
        .mps             (cfg_mps),
        .may_send        (may_send),
        .req_valid       (dmaw_req_valid),
        .req_ready       (dmaw_req_ready),
        .req_addr        (dmaw_req_addr),
        .req_len         (dmaw_req_len),
        .req_ctx         (dmaw_req_ctx),
        .in_valid        (dmaw_valid),
        .in_ready        (dmaw_ready),
        .in_data         (dmaw_data),
        .done_valid      (dmaw_done_valid),
        .done_ctx        (dmaw_done_ctx),
        .done_status     (dmaw_done_status),
        .out_valid       (dma_valid),
        .out_ready       (dma_ready),
        .out_sop         (dma_sop),
        .out_eop         (dma_eop),
        .out_hdr         (dma_hdr),
        .out_data        (dma_data),
        .out_last        (dma_last),
        .out_done        (dma_done),
        .out_last_inside (dma_last_inside),
        .mid_tlp         (dma_mid),
        .busy            (dmaw_busy)
    );

    riser_tx_arb #(.DATA_W(DATA_W)) u_tx_arb (
        .clk             (clk),
        .rst             (rst),
        .bdf             (cfg_bdf),
        .irq_taken       (irq_out_taken),
        .irq_valid       (irq_out_valid),
        .irq_addr        (irq_out_addr),
        .irq_data        (irq_out_data),
        .irq_ack         (irq_out_ack),
        .msg_valid       (msg_valid),
        .msg_hdr         (msg_hdr),
        .msg_ack         (msg_ack),
        .dma_valid       (dma_valid),
        .dma_ready       (dma_ready),
        .dma_sop         (dma_sop),
        .dma_eop         (dma_eop),
        .dma_hdr         (dma_hdr),
        .dma_data        (dma_data),
        .dma_last        (dma_last),
        .dma_done        (dma_done),
        .dma_last_inside (dma_last_inside),
        .nr_started      (nr_tx_started),
        .nr_done         (nr_tx_done),
        .tx_valid        (tx_p_valid),
        .tx_ready        (tx_p_ready),
        .tx_sop          (tx_p_sop),
        .tx_eop          (tx_p_eop),
        .tx_hdr          (tx_p_hdr),
        .tx_data         (tx_p_data)
    );

    riser_dma_rd #(
        .DATA_W             (DATA_W),
        .NR_TAGS            (NR_TAGS),
        .MRRS_LOG2          (MRRS_LOG2),
        .CPL_TIMEOUT_CYCLES (CPL_TIMEOUT_CYCLES)
    ) u_dma_rd (
        .clk         (clk),
        .rst         (rst),
        .rst_func    (rst_func),
        .stop        (stop),
        .bdf         (cfg_bdf),
        .mps         (cfg_mps),
        .mrrs        (cfg_mrrs),
        .may_send    (may_send),
        .cto_disable (cto_disable),
        .nr_p_in     (nr_p_in),
        .nr_p_done   (nr_p_done),
        .req_valid   (dmar_req_valid),
        .req_ready   (dmar_req_ready),
        .req_addr    (dmar_req_addr),
        .req_len     (dmar_req_len),
        .req_ctx     (dmar_req_ctx),
        .out_valid   (dmar_valid),
        .out_ready   (dmar_ready),
        .out_last    (dmar_last),
        .out_data    (dmar_data),
        .out_ctx     (dmar_ctx),
        .out_status  (dmar_status),
        .tx_valid    (tx_np_valid),
        .tx_ready    (tx_np_ready),
        .tx_hdr      (tx_np_hdr),
        .rx_valid    (rx_cpl_valid),
        .rx_ready    (rx_cpl_ready),
        .rx_sop      (rx_cpl_sop),
        .rx_eop      (rx_cpl_eop),
        .rx_hdr      (rx_cpl_hdr),
        .rx_data     (rx_cpl_data),
        .ev_valid    (ev_cpl_valid),
        .ev_bit      (ev_cpl_bit),
        .ev_adv      (ev_cpl_adv),
        .ev_hdr      (ev_cpl_hdr),
        .got_ur      (got_ur),
        .got_ca      (got_ca),
        .got_poison  (got_poison),
        .pending     (trans_pending),
        .busy        (dmar_busy)
    );

    assign tx_np_sop  = 1'b1;
    assign tx_np_eop  = 1'b1;
    assign tx_np_data = {DATA_W{1'b0}};

    assign core_idle = !rst && !flr_active && tables_ready && !p_busy && !wr_pending && !np_busy
                    && !dmaw_busy && !dmar_busy && !irq_busy && !msg_valid && !tx_p_valid;

    wire unused = &{1'b0, rx_np_data};
endmodule
`default_nettype wire
