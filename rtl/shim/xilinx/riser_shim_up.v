// SPDX-License-Identifier: Apache-2.0
//
// user_reset and user_lnk_up of Xilinx blocks: the user stays in reset while the link is down or in reset; lnk_up
// comes LNK_UP_CYCLES after the link, the end of the reset RESET_CYCLES after it (1 to 60000 both).
`default_nettype none
module riser_shim_up #(
    parameter [15:0] LNK_UP_CYCLES = 16'd16,
    parameter [15:0] RESET_CYCLES  = 16'd24
) (
    input  wire clk,
    input  wire rst,
    output wire user_reset,
    output wire user_lnk_up
);
    reg [15:0] count_q;
    reg        reset_q, up_q;
    assign user_reset  = reset_q;
    assign user_lnk_up = up_q;

    always @(posedge clk) begin
        if (rst) begin
            count_q <= 16'd0;
            reset_q <= 1'b1;
            up_q    <= 1'b0;
        end else begin
            if (count_q < LNK_UP_CYCLES || count_q < RESET_CYCLES)
                count_q <= count_q + 16'd1;
            up_q    <= count_q >= LNK_UP_CYCLES;
            reset_q <= count_q < RESET_CYCLES;
        end
    end
endmodule
`default_nettype wire
