// SPDX-License-Identifier: Apache-2.0
//
// Segments of the user, up to SEGS in a cycle, become beats of one channel. Latency 1 cycle; a beat leaves when all of
// its segments are here. A TLP that ends elsewhere than its header says is told as an error of the user's RTL.
`default_nettype none
module riser_segments_tx #(
    parameter DATA_W = 256,
    parameter SEG_W  = 256,
    parameter SEGS   = 1,
    // bits that go along with the beginning of a TLP
    parameter HDR_W  = 128
) (
    input  wire                  clk,
    input  wire                  rst,
    input  wire                  live,      // errors are told
    input  wire [SEGS*SEG_W-1:0] seg_data,
    input  wire [SEGS*HDR_W-1:0] seg_hdr,
    input  wire [SEGS-1:0]       seg_valid,
    input  wire [SEGS-1:0]       seg_sop,
    input  wire [SEGS-1:0]       seg_eop,
    output wire [SEGS-1:0]       seg_ready,
    output wire                  out_valid,
    input  wire                  out_ready,
    output wire                  out_sop,
    output wire                  out_eop,
    output wire [HDR_W-1:0]      out_hdr,
    output wire [DATA_W-1:0]     out_data,
    output wire                  empty
);
    localparam N = DATA_W / SEG_W;
    localparam W = SEG_W + HDR_W + 2;

    wire [SEGS*W-1:0] in_segs;
    wire              in_ready;
    wire [N-1:0]      valid, eop, sop;
    wire [N*HDR_W-1:0] hdr;
    wire [N*W-1:0]    out_segs;
    wire [2:0]        pop;
    wire [5:0]        count;

    riser_hip_segq #(.W(W), .IN(SEGS), .OUT(N), .DEPTH_LOG2(5)) u_queue (
        .clk       (clk),
        .rst       (rst),
        .in_valid  (seg_valid),
        .in_ready  (in_ready),
        .in_data   (in_segs),
        .out_valid (valid),
        .out_data  (out_segs),
        .out_pop   (pop),
        .count     (count)
    );

    riser_hip_fromseg #(.N(N)) u_fromseg (
        .seg_valid (valid),
        .seg_eop   (eop),
        .valid     (out_valid),
        .eop       (out_eop),
        .ready     (out_ready),
        .pop       (pop)
    );

    assign seg_ready = {SEGS{in_ready && !rst}};
    assign out_sop   = sop[0];
    assign out_hdr   = hdr[HDR_W-1:0];
    assign empty     = count == 6'd0;

    genvar g;
    generate
        for (g = 0; g < SEGS; g = g + 1) begin : g_in
            assign in_segs[W*g +: W] = {seg_sop[g], seg_eop[g], seg_hdr[HDR_W*g +: HDR_W], seg_data[SEG_W*g +: SEG_W]};
        end
        for (g = 0; g < N; g = g + 1) begin : g_out
            assign {sop[g], eop[g], hdr[HDR_W*g +: HDR_W], out_data[SEG_W*g +: SEG_W]} = out_segs[W*g +: W];
        end
    endgenerate

    // where the TLP must end by its header
    wire [N-1:0]   want_valid, want_sop, want_eop;
    wire [4*N-1:0] want_empty;
    wire           beat = out_valid && out_ready;
    wire [2:0]     end_at = pop - 3'd1;
    wire [N-1:0]   want_end = want_eop >> end_at;

    riser_hip_toseg #(.DATA_W(DATA_W), .N(N)) u_want (
        .clk       (clk),
        .moves     (beat),
        .sop       (out_sop),
        .hdr       (hdr[127:0]),
        .seg_valid (want_valid),
        .seg_sop   (want_sop),
        .seg_eop   (want_eop),
        .seg_empty (want_empty)
    );

`ifndef SYNTHESIS
    always @(posedge clk)
        if (live && beat && (out_eop ? !want_end[0] : want_eop != {N{1'b0}}))
            $display("[%0t] %%Error: riser_segments_tx.v:1: Assertion failed in %m: user RTL: eop is not where the header's length ends",
                     $time);
`endif

    wire unused = &{1'b0, sop, hdr, live, want_valid, want_sop, want_empty, want_end};
endmodule
`default_nettype wire
