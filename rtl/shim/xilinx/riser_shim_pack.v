// SPDX-License-Identifier: Apache-2.0
//
// Straddling towards the user: packets that begin in lane 0 become packets that begin in the next free segment, so
// that several share a beat. A beat that is not full waits one cycle for a next packet, no longer. With NSEG 1 it
// is wires. Latency 0, or 1 cycle for that wait; one beat per cycle.
//   NSEG  segments of a beat: 1, 2 or 4
`default_nettype none
module riser_shim_pack #(
    parameter DATA_W = 256,
    parameter NSEG   = 2,
    parameter SIDE_W = 1,
    parameter LW     = $clog2(DATA_W/32),   // derived
    parameter NB     = DATA_W / 8           // derived
) (
    input  wire                    clk,
    input  wire                    rst,

    input  wire                    in_valid,
    output wire                    in_ready,
    input  wire                    in_sop,
    input  wire                    in_eop,
    input  wire [DATA_W-1:0]       in_data,
    input  wire [NB-1:0]           in_be,
    input  wire [LW-1:0]           in_last,     // last dword of the last beat
    input  wire [SIDE_W-1:0]       in_side,

    output wire                    out_valid,
    input  wire                    out_ready,
    output wire [DATA_W-1:0]       out_data,
    output wire [NB-1:0]           out_be,
    // a packet begins, ends in the segment; its last dword in the beat; its side
    output wire [NSEG-1:0]         out_sop,
    output wire [NSEG-1:0]         out_eop,
    output wire [NSEG*LW-1:0]      out_last,
    output wire [NSEG*SIDE_W-1:0]  out_side
);
    generate
        if (NSEG == 1) begin : g_wires
            assign in_ready  = out_ready;
            assign out_valid = in_valid;
            assign out_data  = in_data;
            assign out_be    = in_be;
            assign out_sop   = in_sop;
            assign out_eop   = in_eop;
            assign out_last  = in_last;
            assign out_side  = in_side;
            wire unused_clk  = &{1'b0, clk, rst};
        end else begin : g_pack
            localparam SW  = DATA_W / NSEG;             // bits of a segment
            localparam LS  = LW - $clog2(NSEG);         // log2 of its dwords
            localparam LN  = $clog2(NSEG);
            localparam IW  = SW + SW/8 + 2 + LS + SIDE_W;   // data, bytes, sop, eop, last dword, side
            localparam [LN:0] NSEG_N = NSEG[LN:0];

            // segments of the beat that comes, and of what waits: each has all that belongs to it
            wire [NSEG*IW-1:0]   in_segs;
            reg  [NSEG*IW-1:0]   acc_q;
            reg  [LN:0]          nr_q;      // segments that wait, below NSEG
            reg                  ends_q;    // the last of them ends its packet
            wire [LN:0]          in_nr = in_eop ? {1'b0, in_last[LW-1:LS]} + {{LN{1'b0}}, 1'b1} : NSEG_N;
            wire [LN+1:0]        total = {1'b0, nr_q} + {1'b0, in_nr};
            wire                 full  = total >= {1'b0, NSEG_N};
            wire                 flush = !in_valid && nr_q != 0 && ends_q;
            wire [31:0]          place = {{(31-LN){1'b0}}, nr_q} * IW;
            wire [2*NSEG*IW-1:0] both  = {{(NSEG*IW){1'b0}}, acc_q}
                                       | ({{(NSEG*IW){1'b0}}, in_valid ? in_segs : {(NSEG*IW){1'b0}}} << place);
            wire                 take  = in_valid && in_ready;
            wire                 send  = out_valid && out_ready;

            assign in_ready  = !full || out_ready;
            assign out_valid = (in_valid && full) || flush;

            genvar i;
            for (i = 0; i < NSEG; i = i + 1) begin : g_seg
                localparam [LN-1:0] NR = i;
                wire is_on   = {1'b0, NR} < in_nr;
                wire ends    = in_eop && in_last[LW-1:LS] == NR;
                wire begins  = in_sop && NR == 0;
                wire [IW-1:0] seg = {in_side, in_last[LS-1:0], ends, begins,
                                     in_be[SW/8*i +: SW/8], in_data[SW*i +: SW]};
                assign in_segs[IW*i +: IW] = is_on ? seg : {IW{1'b0}};
                assign out_data[SW*i +: SW]        = both[IW*i +: SW];
                assign out_be[SW/8*i +: SW/8]      = both[IW*i + SW +: SW/8];
                assign out_sop[i]                  = both[IW*i + SW + SW/8];
                assign out_eop[i]                  = both[IW*i + SW + SW/8 + 1];
                assign out_last[LW*i +: LW]        = {NR, both[IW*i + SW + SW/8 + 2 +: LS]};
                assign out_side[SIDE_W*i +: SIDE_W] = both[IW*i + SW + SW/8 + 2 + LS +: SIDE_W];
            end

            always @(posedge clk) begin
                if (rst) begin
                    nr_q   <= 0;
                    acc_q  <= {(NSEG*IW){1'b0}};
                    ends_q <= 1'b0;
                end else if (send || take) begin
                    acc_q  <= send ? both[NSEG*IW +: NSEG*IW] : both[0 +: NSEG*IW];
                    nr_q   <= flush ? 0 : send ? total[LN:0] - NSEG_N : total[LN:0];
                    ends_q <= in_eop;
                end
            end
        end
    endgenerate
endmodule
`default_nettype wire
