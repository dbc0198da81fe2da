// SPDX-License-Identifier: Apache-2.0
//
// Beats of one channel become segments, up to SEGS of them in a cycle, each with its own ready: those below the
// first that is not ready are taken. Latency 1 cycle.
`default_nettype none
module riser_segments_rx #(
    parameter DATA_W = 256,
    parameter SEG_W  = 256,
    parameter SEGS   = 1
) (
    input  wire                     clk,
    input  wire                     rst,
    input  wire                     in_valid,
    output wire                     in_ready,
    input  wire                     in_sop,
    input  wire                     in_eop,
    input  wire [127:0]             in_hdr,
    input  wire [DATA_W-1:0]        in_data,
    input  wire [2:0]               in_bar,
    output wire [SEGS*SEG_W-1:0]    seg_data,
    output wire [SEGS*SEG_W/32-1:0] seg_strb,
    output wire [SEGS*128-1:0]      seg_hdr,
    output wire [SEGS*3-1:0]        bar_id,
    output wire [SEGS-1:0]          seg_valid,
    output wire [SEGS-1:0]          seg_sop,
    output wire [SEGS-1:0]          seg_eop,
    input  wire [SEGS-1:0]          seg_ready,
    output wire                     empty
);
    localparam N      = DATA_W / SEG_W;     // segments of a beat
    localparam DW     = SEG_W / 32;
    localparam W      = SEG_W + 138;

    wire [N-1:0]      valid, sop, eop;
    wire [4*N-1:0]    unfilled;
    wire [N*W-1:0]    in_segs;
    wire [SEGS*W-1:0] out_segs;
    reg  [2:0]        pop;
    reg               blocked;
    wire [5:0]        count;
    integer           i;

    riser_hip_toseg #(.DATA_W(DATA_W), .N(N)) u_toseg (
        .clk       (clk),
        .moves     (in_valid && in_ready),
        .sop       (in_sop),
        .hdr       (in_hdr),
        .seg_valid (valid),
        .seg_sop   (sop),
        .seg_eop   (eop),
        .seg_empty (unfilled)
    );

    riser_hip_segq #(.W(W), .IN(N), .OUT(SEGS), .DEPTH_LOG2(5)) u_queue (
        .clk       (clk),
        .rst       (rst),
        .in_valid  (valid & {N{in_valid}}),
        .in_ready  (in_ready),
        .in_data   (in_segs),
        .out_valid (seg_valid),
        .out_data  (out_segs),
        .out_pop   (pop),
        .count     (count)
    );

    always @* begin
        pop     = 3'd0;
        blocked = 1'b0;
        for (i = 0; i < SEGS; i = i + 1) begin
            blocked = blocked || !seg_valid[i] || !seg_ready[i];
            if (!blocked)
                pop = pop + 3'd1;
        end
    end

    assign empty = count == 6'd0;

    // a message without data has no dword in its segment
    wire has_data = in_hdr[126] || in_hdr[111];

    genvar g;
    generate
        for (g = 0; g < N; g = g + 1) begin : g_in
            assign in_segs[W*g +: W] = {has_data, unfilled[4*g +: 4], sop[g], eop[g], in_bar, in_hdr,
                                        in_data[SEG_W*g +: SEG_W]};
        end
        for (g = 0; g < SEGS; g = g + 1) begin : g_out
            wire       filled;
            wire [3:0] left_over;
            assign {filled, left_over, seg_sop[g], seg_eop[g], bar_id[3*g +: 3], seg_hdr[128*g +: 128],
                    seg_data[SEG_W*g +: SEG_W]} = out_segs[W*g +: W];
            assign seg_strb[DW*g +: DW] = !filled ? {DW{1'b0}} : {DW{1'b1}} >> left_over;
        end
    endgenerate

    wire unused = &{1'b0, in_eop};
endmodule
`default_nettype wire
