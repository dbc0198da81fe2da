// SPDX-License-Identifier: Apache-2.0
//
// Errors that the user's logic tells an Intel block: what it was with app_err_valid, the header's four dwords in that
// cycle and the three after it.
`default_nettype none
`include "riser_tlp.vh"
module riser_hip_apperr (
    input  wire         clk,
    input  wire         rst,
    input  wire         app_err_valid,
    input  wire [31:0]  app_err_hdr,
    input  wire [10:0]  app_err_info,
    output wire         busy,
    output wire         err_valid,      // pulse
    output wire [4:0]   err_bit,        // of the AER registers
    output wire         err_advisory,
    output wire [127:0] err_hdr
);
    reg [1:0]  left_q;
    reg [95:0] hdr_q;
    reg [10:0] info_q;
    reg        busy_q;

    assign busy         = busy_q || app_err_valid;
    assign err_valid    = busy_q && left_q == 2'd1;
    assign err_bit      = info_q[0] ? `AER_MTLP : info_q[3] ? `AER_CA : info_q[4] ? `AER_CTO
                        : info_q[5] ? `AER_UR : info_q[6] ? `AER_PTLP : `AER_UC;
    assign err_advisory = info_q[10];
    assign err_hdr      = {hdr_q, app_err_hdr};

    always @(posedge clk) begin
        if (rst)
            busy_q <= 1'b0;
        else if (!busy_q)
            busy_q <= app_err_valid;
        else
            busy_q <= !err_valid;
        if (!busy_q) begin
            left_q <= 2'd3;
            info_q <= app_err_info;
        end else
            left_q <= left_q - 2'd1;
        hdr_q <= {hdr_q[63:0], app_err_hdr};
    end

    wire unused = &{1'b0, info_q};
endmodule
`default_nettype wire
