// SPDX-License-Identifier: Apache-2.0
//
// What surrounds the streams of an UltraScale+ block (with PROBE_US defined: UltraScale), 256 bits, dword-aligned: each
// signal is a register of BAR0 (probe_regs; the words' numbers are in tb/cases/probe_us.cc). Accesses are of one dword:
// a request is one beat. A packet of RQ is one beat, made by registers; the last one of RC is kept.
`default_nettype none
module probe_us (
    input  wire         user_clk,
    input  wire         user_reset,
    input  wire         user_lnk_up,

    input  wire [255:0] m_axis_cq_tdata,
    input  wire [7:0]   m_axis_cq_tkeep,
    input  wire         m_axis_cq_tlast,
`ifdef PROBE_US
    input  wire [84:0]  m_axis_cq_tuser,
`else
    input  wire [87:0]  m_axis_cq_tuser,
`endif
    input  wire         m_axis_cq_tvalid,
    output wire         m_axis_cq_tready,
    output wire [255:0] s_axis_cc_tdata,
    output wire [7:0]   s_axis_cc_tkeep,
    output wire         s_axis_cc_tlast,
    output wire [32:0]  s_axis_cc_tuser,
    output wire         s_axis_cc_tvalid,
    input  wire         s_axis_cc_tready,
    output wire [255:0] s_axis_rq_tdata,
    output wire [7:0]   s_axis_rq_tkeep,
    output wire         s_axis_rq_tlast,
`ifdef PROBE_US
    output wire [59:0]  s_axis_rq_tuser,
`else
    output wire [61:0]  s_axis_rq_tuser,
`endif
    output wire         s_axis_rq_tvalid,
    input  wire         s_axis_rq_tready,
    input  wire [255:0] m_axis_rc_tdata,
    input  wire [7:0]   m_axis_rc_tkeep,
    input  wire         m_axis_rc_tlast,
    input  wire [74:0]  m_axis_rc_tuser,
    input  wire         m_axis_rc_tvalid,
    output wire         m_axis_rc_tready,

`ifdef PROBE_US
    output wire         pcie_cq_np_req,
    input  wire [3:0]   pcie_rq_seq_num,
    input  wire         pcie_rq_seq_num_vld,
    input  wire [5:0]   pcie_rq_tag,
    input  wire         pcie_rq_tag_vld,
    input  wire [1:0]   pcie_rq_tag_av,
    input  wire [1:0]   pcie_tfc_nph_av,
    input  wire [1:0]   pcie_tfc_npd_av,
    output wire [18:0]  cfg_mgmt_addr,
    input  wire [3:0]   cfg_negotiated_width,
    input  wire [2:0]   cfg_current_speed,
    input  wire [2:0]   cfg_max_payload,
`else
    output wire [1:0]   pcie_cq_np_req,
    input  wire [5:0]   pcie_rq_seq_num0,
    input  wire         pcie_rq_seq_num_vld0,
    input  wire [7:0]   pcie_rq_tag0,
    input  wire         pcie_rq_tag_vld0,
    input  wire [3:0]   pcie_rq_tag_av,
    input  wire [3:0]   pcie_tfc_nph_av,
    input  wire [3:0]   pcie_tfc_npd_av,
    output wire [9:0]   cfg_mgmt_addr,
    input  wire [2:0]   cfg_negotiated_width,
    input  wire [1:0]   cfg_current_speed,
    input  wire [1:0]   cfg_max_payload,
`endif
    input  wire [5:0]   pcie_cq_np_req_count,
    output wire         cfg_mgmt_write,
    output wire [31:0]  cfg_mgmt_write_data,
    output wire [3:0]   cfg_mgmt_byte_enable,
    output wire         cfg_mgmt_read,
    input  wire [31:0]  cfg_mgmt_read_data,
    input  wire         cfg_mgmt_read_write_done,
    input  wire         phy_rdy_out,
    input  wire         cfg_phy_link_down,
    input  wire [1:0]   cfg_phy_link_status,
    input  wire [2:0]   cfg_max_read_req,
    input  wire [15:0]  cfg_function_status,
    input  wire [11:0]  cfg_function_power_state,
    input  wire [5:0]   cfg_ltssm_state,
    input  wire         cfg_err_cor_out,
    input  wire         cfg_err_nonfatal_out,
    input  wire         cfg_err_fatal_out,
    input  wire [7:0]   cfg_bus_number,
    input  wire         cfg_power_state_change_interrupt,
    output wire         cfg_power_state_change_ack,
    output wire [2:0]   cfg_fc_sel,
    input  wire [7:0]   cfg_fc_ph,
    input  wire [11:0]  cfg_fc_pd,
    input  wire [7:0]   cfg_fc_nph,
    input  wire [11:0]  cfg_fc_npd,
    input  wire [7:0]   cfg_fc_cplh,
    input  wire [11:0]  cfg_fc_cpld,
    input  wire [3:0]   cfg_flr_in_process,
    output wire [3:0]   cfg_flr_done,
    output wire [3:0]   cfg_interrupt_int,
    input  wire         cfg_interrupt_sent,
    input  wire [3:0]   cfg_interrupt_msi_enable,
    input  wire [11:0]  cfg_interrupt_msi_mmenable,
    input  wire         cfg_interrupt_msi_mask_update,
    input  wire [31:0]  cfg_interrupt_msi_data,
    output wire [31:0]  cfg_interrupt_msi_int,
    output wire [31:0]  cfg_interrupt_msi_pending_status,
    output wire         cfg_interrupt_msi_pending_status_data_enable,
    input  wire         cfg_interrupt_msi_sent,
    input  wire         cfg_interrupt_msi_fail,
    input  wire [3:0]   cfg_interrupt_msix_enable,
    input  wire [3:0]   cfg_interrupt_msix_mask,
    output wire [63:0]  cfg_interrupt_msix_address,
    output wire [31:0]  cfg_interrupt_msix_data,
    output wire         cfg_interrupt_msix_int
`ifdef PROBE_US
    ,
    input  wire         cfg_interrupt_msix_sent,
    input  wire         cfg_interrupt_msix_fail
`endif
);
    localparam NR_OUT = 21;
    localparam NR_IN  = 18;
    localparam NR_CNT = 16;

    wire clk = user_clk;
    wire rst = user_reset;

`ifdef PROBE_US
    wire [5:0] seq       = {2'd0, pcie_rq_seq_num};
    wire       seq_vld   = pcie_rq_seq_num_vld;
    wire [7:0] tag       = {2'd0, pcie_rq_tag};
    wire       tag_vld   = pcie_rq_tag_vld;
    wire       msix_sent = cfg_interrupt_msix_sent;
    wire       msix_fail = cfg_interrupt_msix_fail;
`else
    wire [5:0] seq       = pcie_rq_seq_num0;
    wire       seq_vld   = pcie_rq_seq_num_vld0;
    wire [7:0] tag       = pcie_rq_tag0;
    wire       tag_vld   = pcie_rq_tag_vld0;
    wire       msix_sent = 1'b0;
    wire       msix_fail = 1'b0;
`endif

    // ---- one access at a time -----------------------------------------------------------------------------

    reg          read_q, cpl_q, mid_q;
    reg  [127:0] desc_q;
    // further beats of a write, to another BAR as well, are let pass
    wire         takes     = m_axis_cq_tvalid && m_axis_cq_tready && !mid_q;
    wire         mine      = takes && m_axis_cq_tdata[114:112] == 3'd0;
    wire         is_write  = m_axis_cq_tdata[78:75] == 4'd1;
    wire [31:0]  acc_rdata;
    reg  [31:0]  rdata_q;

    assign m_axis_cq_tready = !read_q && !cpl_q;
    assign s_axis_cc_tvalid = cpl_q;
    assign s_axis_cc_tlast  = 1'b1;
    assign s_axis_cc_tkeep  = 8'h0f;
    assign s_axis_cc_tuser  = 33'd0;
    assign s_axis_cc_tdata  = {128'd0, rdata_q, 1'b0, desc_q[126:121], 1'b0, 16'd0, desc_q[103:80], 2'd0, 3'd0, 11'd1,
                               3'd0, 13'd4, 6'd0, desc_q[1:0], 1'b0, desc_q[6:2], 2'd0};

    always @(posedge clk) begin
        read_q <= !rst && takes && !is_write;
        cpl_q  <= !rst && (read_q || (cpl_q && !s_axis_cc_tready));
        if (rst)
            mid_q <= 1'b0;
        else if (m_axis_cq_tvalid && m_axis_cq_tready)
            mid_q <= !m_axis_cq_tlast;
        if (takes)
            desc_q <= m_axis_cq_tdata[127:0];
        if (read_q)
            rdata_q <= acc_rdata;
    end

    // ---- registers ----------------------------------------------------------------------------------------

    wire [32*NR_OUT-1:0] out;
    wire [NR_OUT-1:0]    wrote;
    wire [31:0]          msi_int = out[31:0];
    wire [31:0]          flr_delay = out[32*12 +: 32];
    reg  [31:0]          mgmt_q, flr_cycles_q;
    reg                  mgmt_wr_q, mgmt_rd_q, rq_q, flr_q, power_q;
    reg  [127:0]         rc_q;

    assign cfg_interrupt_msi_int      = wrote[0] ? msi_int : wrote[4] ? out[32*4 +: 32] : 32'd0;
    assign cfg_interrupt_msix_int     = wrote[4];
    assign cfg_interrupt_msix_address = {out[32*2 +: 32], out[32*1 +: 32]};
    assign cfg_interrupt_msix_data    = out[32*3 +: 32];
    assign cfg_interrupt_msi_pending_status             = out[32*5 +: 32];
    assign cfg_interrupt_msi_pending_status_data_enable = wrote[5];
    assign cfg_interrupt_int          = {3'd0, out[32*6]};
    assign cfg_mgmt_write_data        = out[32*8 +: 32];
    assign cfg_mgmt_byte_enable       = out[32*9+4 +: 4];
    assign cfg_mgmt_write             = mgmt_wr_q;
    assign cfg_mgmt_read              = mgmt_rd_q;
    assign cfg_fc_sel                 = out[32*10 +: 3];
    assign cfg_power_state_change_ack = out[32*20] && cfg_power_state_change_interrupt;
`ifdef PROBE_US
    assign cfg_mgmt_addr  = {9'd0, out[32*7 +: 10]};
    assign pcie_cq_np_req = wrote[11] ? out[32*11+2] : !out[32*11];
`else
    assign cfg_mgmt_addr  = out[32*7 +: 10];
    assign pcie_cq_np_req = wrote[11] ? out[32*11+2 +: 2] : {1'b0, !out[32*11]};
`endif

    // done when it has been in process for so many cycles
    assign cfg_flr_done = {3'd0, cfg_flr_in_process[0] && flr_cycles_q >= flr_delay};

    always @(posedge clk) begin
        mgmt_wr_q <= !rst && ((wrote[9] && out[32*9]) || (mgmt_wr_q && !cfg_mgmt_read_write_done));
        mgmt_rd_q <= !rst && ((wrote[9] && out[32*9+1]) || (mgmt_rd_q && !cfg_mgmt_read_write_done));
        if (cfg_mgmt_read_write_done)
            mgmt_q <= cfg_mgmt_read_data;
        flr_q   <= cfg_flr_in_process[0];
        power_q <= cfg_power_state_change_interrupt;
        if (rst || (cfg_flr_in_process[0] && !flr_q))
            flr_cycles_q <= 32'd0;
        else if (cfg_flr_in_process[0])
            flr_cycles_q <= flr_cycles_q + 32'd1;
        rq_q <= !rst && (wrote[19] || (rq_q && !s_axis_rq_tready));
        if (m_axis_rc_tvalid)
            rc_q <= m_axis_rc_tdata[127:0];
    end

    assign s_axis_rq_tvalid = rq_q;
    assign s_axis_rq_tlast  = 1'b1;
    assign s_axis_rq_tkeep  = out[32*19] ? 8'h1f : 8'h0f;
    assign s_axis_rq_tdata  = {96'd0, out[32*17 +: 32], out[32*13 +: 128]};
    // byte enables; sequence number
`ifdef PROBE_US
    assign s_axis_rq_tuser  = {32'd0, out[32*18+8 +: 4], 16'd0, out[32*18 +: 8]};
`else
    assign s_axis_rq_tuser  = {out[32*18+12 +: 2], 32'd0, out[32*18+8 +: 4], 16'd0, out[32*18 +: 8]};
`endif
    assign m_axis_rc_tready = 1'b1;

`ifdef PROBE_US
    wire [11:0] room  = {2'd0, pcie_tfc_npd_av, 2'd0, pcie_tfc_nph_av, 2'd0, pcie_rq_tag_av};
    wire [10:0] speed = {1'b0, cfg_current_speed, cfg_negotiated_width, cfg_max_payload};
`else
    wire [11:0] room  = {pcie_tfc_npd_av, pcie_tfc_nph_av, pcie_rq_tag_av};
    wire [10:0] speed = {2'd0, cfg_current_speed, 1'b0, cfg_negotiated_width, 1'b0, cfg_max_payload};
`endif

    wire [32*NR_IN-1:0] in = {
        {28'd0, cfg_power_state_change_interrupt, rq_q, mgmt_rd_q, mgmt_wr_q},
        rc_q,
        {20'd0, room},
        flr_cycles_q,
        mgmt_q,
        {26'd0, pcie_cq_np_req_count},
        cfg_interrupt_msi_data,
        {26'd0, cfg_interrupt_msix_mask[0], cfg_interrupt_msix_enable[0], cfg_interrupt_msi_mmenable[2:0],
         cfg_interrupt_msi_enable[0]},
        {12'd0, cfg_fc_cpld, cfg_fc_cplh},
        {12'd0, cfg_fc_npd, cfg_fc_nph},
        {12'd0, cfg_fc_pd, cfg_fc_ph},
        {8'd0, cfg_bus_number, 2'd0, cfg_ltssm_state, 2'd0, cfg_phy_link_status, 1'b0, user_lnk_up, phy_rdy_out,
         cfg_phy_link_down},
        {20'd0, cfg_function_power_state},
        {16'd0, cfg_function_status},
        {13'd0, cfg_max_read_req, 5'd0, speed}};

    probe_regs #(.NR_OUT(NR_OUT), .NR_IN(NR_IN), .NR_CNT(NR_CNT)) u_regs (
        .clk(clk), .rst(rst), .acc_valid(mine), .acc_write(is_write), .acc_addr({m_axis_cq_tdata[11:2], 2'd0}),
        .acc_wdata(m_axis_cq_tdata[159:128]), .acc_rdata(acc_rdata), .out(out), .wrote(wrote), .in(in),
        .pulse({m_axis_rc_tvalid && m_axis_rc_tlast, cfg_power_state_change_interrupt && !power_q, cfg_err_fatal_out,
                cfg_err_nonfatal_out, cfg_err_cor_out, cfg_flr_in_process[0] && !flr_q, 1'b0,
                cfg_mgmt_read_write_done, tag_vld, seq_vld, cfg_interrupt_msi_mask_update, cfg_interrupt_sent, msix_fail,
                msix_sent, cfg_interrupt_msi_fail, cfg_interrupt_msi_sent}),
        .value({m_axis_rc_tdata[31:0], 192'd0, cfg_mgmt_read_data, 24'd0, tag, 26'd0, seq, 192'd0}));

    wire unused = &{1'b0, m_axis_cq_tkeep, m_axis_cq_tuser, m_axis_rc_tkeep, m_axis_rc_tuser,
                    m_axis_rc_tdata, cfg_flr_in_process, cfg_interrupt_msi_enable, cfg_interrupt_msi_mmenable,
                    cfg_interrupt_msix_enable, cfg_interrupt_msix_mask, m_axis_cq_tdata, out, wrote, desc_q};
endmodule
`default_nettype wire
