// SPDX-License-Identifier: Apache-2.0
//
// A hard block's own latency: each word comes out CYCLES later than it would, at the same rate.
// 0: wires. Up to 200.
`default_nettype none
module riser_hip_delay #(
    parameter W      = 32,
    parameter CYCLES = 0
) (
    input  wire         clk,
    input  wire         rst,
    input  wire         in_valid,
    output wire         in_ready,
    input  wire [W-1:0] in_data,
    output wire         out_valid,
    input  wire         out_ready,
    output wire [W-1:0] out_data,
    output wire         empty
);
    generate
        if (CYCLES == 0) begin : g_none
            assign in_ready  = out_ready;
            assign out_valid = in_valid;
            assign out_data  = in_data;
            assign empty     = 1'b1;
            wire unused = &{1'b0, clk, rst};
        end else begin : g_on
            localparam [31:0] WAIT = CYCLES - 1;
            reg [W-1:0] mem  [0:255];
            reg [7:0]   time_of [0:255];
            reg [7:0]   wr_q, rd_q, now_q;
            wire [7:0]  count = wr_q - rd_q;
            wire [7:0]  age   = now_q - time_of[rd_q];
            assign in_ready  = count != 8'd255;
            assign out_valid = count != 8'd0 && age >= WAIT[7:0];
            assign out_data  = mem[rd_q];
            assign empty     = count == 8'd0;
            always @(posedge clk) begin
                if (rst) begin
                    wr_q  <= 8'd0;
                    rd_q  <= 8'd0;
                    now_q <= 8'd0;
                end else begin
                    // an old word does not become young again
                    if (!(out_valid && !out_ready))
                        now_q <= now_q + 8'd1;
                    if (in_valid && in_ready)
                        wr_q <= wr_q + 8'd1;
                    if (out_valid && out_ready)
                        rd_q <= rd_q + 8'd1;
                end
                if (in_valid && in_ready) begin
                    mem[wr_q]  <= in_data;
                    time_of[wr_q] <= now_q;
                end
            end
            wire unused = &{1'b0, WAIT[31:8]};
        end
    endgenerate
endmodule
`default_nettype wire
