// SPDX-License-Identifier: Apache-2.0
//
// The commands in flight. A slot is taken when a command's fetch is asked for and given back when its
// completion entry is handed to the DMA (or when it ends without one). Between them each block that
// ends a command reports {slot, status}; different blocks may report in the same cycle, always
// different slots. nvme_cq looks at one ended slot after another (look_slot).
`default_nettype none
module nvme_slots #(
    parameter QW     = 3,
    parameter SLOT_W = 3
) (
    input  wire              clk,
    input  wire              rst,

    // fetcher
    output wire              alloc_ok,
    output wire [SLOT_W-1:0] alloc_slot,
    input  wire              alloc_take,
    input  wire [QW-1:0]     alloc_sqid,
    input  wire [QW-1:0]     alloc_cqid,
    input  wire [SLOT_W-1:0] fetched_slot,
    output wire [QW-1:0]     fetched_sqid,

    // the command itself, and its end when it goes nowhere
    input  wire              dec_valid,
    input  wire [SLOT_W-1:0] dec_slot,
    input  wire [15:0]       dec_cid,
    input  wire [31:0]       dec_nsid,
    input  wire [31:0]       dec_lba,
    input  wire [7:0]        dec_nlb,
    input  wire              dec_ends,
    input  wire              dec_none,
    input  wire [11:0]       dec_status,

    // ends of commands
    input  wire              adm_valid,
    input  wire [SLOT_W-1:0] adm_slot,
    input  wire              adm_none,
    input  wire [11:0]       adm_status,
    input  wire [31:0]       adm_dw0,
    input  wire              rd_valid,
    input  wire [SLOT_W-1:0] rd_slot,
    input  wire [11:0]       rd_status,
    output wire [7:0]        rd_nlb,
    output wire              rd_is_io,
    input  wire              wr_valid,
    input  wire [SLOT_W-1:0] wr_slot,
    input  wire [11:0]       wr_status,
    output wire [7:0]        wr_nlb,
    input  wire              zr_valid,
    input  wire [SLOT_W-1:0] zr_slot,
    input  wire [11:0]       zr_status,

    // completion writer
    output wire              any_ended,
    input  wire [SLOT_W-1:0] look_slot,
    output wire              look_ended,
    output wire              look_none,
    output wire [QW-1:0]     look_sqid,
    output wire [QW-1:0]     look_cqid,
    output wire [15:0]       look_cid,
    output wire [31:0]       look_nsid,
    output wire [31:0]       look_lba,
    output wire [11:0]       look_status,
    output wire [31:0]       look_dw0,
    input  wire              look_free,

    // is a command of queue busy_qid in flight; is any
    input  wire [QW-1:0]     busy_qid,
    output wire              busy,
    output wire              any_busy
);
    localparam NR = 1 << SLOT_W;

    reg [NR-1:0]     busy_q;
    reg [NR-1:0]     ended_q;
    reg [NR-1:0]     none_q;
    reg [SLOT_W-1:0] alloc_q;
    reg [QW-1:0]     sqid_q [0:NR-1];
    reg [QW-1:0]     cqid_q [0:NR-1];
    reg [15:0]       cid_q [0:NR-1];
    reg [31:0]       nsid_q [0:NR-1];
    reg [31:0]       lba_q [0:NR-1];
    reg [7:0]        nlb_q [0:NR-1];
    reg [11:0]       status_q [0:NR-1];
    reg [31:0]       dw0_q [0:NR-1];

    // slots are taken round: one that stays busy long does not matter, the pointer steps over it
    assign alloc_ok     = !busy_q[alloc_q];
    assign alloc_slot   = alloc_q;
    assign fetched_sqid = sqid_q[fetched_slot];

    assign rd_nlb   = nlb_q[rd_slot];
    assign rd_is_io = sqid_q[rd_slot] != {QW{1'b0}};
    assign wr_nlb   = nlb_q[wr_slot];

    assign any_ended   = |ended_q;
    assign look_ended  = ended_q[look_slot];
    assign look_none   = none_q[look_slot];
    assign look_sqid   = sqid_q[look_slot];
    assign look_cqid   = cqid_q[look_slot];
    assign look_cid    = cid_q[look_slot];
    assign look_nsid   = nsid_q[look_slot];
    assign look_lba    = lba_q[look_slot];
    assign look_status = status_q[look_slot];
    assign look_dw0    = dw0_q[look_slot];

    wire [NR-1:0] of_qid;
    genvar g;
    generate
        for (g = 0; g < NR; g = g + 1) begin : g_slot
            assign of_qid[g] = busy_q[g] && sqid_q[g] == busy_qid;
        end
    endgenerate
    assign busy     = |of_qid;
    assign any_busy = |busy_q;

    always @(posedge clk) begin
        if (rst) begin
            busy_q  <= {NR{1'b0}};
            ended_q <= {NR{1'b0}};
            none_q  <= {NR{1'b0}};
            alloc_q <= {SLOT_W{1'b0}};
        end else begin
            if (alloc_take)
                busy_q[alloc_q] <= 1'b1;
            if (alloc_take || (busy_q[alloc_q] && !(&busy_q)))
                alloc_q <= alloc_q + 1'b1;
            if (look_free) begin
                busy_q[look_slot]  <= 1'b0;
                ended_q[look_slot] <= 1'b0;
                none_q[look_slot]  <= 1'b0;
            end
            if (dec_valid && dec_ends) begin
                ended_q[dec_slot] <= 1'b1;
                none_q[dec_slot]  <= dec_none;
            end
            if (adm_valid) begin
                ended_q[adm_slot] <= 1'b1;
                none_q[adm_slot]  <= adm_none;
            end
            if (rd_valid)
                ended_q[rd_slot] <= 1'b1;
            if (wr_valid)
                ended_q[wr_slot] <= 1'b1;
            if (zr_valid)
                ended_q[zr_slot] <= 1'b1;
        end
    end

    always @(posedge clk) begin
        if (alloc_take) begin
            sqid_q[alloc_q] <= alloc_sqid;
            cqid_q[alloc_q] <= alloc_cqid;
        end
        if (dec_valid) begin
            cid_q[dec_slot]  <= dec_cid;
            nsid_q[dec_slot] <= dec_nsid;
            lba_q[dec_slot]  <= dec_lba;
            nlb_q[dec_slot]  <= dec_nlb;
            dw0_q[dec_slot]  <= 32'd0;
        end
        if (dec_valid && dec_ends)
            status_q[dec_slot] <= dec_status;
        if (adm_valid) begin
            status_q[adm_slot] <= adm_status;
            dw0_q[adm_slot]    <= adm_dw0;
        end
        if (rd_valid)
            status_q[rd_slot] <= rd_status;
        if (wr_valid)
            status_q[wr_slot] <= wr_status;
        if (zr_valid)
            status_q[zr_slot] <= zr_status;
    end
endmodule
`default_nettype wire
