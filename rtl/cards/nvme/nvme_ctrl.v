// SPDX-License-Identifier: Apache-2.0
//
// The NVMe controller: everything of the card but the endpoint core. One side is the core port
// (docs/core-port.md), the other the backing store's memory port (docs/tlp-port.md).
//
//   registers, doorbells   nvme_regs, nvme_queues
//   commands               nvme_fetch -> nvme_decode -> nvme_admin, nvme_read, nvme_write, nvme_erase
//   data                   nvme_prp (in reader and writer), nvme_dma, nvme_mem, nvme_adata
//   completions            nvme_slots -> nvme_cq; nvme_aer, nvme_log
//
// Commands in flight: 2**SLOT_W. Fetching, one admin command, one read, one write (its DMA asked for
// ahead over command boundaries) and one erase run at the same time. A completion entry is written
// after the command's data, its interrupt is asked for after the entry.
`include "nvme_defs.vh"
`default_nettype none
module nvme_ctrl #(
    // Data width of the core port and of the backing store: 64, 128, 256 or 512
    parameter         DATA_W           = 256,
    // log2 of the namespace's size in bytes, 20 to 40
    parameter         CAPACITY_LOG2    = 27,
    parameter         MEM_ADDR_W       = CAPACITY_LOG2 - $clog2(DATA_W / 8),
    // I/O queue pairs: 1 to 31. Interrupt vectors: one more
    parameter         NR_IO_QUEUES     = 4,
    // entries of the largest I/O queue, minus 1 (CAP.MQES): 1 to 4095
    parameter [15:0]  MQES             = 16'd255,
    // log2 of the commands in flight: 1 to 5
    parameter         SLOT_W           = 3,
    parameter [15:0]  VENDOR_ID        = 16'hF1AC,
    parameter [15:0]  SUBSYS_VENDOR_ID = 16'hF1AC,
    // tells cards apart (serial number, UUIDs); at run time +instance=N
    parameter [31:0]  INSTANCE         = 32'd1
) (
    input  wire                  clk,
    input  wire                  power_rst,     // power-on: counters of the SMART log go too
    output wire                  idle,

    // core port: state
    input  wire                  card_rst,
    input  wire                  cfg_msix_en,

    // core port: registers
    input  wire                  reg_valid,
    output wire                  reg_ready,
    input  wire                  reg_write,
    input  wire [2:0]            reg_bar,
    input  wire [31:0]           reg_addr,
    input  wire [63:0]           reg_wdata,
    input  wire [7:0]            reg_be,
    output wire                  reg_rsp_valid,
    output wire [63:0]           reg_rsp_data,
    output wire [1:0]            reg_rsp_status,

    // core port: DMA read
    output wire                  dmar_req_valid,
    input  wire                  dmar_req_ready,
    output wire [63:0]           dmar_req_addr,
    output wire [17:0]           dmar_req_len,
    output wire [7:0]            dmar_req_ctx,
    input  wire                  dmar_valid,
    output wire                  dmar_ready,
    input  wire                  dmar_last,
    input  wire [DATA_W-1:0]     dmar_data,
    input  wire [7:0]            dmar_ctx,
    input  wire [1:0]            dmar_status,

    // core port: DMA write
    output wire                  dmaw_req_valid,
    input  wire                  dmaw_req_ready,
    output wire [63:0]           dmaw_req_addr,
    output wire [17:0]           dmaw_req_len,
    output wire [7:0]            dmaw_req_ctx,
    output wire                  dmaw_valid,
    input  wire                  dmaw_ready,
    output wire [DATA_W-1:0]     dmaw_data,
    input  wire                  dmaw_done_valid,
    input  wire [7:0]            dmaw_done_ctx,
    input  wire [1:0]            dmaw_done_status,

    // core port: interrupts
    output wire                  irq_valid,
    input  wire                  irq_ready,
    output wire [10:0]           irq_vec,
    output wire                  intx,

    // backing store
    output wire                  mem_req_valid,
    input  wire                  mem_req_ready,
    output wire                  mem_req_write,
    output wire [MEM_ADDR_W-1:0] mem_req_addr,
    output wire [DATA_W-1:0]     mem_req_wdata,
    output wire [DATA_W/8-1:0]   mem_req_wstrb,
    input  wire                  mem_rsp_valid,
    input  wire [DATA_W-1:0]     mem_rsp_data
);
    localparam        NR_QUEUES    = NR_IO_QUEUES + 1;
    localparam        QW           = $clog2(NR_QUEUES);
    localparam        LBA_W        = CAPACITY_LOG2 - 9;
    localparam        NR_ERROR_LOG = 4;
    localparam [63:0] FIRMWARE     = "1.0     ";

    initial begin
        if (DATA_W != 64 && DATA_W != 128 && DATA_W != 256 && DATA_W != 512) begin
            $display("%m: DATA_W must be 64, 128, 256 or 512, is %0d", DATA_W);
            $finish;
        end
        if (NR_IO_QUEUES < 1 || NR_IO_QUEUES > 31) begin
            $display("%m: NR_IO_QUEUES must be 1 to 31, is %0d", NR_IO_QUEUES);
            $finish;
        end
        if (CAPACITY_LOG2 < 20 || CAPACITY_LOG2 > 40 ||
            MEM_ADDR_W != CAPACITY_LOG2 - $clog2(DATA_W / 8)) begin
            $display("%m: CAPACITY_LOG2 must be 20 to 40, is %0d; MEM_ADDR_W follows from it",
                     CAPACITY_LOG2);
            $finish;
        end
    end

    reg [31:0] instance_id;
    initial begin
        instance_id = INSTANCE;
`ifndef SYNTHESIS
        if (!$value$plusargs("instance=%d", instance_id))
            instance_id = INSTANCE;
`endif
    end

    // a defect planted on purpose, chosen when the model starts: README.md
    reg [3:0] bug;
    initial begin
        bug = 4'd0;
`ifndef SYNTHESIS
        if (!$value$plusargs("bug=%d", bug))
            bug = 4'd0;
`endif
    end

    wire ctl_rst, aq_init, running, fetch_en, ctl_idle, entry_sizes_ok, db_sq_valid, db_cq_valid;
    wire db_bad_reg, db_bad_val, any_work, f_ok, c_full, c_full0, c_phase, d_ien, alloc_ok;
    wire rd_is_io, any_ended, look_ended, look_none, q_busy, any_busy, f_take, f_done;
    wire sqe_req_valid, cmd_valid, cmd_bad, fetch_idle, to_admin, to_read, to_write, to_erase;
    wire dec_is_dsm, dec_ends, dec_ends_none, adm_end_valid, adm_end_none, q_create_sq;
    wire q_create_cq, q_delete_sq, q_delete_cq, q_ien, feat_set, feat_is_set, feat_io_queues;
    wire aer_push, aer_abort, read_error_log, read_smart_log, data_start, data_ns_list_empty;
    wire adm_job_valid, adm_idle, aer_full, aer_abort_hit, aer_cpl_valid, temp_critical, data_busy;
    wire adata_ns_list_empty, adata_dat_valid, adata_dat_last, adm_job_ready, adata_dat_ready;
    wire rd_mem_valid, rd_mem_last, rd_lreq_valid, rd_req_valid, rd_dat_valid, rd_end_valid;
    wire rd_idle, wr_lreq_valid, wr_req_valid, wr_dat_ready, wr_valid, buf_valid, dsm_start, dsm_ad;
    wire wr_end_valid, wr_idle, dsm_busy, er_valid, unmap_valid, er_end_valid, er_idle;
    wire rd_mem_ready, rd_mem_rsp_valid, rd_mem_rsp_last, wr_done, er_done, mem_idle;
    wire sqe_req_ready, rd_lreq_ready, wr_lreq_ready, wr_req_ready, sqe_dat_valid, rd_ldat_valid;
    wire wr_ldat_valid, wr_dat_valid, cqe_req_ready, cqe_dat_ready, cqe_done_valid, rd_req_ready;
    wire rd_dat_ready, rd_done_valid, look_free, aer_cpl_ready, c_take, d_valid, err_valid;
    wire cqe_req_valid, cqe_dat_valid, cq_fatal, cq_idle;
    wire [2:0] data_kind, adata_kind;
    wire [4:0] d_iv, q_iv;
    wire [7:0] rd_nlb, wr_nlb, dsm_nr;
    wire [11:0] buf_addr;
    wire [8:0] db_qid;
    wire [9:0] data_first, adata_idx;
    wire [11:0] look_status, dec_status, adm_end_status, feat_status, aer_cpl_status;
    wire [11:0] rd_end_status, wr_end_status, er_end_status, err_status;
    wire [15:0] asq_last, acq_last, db_sq_val, db_cq_val, c_sqhd, look_cid, q_last, data_count;
    wire [15:0] temp_over, temp_under, aer_cpl_cid, err_sqid, err_cid;
    wire [17:0] adm_job_len, rd_lreq_len, rd_req_len, wr_lreq_len, wr_req_len;
    wire [31:0] intms, look_nsid, look_lba, look_dw0, adm_end_dw0, feat_dw0, event_config;
    wire [31:0] aer_cpl_dw0, log_dw, identify_dw, err_lba, err_nsid;
    wire [63:0] asq, acq, f_addr, c_addr, sqe_req_addr, q_base, rd_lreq_addr, rd_req_addr;
    wire [63:0] wr_lreq_addr, wr_req_addr, unmap_mask, cqe_req_addr;
    wire [511:0] cmd_sqe, adm_sqe;
    wire [QW-1:0] f_cqid, fetched_sqid, look_sqid, look_cqid, f_qid, q_id, q_cqid, cqe_done_cqid;
    wire [QW-1:0] c_cqid, c_sqid, d_cqid, cqe_req_cqid;
    wire [SLOT_W:0] rd_req_ctx, rd_done_ctx;
    wire [LBA_W-7:0] unmap_word;
    wire [DATA_W-1:0] adata_dat_data, rd_dat_data, wr_data, buf_data, rd_mem_rsp_data, cqe_dat_data;
    wire [SLOT_W-1:0] alloc_slot, sqe_req_slot, adm_end_slot, adm_job_slot, rd_end_slot, dsm_slot;
    wire [SLOT_W-1:0] wr_end_slot, er_end_slot, dat_slot, look_slot;
    wire [DATA_W/8-1:0] buf_strb;
    wire [NR_QUEUES-1:0] sq_valid, cq_valid, cq_used;
    wire [MEM_ADDR_W-1:0] rd_mem_addr;
    wire [LBA_W-1:0] wr_lba, er_lba;
    wire [MEM_ADDR_W-LBA_W-1:0] wr_word;
    wire fatal, quiet, dma_idle;

    wire [31:0] cmd_cdw10 = cmd_sqe[`NVME_SQE_CDW10_R];
    wire [31:0] cmd_cdw12 = cmd_sqe[`NVME_SQE_CDW12_R];
    wire        cmd_dsm_ad = cmd_sqe[`NVME_SQE_CDW11_AD_B];

    // the slot of the command that comes out of the fetcher in the next cycle
    reg [SLOT_W-1:0] cmd_slot_q;
    reg              cmd_admin_q;
    always @(posedge clk) begin
        cmd_slot_q  <= dat_slot;
        cmd_admin_q <= fetched_sqid == {QW{1'b0}};
    end

    assign fatal = (cmd_valid && cmd_bad) || cq_fatal;
    assign quiet = !any_busy && cq_idle && rd_idle && wr_idle && er_idle && adm_idle && mem_idle;

    // idle only after some quiet cycles, so that nothing is under way between blocks
    wire       quiet_now = quiet && ctl_idle && fetch_idle && !aer_cpl_valid && dma_idle && !card_rst &&
                     !reg_valid;
    reg  [2:0] quiet_q;
    assign idle = quiet_now && (&quiet_q);
    always @(posedge clk) begin
        if (!quiet_now)
            quiet_q <= 3'd0;
        else if (!(&quiet_q))
            quiet_q <= quiet_q + 3'd1;
    end

    nvme_regs #(.MQES(MQES)) u_regs (
        .clk(clk), .rst(card_rst), .bug(bug), .reg_valid(reg_valid), .reg_ready(reg_ready),
        .reg_write(reg_write), .reg_bar(reg_bar), .reg_addr(reg_addr), .reg_wdata(reg_wdata),
        .reg_be(reg_be), .reg_rsp_valid(reg_rsp_valid), .reg_rsp_data(reg_rsp_data),
        .reg_rsp_status(reg_rsp_status), .ctl_rst(ctl_rst), .aq_init(aq_init), .running(running),
        .fetch_en(fetch_en), .ctl_idle(ctl_idle), .quiet(quiet), .fatal(fatal), .asq(asq),
        .acq(acq), .asq_last(asq_last), .acq_last(acq_last), .entry_sizes_ok(entry_sizes_ok),
        .intms(intms), .db_sq_valid(db_sq_valid), .db_cq_valid(db_cq_valid), .db_qid(db_qid),
        .db_sq_val(db_sq_val), .db_cq_val(db_cq_val));

    nvme_queues #(.NR_QUEUES(NR_QUEUES), .QW(QW), .SLOT_W(SLOT_W)) u_queues (
        .clk(clk), .rst(ctl_rst), .init(aq_init), .asq(asq), .acq(acq), .asq_last(asq_last),
        .acq_last(acq_last), .db_sq_valid(db_sq_valid), .db_cq_valid(db_cq_valid), .db_qid(db_qid),
        .db_sq_val(db_sq_val), .db_cq_val(db_cq_val), .db_bad_reg(db_bad_reg),
        .db_bad_val(db_bad_val), .any_work(any_work), .f_qid(f_qid), .f_ok(f_ok), .f_addr(f_addr),
        .f_cqid(f_cqid), .f_take(f_take), .f_done(f_done), .f_done_qid(fetched_sqid),
        .c_cqid(c_cqid), .c_sqid(c_sqid), .c_full(c_full), .c_full0(c_full0), .c_addr(c_addr),
        .c_phase(c_phase), .c_sqhd(c_sqhd), .c_take(c_take), .s_free(look_free),
        .s_free_cqid(look_cqid), .d_valid(d_valid), .d_cqid(d_cqid), .d_ien(d_ien), .d_iv(d_iv),
        .intms(intms), .intx(intx), .sq_valid(sq_valid), .cq_valid(cq_valid), .cq_used(cq_used),
        .q_create_sq(q_create_sq), .q_create_cq(q_create_cq), .q_delete_sq(q_delete_sq),
        .q_delete_cq(q_delete_cq), .q_id(q_id), .q_base(q_base), .q_last(q_last), .q_cqid(q_cqid),
        .q_ien(q_ien), .q_iv(q_iv));

    nvme_slots #(.QW(QW), .SLOT_W(SLOT_W)) u_slots (
        .clk(clk), .rst(ctl_rst), .alloc_ok(alloc_ok), .alloc_slot(alloc_slot), .alloc_take(f_take),
        .alloc_sqid(f_qid), .alloc_cqid(f_cqid), .fetched_slot(dat_slot),
        .fetched_sqid(fetched_sqid), .dec_valid(cmd_valid), .dec_slot(cmd_slot_q),
        .dec_cid(cmd_sqe[`NVME_SQE_CID_R]), .dec_nsid(cmd_sqe[`NVME_SQE_NSID_R]),
        .dec_lba(cmd_admin_q ? 32'd0 : cmd_cdw10), .dec_nlb(cmd_cdw12[7:0]), .dec_ends(dec_ends),
        .dec_none(dec_ends_none), .dec_status(dec_status), .adm_valid(adm_end_valid),
        .adm_slot(adm_end_slot), .adm_none(adm_end_none), .adm_status(adm_end_status),
        .adm_dw0(adm_end_dw0), .rd_valid(rd_end_valid), .rd_slot(rd_end_slot),
        .rd_status(rd_end_status), .rd_nlb(rd_nlb), .rd_is_io(rd_is_io), .wr_valid(wr_end_valid),
        .wr_slot(wr_end_slot), .wr_status(wr_end_status), .wr_nlb(wr_nlb), .zr_valid(er_end_valid),
        .zr_slot(er_end_slot), .zr_status(er_end_status), .any_ended(any_ended),
        .look_slot(look_slot), .look_ended(look_ended), .look_none(look_none),
        .look_sqid(look_sqid), .look_cqid(look_cqid), .look_cid(look_cid), .look_nsid(look_nsid),
        .look_lba(look_lba), .look_status(look_status), .look_dw0(look_dw0), .look_free(look_free),
        .busy_qid(q_id), .busy(q_busy), .any_busy(any_busy));

    nvme_fetch #(.DATA_W(DATA_W), .NR_QUEUES(NR_QUEUES), .QW(QW), .SLOT_W(SLOT_W)) u_fetch (
        .clk(clk), .rst(ctl_rst), .en(fetch_en), .any_work(any_work), .f_qid(f_qid), .f_ok(f_ok),
        .f_addr(f_addr), .f_take(f_take), .f_done(f_done), .alloc_ok(alloc_ok),
        .alloc_slot(alloc_slot), .req_valid(sqe_req_valid), .req_ready(sqe_req_ready),
        .req_addr(sqe_req_addr), .req_slot(sqe_req_slot), .dat_valid(sqe_dat_valid),
        .dat_last(dmar_last), .dat_data(dmar_data), .dat_status(dmar_status), .cmd_valid(cmd_valid),
        .cmd_bad(cmd_bad), .cmd_sqe(cmd_sqe), .idle(fetch_idle));

    nvme_decode #(.LBA_W(LBA_W)) u_decode (
        .valid(cmd_valid), .bad(cmd_bad), .is_admin(cmd_admin_q), .sqe(cmd_sqe),
        .to_admin(to_admin), .to_read(to_read), .to_write(to_write), .to_erase(to_erase),
        .is_dsm(dec_is_dsm), .ends(dec_ends), .ends_none(dec_ends_none), .status(dec_status));

    nvme_admin #(.NR_QUEUES(NR_QUEUES), .QW(QW), .SLOT_W(SLOT_W), .MQES(MQES)) u_admin (
        .clk(clk), .rst(ctl_rst), .cmd_valid(to_admin), .cmd_slot(cmd_slot_q), .cmd_sqe(cmd_sqe),
        .end_valid(adm_end_valid), .end_slot(adm_end_slot), .end_none(adm_end_none),
        .end_status(adm_end_status), .end_dw0(adm_end_dw0), .entry_sizes_ok(entry_sizes_ok),
        .sq_valid(sq_valid), .cq_valid(cq_valid), .cq_used(cq_used), .q_create_sq(q_create_sq),
        .q_create_cq(q_create_cq), .q_delete_sq(q_delete_sq), .q_delete_cq(q_delete_cq),
        .q_id(q_id), .q_base(q_base), .q_last(q_last), .q_cqid(q_cqid), .q_ien(q_ien), .q_iv(q_iv),
        .q_busy(q_busy), .feat_set(feat_set), .feat_is_set(feat_is_set),
        .feat_io_queues(feat_io_queues), .feat_status(feat_status), .feat_dw0(feat_dw0),
        .aer_push(aer_push), .aer_full(aer_full), .aer_abort(aer_abort),
        .aer_abort_hit(aer_abort_hit), .read_error_log(read_error_log),
        .read_smart_log(read_smart_log), .data_start(data_start), .data_kind(data_kind),
        .data_first(data_first), .data_count(data_count), .data_ns_list_empty(data_ns_list_empty),
        .data_busy(data_busy), .job_valid(adm_job_valid), .job_ready(adm_job_ready),
        .job_slot(adm_job_slot), .job_len(adm_job_len), .sqe(adm_sqe), .idle(adm_idle));

    nvme_features #(.NR_IO_QUEUES(NR_IO_QUEUES)) u_features (
        .clk(clk), .rst(ctl_rst), .set(feat_set), .is_set(feat_is_set),
        .nsid(adm_sqe[`NVME_SQE_NSID_R]), .cdw10(adm_sqe[`NVME_SQE_CDW10_R]),
        .cdw11(adm_sqe[`NVME_SQE_CDW11_R]), .io_queues_exist(feat_io_queues), .status(feat_status),
        .dw0(feat_dw0), .temp_over(temp_over), .temp_under(temp_under),
        .event_config(event_config));

    nvme_aer u_aer (
        .clk(clk), .rst(ctl_rst), .push(aer_push), .push_cid(adm_sqe[`NVME_SQE_CID_R]),
        .full(aer_full), .abort(aer_abort), .abort_cid(adm_sqe[`NVME_SQE_CDW10_HI_R]),
        .abort_hit(aer_abort_hit), .bad_reg(db_bad_reg), .bad_val(db_bad_val),
        .temp_critical(temp_critical), .temp_enabled(event_config[1]),
        .read_error_log(read_error_log), .read_smart_log(read_smart_log), .cpl_valid(aer_cpl_valid),
        .cpl_ready(aer_cpl_ready), .cpl_cid(aer_cpl_cid), .cpl_status(aer_cpl_status),
        .cpl_dw0(aer_cpl_dw0));

    nvme_log #(.FIRMWARE(FIRMWARE), .NR_ERROR_LOG(NR_ERROR_LOG)) u_log (
        .clk(clk), .power_rst(power_rst),
        .read_valid(rd_end_valid && rd_is_io && rd_end_status == `NVME_OK), .read_nlb(rd_nlb),
        .write_valid(wr_end_valid && wr_end_status == `NVME_OK), .write_nlb(wr_nlb),
        .err_valid(err_valid), .err_sqid(err_sqid), .err_cid(err_cid), .err_status(err_status),
        .err_lba(err_lba), .err_nsid(err_nsid), .err_doorbell(db_bad_reg || db_bad_val),
        .temp_over(temp_over), .temp_under(temp_under), .temp_critical(temp_critical),
        .kind(adata_kind), .idx(adata_idx[6:0]), .dw(log_dw));

    nvme_identify #(
        .VENDOR_ID(VENDOR_ID), .SUBSYS_VENDOR_ID(SUBSYS_VENDOR_ID), .FIRMWARE(FIRMWARE),
        .LBA_W(LBA_W), .NR_ERROR_LOG(NR_ERROR_LOG)
    ) u_identify (
        .kind(adata_kind), .idx(adata_idx), .ns_list_empty(adata_ns_list_empty),
        .instance_id(instance_id), .dw(identify_dw));

    nvme_adata #(.DATA_W(DATA_W)) u_adata (
        .clk(clk), .rst(ctl_rst), .start(data_start), .start_kind(data_kind),
        .start_first(data_first), .start_count(data_count),
        .start_ns_list_empty(data_ns_list_empty), .busy(data_busy), .kind(adata_kind),
        .idx(adata_idx), .ns_list_empty(adata_ns_list_empty), .identify_dw(identify_dw),
        .log_dw(log_dw), .dat_valid(adata_dat_valid), .dat_ready(adata_dat_ready),
        .dat_last(adata_dat_last), .dat_data(adata_dat_data));

    nvme_read #(.DATA_W(DATA_W), .MEM_AW(MEM_ADDR_W), .SLOT_W(SLOT_W), .LBA_W(LBA_W)) u_read (
        .clk(clk), .rst(ctl_rst), .bug(bug), .io_valid(to_read),
        .io_slot(cmd_slot_q),
        .io_lba(cmd_cdw10[LBA_W-1:0]), .io_nlb(cmd_cdw12[7:0]), .io_prp1(cmd_sqe[`NVME_SQE_PRP1_R]),
        .io_prp2(cmd_sqe[`NVME_SQE_PRP2_R]), .adm_valid(adm_job_valid), .adm_ready(adm_job_ready),
        .adm_slot(adm_job_slot), .adm_len(adm_job_len), .adm_prp1(adm_sqe[`NVME_SQE_PRP1_R]),
        .adm_prp2(adm_sqe[`NVME_SQE_PRP2_R]), .adat_valid(adata_dat_valid),
        .adat_ready(adata_dat_ready), .adat_last(adata_dat_last), .adat_data(adata_dat_data),
        .mem_valid(rd_mem_valid), .mem_ready(rd_mem_ready), .mem_addr(rd_mem_addr),
        .mem_last(rd_mem_last), .mem_rsp_valid(rd_mem_rsp_valid), .mem_rsp_last(rd_mem_rsp_last),
        .mem_rsp_data(rd_mem_rsp_data), .lreq_valid(rd_lreq_valid), .lreq_ready(rd_lreq_ready),
        .lreq_addr(rd_lreq_addr), .lreq_len(rd_lreq_len), .ldat_valid(rd_ldat_valid),
        .ldat_last(dmar_last), .ldat_data(dmar_data), .ldat_status(dmar_status),
        .req_valid(rd_req_valid), .req_ready(rd_req_ready), .req_addr(rd_req_addr),
        .req_len(rd_req_len), .req_ctx(rd_req_ctx), .dat_valid(rd_dat_valid),
        .dat_ready(rd_dat_ready), .dat_data(rd_dat_data), .done_valid(rd_done_valid),
        .done_ctx(rd_done_ctx), .done_status(dmaw_done_status), .end_valid(rd_end_valid),
        .end_slot(rd_end_slot), .end_status(rd_end_status), .idle(rd_idle));

    nvme_write #(.DATA_W(DATA_W), .MEM_AW(MEM_ADDR_W), .SLOT_W(SLOT_W), .LBA_W(LBA_W)) u_write (
        .clk(clk), .rst(ctl_rst), .job_in_valid(to_write), .job_in_slot(cmd_slot_q),
        .job_in_dsm(dec_is_dsm),
        .job_in_lba(dec_is_dsm ? {{(LBA_W-1){1'b0}}, cmd_dsm_ad} : cmd_cdw10[LBA_W-1:0]),
        .job_in_nlb(dec_is_dsm ? cmd_cdw10[7:0] : cmd_cdw12[7:0]),
        .job_in_prp1(cmd_sqe[`NVME_SQE_PRP1_R]), .job_in_prp2(cmd_sqe[`NVME_SQE_PRP2_R]),
        .lreq_valid(wr_lreq_valid), .lreq_ready(wr_lreq_ready), .lreq_addr(wr_lreq_addr),
        .lreq_len(wr_lreq_len), .ldat_valid(wr_ldat_valid), .ldat_last(dmar_last),
        .ldat_data(dmar_data), .ldat_status(dmar_status), .req_valid(wr_req_valid),
        .req_ready(wr_req_ready), .req_addr(wr_req_addr), .req_len(wr_req_len),
        .dat_valid(wr_dat_valid), .dat_ready(wr_dat_ready), .dat_last(dmar_last),
        .dat_data(dmar_data), .dat_status(dmar_status), .wr_valid(wr_valid), .wr_lba(wr_lba),
        .wr_word(wr_word), .wr_data(wr_data), .wr_done(wr_done), .buf_valid(buf_valid),
        .buf_addr(buf_addr), .buf_data(buf_data), .buf_strb(buf_strb),
        .dsm_busy(dsm_busy), .dsm_start(dsm_start), .dsm_slot(dsm_slot), .dsm_nr(dsm_nr),
        .dsm_ad(dsm_ad), .end_valid(wr_end_valid), .end_slot(wr_end_slot),
        .end_status(wr_end_status), .idle(wr_idle));

    nvme_erase #(.DATA_W(DATA_W), .SLOT_W(SLOT_W), .LBA_W(LBA_W)) u_erase (
        .clk(clk), .rst(ctl_rst), .wz_valid(to_erase), .wz_slot(cmd_slot_q),
        .wz_lba(cmd_cdw10[LBA_W-1:0]), .wz_nlb(cmd_cdw12[15:0]), .buf_valid(buf_valid),
        .buf_data(buf_data), .buf_strb(buf_strb), .buf_addr(buf_addr), .dsm_start(dsm_start),
        .dsm_slot(dsm_slot), .dsm_nr(dsm_nr), .dsm_ad(dsm_ad), .dsm_busy(dsm_busy),
        .er_valid(er_valid), .er_lba(er_lba), .er_done(er_done), .unmap_valid(unmap_valid),
        .unmap_word(unmap_word), .unmap_mask(unmap_mask), .end_valid(er_end_valid),
        .end_slot(er_end_slot), .end_status(er_end_status), .idle(er_idle));

    nvme_mem #(.DATA_W(DATA_W), .MEM_AW(MEM_ADDR_W), .LBA_W(LBA_W)) u_mem (
        .clk(clk), .rst(ctl_rst), .rd_valid(rd_mem_valid), .rd_ready(rd_mem_ready),
        .rd_addr(rd_mem_addr), .rd_last(rd_mem_last), .rd_rsp_valid(rd_mem_rsp_valid),
        .rd_rsp_last(rd_mem_rsp_last), .rd_rsp_data(rd_mem_rsp_data),
        .wr_valid(wr_valid), .wr_lba(wr_lba), .wr_word(wr_word), .wr_data(wr_data),
        .wr_done(wr_done), .er_valid(er_valid), .er_lba(er_lba), .er_done(er_done),
        .unmap_valid(unmap_valid), .unmap_word(unmap_word), .unmap_mask(unmap_mask),
        .mem_req_valid(mem_req_valid), .mem_req_ready(mem_req_ready), .mem_req_write(mem_req_write),
        .mem_req_addr(mem_req_addr), .mem_req_wdata(mem_req_wdata), .mem_req_wstrb(mem_req_wstrb),
        .mem_rsp_valid(mem_rsp_valid), .mem_rsp_data(mem_rsp_data), .idle(mem_idle));

    nvme_dma #(.DATA_W(DATA_W), .QW(QW), .SLOT_W(SLOT_W)) u_dma (
        .clk(clk), .rst(ctl_rst), .bug(bug), .idle(dma_idle),
        .sqe_valid(sqe_req_valid), .sqe_ready(sqe_req_ready),
        .sqe_addr(sqe_req_addr), .sqe_slot(sqe_req_slot), .rl_valid(rd_lreq_valid),
        .rl_ready(rd_lreq_ready), .rl_addr(rd_lreq_addr), .rl_len(rd_lreq_len),
        .wl_valid(wr_lreq_valid), .wl_ready(wr_lreq_ready), .wl_addr(wr_lreq_addr),
        .wl_len(wr_lreq_len), .wd_valid(wr_req_valid), .wd_ready(wr_req_ready),
        .wd_addr(wr_req_addr), .wd_len(wr_req_len), .sqe_dat_valid(sqe_dat_valid),
        .rl_dat_valid(rd_ldat_valid), .wl_dat_valid(wr_ldat_valid), .wd_dat_valid(wr_dat_valid),
        .wd_dat_ready(wr_dat_ready), .dat_slot(dat_slot), .cqe_valid(cqe_req_valid),
        .cqe_ready(cqe_req_ready), .cqe_addr(cqe_req_addr), .cqe_cqid(cqe_req_cqid),
        .cqe_dat_valid(cqe_dat_valid), .cqe_dat_ready(cqe_dat_ready), .cqe_dat(cqe_dat_data),
        .cqe_done(cqe_done_valid), .cqe_done_cqid(cqe_done_cqid), .rd_valid(rd_req_valid),
        .rd_ready(rd_req_ready), .rd_addr(rd_req_addr), .rd_len(rd_req_len), .rd_ctx(rd_req_ctx),
        .rd_dat_valid(rd_dat_valid), .rd_dat_ready(rd_dat_ready), .rd_dat(rd_dat_data),
        .rd_done(rd_done_valid), .rd_done_ctx(rd_done_ctx), .dmar_req_valid(dmar_req_valid),
        .dmar_req_ready(dmar_req_ready), .dmar_req_addr(dmar_req_addr), .dmar_req_len(dmar_req_len),
        .dmar_req_ctx(dmar_req_ctx), .dmar_valid(dmar_valid), .dmar_ready(dmar_ready),
        .dmar_ctx(dmar_ctx), .dmaw_req_valid(dmaw_req_valid), .dmaw_req_ready(dmaw_req_ready),
        .dmaw_req_addr(dmaw_req_addr), .dmaw_req_len(dmaw_req_len), .dmaw_req_ctx(dmaw_req_ctx),
        .dmaw_valid(dmaw_valid), .dmaw_ready(dmaw_ready), .dmaw_data(dmaw_data),
        .dmaw_done_valid(dmaw_done_valid), .dmaw_done_ctx(dmaw_done_ctx));

    nvme_cq #(.DATA_W(DATA_W), .QW(QW), .SLOT_W(SLOT_W)) u_cq (
        .clk(clk), .rst(ctl_rst), .bug(bug), .drop(!running), .any_ended(any_ended),
        .look_slot(look_slot),
        .look_ended(look_ended), .look_none(look_none), .look_sqid(look_sqid),
        .look_cqid(look_cqid), .look_cid(look_cid), .look_nsid(look_nsid), .look_lba(look_lba),
        .look_status(look_status), .look_dw0(look_dw0), .look_free(look_free),
        .aer_valid(aer_cpl_valid), .aer_ready(aer_cpl_ready), .aer_cid(aer_cpl_cid),
        .aer_status(aer_cpl_status), .aer_dw0(aer_cpl_dw0), .c_cqid(c_cqid), .c_sqid(c_sqid),
        .c_full(c_full), .c_full0(c_full0), .c_addr(c_addr), .c_phase(c_phase), .c_sqhd(c_sqhd),
        .c_take(c_take), .d_valid(d_valid), .d_cqid(d_cqid), .d_ien(d_ien), .d_iv(d_iv),
        .err_valid(err_valid), .err_sqid(err_sqid), .err_cid(err_cid), .err_status(err_status),
        .err_lba(err_lba), .err_nsid(err_nsid), .req_valid(cqe_req_valid),
        .req_ready(cqe_req_ready), .req_addr(cqe_req_addr), .req_cqid(cqe_req_cqid),
        .dat_valid(cqe_dat_valid), .dat_ready(cqe_dat_ready), .dat_data(cqe_dat_data),
        .done_valid(cqe_done_valid), .done_cqid(cqe_done_cqid), .done_status(dmaw_done_status),
        .msix_en(cfg_msix_en), .intms(intms), .irq_valid(irq_valid), .irq_ready(irq_ready),
        .irq_vec(irq_vec), .fatal(cq_fatal), .idle(cq_idle));

    wire unused = &{1'b0, event_config[31:2], event_config[0], adm_sqe[511:384],
                     adm_sqe[191:64], adm_sqe[15:0], cmd_cdw12[31:16]};
endmodule
`default_nettype wire
