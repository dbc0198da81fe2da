// SPDX-License-Identifier: Apache-2.0
//
// Completions of DMA reads: always accepted, one beat per cycle, back to back. Checks each against
// the state of its tag, puts its dwords at their place in the slot, and says when a slot has all it
// will get. What matches no read is dropped and reported. A read that gets nothing for too long fails;
// its tag then stays in quarantine until its last completion or 2 more timeouts; a function level
// reset does the same to all reads in flight, silently.
`default_nettype none
`include "riser_tlp.vh"
module riser_rd_cpl #(
    parameter DATA_W             = 256,
    parameter NR_TAGS            = 32,
    parameter TAG_W              = 5,
    parameter ROW_W              = 4,
    parameter CPL_TIMEOUT_CYCLES = 50000
) (
    input  wire                    clk,
    input  wire                    rst,
    input  wire                    rst_func,

    input  wire [15:0]             bdf,
    input  wire [2:0]              mps,
    input  wire                    cto_disable,

    // a read was asked: place of its first byte in the slot, and bytes
    input  wire                    ask,
    input  wire [TAG_W-1:0]        ask_slot,
    input  wire [8:0]              ask_pos,
    input  wire [9:0]              ask_len,
    output wire [NR_TAGS-1:0]      quarantine,

    input  wire                    rx_valid,
    output wire                    rx_ready,
    input  wire                    rx_sop,
    input  wire                    rx_eop,
    input  wire [127:0]            rx_hdr,
    input  wire [DATA_W-1:0]       rx_data,

    output wire                    fin_valid,
    output wire [TAG_W-1:0]        fin_slot,
    output wire [1:0]              fin_status,
    output wire [ROW_W:0]          fin_rows,
    output wire [DATA_W/32-1:0]    wr_en,
    output wire [TAG_W-1:0]        wr_slot,
    output wire [ROW_W*DATA_W/32-1:0] wr_row,
    output wire [DATA_W-1:0]       wr_data,

    output wire                    ev_valid,
    output wire [4:0]              ev_bit,
    output wire                    ev_adv,
    output wire [127:0]            ev_hdr,
    output wire                    got_ur,
    output wire                    got_ca,
    output wire                    got_poison,

    output wire                    pending,
    output wire                    busy
);
    localparam NL      = DATA_W / 32;
    localparam NL_LOG2 = (NL == 16) ? 4 : (NL == 8) ? 3 : (NL == 4) ? 2 : 1;
    localparam [NL_LOG2:0] NL_P = NL[NL_LOG2:0];
    localparam [10:0] NL_11 = NL[10:0];
    localparam [9:0] NR_TAGS_10 = NR_TAGS[9:0];
    // time in ticks of a 64th of the timeout; tags are looked at once per tick
    localparam [31:0] TICK   = CPL_TIMEOUT_CYCLES / 64;
    localparam [7:0] EXPIRED = 8'd65;
    localparam [7:0] RELEASE = 8'd193;

    // ---- per-tag state ---------------------------------------------------------------------------

    reg [NR_TAGS-1:0] live_q, quar_q, silent_q, poison_q, moved_q;
    reg               ready_q;
    reg               c_valid_q, c_sop_q, c_eop_q;
    reg [127:0]       c_hdr_q;
    reg [DATA_W-1:0]  c_data_q;

    assign rx_ready   = ready_q;
    assign quarantine = quar_q;

    always @(posedge clk) begin
        ready_q   <= !rst;
        c_valid_q <= !rst && rx_valid && ready_q;
        if (rx_valid) begin
            {c_sop_q, c_eop_q} <= {rx_sop, rx_eop};
            c_hdr_q            <= rx_hdr;
            c_data_q           <= rx_data;
        end
    end

    // the header in hand, in its first beat
    wire        c_first   = c_valid_q && c_sop_q;
    wire [7:0]  fmt_type  = c_hdr_q[`TLP_FMT_TYPE_R];
    wire        is_cpl    = fmt_type == `TLP_CPL;
    wire        is_cpld   = fmt_type == `TLP_CPLD;
    wire        is_locked = fmt_type == `TLP_CPLLK || fmt_type == `TLP_CPLDLK;
    wire [10:0] len       = {c_hdr_q[`TLP_LENGTH_R] == 10'd0, c_hdr_q[`TLP_LENGTH_R]};
    wire [2:0]  status    = c_hdr_q[`TLP_CPL_STATUS_R];
    wire [6:0]  lower     = c_hdr_q[`TLP_CPL_LOWER_R];
    wire [12:0] count     = {c_hdr_q[`TLP_CPL_BYTES_R] == 12'd0, c_hdr_q[`TLP_CPL_BYTES_R]};
    wire [7:0]  tag       = c_hdr_q[`TLP_CPL_TAG_R];
    wire        tag_ok    = {c_hdr_q[`TLP_TAG9_B], c_hdr_q[`TLP_TAG8_B], tag} < NR_TAGS_10
                         && c_hdr_q[`TLP_CPL_REQ_ID_R] == bdf;
    wire [TAG_W-1:0] slot = tag[TAG_W-1:0];
    wire        is_live   = tag_ok && live_q[slot];
    wire        is_quar   = tag_ok && quar_q[slot];

    // place of the next byte in the slot, and bytes still to come
    wire [8:0]  t_pos;
    wire [9:0]  t_left;
    wire [18:0] t_base, t_moved;
    assign {t_pos, t_left} = moved_q[slot] ? t_moved : t_base;

    // as asked, and after the completions so far
    riser_lutram #(.W(19), .DEPTH_LOG2(TAG_W)) u_base (
        .clk     (clk),
        .wr_en   (ask),
        .wr_addr (ask_slot),
        .wr_data ({ask_pos, ask_len}),
        .rd_addr (slot),
        .rd_data (t_base)
    );
    riser_lutram #(.W(19), .DEPTH_LOG2(TAG_W)) u_moved (
        .clk     (clk),
        .wr_en   (good),
        .wr_addr (slot),
        .wr_data ({t_pos + part[8:0], t_left - part}),
        .rd_addr (slot),
        .rd_data (t_moved)
    );

    // bytes of this completion: its dwords without the bytes before the first, at most all that is left
    wire [12:0] max_payload = 13'd128 << mps;
    wire [12:0] holds     = {len, 2'b00} - {11'd0, t_pos[1:0]};
    wire        all_here  = holds >= {3'd0, t_left};
    wire [9:0]  part      = all_here ? t_left : holds[9:0];
    wire [12:0] excess    = holds - {3'd0, t_left};

    // malformed by itself; malformed because it does not fit its request
    wire        bad_self  = !(is_cpl || is_cpld || is_locked) || c_hdr_q[`TLP_TC_R] != 3'd0
                         || (c_hdr_q[`TLP_FMT_DATA_B] && {len, 2'b00} > max_payload)
                         || (is_cpld && status != `TLP_SC);
    wire        bad_fit   = (is_cpl && (status == `TLP_SC || status == `TLP_RRS))
                         || (is_cpld && (count != {3'd0, t_left} || lower != t_pos[6:0]
                                         || (all_here && excess > 13'd3)))
                         || c_hdr_q[`TLP_ATTR_RO_B] || c_hdr_q[`TLP_ATTR_NS_B];
    wire        malformed = c_first && (bad_self || (is_live && !is_locked && bad_fit));
    wire        unknown   = c_first && !bad_self && (!is_live || is_locked);
    wire        good      = c_first && !bad_self && is_live && !is_locked && !bad_fit;
    wire        good_data = good && is_cpld;
    wire        good_err  = good && is_cpl;
    wire        poisoned  = good_data && c_hdr_q[`TLP_EP_B];
    wire        ends_slot = good_err || (good_data && all_here);
    // a late completion that is the last one of its read
    wire        late_end  = unknown && is_quar && !is_locked
                         && (is_cpl || count + {11'd0, lower[1:0]} <= {len, 2'b00});

    reg         ends_q;         // the completion in hand ends its slot
    reg         within_q;       // its last beat has not come: its rows are not there yet

    // ---- timeouts --------------------------------------------------------------------------------

    reg [31:0]        tick_count_q;
    reg [7:0]         now_q;
    reg               scan_q;
    reg [TAG_W-1:0]   scan_slot_q;
    wire [7:0]        asked_at;
    wire [7:0]        age = now_q - asked_at;
    wire              scan_go = scan_q && !c_first && !within_q;
    wire              expire  = scan_go && live_q[scan_slot_q] && age >= EXPIRED && age < RELEASE && !cto_disable;
    wire              release_tag = scan_go && quar_q[scan_slot_q] && age >= RELEASE;
    wire              timers = (live_q != 0) || (quar_q != 0);

    // with the timeout disabled the age of a read must not wrap
    wire hold_time = scan_go && !ask && live_q[scan_slot_q] && cto_disable;

    riser_lutram #(.W(8), .DEPTH_LOG2(TAG_W)) u_asked (
        .clk     (clk),
        .wr_en   (ask || hold_time),
        .wr_addr (ask ? ask_slot : scan_slot_q),
        .wr_data (now_q),
        .rd_addr (scan_slot_q),
        .rd_data (asked_at)
    );

    // where an expired read's data ends
    wire [8:0] x_base, x_moved;
    wire [8:0] x_pos = moved_q[scan_slot_q] ? x_moved : x_base;

    riser_lutram #(.W(9), .DEPTH_LOG2(TAG_W)) u_x_base (
        .clk     (clk),
        .wr_en   (ask),
        .wr_addr (ask_slot),
        .wr_data (ask_pos),
        .rd_addr (scan_slot_q),
        .rd_data (x_base)
    );
    riser_lutram #(.W(9), .DEPTH_LOG2(TAG_W)) u_x_moved (
        .clk     (clk),
        .wr_en   (good),
        .wr_addr (slot),
        .wr_data (t_pos + part[8:0]),
        .rd_addr (scan_slot_q),
        .rd_data (x_moved)
    );

    always @(posedge clk) begin
        if (rst) begin
            tick_count_q <= 32'd0;
            now_q        <= 8'd0;
            scan_q       <= 1'b0;
            scan_slot_q  <= 0;
        end else if (timers || scan_q) begin
            if (scan_go) begin
                scan_slot_q <= scan_slot_q + 1;
                scan_q      <= !(&scan_slot_q);
            end
            tick_count_q <= tick_count_q + 32'd1;
            if (tick_count_q == TICK - 32'd1) begin
                tick_count_q <= 32'd0;
                now_q        <= now_q + 8'd1;
                scan_q       <= 1'b1;
            end
        end
    end

    always @(posedge clk) begin
        if (rst) begin
            live_q <= 0;
            quar_q <= 0;
        end else if (rst_func) begin
            live_q   <= 0;
            quar_q   <= quar_q | live_q;
            silent_q <= silent_q | live_q;
            if (late_end || ends_slot)
                quar_q[slot] <= 1'b0;
        end else begin
            if (ask) begin
                live_q[ask_slot]   <= 1'b1;
                silent_q[ask_slot] <= 1'b0;
                poison_q[ask_slot] <= 1'b0;
                moved_q[ask_slot]  <= 1'b0;
            end
            if (good)
                moved_q[slot] <= 1'b1;
            if (poisoned)
                poison_q[slot] <= 1'b1;
            if (ends_slot)
                live_q[slot] <= 1'b0;
            if (late_end)
                quar_q[slot] <= 1'b0;
            if (expire) begin
                live_q[scan_slot_q] <= 1'b0;
                quar_q[scan_slot_q] <= 1'b1;
            end
            if (release_tag)
                quar_q[scan_slot_q] <= 1'b0;
        end
    end

    // ---- data to its place -----------------------------------------------------------------------

    reg               keep_q;       // later beats of the completion are data
    reg               zero_q;       // poisoned
    reg [TAG_W-1:0]   slot_q;
    reg [8:2]         pos_q;
    reg [10:0]        left_q;       // dwords
    reg [1:0]         end_status_q;
    reg [ROW_W:0]     end_rows_q;

    wire              keep  = c_sop_q ? good_data : keep_q;
    wire [10:0]       left  = c_sop_q ? len : left_q;
    wire [8:2]        pos   = c_sop_q ? t_pos[8:2] : pos_q;
    wire              zero  = c_sop_q ? c_hdr_q[`TLP_EP_B] : zero_q;
    wire [NL_LOG2-1:0] turn = pos[NL_LOG2+1:2];
    wire [10:0]       left_d = left - NL_11;
    wire              last_beat = left <= NL_11;

    reg [NL-1:0]      w_en_q;
    reg [TAG_W-1:0]   w_slot_q;
    reg [ROW_W-1:0]   w_row_q;
    reg [NL_LOG2-1:0] w_turn_q;
    reg [DATA_W-1:0]  w_data_q;
    reg               fin_valid_q;
    reg [TAG_W-1:0]   fin_slot_q;
    reg [1:0]         fin_status_q;
    reg [ROW_W:0]     fin_rows_q;

    // both: the value twice behind itself
    function [NL-1:0] turn_en(input [2*NL-1:0] both, input [NL_LOG2-1:0] n);
        turn_en = both[NL_P - {1'b0, n} +: NL];
    endfunction

    function [DATA_W-1:0] turn_data(input [2*DATA_W-1:0] both, input [NL_LOG2-1:0] n);
        turn_data = both[{NL_P - {1'b0, n}, 5'd0} +: DATA_W];
    endfunction

    wire [NL-1:0] beat_en = last_beat ? ~({NL{1'b1}} << left[4:0]) : {NL{1'b1}};
    wire [ROW_W:0] t_row  = {1'b0, t_pos[ROW_W+NL_LOG2+1:NL_LOG2+2]};
    wire [ROW_W:0] x_row  = {1'b0, x_pos[ROW_W+NL_LOG2+1:NL_LOG2+2]};
    localparam [ROW_W:0] ALL_ROWS = {1'b1, {ROW_W{1'b0}}};

    always @(posedge clk) begin
        w_en_q      <= 0;
        fin_valid_q <= 1'b0;
        if (c_valid_q) begin
            keep_q <= keep && !last_beat;
            left_q <= left_d;
            pos_q  <= pos + NL_11[6:0];
            zero_q <= zero;
            if (c_sop_q)
                slot_q <= slot;
            if (keep) begin
                w_en_q   <= turn_en({beat_en, beat_en}, turn);
                w_slot_q <= c_sop_q ? slot : slot_q;
                w_row_q  <= pos[ROW_W+NL_LOG2+1:NL_LOG2+2];
                w_turn_q <= turn;
                if (zero)
                    w_data_q <= {DATA_W{1'b0}};
                else if (turn == 0)
                    w_data_q <= c_data_q;
                else
                    w_data_q <= turn_data({c_data_q, c_data_q}, turn);
            end
        end
        // the end of a slot goes along with the last beat of its data
        if (c_first) begin
            end_status_q <= good_err ? 2'd1 : (poisoned || poison_q[slot]) ? 2'd3 : 2'd0;
            end_rows_q   <= good_err ? t_row : ALL_ROWS;
        end
        if (c_valid_q)
            ends_q <= (c_sop_q ? ends_slot : ends_q) && !c_eop_q;
        if (c_valid_q)
            within_q <= !c_eop_q;
        if (c_first && c_eop_q && ends_slot) begin
            fin_valid_q  <= 1'b1;
            fin_slot_q   <= slot;
            fin_status_q <= good_err ? 2'd1 : (poisoned || poison_q[slot]) ? 2'd3 : 2'd0;
            fin_rows_q   <= good_err ? t_row : ALL_ROWS;
        end else if (c_valid_q && !c_sop_q && c_eop_q && ends_q) begin
            fin_valid_q  <= 1'b1;
            fin_slot_q   <= slot_q;
            fin_status_q <= end_status_q;
            fin_rows_q   <= end_rows_q;
        end else if (expire) begin
            fin_valid_q  <= 1'b1;
            fin_slot_q   <= scan_slot_q;
            fin_status_q <= 2'd2;
            fin_rows_q   <= x_row;
        end
        if (rst || rst_func) begin
            w_en_q      <= 0;
            fin_valid_q <= 1'b0;
            ends_q      <= 1'b0;
            within_q    <= 1'b0;
            keep_q      <= 1'b0;
        end
    end

    assign fin_valid  = fin_valid_q;
    assign fin_slot   = fin_slot_q;
    assign fin_status = fin_status_q;
    assign fin_rows   = fin_rows_q;
    assign wr_en      = w_en_q;
    assign wr_slot    = w_slot_q;
    assign wr_data    = w_data_q;

    // lanes below the turn belong to the next row
    genvar i;
    generate
        for (i = 0; i < NL; i = i + 1) begin : g_row
            localparam [31:0] ABOVE = NL - 1 - i;
            wire [NL_LOG2:0] place = {1'b0, w_turn_q} + ABOVE[NL_LOG2:0];
            wire unused = &{1'b0, place};
            assign wr_row[ROW_W*i +: ROW_W] = place[NL_LOG2] ? w_row_q + 1 : w_row_q;
        end
    endgenerate

    // ---- reports -----------------------------------------------------------------------------------

    reg         ev_valid_q, ev_adv_q;
    reg [4:0]   ev_bit_q;
    reg [127:0] ev_hdr_q;
    reg [2:0]   got_q;

    assign ev_valid = ev_valid_q;
    assign ev_bit   = ev_bit_q;
    assign ev_adv   = ev_adv_q;
    assign ev_hdr   = ev_hdr_q;
    assign {got_ur, got_ca, got_poison} = got_q;

    always @(posedge clk) begin
        ev_valid_q <= !rst && (malformed || (unknown && !(is_quar && silent_q[slot])) || poisoned || expire);
        ev_bit_q   <= malformed ? `AER_MTLP : unknown ? `AER_UC : poisoned ? `AER_PTLP : `AER_CTO;
        ev_adv_q   <= unknown;
        got_q      <= {good_err && status != `TLP_CA, good_err && status == `TLP_CA, poisoned};
        if (c_first)
            ev_hdr_q <= c_hdr_q;
        else if (expire)
            ev_hdr_q <= 128'd0;
    end

    assign pending = (live_q != 0) || ((quar_q & silent_q) != 0);
    assign busy    = timers || c_valid_q || ev_valid_q || fin_valid_q;

    wire unused = &{1'b0, c_hdr_q, tag, t_pos, x_pos, pos, holds, excess};
endmodule
`default_nettype wire
