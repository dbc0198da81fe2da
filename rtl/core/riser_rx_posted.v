// SPDX-License-Identifier: Apache-2.0
//
// Posted requests: memory writes become accesses of one aligned quadword with byte enables, in
// order; messages are obeyed or ignored; everything else is dropped whole and reported. A TLP of one
// quadword takes 3 cycles, longer ones one more per quadword. nr_in and nr_done count TLPs: all that
// were accepted, and those whose effect is past the register bus.
`default_nettype none
`include "riser_tlp.vh"
module riser_rx_posted #(
    parameter        DATA_W    = 256,
    parameter [35:0] BAR_SIZES = 36'h0,
    // this function's number
    parameter [2:0]  FUNCTION  = 3'd0
) (
    input  wire              clk,
    input  wire              rst,
    // 1: drop what arrives, silently (function level reset), but for the port's messages
    input  wire              flush,

    input  wire              rx_valid,
    output wire              rx_ready,
    input  wire              rx_sop,
    input  wire              rx_eop,
    input  wire [127:0]      rx_hdr,
    input  wire [DATA_W-1:0] rx_data,

    input  wire [383:0]      bar_base,
    input  wire              mem_en,
    input  wire [2:0]        mps,

    // register bus
    output wire              wr_valid,
    input  wire              wr_ready,
    output wire [2:0]        wr_bar,
    output wire [31:0]       wr_addr,
    output wire [63:0]       wr_data,
    output wire [7:0]        wr_be,
    output wire              wr_last,
    input  wire              wr_pending,    // a write is still inside the register bus
    input  wire              wr_done,       // pulse: a write with wr_last has left it

    output wire [31:0]       nr_in,
    output wire [31:0]       nr_done,
    output wire              busy,

    output wire              ev_valid,
    input  wire              ev_ready,
    output wire [4:0]        ev_bit,
    output wire [127:0]      ev_hdr,
    output wire              turn_off,
    output wire              slot_power_set,
    output wire [9:0]        slot_power
);
    localparam WORDS  = DATA_W / 64;
    localparam WIDX_W = (WORDS >= 8) ? 3 : (WORDS >= 4) ? 2 : 1;
    localparam [31:0] WLAST = WORDS - 1;

    localparam [2:0] ST_IDLE  = 3'd0;
    localparam [2:0] ST_JUDGE = 3'd1;
    localparam [2:0] ST_WRITE = 3'd2;
    localparam [2:0] ST_EVENT = 3'd3;
    localparam [2:0] ST_DROP  = 3'd4;
    localparam [2:0] ST_END   = 3'd5;

    reg [2:0]        state_q;
    reg [2:0]        bar_q;
    reg [31:0]       addr_q;
    reg [10:0]       left_q;     // dwords not yet in an access
    reg              first_q;
    reg              odd_q;      // the first dword is the upper half of a quadword
    reg [WIDX_W-1:0] widx_q;     // 64-bit word in the beat
    reg [31:0]       carry_q;
    reg [3:0]        fbe_q, lbe_q;
    reg              eop_seen_q;
    reg [4:0]        ev_bit_q;
    reg              wrote_q;    // its accesses count the TLP done, so that its end must not
    reg [31:0]       nr_in_q, nr_done_q;

    wire              b_valid, b_sop, b_eop;
    wire [127:0]      b_hdr;
    wire [DATA_W-1:0] b_data;
    wire              b_pop;

    riser_skid #(.W(DATA_W + 130)) u_skid (
        .clk       (clk),
        .rst       (rst),
        .in_valid  (rx_valid),
        .in_ready  (rx_ready),
        .in_data   ({rx_sop, rx_eop, rx_hdr, rx_data}),
        .out_valid (b_valid),
        .out_ready (b_pop),
        .out_data  ({b_sop, b_eop, b_hdr, b_data})
    );

    wire        check_en = (state_q == ST_IDLE) && b_valid;
    wire [2:0]  kind;
    wire [2:0]  bar;
    wire [31:0] offset;

    riser_rx_req #(.BAR_SIZES(BAR_SIZES), .FUNCTION(FUNCTION)) u_check (
        .clk      (clk),
        .en       (check_en),
        .hdr      (b_hdr),
        .bar_base (bar_base),
        .mem_en   (mem_en),
        .mps      (mps),
        .kind     (kind),
        .bar      (bar),
        .offset   (offset)
    );

    // ---- one access ------------------------------------------------------------------------------

    wire [63:0] word     = b_data[{29'd0, widx_q} * 64 +: 64];
    wire        use_word = !odd_q || first_q || (left_q != 11'd1);
    wire        lo_on    = !(odd_q && first_q);
    wire        hi_on    = (odd_q && first_q) || (left_q != 11'd1);
    wire [10:0] step     = {9'd0, lo_on && hi_on, lo_on ^ hi_on};
    wire [10:0] left_d   = left_q - step;
    // dwords still to be fetched from beats before and after this access
    wire [10:0] fetch    = (odd_q && !first_q) ? left_q - 11'd1 : left_q;
    wire        fetch_end = fetch <= 11'd2;
    wire        access   = (state_q == ST_WRITE) && (b_valid || !use_word);
    wire        access_ok = access && wr_ready;
    wire        word_pop = access_ok && use_word && (fetch_end || widx_q == WLAST[WIDX_W-1:0]);
    wire        eop_now  = (word_pop && b_eop) || eop_seen_q;
    wire [3:0]  lo_be    = (first_q) ? fbe_q : (left_q == 11'd1) ? lbe_q : 4'hf;
    wire [3:0]  hi_be    = (first_q && odd_q) ? fbe_q : (left_q == 11'd2) ? lbe_q : 4'hf;

    assign wr_valid = access;
    assign wr_bar   = bar_q;
    assign wr_addr  = addr_q;
    assign wr_data  = !odd_q ? word : {word[31:0], carry_q};
    assign wr_be    = {hi_on ? hi_be : 4'd0, lo_on ? lo_be : 4'd0};
    assign wr_last  = left_d == 11'd0;

    assign b_pop = word_pop || (state_q == ST_DROP);
    assign busy  = (state_q != ST_IDLE) || b_valid;

    // ---- events and counts ------------------------------------------------------------------------

    wire judged = state_q == ST_JUDGE;
    wire end_ok = (state_q == ST_END) && !wr_pending;

    assign ev_valid       = state_q == ST_EVENT;
    assign ev_bit         = ev_bit_q;
    assign ev_hdr         = b_hdr;
    assign turn_off       = judged && kind == `RX_TURN_OFF;
    assign slot_power_set = judged && kind == `RX_SLOT_POWER;
    assign slot_power     = b_data[9:0];
    assign nr_in          = nr_in_q;
    assign nr_done        = nr_done_q;

    always @(posedge clk) begin
        if (rst) begin
            state_q   <= ST_IDLE;
            nr_in_q   <= 32'd0;
            nr_done_q <= 32'd0;
        end else begin
            nr_in_q   <= nr_in_q + {31'd0, rx_valid && rx_ready && rx_eop};
            nr_done_q <= nr_done_q + {31'd0, wr_done} + {31'd0, end_ok};
            case (state_q)
                ST_IDLE:
                    if (b_valid)
                        state_q <= ST_JUDGE;
                ST_JUDGE:
                    if (flush)
                        state_q <= ST_DROP;
                    else if (kind == `RX_MEM && (fbe_q != 4'd0))
                        state_q <= ST_WRITE;
                    else if (kind == `RX_UR || kind == `RX_MTLP || kind == `RX_PTLP)
                        state_q <= ST_EVENT;
                    else
                        state_q <= ST_DROP;
                ST_WRITE:
                    if (access_ok && left_d == 11'd0)
                        state_q <= eop_now ? ST_IDLE : ST_DROP;
                ST_EVENT:
                    if (ev_ready)
                        state_q <= ST_DROP;
                ST_DROP:
                    if (b_valid && b_eop)
                        state_q <= wrote_q ? ST_IDLE : ST_END;
                ST_END:
                    if (!wr_pending)
                        state_q <= ST_IDLE;
                default:
                    state_q <= ST_IDLE;
            endcase
        end
    end

    always @(posedge clk) begin
        if (check_en) begin
            fbe_q      <= b_hdr[`TLP_FIRST_BE_R];
            lbe_q      <= b_hdr[`TLP_LAST_BE_R];
            left_q     <= {b_hdr[`TLP_LENGTH_R] == 10'd0, b_hdr[`TLP_LENGTH_R]};
            first_q    <= 1'b1;
            widx_q     <= {WIDX_W{1'b0}};
            eop_seen_q <= 1'b0;
            wrote_q    <= 1'b0;
        end
        if (state_q == ST_JUDGE) begin
            bar_q    <= bar;
            addr_q   <= {offset[31:3], 3'd0};
            odd_q    <= offset[2];
            ev_bit_q <= (kind == `RX_UR) ? `AER_UR : (kind == `RX_MTLP) ? `AER_MTLP : `AER_PTLP;
        end
        if (access_ok) begin
            addr_q  <= addr_q + 32'd8;
            left_q  <= left_d;
            first_q <= 1'b0;
            wrote_q <= 1'b1;
            if (use_word) begin
                carry_q    <= word[63:32];
                widx_q     <= (widx_q == WLAST[WIDX_W-1:0]) ? {WIDX_W{1'b0}} : widx_q + 1;
                eop_seen_q <= eop_now;
            end
        end
    end

    wire unused = &{1'b0, b_sop, offset[1:0]};
endmodule
`default_nettype wire
