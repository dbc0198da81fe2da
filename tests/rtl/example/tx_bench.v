// SPDX-License-Identifier: Apache-2.0
//
// A completion of the user of a Xilinx block that the host does not take while 40000 posted TLPs go by is there when it
// does, without further posted ones. And it does not go before the posted TLP that it came behind.
`default_nettype none
`include "riser_tlp.vh"
module tx_bench;
    reg clk = 1'b0, rst = 1'b1, req_valid = 1'b0, cpl_valid = 1'b0, p_ready = 1'b1, cpl_ready = 1'b0;
    always #5 clk = !clk;

    wire req_ready, taken, tx_p, tx_cpl;
    riser_shim_tx #(.DATA_W(64)) u_tx (
        .clk(clk), .rst(rst), .drop(1'b0), .bdf(16'h0100), .req_valid(req_valid), .req_ready(req_ready), .req_sop(1'b1),
        .req_eop(1'b1), .req_hdr({`TLP_MWR32, 14'd0, 10'd1, 16'h0100, 8'd0, 8'h0f, 64'd0}), .req_data(64'd0), .req_sent(),
        .cpl_valid(cpl_valid), .cpl_ready(taken), .cpl_sop(1'b1), .cpl_eop(1'b1), .cpl_hdr({`TLP_CPL, 120'd0}),
        .cpl_data(64'd0), .own_valid(1'b0), .own_ready(), .own_sop(1'b0), .own_eop(1'b0), .own_hdr(128'd0), .own_data(64'd0),
        .irq_taken(1'b0), .irq_valid(1'b0), .irq_addr(64'd0), .irq_data(32'd0), .irq_ack(), .msg_valid(1'b0),
        .msg_hdr(128'd0), .msg_ack(), .nr_started(), .nr_done(), .quiet(), .tx_p_valid(tx_p), .tx_p_ready(p_ready),
        .tx_p_sop(), .tx_p_eop(), .tx_p_hdr(), .tx_p_data(), .tx_np_valid(), .tx_np_ready(1'b1), .tx_np_sop(), .tx_np_eop(),
        .tx_np_hdr(), .tx_np_data(), .tx_cpl_valid(tx_cpl), .tx_cpl_ready(cpl_ready), .tx_cpl_sop(), .tx_cpl_eop(),
        .tx_cpl_hdr(), .tx_cpl_data());

    // completions that came, and were taken from the user
    integer came = 0, given = 0;
    always @(posedge clk)
        if (!rst) begin
            came  = came + (tx_cpl && cpl_ready);
            given = given + (cpl_valid && taken);
        end

    initial begin
        repeat (3) @(posedge clk);
        #1 rst = 1'b0;
        // fills what is between the user and the host, and one waits
        cpl_valid = 1'b1;
        repeat (10) @(posedge clk);
        #1 req_valid = 1'b1;
        repeat (40000) @(posedge clk);
        #1 req_valid = 1'b0;
        repeat (10) @(posedge clk);
        #1 $write("waits %0d", given);
        cpl_ready = 1'b1;
        repeat (10) @(posedge clk);
        #1 $write(", then %0d", given > 8);
        cpl_valid = 1'b0;
        repeat (10) @(posedge clk);
        // behind a posted one that the host does not take
        #1 {p_ready, req_valid} = 2'b01;
        @(posedge clk);
        #1 {req_valid, cpl_valid} = 2'b01;
        came = 0;
        repeat (10) @(posedge clk);
        #1 $write(", behind one: %0d", came);
        p_ready = 1'b1;
        repeat (10) @(posedge clk);
        #1 $display(", then %0d", came > 0);
        $finish;
    end
endmodule
`default_nettype wire
