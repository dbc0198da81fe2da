// SPDX-License-Identifier: Apache-2.0
//
// Stand-in for the primitive OBUFDS.
`default_nettype none
module OBUFDS (
    input wire I,
    output wire O,
    output wire OB
);
    assign O  = I;
    assign OB = !I;
endmodule
`default_nettype wire
