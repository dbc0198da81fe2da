// SPDX-License-Identifier: Apache-2.0
//
// A card for the core's own test. BAR0 (64-bit, 16 KiB): 4 KiB of register RAM, special registers at
// 1000h, MSI-X table and PBA. BAR2 (32-bit, 128 bytes) and BAR4 (64-bit, prefetchable, 8 KiB): RAM, but
// reading 1150h of it is a completer abort.
//   1000h  read: unsupported request     1008h  read: completer abort
//   1010h  bytes 0 to 7: how often this byte has been read (side effect per byte)
//   1018h  quadword writes seen by the card
//   1100h  DMA source   1108h  DMA target
//   1110h  start: length [17:0], context [39:32] (bit 7 is the card's), mode [41:40]:
//          1 copy, 2 read only (bytes are summed), 3 write only (byte n of the data is n + context),
//          context bit 6: interrupt with vector context[5:0] when the write is done
//   1120h  interrupt: vector [10:0]      1128h  level of INTA
//   1130h  commands that wait, plus those not finished
//   1138h  of the last DMA read that ended: sum of its bytes [31:0], context [39:32], status [41:40]
//   1140h  DMA reads that ended with an error [31:0], DMA writes that were dropped [63:32]
//   1148h  pace [4:0], as the input `slow`: the larger one counts
//   2000h and up, around the table: reads give their address, 6 cycles later than others
// Up to 16 commands wait. Finished parts are shown on the ev_ ports.
`default_nettype none
module test_card #(
    parameter DATA_W             = 256,
    parameter CPL_TIMEOUT_CYCLES = 6400,
    parameter MSIX_VECTORS       = 70,
    parameter MSI_VECTORS        = 8,
    parameter INTX_PIN           = 1,
    parameter NR_TAGS            = 32,
    parameter MPS_LOG2           = 9,
    parameter MRRS_LOG2          = 9
) (
    input  wire               clk,
    input  wire               perst_n,
    input  wire               link_up,
    input  wire               hot_reset,
    output wire               flr_active,
    output wire               idle,
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
    output wire [DATA_W-1:0]  tx_cpl_data,

    // what the card saw
    output wire               ev_rst,
    output wire               ev_rd_valid,      // last beat of a DMA read
    output wire [7:0]         ev_rd_ctx,
    output wire [1:0]         ev_rd_status,
    output wire [31:0]        ev_rd_sum,        // sum of its bytes (read only)
    output wire               ev_rd_beat,
    output wire               ev_wr_valid,      // dmaw_done
    output wire [7:0]         ev_wr_ctx,
    output wire [1:0]         ev_wr_status,
    output wire               ev_reg_write,     // a register write
    input  wire [4:0]         slow              // the card's own ready and valid signals: 1 in slow + 1
);
    localparam NB = DATA_W / 8;
    localparam NB_LOG2 = (NB == 64) ? 6 : (NB == 32) ? 5 : (NB == 16) ? 4 : 3;

    wire              rst;
    wire              core_idle, claim;
    wire              reg_valid, reg_write;
    reg               reg_ready_q;
    wire [2:0]        reg_bar;
    wire [31:0]       reg_addr;
    wire [63:0]       reg_wdata;
    wire [7:0]        reg_be;
    reg               rsp_valid_q;
    reg [63:0]        rsp_data_q;
    reg [1:0]         rsp_status_q;
    wire              dmar_req_valid, dmar_req_ready, dmar_valid, dmar_ready, dmar_last;
    wire              dmaw_req_valid, dmaw_req_ready, dmaw_valid, dmaw_ready, done_valid;
    wire [DATA_W-1:0] dmar_data, dmaw_data;
    wire [7:0]        dmar_ctx, done_ctx;
    wire [1:0]        dmar_status, done_status;
    wire              irq_valid, irq_ready;
    wire [10:0]       irq_vec;
    reg               intx_q;

    riser_ep #(
        .DATA_W             (DATA_W),
        .VENDOR_ID          (16'h1234),
        .DEVICE_ID          (16'h5678),
        .SUBSYS_VENDOR_ID   (16'h9abc),
        .SUBSYS_ID          (16'hdef0),
        .CLASS_CODE         (24'hff0000),
        .REVISION           (8'h07),
        .SERIAL             (64'h0123_4567_89ab_cdef),
        .BAR0_SIZE_LOG2     (14),
        .BAR0_TYPE          (2'b01),
        .BAR2_SIZE_LOG2     (7),
        .BAR2_TYPE          (2'b00),
        .BAR4_SIZE_LOG2     (13),
        .BAR4_TYPE          (2'b11),
        .MSIX_VECTORS       (MSIX_VECTORS),
        .MSIX_TABLE_BIR     (0),
        .MSIX_TABLE_OFFSET  (32'h2110),
        .MSIX_PBA_BIR       (0),
        .MSIX_PBA_OFFSET    (32'h3000),
        .MSI_VECTORS        (MSI_VECTORS),
        .INTX_PIN           (INTX_PIN),
        .NR_TAGS            (NR_TAGS),
        .MPS_LOG2           (MPS_LOG2),
        .MRRS_LOG2          (MRRS_LOG2),
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
        .card_rst         (rst),
        .cfg_mse          (),
        .cfg_bme          (),
        .cfg_msi_en       (),
        .cfg_msix_en      (),
        .cfg_d0           (),
        .cfg_bdf          (),
        .cfg_mps          (),
        .cfg_mrrs         (),
        .reg_valid        (reg_valid),
        .reg_ready        (reg_ready_q),
        .reg_write        (reg_write),
        .reg_bar          (reg_bar),
        .reg_addr         (reg_addr),
        .reg_wdata        (reg_wdata),
        .reg_be           (reg_be),
        .reg_rsp_valid    (late_q ? rsp_late_q[5] : rsp_valid_q),
        .reg_rsp_data     (late_q ? data_late_q[383:320] : rsp_data_q),
        .reg_rsp_status   (late_q ? 2'd0 : rsp_status_q),
        .dmar_req_valid   (dmar_req_valid),
        .dmar_req_ready   (dmar_req_ready),
        .dmar_req_addr    (src_q),
        .dmar_req_len     (len_q),
        .dmar_req_ctx     ({mode_q == 2'd2, ctx_q[6:0]}),
        .dmar_valid       (dmar_valid),
        .dmar_ready       (dmar_ready),
        .dmar_last        (dmar_last),
        .dmar_data        (dmar_data),
        .dmar_ctx         (dmar_ctx),
        .dmar_status      (dmar_status),
        .dmaw_req_valid   (dmaw_req_valid),
        .dmaw_req_ready   (dmaw_req_ready),
        .dmaw_req_addr    (dst_q),
        .dmaw_req_len     (len_q),
        .dmaw_req_ctx     (ctx_q),
        .dmaw_valid       (dmaw_valid),
        .dmaw_ready       (dmaw_ready),
        .dmaw_data        (dmaw_data),
        .dmaw_done_valid  (done_valid),
        .dmaw_done_ctx    (done_ctx),
        .dmaw_done_status (done_status),
        .irq_valid        (irq_valid),
        .irq_ready        (irq_ready),
        .irq_vec          (irq_vec),
        .intx             (intx_q)
    );

    // ---- pace ------------------------------------------------------------------------------------

    reg [4:0]  pace_q;
    reg [4:0]  slow_q;
    reg [41:0] last_q;
    reg [63:0] failed_q;
    wire       go = pace_q == 5'd0;
    always @(posedge clk)
        pace_q <= (rst || (pace_q >= slow && pace_q >= slow_q)) ? 5'd0 : pace_q + 5'd1;

    // ---- registers ---------------------------------------------------------------------------------

    reg [63:0] ram0 [0:511];
    reg [63:0] ram2 [0:15];
    reg [63:0] ram4 [0:1023];
    reg [63:0] reads_q;
    reg [63:0] nr_writes_q;
    reg [63:0] src_w_q, dst_w_q;
    wire [6:0] nr_open;

    wire       access = reg_valid && reg_ready_q;
    wire       is_ram0 = reg_bar == 3'd0 && reg_addr[13:12] == 2'd0;
    wire       special = reg_bar == 3'd0 && reg_addr[13:12] == 2'd1;
    wire       cmd_push = access && reg_write && special && reg_addr[11:0] == 12'h110;
    wire       irq_push = access && reg_write && special && reg_addr[11:0] == 12'h120;
    integer n;

    always @(posedge clk) begin
        reg_ready_q <= go;
        rsp_valid_q <= 1'b0;
        if (access && !reg_write) begin
            rsp_valid_q  <= 1'b1;
            rsp_status_q <= 2'd0;
            rsp_data_q   <= 64'd0;
            if (is_ram0)
                rsp_data_q <= ram0[reg_addr[11:3]];
            else if (reg_bar == 3'd2)
                rsp_data_q <= ram2[reg_addr[6:3]];
            else if (reg_bar == 3'd4) begin
                rsp_data_q   <= ram4[reg_addr[12:3]];
                rsp_status_q <= (reg_addr == 32'h1150) ? 2'd2 : 2'd0;
            end
            else if (reg_bar == 3'd0 && reg_addr[13])
                rsp_data_q <= {32'hca5d_0000, reg_addr};
            else if (special)
                case (reg_addr[11:0])
                    12'h000: rsp_status_q <= 2'd1;
                    12'h008: rsp_status_q <= 2'd2;
                    12'h010: rsp_data_q <= reads_q;
                    12'h018: rsp_data_q <= nr_writes_q;
                    12'h130: rsp_data_q <= {57'd0, nr_open};
                    12'h138: rsp_data_q <= {22'd0, last_q};
                    12'h140: rsp_data_q <= failed_q;
                    12'h148: rsp_data_q <= {59'd0, slow_q};
                    default: ;
                endcase
        end
        for (n = 0; n < 8; n = n + 1) begin
            if (access && reg_write && reg_be[n]) begin
                if (is_ram0)
                    ram0[reg_addr[11:3]][8*n +: 8] <= reg_wdata[8*n +: 8];
                if (reg_bar == 3'd2)
                    ram2[reg_addr[6:3]][8*n +: 8] <= reg_wdata[8*n +: 8];
                if (reg_bar == 3'd4)
                    ram4[reg_addr[12:3]][8*n +: 8] <= reg_wdata[8*n +: 8];
                if (special && reg_addr[11:0] == 12'h100)
                    src_w_q[8*n +: 8] <= reg_wdata[8*n +: 8];
                if (special && reg_addr[11:0] == 12'h108)
                    dst_w_q[8*n +: 8] <= reg_wdata[8*n +: 8];
            end
            if (access && !reg_write && reg_be[n] && special && reg_addr[11:0] == 12'h010)
                reads_q[8*n +: 8] <= reads_q[8*n +: 8] + 8'd1;
        end
        if (access && reg_write && special && reg_addr[11:0] == 12'h128)
            intx_q <= reg_wdata[0];
        if (access && reg_write && special && reg_addr[11:0] == 12'h148)
            slow_q <= reg_wdata[4:0];
        if (access && reg_write)
            nr_writes_q <= nr_writes_q + 64'd1;
        if (rst) begin
            rsp_valid_q <= 1'b0;
            reads_q     <= 64'd0;
            nr_writes_q <= 64'd0;
            intx_q      <= 1'b0;
            slow_q      <= 5'd0;
        end
    end

    // late responses: requests that reach here have no other reads of the card with them
    reg         late_q;
    reg [5:0]   rsp_late_q;
    reg [383:0] data_late_q;
    always @(posedge clk) begin
        rsp_late_q  <= {rsp_late_q[4:0], late_q && rsp_valid_q};
        data_late_q <= {data_late_q[319:0], rsp_data_q};
        if (access && !reg_write)
            late_q <= reg_bar == 3'd0 && reg_addr[13];
        if (rst) begin
            late_q     <= 1'b0;
            rsp_late_q <= 6'd0;
        end
    end

    // ---- commands ------------------------------------------------------------------------------------

    wire        cmd_valid;
    wire [63:0] src, dst, start;
    reg [63:0]  src_q, dst_q;
    reg [17:0]  len_q;
    reg [7:0]   ctx_q;
    reg [1:0]   mode_q;
    reg         want_rd_q, want_wr_q;
    wire        route_room;
    wire        cmd_pop = cmd_valid && !want_rd_q && !want_wr_q && route_room && go;

    riser_fifo #(.W(192), .DEPTH_LOG2(4)) u_cmd (
        .clk         (clk),
        .rst         (rst),
        .in_valid    (cmd_push),
        .in_ready    (),
        .in_data     ({src_w_q, dst_w_q, reg_wdata}),
        .almost_full (),
        .out_valid   (cmd_valid),
        .out_ready   (cmd_pop),
        .out_data    ({src, dst, start}),
        .empty       ()
    );

    assign dmar_req_valid = want_rd_q;
    assign dmaw_req_valid = want_wr_q;

    always @(posedge clk) begin
        if (rst) begin
            want_rd_q <= 1'b0;
            want_wr_q <= 1'b0;
        end else begin
            want_rd_q <= (want_rd_q && !dmar_req_ready) || (cmd_pop && start[41:40] != 2'd3);
            want_wr_q <= (want_wr_q && !dmaw_req_ready) || (cmd_pop && start[40]);
        end
        if (cmd_pop) begin
            {src_q, dst_q} <= {src, dst};
            len_q  <= start[17:0];
            ctx_q  <= start[39:32];
            mode_q <= start[41:40];
        end
    end

    // what feeds each write, in order: the reads' data or the pattern
    wire        route_valid, route_pattern, route_pop;
    wire [17:0] route_len;
    wire [7:0]  route_ctx;

    riser_fifo #(.W(27), .DEPTH_LOG2(5)) u_route (
        .clk         (clk),
        .rst         (rst),
        .in_valid    (cmd_pop && start[40]),
        .in_ready    (route_room),
        .in_data     ({start[41:40] == 2'd3, start[17:0], start[39:32]}),
        .almost_full (),
        .out_valid   (route_valid),
        .out_ready   (route_pop),
        .out_data    ({route_pattern, route_len, route_ctx}),
        .empty       ()
    );

    reg  [17:0] pos_q;
    wire        route_end = pos_q + NB[17:0] >= route_len;
    wire        to_write  = !dmar_ctx[7];
    wire        beat_copy = route_valid && !route_pattern && dmar_valid && to_write;
    wire        beat_pat  = route_valid && route_pattern;
    wire [DATA_W-1:0] pattern;
    genvar i;
    generate
        for (i = 0; i < NB; i = i + 1) begin : g_pattern
            localparam [31:0] LANE = i;
            assign pattern[8*i +: 8] = pos_q[7:0] + route_ctx + LANE[7:0];
        end
    endgenerate
    assign dmaw_valid = (beat_copy || beat_pat) && hold_go;
    assign dmaw_data  = route_pattern ? pattern : dmar_data;
    assign dmar_ready = hold_go && (to_write ? (route_valid && !route_pattern && dmaw_ready) : 1'b1);
    assign route_pop  = dmaw_valid && dmaw_ready && route_end;

    // once valid, valid stays
    reg  held_q;
    wire hold_go = go || held_q;
    always @(posedge clk) begin
        held_q <= !rst && dmaw_valid && !dmaw_ready;
        if (rst)
            pos_q <= 18'd0;
        else if (dmaw_valid && dmaw_ready)
            pos_q <= route_end ? 18'd0 : pos_q + NB[17:0];
    end

    // ---- results -----------------------------------------------------------------------------------------

    reg [31:0] sum_q;
    reg [31:0] beat_sum;
    integer k;
    always @* begin
        beat_sum = 32'd0;
        for (k = 0; k < NB; k = k + 1)
            beat_sum = beat_sum + {24'd0, dmar_data[8*k +: 8]};
    end
    wire rd_beat = dmar_valid && dmar_ready;
    reg [6:0] open_q;
    assign nr_open = open_q;
    always @(posedge clk) begin
        if (rst)
            sum_q <= 32'd0;
        else if (rd_beat)
            sum_q <= dmar_last ? 32'd0 : sum_q + beat_sum;
        if (rst)
            failed_q <= 64'd0;
        else begin
            failed_q[31:0]  <= failed_q[31:0] + {31'd0, rd_beat && dmar_last && dmar_status != 2'd0};
            failed_q[63:32] <= failed_q[63:32] + {31'd0, done_valid && done_status != 2'd0};
        end
        if (rd_beat && dmar_last)
            last_q <= {dmar_status, dmar_ctx, sum_q + beat_sum};
        if (rst)
            open_q <= 7'd0;
        else
            open_q <= open_q + {6'd0, cmd_push} - {6'd0, rd_beat && dmar_last && dmar_ctx[7]} - {6'd0, done_valid};
    end

    // an interrupt per register write, and one for a write command that is done (a cycle later if
    // both come at once; register writes are never back to back)
    reg        later_q;
    reg [5:0]  later_vec_q;
    wire       done_irq = done_valid && done_ctx[6];
    wire       irq_in = irq_push || done_irq || later_q;
    wire       irq_room, irq_almost;
    always @(posedge clk) begin
        later_q <= !rst && ((irq_push && done_irq) || (later_q && (irq_push || done_irq)));
        if (done_irq)
            later_vec_q <= done_ctx[5:0];
    end
    riser_fifo #(.W(11), .DEPTH_LOG2(7)) u_irq (
        .clk         (clk),
        .rst         (rst),
        .in_valid    (irq_in),
        .in_ready    (irq_room),
        .in_data     (irq_push ? reg_wdata[10:0] : {5'd0, done_irq ? done_ctx[5:0] : later_vec_q}),
        .almost_full (irq_almost),
        .out_valid   (irq_valid),
        .out_ready   (irq_ready),
        .out_data    (irq_vec),
        .empty       ()
    );

    assign ev_rst       = rst;
    assign ev_rd_beat   = rd_beat;
    assign ev_rd_valid  = rd_beat && dmar_last;
    assign ev_rd_ctx    = dmar_ctx;
    assign ev_rd_status = dmar_status;
    assign ev_rd_sum    = sum_q + beat_sum;
    assign ev_wr_valid  = done_valid;
    assign ev_wr_ctx    = done_ctx;
    assign ev_wr_status = done_status;
    assign ev_reg_write = access && reg_write;
    assign idle         = core_idle && open_q == 7'd0 && !irq_valid && !access;

    wire unused = &{1'b0, claim, start, irq_room, irq_almost, NB_LOG2[0], reg_addr};
endmodule
`default_nettype wire
