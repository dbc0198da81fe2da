// SPDX-License-Identifier: Apache-2.0
//
// Stand-in for the primitive BUFGMUX: changes at once.
`default_nettype none
module BUFGMUX (
    input wire I0,
    input wire I1,
    input wire S,
    output wire O
);
    assign O = S ? I1 : I0;
endmodule
`default_nettype wire
