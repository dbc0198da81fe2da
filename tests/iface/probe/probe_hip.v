// SPDX-License-Identifier: Apache-2.0
//
// What surrounds the streams of an Intel H-tile block (with PROBE_PTILE defined: P-tile), 256 bits: each signal is a
// register of BAR0 (probe_regs; the words' numbers are in tb/cases/probe_hip.cc). Accesses are of one dword, so that a
// TLP is one beat; those of other BARs are counted and let pass. So are TLPs that registers make: several in a row, with
// or without data. The last completion is kept. rx_st_ready can be held low for a time, and what comes then is measured.
`default_nettype none
module probe_hip (
    input  wire         coreclkout_hip,
`ifdef PROBE_PTILE
    input  wire         p0_reset_status_n,
    input  wire [127:0] p0_rx_st_hdr_o,
    output wire [127:0] p0_tx_st_hdr_i,
    input  wire [15:0]  p0_tx_cdts_limit_o,
    input  wire [2:0]   p0_tx_cdts_limit_tdm_idx_o,
    input  wire [2:0]   p0_tl_cfg_func_o,
    input  wire [15:0]  p0_tl_cfg_ctl_o,
    output wire [7:0]   p0_app_int_i,
    output wire [12:0]  p0_app_err_info_i,
    input  wire [7:0]   p0_flr_rcvd_pf_o,
    output wire [7:0]   p0_flr_completed_pf_i,
    input  wire         p0_link_up_o,
    input  wire         p0_dl_up_o,
    input  wire [5:0]   p0_ltssm_state_o,
`else
    input  wire         reset_status,
    input  wire [31:0]  rx_st_parity,
    input  wire [7:0]   tx_ph_cdts,
    input  wire [11:0]  tx_pd_cdts,
    input  wire [7:0]   tx_nph_cdts,
    input  wire [7:0]   tx_cplh_cdts,
    input  wire         tx_hdr_cdts_consumed,
    input  wire         tx_data_cdts_consumed,
    input  wire [1:0]   tx_cdts_type,
    input  wire         tx_cdts_data_value,
    input  wire [1:0]   tl_cfg_func,
    input  wire [31:0]  tl_cfg_ctl,
    output wire         app_msi_req,
    input  wire         app_msi_ack,
    output wire [4:0]   app_msi_num,
    output wire [2:0]   app_msi_tc,
    output wire [1:0]   app_msi_func_num,
    output wire [3:0]   app_int_sts,
    output wire [10:0]  app_err_info,
    input  wire [3:0]   flr_pf_active,
    output wire [3:0]   flr_pf_done,
    input  wire         link_up,
    input  wire [5:0]   ltssmstate,
    input  wire [1:0]   currentspeed,
`endif
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
    input  wire [4:0]   tl_cfg_add,
    output wire         app_err_valid,
    output wire [31:0]  app_err_hdr,
    output wire         app_xfer_pending
);
    localparam NR_OUT = 16;
    localparam NR_IN  = 30;
    localparam NR_CNT = 12;

    wire clk = coreclkout_hip;

    // ---- the two blocks' names --------------------------------------------------------------------------------

    wire [31:0]  flr_delay;
    wire         flr_done, intx;
    wire [12:0]  err_info;
    wire [127:0] tx_hdr;            // first dword in the upper bits
    wire [31:0]  tx_dw;
    reg          msi_q;
    reg  [511:0] cfg_q;
    reg  [127:0] room_q;
`ifdef PROBE_PTILE
    localparam RX_READY_LATENCY = 27;
    wire         rst        = !p0_reset_status_n;
    wire [127:0] rx_hdr     = p0_rx_st_hdr_o;
    wire [31:0]  rx_dw      = rx_st_data[31:0];
    wire         flr        = p0_flr_rcvd_pf_o[0];
    wire         bad_parity = 1'b0;
    wire         msi_ack    = 1'b0;
    wire [2:0]   used_hdr   = 3'd0;
    wire [2:0]   used_data  = 3'd0;
    wire         used_two   = 1'b0;
    wire [31:0]  link       = {16'd0, 6'd0, p0_dl_up_o, p0_link_up_o, 2'd0, p0_ltssm_state_o};
    assign p0_tx_st_hdr_i        = tx_hdr;
    assign tx_st_data            = {224'd0, tx_dw};
    assign p0_app_int_i          = {7'd0, intx};
    assign p0_app_err_info_i     = err_info;
    assign p0_flr_completed_pf_i = {7'd0, flr_done};
    always @(posedge clk) begin
        if (p0_tl_cfg_func_o == 3'd0)
            cfg_q[16*tl_cfg_add +: 16] <= p0_tl_cfg_ctl_o;
        room_q[16*p0_tx_cdts_limit_tdm_idx_o +: 16] <= p0_tx_cdts_limit_o;
    end
    wire unused_tile = &{1'b0, p0_flr_rcvd_pf_o, rx_st_data, msi_q};
`else
    localparam RX_READY_LATENCY = 17;
    wire         rst        = reset_status;
    wire [127:0] rx_hdr     = {rx_st_data[31:0], rx_st_data[63:32], rx_st_data[95:64], rx_st_data[127:96]};
    wire [31:0]  rx_dw      = rx_st_data[29] ? rx_st_data[159:128] : rx_st_data[127:96];
    wire         flr        = flr_pf_active[0];
    wire         msi_ack    = app_msi_ack;
    wire [2:0]   used_hdr   = tx_hdr_cdts_consumed ? 3'd1 << tx_cdts_type : 3'd0;
    wire [2:0]   used_data  = tx_data_cdts_consumed ? 3'd1 << tx_cdts_type : 3'd0;
    wire         used_two   = tx_cdts_data_value;
    wire [31:0]  link       = {16'd0, 4'd0, currentspeed, 1'b0, link_up, 2'd0, ltssmstate};
    wire [31:0]  parity;
    genvar i;
    generate
        for (i = 0; i < 32; i = i + 1) begin : g_parity
            assign parity[i] = ~^rx_st_data[8*i +: 8];
        end
    endgenerate
    wire         bad_parity = rx_st_valid && parity != rx_st_parity;
    wire [127:0] tx_first   = {tx_hdr[31:0], tx_hdr[63:32], tx_hdr[95:64], tx_hdr[127:96]};
    assign tx_st_data       = tx_hdr[125] ? {96'd0, tx_dw, tx_first} : {128'd0, tx_dw, tx_first[95:0]};
    assign app_msi_req      = msi_q;
    assign app_msi_tc       = 3'd0;
    assign app_msi_func_num = 2'd0;
    assign app_int_sts      = {3'd0, intx};
    assign app_err_info     = err_info[10:0];
    assign flr_pf_done      = {3'd0, flr_done};
    always @(posedge clk) begin
        if (tl_cfg_func == 2'd0)
            cfg_q[32*tl_cfg_add[3:0] +: 32] <= tl_cfg_ctl;
        room_q <= {80'd0, tx_cplh_cdts, tx_nph_cdts, 4'd0, tx_pd_cdts, 8'd0, tx_ph_cdts};
    end
    wire unused_tile = &{1'b0, tl_cfg_add[4], flr_pf_active, rx_st_data, err_info};
`endif

    // ---- from the host: one access at a time, behind a queue for what comes after ready went away ---------------

    wire [32*NR_OUT-1:0] out;
    wire [NR_OUT-1:0]    wrote;
    wire [31:0]  acc_rdata, got_dw;
    wire [127:0] got_hdr;
    wire         got_valid, got_sop, q_room;
    wire [2:0]   got_bar;
    wire [6:0]   q_count;
    reg          read_q, cpl_q;
    reg  [127:0] req_q, got_q;
    reg  [31:0]  rdata_q;
    wire         is_cpl   = got_hdr[124:121] == 4'b0101;
    wire         is_write = got_hdr[126];
    wire         got_go   = !read_q && !cpl_q;
    wire         takes    = got_valid && got_sop && got_go;
    wire         mine     = takes && !is_cpl && got_bar == 3'd0;
    wire [9:0]   got_addr = got_hdr[125] ? got_hdr[11:2] : got_hdr[43:34];

    riser_hip_fifo #(.W(164), .DEPTH_LOG2(6)) u_queue (
        .clk       (clk),
        .rst       (rst),
        .in_valid  (rx_st_valid),
        .in_ready  (q_room),
        .in_data   ({rx_st_sop, rx_st_bar_range, rx_hdr, rx_dw}),
        .in_last   (1'b1),
        .in_drop   (1'b0),
        .out_valid (got_valid),
        .out_ready (got_go),
        .out_data  ({got_sop, got_bar, got_hdr, got_dw}),
        .count     (q_count)
    );

    reg  [6:0]  addr_q;
    always @(posedge clk) begin
        read_q <= !rst && takes && !is_cpl && !is_write;
        if (takes && !is_cpl) begin
            req_q  <= got_hdr;
            addr_q <= {got_addr[4:0], 2'd0};
        end
        if (takes && is_cpl)
            got_q <= {got_dw, got_hdr[63:32], got_hdr[95:64], got_hdr[127:96]};
        if (read_q)
            rdata_q <= acc_rdata;
    end

    // ---- rx_st_ready: held low for a time from the n-th TLP on; how long beats come then -------------------------

    reg  [15:0] hold_q;
    reg  [7:0]  after_q;
    reg         armed_q, lost_q;
    reg  [15:0] since_q, late_q, early_q;
    reg  [RX_READY_LATENCY-1:0] ready_q;    // bit n: rx_st_ready n+1 cycles ago
    wire [15:0] since = rx_st_ready ? 16'd0 : since_q + 16'd1;

    assign rx_st_ready = hold_q == 16'd0 && q_count < 7'd24;

    always @(posedge clk) begin
        ready_q <= rst ? {RX_READY_LATENCY{1'b0}} : {ready_q[RX_READY_LATENCY-2:0], rx_st_ready};
        since_q <= rst ? 16'd0 : since;
        if (rst)
            armed_q <= 1'b0;
        else if (wrote[15])
            {armed_q, after_q} <= {1'b1, out[32*15+16 +: 8]};
        else if (armed_q && rx_st_valid && rx_st_sop)
            {armed_q, after_q} <= {after_q != 8'd0, after_q - 8'd1};
        if (rst)
            hold_q <= 16'd0;
        else if (armed_q && rx_st_valid && rx_st_sop && after_q == 8'd0)
            hold_q <= out[32*15 +: 16];
        else if (hold_q != 16'd0)
            hold_q <= hold_q - 16'd1;
        if (rst || wrote[15])
            {late_q, early_q} <= 32'd0;
        else if (rx_st_valid) begin
            late_q  <= since > late_q ? since : late_q;
            early_q <= early_q + {15'd0, !ready_q[RX_READY_LATENCY-1]};
        end
        lost_q <= !rst && (lost_q || (rx_st_valid && !q_room));
    end

    // ---- to the host: a completion first, then what registers make -----------------------------------------------

    reg  [2:0]   tx_ready_q;
    reg  [7:0]   left_q;            // TLPs
    reg          rude_q;            // one beat although it is not ready
    reg  [15:0]  low_q, over_q;     // cycles without tx_st_ready, beats sent in them
    wire         may      = tx_ready_q[2];
    wire         cpl_goes = cpl_q && may;
    wire         rude     = rude_q && !may;
    wire         tlp_goes = left_q != 8'd0 && (may ? !cpl_q : rude);
    wire [127:0] cpl_hdr  = {8'h4a, 1'b0, req_q[118:116], 6'd0, req_q[109:108], 2'd0, 10'd1, 16'd0, 16'd4, req_q[95:72], 1'b0,
                             addr_q, 32'd0};

    assign tx_hdr      = cpl_goes ? cpl_hdr : {out[32*9 +: 32], out[32*10 +: 32], out[32*11 +: 32], out[32*12 +: 32]};
    assign tx_dw       = cpl_goes ? rdata_q : out[32*13 +: 32];
    assign tx_st_valid = cpl_goes || tlp_goes;
    assign tx_st_sop   = tx_st_valid;
    assign tx_st_eop   = tx_st_valid;
    assign tx_st_err   = tlp_goes && out[32*14+1];

    always @(posedge clk) begin
        tx_ready_q <= rst ? 3'd0 : {tx_ready_q[1:0], tx_st_ready};
        cpl_q      <= !rst && (read_q || (cpl_q && !cpl_goes));
        if (rst)
            left_q <= 8'd0;
        else if (wrote[14])
            left_q <= out[32*14+8 +: 8];
        else if (tlp_goes)
            left_q <= left_q - 8'd1;
        rude_q <= !rst && (wrote[14] ? out[32*14+2] : rude_q && !rude);
        if (rst || wrote[14])
            {low_q, over_q} <= 32'd0;
        else if (!tx_st_ready) begin
            low_q  <= low_q + 16'd1;
            over_q <= over_q + {15'd0, tx_st_valid};
        end
    end

    // ---- what else registers move --------------------------------------------------------------------------------

    reg         flr_q, err_q;
    reg  [1:0]  err_left_q;
    reg  [31:0] flr_cycles_q, used_q;
    reg  [7:0]  keep_q;             // app_msi_req stays for so long behind its acknowledgement
    wire        err_busy = err_q || err_left_q != 2'd0;

`ifndef PROBE_PTILE
    assign app_msi_num = out[4:0];
`endif
    assign intx             = out[32*1];
    assign err_info         = out[32*2 +: 13];
    assign app_err_valid    = err_q;
    assign app_err_hdr      = err_q ? out[32*3 +: 32] : err_left_q == 2'd3 ? out[32*4 +: 32]
                            : err_left_q == 2'd2 ? out[32*5 +: 32] : out[32*6 +: 32];
    assign app_xfer_pending = out[32*7];
    assign flr_delay        = out[32*8 +: 32];
    assign flr_done         = flr && flr_cycles_q >= flr_delay;

    always @(posedge clk) begin
        if (rst || wrote[0])
            {msi_q, keep_q} <= {!rst, out[15:8]};
        else if (msi_ack || keep_q != out[15:8]) begin
            msi_q  <= keep_q != 8'd0;
            keep_q <= keep_q == 8'd0 ? out[15:8] : keep_q - 8'd1;
        end
        err_q      <= !rst && wrote[2];
        err_left_q <= rst ? 2'd0 : err_q ? 2'd3 : err_left_q - {1'b0, err_left_q != 2'd0};
        flr_q      <= flr;
        if (rst || (flr && !flr_q))
            flr_cycles_q <= 32'd0;
        else if (flr)
            flr_cycles_q <= flr_cycles_q + 32'd1;
        // data credits: completions, non-posted, posted
        if (rst)
            used_q <= 32'd0;
        else
            used_q <= used_q + {8'd0, 6'd0, used_data[2] && used_two, used_data[2] && !used_two,
                                6'd0, used_data[1] && used_two, used_data[1] && !used_two,
                                6'd0, used_data[0] && used_two, used_data[0] && !used_two};
    end

    wire [32*NR_IN-1:0] in = {
        used_q,
        got_q,
        flr_cycles_q,
        {30'd0, lost_q, err_busy},
        {over_q, low_q},
        {early_q, late_q},
        link,
        room_q,
        cfg_q};

    probe_regs #(.NR_OUT(NR_OUT), .NR_IN(NR_IN), .NR_CNT(NR_CNT)) u_regs (
        .clk(clk), .rst(rst), .acc_valid(mine), .acc_write(is_write), .acc_addr({got_addr, 2'd0}), .acc_wdata(got_dw),
        .acc_rdata(acc_rdata), .out(out), .wrote(wrote), .in(in),
        .pulse({bad_parity, tlp_goes, used_data, used_hdr, takes && is_cpl, takes && !is_cpl && is_write && got_bar != 3'd0,
                flr && !flr_q, msi_ack}),
        .value(384'd0));

    wire unused = &{1'b0, rx_st_empty, rx_st_eop, got_hdr, req_q, out, wrote, room_q};
endmodule
`default_nettype wire
