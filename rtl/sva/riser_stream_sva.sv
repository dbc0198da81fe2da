// SPDX-License-Identifier: Apache-2.0
//
// What holds at every valid/ready boundary of riser. `on` is 1 while the boundary is out of reset.
`default_nettype none
module riser_stream_sva #(
    parameter W = 1
) (
    input wire         clk,
    input wire         on,
    input wire         valid,
    input wire         ready,
    input wire [W-1:0] data
);
    reg         waits_q = 1'b0;
    reg [W-1:0] data_q;
    always @(posedge clk) begin
        waits_q <= on && valid && !ready;
        if (on && valid && !ready)
            data_q <= data;
    end

    // STR-1: once valid is 1 it stays 1 until the transfer.
    str_1: assert property (@(posedge clk) (on && waits_q) |-> valid)
        else $error("%m: valid fell before the transfer");
    // STR-2: while a beat waits it does not change.
    str_2: assert property (@(posedge clk) (on && waits_q && valid) |-> (data == data_q))
        else $error("%m: data changed before the transfer");
endmodule
`default_nettype wire
