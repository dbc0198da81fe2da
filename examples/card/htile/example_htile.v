// SPDX-License-Identifier: Apache-2.0
//
// The example card for the interface `htile`: the user's side of Intel's H-tile Avalon-ST, 256 bits.
`default_nettype none
module example_htile (
    input  wire         coreclkout_hip,
    input  wire         reset_status,
    output wire         idle,

    input  wire [255:0] rx_st_data,
    input  wire [2:0]   rx_st_empty,
    input  wire         rx_st_sop,
    input  wire         rx_st_eop,
    input  wire         rx_st_valid,
    output wire         rx_st_ready,
    input  wire [2:0]   rx_st_bar_range,
    output wire [255:0] tx_st_data,
    output wire         tx_st_sop,
    output wire         tx_st_eop,
    output wire         tx_st_valid,
    input  wire         tx_st_ready,
    output wire         tx_st_err,
    input  wire [7:0]   tx_ph_cdts,
    input  wire [11:0]  tx_pd_cdts,
    input  wire [7:0]   tx_nph_cdts,
    input  wire [1:0]   tl_cfg_func,
    input  wire [3:0]   tl_cfg_add,
    input  wire [31:0]  tl_cfg_ctl,
    output wire         app_msi_req,
    input  wire         app_msi_ack,
    output wire [4:0]   app_msi_num,
    output wire [2:0]   app_msi_tc,
    output wire [1:0]   app_msi_func_num,
    output wire [3:0]   app_int_sts,
    output wire         app_err_valid,
    output wire [31:0]  app_err_hdr,
    output wire [10:0]  app_err_info,
    output wire         app_xfer_pending,
    input  wire [3:0]   flr_pf_active,
    output wire [3:0]   flr_pf_done
);
    localparam DATA_W = 256;

    wire clk = coreclkout_hip;
    wire rst = reset_status;
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
    wire              in_valid, in_ready, in_sop, in_eop;
    wire [127:0]      in_hdr;
    wire [DATA_W-1:0] in_data;
    wire              out_valid, out_ready, out_sop, out_eop;
    wire [127:0]      out_hdr;
    wire [DATA_W-1:0] out_data;
    wire [2:0]        in_bar, q_p_bar, q_np_bar;
    wire              user_idle, may_p, may_np, msi_req, intx, err_valid, flr_done;
    wire [4:0]        err_bit;
    wire [127:0]      err_hdr;

    // ---- receive: a queue for what comes after ready went away ---------------------------------------------

    wire         q_valid, q_ready, q_sop, q_eop, q_room, wrong;
    wire [2:0]   q_bar;
    wire [255:0] q_data;
    wire [6:0]   q_count;
    reg          rx_ready_q;
    reg  [2:0]   bar_q;

    assign rx_st_ready = rx_ready_q;

    riser_hip_fifo #(.W(261), .DEPTH_LOG2(6)) u_rx_queue (
        .clk       (clk),
        .rst       (rst),
        .in_valid  (rx_st_valid),
        .in_ready  (q_room),
        .in_data   ({rx_st_sop, rx_st_eop, rx_st_bar_range, rx_st_data}),
        .in_last   (1'b1),
        .in_drop   (1'b0),
        .out_valid (q_valid),
        .out_ready (q_ready),
        .out_data  ({q_sop, q_eop, q_bar, q_data}),
        .count     (q_count)
    );

    riser_st_unpack #(.DATA_W(256)) u_unpack (
        .clk       (clk),
        .rst       (rst),
        .in_valid  (q_valid),
        .in_ready  (q_ready),
        .in_sop    (q_sop),
        .in_eop    (q_eop),
        .in_data   (q_data),
        .out_valid (in_valid),
        .out_ready (in_ready),
        .out_sop   (in_sop),
        .out_eop   (in_eop),
        .out_hdr   (in_hdr),
        .out_data  (in_data),
        .wrong     (wrong)
    );
    assign in_bar = (q_valid && q_sop && in_sop) ? q_bar : bar_q;

    always @(posedge clk) begin
        rx_ready_q <= !rst && q_count < 7'd40;
        if (q_valid && q_ready && q_sop)
            bar_q <= q_bar;
    end

    // ---- send: three cycles after ready ---------------------------------------------------------------------

    reg [2:0]    tx_ready_q;
    wire         run_valid;
    wire [2:0]   run_empty;

    always @(posedge clk)
        tx_ready_q <= rst ? 3'd0 : {tx_ready_q[1:0], tx_st_ready};

    // for the largest TLP, and for what is between here and the counters
    assign may_p  = tx_ph_cdts > 8'd4 && tx_pd_cdts > 12'd72;
    assign may_np = tx_nph_cdts > 8'd4;

    example_stream #(.DATA_W(DATA_W)) u_stream (
        .clk         (clk),
        .rst         (rst),
        .may_p       (may_p),
        .may_np      (may_np),
        .in_valid    (in_valid),
        .in_ready    (in_ready),
        .in_sop      (in_sop),
        .in_hdr      (in_hdr),
        .q_p_valid   (q_p_valid),
        .q_p_ready   (q_p_ready),
        .q_np_valid  (q_np_valid),
        .q_np_ready  (q_np_ready),
        .q_cpl_valid (q_cpl_valid),
        .q_cpl_ready (q_cpl_ready),
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
        .out_valid   (out_valid),
        .out_ready   (out_ready),
        .out_sop     (out_sop),
        .out_eop     (out_eop),
        .out_hdr     (out_hdr),
        .out_data    (out_data)
    );
    assign {q_p_sop, q_p_eop, q_p_hdr, q_p_data, q_p_bar}     = {in_sop, in_eop, in_hdr, in_data, in_bar};
    assign {q_np_sop, q_np_eop, q_np_hdr, q_np_data, q_np_bar} = {in_sop, in_eop, in_hdr, in_data, in_bar};
    assign {q_cpl_sop, q_cpl_eop, q_cpl_hdr, q_cpl_data}      = {in_sop, in_eop, in_hdr, in_data};

    riser_st_pack #(.DATA_W(256)) u_pack (
        .clk       (clk),
        .rst       (rst),
        .in_valid  (out_valid),
        .in_ready  (out_ready),
        .in_sop    (out_sop),
        .in_eop    (out_eop),
        .in_hdr    (out_hdr),
        .in_data   (out_data),
        .out_valid (run_valid),
        .out_ready (tx_ready_q[2]),
        .out_sop   (tx_st_sop),
        .out_eop   (tx_st_eop),
        .out_empty (run_empty),
        .out_data  (tx_st_data)
    );
    assign tx_st_valid = run_valid && tx_ready_q[2];
    assign tx_st_err   = 1'b0;

    // ---- configuration, errors, interrupts ----------------------------------------------------------------------

    reg [31:0] ctl0_q, msi_lo_q, msi_hi_q, msi_mask_q, ctl6_q;

    always @(posedge clk) begin
        if (rst)
            {ctl0_q, msi_lo_q, msi_hi_q, msi_mask_q, ctl6_q} <= 160'd0;
        else if (tl_cfg_func == 2'd0)
            case (tl_cfg_add)
                4'd0: ctl0_q <= tl_cfg_ctl;
                4'd3: msi_lo_q <= tl_cfg_ctl;
                4'd4: msi_hi_q <= tl_cfg_ctl;
                4'd5: msi_mask_q <= tl_cfg_ctl;
                4'd6: ctl6_q <= tl_cfg_ctl;
                default: ;
            endcase
    end

    // the request is low for a cycle behind its acknowledgement
    reg         msi_gap_q;
    reg [1:0]   err_left_q;
    reg [95:0]  err_rest_q;
    always @(posedge clk) begin
        msi_gap_q <= app_msi_ack;
        if (rst)
            err_left_q <= 2'd0;
        else if (app_err_valid)
            err_left_q <= 2'd3;
        else if (err_left_q != 2'd0)
            err_left_q <= err_left_q - 2'd1;
        err_rest_q <= app_err_valid ? err_hdr[95:0] : {err_rest_q[63:0], 32'd0};
    end

    assign app_msi_req      = msi_req && !msi_gap_q;
    assign app_msi_tc       = 3'd0;
    assign app_msi_func_num = 2'd0;
    assign app_int_sts      = {3'd0, intx};
    assign app_err_valid    = err_valid && err_left_q == 2'd0;
    assign app_err_hdr      = app_err_valid ? err_hdr[127:96] : err_rest_q[95:64];
    assign app_err_info     = {err_bit == 5'd16, 5'd0, err_bit == 5'd14, 1'b0, err_bit == 5'd16, 1'b0, err_bit == 5'd18};
    assign flr_pf_done      = {3'd0, flr_done};
    assign idle             = user_idle && q_count == 7'd0 && !in_valid && !rx_st_valid && !run_valid && err_left_q == 2'd0
                           && rx_ready_q && (&tx_ready_q);

    example_user #(.DATA_W(256), .MSI_VECTORS(0)) u_user (
        .clk            (clk),
        .rst            (rst),
        .flr_req        (flr_pf_active[0]),
        .flr_done       (flr_done),
        .idle           (user_idle),
        .pending        (app_xfer_pending),
        .q_p_valid      (q_p_valid),
        .q_p_ready      (q_p_ready),
        .q_p_sop        (q_p_sop),
        .q_p_eop        (q_p_eop),
        .q_p_hdr        (q_p_hdr),
        .q_p_data       (q_p_data),
        .q_p_bar        (q_p_bar),
        .q_np_valid     (q_np_valid),
        .q_np_ready     (q_np_ready),
        .q_np_sop       (q_np_sop),
        .q_np_eop       (q_np_eop),
        .q_np_hdr       (q_np_hdr),
        .q_np_data      (q_np_data),
        .q_np_bar       (q_np_bar),
        .q_cpl_valid    (q_cpl_valid),
        .q_cpl_ready    (q_cpl_ready),
        .q_cpl_sop      (q_cpl_sop),
        .q_cpl_eop      (q_cpl_eop),
        .q_cpl_hdr      (q_cpl_hdr),
        .q_cpl_data     (q_cpl_data),
        .u_p_valid      (u_p_valid),
        .u_p_ready      (u_p_ready),
        .u_p_sop        (u_p_sop),
        .u_p_eop        (u_p_eop),
        .u_p_hdr        (u_p_hdr),
        .u_p_data       (u_p_data),
        .u_np_valid     (u_np_valid),
        .u_np_ready     (u_np_ready),
        .u_np_sop       (u_np_sop),
        .u_np_eop       (u_np_eop),
        .u_np_hdr       (u_np_hdr),
        .u_np_data      (u_np_data),
        .u_cpl_valid    (u_cpl_valid),
        .u_cpl_ready    (u_cpl_ready),
        .u_cpl_sop      (u_cpl_sop),
        .u_cpl_eop      (u_cpl_eop),
        .u_cpl_hdr      (u_cpl_hdr),
        .u_cpl_data     (u_cpl_data),
        .err_valid      (err_valid),
        .err_bit        (err_bit),
        .err_hdr        (err_hdr),
        .msi_req        (msi_req),
        .msi_ack        (app_msi_ack),
        .msi_num        (app_msi_num),
        .intx           (intx),
        .cfg_bdf        ({ctl0_q[23:16], ctl0_q[28:24], 3'd0}),
        .cfg_bme        (ctl0_q[7]),
        .cfg_mps        (ctl0_q[2:0]),
        .cfg_mrrs       (ctl0_q[5:3]),
        .cfg_msix_en    (ctl6_q[5]),
        .cfg_msix_fmask (ctl6_q[6]),
        .cfg_msi_en     (ctl6_q[0]),
        .cfg_msi_mme    (ctl6_q[4:2]),
        .cfg_msi_addr   ({msi_hi_q, msi_lo_q}),
        .cfg_msi_data   (ctl6_q[31:16]),
        .cfg_msi_mask   (msi_mask_q)
    );

    wire unused = &{1'b0, rx_st_empty, q_room, wrong, run_empty, flr_pf_active[3:1], ctl0_q, ctl6_q};
endmodule
`default_nettype wire
