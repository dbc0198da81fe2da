// SPDX-License-Identifier: Apache-2.0
//
// The messages of the function: INTA as Assert and Deassert that alternate, ERR_*, and PME_TO_Ack
// as the answer to PME_Turn_Off. One header at a time; msg_ack takes it. A pending INTA change
// goes first.
`default_nettype none
`include "riser_tlp.vh"
module riser_msg (
    input  wire         clk,
    input  wire         rst,
    input  wire [15:0]  bdf,

    input  wire         intx_want,      // the level the host shall see
    output wire         intx_sent,      // the level it was told
    input  wire         err_valid,
    input  wire [7:0]   err_code,
    output wire         err_ack,
    input  wire         turn_off,       // pulse
    // 1: nothing but Deassert leaves (function level reset)
    input  wire         stop,

    output wire         msg_valid,
    output wire [127:0] msg_hdr,
    input  wire         msg_ack
);
    reg sent_q;
    reg ack_due_q;

    wire pick_intx = (intx_want != sent_q) && !(stop && intx_want);
    wire pick_err  = !pick_intx && err_valid && !stop;
    wire pick_ack  = !pick_intx && !pick_err && ack_due_q && !stop;

    wire [7:0] fmt_type = pick_intx ? `TLP_MSG_LOCAL : pick_err ? `TLP_MSG_ROOT : `TLP_MSG_GATHER;
    wire [7:0] code     = pick_intx ? (sent_q ? `TLP_MSG_DEASSERT_INTA : `TLP_MSG_ASSERT_INTA)
                        : pick_err ? err_code : `TLP_MSG_PME_TO_ACK;

    assign intx_sent = sent_q;
    assign msg_valid = pick_intx || pick_err || pick_ack;
    assign msg_hdr   = {fmt_type, 24'd0, bdf, 8'd0, code, 64'd0};
    assign err_ack   = pick_err && msg_ack;

    always @(posedge clk) begin
        if (rst) begin
            sent_q    <= 1'b0;
            ack_due_q <= 1'b0;
        end else begin
            if (msg_ack && pick_intx)
                sent_q <= !sent_q;
            if (turn_off)
                ack_due_q <= 1'b1;
            else if (msg_ack && pick_ack)
                ack_due_q <= 1'b0;
        end
    end
endmodule
`default_nettype wire
