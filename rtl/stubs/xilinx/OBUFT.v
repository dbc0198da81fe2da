// SPDX-License-Identifier: Apache-2.0
//
// Stand-in for the primitive OBUFT: 0 where the pin is not driven.
`default_nettype none
module OBUFT (
    input wire I,
    input wire T,
    output wire O
);
    assign O = I && !T;
endmodule
`default_nettype wire
