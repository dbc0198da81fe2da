// SPDX-License-Identifier: Apache-2.0
//
// RQ and RC of the example card on an UltraScale or UltraScale+ block. With CLIENT_TAG 0 the block chooses the
// tags of reads and tells them in their order; this module keeps which of the card's reads each one is. Each write
// has a sequence number; `quiet` is 1 when all have come back.
`default_nettype none
module example_us_rq #(
    parameter DATA_W      = 256,
    parameter RQ_W        = 62,
    parameter RC_W        = 75,
    parameter ALIGNED     = 0,
    parameter RQ_STRADDLE = 0,
    parameter RC_TLPS     = 1,
    parameter CLIENT_TAG  = 0,
    parameter SEQ_W       = 6,
    parameter W           = DATA_W / 32     // derived
) (
    input  wire              clk,
    input  wire              rst,

    input  wire              tx_valid,
    output wire              tx_ready,
    input  wire              tx_sop,
    input  wire              tx_eop,
    input  wire              tx_write,
    input  wire [63:0]       tx_addr,
    input  wire [10:0]       tx_nr,
    input  wire [3:0]        tx_fbe,
    input  wire [3:0]        tx_lbe,
    input  wire [3:0]        tx_tag,
    input  wire [DATA_W-1:0] tx_data,
    output wire              tx_quiet,
    output wire              rc_valid,
    output wire              rc_sop,
    output wire              rc_eop,
    output wire [3:0]        rc_tag,
    output wire [10:0]       rc_nr,
    output wire              rc_failed,
    output wire [DATA_W-1:0] rc_data,
    output wire              idle,

    output wire              rq_tvalid,
    input  wire              rq_tready,
    output wire [DATA_W-1:0] rq_tdata,
    output wire [W-1:0]      rq_tkeep,
    output wire              rq_tlast,
    output wire [RQ_W-1:0]   rq_tuser,
    input  wire              rc_tvalid,
    output wire              rc_tready,
    input  wire [DATA_W-1:0] rc_tdata,
    input  wire [W-1:0]      rc_tkeep,
    input  wire              rc_tlast,
    input  wire [RC_W-1:0]   rc_tuser,
    // with straddling two in a cycle, the earlier one in the low bits
    input  wire [1:0]         seq_valid,
    input  wire [2*SEQ_W-1:0] seq,
    input  wire [1:0]         tag_valid,
    input  wire [15:0]        tag
);
    localparam WIN    = (W < 4) ? 4 : W;
    localparam O_MARKS = (DATA_W == 512) ? 2 : 1;
    localparam I_MARKS = (DATA_W == 512) ? 4 : (DATA_W == 256) ? 2 : 1;
    localparam SIDE_W = 17;     // sequence number, addr_offset, last and first byte enables
    localparam [31:0] W_32 = W;

    // ---- requests -------------------------------------------------------------------------------------

    reg [5:0] seq_q;        // of the next write
    reg [5:0] open_q;       // writes whose number has not come back
    reg       order_bad_q;  // the numbers came back out of order

    wire [2:0]   off   = (ALIGNED == 0) ? 3'd0 : (W == 2) ? {2'd0, tx_addr[2]} : (W == 8) ? tx_addr[4:2]
                       : {1'b0, tx_addr[3:2]};
    wire [5:0]   start = (ALIGNED == 0) ? 6'd4 : (W == 8) ? 6'd8 + {3'd0, off} : 6'd4 + {3'd0, off};
    wire [127:0] desc  = {8'd0, 16'd0, (CLIENT_TAG != 0) ? {4'd0, tx_tag} : 8'd0, 16'd0, 1'b0, 3'd0, tx_write,
                          tx_nr, tx_addr[63:2], 2'd0};
    wire         o_ready, o_empty;
    wire         room  = open_q < 6'd40;
    wire [O_MARKS-1:0]        o_sop, o_eop;
    wire [4*O_MARKS-1:0]      o_sop_at, o_eop_at;
    wire [SIDE_W*O_MARKS-1:0] o_side;
    wire [W-1:0]              o_keep;
    wire takes = tx_valid && tx_ready;

    assign tx_ready = o_ready && room;

    example_stream_out #(
        .DATA_W(DATA_W), .SEG((RQ_STRADDLE != 0) ? 8 : W), .MARKS(O_MARKS), .SIDE_W(SIDE_W)
    ) u_out (
        .clk(clk), .rst(rst), .in_valid(tx_valid && room), .in_ready(o_ready), .in_sop(tx_sop), .in_eop(tx_eop),
        .in_desc(desc), .in_nr_desc(3'd4), .in_start(start), .in_nr(tx_write ? tx_nr : 11'd0),
        .in_side({seq_q, off, tx_lbe, tx_fbe}), .in_data(tx_data), .valid(rq_tvalid), .ready(rq_tready),
        .data(rq_tdata), .keep(o_keep), .sop(o_sop), .sop_at(o_sop_at), .eop(o_eop), .eop_at(o_eop_at),
        .side(o_side), .empty(o_empty));

    assign rq_tkeep = (RQ_STRADDLE != 0) ? {W{1'b1}} : o_keep;
    assign rq_tlast = (RQ_STRADDLE == 0) && o_eop[0];
    generate
        if (DATA_W == 512) begin : g_rq_512
            assign rq_tuser = {64'd0, o_side[33:28], o_side[16:11], 16'd0, 2'd0, 4'd0, 2'd0, 1'b0,
                               o_eop_at, o_eop, o_sop_at[7:6], o_sop_at[3:2], o_sop,
                               o_side[26:25], o_side[9:8], o_side[24:21], o_side[7:4], o_side[20:17], o_side[3:0]};
            wire unused = &{1'b0, o_sop_at, o_side};
        end else begin : g_rq
            wire [61:0] wide = {o_side[16:15], 32'd0, o_side[14:11], 8'd0, 1'b0, 2'd0, 1'b0, 1'b0,
                                o_side[10:8], o_side[7:4], o_side[3:0]};
            assign rq_tuser = wide[RQ_W-1:0];
            wire unused = &{1'b0, wide, o_sop, o_sop_at, o_eop_at};
        end
    endgenerate

    // what of a sequence number the block gives back
    reg  [5:0] expect_q;
    wire [5:0] after  = expect_q + 6'd1;
    wire [5:0] nr_seq = {5'd0, seq_valid[0]} + {5'd0, seq_valid[1]};
    assign tx_quiet = o_empty && open_q == 6'd0 && !order_bad_q;

    always @(posedge clk) begin
        if (rst) begin
            seq_q       <= 6'd0;
            expect_q    <= 6'd0;
            open_q      <= 6'd0;
            order_bad_q <= 1'b0;
        end else begin
            if (takes && tx_sop)
                seq_q <= seq_q + 6'd1;
            expect_q    <= expect_q + nr_seq;
            order_bad_q <= order_bad_q || (seq_valid[0] && seq[SEQ_W-1:0] != expect_q[SEQ_W-1:0])
                        || (seq_valid[1] && (!seq_valid[0] || seq[2*SEQ_W-1:SEQ_W] != after[SEQ_W-1:0]));
            open_q <= open_q + {5'd0, takes && tx_sop} - nr_seq;
        end
    end

    // ---- tags -----------------------------------------------------------------------------------------

    reg [3:0] asked [0:15];     // the card's reads in their order
    reg [3:0] nr_asked_q, nr_told_q;
    wire [3:0] next_told = nr_told_q + 4'd1;
    reg [3:0] mine [0:255];     // the card's read of each of the block's tags
    reg [2:0] offset [0:15];    // where its next payload begins in a beat (ALIGNED)

    always @(posedge clk) begin
        if (rst) begin
            nr_asked_q <= 4'd0;
            nr_told_q  <= 4'd0;
        end else begin
            if (takes && tx_sop && !tx_write)
                nr_asked_q <= nr_asked_q + 4'd1;
            nr_told_q <= nr_told_q + {3'd0, tag_valid[0]} + {3'd0, tag_valid[1]};
        end
        if (takes && tx_sop && !tx_write) begin
            asked[nr_asked_q] <= tx_tag;
            offset[tx_tag]    <= off;
        end
        if (tag_valid[0])
            mine[tag[7:0]] <= asked[nr_told_q];
        if (tag_valid[1])
            mine[tag[15:8]] <= asked[next_told];
        if (rc_valid && rc_eop)
            offset[rc_tag] <= offset[rc_tag] + rc_nr[2:0];
    end

    // ---- completions ----------------------------------------------------------------------------------

    wire                 pk_valid, pk_side;
    wire [32*WIN-1:0]    window;
    wire [I_MARKS-1:0]   sop, eop;
    wire [4*I_MARKS-1:0] sop_at, eop_at;

    generate
        if (DATA_W == 512) begin : g_rc_512
            assign sop    = rc_tuser[67:64];
            assign sop_at = {rc_tuser[75:74], 2'd0, rc_tuser[73:72], 2'd0,
                             rc_tuser[71:70], 2'd0, rc_tuser[69:68], 2'd0};
            assign eop    = rc_tuser[79:76];
            assign eop_at = rc_tuser[95:80];
            wire unused   = &{1'b0, rc_tuser, rc_tkeep, rc_tlast};
        end else if (DATA_W == 256 && RC_TLPS == 2) begin : g_rc_two
            // the first one that begins does so in the middle if another is still under way
            reg mid_q;
            wire [1:0] ends = {rc_tuser[38], rc_tuser[34]};
            assign sop    = rc_tuser[33:32];
            assign sop_at = {4'd4, mid_q ? 4'd4 : 4'd0};
            assign eop    = ends;
            assign eop_at = {1'b0, rc_tuser[41:39], 1'b0, rc_tuser[37:35]};
            // begun minus ended
            always @(posedge clk)
                if (rst)
                    mid_q <= 1'b0;
                else if (rc_tvalid && rc_tready)
                    mid_q <= ({1'b0, mid_q} + {1'b0, sop[0]} + {1'b0, sop[1]}) != ({1'b0, eop[0]} + {1'b0, eop[1]});
            wire unused   = &{1'b0, rc_tuser, rc_tkeep, rc_tlast};
        end else begin : g_rc
            reg [3:0] last;
            integer k;
            always @(*) begin
                last = 4'd0;
                for (k = 0; k < W; k = k + 1)
                    if (rc_tkeep[k])
                        last = k[3:0];
            end
            assign sop    = {{(I_MARKS){1'b0}}} | {{(I_MARKS-1){1'b0}}, rc_tuser[32]};
            assign sop_at = {(4*I_MARKS){1'b0}};
            assign eop    = {{(I_MARKS){1'b0}}} | {{(I_MARKS-1){1'b0}}, rc_tlast};
            assign eop_at = {{(4*I_MARKS-4){1'b0}}, last};
            wire unused   = &{1'b0, rc_tuser};
        end
    endgenerate

    reg       mid_q;        // the payload goes out
    reg [6:0] beat_q;
    reg [95:0] desc_q;

    wire [7:0]  tag_in  = desc_q[71:64];
    wire [10:0] nr      = desc_q[42:32];
    wire [2:0]  o       = offset[rc_tag];
    wire [8:0]  pay     = (ALIGNED == 0) ? 9'd3 : (W == 2) ? 9'd4 + {8'd0, o[0]} : (W == 8) ? 9'd8 + {6'd0, o}
                        : 9'd4 + {7'd0, o[1:0]};
    wire [10:0] beats   = (nr == 11'd0) ? 11'd0 : (nr - 11'd1) / W_32[10:0];

    example_stream_in #(.DATA_W(DATA_W), .MARKS(I_MARKS), .SIDE_W(1)) u_in (
        .clk(clk), .rst(rst), .valid(rc_tvalid), .ready(rc_tready), .data(rc_tdata), .sop(sop), .sop_at(sop_at),
        .eop(eop), .eop_at(eop_at), .side({I_MARKS{1'b0}}), .pk_valid(pk_valid), .pk_side(pk_side),
        .at(mid_q ? pay + {2'd0, beat_q} * W_32[8:0] : 9'd0), .window(window), .pop(rc_valid && rc_eop));

    // one cycle to look at the descriptor, then a beat per cycle
    assign rc_valid  = mid_q;
    assign rc_sop    = beat_q == 7'd0;
    assign rc_eop    = {4'd0, beat_q} == beats;
    assign rc_tag    = (CLIENT_TAG != 0) ? tag_in[3:0] : mine[tag_in];
    assign rc_nr     = nr;
    assign rc_failed = desc_q[15:12] != 4'd0;
    assign rc_data   = window[DATA_W-1:0];

    always @(posedge clk) begin
        if (rst)
            mid_q <= 1'b0;
        else if (!mid_q)
            mid_q <= pk_valid;
        else if (rc_eop)
            mid_q <= 1'b0;
        beat_q <= mid_q ? beat_q + 7'd1 : 7'd0;
        if (!mid_q)
            desc_q <= window[95:0];
    end

    assign idle = tx_quiet && !pk_valid && !mid_q && !rc_tvalid;

    wire unused = &{1'b0, after, tx_addr[1:0], pk_side, desc_q, window, W_32, tag_in};
endmodule
`default_nettype wire
