// SPDX-License-Identifier: Apache-2.0
//
// The example card's memory: DATA_W-wide rows, 1 MiB and 64 bytes, byte enables, one write and one read
// port. Read data comes one cycle after rd_en and stays until the next. All zero at power-on; no reset.
`default_nettype none
module example_mem #(
    parameter DATA_W = 256,
    parameter ROW_W  = 16           // bits of a row number
) (
    input  wire                clk,
    input  wire                wr_en,
    input  wire [ROW_W-1:0]    wr_row,
    input  wire [DATA_W-1:0]   wr_data,
    input  wire [DATA_W/8-1:0] wr_be,
    input  wire                rd_en,
    input  wire [ROW_W-1:0]    rd_row,
    output wire [DATA_W-1:0]   rd_data
);
    localparam ROWS = (1048576 + 64) / (DATA_W / 8);

    reg [DATA_W-1:0] mem [0:ROWS-1];
    reg [DATA_W-1:0] rd_data_q;
    reg [DATA_W-1:0] mask;
    integer          i;

    assign rd_data = rd_data_q;

    initial
        for (i = 0; i < ROWS; i = i + 1)
            mem[i] = {DATA_W{1'b0}};

    integer b;
    always @* begin
        for (b = 0; b < DATA_W / 8; b = b + 1)
            mask[8*b +: 8] = {8{wr_be[b]}};
    end

    always @(posedge clk) begin
        if (wr_en)
            mem[wr_row] <= (mem[wr_row] & ~mask) | (wr_data & mask);
        if (rd_en)
            rd_data_q <= mem[rd_row];
    end
endmodule
`default_nettype wire
