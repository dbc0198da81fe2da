// SPDX-License-Identifier: Apache-2.0
//
// Stand-in for the reset release of Stratix 10 and Agilex: the device is configured.
`default_nettype none
module altera_s10_user_rst_clkgate (
    output wire ninit_done
);
    assign ninit_done = 1'b0;
endmodule
`default_nettype wire
