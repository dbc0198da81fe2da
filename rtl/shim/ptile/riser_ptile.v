// SPDX-License-Identifier: Apache-2.0
//
// The user side of Intel's P-tile block, Avalon-ST, 256 bits (SEGS 1) or 512 bits (SEGS 2): a model of its behaviour
// behind the TLP port. Port names are the IP's without p0_ and _i, _o. Prefix, header and payload are apart; a TLP begins in any
// segment of 256 bits and fills all of its segments but the last.
//   rx_st_*   ready latency RX_READY_LATENCY: valid only that many cycles after a cycle with rx_st_ready. empty: dwords of
//             the last segment. All requests and completions are one stream: who stops it stops all.
//   tx_st_*   ready latency 3, no gap within a TLP except for tx_st_ready; tx_st_err with eop takes the TLP back. Function
//             number in bits 82:80 of the header, bus and device are put in by the block.
//   tx_cdts_limit  the sum of the credits ever given, by tdm_idx: 0, 1, 2 headers of posted, non-posted, completions,
//             4, 5, 6 their data in units of 4 dwords
//   tl_cfg_*  the registers of the P-tile list, one per cycle. app_err_*: header in four cycles.
// MSI and MSI-X messages are TLPs of the user, the MSI-X table is the user's. Prefixes are not carried by the TLP port.
// What breaks the rules of the interface is told as an error of the user's RTL.
// Latency: SEGS cycles from the host to rx_st, 2 from a TLP's last tx_st beat to the host, plus RX_LATENCY and TX_LATENCY.
`default_nettype none
module riser_ptile #(
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
    parameter         RX_READY_LATENCY  = 27,
    // of the TLP port, which follows from SEGS
    parameter         DATA_W            = 256 * SEGS
) (
    input  wire              clk,
    input  wire              perst_n,
    input  wire              link_up,
    input  wire              hot_reset,
    output wire              flr_active,
    output wire              idle,
    input  wire              rx_p_valid,
    output wire              rx_p_ready,
    input  wire              rx_p_sop,
    input  wire              rx_p_eop,
    input  wire [127:0]      rx_p_hdr,
    input  wire [DATA_W-1:0] rx_p_data,
    input  wire              rx_np_valid,
    output wire              rx_np_ready,
    input  wire              rx_np_sop,
    input  wire              rx_np_eop,
    input  wire [127:0]      rx_np_hdr,
    input  wire [DATA_W-1:0] rx_np_data,
    input  wire              rx_cpl_valid,
    output wire              rx_cpl_ready,
    input  wire              rx_cpl_sop,
    input  wire              rx_cpl_eop,
    input  wire [127:0]      rx_cpl_hdr,
    input  wire [DATA_W-1:0] rx_cpl_data,
    output wire              tx_p_valid,
    input  wire              tx_p_ready,
    output wire              tx_p_sop,
    output wire              tx_p_eop,
    output wire [127:0]      tx_p_hdr,
    output wire [DATA_W-1:0] tx_p_data,
    output wire              tx_np_valid,
    input  wire              tx_np_ready,
    output wire              tx_np_sop,
    output wire              tx_np_eop,
    output wire [127:0]      tx_np_hdr,
    output wire [DATA_W-1:0] tx_np_data,
    output wire              tx_cpl_valid,
    input  wire              tx_cpl_ready,
    output wire              tx_cpl_sop,
    output wire              tx_cpl_eop,
    output wire [127:0]      tx_cpl_hdr,
    output wire [DATA_W-1:0] tx_cpl_data,

    // the user
    input  wire              user_idle,     // nothing to do: the clock may stop; 0 if unknown
    output wire              reset_status_n,
    output wire              st_link_up,
    output wire              dl_up,
    output wire [5:0]        ltssm_state,
    output wire [DATA_W-1:0] rx_st_data,
    output wire [3*SEGS-1:0] rx_st_empty,
    output wire [128*SEGS-1:0] rx_st_hdr,
    output wire [32*SEGS-1:0] rx_st_tlp_prfx,
    output wire [SEGS-1:0]   rx_st_sop,
    output wire [SEGS-1:0]   rx_st_eop,
    output wire [SEGS-1:0]   rx_st_valid,
    input  wire              rx_st_ready,
    output wire [3*SEGS-1:0] rx_st_bar_range,
    output wire [SEGS-1:0]   rx_st_tlp_abort,
    output wire [SEGS-1:0]   rx_st_vf_active,
    output wire [3*SEGS-1:0] rx_st_func_num,
    output wire [11*SEGS-1:0] rx_st_vf_num,
    input  wire [DATA_W-1:0] tx_st_data,
    input  wire [128*SEGS-1:0] tx_st_hdr,
    input  wire [32*SEGS-1:0] tx_st_tlp_prfx,
    input  wire [SEGS-1:0]   tx_st_sop,
    input  wire [SEGS-1:0]   tx_st_eop,
    input  wire [SEGS-1:0]   tx_st_valid,
    output wire              tx_st_ready,
    input  wire [SEGS-1:0]   tx_st_err,
    output wire [15:0]       tx_cdts_limit,
    output wire [2:0]        tx_cdts_limit_tdm_idx,
    output wire [2:0]        tl_cfg_func,
    output wire [4:0]        tl_cfg_add,
    output wire [15:0]       tl_cfg_ctl,
    input  wire [7:0]        app_int,
    input  wire              app_err_valid,
    input  wire [31:0]       app_err_hdr,
    input  wire [12:0]       app_err_info,
    input  wire              app_xfer_pending,
    output wire [7:0]        flr_rcvd_pf,
    input  wire [7:0]        flr_completed_pf
);
    localparam TXQ_LOG2 = 5;
    localparam TX_READY_LATENCY = 3;
    localparam W = 256 + 128 + 3;           // of a segment to the host
    // what the queues of riser_hip_split hold in any mix
    localparam [15:0] HDRS = 16'd32;
    localparam [15:0] DATA = (SEGS == 2) ? 16'd320 : 16'd160;

    wire              q_p_valid, q_p_ready, q_p_sop, q_p_eop;
    wire [127:0]      q_p_hdr;
    wire [DATA_W-1:0] q_p_data;
    wire              q_np_valid, q_np_ready, q_np_sop, q_np_eop;
    wire [127:0]      q_np_hdr;
    wire [DATA_W-1:0] q_np_data;
    wire              q_cpl_valid, q_cpl_ready, q_cpl_sop, q_cpl_eop;
    wire [127:0]      q_cpl_hdr;
    wire [DATA_W-1:0] q_cpl_data;
    wire              u_p_valid, u_p_ready, u_p_sop, u_p_eop;
    wire [127:0]      u_p_hdr;
    wire [DATA_W-1:0] u_p_data;
    wire              u_np_valid, u_np_ready, u_np_sop, u_np_eop;
    wire [127:0]      u_np_hdr;
    wire [DATA_W-1:0] u_np_data;
    wire              u_cpl_valid, u_cpl_ready, u_cpl_sop, u_cpl_eop;
    wire [127:0]      u_cpl_hdr;
    wire [DATA_W-1:0] u_cpl_data;
    wire              rx_valid, rx_ready, rx_sop, rx_eop;
    wire [127:0]      rx_hdr;
    wire [DATA_W-1:0] rx_data;
    wire              tx_valid, tx_ready, tx_sop, tx_eop;
    wire [127:0]      tx_hdr;
    wire [DATA_W-1:0] tx_data;
    wire [2:0]        q_p_bar, q_np_bar, rx_bar;
    wire              rst, hip_idle, msi_ready, split_empty, tx_err, told, cfg_change;
    wire [15:0]       cfg_bdf, cfg_msi_data;
    wire              cfg_mse, cfg_bme, cfg_d0, cfg_intx_disable, cfg_parity_en, cfg_serr_en, cfg_relaxed, cfg_no_snoop;
    wire              cfg_rcb, cfg_msi_en, cfg_msix_en, cfg_msix_fmask;
    wire [2:0]        cfg_mps, cfg_mrrs, cfg_msi_mme;
    wire [3:0]        cfg_err_en;
    wire [63:0]       cfg_msi_addr;
    wire [31:0]       cfg_msi_mask, cfg_ue_mask, cfg_ue_severity, cfg_ce_mask;
    wire [47:0]       hdr_in, hdr_out, data_in, data_out;
    wire              flr_req;

    wire              live = !rst && perst_n;   // no register has a value before the first reset
    assign reset_status_n  = !rst;
    assign {st_link_up, dl_up} = {2{link_up}};
    assign ltssm_state     = link_up ? 6'h11 : 6'h00;
    assign {rx_st_tlp_prfx, rx_st_tlp_abort, rx_st_vf_active, rx_st_func_num, rx_st_vf_num} = {48*SEGS{1'b0}};
    assign flr_rcvd_pf     = {7'd0, flr_req};

    // ---- from the host ------------------------------------------------------------------------------------

    reg [RX_READY_LATENCY:0] rx_ready_q;    // bit n: rx_st_ready n+1 cycles ago
    wire              rx_cycle = rx_ready_q[RX_READY_LATENCY-1];
    wire [SEGS-1:0]   head_valid;

    always @(posedge clk)
        rx_ready_q <= rst ? {(RX_READY_LATENCY+1){1'b0}} : {rx_ready_q[RX_READY_LATENCY-1:0], rx_st_ready};

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
        .cpl_valid (q_cpl_valid),
        .cpl_ready (q_cpl_ready),
        .cpl_sop   (q_cpl_sop),
        .cpl_eop   (q_cpl_eop),
        .cpl_hdr   (q_cpl_hdr),
        .cpl_data  (q_cpl_data),
        .out_valid (rx_valid),
        .out_ready (rx_ready),
        .out_sop   (rx_sop),
        .out_eop   (rx_eop),
        .out_hdr   (rx_hdr),
        .out_data  (rx_data),
        .out_bar   (rx_bar)
    );

    riser_ptile_rx #(.SEGS(SEGS)) u_rx (
        .clk       (clk),
        .rst       (rst),
        .in_valid  (rx_valid),
        .in_ready  (rx_ready),
        .in_sop    (rx_sop),
        .in_hdr    (rx_hdr),
        .in_data   (rx_data),
        .in_bar    (rx_bar),
        .seg_valid (head_valid),
        .seg_sop   (rx_st_sop),
        .seg_eop   (rx_st_eop),
        .seg_empty (rx_st_empty),
        .seg_hdr   (rx_st_hdr),
        .seg_data  (rx_st_data),
        .seg_bar   (rx_st_bar_range),
        .seg_go    (rx_cycle)
    );

    assign rx_st_valid = head_valid & {SEGS{rx_cycle}};

    // ---- to the host ----------------------------------------------------------------------------------------

    reg [TX_READY_LATENCY:0] tx_ready_q;    // bit 0: tx_st_ready
    reg                tx_mid_q;
    wire               tx_cycle = tx_ready_q[TX_READY_LATENCY];
    wire               txq_ready;
    wire [SEGS*W-1:0]  txq_in, txq_out;
    wire [SEGS-1:0]    out_valid, out_sop, out_eop, out_err;
    wire [128*SEGS-1:0] out_hdr;
    wire [TXQ_LOG2:0]  txq_count;
    wire [2:0]         pop;

    assign tx_st_ready = tx_ready_q[0];
    // room for what comes after ready goes away, and for a user that takes a little longer
    always @(posedge clk)
        tx_ready_q <= rst ? {(TX_READY_LATENCY+1){1'b0}}
                    : {tx_ready_q[TX_READY_LATENCY-1:0], txq_count < 6'd16};

    genvar i;
    generate
        for (i = 0; i < SEGS; i = i + 1) begin : g_tx
            assign txq_in[W*i +: W] = {tx_st_sop[i], tx_st_eop[i], tx_st_err[i], tx_st_hdr[128*i +: 128],
                                       tx_st_data[256*i +: 256]};
            assign {out_sop[i], out_eop[i], out_err[i], out_hdr[128*i +: 128], tx_data[256*i +: 256]} = txq_out[W*i +: W];
        end
    endgenerate

    riser_hip_segq #(.W(W), .IN(SEGS), .OUT(SEGS), .DEPTH_LOG2(TXQ_LOG2)) u_txq (
        .clk       (clk),
        .rst       (rst),
        .in_valid  (tx_st_valid),
        .in_ready  (txq_ready),
        .in_data   (txq_in),
        .out_valid (out_valid),
        .out_data  (txq_out),
        .out_pop   (pop),
        .count     (txq_count)
    );

    riser_hip_fromseg #(.N(SEGS)) u_fromseg (
        .seg_valid (out_valid),
        .seg_eop   (out_eop),
        .valid     (tx_valid),
        .eop       (tx_eop),
        .ready     (tx_ready),
        .pop       (pop)
    );

    assign tx_sop = out_sop[0];
    assign tx_hdr = out_hdr[127:0];
    // of the segment with eop
    assign tx_err = tx_eop && (out_eop[0] ? out_err[0] : out_err[SEGS-1]);

    riser_hip_split #(.DATA_W(DATA_W)) u_split (
        .clk         (clk),
        .rst         (rst),
        .bdf         (cfg_bdf),
        .in_valid    (tx_valid),
        .in_ready    (tx_ready),
        .in_sop      (tx_sop),
        .in_eop      (tx_eop),
        .in_err      (tx_err),
        .in_hdr      (tx_hdr),
        .in_data     (tx_data),
        .u_p_valid   (u_p_valid),
        .u_p_ready   (u_p_ready),
        .u_p_sop     (u_p_sop),
        .u_p_eop     (u_p_eop),
        .u_p_hdr     (u_p_hdr),
        .u_p_data    (u_p_data),
        .u_np_valid  (u_np_valid),
        .u_np_ready  (u_np_ready),
        .u_np_sop    (u_np_sop),
        .u_np_eop    (u_np_eop),
        .u_np_hdr    (u_np_hdr),
        .u_np_data   (u_np_data),
        .u_cpl_valid (u_cpl_valid),
        .u_cpl_ready (u_cpl_ready),
        .u_cpl_sop   (u_cpl_sop),
        .u_cpl_eop   (u_cpl_eop),
        .u_cpl_hdr   (u_cpl_hdr),
        .u_cpl_data  (u_cpl_data),
        .hdr_in      (hdr_in),
        .hdr_out     (hdr_out),
        .data_in     (data_in),
        .data_out    (data_out),
        .empty       (split_empty)
    );

    // where the TLP must end by its header
    wire [SEGS-1:0]   want_valid, want_sop, want_eop;
    wire [4*SEGS-1:0] want_empty;
    wire              beat = tx_valid && tx_ready;

    riser_hip_toseg #(.DATA_W(DATA_W), .N(SEGS)) u_want (
        .clk       (clk),
        .moves     (beat),
        .sop       (tx_sop),
        .hdr       (tx_hdr),
        .seg_valid (want_valid),
        .seg_sop   (want_sop),
        .seg_eop   (want_eop),
        .seg_empty (want_empty)
    );
    wire [SEGS-1:0] got_eop = out_eop & ~(out_eop << 1);
    wire            wrong = beat && want_eop != (got_eop & {SEGS{tx_eop}});

    // the TLP that is under way behind the last segment of a cycle
    wire tx_mid = (tx_st_valid[SEGS-1]) ? !tx_st_eop[SEGS-1] : (tx_st_valid[0]) ? !tx_st_eop[0] : tx_mid_q;
    wire gap    = (tx_mid_q && !tx_st_valid[0])
               || (SEGS > 1 && tx_st_valid[0] && !tx_st_eop[0] && !tx_st_valid[SEGS-1]);
    wire bad_sop = (tx_st_valid[0] && tx_st_sop[0] == tx_mid_q)
                || (SEGS > 1 && tx_st_valid[SEGS-1] && tx_st_valid[0] && tx_st_sop[SEGS-1] != tx_st_eop[0]);

    always @(posedge clk) begin
        tx_mid_q <= !rst && tx_mid;
`ifndef SYNTHESIS
        if (live && tx_st_valid != {SEGS{1'b0}} && !tx_cycle)
            $display("[%0t] %%Error: riser_ptile.v:1: Assertion failed in %m: user RTL: tx_st_valid 3 cycles after a cycle without tx_st_ready",
                     $time);
        if (live && tx_cycle && gap)
            $display("[%0t] %%Error: riser_ptile.v:1: Assertion failed in %m: user RTL: tx_st_valid is 0 between sop and eop in a ready cycle",
                     $time);
        if (live && bad_sop)
            $display("[%0t] %%Error: riser_ptile.v:1: Assertion failed in %m: user RTL: tx_st_sop is not where a TLP begins",
                     $time);
        if (live && tx_st_valid != {SEGS{1'b0}} && !txq_ready)
            $display("[%0t] %%Error: riser_ptile.v:1: Assertion failed in %m: user RTL: a beat was lost", $time);
        if (live && (tx_st_valid & tx_st_sop) != {SEGS{1'b0}} && tx_st_tlp_prfx != {32*SEGS{1'b0}})
            $display("[%0t] %%Error: riser_ptile.v:1: Assertion failed in %m: user RTL: TLP prefixes are not carried", $time);
        if (live && wrong)
            $display("[%0t] %%Error: riser_ptile.v:1: Assertion failed in %m: user RTL: tx_st_eop is not where the header's length ends",
                     $time);
`endif
    end

    riser_ptile_cdts #(.HDRS(HDRS), .DATA(DATA)) u_cdts (
        .clk                   (clk),
        .rst                   (rst),
        .hdr_out               (hdr_out),
        .data_out              (data_out),
        .tx_cdts_limit         (tx_cdts_limit),
        .tx_cdts_limit_tdm_idx (tx_cdts_limit_tdm_idx)
    );

    // ---- errors, configuration -----------------------------------------------------------------------------------

    wire         err_busy, err_done, err_advisory;
    wire [4:0]   err_bit;
    wire [127:0] err_hdr;

    riser_hip_apperr u_err (
        .clk           (clk),
        .rst           (rst),
        .app_err_valid (app_err_valid),
        .app_err_hdr   (app_err_hdr),
        .app_err_info  (app_err_info[10:0]),
        .busy          (err_busy),
        .err_valid     (err_done),
        .err_bit       (err_bit),
        .err_advisory  (err_advisory),
        .err_hdr       (err_hdr)
    );

    riser_ptile_cfg u_tl_cfg (
        .clk          (clk),
        .rst          (rst),
        .change       (cfg_change),
        .told         (told),
        .tl_cfg_func  (tl_cfg_func),
        .tl_cfg_add   (tl_cfg_add),
        .tl_cfg_ctl   (tl_cfg_ctl),
        .bdf          (cfg_bdf),
        .mse          (cfg_mse),
        .bme          (cfg_bme),
        .mps          (cfg_mps),
        .mrrs         (cfg_mrrs),
        .intx_disable (cfg_intx_disable),
        .parity_en    (cfg_parity_en),
        .serr_en      (cfg_serr_en),
        .err_en       (cfg_err_en),
        .relaxed      (cfg_relaxed),
        .no_snoop     (cfg_no_snoop),
        .rcb          (cfg_rcb),
        .msi_en       (cfg_msi_en),
        .msi_mme      (cfg_msi_mme),
        .msi_addr     (cfg_msi_addr),
        .msi_data     (cfg_msi_data),
        .msi_mask     (cfg_msi_mask),
        .msix_en      (cfg_msix_en),
        .msix_fmask   (cfg_msix_fmask),
        .ue_mask      (cfg_ue_mask),
        .ue_severity  (cfg_ue_severity),
        .ce_mask      (cfg_ce_mask)
    );

    assign idle = hip_idle && user_idle && split_empty && told && head_valid == {SEGS{1'b0}} && txq_count == 6'd0
               && tx_st_valid == {SEGS{1'b0}} && !err_busy && (&rx_ready_q);

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
        .flr_done         (flr_completed_pf[0]),
        .msi_valid        (1'b0),
        .msi_ready        (msi_ready),
        .msi_num          (5'd0),
        .intx             (app_int[0]),
        .err_valid        (err_done),
        .err_bit          (err_bit),
        .err_advisory     (err_advisory),
        .err_hdr          (err_hdr),
        .trans_pending    (app_xfer_pending),
        .cfg_change       (cfg_change),
        .cfg_told         (told),
        .cfg_bdf          (cfg_bdf),
        .cfg_mse          (cfg_mse),
        .cfg_bme          (cfg_bme),
        .cfg_d0           (cfg_d0),
        .cfg_mps          (cfg_mps),
        .cfg_mrrs         (cfg_mrrs),
        .cfg_intx_disable (cfg_intx_disable),
        .cfg_parity_en    (cfg_parity_en),
        .cfg_serr_en      (cfg_serr_en),
        .cfg_err_en       (cfg_err_en),
        .cfg_relaxed      (cfg_relaxed),
        .cfg_no_snoop     (cfg_no_snoop),
        .cfg_rcb          (cfg_rcb),
        .cfg_msi_en       (cfg_msi_en),
        .cfg_msi_mme      (cfg_msi_mme),
        .cfg_msi_addr     (cfg_msi_addr),
        .cfg_msi_data     (cfg_msi_data),
        .cfg_msi_mask     (cfg_msi_mask),
        .cfg_msix_en      (cfg_msix_en),
        .cfg_msix_fmask   (cfg_msix_fmask),
        .cfg_ue_mask      (cfg_ue_mask),
        .cfg_ue_severity  (cfg_ue_severity),
        .cfg_ce_mask      (cfg_ce_mask)
    );

    wire unused = &{1'b0, msi_ready, app_int[7:1], app_err_info[12:11], flr_completed_pf[7:1], cfg_d0, hdr_in, data_in,
                    want_valid, want_sop, want_empty, out_sop, out_hdr, rx_eop, rx_ready_q[RX_READY_LATENCY]};
endmodule
`default_nettype wire
