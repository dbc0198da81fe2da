// SPDX-License-Identifier: Apache-2.0
//
// Packets into a stream: a descriptor and a payload are put together in a ring of dwords; a packet begins in the
// next beat or, if packets may share one, at the next multiple of SEG dwords. Beats leave when all of their
// packets are whole.
//   SEG     dwords: where packets may begin
//   MARKS   packets that may begin or end in a beat
`default_nettype none
module example_stream_out #(
    parameter DATA_W = 256,
    parameter SEG    = 8,
    parameter MARKS  = 1,
    parameter SIDE_W = 8,
    parameter W      = DATA_W / 32      // derived
) (
    input  wire                     clk,
    input  wire                     rst,

    // the payload packed, beat by beat; one beat without payload if nr is 0
    input  wire                     in_valid,
    output wire                     in_ready,
    input  wire                     in_sop,
    input  wire                     in_eop,
    input  wire [127:0]             in_desc,    // with sop, as all but data
    input  wire [2:0]               in_nr_desc,
    input  wire [5:0]               in_start,   // dword of the packet where the payload begins
    input  wire [10:0]              in_nr,
    input  wire [SIDE_W-1:0]        in_side,
    input  wire [DATA_W-1:0]        in_data,

    output wire                     valid,
    input  wire                     ready,
    output wire [DATA_W-1:0]        data,
    output wire [W-1:0]             keep,       // dwords up to the last
    output wire [MARKS-1:0]         sop,
    output wire [4*MARKS-1:0]       sop_at,
    output wire [MARKS-1:0]         eop,
    output wire [4*MARKS-1:0]       eop_at,
    output wire [SIDE_W*MARKS-1:0]  side,
    output wire                     empty
);
    localparam [31:0] W_32 = W;
    localparam [31:0] SEG_32 = SEG;
    localparam [8:0] SEG_9 = SEG_32[8:0];
    localparam [8:0] W_9 = W_32[8:0];

    reg [31:0]       ring [0:511];
    reg [8:0]        starts [0:63];
    reg [8:0]        stops [0:63];
    reg [SIDE_W-1:0] sides [0:63];
    reg [5:0]        nr_sop_q, nr_eop_q, out_sop_q, out_eop_q;
    reg [8:0]        end_q;     // behind the last dword of the last packet
    reg [8:0]        pay_q;     // where the next payload beat goes
    reg [8:0]        rd_q;      // first dword of the next beat to leave
    reg              mid_q;
    reg [8:0]        stop_q;

    reg                    valid_q;
    reg [DATA_W-1:0]       data_q;
    reg [W-1:0]            keep_q;
    reg [MARKS-1:0]        sop_q, eop_q;
    reg [4*MARKS-1:0]      sop_at_q, eop_at_q;
    reg [SIDE_W*MARKS-1:0] side_q;

    assign {valid, data, keep, sop, sop_at, eop, eop_at, side}
         = {valid_q, data_q, keep_q, sop_q, sop_at_q, eop_q, eop_at_q, side_q};
    wire [8:0] ahead = end_q - rd_q;        // dwords of whole packets
    assign empty    = !valid_q && ahead == 9'd0 && !mid_q;
    assign in_ready = ahead < 9'd200;

    wire        take  = in_valid && in_ready;
    wire        whole = ahead >= W_9;
    wire        loose = !whole && ahead != 9'd0 && !mid_q && !take;
    wire        load  = (!valid_q || ready) && (whole || loose);
    wire [8:0]  base  = (end_q + SEG_9 - 9'd1) & ~(SEG_9 - 9'd1);
    wire [8:0]  total = (in_nr == 11'd0) ? {6'd0, in_nr_desc} : in_nr[8:0] + {3'd0, in_start};
    wire [8:0]  first = in_sop ? base + {3'd0, in_start} : pay_q;
    wire [8:0]  stop  = in_sop ? base + total : stop_q;
    wire        none  = in_sop && in_nr == 11'd0;

    // packets that begin and end in the beat that leaves
    wire [MARKS-1:0]   n_sop, n_eop;
    wire [4*MARKS-1:0] n_sop_at, n_eop_at;
    wire [5:0]         begun = nr_sop_q - out_sop_q;
    wire [5:0]         ended = nr_eop_q - out_eop_q;
    genvar g;
    generate
        for (g = 0; g < MARKS; g = g + 1) begin : g_mark
            localparam [31:0] NR = g;
            wire [8:0] s_at = starts[out_sop_q + NR[5:0]] - rd_q;
            wire [8:0] e_at = stops[out_eop_q + NR[5:0]] - rd_q;
            assign n_sop[g] = NR[5:0] < begun && s_at < W_9;
            assign n_eop[g] = NR[5:0] < ended && e_at < W_9;
            assign n_sop_at[4*g +: 4] = s_at[3:0];
            assign n_eop_at[4*g +: 4] = e_at[3:0];
        end
    endgenerate

    function [5:0] count(input [MARKS-1:0] marks);
        integer k;
        begin
            count = 6'd0;
            for (k = 0; k < MARKS; k = k + 1)
                count = count + {5'd0, marks[k]};
        end
    endfunction

    integer i;
    always @(posedge clk) begin
        if (rst) begin
            {nr_sop_q, nr_eop_q, out_sop_q, out_eop_q} <= 24'd0;
            {end_q, pay_q, rd_q} <= 27'd0;
            mid_q   <= 1'b0;
            valid_q <= 1'b0;
        end else begin
            if (take) begin
                if (in_sop) begin
                    for (i = 0; i < 4; i = i + 1)
                        if (i < {29'd0, in_nr_desc})
                            ring[base + i[8:0]] <= in_desc[32*i +: 32];
                    starts[nr_sop_q] <= base;
                    sides[nr_sop_q]  <= in_side;
                    nr_sop_q <= nr_sop_q + 6'd1;
                    stop_q   <= stop;
                end
                for (i = 0; i < W; i = i + 1)
                    if (!none)
                        ring[first + i[8:0]] <= in_data[32*i +: 32];
                pay_q <= first + W_9;
                mid_q <= !in_eop;
                if (in_eop) begin
                    stops[nr_eop_q] <= stop - 9'd1;
                    nr_eop_q <= nr_eop_q + 6'd1;
                    end_q    <= stop;
                end
            end
            if (ready)
                valid_q <= 1'b0;
            if (load) begin
                valid_q <= 1'b1;
                rd_q    <= rd_q + W_9;
                // the next packet begins in the next beat
                if (loose)
                    end_q <= rd_q + W_9;
                sop_q     <= n_sop;
                eop_q     <= n_eop;
                sop_at_q  <= n_sop_at;
                eop_at_q  <= n_eop_at;
                out_sop_q <= out_sop_q + count(n_sop);
                out_eop_q <= out_eop_q + count(n_eop);
                for (i = 0; i < W; i = i + 1) begin
                    data_q[32*i +: 32] <= ring[rd_q + i[8:0]];
                    // the next packet begins in a beat of its own, unless there is straddling
                    keep_q[i] <= i[8:0] < ahead && !(SEG == W && n_eop[0] && i[4:0] > {1'b0, n_eop_at[3:0]});
                end
                for (i = 0; i < MARKS; i = i + 1)
                    side_q[SIDE_W*i +: SIDE_W] <= sides[out_sop_q + i[5:0]];
            end
        end
    end

    wire unused = &{1'b0, W_32, SEG_32, in_nr[10:9]};
endmodule
`default_nettype wire
