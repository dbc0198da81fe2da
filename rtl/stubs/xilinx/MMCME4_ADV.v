// SPDX-License-Identifier: Apache-2.0
//
// Stand-in for the primitive MMCME4_ADV: every output clock has the rate and phase of the input clock, whatever the
// parameters say; locked 16 cycles after the reset. A clock of another rate is an input of the board
// (endpoint.clocks), or a module of this name of your own.
`default_nettype none
/* verilator lint_off UNUSEDPARAM */
module MMCME4_ADV #(
    parameter      BANDWIDTH          = "OPTIMIZED",
    parameter real CLKFBOUT_MULT_F    = 5.0,
    parameter real CLKFBOUT_PHASE     = 0.0,
    parameter real CLKIN1_PERIOD      = 0.0,
    parameter real CLKIN2_PERIOD      = 0.0,
    parameter real CLKOUT0_DIVIDE_F   = 1.0,
    parameter      CLKOUT1_DIVIDE     = 1,
    parameter      CLKOUT2_DIVIDE     = 1,
    parameter      CLKOUT3_DIVIDE     = 1,
    parameter      CLKOUT4_DIVIDE     = 1,
    parameter      CLKOUT5_DIVIDE     = 1,
    parameter      CLKOUT6_DIVIDE     = 1,
    parameter real CLKOUT0_PHASE      = 0.0,
    parameter real CLKOUT0_DUTY_CYCLE = 0.5,
    parameter real CLKOUT1_PHASE      = 0.0,
    parameter real CLKOUT1_DUTY_CYCLE = 0.5,
    parameter real CLKOUT2_PHASE      = 0.0,
    parameter real CLKOUT2_DUTY_CYCLE = 0.5,
    parameter real CLKOUT3_PHASE      = 0.0,
    parameter real CLKOUT3_DUTY_CYCLE = 0.5,
    parameter real CLKOUT4_PHASE      = 0.0,
    parameter real CLKOUT4_DUTY_CYCLE = 0.5,
    parameter real CLKOUT5_PHASE      = 0.0,
    parameter real CLKOUT5_DUTY_CYCLE = 0.5,
    parameter real CLKOUT6_PHASE      = 0.0,
    parameter real CLKOUT6_DUTY_CYCLE = 0.5,
    parameter      CLKOUT4_CASCADE    = "FALSE",
    parameter      COMPENSATION       = "AUTO",
    parameter      DIVCLK_DIVIDE      = 1,
    parameter real REF_JITTER1        = 0.0,
    parameter      STARTUP_WAIT       = "FALSE"
) (
/* verilator lint_on UNUSEDPARAM */
    input wire CLKIN1,
    input wire CLKIN2,
    input wire CLKINSEL,
    input wire CLKFBIN,
    input wire RST,
    input wire PWRDWN,
    input wire [6:0] DADDR,
    input wire DCLK,
    input wire DEN,
    input wire [15:0] DI,
    input wire DWE,
    output wire [15:0] DO,
    output wire DRDY,
    input wire PSCLK,
    input wire PSEN,
    input wire PSINCDEC,
    output wire PSDONE,
    output wire CLKINSTOPPED,
    output wire CLKFBSTOPPED,
    input wire CDDCREQ,
    output wire CDDCDONE,
    output wire CLKFBOUT,
    output wire LOCKED,
    output wire CLKFBOUTB,
    output wire CLKOUT0,
    output wire CLKOUT0B,
    output wire CLKOUT1,
    output wire CLKOUT1B,
    output wire CLKOUT2,
    output wire CLKOUT2B,
    output wire CLKOUT3,
    output wire CLKOUT3B,
    output wire CLKOUT4,
    output wire CLKOUT5,
    output wire CLKOUT6
);
    // the select is 1 where it is left open too
    wire in = (CLKINSEL == 1'b0) ? CLKIN2 : CLKIN1;
    // a write or read of the reconfiguration port ends at once
    reg drdy_q;
    always @(posedge DCLK)
        drdy_q <= DEN;
    assign DRDY = drdy_q;
    assign DO   = 16'd0;
    reg done_q;
    always @(posedge PSCLK)
        done_q <= PSEN;
    assign PSDONE       = done_q;
    assign CLKINSTOPPED = 1'b0;
    assign CLKFBSTOPPED = 1'b0;
    assign CDDCDONE     = 1'b1;
    reg [4:0] count_q;
    always @(posedge in or posedge RST)
        if (RST)
            count_q <= 5'd0;
        else if (!count_q[4])
            count_q <= count_q + 5'd1;
    assign LOCKED   = count_q[4];
    assign CLKFBOUT = in;
    assign CLKFBOUTB = !in;
    assign CLKOUT0 = in;
    assign CLKOUT0B = !in;
    assign CLKOUT1 = in;
    assign CLKOUT1B = !in;
    assign CLKOUT2 = in;
    assign CLKOUT2B = !in;
    assign CLKOUT3 = in;
    assign CLKOUT3B = !in;
    assign CLKOUT4 = in;
    assign CLKOUT5 = in;
    assign CLKOUT6 = in;
    wire unused = &{1'b0, CLKFBIN, PWRDWN, DADDR, DI, DWE, PSINCDEC, CDDCREQ};
endmodule
`default_nettype wire
