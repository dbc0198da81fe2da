// SPDX-License-Identifier: Apache-2.0
//
// The example card for the interface `segments`: SEGS segments of SEG_W bits in a cycle. In every other cycle it does
// not take the last segment, so that TLPs are cut between cycles in every way.
`default_nettype none
module example_segments #(
    parameter SEG_W = 256,
    parameter SEGS  = 1
) (
    input  wire                  clk,
    input  wire                  rst,
    output wire                  idle,

    input  wire [SEGS*SEG_W-1:0] rx_req_tlp_data,
    input  wire [SEGS*128-1:0]   rx_req_tlp_hdr,
    input  wire [SEGS*3-1:0]     rx_req_tlp_bar_id,
    input  wire [SEGS-1:0]       rx_req_tlp_valid,
    input  wire [SEGS-1:0]       rx_req_tlp_sop,
    input  wire [SEGS-1:0]       rx_req_tlp_eop,
    output wire [SEGS-1:0]       rx_req_tlp_ready,
    input  wire [SEGS*SEG_W-1:0] rx_cpl_tlp_data,
    input  wire [SEGS*128-1:0]   rx_cpl_tlp_hdr,
    input  wire [SEGS-1:0]       rx_cpl_tlp_valid,
    input  wire [SEGS-1:0]       rx_cpl_tlp_sop,
    input  wire [SEGS-1:0]       rx_cpl_tlp_eop,
    output wire [SEGS-1:0]       rx_cpl_tlp_ready,
    output wire [SEGS*128-1:0]   tx_rd_req_tlp_hdr,
    output wire [SEGS-1:0]       tx_rd_req_tlp_valid,
    output wire [SEGS-1:0]       tx_rd_req_tlp_sop,
    output wire [SEGS-1:0]       tx_rd_req_tlp_eop,
    input  wire [SEGS-1:0]       tx_rd_req_tlp_ready,
    output wire [SEGS*SEG_W-1:0] tx_wr_req_tlp_data,
    output wire [SEGS*128-1:0]   tx_wr_req_tlp_hdr,
    output wire [SEGS-1:0]       tx_wr_req_tlp_valid,
    output wire [SEGS-1:0]       tx_wr_req_tlp_sop,
    output wire [SEGS-1:0]       tx_wr_req_tlp_eop,
    input  wire [SEGS-1:0]       tx_wr_req_tlp_ready,
    output wire [SEGS*SEG_W-1:0] tx_cpl_tlp_data,
    output wire [SEGS*128-1:0]   tx_cpl_tlp_hdr,
    output wire [SEGS-1:0]       tx_cpl_tlp_valid,
    output wire [SEGS-1:0]       tx_cpl_tlp_sop,
    output wire [SEGS-1:0]       tx_cpl_tlp_eop,
    input  wire [SEGS-1:0]       tx_cpl_tlp_ready,

    input  wire                  flr_req,
    output wire                  flr_done,
    output wire                  trans_pending,
    input  wire [7:0]            bus_num,
    input  wire                  bus_master_enable,
    input  wire [2:0]            max_read_request_size,
    input  wire [2:0]            max_payload_size,
    input  wire                  msix_enable,
    input  wire                  msix_mask,
    input  wire                  msi_enable,
    input  wire [2:0]            msi_multiple_message_enable,
    input  wire [63:0]           msi_address,
    input  wire [15:0]           msi_data,
    input  wire [31:0]           msi_mask
);
    localparam DATA_W = SEG_W * (SEGS == 3 ? 4 : SEGS);

    wire              req_valid, req_ready, req_sop, req_eop;
    wire [127:0]      req_hdr;
    wire [DATA_W-1:0] req_data;
    wire              q_p_valid, q_p_ready, q_p_sop, q_p_eop;
    wire [127:0]      q_p_hdr;
    wire [DATA_W-1:0] q_p_data;
    wire              q_np_valid, q_np_ready, q_np_sop, q_np_eop;
    wire [127:0]      q_np_hdr;
    wire [DATA_W-1:0] q_np_data;
    wire              q_cpl_valid, q_cpl_ready, q_cpl_sop, q_cpl_eop;
    wire [127:0]      q_cpl_hdr;
    wire [DATA_W-1:0] q_cpl_data;
    wire              u_p_valid, u_p_ready, u_p_sop, u_p_eop;
    wire [127:0]      u_p_hdr;
    wire [DATA_W-1:0] u_p_data;
    wire              u_np_valid, u_np_ready, u_np_sop, u_np_eop;
    wire [127:0]      u_np_hdr;
    wire [DATA_W-1:0] u_np_data;
    wire              u_cpl_valid, u_cpl_ready, u_cpl_sop, u_cpl_eop;
    wire [127:0]      u_cpl_hdr;
    wire [DATA_W-1:0] u_cpl_data;
    wire [2:0]        req_bar, q_p_bar, q_np_bar;
    wire              user_idle, err_valid, msi_req, intx;
    wire [4:0]        err_bit, msi_num;
    wire [127:0]      err_hdr;
    wire [SEGS-1:0]   req_room, q_cpl_room;
    wire              req_empty, q_cpl_empty, u_p_empty, u_np_empty, u_cpl_empty;
    wire [SEGS*SEG_W-1:0]    no_data;
    wire [SEGS*SEG_W/32-1:0] u_p_strb, u_np_strb, u_cpl_strb;
    wire [SEGS*3-1:0]        u_p_bar, u_np_bar, u_cpl_bar;

    // ---- from the host --------------------------------------------------------------------------------

    reg               odd_q;
    wire [SEGS-1:0]   may = {SEGS{1'b1}} >> ((SEGS > 1) && odd_q);

    // the BAR's number goes along with the header
    wire [SEGS*131-1:0] bar_and_hdr;
    genvar g;
    generate
        for (g = 0; g < SEGS; g = g + 1) begin : g_bar
            assign bar_and_hdr[131*g +: 131] = {rx_req_tlp_bar_id[3*g +: 3], rx_req_tlp_hdr[128*g +: 128]};
        end
    endgenerate

    riser_segments_tx #(.DATA_W(DATA_W), .SEG_W(SEG_W), .SEGS(SEGS), .HDR_W(131)) u_req (
        .clk       (clk),
        .rst       (rst),
        .live      (1'b0),
        .seg_data  (rx_req_tlp_data),
        .seg_hdr   (bar_and_hdr),
        .seg_valid (rx_req_tlp_valid & may),
        .seg_sop   (rx_req_tlp_sop),
        .seg_eop   (rx_req_tlp_eop),
        .seg_ready (req_room),
        .out_valid (req_valid),
        .out_ready (req_ready),
        .out_sop   (req_sop),
        .out_eop   (req_eop),
        .out_hdr   ({req_bar, req_hdr}),
        .out_data  (req_data),
        .empty     (req_empty)
    );
    assign rx_req_tlp_ready = req_room & may;

    riser_segments_tx #(.DATA_W(DATA_W), .SEG_W(SEG_W), .SEGS(SEGS)) u_in_cpl (
        .clk       (clk),
        .rst       (rst),
        .live      (1'b0),
        .seg_data  (rx_cpl_tlp_data),
        .seg_hdr   (rx_cpl_tlp_hdr),
        .seg_valid (rx_cpl_tlp_valid & may),
        .seg_sop   (rx_cpl_tlp_sop),
        .seg_eop   (rx_cpl_tlp_eop),
        .seg_ready (q_cpl_room),
        .out_valid (q_cpl_valid),
        .out_ready (q_cpl_ready),
        .out_sop   (q_cpl_sop),
        .out_eop   (q_cpl_eop),
        .out_hdr   (q_cpl_hdr),
        .out_data  (q_cpl_data),
        .empty     (q_cpl_empty)
    );
    assign rx_cpl_tlp_ready = q_cpl_room & may;

    // memory writes and reads part here
    reg  write_q;
    wire write = req_sop ? req_hdr[126] : write_q;

    assign q_p_valid  = req_valid && write;
    assign q_np_valid = req_valid && !write;
    assign req_ready  = write ? q_p_ready : q_np_ready;
    assign {q_p_sop, q_p_eop, q_p_hdr, q_p_data}     = {req_sop, req_eop, req_hdr, req_data};
    assign {q_np_sop, q_np_eop, q_np_hdr, q_np_data} = {req_sop, req_eop, req_hdr, req_data};

    always @(posedge clk) begin
        odd_q <= !odd_q && !rst;
        if (req_valid && req_sop)
            write_q <= write;
    end

    // ---- to the host ------------------------------------------------------------------------------------

    riser_segments_rx #(.DATA_W(DATA_W), .SEG_W(SEG_W), .SEGS(SEGS)) u_out_p (
        .clk       (clk),
        .rst       (rst),
        .in_valid  (u_p_valid),
        .in_ready  (u_p_ready),
        .in_sop    (u_p_sop),
        .in_eop    (u_p_eop),
        .in_hdr    (u_p_hdr),
        .in_data   (u_p_data),
        .in_bar    (3'd0),
        .seg_data  (tx_wr_req_tlp_data),
        .seg_strb  (u_p_strb),
        .seg_hdr   (tx_wr_req_tlp_hdr),
        .bar_id    (u_p_bar),
        .seg_valid (tx_wr_req_tlp_valid),
        .seg_sop   (tx_wr_req_tlp_sop),
        .seg_eop   (tx_wr_req_tlp_eop),
        .seg_ready (tx_wr_req_tlp_ready),
        .empty     (u_p_empty)
    );

    riser_segments_rx #(.DATA_W(DATA_W), .SEG_W(SEG_W), .SEGS(SEGS)) u_out_np (
        .clk       (clk),
        .rst       (rst),
        .in_valid  (u_np_valid),
        .in_ready  (u_np_ready),
        .in_sop    (u_np_sop),
        .in_eop    (u_np_eop),
        .in_hdr    (u_np_hdr),
        .in_data   (u_np_data),
        .in_bar    (3'd0),
        .seg_data  (no_data),
        .seg_strb  (u_np_strb),
        .seg_hdr   (tx_rd_req_tlp_hdr),
        .bar_id    (u_np_bar),
        .seg_valid (tx_rd_req_tlp_valid),
        .seg_sop   (tx_rd_req_tlp_sop),
        .seg_eop   (tx_rd_req_tlp_eop),
        .seg_ready (tx_rd_req_tlp_ready),
        .empty     (u_np_empty)
    );

    riser_segments_rx #(.DATA_W(DATA_W), .SEG_W(SEG_W), .SEGS(SEGS)) u_out_cpl (
        .clk       (clk),
        .rst       (rst),
        .in_valid  (u_cpl_valid),
        .in_ready  (u_cpl_ready),
        .in_sop    (u_cpl_sop),
        .in_eop    (u_cpl_eop),
        .in_hdr    (u_cpl_hdr),
        .in_data   (u_cpl_data),
        .in_bar    (3'd0),
        .seg_data  (tx_cpl_tlp_data),
        .seg_strb  (u_cpl_strb),
        .seg_hdr   (tx_cpl_tlp_hdr),
        .bar_id    (u_cpl_bar),
        .seg_valid (tx_cpl_tlp_valid),
        .seg_sop   (tx_cpl_tlp_sop),
        .seg_eop   (tx_cpl_tlp_eop),
        .seg_ready (tx_cpl_tlp_ready),
        .empty     (u_cpl_empty)
    );

    assign idle = user_idle && req_empty && q_cpl_empty && u_p_empty && u_np_empty && u_cpl_empty;

    example_user #(.DATA_W(DATA_W)) u_user (
        .clk            (clk),
        .rst            (rst),
        .flr_req        (flr_req),
        .flr_done       (flr_done),
        .idle           (user_idle),
        .pending        (trans_pending),
        .q_p_valid      (q_p_valid),
        .q_p_ready      (q_p_ready),
        .q_p_sop        (q_p_sop),
        .q_p_eop        (q_p_eop),
        .q_p_hdr        (q_p_hdr),
        .q_p_data       (q_p_data),
        .q_p_bar        (q_p_bar),
        .q_np_valid     (q_np_valid),
        .q_np_ready     (q_np_ready),
        .q_np_sop       (q_np_sop),
        .q_np_eop       (q_np_eop),
        .q_np_hdr       (q_np_hdr),
        .q_np_data      (q_np_data),
        .q_np_bar       (q_np_bar),
        .q_cpl_valid    (q_cpl_valid),
        .q_cpl_ready    (q_cpl_ready),
        .q_cpl_sop      (q_cpl_sop),
        .q_cpl_eop      (q_cpl_eop),
        .q_cpl_hdr      (q_cpl_hdr),
        .q_cpl_data     (q_cpl_data),
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
        .err_valid      (err_valid),
        .err_bit        (err_bit),
        .err_hdr        (err_hdr),
        .msi_req        (msi_req),
        .msi_ack        (1'b1),
        .msi_num        (msi_num),
        .intx           (intx),
        .cfg_bdf        ({bus_num, 8'd0}),
        .cfg_bme        (bus_master_enable),
        .cfg_mps        (max_payload_size),
        .cfg_mrrs       (max_read_request_size),
        .cfg_msix_en    (msix_enable),
        .cfg_msix_fmask (msix_mask),
        .cfg_msi_en     (msi_enable),
        .cfg_msi_mme    (msi_multiple_message_enable),
        .cfg_msi_addr   (msi_address),
        .cfg_msi_data   (msi_data),
        .cfg_msi_mask   (msi_mask)
    );
    assign q_p_bar  = req_bar;
    assign q_np_bar = req_bar;

    wire unused = &{1'b0, err_valid, err_bit, err_hdr, msi_req, msi_num, intx, no_data, u_p_strb, u_np_strb, u_cpl_strb, u_p_bar,
                    u_np_bar, u_cpl_bar};
endmodule
`default_nettype wire
