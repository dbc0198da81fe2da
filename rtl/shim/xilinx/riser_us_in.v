// SPDX-License-Identifier: Apache-2.0
//
// What RQ and CC of an UltraScale or UltraScale+ block have in common: from AXI4-Stream to packets that begin in
// lane 0, with the sideband of their first beat. tready comes from a register. A beat leaves 1 cycle after it
// came. With STRADDLE (512 bits) the packets' ends are those that tuser tells, else those of tlast and tkeep.
`default_nettype none
module riser_us_in #(
    parameter DATA_W   = 256,
    parameter STRADDLE = 0,
    parameter SIDE_W   = 1,
    parameter W        = DATA_W / 32,   // derived
    parameter LW       = $clog2(W)      // derived
) (
    input  wire                clk,
    input  wire                rst,

    input  wire                tvalid,
    output wire                tready,
    input  wire [DATA_W-1:0]   tdata,
    input  wire [W-1:0]        tkeep,
    input  wire                tlast,
    // of tuser at 512 bits: is_eop1_ptr, is_eop0_ptr, is_eop, is_sop1_ptr, is_sop0_ptr, is_sop
    input  wire [15:0]         marks,
    input  wire [2*SIDE_W-1:0] sides,       // of the second and the first packet that begins in the beat

    output wire                out_valid,
    input  wire                out_ready,
    output wire                out_sop,
    output wire                out_eop,
    output wire [DATA_W-1:0]   out_data,
    output wire [LW-1:0]       out_last,
    output wire [SIDE_W-1:0]   out_side
);
    localparam NSEG = (STRADDLE != 0) ? 2 : 1;

    wire                valid, ready, last;
    wire [DATA_W-1:0]   data;
    wire [W-1:0]        keep;
    wire [15:0]         mark;
    wire [2*SIDE_W-1:0] side;

    riser_skid #(.W(DATA_W + W + 1 + 16 + 2 * SIDE_W)) u_skid (
        .clk(clk), .rst(rst), .in_valid(tvalid), .in_ready(tready), .in_data({sides, marks, tlast, tkeep, tdata}),
        .out_valid(valid), .out_ready(ready), .out_data({side, mark, last, keep, data}));

    wire [NSEG-1:0]        sop, eop;
    wire [NSEG*LW-1:0]     ends;
    wire [NSEG*SIDE_W-1:0] seg_side;

    generate
        if (NSEG == 2) begin : g_two
            wire [1:0] is_sop  = mark[1:0];
            wire [1:0] is_eop  = mark[7:6];
            wire       sop_0_1 = is_sop[0] && mark[3:2] == 2'd2;    // the first is in the second half
            wire       eop_0_1 = is_eop[0] && mark[11];
            assign sop  = {sop_0_1 || (is_sop[1] && mark[5:4] == 2'd2), is_sop[0] && mark[3:2] == 2'd0};
            assign eop  = {eop_0_1 || is_eop[1], is_eop[0] && !mark[11]};
            assign ends = {eop_0_1 ? mark[11:8] : mark[15:12], mark[11:8]};
            assign seg_side = {sop_0_1 ? side[SIDE_W-1:0] : side[2*SIDE_W-1:SIDE_W], side[SIDE_W-1:0]};
            wire unused = &{1'b0, keep, last};
        end else begin : g_one
            reg     mid_q;
            reg [LW-1:0] top;
            integer k;
            always @(*) begin
                top = {LW{1'b0}};
                for (k = 0; k < W; k = k + 1)
                    if (keep[k])
                        top = k[LW-1:0];
            end
            always @(posedge clk)
                if (rst)
                    mid_q <= 1'b0;
                else if (valid && ready)
                    mid_q <= !last;
            assign sop  = !mid_q;
            assign eop  = last;
            assign ends = last ? top : {LW{1'b1}};
            assign seg_side = side[SIDE_W-1:0];
            wire unused = &{1'b0, mark, side[2*SIDE_W-1:SIDE_W]};
        end
    endgenerate

    riser_shim_unpack #(.DATA_W(DATA_W), .NSEG(NSEG), .SIDE_W(SIDE_W)) u_unpack (
        .clk(clk), .rst(rst), .in_valid(valid), .in_ready(ready), .in_data(data), .in_sop(sop), .in_eop(eop),
        .in_last(ends), .in_side(seg_side), .out_valid(out_valid), .out_ready(out_ready), .out_sop(out_sop),
        .out_eop(out_eop), .out_data(out_data), .out_last(out_last), .out_side(out_side));
endmodule
`default_nettype wire
