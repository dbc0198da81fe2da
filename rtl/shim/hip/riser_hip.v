// SPDX-License-Identifier: Apache-2.0
//
// What vendors' PCIe blocks have in common, as a model: configuration space, BAR decode, errors and messages,
// MSI from requests, function level reset. The host's side is the TLP port (docs/tlp-port.md), the user's side
// are six channels of the same beats: q_ come from the host (memory requests that hit a BAR, with its number, and
// completions), u_ go to the host. What a vendor makes of them is its shim's business. Not in here: MSI-X
// (the table is the user's logic), tags, completion timeouts.
//
// Latency: 1 cycle from rx_ to q_ and from u_p to tx_p, 0 from u_np and u_cpl, plus RX_LATENCY and TX_LATENCY.
// Order: q_p is offered before what came after it; u_np and u_cpl never pass a posted TLP accepted before.
// Back-pressure: q_ and u_ may stall for any time. A stalled q_np stalls configuration accesses too.
`default_nettype none
`include "riser_tlp.vh"
module riser_hip #(
    parameter         DATA_W            = 256,
    // Identity, BARs, MSI and pin: as riser_ep. MSI-X: the capability alone.
    parameter [15:0]  VENDOR_ID         = 16'h1e50,
    parameter [15:0]  DEVICE_ID         = 16'h0001,
    parameter [15:0]  SUBSYS_VENDOR_ID  = 16'h1e50,
    parameter [15:0]  SUBSYS_ID         = 16'h0001,
    parameter [23:0]  CLASS_CODE        = 24'hff0000,
    parameter [7:0]   REVISION          = 8'h00,
    parameter [63:0]  SERIAL            = 64'h0,
    parameter         BAR0_SIZE_LOG2    = 12,
    parameter         BAR1_SIZE_LOG2    = 0,
    parameter         BAR2_SIZE_LOG2    = 0,
    parameter         BAR3_SIZE_LOG2    = 0,
    parameter         BAR4_SIZE_LOG2    = 0,
    parameter         BAR5_SIZE_LOG2    = 0,
    parameter [1:0]   BAR0_TYPE         = 2'b00,
    parameter [1:0]   BAR1_TYPE         = 2'b00,
    parameter [1:0]   BAR2_TYPE         = 2'b00,
    parameter [1:0]   BAR3_TYPE         = 2'b00,
    parameter [1:0]   BAR4_TYPE         = 2'b00,
    parameter [1:0]   BAR5_TYPE         = 2'b00,
    parameter         MSIX_VECTORS      = 0,
    parameter         MSIX_TABLE_BIR    = 0,
    parameter [31:0]  MSIX_TABLE_OFFSET = 32'h0,
    parameter         MSIX_PBA_BIR      = 0,
    parameter [31:0]  MSIX_PBA_OFFSET   = 32'h0,
    parameter         MSI_VECTORS       = 0,
    parameter         INTX_PIN          = 0,
    parameter         MPS_LOG2          = 9,
    // The block's own latency in cycles in each direction, 0 to 200.
    parameter         RX_LATENCY        = 0,
    parameter         TX_LATENCY        = 0
) (
    input  wire              clk,
    input  wire              perst_n,
    input  wire              link_up,
    input  wire              hot_reset,
    output wire              flr_active,
    output wire              hip_idle,      // nothing under way in here

    // the host
    input  wire              rx_p_valid,
    output wire              rx_p_ready,
    input  wire              rx_p_sop,
    input  wire              rx_p_eop,
    input  wire [127:0]      rx_p_hdr,
    input  wire [DATA_W-1:0] rx_p_data,
    input  wire              rx_np_valid,
    output wire              rx_np_ready,
    input  wire              rx_np_sop,
    input  wire              rx_np_eop,
    input  wire [127:0]      rx_np_hdr,
    input  wire [DATA_W-1:0] rx_np_data,
    input  wire              rx_cpl_valid,
    output wire              rx_cpl_ready,
    input  wire              rx_cpl_sop,
    input  wire              rx_cpl_eop,
    input  wire [127:0]      rx_cpl_hdr,
    input  wire [DATA_W-1:0] rx_cpl_data,
    output wire              tx_p_valid,
    input  wire              tx_p_ready,
    output wire              tx_p_sop,
    output wire              tx_p_eop,
    output wire [127:0]      tx_p_hdr,
    output wire [DATA_W-1:0] tx_p_data,
    output wire              tx_np_valid,
    input  wire              tx_np_ready,
    output wire              tx_np_sop,
    output wire              tx_np_eop,
    output wire [127:0]      tx_np_hdr,
    output wire [DATA_W-1:0] tx_np_data,
    output wire              tx_cpl_valid,
    input  wire              tx_cpl_ready,
    output wire              tx_cpl_sop,
    output wire              tx_cpl_eop,
    output wire [127:0]      tx_cpl_hdr,
    output wire [DATA_W-1:0] tx_cpl_data,

    // the user
    output wire              user_rst,      // PERST#, hot reset or no link
    output wire              q_p_valid,
    input  wire              q_p_ready,
    output wire              q_p_sop,
    output wire              q_p_eop,
    output wire [127:0]      q_p_hdr,
    output wire [DATA_W-1:0] q_p_data,
    output wire [2:0]        q_p_bar,
    output wire              q_np_valid,
    input  wire              q_np_ready,
    output wire              q_np_sop,
    output wire              q_np_eop,
    output wire [127:0]      q_np_hdr,
    output wire [DATA_W-1:0] q_np_data,
    output wire [2:0]        q_np_bar,
    output wire              q_cpl_valid,
    input  wire              q_cpl_ready,
    output wire              q_cpl_sop,
    output wire              q_cpl_eop,
    output wire [127:0]      q_cpl_hdr,
    output wire [DATA_W-1:0] q_cpl_data,
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
    output wire              flr_req,       // level: stop, then say flr_done
    input  wire              flr_done,
    input  wire              msi_valid,     // one MSI message of the number
    output wire              msi_ready,
    input  wire [4:0]        msi_num,
    input  wire              intx,          // level of INTA
    input  wire              err_valid,     // pulse: an error that the user saw, its bit of the AER registers
    input  wire [4:0]        err_bit,
    input  wire              err_advisory,
    input  wire [127:0]      err_hdr,
    input  wire              trans_pending,

    // configuration; the completion of a configuration write waits until the user was told (cfg_told)
    output wire              cfg_change,    // a register has changed, or does in the next cycle
    input  wire              cfg_told,
    output wire [15:0]       cfg_bdf,
    output wire              cfg_mse,
    output wire              cfg_bme,
    output wire              cfg_d0,
    output wire [2:0]        cfg_mps,
    output wire [2:0]        cfg_mrrs,
    output wire              cfg_intx_disable,
    output wire              cfg_parity_en,
    output wire              cfg_serr_en,
    output wire [3:0]        cfg_err_en,    // UR, fatal, non-fatal, correctable
    output wire              cfg_relaxed,
    output wire              cfg_no_snoop,
    output wire              cfg_rcb,
    output wire              cfg_msi_en,
    output wire [2:0]        cfg_msi_mme,
    output wire [63:0]       cfg_msi_addr,
    output wire [15:0]       cfg_msi_data,
    output wire [31:0]       cfg_msi_mask,
    output wire              cfg_msix_en,
    output wire              cfg_msix_fmask,
    output wire [31:0]       cfg_ue_mask,
    output wire [31:0]       cfg_ue_severity,
    output wire [31:0]       cfg_ce_mask
);
    function [5:0] size_code(input integer log2);
        size_code = (log2 == 0) ? 6'd0 : {1'b1, log2[4:0]};
    endfunction

    localparam [35:0] BAR_SIZES = {size_code(BAR5_SIZE_LOG2), size_code(BAR4_SIZE_LOG2), size_code(BAR3_SIZE_LOG2),
                                   size_code(BAR2_SIZE_LOG2), size_code(BAR1_SIZE_LOG2), size_code(BAR0_SIZE_LOG2)};

    wire         rst, rst_sticky, rst_func, card_rst, flr_start, flr_wait, stop, quiet;
    wire [383:0] bar_base;
    wire         cto_disable, ext_tag;
    wire [31:0]  msi_pending;
    wire         cfg_en, cfg_we;
    wire [9:0]   cfg_dw;
    wire [3:0]   cfg_be;
    wire [31:0]  cfg_wdata, cfg_rdata;
    wire         ev_p_valid, ev_p_ready, ev_np_valid, ev_np_ready;
    wire [4:0]   ev_p_bit, ev_np_bit;
    wire [127:0] ev_p_hdr, ev_np_hdr;
    wire         msg_valid, intx_sent, turn_off, slot_power_set;
    wire [9:0]   slot_power;
    wire         hip_err_valid, hip_err_ack;
    wire [7:0]   hip_err_code;
    wire         irq_valid, irq_busy, tables_ready;
    wire [15:0]  nr_started, nr_done;
    wire         p_busy, np_busy;
    wire         rx_empty, tx_empty;
    wire              rd_p_valid, rd_p_ready, rd_p_sop, rd_p_eop;
    wire [127:0]      rd_p_hdr;
    wire [DATA_W-1:0] rd_p_data;
    wire              rd_np_valid, rd_np_ready, rd_np_sop, rd_np_eop;
    wire [127:0]      rd_np_hdr;
    wire [DATA_W-1:0] rd_np_data;
    wire              rd_cpl_valid, rd_cpl_ready, rd_cpl_sop, rd_cpl_eop;
    wire [127:0]      rd_cpl_hdr;
    wire [DATA_W-1:0] rd_cpl_data;
    wire              td_p_valid, td_p_ready, td_p_sop, td_p_eop;
    wire [127:0]      td_p_hdr;
    wire [DATA_W-1:0] td_p_data;
    wire              td_np_valid, td_np_ready, td_np_sop, td_np_eop;
    wire [127:0]      td_np_hdr;
    wire [DATA_W-1:0] td_np_data;
    wire              td_cpl_valid, td_cpl_ready, td_cpl_sop, td_cpl_eop;
    wire [127:0]      td_cpl_hdr;
    wire [DATA_W-1:0] td_cpl_data;

    assign user_rst = rst;

    // ---- the block's latency -----------------------------------------------------------------------

    riser_hip_delay3 #(.W(DATA_W + 130), .CYCLES(RX_LATENCY)) u_rx_delay (
        .clk       (clk),
        .rst       (rst),
        .in_valid  ({rx_cpl_valid, rx_np_valid, rx_p_valid}),
        .in_ready  ({rx_cpl_ready, rx_np_ready, rx_p_ready}),
        .in_data   ({rx_cpl_sop, rx_cpl_eop, rx_cpl_hdr, rx_cpl_data,
                     rx_np_sop, rx_np_eop, rx_np_hdr, rx_np_data,
                     rx_p_sop, rx_p_eop, rx_p_hdr, rx_p_data}),
        .out_valid ({rd_cpl_valid, rd_np_valid, rd_p_valid}),
        .out_ready ({rd_cpl_ready, rd_np_ready, rd_p_ready}),
        .out_data  ({rd_cpl_sop, rd_cpl_eop, rd_cpl_hdr, rd_cpl_data,
                     rd_np_sop, rd_np_eop, rd_np_hdr, rd_np_data,
                     rd_p_sop, rd_p_eop, rd_p_hdr, rd_p_data}),
        .empty     (rx_empty)
    );

    riser_hip_delay3 #(.W(DATA_W + 130), .CYCLES(TX_LATENCY)) u_tx_delay (
        .clk       (clk),
        .rst       (rst),
        .in_valid  ({td_cpl_valid, td_np_valid, td_p_valid}),
        .in_ready  ({td_cpl_ready, td_np_ready, td_p_ready}),
        .in_data   ({td_cpl_sop, td_cpl_eop, td_cpl_hdr, td_cpl_data,
                     td_np_sop, td_np_eop, td_np_hdr, td_np_data,
                     td_p_sop, td_p_eop, td_p_hdr, td_p_data}),
        .out_valid ({tx_cpl_valid, tx_np_valid, tx_p_valid}),
        .out_ready ({tx_cpl_ready, tx_np_ready, tx_p_ready}),
        .out_data  ({tx_cpl_sop, tx_cpl_eop, tx_cpl_hdr, tx_cpl_data,
                     tx_np_sop, tx_np_eop, tx_np_hdr, tx_np_data,
                     tx_p_sop, tx_p_eop, tx_p_hdr, tx_p_data}),
        .empty     (tx_empty)
    );

    // ---- resets --------------------------------------------------------------------------------------

    // The host's write is answered once all has left; the user may take longer, and sends nothing any more then.
    // One that never says flr_done must not keep the function for ever.
    reg [15:0] flr_count_q;
    reg        flr_done_q;
    wire       u_mid;
    wire       flr_late = &flr_count_q;
    assign quiet   = !td_p_valid && !td_np_valid && !irq_valid && !u_p_valid && !u_cpl_valid && !u_mid && !intx_sent
                  && tx_empty;
    assign flr_req = stop && !flr_done_q;

    always @(posedge clk) begin
        if (rst || !stop) begin
            flr_count_q <= 16'd0;
            flr_done_q  <= 1'b0;
        end else begin
            flr_count_q <= flr_late ? flr_count_q : flr_count_q + 16'd1;
            flr_done_q  <= flr_done_q || flr_done;
        end
    end

    riser_reset u_reset (
        .clk          (clk),
        .perst_n      (perst_n),
        .hot_reset    (hot_reset),
        .link_up      (link_up),
        .flr_start    (flr_start),
        .tx_quiet     (quiet),
        .tables_ready (tables_ready && (flr_done_q || flr_late)),
        .rst_sticky   (rst_sticky),
        .rst          (rst),
        .rst_func     (rst_func),
        .card_rst     (card_rst),
        .flr_active   (flr_active),
        .flr_wait     (flr_wait),
        .stop         (stop)
    );

    // ---- configuration ---------------------------------------------------------------------------------

    wire         mem_en   = cfg_mse && cfg_d0;
    wire         intx_level = (INTX_PIN != 0) && intx && !stop;
    wire         intx_want  = intx_level && !cfg_intx_disable && !cfg_msi_en && !cfg_msix_en && cfg_d0;

    // completions are looked at on their way
    wire         cpl_seen = q_cpl_valid && q_cpl_ready && q_cpl_sop;
    wire         poisoned = cpl_seen && q_cpl_hdr[`TLP_EP_B] && q_cpl_hdr[`TLP_FMT_DATA_B];
    reg          err_valid_q, err_advisory_q, got_ur_q, got_ca_q, got_poison_q;
    reg [4:0]    err_bit_q;
    reg [127:0]  err_hdr_q;
    wire         err_take = err_valid_q && !got_poison_q;
    reg [127:0]  poison_hdr_q;

    always @(posedge clk) begin
        got_ur_q     <= !rst && cpl_seen && q_cpl_hdr[`TLP_CPL_STATUS_R] == `TLP_UR;
        got_ca_q     <= !rst && cpl_seen && q_cpl_hdr[`TLP_CPL_STATUS_R] == `TLP_CA;
        got_poison_q <= !rst && poisoned;
        if (poisoned)
            poison_hdr_q <= q_cpl_hdr;
        if (rst)
            err_valid_q <= 1'b0;
        else if (err_valid)
            err_valid_q <= 1'b1;
        else if (err_take)
            err_valid_q <= 1'b0;
        if (err_valid) begin
            err_bit_q      <= err_bit;
            err_advisory_q <= err_advisory;
            err_hdr_q      <= err_hdr;
        end
    end

    riser_cfg #(
        .VENDOR_ID         (VENDOR_ID),
        .DEVICE_ID         (DEVICE_ID),
        .SUBSYS_VENDOR_ID  (SUBSYS_VENDOR_ID),
        .SUBSYS_ID         (SUBSYS_ID),
        .CLASS_CODE        (CLASS_CODE),
        .REVISION          (REVISION),
        .SERIAL            (SERIAL),
        .BAR_SIZES         (BAR_SIZES),
        .BAR_TYPES         ({BAR5_TYPE, BAR4_TYPE, BAR3_TYPE, BAR2_TYPE, BAR1_TYPE, BAR0_TYPE}),
        .MSIX_VECTORS      (MSIX_VECTORS),
        .MSIX_TABLE_BIR    (MSIX_TABLE_BIR),
        .MSIX_TABLE_OFFSET (MSIX_TABLE_OFFSET),
        .MSIX_PBA_BIR      (MSIX_PBA_BIR),
        .MSIX_PBA_OFFSET   (MSIX_PBA_OFFSET),
        .MSI_VECTORS       (MSI_VECTORS),
        .INTX_PIN          (INTX_PIN),
        .MPS_LOG2          (MPS_LOG2)
    ) u_cfg (
        .clk            (clk),
        .rst_sticky     (rst_sticky),
        .rst            (rst),
        .rst_func       (rst_func),
        .cfg_en         (cfg_en),
        .cfg_we         (cfg_we),
        .cfg_dw         (cfg_dw),
        .cfg_be         (cfg_be),
        .cfg_wdata      (cfg_wdata),
        .cfg_rdata      (cfg_rdata),
        .cfg_mse        (cfg_mse),
        .cfg_bme        (cfg_bme),
        .intx_disable   (cfg_intx_disable),
        .cfg_d0         (cfg_d0),
        .cfg_mps        (cfg_mps),
        .cfg_mrrs       (cfg_mrrs),
        .ext_tag        (ext_tag),
        .cto_disable    (cto_disable),
        .flr_start      (flr_start),
        .cfg_msi_en     (cfg_msi_en),
        .msi_mme        (cfg_msi_mme),
        .msi_addr       (cfg_msi_addr),
        .msi_data       (cfg_msi_data),
        .msi_mask       (cfg_msi_mask),
        .msi_pending    (msi_pending),
        .cfg_msix_en    (cfg_msix_en),
        .msix_fmask     (cfg_msix_fmask),
        .intx_level     (intx_level),
        .trans_pending  (trans_pending),
        .slot_power_set (slot_power_set),
        .slot_power     (slot_power),
        .ev_cpl_valid   (got_poison_q || err_take),
        .ev_cpl_bit     (got_poison_q ? `AER_PTLP : err_bit_q),
        .ev_cpl_adv     (!got_poison_q && err_advisory_q),
        .ev_cpl_hdr     (got_poison_q ? poison_hdr_q : err_hdr_q),
        .ev_p_valid     (ev_p_valid),
        .ev_p_ready     (ev_p_ready),
        .ev_p_bit       (ev_p_bit),
        .ev_p_hdr       (ev_p_hdr),
        .ev_np_valid    (ev_np_valid),
        .ev_np_ready    (ev_np_ready),
        .ev_np_bit      (ev_np_bit),
        .ev_np_hdr      (ev_np_hdr),
        .got_ur         (got_ur_q),
        .got_ca         (got_ca_q),
        .got_poison     (got_poison_q),
        .err_valid      (hip_err_valid),
        .err_code       (hip_err_code),
        .err_ack        (hip_err_ack),
        .bar_base       (bar_base)
    );

    riser_hip_shadow u_shadow (
        .clk         (clk),
        .rst_sticky  (rst_sticky),
        .rst_func    (rst_func),
        .cfg_en      (cfg_en),
        .cfg_we      (cfg_we),
        .cfg_dw      (cfg_dw),
        .cfg_be      (cfg_be),
        .cfg_wdata   (cfg_wdata),
        .parity_en   (cfg_parity_en),
        .serr_en     (cfg_serr_en),
        .err_en      (cfg_err_en),
        .relaxed     (cfg_relaxed),
        .no_snoop    (cfg_no_snoop),
        .rcb         (cfg_rcb),
        .ue_mask     (cfg_ue_mask),
        .ue_severity (cfg_ue_severity),
        .ce_mask     (cfg_ce_mask)
    );

    reg change_q;
    assign cfg_change = change_q || (cfg_en && cfg_we) || rst_func;
    always @(posedge clk)
        change_q <= cfg_en && cfg_we;

    // ---- from the host -----------------------------------------------------------------------------------

    wire         hip_cpl_valid, hip_cpl_ready;
    wire [127:0] hip_cpl_hdr;
    wire [31:0]  hip_cpl_data;

    riser_hip_p #(.DATA_W(DATA_W), .BAR_SIZES(BAR_SIZES)) u_p (
        .clk            (clk),
        .rst            (rst),
        .flush          (stop),
        .rx_valid       (rd_p_valid),
        .rx_ready       (rd_p_ready),
        .rx_sop         (rd_p_sop),
        .rx_eop         (rd_p_eop),
        .rx_hdr         (rd_p_hdr),
        .rx_data        (rd_p_data),
        .bar_base       (bar_base),
        .mem_en         (mem_en),
        .mps            (cfg_mps),
        .q_valid        (q_p_valid),
        .q_ready        (q_p_ready),
        .q_sop          (q_p_sop),
        .q_eop          (q_p_eop),
        .q_hdr          (q_p_hdr),
        .q_data         (q_p_data),
        .q_bar          (q_p_bar),
        .ev_valid       (ev_p_valid),
        .ev_ready       (ev_p_ready),
        .ev_bit         (ev_p_bit),
        .ev_hdr         (ev_p_hdr),
        .turn_off       (turn_off),
        .slot_power_set (slot_power_set),
        .slot_power     (slot_power),
        .busy           (p_busy)
    );

    riser_hip_np #(.DATA_W(DATA_W), .BAR_SIZES(BAR_SIZES)) u_np (
        .clk           (clk),
        .rst           (rst),
        .hold          (stop),
        .cpl_wait      (flr_wait),
        .cfg_told      (cfg_told),
        .rx_valid      (rd_np_valid),
        .rx_ready      (rd_np_ready),
        .rx_sop        (rd_np_sop),
        .rx_eop        (rd_np_eop),
        .rx_hdr        (rd_np_hdr),
        .rx_data       (rd_np_data),
        .bar_base      (bar_base),
        .mem_en        (mem_en),
        .mps           (cfg_mps),
        .bdf           (cfg_bdf),
        .q_valid       (q_np_valid),
        .q_ready       (q_np_ready),
        .q_sop         (q_np_sop),
        .q_eop         (q_np_eop),
        .q_hdr         (q_np_hdr),
        .q_data        (q_np_data),
        .q_bar         (q_np_bar),
        .cfg_en        (cfg_en),
        .cfg_we        (cfg_we),
        .cfg_dw        (cfg_dw),
        .cfg_be        (cfg_be),
        .cfg_wdata     (cfg_wdata),
        .cfg_rdata     (cfg_rdata),
        .ev_valid      (ev_np_valid),
        .ev_ready      (ev_np_ready),
        .ev_bit        (ev_np_bit),
        .ev_hdr        (ev_np_hdr),
        .nr_tx_started (nr_started),
        .nr_tx_done    (nr_done),
        .tx_np_busy    (td_np_valid),
        .cpl_valid     (hip_cpl_valid),
        .cpl_ready     (hip_cpl_ready),
        .cpl_hdr       (hip_cpl_hdr),
        .cpl_data      (hip_cpl_data),
        .busy          (np_busy)
    );

    assign q_cpl_valid  = rd_cpl_valid;
    assign rd_cpl_ready = q_cpl_ready;
    assign q_cpl_sop    = rd_cpl_sop;
    assign q_cpl_eop    = rd_cpl_eop;
    assign q_cpl_hdr    = rd_cpl_hdr;
    assign q_cpl_data   = rd_cpl_data;

    // ---- to the host ---------------------------------------------------------------------------------------

    riser_hip_tx #(.DATA_W(DATA_W), .MSI_VECTORS(MSI_VECTORS)) u_tx (
        .clk            (clk),
        .rst            (rst),
        .rst_func       (rst_func),
        .stop           (stop),
        .drop           (flr_active && !flr_wait),
        .u_mid          (u_mid),
        .cfg_bdf        (cfg_bdf),
        .intx_want      (intx_want),
        .intx_sent      (intx_sent),
        .hip_err_valid  (hip_err_valid),
        .hip_err_code   (hip_err_code),
        .hip_err_ack    (hip_err_ack),
        .turn_off       (turn_off),
        .msg_valid      (msg_valid),
        .msi_valid      (msi_valid),
        .msi_ready      (msi_ready),
        .msi_num        (msi_num),
        .may_send       (cfg_bme && cfg_d0 && !stop),
        .cfg_msix_en    (cfg_msix_en),
        .cfg_msix_fmask (cfg_msix_fmask),
        .cfg_msi_en     (cfg_msi_en),
        .cfg_msi_mme    (cfg_msi_mme),
        .cfg_msi_addr   (cfg_msi_addr),
        .cfg_msi_data   (cfg_msi_data),
        .cfg_msi_mask   (cfg_msi_mask),
        .msi_pending    (msi_pending),
        .irq_valid      (irq_valid),
        .irq_busy       (irq_busy),
        .tables_ready   (tables_ready),
        .u_p_valid      (u_p_valid),
        .u_p_ready      (u_p_ready),
        .u_p_sop        (u_p_sop),
        .u_p_eop        (u_p_eop),
        .u_p_hdr        (u_p_hdr),
        .u_p_data       (u_p_data),
        .u_np_valid     (u_np_valid),
        .u_np_ready     (u_np_ready),
        .u_np_sop       (u_np_sop),
        .u_np_eop       (u_np_eop),
        .u_np_hdr       (u_np_hdr),
        .u_np_data      (u_np_data),
        .u_cpl_valid    (u_cpl_valid),
        .u_cpl_ready    (u_cpl_ready),
        .u_cpl_sop      (u_cpl_sop),
        .u_cpl_eop      (u_cpl_eop),
        .u_cpl_hdr      (u_cpl_hdr),
        .u_cpl_data     (u_cpl_data),
        .hip_cpl_valid  (hip_cpl_valid),
        .hip_cpl_ready  (hip_cpl_ready),
        .hip_cpl_hdr    (hip_cpl_hdr),
        .hip_cpl_data   (hip_cpl_data),
        .td_p_valid     (td_p_valid),
        .td_p_ready     (td_p_ready),
        .td_p_sop       (td_p_sop),
        .td_p_eop       (td_p_eop),
        .td_p_hdr       (td_p_hdr),
        .td_p_data      (td_p_data),
        .td_np_valid    (td_np_valid),
        .td_np_ready    (td_np_ready),
        .td_np_sop      (td_np_sop),
        .td_np_eop      (td_np_eop),
        .td_np_hdr      (td_np_hdr),
        .td_np_data     (td_np_data),
        .td_cpl_valid   (td_cpl_valid),
        .td_cpl_ready   (td_cpl_ready),
        .td_cpl_sop     (td_cpl_sop),
        .td_cpl_eop     (td_cpl_eop),
        .td_cpl_hdr     (td_cpl_hdr),
        .td_cpl_data    (td_cpl_data),
        .nr_started     (nr_started),
        .nr_done        (nr_done)
    );

    assign hip_idle = !rst && !flr_active && !p_busy && !np_busy && !irq_busy && !msg_valid && !td_p_valid
                   && !td_np_valid && !td_cpl_valid && !err_valid_q && !got_poison_q && rx_empty && tx_empty;

    wire unused = &{1'b0, cto_disable, ext_tag, card_rst};
endmodule
`default_nettype wire
