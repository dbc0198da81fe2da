// SPDX-License-Identifier: Apache-2.0
//
// Stand-in for the primitive IBUFDS_GTE2: the reference clock, and half of it.
`default_nettype none
module IBUFDS_GTE2 (
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
    assign ODIV2 = half_q;
    wire unused = &{1'b0, IB};
endmodule
`default_nettype wire
