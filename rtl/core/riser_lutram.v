// SPDX-License-Identifier: Apache-2.0
//
// A small memory with one write port and a combinational read port, for per-tag state that is read
// and written in the same cycle. Not reset.
//   W           bits of a word, 1 or more
//   DEPTH_LOG2  log2 of the number of words, 1 or more
`default_nettype none
module riser_lutram #(
    parameter W          = 32,
    parameter DEPTH_LOG2 = 5
) (
    input  wire                  clk,
    input  wire                  wr_en,
    input  wire [DEPTH_LOG2-1:0] wr_addr,
    input  wire [W-1:0]          wr_data,
    input  wire [DEPTH_LOG2-1:0] rd_addr,
    output wire [W-1:0]          rd_data
);
    reg [W-1:0] mem [0:(1<<DEPTH_LOG2)-1];

    assign rd_data = mem[rd_addr];

    always @(posedge clk)
        if (wr_en)
            mem[wr_addr] <= wr_data;
endmodule
`default_nettype wire
