// SPDX-License-Identifier: Apache-2.0
//
// Gives DMA read data back in the order of the requests: walks the ring of slots, reads their rows,
// shifts them so that the request's first byte is at bit 0, and adds up the status. One beat per cycle
// across slots and requests; an unaligned request costs one cycle more. A slot is given back only
// when the posted requests that arrived before its last completion are done.
`default_nettype none
module riser_rd_out #(
    parameter DATA_W  = 256,
    parameter NB_LOG2 = 5,
    parameter NR_TAGS = 32,
    parameter TAG_W   = 5,
    parameter ROW_W   = 4
) (
    input  wire               clk,
    input  wire               rst,
    input  wire [31:0]        nr_p_in,
    input  wire [31:0]        nr_p_done,

    // a slot is taken
    input  wire               new_valid,
    input  wire [TAG_W-1:0]   new_slot,
    input  wire               new_skip,     // nothing: pass over it
    input  wire               new_fail,     // nothing was asked: all bytes 0
    input  wire               new_first,    // first of its request
    input  wire               new_last,     // last of its request
    input  wire               new_flush,    // of the request: its last row gives one more beat
    input  wire [NB_LOG2-1:0] new_off,      // of the request: place of the first byte in a row
    input  wire [ROW_W-1:0]   new_row,      // first and last row
    input  wire [ROW_W-1:0]   new_end,
    input  wire [7:0]         new_ctx,
    input  wire [TAG_W:0]     tail,
    output wire [TAG_W:0]     head,

    // a slot has all it will get
    input  wire               fin_valid,
    input  wire [TAG_W-1:0]   fin_slot,
    input  wire [1:0]         fin_status,
    input  wire [ROW_W:0]     fin_rows,

    output wire               rd_en,
    output wire [TAG_W-1:0]   rd_slot,
    output wire [ROW_W-1:0]   rd_row,
    input  wire [DATA_W-1:0]  rd_data,

    output wire               out_valid,
    input  wire               out_ready,
    output wire               out_last,
    output wire [DATA_W-1:0]  out_data,
    output wire [7:0]         out_ctx,
    output wire [1:0]         out_status,
    output wire               busy
);
    localparam INFO_W = 12 + NB_LOG2 + 2 * ROW_W;

    reg [TAG_W:0]     head_q;
    reg [NR_TAGS-1:0] done_q, skip_q;
    reg               inner_q;      // row_q is the next row, not the slot's first
    reg [ROW_W-1:0]   row_q;
    reg [1:0]         sum_q;        // status of the request so far

    wire [TAG_W-1:0]   slot = head_q[TAG_W-1:0];
    wire               i_fail, i_first, i_last, i_flush;
    wire [NB_LOG2-1:0] i_off;
    wire [ROW_W-1:0]   i_row, i_end;
    wire [7:0]         i_ctx;
    wire [1:0]         f_status;
    wire [ROW_W:0]     f_rows;
    wire [31:0]        f_snap;

    riser_lutram #(.W(INFO_W), .DEPTH_LOG2(TAG_W)) u_info (
        .clk     (clk),
        .wr_en   (new_valid),
        .wr_addr (new_slot),
        .wr_data ({new_fail, new_first, new_last, new_flush, new_off, new_row, new_end, new_ctx}),
        .rd_addr (slot),
        .rd_data ({i_fail, i_first, i_last, i_flush, i_off, i_row, i_end, i_ctx})
    );

    riser_lutram #(.W(35 + ROW_W), .DEPTH_LOG2(TAG_W)) u_fin (
        .clk     (clk),
        .wr_en   (fin_valid),
        .wr_addr (fin_slot),
        .wr_data ({fin_status, fin_rows, nr_p_in}),
        .rd_addr (slot),
        .rd_data ({f_status, f_rows, f_snap})
    );

    // ---- one row per cycle -------------------------------------------------------------------------

    reg               a_valid_q, a_first_q, a_last_q, a_flush_q, a_zero_q;
    reg [NB_LOG2-1:0] a_off_q;
    reg [7:0]         a_ctx_q;
    reg [1:0]         a_status_q;
    reg               fl_q;         // one more beat from carry_q
    reg [NB_LOG2-1:0] fl_off_q;
    reg [DATA_W-1:0]  carry_q;
    reg               o_valid_q, o_last_q;
    reg [DATA_W-1:0]  o_data_q;
    reg [7:0]         o_ctx_q;
    reg [1:0]         o_status_q;

    wire              filled  = (tail != head_q);
    wire [31:0]       lag     = nr_p_done - f_snap;
    wire              ripe    = filled && done_q[slot] && (skip_q[slot] || i_fail || !lag[31]);
    wire              advance = !o_valid_q || out_ready;
    wire              a_go    = advance && !fl_q;
    wire              fetch   = ripe && !skip_q[slot] && (!a_valid_q || a_go);
    wire              pass    = ripe && skip_q[slot];
    wire [ROW_W-1:0]  row     = inner_q ? row_q : i_row;
    wire              slot_end = row == i_end;
    wire [1:0]        slot_status = i_fail ? 2'd1 : f_status;
    wire [1:0]        sum     = (i_first || sum_q == 2'd0) ? slot_status : sum_q;
    wire              zero    = i_fail || (f_status != 2'd0 && {1'b0, row} >= f_rows);

    assign head    = head_q;
    assign rd_en   = fetch;
    assign rd_slot = slot;
    assign rd_row  = row;

    function [DATA_W-1:0] window(input [2*DATA_W-1:0] both, input [NB_LOG2-1:0] n);
        window = both[{1'b0, n, 3'd0} +: DATA_W];
    endfunction

    always @(posedge clk) begin
        if (rst) begin
            head_q    <= 0;
            inner_q   <= 1'b0;
            a_valid_q <= 1'b0;
            fl_q      <= 1'b0;
            o_valid_q <= 1'b0;
            done_q    <= 0;
            skip_q    <= 0;
        end else begin
            if (new_valid) begin
                done_q[new_slot] <= new_skip || new_fail;
                skip_q[new_slot] <= new_skip;
            end
            if (fin_valid)
                done_q[fin_slot] <= 1'b1;
            if (pass || (fetch && slot_end))
                head_q <= head_q + 1;
            if (fetch)
                inner_q <= !slot_end;
            if (fetch)
                a_valid_q <= 1'b1;
            else if (a_go)
                a_valid_q <= 1'b0;
            if (advance) begin
                fl_q      <= !fl_q && a_valid_q && a_last_q && a_flush_q;
                o_valid_q <= fl_q || (a_valid_q && !(a_first_q && a_off_q != 0));
            end
        end
        if (fetch) begin
            row_q      <= row + 1;
            sum_q      <= sum;
            a_first_q  <= i_first && !inner_q;
            a_last_q   <= i_last && slot_end;
            a_flush_q  <= i_flush;
            a_zero_q   <= zero;
            a_off_q    <= i_off;
            a_ctx_q    <= i_ctx;
            a_status_q <= sum;
        end
        if (advance && fl_q) begin
            o_data_q <= window({{DATA_W{1'b0}}, carry_q}, fl_off_q);
            o_last_q <= 1'b1;
        end else if (advance && a_valid_q) begin
            o_last_q   <= a_last_q && !a_flush_q;
            fl_off_q   <= a_off_q;
            o_ctx_q    <= a_ctx_q;
            o_status_q <= a_status_q;
            if (a_zero_q)
                carry_q <= {DATA_W{1'b0}};
            else
                carry_q <= rd_data;
            if (a_off_q == 0)
                o_data_q <= a_zero_q ? {DATA_W{1'b0}} : rd_data;
            else
                o_data_q <= window({a_zero_q ? {DATA_W{1'b0}} : rd_data, carry_q}, a_off_q);
        end
    end

    assign out_valid  = o_valid_q;
    assign out_last   = o_last_q;
    assign out_data   = o_data_q;
    assign out_ctx    = o_ctx_q;
    assign out_status = o_status_q;
    wire unused = &{1'b0, lag[30:0]};
    assign busy       = filled || a_valid_q || fl_q || o_valid_q;
endmodule
`default_nettype wire
