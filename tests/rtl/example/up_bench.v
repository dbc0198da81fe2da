// SPDX-License-Identifier: Apache-2.0
//
// How a Xilinx block comes up, through the whole shim: PERST# ends, the link starts, user_lnk_up follows, then user_reset
// ends; a hot reset takes both back at once. Prints the cycles of each step, before and after a hot reset.
`default_nettype none
module up_bench;
    reg clk = 1'b0, perst_n = 1'b0, link_up = 1'b0, hot_reset = 1'b0;
    always #5 clk = !clk;

    wire user_reset, user_lnk_up;
    riser_us_shim #(.DATA_W(256), .LNK_UP_CYCLES(40), .RESET_CYCLES(90)) u_block (
        .clk(clk), .perst_n(perst_n), .link_up(link_up), .hot_reset(hot_reset), .rx_p_valid(1'b0), .rx_np_valid(1'b0),
        .rx_cpl_valid(1'b0), .tx_p_ready(1'b1), .tx_np_ready(1'b1), .tx_cpl_ready(1'b1), .user_reset(user_reset),
        .user_lnk_up(user_lnk_up), .s_axis_cc_tvalid(1'b0), .s_axis_rq_tvalid(1'b0));

    integer cycle = 0, from = 0, bad = 0;
    always @(posedge clk)
        cycle = cycle + 1;

    task rises;
        begin
            from = cycle;
            wait (user_lnk_up);
            if (!user_reset)
                bad = bad + 1;
            $write("up %0d ", cycle - from);
            wait (!user_reset);
            if (!user_lnk_up)
                bad = bad + 1;
            $write("reset %0d, ", cycle - from);
        end
    endtask

    initial begin
        repeat (20) @(posedge clk);
        #1 if (!user_reset || user_lnk_up)
            bad = bad + 1;
        perst_n = 1'b1;
        repeat (200) @(posedge clk);
        #1 if (!user_reset || user_lnk_up)
            bad = bad + 1;      // no link yet
        link_up = 1'b1;
        rises;
        repeat (20) @(posedge clk);
        #1 hot_reset = 1'b1;
        repeat (4) @(posedge clk);
        #1 if (!user_reset || user_lnk_up)
            bad = bad + 1;
        hot_reset = 1'b0;
        rises;
        $display("wrong %0d", bad);
        $finish;
    end
endmodule
`default_nettype wire
