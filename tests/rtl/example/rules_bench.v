// SPDX-License-Identifier: Apache-2.0
//
// A user that breaks the rules of the Intel interfaces, and of segments: the models must say so. +break=N
//   0 nothing   1 valid in a cycle that is no ready cycle   2 a gap in a TLP   3 eop too early   4 sop in the middle
//   5 err with eop, which is no mistake: the TLP is taken back
`default_nettype none
module rules_bench;
    reg clk = 1'b0, perst_n = 1'b0, link_up = 1'b0;
    always #5 clk = !clk;

    integer       break_it;
    reg           valid = 1'b0, sop = 1'b0, eop = 1'b0;
    reg  [255:0]  data = 256'd0;
    wire          h_ready, p_ready, rst, rst_n;
    wire [127:0]  h_hdr, p_hdr;
    wire          h_p_valid, p_p_valid, h_eop, p_eop;
    integer       h_tlps = 0, p_tlps = 0;

    // a memory write of 16 dwords: as a run of 20 dwords, and as two segments
    wire [127:0]  hdr = {8'h60, 14'd0, 10'd16, 16'h0000, 8'd0, 8'hff, 64'h0000_0001_0000_0000};
    wire [255:0]  run = sop ? {128'd0, hdr[31:0], hdr[63:32], hdr[95:64], hdr[127:96]} : data;

    riser_htile #(.MSI_VECTORS(1)) u_htile (
        .clk(clk), .perst_n(perst_n), .link_up(link_up), .hot_reset(1'b0), .flr_active(), .idle(),
        .rx_p_valid(1'b0), .rx_p_ready(), .rx_p_sop(1'b0), .rx_p_eop(1'b0), .rx_p_hdr(128'd0), .rx_p_data(256'd0),
        .rx_np_valid(1'b0), .rx_np_ready(), .rx_np_sop(1'b0), .rx_np_eop(1'b0), .rx_np_hdr(128'd0), .rx_np_data(256'd0),
        .rx_cpl_valid(1'b0), .rx_cpl_ready(), .rx_cpl_sop(1'b0), .rx_cpl_eop(1'b0), .rx_cpl_hdr(128'd0),
        .rx_cpl_data(256'd0),
        .tx_p_valid(h_p_valid), .tx_p_ready(1'b1), .tx_p_sop(), .tx_p_eop(h_eop), .tx_p_hdr(h_hdr), .tx_p_data(),
        .tx_np_valid(), .tx_np_ready(1'b1), .tx_np_sop(), .tx_np_eop(), .tx_np_hdr(), .tx_np_data(),
        .tx_cpl_valid(), .tx_cpl_ready(1'b1), .tx_cpl_sop(), .tx_cpl_eop(), .tx_cpl_hdr(), .tx_cpl_data(),
        .user_idle(1'b0), .reset_status(rst), .rx_st_ready(1'b1), .tx_st_data(run), .tx_st_sop(sop), .tx_st_eop(eop),
        .tx_st_valid(valid), .tx_st_ready(h_ready), .tx_st_err(eop && break_it == 5), .app_msi_req(1'b0), .app_msi_num(5'd0),
        .app_msi_tc(3'd0), .app_msi_func_num(2'd0), .app_int_sts(4'd0), .app_err_valid(1'b0), .app_err_hdr(32'd0),
        .app_err_info(11'd0), .app_xfer_pending(1'b0), .flr_pf_done(4'd0));

    reg  p_valid = 1'b0, p_sop = 1'b0, p_eop_in = 1'b0;
    riser_ptile #(.SEGS(1)) u_ptile (
        .clk(clk), .perst_n(perst_n), .link_up(link_up), .hot_reset(1'b0), .flr_active(), .idle(),
        .rx_p_valid(1'b0), .rx_p_ready(), .rx_p_sop(1'b0), .rx_p_eop(1'b0), .rx_p_hdr(128'd0), .rx_p_data(256'd0),
        .rx_np_valid(1'b0), .rx_np_ready(), .rx_np_sop(1'b0), .rx_np_eop(1'b0), .rx_np_hdr(128'd0), .rx_np_data(256'd0),
        .rx_cpl_valid(1'b0), .rx_cpl_ready(), .rx_cpl_sop(1'b0), .rx_cpl_eop(1'b0), .rx_cpl_hdr(128'd0),
        .rx_cpl_data(256'd0),
        .tx_p_valid(p_p_valid), .tx_p_ready(1'b1), .tx_p_sop(), .tx_p_eop(p_eop), .tx_p_hdr(p_hdr), .tx_p_data(),
        .tx_np_valid(), .tx_np_ready(1'b1), .tx_np_sop(), .tx_np_eop(), .tx_np_hdr(), .tx_np_data(),
        .tx_cpl_valid(), .tx_cpl_ready(1'b1), .tx_cpl_sop(), .tx_cpl_eop(), .tx_cpl_hdr(), .tx_cpl_data(),
        .user_idle(1'b0), .reset_status_n(rst_n), .rx_st_ready(1'b1), .tx_st_data(data), .tx_st_hdr(hdr),
        .tx_st_tlp_prfx(32'd0), .tx_st_sop(p_sop), .tx_st_eop(p_eop_in), .tx_st_valid(p_valid), .tx_st_ready(p_ready),
        .tx_st_err(p_eop_in && break_it == 5), .app_int(8'd0), .app_err_valid(1'b0), .app_err_hdr(32'd0), .app_err_info(13'd0),
        .app_xfer_pending(1'b0), .flr_completed_pf(8'd0));

    wire s_rst, s_ready;
    riser_segments #(.SEG_W(256), .SEGS(1)) u_segments (
        .clk(clk), .perst_n(perst_n), .link_up(link_up), .hot_reset(1'b0), .flr_active(), .idle(),
        .rx_p_valid(1'b0), .rx_p_ready(), .rx_p_sop(1'b0), .rx_p_eop(1'b0), .rx_p_hdr(128'd0), .rx_p_data(256'd0),
        .rx_np_valid(1'b0), .rx_np_ready(), .rx_np_sop(1'b0), .rx_np_eop(1'b0), .rx_np_hdr(128'd0), .rx_np_data(256'd0),
        .rx_cpl_valid(1'b0), .rx_cpl_ready(), .rx_cpl_sop(1'b0), .rx_cpl_eop(1'b0), .rx_cpl_hdr(128'd0),
        .rx_cpl_data(256'd0), .tx_p_ready(1'b1), .tx_np_ready(1'b1), .tx_cpl_ready(1'b1), .user_idle(1'b0), .rst(s_rst),
        .rx_req_tlp_ready(1'b1), .rx_cpl_tlp_ready(1'b1), .tx_rd_req_tlp_hdr(128'd0), .tx_rd_req_tlp_valid(1'b0),
        .tx_rd_req_tlp_sop(1'b0), .tx_rd_req_tlp_eop(1'b0), .tx_wr_req_tlp_data(data), .tx_wr_req_tlp_hdr(hdr),
        .tx_wr_req_tlp_valid(p_valid), .tx_wr_req_tlp_sop(p_sop), .tx_wr_req_tlp_eop(p_eop_in),
        .tx_wr_req_tlp_ready(s_ready), .tx_cpl_tlp_data(256'd0), .tx_cpl_tlp_hdr(128'd0), .tx_cpl_tlp_valid(1'b0),
        .tx_cpl_tlp_sop(1'b0), .tx_cpl_tlp_eop(1'b0), .flr_done(1'b0), .trans_pending(1'b0));

    always @(posedge clk) begin
        if (h_p_valid && h_eop)
            h_tlps = h_tlps + 1;
        if (p_p_valid && p_eop)
            p_tlps = p_tlps + 1;
    end

    // beat number of a TLP: 3 beats of the run, 2 segments
    task beat(input integer n);
        begin
            valid    = 1'b1;
            sop      = n == 0 || (break_it == 4 && n == 1);
            eop      = n == 2 || (break_it == 3 && n == 1);
            p_valid  = n < 2;
            p_sop    = n == 0 || (break_it == 4 && n == 1);
            p_eop_in = n == 1 || (break_it == 3 && n == 0);
            @(posedge clk);
            #1 {valid, p_valid} = 2'b00;
            if (break_it == 2 && n == 0)
                @(posedge clk);
            #1 ;
        end
    endtask

    integer i;
    initial begin
        if (!$value$plusargs("break=%d", break_it))
            break_it = 0;
        repeat (8) @(posedge clk);
        #1 perst_n = 1'b1;
        repeat (8) @(posedge clk);
        #1 link_up = 1'b1;
        if (break_it == 1)
            repeat (3) @(posedge clk);
        else
            repeat (12) @(posedge clk);
        #1 ;
        for (i = 0; i < 3; i = i + 1)
            beat(i);
        repeat (20) @(posedge clk);
        $display("H-tile %0d TLPs, P-tile %0d TLPs, ready %b%b, reset %b%b, header %h %h", h_tlps, p_tlps, h_ready, p_ready, rst, rst_n,
                 h_hdr[105:96], p_hdr[105:96]);
        $finish;
    end
endmodule
`default_nettype wire
