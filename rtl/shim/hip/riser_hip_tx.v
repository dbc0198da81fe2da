// SPDX-License-Identifier: Apache-2.0
//
// What a block sends to the host: the user's TLPs and its own messages, MSI and completions, on three channels. The
// user's non-posted TLPs and completions never pass a posted one accepted before. One register stage for posted TLPs,
// none for the others.
`default_nettype none
module riser_hip_tx #(
    parameter DATA_W      = 256,
    parameter MSI_VECTORS = 0
) (
    input  wire              clk,
    input  wire              rst,
    input  wire              rst_func,
    input  wire              stop,          // no new TLP of the block's
    input  wire              drop,          // TLPs of the user's that begin are thrown away
    output wire              u_mid,         // one of them has begun
    input  wire [15:0]       cfg_bdf,

    // messages
    input  wire              intx_want,
    output wire              intx_sent,
    input  wire              hip_err_valid,
    input  wire [7:0]        hip_err_code,
    output wire              hip_err_ack,
    input  wire              turn_off,
    output wire              msg_valid,

    // MSI
    input  wire              msi_valid,
    output wire              msi_ready,
    input  wire [4:0]        msi_num,
    input  wire              may_send,
    input  wire              cfg_msix_en,
    input  wire              cfg_msix_fmask,
    input  wire              cfg_msi_en,
    input  wire [2:0]        cfg_msi_mme,
    input  wire [63:0]       cfg_msi_addr,
    input  wire [15:0]       cfg_msi_data,
    input  wire [31:0]       cfg_msi_mask,
    output wire [31:0]       msi_pending,
    output wire              irq_valid,
    output wire              irq_busy,
    output wire              tables_ready,

    // the user's TLPs
    input  wire              u_p_valid,
    output wire              u_p_ready,
    input  wire              u_p_sop,
    input  wire              u_p_eop,
    input  wire [127:0]      u_p_hdr,
    input  wire [DATA_W-1:0] u_p_data,
    input  wire              u_np_valid,
    output wire              u_np_ready,
    input  wire              u_np_sop,
    input  wire              u_np_eop,
    input  wire [127:0]      u_np_hdr,
    input  wire [DATA_W-1:0] u_np_data,
    input  wire              u_cpl_valid,
    output wire              u_cpl_ready,
    input  wire              u_cpl_sop,
    input  wire              u_cpl_eop,
    input  wire [127:0]      u_cpl_hdr,
    input  wire [DATA_W-1:0] u_cpl_data,
    // a completion of the block's own, one beat
    input  wire              hip_cpl_valid,
    output wire              hip_cpl_ready,
    input  wire [127:0]      hip_cpl_hdr,
    input  wire [31:0]       hip_cpl_data,

    // to the host, and counters of its posted TLPs
    output wire              td_p_valid,
    input  wire              td_p_ready,
    output wire              td_p_sop,
    output wire              td_p_eop,
    output wire [127:0]      td_p_hdr,
    output wire [DATA_W-1:0] td_p_data,
    output wire              td_np_valid,
    input  wire              td_np_ready,
    output wire              td_np_sop,
    output wire              td_np_eop,
    output wire [127:0]      td_np_hdr,
    output wire [DATA_W-1:0] td_np_data,
    output wire              td_cpl_valid,
    input  wire              td_cpl_ready,
    output wire              td_cpl_sop,
    output wire              td_cpl_eop,
    output wire [127:0]      td_cpl_hdr,
    output wire [DATA_W-1:0] td_cpl_data,
    output wire [15:0]       nr_started,
    output wire [15:0]       nr_done
);
    wire         msg_ack, irq_taken, irq_ack, irq_ready, dma_done, dma_last_inside, tbl_ready, tbl_rsp_valid;
    wire [127:0] msg_hdr;
    wire [63:0]  irq_addr, tbl_rsp_data;
    wire [31:0]  irq_data;

    // ---- to the host: posted -----------------------------------------------------------------------------

    riser_msg u_msg (
        .clk       (clk),
        .rst       (rst),
        .bdf       (cfg_bdf),
        .intx_want (intx_want),
        .intx_sent (intx_sent),
        .err_valid (hip_err_valid),
        .err_code  (hip_err_code),
        .err_ack   (hip_err_ack),
        .turn_off  (turn_off),
        .stop      (stop),
        .msg_valid (msg_valid),
        .msg_hdr   (msg_hdr),
        .msg_ack   (msg_ack)
    );

    riser_irq #(.MSIX_VECTORS(0), .MSI_VECTORS(MSI_VECTORS)) u_irq (
        .clk           (clk),
        .rst           (rst_func),
        .rst_link      (rst),
        .stop          (stop),
        .irq_valid     (msi_valid),
        .irq_ready     (irq_ready),
        .irq_vec       ({6'd0, msi_num}),
        .may_send      (may_send),
        .msix_en       (cfg_msix_en),
        .msix_fmask    (cfg_msix_fmask),
        .msi_en        (cfg_msi_en),
        .msi_mme       (cfg_msi_mme),
        .msi_addr      (cfg_msi_addr),
        .msi_data      (cfg_msi_data),
        .msi_mask      (cfg_msi_mask),
        .msi_pending   (msi_pending),
        .tbl_valid     (1'b0),
        .tbl_ready     (tbl_ready),
        .tbl_write     (1'b0),
        .tbl_pba       (1'b0),
        .tbl_index     (12'd0),
        .tbl_wdata     (64'd0),
        .tbl_be        (8'd0),
        .tbl_rsp_valid (tbl_rsp_valid),
        .tbl_rsp_data  (tbl_rsp_data),
        .out_taken     (irq_taken),
        .out_valid     (irq_valid),
        .out_addr      (irq_addr),
        .out_data      (irq_data),
        .out_ack       (irq_ack),
        .ready         (tables_ready),
        .busy          (irq_busy)
    );

    assign msi_ready = irq_ready;

    // ---- what the user sends in a function level reset ---------------------------------------------------

    wire [2:0] gone, mid;
    wire       p_ready;
    assign u_mid     = |mid;
    assign u_p_ready = gone[0] || p_ready;

    riser_hip_drop u_drop_p (
        .clk(clk), .rst(rst), .drop(drop), .valid(u_p_valid), .moves(u_p_ready), .eop(u_p_eop), .gone(gone[0]),
        .mid(mid[0]));
    riser_hip_drop u_drop_np (
        .clk(clk), .rst(rst), .drop(drop), .valid(u_np_valid), .moves(u_np_ready), .eop(u_np_eop), .gone(gone[1]),
        .mid(mid[1]));
    riser_hip_drop u_drop_cpl (
        .clk(clk), .rst(rst), .drop(drop), .valid(u_cpl_valid), .moves(u_cpl_ready), .eop(u_cpl_eop), .gone(gone[2]),
        .mid(mid[2]));

    riser_tx_arb #(.DATA_W(DATA_W)) u_tx_arb (
        .clk             (clk),
        .rst             (rst),
        .bdf             (cfg_bdf),
        .irq_taken       (irq_taken),
        .irq_valid       (irq_valid),
        .irq_addr        (irq_addr),
        .irq_data        (irq_data),
        .irq_ack         (irq_ack),
        .msg_valid       (msg_valid),
        .msg_hdr         (msg_hdr),
        .msg_ack         (msg_ack),
        .dma_valid       (u_p_valid && !gone[0]),
        .dma_ready       (p_ready),
        .dma_sop         (u_p_sop),
        .dma_eop         (u_p_eop),
        .dma_hdr         (u_p_hdr),
        .dma_data        (u_p_data),
        .dma_last        (1'b0),
        .dma_done        (dma_done),
        .dma_last_inside (dma_last_inside),
        .nr_started      (nr_started),
        .nr_done         (nr_done),
        .tx_valid        (td_p_valid),
        .tx_ready        (td_p_ready),
        .tx_sop          (td_p_sop),
        .tx_eop          (td_p_eop),
        .tx_hdr          (td_p_hdr),
        .tx_data         (td_p_data)
    );

    // ---- to the host: non-posted ----------------------------------------------------------------------------

    wire np_open;
    assign td_np_valid = u_np_valid && np_open && !gone[1] && !rst;
    assign u_np_ready  = gone[1] || (td_np_ready && np_open);
    assign td_np_sop   = u_np_sop;
    assign td_np_eop   = u_np_eop;
    assign td_np_hdr   = u_np_hdr;
    assign td_np_data  = u_np_data;

    riser_hip_gate u_np_gate (
        .clk        (clk),
        .rst        (rst),
        .nr_started (nr_started),
        .nr_done    (nr_done),
        .valid      (u_np_valid),
        .sop        (u_np_sop),
        .moves      (u_np_ready),
        .open       (np_open)
    );

    // ---- to the host: completions, the block's own first ------------------------------------------------------

    reg  mid_q, lock_q, own_q;
    wire cpl_open;
    wire own      = mid_q ? 1'b0 : lock_q ? own_q : hip_cpl_valid;
    wire user_may = u_cpl_valid && cpl_open && !gone[2];

    assign td_cpl_valid  = (own ? hip_cpl_valid : user_may) && !rst;
    assign td_cpl_sop    = own || u_cpl_sop;
    assign td_cpl_eop    = own || u_cpl_eop;
    assign td_cpl_hdr    = own ? hip_cpl_hdr : u_cpl_hdr;
    assign td_cpl_data   = own ? {{(DATA_W-32){1'b0}}, hip_cpl_data} : u_cpl_data;
    assign hip_cpl_ready = own && td_cpl_ready;
    assign u_cpl_ready   = gone[2] || (!own && cpl_open && td_cpl_ready);

    riser_hip_gate u_cpl_gate (
        .clk        (clk),
        .rst        (rst),
        .nr_started (nr_started),
        .nr_done    (nr_done),
        .valid      (u_cpl_valid),
        .sop        (u_cpl_sop),
        .moves      (u_cpl_ready),
        .open       (cpl_open)
    );

    always @(posedge clk) begin
        if (rst) begin
            mid_q  <= 1'b0;
            lock_q <= 1'b0;
        end else begin
            lock_q <= td_cpl_valid && !td_cpl_ready;
            if (u_cpl_valid && u_cpl_ready)
                mid_q <= !u_cpl_eop && !gone[2];
        end
        own_q <= own;
    end

    wire unused = &{1'b0, dma_done, dma_last_inside, tbl_ready, tbl_rsp_valid, tbl_rsp_data};
endmodule
`default_nettype wire
