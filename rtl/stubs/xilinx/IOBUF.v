// SPDX-License-Identifier: Apache-2.0
//
// Stand-in for the primitive IOBUF: the pin is what is driven.
`default_nettype none
module IOBUF (
    input wire I,
    input wire T,
    output wire O,
    inout wire IO
);
    assign IO = T ? 1'bz : I;
    assign O  = IO;
endmodule
`default_nettype wire
