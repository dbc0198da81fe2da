// SPDX-License-Identifier: Apache-2.0
//
// Stand-in for the primitive BUFG_GT: divides by DIV + 1.
`default_nettype none
module BUFG_GT (
    input wire I,
    input wire CE,
    input wire CEMASK,
    input wire CLR,
    input wire CLRMASK,
    input wire [2:0] DIV,
    output wire O
);
    reg  [3:0] count_q;
    reg        div_q;
    wire [3:0] ratio = {1'b0, DIV} + 4'd1;
    always @(posedge I)
        if (CLR && !CLRMASK) begin
            count_q <= 4'd0;
            div_q   <= 1'b0;
        end else if (CE || CEMASK) begin
            // an odd ratio is low for one cycle more
            div_q   <= {count_q, 1'b1} < {1'b0, ratio};
            count_q <= (count_q == ratio - 4'd1) ? 4'd0 : count_q + 4'd1;
        end
    assign O = (ratio == 4'd1) ? I : div_q;
endmodule
`default_nettype wire
