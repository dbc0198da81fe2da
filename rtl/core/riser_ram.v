// SPDX-License-Identifier: Apache-2.0
//
// A memory with one write and one read port. The read data comes one cycle after rd_en and stays
// until the next rd_en. Reading the word that is being written gives the old one. Not reset.
//   W           bits of a word, 1 or more
//   DEPTH_LOG2  log2 of the number of words, 1 or more
`default_nettype none
module riser_ram #(
    parameter W          = 32,
    parameter DEPTH_LOG2 = 4
) (
    input  wire                  clk,
    input  wire                  wr_en,
    input  wire [DEPTH_LOG2-1:0] wr_addr,
    input  wire [W-1:0]          wr_data,
    input  wire                  rd_en,
    input  wire [DEPTH_LOG2-1:0] rd_addr,
    output wire [W-1:0]          rd_data
);
    reg [W-1:0] mem [0:(1<<DEPTH_LOG2)-1];
    reg [W-1:0] rd_data_q;

    assign rd_data = rd_data_q;

    always @(posedge clk) begin
        if (wr_en)
            mem[wr_addr] <= wr_data;
        if (rd_en)
            rd_data_q <= mem[rd_addr];
    end
endmodule
`default_nettype wire
