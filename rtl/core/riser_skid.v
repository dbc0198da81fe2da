// SPDX-License-Identifier: Apache-2.0
//
// A register stage with room for one more word, so that in_ready comes from a register and still
// one word per cycle goes through. Latency 1 cycle. in_ready is 0 while rst is 1.
//   W  bits of a word, 1 or more
`default_nettype none
module riser_skid #(
    parameter W = 32
) (
    input  wire         clk,
    input  wire         rst,
    input  wire         in_valid,
    output wire         in_ready,
    input  wire [W-1:0] in_data,
    output wire         out_valid,
    input  wire         out_ready,
    output wire [W-1:0] out_data
);
    reg         ready_q;
    reg         out_valid_q;
    reg         skid_valid_q;
    reg [W-1:0] out_q;
    reg [W-1:0] skid_q;

    wire push = in_valid && ready_q;
    wire load = !out_valid_q || out_ready;

    assign in_ready  = ready_q;
    assign out_valid = out_valid_q;
    assign out_data  = out_q;

    always @(posedge clk) begin
        if (rst) begin
            ready_q      <= 1'b0;
            out_valid_q  <= 1'b0;
            skid_valid_q <= 1'b0;
        end else if (load) begin
            out_valid_q  <= skid_valid_q || push;
            skid_valid_q <= 1'b0;
            ready_q      <= 1'b1;
        end else begin
            skid_valid_q <= skid_valid_q || push;
            ready_q      <= !(skid_valid_q || push);
        end
    end

    always @(posedge clk) begin
        if (load && skid_valid_q)
            out_q <= skid_q;
        else if (load && push)
            out_q <= in_data;
        if (push && !load)
            skid_q <= in_data;
    end
endmodule
`default_nettype wire
