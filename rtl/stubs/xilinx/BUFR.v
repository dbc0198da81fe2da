// SPDX-License-Identifier: Apache-2.0
//
// Stand-in for the primitive BUFR: divides by 1 to 8; "BYPASS" is 1.
`default_nettype none
module BUFR #(
    parameter BUFR_DIVIDE = "BYPASS"
) (
    input wire I,
    input wire CE,
    input wire CLR,
    output wire O
);
    reg  [3:0] count_q;
    reg        div_q;
    localparam [47:0] DIGIT = BUFR_DIVIDE;
    wire [3:0] ratio = (DIGIT[47:8] == 40'd0) ? DIGIT[3:0] : 4'd1;
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
    wire unused = &{1'b0, DIGIT};
endmodule
`default_nettype wire
