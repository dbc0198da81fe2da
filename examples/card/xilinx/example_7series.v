// SPDX-License-Identifier: Apache-2.0
//
// The example card (examples/driver/README.md) on the user interface of a Xilinx 7-series block, 64 or 128 bits.
// Requests and completions come in one stream as raw TLPs; completions, requests and MSI-X messages leave in one. The
// MSI-X table is in BAR4 (8 vectors; pending bits at 0x800). A dword's first byte is in its highest bits.
`default_nettype none
module example_7series #(
    parameter DATA_W = 64,
    parameter NB     = DATA_W / 8       // derived
) (
    input  wire              user_clk,
    input  wire              user_reset,
    input  wire              user_lnk_up,
    // for the simulator: nothing to do
    output wire              idle,

    input  wire [DATA_W-1:0] m_axis_rx_tdata,
    input  wire [NB-1:0]     m_axis_rx_tkeep,
    input  wire              m_axis_rx_tlast,
    input  wire [21:0]       m_axis_rx_tuser,
    input  wire              m_axis_rx_tvalid,
    output wire              m_axis_rx_tready,
    output wire              rx_np_ok,
    output wire [DATA_W-1:0] s_axis_tx_tdata,
    output wire [NB-1:0]     s_axis_tx_tkeep,
    output wire              s_axis_tx_tlast,
    output wire [3:0]        s_axis_tx_tuser,
    output wire              s_axis_tx_tvalid,
    input  wire              s_axis_tx_tready,

    input  wire [7:0]        cfg_bus_number,
    input  wire [4:0]        cfg_device_number,
    input  wire [2:0]        cfg_function_number,
    input  wire [15:0]       cfg_dcommand,
    output wire              cfg_trn_pending,
    input  wire              cfg_received_func_lvl_rst,
    input  wire              cfg_interrupt_msixenable,
    input  wire              cfg_interrupt_msixfm
);
    localparam W = DATA_W / 32;
    localparam [31:0] W_32 = W;
    localparam WIN = 4;

    reg rst_q;
    always @(posedge user_clk)
        rst_q <= user_reset || cfg_received_func_lvl_rst;

    wire [15:0] me = {cfg_bus_number, cfg_device_number, cfg_function_number};

    function [31:0] swap(input [31:0] d);
        swap = {d[7:0], d[15:8], d[23:16], d[31:24]};
    endfunction

    // ---- packets that come ------------------------------------------------------------------------------

    wire              pk_valid, pk_pop, sop, eop;
    wire [6:0]        pk_hit;
    wire [8:0]        pk_at;
    wire [32*WIN-1:0] window;
    wire [3:0]        sop_at, eop_at;

    generate
        if (DATA_W == 128) begin : g_128
            assign sop    = m_axis_rx_tuser[14];
            assign sop_at = {2'd0, m_axis_rx_tuser[13:12]};
            assign eop    = m_axis_rx_tuser[21];
            assign eop_at = {2'd0, m_axis_rx_tuser[20:19]};
            wire unused   = &{1'b0, m_axis_rx_tkeep, m_axis_rx_tlast};
        end else begin : g_64
            reg mid_q;
            always @(posedge user_clk)
                if (rst_q)
                    mid_q <= 1'b0;
                else if (m_axis_rx_tvalid && m_axis_rx_tready)
                    mid_q <= !m_axis_rx_tlast;
            assign sop    = !mid_q;
            assign sop_at = 4'd0;
            assign eop    = m_axis_rx_tlast;
            assign eop_at = {3'd0, m_axis_rx_tkeep[4]};
            wire unused   = &{1'b0, m_axis_rx_tkeep};
        end
    endgenerate

    example_stream_in #(.DATA_W(DATA_W), .MARKS(1), .SIDE_W(7)) u_in (
        .clk(user_clk), .rst(rst_q), .valid(m_axis_rx_tvalid), .ready(m_axis_rx_tready), .data(m_axis_rx_tdata),
        .sop(sop), .sop_at(sop_at), .eop(eop), .eop_at(eop_at), .side(m_axis_rx_tuser[8:2]), .pk_valid(pk_valid),
        .pk_side(pk_hit), .at(pk_at), .window(window), .pop(pk_pop));

    // ---- one packet: a request is taken dword by dword, a completion beat by beat -------------------------

    localparam [2:0] ST_HEAD = 3'd0;
    localparam [2:0] ST_RUN  = 3'd1;
    localparam [2:0] ST_LAST = 3'd2;
    localparam [2:0] ST_SEND = 3'd3;
    localparam [2:0] ST_CPL  = 3'd4;

    reg [2:0]    state_q;
    reg [127:0]  h_q;           // H3 to H0
    reg [6:0]    hit_q;
    reg [10:0]   done_q;
    reg [1023:0] data_q;
    reg          read_q;
    reg [4:0]    slot_q;
    reg [6:0]    beat_q;

    wire [31:0] h0    = h_q[31:0];
    wire [31:0] h1    = h_q[63:32];
    wire        is_4  = h0[29];
    wire        write = h0[30];
    wire [10:0] nr    = {h0[9:0] == 10'd0, h0[9:0]};
    wire [8:0]  pay   = is_4 ? 9'd4 : 9'd3;
    wire [31:0] addr  = is_4 ? {h_q[127:98], 2'd0} : {h_q[95:66], 2'd0};
    wire        reads = !write && nr <= 11'd32;
    wire        first = done_q == 11'd0;
    wire        last  = done_q == nr - 11'd1;
    wire [31:0] at    = addr + {19'd0, done_q, 2'd0};
    wire [3:0]  fbe   = h1[3:0];
    wire [3:0]  lbe   = h1[7:4];

    wire        acc_valid = state_q == ST_RUN && (write || reads);
    wire [2:0]  acc_bar   = hit_q[0] ? 3'd0 : hit_q[2] ? 3'd2 : hit_q[4] ? 3'd4 : 3'd7;
    wire [3:0]  acc_be    = first ? fbe : last ? lbe : 4'hf;
    wire [31:0] acc_wdata = swap(window[31:0]);
    wire [31:0] core_rdata, irq_rdata;
    wire        acc_mine;
    wire [31:0] rdata     = acc_mine ? irq_rdata : core_rdata;

    wire [10:0] c_nr      = write ? nr : 11'd0;
    wire [10:0] c_beats   = (c_nr == 11'd0) ? 11'd0 : (c_nr - 11'd1) / W_32[10:0];
    wire        rc_valid  = state_q == ST_CPL;
    wire        rc_eop    = {4'd0, beat_q} == c_beats;
    wire [DATA_W-1:0] rc_data;

    assign pk_at  = (state_q == ST_HEAD) ? 9'd0 : (state_q == ST_CPL) ? 9'd3 + {2'd0, beat_q} * W_32[8:0]
                  : pay + done_q[8:0];
    assign pk_pop = (state_q == ST_RUN && last) || (rc_valid && rc_eop);

    genvar g;
    generate
        for (g = 0; g < W; g = g + 1) begin : g_rc
            assign rc_data[32*g +: 32] = swap(window[32*g +: 32]);
        end
    endgenerate

    always @(posedge user_clk) begin
        read_q <= acc_valid && !write;
        slot_q <= done_q[4:0];
        if (read_q)
            data_q[32*slot_q +: 32] <= rdata;
        if (rst_q) begin
            state_q <= ST_HEAD;
        end else begin
            case (state_q)
                ST_HEAD:
                    if (pk_valid)
                        state_q <= (window[28:25] == 4'b0101) ? ST_CPL : ST_RUN;
                ST_RUN:
                    if (last)
                        state_q <= write ? ST_HEAD : ST_LAST;
                ST_LAST:
                    state_q <= ST_SEND;
                ST_SEND:
                    if (c_takes && c_last)
                        state_q <= ST_HEAD;
                default:
                    if (rc_eop)
                        state_q <= ST_HEAD;
            endcase
        end
        if (state_q == ST_HEAD) begin
            h_q    <= window[127:0];
            hit_q  <= pk_hit;
            done_q <= 11'd0;
            beat_q <= 7'd0;
        end else if (state_q == ST_RUN) begin
            done_q <= done_q + 11'd1;
        end else if (rc_valid || c_takes) begin
            beat_q <= beat_q + 7'd1;
        end
    end

    // ---- its completion -----------------------------------------------------------------------------------

    wire [3:0]  ebe   = (nr == 11'd1) ? fbe : lbe;
    wire [1:0]  lo    = fbe[0] ? 2'd0 : fbe[1] ? 2'd1 : fbe[2] ? 2'd2 : fbe[3] ? 2'd3 : 2'd0;
    wire [1:0]  hi    = ebe[3] ? 2'd0 : ebe[2] ? 2'd1 : ebe[1] ? 2'd2 : 2'd3;
    wire [12:0] bytes = !reads ? 13'd4 : (fbe == 4'd0) ? 13'd1 : {nr, 2'd0} - {11'd0, lo} - {11'd0, hi};
    wire [127:0] c_desc = {32'd0,
                           h1[31:8], 1'b0, addr[6:2], lo,
                           me, reads ? 3'd0 : 3'd1, 1'b0, bytes[11:0],
                           reads ? 8'h4a : 8'h0a, 1'b0, h0[22:20], 1'b0, h0[18], 2'd0, 2'd0, h0[13:12], 2'd0,
                           reads ? nr[9:0] : 10'd0};
    wire [10:0]   n_beats = reads ? (nr - 11'd1) / W_32[10:0] : 11'd0;
    wire          c_last  = {4'd0, beat_q} == n_beats;
    wire [1023:0] rest    = data_q >> ({25'd0, beat_q} * DATA_W);

    // ---- the card --------------------------------------------------------------------------------------------

    wire        tx_valid, tx_ready, tx_sop, tx_eop, tx_write, irq_valid, irq_ready, intx, core_idle, irq_idle;
    wire [63:0] tx_addr;
    wire [10:0] tx_nr;
    wire [3:0]  tx_fbe, tx_lbe, tx_tag;
    wire [DATA_W-1:0] tx_data;
    wire [7:0]  irq_vec;
    wire        o_empty, msix_int, m_takes;
    wire [63:0] msix_address;
    wire [31:0] msix_data, msi_int;
    reg         msg_q;

    example_xilinx_core #(.DATA_W(DATA_W)) u_core (
        .clk(user_clk), .rst(rst_q), .mps(cfg_dcommand[7:5]), .mrrs(cfg_dcommand[14:12]), .idle(core_idle),
        .acc_valid(acc_valid), .acc_write(write), .acc_bar(acc_bar), .acc_addr(at[11:0]), .acc_be(acc_be),
        .acc_wdata(acc_wdata), .acc_rdata(core_rdata), .tx_valid(tx_valid), .tx_ready(tx_ready), .tx_sop(tx_sop),
        .tx_eop(tx_eop), .tx_write(tx_write), .tx_addr(tx_addr), .tx_nr(tx_nr), .tx_fbe(tx_fbe), .tx_lbe(tx_lbe),
        .tx_tag(tx_tag), .tx_data(tx_data),
        // the message goes the way of the writes
        .tx_quiet(1'b1), .rc_valid(rc_valid), .rc_sop(beat_q == 7'd0), .rc_eop(rc_eop), .rc_tag(h_q[75:72]),
        .rc_nr(c_nr), .rc_failed(h1[15:13] != 3'd0 || !write), .rc_data(rc_data), .irq_valid(irq_valid),
        .irq_ready(irq_ready), .irq_vec(irq_vec), .intx(intx));

    example_us_irq #(.MSIX_INTERNAL(0)) u_irq (
        .clk(user_clk), .rst(rst_q), .irq_valid(irq_valid), .irq_ready(irq_ready), .irq_vec(irq_vec),
        .idle(irq_idle), .acc_valid(acc_valid), .acc_write(write), .acc_bar(acc_bar), .acc_addr(at[11:0]),
        .acc_be(acc_be), .acc_wdata(acc_wdata), .acc_rdata(irq_rdata), .acc_mine(acc_mine), .msi_enable(1'b0),
        .msix_enable(cfg_interrupt_msixenable), .msix_mask(cfg_interrupt_msixfm), .msi_int(msi_int),
        .msix_int(msix_int), .msix_address(msix_address), .msix_data(msix_data), .sent(m_takes), .fail(1'b0));

    // the address is there until it is sent
    always @(posedge user_clk)
        msg_q <= !rst_q && (msg_q || msix_int) && !m_takes;

    // ---- packets that leave: a message, a completion, a request --------------------------------------------

    reg         mid_q;
    reg [1:0]   who_q;
    wire [1:0]  who   = mid_q ? who_q : msg_q ? 2'd0 : (state_q == ST_SEND) ? 2'd1 : 2'd2;
    wire        o_valid = (who == 2'd0) ? msg_q : (who == 2'd1) ? state_q == ST_SEND : tx_valid;
    wire        o_ready;
    wire        o_eop   = (who == 2'd0) || ((who == 2'd1) ? c_last : tx_eop);
    wire        t_4     = tx_addr[63:32] != 32'd0;
    wire        m_4     = msix_address[63:32] != 32'd0;
    wire [31:0] t_h0    = {1'b0, tx_write, t_4, 19'd0, tx_nr[9:0]};
    wire [31:0] t_h1    = {me, 4'd0, tx_write ? 4'd0 : tx_tag, tx_lbe, tx_fbe};
    wire [127:0] t_desc = t_4 ? {tx_addr[31:0], tx_addr[63:32], t_h1, t_h0} : {32'd0, tx_addr[31:0], t_h1, t_h0};
    wire [31:0] m_h0    = {2'b01, m_4, 29'd1};
    wire [31:0] m_h1    = {me, 16'h000f};
    wire [127:0] m_desc = m_4 ? {msix_address[31:0], msix_address[63:32], m_h1, m_h0}
                        : {32'd0, msix_address[31:0], m_h1, m_h0};
    wire        four    = (who == 2'd0) ? m_4 : (who == 2'd2) && t_4;
    wire [DATA_W-1:0] plain = (who == 2'd0) ? {{(DATA_W-32){1'b0}}, msix_data} : (who == 2'd1) ? rest[DATA_W-1:0]
                            : tx_data;
    wire [DATA_W-1:0] o_data;
    wire [W-1:0] keep;
    wire        c_takes = o_valid && o_ready && who == 2'd1;

    assign m_takes  = o_valid && o_ready && who == 2'd0;
    assign tx_ready = o_ready && who == 2'd2;

    generate
        for (g = 0; g < W; g = g + 1) begin : g_out
            assign o_data[32*g +: 32] = swap(plain[32*g +: 32]);
            assign s_axis_tx_tkeep[4*g +: 4] = {4{keep[g]}};
        end
    endgenerate

    always @(posedge user_clk) begin
        if (rst_q)
            mid_q <= 1'b0;
        else if (o_valid && o_ready)
            mid_q <= !o_eop;
        who_q <= who;
    end

    wire       o_sop_f, o_eop_f;
    wire [3:0] o_sop_at, o_eop_at;
    wire       o_side;

    example_stream_out #(.DATA_W(DATA_W), .SEG(W), .MARKS(1), .SIDE_W(1)) u_out (
        .clk(user_clk), .rst(rst_q), .in_valid(o_valid), .in_ready(o_ready), .in_sop(!mid_q), .in_eop(o_eop),
        .in_desc((who == 2'd0) ? m_desc : (who == 2'd1) ? c_desc : t_desc), .in_nr_desc(four ? 3'd4 : 3'd3),
        .in_start(four ? 6'd4 : 6'd3), .in_nr((who == 2'd0) ? 11'd1 : (who == 2'd1) ? (reads ? nr : 11'd0)
                                              : tx_write ? tx_nr : 11'd0),
        .in_side(1'b0), .in_data(o_data), .valid(s_axis_tx_tvalid), .ready(s_axis_tx_tready),
        .data(s_axis_tx_tdata), .keep(keep), .sop(o_sop_f), .sop_at(o_sop_at), .eop(o_eop_f), .eop_at(o_eop_at),
        .side(o_side), .empty(o_empty));

    assign s_axis_tx_tlast = o_eop_f;
    assign s_axis_tx_tuser = 4'd0;
    assign rx_np_ok        = 1'b1;
    assign cfg_trn_pending = !core_idle;
    assign idle            = core_idle && irq_idle && o_empty && !msg_q && state_q == ST_HEAD && !pk_valid
                          && !m_axis_rx_tvalid && !rst_q && user_lnk_up;

    wire unused = &{1'b0, intx, tx_sop, m_axis_rx_tuser, cfg_dcommand, h_q, hit_q, at, window, rest, W_32, ebe[0], bytes[12],
                    msi_int, o_sop_f, o_sop_at, o_eop_at, o_side, h0, addr};
endmodule
`default_nettype wire
