// SPDX-License-Identifier: Apache-2.0
//
// Data to the host: blocks of the backing store (Read) or what nvme_adata makes (Identify, Get Log
// Page). Commands come to their data in order; words of the next command are read from the store
// while those of the last one are sent; a block is asked for when there is room for all of it. One beat per cycle; segments that do not begin at a word
// are shifted on the way. A command ends when the core says that its last byte is on its way.
`include "nvme_defs.vh"
`default_nettype none
module nvme_read #(
    parameter DATA_W = 256,
    parameter MEM_AW = 22,      // bits of a word address of the store
    parameter SLOT_W = 3,
    parameter LBA_W  = 18
) (
    input  wire              clk,
    input  wire              rst,
    // number of the planted defect, constant
    input  wire [3:0]        bug,

    // jobs: Read commands, and one admin command at a time (goes first)
    input  wire              io_valid,
    input  wire [SLOT_W-1:0] io_slot,
    input  wire [LBA_W-1:0]  io_lba,
    input  wire [7:0]        io_nlb,
    input  wire [63:0]       io_prp1,
    input  wire [63:0]       io_prp2,
    input  wire              adm_valid,
    output wire              adm_ready,
    input  wire [SLOT_W-1:0] adm_slot,
    input  wire [17:0]       adm_len,
    input  wire [63:0]       adm_prp1,
    input  wire [63:0]       adm_prp2,

    // the admin command's data
    input  wire              adat_valid,
    output wire              adat_ready,
    input  wire              adat_last,
    input  wire [DATA_W-1:0] adat_data,

    // backing store
    output wire              mem_valid,
    input  wire              mem_ready,
    output wire [MEM_AW-1:0] mem_addr,
    output wire              mem_last,
    input  wire              mem_rsp_valid,
    input  wire              mem_rsp_last,
    input  wire [DATA_W-1:0] mem_rsp_data,

    // PRP lists
    output wire              lreq_valid,
    input  wire              lreq_ready,
    output wire [63:0]       lreq_addr,
    output wire [17:0]       lreq_len,
    input  wire              ldat_valid,
    input  wire              ldat_last,
    input  wire [DATA_W-1:0] ldat_data,
    input  wire [1:0]        ldat_status,

    // DMA write
    output wire              req_valid,
    input  wire              req_ready,
    output wire [63:0]       req_addr,
    output wire [17:0]       req_len,
    output wire [SLOT_W:0]   req_ctx,
    output wire              dat_valid,
    input  wire              dat_ready,
    output wire [DATA_W-1:0] dat_data,
    input  wire              done_valid,
    input  wire [SLOT_W:0]   done_ctx,
    input  wire [1:0]        done_status,

    // ends of commands
    output wire              end_valid,
    output wire [SLOT_W-1:0] end_slot,
    output wire [11:0]       end_status,
    output wire              idle
);
    localparam DW_PER_WORD = DATA_W / 32;
    localparam POS_W       = $clog2(DW_PER_WORD);
    localparam WPB_LOG2    = 9 - $clog2(DATA_W / 8);    // words per block
    // words: two blocks at least, so that one comes while the other goes
    localparam FIFO_LOG2   = WPB_LOG2 > 4 ? WPB_LOG2 + 1 : 5;
    localparam [FIFO_LOG2:0] FIFO_ROOM = {1'b0, {(FIFO_LOG2-1){1'b1}}, 1'b0};
    localparam [FIFO_LOG2:0] BLK_ROOM  = FIFO_ROOM - {{(FIFO_LOG2-WPB_LOG2){1'b0}}, 1'b1, {WPB_LOG2{1'b0}}};
    localparam [FIFO_LOG2:0] NONE      = {(FIFO_LOG2+1){1'b0}};

    // ---- jobs
    localparam JOB_W = SLOT_W + LBA_W + 8 + 128;
    wire              job_valid;
    wire              job_ready;
    wire [SLOT_W-1:0] job_slot;
    wire [LBA_W-1:0]  job_lba;
    wire [7:0]        job_nlb;
    wire [63:0]       job_prp1;
    wire [63:0]       job_prp2;
    wire              unused_ready;

    nvme_fifo #(.W(JOB_W), .DEPTH_LOG2(SLOT_W)) u_jobs (
        .clk(clk), .rst(rst),
        .push_valid(io_valid), .push_ready(unused_ready),
        .push_data({io_slot, io_lba, io_nlb, io_prp1, io_prp2}),
        .pop_valid(job_valid), .pop_ready(job_ready),
        .pop_data({job_slot, job_lba, job_nlb, job_prp1, job_prp2}));

    wire walk_ready;
    wire src_ready;
    wire start     = walk_ready && src_ready && (adm_valid || job_valid);
    wire start_adm = start && adm_valid;
    assign adm_ready = start_adm;
    assign job_ready = start && !adm_valid;

    wire             seg_valid;
    wire             seg_ready;
    wire [63:0]      seg_addr;
    wire [12:0]      seg_len;
    wire             seg_last;
    wire [1:0]       seg_err;
    wire [SLOT_W-1:0] seg_slot;
    wire [17:0]      job_len = {1'b0, {1'b0, job_nlb} + 9'd1, 8'd0} << 1;

    nvme_prp #(.DATA_W(DATA_W), .TAG_W(SLOT_W)) u_prp (
        .clk(clk), .rst(rst),
        .cmd_valid(start), .cmd_ready(walk_ready),
        .cmd_prp1(adm_valid ? adm_prp1 : job_prp1), .cmd_prp2(adm_valid ? adm_prp2 : job_prp2),
        .cmd_len(adm_valid ? adm_len : job_len), .cmd_tag(adm_valid ? adm_slot : job_slot),
        .seg_valid(seg_valid), .seg_ready(seg_ready), .seg_addr(seg_addr), .seg_len(seg_len),
        .seg_last(seg_last), .seg_err(seg_err), .seg_tag(seg_slot),
        .req_valid(lreq_valid), .req_ready(lreq_ready), .req_addr(lreq_addr), .req_len(lreq_len),
        .dat_valid(ldat_valid), .dat_last(ldat_last), .dat_data(ldat_data),
        .dat_status(ldat_status));

    // ---- source: words of one command after another into the data queue
    wire             src_valid;
    wire             src_pop;
    wire             src_adm;
    wire [LBA_W-1:0] src_lba;
    wire [7:0]       src_nlb;

    nvme_fifo #(.W(1 + LBA_W + 8), .DEPTH_LOG2(2)) u_source (
        .clk(clk), .rst(rst),
        .push_valid(start), .push_ready(src_ready), .push_data({adm_valid, job_lba, job_nlb}),
        .pop_valid(src_valid), .pop_ready(src_pop), .pop_data({src_adm, src_lba, src_nlb}));

    // reading the store; known before the first reset, as in nvme_mem
    reg                       run_q;
    initial run_q = 1'b0;
    reg [LBA_W+WPB_LOG2-1:0]  word_q;
    reg [8+WPB_LOG2-1:0]      words_left_q; // minus 1
    reg [4:0]                 out_q;        // reads without an answer yet
    reg [FIFO_LOG2:0]         wr_q;
    reg [FIFO_LOG2:0]         rd_q;
    reg [DATA_W-1:0]          fifo_q [0:(1<<FIFO_LOG2)-1];
    reg [(1<<FIFO_LOG2)-1:0]  fifo_last_q;

    wire [FIFO_LOG2:0] level = wr_q - rd_q;
    wire               begins = &words_left_q[WPB_LOG2-1:0];
    wire               room  = (!begins || level + {{(FIFO_LOG2-4){1'b0}}, out_q} <= BLK_ROOM) && out_q != 5'd16;
    wire               words_end = words_left_q == {(8+WPB_LOG2){1'b0}};
    wire               mem_fire = mem_valid && mem_ready;
    wire               adat_fire = adat_valid && adat_ready;
    wire               push = mem_rsp_valid || adat_fire;

    assign mem_valid  = run_q && room;
    assign mem_addr   = word_q[MEM_AW-1:0];
    assign mem_last   = words_end;
    assign adat_ready = src_valid && src_adm && !run_q && out_q == 5'd0 && level < FIFO_ROOM;
    assign src_pop    = !run_q && src_valid && (src_adm ? adat_fire && adat_last : 1'b1);

    always @(posedge clk) begin
        if (rst) begin
            run_q <= 1'b0;
            out_q <= 5'd0;
            wr_q  <= {(FIFO_LOG2+1){1'b0}};
        end else begin
            if (src_pop && !src_adm)
                run_q <= 1'b1;
            else if (mem_fire && words_end)
                run_q <= 1'b0;
            if (mem_fire != mem_rsp_valid)
                out_q <= mem_fire ? out_q + 5'd1 : out_q - 5'd1;
            if (push)
                wr_q <= wr_q + 1'b1;
        end
        if (src_pop && !src_adm) begin
            word_q       <= {src_lba, {WPB_LOG2{1'b0}}};
            words_left_q <= {src_nlb, {WPB_LOG2{1'b1}}};
        end else if (mem_fire) begin
            word_q       <= word_q + 1'b1;
            words_left_q <= words_left_q - 1'b1;
        end
        if (push) begin
            fifo_q[wr_q[FIFO_LOG2-1:0]]      <= mem_rsp_valid ? mem_rsp_data ^ flip : adat_data;
            fifo_last_q[wr_q[FIFO_LOG2-1:0]] <= mem_rsp_valid ? mem_rsp_last : adat_last;
        end
    end

    // planted (8): the first dword of every 10,000th block that is read is inverted
    localparam [19:0] WORDS_TO_BAD = 20'd10000 << WPB_LOG2;
    reg  [19:0] nr_words_q;
    initial nr_words_q = 20'd0;
    wire        bad_word = bug == 4'd8 && nr_words_q == WORDS_TO_BAD - (20'd1 << WPB_LOG2);
    wire [DATA_W-1:0] flip = {{(DATA_W-32){1'b0}}, {32{bad_word}}};
    always @(posedge clk) begin
        if (bug == 4'd8 && mem_rsp_valid)
            nr_words_q <= nr_words_q == WORDS_TO_BAD - 20'd1 ? 20'd0 : nr_words_q + 20'd1;
    end

    // ---- segments: pos_q dwords of the word at the queue's front are used already
    localparam [1:0] ST_REQ   = 2'd0,
                     ST_DATA  = 2'd1,
                     ST_DRAIN = 2'd2;

    reg [1:0]         state_q;
    reg [POS_W-1:0]   pos_q;
    reg [10:0]        dw_left_q;

    localparam [10:0] DW_WORD = DW_PER_WORD[10:0];

    wire [FIFO_LOG2-1:0] rd_idx  = rd_q[FIFO_LOG2-1:0];
    wire [FIFO_LOG2-1:0] rd_next = rd_idx + 1'b1;
    wire [DATA_W-1:0]  head  = fifo_q[rd_idx];
    wire [DATA_W-1:0]  next  = fifo_q[rd_next];
    wire               head_last = fifo_last_q[rd_idx];
    wire [10:0]        take    = dw_left_q < DW_WORD ? dw_left_q : DW_WORD;
    wire [10:0]        pos_end = {{(11-POS_W){1'b0}}, pos_q} + take;
    wire               need_two  = pos_end > DW_WORD;
    wire               seg_end   = dw_left_q <= DW_WORD;
    wire               have    = level > {{FIFO_LOG2{1'b0}}, need_two};
    wire               beat    = dat_valid && dat_ready;
    wire               cmd_end = seg_end && seg_last;
    wire               drain_pop = state_q == ST_DRAIN && level != NONE;

    reg [2*DATA_W-1:0] shifted;
    always @* begin
        shifted = {next, head};
        if (pos_q != {POS_W{1'b0}})
            shifted = {next, head} >> {pos_q, 5'd0};
    end

    assign req_valid = state_q == ST_REQ && seg_valid && seg_err == 2'd0;
    assign req_addr  = seg_addr;
    assign req_len   = {5'd0, seg_len};
    assign req_ctx   = {seg_last, seg_slot};
    assign dat_valid = state_q == ST_DATA && have;
    assign dat_data  = shifted[DATA_W-1:0];
    assign seg_ready = (state_q == ST_DATA && beat && seg_end) || (drain_pop && head_last);

    always @(posedge clk) begin
        if (rst) begin
            state_q <= ST_REQ;
            rd_q    <= {(FIFO_LOG2+1){1'b0}};
            pos_q   <= {POS_W{1'b0}};
        end else begin
            case (state_q)
                ST_REQ: begin
                    if (seg_valid && seg_err != 2'd0)
                        state_q <= ST_DRAIN;
                    else if (req_valid && req_ready)
                        state_q <= ST_DATA;
                end
                ST_DATA:
                    if (beat) begin
                        pos_q <= cmd_end ? {POS_W{1'b0}} : pos_end[POS_W-1:0];
                        if (pos_end >= DW_WORD || cmd_end)
                            rd_q <= rd_q + {{FIFO_LOG2{1'b0}}, 1'b1} + {{FIFO_LOG2{1'b0}}, cmd_end && need_two};
                        if (seg_end)
                            state_q <= ST_REQ;
                    end
                default:
                    if (drain_pop) begin
                        pos_q <= {POS_W{1'b0}};
                        rd_q  <= rd_q + 1'b1;
                        if (head_last)
                            state_q <= ST_REQ;
                    end
            endcase
        end
        if (state_q == ST_REQ)
            dw_left_q <= seg_len[12:2];
        else if (beat)
            dw_left_q <= dw_left_q - take;
    end

    // ---- ends
    wire fail_end = drain_pop && head_last;
    wire done_end = done_valid && done_ctx[SLOT_W];
    reg  dropped_q;             // a segment of the command did not get out
    reg  late_q;                // a failed command waits for its turn to end
    reg  [SLOT_W-1:0] late_slot_q;
    reg  late_dma_q;

    assign end_valid  = done_end || late_q;
    assign end_slot   = done_end ? done_ctx[SLOT_W-1:0] : late_slot_q;
    assign end_status = done_end ? (dropped_q || done_status != 2'd0 ? `NVME_DATA_TRANSFER : `NVME_OK) :
                        late_dma_q ? `NVME_DATA_TRANSFER : `NVME_PRP_OFFSET;
    assign idle = !job_valid && !src_valid && !run_q && out_q == 5'd0 && level == NONE &&
                  state_q == ST_REQ && walk_ready && !late_q;

    always @(posedge clk) begin
        if (rst || done_end)
            dropped_q <= 1'b0;
        else if (done_valid && done_status != 2'd0)
            dropped_q <= 1'b1;

        if (rst)
            late_q <= 1'b0;
        else if (fail_end)
            late_q <= 1'b1;
        else if (!done_end)
            late_q <= 1'b0;
        if (fail_end) begin
            late_slot_q <= seg_slot;
            late_dma_q  <= seg_err == 2'd2;
        end
    end

    wire unused = &{1'b0, shifted[2*DATA_W-1:DATA_W], unused_ready, seg_len[1:0]};
endmodule
`default_nettype wire
