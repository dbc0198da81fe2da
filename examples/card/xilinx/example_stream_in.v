// SPDX-License-Identifier: Apache-2.0
//
// Packets out of a stream whose beats may have several: the beats go into a ring of dwords, the packets' begins
// and ends into two queues. The owner looks at any WIN dwords of the ring from `at` on, counted from the head
// packet's first, and takes the packet away with `pop`.
//   MARKS   packets that may begin or end in a beat
//   SIDE_W  bits that come with a packet's begin
`default_nettype none
module example_stream_in #(
    parameter DATA_W = 256,
    parameter MARKS  = 1,
    parameter SIDE_W = 8,
    parameter W      = DATA_W / 32,         // derived
    parameter WIN    = (W < 4) ? 4 : W      // derived
) (
    input  wire                     clk,
    input  wire                     rst,

    input  wire                     valid,
    output wire                     ready,
    input  wire [DATA_W-1:0]        data,
    // in their order in the beat: is there one, its first or last dword
    input  wire [MARKS-1:0]         sop,
    input  wire [4*MARKS-1:0]       sop_at,
    input  wire [MARKS-1:0]         eop,
    input  wire [4*MARKS-1:0]       eop_at,
    input  wire [SIDE_W*MARKS-1:0]  side,

    output wire                     pk_valid,   // a whole packet
    output wire [SIDE_W-1:0]        pk_side,
    input  wire [8:0]               at,
    output wire [32*WIN-1:0]        window,
    input  wire                     pop
);
    localparam [31:0] W_32 = W;

    reg [31:0]       ring [0:511];
    reg [8:0]        starts [0:63];
    reg [8:0]        stops [0:63];
    reg [SIDE_W-1:0] sides [0:63];
    reg [8:0]        wr_q;              // dword where the next beat goes
    reg [8:0]        oldest_q;          // first dword that is still needed
    reg [5:0]        nr_sop_q, nr_eop_q, nr_pop_q;

    wire [8:0] head = starts[nr_pop_q];
    wire [8:0] used = wr_q - oldest_q;
    wire [5:0] open = nr_sop_q - nr_pop_q;

    assign pk_valid = nr_eop_q != nr_pop_q;
    assign pk_side  = sides[nr_pop_q];
    assign ready    = used < 9'd400 && open < 6'd40;

    genvar g;
    generate
        for (g = 0; g < WIN; g = g + 1) begin : g_window
            localparam [31:0] LANE = g;
            assign window[32*g +: 32] = ring[head + at + LANE[8:0]];
        end
    endgenerate

    // how many of the marks, which are set from the lowest on
    function [5:0] count(input [MARKS-1:0] marks);
        integer k;
        begin
            count = 6'd0;
            for (k = 0; k < MARKS; k = k + 1)
                count = count + {5'd0, marks[k]};
        end
    endfunction

    integer i;
    always @(posedge clk) begin
        if (rst) begin
            wr_q     <= 9'd0;
            oldest_q <= 9'd0;
            nr_sop_q <= 6'd0;
            nr_eop_q <= 6'd0;
            nr_pop_q <= 6'd0;
        end else begin
            if (valid && ready) begin
                for (i = 0; i < W; i = i + 1)
                    ring[wr_q + i[8:0]] <= data[32*i +: 32];
                for (i = 0; i < MARKS; i = i + 1) begin
                    if (sop[i]) begin
                        starts[nr_sop_q + i[5:0]] <= wr_q + {5'd0, sop_at[4*i +: 4]};
                        sides[nr_sop_q + i[5:0]]  <= side[SIDE_W*i +: SIDE_W];
                    end
                    if (eop[i])
                        stops[nr_eop_q + i[5:0]] <= wr_q + {5'd0, eop_at[4*i +: 4]};
                end
                nr_sop_q <= nr_sop_q + count(sop);
                nr_eop_q <= nr_eop_q + count(eop);
                wr_q     <= wr_q + W_32[8:0];
            end
            if (pop) begin
                nr_pop_q <= nr_pop_q + 6'd1;
                oldest_q <= stops[nr_pop_q];
            end
        end
    end

    wire unused = &{1'b0, W_32};
endmodule
`default_nettype wire
