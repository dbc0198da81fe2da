// SPDX-License-Identifier: Apache-2.0
//
// RQ of an UltraScale or UltraScale+ block: the user's requests, as packets of a 128-bit descriptor and the
// payload. A read gets the next tag, which tag_valid tells, or keeps the descriptor's (CLIENT_TAG); it waits while
// that one is in use. When a request's last beat has entered the channel to the host, seq_valid tells its sequence
// number: a completion or an interrupt that is begun from then on does not pass it. A request leaves 1 cycle after
// its first beat came, 2 when its payload straddles beats.
//   ALIGNED     address-aligned payload, at the dword of tuser's addr_offset
//   USER_W      60 (UltraScale), 62 (UltraScale+), 137 (512 bits)
//   NR_TAGS     tags that the block gives: a power of two up to 256
`default_nettype none
`include "riser_tlp.vh"
module riser_us_rq #(
    parameter DATA_W     = 256,
    parameter USER_W     = 62,
    parameter ALIGNED    = 0,
    parameter STRADDLE   = 0,
    parameter CLIENT_TAG = 0,
    parameter NR_TAGS    = 64,
    parameter W          = DATA_W / 32  // derived
) (
    input  wire              clk,
    input  wire              rst,
    input  wire [15:0]       bdf,

    input  wire              tvalid,
    output wire              tready,
    input  wire [DATA_W-1:0] tdata,
    input  wire [W-1:0]      tkeep,
    input  wire              tlast,
    input  wire [USER_W-1:0] tuser,

    output wire              req_valid,
    input  wire              req_ready,
    output wire              req_sop,
    output wire              req_eop,
    output wire [127:0]      req_hdr,
    output wire [DATA_W-1:0] req_data,
    input  wire              req_sent,      // pulse: entered the channel

    input  wire              ext_tag,       // tags above 31 are allowed
    // reads in flight, in riser_us_rc
    input  wire [255:0]      tags_used,
    output wire              alloc,         // pulse, with:
    output wire [7:0]        alloc_tag,
    output wire [11:0]       alloc_addr,    // of the first byte
    output wire [12:0]       alloc_bytes,
    output wire [2:0]        alloc_offset,  // addr_offset
    output wire [7:0]        alloc_be,      // last and first byte enables

    output wire              tag_valid,
    output wire [7:0]        tag,
    output wire              seq_valid,
    output wire [5:0]        seq,
    output wire              bad,           // pulse: the payload is not as long as the descriptor says
    output wire              unknown        // pulse: a type of request that is not modelled: dropped
);
    localparam LW     = $clog2(W);
    localparam SIDE_W = 17;     // sequence number, addr_offset, last and first byte enables
    localparam [31:0] LAST_TAG = NR_TAGS - 1;

    wire              b_valid, b_ready, b_sop, b_eop;
    wire [DATA_W-1:0] b_data;
    wire [LW-1:0]     b_last;
    wire [SIDE_W-1:0] b_side;
    wire [15:0]       marks;
    wire [2*SIDE_W-1:0] sides;

    generate
        if (DATA_W == 512) begin : g_512
            assign marks = tuser[35:20];
            assign sides = {tuser[72:67], 1'b0, tuser[19:18], tuser[15:12], tuser[7:4],
                            tuser[66:61], 1'b0, tuser[17:16], tuser[11:8], tuser[3:0]};
        end else begin : g_narrow
            wire [1:0] seq_high;
            if (USER_W == 62) begin : g_usp
                assign seq_high = tuser[61:60];
            end else begin : g_us
                assign seq_high = 2'd0;
            end
            assign marks = 16'd0;
            assign sides = {17'd0, seq_high, tuser[27:24], tuser[10:8], tuser[7:4], tuser[3:0]};
        end
    endgenerate

    riser_us_in #(.DATA_W(DATA_W), .STRADDLE(STRADDLE), .SIDE_W(SIDE_W)) u_in (
        .clk(clk), .rst(rst), .tvalid(tvalid), .tready(tready), .tdata(tdata), .tkeep(tkeep), .tlast(tlast),
        .marks(marks), .sides(sides), .out_valid(b_valid), .out_ready(b_ready), .out_sop(b_sop), .out_eop(b_eop),
        .out_data(b_data), .out_last(b_last), .out_side(b_side));

    // ---- descriptor ---------------------------------------------------------------------------------

    wire [127:0]      desc;
    wire [SIDE_W-1:0] side;
    wire [3:0]  fbe    = side[3:0];
    wire [3:0]  lbe    = side[7:4];
    wire [2:0]  offset = side[10:8];
    wire [3:0]  kind   = desc[78:75];
    wire [10:0] len    = desc[74:64];
    wire        is_rd  = kind == 4'd0;
    wire        is_wr  = kind == 4'd1;
    wire        is_io  = kind == 4'd2 || kind == 4'd3;
    wire        is_atomic = kind == 4'd4 || kind == 4'd5 || kind == 4'd6;
    wire        known  = is_rd || is_wr || is_io || is_atomic;
    wire        has_data = is_wr || kind == 4'd3 || is_atomic;
    wire        is_np  = !is_wr;
    wire        is_4dw = desc[63:32] != 32'd0;
    wire [5:0]  start  = (ALIGNED == 0) ? 6'd4 : (W == 2) ? {5'd2, offset[0]} : (W == 4) ? {4'd1, offset[1:0]}
                       : (W == 8) ? {3'd1, offset} : {4'd1, offset[1:0]};
    wire        o_valid, o_ready, o_sop, o_eop;

    riser_shim_in #(.DATA_W(DATA_W), .SIDE_W(SIDE_W)) u_take (
        .clk(clk), .rst(rst), .in_valid(b_valid), .in_ready(b_ready), .in_sop(b_sop), .in_eop(b_eop),
        .in_data(b_data), .in_last(b_last), .in_side(b_side), .desc(desc), .side(side), .start(start),
        .nr_desc(3'd4), .nr(has_data ? len : 11'd0), .out_valid(o_valid), .out_ready(o_ready), .out_sop(o_sop),
        .out_eop(o_eop), .out_data(req_data), .bad(bad));

    // ---- tags ---------------------------------------------------------------------------------------

    reg  [7:0] next_q;
    reg  [7:0] tag_q;           // of the request that is under way
    wire [7:0] try     = (CLIENT_TAG != 0) ? desc[103:96] : next_q & {{3{ext_tag}}, 5'h1f};
    wire       tag_ok  = !is_np || !tags_used[try];
    wire [7:0] now_tag = !o_sop ? tag_q : is_np ? try : 8'd0;
    wire       go      = !o_sop || tag_ok;

    assign req_valid = o_valid && known && go;
    assign o_ready   = known ? req_ready && go : 1'b1;
    assign req_sop   = o_sop;
    assign req_eop   = o_eop;
    assign unknown   = o_valid && o_sop && !known;
    assign alloc     = req_valid && req_ready && o_sop && is_np;
    assign alloc_tag = try;

    wire [7:0] fmt_type = is_rd ? (is_4dw ? `TLP_MRD64 : `TLP_MRD32) : is_wr ? (is_4dw ? `TLP_MWR64 : `TLP_MWR32)
                        : (kind == 4'd2) ? `TLP_IORD : (kind == 4'd3) ? `TLP_IOWR
                        : (kind == 4'd4) ? (is_4dw ? `TLP_FETCHADD64 : `TLP_FETCHADD32)
                        : (kind == 4'd5) ? (is_4dw ? `TLP_SWAP64 : `TLP_SWAP32) : (is_4dw ? `TLP_CAS64 : `TLP_CAS32);
    wire [63:0] addr = {desc[63:2], 2'b00};
    wire        is_long = fmt_type[5];
    assign req_hdr = {fmt_type, 1'b0, desc[123:121], 1'b0, desc[126], 2'd0, 1'b0, desc[79], desc[125:124],
                      is_io ? 2'd0 : desc[1:0], len[9:0], desc[120] ? desc[95:80] : bdf, now_tag, lbe, fbe,
                      is_long ? addr : {addr[31:0], 32'd0}};

    // bytes that a request asks for
    wire [1:0]  skip_lo = fbe[0] ? 2'd0 : fbe[1] ? 2'd1 : fbe[2] ? 2'd2 : (fbe[3] ? 2'd3 : 2'd0);
    wire [3:0]  end_be  = (len == 11'd1) ? fbe : lbe;
    wire [1:0]  skip_hi = end_be[3] ? 2'd0 : end_be[2] ? 2'd1 : end_be[1] ? 2'd2 : 2'd3;
    assign alloc_addr   = {desc[11:2], skip_lo};
    assign alloc_bytes  = is_io ? 13'd4 : is_atomic ? ((kind == 4'd6) ? {1'b0, len, 1'b0} : {len, 2'b00})
                        : (fbe == 4'd0) ? 13'd1 : {len, 2'b00} - {11'd0, skip_lo} - {11'd0, skip_hi};
    assign alloc_offset = offset;
    assign alloc_be     = is_atomic ? 8'hff : {lbe, fbe};

    reg       tag_valid_q, seq_valid_q;
    reg [7:0] told_q;
    reg [5:0] seq_q;
    assign tag_valid = tag_valid_q;
    assign tag       = told_q;
    assign seq_valid = seq_valid_q;
    assign seq       = seq_q;

    always @(posedge clk) begin
        if (rst) begin
            next_q      <= 8'd0;
            tag_valid_q <= 1'b0;
            seq_valid_q <= 1'b0;
        end else begin
            if (alloc)
                next_q <= (next_q + 8'd1) & LAST_TAG[7:0] & {{3{ext_tag}}, 5'h1f};
            tag_valid_q <= alloc && CLIENT_TAG == 0;
            seq_valid_q <= req_sent;
        end
        told_q <= try;
        seq_q  <= side[16:11];
        if (o_sop)
            tag_q <= now_tag;
    end

    wire unused = &{1'b0, desc, tuser, end_be[0], LAST_TAG};
endmodule
`default_nettype wire
