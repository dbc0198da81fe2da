// SPDX-License-Identifier: Apache-2.0
//
// Requests and completions that the host does not take while 40000 posted TLPs go by: they are there when it does, without
// further posted ones, in the queues of a hard block and behind its latency. And none goes before the posted TLP that it
// came behind.
`default_nettype none
`include "riser_tlp.vh"
module order_bench;
    reg clk = 1'b0, rst = 1'b1, valid = 1'b0, p_ready = 1'b1, ready = 1'b0;
    always #5 clk = !clk;

    reg  [7:0]  kind = `TLP_MWR32;
    wire        in_ready, p_valid, np_valid, cpl_valid;
    riser_hip_split #(.DATA_W(64)) u_split (
        .clk(clk), .rst(rst), .bdf(16'h0100), .in_valid(valid), .in_ready(in_ready), .in_sop(1'b1), .in_eop(1'b1),
        .in_err(1'b0), .in_hdr({kind, 14'd0, 10'd1, 16'h0100, 8'd0, 8'h0f, 64'd0}), .in_data(64'd0),
        .u_p_valid(p_valid), .u_p_ready(p_ready), .u_p_sop(), .u_p_eop(), .u_p_hdr(), .u_p_data(),
        .u_np_valid(np_valid), .u_np_ready(ready), .u_np_sop(), .u_np_eop(), .u_np_hdr(), .u_np_data(),
        .u_cpl_valid(cpl_valid), .u_cpl_ready(ready), .u_cpl_sop(), .u_cpl_eop(), .u_cpl_hdr(), .u_cpl_data(),
        .hdr_in(), .hdr_out(), .data_in(), .data_out(), .empty());

    reg  [2:0]  d_valid = 3'd0;
    wire [2:0]  d_in_ready, d_out;
    riser_hip_delay3 #(.W(4), .CYCLES(5)) u_delay (
        .clk(clk), .rst(rst), .in_valid(d_valid), .in_ready(d_in_ready), .in_data(12'hfff), .out_valid(d_out),
        .out_ready({ready, ready, p_ready}), .out_data(), .empty());

    // one of each channel that @which says (completion, non-posted, posted) to both
    task send(input [2:0] which);
        integer i;
        begin
            for (i = 0; i < 3; i = i + 1)
                if (which[i]) begin
                    kind    = (i == 0) ? `TLP_MWR32 : (i == 1) ? `TLP_MRD32 : `TLP_CPL;
                    valid   = 1'b1;
                    d_valid = 3'd1 << i;
                    @(posedge clk);
                    #1 {valid, d_valid} = 4'd0;
                end
        end
    endtask

    integer n;
    initial begin
        repeat (3) @(posedge clk);
        #1 rst = 1'b0;
        send(3'b110);
        for (n = 0; n < 40000; n = n + 1)
            send(3'b001);
        repeat (10) @(posedge clk);
        #1 $write("after 40000: %b %b", {cpl_valid, np_valid}, d_out[2:1]);
        ready = 1'b1;
        repeat (10) @(posedge clk);
        #1 p_ready = 1'b0;
        send(3'b111);
        repeat (10) @(posedge clk);
        #1 $write(", behind one: %b %b", {cpl_valid, np_valid, p_valid}, d_out);
        p_ready = 1'b1;
        ready   = 1'b0;
        repeat (10) @(posedge clk);
        #1 $display(", then: %b %b", {cpl_valid, np_valid, p_valid}, d_out);
        $finish;
    end

    always @(posedge clk)
        if (!rst && ((valid && !in_ready) || (d_valid & ~d_in_ready) != 3'd0)) begin
            $display("a queue is full");
            $finish;
        end
endmodule
`default_nettype wire
