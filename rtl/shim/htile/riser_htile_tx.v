// SPDX-License-Identifier: Apache-2.0
//
// tx_st_* of the H-tile block: beats that come within the ready latency of 3 cycles become TLPs (riser_st_unpack). What
// breaks the rules of the interface is told as an error of the user's RTL.
// Latency: 1 cycle and that of riser_st_unpack. A beat is lost only if the user sends without tx_st_ready.
`default_nettype none
module riser_htile_tx (
    input  wire         clk,
    input  wire         rst,
    input  wire [255:0] tx_st_data,
    input  wire         tx_st_sop,
    input  wire         tx_st_eop,
    input  wire         tx_st_valid,
    output wire         tx_st_ready,
    input  wire         tx_st_err,
    output wire         out_valid,
    input  wire         out_ready,
    output wire         out_sop,
    output wire         out_eop,
    output wire         out_err,        // with eop: the TLP is taken back
    output wire [127:0] out_hdr,
    output wire [255:0] out_data,
    output wire         busy
);
    localparam QUEUE_LOG2 = 4;
    localparam READY_LATENCY = 3;

    reg [READY_LATENCY:0] ready_q;      // bit 0: tx_st_ready
    reg                   mid_q, err_q;
    wire                  cycle = ready_q[READY_LATENCY];
    wire                  room, run_valid, run_ready, run_sop, run_eop, run_err, wrong;
    wire [255:0]          run_data;
    wire [QUEUE_LOG2:0]   count;

    assign tx_st_ready = ready_q[0];
    assign busy        = count != 5'd0 || out_valid || tx_st_valid;
    // err comes with the last beat of the run, which may leave with an earlier beat of the TLP; a run that waits at
    // its first beat belongs to the TLP behind
    assign out_err     = err_q || (run_valid && run_ready && run_eop && run_err);

    // room for what comes after ready goes away, and for a user that takes a little longer
    always @(posedge clk) begin
        ready_q <= rst ? {(READY_LATENCY+1){1'b0}} : {ready_q[READY_LATENCY-1:0], count < 5'd8};
        err_q   <= !rst && out_err && !(out_valid && out_ready && out_eop);
        if (rst)
            mid_q <= 1'b0;
        else if (tx_st_valid)
            mid_q <= !tx_st_eop;
    end

    riser_hip_fifo #(.W(259), .DEPTH_LOG2(QUEUE_LOG2)) u_queue (
        .clk       (clk),
        .rst       (rst),
        .in_valid  (tx_st_valid),
        .in_ready  (room),
        .in_data   ({tx_st_sop, tx_st_eop, tx_st_err, tx_st_data}),
        .in_last   (1'b1),
        .in_drop   (1'b0),
        .out_valid (run_valid),
        .out_ready (run_ready),
        .out_data  ({run_sop, run_eop, run_err, run_data}),
        .count     (count)
    );

    riser_st_unpack #(.DATA_W(256)) u_unpack (
        .clk       (clk),
        .rst       (rst),
        .in_valid  (run_valid),
        .in_ready  (run_ready),
        .in_sop    (run_sop),
        .in_eop    (run_eop),
        .in_data   (run_data),
        .out_valid (out_valid),
        .out_ready (out_ready),
        .out_sop   (out_sop),
        .out_eop   (out_eop),
        .out_hdr   (out_hdr),
        .out_data  (out_data),
        .wrong     (wrong)
    );

`ifndef SYNTHESIS
    always @(posedge clk) begin
        if (!rst && tx_st_valid && !cycle)
            $display("[%0t] %%Error: riser_htile_tx.v:1: Assertion failed in %m: user RTL: tx_st_valid 3 cycles after a cycle without tx_st_ready",
                     $time);
        if (!rst && cycle && mid_q && !tx_st_valid)
            $display("[%0t] %%Error: riser_htile_tx.v:1: Assertion failed in %m: user RTL: tx_st_valid is 0 between sop and eop in a ready cycle",
                     $time);
        if (!rst && tx_st_valid && tx_st_sop == mid_q)
            $display("[%0t] %%Error: riser_htile_tx.v:1: Assertion failed in %m: user RTL: tx_st_sop is %b %0s",
                     $time, tx_st_sop, mid_q ? "before the eop of a TLP" : "in the first beat of a TLP");
        if (!rst && tx_st_valid && !room)
            $display("[%0t] %%Error: riser_htile_tx.v:1: Assertion failed in %m: user RTL: a beat was lost", $time);
        if (!rst && wrong)
            $display("[%0t] %%Error: riser_htile_tx.v:1: Assertion failed in %m: user RTL: tx_st_eop is not where the header's length ends",
                     $time);
    end
`endif
endmodule
`default_nettype wire
