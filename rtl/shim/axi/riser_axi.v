// SPDX-License-Identifier: Apache-2.0
//
// A ready endpoint for designs without any PCIe logic: registers as an AXI4-Lite manager, DMA as AXI4-Streams with
// descriptors, interrupt requests as wires. Made of riser_ep; the TLP port is on its other side.
//
//   axil_      BARs: the address is the BAR's base (BARn_BASE) plus the offset. The BAR space of the MSI-X table
//              and pending bits is not seen.
//   rd_desc_   a read of host memory: any byte address, 1 to 131072 bytes. Its data comes as one packet of rd_ beats:
//              packed, from the first byte on, tkeep in the last beat, tid the descriptor's tag, tuser in the last
//              beat 0 OK, 1 UR or CA, 2 completion timeout, 3 poisoned (missing bytes are 0). Packets come in order.
//   wr_desc_   a write; its data is one packet of wr_ beats, packed, in the order of the descriptors. wr_status_ says
//              that it is on its way (error 0) or was dropped (1): what is asked from then on is behind it.
//   irq_req    a rising edge of bit n asks for vector n; irq_ack is a pulse when the request was taken.
//   aresetn    low with PERST#, hot reset, function level reset or without a link.
// Latency of a register read: that of riser_ep and the user's own. wr_ may not wait for wr_status_ of its own packet.
`default_nettype none
module riser_axi #(
    parameter         DATA_W            = 256,
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
    parameter         MSIX_VECTORS      = 8,
    parameter         MSIX_TABLE_BIR    = 4,
    parameter [31:0]  MSIX_TABLE_OFFSET = 32'h0,
    parameter         MSIX_PBA_BIR      = 4,
    parameter [31:0]  MSIX_PBA_OFFSET   = 32'h800,
    parameter         MSI_VECTORS       = 1,
    parameter         INTX_PIN          = 0,
    parameter         MPS_LOG2          = 9,
    parameter         MRRS_LOG2         = 9,
    parameter         NR_TAGS           = 32,
    parameter         CPL_TIMEOUT_CYCLES = 1000000,
    // AXI4-Lite: 32 or 64 bits, and where the BARs are
    parameter         AXIL_W            = 32,
    parameter [31:0]  BAR0_BASE         = 32'h0000_0000,
    parameter [31:0]  BAR1_BASE         = 32'h1000_0000,
    parameter [31:0]  BAR2_BASE         = 32'h2000_0000,
    parameter [31:0]  BAR3_BASE         = 32'h3000_0000,
    parameter [31:0]  BAR4_BASE         = 32'h4000_0000,
    parameter [31:0]  BAR5_BASE         = 32'h5000_0000,
    // interrupt requests, 1 to 32
    parameter         IRQS              = 8
) (
    input  wire                clk,
    input  wire                perst_n,
    input  wire                link_up,
    input  wire                hot_reset,
    output wire                flr_active,
    output wire                idle,
    input  wire                rx_p_valid,
    output wire                rx_p_ready,
    input  wire                rx_p_sop,
    input  wire                rx_p_eop,
    input  wire [127:0]        rx_p_hdr,
    input  wire [DATA_W-1:0]   rx_p_data,
    input  wire                rx_np_valid,
    output wire                rx_np_ready,
    input  wire                rx_np_sop,
    input  wire                rx_np_eop,
    input  wire [127:0]        rx_np_hdr,
    input  wire [DATA_W-1:0]   rx_np_data,
    input  wire                rx_cpl_valid,
    output wire                rx_cpl_ready,
    input  wire                rx_cpl_sop,
    input  wire                rx_cpl_eop,
    input  wire [127:0]        rx_cpl_hdr,
    input  wire [DATA_W-1:0]   rx_cpl_data,
    output wire                tx_p_valid,
    input  wire                tx_p_ready,
    output wire                tx_p_sop,
    output wire                tx_p_eop,
    output wire [127:0]        tx_p_hdr,
    output wire [DATA_W-1:0]   tx_p_data,
    output wire                tx_np_valid,
    input  wire                tx_np_ready,
    output wire                tx_np_sop,
    output wire                tx_np_eop,
    output wire [127:0]        tx_np_hdr,
    output wire [DATA_W-1:0]   tx_np_data,
    output wire                tx_cpl_valid,
    input  wire                tx_cpl_ready,
    output wire                tx_cpl_sop,
    output wire                tx_cpl_eop,
    output wire [127:0]        tx_cpl_hdr,
    output wire [DATA_W-1:0]   tx_cpl_data,

    // the user
    input  wire                user_idle,       // nothing to do: the clock may stop; 0 if unknown
    output wire                aresetn,
    output wire [31:0]         axil_awaddr,
    output wire [2:0]          axil_awprot,
    output wire                axil_awvalid,
    input  wire                axil_awready,
    output wire [AXIL_W-1:0]   axil_wdata,
    output wire [AXIL_W/8-1:0] axil_wstrb,
    output wire                axil_wvalid,
    input  wire                axil_wready,
    input  wire [1:0]          axil_bresp,
    input  wire                axil_bvalid,
    output wire                axil_bready,
    output wire [31:0]         axil_araddr,
    output wire [2:0]          axil_arprot,
    output wire                axil_arvalid,
    input  wire                axil_arready,
    input  wire [AXIL_W-1:0]   axil_rdata,
    input  wire [1:0]          axil_rresp,
    input  wire                axil_rvalid,
    output wire                axil_rready,
    input  wire [63:0]         rd_desc_addr,
    input  wire [17:0]         rd_desc_len,
    input  wire [7:0]          rd_desc_tag,
    input  wire                rd_desc_valid,
    output wire                rd_desc_ready,
    output wire [DATA_W-1:0]   rd_tdata,
    output wire [DATA_W/8-1:0] rd_tkeep,
    output wire                rd_tlast,
    output wire [7:0]          rd_tid,
    output wire [1:0]          rd_tuser,
    output wire                rd_tvalid,
    input  wire                rd_tready,
    input  wire [63:0]         wr_desc_addr,
    input  wire [17:0]         wr_desc_len,
    input  wire [7:0]          wr_desc_tag,
    input  wire                wr_desc_valid,
    output wire                wr_desc_ready,
    input  wire [DATA_W-1:0]   wr_tdata,
    input  wire [DATA_W/8-1:0] wr_tkeep,
    input  wire                wr_tlast,
    input  wire                wr_tvalid,
    output wire                wr_tready,
    output wire [7:0]          wr_status_tag,
    output wire [1:0]          wr_status_error,
    output wire                wr_status_valid,
    input  wire [IRQS-1:0]     irq_req,
    output wire [IRQS-1:0]     irq_ack,
    // configuration
    output wire                cfg_bus_master_en,
    output wire [2:0]          cfg_max_payload,
    output wire [2:0]          cfg_max_read_req
);
    localparam NB      = DATA_W / 8;
    localparam NB_LOG2 = (NB == 64) ? 6 : (NB == 32) ? 5 : (NB == 16) ? 4 : 3;

    wire        card_rst, core_idle, claim;
    wire        cfg_mse, cfg_msi_en, cfg_msix_en, cfg_d0;
    wire [15:0] cfg_bdf;
    wire        reg_valid, reg_ready, reg_write, reg_rsp_valid;
    wire [2:0]  reg_bar;
    wire [31:0] reg_addr;
    wire [63:0] reg_wdata, reg_rsp_data;
    wire [7:0]  reg_be;
    wire [1:0]  reg_rsp_status;
    wire        dmar_req_ready, dmaw_req_ready;
    wire        dmar_valid, dmar_last;
    wire [1:0]  dmar_status;
    wire        irq_ready;

    assign aresetn = !card_rst;

    riser_axil #(
        .AXIL_W (AXIL_W),
        .BARS   ({BAR5_BASE, BAR4_BASE, BAR3_BASE, BAR2_BASE, BAR1_BASE, BAR0_BASE})
    ) u_axil (
        .clk            (clk),
        .rst            (card_rst),
        .reg_valid      (reg_valid),
        .reg_ready      (reg_ready),
        .reg_write      (reg_write),
        .reg_bar        (reg_bar),
        .reg_addr       (reg_addr),
        .reg_wdata      (reg_wdata),
        .reg_be         (reg_be),
        .reg_rsp_valid  (reg_rsp_valid),
        .reg_rsp_data   (reg_rsp_data),
        .reg_rsp_status (reg_rsp_status),
        .axil_awaddr    (axil_awaddr),
        .axil_awprot    (axil_awprot),
        .axil_awvalid   (axil_awvalid),
        .axil_awready   (axil_awready),
        .axil_wdata     (axil_wdata),
        .axil_wstrb     (axil_wstrb),
        .axil_wvalid    (axil_wvalid),
        .axil_wready    (axil_wready),
        .axil_bresp     (axil_bresp),
        .axil_bvalid    (axil_bvalid),
        .axil_bready    (axil_bready),
        .axil_araddr    (axil_araddr),
        .axil_arprot    (axil_arprot),
        .axil_arvalid   (axil_arvalid),
        .axil_arready   (axil_arready),
        .axil_rdata     (axil_rdata),
        .axil_rresp     (axil_rresp),
        .axil_rvalid    (axil_rvalid),
        .axil_rready    (axil_rready)
    );

    // ---- lengths of the reads under way, for tkeep --------------------------------------------------

    wire               len_ready, len_valid, len_almost, len_empty;
    wire [NB_LOG2-1:0] len_end;         // bytes of the last beat, 0: all

    riser_fifo #(.W(NB_LOG2), .DEPTH_LOG2(5)) u_len (
        .clk         (clk),
        .rst         (card_rst),
        .in_valid    (rd_desc_valid && dmar_req_ready),
        .in_ready    (len_ready),
        .in_data     (rd_desc_len[NB_LOG2-1:0]),
        .almost_full (len_almost),
        .out_valid   (len_valid),
        .out_ready   (rd_tvalid && rd_tready && rd_tlast),
        .out_data    (len_end),
        .empty       (len_empty)
    );

    assign rd_desc_ready = dmar_req_ready && len_ready;
    assign rd_tvalid     = dmar_valid && len_valid;
    assign rd_tlast      = dmar_last;
    assign rd_tkeep      = (dmar_last && len_end != 0) ? ~({NB{1'b1}} << len_end) : {NB{1'b1}};
    assign rd_tuser      = dmar_last ? dmar_status : 2'd0;
    assign wr_desc_ready = dmaw_req_ready;

    // ---- interrupts ----------------------------------------------------------------------------------

    reg  [IRQS-1:0] irq_was_q, irq_wait_q;
    reg  [10:0]     irq_vec;
    wire            irq_valid = irq_wait_q != {IRQS{1'b0}};
    integer         i;

    // the lowest goes first
    always @* begin
        irq_vec = 11'd0;
        for (i = IRQS - 1; i >= 0; i = i - 1)
            if (irq_wait_q[i])
                irq_vec = i[10:0];
    end

    assign irq_ack = (irq_valid && irq_ready) ? {{(IRQS-1){1'b0}}, 1'b1} << irq_vec : {IRQS{1'b0}};

    always @(posedge clk) begin
        if (card_rst) begin
            irq_was_q  <= {IRQS{1'b0}};
            irq_wait_q <= {IRQS{1'b0}};
        end else begin
            irq_was_q  <= irq_req;
            irq_wait_q <= (irq_wait_q & ~irq_ack) | (irq_req & ~irq_was_q);
        end
    end

    assign idle = core_idle && user_idle && !irq_valid && !reg_valid && len_empty;

    riser_ep #(
        .DATA_W             (DATA_W),
        .VENDOR_ID          (VENDOR_ID),
        .DEVICE_ID          (DEVICE_ID),
        .SUBSYS_VENDOR_ID   (SUBSYS_VENDOR_ID),
        .SUBSYS_ID          (SUBSYS_ID),
        .CLASS_CODE         (CLASS_CODE),
        .REVISION           (REVISION),
        .SERIAL             (SERIAL),
        .BAR0_SIZE_LOG2     (BAR0_SIZE_LOG2),
        .BAR1_SIZE_LOG2     (BAR1_SIZE_LOG2),
        .BAR2_SIZE_LOG2     (BAR2_SIZE_LOG2),
        .BAR3_SIZE_LOG2     (BAR3_SIZE_LOG2),
        .BAR4_SIZE_LOG2     (BAR4_SIZE_LOG2),
        .BAR5_SIZE_LOG2     (BAR5_SIZE_LOG2),
        .BAR0_TYPE          (BAR0_TYPE),
        .BAR1_TYPE          (BAR1_TYPE),
        .BAR2_TYPE          (BAR2_TYPE),
        .BAR3_TYPE          (BAR3_TYPE),
        .BAR4_TYPE          (BAR4_TYPE),
        .BAR5_TYPE          (BAR5_TYPE),
        .MSIX_VECTORS       (MSIX_VECTORS),
        .MSIX_TABLE_BIR     (MSIX_TABLE_BIR),
        .MSIX_TABLE_OFFSET  (MSIX_TABLE_OFFSET),
        .MSIX_PBA_BIR       (MSIX_PBA_BIR),
        .MSIX_PBA_OFFSET    (MSIX_PBA_OFFSET),
        .MSI_VECTORS        (MSI_VECTORS),
        .INTX_PIN           (INTX_PIN),
        .MPS_LOG2           (MPS_LOG2),
        .MRRS_LOG2          (MRRS_LOG2),
        .NR_TAGS            (NR_TAGS),
        .CPL_TIMEOUT_CYCLES (CPL_TIMEOUT_CYCLES)
    ) u_ep (
        .clk              (clk),
        .perst_n          (perst_n),
        .link_up          (link_up),
        .hot_reset        (hot_reset),
        .flr_active       (flr_active),
        .core_idle        (core_idle),
        .claim_hdr        (128'd0),
        .claim            (claim),
        .rx_p_valid       (rx_p_valid),
        .rx_p_ready       (rx_p_ready),
        .rx_p_sop         (rx_p_sop),
        .rx_p_eop         (rx_p_eop),
        .rx_p_hdr         (rx_p_hdr),
        .rx_p_data        (rx_p_data),
        .rx_np_valid      (rx_np_valid),
        .rx_np_ready      (rx_np_ready),
        .rx_np_sop        (rx_np_sop),
        .rx_np_eop        (rx_np_eop),
        .rx_np_hdr        (rx_np_hdr),
        .rx_np_data       (rx_np_data),
        .rx_cpl_valid     (rx_cpl_valid),
        .rx_cpl_ready     (rx_cpl_ready),
        .rx_cpl_sop       (rx_cpl_sop),
        .rx_cpl_eop       (rx_cpl_eop),
        .rx_cpl_hdr       (rx_cpl_hdr),
        .rx_cpl_data      (rx_cpl_data),
        .tx_p_valid       (tx_p_valid),
        .tx_p_ready       (tx_p_ready),
        .tx_p_sop         (tx_p_sop),
        .tx_p_eop         (tx_p_eop),
        .tx_p_hdr         (tx_p_hdr),
        .tx_p_data        (tx_p_data),
        .tx_np_valid      (tx_np_valid),
        .tx_np_ready      (tx_np_ready),
        .tx_np_sop        (tx_np_sop),
        .tx_np_eop        (tx_np_eop),
        .tx_np_hdr        (tx_np_hdr),
        .tx_np_data       (tx_np_data),
        .tx_cpl_valid     (tx_cpl_valid),
        .tx_cpl_ready     (tx_cpl_ready),
        .tx_cpl_sop       (tx_cpl_sop),
        .tx_cpl_eop       (tx_cpl_eop),
        .tx_cpl_hdr       (tx_cpl_hdr),
        .tx_cpl_data      (tx_cpl_data),
        .card_rst         (card_rst),
        .cfg_mse          (cfg_mse),
        .cfg_bme          (cfg_bus_master_en),
        .cfg_msi_en       (cfg_msi_en),
        .cfg_msix_en      (cfg_msix_en),
        .cfg_d0           (cfg_d0),
        .cfg_bdf          (cfg_bdf),
        .cfg_mps          (cfg_max_payload),
        .cfg_mrrs         (cfg_max_read_req),
        .reg_valid        (reg_valid),
        .reg_ready        (reg_ready),
        .reg_write        (reg_write),
        .reg_bar          (reg_bar),
        .reg_addr         (reg_addr),
        .reg_wdata        (reg_wdata),
        .reg_be           (reg_be),
        .reg_rsp_valid    (reg_rsp_valid),
        .reg_rsp_data     (reg_rsp_data),
        .reg_rsp_status   (reg_rsp_status),
        .dmar_req_valid   (rd_desc_valid && len_ready),
        .dmar_req_ready   (dmar_req_ready),
        .dmar_req_addr    (rd_desc_addr),
        .dmar_req_len     (rd_desc_len),
        .dmar_req_ctx     (rd_desc_tag),
        .dmar_valid       (dmar_valid),
        .dmar_ready       (rd_tready && len_valid),
        .dmar_last        (dmar_last),
        .dmar_data        (rd_tdata),
        .dmar_ctx         (rd_tid),
        .dmar_status      (dmar_status),
        .dmaw_req_valid   (wr_desc_valid),
        .dmaw_req_ready   (dmaw_req_ready),
        .dmaw_req_addr    (wr_desc_addr),
        .dmaw_req_len     (wr_desc_len),
        .dmaw_req_ctx     (wr_desc_tag),
        .dmaw_valid       (wr_tvalid),
        .dmaw_ready       (wr_tready),
        .dmaw_data        (wr_tdata),
        .dmaw_done_valid  (wr_status_valid),
        .dmaw_done_ctx    (wr_status_tag),
        .dmaw_done_status (wr_status_error),
        .irq_valid        (irq_valid),
        .irq_ready        (irq_ready),
        .irq_vec          (irq_vec),
        .intx             (1'b0)
    );

    // the descriptor's length counts; a packet that ends elsewhere is a mistake of the user
    wire               wl_ready, wl_valid, wl_almost, wl_empty;
    wire [17:0]        wl_len;
    reg  [17:0]        wr_left_q;
    reg                wr_mid_q;
    wire [17:0]        wr_left = wr_mid_q ? wr_left_q : wl_len;
    wire               wr_end  = wr_left <= NB[17:0];
    wire               wr_beat = wr_tvalid && wr_tready && wl_valid;

    riser_fifo #(.W(18), .DEPTH_LOG2(5)) u_wr_len (
        .clk         (clk),
        .rst         (card_rst),
        .in_valid    (wr_desc_valid && wr_desc_ready),
        .in_ready    (wl_ready),
        .in_data     (wr_desc_len),
        .almost_full (wl_almost),
        .out_valid   (wl_valid),
        .out_ready   (wr_beat && wr_end),
        .out_data    (wl_len),
        .empty       (wl_empty)
    );

    always @(posedge clk) begin
        if (card_rst)
            wr_mid_q <= 1'b0;
        else if (wr_beat) begin
            wr_mid_q  <= !wr_end;
            wr_left_q <= wr_left - NB[17:0];
`ifndef SYNTHESIS
            // no register has a value before the first reset
            if (perst_n && wr_tlast != wr_end)
                $display("[%0t] %%Error: riser_axi.v:1: Assertion failed in %m: user RTL: wr_tlast is %b, %0d bytes of the descriptor are left",
                         $time, wr_tlast, wr_left);
`endif
        end
    end

    wire unused = &{1'b0, claim, cfg_mse, cfg_msi_en, cfg_msix_en, cfg_d0, cfg_bdf, wr_tkeep, len_almost, wl_ready,
                    wl_almost, wl_empty};
endmodule
`default_nettype wire
