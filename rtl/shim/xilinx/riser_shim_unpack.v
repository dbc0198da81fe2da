// SPDX-License-Identifier: Apache-2.0
//
// Straddling from the user: packets that begin in any segment become packets that begin in lane 0, one packet's
// part per cycle. Long packets pass at one beat per cycle wherever they begin; two packets in a beat take two
// cycles. No latency.
//   NSEG  segments of a beat: 1 or 2
`default_nettype none
module riser_shim_unpack #(
    parameter DATA_W = 256,
    parameter NSEG   = 2,
    parameter SIDE_W = 1,
    parameter LW     = $clog2(DATA_W/32)    // derived
) (
    input  wire                    clk,
    input  wire                    rst,

    input  wire                    in_valid,
    output wire                    in_ready,
    input  wire [DATA_W-1:0]       in_data,
    input  wire [NSEG-1:0]         in_sop,
    input  wire [NSEG-1:0]         in_eop,
    input  wire [NSEG*LW-1:0]      in_last,     // last dword of the beat for a packet that ends in the segment
    input  wire [NSEG*SIDE_W-1:0]  in_side,     // of a packet that begins in the segment

    output wire                    out_valid,
    input  wire                    out_ready,
    output wire                    out_sop,
    output wire                    out_eop,
    output wire [DATA_W-1:0]       out_data,
    output wire [LW-1:0]           out_last,
    output wire [SIDE_W-1:0]       out_side     // with out_sop
);
    generate
        if (NSEG == 1) begin : g_wires
            assign in_ready  = out_ready;
            assign out_valid = in_valid;
            assign out_data  = in_data;
            assign out_sop   = in_sop;
            assign out_eop   = in_eop;
            assign out_last  = in_last;
            assign out_side  = in_side;
            wire unused_clk  = &{1'b0, clk, rst};
        end else begin : g_two
            localparam SW = DATA_W / 2;
            localparam LS = LW - 1;

            reg              second_q;  // the first segment of the beat is done with
            reg              mid_q;     // a packet goes on
            // half a beat of a packet that began in the second segment
            reg              half_q, half_sop_q, half_eop_q;
            reg [SW-1:0]     half_data_q;
            reg [LS-1:0]     half_last_q;
            reg [SIDE_W-1:0] half_side_q;

            wire       flush  = half_q && half_eop_q;
            // what is left of the beat
            wire       on_0   = !second_q && (mid_q || in_sop[0]);
            wire       end_0  = on_0 && in_eop[0];
            wire       use_1  = on_0 ? !end_0 : (mid_q || in_sop[1]);
            wire       end_1  = use_1 && in_eop[1];
            wire       nothing = !on_0 && !use_1;
            wire       both   = on_0 && use_1;
            wire       ends   = end_0 || end_1;
            wire       begins = on_0 ? !mid_q : !mid_q && in_sop[1];
            // a half and a whole beat: the second segment is left over
            wire       spills = half_q && both;
            // half a beat that does not end its packet waits for the next
            wire       waits  = !half_q && !both && !ends;
            wire       work   = in_valid && !flush && !nothing;
            wire       emits  = work && !waits;
            wire       step   = work && (waits || out_ready);
            // the second segment begins another packet
            wire       again  = end_0 && in_sop[1];
            wire [SW-1:0] seg = on_0 ? in_data[SW-1:0] : in_data[DATA_W-1:SW];
            wire [LS-1:0] last = end_0 ? in_last[LS-1:0] : in_last[LW +: LS];
            wire unused   = &{1'b0, in_last};

            assign in_ready  = !flush && (nothing || (step && !again));
            assign out_valid = flush || emits;
            assign out_sop   = half_q ? half_sop_q : begins;
            assign out_eop   = flush || (ends && !spills);
            assign out_data  = half_q ? {seg, half_data_q} : both ? in_data : {{SW{1'b0}}, seg};
            assign out_last  = flush ? {1'b0, half_last_q} : {(half_q && !spills) || both, last};
            assign out_side  = half_q ? half_side_q : on_0 ? in_side[SIDE_W-1:0] : in_side[2*SIDE_W-1:SIDE_W];

            always @(posedge clk) begin
                if (rst) begin
                    second_q <= 1'b0;
                    mid_q    <= 1'b0;
                    half_q   <= 1'b0;
                end else begin
                    if (flush && out_ready)
                        half_q <= 1'b0;
                    else if (step)
                        half_q <= waits || spills;
                    if (step) begin
                        mid_q    <= !ends;
                        second_q <= again;
                    end else if (in_valid && !flush && nothing) begin
                        second_q <= 1'b0;
                    end
                end
            end

            always @(posedge clk) begin
                if (step) begin
                    half_data_q <= spills ? in_data[DATA_W-1:SW] : seg;
                    half_eop_q  <= spills && ends;
                    half_last_q <= last;
                    half_sop_q  <= waits && begins;
                    half_side_q <= in_side[2*SIDE_W-1:SIDE_W];
                    if (on_0)
                        half_side_q <= in_side[SIDE_W-1:0];
                end
            end
        end
    endgenerate
endmodule
`default_nettype wire
