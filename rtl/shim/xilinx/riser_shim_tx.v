// SPDX-License-Identifier: Apache-2.0
//
// All that leaves a card with a hard block: requests of the user in their order, completions of the user and of
// the block, and the block's own posted TLPs (interrupts, messages), which go first. Whole TLPs. A request that is
// not posted waits for the posted ones before it; a completion of the user waits for the posted TLPs that were
// started before it came. drop: TLPs of the user that begin are taken and thrown away (function level reset).
// Latency 1 cycle, completions 2; one beat per cycle and channel.
`default_nettype none
`include "riser_tlp.vh"
module riser_shim_tx #(
    parameter DATA_W = 256
) (
    input  wire              clk,
    input  wire              rst,
    input  wire              drop,
    input  wire [15:0]       bdf,

    input  wire              req_valid,
    output wire              req_ready,
    input  wire              req_sop,
    input  wire              req_eop,
    input  wire [127:0]      req_hdr,
    input  wire [DATA_W-1:0] req_data,
    // pulse: the last beat of a request has entered the channel's register
    output wire              req_sent,

    input  wire              cpl_valid,
    output wire              cpl_ready,
    input  wire              cpl_sop,
    input  wire              cpl_eop,
    input  wire [127:0]      cpl_hdr,
    input  wire [DATA_W-1:0] cpl_data,

    // the block's
    input  wire              own_valid,
    output wire              own_ready,
    input  wire              own_sop,
    input  wire              own_eop,
    input  wire [127:0]      own_hdr,
    input  wire [DATA_W-1:0] own_data,
    input  wire              irq_taken,
    input  wire              irq_valid,
    input  wire [63:0]       irq_addr,
    input  wire [31:0]       irq_data,
    output wire              irq_ack,
    input  wire              msg_valid,
    input  wire [127:0]      msg_hdr,
    output wire              msg_ack,

    output wire [15:0]       nr_started,
    output wire [15:0]       nr_done,
    output wire              quiet,     // nothing started is still inside

    output wire              tx_p_valid,
    input  wire              tx_p_ready,
    output wire              tx_p_sop,
    output wire              tx_p_eop,
    output wire [127:0]      tx_p_hdr,
    output wire [DATA_W-1:0] tx_p_data,
    output wire              tx_np_valid,
    input  wire              tx_np_ready,
    output wire              tx_np_sop,
    output wire              tx_np_eop,
    output wire [127:0]      tx_np_hdr,
    output wire [DATA_W-1:0] tx_np_data,
    output wire              tx_cpl_valid,
    input  wire              tx_cpl_ready,
    output wire              tx_cpl_sop,
    output wire              tx_cpl_eop,
    output wire [127:0]      tx_cpl_hdr,
    output wire [DATA_W-1:0] tx_cpl_data
);
    // ---- requests of the user -----------------------------------------------------------------------

    reg  req_mid_q, req_drop_q, req_np_q;

    wire [7:0] fmt_type = req_hdr[`TLP_FMT_TYPE_R];
    wire is_p     = fmt_type == `TLP_MWR32 || fmt_type == `TLP_MWR64 || fmt_type[5:3] == 3'b110;
    wire req_np   = req_mid_q ? req_np_q : !is_p;
    wire req_drop = req_mid_q ? req_drop_q : drop;
    wire p_quiet  = nr_started == nr_done;
    wire np_may   = req_mid_q || p_quiet;
    wire p_ready, np_ready, last_inside, done;

    assign req_ready = req_drop || (req_np ? np_ready && np_may : p_ready);
    assign req_sent  = req_valid && req_ready && req_eop;

    always @(posedge clk) begin
        if (rst)
            req_mid_q <= 1'b0;
        else if (req_valid && req_ready)
            req_mid_q <= !req_eop;
        req_np_q   <= req_np;
        req_drop_q <= req_drop;
    end

    riser_tx_arb #(.DATA_W(DATA_W)) u_arb (
        .clk(clk), .rst(rst), .bdf(bdf),
        .irq_taken(irq_taken), .irq_valid(irq_valid), .irq_addr(irq_addr), .irq_data(irq_data), .irq_ack(irq_ack),
        .msg_valid(msg_valid), .msg_hdr(msg_hdr), .msg_ack(msg_ack),
        .dma_valid(req_valid && !req_np && !req_drop), .dma_ready(p_ready), .dma_sop(req_sop), .dma_eop(req_eop),
        .dma_hdr(req_hdr), .dma_data(req_data), .dma_last(1'b0), .dma_done(done), .dma_last_inside(last_inside),
        .nr_started(nr_started), .nr_done(nr_done),
        .tx_valid(tx_p_valid), .tx_ready(tx_p_ready), .tx_sop(tx_p_sop), .tx_eop(tx_p_eop), .tx_hdr(tx_p_hdr),
        .tx_data(tx_p_data));

    riser_skid #(.W(DATA_W + 130)) u_np (
        .clk(clk), .rst(rst), .in_valid(req_valid && req_np && !req_drop && np_may), .in_ready(np_ready),
        .in_data({req_sop, req_eop, req_hdr, req_data}),
        .out_valid(tx_np_valid), .out_ready(tx_np_ready), .out_data({tx_np_sop, tx_np_eop, tx_np_hdr, tx_np_data}));

    // ---- completions ----------------------------------------------------------------------------------

    reg        cpl_mid_q, cpl_own_q, cpl_drop_q, seen_q;
    reg        ordered_q;   // those have left: more that leave change nothing
    reg [15:0] snap_q;      // posted TLPs started when the user's completion came

    wire [15:0] lag      = nr_done - (seen_q ? snap_q : nr_started);
    wire        in_order = ordered_q || !lag[15];
    wire        pick_own = cpl_mid_q ? cpl_own_q : own_valid;
    wire        cpl_drop = cpl_mid_q ? cpl_drop_q : drop;
    wire        user_may = cpl_mid_q || in_order;
    wire        in_valid = pick_own ? own_valid : cpl_valid && !cpl_drop && user_may;
    wire        in_ready;

    assign own_ready = pick_own && in_ready;
    assign cpl_ready = !pick_own && (cpl_drop || (in_ready && user_may));

    always @(posedge clk) begin
        if (rst) begin
            cpl_mid_q <= 1'b0;
            seen_q    <= 1'b0;
            ordered_q <= 1'b0;
        end else begin
            if (own_valid && own_ready)
                cpl_mid_q <= !own_eop;
            else if (cpl_valid && cpl_ready)
                cpl_mid_q <= !cpl_eop;
            seen_q    <= cpl_valid && !(cpl_ready && cpl_eop);
            ordered_q <= cpl_valid && !(cpl_ready && cpl_eop) && in_order;
        end
        cpl_own_q  <= pick_own;
        cpl_drop_q <= cpl_drop;
        if (!seen_q)
            snap_q <= nr_started;
    end

    riser_skid #(.W(DATA_W + 130)) u_cpl (
        .clk(clk), .rst(rst), .in_valid(in_valid), .in_ready(in_ready),
        .in_data(pick_own ? {own_sop, own_eop, own_hdr, own_data} : {cpl_sop, cpl_eop, cpl_hdr, cpl_data}),
        .out_valid(tx_cpl_valid), .out_ready(tx_cpl_ready),
        .out_data({tx_cpl_sop, tx_cpl_eop, tx_cpl_hdr, tx_cpl_data}));

    assign quiet = p_quiet && !tx_p_valid && !tx_np_valid && !irq_valid && !req_mid_q && !cpl_mid_q
                && !(cpl_valid && !cpl_drop);

    wire unused = &{1'b0, done, last_inside, lag[14:0], req_hdr};
endmodule
`default_nettype wire
