// SPDX-License-Identifier: Apache-2.0
//
// One channel of a card with several functions, towards the host: whole TLPs, the functions in turn.
// A function that sends keeps the channel while no other wants it; the next one in turn gets it at the
// end of a TLP, without a cycle in between when it already waits. Nothing is stored: a beat that is
// accepted here has been accepted by the host, so that what a function has counted as sent is sent.
`default_nettype none
module riser_fn_tx #(
    parameter DATA_W = 256,
    // number of functions, 1 to 8
    parameter NR     = 2
) (
    input  wire                 clk,
    input  wire                 rst,

    input  wire [NR-1:0]        in_valid,
    output wire [NR-1:0]        in_ready,
    input  wire [NR-1:0]        in_sop,
    input  wire [NR-1:0]        in_eop,
    input  wire [128*NR-1:0]    in_hdr,
    input  wire [DATA_W*NR-1:0] in_data,

    // the function whose turn it is, one bit; 1: its TLP, of one beat, is taken and goes nowhere
    output wire [NR-1:0]        now,
    input  wire                 swallow,

    output wire                 tx_valid,
    input  wire                 tx_ready,
    output wire                 tx_sop,
    output wire                 tx_eop,
    output wire [127:0]         tx_hdr,
    output wire [DATA_W-1:0]    tx_data
);
    localparam [NR-1:0] ONE = 1;

    reg [NR-1:0] now_q;
    reg          mid_q;     // in a TLP, or a first beat is offered

    wire valid = (in_valid & now_q) != 0;
    wire last  = (in_eop & now_q) != 0;
    wire ended = valid && last && (swallow || tx_ready);

    assign now      = now_q;
    assign in_ready = (swallow || tx_ready) ? now_q : {NR{1'b0}};
    assign tx_valid = valid && !swallow;
    assign tx_sop   = (in_sop & now_q) != 0;
    assign tx_eop   = last;

    reg [127:0]        hdr;
    reg [DATA_W-1:0]   data;
    integer            n;
    always @* begin
        hdr  = 128'd0;
        data = {DATA_W{1'b0}};
        for (n = 0; n < NR; n = n + 1)
            if (now_q[n]) begin
                hdr  = in_hdr[128*n +: 128];
                data = in_data[DATA_W*n +: DATA_W];
            end
    end
    assign tx_hdr  = hdr;
    assign tx_data = data;

    // the next one that waits: the lowest above the current one, then the lowest of all others
    wire [NR-1:0] under = now_q - ONE;
    wire [NR-1:0] above = in_valid & ~(now_q | under);
    wire [NR-1:0] below = in_valid & under;
    wire [NR-1:0] next  = (above != 0) ? above & (~above + ONE) : (below != 0) ? below & (~below + ONE) : now_q;

    always @(posedge clk) begin
        if (rst) begin
            now_q <= ONE;
            mid_q <= 1'b0;
        end else begin
            if (ended || (!valid && !mid_q))
                now_q <= next;
            mid_q <= valid ? !ended : mid_q;
        end
    end
endmodule
`default_nettype wire
