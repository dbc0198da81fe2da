// SPDX-License-Identifier: Apache-2.0
//
// Stand-in for the primitive PLLE4_BASE: every output clock has the rate and phase of the input clock, whatever the
// parameters say; locked 16 cycles after the reset. A clock of another rate is an input of the board
// (endpoint.clocks), or a module of this name of your own.
`default_nettype none
/* verilator lint_off UNUSEDPARAM */
module PLLE4_BASE #(
    parameter      BANDWIDTH          = "OPTIMIZED",
    parameter      CLKFBOUT_MULT      = 5,
    parameter real CLKFBOUT_PHASE     = 0.0,
    parameter real CLKIN_PERIOD      = 0.0,
    parameter      CLKOUT0_DIVIDE     = 1,
    parameter real CLKOUT0_PHASE      = 0.0,
    parameter real CLKOUT0_DUTY_CYCLE = 0.5,
    parameter      CLKOUT1_DIVIDE     = 1,
    parameter real CLKOUT1_PHASE      = 0.0,
    parameter real CLKOUT1_DUTY_CYCLE = 0.5,
    parameter      CLKOUTPHY_MODE     = "VCO_2X",
    parameter      COMPENSATION       = "AUTO",
    parameter      DIVCLK_DIVIDE      = 1,
    parameter real REF_JITTER         = 0.0,
    parameter      STARTUP_WAIT       = "FALSE"
) (
/* verilator lint_on UNUSEDPARAM */
    input wire CLKIN,
    input wire CLKFBIN,
    input wire RST,
    input wire PWRDWN,
    input wire CLKOUTPHYEN,
    output wire CLKOUTPHY,
    output wire CLKFBOUT,
    output wire LOCKED,
    output wire CLKOUT0,
    output wire CLKOUT0B,
    output wire CLKOUT1,
    output wire CLKOUT1B
);
    assign CLKOUTPHY = CLKIN;
    reg [4:0] count_q;
    always @(posedge CLKIN or posedge RST)
        if (RST)
            count_q <= 5'd0;
        else if (!count_q[4])
            count_q <= count_q + 5'd1;
    assign LOCKED   = count_q[4];
    assign CLKFBOUT = CLKIN;
    assign CLKOUT0 = CLKIN;
    assign CLKOUT0B = !CLKIN;
    assign CLKOUT1 = CLKIN;
    assign CLKOUT1B = !CLKIN;
    wire unused = &{1'b0, CLKFBIN, PWRDWN, CLKOUTPHYEN};
endmodule
`default_nettype wire
