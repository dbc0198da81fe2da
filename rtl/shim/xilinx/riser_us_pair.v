// SPDX-License-Identifier: Apache-2.0
//
// Values that a block with two TLPs in a beat (PAIR 1) tells on two outputs: two that come in cycles one behind the other
// are told together, the earlier one on output 0; one alone is told there a cycle later. PAIR 0: on output 0, at once.
`default_nettype none
module riser_us_pair #(
    parameter W    = 8,
    parameter PAIR = 0
) (
    input  wire         clk,
    input  wire         rst,
    input  wire         valid,
    input  wire [W-1:0] value,
    output wire         valid0,
    output wire [W-1:0] value0,
    output wire         valid1,
    output wire [W-1:0] value1
);
    reg         held_q;
    reg [W-1:0] value_q;

    assign valid0 = (PAIR != 0) ? held_q : valid;
    assign value0 = (PAIR != 0) ? value_q : value;
    assign valid1 = held_q && valid;
    assign value1 = valid1 ? value : {W{1'b0}};

    always @(posedge clk) begin
        held_q <= !rst && PAIR != 0 && valid && !held_q;
        if (valid)
            value_q <= value;
    end
endmodule
`default_nettype wire
