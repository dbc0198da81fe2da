// SPDX-License-Identifier: Apache-2.0
//
// The example card's memory: a write and a read of DATA_W bits per cycle, each at any byte address. Two banks,
// even and odd words, so that an access that straddles words is one of each. Read data comes one cycle after rd_en
// and stays.
`default_nettype none
module example_xilinx_mem #(
    parameter DATA_W = 256,
    parameter NB     = DATA_W / 8       // derived
) (
    input  wire              clk,
    input  wire              wr_en,
    input  wire [20:0]       wr_addr,
    input  wire [NB-1:0]     wr_be,
    input  wire [DATA_W-1:0] wr_data,
    input  wire              rd_en,
    input  wire [20:0]       rd_addr,
    output wire [DATA_W-1:0] rd_data
);
    localparam LB    = $clog2(NB);
    localparam AW    = 20 - LB + 1;                         // one bit more than 1 MiB's words, so that 64 bytes fit
    localparam DEPTH = 32'h100000 / (2 * NB) + 64 / NB + 1; // words of a bank

    reg [DATA_W-1:0] even [0:DEPTH-1];
    reg [DATA_W-1:0] odd [0:DEPTH-1];

    // ---- write --------------------------------------------------------------------------------------

    wire [31:0]         w_by   = {{(32-LB){1'b0}}, wr_addr[LB-1:0]};
    wire [2*NB-1:0]     w_be   = {{NB{1'b0}}, wr_be} << w_by;
    wire [2*DATA_W-1:0] w_data = {{DATA_W{1'b0}}, wr_data} << (w_by * 8);
    wire [20-LB:0]      w_word = wr_addr[20:LB];
    wire                w_odd  = w_word[0];
    wire [NB-1:0]       e_be   = w_odd ? w_be[2*NB-1:NB] : w_be[NB-1:0];
    wire [NB-1:0]       o_be   = w_odd ? w_be[NB-1:0] : w_be[2*NB-1:NB];
    wire [DATA_W-1:0]   e_data = w_odd ? w_data[2*DATA_W-1:DATA_W] : w_data[DATA_W-1:0];
    wire [DATA_W-1:0]   o_data = w_odd ? w_data[DATA_W-1:0] : w_data[2*DATA_W-1:DATA_W];
    wire [DATA_W-1:0]   e_mask, o_mask;
    // an odd start goes on in the next even word
    wire [20-LB:0]      w_half = w_word >> 1;
    wire [20-LB:0]      e_at   = w_half + {{(20-LB){1'b0}}, w_odd};

    genvar i;
    generate
        for (i = 0; i < NB; i = i + 1) begin : g_mask
            assign e_mask[8*i +: 8] = {8{e_be[i]}};
            assign o_mask[8*i +: 8] = {8{o_be[i]}};
        end
    endgenerate

    always @(posedge clk) begin
        if (wr_en && e_be != {NB{1'b0}})
            even[e_at[AW-2:0]] <= (even[e_at[AW-2:0]] & ~e_mask) | (e_data & e_mask);
        if (wr_en && o_be != {NB{1'b0}})
            odd[w_half[AW-2:0]] <= (odd[w_half[AW-2:0]] & ~o_mask) | (o_data & o_mask);
    end

    // ---- read ---------------------------------------------------------------------------------------

    reg  [DATA_W-1:0]   e_q, o_q;
    reg  [LB:0]         by_q;
    wire [20-LB:0]      r_word = rd_addr[20:LB];
    wire [20-LB:0]      r_half = r_word >> 1;
    wire [20-LB:0]      r_even = r_half + {{(20-LB){1'b0}}, r_word[0]};
    wire [2*DATA_W-1:0] both   = (by_q[LB] ? {e_q, o_q} : {o_q, e_q}) >> ({{(32-LB){1'b0}}, by_q[LB-1:0]} * 8);

    always @(posedge clk)
        if (rd_en) begin
            e_q  <= even[r_even[AW-2:0]];
            o_q  <= odd[r_half[AW-2:0]];
            by_q <= rd_addr[LB:0];
        end

    assign rd_data = both[DATA_W-1:0];

    wire unused = &{1'b0, both[2*DATA_W-1:DATA_W], e_at, w_half, r_even, r_half};
endmodule
`default_nettype wire
