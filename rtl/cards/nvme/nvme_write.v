// SPDX-License-Identifier: Apache-2.0
//
// Data from the host: Write (into the backing store) and the ranges of Dataset Management (into the
// range buffer of nvme_erase). Reads of segments are asked for as far ahead as the segment queue
// allows, over command boundaries; the data comes back in the same order. One beat per cycle, two
// cycles for a beat that does not begin at a word of the store. The store gets whole blocks
// (nvme_blocks); a command ends when its last one was accepted.
// Back-pressure: data waits for the store only.
`include "nvme_defs.vh"
`default_nettype none
module nvme_write #(
    parameter DATA_W = 256,
    parameter MEM_AW = 22,
    parameter SLOT_W = 3,
    parameter LBA_W  = 18
) (
    input  wire                clk,
    input  wire                rst,

    // jobs; dsm: nlb is the number of ranges, minus 1, and bit 0 of lba the command's AD
    input  wire                job_in_valid,
    input  wire [SLOT_W-1:0]   job_in_slot,
    input  wire                job_in_dsm,
    input  wire [LBA_W-1:0]    job_in_lba,
    input  wire [7:0]          job_in_nlb,
    input  wire [63:0]         job_in_prp1,
    input  wire [63:0]         job_in_prp2,

    // PRP lists
    output wire                lreq_valid,
    input  wire                lreq_ready,
    output wire [63:0]         lreq_addr,
    output wire [17:0]         lreq_len,
    input  wire                ldat_valid,
    input  wire                ldat_last,
    input  wire [DATA_W-1:0]   ldat_data,
    input  wire [1:0]          ldat_status,

    // DMA read
    output wire                req_valid,
    input  wire                req_ready,
    output wire [63:0]         req_addr,
    output wire [17:0]         req_len,
    input  wire                dat_valid,
    output wire                dat_ready,
    input  wire                dat_last,
    input  wire [DATA_W-1:0]   dat_data,
    input  wire [1:0]          dat_status,

    // blocks into the backing store: word wr_word at wr_data, gone when wr_done
    output wire                wr_valid,
    output wire [LBA_W-1:0]    wr_lba,
    input  wire [MEM_AW-LBA_W-1:0] wr_word,
    output wire [DATA_W-1:0]   wr_data,
    input  wire                wr_done,

    // words into the range buffer (always taken)
    output wire                buf_valid,
    output wire [11:0]         buf_addr,        // byte address of the word
    output wire [DATA_W-1:0]   buf_data,
    output wire [DATA_W/8-1:0] buf_strb,

    // the ranges of a Dataset Management command are complete: nvme_erase ends it
    input  wire                dsm_busy,
    output wire                dsm_start,
    output wire [SLOT_W-1:0]   dsm_slot,
    output wire [7:0]          dsm_nr,
    output wire                dsm_ad,

    // ends of commands
    output wire                end_valid,
    output wire [SLOT_W-1:0]   end_slot,
    output wire [11:0]         end_status,
    output wire                idle
);
    localparam DW_PER_WORD = DATA_W / 32;
    localparam POS_W       = $clog2(DW_PER_WORD);
    localparam WPB_LOG2    = 9 - $clog2(DATA_W / 8);
    localparam [10:0] DW_WORD = DW_PER_WORD[10:0];

    // ---- jobs
    localparam JOB_W = SLOT_W + 1 + LBA_W + 8 + 128;
    wire              job_valid;
    wire [SLOT_W-1:0] job_slot;
    wire              job_dsm;
    wire [LBA_W-1:0]  job_lba;
    wire [7:0]        job_nlb;
    wire [63:0]       job_prp1;
    wire [63:0]       job_prp2;
    wire              start;
    wire              unused_ready;

    nvme_fifo #(.W(JOB_W), .DEPTH_LOG2(SLOT_W)) u_jobs (
        .clk(clk), .rst(rst),
        .push_valid(job_in_valid), .push_ready(unused_ready),
        .push_data({job_in_slot, job_in_dsm, job_in_lba, job_in_nlb, job_in_prp1, job_in_prp2}),
        .pop_valid(job_valid), .pop_ready(start),
        .pop_data({job_slot, job_dsm, job_lba, job_nlb, job_prp1, job_prp2}));

    // one Dataset Management command at a time has the range buffer
    reg  dsm_q;
    wire walk_ready;
    wire dst_ready;
    assign start = job_valid && walk_ready && dst_ready && !(job_dsm && (dsm_q || dsm_busy));

    wire              seg_valid;
    wire              seg_ready;
    wire [12:0]       seg_len;
    wire              seg_last;
    wire [1:0]        seg_err;
    wire [SLOT_W-1:0] seg_slot;
    wire              seg_dsm;
    wire [8:0]        job_count = {1'b0, job_nlb} + 9'd1;
    wire [17:0]       job_len = job_dsm ? {5'd0, job_count, 4'd0} : {job_count, 9'd0};

    nvme_prp #(.DATA_W(DATA_W), .TAG_W(SLOT_W + 1)) u_prp (
        .clk(clk), .rst(rst),
        .cmd_valid(start), .cmd_ready(walk_ready), .cmd_prp1(job_prp1), .cmd_prp2(job_prp2),
        .cmd_len(job_len), .cmd_tag({job_dsm, job_slot}),
        .seg_valid(seg_valid), .seg_ready(seg_ready), .seg_addr(req_addr), .seg_len(seg_len),
        .seg_last(seg_last), .seg_err(seg_err), .seg_tag({seg_dsm, seg_slot}),
        .req_valid(lreq_valid), .req_ready(lreq_ready), .req_addr(lreq_addr), .req_len(lreq_len),
        .dat_valid(ldat_valid), .dat_last(ldat_last), .dat_data(ldat_data),
        .dat_status(ldat_status));

    // ---- where each command's data goes
    wire             dst_valid;
    wire             dst_pop;
    wire [LBA_W-1:0] dst_lba;
    wire [7:0]       dst_nlb;

    nvme_fifo #(.W(LBA_W + 8), .DEPTH_LOG2(2)) u_dest (
        .clk(clk), .rst(rst),
        .push_valid(start), .push_ready(dst_ready), .push_data({job_lba, job_nlb}),
        .pop_valid(dst_valid), .pop_ready(dst_pop), .pop_data({dst_lba, dst_nlb}));

    // ---- segments asked for, in the order of their data
    localparam SEG_W = 11 + 1 + 2 + SLOT_W + 1;
    wire              desc_ready;
    wire              desc_push;
    wire              d_valid;
    wire              d_pop;
    wire [10:0]       d_dw;
    wire              d_last;
    wire [1:0]        d_err;
    wire [SLOT_W-1:0] d_slot;
    wire              d_dsm;

    assign req_valid = seg_valid && seg_err == 2'd0 && desc_ready;
    assign req_len   = {5'd0, seg_len};
    assign desc_push = seg_valid && desc_ready && (seg_err != 2'd0 || req_ready);
    assign seg_ready = desc_push;

    nvme_fifo #(.W(SEG_W), .DEPTH_LOG2(4)) u_segs (
        .clk(clk), .rst(rst),
        .push_valid(desc_push), .push_ready(desc_ready),
        .push_data({seg_len[12:2], seg_last, seg_err, seg_slot, seg_dsm}),
        .pop_valid(d_valid), .pop_ready(d_pop),
        .pop_data({d_dw, d_last, d_err, d_slot, d_dsm}));

    // ---- data
    reg               first_q;      // the next segment is its command's first
    reg [MEM_AW-1:0]  word_q;
    reg [POS_W-1:0]   pos_q;        // dword of the word that comes next
    reg [10:0]        done_q;       // dwords of the segment that are stored
    reg               second_q;     // the rest of the beat goes into the next word
    reg               failed_q;
    reg               end_q;        // a command's end waits for its blocks
    reg [2:0]         end_nr_q;     // so many
    reg [SLOT_W-1:0]  end_slot_q;
    reg [11:0]        end_status_q;
    wire              end_full;
    wire              blk_ready;
    wire              blk_whole;
    wire [2:0]        blk_nr;

    wire [MEM_AW-1:0] word0 = d_dsm ? {MEM_AW{1'b0}} : {dst_lba, {WPB_LOG2{1'b0}}};
    wire [MEM_AW-1:0] word  = first_q ? word0 : word_q;
    wire [MEM_AW-1:0] at    = second_q ? word + 1'b1 : word;
    wire [POS_W-1:0]  pos   = first_q ? {POS_W{1'b0}} : pos_q;
    wire [10:0]       left  = d_dw - done_q;
    wire [10:0]       take  = left < DW_WORD ? left : DW_WORD;
    wire [10:0]       pos_end = {{(11-POS_W){1'b0}}, pos} + take;
    wire              spills  = pos_end > DW_WORD;
    wire              fills   = pos_end >= DW_WORD;
    wire              take_ok = blk_ready || d_dsm;
    wire              d_good  = d_valid && d_err == 2'd0;
    wire              offered = dat_valid && d_good && !(end_full && d_last && dat_last);
    wire              part    = offered && take_ok;
    wire              beat    = part && (second_q || !spills);
    wire              seg_end = beat && dat_last;
    wire              err_end = d_valid && d_err != 2'd0 && !end_full;

    // the strobes of the beat's dwords, and dwords and strobes at their place in the word
    reg  [DW_PER_WORD-1:0]   en;
    reg  [2*DW_PER_WORD-1:0] en_at;
    reg  [2*DATA_W-1:0]      data_at;
    integer i;
    always @* begin
        for (i = 0; i < DW_PER_WORD; i = i + 1)
            en[i] = i[10:0] < take;
        en_at   = {{DW_PER_WORD{1'b0}}, en};
        data_at = {dat_data, dat_data};
        if (pos != {POS_W{1'b0}}) begin
            en_at   = {{DW_PER_WORD{1'b0}}, en} << pos;
            data_at = {{DATA_W{1'b0}}, dat_data} << {pos, 5'd0};
        end
    end
    wire [DW_PER_WORD-1:0] en_now = second_q ? en_at[2*DW_PER_WORD-1:DW_PER_WORD] :
                                               en_at[DW_PER_WORD-1:0];
    genvar g;
    generate
        for (g = 0; g < DW_PER_WORD; g = g + 1) begin : g_strb
            assign buf_strb[4*g +: 4] = {4{en_now[g]}};
        end
    endgenerate

    assign buf_valid = offered && d_dsm;
    assign buf_addr  = {at[2+WPB_LOG2:0], {(9-WPB_LOG2){1'b0}}};
    assign buf_data  = second_q ? data_at[2*DATA_W-1:DATA_W] : data_at[DATA_W-1:0];
    assign dat_ready = beat;
    assign d_pop     = seg_end || err_end;

    wire cmd_end = (seg_end && d_last) || err_end;
    wire dma_bad = failed_q || (seg_end && dat_status != 2'd0);
    assign dst_pop    = cmd_end;
    assign dsm_start  = cmd_end && d_dsm && !err_end && !dma_bad;
    assign dsm_slot   = d_slot;
    assign dsm_nr     = dst_nlb;
    assign dsm_ad     = dst_lba[0];
    assign end_valid  = end_q && (end_nr_q == 3'd0 || (end_nr_q == 3'd1 && wr_done));
    assign end_slot   = end_slot_q;
    assign end_status = end_status_q;
    assign end_full   = end_q && !end_valid;
    assign idle = !job_valid && walk_ready && !dst_valid && !d_valid && !end_q && !wr_valid;

    // ---- whole blocks; the last end waits for those before it
    nvme_blocks #(.DATA_W(DATA_W), .MEM_AW(MEM_AW), .LBA_W(LBA_W)) u_blocks (
        .clk(clk), .rst(rst),
        .in_valid(offered && !d_dsm), .in_ready(blk_ready), .in_addr(at), .in_data(buf_data),
        .in_strb(buf_strb), .in_whole(blk_whole),
        .out_valid(wr_valid), .out_lba(wr_lba), .out_word(wr_word), .out_data(wr_data),
        .out_done(wr_done), .nr(blk_nr));

    always @(posedge clk) begin
        if (rst)
            end_q <= 1'b0;
        else if (cmd_end && !dsm_start)
            end_q <= 1'b1;
        else if (end_valid)
            end_q <= 1'b0;
        if (cmd_end) begin
            end_nr_q     <= blk_nr + {2'd0, blk_whole} - {2'd0, wr_done};
            end_slot_q   <= d_slot;
            end_status_q <= dma_bad || d_err == 2'd2 ? `NVME_DATA_TRANSFER :
                            d_err == 2'd1 ? `NVME_PRP_OFFSET : `NVME_OK;
        end else if (wr_done && end_nr_q != 3'd0)
            end_nr_q <= end_nr_q - 3'd1;
    end

    always @(posedge clk) begin
        if (rst) begin
            first_q  <= 1'b1;
            second_q <= 1'b0;
            failed_q <= 1'b0;
            done_q   <= 11'd0;
            dsm_q    <= 1'b0;
        end else begin
            if (start && job_dsm)
                dsm_q <= 1'b1;
            else if (cmd_end && d_dsm)
                dsm_q <= 1'b0;
            if (part)
                second_q <= spills && !second_q;
            if (seg_end)
                done_q <= 11'd0;
            else if (beat)
                done_q <= done_q + DW_WORD;
            if (cmd_end)
                first_q <= 1'b1;
            else if (beat)
                first_q <= 1'b0;
            if (cmd_end)
                failed_q <= 1'b0;
            else if (seg_end && dat_status != 2'd0)
                failed_q <= 1'b1;
        end
        if (beat) begin
            pos_q  <= pos_end[POS_W-1:0];
            word_q <= fills ? word + 1'b1 : word;
        end
    end

    wire unused = &{1'b0, unused_ready, seg_len[1:0], dst_valid};
endmodule
`default_nettype wire
