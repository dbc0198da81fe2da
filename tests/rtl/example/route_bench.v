// SPDX-License-Identifier: Apache-2.0
//
// A function level reset begins while the user of an UltraScale block takes its time over a posted write of several
// beats: the packet comes whole, and so does the first one after the reset.
`default_nettype none
`include "riser_tlp.vh"
module route_bench;
    localparam [35:0] BARS = {30'd0, 1'b1, 5'd12};
    reg clk = 1'b0, rst = 1'b1, stop = 1'b0, valid = 1'b0, sop = 1'b0, eop = 1'b0, tready = 1'b0;
    always #5 clk = !clk;

    reg  [63:0]  data = 64'd0;
    reg  [7:0]   tag = 8'd0;
    wire [127:0] rx_hdr = {`TLP_MWR32, 14'd0, 10'd4, 16'h0000, tag, 8'hff, 32'h1000, 32'd0};
    wire         ready, user_valid, user_ready, user_eop, core_valid, tvalid, tlast;
    wire [127:0] hdr;
    wire [63:0]  beat, tdata;
    wire [2:0]   bar;
    riser_shim_route #(.DATA_W(64), .BAR_SIZES(BARS)) u_route (
        .clk(clk), .rst(rst), .hold(1'b0), .to_core(stop), .bar_base({352'd0, 32'h1000}), .mem_en(1'b1), .mps(3'd0),
        .rx_valid(valid), .rx_ready(ready), .rx_sop(sop), .rx_eop(eop), .rx_hdr(rx_hdr), .rx_data(data),
        .user_valid(user_valid), .user_ready(user_ready), .core_valid(core_valid), .core_ready(1'b1), .out_sop(),
        .out_eop(user_eop), .out_hdr(hdr), .out_data(beat), .out_bar(bar), .busy());
    riser_us_cq #(.DATA_W(64), .USER_W(85)) u_cq (
        .clk(clk), .rst(rst), .req_valid(user_valid), .req_ready(user_ready), .req_eop(user_eop), .req_hdr(hdr),
        .req_data(beat), .req_bar(bar), .req_aperture(6'd12), .tvalid(tvalid), .tready(tready), .tdata(tdata), .tkeep(),
        .tlast(tlast), .tuser(), .busy());

    // packets: tag in beat 1, payload in beats 2 and 3
    integer at = 0, whole = 0, broken = 0;
    reg [7:0] seen = 8'd0;
    always @(posedge clk)
        if (!rst && tvalid && tready) begin
            if (at == 1)
                seen = tdata[39:32];
            if ((at == 2 || at == 3) && tdata != {seen, 55'd0, at == 3})
                broken = broken + 1;
            if (tlast != (at == 3))
                broken = broken + 1;
            if (tlast)
                whole = whole + 1;
            at = tlast ? 0 : at + 1;
        end

    task write;
        begin
            tag   = tag + 8'd1;
            valid = 1'b1;
            sop   = 1'b1;
            eop   = 1'b0;
            data  = {tag, 56'd0};
            @(posedge clk);
            while (!ready)
                @(posedge clk);
            #1 sop = 1'b0;
            eop    = 1'b1;
            data   = {tag, 56'd1};
            @(posedge clk);
            while (!ready)
                @(posedge clk);
            #1 valid = 1'b0;
        end
    endtask

    integer after, writes = 0;
    initial begin
        repeat (3) @(posedge clk);
        #1 rst = 1'b0;
        // the reset begins so many cycles behind the write
        for (after = 0; after < 12; after = after + 1) begin
            tready = 1'b0;
            write;
            repeat (after) @(posedge clk);
            #1 stop = 1'b1;
            repeat (4) @(posedge clk);
            #1 tready = 1'b1;
            repeat (8) @(posedge clk);
            #1 stop = 1'b0;
            writes = writes + 1;
            write;
            repeat (8) @(posedge clk);
            #1 ;
        end
        $display("%0d of %0d came, broken %0d, in the middle %0d", whole, 2 * writes, broken, at);
        $finish;
    end
endmodule
`default_nettype wire
