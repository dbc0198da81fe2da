// SPDX-License-Identifier: Apache-2.0
//
// The endpoint's transaction layer: TLP port (docs/tlp-port.md) on one side, core port
// (docs/core-port.md) on the other. It owns the configuration space, BAR decode, completions,
// the MSI-X table, tags and reads in flight; the card owns registers and what they do.
//
// Latency: a register read leaves as a completion 4 cycles after its request (plus the card's own
// response time), the next one is taken in the cycle after it; a posted write reaches the card after
// 4. Throughput: one beat per cycle for DMA in both directions, TLPs back to back; one register
// access (8 bytes) per cycle.
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
    // Of a card with several functions (riser_functions): this one's number, and whether there are
    // others. A card with one function has number 0.
    parameter [2:0]   FUNCTION          = 3'd0,
    parameter         MULTI_FUNCTION    = 0,
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
    // with riser_functions: whether a memory request with this header hits a BAR that decodes now;
    // combinational. A card with one function gives 0 and leaves the answer alone.
    input  wire [127:0]       claim_hdr,
    output wire               claim,

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

    localparam [35:0] BAR_SIZES = {size_code(BAR5_SIZE_LOG2), size_code(BAR4_SIZE_LOG2), size_code(BAR3_SIZE_LOG2),
                                   size_code(BAR2_SIZE_LOG2), size_code(BAR1_SIZE_LOG2), size_code(BAR0_SIZE_LOG2)};

    riser_params #(
        .DATA_W             (DATA_W),
        .MSIX_VECTORS       (MSIX_VECTORS),
        .MSIX_TABLE_OFFSET  (MSIX_TABLE_OFFSET),
        .MSIX_PBA_OFFSET    (MSIX_PBA_OFFSET),
        .MSI_VECTORS        (MSI_VECTORS),
        .INTX_PIN           (INTX_PIN),
        .NR_TAGS            (NR_TAGS),
        .MPS_LOG2           (MPS_LOG2),
        .MRRS_LOG2          (MRRS_LOG2),
        .CPL_TIMEOUT_CYCLES (CPL_TIMEOUT_CYCLES)
    ) u_params ();

    wire         rst, rst_sticky, rst_func, flr_start, flr_wait, stop, tx_quiet, intx_sent;
    wire [383:0] bar_base;
    wire         intx_disable, cto_disable, msix_fmask, ext_tag;
    wire [2:0]   msi_mme;
    wire [63:0]  msi_addr;
    wire [15:0]  msi_data;
    wire [31:0]  msi_mask, msi_pending;
    wire         mem_en   = cfg_mse && cfg_d0;
    wire         may_send = cfg_bme && cfg_d0 && !stop;
    wire         intx_level = (INTX_PIN != 0) && intx && !stop;
    wire         intx_want = intx_level && !intx_disable && !cfg_msi_en && !cfg_msix_en && cfg_d0;

    wire         cfg_en, cfg_we;
    wire [9:0]   cfg_dw;
    wire [3:0]   cfg_be;
    wire [31:0]  cfg_wdata, cfg_rdata;
    wire [31:0]  nr_p_in, nr_p_done;
    wire [15:0]  nr_tx_started, nr_tx_done;
    wire         p_busy, np_busy, dmaw_busy, dmar_busy, irq_busy;
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
    wire         irq_out_valid, tables_ready, msg_valid, dma_mid, wr_pending;

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

    riser_cfg #(
        .VENDOR_ID         (VENDOR_ID),
        .DEVICE_ID         (DEVICE_ID),
        .SUBSYS_VENDOR_ID  (SUBSYS_VENDOR_ID),
        .SUBSYS_ID         (SUBSYS_ID),
        .CLASS_CODE        (CLASS_CODE),
        .REVISION          (REVISION),
        .SERIAL            (SERIAL),
        .BAR_SIZES         (BAR_SIZES),
        .BAR_TYPES         ({BAR5_TYPE, BAR4_TYPE, BAR3_TYPE, BAR2_TYPE, BAR1_TYPE, BAR0_TYPE}),
        .MSIX_VECTORS      (MSIX_VECTORS),
        .MSIX_TABLE_BIR    (MSIX_TABLE_BIR),
        .MSIX_TABLE_OFFSET (MSIX_TABLE_OFFSET),
        .MSIX_PBA_BIR      (MSIX_PBA_BIR),
        .MSIX_PBA_OFFSET   (MSIX_PBA_OFFSET),
        .MSI_VECTORS       (MSI_VECTORS),
        .INTX_PIN          (INTX_PIN),
        .MULTI_FUNCTION    (MULTI_FUNCTION),
        .MPS_LOG2          (MPS_LOG2)
    ) u_cfg (
        .clk            (clk),
        .rst_sticky     (rst_sticky),
        .rst            (rst),
        .rst_func       (rst_func),
        .cfg_en         (cfg_en),
        .cfg_we         (cfg_we),
        .cfg_dw         (cfg_dw),
        .cfg_be         (cfg_be),
        .cfg_wdata      (cfg_wdata),
        .cfg_rdata      (cfg_rdata),
        .cfg_mse        (cfg_mse),
        .cfg_bme        (cfg_bme),
        .intx_disable   (intx_disable),
        .cfg_d0         (cfg_d0),
        .cfg_mps        (cfg_mps),
        .cfg_mrrs       (cfg_mrrs),
        .ext_tag        (ext_tag),
        .cto_disable    (cto_disable),
        .flr_start      (flr_start),
        .cfg_msi_en     (cfg_msi_en),
        .msi_mme        (msi_mme),
        .msi_addr       (msi_addr),
        .msi_data       (msi_data),
        .msi_mask       (msi_mask),
        .msi_pending    (msi_pending),
        .cfg_msix_en    (cfg_msix_en),
        .msix_fmask     (msix_fmask),
        .intx_level     (intx_level),
        .trans_pending  (trans_pending),
        .slot_power_set (slot_power_set),
        .slot_power     (slot_power),
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
        .ev_np_hdr      (ev_np_hdr),
        .got_ur         (got_ur),
        .got_ca         (got_ca),
        .got_poison     (got_poison),
        .err_valid      (err_valid),
        .err_code       (err_code),
        .err_ack        (err_ack),
        .bar_base       (bar_base)
    );

    riser_tx #(
        .DATA_W             (DATA_W),
        .MSIX_VECTORS       (MSIX_VECTORS),
        .MSI_VECTORS        (MSI_VECTORS),
        .NR_TAGS            (NR_TAGS),
        .MRRS_LOG2          (MRRS_LOG2),
        .CPL_TIMEOUT_CYCLES (CPL_TIMEOUT_CYCLES)
    ) u_tx (
        .clk              (clk),
        .rst              (rst),
        .cfg_bdf          (cfg_bdf),
        .intx_want        (intx_want),
        .err_valid        (err_valid),
        .err_code         (err_code),
        .turn_off         (turn_off),
        .stop             (stop),
        .rst_func         (rst_func),
        .irq_valid        (irq_valid),
        .irq_vec          (irq_vec),
        .may_send         (may_send),
        .cfg_msix_en      (cfg_msix_en),
        .msix_fmask       (msix_fmask),
        .cfg_msi_en       (cfg_msi_en),
        .msi_mme          (msi_mme),
        .msi_addr         (msi_addr),
        .msi_data         (msi_data),
        .msi_mask         (msi_mask),
        .tbl_valid        (tbl_valid),
        .tbl_write        (tbl_write),
        .tbl_pba          (tbl_pba),
        .tbl_index        (tbl_index),
        .tbl_wdata        (tbl_wdata),
        .tbl_be           (tbl_be),
        .cfg_mps          (cfg_mps),
        .dmaw_req_valid   (dmaw_req_valid),
        .dmaw_req_addr    (dmaw_req_addr),
        .dmaw_req_len     (dmaw_req_len),
        .dmaw_req_ctx     (dmaw_req_ctx),
        .dmaw_valid       (dmaw_valid),
        .dmaw_data        (dmaw_data),
        .irq_out_valid    (irq_out_valid),
        .msg_valid        (msg_valid),
        .tx_p_ready       (tx_p_ready),
        .cfg_mrrs         (cfg_mrrs),
        .cto_disable      (cto_disable),
        .nr_p_in          (nr_p_in),
        .nr_p_done        (nr_p_done),
        .dmar_req_valid   (dmar_req_valid),
        .dmar_req_addr    (dmar_req_addr),
        .dmar_req_len     (dmar_req_len),
        .dmar_req_ctx     (dmar_req_ctx),
        .dmar_ready       (dmar_ready),
        .tx_np_ready      (tx_np_ready),
        .tx_np_sop        (tx_np_sop),
        .tx_np_eop        (tx_np_eop),
        .tx_np_data       (tx_np_data),
        .rx_cpl_valid     (rx_cpl_valid),
        .rx_cpl_sop       (rx_cpl_sop),
        .rx_cpl_eop       (rx_cpl_eop),
        .rx_cpl_hdr       (rx_cpl_hdr),
        .rx_cpl_data      (rx_cpl_data),
        .intx_sent        (intx_sent),
        .err_ack          (err_ack),
        .irq_ready        (irq_ready),
        .msi_pending      (msi_pending),
        .tbl_ready        (tbl_ready),
        .tbl_rsp_valid    (tbl_rsp_valid),
        .tbl_rsp_data     (tbl_rsp_data),
        .tables_ready     (tables_ready),
        .irq_busy         (irq_busy),
        .dmaw_req_ready   (dmaw_req_ready),
        .dmaw_ready       (dmaw_ready),
        .dmaw_done_valid  (dmaw_done_valid),
        .dmaw_done_ctx    (dmaw_done_ctx),
        .dmaw_done_status (dmaw_done_status),
        .dma_mid          (dma_mid),
        .dmaw_busy        (dmaw_busy),
        .nr_tx_started    (nr_tx_started),
        .nr_tx_done       (nr_tx_done),
        .tx_p_valid       (tx_p_valid),
        .tx_p_sop         (tx_p_sop),
        .tx_p_eop         (tx_p_eop),
        .tx_p_hdr         (tx_p_hdr),
        .tx_p_data        (tx_p_data),
        .dmar_req_ready   (dmar_req_ready),
        .dmar_valid       (dmar_valid),
        .dmar_last        (dmar_last),
        .dmar_data        (dmar_data),
        .dmar_ctx         (dmar_ctx),
        .dmar_status      (dmar_status),
        .tx_np_valid      (tx_np_valid),
        .tx_np_hdr        (tx_np_hdr),
        .rx_cpl_ready     (rx_cpl_ready),
        .ev_cpl_valid     (ev_cpl_valid),
        .ev_cpl_bit       (ev_cpl_bit),
        .ev_cpl_adv       (ev_cpl_adv),
        .ev_cpl_hdr       (ev_cpl_hdr),
        .got_ur           (got_ur),
        .got_ca           (got_ca),
        .got_poison       (got_poison),
        .trans_pending    (trans_pending),
        .dmar_busy        (dmar_busy)
    );

    // ---- which requests are this function's ----------------------------------------------------------

    wire [5:0]   claim_hit;
    wire [191:0] claim_offsets;

    riser_bar_hit #(.BAR_SIZES(BAR_SIZES)) u_claim (
        .hdr      (claim_hdr),
        .bar_base (bar_base),
        .hit      (claim_hit),
        .offsets  (claim_offsets)
    );
    assign claim = mem_en && claim_hit != 6'd0;

    // ---- requests from the host ----------------------------------------------------------------------

    riser_rx #(
        .DATA_W             (DATA_W),
        .BAR_SIZES          (BAR_SIZES),
        .MSIX_VECTORS       (MSIX_VECTORS),
        .MSIX_TABLE_BIR     (MSIX_TABLE_BIR),
        .MSIX_TABLE_OFFSET  (MSIX_TABLE_OFFSET),
        .MSIX_PBA_BIR       (MSIX_PBA_BIR),
        .MSIX_PBA_OFFSET    (MSIX_PBA_OFFSET),
        .FUNCTION           (FUNCTION)
    ) u_rx (
        .clk              (clk),
        .rst              (rst),
        .stop             (stop),
        .rx_p_valid       (rx_p_valid),
        .rx_p_sop         (rx_p_sop),
        .rx_p_eop         (rx_p_eop),
        .rx_p_hdr         (rx_p_hdr),
        .rx_p_data        (rx_p_data),
        .bar_base         (bar_base),
        .mem_en           (mem_en),
        .cfg_mps          (cfg_mps),
        .wr_pending       (wr_pending),
        .ev_p_ready       (ev_p_ready),
        .flr_wait         (flr_wait),
        .rx_np_valid      (rx_np_valid),
        .rx_np_sop        (rx_np_sop),
        .rx_np_eop        (rx_np_eop),
        .rx_np_hdr        (rx_np_hdr),
        .rx_np_data       (rx_np_data),
        .nr_p_in          (nr_p_in),
        .nr_p_done        (nr_p_done),
        .nr_tx_started    (nr_tx_started),
        .nr_tx_done       (nr_tx_done),
        .tx_np_valid      (tx_np_valid),
        .cfg_rdata        (cfg_rdata),
        .ev_np_ready      (ev_np_ready),
        .tx_cpl_ready     (tx_cpl_ready),
        .reg_ready        (reg_ready),
        .reg_rsp_valid    (reg_rsp_valid),
        .reg_rsp_data     (reg_rsp_data),
        .reg_rsp_status   (reg_rsp_status),
        .tbl_ready        (tbl_ready),
        .tbl_rsp_valid    (tbl_rsp_valid),
        .tbl_rsp_data     (tbl_rsp_data),
        .rx_p_ready       (rx_p_ready),
        .p_busy           (p_busy),
        .ev_p_valid       (ev_p_valid),
        .ev_p_bit         (ev_p_bit),
        .ev_p_hdr         (ev_p_hdr),
        .turn_off         (turn_off),
        .slot_power_set   (slot_power_set),
        .slot_power       (slot_power),
        .rx_np_ready      (rx_np_ready),
        .cfg_bdf          (cfg_bdf),
        .cfg_en           (cfg_en),
        .cfg_we           (cfg_we),
        .cfg_dw           (cfg_dw),
        .cfg_be           (cfg_be),
        .cfg_wdata        (cfg_wdata),
        .ev_np_valid      (ev_np_valid),
        .ev_np_bit        (ev_np_bit),
        .ev_np_hdr        (ev_np_hdr),
        .tx_cpl_valid     (tx_cpl_valid),
        .tx_cpl_sop       (tx_cpl_sop),
        .tx_cpl_eop       (tx_cpl_eop),
        .tx_cpl_hdr       (tx_cpl_hdr),
        .tx_cpl_data      (tx_cpl_data),
        .np_busy          (np_busy),
        .reg_valid        (reg_valid),
        .reg_write        (reg_write),
        .reg_bar          (reg_bar),
        .reg_addr         (reg_addr),
        .reg_wdata        (reg_wdata),
        .reg_be           (reg_be),
        .tbl_valid        (tbl_valid),
        .tbl_write        (tbl_write),
        .tbl_pba          (tbl_pba),
        .tbl_index        (tbl_index),
        .tbl_wdata        (tbl_wdata),
        .tbl_be           (tbl_be)
    );

    // ---- requests to the host --------------------------------------------------------------------------

    // at most 32 tags
    wire unused = &{1'b0, ext_tag, claim_offsets};

    assign core_idle = !rst && !flr_active && tables_ready && !p_busy && !wr_pending && !np_busy
                    && !dmaw_busy && !dmar_busy && !irq_busy && !msg_valid && !tx_p_valid;
endmodule
`default_nettype wire
