// SPDX-License-Identifier: Apache-2.0
//
// What surrounds the streams of a 7-series block, 128 bits without straddling: each signal is a register of BAR0
// (probe_regs; the words' numbers are in tb/cases/probe_7series.cc). Accesses are of one dword in a 32-bit BAR, so that a
// packet is one beat; so is one that registers make. The last completion is kept.
`default_nettype none
module probe_7series (
    input  wire         user_clk,
    input  wire         user_reset,
    input  wire         user_lnk_up,
    input  wire         user_app_rdy,

    input  wire [127:0] m_axis_rx_tdata,
    input  wire [15:0]  m_axis_rx_tkeep,
    input  wire         m_axis_rx_tlast,
    input  wire [21:0]  m_axis_rx_tuser,
    input  wire         m_axis_rx_tvalid,
    output wire         m_axis_rx_tready,
    output wire         rx_np_ok,
    output wire [127:0] s_axis_tx_tdata,
    output wire [15:0]  s_axis_tx_tkeep,
    output wire         s_axis_tx_tlast,
    output wire [3:0]   s_axis_tx_tuser,
    output wire         s_axis_tx_tvalid,
    input  wire         s_axis_tx_tready,
    input  wire [5:0]   tx_buf_av,
    input  wire         tx_err_drop,
    input  wire         tx_cfg_req,

    output wire [2:0]   fc_sel,
    input  wire [7:0]   fc_ph,
    input  wire [11:0]  fc_pd,
    input  wire [7:0]   fc_nph,
    input  wire [11:0]  fc_npd,
    input  wire [7:0]   fc_cplh,
    input  wire [11:0]  fc_cpld,

    output wire [9:0]   cfg_mgmt_dwaddr,
    output wire [31:0]  cfg_mgmt_di,
    output wire [3:0]   cfg_mgmt_byte_en,
    output wire         cfg_mgmt_wr_en,
    output wire         cfg_mgmt_rd_en,
    input  wire [31:0]  cfg_mgmt_do,
    input  wire         cfg_mgmt_rd_wr_done,

    input  wire [7:0]   cfg_bus_number,
    input  wire [4:0]   cfg_device_number,
    input  wire [2:0]   cfg_function_number,
    input  wire [15:0]  cfg_command,
    input  wire [15:0]  cfg_dcommand,
    input  wire [15:0]  cfg_lstatus,
    input  wire [2:0]   cfg_pcie_link_state,
    input  wire [1:0]   cfg_pmcsr_powerstate,
    input  wire         cfg_received_func_lvl_rst,
    output wire         cfg_trn_pending,

    output wire         cfg_interrupt,
    input  wire         cfg_interrupt_rdy,
    output wire         cfg_interrupt_assert,
    output wire [7:0]   cfg_interrupt_di,
    input  wire [7:0]   cfg_interrupt_do,
    input  wire [2:0]   cfg_interrupt_mmenable,
    input  wire         cfg_interrupt_msienable,
    input  wire         cfg_interrupt_msixenable,
    input  wire         cfg_interrupt_msixfm
);
    localparam NR_OUT = 12;
    localparam NR_IN  = 13;
    localparam NR_CNT = 5;

    wire clk = user_clk;
    wire rst = user_reset;

    function [31:0] swap(input [31:0] d);
        swap = {d[7:0], d[15:8], d[23:16], d[31:24]};
    endfunction

    // ---- one access at a time -----------------------------------------------------------------------------

    reg          read_q, cpl_q, int_q, mgmt_wr_q, mgmt_rd_q, tx_q, flr_q;
    reg  [127:0] rx_q, got_q;
    reg  [31:0]  rdata_q, mgmt_q;
    wire [31:0]  acc_rdata;
    wire         takes    = m_axis_rx_tvalid && m_axis_rx_tready && m_axis_rx_tuser[14];
    wire         is_cpl   = m_axis_rx_tdata[28:25] == 4'b0101;
    wire         is_write = m_axis_rx_tdata[30];
    wire         mine     = takes && !is_cpl && m_axis_rx_tuser[2];
    wire [15:0]  me       = {cfg_bus_number, cfg_device_number, cfg_function_number};
    wire [127:0] cpl      = {swap(rdata_q), rx_q[63:40], 1'b0, rx_q[70:66], 2'd0, me, 16'd4, 8'h4a, 1'b0, rx_q[22:20], 6'd0,
                             rx_q[13:12], 2'd0, 10'd1};
    wire         reads    = takes && !is_cpl && !is_write;

    assign m_axis_rx_tready = !read_q && !cpl_q;

    always @(posedge clk) begin
        read_q <= !rst && reads;
        cpl_q  <= !rst && (read_q || (cpl_q && !s_axis_tx_tready));
        if (takes && !is_cpl)
            rx_q <= m_axis_rx_tdata;
        if (takes && is_cpl)
            got_q <= m_axis_rx_tdata;
        if (read_q)
            rdata_q <= acc_rdata;
    end

    // ---- registers ----------------------------------------------------------------------------------------

    wire [32*NR_OUT-1:0] out;
    wire [NR_OUT-1:0]    wrote;

    assign cfg_interrupt        = int_q;
    assign cfg_interrupt_assert = out[1];
    assign cfg_interrupt_di     = out[15:8];
    assign cfg_mgmt_dwaddr      = out[32*1 +: 10];
    assign cfg_mgmt_di          = out[32*2 +: 32];
    assign cfg_mgmt_byte_en     = out[32*3+4 +: 4];
    assign cfg_mgmt_wr_en       = mgmt_wr_q;
    assign cfg_mgmt_rd_en       = mgmt_rd_q;
    assign fc_sel               = out[32*4 +: 3];
    assign rx_np_ok             = !out[32*5];
    assign cfg_trn_pending      = out[32*11];

    // a completion first; what registers made waits
    assign s_axis_tx_tvalid = cpl_q || tx_q;
    assign s_axis_tx_tlast  = 1'b1;
    assign s_axis_tx_tuser  = 4'd0;
    assign s_axis_tx_tdata  = cpl_q ? cpl : {swap(out[32*9 +: 32]), out[32*6 +: 96]};
    assign s_axis_tx_tkeep  = (cpl_q || out[32*10]) ? 16'hffff : 16'h0fff;

    always @(posedge clk) begin
        int_q     <= !rst && ((wrote[0] && out[0]) || (int_q && !cfg_interrupt_rdy));
        mgmt_wr_q <= !rst && ((wrote[3] && out[32*3]) || (mgmt_wr_q && !cfg_mgmt_rd_wr_done));
        mgmt_rd_q <= !rst && ((wrote[3] && out[32*3+1]) || (mgmt_rd_q && !cfg_mgmt_rd_wr_done));
        tx_q      <= !rst && (wrote[10] || (tx_q && (cpl_q || !s_axis_tx_tready)));
        flr_q     <= cfg_received_func_lvl_rst;
        if (cfg_mgmt_rd_wr_done)
            mgmt_q <= cfg_mgmt_do;
    end

    wire [32*NR_IN-1:0] in = {
        {22'd0, tx_cfg_req, tx_err_drop, 2'd0, tx_buf_av},
        got_q,
        mgmt_q,
        {16'd0, cfg_interrupt_do, int_q, 1'b0, cfg_interrupt_msixfm, cfg_interrupt_msixenable, cfg_interrupt_mmenable,
         cfg_interrupt_msienable},
        {12'd0, fc_cpld, fc_cplh},
        {12'd0, fc_npd, fc_nph},
        {12'd0, fc_pd, fc_ph},
        {16'd0, me},
        {6'd0, user_lnk_up, user_app_rdy, 2'd0, cfg_pmcsr_powerstate, 1'b0, cfg_pcie_link_state, cfg_lstatus},
        {cfg_dcommand, cfg_command}};

    probe_regs #(.NR_OUT(NR_OUT), .NR_IN(NR_IN), .NR_CNT(NR_CNT)) u_regs (
        .clk(clk), .rst(rst), .acc_valid(mine), .acc_write(is_write), .acc_addr({m_axis_rx_tdata[75:66], 2'd0}),
        .acc_wdata(swap(m_axis_rx_tdata[127:96])), .acc_rdata(acc_rdata), .out(out), .wrote(wrote), .in(in),
        .pulse({tx_err_drop, takes && is_cpl, cfg_received_func_lvl_rst && !flr_q, cfg_mgmt_rd_wr_done, cfg_interrupt_rdy}),
        .value({96'd0, cfg_mgmt_do, 32'd0}));

    wire unused = &{1'b0, m_axis_rx_tkeep, m_axis_rx_tlast, m_axis_rx_tuser, rx_q, out, wrote};
endmodule
`default_nettype wire
