// SPDX-License-Identifier: Apache-2.0
//
// The reverse of riser_shim_out: takes a vendor's packets apart into a descriptor and the payload, which is moved
// to bit 0. Packets begin in lane 0. The instance's owner reads `desc` and gives back, in the same cycle, where
// the payload begins and how long it is. A packet whose length is another than that is cut or ends early, and
// `bad` pulses. No latency; one beat per cycle, and one cycle more for a packet whose payload needs no more beats
// than it has but whose descriptor does not fill one. in_ready waits for out_ready.
`default_nettype none
module riser_shim_in #(
    parameter DATA_W = 256,
    parameter SIDE_W = 1,
    parameter W      = DATA_W / 32,     // derived
    parameter LW     = $clog2(W)        // derived
) (
    input  wire               clk,
    input  wire               rst,

    input  wire               in_valid,
    output wire               in_ready,
    input  wire               in_sop,
    input  wire               in_eop,
    input  wire [DATA_W-1:0]  in_data,
    input  wire [LW-1:0]      in_last,
    input  wire [SIDE_W-1:0]  in_side,      // with in_sop

    output wire [127:0]       desc,         // first dword lowest
    output wire [SIDE_W-1:0]  side,
    input  wire [5:0]         start,        // dword where the payload begins
    input  wire [2:0]         nr_desc,      // dwords of the descriptor, for a packet without payload
    input  wire [10:0]        nr,           // dwords of payload, 0: none

    output wire               out_valid,
    input  wire               out_ready,
    output wire               out_sop,
    output wire               out_eop,
    output wire [DATA_W-1:0]  out_data,
    output wire               bad           // pulse
);
    localparam [31:0] W_32 = W;

    reg [9:0]        beat_q;
    reg [127:0]      desc_q;
    reg [SIDE_W-1:0] side_q;
    reg [DATA_W-1:0] carry_q;
    reg              tail_q;    // the rest is in carry_q
    reg              begun_q;   // the first beat has gone out
    reg              drop_q;    // the payload has ended before its packet

    wire [9:0] beat = in_sop ? 10'd0 : beat_q;

    assign side = (in_sop && !tail_q) ? in_side : side_q;
    generate
        if (W == 2) begin : g_desc_2
            assign desc = tail_q ? desc_q : (beat == 10'd0) ? {64'd0, in_data}
                        : (beat == 10'd1) ? {in_data, desc_q[63:0]} : desc_q;
        end else begin : g_desc
            assign desc = (!tail_q && beat == 10'd0) ? in_data[127:0] : desc_q;
        end
    endgenerate

    wire [LW-1:0] shift    = start[LW-1:0];
    wire [9:0]    at_beat  = {4'd0, start} >> LW;
    wire [10:0]   last_pay = (nr - 11'd1) >> LW;
    // the descriptor is complete
    wire          has_head = W != 2 || beat != 10'd0;
    wire          none     = nr == 11'd0;
    wire          straight = shift == 0;
    // payload beat that this beat completes
    wire [10:0]   pay      = {1'b0, beat} - {1'b0, at_beat} - (straight ? 11'd0 : 11'd1);
    wire          in_pay   = has_head && !none && beat >= at_beat;
    wire          only     = in_pay && beat == at_beat && {1'b0, nr} + {{(12-LW){1'b0}}, shift} <= W_32[11:0];
    wire          full     = in_pay && (straight || beat != at_beat);
    wire          all      = only || (full && pay == last_pay);
    // the packet ends with less than a beat that has not gone out
    wire          leaves   = full && !straight && !all && in_eop;
    wire          early    = in_eop && !none && !all && !leaves;
    wire          emits    = in_valid && !tail_q && !drop_q && (only || full || (in_eop && (none || early)));
    wire          moves    = in_valid && in_ready;

    wire [2*DATA_W-1:0] two  = {in_data, carry_q} >> ({{(32-LW){1'b0}}, shift} * 32);
    wire [DATA_W-1:0]   rest = (tail_q ? carry_q : in_data) >> ({{(32-LW){1'b0}}, shift} * 32);

    assign in_ready  = !tail_q && (out_ready || !emits);
    assign out_valid = tail_q || emits;
    assign out_sop   = !begun_q;
    assign out_eop   = tail_q || all || none || early;
    assign out_data  = (tail_q || only || straight) ? rest : two[DATA_W-1:0];

    wire [12:0] got  = {1'b0, beat, 2'd0} * W_32[12:0] / 13'd4 + {{(13-LW){1'b0}}, in_last} + 13'd1;
    wire [12:0] want = none ? {10'd0, nr_desc} : {2'd0, nr} + {7'd0, start};
    assign bad = moves && in_eop && got != want;

    always @(posedge clk) begin
        if (rst) begin
            beat_q  <= 10'd0;
            tail_q  <= 1'b0;
            begun_q <= 1'b0;
            drop_q  <= 1'b0;
        end else begin
            if (moves) begin
                beat_q <= in_eop ? 10'd0 : beat + 10'd1;
                tail_q <= leaves && !drop_q;
                drop_q <= !in_eop && (drop_q || (emits && all));
            end else if (tail_q && out_ready) begin
                tail_q <= 1'b0;
            end
            if (out_valid && out_ready)
                begun_q <= !out_eop;
        end
    end

    always @(posedge clk) begin
        if (moves) begin
            desc_q  <= desc;
            carry_q <= in_data;
            if (in_sop)
                side_q <= in_side;
        end
    end

    wire unused = &{1'b0, two[2*DATA_W-1:DATA_W]};
endmodule
`default_nettype wire
