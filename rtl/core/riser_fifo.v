// SPDX-License-Identifier: Apache-2.0
//
// A queue on a riser_ram with its first word in a register. One word per cycle in and out; a word
// is at the output 2 cycles after it went in. in_ready, out_valid and almost_full come from
// registers. A push while in_ready is 0 or a pop while out_valid is 0 is ignored.
//   W           bits of a word, 1 or more
//   DEPTH_LOG2  log2 of the number of words, 1 or more; one more fits in the output register
`default_nettype none
module riser_fifo #(
    parameter W          = 32,
    parameter DEPTH_LOG2 = 4
) (
    input  wire         clk,
    input  wire         rst,
    input  wire         in_valid,
    output wire         in_ready,
    input  wire [W-1:0] in_data,
    // 1: room for at most two more
    output wire         almost_full,
    output wire         out_valid,
    input  wire         out_ready,
    output wire [W-1:0] out_data,
    // nothing inside, the output register included
    output wire         empty
);
    localparam [DEPTH_LOG2:0] DEPTH = {1'b1, {DEPTH_LOG2{1'b0}}};

    reg  [DEPTH_LOG2:0] wr_q;
    reg  [DEPTH_LOG2:0] rd_q;
    reg                 out_valid_q;
    wire [DEPTH_LOG2:0] count = wr_q - rd_q;
    wire                push = in_valid && in_ready;
    wire                fetch = (count != 0) && (!out_valid_q || out_ready);

    assign in_ready    = count != DEPTH;
    assign almost_full = count + 2 >= DEPTH;
    assign out_valid   = out_valid_q;
    assign empty       = (count == 0) && !out_valid_q;

    riser_ram #(.W(W), .DEPTH_LOG2(DEPTH_LOG2)) u_ram (
        .clk     (clk),
        .wr_en   (push),
        .wr_addr (wr_q[DEPTH_LOG2-1:0]),
        .wr_data (in_data),
        .rd_en   (fetch),
        .rd_addr (rd_q[DEPTH_LOG2-1:0]),
        .rd_data (out_data)
    );

    always @(posedge clk) begin
        if (rst) begin
            wr_q        <= 0;
            rd_q        <= 0;
            out_valid_q <= 1'b0;
        end else begin
            if (push)
                wr_q <= wr_q + 1;
            if (fetch)
                rd_q <= rd_q + 1;
            if (fetch)
                out_valid_q <= 1'b1;
            else if (out_ready)
                out_valid_q <= 1'b0;
        end
    end
endmodule
`default_nettype wire
