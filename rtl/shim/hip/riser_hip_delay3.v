// SPDX-License-Identifier: Apache-2.0
//
// riser_hip_delay for the three channels of a direction: completion, non-posted, posted (lowest). Bit W-2 is a beat's
// eop. What came behind a posted TLP stays behind it.
`default_nettype none
module riser_hip_delay3 #(
    parameter W      = 32,
    parameter CYCLES = 0
) (
    input  wire           clk,
    input  wire           rst,
    input  wire [2:0]     in_valid,
    output wire [2:0]     in_ready,
    input  wire [3*W-1:0] in_data,
    output wire [2:0]     out_valid,
    input  wire [2:0]     out_ready,
    output wire [3*W-1:0] out_data,
    output wire           empty
);
    wire [2:0]    none;
    reg  [31:0]   nr_in_q, nr_out_q;        // posted TLPs
    wire [2:0]    valid, may;
    wire [95:0]   snaps;

    assign empty     = &none;
    assign out_valid = valid & may;
    assign may[0]    = 1'b1;

    always @(posedge clk) begin
        if (rst || CYCLES == 0) begin
            nr_in_q  <= 32'd0;
            nr_out_q <= 32'd0;
        end else begin
            nr_in_q  <= nr_in_q + {31'd0, in_valid[0] && in_ready[0] && in_data[W-2]};
            nr_out_q <= nr_out_q + {31'd0, out_valid[0] && out_ready[0] && out_data[W-2]};
        end
    end

    genvar i;
    generate
        for (i = 0; i < 3; i = i + 1) begin : g_channel
            riser_hip_delay #(.W(W + 32), .CYCLES(CYCLES)) u_delay (
                .clk       (clk),
                .rst       (rst),
                .in_valid  (in_valid[i]),
                .in_ready  (in_ready[i]),
                .in_data   ({nr_in_q, in_data[W*i +: W]}),
                .out_valid (valid[i]),
                .out_ready (out_ready[i] && may[i]),
                .out_data  ({snaps[32*i +: 32], out_data[W*i +: W]}),
                .empty     (none[i])
            );
        end
        for (i = 1; i < 3; i = i + 1) begin : g_order
            wire [31:0] lag = nr_out_q - snaps[32*i +: 32];
            wire        unused = &{1'b0, lag[30:0]};
            assign may[i] = CYCLES == 0 || !lag[31];
        end
    endgenerate

    wire unused = &{1'b0, snaps[31:0]};
endmodule
`default_nettype wire
