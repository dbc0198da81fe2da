// SPDX-License-Identifier: Apache-2.0
//
// The card that `riser bench` measures with: the endpoint core and as little as possible behind it.
// Registers (BAR0, 8 KiB, quadwords): 00h reads 5249534552424d31h; 08h control: bit 0 DMA reads run,
// bit 1 DMA writes run, bit 2 cycles are counted and the card is never idle; 10h address of the window in host memory; 18h beats of read data that came;
// 20h beats of data that were given away for writing; 28h exclusive or of all read data, folded to 64
// bits; 30h a write asks for the interrupt of vector 0 (bits 31:0: cycles to wait before it), bits 63:32
// read as cycles since the core took the last one while bit 2 of control is set;
// 38h..ff8h: read as written last at 38h. MSI-X table at 1000h, pending bits at 1800h.
// DMA goes round a window of 2**WINDOW_LOG2 bytes in requests of 4 KiB, as fast as the core takes them.
// Latency and throughput are the core's: a register is read in the cycle after it is asked for.
`default_nettype none
module bench_card #(
    // Width of the TLP channels: 64, 128, 256 or 512
    parameter DATA_W      = 256,
    // Bytes of host memory that DMA uses: at least 12
    parameter WINDOW_LOG2 = 20
) (
    input  wire               clk,
    input  wire               perst_n,
    input  wire               link_up,
    input  wire               hot_reset,
    output wire               flr_active,
    output wire               idle,

    // TLPs from the host
    input  wire               rx_p_valid,
    output wire               rx_p_ready,
    input  wire               rx_p_sop,
    input  wire               rx_p_eop,
    input  wire [127:0]       rx_p_hdr,
    input  wire [DATA_W-1:0]  rx_p_data,
    input  wire               rx_np_valid,
    output wire               rx_np_ready,
    input  wire               rx_np_sop,
    input  wire               rx_np_eop,
    input  wire [127:0]       rx_np_hdr,
    input  wire [DATA_W-1:0]  rx_np_data,
    input  wire               rx_cpl_valid,
    output wire               rx_cpl_ready,
    input  wire               rx_cpl_sop,
    input  wire               rx_cpl_eop,
    input  wire [127:0]       rx_cpl_hdr,
    input  wire [DATA_W-1:0]  rx_cpl_data,

    // TLPs to the host
    output wire               tx_p_valid,
    input  wire               tx_p_ready,
    output wire               tx_p_sop,
    output wire               tx_p_eop,
    output wire [127:0]       tx_p_hdr,
    output wire [DATA_W-1:0]  tx_p_data,
    output wire               tx_np_valid,
    input  wire               tx_np_ready,
    output wire               tx_np_sop,
    output wire               tx_np_eop,
    output wire [127:0]       tx_np_hdr,
    output wire [DATA_W-1:0]  tx_np_data,
    output wire               tx_cpl_valid,
    input  wire               tx_cpl_ready,
    output wire               tx_cpl_sop,
    output wire               tx_cpl_eop,
    output wire [127:0]       tx_cpl_hdr,
    output wire [DATA_W-1:0]  tx_cpl_data
);
    wire card_rst, cfg_mse, cfg_bme, cfg_msi_en, cfg_msix_en, cfg_d0, reg_valid, reg_write;
    wire dmar_req_ready, dmar_valid, dmar_last, dmaw_req_ready, dmaw_ready, dmaw_done_valid, irq_ready;
    wire core_idle, claim;
    wire [1:0] dmar_status, dmaw_done_status;
    wire [2:0] cfg_mps, cfg_mrrs, reg_bar;
    wire [7:0] reg_be, dmar_ctx, dmaw_done_ctx;
    wire [15:0] cfg_bdf;
    wire [31:0] reg_addr;
    wire [63:0] reg_wdata;
    wire [DATA_W-1:0] dmar_data;

    // ---- registers -------------------------------------------------------------------------------

    reg         read_on_q, write_on_q, count_on_q;
    reg [63:0]  base_q, nr_read_q, nr_written_q, fold_q, scratch_q;
    reg         rsp_valid_q;
    reg [63:0]  rsp_data_q;
    wire        we = reg_valid && reg_write;

    always @(posedge clk) begin
        rsp_valid_q <= reg_valid && !reg_write;
        case (reg_addr[11:3])
            9'd0:    rsp_data_q <= 64'h5249534552424d31;
            9'd1:    rsp_data_q <= {61'd0, count_on_q, write_on_q, read_on_q};
            9'd2:    rsp_data_q <= base_q;
            9'd3:    rsp_data_q <= nr_read_q;
            9'd4:    rsp_data_q <= nr_written_q;
            9'd5:    rsp_data_q <= fold_q;
            9'd6:    rsp_data_q <= {since_q, wait_q};
            default: rsp_data_q <= scratch_q;
        endcase
        if (we && reg_addr[11:3] == 9'd1) {count_on_q, write_on_q, read_on_q} <= reg_wdata[2:0];
        if (we && reg_addr[11:3] == 9'd2 && reg_be[0]) base_q[31:0] <= reg_wdata[31:0];
        if (we && reg_addr[11:3] == 9'd2 && reg_be[4]) base_q[63:32] <= reg_wdata[63:32];
        if (we && reg_addr[11:3] >= 9'd7) scratch_q <= reg_wdata;
        if (card_rst) begin
            {count_on_q, write_on_q, read_on_q} <= 3'd0;
            base_q      <= 64'd0;
            scratch_q   <= 64'd0;
            rsp_valid_q <= 1'b0;
        end
    end

    // ---- an interrupt, some time after it is asked for -------------------------------------------

    reg         irq_q;
    reg [31:0]  wait_q, since_q;

    always @(posedge clk) begin
        if (wait_q != 32'd0) wait_q <= wait_q - 32'd1;
        if (count_on_q) since_q <= since_q + 32'd1;
        if (irq_q && wait_q == 32'd0 && irq_ready) begin
            irq_q   <= 1'b0;
            since_q <= 32'd0;
        end
        if (we && reg_addr[11:3] == 9'd6) begin
            irq_q  <= 1'b1;
            wait_q <= reg_wdata[31:0];
        end
        if (card_rst) begin
            irq_q  <= 1'b0;
            wait_q <= 32'd0;
            since_q <= 32'd0;
        end
    end

    // ---- DMA -------------------------------------------------------------------------------------

    localparam NR_W = WINDOW_LOG2 - 12;
    reg [NR_W:0] rd_nr_q, wr_nr_q;      // one bit more, so that a window of one request has an index
    reg [15:0]   busy_q;                // requests that are not over
    wire         rd_req = read_on_q && !card_rst, wr_req = write_on_q && !card_rst;
    wire         rd_go = rd_req && dmar_req_ready, wr_go = wr_req && dmaw_req_ready;
    wire         rd_end = dmar_valid && dmar_last;
    wire [WINDOW_LOG2:0] rd_off = {rd_nr_q, 12'd0}, wr_off = {wr_nr_q, 12'd0};
    wire [63:0]  rd_addr = base_q + {{(64 - WINDOW_LOG2){1'b0}}, rd_off[WINDOW_LOG2-1:0]};
    wire [63:0]  wr_addr = base_q + {{(64 - WINDOW_LOG2){1'b0}}, wr_off[WINDOW_LOG2-1:0]};
    reg [63:0]   fold;
    integer      i;

    always @* begin
        fold = 64'd0;
        for (i = 0; i < DATA_W / 64; i = i + 1) fold = fold ^ dmar_data[64*i +: 64];
    end

    always @(posedge clk) begin
        if (rd_go) rd_nr_q <= rd_nr_q + 1'b1;
        if (wr_go) wr_nr_q <= wr_nr_q + 1'b1;
        busy_q <= busy_q + {15'd0, rd_go} + {15'd0, wr_go} - {15'd0, rd_end} - {15'd0, dmaw_done_valid};
        if (dmar_valid) begin
            nr_read_q <= nr_read_q + 64'd1;
            fold_q    <= fold_q ^ fold;
        end
        if (dmaw_ready) nr_written_q <= nr_written_q + 64'd1;
        if (card_rst) begin
            rd_nr_q      <= {(NR_W + 1){1'b0}};
            wr_nr_q      <= {(NR_W + 1){1'b0}};
            busy_q       <= 16'd0;
            nr_read_q    <= 64'd0;
            nr_written_q <= 64'd0;
            fold_q       <= 64'd0;
        end
    end

    assign idle = core_idle && !read_on_q && !write_on_q && !count_on_q && busy_q == 16'd0 && !irq_q && !rsp_valid_q;

    riser_ep #(
        .DATA_W(DATA_W), .VENDOR_ID(16'hF1AC), .DEVICE_ID(16'h00BE), .SUBSYS_VENDOR_ID(16'hF1AC),
        .SUBSYS_ID(16'h0003), .CLASS_CODE(24'hff0000), .REVISION(8'h01), .SERIAL(64'd3),
        .BAR0_SIZE_LOG2(13), .MSIX_VECTORS(1), .MSIX_TABLE_BIR(0), .MSIX_TABLE_OFFSET(32'h1000),
        .MSIX_PBA_BIR(0), .MSIX_PBA_OFFSET(32'h1800), .MSI_VECTORS(1), .INTX_PIN(0)
    ) u_ep (
        .clk(clk), .perst_n(perst_n), .link_up(link_up), .hot_reset(hot_reset),
        .flr_active(flr_active), .core_idle(core_idle), .claim_hdr(128'd0), .claim(claim), .rx_p_valid(rx_p_valid),
        .rx_p_ready(rx_p_ready), .rx_p_sop(rx_p_sop), .rx_p_eop(rx_p_eop), .rx_p_hdr(rx_p_hdr),
        .rx_p_data(rx_p_data), .rx_np_valid(rx_np_valid), .rx_np_ready(rx_np_ready),
        .rx_np_sop(rx_np_sop), .rx_np_eop(rx_np_eop), .rx_np_hdr(rx_np_hdr),
        .rx_np_data(rx_np_data), .rx_cpl_valid(rx_cpl_valid), .rx_cpl_ready(rx_cpl_ready),
        .rx_cpl_sop(rx_cpl_sop), .rx_cpl_eop(rx_cpl_eop), .rx_cpl_hdr(rx_cpl_hdr),
        .rx_cpl_data(rx_cpl_data), .tx_p_valid(tx_p_valid), .tx_p_ready(tx_p_ready),
        .tx_p_sop(tx_p_sop), .tx_p_eop(tx_p_eop), .tx_p_hdr(tx_p_hdr), .tx_p_data(tx_p_data),
        .tx_np_valid(tx_np_valid), .tx_np_ready(tx_np_ready), .tx_np_sop(tx_np_sop),
        .tx_np_eop(tx_np_eop), .tx_np_hdr(tx_np_hdr), .tx_np_data(tx_np_data),
        .tx_cpl_valid(tx_cpl_valid), .tx_cpl_ready(tx_cpl_ready), .tx_cpl_sop(tx_cpl_sop),
        .tx_cpl_eop(tx_cpl_eop), .tx_cpl_hdr(tx_cpl_hdr), .tx_cpl_data(tx_cpl_data),
        .card_rst(card_rst), .cfg_mse(cfg_mse), .cfg_bme(cfg_bme), .cfg_msi_en(cfg_msi_en),
        .cfg_msix_en(cfg_msix_en), .cfg_d0(cfg_d0), .cfg_bdf(cfg_bdf), .cfg_mps(cfg_mps),
        .cfg_mrrs(cfg_mrrs), .reg_valid(reg_valid), .reg_ready(1'b1), .reg_write(reg_write),
        .reg_bar(reg_bar), .reg_addr(reg_addr), .reg_wdata(reg_wdata), .reg_be(reg_be),
        .reg_rsp_valid(rsp_valid_q), .reg_rsp_data(rsp_data_q), .reg_rsp_status(2'd0),
        .dmar_req_valid(rd_req), .dmar_req_ready(dmar_req_ready), .dmar_req_addr(rd_addr),
        .dmar_req_len(18'd4096), .dmar_req_ctx(8'd0), .dmar_valid(dmar_valid), .dmar_ready(1'b1),
        .dmar_last(dmar_last), .dmar_data(dmar_data), .dmar_ctx(dmar_ctx), .dmar_status(dmar_status),
        .dmaw_req_valid(wr_req), .dmaw_req_ready(dmaw_req_ready), .dmaw_req_addr(wr_addr),
        .dmaw_req_len(18'd4096), .dmaw_req_ctx(8'd0), .dmaw_valid(1'b1), .dmaw_ready(dmaw_ready),
        .dmaw_data({(DATA_W/64){nr_written_q}}), .dmaw_done_valid(dmaw_done_valid),
        .dmaw_done_ctx(dmaw_done_ctx), .dmaw_done_status(dmaw_done_status),
        .irq_valid(irq_q && wait_q == 32'd0), .irq_ready(irq_ready), .irq_vec(11'd0), .intx(1'b0));

    wire unused = &{1'b0, claim, cfg_mse, cfg_bme, cfg_msi_en, cfg_msix_en, cfg_d0, cfg_bdf, cfg_mps, cfg_mrrs,
                    reg_bar, reg_be, dmar_ctx, dmar_status, dmaw_done_ctx, dmaw_done_status,
                    reg_addr[31:12], reg_addr[2:0], rd_off[WINDOW_LOG2], wr_off[WINDOW_LOG2]};
endmodule
`default_nettype wire
