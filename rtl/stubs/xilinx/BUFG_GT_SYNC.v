// SPDX-License-Identifier: Apache-2.0
//
// Stand-in for the primitive BUFG_GT_SYNC: wires.
`default_nettype none
module BUFG_GT_SYNC (
    input wire CE,
    input wire CLK,
    input wire CLR,
    output wire CESYNC,
    output wire CLRSYNC
);
    assign CESYNC  = CE;
    assign CLRSYNC = CLR;
    wire unused = &{1'b0, CLK};
endmodule
`default_nettype wire
