// SPDX-License-Identifier: Apache-2.0
//
// A TLP with a digest behind its payload: CQ and RC of an UltraScale block show the payload and no more, also where the
// digest has a beat of its own on the TLP port.
`default_nettype none
`include "riser_tlp.vh"
module digest_bench;
    reg clk = 1'b0, rst = 1'b1, valid = 1'b0, sop = 1'b0, eop = 1'b0, td = 1'b0, alloc = 1'b0, tready = 1'b0;
    always #5 clk = !clk;
    always @(posedge clk)
        #1 tready = $random;

    // both get the same payload, a dword's value is its place
    reg  [9:0]   len = 10'd0;
    reg  [7:0]   tag = 8'd0;
    reg  [127:0] data = 128'd0;
    wire [127:0] wr  = {`TLP_MWR32, 8'd0, td, 5'd0, len, 16'h0000, tag, 8'hff, 32'h1000, 32'd0};
    wire [127:0] cpl = {`TLP_CPLD, 8'd0, td, 5'd0, len, 16'h0000, 4'd0, len, 2'd0, 16'h0100, tag, 8'd0, 32'd0};
    wire         q_ready, c_ready, q_valid, q_last, c_valid, c_last;
    reg          q_on = 1'b0, c_on = 1'b0;
    wire [127:0] q_data, c_data;
    wire [3:0]   q_keep, c_keep;
    riser_us_cq #(.DATA_W(128), .USER_W(85)) u_cq (
        .clk(clk), .rst(rst), .req_valid(valid && q_on), .req_ready(q_ready), .req_eop(eop), .req_hdr(wr), .req_data(data),
        .req_bar(3'd0), .req_aperture(6'd12), .tvalid(q_valid), .tready(tready), .tdata(q_data), .tkeep(q_keep),
        .tlast(q_last), .tuser(), .busy());
    riser_us_rc #(.DATA_W(128)) u_rc (
        .clk(clk), .rst(rst), .bdf(16'h0100), .cto_disable(1'b1), .alloc(alloc), .alloc_tag(tag), .alloc_addr(12'd0),
        .alloc_bytes({1'b0, len, 2'd0}), .alloc_offset(3'd0), .alloc_be(8'hff), .tags_used(), .pending(), .nr_open(),
        .cpl_valid(valid && c_on), .cpl_ready(c_ready), .cpl_sop(sop), .cpl_eop(eop), .cpl_hdr(cpl), .cpl_data(data),
        .tvalid(c_valid), .tready(tready), .tdata(c_data), .tkeep(c_keep), .tlast(c_last), .tuser(), .busy(),
        .ev_valid(), .ev_bit(), .ev_hdr(), .got_ur(), .got_ca());

    // dwords of the packet that is under way, and of the last one; dwords that were no payload
    integer q_at = 0, c_at = 0, q_nr = 0, c_nr = 0, q_packets = 0, c_packets = 0, bad = 0, i;
    always @(posedge clk)
        if (!rst && tready) begin
            for (i = 0; i < 4; i = i + 1) begin
                if (q_valid && q_keep[i]) begin
                    if (q_at > 3 && q_data[32*i +: 32] != q_at - 4)
                        bad = bad + 1;
                    q_at = q_at + 1;
                end
                if (c_valid && c_keep[i]) begin
                    if (c_at > 2 && c_data[32*i +: 32] != c_at - 3)
                        bad = bad + 1;
                    c_at = c_at + 1;
                end
            end
            if (q_valid && q_last) begin
                q_nr      = q_at - 4;
                q_at      = 0;
                q_packets = q_packets + 1;
            end
            if (c_valid && c_last) begin
                c_nr      = c_at - 3;
                c_at      = 0;
                c_packets = c_packets + 1;
            end
        end

    integer n, beats, k, tlps = 0;
    task send(input [9:0] length, input digest);
        begin
            {len, td} = {length, digest};
            tag   = tag + 8'd1;
            alloc = 1'b1;
            @(posedge clk);
            #1 alloc = 1'b0;
            beats = (length + digest + 3) / 4;
            for (n = 0; n < beats; n = n + 1) begin
                {valid, q_on, c_on} = 3'b111;
                sop = n == 0;
                eop = n == beats - 1;
                for (k = 0; k < 4; k = k + 1)
                    data[32*k +: 32] = (4 * n + k < length) ? 4 * n + k : 32'hd1d1_d1d1;
                while (q_on || c_on) begin
                    @(posedge clk);
                    {q_on, c_on} = {q_on && !q_ready, c_on && !c_ready};
                    #1 ;
                end
                valid = 1'b0;
                repeat ($random & 1) @(posedge clk);
                #1 ;
            end
            tlps = tlps + 1;
            repeat (20) @(posedge clk);
            #1 if (q_nr != length || c_nr != length || q_packets != tlps || c_packets != tlps) begin
                bad = bad + 1;
                $display("%0d dwords, digest %b: %0d and %0d; %0d and %0d packets of %0d TLPs", length, digest, q_nr, c_nr,
                         q_packets, c_packets, tlps);
            end
        end
    endtask

    integer l;
    initial begin
        repeat (3) @(posedge clk);
        #1 rst = 1'b0;
        for (l = 1; l < 14; l = l + 1) begin
            send(l, 1'b1);
            send(l, 1'b0);
        end
        $display("%0d TLPs, wrong %0d", tlps, bad);
        $finish;
    end
endmodule
`default_nettype wire
