// SPDX-License-Identifier: Apache-2.0
//
// Stand-in for the primitive BUFMR: a wire.
`default_nettype none
module BUFMR (
    input wire I,
    output wire O
);
    assign O = I;
endmodule
`default_nettype wire
