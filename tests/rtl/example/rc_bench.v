// SPDX-License-Identifier: Apache-2.0
//
// RC of an UltraScale block. A read's only completion comes so many cycles behind it, before, at and after its timeout:
// whichever is first ends the read, and the other one is nothing or an unexpected completion.
`default_nettype none
`include "riser_tlp.vh"
module rc_bench;
    localparam [15:0] BDF = 16'h0100;
    reg clk = 1'b0, rst = 1'b1, alloc = 1'b0, valid = 1'b0;
    always #5 clk = !clk;

    wire         ready, pending, tvalid, ev_valid;
    wire [8:0]   nr_open;
    wire [127:0] tdata;
    wire [127:0] hdr = {`TLP_CPLD, 14'd0, 10'd1, 16'h0000, 3'd0, 1'b0, 12'd4, BDF, 8'd7, 8'd0, 32'd0};
    wire [4:0]   ev_bit;
    riser_us_rc #(.DATA_W(128), .TIMEOUT_CYCLES(32'd20)) u_rc (
        .clk(clk), .rst(rst), .bdf(BDF), .cto_disable(1'b0), .alloc(alloc), .alloc_tag(8'd7), .alloc_addr(12'd0),
        .alloc_bytes(13'd4), .alloc_offset(3'd0), .alloc_be(8'h0f), .tags_used(), .pending(pending), .nr_open(nr_open),
        .cpl_valid(valid), .cpl_ready(ready), .cpl_sop(1'b1), .cpl_eop(1'b1), .cpl_hdr(hdr), .cpl_data(128'h1234),
        .tvalid(tvalid), .tready(1'b1), .tdata(tdata), .tkeep(), .tlast(), .tuser(), .busy(), .ev_valid(ev_valid),
        .ev_bit(ev_bit), .ev_hdr(), .got_ur(), .got_ca());

    integer good = 0, late = 0, timeouts = 0, unexpected = 0, others = 0;
    always @(posedge clk) begin
        if (tvalid && tdata[15:12] == 4'd0)
            good = good + 1;
        else if (tvalid && tdata[15:12] == 4'd9)
            late = late + 1;
        else if (tvalid)
            others = others + 1;
        if (ev_valid && ev_bit == `AER_CTO)
            timeouts = timeouts + 1;
        else if (ev_valid && ev_bit == `AER_UC)
            unexpected = unexpected + 1;
    end

    integer wait_cycles, bad = 0;
    initial begin
        u_rc.now_q = 32'd0;     // counts through resets
        repeat (3) @(posedge clk);
        #1 rst = 1'b0;
        for (wait_cycles = 1; wait_cycles < 320; wait_cycles = wait_cycles + 1) begin
            {good, late, timeouts, unexpected, others} = {5{32'd0}};
            alloc = 1'b1;
            @(posedge clk);
            #1 alloc = 1'b0;
            repeat (wait_cycles) @(posedge clk);
            #1 valid = 1'b1;
            @(posedge clk);
            while (!ready)
                @(posedge clk);
            #1 valid = 1'b0;
            repeat (12) @(posedge clk);
            #1 if (good + late != 1 || others != 0 || timeouts != late || unexpected != late || pending) begin
                bad = bad + 1;
                $display("after %0d cycles: %0d completions, %0d late, %0d timeouts, %0d unexpected, %0d open", wait_cycles,
                         good, late, timeouts, unexpected, nr_open);
            end
        end
        $display("wrong %0d", bad);
        $finish;
    end
endmodule
`default_nettype wire
