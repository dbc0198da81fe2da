// SPDX-License-Identifier: Apache-2.0
//
// Admin commands, one after another: judges them, creates and deletes queues, starts the data of
// Identify and Get Log Page (nvme_adata makes it, nvme_read sends it and ends the command). Deleting a
// submission queue waits until its commands in flight have ended.
`include "nvme_defs.vh"
`default_nettype none
module nvme_admin #(
    parameter        NR_QUEUES = 5,
    parameter        QW        = 3,
    parameter        SLOT_W    = 3,
    parameter [15:0] MQES      = 16'd255
) (
    input  wire                 clk,
    input  wire                 rst,

    input  wire                 cmd_valid,
    input  wire [SLOT_W-1:0]    cmd_slot,
    input  wire [511:0]         cmd_sqe,

    // ends of commands
    output wire                 end_valid,
    output wire [SLOT_W-1:0]    end_slot,
    output wire                 end_none,
    output wire [11:0]          end_status,
    output wire [31:0]          end_dw0,

    // queues
    input  wire                 entry_sizes_ok,
    input  wire [NR_QUEUES-1:0] sq_valid,
    input  wire [NR_QUEUES-1:0] cq_valid,
    input  wire [NR_QUEUES-1:0] cq_used,
    output wire                 q_create_sq,
    output wire                 q_create_cq,
    output wire                 q_delete_sq,
    output wire                 q_delete_cq,
    output wire [QW-1:0]        q_id,
    output wire [63:0]          q_base,
    output wire [15:0]          q_last,
    output wire [QW-1:0]        q_cqid,
    output wire                 q_ien,
    output wire [4:0]           q_iv,
    input  wire                 q_busy,         // commands of queue q_id are in flight

    // features
    output wire                 feat_set,
    output wire                 feat_is_set,
    output wire                 feat_io_queues,
    input  wire [11:0]          feat_status,
    input  wire [31:0]          feat_dw0,

    // asynchronous events
    output wire                 aer_push,
    input  wire                 aer_full,
    output wire                 aer_abort,
    input  wire                 aer_abort_hit,
    output wire                 read_error_log,
    output wire                 read_smart_log,

    // data to the host
    output wire                 data_start,
    output wire [2:0]           data_kind,
    output wire [9:0]           data_first,
    output wire [15:0]          data_count,
    output wire                 data_ns_list_empty,
    input  wire                 data_busy,
    output wire                 job_valid,
    input  wire                 job_ready,
    output wire [SLOT_W-1:0]    job_slot,
    output wire [17:0]          job_len,

    // the command that is looked at
    output wire [511:0]         sqe,
    output wire                 idle
);
    localparam [7:0] OP_DELETE_SQ = 8'h00,
                     OP_CREATE_SQ = 8'h01,
                     OP_GET_LOG   = 8'h02,
                     OP_DELETE_CQ = 8'h04,
                     OP_CREATE_CQ = 8'h05,
                     OP_IDENTIFY  = 8'h06,
                     OP_ABORT     = 8'h08,
                     OP_SET_FEAT  = 8'h09,
                     OP_GET_FEAT  = 8'h0A,
                     OP_AER       = 8'h0C;
    localparam [15:0] NR_IO = NR_QUEUES[15:0] - 16'd1;

    localparam [1:0] ST_EXEC  = 2'd0,
                     ST_DRAIN = 2'd1,
                     ST_JOB   = 2'd2;

    reg [1:0] state_q;

    wire              valid;
    wire              pop;
    wire [SLOT_W-1:0] slot;
    wire              unused_ready;
    nvme_fifo #(.W(SLOT_W + 512), .DEPTH_LOG2(SLOT_W)) u_cmds (
        .clk(clk), .rst(rst),
        .push_valid(cmd_valid), .push_ready(unused_ready), .push_data({cmd_slot, cmd_sqe}),
        .pop_valid(valid), .pop_ready(pop), .pop_data({slot, sqe}));

    wire [7:0]  opc   = sqe[`NVME_SQE_OPC_R];
    wire [31:0] nsid  = sqe[`NVME_SQE_NSID_R];
    wire [63:0] prp1  = sqe[`NVME_SQE_PRP1_R];
    wire [31:0] cdw10 = sqe[`NVME_SQE_CDW10_R];
    wire [31:0] cdw11 = sqe[`NVME_SQE_CDW11_R];
    wire [31:0] cdw12 = sqe[`NVME_SQE_CDW12_R];
    wire [31:0] cdw13 = sqe[`NVME_SQE_CDW13_R];

    // ---- queues
    wire [15:0]   qid    = cdw10[15:0];
    wire [15:0]   qsize  = cdw10[31:16];
    wire [15:0]   cqid   = cdw11[31:16];
    wire          qid_ok = qid != 16'd0 && qid <= NR_IO;
    wire          cqid_ok = cqid != 16'd0 && cqid <= NR_IO;
    wire [QW-1:0] qidx   = qid[QW-1:0];
    wire          has_sq = qid_ok && sq_valid[qidx];
    wire          has_cq = qid_ok && cq_valid[qidx];
    wire          size_ok = qsize != 16'd0 && qsize <= MQES;

    assign q_id   = qidx;
    assign q_base = prp1;
    assign q_last = qsize;
    assign q_cqid = cdw11[16 +: QW];
    assign q_ien  = cdw11[1];
    assign q_iv   = cdw11[20:16];

    reg [11:0] create_sq;
    always @* begin
        create_sq = `NVME_OK;
        if (!qid_ok || has_sq)
            create_sq = `NVME_INVALID_QID;
        else if (!size_ok)
            create_sq = `NVME_INVALID_QSIZE;
        else if (!cqid_ok)
            create_sq = `NVME_INVALID_QID;
        else if (!cq_valid[cdw11[16 +: QW]])
            create_sq = `NVME_CQ_INVALID;
        else if (!cdw11[0] || !entry_sizes_ok)
            create_sq = `NVME_INVALID_FIELD;
        else if (prp1[11:0] != 12'd0)
            create_sq = `NVME_PRP_OFFSET;
    end

    reg [11:0] create_cq;
    always @* begin
        create_cq = `NVME_OK;
        if (!qid_ok || has_cq)
            create_cq = `NVME_INVALID_QID;
        else if (!size_ok)
            create_cq = `NVME_INVALID_QSIZE;
        else if (cdw11[31:16] > NR_IO)
            create_cq = `NVME_INVALID_VECTOR;
        else if (!cdw11[0] || !entry_sizes_ok)
            create_cq = `NVME_INVALID_FIELD;
        else if (prp1[11:0] != 12'd0)
            create_cq = `NVME_PRP_OFFSET;
    end

    // ---- Identify
    reg [11:0] identify;
    reg [2:0]  id_kind;
    always @* begin
        identify = `NVME_OK;
        id_kind  = `NVME_DATA_ID_CTRL;
        case (cdw10[7:0])
            8'h00, 8'h03: begin
                id_kind = cdw10[0] ? `NVME_DATA_NS_DESC : `NVME_DATA_ID_NS;
                if (nsid != 32'd1)
                    identify = `NVME_INVALID_NS;
            end
            8'h01:
                id_kind = `NVME_DATA_ID_CTRL;
            8'h02: begin
                id_kind = `NVME_DATA_NS_LIST;
                if (nsid >= 32'hFFFF_FFFE)
                    identify = `NVME_INVALID_NS;
            end
            default:
                identify = `NVME_INVALID_FIELD;
        endcase
    end

    // ---- Get Log Page
    wire [31:0] nr_dw_m1 = {cdw11[15:0], cdw10[31:16]};
    wire [63:0] offset   = {cdw13, cdw12};
    reg  [11:0] get_log;
    reg  [2:0]  log_kind;
    reg  [63:0] log_size;
    always @* begin
        get_log  = `NVME_OK;
        log_kind = `NVME_DATA_LOG_ERROR;
        log_size = 64'd512;
        case (cdw10[7:0])
            8'h01:   log_size = 64'd256;
            8'h02:   log_kind = `NVME_DATA_LOG_SMART;
            8'h03:   log_kind = `NVME_DATA_LOG_FW;
            default: get_log  = `NVME_INVALID_LOG;
        endcase
        if (get_log == `NVME_OK)
            if (nr_dw_m1[31:15] != 17'd0 || offset[1:0] != 2'd0 || offset > log_size ||
                (cdw10[7:0] == 8'h02 && nsid != 32'd0 && nsid != 32'hFFFF_FFFF))
                get_log = `NVME_INVALID_FIELD;
    end

    // ---- the verdict
    reg [11:0] status;
    always @* begin
        case (opc)
            OP_DELETE_SQ: status = has_sq ? `NVME_OK : `NVME_INVALID_QID;
            OP_CREATE_SQ: status = create_sq;
            OP_GET_LOG:   status = get_log;
            OP_DELETE_CQ: status = !has_cq ? `NVME_INVALID_QID :
                                   cq_used[qidx] ? `NVME_INVALID_QDEL : `NVME_OK;
            OP_CREATE_CQ: status = create_cq;
            OP_IDENTIFY:  status = identify;
            OP_ABORT:     status = `NVME_OK;
            OP_SET_FEAT,
            OP_GET_FEAT:  status = feat_status;
            OP_AER:       status = aer_full ? `NVME_AER_LIMIT : `NVME_OK;
            default:      status = `NVME_INVALID_OPCODE;
        endcase
        if (status != `NVME_INVALID_OPCODE &&
            (sqe[`NVME_SQE_FUSE_R] != 2'd0 || sqe[`NVME_SQE_PSDT_R] != 2'd0))
            status = `NVME_INVALID_FIELD;
    end

    wire exec    = state_q == ST_EXEC && valid;
    wire good    = exec && status == `NVME_OK;
    wire is_data = opc == OP_IDENTIFY || opc == OP_GET_LOG;
    wire is_feat = opc == OP_SET_FEAT || opc == OP_GET_FEAT;
    wire drained = state_q == ST_DRAIN && !q_busy;

    assign q_create_sq = good && opc == OP_CREATE_SQ;
    assign q_create_cq = good && opc == OP_CREATE_CQ;
    assign q_delete_sq = good && opc == OP_DELETE_SQ;
    assign q_delete_cq = good && opc == OP_DELETE_CQ;

    assign feat_set       = good && opc == OP_SET_FEAT;
    assign feat_is_set    = opc == OP_SET_FEAT;
    assign feat_io_queues = sq_valid[NR_QUEUES-1:1] != {(NR_QUEUES-1){1'b0}} ||
                            cq_valid[NR_QUEUES-1:1] != {(NR_QUEUES-1){1'b0}};

    assign aer_push  = good && opc == OP_AER;
    assign aer_abort = good && opc == OP_ABORT && cdw10[15:0] == 16'd0;

    assign data_start = good && is_data && !data_busy;
    assign data_kind  = opc == OP_IDENTIFY ? id_kind : log_kind;
    assign data_first = opc == OP_IDENTIFY ? 10'd0 : offset[11:2];
    assign data_count = opc == OP_IDENTIFY ? 16'd1024 : nr_dw_m1[15:0] + 16'd1;
    assign data_ns_list_empty = nsid != 32'd0;
    assign read_error_log = data_start && opc == OP_GET_LOG && cdw10[7:0] == 8'h01 && !cdw10[15];
    assign read_smart_log = data_start && opc == OP_GET_LOG && cdw10[7:0] == 8'h02 && !cdw10[15];

    assign job_valid = state_q == ST_JOB;
    assign job_slot  = slot;
    assign job_len   = {data_count, 2'b00};

    assign end_valid  = (exec && (!good || !(is_data || opc == OP_DELETE_SQ))) || drained;
    assign end_slot   = slot;
    assign end_none   = good && opc == OP_AER;
    assign end_status = state_q == ST_DRAIN ? `NVME_OK : status;
    assign end_dw0    = !good ? 32'd0 : is_feat ? feat_dw0 :
                        opc == OP_ABORT ? {31'd0, !(aer_abort && aer_abort_hit)} : 32'd0;
    assign pop        = end_valid || (job_valid && job_ready);
    assign idle       = !valid && !data_busy;

    always @(posedge clk) begin
        if (rst) begin
            state_q <= ST_EXEC;
        end else begin
            case (state_q)
                ST_EXEC:
                    if (data_start)
                        state_q <= ST_JOB;
                    else if (q_delete_sq)
                        state_q <= ST_DRAIN;
                ST_DRAIN:
                    if (drained)
                        state_q <= ST_EXEC;
                default:
                    if (job_ready)
                        state_q <= ST_EXEC;
            endcase
        end
    end

    wire unused = &{1'b0, unused_ready, sqe[511:448], cdw11[15:2]};
endmodule
`default_nettype wire
