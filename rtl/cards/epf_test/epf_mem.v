// SPDX-License-Identifier: Apache-2.0
//
// The memory behind BAR1 to BAR5, quadwords with byte enables; data 1 cycle after a read. The sizes are
// distinct powers of two, so each BAR is at the address that is its own size: 512 bytes to 16 KiB in
// 32 KiB. Not reset.
`default_nettype none
module epf_mem (
    input  wire        clk,
    input  wire        en,
    input  wire        write,
    input  wire [2:0]  bar,
    input  wire [13:0] addr,        // bytes, multiple of 8, below the BAR's size
    input  wire [63:0] wdata,
    input  wire [7:0]  be,
    output wire [63:0] rdata
);
    // BAR1 512 bytes, BAR2 1 KiB, BAR3 4 KiB, BAR4 8 KiB, BAR5 16 KiB
    wire [14:0] base = (bar == 3'd1) ? 15'h0200 : (bar == 3'd2) ? 15'h0400 : (bar == 3'd3) ? 15'h1000
                     : (bar == 3'd4) ? 15'h2000 : 15'h4000;
    wire [14:0] at   = base | {1'b0, addr};

    genvar i;
    generate
        for (i = 0; i < 8; i = i + 1) begin : g_byte
            riser_ram #(.W(8), .DEPTH_LOG2(12)) u_ram (
                .clk     (clk),
                .wr_en   (en && write && be[i]),
                .wr_addr (at[14:3]),
                .wr_data (wdata[8*i +: 8]),
                .rd_en   (en && !write),
                .rd_addr (at[14:3]),
                .rd_data (rdata[8*i +: 8])
            );
        end
    endgenerate

    wire unused = &{1'b0, at[2:0]};
endmodule
`default_nettype wire
