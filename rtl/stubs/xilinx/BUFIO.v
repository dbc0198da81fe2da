// SPDX-License-Identifier: Apache-2.0
//
// Stand-in for the primitive BUFIO: a wire.
`default_nettype none
module BUFIO (
    input wire I,
    output wire O
);
    assign O = I;
endmodule
`default_nettype wire
