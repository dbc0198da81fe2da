// SPDX-License-Identifier: Apache-2.0
//
// The credit limits of the P-tile block, one kind per cycle: what the queues hold plus what has left them. Headers
// count modulo 4096, data modulo 65536.
`default_nettype none
module riser_ptile_cdts #(
    parameter [15:0] HDRS = 16'd32,
    parameter [15:0] DATA = 16'd160
) (
    input  wire        clk,
    input  wire        rst,
    input  wire [47:0] hdr_out,         // 16 bits each of completions, non-posted, posted
    input  wire [47:0] data_out,
    output wire [15:0] tx_cdts_limit,
    output wire [2:0]  tx_cdts_limit_tdm_idx
);
    reg [2:0]  idx_q;
    reg [15:0] limit;

    assign tx_cdts_limit_tdm_idx = idx_q;
    assign tx_cdts_limit         = limit;

    always @* begin
        case (idx_q)
            3'd0: limit = (HDRS + hdr_out[15:0]) & 16'h0fff;
            3'd1: limit = (HDRS + hdr_out[31:16]) & 16'h0fff;
            3'd2: limit = (HDRS + hdr_out[47:32]) & 16'h0fff;
            3'd4: limit = DATA + data_out[15:0];
            3'd5: limit = DATA + data_out[31:16];
            default: limit = DATA + data_out[47:32];
        endcase
    end

    always @(posedge clk)
        idx_q <= (rst || idx_q == 3'd6) ? 3'd0 : (idx_q == 3'd2) ? 3'd4 : idx_q + 3'd1;
endmodule
`default_nettype wire
