// SPDX-License-Identifier: Apache-2.0
//
// The example card for the interface `axi`: no PCIe in it. AXI4-Lite registers (32 bits, BAR n at n * 10000000h),
// DMA streams with descriptors, one interrupt request per vector.
`default_nettype none
module example_axi #(
    parameter DATA_W = 256,
    parameter IRQS   = 8
) (
    input  wire                aclk,
    input  wire                aresetn,
    output wire                idle,

    input  wire [31:0]         s_axil_awaddr,
    input  wire [2:0]          s_axil_awprot,
    input  wire                s_axil_awvalid,
    output wire                s_axil_awready,
    input  wire [31:0]         s_axil_wdata,
    input  wire [3:0]          s_axil_wstrb,
    input  wire                s_axil_wvalid,
    output wire                s_axil_wready,
    output wire [1:0]          s_axil_bresp,
    output wire                s_axil_bvalid,
    input  wire                s_axil_bready,
    input  wire [31:0]         s_axil_araddr,
    input  wire [2:0]          s_axil_arprot,
    input  wire                s_axil_arvalid,
    output wire                s_axil_arready,
    output wire [31:0]         s_axil_rdata,
    output wire [1:0]          s_axil_rresp,
    output wire                s_axil_rvalid,
    input  wire                s_axil_rready,

    output wire [63:0]         m_rd_desc_addr,
    output wire [17:0]         m_rd_desc_len,
    output wire [7:0]          m_rd_desc_tag,
    output wire                m_rd_desc_valid,
    input  wire                m_rd_desc_ready,
    input  wire [DATA_W-1:0]   s_axis_rd_tdata,
    input  wire [DATA_W/8-1:0] s_axis_rd_tkeep,
    input  wire                s_axis_rd_tlast,
    input  wire [7:0]          s_axis_rd_tid,
    input  wire [1:0]          s_axis_rd_tuser,
    input  wire                s_axis_rd_tvalid,
    output wire                s_axis_rd_tready,

    output wire [63:0]         m_wr_desc_addr,
    output wire [17:0]         m_wr_desc_len,
    output wire [7:0]          m_wr_desc_tag,
    output wire                m_wr_desc_valid,
    input  wire                m_wr_desc_ready,
    output wire [DATA_W-1:0]   m_axis_wr_tdata,
    output wire [DATA_W/8-1:0] m_axis_wr_tkeep,
    output wire                m_axis_wr_tlast,
    output wire                m_axis_wr_tvalid,
    input  wire                m_axis_wr_tready,
    input  wire [7:0]          s_wr_status_tag,
    input  wire [1:0]          s_wr_status_error,
    input  wire                s_wr_status_valid,

    output wire [IRQS-1:0]     irq_req,
    input  wire [IRQS-1:0]     irq_ack
);
    localparam [31:0] NB_32 = DATA_W / 8;
    localparam [17:0] NB = NB_32[17:0];

    wire        rst = !aresetn;
    wire        core_idle;
    reg         bvalid_q, read_q, rvalid_q, upper_q;
    reg [31:0]  rdata_q;
    wire        wr_go   = s_axil_awvalid && s_axil_wvalid && (!bvalid_q || s_axil_bready);
    wire        rd_go   = s_axil_arvalid && !wr_go && !read_q && (!rvalid_q || s_axil_rready);
    wire [31:0] addr    = wr_go ? s_axil_awaddr : s_axil_araddr;
    wire        reg_ready, rsp_valid;
    wire [63:0] rsp_data;
    wire [1:0]  rsp_status;
    wire        irq_valid;
    wire [10:0] irq_vec;
    wire        intx;

    // ---- registers -----------------------------------------------------------------------------------

    assign s_axil_awready = wr_go;
    assign s_axil_wready  = wr_go;
    assign s_axil_bvalid  = bvalid_q;
    assign s_axil_bresp   = 2'd0;
    assign s_axil_arready = rd_go;
    assign s_axil_rvalid  = rvalid_q || rsp_valid;
    assign s_axil_rdata   = rvalid_q ? rdata_q : upper_q ? rsp_data[63:32] : rsp_data[31:0];
    assign s_axil_rresp   = 2'd0;

    always @(posedge aclk) begin
        if (rst) begin
            {bvalid_q, read_q, rvalid_q} <= 3'd0;
        end else begin
            bvalid_q <= wr_go || (bvalid_q && !s_axil_bready);
            read_q   <= rd_go || (read_q && !rsp_valid);
            rvalid_q <= s_axil_rvalid && !s_axil_rready;
        end
        if (rd_go)
            upper_q <= s_axil_araddr[2];
        rdata_q <= s_axil_rdata;
    end

    // ---- a beat counter for tlast ----------------------------------------------------------------------

    wire        len_ready, len_valid, len_almost, len_empty;
    wire [17:0] len;
    reg [17:0]  left_q;
    reg         mid_q;
    wire [17:0] left = mid_q ? left_q : len;
    wire        beat_valid;
    wire        wr_desc_valid;

    riser_fifo #(.W(18), .DEPTH_LOG2(2)) u_len (
        .clk         (aclk),
        .rst         (rst),
        .in_valid    (wr_desc_valid && m_wr_desc_ready),
        .in_ready    (len_ready),
        .in_data     (m_wr_desc_len),
        .almost_full (len_almost),
        .out_valid   (len_valid),
        .out_ready   (m_axis_wr_tvalid && m_axis_wr_tready && m_axis_wr_tlast),
        .out_data    (len),
        .empty       (len_empty)
    );

    assign m_wr_desc_valid  = wr_desc_valid && len_ready;
    assign m_axis_wr_tvalid = beat_valid && len_valid;
    assign m_axis_wr_tlast  = left <= NB;
    assign m_axis_wr_tkeep  = (left < NB) ? ~({(DATA_W/8){1'b1}} << left) : {(DATA_W/8){1'b1}};

    always @(posedge aclk) begin
        if (rst)
            mid_q <= 1'b0;
        else if (m_axis_wr_tvalid && m_axis_wr_tready) begin
            mid_q  <= !m_axis_wr_tlast;
            left_q <= left - NB;
        end
    end

    assign m_rd_desc_tag = 8'd0;
    assign m_wr_desc_tag = 8'd0;
    assign irq_req       = irq_valid ? {{(IRQS-1){1'b0}}, 1'b1} << irq_vec : {IRQS{1'b0}};
    assign idle          = core_idle && !bvalid_q && !read_q && !s_axil_rvalid && !wr_go && !rd_go;

    example_core #(.DATA_W(DATA_W)) u_card (
        .clk              (aclk),
        .rst              (rst),
        .idle             (core_idle),
        .reg_valid        (wr_go || rd_go),
        .reg_ready        (reg_ready),
        .reg_write        (wr_go),
        .reg_bar          (addr[30:28]),
        .reg_addr         ({4'd0, addr[27:3], 3'd0}),
        .reg_wdata        ({2{s_axil_wdata}}),
        .reg_be           (addr[2] ? {s_axil_wstrb, 4'd0} : {4'd0, s_axil_wstrb}),
        .reg_rsp_valid    (rsp_valid),
        .reg_rsp_data     (rsp_data),
        .reg_rsp_status   (rsp_status),
        .dmar_req_valid   (m_rd_desc_valid),
        .dmar_req_ready   (m_rd_desc_ready),
        .dmar_req_addr    (m_rd_desc_addr),
        .dmar_req_len     (m_rd_desc_len),
        .dmar_valid       (s_axis_rd_tvalid),
        .dmar_ready       (s_axis_rd_tready),
        .dmar_last        (s_axis_rd_tlast),
        .dmar_data        (s_axis_rd_tdata),
        .dmar_status      (s_axis_rd_tuser),
        .dmaw_req_valid   (wr_desc_valid),
        .dmaw_req_ready   (m_wr_desc_ready && len_ready),
        .dmaw_req_addr    (m_wr_desc_addr),
        .dmaw_req_len     (m_wr_desc_len),
        .dmaw_valid       (beat_valid),
        .dmaw_ready       (m_axis_wr_tready && len_valid),
        .dmaw_data        (m_axis_wr_tdata),
        .dmaw_done_valid  (s_wr_status_valid),
        .dmaw_done_status (s_wr_status_error),
        .irq_valid        (irq_valid),
        .irq_ready        (1'b1),
        .irq_vec          (irq_vec),
        .intx             (intx)
    );

    wire unused = &{1'b0, s_axil_awprot, s_axil_arprot, addr, s_axis_rd_tkeep, s_axis_rd_tid, s_wr_status_tag, irq_ack,
                    reg_ready, rsp_status, intx, len_almost, len_empty};
endmodule
`default_nettype wire
