// SPDX-License-Identifier: Apache-2.0
//
// One channel of a card with several functions, towards them: each TLP goes to the functions in
// `dest`, which is asked for one cycle after the TLP's first beat is at `hdr` and is taken in a cycle
// in which `dest_valid` is 1. A TLP waits, if WAITS is 1, for the posted TLPs that were accepted
// before it (mark_in: how many have been accepted, mark_out: how many were handed over).
// Latency 2 cycles and what dest_valid takes; one beat per cycle within a TLP. Ready for the next
// beat comes from a register; a function that does not accept holds the channel up.
`default_nettype none
module riser_fn_rx #(
    parameter DATA_W = 256,
    // number of functions, 1 to 8
    parameter NR     = 2,
    parameter WAITS  = 0
) (
    input  wire              clk,
    input  wire              rst,

    input  wire              rx_valid,
    output wire              rx_ready,
    input  wire              rx_sop,
    input  wire              rx_eop,
    input  wire [127:0]      rx_hdr,
    input  wire [DATA_W-1:0] rx_data,

    // posted TLPs so far; a TLP of this channel was handed over whole
    input  wire [31:0]       mark_in,
    input  wire [31:0]       mark_out,
    output wire              handed_over,

    output wire              asks,
    input  wire              dest_valid,
    input  wire [NR-1:0]     dest,

    // to the functions: valid and ready for each, the rest for all
    output wire [NR-1:0]     out_valid,
    input  wire [NR-1:0]     out_ready,
    output wire              out_sop,
    output wire              out_eop,
    output wire [127:0]      out_hdr,
    output wire [DATA_W-1:0] out_data,
    output wire              busy
);
    wire          valid;
    wire [31:0]   mark;
    reg           known_q;
    reg  [NR-1:0] dest_q, done_q;
    wire [31:0]   lag  = mark_out - mark;
    wire          turn = (WAITS == 0) || !lag[31];
    wire [NR-1:0] done = done_q | (out_valid & out_ready);
    wire          pop  = valid && known_q && (done & dest_q) == dest_q;

    riser_skid #(.W(DATA_W + 162)) u_skid (
        .clk       (clk),
        .rst       (rst),
        .in_valid  (rx_valid),
        .in_ready  (rx_ready),
        .in_data   ({mark_in, rx_sop, rx_eop, rx_hdr, rx_data}),
        .out_valid (valid),
        .out_ready (pop),
        .out_data  ({mark, out_sop, out_eop, out_hdr, out_data})
    );

    assign out_valid   = (valid && known_q) ? dest_q & ~done_q : {NR{1'b0}};
    assign asks        = valid && !known_q && turn;
    assign handed_over = pop && out_eop;
    assign busy        = valid;

    always @(posedge clk) begin
        if (rst) begin
            known_q <= 1'b0;
            done_q  <= {NR{1'b0}};
        end else begin
            if (pop)
                known_q <= !out_eop;
            else if (asks && dest_valid)
                known_q <= 1'b1;
            done_q <= pop ? {NR{1'b0}} : done;
        end
    end

    always @(posedge clk)
        if (!known_q)
            dest_q <= dest;

    wire unused = &{1'b0, lag[30:0]};
endmodule
`default_nettype wire
