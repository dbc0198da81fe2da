// SPDX-License-Identifier: Apache-2.0
//
// A queue of packets: its words are at the output 1 cycle after the last one of their packet went in, or never if that
// came with in_drop. One word per cycle in and out. A packet must fit.
//   W           bits of a word
//   DEPTH_LOG2  log2 of the number of words
`default_nettype none
module riser_hip_fifo #(
    parameter W          = 32,
    parameter DEPTH_LOG2 = 4
) (
    input  wire                clk,
    input  wire                rst,
    input  wire                in_valid,
    output wire                in_ready,
    input  wire [W-1:0]        in_data,
    input  wire                in_last,
    input  wire                in_drop,
    output wire                out_valid,
    input  wire                out_ready,
    output wire [W-1:0]        out_data,
    output wire [DEPTH_LOG2:0] count
);
    reg  [DEPTH_LOG2:0] wr_q, rd_q, whole_q;    // whole_q: behind the last whole packet
    wire [DEPTH_LOG2:0] next = wr_q + 1;

    assign count     = wr_q - rd_q;
    assign in_ready  = !count[DEPTH_LOG2];
    assign out_valid = whole_q != rd_q;

    riser_lutram #(.W(W), .DEPTH_LOG2(DEPTH_LOG2)) u_ram (
        .clk     (clk),
        .wr_en   (in_valid && in_ready),
        .wr_addr (wr_q[DEPTH_LOG2-1:0]),
        .wr_data (in_data),
        .rd_addr (rd_q[DEPTH_LOG2-1:0]),
        .rd_data (out_data)
    );

    always @(posedge clk) begin
        if (rst) begin
            wr_q    <= 0;
            rd_q    <= 0;
            whole_q <= 0;
        end else begin
            if (in_valid && in_ready)
                wr_q <= (in_last && in_drop) ? whole_q : next;
            if (in_valid && in_ready && in_last && !in_drop)
                whole_q <= next;
            if (out_valid && out_ready)
                rd_q <= rd_q + 1;
        end
    end
endmodule
`default_nettype wire
