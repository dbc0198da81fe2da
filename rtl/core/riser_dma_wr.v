// SPDX-License-Identifier: Apache-2.0
//
// DMA writes. A request is cut into TLPs on Max_Payload_Size boundaries (so never across 4 KiB), its
// packed data is shifted to the dword position of each TLP, and a TLP is offered only when all of its
// data is here: a slow card never holds up the channel. One beat per cycle, TLPs back to back.
// Bus Master Enable and D0 are looked at before each TLP; what may not leave is consumed and the
// request ends with status 1.
`default_nettype none
`include "riser_tlp.vh"
module riser_dma_wr #(
    parameter DATA_W = 256
) (
    input  wire              clk,
    input  wire              rst,

    input  wire [15:0]       bdf,
    input  wire [2:0]        mps,
    input  wire              may_send,

    input  wire              req_valid,
    output wire              req_ready,
    input  wire [63:0]       req_addr,
    input  wire [17:0]       req_len,
    input  wire [7:0]        req_ctx,
    input  wire              in_valid,
    output wire              in_ready,
    input  wire [DATA_W-1:0] in_data,
    output wire              done_valid,
    output wire [7:0]        done_ctx,
    output wire [1:0]        done_status,

    // to riser_tx_arb
    output wire              out_valid,
    input  wire              out_ready,
    output wire              out_sop,
    output wire              out_eop,
    output wire [127:0]      out_hdr,
    output wire [DATA_W-1:0] out_data,
    output wire              out_last,
    input  wire              out_done,
    input  wire              out_last_inside,

    output wire              mid_tlp,
    output wire              busy
);
    localparam NB      = DATA_W / 8;
    localparam NB_LOG2 = (NB == 64) ? 6 : (NB == 32) ? 5 : (NB == 16) ? 4 : 3;
    localparam [9:0]       NB_10 = NB[9:0];
    localparam [NB_LOG2:0] NB_P  = NB[NB_LOG2:0];
    // room for 2 KiB: four of the largest TLPs
    localparam FIFO_LOG2 = 11 - NB_LOG2;

    // ---- cut requests into TLPs ------------------------------------------------------------------

    reg         req_q;
    reg [63:0]  addr_q;
    reg [17:0]  left_q;
    reg [7:0]   ctx_q;

    wire [9:0]  mps_bytes = 10'd128 << mps[1:0];
    wire [9:0]  room      = mps_bytes - (addr_q[9:0] & (mps_bytes - 10'd1));
    wire        cut_last  = left_q <= {8'd0, room};
    wire [9:0]  cut_len   = cut_last ? left_q[9:0] : room;
    wire        plan_room;
    wire        cut       = req_q && plan_room;

    assign req_ready = !req_q || (cut && cut_last);

    always @(posedge clk) begin
        if (rst)
            req_q <= 1'b0;
        else if (req_ready)
            req_q <= req_valid;
        if (req_ready && req_valid) begin
            addr_q <= req_addr;
            left_q <= req_len;
            ctx_q  <= req_ctx;
        end else if (cut) begin
            addr_q <= addr_q + {54'd0, cut_len};
            left_q <= left_q - {8'd0, cut_len};
        end
    end

    wire        plan_valid, plan_pop, plan_last, plan_empty;
    wire [63:0] plan_addr;
    wire [9:0]  plan_len;
    wire [7:0]  plan_ctx;
    wire        plan_almost;

    riser_fifo #(.W(83), .DEPTH_LOG2(2)) u_plan (
        .clk         (clk),
        .rst         (rst),
        .in_valid    (cut),
        .in_ready    (plan_room),
        .in_data     ({addr_q, cut_len, cut_last, ctx_q}),
        .almost_full (plan_almost),
        .out_valid   (plan_valid),
        .out_ready   (plan_pop),
        .out_data    ({plan_addr, plan_len, plan_last, plan_ctx}),
        .empty       (plan_empty)
    );

    // ---- shift the data to the TLP's position ------------------------------------------------------

    reg               inner_q;      // not the first beat of the TLP
    reg [9:0]         rest_q;       // bytes of the TLP still to come
    reg [NB_LOG2:0]   ptr_q;        // first byte of prev_q not yet used; NB: none left
    reg [DATA_W-1:0]  prev_q;
    reg               al_valid_q, al_eop_q;
    reg [DATA_W-1:0]  al_data_q;
    reg [88:0]        al_desc_q;

    wire [9:0]        rest    = inner_q ? rest_q : plan_len;
    wire [1:0]        off     = inner_q ? 2'd0 : plan_addr[1:0];
    wire [9:0]        fits    = NB_10 - {8'd0, off};
    wire              beat_last = rest <= fits;
    wire [9:0]        take_10 = beat_last ? rest : fits;
    wire [NB_LOG2:0]  take    = take_10[NB_LOG2:0];
    wire [NB_LOG2+1:0] reach  = {1'b0, ptr_q} + {1'b0, take};
    wire              need_in = reach > {1'b0, NB_P};
    wire              room_ok;
    wire              can     = plan_valid && room_ok;
    wire              beat    = can && (!need_in || in_valid);
    wire [NB_LOG2:0]  shift   = ptr_q + 4 - {{(NB_LOG2-1){1'b0}}, off};
    // the dwords of the TLP and its byte enables
    wire [9:0]        span    = plan_len + {8'd0, plan_addr[1:0]} + 10'd3;
    wire [7:0]        nr_dw   = span[9:2];
    wire [1:0]        end_pos = plan_addr[1:0] + plan_len[1:0] - 2'd1;
    wire [3:0]        fbe_all = 4'hf << plan_addr[1:0];
    wire [3:0]        lbe_all = 4'hf >> (2'd3 - end_pos);
    wire [3:0]        fbe     = (nr_dw == 8'd1) ? fbe_all & lbe_all : fbe_all;
    wire [3:0]        lbe     = (nr_dw == 8'd1) ? 4'd0 : lbe_all;

    assign in_ready = can && need_in;
    assign plan_pop = beat && beat_last;

    // low DATA_W bits of the two beats behind each other, moved down by n bytes
    function [DATA_W-1:0] window(input [2*DATA_W+31:0] both, input [NB_LOG2:0] n);
        window = both[{1'b0, n, 3'd0} +: DATA_W];
    endfunction

    always @(posedge clk) begin
        if (rst) begin
            inner_q    <= 1'b0;
            ptr_q      <= NB_P;
            prev_q     <= {DATA_W{1'b0}};
            al_valid_q <= 1'b0;
        end else begin
            al_valid_q <= beat;
            if (beat) begin
                inner_q <= !beat_last;
                if (need_in)
                    prev_q <= in_data;
                if (beat_last && plan_last)
                    ptr_q <= NB_P;
                else
                    ptr_q <= need_in ? reach[NB_LOG2:0] - NB_P : reach[NB_LOG2:0];
            end
        end
        if (beat) begin
            rest_q    <= rest - take_10;
            al_data_q <= window({in_data, prev_q, 32'd0}, shift);
            al_eop_q  <= beat_last;
            al_desc_q <= {plan_addr, nr_dw, lbe, fbe, plan_last, plan_ctx};
        end
    end

    // ---- whole TLPs ----------------------------------------------------------------------------------

    wire        df_valid, df_ready, df_almost, df_empty, df_in_ready, df_eop;
    wire        desc_valid, desc_pop, desc_almost, desc_empty, desc_in_ready;
    wire [63:0] d_addr;
    wire [7:0]  d_dw;
    wire [3:0]  d_lbe, d_fbe;
    wire        d_last;
    wire [7:0]  d_ctx;

    assign room_ok = !df_almost && !desc_almost;

    riser_fifo #(.W(DATA_W + 1), .DEPTH_LOG2(FIFO_LOG2)) u_data (
        .clk         (clk),
        .rst         (rst),
        .in_valid    (al_valid_q),
        .in_ready    (df_in_ready),
        .in_data     ({al_eop_q, al_data_q}),
        .almost_full (df_almost),
        .out_valid   (df_valid),
        .out_ready   (df_ready),
        .out_data    ({df_eop, out_data}),
        .empty       (df_empty)
    );

    riser_fifo #(.W(89), .DEPTH_LOG2(4)) u_desc (
        .clk         (clk),
        .rst         (rst),
        .in_valid    (al_valid_q && al_eop_q),
        .in_ready    (desc_in_ready),
        .in_data     (al_desc_q),
        .almost_full (desc_almost),
        .out_valid   (desc_valid),
        .out_ready   (desc_pop),
        .out_data    ({d_addr, d_dw, d_lbe, d_fbe, d_last, d_ctx}),
        .empty       (desc_empty)
    );

    reg         mid_q;          // the TLP's first beat has been taken
    reg         drop_q;         // the TLP is being dropped
    reg         lost_q;         // a TLP of the request was dropped
    reg [7:0]   sent_ctx_q;
    reg         sent_lost_q;
    reg         done_q;
    reg [7:0]   done_ctx_q;
    reg         done_lost_q;

    wire ready     = desc_valid && df_valid;
    wire send      = ready && !drop_q && (mid_q || may_send);
    wire drop      = ready && !send && !(d_last && df_eop && (out_last_inside || out_done));
    wire send_beat = send && out_ready;
    wire tlp_end   = df_eop && (send_beat || drop);

    assign df_ready  = (send_beat || drop);
    assign desc_pop  = tlp_end;
    assign out_valid = send;
    assign out_sop   = !mid_q;
    assign out_eop   = df_eop;
    assign out_last  = d_last;
    wire d_4dw = d_addr[63:32] != 32'd0;
    assign out_hdr   = {d_4dw ? `TLP_MWR64 : `TLP_MWR32, 14'd0, 2'd0, d_dw, bdf, 8'd0, d_lbe, d_fbe,
                        d_4dw ? {d_addr[63:2], 2'b00} : {d_addr[31:2], 34'd0}};
    assign mid_tlp   = mid_q;
    assign busy      = req_q || !plan_empty || al_valid_q || !df_empty || !desc_empty || out_last_inside
                    || done_q;

    assign done_valid  = done_q;
    assign done_ctx    = done_ctx_q;
    assign done_status = {1'b0, done_lost_q};

    always @(posedge clk) begin
        if (rst) begin
            mid_q  <= 1'b0;
            drop_q <= 1'b0;
            lost_q <= 1'b0;
            done_q <= 1'b0;
        end else begin
            if (send_beat)
                mid_q <= !df_eop;
            if (drop)
                drop_q <= !df_eop;
            if (tlp_end)
                lost_q <= !d_last && (lost_q || drop);
            done_q <= out_done || (drop && df_eop && d_last);
        end
        if (send_beat && df_eop && d_last)
            {sent_ctx_q, sent_lost_q} <= {d_ctx, lost_q};
        if (out_done)
            {done_ctx_q, done_lost_q} <= {sent_ctx_q, sent_lost_q};
        else if (drop)
            {done_ctx_q, done_lost_q} <= {d_ctx, 1'b1};
    end

    wire unused = &{1'b0, d_addr[1:0], mps[2], plan_almost, df_in_ready, desc_in_ready, span[1:0], take_10};
endmodule
`default_nettype wire
