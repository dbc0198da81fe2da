// SPDX-License-Identifier: Apache-2.0
//
// Stand-in for the primitive PLLE2_BASE: every output clock has the rate and phase of the input clock, whatever the
// parameters say; locked 16 cycles after the reset. A clock of another rate is an input of the board
// (endpoint.clocks), or a module of this name of your own.
`default_nettype none
/* verilator lint_off UNUSEDPARAM */
module PLLE2_BASE #(
    parameter      BANDWIDTH          = "OPTIMIZED",
    parameter      CLKFBOUT_MULT      = 5,
    parameter real CLKFBOUT_PHASE     = 0.0,
    parameter real CLKIN1_PERIOD     = 0.0,
    parameter      CLKOUT0_DIVIDE     = 1,
    parameter real CLKOUT0_PHASE      = 0.0,
    parameter real CLKOUT0_DUTY_CYCLE = 0.5,
    parameter      CLKOUT1_DIVIDE     = 1,
    parameter real CLKOUT1_PHASE      = 0.0,
    parameter real CLKOUT1_DUTY_CYCLE = 0.5,
    parameter      CLKOUT2_DIVIDE     = 1,
    parameter real CLKOUT2_PHASE      = 0.0,
    parameter real CLKOUT2_DUTY_CYCLE = 0.5,
    parameter      CLKOUT3_DIVIDE     = 1,
    parameter real CLKOUT3_PHASE      = 0.0,
    parameter real CLKOUT3_DUTY_CYCLE = 0.5,
    parameter      CLKOUT4_DIVIDE     = 1,
    parameter real CLKOUT4_PHASE      = 0.0,
    parameter real CLKOUT4_DUTY_CYCLE = 0.5,
    parameter      CLKOUT5_DIVIDE     = 1,
    parameter real CLKOUT5_PHASE      = 0.0,
    parameter real CLKOUT5_DUTY_CYCLE = 0.5,
    parameter      COMPENSATION       = "AUTO",
    parameter      DIVCLK_DIVIDE      = 1,
    parameter real REF_JITTER1        = 0.0,
    parameter      STARTUP_WAIT       = "FALSE"
) (
/* verilator lint_on UNUSEDPARAM */
    input wire CLKIN1,
    input wire CLKFBIN,
    input wire RST,
    input wire PWRDWN,
    output wire CLKFBOUT,
    output wire LOCKED,
    output wire CLKOUT0,
    output wire CLKOUT1,
    output wire CLKOUT2,
    output wire CLKOUT3,
    output wire CLKOUT4,
    output wire CLKOUT5
);
    reg [4:0] count_q;
    always @(posedge CLKIN1 or posedge RST)
        if (RST)
            count_q <= 5'd0;
        else if (!count_q[4])
            count_q <= count_q + 5'd1;
    assign LOCKED   = count_q[4];
    assign CLKFBOUT = CLKIN1;
    assign CLKOUT0 = CLKIN1;
    assign CLKOUT1 = CLKIN1;
    assign CLKOUT2 = CLKIN1;
    assign CLKOUT3 = CLKIN1;
    assign CLKOUT4 = CLKIN1;
    assign CLKOUT5 = CLKIN1;
    wire unused = &{1'b0, CLKFBIN, PWRDWN};
endmodule
`default_nettype wire
