// SPDX-License-Identifier: Apache-2.0
//
// Controller registers (NVMe 1.4, 3.1) and the controller's life: off, starting, running, stopping,
// failed. A register read is answered in the next cycle; writes are never refused. Doorbell writes
// leave as pulses in the next cycle, in order, both halves of a quadword at once.
//
// CC.EN 1 to 0 stops fetching, waits until every command that was fetched has come to its end (their
// completions are dropped), and only then clears CSTS.RDY. ctl_rst is 1 while the controller is off.
`default_nettype none
module nvme_regs #(
    // CAP.MQES: entries of the largest I/O queue, minus 1
    parameter [15:0] MQES = 16'd255
) (
    input  wire        clk,
    input  wire        rst,
    // number of the planted defect, constant
    input  wire [3:0]  bug,

    // register accesses (core port)
    input  wire        reg_valid,
    output wire        reg_ready,
    input  wire        reg_write,
    input  wire [2:0]  reg_bar,
    input  wire [31:0] reg_addr,
    input  wire [63:0] reg_wdata,
    input  wire [7:0]  reg_be,
    output wire        reg_rsp_valid,
    output wire [63:0] reg_rsp_data,
    output wire [1:0]  reg_rsp_status,

    // state of the controller
    output wire        ctl_rst,
    output wire        aq_init,
    output wire        running,
    output wire        fetch_en,
    output wire        ctl_idle,
    input  wire        quiet,
    input  wire        fatal,

    // what other blocks need of the registers
    output wire [63:0] asq,
    output wire [63:0] acq,
    output wire [15:0] asq_last,
    output wire [15:0] acq_last,
    output wire        entry_sizes_ok,
    output wire [31:0] intms,

    // doorbells
    output wire        db_sq_valid,
    output wire        db_cq_valid,
    output wire [8:0]  db_qid,
    output wire [15:0] db_sq_val,
    output wire [15:0] db_cq_val
);
    localparam [2:0] ST_OFF   = 3'd0,
                     ST_START = 3'd1,
                     ST_RUN   = 3'd2,
                     ST_STOP  = 3'd3,
                     ST_FATAL = 3'd4;

    // TO 30 s, DSTRD 0, NVM command set, CQR, memory page 4 KiB only
    localparam [63:0] CAP = {8'd0, 4'd0, 4'd0, 2'd0, 1'b0, 8'h01, 1'b0, 4'd0,
                             8'd60, 5'd0, 2'd0, 1'b1, MQES};
    localparam [31:0] VS  = 32'h0001_0400;

    localparam [31:0] CC_MASK = 32'h00FF_FFF1;

    reg [2:0]  state_q;
    reg        rdy_q;
    reg        cfs_q;
    reg [1:0]  shst_q;
    reg [31:0] cc_q;
    reg [31:0] intms_q;
    reg [31:0] aqa_q;
    reg [63:0] asq_q;
    reg [63:0] acq_q;
    reg        rsp_valid_q;
    reg        rsp_ur_q;
    reg [63:0] rsp_data_q;
    reg        db_sq_q;
    reg        db_cq_q;
    reg [8:0]  db_qid_q;
    reg [31:0] db_val_q;

    wire [31:0] csts = {28'd0, shst_q, cfs_q, rdy_q};
    wire        bar0 = reg_bar == 3'd0;
    wire        wr   = reg_valid && reg_write && bar0;
    wire        low  = reg_addr[31:6] == 26'd0;
    wire        wr_low = wr && low;
    wire [2:0]  qw   = reg_addr[5:3];
    wire        rd_csts = bar0 && low && qw == 3'd3;
    wire        wr_db = wr && reg_addr[31:12] == 20'd1;

    wire        unused = &{1'b0, reg_addr[2:0]};

    // bytes of a register after a write of some of them
    function [31:0] merge(input [31:0] old, input [31:0] data, input [3:0] be);
        merge = {be[3] ? data[31:24] : old[31:24], be[2] ? data[23:16] : old[23:16],
                 be[1] ? data[15:8]  : old[15:8],  be[0] ? data[7:0]   : old[7:0]};
    endfunction

    wire [31:0] cc_d = merge(cc_q, reg_wdata[63:32], reg_be[7:4]) & CC_MASK;
    wire        wr_cc = wr_low && qw == 3'd2;
    wire        shn_asked = wr_cc && cc_d[15:14] != 2'b00;

    // CC: NVM command set, 4 KiB pages, round robin; AQA: two entries at least
    wire start_ok = cc_q[6:4] == 3'd0 && cc_q[10:7] == 4'd0 && cc_q[13:11] == 3'd0 &&
                    aqa_q[11:0] != 12'd0 && aqa_q[27:16] != 12'd0;

    assign reg_ready      = 1'b1;
    assign reg_rsp_valid  = rsp_valid_q;
    assign reg_rsp_data   = rsp_data_q;
    assign reg_rsp_status = {1'b0, rsp_ur_q};

    assign ctl_rst  = rst || state_q == ST_OFF;
    assign aq_init  = state_q == ST_START;
    assign running  = state_q == ST_RUN;
    assign fetch_en = state_q == ST_RUN && shst_q == 2'd0;
    assign ctl_idle = ((state_q == ST_OFF && !cc_q[0]) || (state_q == ST_RUN && cc_q[0]) ||
                       (state_q == ST_FATAL && cc_q[0])) &&
                      shst_q != 2'd1 && !rsp_valid_q && !db_sq_q && !db_cq_q;

    assign asq = asq_q;
    assign acq = acq_q;
    assign asq_last = {4'd0, aqa_q[11:0]};
    assign acq_last = {4'd0, aqa_q[27:16]};
    assign entry_sizes_ok = cc_q[19:16] == 4'd6 && cc_q[23:20] == 4'd4;
    assign intms = intms_q;

    assign db_sq_valid = db_sq_q;
    assign db_cq_valid = db_cq_q;
    assign db_qid      = db_qid_q;
    assign db_sq_val   = db_val_q[15:0];
    assign db_cq_val   = db_val_q[31:16];

    always @(posedge clk) begin
        // planted: CSTS of an enabled controller is never answered (1), or with UR (2)
        rsp_valid_q <= reg_valid && !reg_write && !rst && !(bug == 4'd1 && rd_csts && cc_q[0]);
        rsp_ur_q    <= bug == 4'd2 && rd_csts && cc_q[0];
        if (reg_valid && !reg_write) begin
            rsp_data_q <= 64'd0;
            if (bar0 && low) begin
                case (qw)
                    3'd0:    rsp_data_q <= CAP;
                    3'd1:    rsp_data_q <= {intms_q, VS};
                    3'd2:    rsp_data_q <= {cc_q, intms_q};
                    3'd3:    rsp_data_q <= {csts, 32'd0};
                    3'd4:    rsp_data_q <= {aqa_q, 32'd0};
                    3'd5:    rsp_data_q <= asq_q;
                    3'd6:    rsp_data_q <= acq_q;
                    default: rsp_data_q <= 64'd0;
                endcase
            end
        end

        db_sq_q  <= wr_db && reg_be[1:0] == 2'b11 && running && !rst;
        db_cq_q  <= wr_db && reg_be[5:4] == 2'b11 && running && !rst;
        db_qid_q <= reg_addr[11:3];
        db_val_q <= {reg_wdata[47:32], reg_wdata[15:0]};
    end

    // registers that the host writes
    always @(posedge clk) begin
        if (rst) begin
            cc_q    <= 32'd0;
            intms_q <= 32'd0;
            aqa_q   <= 32'd0;
            asq_q   <= 64'd0;
            acq_q   <= 64'd0;
        end else if (wr_low) begin
            case (qw)
                3'd1:
                    intms_q <= intms_q | merge(32'd0, reg_wdata[63:32], reg_be[7:4]);
                3'd2: begin
                    intms_q <= intms_q & ~merge(32'd0, reg_wdata[31:0], reg_be[3:0]);
                    cc_q    <= cc_d;
                end
                3'd4:
                    aqa_q <= merge(aqa_q, reg_wdata[63:32], reg_be[7:4]) & 32'h0FFF_0FFF;
                3'd5:
                    asq_q <= {merge(asq_q[63:32], reg_wdata[63:32], reg_be[7:4]),
                              merge(asq_q[31:0], reg_wdata[31:0], reg_be[3:0]) & 32'hFFFF_F000};
                3'd6:
                    acq_q <= {merge(acq_q[63:32], reg_wdata[63:32], reg_be[7:4]),
                              merge(acq_q[31:0], reg_wdata[31:0], reg_be[3:0]) & 32'hFFFF_F000};
                default: ;
            endcase
        end else if (state_q == ST_STOP && quiet) begin
            intms_q <= 32'd0;
        end
    end

    // the controller's life; CSTS follows it
    always @(posedge clk) begin
        if (rst) begin
            state_q <= ST_OFF;
            rdy_q   <= 1'b0;
            cfs_q   <= 1'b0;
        end else begin
            case (state_q)
                ST_OFF:
                    if (cc_q[0])
                        state_q <= ST_START;
                ST_START:
                    if (start_ok) begin
                        state_q <= ST_RUN;
                        rdy_q   <= 1'b1;
                    end else begin
                        state_q <= ST_FATAL;
                        cfs_q   <= 1'b1;
                    end
                ST_RUN:
                    if (!cc_q[0]) begin
                        state_q <= ST_STOP;
                    end else if (fatal) begin
                        state_q <= ST_FATAL;
                        cfs_q   <= 1'b1;
                    end
                ST_FATAL:
                    if (!cc_q[0])
                        state_q <= ST_STOP;
                default:
                    if (quiet) begin
                        state_q <= ST_OFF;
                        rdy_q   <= 1'b0;
                        cfs_q   <= 1'b0;
                    end
            endcase
        end
    end

    // CSTS.SHST: 0 normal, 1 shutdown processing, 2 complete
    always @(posedge clk) begin
        if (rst || state_q == ST_START || (state_q == ST_STOP && quiet))
            shst_q <= 2'd0;
        else if (shn_asked && shst_q == 2'd0)
            shst_q <= 2'd1;
        else if (shst_q == 2'd1 && quiet)
            shst_q <= 2'd2;
    end
endmodule
`default_nettype wire
