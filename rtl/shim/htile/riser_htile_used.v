// SPDX-License-Identifier: Apache-2.0
//
// The credits that the user's TLPs have used, as the H-tile block tells them: one header and one or two data credits in
// a cycle, of one type. Latency: 2 cycles from a TLP's end. TLPs wait in a queue of 32, which cannot overflow: a TLP's
// beats take no less cycles than its credits do here.
`default_nettype none
module riser_htile_used (
    input  wire        clk,
    input  wire        rst,
    input  wire [47:0] hdr_in,          // 16 bits each of completions, non-posted, posted: what came in
    input  wire [47:0] data_in,
    output wire        tx_hdr_cdts_consumed,
    output wire        tx_data_cdts_consumed,
    output wire [1:0]  tx_cdts_type,        // 0: posted, 1: non-posted, 2: completion
    output wire        tx_cdts_data_value,  // 1: two data credits
    output wire        busy
);
    reg  [47:0] hdr_q, data_q;
    reg  [8:0]  told_q;                 // data credits of the head that have been told
    wire [2:0]  came = {hdr_in[47:32] != hdr_q[47:32], hdr_in[31:16] != hdr_q[31:16], hdr_in[15:0] != hdr_q[15:0]};
    wire [15:0] cost = came[0] ? data_in[15:0] - data_q[15:0] : came[1] ? data_in[31:16] - data_q[31:16]
                     : data_in[47:32] - data_q[47:32];
    wire        room, valid;
    wire [1:0]  kind;
    wire [8:0]  credits;
    wire [5:0]  count;
    wire [8:0]  left = credits - told_q;
    wire        last = left <= 9'd2;

    assign tx_hdr_cdts_consumed  = valid && told_q == 9'd0;
    assign tx_data_cdts_consumed = valid && left != 9'd0;
    assign tx_cdts_type          = kind;
    assign tx_cdts_data_value    = left >= 9'd2;
    assign busy                  = came != 3'd0 || valid;

    riser_hip_fifo #(.W(11), .DEPTH_LOG2(5)) u_queue (
        .clk       (clk),
        .rst       (rst),
        .in_valid  (came != 3'd0),
        .in_ready  (room),
        .in_data   ({came[0] ? 2'd0 : came[1] ? 2'd1 : 2'd2, cost[8:0]}),
        .in_last   (1'b1),
        .in_drop   (1'b0),
        .out_valid (valid),
        .out_ready (last),
        .out_data  ({kind, credits}),
        .count     (count)
    );

    always @(posedge clk) begin
        hdr_q  <= rst ? 48'd0 : hdr_in;
        data_q <= rst ? 48'd0 : data_in;
        told_q <= (rst || !valid || last) ? 9'd0 : told_q + 9'd2;
    end

    wire unused = &{1'b0, room, count, cost};
endmodule
`default_nettype wire
