// SPDX-License-Identifier: Apache-2.0
//
// CC of an UltraScale or UltraScale+ block: the user's completions, as packets of a 96-bit descriptor and the
// payload. A completion leaves 1 cycle after its first beat came, 2 when its payload straddles beats.
//   ALIGNED, STRADDLE  as CQ
`default_nettype none
`include "riser_tlp.vh"
module riser_us_cc #(
    parameter DATA_W   = 256,
    parameter USER_W   = 33,
    parameter ALIGNED  = 0,
    parameter STRADDLE = 0,
    parameter W        = DATA_W / 32    // derived
) (
    input  wire              clk,
    input  wire              rst,
    input  wire [15:0]       bdf,

    input  wire              tvalid,
    output wire              tready,
    input  wire [DATA_W-1:0] tdata,
    input  wire [W-1:0]      tkeep,
    input  wire              tlast,
    input  wire [USER_W-1:0] tuser,

    output wire              cpl_valid,
    input  wire              cpl_ready,
    output wire              cpl_sop,
    output wire              cpl_eop,
    output wire [127:0]      cpl_hdr,
    output wire [DATA_W-1:0] cpl_data,
    output wire              bad        // pulse: the payload is not as long as the descriptor says
);
    localparam LW = $clog2(W);

    wire              b_valid, b_ready, b_sop, b_eop;
    wire [DATA_W-1:0] b_data;
    wire [LW-1:0]     b_last;
    wire              b_side;
    wire [15:0]       marks;

    generate
        if (DATA_W == 512) begin : g_512
            assign marks = tuser[15:0];
        end else begin : g_narrow
            assign marks = 16'd0;
        end
    endgenerate

    riser_us_in #(.DATA_W(DATA_W), .STRADDLE(STRADDLE), .SIDE_W(1)) u_in (
        .clk(clk), .rst(rst), .tvalid(tvalid), .tready(tready), .tdata(tdata), .tkeep(tkeep), .tlast(tlast),
        .marks(marks), .sides(2'd0), .out_valid(b_valid), .out_ready(b_ready), .out_sop(b_sop), .out_eop(b_eop),
        .out_data(b_data), .out_last(b_last), .out_side(b_side));

    wire [127:0] desc;
    wire         side;
    wire [10:0]  nr    = desc[42:32];
    wire [6:0]   lower = desc[6:0];
    wire [5:0]   start = (ALIGNED == 0) ? 6'd3 : (W == 2) ? {5'd2, lower[2]} : (W == 4) ? {4'd1, lower[3:2]}
                       : (W == 8) ? {3'd1, lower[4:2]} : {4'd1, lower[3:2]};

    riser_shim_in #(.DATA_W(DATA_W), .SIDE_W(1)) u_take (
        .clk(clk), .rst(rst), .in_valid(b_valid), .in_ready(b_ready), .in_sop(b_sop), .in_eop(b_eop),
        .in_data(b_data), .in_last(b_last), .in_side(b_side), .desc(desc), .side(side), .start(start),
        .nr_desc(3'd3), .nr(nr), .out_valid(cpl_valid), .out_ready(cpl_ready), .out_sop(cpl_sop),
        .out_eop(cpl_eop), .out_data(cpl_data), .bad(bad));

    assign cpl_hdr = {(nr != 11'd0) ? `TLP_CPLD : `TLP_CPL, 1'b0, desc[91:89], 1'b0, desc[94], 2'd0,
                      1'b0, desc[46], desc[93:92], 2'd0, nr[9:0],
                      desc[88] ? desc[87:72] : bdf, desc[45:43], 1'b0, desc[27:16],
                      desc[63:48], desc[71:64], 1'b0, lower, 32'd0};

    wire unused = &{1'b0, desc, side, tuser};
endmodule
`default_nettype wire
