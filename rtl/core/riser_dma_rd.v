// SPDX-License-Identifier: Apache-2.0
//
// DMA reads. A request is cut on Max_Read_Request_Size boundaries (so never across 4 KiB) into reads
// that take the slots of a ring in order; the slot's number is the tag. Completions fill the slots in
// any order (riser_rd_cpl), riser_rd_out gives them back in order. A slot whose tag is in quarantine
// is passed over. One read per 2 cycles. Bus Master Enable and D0 are looked at before each read;
// what may not be asked counts as failed (status 1) and its bytes are 0.
`default_nettype none
`include "riser_tlp.vh"
module riser_dma_rd #(
    parameter DATA_W             = 256,
    parameter NR_TAGS            = 32,
    parameter MRRS_LOG2          = 9,
    parameter CPL_TIMEOUT_CYCLES = 50000
) (
    input  wire              clk,
    input  wire              rst,
    input  wire              rst_func,
    input  wire              stop,

    input  wire [15:0]       bdf,
    input  wire [2:0]        mps,
    input  wire [2:0]        mrrs,
    input  wire              may_send,
    input  wire              cto_disable,
    // counters of riser_rx_posted
    input  wire [31:0]       nr_p_in,
    input  wire [31:0]       nr_p_done,

    input  wire              req_valid,
    output wire              req_ready,
    input  wire [63:0]       req_addr,
    input  wire [17:0]       req_len,
    input  wire [7:0]        req_ctx,
    output wire              out_valid,
    input  wire              out_ready,
    output wire              out_last,
    output wire [DATA_W-1:0] out_data,
    output wire [7:0]        out_ctx,
    output wire [1:0]        out_status,

    output wire              tx_valid,
    input  wire              tx_ready,
    output wire [127:0]      tx_hdr,

    input  wire              rx_valid,
    output wire              rx_ready,
    input  wire              rx_sop,
    input  wire              rx_eop,
    input  wire [127:0]      rx_hdr,
    input  wire [DATA_W-1:0] rx_data,

    output wire              ev_valid,
    output wire [4:0]        ev_bit,
    output wire              ev_adv,
    output wire [127:0]      ev_hdr,
    output wire              got_ur,
    output wire              got_ca,
    output wire              got_poison,

    output wire              pending,   // a read waits for data
    output wire              busy
);
    localparam NB       = DATA_W / 8;
    localparam NB_LOG2  = (NB == 64) ? 6 : (NB == 32) ? 5 : (NB == 16) ? 4 : 3;
    localparam TAG_W    = (NR_TAGS == 32) ? 5 : (NR_TAGS == 16) ? 4 : (NR_TAGS == 8) ? 3
                        : (NR_TAGS == 4) ? 2 : 1;
    localparam ROW_W    = MRRS_LOG2 - NB_LOG2;
    localparam [31:0] MRRS_MAX = MRRS_LOG2 - 7;
    localparam [TAG_W:0] NR_TAGS_P = NR_TAGS[TAG_W:0];

    // ---- cut requests into reads -----------------------------------------------------------------

    reg          req_q;
    reg          first_q;
    reg [63:0]   addr_q;
    reg [17:0]   left_q;
    reg [7:0]    ctx_q;
    reg [NB_LOG2-1:0] off_q;        // of the request's first byte in a row
    reg [NB_LOG2-1:0] end_q;        // of its last byte
    reg [TAG_W:0] tail_q;
    wire [TAG_W:0] head;
    reg          tx_valid_q;
    reg [127:0]  tx_hdr_q;

    wire [1:0]   mrrs_enc  = (mrrs > MRRS_MAX[2:0]) ? MRRS_MAX[1:0] : mrrs[1:0];
    wire [9:0]   mrrs_bytes = 10'd128 << mrrs_enc;
    wire [9:0]   room      = mrrs_bytes - (addr_q[9:0] & (mrrs_bytes - 10'd1));
    wire         cut_last  = left_q <= {8'd0, room};
    wire [9:0]   cut_len   = cut_last ? left_q[9:0] : room;
    wire [TAG_W-1:0] slot  = tail_q[TAG_W-1:0];
    wire         full      = (tail_q - head) == NR_TAGS_P;
    wire [NR_TAGS-1:0] quarantine;
    wire         slot_bad  = quarantine[slot];

    wire         able      = req_q && !full && !tx_valid_q && !stop;
    wire         skip      = able && slot_bad && may_send && !(&quarantine);
    wire         ask       = able && !slot_bad && may_send;
    wire         fail      = able && !may_send;
    wire         cut       = ask || fail;

    assign req_ready = !req_q || (cut && cut_last);

    // the read
    wire [9:0]   span    = cut_len + {8'd0, addr_q[1:0]} + 10'd3;
    wire [7:0]   nr_dw   = span[9:2];
    wire [9:0]   end_at  = addr_q[9:0] + cut_len - 10'd1;
    wire [3:0]   fbe_all = 4'hf << addr_q[1:0];
    wire [3:0]   lbe_all = 4'hf >> (2'd3 - end_at[1:0]);
    wire [3:0]   fbe     = (nr_dw == 8'd1) ? fbe_all & lbe_all : fbe_all;
    wire [3:0]   lbe     = (nr_dw == 8'd1) ? 4'd0 : lbe_all;
    wire         is_4dw  = addr_q[63:32] != 32'd0;
    wire [7:0]   tag     = {{(8-TAG_W){1'b0}}, slot};

    assign tx_valid = tx_valid_q;
    assign tx_hdr   = tx_hdr_q;

    always @(posedge clk) begin
        if (rst_func) begin
            req_q  <= 1'b0;
            tail_q <= 0;
        end else begin
            if (req_ready)
                req_q <= req_valid;
            if (cut || skip)
                tail_q <= tail_q + 1;
        end
        if (rst)
            tx_valid_q <= 1'b0;
        else
            tx_valid_q <= ask || (tx_valid_q && !tx_ready);
        if (req_ready && req_valid) begin
            addr_q  <= req_addr;
            left_q  <= req_len;
            ctx_q   <= req_ctx;
            first_q <= 1'b1;
            off_q   <= req_addr[NB_LOG2-1:0];
            end_q   <= req_addr[NB_LOG2-1:0] + req_len[NB_LOG2-1:0] - 1;
        end else if (cut) begin
            addr_q  <= addr_q + {54'd0, cut_len};
            left_q  <= left_q - {8'd0, cut_len};
            first_q <= 1'b0;
        end
        if (ask)
            tx_hdr_q <= {is_4dw ? `TLP_MRD64 : `TLP_MRD32, 14'd0, 2'd0, nr_dw, bdf, tag, lbe, fbe,
                         is_4dw ? {addr_q[63:2], 2'b00} : {addr_q[31:2], 34'd0}};
    end

    // ---- completions ---------------------------------------------------------------------------------

    wire                   fin_valid;       // a slot has all it will get
    wire [TAG_W-1:0]       fin_slot;
    wire [1:0]             fin_status;
    wire [ROW_W:0]         fin_rows;        // rows below this one are good
    wire [DATA_W/32-1:0]   wr_en;
    wire [TAG_W-1:0]       wr_slot;
    wire [ROW_W*DATA_W/32-1:0] wr_row;
    wire [DATA_W-1:0]      wr_data;
    wire                   cpl_busy;

    riser_rd_cpl #(
        .DATA_W             (DATA_W),
        .NR_TAGS            (NR_TAGS),
        .TAG_W              (TAG_W),
        .ROW_W              (ROW_W),
        .CPL_TIMEOUT_CYCLES (CPL_TIMEOUT_CYCLES)
    ) u_cpl (
        .clk         (clk),
        .rst         (rst),
        .rst_func    (rst_func),
        .bdf         (bdf),
        .mps         (mps),
        .cto_disable (cto_disable),
        .ask         (ask),
        .ask_slot    (slot),
        .ask_pos     (addr_q[8:0]),
        .ask_len     (cut_len),
        .quarantine  (quarantine),
        .rx_valid    (rx_valid),
        .rx_ready    (rx_ready),
        .rx_sop      (rx_sop),
        .rx_eop      (rx_eop),
        .rx_hdr      (rx_hdr),
        .rx_data     (rx_data),
        .fin_valid   (fin_valid),
        .fin_slot    (fin_slot),
        .fin_status  (fin_status),
        .fin_rows    (fin_rows),
        .wr_en       (wr_en),
        .wr_slot     (wr_slot),
        .wr_row      (wr_row),
        .wr_data     (wr_data),
        .ev_valid    (ev_valid),
        .ev_bit      (ev_bit),
        .ev_adv      (ev_adv),
        .ev_hdr      (ev_hdr),
        .got_ur      (got_ur),
        .got_ca      (got_ca),
        .got_poison  (got_poison),
        .pending     (pending),
        .busy        (cpl_busy)
    );

    // ---- the slots' data: a memory per dword lane ------------------------------------------------

    wire                   rd_en;
    wire [TAG_W-1:0]       rd_slot;
    wire [ROW_W-1:0]       rd_row;
    wire [DATA_W-1:0]      rd_data;

    genvar i;
    generate
        for (i = 0; i < DATA_W / 32; i = i + 1) begin : g_lane
            riser_ram #(.W(32), .DEPTH_LOG2(TAG_W + ROW_W)) u_ram (
                .clk     (clk),
                .wr_en   (wr_en[i]),
                .wr_addr ({wr_slot, wr_row[ROW_W*i +: ROW_W]}),
                .wr_data (wr_data[32*i +: 32]),
                .rd_en   (rd_en),
                .rd_addr ({rd_slot, rd_row}),
                .rd_data (rd_data[32*i +: 32])
            );
        end
    endgenerate

    // ---- in order to the card ------------------------------------------------------------------------

    wire out_busy;

    riser_rd_out #(
        .DATA_W  (DATA_W),
        .NB_LOG2 (NB_LOG2),
        .NR_TAGS (NR_TAGS),
        .TAG_W   (TAG_W),
        .ROW_W   (ROW_W)
    ) u_out (
        .clk        (clk),
        .rst        (rst_func),
        .nr_p_in    (nr_p_in),
        .nr_p_done  (nr_p_done),
        .new_valid  (cut || skip),
        .new_slot   (slot),
        .new_skip   (skip),
        .new_fail   (fail),
        .new_first  (first_q),
        .new_last   (cut_last),
        .new_flush  (off_q != 0 && end_q >= off_q),
        .new_off    (off_q),
        .new_row    (addr_q[MRRS_LOG2-1:NB_LOG2]),
        .new_end    (end_at[MRRS_LOG2-1:NB_LOG2]),
        .new_ctx    (ctx_q),
        .tail       (tail_q),
        .head       (head),
        .fin_valid  (fin_valid),
        .fin_slot   (fin_slot),
        .fin_status (fin_status),
        .fin_rows   (fin_rows),
        .rd_en      (rd_en),
        .rd_slot    (rd_slot),
        .rd_row     (rd_row),
        .rd_data    (rd_data),
        .out_valid  (out_valid),
        .out_ready  (out_ready),
        .out_last   (out_last),
        .out_data   (out_data),
        .out_ctx    (out_ctx),
        .out_status (out_status),
        .busy       (out_busy)
    );

    assign busy = req_q || tx_valid_q || cpl_busy || out_busy;

    wire unused = &{1'b0, span[1:0], end_at, MRRS_MAX};
endmodule
`default_nettype wire
