// SPDX-License-Identifier: Apache-2.0
//
// What the pins of the Intel interfaces carry, against arithmetic of its own: TLPs of every kind and length are put in as
// header and payload, the dwords on the pins are compared with a list, and go back through the other direction.
//   H-tile: riser_st_pack, riser_st_unpack.   P-tile: riser_ptile_rx, 512 bits.
// Ends with "ok N TLPs" or with the first difference. +seed=N
`default_nettype none
module st_bench;
    reg clk = 1'b0, rst = 1'b1;
    always #5 clk = !clk;

    integer seed;
    integer tlps = 0, wants = 0, at, k, length, four, has_data, bad = 0, tries;

    // ---- the TLP that goes in: header dwords and payload dwords are functions of its number ------------

    function [31:0] payload(input integer tlp, input integer i);
        payload = 32'h1000_0000 * (tlp % 13) + 32'h0001_0203 * i + tlp * 7;
    endfunction

    reg          in_valid = 1'b0, in_sop, in_eop;
    wire         in_ready, p_ready;
    reg  [127:0] in_hdr;
    reg  [511:0] in_data;
    reg          stall = 1'b0, p_go = 1'b0;

    // lists of what must come out: the dwords of the runs, and where they end
    reg [31:0]  run [0:65535];
    reg         run_end [0:65535];
    integer     nr_run = 0, seen_run = 0;

    wire         st_valid, st_sop, st_eop;
    wire [2:0]   st_empty;
    wire [255:0] st_data;
    wire         u_valid, u_sop, u_eop, u_wrong, u_in_ready;
    wire [127:0] u_hdr;
    wire [255:0] u_data;

    riser_st_pack #(.DATA_W(256)) u_pack (
        .clk(clk), .rst(rst), .in_valid(in_valid), .in_ready(in_ready), .in_sop(in_sop), .in_eop(in_eop),
        .in_hdr(in_hdr), .in_data(in_data[255:0]), .out_valid(st_valid), .out_ready(u_in_ready && !stall),
        .out_sop(st_sop), .out_eop(st_eop), .out_empty(st_empty), .out_data(st_data));

    riser_st_unpack #(.DATA_W(256)) u_unpack (
        .clk(clk), .rst(rst), .in_valid(st_valid && !stall), .in_ready(u_in_ready), .in_sop(st_sop), .in_eop(st_eop),
        .in_data(st_data), .out_valid(u_valid), .out_ready(!stall), .out_sop(u_sop), .out_eop(u_eop), .out_hdr(u_hdr),
        .out_data(u_data), .wrong(u_wrong));

    task fail(input [8*40-1:0] what, input integer got, input integer want);
        begin
            $display("TLP %0d: %0s is %h, wanted %h", tlps, what, got, want);
            bad = bad + 1;
            if (bad > 3)
                $finish;
        end
    endtask

    // ---- every beat on the pins, dword by dword ----------------------------------------------------------

    integer d, nr;
    always @(negedge clk)
        if (!rst && st_valid && u_in_ready && !stall) begin
            nr = st_eop ? 8 - st_empty : 8;
            for (d = 0; d < nr; d = d + 1) begin
                if (st_data[32*d +: 32] !== run[seen_run % 65536])
                    fail("a dword", st_data[32*d +: 32], run[seen_run % 65536]);
                if (run_end[seen_run % 65536] !== (st_eop && d == nr - 1))
                    fail("an end", st_eop, run_end[seen_run % 65536]);
                seen_run = seen_run + 1;
            end
            if (u_wrong)
                fail("wrong", 1, 0);
        end

    // ---- and what comes back: headers and payload in order -------------------------------------------------

    reg [127:0] hdrs [0:4095];
    integer     back = -1, back_at = 0, back_len = 0, e;
    always @(negedge clk)
        if (!rst && u_valid && !stall) begin
            if (u_sop) begin
                if (back_at != back_len)
                    fail("a length", back_at, back_len);
                back     = back + 1;
                back_at  = 0;
                back_len = hdrs[back][126] ? (hdrs[back][105:96] == 0 ? 1024 : hdrs[back][105:96]) : 0;
                if (u_hdr !== hdrs[back])
                    fail("a header", u_hdr[127:96], hdrs[back][127:96]);
            end
            for (e = 0; e < 8 && back_at < back_len; e = e + 1) begin
                if (u_data[32*e +: 32] !== payload(back, back_at))
                    fail("payload", u_data[32*e +: 32], payload(back, back_at));
                back_at = back_at + 1;
            end
            if (u_eop !== (back_at == back_len))
                fail("eop", u_eop, back_at == back_len);
        end

    // ---- P-tile: two segments of 256 bits, a TLP in consecutive ones -----------------------------------------

    reg          p_valid = 1'b0, p_sop, p_eop;
    reg  [127:0] p_hdr;
    reg  [511:0] p_data;
    wire [1:0]   s_valid, s_sop, s_eop;
    wire [5:0]   s_empty, s_bar;
    wire [255:0] s_hdr;
    wire [511:0] s_data;
    integer      s_tlp = -1, s_at = 0, s_len = 0, s, f, both = 0, left;
    reg          s_mid = 1'b0;

    riser_ptile_rx #(.SEGS(2)) u_ptile (
        .clk(clk), .rst(rst), .in_valid(p_valid), .in_ready(p_ready), .in_sop(p_sop), .in_hdr(p_hdr), .in_data(p_data),
        .in_bar(p_hdr[66:64]), .seg_valid(s_valid), .seg_sop(s_sop), .seg_eop(s_eop), .seg_empty(s_empty),
        .seg_hdr(s_hdr), .seg_data(s_data), .seg_bar(s_bar), .seg_go(p_go));

    always @(negedge clk)
        if (!rst && p_go) begin
            if (s_valid == 2'b10)
                fail("segments without the first", s_valid, 0);
            if (s_valid == 2'b11 && s_sop == 2'b10)
                both = both + 1;
            for (s = 0; s < 2; s = s + 1)
                if (s_valid[s]) begin
                    if (s_sop[s] === s_mid)
                        fail("sop of a segment", s_sop[s], !s_mid);
                    if (s_sop[s]) begin
                        s_tlp = s_tlp + 1;
                        s_at  = 0;
                        s_len = hdrs[s_tlp][126] ? (hdrs[s_tlp][105:96] == 0 ? 1024 : hdrs[s_tlp][105:96]) : 0;
                        if (s_hdr[128*s +: 128] !== hdrs[s_tlp])
                            fail("a header", s_hdr[128*s +: 32], hdrs[s_tlp][31:0]);
                        if (s_bar[3*s +: 3] !== hdrs[s_tlp][66:64])
                            fail("a BAR", s_bar[3*s +: 3], hdrs[s_tlp][66:64]);
                    end
                    for (f = 0; f < 8 && s_at < s_len; f = f + 1) begin
                        if (s_data[256*s + 32*f +: 32] !== payload(s_tlp, s_at))
                            fail("payload", s_data[256*s + 32*f +: 32], payload(s_tlp, s_at));
                        s_at = s_at + 1;
                    end
                    if (s_eop[s] !== (s_at == s_len))
                        fail("eop of a segment", s_eop[s], s_at == s_len);
                    left = (s_eop[s] && s_len != 0) ? (8 - s_len % 8) % 8 : 0;
                    if (s_empty[3*s +: 3] !== left[2:0])
                        fail("empty", s_empty[3*s +: 3], left);
                    s_mid = !s_eop[s];
                end
        end

    // ---- one TLP through both ------------------------------------------------------------------------------------

    task note(input integer n, input [127:0] hdr, input integer with_four, input integer dw);
        begin
            hdrs[n] = hdr;
            for (k = 0; k < 3 + with_four; k = k + 1) begin
                run[nr_run % 65536]     = hdr[127 - 32*k -: 32];
                run_end[nr_run % 65536] = dw == 0 && k == 2 + with_four;
                nr_run = nr_run + 1;
            end
            for (k = 0; k < dw; k = k + 1) begin
                run[nr_run % 65536]     = payload(n, k);
                run_end[nr_run % 65536] = k == dw - 1;
                nr_run = nr_run + 1;
            end
        end
    endtask

    task send(input integer n, input [127:0] hdr, input integer dw);
        begin
            in_hdr = hdr;
            at = 0;
            in_sop = 1'b1;
            while (at < dw || in_sop) begin
                for (k = 0; k < 8; k = k + 1)
                    in_data[32*k +: 32] = payload(n, at + k);
                in_eop   = at + 8 >= dw;
                in_valid = 1'b1;
                @(posedge clk);
                while (!in_ready)
                    @(posedge clk);
                #1 in_sop = 1'b0;
                in_valid = 1'b0;
                at = at + 8;
                if ($random(seed) % 8 == 0)
                    @(posedge clk);
            end
        end
    endtask

    task send_wide(input integer n, input [127:0] hdr, input integer dw);
        begin
            p_hdr = hdr;
            at = 0;
            p_sop = 1'b1;
            while (at < dw || p_sop) begin
                for (k = 0; k < 16; k = k + 1)
                    p_data[32*k +: 32] = payload(n, at + k);
                p_valid = 1'b1;
                @(posedge clk);
                while (!p_ready)
                    @(posedge clk);
                #1 p_sop = 1'b0;
                p_valid = 1'b0;
                at = at + 16;
            end
        end
    endtask

    always @(posedge clk) begin
        #1 stall = $random(seed) % 4 == 0;
        p_go     = $random(seed) % 3 != 0;
    end

    reg [127:0] hdr;
    initial begin
        if (!$value$plusargs("seed=%d", seed))
            seed = 1;
        $display("seed %0d", seed);
        repeat (4) @(posedge clk);
        #1 rst = 1'b0;
        for (tries = 0; tries < 600; tries = tries + 1) begin
            length   = (tries < 260) ? tries % 130 + 1 : 1 + ($random(seed) & 127);
            four     = (tries / 130) % 2 ^ (tries > 260 ? $random(seed) & 1 : 0);
            has_data = (tries % 5 != 4);
            hdr      = {$random(seed), $random(seed), $random(seed), $random(seed)};
            hdr[127:120] = {1'b0, has_data[0], four[0], 5'd0};
            hdr[111]     = 1'b0;
            hdr[105:96]  = length[9:0];
            if (four == 0)
                hdr[31:0] = 32'd0;
            note(tlps, hdr, four, has_data ? length : 0);
            tlps = tlps + 1;
            send(tlps - 1, hdr, has_data ? length : 0);
        end
        for (tries = 0; tries < tlps; tries = tries + 1)
            send_wide(tries, hdrs[tries], hdrs[tries][126] ? hdrs[tries][105:96] : 0);
        repeat (400) @(posedge clk);
        if (seen_run != nr_run)
            fail("the number of dwords", seen_run, nr_run);
        if (back != tlps - 1 || s_tlp != tlps - 1)
            fail("the number of TLPs", back, s_tlp);
        if (both == 0)
            fail("beginnings in the upper segment", 0, 1);
        if (bad == 0)
            $display("ok %0d TLPs", tlps);
        $finish;
    end
endmodule
`default_nettype wire
