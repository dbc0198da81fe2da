// SPDX-License-Identifier: Apache-2.0
//
// Stand-in for the primitive IBUFDS_GTE4: O is the reference clock; ODIV2 is the same, half of it
// (REFCLK_HROW_CK_SEL 1) or 0.
`default_nettype none
module IBUFDS_GTE4 #(
    parameter       REFCLK_EN_TX_PATH  = 1'b0,
    parameter [1:0] REFCLK_HROW_CK_SEL = 2'b00,
    parameter [1:0] REFCLK_ICNTL_RX    = 2'b00
) (
    input wire I,
    input wire IB,
    input wire CEB,
    output wire O,
    output wire ODIV2
);
    reg half_q;
    always @(posedge I)
        half_q <= !half_q && !CEB;
    assign O     = I && !CEB;
    assign ODIV2 = (REFCLK_HROW_CK_SEL == 2'b00) ? O : (REFCLK_HROW_CK_SEL == 2'b01) ? half_q : 1'b0;
    wire unused  = &{1'b0, IB, REFCLK_EN_TX_PATH, REFCLK_ICNTL_RX};
endmodule
`default_nettype wire
