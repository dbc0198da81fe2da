// SPDX-License-Identifier: Apache-2.0
//
// Messages that a card sends as a whole, made of those of its functions: an INTx wire is asserted
// while any function asserts it, and told when that changes, in the name of function 0; PME_TO_Ack
// goes when every function has given it, in the same name. Looks at the posted TLP that is at the
// head and says whether it goes on; combinational but for what is remembered.
`default_nettype none
`include "riser_tlp.vh"
module riser_fn_msg #(
    // number of functions, 1 to 8
    parameter NR = 2
) (
    input  wire         clk,
    input  wire         rst,
    input  wire [12:0]  number,     // the card's bus and device number

    input  wire [NR-1:0] now,       // whose TLP it is, one bit
    input  wire         valid,
    input  wire         sop,
    input  wire [127:0] hdr,
    input  wire         taken,      // it is transferred or swallowed in this cycle

    output wire         swallow,
    output wire [127:0] out_hdr
);
    reg [4*NR-1:0] wire_q;          // NR bits for each pin
    reg [NR-1:0]   ack_q;

    wire [7:0]    code    = hdr[`TLP_MSG_CODE_R];
    wire          is_intx = sop && hdr[`TLP_FMT_TYPE_R] == `TLP_MSG_LOCAL && code[7:3] == 5'b00100;
    wire          is_ack  = sop && hdr[`TLP_FMT_TYPE_R] == `TLP_MSG_GATHER && code == `TLP_MSG_PME_TO_ACK;
    wire [NR-1:0] was     = wire_q[NR*{30'd0, code[1:0]} +: NR];
    wire [NR-1:0] is      = code[2] ? was & ~now : was | now;
    wire [NR-1:0] acks    = ack_q | now;

    assign swallow = valid && ((is_intx && (was != 0) == (is != 0)) || (is_ack && acks != {NR{1'b1}}));

    reg [127:0] hdr_d;
    always @* begin
        hdr_d = hdr;
        if (is_intx || is_ack)
            hdr_d[`TLP_REQ_ID_R] = {number, 3'd0};
    end
    assign out_hdr = hdr_d;

    always @(posedge clk) begin
        if (rst) begin
            wire_q <= {4*NR{1'b0}};
            ack_q  <= {NR{1'b0}};
        end else if (taken) begin
            if (is_intx)
                wire_q[NR*{30'd0, code[1:0]} +: NR] <= is;
            if (is_ack)
                ack_q <= (acks == {NR{1'b1}}) ? {NR{1'b0}} : acks;
        end
    end
endmodule
`default_nettype wire
