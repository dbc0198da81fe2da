// SPDX-License-Identifier: Apache-2.0
//
// The example card without its interface: registers, the 4 KiB window, the DMA engine with its memory, interrupts
// (examples/driver/README.md). The modules around it turn its requests into packets of an interface.
//   NR_TAGS  reads in flight, a power of two from 2 to 16
`default_nettype none
module example_xilinx_core #(
    parameter DATA_W  = 256,
    parameter NR_TAGS = 8
) (
    input  wire              clk,
    input  wire              rst,
    input  wire [2:0]        mps,           // encodings of Device Control
    input  wire [2:0]        mrrs,
    output wire              idle,

    // registers: one dword per cycle, read data one cycle later. BAR0 registers, BAR2 window
    input  wire              acc_valid,
    input  wire              acc_write,
    input  wire [2:0]        acc_bar,
    input  wire [11:0]       acc_addr,
    input  wire [3:0]        acc_be,
    input  wire [31:0]       acc_wdata,
    output wire [31:0]       acc_rdata,

    // requests to the host; of a write the payload, packed, first dword at bit 0 of the first beat
    output wire              tx_valid,
    input  wire              tx_ready,
    output wire              tx_sop,
    output wire              tx_eop,
    output wire              tx_write,
    output wire [63:0]       tx_addr,       // multiple of 4
    output wire [10:0]       tx_nr,         // dwords
    output wire [3:0]        tx_fbe,
    output wire [3:0]        tx_lbe,        // 0 if there is one dword
    output wire [3:0]        tx_tag,        // of a read
    output wire [DATA_W-1:0] tx_data,
    // nothing that was asked for can be passed by an interrupt any more
    input  wire              tx_quiet,

    // completions, payload packed as above; never refused
    input  wire              rc_valid,
    input  wire              rc_sop,
    input  wire              rc_eop,
    input  wire [3:0]        rc_tag,
    input  wire [10:0]       rc_nr,         // dwords, with sop
    input  wire              rc_failed,     // no data: the request has ended
    input  wire [DATA_W-1:0] rc_data,

    output wire              irq_valid,
    input  wire              irq_ready,
    output wire [7:0]        irq_vec,
    output wire              intx           // level of INTA: a vector was sent and not cleared since
);
    localparam NB = DATA_W / 8;
    localparam [31:0] NB_32 = NB;
    localparam [20:0] NB_21 = NB_32[20:0];
    localparam [31:0] MEM_BYTES = 32'h0010_0040;
    localparam [31:0] LAST_TAG = NR_TAGS - 1;

    // ---- registers ------------------------------------------------------------------------------------

    reg [31:0] scratch_q, lo_q, hi_q, length_q, offset_q, rdata_q;
    reg [9:0]  control_q;
    reg        busy_q, done_q, error_q, test_q;
    reg [7:0]  test_vec_q, pending_q;
    reg [31:0] window [0:1023];

    wire wr_reg = acc_valid && acc_write && acc_bar == 3'd0;
    wire wr_win = acc_valid && acc_write && acc_bar == 3'd2;

    function [31:0] merge(input [31:0] was, input [31:0] now, input [3:0] be);
        merge = {be[3] ? now[31:24] : was[31:24], be[2] ? now[23:16] : was[23:16],
                 be[1] ? now[15:8] : was[15:8], be[0] ? now[7:0] : was[7:0]};
    endfunction

    wire start = wr_reg && acc_addr == 12'h020 && acc_be[0] && acc_wdata[0] && !busy_q;
    wire legal = length_q != 32'd0 && length_q <= 32'h0010_0000 && offset_q <= MEM_BYTES - length_q;
    wire ends, fails;

    assign acc_rdata = rdata_q;
    assign intx      = pending_q != 8'd0;

    always @(posedge clk) begin
        if (acc_valid) begin
            case (acc_addr)
                12'h000: rdata_q <= 32'h5249_5352;
                12'h004: rdata_q <= 32'h0001_0000;
                12'h008: rdata_q <= scratch_q;
                12'h010: rdata_q <= lo_q;
                12'h014: rdata_q <= hi_q;
                12'h018: rdata_q <= length_q;
                12'h01c: rdata_q <= offset_q;
                12'h020: rdata_q <= {16'd0, control_q[9:2], 6'd0, control_q[1], 1'b0};
                12'h024: rdata_q <= {29'd0, error_q, done_q, busy_q};
                12'h02c: rdata_q <= {24'd0, pending_q};
                default: rdata_q <= 32'd0;
            endcase
            if (acc_bar == 3'd2)
                rdata_q <= window[acc_addr[11:2]];
        end
        if (wr_win)
            window[acc_addr[11:2]] <= merge(window[acc_addr[11:2]], acc_wdata, acc_be);
    end

    always @(posedge clk) begin
        if (rst) begin
            scratch_q <= 32'd0;
            lo_q      <= 32'd0;
            hi_q      <= 32'd0;
            length_q  <= 32'd0;
            offset_q  <= 32'd0;
            control_q <= 10'd0;
            busy_q    <= 1'b0;
            done_q    <= 1'b0;
            error_q   <= 1'b0;
            test_q    <= 1'b0;
            pending_q <= 8'd0;
        end else begin
            if (wr_reg) begin
                case (acc_addr)
                    12'h008: scratch_q <= merge(scratch_q, acc_wdata, acc_be);
                    12'h010: lo_q      <= merge(lo_q, acc_wdata, acc_be);
                    12'h014: hi_q      <= merge(hi_q, acc_wdata, acc_be);
                    12'h018: length_q  <= merge(length_q, acc_wdata, acc_be);
                    12'h01c: offset_q  <= merge(offset_q, acc_wdata, acc_be);
                    12'h020: if (start) control_q <= {acc_be[1] ? acc_wdata[15:8] : 8'd0, acc_wdata[1:0]};
                    12'h024:
                        if (acc_be[0] && acc_wdata[1])
                            {error_q, done_q} <= 2'b00;
                    12'h028: begin
                        test_q     <= acc_be[0];
                        test_vec_q <= acc_wdata[7:0];
                    end
                    12'h02c: if (acc_be[0]) pending_q <= pending_q & ~acc_wdata[7:0];
                    default: ;
                endcase
            end
            if (start) begin
                busy_q  <= 1'b1;
                done_q  <= 1'b0;
                error_q <= 1'b0;
            end
            if (fails)
                error_q <= 1'b1;
            if (ends) begin
                busy_q <= 1'b0;
                done_q <= 1'b1;
            end
            if (test_q && state_q == ST_IDLE && irq_ready)
                test_q <= 1'b0;
            // one that is sent while the host clears it stays
            if (irq_valid && irq_ready && irq_vec[7:3] == 5'd0)
                pending_q[irq_vec[2:0]] <= 1'b1;
        end
    end

    // ---- engine: one TLP after the other -----------------------------------------------------------

    localparam [2:0] ST_IDLE  = 3'd0;
    localparam [2:0] ST_CUT   = 3'd1;   // how long is the next TLP
    localparam [2:0] ST_SEND  = 3'd2;
    localparam [2:0] ST_WAIT  = 3'd3;   // for what is under way
    localparam [2:0] ST_IRQ   = 3'd4;

    reg [2:0]  state_q;
    reg [63:0] addr_q;      // of the next byte in the host
    reg [20:0] card_q;      // and in the card
    reg [20:0] left_q;
    reg [12:0] bytes_q;     // of this TLP
    reg [7:0]  fetched_q;   // beats of it that were read from memory
    reg [7:0]  sent_q;
    reg [3:0]  next_tag_q;
    reg [15:0] used_q;

    wire        to_host = control_q[1];
    wire [2:0]  size    = to_host ? mps : mrrs;
    wire [12:0] most    = (size >= 3'd2) ? 13'd512 : (13'd128 << size);
    wire [12:0] room    = most - ({1'b0, addr_q[11:0]} & (most - 13'd1));
    wire [12:0] cut     = ({8'd0, room} < left_q) ? room : left_q[12:0];
    wire [1:0]  skip    = addr_q[1:0];
    wire [12:0] span    = bytes_q + {11'd0, skip};
    wire [12:0] up      = span + 13'd3;
    wire [10:0] nr      = up[12:2];
    wire [12:0] beats   = (span + NB_21[12:0] - 13'd1) / NB_21[12:0];
    wire [3:0]  fbe_all = 4'hf << skip;
    wire [3:0]  lbe_all = 4'hf >> (2'd0 - span[1:0]);
    wire        one     = nr == 11'd1;
    wire        tag_ok  = !used_q[next_tag_q];
    wire        sending = state_q == ST_SEND;
    wire        moves   = tx_valid && tx_ready;
    wire        tlp_end = moves && tx_eop;

    wire        f_ready, f_full, f_empty, f_valid, rd_en;
    reg         rd_q;
    wire [DATA_W-1:0] m_data;

    assign rd_en    = sending && to_host && {5'd0, fetched_q} < beats && !f_full;
    assign tx_valid = sending && (to_host ? f_valid : tag_ok);
    assign tx_sop   = sent_q == 8'd0;
    assign tx_eop   = !to_host || {5'd0, sent_q} == beats - 13'd1;
    assign tx_write = to_host;
    assign tx_addr  = {addr_q[63:2], 2'b00};
    assign tx_nr    = nr;
    assign tx_fbe   = one ? fbe_all & lbe_all : fbe_all;
    assign tx_lbe   = one ? 4'd0 : lbe_all;
    assign tx_tag   = next_tag_q;

    riser_fifo #(.W(DATA_W), .DEPTH_LOG2(3)) u_fifo (
        .clk(clk), .rst(rst), .in_valid(rd_q), .in_ready(f_ready), .in_data(m_data), .almost_full(f_full),
        .empty(f_empty),
        .out_valid(f_valid), .out_ready(moves && to_host), .out_data(tx_data));

    assign fails     = (state_q == ST_CUT && left_q == 21'd0) || rc_bad;
    assign ends      = state_q == ST_IRQ && irq_ready;
    assign irq_valid = state_q == ST_IRQ || (test_q && state_q == ST_IDLE);
    assign irq_vec   = (state_q == ST_IRQ) ? control_q[9:2] : test_vec_q;
    assign idle      = state_q == ST_IDLE && !test_q;

    always @(posedge clk) begin
        rd_q <= rd_en && !rst;
        if (rst) begin
            state_q    <= ST_IDLE;
            next_tag_q <= 4'd0;
        end else begin
            case (state_q)
                ST_IDLE:
                    if (start)
                        state_q <= ST_CUT;
                ST_CUT:
                    state_q <= (left_q == 21'd0) ? ST_IRQ : ST_SEND;
                ST_SEND:
                    if (tlp_end) begin
                        state_q <= (left_q == {8'd0, bytes_q}) ? ST_WAIT : ST_CUT;
                        if (!to_host)
                            next_tag_q <= (next_tag_q + 4'd1) & LAST_TAG[3:0];
                    end
                ST_WAIT:
                    if (used_q == 16'd0 && tx_quiet)
                        state_q <= ST_IRQ;
                default:
                    if (irq_ready)
                        state_q <= ST_IDLE;
            endcase
        end
        if (start) begin
            addr_q <= {hi_q, lo_q};
            card_q <= offset_q[20:0];
            left_q <= legal ? length_q[20:0] : 21'd0;
        end else if (state_q == ST_CUT) begin
            bytes_q   <= cut;
            fetched_q <= 8'd0;
            sent_q    <= 8'd0;
        end else if (sending) begin
            if (rd_en)
                fetched_q <= fetched_q + 8'd1;
            if (moves)
                sent_q <= sent_q + 8'd1;
            if (tlp_end) begin
                addr_q <= addr_q + {51'd0, bytes_q};
                card_q <= card_q + {8'd0, bytes_q};
                left_q <= left_q - {8'd0, bytes_q};
            end
        end
    end

    // ---- completions: where their bytes go -----------------------------------------------------------

    reg [20:0] t_card [0:15];   // card's byte for the next byte of the read
    reg [12:0] t_left [0:15];
    reg [1:0]  t_skip [0:15];
    reg [7:0]  beat_q;
    reg [12:0] here_q;
    reg        rc_bad;

    wire [7:0]  beat = rc_sop ? 8'd0 : beat_q;
    wire [1:0]  r_skip = t_skip[rc_tag];
    wire [12:0] r_left = t_left[rc_tag];
    wire [12:0] r_max = {rc_nr, 2'b00} - {11'd0, r_skip};
    wire [12:0] here = !rc_sop ? here_q : (r_max < r_left) ? r_max : r_left;
    wire [20:0] first = {13'd0, beat} * NB_21;             // byte of the payload where the beat begins
    wire [NB-1:0] r_be;

    genvar i;
    generate
        for (i = 0; i < NB; i = i + 1) begin : g_be
            localparam [31:0] LANE = i;
            wire [20:0] at = first + LANE[20:0] - {19'd0, r_skip};
            assign r_be[i] = at < {8'd0, here};
        end
    endgenerate

    example_xilinx_mem #(.DATA_W(DATA_W)) u_mem (
        .clk(clk), .wr_en(rc_valid && !rc_failed && used_q[rc_tag]),
        .wr_addr(t_card[rc_tag] - {19'd0, r_skip} + first), .wr_be(r_be), .wr_data(rc_data), .rd_en(rd_en),
        .rd_addr(card_q - {19'd0, skip} + {13'd0, fetched_q} * NB_21), .rd_data(m_data));

    always @(posedge clk) begin
        rc_bad <= rc_valid && rc_failed && !rst;
        if (rst)
            used_q <= 16'd0;
        else begin
            if (tlp_end && !to_host)
                used_q[next_tag_q] <= 1'b1;
            if (rc_valid && rc_eop && (rc_failed || here == r_left))
                used_q[rc_tag] <= 1'b0;
        end
        if (tlp_end && !to_host) begin
            t_card[next_tag_q] <= card_q;
            t_left[next_tag_q] <= bytes_q;
            t_skip[next_tag_q] <= skip;
        end
        if (rc_valid) begin
            beat_q <= beat + 8'd1;
            here_q <= here;
            if (rc_eop) begin
                t_card[rc_tag] <= t_card[rc_tag] + {8'd0, here};
                t_left[rc_tag] <= r_left - here;
                t_skip[rc_tag] <= 2'd0;
            end
        end
    end

    wire unused = &{1'b0, f_ready, f_empty, LAST_TAG, NB_32, offset_q, control_q[0], up[1:0], beats};
endmodule
`default_nettype wire
