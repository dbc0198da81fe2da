// SPDX-License-Identifier: Apache-2.0
//
// A small queue, output straight from the memory: what is pushed can be popped in the next cycle.
// One push and one pop per cycle. A push into a full queue is not accepted.
//   W           bits of an entry
//   DEPTH_LOG2  log2 of the number of entries, 1 or more
`default_nettype none
module nvme_fifo #(
    parameter W          = 32,
    parameter DEPTH_LOG2 = 3
) (
    input  wire         clk,
    input  wire         rst,
    input  wire         push_valid,
    output wire         push_ready,
    input  wire [W-1:0] push_data,
    output wire         pop_valid,
    input  wire         pop_ready,
    output wire [W-1:0] pop_data
);
    localparam [DEPTH_LOG2:0] FULL = {1'b1, {DEPTH_LOG2{1'b0}}};

    reg [W-1:0]        mem [0:(1<<DEPTH_LOG2)-1];
    reg [DEPTH_LOG2:0] wr_q;
    reg [DEPTH_LOG2:0] rd_q;

    wire [DEPTH_LOG2:0] level = wr_q - rd_q;

    assign push_ready = level != FULL;
    assign pop_valid  = wr_q != rd_q;
    assign pop_data   = mem[rd_q[DEPTH_LOG2-1:0]];

    always @(posedge clk) begin
        if (push_valid && push_ready)
            mem[wr_q[DEPTH_LOG2-1:0]] <= push_data;
        if (rst) begin
            wr_q <= {(DEPTH_LOG2+1){1'b0}};
            rd_q <= {(DEPTH_LOG2+1){1'b0}};
        end else begin
            if (push_valid && push_ready)
                wr_q <= wr_q + 1'b1;
            if (pop_valid && pop_ready)
                rd_q <= rd_q + 1'b1;
        end
    end
endmodule
`default_nettype wire
