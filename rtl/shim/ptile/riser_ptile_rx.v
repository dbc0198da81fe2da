// SPDX-License-Identifier: Apache-2.0
//
// TLPs from the host as segments of 256 bits. With one segment per cycle a beat is one, without latency; with two, a TLP
// begins in the segment behind the one before: a queue, 1 cycle. All valid segments leave with seg_go.
`default_nettype none
module riser_ptile_rx #(
    parameter SEGS = 1
) (
    input  wire                clk,
    input  wire                rst,
    input  wire                in_valid,
    output wire                in_ready,
    input  wire                in_sop,
    input  wire [127:0]        in_hdr,
    input  wire [256*SEGS-1:0] in_data,
    input  wire [2:0]          in_bar,
    output wire [SEGS-1:0]     seg_valid,
    output wire [SEGS-1:0]     seg_sop,
    output wire [SEGS-1:0]     seg_eop,
    output wire [3*SEGS-1:0]   seg_empty,
    output wire [128*SEGS-1:0] seg_hdr,
    output wire [256*SEGS-1:0] seg_data,
    output wire [3*SEGS-1:0]   seg_bar,
    input  wire                seg_go
);
    localparam W = 256 + 128 + 8;

    wire [SEGS-1:0]   valid, sop, eop;
    wire [4*SEGS-1:0] unfilled;
    wire [SEGS*W-1:0] segs, heads;

    riser_hip_toseg #(.DATA_W(256 * SEGS), .N(SEGS)) u_toseg (
        .clk       (clk),
        .moves     (in_valid && in_ready),
        .sop       (in_sop),
        .hdr       (in_hdr),
        .seg_valid (valid),
        .seg_sop   (sop),
        .seg_eop   (eop),
        .seg_empty (unfilled)
    );

    genvar i;
    generate
        for (i = 0; i < SEGS; i = i + 1) begin : g_seg
            assign segs[W*i +: W] = {sop[i], eop[i], unfilled[4*i +: 3], in_bar, in_hdr, in_data[256*i +: 256]};
            assign {seg_sop[i], seg_eop[i], seg_empty[3*i +: 3], seg_bar[3*i +: 3], seg_hdr[128*i +: 128],
                    seg_data[256*i +: 256]} = heads[W*i +: W];
        end
        if (SEGS == 1) begin : g_one
            assign seg_valid = in_valid;
            assign heads     = segs;
            assign in_ready  = seg_go;
            wire unused_one = &{1'b0, rst, valid};
        end else begin : g_more
            wire [4:0] count;
            wire [2:0] pop = !seg_go ? 3'd0 : {1'b0, seg_valid[SEGS-1], seg_valid[0] && !seg_valid[SEGS-1]};
            wire unused_more = &{1'b0, count};
            riser_hip_segq #(.W(W), .IN(SEGS), .OUT(SEGS), .DEPTH_LOG2(4)) u_queue (
                .clk       (clk),
                .rst       (rst),
                .in_valid  (valid & {SEGS{in_valid}}),
                .in_ready  (in_ready),
                .in_data   (segs),
                .out_valid (seg_valid),
                .out_data  (heads),
                .out_pop   (pop),
                .count     (count)
            );
        end
    endgenerate

    wire unused = &{1'b0, unfilled};
endmodule
`default_nettype wire
