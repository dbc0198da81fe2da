// SPDX-License-Identifier: Apache-2.0
//
// One packet of a vendor's stream per TLP: a descriptor or header of up to four dwords, then the payload, moved to
// the dword where the interface wants it. Every packet begins in lane 0 of a beat. No latency: outputs follow the
// inputs of the same cycle; one beat per cycle. in_ready waits for out_ready. Beats of the TLP behind those that in_nr
// tells (a digest) are taken and left out.
//   DATA_W  64, 128, 256 or 512
//   SIDE_W  bits that stay the same for a whole packet
`default_nettype none
module riser_shim_out #(
    parameter DATA_W = 256,
    parameter SIDE_W = 1,
    parameter W      = DATA_W / 32,     // derived: dwords of a beat
    parameter LW     = $clog2(W)        // derived
) (
    input  wire               clk,
    input  wire               rst,

    // payload as on the TLP port; one beat without payload if in_nr is 0
    input  wire               in_valid,
    output wire               in_ready,
    input  wire               in_eop,
    input  wire [DATA_W-1:0]  in_data,
    // with the first beat
    input  wire [127:0]       in_desc,      // first dword lowest, 0 behind the last
    input  wire [2:0]         in_nr_desc,   // dwords of it: 3 or 4
    input  wire [5:0]         in_start,     // dword of the packet where the payload begins
    input  wire [10:0]        in_nr,        // dwords of payload, 0 to 1025
    input  wire [3:0]         in_fbe,       // byte enables of its first
    input  wire [3:0]         in_lbe,       // and, if it has more than one, of its last dword
    input  wire [SIDE_W-1:0]  in_side,

    output wire               out_valid,
    input  wire               out_ready,
    output wire               out_sop,
    output wire               out_eop,
    output wire [DATA_W-1:0]  out_data,
    output wire [LW-1:0]      out_last,     // last dword of the last beat
    output wire [4*W-1:0]     out_be,       // bytes of payload that are enabled
    output wire [SIDE_W-1:0]  out_side
);
    localparam [31:0] W_32 = W;

    reg [9:0]        beat_q;
    reg              tail_q;        // the rest of the TLP is left out
    reg [127:0]      desc_q;
    reg [2:0]        nr_desc_q;
    reg [5:0]        start_q;
    reg [10:0]       nr_q;
    reg [3:0]        fbe_q, lbe_q;
    reg [SIDE_W-1:0] side_q;
    reg [DATA_W-1:0] carry_q;

    wire         first   = beat_q == 10'd0;
    wire [127:0] desc    = first ? in_desc : desc_q;
    wire [2:0]   nr_desc = first ? in_nr_desc : nr_desc_q;
    wire [5:0]   start   = first ? in_start : start_q;
    wire [10:0]  nr      = first ? in_nr : nr_q;
    wire [3:0]   fbe     = first ? in_fbe : fbe_q;
    wire [3:0]   lbe     = first ? in_lbe : lbe_q;

    // ---- beats: of the packet, and of the payload in it -------------------------------------------

    wire [11:0]   total    = (nr == 11'd0) ? {9'd0, nr_desc} : {1'b0, nr} + {6'd0, start};
    wire [11:0]   end_dw   = total - 12'd1;
    wire [11:0]   end_beat = end_dw >> LW;
    wire [5:0]    at_beat  = start >> LW;
    wire [10:0]   last_pay = (nr - 11'd1) >> LW;
    wire [10:0]   pay      = {1'b0, beat_q} - {5'd0, at_beat};
    wire          in_pay   = nr != 11'd0 && {1'b0, beat_q} >= {5'd0, at_beat};
    wire          takes    = in_pay && pay <= last_pay;
    wire          is_last  = {2'b0, beat_q} == end_beat;
    wire          moves    = out_valid && out_ready;

    assign out_valid = (takes || first || nr == 11'd0) ? in_valid && !tail_q : 1'b1;
    assign out_sop   = first;
    assign out_eop   = is_last;
    assign out_last  = end_dw[LW-1:0];
    assign out_side  = first ? in_side : side_q;
    wire   ends      = takes ? pay == last_pay : nr == 11'd0 && is_last;
    assign in_ready  = tail_q || (out_ready && (takes || ends));

    // ---- data ---------------------------------------------------------------------------------------

    wire [LW-1:0]       shift  = start[LW-1:0];
    wire [31:0]         right  = W_32 - {{(32-LW){1'b0}}, shift};
    wire [DATA_W-1:0]   now    = takes ? in_data : {DATA_W{1'b0}};
    wire [DATA_W-1:0]   prior = (in_pay && pay != 11'd0) ? carry_q : {DATA_W{1'b0}};
    wire [2*DATA_W-1:0] both   = {now, prior} >> (right * 32);
    wire [DATA_W-1:0]   head;

    generate
        if (W == 2) begin : g_head_2
            assign head = first ? desc[63:0] : (beat_q == 10'd1) ? desc[127:64] : 64'd0;
        end else if (W == 4) begin : g_head_4
            assign head = first ? desc : 128'd0;
        end else begin : g_head
            assign head = first ? {{(DATA_W-128){1'b0}}, desc} : {DATA_W{1'b0}};
        end
    endgenerate

    assign out_data = both[DATA_W-1:0] | head;

    genvar i;
    generate
        for (i = 0; i < W; i = i + 1) begin : g_be
            localparam [31:0] LANE = i;
            wire [13:0] dw = {4'd0, beat_q} * W_32[13:0] + LANE[13:0] - {8'd0, start};
            assign out_be[4*i +: 4] = (dw >= {3'd0, nr}) ? 4'd0 : (dw == 14'd0) ? fbe
                                    : (dw == {3'd0, nr} - 14'd1) ? lbe : 4'hf;
        end
    endgenerate

    always @(posedge clk) begin
        if (rst) begin
            beat_q <= 10'd0;
            tail_q <= 1'b0;
        end else begin
            if (moves)
                beat_q <= is_last ? 10'd0 : beat_q + 10'd1;
            if (in_valid && in_ready)
                tail_q <= (tail_q || ends) && !in_eop;
        end
    end

    always @(posedge clk) begin
        if (moves && first) begin
            desc_q    <= in_desc;
            nr_desc_q <= in_nr_desc;
            start_q   <= in_start;
            nr_q      <= in_nr;
            fbe_q     <= in_fbe;
            lbe_q     <= in_lbe;
            side_q    <= in_side;
        end
        if (moves && takes)
            carry_q <= in_data;
    end

    wire unused = &{1'b0, both[2*DATA_W-1:DATA_W], end_dw};
endmodule
`default_nettype wire
