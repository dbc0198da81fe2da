// SPDX-License-Identifier: Apache-2.0
//
// Whole TLPs of one channel that are thrown away: those whose first beat is offered while `drop` is 1. For a TLP that
// is gone, moves is 1.
`default_nettype none
module riser_hip_drop (
    input  wire clk,
    input  wire rst,
    input  wire drop,
    input  wire valid,
    input  wire moves,      // the beat is taken
    input  wire eop,
    output wire gone,
    output wire mid         // between the beats of a TLP
);
    reg mid_q, gone_q;

    assign gone = mid_q ? gone_q : drop;
    assign mid  = mid_q;

    always @(posedge clk) begin
        if (rst)
            mid_q <= 1'b0;
        else if (valid && moves)
            mid_q <= !eop;
        gone_q <= gone;
    end
endmodule
`default_nettype wire
