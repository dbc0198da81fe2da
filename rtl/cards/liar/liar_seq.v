// SPDX-License-Identifier: Apache-2.0
//
// Breaks rules on demand: stands between an endpoint and the TLP port, lets everything pass, and when
// its program says so cuts the endpoint off and plays TLPs of the program instead. The program is a
// file of 32-bit words in hex, given as +liar=FILE; without one nothing ever happens. An operation:
//   00000000                halt: pass everything, for ever
//   1CRRLLLL H H H H D...   send a TLP on channel C (0 posted, 1 non-posted, 2 completion): header of four
//                           words, L dwords of payload, whatever the header says. R: what is put in:
//                           bit 0 the function's number (bytes 4 and 5), bit 1 the Requester ID
//                           and the Tag of the last request taken (bytes 8 to 10)
//   2C000000                take the next TLP of channel C from the host, and forget it
//   3NNNNNNN                wait N cycles
//   400000VV                pass everything until the host writes VV to Cache Line Size (byte 0Ch)
//   5000000L                flr_active is 1 or 0
//   6000000L                wait until the link is up (1), down or in reset (0)
//   70000000                pass everything again
// From any other operation on the endpoint is cut off: the host's TLPs wait until they are taken.
// A reset ends a TLP that is being sent, nothing else. Latency: a beat needs DATA_W / 32 cycles.
`default_nettype none
`include "riser_tlp.vh"
module liar_seq #(
    parameter DATA_W     = 256,
    parameter WORDS_LOG2 = 14
) (
    input  wire                clk,
    input  wire                rst,         // reset, or the link is down
    input  wire [15:0]         bdf,
    output wire                quiet,       // nothing of the program is under way
    output wire                flr,

    // the host's side, channels 2 to 0: completion, non-posted, posted
    input  wire [2:0]          rx_valid,
    output wire [2:0]          rx_ready,
    input  wire [2:0]          rx_sop,
    input  wire [2:0]          rx_eop,
    input  wire [383:0]        rx_hdr,
    input  wire [7:0]          rx_np_byte,  // first byte of the non-posted payload
    output wire [2:0]          tx_valid,
    input  wire [2:0]          tx_ready,
    output wire [2:0]          tx_sop,
    output wire [2:0]          tx_eop,
    output wire [383:0]        tx_hdr,
    output wire [3*DATA_W-1:0] tx_data,

    // the endpoint's side
    output wire [2:0]          ep_rx_valid,
    input  wire [2:0]          ep_rx_ready,
    input  wire [2:0]          ep_tx_valid,
    output wire [2:0]          ep_tx_ready,
    input  wire [2:0]          ep_tx_sop,
    input  wire [2:0]          ep_tx_eop,
    input  wire [383:0]        ep_tx_hdr,
    input  wire [3*DATA_W-1:0] ep_tx_data
);
    localparam LANES  = DATA_W / 32;
    localparam [31:0] LANE_LAST = LANES - 1;

    localparam [3:0] ST_OP    = 4'd0;
    localparam [3:0] ST_HALT  = 4'd1;
    localparam [3:0] ST_CUT   = 4'd2;   // before an operation that needs the port
    localparam [3:0] ST_HDR   = 4'd3;
    localparam [3:0] ST_DATA  = 4'd4;
    localparam [3:0] ST_OFFER = 4'd5;
    localparam [3:0] ST_TAKE  = 4'd6;
    localparam [3:0] ST_DELAY = 4'd7;
    localparam [3:0] ST_TRIG  = 4'd8;
    localparam [3:0] ST_LINK  = 4'd9;

    reg [31:0]           prog [0:(1<<WORDS_LOG2)-1];
    reg [8*256-1:0]      name;
    reg [3:0]            state_q;
    reg                  cut_q;
    reg [WORDS_LOG2-1:0] pc_q, next_q;
    reg [1:0]            ch_q;
    reg [1:0]            put_q;
    reg [1:0]            nr_hdr_q;
    reg [127:0]          hdr_q;
    reg [15:0]           left_q;
    reg [3:0]            lane_q;
    reg [DATA_W-1:0]     data_q;
    reg                  sop_q;
    reg [27:0]           count_q;
    reg                  hit_q, flr_q;
    reg [23:0]           from_q;        // Requester ID and Tag of the last request taken
    reg [2:0]            rx_mid_q, tx_mid_q;
    integer              i;

    initial begin
        for (i = 0; i < (1 << WORDS_LOG2); i = i + 1)
            prog[i] = 32'd0;
        name = {8*256{1'b0}};
        if ($value$plusargs("liar=%s", name))
            $readmemh(name, prog);
        state_q = ST_OP;
        cut_q   = 1'b0;
        pc_q    = {WORDS_LOG2{1'b0}};
        flr_q   = 1'b0;
        hit_q   = 1'b0;
    end

    // ---- who has the port --------------------------------------------------------------------------

    wire [2:0] ch_bit = 3'd1 << ch_q;
    wire       offer  = state_q == ST_OFFER;

    assign rx_ready    = cut_q ? (ch_bit & {3{state_q == ST_TAKE}}) : ep_rx_ready;
    assign ep_rx_valid = rx_valid & {3{!cut_q}};
    assign tx_valid    = cut_q ? (ch_bit & {3{offer}}) : ep_tx_valid;
    assign tx_sop      = cut_q ? {3{sop_q}} : ep_tx_sop;
    assign tx_eop      = cut_q ? {3{left_q == 16'd0}} : ep_tx_eop;
    assign tx_hdr      = cut_q ? {3{hdr_q}} : ep_tx_hdr;
    assign tx_data     = cut_q ? {3{data_q}} : ep_tx_data;
    assign ep_tx_ready = tx_ready & {3{!cut_q}};
    assign quiet       = state_q == ST_HALT || state_q == ST_TRIG || (state_q == ST_TAKE && rx_valid == 3'd0);
    assign flr         = flr_q;

    // between TLPs in both directions, and nothing offered
    wire free = rx_mid_q == 3'd0 && tx_mid_q == 3'd0 && ep_tx_valid == 3'd0;

    always @(posedge clk) begin
        rx_mid_q <= rst ? 3'd0 : (rx_mid_q & ~(rx_valid & rx_ready)) | (rx_valid & rx_ready & ~rx_eop);
        tx_mid_q <= rst ? 3'd0 : (tx_mid_q & ~(tx_valid & tx_ready)) | (tx_valid & tx_ready & ~tx_eop);
    end

    // ---- the write that starts a part ----------------------------------------------------------------

    wire [127:0] np_hdr = rx_hdr[128 +: 128];
    wire         is_mark = rx_valid[1] && rx_ready[1] && rx_sop[1] && np_hdr[`TLP_FMT_TYPE_R] == `TLP_CFGWR0
                        && np_hdr[`TLP_CFG_REG_R] == 10'd3 && np_hdr[64] && rx_np_byte == count_q[7:0];
    wire         answered = tx_valid[2] && tx_ready[2] && tx_eop[2];

    // ---- the program -----------------------------------------------------------------------------------

    wire [31:0] word = prog[pc_q];
    wire        full = lane_q == LANE_LAST[3:0];
    wire [127:0] taken_hdr = rx_hdr[{30'd0, ch_q} * 128 +: 128];

    always @(posedge clk) begin
        case (state_q)
            ST_OP: begin
                ch_q    <= word[25:24];
                put_q   <= word[17:16];
                left_q  <= word[15:0];
                count_q <= word[27:0];
                hit_q   <= 1'b0;
                case (word[31:28])
                    4'd0: begin
                        state_q <= ST_HALT;
                        cut_q   <= 1'b0;
                    end
                    4'd4: begin
                        state_q <= ST_TRIG;
                        cut_q   <= 1'b0;
                        pc_q    <= pc_q + 1;
                    end
                    4'd5: begin
                        flr_q <= word[0];
                        pc_q  <= pc_q + 1;
                    end
                    4'd7: begin
                        cut_q <= 1'b0;
                        pc_q  <= pc_q + 1;
                    end
                    default:
                        if (!cut_q) begin
                            state_q <= ST_CUT;
                        end else begin
                            pc_q   <= pc_q + 1;
                            next_q <= pc_q + word[WORDS_LOG2-1:0] + 5;
                            state_q <= (word[31:28] == 4'd1) ? ST_HDR : (word[31:28] == 4'd2) ? ST_TAKE
                                     : (word[31:28] == 4'd3) ? ST_DELAY : ST_LINK;
                        end
                endcase
            end
            ST_CUT:
                if (free || rst) begin
                    cut_q   <= 1'b1;
                    state_q <= ST_OP;
                end
            ST_HDR: begin
                pc_q    <= pc_q + 1;
                if (nr_hdr_q == 2'd3)
                    state_q <= (left_q == 16'd0) ? ST_OFFER : ST_DATA;
            end
            ST_DATA: begin
                pc_q   <= pc_q + 1;
                left_q <= left_q - 16'd1;
                if (full || left_q == 16'd1)
                    state_q <= ST_OFFER;
            end
            ST_OFFER:
                if ((tx_ready & ch_bit) != 3'd0)
                    state_q <= (left_q == 16'd0) ? ST_OP : ST_DATA;
            ST_TAKE:
                if ((rx_valid & ch_bit & rx_eop) != 3'd0)
                    state_q <= ST_OP;
            ST_DELAY: begin
                count_q <= count_q - 28'd1;
                if (count_q == 28'd0)
                    state_q <= ST_OP;
            end
            ST_TRIG: begin
                hit_q <= hit_q || is_mark;
                if (hit_q && answered)
                    state_q <= ST_OP;
            end
            ST_LINK:
                if (rst != count_q[0])
                    state_q <= ST_OP;
            default: ;
        endcase
        if (rst && (state_q == ST_HDR || state_q == ST_DATA || state_q == ST_OFFER)) begin
            pc_q    <= next_q;
            state_q <= ST_OP;
        end
    end

    always @(posedge clk) begin
        if (state_q == ST_OP) begin
            nr_hdr_q <= 2'd0;
            lane_q   <= 4'd0;
            sop_q    <= 1'b1;
        end
        if (state_q == ST_HDR) begin
            nr_hdr_q <= nr_hdr_q + 2'd1;
            hdr_q    <= {hdr_q[95:0], word};
            if (nr_hdr_q == 2'd1 && put_q[0])
                hdr_q <= {hdr_q[95:0], bdf, word[15:0]};
            if (nr_hdr_q == 2'd2 && put_q[1])
                hdr_q <= {hdr_q[95:0], from_q, word[7:0]};
        end
        if (state_q == ST_DATA) begin
            data_q[{28'd0, lane_q} * 32 +: 32] <= {word[7:0], word[15:8], word[23:16], word[31:24]};
            lane_q <= lane_q + 4'd1;
        end
        if (offer && (tx_ready & ch_bit) != 3'd0) begin
            sop_q  <= 1'b0;
            lane_q <= 4'd0;
        end
        if (state_q == ST_TAKE && (rx_valid & ch_bit & rx_sop) != 3'd0)
            from_q <= {taken_hdr[`TLP_REQ_ID_R], taken_hdr[`TLP_TAG_R]};
    end

    wire unused = &{1'b0, rx_hdr, np_hdr, taken_hdr, word, LANE_LAST};
endmodule
`default_nettype wire
