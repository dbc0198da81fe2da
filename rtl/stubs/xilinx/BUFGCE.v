// SPDX-License-Identifier: Apache-2.0
//
// Stand-in for the primitive BUFGCE: the clock stops low, as the enable is while the clock is low.
`default_nettype none
module BUFGCE (
    input wire I,
    input wire CE,
    output wire O
);
    reg on_q;
    /* verilator lint_off LATCH */
    always @(*)
        if (!I)
            on_q = CE;
    /* verilator lint_on LATCH */
    assign O = I && on_q;
endmodule
`default_nettype wire
