// SPDX-License-Identifier: Apache-2.0
//
// The example card for the interface `ptile`: the user's side of Intel's P-tile Avalon-ST, 256 bits (SEGS 1) or 512
// bits (SEGS 2).
`default_nettype none
`include "riser_tlp.vh"
module example_ptile #(
    parameter SEGS = 1
) (
    input  wire                coreclkout_hip,
    input  wire                p0_reset_status_n,
    output wire                idle,

    input  wire [256*SEGS-1:0] p0_rx_st_data_o,
    input  wire [3*SEGS-1:0]   p0_rx_st_empty_o,
    input  wire [128*SEGS-1:0] p0_rx_st_hdr_o,
    input  wire [32*SEGS-1:0]  p0_rx_st_tlp_prfx_o,
    input  wire [SEGS-1:0]     p0_rx_st_sop_o,
    input  wire [SEGS-1:0]     p0_rx_st_eop_o,
    input  wire [SEGS-1:0]     p0_rx_st_valid_o,
    output wire                p0_rx_st_ready_i,
    input  wire [3*SEGS-1:0]   p0_rx_st_bar_range_o,
    output wire [256*SEGS-1:0] p0_tx_st_data_i,
    output wire [128*SEGS-1:0] p0_tx_st_hdr_i,
    output wire [32*SEGS-1:0]  p0_tx_st_tlp_prfx_i,
    output wire [SEGS-1:0]     p0_tx_st_sop_i,
    output wire [SEGS-1:0]     p0_tx_st_eop_i,
    output wire [SEGS-1:0]     p0_tx_st_valid_i,
    input  wire                p0_tx_st_ready_o,
    output wire [SEGS-1:0]     p0_tx_st_err_i,
    input  wire [15:0]         p0_tx_cdts_limit_o,
    input  wire [2:0]          p0_tx_cdts_limit_tdm_idx_o,
    input  wire [2:0]          p0_tl_cfg_func_o,
    input  wire [4:0]          p0_tl_cfg_add_o,
    input  wire [15:0]         p0_tl_cfg_ctl_o,
    output wire [7:0]          p0_app_int_i,
    output wire                p0_app_err_valid_i,
    output wire [31:0]         p0_app_err_hdr_i,
    output wire [12:0]         p0_app_err_info_i,
    output wire                p0_app_xfer_pending_i,
    input  wire [7:0]          p0_flr_rcvd_pf_o,
    output wire [7:0]          p0_flr_completed_pf_i
);
    localparam DATA_W = 256 * SEGS;
    localparam RW = 256 + 128 + 5;          // of a segment from the host
    localparam TW = 256 + 128 + 2;          // to the host

    wire clk = coreclkout_hip;
    wire rst = !p0_reset_status_n;
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
    wire [4:0]        err_bit, msi_num;
    wire [127:0]      err_hdr;

    // ---- receive: a queue for what comes after ready went away ---------------------------------------------

    wire [SEGS*RW-1:0]   rx_segs, rx_heads;
    wire [SEGS-1:0]      rx_valid, rx_sop, rx_eop;
    wire [3*SEGS-1:0]    rx_bar;
    wire [128*SEGS-1:0]  rx_hdr;
    wire [2:0]           rx_pop;
    wire [7:0]           rx_count;
    wire                 rx_room;
    reg                  rx_ready_q;

    assign p0_rx_st_ready_i = rx_ready_q;

    genvar i;
    generate
        for (i = 0; i < SEGS; i = i + 1) begin : g_rx
            assign rx_segs[RW*i +: RW] = {p0_rx_st_sop_o[i], p0_rx_st_eop_o[i], p0_rx_st_bar_range_o[3*i +: 3],
                                          p0_rx_st_hdr_o[128*i +: 128], p0_rx_st_data_o[256*i +: 256]};
            assign {rx_sop[i], rx_eop[i], rx_bar[3*i +: 3], rx_hdr[128*i +: 128], in_data[256*i +: 256]} =
                   rx_heads[RW*i +: RW];
        end
    endgenerate

    riser_hip_segq #(.W(RW), .IN(SEGS), .OUT(SEGS), .DEPTH_LOG2(7)) u_rx_queue (
        .clk       (clk),
        .rst       (rst),
        .in_valid  (p0_rx_st_valid_o),
        .in_ready  (rx_room),
        .in_data   (rx_segs),
        .out_valid (rx_valid),
        .out_data  (rx_heads),
        .out_pop   (rx_pop),
        .count     (rx_count)
    );

    riser_hip_fromseg #(.N(SEGS)) u_fromseg (
        .seg_valid (rx_valid),
        .seg_eop   (rx_eop),
        .valid     (in_valid),
        .eop       (in_eop),
        .ready     (in_ready),
        .pop       (rx_pop)
    );
    assign in_sop = rx_sop[0];
    assign in_hdr = rx_hdr[127:0];
    assign in_bar = rx_bar[2:0];

    always @(posedge clk)
        rx_ready_q <= !rst && rx_count < 8'd60;

    // ---- send: three cycles after ready, within the credits -------------------------------------------------

    reg [2:0]    tx_ready_q;
    reg [11:0]   ph_limit_q, nph_limit_q, ph_used_q, nph_used_q;
    reg [15:0]   pd_limit_q, pd_used_q;
    wire [11:0]  ph_left  = ph_limit_q - ph_used_q;
    wire [11:0]  nph_left = nph_limit_q - nph_used_q;
    wire [15:0]  pd_left  = pd_limit_q - pd_used_q;
    wire         tx_first = out_valid && out_ready && out_sop;
    wire         is_p     = out_hdr[`TLP_TYPE_R] == 5'd0 && out_hdr[`TLP_FMT_DATA_B];
    wire         is_np    = out_hdr[`TLP_TYPE_R] == 5'd0 && !out_hdr[`TLP_FMT_DATA_B];
    wire [9:0]   length   = out_hdr[`TLP_LENGTH_R];

    // the largest TLP has 512 bytes
    assign may_p  = ph_left != 12'd0 && pd_left >= 16'd32;
    assign may_np = nph_left != 12'd0;

    always @(posedge clk) begin
        tx_ready_q <= rst ? 3'd0 : {tx_ready_q[1:0], p0_tx_st_ready_o};
        if (rst) begin
            {ph_limit_q, nph_limit_q, ph_used_q, nph_used_q, pd_limit_q, pd_used_q} <= 80'd0;
        end else begin
            case (p0_tx_cdts_limit_tdm_idx_o)
                3'd0: ph_limit_q <= p0_tx_cdts_limit_o[11:0];
                3'd1: nph_limit_q <= p0_tx_cdts_limit_o[11:0];
                3'd4: pd_limit_q <= p0_tx_cdts_limit_o;
                default: ;
            endcase
            if (tx_first && is_p) begin
                ph_used_q <= ph_used_q + 12'd1;
                pd_used_q <= pd_used_q + {8'd0, length[9:2]} + {15'd0, length[1:0] != 2'd0};
            end
            if (tx_first && is_np)
                nph_used_q <= nph_used_q + 12'd1;
        end
    end

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

    // Segments leave without a gap in a TLP, since its beats come without one.
    wire [SEGS-1:0]    tx_seg, tx_sop, tx_eop, tx_head;
    wire [4*SEGS-1:0]  tx_empty;
    wire [SEGS*TW-1:0] tx_segs, tx_heads;
    wire [4:0]         tx_count;
    wire [2:0]         tx_pop;

    riser_hip_toseg #(.DATA_W(DATA_W), .N(SEGS)) u_toseg (
        .clk       (clk),
        .moves     (out_valid && out_ready),
        .sop       (out_sop),
        .hdr       (out_hdr),
        .seg_valid (tx_seg),
        .seg_sop   (tx_sop),
        .seg_eop   (tx_eop),
        .seg_empty (tx_empty)
    );

    generate
        for (i = 0; i < SEGS; i = i + 1) begin : g_tx
            assign tx_segs[TW*i +: TW] = {tx_sop[i], tx_eop[i], out_hdr, out_data[256*i +: 256]};
            assign {p0_tx_st_sop_i[i], p0_tx_st_eop_i[i], p0_tx_st_hdr_i[128*i +: 128], p0_tx_st_data_i[256*i +: 256]} =
                   tx_heads[TW*i +: TW];
        end
    endgenerate

    riser_hip_segq #(.W(TW), .IN(SEGS), .OUT(SEGS), .DEPTH_LOG2(4)) u_tx_queue (
        .clk       (clk),
        .rst       (rst),
        .in_valid  (tx_seg & {SEGS{out_valid}}),
        .in_ready  (out_ready),
        .in_data   (tx_segs),
        .out_valid (tx_head),
        .out_data  (tx_heads),
        .out_pop   (tx_pop),
        .count     (tx_count)
    );
    assign tx_pop = !tx_ready_q[2] ? 3'd0 : {1'b0, (SEGS > 1) && tx_head[SEGS-1], tx_head[0] && !(SEGS > 1 && tx_head[SEGS-1])};
    assign p0_tx_st_valid_i    = tx_head & {SEGS{tx_ready_q[2]}};
    assign p0_tx_st_tlp_prfx_i = {32*SEGS{1'b0}};
    assign p0_tx_st_err_i      = {SEGS{1'b0}};

    // ---- configuration, errors ---------------------------------------------------------------------------------

    reg [15:0] ctl0_q, ctl1_q, ctlc_q, msi_data_q;
    reg [63:0] msi_addr_q;
    reg [31:0] msi_mask_q;

    always @(posedge clk) begin
        if (rst)
            {ctl0_q, ctl1_q, ctlc_q, msi_data_q, msi_addr_q, msi_mask_q} <= 160'd0;
        else if (p0_tl_cfg_func_o == 3'd0)
            case (p0_tl_cfg_add_o)
                5'h00: ctl0_q <= p0_tl_cfg_ctl_o;
                5'h01: ctl1_q <= p0_tl_cfg_ctl_o;
                5'h06: msi_addr_q[15:0] <= p0_tl_cfg_ctl_o;
                5'h07: msi_addr_q[31:16] <= p0_tl_cfg_ctl_o;
                5'h08: msi_addr_q[47:32] <= p0_tl_cfg_ctl_o;
                5'h09: msi_addr_q[63:48] <= p0_tl_cfg_ctl_o;
                5'h0a: msi_mask_q[15:0] <= p0_tl_cfg_ctl_o;
                5'h0b: msi_mask_q[31:16] <= p0_tl_cfg_ctl_o;
                5'h0c: ctlc_q <= p0_tl_cfg_ctl_o;
                5'h0d: msi_data_q <= p0_tl_cfg_ctl_o;
                default: ;
            endcase
    end

    reg [1:0]   err_left_q;
    reg [95:0]  err_rest_q;
    always @(posedge clk) begin
        if (rst)
            err_left_q <= 2'd0;
        else if (p0_app_err_valid_i)
            err_left_q <= 2'd3;
        else if (err_left_q != 2'd0)
            err_left_q <= err_left_q - 2'd1;
        err_rest_q <= p0_app_err_valid_i ? err_hdr[95:0] : {err_rest_q[63:0], 32'd0};
    end

    assign p0_app_err_valid_i    = err_valid && err_left_q == 2'd0;
    assign p0_app_int_i          = {7'd0, intx};
    assign p0_app_err_hdr_i      = p0_app_err_valid_i ? err_hdr[127:96] : err_rest_q[95:64];
    assign p0_app_err_info_i     = {2'd0, err_bit == 5'd16, 5'd0, err_bit == 5'd14, 1'b0, err_bit == 5'd16, 1'b0,
                                    err_bit == 5'd18};
    assign p0_flr_completed_pf_i = {7'd0, flr_done};
    assign idle = user_idle && rx_count == 8'd0 && p0_rx_st_valid_o == {SEGS{1'b0}} && tx_count == 5'd0 && !out_valid
               && err_left_q == 2'd0 && rx_ready_q && (&tx_ready_q);

    example_user #(.DATA_W(DATA_W), .MSI_VECTORS(4)) u_user (
        .clk            (clk),
        .rst            (rst),
        .flr_req        (p0_flr_rcvd_pf_o[0]),
        .flr_done       (flr_done),
        .idle           (user_idle),
        .pending        (p0_app_xfer_pending_i),
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
        .msi_ack        (1'b1),
        .msi_num        (msi_num),
        .intx           (intx),
        .cfg_bdf        ({ctl1_q[7:0], ctl1_q[12:8], 3'd0}),
        .cfg_bme        (ctl0_q[7]),
        .cfg_mps        (ctl0_q[2:0]),
        .cfg_mrrs       (ctl0_q[5:3]),
        .cfg_msix_en    (ctlc_q[5]),
        .cfg_msix_fmask (ctlc_q[6]),
        .cfg_msi_en     (ctlc_q[0]),
        .cfg_msi_mme    (ctlc_q[4:2]),
        .cfg_msi_addr   (msi_addr_q),
        .cfg_msi_data   (msi_data_q),
        .cfg_msi_mask   (msi_mask_q)
    );

    wire unused = &{1'b0, out_eop, p0_rx_st_empty_o, p0_rx_st_tlp_prfx_o, rx_room, rx_sop, rx_hdr, rx_bar, tx_empty, msi_req, msi_num,
                    p0_flr_rcvd_pf_o[7:1], ctl0_q, ctl1_q, ctlc_q};
endmodule
`default_nettype wire
