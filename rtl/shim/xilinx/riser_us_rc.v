// SPDX-License-Identifier: Apache-2.0
//
// RC of an UltraScale or UltraScale+ block: completions of the user's requests, as packets of a 96-bit descriptor
// and the payload. The table of reads in flight is here: which bytes are still to come, so that the descriptor can
// say where the data belongs and whether the request is complete. A completion that belongs to none is dropped and
// reported; a read whose completion does not come in time gets a packet with error code 9. All outputs come from
// registers. A completion leaves 1 cycle after it came, 2 with straddling; one beat per cycle.
//   USER_W     75, at 512 bits 161
//   ALIGNED    address-aligned payload, at the dword that the request said
//   NSEG       packets in a beat: 1; 2 at 256 bits, 2 or 4 at 512 (not ALIGNED)
//   TIMEOUT_CYCLES  of a read (0: none)
`default_nettype none
`include "riser_tlp.vh"
module riser_us_rc #(
    parameter        DATA_W         = 256,
    parameter        USER_W         = 75,
    parameter        ALIGNED        = 0,
    parameter        NSEG           = 1,
    parameter        PARITY         = 0,
    parameter [31:0] TIMEOUT_CYCLES = 32'd1000000,
    parameter        W              = DATA_W / 32   // derived
) (
    input  wire              clk,
    input  wire              rst,       // link or function level reset: reads in flight are forgotten
    input  wire [15:0]       bdf,
    input  wire              cto_disable,

    input  wire              alloc,
    input  wire [7:0]        alloc_tag,
    input  wire [11:0]       alloc_addr,
    input  wire [12:0]       alloc_bytes,
    input  wire [2:0]        alloc_offset,
    input  wire [7:0]        alloc_be,
    output wire [255:0]      tags_used,
    output wire              pending,   // some read is in flight
    output wire [8:0]        nr_open,   // how many

    input  wire              cpl_valid,
    output wire              cpl_ready,
    input  wire              cpl_sop,
    input  wire              cpl_eop,
    input  wire [127:0]      cpl_hdr,
    input  wire [DATA_W-1:0] cpl_data,

    output wire              tvalid,
    input  wire              tready,
    output wire [DATA_W-1:0] tdata,
    output wire [W-1:0]      tkeep,
    output wire              tlast,
    output wire [USER_W-1:0] tuser,
    output wire              busy,

    // errors, as riser_err_log wants them
    output wire              ev_valid,
    output wire [4:0]        ev_bit,
    output wire [127:0]      ev_hdr,
    output wire              got_ur,
    output wire              got_ca
);
    localparam LW = $clog2(W);
    localparam NB = DATA_W / 8;
    localparam SEG_SHIFT = (NSEG == 2) ? 1 : 0;     // a segment in units of four dwords, as 512 bits count them

    // ---- reads in flight ----------------------------------------------------------------------------

    localparam TAB_W = 12 + 13 + 3 + 8 + 1;
    reg [255:0]     used_q;
    reg [TAB_W-1:0] table_q [0:255];    // first byte, bytes to come, offset, byte enables, nothing has come yet
    reg [31:0]      since_q [0:255];
    reg [31:0]      now_q;
    reg [8:0]       nr_q;
    reg [7:0]       scan_q;
    reg             late_q;             // the read of late_tag_q has waited too long
    reg [7:0]       late_tag_q;
    reg             mid_q, drop_q;

    assign tags_used = used_q;
    assign pending   = nr_q != 9'd0;
    assign nr_open   = nr_q;

    reg               late_hold_q;      // its packet has begun
    // not if its completion came in the cycle in which it became late
    wire              take_late = late_q && used_q[late_tag_q] && !mid_q && (late_hold_q || !cpl_valid);
    wire [7:0]        c_tag  = take_late ? late_tag_q : cpl_hdr[`TLP_CPL_TAG_R];
    wire [TAB_W-1:0]  entry  = table_q[c_tag];
    wire [11:0]       addr   = entry[36:25];
    wire [12:0]       bytes  = entry[24:12];
    wire [2:0]        offset = entry[11:9];
    wire [7:0]        be     = entry[8:1];
    wire              virgin = entry[0];

    // ---- the completion at the input ----------------------------------------------------------------

    wire        c_data  = cpl_hdr[`TLP_FMT_DATA_B];
    wire [2:0]  status  = cpl_hdr[`TLP_CPL_STATUS_R];
    wire [10:0] c_len   = {cpl_hdr[`TLP_LENGTH_R] == 10'd0, cpl_hdr[`TLP_LENGTH_R]};
    wire [12:0] c_bytes = {cpl_hdr[`TLP_CPL_BYTES_R] == 12'd0, cpl_hdr[`TLP_CPL_BYTES_R]};
    wire        poison  = cpl_hdr[`TLP_EP_B] && c_data;
    wire        known   = used_q[c_tag] && cpl_hdr[`TLP_CPL_REQ_ID_R] == bdf;
    wire        failed  = status != `TLP_SC;
    wire        wrong   = !failed && c_data && c_bytes != bytes;
    wire [12:0] here    = {c_len, 2'b00} - {11'd0, addr[1:0]};      // bytes in this TLP if more follow
    wire        over    = take_late || failed || !c_data || wrong || bytes <= here;
    wire [3:0]  code    = take_late ? 4'd9 : failed ? 4'd2 : wrong ? 4'd3 : poison ? 4'd1 : 4'd0;
    wire        drop    = mid_q ? drop_q : !known && !take_late;
    wire [10:0] nr      = (!take_late && c_data) ? c_len : 11'd0;

    wire [127:0] desc = {32'd0,
                         1'b0, take_late ? 6'd0 : {cpl_hdr[`TLP_ATTR_IDO_B], cpl_hdr[`TLP_ATTR_RO_B],
                                                   cpl_hdr[`TLP_ATTR_NS_B], cpl_hdr[`TLP_TC_R]},
                         1'b0, take_late ? 16'd0 : cpl_hdr[`TLP_CPL_ID_R], c_tag,
                         take_late ? bdf : cpl_hdr[`TLP_CPL_REQ_ID_R], 1'b0, !take_late && poison,
                         take_late ? 3'd0 : status, nr,
                         1'b0, over, 1'b0, take_late ? bytes : c_bytes, code, addr};
    wire [5:0]  start = (ALIGNED == 0) ? 6'd3 : (W == 2) ? {5'd2, offset[0]} : (W == 4) ? {4'd1, offset[1:0]}
                      : (W == 8) ? {3'd1, offset} : {4'd1, offset[1:0]};
    wire [3:0]  fbe = virgin ? be[3:0] : (over && nr == 11'd1) ? be[7:4] : 4'hf;
    wire [3:0]  lbe = over ? be[7:4] : 4'hf;

    wire f_in_valid = take_late || (cpl_valid && !drop);
    wire f_in_ready;
    assign cpl_ready = !take_late && (drop || f_in_ready);
    wire first = (take_late && f_in_ready) || (cpl_valid && cpl_sop && cpl_ready && !drop);
    wire free  = first && over;

    wire [31:0] age = now_q - since_q[scan_q];

    always @(posedge clk) begin
        now_q <= now_q + 32'd1;
        if (rst) begin
            used_q <= 256'd0;
            nr_q   <= 9'd0;
            mid_q  <= 1'b0;
            late_q <= 1'b0;
            scan_q <= 8'd0;
        end else begin
            if (cpl_valid && cpl_ready)
                mid_q <= !cpl_eop;
            if (alloc)
                used_q[alloc_tag] <= 1'b1;
            if (free)
                used_q[c_tag] <= 1'b0;
            nr_q <= nr_q + {8'd0, alloc} - {8'd0, free};
            if (take_late && f_in_ready) begin
                late_q <= 1'b0;
            end else if (late_q && !used_q[late_tag_q]) begin
                late_q <= 1'b0;     // it has come meanwhile
            end else if (!late_q) begin
                scan_q     <= scan_q + 8'd1;
                late_tag_q <= scan_q;
                late_q     <= used_q[scan_q] && TIMEOUT_CYCLES != 32'd0 && !cto_disable && age >= TIMEOUT_CYCLES;
            end
        end
        late_hold_q <= !rst && take_late && !f_in_ready;
        drop_q <= drop;
        if (alloc) begin
            table_q[alloc_tag] <= {alloc_addr, alloc_bytes, alloc_offset, alloc_be, 1'b1};
            since_q[alloc_tag] <= now_q;
        end
        if (first && !over)
            table_q[c_tag] <= {addr[11:2] + c_len[9:0], 2'b00, bytes - here, offset + c_len[2:0], be, 1'b0};
    end

    assign ev_valid = (cpl_valid && cpl_sop && cpl_ready && (drop || poison)) || (take_late && f_in_ready);
    assign ev_bit   = take_late ? `AER_CTO : drop ? `AER_UC : `AER_PTLP;
    assign ev_hdr   = take_late ? 128'd0 : cpl_hdr;
    assign got_ur   = first && !take_late && status == `TLP_UR;
    assign got_ca   = first && !take_late && status == `TLP_CA;

    // ---- packets --------------------------------------------------------------------------------------

    wire              f_valid, f_ready, f_sop, f_eop, f_side;
    wire [DATA_W-1:0] f_data;
    wire [NB-1:0]     f_be;
    wire [LW-1:0]     f_last;

    riser_shim_out #(.DATA_W(DATA_W), .SIDE_W(1)) u_out (
        .clk(clk), .rst(rst), .in_valid(f_in_valid), .in_ready(f_in_ready), .in_eop(take_late || cpl_eop),
        .in_data(cpl_data), .in_desc(desc),
        .in_nr_desc(3'd3), .in_start(start), .in_nr(nr), .in_fbe(fbe), .in_lbe(lbe), .in_side(1'b0),
        .out_valid(f_valid), .out_ready(f_ready), .out_sop(f_sop), .out_eop(f_eop), .out_data(f_data),
        .out_last(f_last), .out_be(f_be), .out_side(f_side));

    wire               p_valid, p_ready;
    wire [DATA_W-1:0]  p_data;
    wire [NB-1:0]      p_be;
    wire [NSEG-1:0]    p_sop, p_eop, p_side;
    wire [NSEG*LW-1:0] p_last;

    riser_shim_pack #(.DATA_W(DATA_W), .NSEG(NSEG), .SIDE_W(1)) u_pack (
        .clk(clk), .rst(rst), .in_valid(f_valid), .in_ready(f_ready), .in_sop(f_sop), .in_eop(f_eop), .in_data(f_data),
        .in_be(f_be), .in_last(f_last), .in_side(f_side), .out_valid(p_valid), .out_ready(p_ready), .out_data(p_data),
        .out_be(p_be), .out_sop(p_sop), .out_eop(p_eop), .out_last(p_last), .out_side(p_side));

    // ---- tuser ----------------------------------------------------------------------------------------

    // begins and ends in their order in the beat: how many, and where (dword / 4; last dword)
    reg [3:0]  n_sop, n_eop;
    reg [7:0]  at_sop;
    reg [15:0] at_eop;
    integer    s, ns, ne;
    always @(*) begin
        n_sop  = 4'd0;
        n_eop  = 4'd0;
        at_sop = 8'd0;
        at_eop = 16'd0;
        ns     = 0;
        ne     = 0;
        for (s = 0; s < NSEG; s = s + 1) begin
            if (p_sop[s]) begin
                n_sop[ns] = 1'b1;
                at_sop[2*ns +: 2] = s[1:0] << SEG_SHIFT;
                ns = ns + 1;
            end
            if (p_eop[s]) begin
                n_eop[ne] = 1'b1;
                at_eop[4*ne +: 4] = {{(4-LW){1'b0}}, p_last[LW*s +: LW]};
                ne = ne + 1;
            end
        end
    end

    wire [NB-1:0]     parity;
    wire [USER_W-1:0] user;
    genvar g;
    generate
        for (g = 0; g < NB; g = g + 1) begin : g_parity
            assign parity[g] = (PARITY != 0) && !(^p_data[8*g +: 8]);
        end
        if (DATA_W == 512) begin : g_512
            assign user = {parity, 1'b0, at_eop, n_eop, at_sop, n_sop, p_be};
        end else begin : g_narrow
            wire [32:0] be_33     = {{(33-NB){1'b0}}, p_be};
            wire [32:0] parity_33 = {{(33-NB){1'b0}}, parity};
            assign user = {parity_33[31:0], 1'b0, at_eop[6:4], n_eop[1], at_eop[2:0], n_eop[0], n_sop[1:0],
                           be_33[31:0]};
            wire unused = &{1'b0, be_33[32], parity_33[32], n_sop, n_eop, at_sop, at_eop};
        end
    endgenerate

    wire [W-1:0] keep_end = ~(~{{(W-1){1'b0}}, 1'b1} << p_last[LW-1:0]);
    wire         ends     = (NSEG == 1) && p_eop[0];

    riser_skid #(.W(DATA_W + W + 1 + USER_W)) u_skid (
        .clk(clk), .rst(rst), .in_valid(p_valid), .in_ready(p_ready),
        .in_data({user, ends, ends ? keep_end : {W{1'b1}}, p_data}),
        .out_valid(tvalid), .out_ready(tready), .out_data({tuser, tlast, tkeep, tdata}));

    assign busy = cpl_valid || p_valid || tvalid || pending;

    wire unused_cpl = &{1'b0, cpl_hdr, p_side};
endmodule
`default_nettype wire
