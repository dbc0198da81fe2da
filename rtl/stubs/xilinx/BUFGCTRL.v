// SPDX-License-Identifier: Apache-2.0
//
// Stand-in for the primitive BUFGCTRL: the clock whose select and enable are set, I0 first.
`default_nettype none
module BUFGCTRL (
    input wire I0,
    input wire I1,
    input wire S0,
    input wire S1,
    input wire CE0,
    input wire CE1,
    input wire IGNORE0,
    input wire IGNORE1,
    output wire O
);
    assign O = (S0 && CE0) ? I0 : (S1 && CE1) ? I1 : 1'b0;
    wire unused = &{1'b0, IGNORE0, IGNORE1};
endmodule
`default_nettype wire
