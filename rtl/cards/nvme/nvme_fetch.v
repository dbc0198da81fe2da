// SPDX-License-Identifier: Apache-2.0
//
// Fetches submission queue entries, one command per queue in turn, up to one read in flight per command
// slot, and puts each together from its beats. A command leaves (cmd_valid, one cycle, cannot be
// refused) in the cycle after its last beat.
`default_nettype none
module nvme_fetch #(
    parameter DATA_W    = 256,
    parameter NR_QUEUES = 5,
    parameter QW        = 3,
    parameter SLOT_W    = 3
) (
    input  wire              clk,
    input  wire              rst,
    input  wire              en,

    // queues and slots
    input  wire              any_work,
    output wire [QW-1:0]     f_qid,
    input  wire              f_ok,
    input  wire [63:0]       f_addr,
    output wire              f_take,
    output wire              f_done,
    input  wire              alloc_ok,
    input  wire [SLOT_W-1:0] alloc_slot,

    // DMA read
    output wire              req_valid,
    input  wire              req_ready,
    output wire [63:0]       req_addr,
    output wire [SLOT_W-1:0] req_slot,
    input  wire              dat_valid,
    input  wire              dat_last,
    input  wire [DATA_W-1:0] dat_data,
    input  wire [1:0]        dat_status,

    // commands
    output wire              cmd_valid,
    output wire              cmd_bad,
    output wire [511:0]      cmd_sqe,
    output wire              idle
);
    localparam          BEATS  = 512 / DATA_W;
    localparam          BEAT_W = BEATS > 1 ? $clog2(BEATS) : 1;
    localparam          LAST   = NR_QUEUES - 1;
    localparam [QW-1:0] LAST_Q = LAST[QW-1:0];

    reg [QW-1:0]     scan_q;
    reg              req_valid_q;
    reg [63:0]       req_addr_q;
    reg [SLOT_W-1:0] req_slot_q;
    reg [511:0]      sqe_q;
    reg              cmd_valid_q;
    reg              cmd_bad_q;

    assign f_qid     = scan_q;
    assign f_take    = en && f_ok && alloc_ok && !req_valid_q;
    assign f_done    = dat_valid && dat_last;
    assign req_valid = req_valid_q;
    assign req_addr  = req_addr_q;
    assign req_slot  = req_slot_q;
    assign cmd_valid = cmd_valid_q;
    assign cmd_bad   = cmd_bad_q;
    assign cmd_sqe   = sqe_q;
    assign idle      = !(en && any_work) && !req_valid_q && !cmd_valid_q;

    always @(posedge clk) begin
        if (rst) begin
            scan_q      <= {QW{1'b0}};
            req_valid_q <= 1'b0;
            cmd_valid_q <= 1'b0;
        end else begin
            if (f_take || (any_work && !f_ok))
                scan_q <= scan_q == LAST_Q ? {QW{1'b0}} : scan_q + 1'b1;
            if (f_take)
                req_valid_q <= 1'b1;
            else if (req_ready)
                req_valid_q <= 1'b0;
            cmd_valid_q <= f_done;
        end
        if (f_take) begin
            req_addr_q <= f_addr;
            req_slot_q <= alloc_slot;
        end
        cmd_bad_q <= dat_status != 2'd0;
    end

    generate
        if (BEATS == 1) begin : g_one
            always @(posedge clk)
                if (dat_valid)
                    sqe_q <= dat_data;
        end else begin : g_more
            reg [BEAT_W-1:0] beat_q;
            always @(posedge clk) begin
                if (rst)
                    beat_q <= {BEAT_W{1'b0}};
                else if (dat_valid)
                    beat_q <= beat_q + 1'b1;
                if (dat_valid)
                    sqe_q[DATA_W*beat_q +: DATA_W] <= dat_data;
            end
        end
    endgenerate
endmodule
`default_nettype wire
