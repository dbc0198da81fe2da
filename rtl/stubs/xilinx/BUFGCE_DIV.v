// SPDX-License-Identifier: Apache-2.0
//
// Stand-in for the primitive BUFGCE_DIV: divides by 1 to 8.
`default_nettype none
module BUFGCE_DIV #(
    parameter BUFGCE_DIVIDE = 1
) (
    input wire I,
    input wire CE,
    input wire CLR,
    output wire O
);
    reg  [3:0] count_q;
    reg        div_q;
    localparam [31:0] DIVIDE_32 = BUFGCE_DIVIDE;
    wire [3:0] ratio = DIVIDE_32[3:0];
    always @(posedge I)
        if (CLR) begin
            count_q <= 4'd0;
            div_q   <= 1'b0;
        end else if (CE) begin
            // an odd ratio is low for one cycle more
            div_q   <= {count_q, 1'b1} < {1'b0, ratio};
            count_q <= (count_q == ratio - 4'd1) ? 4'd0 : count_q + 4'd1;
        end
    assign O = (ratio == 4'd1) ? I && CE : div_q;
    wire unused = &{1'b0, DIVIDE_32};
endmodule
`default_nettype wire
