// SPDX-License-Identifier: Apache-2.0
//
// State of the submission and completion queues: bases, sizes, heads, tails, phases. Queue 0 is the
// admin queue pair. Checks doorbell writes, tells the fetcher which queue has work and room for its
// completion, and gives the completion writer the next entry's place. All answers are combinational,
// all changes take effect in the next cycle.
//
// A command is fetched only if its completion queue has an entry for it, counting the commands that are
// in flight for that queue: a host that does not free its entries stalls its own queues only.
`default_nettype none
module nvme_queues #(
    parameter NR_QUEUES = 5,    // admin pair included, 2 to 32
    parameter QW        = 3,    // bits of a queue number
    parameter SLOT_W    = 3     // log2 of the number of command slots
) (
    input  wire          clk,
    input  wire          rst,

    // the admin queues, loaded while init is 1
    input  wire          init,
    input  wire [63:0]   asq,
    input  wire [63:0]   acq,
    input  wire [15:0]   asq_last,
    input  wire [15:0]   acq_last,

    // doorbells, and what was wrong with one (a pulse)
    input  wire          db_sq_valid,
    input  wire          db_cq_valid,
    input  wire [8:0]    db_qid,
    input  wire [15:0]   db_sq_val,
    input  wire [15:0]   db_cq_val,
    output reg           db_bad_reg,
    output reg           db_bad_val,

    // fetcher: may queue f_qid be fetched from, and where
    output wire          any_work,
    input  wire [QW-1:0] f_qid,
    output wire          f_ok,
    output wire [63:0]   f_addr,
    output wire [QW-1:0] f_cqid,
    input  wire          f_take,
    input  wire          f_done,
    input  wire [QW-1:0] f_done_qid,

    // completion writer: the next entry of c_cqid, the head of c_sqid
    input  wire [QW-1:0] c_cqid,
    input  wire [QW-1:0] c_sqid,
    output wire          c_full,
    output wire          c_full0,
    output wire [63:0]   c_addr,
    output wire          c_phase,
    output wire [15:0]   c_sqhd,
    input  wire          c_take,
    input  wire          s_free,
    input  wire [QW-1:0] s_free_cqid,

    // an entry of queue d_cqid is on its way to the host: its vector
    input  wire          d_valid,
    input  wire [QW-1:0] d_cqid,
    output wire          d_ien,
    output wire [4:0]    d_iv,
    input  wire [31:0]   intms,
    output reg           intx,

    // admin commands
    output wire [NR_QUEUES-1:0] sq_valid,
    output wire [NR_QUEUES-1:0] cq_valid,
    output wire [NR_QUEUES-1:0] cq_used,
    input  wire          q_create_sq,
    input  wire          q_create_cq,
    input  wire          q_delete_sq,
    input  wire          q_delete_cq,
    input  wire [QW-1:0] q_id,
    input  wire [63:0]   q_base,
    input  wire [15:0]   q_last,
    input  wire [QW-1:0] q_cqid,
    input  wire          q_ien,
    input  wire [4:0]    q_iv
);
    localparam [8:0] NR = NR_QUEUES[8:0];

    reg [NR_QUEUES-1:0] sq_valid_q;
    reg [63:0]          sq_base_q [0:NR_QUEUES-1];
    reg [15:0]          sq_last_q [0:NR_QUEUES-1];
    reg [15:0]          sq_tail_q [0:NR_QUEUES-1];
    reg [15:0]          sq_head_q [0:NR_QUEUES-1];   // entries before it have been read
    reg [15:0]          sq_next_q [0:NR_QUEUES-1];   // next entry to ask for
    reg [QW-1:0]        sq_cqid_q [0:NR_QUEUES-1];

    reg [NR_QUEUES-1:0] cq_valid_q;
    reg [NR_QUEUES-1:0] cq_phase_q;
    reg [NR_QUEUES-1:0] cq_ien_q;
    reg [NR_QUEUES-1:0] cq_level_q;
    reg [63:0]          cq_base_q [0:NR_QUEUES-1];
    reg [15:0]          cq_last_q [0:NR_QUEUES-1];
    reg [15:0]          cq_tail_q [0:NR_QUEUES-1];
    reg [15:0]          cq_head_q [0:NR_QUEUES-1];
    reg [4:0]           cq_iv_q   [0:NR_QUEUES-1];
    reg [SLOT_W:0]      cq_infl_q [0:NR_QUEUES-1];

    // entries from index "from" to index "to" in a ring whose last index is "last"
    function [15:0] ring_dist(input [15:0] to, input [15:0] from, input [15:0] last);
        ring_dist = to >= from ? to - from : to - from + last + 16'd1;
    endfunction

    // doorbells
    wire          db_known = db_qid < NR;
    wire [QW-1:0] db_q = db_qid[QW-1:0];
    wire          db_sq_known = db_known && sq_valid_q[db_q];
    wire          db_cq_known = db_known && cq_valid_q[db_q];
    wire [15:0]   ds_last = sq_last_q[db_q];
    wire [15:0]   ds_tail = sq_tail_q[db_q];
    wire [15:0]   ds_head = sq_head_q[db_q];
    wire [15:0]   dc_last = cq_last_q[db_q];
    wire [15:0]   dc_tail = cq_tail_q[db_q];
    wire [15:0]   dc_head = cq_head_q[db_q];
    wire [15:0]   ds_added = ring_dist(db_sq_val, ds_tail, ds_last);
    wire [15:0]   ds_free  = ds_last - ring_dist(ds_tail, ds_head, ds_last);
    wire [15:0]   dc_freed = ring_dist(db_cq_val, dc_head, dc_last);
    wire [15:0]   dc_used  = ring_dist(dc_tail, dc_head, dc_last);
    wire          ds_good = db_sq_val <= ds_last && ds_added != 16'd0 && ds_added <= ds_free;
    wire          dc_good = db_cq_val <= dc_last && dc_freed != 16'd0 && dc_freed <= dc_used;
    wire          db_sq_set = db_sq_valid && db_sq_known && ds_good;
    wire          db_cq_set = db_cq_valid && db_cq_known && dc_good;

    // fetcher
    wire [15:0]   f_next = sq_next_q[f_qid];
    wire [15:0]   f_tail = sq_tail_q[f_qid];
    wire [15:0]   f_last = sq_last_q[f_qid];
    wire [63:0]   f_base = sq_base_q[f_qid];
    wire [15:0]   fc_last = cq_last_q[f_cqid];
    wire [15:0]   fc_tail = cq_tail_q[f_cqid];
    wire [15:0]   fc_head = cq_head_q[f_cqid];
    wire [SLOT_W:0] fc_infl = cq_infl_q[f_cqid];
    wire [15:0]   fc_used = ring_dist(fc_tail, fc_head, fc_last) + {{(15-SLOT_W){1'b0}}, fc_infl};

    assign f_cqid = sq_cqid_q[f_qid];
    assign f_ok   = sq_valid_q[f_qid] && f_next != f_tail && fc_used < fc_last;
    assign f_addr = f_base + {42'd0, f_next, 6'd0};

    // completion writer
    wire [15:0]   c_tail = cq_tail_q[c_cqid];
    wire [15:0]   c_head = cq_head_q[c_cqid];
    wire [15:0]   c_last = cq_last_q[c_cqid];
    wire [63:0]   c_base = cq_base_q[c_cqid];
    wire          c_wrap = c_tail == c_last;
    wire [15:0]   c_tail_d = c_wrap ? 16'd0 : c_tail + 16'd1;
    wire [15:0]   c0_tail = cq_tail_q[0];
    wire [15:0]   c0_head = cq_head_q[0];
    wire [15:0]   c0_last = cq_last_q[0];

    assign c_full  = c_tail_d == c_head;
    assign c_full0 = (c0_tail == c0_last ? 16'd0 : c0_tail + 16'd1) == c0_head;
    assign c_addr  = c_base + {44'd0, c_tail, 4'd0};
    assign c_phase = cq_phase_q[c_cqid];
    assign c_sqhd  = sq_head_q[c_sqid];

    wire [15:0]   d_head = cq_head_q[d_cqid];
    wire [15:0]   d_tail = cq_tail_q[d_cqid];
    assign d_ien = cq_ien_q[d_cqid];
    assign d_iv  = cq_iv_q[d_cqid];

    assign sq_valid = sq_valid_q;
    assign cq_valid = cq_valid_q;

    // what each queue contributes to the whole
    wire [NR_QUEUES-1:0] work;
    wire [NR_QUEUES-1:0] level;
    genvar g;
    generate
        for (g = 0; g < NR_QUEUES; g = g + 1) begin : g_queue
            localparam [QW-1:0] ID = g;
            wire [NR_QUEUES-1:0] uses;
            genvar s;
            for (s = 0; s < NR_QUEUES; s = s + 1) begin : g_uses
                assign uses[s] = sq_valid_q[s] && sq_cqid_q[s] == ID;
            end
            assign cq_used[g] = |uses;
            assign work[g]    = sq_valid_q[g] && sq_next_q[g] != sq_tail_q[g];
            assign level[g]   = cq_level_q[g] && !intms[cq_iv_q[g]];
        end
    endgenerate
    assign any_work = |work;

    wire [15:0] fd_head = sq_head_q[f_done_qid];
    wire [15:0] fd_last = sq_last_q[f_done_qid];

    always @(posedge clk) begin
        intx <= !rst && |level;
        if (rst) begin
            sq_valid_q <= {NR_QUEUES{1'b0}};
            db_bad_reg <= 1'b0;
            db_bad_val <= 1'b0;
        end else begin
            db_bad_reg <= (db_sq_valid && !db_sq_known) || (db_cq_valid && !db_cq_known);
            db_bad_val <= (db_sq_valid && db_sq_known && !ds_good) ||
                          (db_cq_valid && db_cq_known && !dc_good);
            if (init)
                sq_valid_q[0] <= 1'b1;
            if (q_create_sq)
                sq_valid_q[q_id] <= 1'b1;
            if (q_delete_sq)
                sq_valid_q[q_id] <= 1'b0;
        end

        if (init || q_create_sq) begin
            sq_base_q[init ? {QW{1'b0}} : q_id] <= init ? asq : q_base;
            sq_last_q[init ? {QW{1'b0}} : q_id] <= init ? asq_last : q_last;
            sq_cqid_q[init ? {QW{1'b0}} : q_id] <= init ? {QW{1'b0}} : q_cqid;
            sq_tail_q[init ? {QW{1'b0}} : q_id] <= 16'd0;
            sq_head_q[init ? {QW{1'b0}} : q_id] <= 16'd0;
            sq_next_q[init ? {QW{1'b0}} : q_id] <= 16'd0;
        end
        if (!init) begin
            if (db_sq_set)
                sq_tail_q[db_q] <= db_sq_val;
            if (f_take)
                sq_next_q[f_qid] <= f_next == f_last ? 16'd0 : f_next + 16'd1;
            if (f_done)
                sq_head_q[f_done_qid] <= fd_head == fd_last ? 16'd0 : fd_head + 16'd1;
        end
    end

    wire [SLOT_W:0] infl_inc = cq_infl_q[f_cqid] + 1'b1;
    wire [SLOT_W:0] infl_dec = cq_infl_q[s_free_cqid] - 1'b1;

    always @(posedge clk) begin
        if (rst) begin
            cq_valid_q <= {NR_QUEUES{1'b0}};
            cq_level_q <= {NR_QUEUES{1'b0}};
        end else begin
            if (init)
                cq_valid_q[0] <= 1'b1;
            if (q_create_cq)
                cq_valid_q[q_id] <= 1'b1;
            if (d_valid && d_ien && d_head != d_tail)
                cq_level_q[d_cqid] <= 1'b1;
            if (db_cq_set && db_cq_val == dc_tail)
                cq_level_q[db_q] <= 1'b0;
            if (q_delete_cq) begin
                cq_valid_q[q_id] <= 1'b0;
                cq_level_q[q_id] <= 1'b0;
            end
        end

        if (init || q_create_cq) begin
            cq_base_q[init ? {QW{1'b0}} : q_id]  <= init ? acq : q_base;
            cq_last_q[init ? {QW{1'b0}} : q_id]  <= init ? acq_last : q_last;
            cq_iv_q[init ? {QW{1'b0}} : q_id]    <= init ? 5'd0 : q_iv;
            cq_ien_q[init ? {QW{1'b0}} : q_id]   <= init ? 1'b1 : q_ien;
            cq_phase_q[init ? {QW{1'b0}} : q_id] <= 1'b1;
            cq_tail_q[init ? {QW{1'b0}} : q_id]  <= 16'd0;
            cq_head_q[init ? {QW{1'b0}} : q_id]  <= 16'd0;
            cq_infl_q[init ? {QW{1'b0}} : q_id]  <= {(SLOT_W+1){1'b0}};
        end
        if (!init) begin
            if (db_cq_set)
                cq_head_q[db_q] <= db_cq_val;
            if (c_take) begin
                cq_tail_q[c_cqid] <= c_tail_d;
                if (c_wrap)
                    cq_phase_q[c_cqid] <= !c_phase;
            end
            if (f_take && !(s_free && s_free_cqid == f_cqid))
                cq_infl_q[f_cqid] <= infl_inc;
            if (s_free && !(f_take && s_free_cqid == f_cqid))
                cq_infl_q[s_free_cqid] <= infl_dec;
        end
    end
endmodule
`default_nettype wire
