// SPDX-License-Identifier: Apache-2.0
//
// Generic segments: TLPs as header and data apart, 1 to 4 segments per cycle, valid, ready, sop and eop for each.
//   rx_req    memory requests of the host that hit a BAR (bar_id)      rx_cpl  completions
//   tx_wr_req posted TLPs, tx_rd_req non-posted ones, tx_cpl completions of the user
// A TLP takes consecutive segments, may begin in any, and fills all of its segments but the last. The header
// (docs/tlp-port.md) is in the segment with sop; strb has a bit for each dword. Segments are in order from the lowest. rx:
// valid ones are the lowest of a cycle, and those below the first that is not ready are taken. tx: those of a cycle
// are taken all or none (all ready bits are the same). Behind it is the configuration space of riser_hip; MSI-X
// and MSI messages are the user's posted TLPs. Requester and Completer IDs are the user's ({bus_num, 8'd0}).
// Latency: 1 cycle in each direction beside the block's.
`default_nettype none
module riser_segments #(
    // bits of the data of a segment, and segments per cycle: SEG_W * SEGS (4 for 3) is 64 to 512
    parameter         SEG_W             = 256,
    parameter         SEGS              = 1,
    parameter [15:0]  VENDOR_ID         = 16'h1e50,
    parameter [15:0]  DEVICE_ID         = 16'h0001,
    parameter [15:0]  SUBSYS_VENDOR_ID  = 16'h1e50,
    parameter [15:0]  SUBSYS_ID         = 16'h0001,
    parameter [23:0]  CLASS_CODE        = 24'hff0000,
    parameter [7:0]   REVISION          = 8'h00,
    parameter [63:0]  SERIAL            = 64'h0,
    parameter         BAR0_SIZE_LOG2    = 12,
    parameter         BAR1_SIZE_LOG2    = 0,
    parameter         BAR2_SIZE_LOG2    = 0,
    parameter         BAR3_SIZE_LOG2    = 0,
    parameter         BAR4_SIZE_LOG2    = 0,
    parameter         BAR5_SIZE_LOG2    = 0,
    parameter [1:0]   BAR0_TYPE         = 2'b00,
    parameter [1:0]   BAR1_TYPE         = 2'b00,
    parameter [1:0]   BAR2_TYPE         = 2'b00,
    parameter [1:0]   BAR3_TYPE         = 2'b00,
    parameter [1:0]   BAR4_TYPE         = 2'b00,
    parameter [1:0]   BAR5_TYPE         = 2'b00,
    parameter         MSIX_VECTORS      = 0,
    parameter         MSIX_TABLE_BIR    = 0,
    parameter [31:0]  MSIX_TABLE_OFFSET = 32'h0,
    parameter         MSIX_PBA_BIR      = 0,
    parameter [31:0]  MSIX_PBA_OFFSET   = 32'h0,
    parameter         MSI_VECTORS       = 0,
    parameter         INTX_PIN          = 0,
    parameter         MPS_LOG2          = 9,
    parameter         RX_LATENCY        = 0,
    parameter         TX_LATENCY        = 0,
    // of the TLP port, which follows from both
    parameter         DATA_W            = SEG_W * (SEGS == 3 ? 4 : SEGS)
) (
    input  wire                  clk,
    input  wire                  perst_n,
    input  wire                  link_up,
    input  wire                  hot_reset,
    output wire                  flr_active,
    output wire                  idle,
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

    // the user
    input  wire                  user_idle,     // nothing to do: the clock may stop; 0 if unknown
    output wire                  rst,           // PERST#, hot reset or no link
    output wire [SEGS*SEG_W-1:0]    rx_req_tlp_data,
    output wire [SEGS*SEG_W/32-1:0] rx_req_tlp_strb,
    output wire [SEGS*128-1:0]      rx_req_tlp_hdr,
    output wire [SEGS*3-1:0]        rx_req_tlp_bar_id,
    output wire [SEGS*8-1:0]        rx_req_tlp_func_num,
    output wire [SEGS-1:0]          rx_req_tlp_valid,
    output wire [SEGS-1:0]          rx_req_tlp_sop,
    output wire [SEGS-1:0]          rx_req_tlp_eop,
    input  wire [SEGS-1:0]          rx_req_tlp_ready,
    output wire [SEGS*SEG_W-1:0]    rx_cpl_tlp_data,
    output wire [SEGS*SEG_W/32-1:0] rx_cpl_tlp_strb,
    output wire [SEGS*128-1:0]      rx_cpl_tlp_hdr,
    output wire [SEGS*4-1:0]        rx_cpl_tlp_error,
    output wire [SEGS-1:0]          rx_cpl_tlp_valid,
    output wire [SEGS-1:0]          rx_cpl_tlp_sop,
    output wire [SEGS-1:0]          rx_cpl_tlp_eop,
    input  wire [SEGS-1:0]          rx_cpl_tlp_ready,
    input  wire [SEGS*128-1:0]      tx_rd_req_tlp_hdr,
    input  wire [SEGS-1:0]          tx_rd_req_tlp_valid,
    input  wire [SEGS-1:0]          tx_rd_req_tlp_sop,
    input  wire [SEGS-1:0]          tx_rd_req_tlp_eop,
    output wire [SEGS-1:0]          tx_rd_req_tlp_ready,
    input  wire [SEGS*SEG_W-1:0]    tx_wr_req_tlp_data,
    input  wire [SEGS*128-1:0]      tx_wr_req_tlp_hdr,
    input  wire [SEGS-1:0]          tx_wr_req_tlp_valid,
    input  wire [SEGS-1:0]          tx_wr_req_tlp_sop,
    input  wire [SEGS-1:0]          tx_wr_req_tlp_eop,
    output wire [SEGS-1:0]          tx_wr_req_tlp_ready,
    input  wire [SEGS*SEG_W-1:0]    tx_cpl_tlp_data,
    input  wire [SEGS*128-1:0]      tx_cpl_tlp_hdr,
    input  wire [SEGS-1:0]          tx_cpl_tlp_valid,
    input  wire [SEGS-1:0]          tx_cpl_tlp_sop,
    input  wire [SEGS-1:0]          tx_cpl_tlp_eop,
    output wire [SEGS-1:0]          tx_cpl_tlp_ready,

    output wire                  flr_req,       // function level reset: stop, then say flr_done
    input  wire                  flr_done,
    input  wire                  trans_pending,
    output wire [7:0]            bus_num,
    output wire                  bus_master_enable,
    output wire                  ext_tag_enable,
    output wire                  rcb_128b,
    output wire [2:0]            max_read_request_size,
    output wire [2:0]            max_payload_size,
    output wire                  msix_enable,
    output wire                  msix_mask,
    output wire                  msi_enable,
    output wire [2:0]            msi_multiple_message_enable,
    output wire [63:0]           msi_address,
    output wire [15:0]           msi_data,
    output wire [31:0]           msi_mask
);
    wire                q_p_valid, q_p_ready, q_p_sop, q_p_eop;
    wire [127:0]        q_p_hdr;
    wire [DATA_W-1:0]   q_p_data;
    wire                q_np_valid, q_np_ready, q_np_sop, q_np_eop;
    wire [127:0]        q_np_hdr;
    wire [DATA_W-1:0]   q_np_data;
    wire                q_cpl_valid, q_cpl_ready, q_cpl_sop, q_cpl_eop;
    wire [127:0]        q_cpl_hdr;
    wire [DATA_W-1:0]   q_cpl_data;
    wire                u_p_valid, u_p_ready, u_p_sop, u_p_eop;
    wire [127:0]        u_p_hdr;
    wire [DATA_W-1:0]   u_p_data;
    wire                u_np_valid, u_np_ready, u_np_sop, u_np_eop;
    wire [127:0]        u_np_hdr;
    wire [DATA_W-1:0]   u_np_data;
    wire                u_cpl_valid, u_cpl_ready, u_cpl_sop, u_cpl_eop;
    wire [127:0]        u_cpl_hdr;
    wire [DATA_W-1:0]   u_cpl_data;
    wire                req_valid, req_ready, req_sop, req_eop;
    wire [127:0]        req_hdr;
    wire [DATA_W-1:0]   req_data;
    wire [2:0]          q_p_bar, q_np_bar, req_bar;
    wire [SEGS*3-1:0]   cpl_bar;
    wire                rx_req_empty, rx_cpl_empty, tx_rd_req_empty, tx_wr_req_empty, tx_cpl_empty;
    wire                hip_idle, msi_ready, no_cpl_ready, cfg_change;
    wire [15:0]         cfg_bdf;
    wire                cfg_mse, cfg_d0, cfg_intx_disable, cfg_parity_en, cfg_serr_en, cfg_relaxed, cfg_no_snoop;
    wire [3:0]          cfg_err_en;
    wire [31:0]         cfg_ue_mask, cfg_ue_severity, cfg_ce_mask;

    assign bus_num         = cfg_bdf[15:8];
    assign ext_tag_enable  = 1'b0;
    assign rx_req_tlp_func_num = {SEGS*8{1'b0}};
    assign rx_cpl_tlp_error    = {SEGS*4{1'b0}};
    assign idle            = hip_idle && user_idle && rx_req_empty && rx_cpl_empty && tx_rd_req_empty && tx_wr_req_empty
                          && tx_cpl_empty;

    riser_hip_merge #(.DATA_W(DATA_W)) u_merge (
        .clk       (clk),
        .rst       (rst),
        .p_valid   (q_p_valid),
        .p_ready   (q_p_ready),
        .p_sop     (q_p_sop),
        .p_eop     (q_p_eop),
        .p_hdr     (q_p_hdr),
        .p_data    (q_p_data),
        .p_bar     (q_p_bar),
        .np_valid  (q_np_valid),
        .np_ready  (q_np_ready),
        .np_sop    (q_np_sop),
        .np_eop    (q_np_eop),
        .np_hdr    (q_np_hdr),
        .np_data   (q_np_data),
        .np_bar    (q_np_bar),
        .cpl_valid (1'b0),
        .cpl_ready (no_cpl_ready),
        .cpl_sop   (1'b0),
        .cpl_eop   (1'b0),
        .cpl_hdr   (128'd0),
        .cpl_data  ({DATA_W{1'b0}}),
        .out_valid (req_valid),
        .out_ready (req_ready),
        .out_sop   (req_sop),
        .out_eop   (req_eop),
        .out_hdr   (req_hdr),
        .out_data  (req_data),
        .out_bar   (req_bar)
    );

    riser_segments_rx #(.DATA_W(DATA_W), .SEG_W(SEG_W), .SEGS(SEGS)) u_rx_req (
        .clk       (clk),
        .rst       (rst),
        .in_valid  (req_valid),
        .in_ready  (req_ready),
        .in_sop    (req_sop),
        .in_eop    (req_eop),
        .in_hdr    (req_hdr),
        .in_data   (req_data),
        .in_bar    (req_bar),
        .seg_data  (rx_req_tlp_data),
        .seg_strb  (rx_req_tlp_strb),
        .seg_hdr   (rx_req_tlp_hdr),
        .bar_id    (rx_req_tlp_bar_id),
        .seg_valid (rx_req_tlp_valid),
        .seg_sop   (rx_req_tlp_sop),
        .seg_eop   (rx_req_tlp_eop),
        .seg_ready (rx_req_tlp_ready),
        .empty     (rx_req_empty)
    );

    riser_segments_rx #(.DATA_W(DATA_W), .SEG_W(SEG_W), .SEGS(SEGS)) u_rx_cpl (
        .clk       (clk),
        .rst       (rst),
        .in_valid  (q_cpl_valid),
        .in_ready  (q_cpl_ready),
        .in_sop    (q_cpl_sop),
        .in_eop    (q_cpl_eop),
        .in_hdr    (q_cpl_hdr),
        .in_data   (q_cpl_data),
        .in_bar    (3'd0),
        .seg_data  (rx_cpl_tlp_data),
        .seg_strb  (rx_cpl_tlp_strb),
        .seg_hdr   (rx_cpl_tlp_hdr),
        .bar_id    (cpl_bar),
        .seg_valid (rx_cpl_tlp_valid),
        .seg_sop   (rx_cpl_tlp_sop),
        .seg_eop   (rx_cpl_tlp_eop),
        .seg_ready (rx_cpl_tlp_ready),
        .empty     (rx_cpl_empty)
    );

    // no register has a value before the first reset
    wire live = !rst && perst_n;

    riser_segments_tx #(.DATA_W(DATA_W), .SEG_W(SEG_W), .SEGS(SEGS)) u_tx_wr (
        .clk       (clk),
        .rst       (rst),
        .live      (live),
        .seg_data  (tx_wr_req_tlp_data),
        .seg_hdr   (tx_wr_req_tlp_hdr),
        .seg_valid (tx_wr_req_tlp_valid),
        .seg_sop   (tx_wr_req_tlp_sop),
        .seg_eop   (tx_wr_req_tlp_eop),
        .seg_ready (tx_wr_req_tlp_ready),
        .out_valid (u_p_valid),
        .out_ready (u_p_ready),
        .out_sop   (u_p_sop),
        .out_eop   (u_p_eop),
        .out_hdr   (u_p_hdr),
        .out_data  (u_p_data),
        .empty     (tx_wr_req_empty)
    );

    riser_segments_tx #(.DATA_W(DATA_W), .SEG_W(SEG_W), .SEGS(SEGS)) u_tx_rd (
        .clk       (clk),
        .rst       (rst),
        .live      (live),
        .seg_data  ({SEGS*SEG_W{1'b0}}),
        .seg_hdr   (tx_rd_req_tlp_hdr),
        .seg_valid (tx_rd_req_tlp_valid),
        .seg_sop   (tx_rd_req_tlp_sop),
        .seg_eop   (tx_rd_req_tlp_eop),
        .seg_ready (tx_rd_req_tlp_ready),
        .out_valid (u_np_valid),
        .out_ready (u_np_ready),
        .out_sop   (u_np_sop),
        .out_eop   (u_np_eop),
        .out_hdr   (u_np_hdr),
        .out_data  (u_np_data),
        .empty     (tx_rd_req_empty)
    );

    riser_segments_tx #(.DATA_W(DATA_W), .SEG_W(SEG_W), .SEGS(SEGS)) u_tx_cpl (
        .clk       (clk),
        .rst       (rst),
        .live      (live),
        .seg_data  (tx_cpl_tlp_data),
        .seg_hdr   (tx_cpl_tlp_hdr),
        .seg_valid (tx_cpl_tlp_valid),
        .seg_sop   (tx_cpl_tlp_sop),
        .seg_eop   (tx_cpl_tlp_eop),
        .seg_ready (tx_cpl_tlp_ready),
        .out_valid (u_cpl_valid),
        .out_ready (u_cpl_ready),
        .out_sop   (u_cpl_sop),
        .out_eop   (u_cpl_eop),
        .out_hdr   (u_cpl_hdr),
        .out_data  (u_cpl_data),
        .empty     (tx_cpl_empty)
    );

    riser_hip #(
        .DATA_W             (DATA_W),
        .VENDOR_ID          (VENDOR_ID),
        .DEVICE_ID          (DEVICE_ID),
        .SUBSYS_VENDOR_ID   (SUBSYS_VENDOR_ID),
        .SUBSYS_ID          (SUBSYS_ID),
        .CLASS_CODE         (CLASS_CODE),
        .REVISION           (REVISION),
        .SERIAL             (SERIAL),
        .BAR0_SIZE_LOG2     (BAR0_SIZE_LOG2),
        .BAR1_SIZE_LOG2     (BAR1_SIZE_LOG2),
        .BAR2_SIZE_LOG2     (BAR2_SIZE_LOG2),
        .BAR3_SIZE_LOG2     (BAR3_SIZE_LOG2),
        .BAR4_SIZE_LOG2     (BAR4_SIZE_LOG2),
        .BAR5_SIZE_LOG2     (BAR5_SIZE_LOG2),
        .BAR0_TYPE          (BAR0_TYPE),
        .BAR1_TYPE          (BAR1_TYPE),
        .BAR2_TYPE          (BAR2_TYPE),
        .BAR3_TYPE          (BAR3_TYPE),
        .BAR4_TYPE          (BAR4_TYPE),
        .BAR5_TYPE          (BAR5_TYPE),
        .MSIX_VECTORS       (MSIX_VECTORS),
        .MSIX_TABLE_BIR     (MSIX_TABLE_BIR),
        .MSIX_TABLE_OFFSET  (MSIX_TABLE_OFFSET),
        .MSIX_PBA_BIR       (MSIX_PBA_BIR),
        .MSIX_PBA_OFFSET    (MSIX_PBA_OFFSET),
        .MSI_VECTORS        (MSI_VECTORS),
        .INTX_PIN           (INTX_PIN),
        .MPS_LOG2           (MPS_LOG2),
        .RX_LATENCY         (RX_LATENCY),
        .TX_LATENCY         (TX_LATENCY)
    ) u_hip (
        .clk              (clk),
        .perst_n          (perst_n),
        .link_up          (link_up),
        .hot_reset        (hot_reset),
        .flr_active       (flr_active),
        .hip_idle         (hip_idle),
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
        .user_rst         (rst),
        .q_p_valid        (q_p_valid),
        .q_p_ready        (q_p_ready),
        .q_p_sop          (q_p_sop),
        .q_p_eop          (q_p_eop),
        .q_p_hdr          (q_p_hdr),
        .q_p_data         (q_p_data),
        .q_p_bar          (q_p_bar),
        .q_np_valid       (q_np_valid),
        .q_np_ready       (q_np_ready),
        .q_np_sop         (q_np_sop),
        .q_np_eop         (q_np_eop),
        .q_np_hdr         (q_np_hdr),
        .q_np_data        (q_np_data),
        .q_np_bar         (q_np_bar),
        .q_cpl_valid      (q_cpl_valid),
        .q_cpl_ready      (q_cpl_ready),
        .q_cpl_sop        (q_cpl_sop),
        .q_cpl_eop        (q_cpl_eop),
        .q_cpl_hdr        (q_cpl_hdr),
        .q_cpl_data       (q_cpl_data),
        .u_p_valid        (u_p_valid),
        .u_p_ready        (u_p_ready),
        .u_p_sop          (u_p_sop),
        .u_p_eop          (u_p_eop),
        .u_p_hdr          (u_p_hdr),
        .u_p_data         (u_p_data),
        .u_np_valid       (u_np_valid),
        .u_np_ready       (u_np_ready),
        .u_np_sop         (u_np_sop),
        .u_np_eop         (u_np_eop),
        .u_np_hdr         (u_np_hdr),
        .u_np_data        (u_np_data),
        .u_cpl_valid      (u_cpl_valid),
        .u_cpl_ready      (u_cpl_ready),
        .u_cpl_sop        (u_cpl_sop),
        .u_cpl_eop        (u_cpl_eop),
        .u_cpl_hdr        (u_cpl_hdr),
        .u_cpl_data       (u_cpl_data),
        .flr_req          (flr_req),
        .flr_done         (flr_done),
        .msi_valid        (1'b0),
        .msi_ready        (msi_ready),
        .msi_num          (5'd0),
        .intx             (1'b0),
        .err_valid        (1'b0),
        .err_bit          (5'd0),
        .err_advisory     (1'b0),
        .err_hdr          (128'd0),
        .trans_pending    (trans_pending),
        .cfg_change       (cfg_change),
        .cfg_told         (1'b1),
        .cfg_bdf          (cfg_bdf),
        .cfg_mse          (cfg_mse),
        .cfg_bme          (bus_master_enable),
        .cfg_d0           (cfg_d0),
        .cfg_mps          (max_payload_size),
        .cfg_mrrs         (max_read_request_size),
        .cfg_intx_disable (cfg_intx_disable),
        .cfg_parity_en    (cfg_parity_en),
        .cfg_serr_en      (cfg_serr_en),
        .cfg_err_en       (cfg_err_en),
        .cfg_relaxed      (cfg_relaxed),
        .cfg_no_snoop     (cfg_no_snoop),
        .cfg_rcb          (rcb_128b),
        .cfg_msi_en       (msi_enable),
        .cfg_msi_mme      (msi_multiple_message_enable),
        .cfg_msi_addr     (msi_address),
        .cfg_msi_data     (msi_data),
        .cfg_msi_mask     (msi_mask),
        .cfg_msix_en      (msix_enable),
        .cfg_msix_fmask   (msix_mask),
        .cfg_ue_mask      (cfg_ue_mask),
        .cfg_ue_severity  (cfg_ue_severity),
        .cfg_ce_mask      (cfg_ce_mask)
    );

    wire unused = &{1'b0, no_cpl_ready, cpl_bar, msi_ready, cfg_change, cfg_bdf[7:0], cfg_mse, cfg_d0, cfg_intx_disable, cfg_parity_en,
                    cfg_serr_en, cfg_err_en, cfg_relaxed, cfg_no_snoop, cfg_ue_mask, cfg_ue_severity, cfg_ce_mask};
endmodule
`default_nettype wire
