// SPDX-License-Identifier: Apache-2.0
//
// Non-posted requests from the host: memory reads that hit a BAR go on to the user, everything else is
// answered here: configuration accesses by riser_cfg, the rest with Unsupported Request. One cycle for the
// verdict, one beat per cycle. Answers are single beats.
`default_nettype none
`include "riser_tlp.vh"
module riser_hip_np #(
    parameter        DATA_W    = 256,
    parameter [35:0] BAR_SIZES = 36'h0
) (
    input  wire              clk,
    input  wire              rst,
    input  wire              hold,          // take no request (function level reset)
    input  wire              cpl_wait,      // send no completion
    input  wire              cfg_told,      // the user knows the configuration as it is

    input  wire              rx_valid,
    output wire              rx_ready,
    input  wire              rx_sop,
    input  wire              rx_eop,
    input  wire [127:0]      rx_hdr,
    input  wire [DATA_W-1:0] rx_data,

    input  wire [383:0]      bar_base,
    input  wire              mem_en,
    input  wire [2:0]        mps,
    output wire [15:0]       bdf,

    // to the user
    output wire              q_valid,
    input  wire              q_ready,
    output wire              q_sop,
    output wire              q_eop,
    output wire [127:0]      q_hdr,
    output wire [DATA_W-1:0] q_data,
    output wire [2:0]        q_bar,

    // configuration space
    output wire              cfg_en,
    output wire              cfg_we,
    output wire [9:0]        cfg_dw,
    output wire [3:0]        cfg_be,
    output wire [31:0]       cfg_wdata,
    input  wire [31:0]       cfg_rdata,

    output wire              ev_valid,
    input  wire              ev_ready,
    output wire [4:0]        ev_bit,
    output wire [127:0]      ev_hdr,

    // order: counters of riser_tx_arb; a non-posted request of the user stands at the port
    input  wire [15:0]       nr_tx_started,
    input  wire [15:0]       nr_tx_done,
    input  wire              tx_np_busy,

    // a completion of one beat
    output wire              cpl_valid,
    input  wire              cpl_ready,
    output wire [127:0]      cpl_hdr,
    output wire [31:0]       cpl_data,
    output wire              busy
);
    localparam [2:0] ST_IDLE  = 3'd0;
    localparam [2:0] ST_READ  = 3'd1;
    localparam [2:0] ST_EVENT = 3'd2;
    localparam [2:0] ST_ORDER = 3'd3;
    localparam [2:0] ST_SEND  = 3'd4;

    reg              valid_q, sop_q, eop_q;
    reg [127:0]      hdr_q;
    reg [DATA_W-1:0] data_q;
    reg [2:0]        state_q;
    reg [127:0]      req_q;
    reg [31:0]       rdata_q;
    reg [2:0]        kind_q;
    reg [15:0]       bdf_q, snap_q;
    reg [7:0]        np_wait_q;

    wire [2:0]  kind, bar;
    wire [31:0] offset;
    wire        mine = kind != `RX_MEM;
    wire        take = valid_q && mine && sop_q && state_q == ST_IDLE;
    wire        go   = !mine ? q_ready : !sop_q || take;
    wire        load = rx_valid && rx_ready;

    assign rx_ready = (!valid_q || go) && !hold;
    assign q_valid  = valid_q && !mine;
    assign q_sop    = sop_q;
    assign q_eop    = eop_q;
    assign q_hdr    = hdr_q;
    assign q_data   = data_q;
    assign q_bar    = bar;
    assign bdf      = bdf_q;
    assign busy     = valid_q || state_q != ST_IDLE;

    riser_rx_req #(.BAR_SIZES(BAR_SIZES)) u_check (
        .clk      (clk),
        .en       (load && rx_sop),
        .hdr      (rx_hdr),
        .bar_base (bar_base),
        .mem_en   (mem_en),
        .mps      (mps),
        .kind     (kind),
        .bar      (bar),
        .offset   (offset)
    );

    always @(posedge clk) begin
        if (rst)
            valid_q <= 1'b0;
        else if (!valid_q || go)
            valid_q <= load;
        if (load) begin
            {sop_q, eop_q} <= {rx_sop, rx_eop};
            data_q         <= rx_data;
            if (rx_sop)
                hdr_q <= rx_hdr;
        end
    end

    // ---- answers ------------------------------------------------------------------------------------

    wire [7:0]  fmt_type  = req_q[`TLP_FMT_TYPE_R];
    wire        is_mem    = fmt_type == `TLP_MRD32 || fmt_type == `TLP_MRD64
                         || fmt_type == `TLP_MRDLK32 || fmt_type == `TLP_MRDLK64;
    wire        is_cfg_wr = fmt_type == `TLP_CFGWR0;
    wire        is_atomic = fmt_type[6] && fmt_type[4:2] == 3'b011;
    wire        is_cas    = is_atomic && fmt_type[1];
    wire        good      = kind_q == `RX_CFG;
    wire        with_data = good && !is_cfg_wr;
    wire [10:0] len       = {req_q[`TLP_LENGTH_R] == 10'd0, req_q[`TLP_LENGTH_R]};
    wire [3:0]  fbe       = req_q[`TLP_FIRST_BE_R];
    wire [1:0]  skip_lo   = fbe[0] ? 2'd0 : fbe[1] ? 2'd1 : fbe[2] ? 2'd2 : (fbe[3] ? 2'd3 : 2'd0);
    wire [3:0]  end_be    = (len == 11'd1) ? fbe : req_q[`TLP_LAST_BE_R];
    wire [1:0]  skip_hi   = end_be[3] ? 2'd0 : end_be[2] ? 2'd1 : end_be[1] ? 2'd2 : 2'd3;
    wire [12:0] mem_bytes = (fbe == 4'd0) ? 13'd1 : {len, 2'b00} - {11'd0, skip_lo} - {11'd0, skip_hi};
    wire [12:0] atomic_bytes = is_cas ? {1'b0, len, 1'b0} : {len, 2'b00};
    wire [11:0] byte_count = is_mem ? mem_bytes[11:0] : is_atomic ? atomic_bytes[11:0] : 12'd4;
    wire [31:2] addr_lo   = req_q[`TLP_FMT_4DW_B] ? req_q[`TLP_ADDR64_LO_R] : req_q[`TLP_ADDR32_R];
    wire [15:0] lag       = nr_tx_done - snap_q;
    wire        order_ok  = !lag[15] && !cpl_wait && (!is_cfg_wr || cfg_told) && (!is_cfg_wr || !tx_np_busy || np_wait_q == 8'd0);

    // what was asked of the configuration space is in hdr_q and data_q
    assign cfg_en    = take && kind == `RX_CFG;
    assign cfg_we    = hdr_q[`TLP_FMT_TYPE_R] == `TLP_CFGWR0;
    assign cfg_dw    = hdr_q[`TLP_CFG_REG_R];
    assign cfg_be    = hdr_q[`TLP_FIRST_BE_R];
    assign cfg_wdata = data_q[31:0];

    assign ev_valid  = state_q == ST_EVENT;
    assign ev_bit    = (kind_q == `RX_MTLP) ? `AER_MTLP : (kind_q == `RX_PTLP) ? `AER_PTLP : `AER_UR;
    assign ev_hdr    = req_q;
    assign cpl_valid = state_q == ST_SEND;
    assign cpl_hdr   = {with_data ? `TLP_CPLD : `TLP_CPL,
                        req_q[`TLP_TAG9_B], req_q[`TLP_TC_R], req_q[`TLP_TAG8_B], 3'd0,
                        2'b00, req_q[`TLP_ATTR_RO_B], req_q[`TLP_ATTR_NS_B], 2'b00, 9'd0, with_data,
                        bdf_q, good ? `TLP_SC : `TLP_UR, 1'b0, byte_count,
                        req_q[`TLP_REQ_ID_R], req_q[`TLP_TAG_R], 1'b0,
                        is_mem ? {addr_lo[6:2], skip_lo} : 7'd0, 32'd0};
    assign cpl_data  = rdata_q;

    always @(posedge clk) begin
        if (rst) begin
            state_q <= ST_IDLE;
            bdf_q   <= 16'd0;
        end else begin
            case (state_q)
                ST_IDLE:
                    if (take) begin
                        state_q <= (kind == `RX_CFG) ? ST_READ : ST_EVENT;
                        if (cfg_en && cfg_we)
                            bdf_q <= hdr_q[`TLP_CFG_BDF_R];
                    end
                ST_READ:
                    state_q <= ST_ORDER;
                ST_EVENT:
                    if (ev_ready)
                        state_q <= (kind_q == `RX_MTLP) ? ST_IDLE : ST_ORDER;
                ST_ORDER:
                    if (order_ok)
                        state_q <= ST_SEND;
                ST_SEND:
                    if (cpl_ready)
                        state_q <= ST_IDLE;
                default:
                    state_q <= ST_IDLE;
            endcase
        end
        if (take) begin
            req_q     <= hdr_q;
            kind_q    <= kind;
            np_wait_q <= 8'd255;
        end
        if (state_q == ST_READ)
            rdata_q <= cfg_rdata;
        if (state_q == ST_ORDER && np_wait_q != 8'd0)
            np_wait_q <= np_wait_q - 8'd1;
        if (state_q != ST_ORDER)
            snap_q <= nr_tx_started;
    end

    wire unused = &{1'b0, end_be[0], lag[14:0], addr_lo, mem_bytes[12], atomic_bytes[12], offset};
endmodule
`default_nettype wire
