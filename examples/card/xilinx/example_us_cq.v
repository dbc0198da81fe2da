// SPDX-License-Identifier: Apache-2.0
//
// CQ and CC of the example card on an UltraScale or UltraScale+ block: takes one request at a time, makes accesses
// of a dword of it, and sends one completion. Reads of more than 32 dwords are refused with Unsupported Request.
// ALIGNED and STRADDLE: as the block is set up, for both streams.
`default_nettype none
module example_us_cq #(
    parameter DATA_W   = 256,
    parameter CQ_W     = 88,
    parameter CC_W     = 33,
    parameter ALIGNED  = 0,
    parameter STRADDLE = 0,
    parameter W        = DATA_W / 32    // derived
) (
    input  wire              clk,
    input  wire              rst,

    input  wire              cq_tvalid,
    output wire              cq_tready,
    input  wire [DATA_W-1:0] cq_tdata,
    input  wire [W-1:0]      cq_tkeep,
    input  wire              cq_tlast,
    input  wire [CQ_W-1:0]   cq_tuser,

    output wire              cc_tvalid,
    input  wire              cc_tready,
    output wire [DATA_W-1:0] cc_tdata,
    output wire [W-1:0]      cc_tkeep,
    output wire              cc_tlast,
    output wire [CC_W-1:0]   cc_tuser,

    output wire              acc_valid,
    output wire              acc_write,
    output wire [2:0]        acc_bar,
    output wire [11:0]       acc_addr,
    output wire [3:0]        acc_be,
    output wire [31:0]       acc_wdata,
    input  wire [31:0]       acc_rdata,
    output wire              idle
);
    localparam WIN   = (W < 4) ? 4 : W;
    localparam MARKS = (DATA_W == 512) ? 2 : 1;
    localparam [31:0] W_32 = W;

    // ---- packets of CQ --------------------------------------------------------------------------------

    wire              pk_valid;
    wire [7:0]        pk_be;        // last_be, first_be
    wire [8:0]        pk_at;
    wire [32*WIN-1:0] window;
    wire              pk_pop;
    wire [MARKS-1:0]  sop, eop;
    wire [4*MARKS-1:0] sop_at, eop_at;
    wire [8*MARKS-1:0] be;

    generate
        if (DATA_W == 512) begin : g_512
            assign sop    = cq_tuser[81:80];
            assign sop_at = {cq_tuser[85:84], 2'd0, cq_tuser[83:82], 2'd0};
            assign eop    = cq_tuser[87:86];
            assign eop_at = cq_tuser[95:88];
            assign be     = {cq_tuser[15:12], cq_tuser[7:4], cq_tuser[11:8], cq_tuser[3:0]};
            wire unused   = &{1'b0, cq_tkeep, cq_tlast, cq_tuser};
        end else begin : g_narrow
            reg [3:0] last;
            integer k;
            always @(*) begin
                last = 4'd0;
                for (k = 0; k < W; k = k + 1)
                    if (cq_tkeep[k])
                        last = k[3:0];
            end
            assign sop    = cq_tuser[40];
            assign sop_at = 4'd0;
            assign eop    = cq_tlast;
            assign eop_at = last;
            assign be     = cq_tuser[7:0];
            wire unused   = &{1'b0, cq_tuser};
        end
    endgenerate

    example_stream_in #(.DATA_W(DATA_W), .MARKS(MARKS), .SIDE_W(8)) u_in (
        .clk(clk), .rst(rst), .valid(cq_tvalid), .ready(cq_tready), .data(cq_tdata), .sop(sop), .sop_at(sop_at),
        .eop(eop), .eop_at(eop_at), .side(be), .pk_valid(pk_valid), .pk_side(pk_be), .at(pk_at), .window(window),
        .pop(pk_pop));

    // ---- one request ------------------------------------------------------------------------------------

    localparam [1:0] ST_HEAD = 2'd0;
    localparam [1:0] ST_RUN  = 2'd1;
    localparam [1:0] ST_LAST = 2'd2;    // the last read's data
    localparam [1:0] ST_SEND = 2'd3;

    reg [1:0]    state_q;
    reg [127:0]  desc_q;
    reg [7:0]    be_q;
    reg [10:0]   done_q;        // dwords accessed
    reg [1023:0] data_q;        // of a read, first dword lowest
    reg          read_q;
    reg [4:0]    slot_q;
    reg [5:0]    beat_q;

    wire [10:0] nr     = desc_q[74:64];
    wire        write  = desc_q[78:75] == 4'd1;
    wire        reads  = desc_q[78:75] == 4'd0 && nr <= 11'd32;
    wire        first  = done_q == 11'd0;
    wire        last   = done_q == nr - 11'd1;
    wire [31:0] addr   = {desc_q[31:2], 2'd0};
    wire [31:0] at     = addr + {19'd0, done_q, 2'd0};
    // dword of the packet where the payload begins
    wire [8:0]  pay    = (ALIGNED == 0) ? 9'd4 : (W == 2) ? {8'd2, addr[2]} : (W == 4) ? {7'd1, addr[3:2]}
                       : (W == 8) ? {6'd1, addr[4:2]} : {7'd1, addr[3:2]};

    assign pk_at     = (state_q == ST_HEAD) ? 9'd0 : pay + done_q[8:0];
    assign acc_valid = state_q == ST_RUN && (write || reads);
    assign acc_write = write;
    assign acc_bar   = desc_q[114:112];
    assign acc_addr  = at[11:0];
    assign acc_be    = first ? be_q[3:0] : last ? be_q[7:4] : 4'hf;
    assign acc_wdata = window[31:0];
    assign pk_pop    = state_q == ST_RUN && last;

    // ---- its completion -----------------------------------------------------------------------------------

    wire [3:0]  fbe    = be_q[3:0];
    wire [3:0]  ebe    = (nr == 11'd1) ? fbe : be_q[7:4];
    wire [1:0]  lo     = fbe[0] ? 2'd0 : fbe[1] ? 2'd1 : fbe[2] ? 2'd2 : fbe[3] ? 2'd3 : 2'd0;
    wire [1:0]  hi     = ebe[3] ? 2'd0 : ebe[2] ? 2'd1 : ebe[1] ? 2'd2 : 2'd3;
    wire [12:0] bytes  = (fbe == 4'd0) ? 13'd1 : {nr, 2'd0} - {11'd0, lo} - {11'd0, hi};
    wire        good   = reads;
    wire [6:0]  lower  = {addr[6:2], lo};
    wire [95:0] cpl    = {1'b0, desc_q[126:124], desc_q[123:121], 1'b0, 16'd0, desc_q[103:96],
                          desc_q[95:80], 2'd0, good ? 3'd0 : 3'd1, good ? nr : 11'd0,
                          3'd0, good ? bytes : 13'd4, 6'd0, desc_q[1:0], 1'b0, lower};
    wire [5:0]  start  = (ALIGNED == 0) ? 6'd3 : (W == 2) ? {5'd2, addr[2]} : (W == 4) ? {4'd1, addr[3:2]}
                       : (W == 8) ? {3'd1, addr[4:2]} : {4'd1, addr[3:2]};
    wire [10:0] beats  = good ? (nr - 11'd1) / W_32[10:0] : 11'd0;
    wire        o_ready, o_empty;
    wire        o_last = {5'd0, beat_q} == beats;
    wire [1023:0] rest = data_q >> ({26'd0, beat_q} * DATA_W);

    wire [MARKS-1:0]   o_sop, o_eop;
    wire [4*MARKS-1:0] o_sop_at, o_eop_at;
    wire [W-1:0]       o_keep;
    wire [MARKS-1:0]   o_side;

    example_stream_out #(
        .DATA_W(DATA_W), .SEG((STRADDLE != 0) ? 8 : W), .MARKS(MARKS), .SIDE_W(1)
    ) u_out (
        .clk(clk), .rst(rst), .in_valid(state_q == ST_SEND), .in_ready(o_ready), .in_sop(beat_q == 6'd0),
        .in_eop(o_last), .in_desc({32'd0, cpl}), .in_nr_desc(3'd3), .in_start(start), .in_nr(good ? nr : 11'd0),
        .in_side(1'b0), .in_data(rest[DATA_W-1:0]), .valid(cc_tvalid), .ready(cc_tready), .data(cc_tdata),
        .keep(o_keep), .sop(o_sop), .sop_at(o_sop_at), .eop(o_eop), .eop_at(o_eop_at), .side(o_side),
        .empty(o_empty));

    assign cc_tkeep = (STRADDLE != 0) ? {W{1'b1}} : o_keep;
    assign cc_tlast = (STRADDLE == 0) && o_eop[0];
    generate
        if (DATA_W == 512) begin : g_cc_512
            assign cc_tuser = {64'd0, 1'b0, o_eop_at, o_eop, o_sop_at[7:6], o_sop_at[3:2], o_sop};
            wire unused     = &{1'b0, o_side, o_sop_at};
        end else begin : g_cc
            assign cc_tuser = {CC_W{1'b0}};
            wire unused     = &{1'b0, o_sop, o_sop_at, o_eop_at, o_side, o_eop};
        end
    endgenerate

    assign idle = state_q == ST_HEAD && !pk_valid && o_empty && !cq_tvalid;

    always @(posedge clk) begin
        read_q <= acc_valid && !acc_write;
        slot_q <= done_q[4:0];
        if (read_q)
            data_q[32*slot_q +: 32] <= acc_rdata;
        if (rst) begin
            state_q <= ST_HEAD;
        end else begin
            case (state_q)
                ST_HEAD:
                    if (pk_valid)
                        state_q <= ST_RUN;
                ST_RUN:
                    if (last)
                        state_q <= write ? ST_HEAD : ST_LAST;
                ST_LAST:
                    state_q <= ST_SEND;
                default:
                    if (o_ready && o_last)
                        state_q <= ST_HEAD;
            endcase
        end
        if (state_q == ST_HEAD) begin
            desc_q <= window[127:0];
            be_q   <= pk_be;
            done_q <= 11'd0;
            beat_q <= 6'd0;
        end else if (state_q == ST_RUN) begin
            done_q <= done_q + 11'd1;
        end else if (state_q == ST_SEND && o_ready) begin
            beat_q <= beat_q + 6'd1;
        end
    end

    wire unused = &{1'b0, desc_q, at, window, rest, W_32, ebe[0]};
endmodule
`default_nettype wire
