// SPDX-License-Identifier: Apache-2.0
//
// Non-posted requests, one at a time: configuration accesses, register reads, and Unsupported
// Request for the rest. A request waits until the posted ones that arrived before it are done.
// Register reads are answered in completions that end on 128-byte boundaries (the RCB of an
// endpoint), whose data is collected first, so that the status is known when the completion starts.
// A completion leaves only after the posted TLPs that were started before it; the completion of a
// configuration write also after a read request that already stands at the port (at most 255 cycles).
`default_nettype none
`include "riser_tlp.vh"
module riser_completer #(
    parameter        DATA_W    = 256,
    parameter [35:0] BAR_SIZES = 36'h0,
    // this function's number
    parameter [2:0]  FUNCTION  = 3'd0
) (
    input  wire              clk,
    input  wire              rst,
    input  wire              hold,          // accept no request (function level reset)
    input  wire              flr_wait,      // send no completion

    input  wire              rx_valid,
    output wire              rx_ready,
    input  wire              rx_sop,
    input  wire              rx_eop,
    input  wire [127:0]      rx_hdr,
    input  wire [31:0]       rx_data,

    input  wire [383:0]      bar_base,
    input  wire              mem_en,
    input  wire [2:0]        mps,
    output wire [15:0]       bdf,

    // counters of riser_rx_posted and riser_tx_arb
    input  wire [31:0]       nr_p_in,
    input  wire [31:0]       nr_p_done,
    input  wire [15:0]       nr_tx_started,
    input  wire [15:0]       nr_tx_done,
    input  wire              tx_np_busy,

    // configuration space
    output wire              cfg_en,
    output wire              cfg_we,
    output wire [9:0]        cfg_dw,
    output wire [3:0]        cfg_be,
    output wire [31:0]       cfg_wdata,
    input  wire [31:0]       cfg_rdata,

    // register bus
    output wire              rd_valid,
    input  wire              rd_ready,
    output wire [2:0]        rd_bar,
    output wire [31:0]       rd_addr,
    output wire [7:0]        rd_be,
    input  wire              rsp_valid,
    input  wire [63:0]       rsp_data,
    input  wire [1:0]        rsp_status,

    output wire              ev_valid,
    input  wire              ev_ready,
    output wire [4:0]        ev_bit,
    output wire [127:0]      ev_hdr,

    output wire              tx_valid,
    input  wire              tx_ready,
    output wire              tx_sop,
    output wire              tx_eop,
    output wire [127:0]      tx_hdr,
    output wire [DATA_W-1:0] tx_data,
    output wire              busy
);
    localparam WORDS    = DATA_W / 64;
    localparam ROW_LOG2 = (WORDS == 8) ? 1 : (WORDS == 4) ? 2 : (WORDS == 2) ? 3 : 4;
    localparam LANE_LOG2 = 4 - ROW_LOG2;

    localparam [2:0] ST_IDLE  = 3'd0;
    localparam [2:0] ST_EAT   = 3'd1;   // the rest of a longer request
    localparam [2:0] ST_WAIT  = 3'd2;   // verdict known; posted ones first
    localparam [2:0] ST_CFG   = 3'd3;   // one dword that no card register gives
    localparam [2:0] ST_READ  = 3'd4;
    localparam [2:0] ST_PRE   = 3'd5;   // completion ready; order
    localparam [2:0] ST_SEND  = 3'd6;
    localparam [2:0] ST_EVENT = 3'd7;

    reg [2:0]   state_q;
    reg         ready_q;
    reg [127:0] hdr_q;
    reg [31:0]  data_q;
    reg [15:0]  bdf_q;
    reg [31:0]  p_snap_q;
    reg [15:0]  tx_snap_q;
    reg [7:0]   np_wait_q;
    reg [2:0]   status_q;
    reg         with_data_q;
    reg         no_cpl_q;        // malformed: no completion
    reg [4:0]   ev_bit_q;

    // a defect planted on purpose, chosen when the model starts: 0, none, or +bug=N
    reg [3:0] bug;
    initial begin
        bug = 4'd0;
`ifndef SYNTHESIS
        if (!$value$plusargs("bug=%d", bug))
            bug = 4'd0;
`endif
    end

    wire take = rx_valid && ready_q;
    assign rx_ready = ready_q;
    assign bdf      = bdf_q;
    assign busy     = (state_q != ST_IDLE);

    // ---- verdict ----------------------------------------------------------------------------------

    wire [2:0]  kind;
    wire [2:0]  bar;
    wire [31:0] offset;

    riser_rx_req #(.BAR_SIZES(BAR_SIZES), .FUNCTION(FUNCTION)) u_check (
        .clk      (clk),
        .en       (take && rx_sop),
        .hdr      (rx_hdr),
        .bar_base (bar_base),
        .mem_en   (mem_en),
        .mps      (mps),
        .kind     (kind),
        .bar      (bar),
        .offset   (offset)
    );

    wire [7:0]  fmt_type  = hdr_q[`TLP_FMT_TYPE_R];
    wire        is_mem    = fmt_type == `TLP_MRD32 || fmt_type == `TLP_MRD64
                         || fmt_type == `TLP_MRDLK32 || fmt_type == `TLP_MRDLK64;
    wire        is_cfg_wr = fmt_type == `TLP_CFGWR0;
    wire        is_atomic = fmt_type[6] && fmt_type[4:2] == 3'b011;
    wire        is_cas    = is_atomic && fmt_type[1];
    wire [10:0] len       = {hdr_q[`TLP_LENGTH_R] == 10'd0, hdr_q[`TLP_LENGTH_R]};
    wire [3:0]  fbe       = hdr_q[`TLP_FIRST_BE_R];
    wire [3:0]  lbe       = hdr_q[`TLP_LAST_BE_R];

    // offset of the first enabled byte, and bytes behind the last one
    wire [1:0]  skip_lo = fbe[0] ? 2'd0 : fbe[1] ? 2'd1 : fbe[2] ? 2'd2 : (fbe[3] ? 2'd3 : 2'd0);
    wire [3:0]  end_be  = (len == 11'd1) ? fbe : lbe;
    wire [1:0]  skip_hi = end_be[3] ? 2'd0 : end_be[2] ? 2'd1 : end_be[1] ? 2'd2 : 2'd3;
    wire        nothing = fbe == 4'd0;      // zero-length read
    wire [12:0] mem_bytes = nothing ? 13'd1
                          : {len, 2'b00} - {11'd0, skip_lo} - {11'd0, skip_hi};
    wire [31:2] addr_lo = hdr_q[`TLP_FMT_4DW_B] ? hdr_q[`TLP_ADDR64_LO_R] : hdr_q[`TLP_ADDR32_R];

    wire [31:0] p_lag = nr_p_done - p_snap_q;
    wire        p_ok  = !p_lag[31];
    assign cfg_en    = (state_q == ST_WAIT) && p_ok && kind == `RX_CFG;
    assign cfg_we    = is_cfg_wr;
    assign cfg_dw    = hdr_q[`TLP_CFG_REG_R];
    assign cfg_be    = fbe;
    assign cfg_wdata = data_q;

    // ---- register reads of one completion -----------------------------------------------------------

    reg [31:0]  addr_q;         // of the next dword to complete
    reg [10:0]  left_q;         // dwords
    reg [12:0]  bytes_q;
    reg [6:0]   lower_q;
    reg         first_q;
    reg [4:0]   issued_q, answered_q;
    reg         all_issued_q;
    reg         flush_q;        // the odd last dword goes to the buffer
    reg [31:0]  carry_q;
    reg         failed_q;
    reg [4:0]   fill_q;         // 64-bit words in the buffer

    // the first read leaves while the registers above are loaded
    wire        begins   = (state_q == ST_WAIT) && p_ok && kind == `RX_MEM && !nothing;
    wire [31:2] addr     = begins ? offset[31:2] : addr_q[31:2];
    wire [10:0] left     = begins ? len : left_q;
    wire        first    = begins || first_q;

    wire        odd      = addr[2];
    wire [5:0]  room     = 6'd32 - {1'b0, addr[6:2]};
    wire        is_final = left <= {5'd0, room};
    wire [5:0]  chunk    = is_final ? left[5:0] : room;
    wire [6:0]  nr_qw_x2 = {1'b0, chunk} + {6'd0, odd} + 7'd1;
    wire [4:0]  nr_qw    = nr_qw_x2[5:1];
    wire        ends_odd = !nr_qw_x2[0];    // the upper half of the last quadword is not part
    wire [12:0] chunk_bytes = is_final ? bytes_q : {5'd0, chunk, 2'b00} - {11'd0, first ? skip_lo : 2'd0};
    wire        qw_first = issued_q == 5'd0;
    wire        qw_last  = issued_q == nr_qw - 5'd1;

    // dword enables, and which of the two is the first or last of the request
    wire lo_on = !(qw_first && odd);
    wire hi_on = !(qw_last && ends_odd);
    wire lo_is_first = first && qw_first && !odd;
    wire hi_is_first = first && qw_first && odd;
    wire lo_is_last  = is_final && qw_last && ends_odd && !(lo_is_first);
    wire hi_is_last  = is_final && qw_last && !ends_odd && !(hi_is_first);

    assign rd_valid = begins || ((state_q == ST_READ) && !all_issued_q);
    assign rd_bar   = bar;
    assign rd_addr  = {addr[31:3] + {24'd0, issued_q}, 3'd0};
    assign rd_be    = {!hi_on ? 4'd0 : hi_is_first ? fbe : hi_is_last ? lbe : 4'hf,
                       !lo_on ? 4'd0 : lo_is_first ? fbe : lo_is_last ? lbe : 4'hf};

    wire        bad_rsp  = rsp_valid && rsp_status != 2'd0;
    wire        rsp_last = rsp_valid && answered_q == nr_qw - 5'd1;
    // a response fills a word, except the first of an odd start
    wire        rsp_fill = rsp_valid && !(odd && answered_q == 5'd0);
    wire        need_flush = odd && !ends_odd;
    wire        cfg_fill = state_q == ST_CFG;
    wire        fill     = rsp_fill || flush_q || cfg_fill;
    wire [63:0] fill_data = cfg_fill ? (is_mem ? 64'd0 : {32'd0, cfg_rdata}) : flush_q ? {32'd0, carry_q}
                          : odd ? {rsp_data[31:0], carry_q} : rsp_data;
    wire        read_end = flush_q || (rsp_last && !need_flush);

    // ---- completion -----------------------------------------------------------------------------------

    reg  [5:0]  beat_q;
    wire [5:0]  cpl_dw    = with_data_q ? (is_mem ? chunk : 6'd1) : 6'd0;
    wire [5:0]  last_beat = (cpl_dw == 6'd0) ? 6'd0 : (cpl_dw - 6'd1) >> (LANE_LOG2 + 1);
    wire [15:0] tx_lag    = nr_tx_done - tx_snap_q;
    wire        order_ok  = !tx_lag[15] && !flr_wait && (!is_cfg_wr || !tx_np_busy || np_wait_q == 8'd0);
    wire        start     = (state_q == ST_PRE) && order_ok;
    wire        tx_next   = (state_q == ST_SEND) && tx_ready;
    wire        sent      = tx_next && beat_q == last_beat;
    wire        more      = with_data_q && is_mem && !is_final;
    wire [12:0] atomic_bytes = is_cas ? {1'b0, len, 1'b0} : {len, 2'b00};
    // planted (3): the Byte Count counts from the quadword, not from the dword
    wire [11:0] bug_bytes  = {9'd0, bug == 4'd3 && odd, 2'd0};
    wire [11:0] byte_count = is_mem ? bytes_q[11:0] + bug_bytes : is_atomic ? atomic_bytes[11:0] : 12'd4;
    wire [5:0]  row_d     = start ? 6'd0 : beat_q + 6'd1;

    assign tx_valid = state_q == ST_SEND;
    assign tx_sop   = beat_q == 6'd0;
    assign tx_eop   = beat_q == last_beat;
    assign tx_hdr   = {with_data_q ? `TLP_CPLD : `TLP_CPL,
                       hdr_q[`TLP_TAG9_B], hdr_q[`TLP_TC_R], hdr_q[`TLP_TAG8_B], 3'd0,
                       2'b00, hdr_q[`TLP_ATTR_RO_B], hdr_q[`TLP_ATTR_NS_B], 2'b00, 4'd0, cpl_dw,
                       bdf_q, status_q, 1'b0, byte_count,
                       hdr_q[`TLP_REQ_ID_R], hdr_q[`TLP_TAG_R], 1'b0, is_mem ? lower_q : 7'd0, 32'd0};

    genvar i;
    generate
        for (i = 0; i < WORDS; i = i + 1) begin : g_lane
            localparam [3:0] LANE = i;
            riser_ram #(.W(64), .DEPTH_LOG2(ROW_LOG2)) u_ram (
                .clk     (clk),
                .wr_en   (fill && (fill_q[3:0] & ((4'd1 << LANE_LOG2) - 4'd1)) == LANE),
                .wr_addr (fill_q[3:LANE_LOG2]),
                .wr_data (fill_data),
                .rd_en   (start || tx_next),
                .rd_addr (row_d[ROW_LOG2-1:0]),
                .rd_data (tx_data[64*i +: 64])
            );
        end
    endgenerate

    assign ev_valid = state_q == ST_EVENT;
    assign ev_bit   = ev_bit_q;
    assign ev_hdr   = hdr_q;

    always @(posedge clk) begin
        if (rst) begin
            state_q <= ST_IDLE;
            ready_q <= 1'b0;
            bdf_q   <= {13'd0, FUNCTION};
            flush_q <= 1'b0;
        end else begin
            flush_q <= rsp_last && need_flush;
            case (state_q)
                ST_IDLE: begin
                    ready_q <= !hold;
                    if (take) begin
                        ready_q <= !rx_eop;
                        state_q <= rx_eop ? ST_WAIT : ST_EAT;
                    end
                end
                ST_EAT:
                    if (take && rx_eop) begin
                        ready_q <= 1'b0;
                        state_q <= ST_WAIT;
                    end
                ST_WAIT:
                    if (p_ok) begin
                        if (kind == `RX_CFG)
                            state_q <= ST_CFG;
                        else if (kind == `RX_MEM)
                            state_q <= nothing ? ST_CFG : ST_READ;
                        else
                            state_q <= ST_EVENT;
                        if (kind == `RX_CFG && is_cfg_wr)
                            bdf_q <= hdr_q[`TLP_CFG_BDF_R];
                    end
                ST_CFG:
                    state_q <= ST_PRE;
                ST_READ:
                    if (read_end)
                        state_q <= (failed_q || bad_rsp) ? ST_EVENT : ST_PRE;
                ST_EVENT:
                    if (ev_ready)
                        state_q <= no_cpl_q ? ST_IDLE : ST_PRE;
                ST_PRE:
                    if (order_ok)
                        state_q <= ST_SEND;
                ST_SEND:
                    if (sent) begin
                        state_q <= more ? ST_READ : ST_IDLE;
                        ready_q <= !more && !hold;
                    end
                default:
                    state_q <= ST_IDLE;
            endcase
        end
    end

    always @(posedge clk) begin
        if (take && rx_sop) begin
            hdr_q    <= rx_hdr;
            data_q   <= rx_data;
            p_snap_q <= nr_p_in;
        end
        if (state_q == ST_WAIT && p_ok) begin
            addr_q      <= offset;
            left_q      <= len;
            bytes_q     <= mem_bytes;
            lower_q     <= {addr_lo[6:2], skip_lo};
            first_q     <= 1'b1;
            failed_q    <= 1'b0;
            status_q    <= (kind == `RX_CFG || kind == `RX_MEM) ? `TLP_SC : `TLP_UR;
            with_data_q <= (kind == `RX_CFG && !is_cfg_wr) || kind == `RX_MEM;
            no_cpl_q    <= kind == `RX_MTLP;
            ev_bit_q    <= (kind == `RX_MTLP) ? `AER_MTLP : (kind == `RX_PTLP) ? `AER_PTLP : `AER_UR;
            np_wait_q   <= 8'd255;
        end
        if (state_q != ST_READ) begin
            issued_q     <= {4'd0, begins && rd_ready};
            answered_q   <= 5'd0;
            all_issued_q <= begins && rd_ready && qw_last;
            if (state_q != ST_CFG)
                fill_q <= 5'd0;
        end else begin
            if (rd_valid && rd_ready) begin
                issued_q     <= issued_q + 5'd1;
                all_issued_q <= qw_last;
            end
            answered_q <= answered_q + {4'd0, rsp_valid};
            fill_q     <= fill_q + {4'd0, fill};
            if (rsp_valid)
                carry_q <= rsp_data[63:32];
            if (bad_rsp && !failed_q) begin
                failed_q    <= 1'b1;
                status_q    <= (rsp_status == 2'd1) ? `TLP_UR : `TLP_CA;
                ev_bit_q    <= (rsp_status == 2'd1) ? `AER_UR : `AER_CA;
                with_data_q <= 1'b0;
            end
        end
        // what was started up to now goes before the completion
        if (state_q != ST_PRE && state_q != ST_SEND)
            tx_snap_q <= nr_tx_started;
        if (state_q == ST_PRE && np_wait_q != 8'd0)
            np_wait_q <= np_wait_q - 8'd1;
        if (start)
            beat_q <= 6'd0;
        else if (tx_next)
            beat_q <= beat_q + 6'd1;
        if (sent) begin
            addr_q  <= addr_q + {24'd0, chunk, 2'b00};
            left_q  <= left_q - {5'd0, chunk};
            bytes_q <= bytes_q - chunk_bytes;
            lower_q <= 7'd0;
            first_q <= 1'b0;
        end
    end

    wire unused = &{1'b0, nr_qw_x2, end_be[0], tx_lag[14:0], p_lag[30:0], row_d, addr_lo, chunk_bytes,
                    atomic_bytes, bytes_q, offset};
endmodule
`default_nettype wire
