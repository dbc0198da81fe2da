// SPDX-License-Identifier: Apache-2.0
//
// The core's two DMA channels, shared. Reads: fetcher, PRP lists of reader and writer, write data, in
// this order of priority (the first three have few requests); the answers go where their context
// says. Writes: completion entries before read data; a request and its data are one unit.
// Contexts: reads {kind, 3'b0, slot}, writes {kind, last or 0, 6 bits of slot or queue}.
`include "nvme_defs.vh"
`default_nettype none
module nvme_dma #(
    parameter DATA_W = 256,
    parameter QW     = 3,
    parameter SLOT_W = 3
) (
    input  wire              clk,
    input  wire              rst,
    // number of the planted defect, constant
    input  wire [3:0]        bug,

    // reads: requests
    input  wire              sqe_valid,
    output wire              sqe_ready,
    input  wire [63:0]       sqe_addr,
    input  wire [SLOT_W-1:0] sqe_slot,
    input  wire              rl_valid,
    output wire              rl_ready,
    input  wire [63:0]       rl_addr,
    input  wire [17:0]       rl_len,
    input  wire              wl_valid,
    output wire              wl_ready,
    input  wire [63:0]       wl_addr,
    input  wire [17:0]       wl_len,
    input  wire              wd_valid,
    output wire              wd_ready,
    input  wire [63:0]       wd_addr,
    input  wire [17:0]       wd_len,
    // reads: data; everybody but the writer takes it always
    output wire              sqe_dat_valid,
    output wire              rl_dat_valid,
    output wire              wl_dat_valid,
    output wire              wd_dat_valid,
    input  wire              wd_dat_ready,
    output wire [SLOT_W-1:0] dat_slot,

    // writes
    input  wire              cqe_valid,
    output wire              cqe_ready,
    input  wire [63:0]       cqe_addr,
    input  wire [QW-1:0]     cqe_cqid,
    input  wire              cqe_dat_valid,
    output wire              cqe_dat_ready,
    input  wire [DATA_W-1:0] cqe_dat,
    output wire              cqe_done,
    output wire [QW-1:0]     cqe_done_cqid,
    input  wire              rd_valid,
    output wire              rd_ready,
    input  wire [63:0]       rd_addr,
    input  wire [17:0]       rd_len,
    input  wire [SLOT_W:0]   rd_ctx,
    input  wire              rd_dat_valid,
    output wire              rd_dat_ready,
    input  wire [DATA_W-1:0] rd_dat,
    output wire              rd_done,
    output wire [SLOT_W:0]   rd_done_ctx,

    // core port
    output wire              dmar_req_valid,
    input  wire              dmar_req_ready,
    output wire [63:0]       dmar_req_addr,
    output wire [17:0]       dmar_req_len,
    output wire [7:0]        dmar_req_ctx,
    input  wire              dmar_valid,
    output wire              dmar_ready,
    input  wire [7:0]        dmar_ctx,
    output wire              dmaw_req_valid,
    input  wire              dmaw_req_ready,
    output wire [63:0]       dmaw_req_addr,
    output wire [17:0]       dmaw_req_len,
    output wire [7:0]        dmaw_req_ctx,
    output wire              dmaw_valid,
    input  wire              dmaw_ready,
    output wire [DATA_W-1:0] dmaw_data,
    input  wire              dmaw_done_valid,
    input  wire [7:0]        dmaw_done_ctx,

    output wire              idle           // no request of a planted defect waits
);
    localparam BYTES_LOG2 = $clog2(DATA_W / 8);

    // ---- reads: the winner waits in a register, so that it stays until it is taken
    reg        rq_valid_q;
    reg [63:0] rq_addr_q;
    reg [17:0] rq_len_q;
    reg [7:0]  rq_ctx_q;
    wire       rq_free = !rq_valid_q || dmar_req_ready;

    assign sqe_ready = rq_free;
    assign rl_ready  = rq_free && !sqe_valid;
    assign wl_ready  = rq_free && !sqe_valid && !rl_valid;
    assign wd_ready  = rq_free && !sqe_valid && !rl_valid && !wl_valid;

    assign dmar_req_valid = rq_valid_q;
    assign dmar_req_addr  = rq_addr_q;
    assign dmar_req_len   = rq_len_q;
    assign dmar_req_ctx   = rq_ctx_q;

    always @(posedge clk) begin
        if (rst)
            rq_valid_q <= 1'b0;
        else if (rq_free)
            rq_valid_q <= sqe_valid || rl_valid || wl_valid || wd_valid;
        if (rq_free) begin
            if (sqe_valid) begin
                rq_addr_q <= sqe_addr;
                rq_len_q  <= 18'd64;
                rq_ctx_q  <= {`NVME_RD_SQE, {(6-SLOT_W){1'b0}}, sqe_slot};
            end else if (rl_valid) begin
                rq_addr_q <= rl_addr;
                rq_len_q  <= rl_len;
                rq_ctx_q  <= {`NVME_RD_PRP_READ, 6'd0};
            end else if (wl_valid) begin
                rq_addr_q <= wl_addr;
                rq_len_q  <= wl_len;
                rq_ctx_q  <= {`NVME_RD_PRP_WRITE, 6'd0};
            end else begin
                rq_addr_q <= wd_addr;
                rq_len_q  <= wd_len;
                rq_ctx_q  <= {`NVME_RD_DATA, 6'd0};
            end
        end
    end

    wire [1:0] kind = dmar_ctx[7:6];
    assign sqe_dat_valid = dmar_valid && kind == `NVME_RD_SQE;
    assign rl_dat_valid  = dmar_valid && kind == `NVME_RD_PRP_READ;
    assign wl_dat_valid  = dmar_valid && kind == `NVME_RD_PRP_WRITE;
    assign wd_dat_valid  = dmar_valid && kind == `NVME_RD_DATA;
    assign dmar_ready    = kind != `NVME_RD_DATA || wd_dat_ready;
    assign dat_slot      = dmar_ctx[SLOT_W-1:0];

    // ---- writes
    localparam [1:0] ST_PICK = 2'd0,
                     ST_REQ  = 2'd1,
                     ST_DATA = 2'd2;

    reg [1:0]  state_q;
    reg        is_cqe_q;
    reg [63:0] addr_q;
    reg [17:0] len_q;
    reg [7:0]  ctx_q;
    reg [17-BYTES_LOG2:0] beats_q;      // minus 1

    // planted: a whole page that ends a command gets one byte more (4); 1 ms after data that ends a
    // command its first dword is written again (5). The last beat of either is nobody's.
    localparam [17:0] LATE_CYCLES = 18'd250000;
    reg              odd_q;
    reg [17:0]       late_wait_q;       // 1: the late write is due
    reg [63:0]       late_addr_q;
    reg [DATA_W-1:0] late_data_q;
    wire past = bug == 4'd4 && rd_ctx[SLOT_W] && rd_len == 18'd4096;
    wire late = late_wait_q == 18'd1 && !rd_valid;

    wire [17:0] len_m1 = len_q - 18'd1;
    wire picking = state_q == ST_PICK;
    wire moving  = state_q == ST_DATA;
    wire beat    = dmaw_valid && dmaw_ready;
    wire odd     = odd_q && beats_q == {(18-BYTES_LOG2){1'b0}};

    assign cqe_ready = picking;
    assign rd_ready  = picking && !cqe_valid;
    assign dmaw_req_valid = state_q == ST_REQ;
    assign dmaw_req_addr  = addr_q;
    assign dmaw_req_len   = len_q;
    assign dmaw_req_ctx   = ctx_q;
    assign dmaw_valid     = moving && (odd || (is_cqe_q ? cqe_dat_valid : rd_dat_valid));
    assign dmaw_data      = odd ? late_data_q : is_cqe_q ? cqe_dat : rd_dat;
    assign cqe_dat_ready  = moving && is_cqe_q && dmaw_ready;
    assign rd_dat_ready   = moving && !is_cqe_q && !odd && dmaw_ready;
    assign idle           = late_wait_q == 18'd0;

    always @(posedge clk) begin
        case (state_q)
            ST_PICK: begin
                is_cqe_q <= cqe_valid;
                addr_q   <= cqe_valid ? cqe_addr : rd_addr;
                len_q    <= cqe_valid ? 18'd16 : rd_len;
                ctx_q    <= cqe_valid ? {`NVME_WR_CQE, {(7-QW){1'b0}}, cqe_cqid} :
                                        {`NVME_WR_DATA, {(6-SLOT_W){1'b0}}, rd_ctx};
                odd_q    <= !cqe_valid && (past || late);
                if (!cqe_valid && past)
                    len_q <= rd_len + 18'd1;
                if (!cqe_valid && late) begin
                    addr_q <= late_addr_q;
                    len_q  <= 18'd4;
                    ctx_q  <= {`NVME_WR_DATA, 7'd0};
                end
                if (cqe_valid || rd_valid || late)
                    state_q <= ST_REQ;
            end
            ST_REQ: begin
                beats_q <= len_m1[17:BYTES_LOG2];
                if (dmaw_req_ready)
                    state_q <= ST_DATA;
            end
            default:
                if (beat) begin
                    beats_q <= beats_q - 1'b1;
                    if (beats_q == {(18-BYTES_LOG2){1'b0}})
                        state_q <= ST_PICK;
                end
        endcase
        if (rst)
            state_q <= ST_PICK;
    end

    always @(posedge clk) begin
        if (rst)
            late_wait_q <= 18'd0;
        else if (late_wait_q != 18'd0 && (late_wait_q != 18'd1 || (picking && late && !cqe_valid)))
            late_wait_q <= late_wait_q - 18'd1;
        else if (bug == 4'd5 && late_wait_q == 18'd0 && beat && !is_cqe_q && !odd && ctx_q[SLOT_W])
            late_wait_q <= LATE_CYCLES;
        if (bug != 4'd0 && late_wait_q == 18'd0) begin
            late_addr_q <= addr_q;
            late_data_q <= rd_dat;
        end
    end

    assign cqe_done      = dmaw_done_valid && dmaw_done_ctx[7] == `NVME_WR_CQE;
    assign cqe_done_cqid = dmaw_done_ctx[QW-1:0];
    assign rd_done       = dmaw_done_valid && dmaw_done_ctx[7] == `NVME_WR_DATA;
    assign rd_done_ctx   = dmaw_done_ctx[SLOT_W:0];

    wire unused = &{1'b0, len_m1[BYTES_LOG2-1:0], dmar_ctx[5:0], dmaw_done_ctx[6:0]};
endmodule
`default_nettype wire
