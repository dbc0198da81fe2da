// SPDX-License-Identifier: Apache-2.0
//
// A function level reset of a block of rtl/shim/hip whose user takes its time: the write that asks for it is answered at
// once, what the user sends after the answer is thrown away, requests of the host wait until the user is done.
`default_nettype none
`include "riser_tlp.vh"
module flr_bench;
    reg clk = 1'b0, perst_n = 1'b0, done = 1'b0, np_valid = 1'b0, is_write = 1'b0, sends = 1'b0;
    always #5 clk = !clk;

    wire        np_ready, cpl_valid, p_valid, und_valid, req, active, p_ready, und_ready, uc_ready;
    wire [15:0] tlp_16 = {is_write ? `TLP_CFGWR0 : `TLP_CFGRD0, 8'd0};
    wire [127:0] ask = {tlp_16, 6'd0, 10'd1, 16'h0000, 8'd3, 8'h0f, 16'h0100, 4'd0, 12'h078, 32'd0};
    wire [127:0] wr  = {`TLP_MWR32, 14'd0, 10'd1, 16'h0100, 8'd0, 8'h0f, 32'h1000, 32'd0};
    wire [127:0] rd  = {`TLP_MRD32, 14'd0, 10'd1, 16'h0100, 8'd0, 8'h0f, 32'h1000, 32'd0};
    wire [127:0] cpl = {`TLP_CPL, 14'd0, 10'd0, 16'h0100, 16'd4, 16'h0000, 8'd9, 8'd0, 32'd0};
    riser_hip #(.DATA_W(256)) u_hip (
        .clk(clk), .perst_n(perst_n), .link_up(perst_n), .hot_reset(1'b0), .flr_active(active), .rx_p_valid(1'b0),
        .rx_np_valid(np_valid), .rx_np_ready(np_ready), .rx_np_sop(1'b1), .rx_np_eop(1'b1), .rx_np_hdr(ask),
        .rx_np_data(256'h8000), .rx_cpl_valid(1'b0), .tx_p_valid(p_valid), .tx_p_ready(1'b1), .tx_np_valid(und_valid),
        .tx_np_ready(1'b1), .tx_cpl_valid(cpl_valid), .tx_cpl_ready(1'b1), .q_p_ready(1'b1), .q_np_ready(1'b1),
        .q_cpl_ready(1'b1), .u_p_valid(sends), .u_p_ready(p_ready), .u_p_sop(1'b1), .u_p_eop(1'b1), .u_p_hdr(wr),
        .u_p_data(256'd0), .u_np_valid(sends), .u_np_ready(und_ready), .u_np_sop(1'b1), .u_np_eop(1'b1), .u_np_hdr(rd),
        .u_np_data(256'd0), .u_cpl_valid(sends), .u_cpl_ready(uc_ready), .u_cpl_sop(1'b1), .u_cpl_eop(1'b1),
        .u_cpl_hdr(cpl), .u_cpl_data(256'd0), .flr_req(req), .flr_done(done), .msi_valid(1'b0), .msi_num(5'd0),
        .intx(1'b0), .err_valid(1'b0), .err_bit(5'd0), .err_advisory(1'b0), .err_hdr(128'd0), .trans_pending(1'b0),
        .cfg_told(1'b1));

    integer cpls = 0, writes = 0, reads = 0, took = 0;
    always @(posedge clk) begin
        cpls   = cpls + cpl_valid;
        writes = writes + p_valid;
        reads  = reads + und_valid;
        took   = took + (sends && p_ready) + (sends && und_ready) + (sends && uc_ready);
    end

    task host(input write);
        begin
            {np_valid, is_write} = {1'b1, write};
            @(posedge clk);
            while (!np_ready)
                @(posedge clk);
            #1 np_valid = 1'b0;
        end
    endtask

    initial begin
        repeat (9) @(posedge clk);
        #1 perst_n = 1'b1;
        repeat (20) @(posedge clk);
        {cpls, writes, reads} = 96'd0;
        #1 host(1'b1);
        repeat (100) @(posedge clk);
        #1 $write("answered %0d, asked %b, ", cpls, req && active);
        sends = 1'b1;
        repeat (50) @(posedge clk);
        #1 sends = 1'b0;
        repeat (10) @(posedge clk);
        #1 $write("sent %0d, came %0d, ", took, writes + reads + cpls - 1);
        np_valid = 1'b1;
        is_write = 1'b0;
        repeat (300) @(posedge clk);
        #1 $write("resets %b, answered %0d, ", active, cpls);
        done = 1'b1;
        @(posedge clk);
        #1 done = 1'b0;
        host(1'b0);
        repeat (20) @(posedge clk);
        #1 $write("resets %b, asked %b, answered %0d, ", active, req, cpls);
        {took, writes, reads, cpls} = 128'd0;
        sends = 1'b1;
        repeat (40) @(posedge clk);
        #1 sends = 1'b0;
        repeat (10) @(posedge clk);
        #1 $display("lost %0d", took - writes - reads - cpls);
        $finish;
    end
endmodule
`default_nettype wire
