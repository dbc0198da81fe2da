// SPDX-License-Identifier: Apache-2.0
//
// tx_st_err of H-tile takes back the TLP of its beat, and no other one: a good TLP whose last dwords are still inside comes
// out whole when the next one, of a single beat, is taken back.
`default_nettype none
`include "riser_tlp.vh"
module err_bench;
    reg         clk = 1'b0, rst = 1'b1, valid = 1'b0, sop = 1'b0, eop = 1'b0, err = 1'b0, out_ready = 1'b1;
    reg [255:0] data = 256'd0;
    always #5 clk = !clk;

    wire         ready, out_valid, out_eop, out_err;
    wire [127:0] out_hdr;
    riser_htile_tx u_tx (
        .clk(clk), .rst(rst), .tx_st_data(data), .tx_st_sop(sop), .tx_st_eop(eop), .tx_st_valid(valid),
        .tx_st_ready(ready), .tx_st_err(err), .out_valid(out_valid), .out_ready(out_ready), .out_sop(), .out_eop(out_eop),
        .out_err(out_err), .out_hdr(out_hdr), .out_data(), .busy());

    // bit N: the TLP with tag N came and was good
    reg [15:0] good = 16'd0, bad = 16'd0;
    always @(posedge clk)
        if (!rst && out_valid && out_ready && out_eop) begin
            if (out_err)
                bad[out_hdr[`TLP_TAG_R]] = 1'b1;
            else
                good[out_hdr[`TLP_TAG_R]] = 1'b1;
        end

    // a TLP of the user's: @length dwords of payload, 4 of header
    integer n, beats;
    task send(input [3:0] tag, input [9:0] length, input broken);
        reg [127:0] hdr;
        begin
            hdr   = {`TLP_MWR64, 14'd0, length, 16'h0100, 4'd0, tag, 8'hff, 64'h1_0000_0000};
            beats = (length + 11) / 8;
            for (n = 0; n < beats; n = n + 1) begin
                valid = 1'b1;
                sop   = n == 0;
                eop   = n == beats - 1;
                err   = broken && eop;
                data  = sop ? {128'd0, hdr[31:0], hdr[63:32], hdr[95:64], hdr[127:96]} : 256'd0;
                @(posedge clk);
                #1 {valid, err} = 2'b00;
            end
        end
    endtask

    integer pause;
    initial begin
        repeat (3) @(posedge clk);
        #1 rst = 1'b0;
        repeat (8) @(posedge clk);
        for (pause = 0; pause < 2; pause = pause + 1) begin
            #1 out_ready = pause == 0;
            // odd tags are taken back
            send(4'd0 + 8 * pause, 10'd12, 1'b0);
            send(4'd1 + 8 * pause, 10'd2, 1'b1);
            send(4'd2 + 8 * pause, 10'd20, 1'b0);
            repeat (4) @(posedge clk);
            #1 out_ready = 1'b1;
            repeat (12) @(posedge clk);
            #1 send(4'd3 + 8 * pause, 10'd16, 1'b1);
            send(4'd4 + 8 * pause, 10'd2, 1'b0);
            send(4'd5 + 8 * pause, 10'd20, 1'b1);
            repeat (20) @(posedge clk);
        end
        $display("good %h, taken back %h", good, bad);
        $finish;
    end
endmodule
`default_nettype wire
