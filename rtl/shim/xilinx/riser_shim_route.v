// SPDX-License-Identifier: Apache-2.0
//
// One channel of requests from the host: memory requests that hit a BAR of the user's go to the user, with the
// BAR's number; all else (configuration, messages, errors, the block's own MSI-X table) stays inside. A TLP leaves
// 2 cycles after it came, and takes a cycle more than its beats. hold: no further request is begun (function level
// reset); to_core: what comes is left to the core, which drops it; what the user was offered stays the user's.
`default_nettype none
`include "riser_tlp.vh"
module riser_shim_route #(
    parameter         DATA_W       = 256,
    parameter [35:0]  BAR_SIZES    = 36'h0,
    // the block's own MSI-X table and PBA: 0 bytes if the user has them
    parameter [2:0]   TABLE_BIR    = 3'd0,
    parameter [31:0]  TABLE_OFFSET = 32'h0,
    parameter [31:0]  TABLE_BYTES  = 32'h0,
    parameter [2:0]   PBA_BIR      = 3'd0,
    parameter [31:0]  PBA_OFFSET   = 32'h0,
    parameter [31:0]  PBA_BYTES    = 32'h0
) (
    input  wire              clk,
    input  wire              rst,
    input  wire              hold,
    input  wire              to_core,

    input  wire [383:0]      bar_base,
    input  wire              mem_en,
    input  wire [2:0]        mps,

    input  wire              rx_valid,
    output wire              rx_ready,
    input  wire              rx_sop,
    input  wire              rx_eop,
    input  wire [127:0]      rx_hdr,
    input  wire [DATA_W-1:0] rx_data,

    // beats, to the user or to the core
    output wire              user_valid,
    input  wire              user_ready,
    output wire              core_valid,
    input  wire              core_ready,
    output wire              out_sop,
    output wire              out_eop,
    output wire [127:0]      out_hdr,
    output wire [DATA_W-1:0] out_data,
    output wire [2:0]        out_bar,
    // something is inside
    output wire              busy
);
    reg go_q;       // the verdict of the TLP at the output is known
    reg core_q;     // and it came with to_core

    wire        valid, pop;
    wire [2:0]  kind, bar;
    wire [31:0] offset;

    riser_skid #(.W(DATA_W + 130)) u_skid (
        .clk(clk), .rst(rst), .in_valid(rx_valid), .in_ready(rx_ready), .in_data({rx_sop, rx_eop, rx_hdr, rx_data}),
        .out_valid(valid), .out_ready(pop), .out_data({out_sop, out_eop, out_hdr, out_data}));

    wire judge = valid && !go_q && !hold;

    riser_rx_req #(.BAR_SIZES(BAR_SIZES)) u_check (
        .clk(clk), .en(judge), .hdr(out_hdr), .bar_base(bar_base), .mem_en(mem_en), .mps(mps),
        .kind(kind), .bar(bar), .offset(offset));

    wire [31:0] table_at = offset - TABLE_OFFSET;
    wire [31:0] pba_at   = offset - PBA_OFFSET;
    wire        own = (bar == TABLE_BIR && {1'b0, table_at} + 33'd1 <= {1'b0, TABLE_BYTES})
                   || (bar == PBA_BIR && {1'b0, pba_at} + 33'd1 <= {1'b0, PBA_BYTES});
    wire        user = kind == `RX_MEM && !own && !core_q;

    reg user_q;     // a longer TLP's way
    reg mid_q;
    wire way = mid_q ? user_q : user;

    assign user_valid = valid && go_q && way;
    assign core_valid = valid && go_q && !way;
    assign out_bar    = bar;
    assign pop        = go_q && (way ? user_ready : core_ready);
    assign busy       = valid;

    always @(posedge clk) begin
        if (rst) begin
            go_q  <= 1'b0;
            mid_q <= 1'b0;
        end else begin
            if (judge)
                go_q <= 1'b1;
            else if (valid && pop && out_eop)
                go_q <= 1'b0;
            if (valid && pop)
                mid_q <= !out_eop;
        end
        user_q <= way;
        if (judge)
            core_q <= to_core;
    end
endmodule
`default_nettype wire
