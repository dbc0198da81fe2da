// SPDX-License-Identifier: Apache-2.0
//
// A channel of the TLP port (docs/tlp-port.md): framing and number of beats.
`default_nettype none
`include "riser_tlp.vh"
module riser_tlp_sva #(
    parameter DATA_W = 256
) (
    input wire              clk,
    input wire              on,
    input wire              valid,
    input wire              ready,
    input wire              sop,
    input wire              eop,
    input wire [127:0]      hdr,
    input wire [DATA_W-1:0] data
);
    localparam [31:0] NR_LANES = DATA_W / 32;
    localparam [10:0] LANES = NR_LANES[10:0];

    reg        mid_q;
    reg [10:0] left_q;      // dwords of the TLP behind this beat
    wire [10:0] length = {hdr[`TLP_LENGTH_R] == 10'd0, hdr[`TLP_LENGTH_R]};
    wire [10:0] total  = (hdr[`TLP_FMT_DATA_B] ? length : 11'd0) + {10'd0, hdr[`TLP_TD_B]};
    wire [10:0] left   = sop ? total : left_q;

    always @(posedge clk) begin
        if (!on)
            mid_q <= 1'b0;
        else if (valid && ready) begin
            mid_q  <= !eop;
            left_q <= (left > LANES) ? left - LANES : 11'd0;
        end
    end

    // TLP-1: sop is 1 in the first beat of a TLP and in no other.
    tlp_1: assert property (@(posedge clk) (on && valid) |-> (sop == !mid_q))
        else $error("%m: sop=%b inside=%b", sop, mid_q);
    // TLP-2: eop is 1 in the beat that holds the last dword of payload and digest and in no other.
    tlp_2: assert property (@(posedge clk) (on && valid && sop == !mid_q) |-> (eop == (left <= LANES)))
        else $error("%m: eop=%b with %0d dwords to go", eop, left);

    riser_stream_sva #(.W(DATA_W + 2)) u_stream (
        .clk   (clk),
        .on    (on),
        .valid (valid),
        .ready (ready),
        .data  ({sop, eop, data})
    );
    // the header is defined in the first beat only
    riser_stream_sva #(.W(128)) u_hdr (
        .clk   (clk),
        .on    (on),
        .valid (valid),
        .ready (ready),
        .data  (sop ? hdr : 128'd0)
    );
endmodule
`default_nettype wire
