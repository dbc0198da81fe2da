// SPDX-License-Identifier: Apache-2.0
//
// What a card does before it is ready: trains for CYCLES cycles. trained_q, the result, is the same at each boot.
// Its reset is the board's: a PCIe block's own reset ends when the link is up, and the link waits for the boot.
`default_nettype none
module boot_engine #(
    parameter [31:0] CYCLES = 32'd100000
) (
    input  wire aclk,
    input  wire board_rst_n,
    output wire ready
);
    reg [31:0] left_q, trained_q;

    assign ready = left_q == 32'd0;

    always @(posedge aclk)
        if (!board_rst_n) begin
            left_q    <= CYCLES;
            trained_q <= 32'h2A;
        end else if (!ready) begin
            left_q    <= left_q - 32'd1;
            trained_q <= {trained_q[30:0], trained_q[31] ^ trained_q[21] ^ trained_q[1] ^ trained_q[0]};
        end
endmodule
`default_nettype wire
