// SPDX-License-Identifier: Apache-2.0
//
// Stand-in for the primitive IBUFGDS: the positive pin counts.
`default_nettype none
module IBUFGDS (
    input wire I,
    input wire IB,
    output wire O
);
    assign O = I;
    wire unused = &{1'b0, IB};
endmodule
`default_nettype wire
