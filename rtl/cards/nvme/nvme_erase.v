// SPDX-License-Identifier: Apache-2.0
//
// Write Zeroes (block after block, one word of each per cycle) and Dataset Management: deallocates
// up to 64 blocks per cycle in the map of nvme_mem. The range buffer holds the ranges of one Dataset
// Management command; nvme_write fills it. One command at a time, Dataset Management first.
`include "nvme_defs.vh"
`default_nettype none
module nvme_erase #(
    parameter DATA_W = 256,
    parameter SLOT_W = 3,
    parameter LBA_W  = 18
) (
    input  wire                clk,
    input  wire                rst,

    // Write Zeroes
    input  wire                wz_valid,
    input  wire [SLOT_W-1:0]   wz_slot,
    input  wire [LBA_W-1:0]    wz_lba,
    input  wire [15:0]         wz_nlb,

    // Dataset Management: ranges, then the start; bit ad of the command
    input  wire                buf_valid,
    input  wire [DATA_W-1:0]   buf_data,
    input  wire [DATA_W/8-1:0] buf_strb,
    input  wire [11:0]         buf_addr,        // byte address of the word
    input  wire                dsm_start,
    input  wire [SLOT_W-1:0]   dsm_slot,
    input  wire [7:0]          dsm_nr,
    input  wire                dsm_ad,
    output wire                dsm_busy,

    // backing store and map
    output wire                er_valid,
    output wire [LBA_W-1:0]    er_lba,
    input  wire                er_done,
    output wire                unmap_valid,
    output wire [LBA_W-7:0]    unmap_word,
    output wire [63:0]         unmap_mask,

    // ends of commands
    output wire                end_valid,
    output wire [SLOT_W-1:0]   end_slot,
    output wire [11:0]         end_status,
    output wire                idle
);
    localparam BUF_WORDS = 4096 * 8 / DATA_W;
    localparam BUF_AW    = $clog2(BUF_WORDS);
    localparam BYTES_LOG2 = $clog2(DATA_W / 8);
    localparam SEL_W     = 10 - BUF_AW;
    localparam [32:0] NR_BLOCKS = 33'd1 << LBA_W;

    localparam [2:0] ST_IDLE  = 3'd0,
                     ST_ZERO  = 3'd1,
                     ST_LOAD  = 3'd2,   // a range's 4 dwords, one per cycle
                     ST_CHECK = 3'd3,
                     ST_UNMAP = 3'd4,
                     ST_END   = 3'd5;

    wire              q_valid;
    wire              q_pop;
    wire [SLOT_W-1:0] q_slot;
    wire [LBA_W-1:0]  q_lba;
    wire [15:0]       q_nlb;
    wire              unused_ready;
    nvme_fifo #(.W(SLOT_W + LBA_W + 16), .DEPTH_LOG2(SLOT_W)) u_jobs (
        .clk(clk), .rst(rst),
        .push_valid(wz_valid), .push_ready(unused_ready), .push_data({wz_slot, wz_lba, wz_nlb}),
        .pop_valid(q_valid), .pop_ready(q_pop), .pop_data({q_slot, q_lba, q_nlb}));

    reg [2:0]               state_q;        // known before the first reset, as in nvme_mem
    initial state_q = ST_IDLE;
    reg [SLOT_W-1:0]        slot_q;
    reg                     pend_q;         // a Dataset Management command waits or runs
    reg                     run_dsm_q;
    reg [SLOT_W-1:0]        dsm_slot_q;
    reg [7:0]               dsm_nr_q;
    reg                     dsm_ad_q;
    reg [11:0]              status_q;
    reg [LBA_W-1:0]         lba_q;
    reg [15:0]              left_q;         // blocks minus 1
    reg [9:0]               dw_q;           // dword of the range buffer
    reg [95:0]              range_q;        // {slba, blocks}
    reg [DATA_W-1:0]        buf_q [0:BUF_WORDS-1];

    wire [DATA_W-1:0] buf_word = buf_q[dw_q[9 -: BUF_AW]];
    wire [31:0]       buf_dw   = buf_word[{dw_q[SEL_W-1:0], 5'd0} +: 32];

    // the blocks of the range that are in the map's word of its first one
    wire [63:0] slba   = range_q[95:32];
    wire [31:0] blocks = range_q[31:0];
    wire [6:0]  in_word = 7'd64 - {1'b0, slba[5:0]};
    wire [6:0]  now    = blocks < {25'd0, in_word} ? blocks[6:0] : in_word;
    wire [32:0] range_end = {1'b0, slba[31:0]} + {1'b0, blocks};
    wire        outside = blocks != 32'd0 && (slba[63:32] != 32'd0 || range_end > NR_BLOCKS);
    wire [64:0] ones   = (65'd1 << now) - 65'd1;
    wire        range_last = dw_q[9:2] == dsm_nr_q;

    assign q_pop       = state_q == ST_IDLE && !pend_q && q_valid;
    assign dsm_busy    = pend_q;
    assign er_valid    = state_q == ST_ZERO;
    assign er_lba      = lba_q;
    assign unmap_valid = state_q == ST_UNMAP && dsm_ad_q;
    assign unmap_word  = slba[LBA_W-1:6];
    assign unmap_mask  = ones[63:0] << slba[5:0];
    assign end_valid   = state_q == ST_END;
    assign end_slot    = slot_q;
    assign end_status  = status_q;
    assign idle        = state_q == ST_IDLE && !pend_q && !q_valid;

    integer i;
    always @(posedge clk) begin
        if (buf_valid)
            for (i = 0; i < DATA_W / 8; i = i + 1)
                if (buf_strb[i])
                    buf_q[buf_addr[11:BYTES_LOG2]][8*i +: 8] <= buf_data[8*i +: 8];
    end

    always @(posedge clk) begin
        case (state_q)
            ST_IDLE: begin
                status_q  <= `NVME_OK;
                dw_q      <= 10'd0;
                run_dsm_q <= pend_q;
                slot_q    <= pend_q ? dsm_slot_q : q_slot;
                lba_q     <= q_lba;
                left_q    <= q_nlb;
                if (pend_q)
                    state_q <= ST_LOAD;
                else if (q_valid)
                    state_q <= ST_ZERO;
            end
            ST_ZERO:
                if (er_done) begin
                    lba_q  <= lba_q + 1'b1;
                    left_q <= left_q - 1'b1;
                    if (left_q == 16'd0)
                        state_q <= ST_END;
                end
            ST_LOAD: begin
                // context attributes, number of blocks, first block low and high
                dw_q <= dw_q[1:0] == 2'd3 ? dw_q : dw_q + 10'd1;
                case (dw_q[1:0])
                    2'd1:    range_q[31:0]  <= buf_dw;
                    2'd2:    range_q[63:32] <= buf_dw;
                    2'd3:    range_q[95:64] <= buf_dw;
                    default: ;
                endcase
                if (dw_q[1:0] == 2'd3)
                    state_q <= ST_CHECK;
            end
            ST_CHECK: begin
                if (outside)
                    status_q <= `NVME_LBA_RANGE;
                if (outside)
                    state_q <= ST_END;
                else if (blocks != 32'd0 && dsm_ad_q)
                    state_q <= ST_UNMAP;
                else
                    state_q <= range_last ? ST_END : ST_LOAD;
                if (outside || blocks == 32'd0 || !dsm_ad_q)
                    dw_q <= dw_q + 10'd1;
            end
            ST_UNMAP: begin
                range_q <= {slba + {57'd0, now}, blocks - {25'd0, now}};
                if (blocks == {25'd0, now}) begin
                    dw_q    <= dw_q + 10'd1;
                    state_q <= range_last ? ST_END : ST_LOAD;
                end
            end
            default:
                state_q <= ST_IDLE;
        endcase
        if (rst)
            state_q <= ST_IDLE;
    end

    always @(posedge clk) begin
        if (rst)
            pend_q <= 1'b0;
        else if (dsm_start)
            pend_q <= 1'b1;
        else if (state_q == ST_END && run_dsm_q)
            pend_q <= 1'b0;
        if (dsm_start) begin
            dsm_slot_q <= dsm_slot;
            dsm_nr_q   <= dsm_nr;
            dsm_ad_q   <= dsm_ad;
        end
    end

    wire unused = &{1'b0, unused_ready, ones[64], buf_addr[BYTES_LOG2-1:0]};
endmodule
`default_nettype wire
