// SPDX-License-Identifier: Apache-2.0
//
// The user side of Intel's Stratix 10 H-tile block, Avalon-ST, 256 bits: a model of its behaviour behind the TLP port.
// Port names are the IP's. Header and payload are one run of dwords (riser_st_pack) in either direction.
//   rx_st_*   ready latency RX_READY_LATENCY: valid only that many cycles after a cycle with rx_st_ready. bar_range is
//             the number of the BAR. All requests and completions are one stream: who stops it stops all.
//   tx_st_*   ready latency 3, no gap within a TLP except for tx_st_ready; tx_st_err with eop takes the TLP back. Function
//             number in bits 18:16 of the header's second dword, bus and device are put in by the block.
//   tx_*_cdts free credits of the block's queues; completions 0 (infinite). What TLPs used: tx_cdts_type and so on
//   app_msi_* the block sends an MSI message. MSI-X (table and messages) is the user's.
//   tl_cfg_*  the registers of the H-tile list, one per cycle. app_err_*: header in four cycles.
// What breaks the rules of the interface is told as an error of the user's RTL.
// Latency: 1 cycle from the host to rx_st, 2 from a TLP's last tx_st beat to the host, plus RX_LATENCY and TX_LATENCY.
`default_nettype none
module riser_htile #(
    parameter         DATA_W            = 256,
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
    parameter         RX_READY_LATENCY  = 17
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
    output wire              reset_status,
    output wire              clr_st,
    output wire              serdes_pll_locked,
    output wire              st_link_up,
    output wire [5:0]        ltssmstate,
    output wire [1:0]        currentspeed,
    output wire [255:0]      rx_st_data,
    output wire [2:0]        rx_st_empty,
    output wire              rx_st_sop,
    output wire              rx_st_eop,
    output wire              rx_st_valid,
    input  wire              rx_st_ready,
    output wire [2:0]        rx_st_bar_range,
    output wire              rx_st_vf_active,
    output wire [1:0]        rx_st_func_num,
    output wire [10:0]       rx_st_vf_num,
    output wire [31:0]       rx_st_parity,
    input  wire [255:0]      tx_st_data,
    input  wire              tx_st_sop,
    input  wire              tx_st_eop,
    input  wire              tx_st_valid,
    output wire              tx_st_ready,
    input  wire              tx_st_err,
    output wire [7:0]        tx_ph_cdts,
    output wire [11:0]       tx_pd_cdts,
    output wire [7:0]        tx_nph_cdts,
    output wire [7:0]        tx_cplh_cdts,
    output wire [11:0]       tx_npd_cdts,
    output wire [11:0]       tx_cpld_cdts,
    output wire              tx_hdr_cdts_consumed,
    output wire              tx_data_cdts_consumed,
    output wire [1:0]        tx_cdts_type,
    output wire              tx_cdts_data_value,
    output wire [1:0]        tl_cfg_func,
    output wire [4:0]        tl_cfg_add,
    output wire [31:0]       tl_cfg_ctl,
    input  wire              app_msi_req,
    output wire              app_msi_ack,
    input  wire [4:0]        app_msi_num,
    input  wire [2:0]        app_msi_tc,
    input  wire [1:0]        app_msi_func_num,
    input  wire [3:0]        app_int_sts,
    input  wire              app_err_valid,
    input  wire [31:0]       app_err_hdr,
    input  wire [10:0]       app_err_info,
    input  wire              app_xfer_pending,
    output wire [3:0]        flr_pf_active,
    input  wire [3:0]        flr_pf_done
);
    // what the queues of riser_hip_split hold in any mix
    localparam [15:0] PH = 16'd32;
    localparam [15:0] PD = 16'd160;
    localparam [15:0] NPH = 16'd32;

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

    assign {reset_status, clr_st} = {2{rst}};
    assign serdes_pll_locked = perst_n;
    assign tl_cfg_add[4]   = 1'b0;          // of an L-tile
    assign st_link_up      = link_up;
    assign ltssmstate      = link_up ? 6'h11 : 6'h00;
    assign currentspeed    = 2'd3;
    assign rx_st_vf_active = 1'b0;
    assign rx_st_func_num  = 2'd0;
    assign rx_st_vf_num    = 11'd0;
    assign flr_pf_active   = {3'd0, flr_req};

    // ---- from the host ------------------------------------------------------------------------------------

    reg [RX_READY_LATENCY:0] rx_ready_q;    // bit n: rx_st_ready n+1 cycles ago
    wire              rx_cycle = rx_ready_q[RX_READY_LATENCY-1];
    wire              run_valid;

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

    riser_st_pack #(.DATA_W(DATA_W)) u_pack (
        .clk       (clk),
        .rst       (rst),
        .in_valid  (rx_valid),
        .in_ready  (rx_ready),
        .in_sop    (rx_sop),
        .in_eop    (rx_eop),
        .in_hdr    (rx_hdr),
        .in_data   (rx_data),
        .out_valid (run_valid),
        .out_ready (rx_cycle),
        .out_sop   (rx_st_sop),
        .out_eop   (rx_st_eop),
        .out_empty (rx_st_empty),
        .out_data  (rx_st_data)
    );

    assign rx_st_valid     = run_valid && rx_cycle;
    assign rx_st_bar_range = rx_bar;

    genvar i;
    generate
        for (i = 0; i < 32; i = i + 1) begin : g_parity
            assign rx_st_parity[i] = ~^rx_st_data[8*i +: 8];
        end
    endgenerate

    // ---- to the host ----------------------------------------------------------------------------------------

    wire              tx_busy, used_busy;

    riser_htile_tx u_tx (
        .clk         (clk),
        // no register has a value before the first reset
        .rst         (rst || !perst_n),
        .tx_st_data  (tx_st_data),
        .tx_st_sop   (tx_st_sop),
        .tx_st_eop   (tx_st_eop),
        .tx_st_valid (tx_st_valid),
        .tx_st_ready (tx_st_ready),
        .tx_st_err   (tx_st_err),
        .out_valid   (tx_valid),
        .out_ready   (tx_ready),
        .out_sop     (tx_sop),
        .out_eop     (tx_eop),
        .out_err     (tx_err),
        .out_hdr     (tx_hdr),
        .out_data    (tx_data),
        .busy        (tx_busy)
    );

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

    wire [15:0] ph_free  = PH - (hdr_in[15:0] - hdr_out[15:0]);
    wire [15:0] pd_free  = PD - (data_in[15:0] - data_out[15:0]);
    wire [15:0] nph_free = NPH - (hdr_in[31:16] - hdr_out[31:16]);
    assign tx_ph_cdts   = ph_free[15] ? 8'd0 : ph_free[7:0];
    assign tx_pd_cdts   = pd_free[15] ? 12'd0 : pd_free[11:0];
    assign tx_nph_cdts  = nph_free[15] ? 8'd0 : nph_free[7:0];
    // infinite; the last two are an L-tile's
    assign {tx_cplh_cdts, tx_npd_cdts, tx_cpld_cdts} = 32'd0;

    riser_htile_used u_used (
        .clk                   (clk),
        .rst                   (rst),
        .hdr_in                (hdr_in),
        .data_in               (data_in),
        .tx_hdr_cdts_consumed  (tx_hdr_cdts_consumed),
        .tx_data_cdts_consumed (tx_data_cdts_consumed),
        .tx_cdts_type          (tx_cdts_type),
        .tx_cdts_data_value    (tx_cdts_data_value),
        .busy                  (used_busy)
    );

    // ---- interrupts, errors, configuration --------------------------------------------------------------------

    reg         msi_taken_q, msi_ack_q;
    assign app_msi_ack = msi_ack_q;
    wire        msi_go = app_msi_req && !msi_taken_q && msi_ready;

    always @(posedge clk) begin
        msi_ack_q   <= !rst && msi_go;
        msi_taken_q <= !rst && app_msi_req && (msi_taken_q || msi_go);
    end

    wire         err_busy, err_done, err_advisory;
    wire [4:0]   err_bit;
    wire [127:0] err_hdr;

    riser_hip_apperr u_err (
        .clk           (clk),
        .rst           (rst),
        .app_err_valid (app_err_valid),
        .app_err_hdr   (app_err_hdr),
        .app_err_info  (app_err_info),
        .busy          (err_busy),
        .err_valid     (err_done),
        .err_bit       (err_bit),
        .err_advisory  (err_advisory),
        .err_hdr       (err_hdr)
    );

    riser_htile_cfg u_tl_cfg (
        .clk          (clk),
        .rst          (rst),
        .change       (cfg_change),
        .told         (told),
        .tl_cfg_func  (tl_cfg_func),
        .tl_cfg_add   (tl_cfg_add[3:0]),
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

    assign idle = hip_idle && user_idle && split_empty && told && !run_valid && !tx_busy && !used_busy
               && !app_msi_req && !msi_taken_q && !err_busy && (&rx_ready_q);

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
        .flr_done         (flr_pf_done[0]),
        .msi_valid        (app_msi_req && !msi_taken_q),
        .msi_ready        (msi_ready),
        .msi_num          (app_msi_num),
        .intx             (app_int_sts[0]),
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

    wire unused = &{1'b0, app_msi_tc, app_msi_func_num, app_int_sts[3:1], flr_pf_done[3:1], cfg_d0, hdr_out[47:32],
                    data_out[47:16], ph_free[14:8], pd_free[14:12], nph_free[14:8],
                    rx_ready_q[RX_READY_LATENCY]};
endmodule
`default_nettype wire
