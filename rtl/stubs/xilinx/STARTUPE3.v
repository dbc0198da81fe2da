// SPDX-License-Identifier: Apache-2.0
//
// Stand-in for the primitive STARTUPE3: configuration is over, the flash's pins read 1.
`default_nettype none
module STARTUPE3 #(
    parameter PROG_USR = "FALSE"
) (
    input wire [3:0] DO,
    input wire [3:0] DTS,
    input wire FCSBO,
    input wire FCSBTS,
    input wire GSR,
    input wire GTS,
    input wire KEYCLEARB,
    input wire PACK,
    input wire USRCCLKO,
    input wire USRCCLKTS,
    input wire USRDONEO,
    input wire USRDONETS,
    output wire CFGCLK,
    output wire CFGMCLK,
    output wire [3:0] DI,
    output wire EOS,
    output wire PREQ
);
    assign CFGCLK  = 1'b0;
    assign CFGMCLK = 1'b0;
    assign DI      = 4'hf;
    assign EOS     = 1'b1;
    assign PREQ    = 1'b0;
    wire unused    = &{1'b0, DO, DTS, FCSBO, FCSBTS, GSR, GTS, KEYCLEARB, PACK, USRCCLKO, USRCCLKTS, USRDONEO, USRDONETS,
                       PROG_USR};
endmodule
`default_nettype wire
