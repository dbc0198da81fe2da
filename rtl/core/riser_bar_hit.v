// SPDX-License-Identifier: Apache-2.0
//
// Which BAR a memory request hits: exact, the whole request lies inside. Combinational.
`default_nettype none
`include "riser_tlp.vh"
module riser_bar_hit #(
    // log2 of each BAR's size, 5 bits and a present bit packed: {present, log2} of BAR5..BAR0
    parameter [35:0] BAR_SIZES = 36'h0
) (
    input  wire [127:0] hdr,
    input  wire [383:0] bar_base,   // 64 bits per BAR, 0 above bit 31 of 32-bit ones
    output wire [5:0]   hit,
    output wire [191:0] offsets     // in each BAR, 32 bits per BAR
);
    wire [9:0]  len    = hdr[`TLP_LENGTH_R];
    wire [63:0] addr   = hdr[`TLP_FMT_4DW_B]
                       ? {hdr[`TLP_ADDR64_HI_R], hdr[`TLP_ADDR64_LO_R], 2'b00}
                       : {32'd0, hdr[`TLP_ADDR32_R], 2'b00};
    wire [11:0] last12 = addr[11:0] + {len, 2'b00} - 12'd4;
    wire [11:0] span   = addr[11:0] ^ last12;

    genvar i;
    generate
        for (i = 0; i < 6; i = i + 1) begin : g_bar
            localparam [5:0] SIZE = BAR_SIZES[6*i +: 6];
            if (SIZE[5]) begin : g_on
                wire [63:0] diff = addr ^ bar_base[64*i +: 64];
                // a size of 2^32 is stored as 0
                localparam [5:0] LOG2 = (SIZE[4:0] == 5'd0) ? 6'd32 : {1'b0, SIZE[4:0]};
                localparam [63:0] MASK = (64'd1 << LOG2) - 64'd1;
                assign hit[i] = ((diff & ~MASK) == 64'd0) && ((span & ~MASK[11:0]) == 12'd0);
                assign offsets[32*i +: 32] = addr[31:0] & MASK[31:0];
            end else begin : g_off
                wire unused_base = &{1'b0, bar_base[64*i +: 64]};
                assign hit[i] = 1'b0;
                assign offsets[32*i +: 32] = 32'd0;
            end
        end
    endgenerate

    wire unused = &{1'b0, hdr};
endmodule
`default_nettype wire
