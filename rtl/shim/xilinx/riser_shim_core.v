// SPDX-License-Identifier: Apache-2.0
//
// What every vendor's hard block has inside: TLP port on one side (docs/tlp-port.md), the user's TLPs on the
// other, and the configuration space with all that belongs to it between them: BAR decode, completions of
// configuration requests and of what nobody answers, errors, messages, the built-in MSI-X table, interrupts as
// messages, resets. Built on rtl/core. The vendor's streams are made of the user side by the modules around.
//
// User side: req_ are memory requests that hit a BAR, posted ones first in order, with BAR number; a non-posted
// one waits for np_may. rcpl_ are completions as they come. ureq_ are requests of the user in their order, ucpl_
// its completions. Latency: 3 cycles for a request to the user, 1 or 2 for what the user sends. The stages stall
// when the user does not take: completions wait for the user too, as in hardware.
`default_nettype none
`include "riser_tlp.vh"
module riser_shim_core #(
    parameter         DATA_W            = 256,
    // as riser_ep
    parameter [15:0]  VENDOR_ID         = 16'h1e50,
    parameter [15:0]  DEVICE_ID         = 16'h0001,
    parameter [15:0]  SUBSYS_VENDOR_ID  = 16'h1e50,
    parameter [15:0]  SUBSYS_ID         = 16'h0001,
    parameter [23:0]  CLASS_CODE        = 24'hff0000,
    parameter [7:0]   REVISION          = 8'h00,
    parameter [63:0]  SERIAL            = 64'h1,
    // log2 of the size, 0: none; type bit 0: 64 bits, bit 1: prefetchable
    parameter         BAR0_SIZE_LOG2    = 12,
    parameter         BAR1_SIZE_LOG2    = 0,
    parameter         BAR2_SIZE_LOG2    = 0,
    parameter         BAR3_SIZE_LOG2    = 0,
    parameter         BAR4_SIZE_LOG2    = 0,
    parameter         BAR5_SIZE_LOG2    = 0,
    parameter [11:0]  BAR_TYPES         = 12'h0,    // BAR0's lowest
    parameter         MSIX_VECTORS      = 0,
    parameter         MSIX_INTERNAL     = 1,        // the block has the table
    parameter         MSIX_TABLE_BIR    = 0,
    parameter [31:0]  MSIX_TABLE_OFFSET = 32'h0,
    parameter         MSIX_PBA_BIR      = 0,
    parameter [31:0]  MSIX_PBA_OFFSET   = 32'h0,
    parameter         MSI_VECTORS       = 0,
    parameter         INTX_PIN          = 0,
    parameter         MPS_LOG2          = 9,
    parameter         EXT_TAGS          = 1
) (
    input  wire               clk,
    input  wire               perst_n,
    input  wire               link_up,
    input  wire               hot_reset,
    output wire               flr_active,
    output wire               idle,         // the block has nothing to do

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

    // the user's streams
    output wire               req_valid,
    input  wire               req_ready,
    output wire               req_sop,
    output wire               req_eop,
    output wire [127:0]       req_hdr,
    output wire [DATA_W-1:0]  req_data,
    output wire [2:0]         req_bar,
    output wire [5:0]         req_aperture,     // log2 of the BAR's size
    output wire               req_np,
    input  wire               np_may,           // a non-posted request may begin
    output wire               p_waits,          // a posted request is on its way to the user
    output wire               rcpl_valid,
    input  wire               rcpl_ready,
    output wire               rcpl_sop,
    output wire               rcpl_eop,
    output wire [127:0]       rcpl_hdr,
    output wire [DATA_W-1:0]  rcpl_data,
    input  wire               ureq_valid,
    output wire               ureq_ready,
    input  wire               ureq_sop,
    input  wire               ureq_eop,
    input  wire [127:0]       ureq_hdr,
    input  wire [DATA_W-1:0]  ureq_data,
    output wire               ureq_sent,        // pulse: one more cannot be overtaken by a completion that comes now
    input  wire               ucpl_valid,
    output wire               ucpl_ready,
    input  wire               ucpl_sop,
    input  wire               ucpl_eop,
    input  wire [127:0]       ucpl_hdr,
    input  wire [DATA_W-1:0]  ucpl_data,

    // resets
    output wire               rst,              // link reset
    output wire               rst_func,         // and function level reset
    output wire               flr,              // from its begin until flr_done
    input  wire               flr_done,         // the user is ready for it to end (level or pulse)

    // state of the function
    output wire [15:0]        bdf,
    output wire               mse,
    output wire               bme,
    output wire               intx_disable,
    output wire               d0,
    output wire [2:0]         mps,
    output wire [2:0]         mrrs,
    output wire               ext_tag,          // tags above 31 are allowed
    output wire               cto_disable,
    output wire               msi_en,
    output wire [2:0]         msi_mme,
    output wire [63:0]        msi_addr,
    output wire [15:0]        msi_data,
    output wire [31:0]        msi_mask,
    input  wire [31:0]        msi_pending,
    output wire               msix_en,
    output wire               msix_fmask,
    output wire               err_sent,         // pulse: an ERR_ message, err_code is its code
    output wire [7:0]         err_code,

    // interrupts: a message to an address; a vector of the built-in table; INTA's level
    input  wire               dmsg_valid,
    output wire               dmsg_ready,
    input  wire [63:0]        dmsg_addr,
    input  wire [31:0]        dmsg_data,
    input  wire               irq_valid,
    output wire               irq_ready,
    input  wire [10:0]        irq_vec,
    input  wire               intx,
    output wire               intx_sent,        // the level that the host was told

    // the user's access to the configuration space: one cycle of mgmt_valid and mgmt_ready; data in the cycle after
    input  wire               mgmt_valid,
    output wire               mgmt_ready,
    input  wire               mgmt_write,
    input  wire [9:0]         mgmt_dw,
    input  wire [3:0]         mgmt_be,
    input  wire [31:0]        mgmt_wdata,
    output wire [31:0]        mgmt_rdata,

    // errors of completions
    input  wire               trans_pending,
    input  wire               ev_cpl_valid,
    input  wire [4:0]         ev_cpl_bit,
    input  wire               ev_cpl_adv,
    input  wire [127:0]       ev_cpl_hdr,
    input  wire               got_ur,
    input  wire               got_ca
);
    function [5:0] size_code(input integer log2);
        size_code = (log2 == 0) ? 6'd0 : {1'b1, log2[4:0]};
    endfunction

    localparam [35:0] BAR_SIZES = {size_code(BAR5_SIZE_LOG2), size_code(BAR4_SIZE_LOG2), size_code(BAR3_SIZE_LOG2),
                                   size_code(BAR2_SIZE_LOG2), size_code(BAR1_SIZE_LOG2), size_code(BAR0_SIZE_LOG2)};
    localparam OWN_VECTORS = (MSIX_INTERNAL != 0) ? MSIX_VECTORS : 0;
    localparam [31:0] TABLE_BYTES = OWN_VECTORS * 16;
    localparam [31:0] PBA_BYTES   = ((OWN_VECTORS + 63) / 64) * 8;
    localparam [31:0] TABLE_BIR   = MSIX_TABLE_BIR;
    localparam [31:0] PBA_BIR     = MSIX_PBA_BIR;

    wire         rst_sticky, card_rst, flr_start, flr_wait, stop, tx_quiet, quiet, tables_ready;
    wire [383:0] bar_base;
    wire         cfg_en, cfg_we, host_en, host_we;
    wire [9:0]   cfg_dw, host_dw;
    wire [3:0]   cfg_be, host_be;
    wire [31:0]  cfg_wdata, host_wdata, cfg_rdata;
    wire         ev_p_valid, ev_p_ready, ev_np_valid, ev_np_ready, err_valid, err_ack, turn_off, slot_power_set;
    wire [4:0]   ev_p_bit, ev_np_bit;
    wire [127:0] ev_p_hdr, ev_np_hdr;
    wire [9:0]   slot_power;
    wire         mem_en   = mse && d0;
    wire         may_send = bme && d0 && !stop;
    wire         intx_level = (INTX_PIN != 0) && intx && !stop;
    wire         intx_want  = intx_level && !intx_disable && !msi_en && !msix_en && d0;

    // ---- resets -------------------------------------------------------------------------------------

    reg flr_done_q;     // the user has said so
    assign flr      = flr_active && !flr_done_q;
    assign tx_quiet = quiet && !intx_sent;

    riser_reset u_reset (
        .clk(clk), .perst_n(perst_n), .hot_reset(hot_reset), .link_up(link_up), .flr_start(flr_start),
        .tx_quiet(tx_quiet), .tables_ready(tables_ready && flr_done_q), .rst_sticky(rst_sticky), .rst(rst),
        .rst_func(rst_func), .card_rst(card_rst), .flr_active(flr_active), .flr_wait(flr_wait), .stop(stop));

    always @(posedge clk)
        flr_done_q <= !rst && flr_active && (flr_done_q || flr_done);

    // ---- configuration ------------------------------------------------------------------------------

    assign mgmt_ready = !host_en && !rst_func;
    assign mgmt_rdata = cfg_rdata;
    assign cfg_en     = host_en || (mgmt_valid && mgmt_ready);
    assign cfg_we     = host_en ? host_we : mgmt_write;
    assign cfg_dw     = host_en ? host_dw : mgmt_dw;
    assign cfg_be     = host_en ? host_be : mgmt_be;
    assign cfg_wdata  = host_en ? host_wdata : mgmt_wdata;
    assign err_sent   = err_ack;

    riser_cfg #(
        .VENDOR_ID(VENDOR_ID), .DEVICE_ID(DEVICE_ID), .SUBSYS_VENDOR_ID(SUBSYS_VENDOR_ID), .SUBSYS_ID(SUBSYS_ID),
        .CLASS_CODE(CLASS_CODE), .REVISION(REVISION), .SERIAL(SERIAL), .BAR_SIZES(BAR_SIZES), .BAR_TYPES(BAR_TYPES),
        .MSIX_VECTORS(MSIX_VECTORS), .MSIX_TABLE_BIR(MSIX_TABLE_BIR), .MSIX_TABLE_OFFSET(MSIX_TABLE_OFFSET),
        .MSIX_PBA_BIR(MSIX_PBA_BIR), .MSIX_PBA_OFFSET(MSIX_PBA_OFFSET), .MSI_VECTORS(MSI_VECTORS),
        .INTX_PIN(INTX_PIN), .MPS_LOG2(MPS_LOG2), .EXT_TAGS(EXT_TAGS)
    ) u_cfg (
        .clk(clk), .rst_sticky(rst_sticky), .rst(rst), .rst_func(rst_func), .cfg_en(cfg_en), .cfg_we(cfg_we),
        .cfg_dw(cfg_dw), .cfg_be(cfg_be), .cfg_wdata(cfg_wdata), .cfg_rdata(cfg_rdata), .cfg_mse(mse), .cfg_bme(bme),
        .intx_disable(intx_disable), .cfg_d0(d0), .cfg_mps(mps), .cfg_mrrs(mrrs), .ext_tag(ext_tag),
        .cto_disable(cto_disable),
        .flr_start(flr_start), .cfg_msi_en(msi_en), .msi_mme(msi_mme), .msi_addr(msi_addr), .msi_data(msi_data),
        .msi_mask(msi_mask), .msi_pending(msi_pending), .cfg_msix_en(msix_en), .msix_fmask(msix_fmask),
        .intx_level(intx_level), .trans_pending(trans_pending), .slot_power_set(slot_power_set),
        .slot_power(slot_power), .ev_cpl_valid(ev_cpl_valid), .ev_cpl_bit(ev_cpl_bit), .ev_cpl_adv(ev_cpl_adv),
        .ev_cpl_hdr(ev_cpl_hdr), .ev_p_valid(ev_p_valid), .ev_p_ready(ev_p_ready), .ev_p_bit(ev_p_bit),
        .ev_p_hdr(ev_p_hdr), .ev_np_valid(ev_np_valid), .ev_np_ready(ev_np_ready), .ev_np_bit(ev_np_bit),
        .ev_np_hdr(ev_np_hdr), .got_ur(got_ur), .got_ca(got_ca), .got_poison(1'b0), .err_valid(err_valid),
        .err_code(err_code), .err_ack(err_ack), .bar_base(bar_base));

    // ---- requests from the host ---------------------------------------------------------------------

    wire              pu_valid, pu_ready, pc_valid, pc_ready, p_sop, p_eop, p_busy;
    wire              nu_valid, nu_ready, nc_valid, nc_ready, n_sop, n_eop, n_busy;
    wire [127:0]      p_hdr, n_hdr;
    wire [DATA_W-1:0] p_data, n_data;
    wire [2:0]        p_bar, n_bar;

    riser_shim_route #(
        .DATA_W(DATA_W), .BAR_SIZES(BAR_SIZES), .TABLE_BIR(TABLE_BIR[2:0]), .TABLE_OFFSET(MSIX_TABLE_OFFSET),
        .TABLE_BYTES(TABLE_BYTES), .PBA_BIR(PBA_BIR[2:0]), .PBA_OFFSET(MSIX_PBA_OFFSET), .PBA_BYTES(PBA_BYTES)
    ) u_p (
        .clk(clk), .rst(rst), .hold(1'b0), .to_core(stop), .bar_base(bar_base), .mem_en(mem_en), .mps(mps),
        .rx_valid(rx_p_valid), .rx_ready(rx_p_ready), .rx_sop(rx_p_sop), .rx_eop(rx_p_eop), .rx_hdr(rx_p_hdr),
        .rx_data(rx_p_data), .user_valid(pu_valid), .user_ready(pu_ready), .core_valid(pc_valid),
        .core_ready(pc_ready), .out_sop(p_sop), .out_eop(p_eop), .out_hdr(p_hdr), .out_data(p_data), .out_bar(p_bar),
        .busy(p_busy));

    // a non-posted request passes no posted one that was there before it
    riser_shim_route #(
        .DATA_W(DATA_W), .BAR_SIZES(BAR_SIZES), .TABLE_BIR(TABLE_BIR[2:0]), .TABLE_OFFSET(MSIX_TABLE_OFFSET),
        .TABLE_BYTES(TABLE_BYTES), .PBA_BIR(PBA_BIR[2:0]), .PBA_OFFSET(MSIX_PBA_OFFSET), .PBA_BYTES(PBA_BYTES)
    ) u_np (
        .clk(clk), .rst(rst), .hold(stop || p_busy), .to_core(1'b0), .bar_base(bar_base), .mem_en(mem_en), .mps(mps),
        .rx_valid(rx_np_valid), .rx_ready(rx_np_ready), .rx_sop(rx_np_sop), .rx_eop(rx_np_eop), .rx_hdr(rx_np_hdr),
        .rx_data(rx_np_data), .user_valid(nu_valid), .user_ready(nu_ready), .core_valid(nc_valid),
        .core_ready(nc_ready), .out_sop(n_sop), .out_eop(n_eop), .out_hdr(n_hdr), .out_data(n_data), .out_bar(n_bar),
        .busy(n_busy));

    reg  np_mid_q, p_mid_q;
    assign p_waits = p_busy;
    wire pick_np = np_mid_q || (!p_mid_q && nu_valid && np_may);

    assign req_valid = pick_np ? nu_valid : pu_valid;
    assign nu_ready  = pick_np && req_ready;
    assign pu_ready  = !pick_np && req_ready;
    assign req_np    = pick_np;
    assign req_sop   = pick_np ? n_sop : p_sop;
    assign req_eop   = pick_np ? n_eop : p_eop;
    assign req_hdr   = pick_np ? n_hdr : p_hdr;
    assign req_data  = pick_np ? n_data : p_data;
    assign req_bar   = pick_np ? n_bar : p_bar;

    wire [4:0] size = (req_bar == 3'd0) ? BAR_SIZES[4:0] : (req_bar == 3'd1) ? BAR_SIZES[10:6]
                    : (req_bar == 3'd2) ? BAR_SIZES[16:12] : (req_bar == 3'd3) ? BAR_SIZES[22:18]
                    : (req_bar == 3'd4) ? BAR_SIZES[28:24] : BAR_SIZES[34:30];
    assign req_aperture = (size == 5'd0) ? 6'd32 : {1'b0, size};

    always @(posedge clk) begin
        if (rst) begin
            np_mid_q <= 1'b0;
            p_mid_q  <= 1'b0;
        end else begin
            // what is offered stays offered
            np_mid_q <= (nu_valid && pick_np) && !(req_ready && n_eop);
            p_mid_q  <= (pu_valid && !pick_np) && !(req_ready && p_eop);
        end
    end

    riser_skid #(.W(DATA_W + 130)) u_cpl (
        .clk(clk), .rst(rst), .in_valid(rx_cpl_valid), .in_ready(rx_cpl_ready),
        .in_data({rx_cpl_sop, rx_cpl_eop, rx_cpl_hdr, rx_cpl_data}), .out_valid(rcpl_valid), .out_ready(rcpl_ready),
        .out_data({rcpl_sop, rcpl_eop, rcpl_hdr, rcpl_data}));

    // ---- what the block answers itself --------------------------------------------------------------

    wire              core_p_busy, np_busy, wr_pending, own_valid, own_ready, own_sop, own_eop;
    wire [127:0]      own_hdr;
    wire [DATA_W-1:0] own_data;
    wire [31:0]       nr_p_in, nr_p_done;
    wire [15:0]       nr_started, nr_done;
    wire              tbl_valid, tbl_ready, tbl_write, tbl_pba, tbl_rsp_valid;
    wire [11:0]       tbl_index;
    wire [63:0]       tbl_wdata, tbl_rsp_data;
    wire [7:0]        tbl_be;
    wire              reg_valid, reg_write;
    reg               reg_rsp_q;
    wire [2:0]        reg_bar;
    wire [31:0]       reg_addr;
    wire [63:0]       reg_wdata;
    wire [7:0]        reg_be;

    riser_rx #(
        .DATA_W(DATA_W), .BAR_SIZES(BAR_SIZES), .MSIX_VECTORS(OWN_VECTORS), .MSIX_TABLE_BIR(MSIX_TABLE_BIR),
        .MSIX_TABLE_OFFSET(MSIX_TABLE_OFFSET), .MSIX_PBA_BIR(MSIX_PBA_BIR), .MSIX_PBA_OFFSET(MSIX_PBA_OFFSET)
    ) u_rx (
        .clk(clk), .rst(rst), .stop(stop), .rx_p_valid(pc_valid), .rx_p_sop(p_sop), .rx_p_eop(p_eop),
        .rx_p_hdr(p_hdr), .rx_p_data(p_data), .bar_base(bar_base), .mem_en(mem_en), .cfg_mps(mps),
        .wr_pending(wr_pending), .ev_p_ready(ev_p_ready), .flr_wait(flr_wait), .rx_np_valid(nc_valid),
        .rx_np_sop(n_sop), .rx_np_eop(n_eop), .rx_np_hdr(n_hdr), .rx_np_data(n_data), .nr_p_in(nr_p_in),
        .nr_p_done(nr_p_done), .nr_tx_started(nr_started), .nr_tx_done(nr_done), .tx_np_valid(tx_np_valid),
        .cfg_rdata(cfg_rdata), .ev_np_ready(ev_np_ready), .tx_cpl_ready(own_ready), .reg_ready(1'b1),
        // an access that straddles the table's end: zeros
        .reg_rsp_valid(reg_rsp_q), .reg_rsp_data(64'd0), .reg_rsp_status(2'd0), .tbl_ready(tbl_ready),
        .tbl_rsp_valid(tbl_rsp_valid), .tbl_rsp_data(tbl_rsp_data), .rx_p_ready(pc_ready), .p_busy(core_p_busy),
        .ev_p_valid(ev_p_valid), .ev_p_bit(ev_p_bit), .ev_p_hdr(ev_p_hdr), .turn_off(turn_off),
        .slot_power_set(slot_power_set), .slot_power(slot_power), .rx_np_ready(nc_ready), .cfg_bdf(bdf),
        .cfg_en(host_en), .cfg_we(host_we), .cfg_dw(host_dw), .cfg_be(host_be), .cfg_wdata(host_wdata),
        .ev_np_valid(ev_np_valid), .ev_np_bit(ev_np_bit), .ev_np_hdr(ev_np_hdr), .tx_cpl_valid(own_valid),
        .tx_cpl_sop(own_sop), .tx_cpl_eop(own_eop), .tx_cpl_hdr(own_hdr), .tx_cpl_data(own_data), .np_busy(np_busy),
        .reg_valid(reg_valid), .reg_write(reg_write), .reg_bar(reg_bar), .reg_addr(reg_addr), .reg_wdata(reg_wdata),
        .reg_be(reg_be), .tbl_valid(tbl_valid), .tbl_write(tbl_write), .tbl_pba(tbl_pba), .tbl_index(tbl_index),
        .tbl_wdata(tbl_wdata), .tbl_be(tbl_be));

    always @(posedge clk)
        reg_rsp_q <= !rst && reg_valid && !reg_write;

    // ---- interrupts and messages --------------------------------------------------------------------

    wire         x_taken, x_valid, x_busy, msg_valid, msg_ack, irq_ack;
    wire [63:0]  x_addr;
    wire [31:0]  x_data, x_pending;
    wire [127:0] msg_hdr;
    reg          d_valid_q;
    reg [63:0]   d_addr_q;
    reg [31:0]   d_data_q;
    wire         d_take = dmsg_valid && dmsg_ready && may_send;
    wire         pick_x = x_valid;

    riser_irq #(.MSIX_VECTORS(OWN_VECTORS), .MSI_VECTORS(0)) u_irq (
        .clk(clk), .rst(rst_func), .rst_link(rst), .stop(stop), .irq_valid(irq_valid), .irq_ready(irq_ready),
        .irq_vec(irq_vec), .may_send(may_send), .msix_en(msix_en), .msix_fmask(msix_fmask), .msi_en(1'b0),
        .msi_mme(3'd0), .msi_addr(64'd0), .msi_data(16'd0), .msi_mask(32'd0), .msi_pending(x_pending),
        .tbl_valid(tbl_valid), .tbl_ready(tbl_ready), .tbl_write(tbl_write), .tbl_pba(tbl_pba),
        .tbl_index(tbl_index), .tbl_wdata(tbl_wdata), .tbl_be(tbl_be), .tbl_rsp_valid(tbl_rsp_valid),
        .tbl_rsp_data(tbl_rsp_data), .out_taken(x_taken), .out_valid(x_valid), .out_addr(x_addr), .out_data(x_data),
        .out_ack(irq_ack && pick_x), .ready(tables_ready), .busy(x_busy));

    // one message at a time is started, so that it is counted; without Bus Master Enable it waits
    assign dmsg_ready = !d_valid_q && !x_taken && may_send;
    always @(posedge clk) begin
        if (rst)
            d_valid_q <= 1'b0;
        else if (d_take)
            d_valid_q <= 1'b1;
        else if (irq_ack && !pick_x)
            d_valid_q <= 1'b0;
        if (d_take) begin
            d_addr_q <= dmsg_addr;
            d_data_q <= dmsg_data;
        end
    end

    riser_msg u_msg (
        .clk(clk), .rst(rst), .bdf(bdf), .intx_want(intx_want), .intx_sent(intx_sent), .err_valid(err_valid),
        .err_code(err_code), .err_ack(err_ack), .turn_off(turn_off), .stop(stop), .msg_valid(msg_valid),
        .msg_hdr(msg_hdr), .msg_ack(msg_ack));

    riser_shim_tx #(.DATA_W(DATA_W)) u_tx (
        .clk(clk), .rst(rst), .drop(stop), .bdf(bdf),
        .req_valid(ureq_valid), .req_ready(ureq_ready), .req_sop(ureq_sop), .req_eop(ureq_eop), .req_hdr(ureq_hdr),
        .req_data(ureq_data), .req_sent(ureq_sent), .cpl_valid(ucpl_valid), .cpl_ready(ucpl_ready),
        .cpl_sop(ucpl_sop), .cpl_eop(ucpl_eop), .cpl_hdr(ucpl_hdr), .cpl_data(ucpl_data), .own_valid(own_valid),
        .own_ready(own_ready), .own_sop(own_sop), .own_eop(own_eop), .own_hdr(own_hdr), .own_data(own_data),
        .irq_taken(x_taken || d_take), .irq_valid(x_valid || d_valid_q), .irq_addr(pick_x ? x_addr : d_addr_q),
        .irq_data(pick_x ? x_data : d_data_q), .irq_ack(irq_ack), .msg_valid(msg_valid), .msg_hdr(msg_hdr),
        .msg_ack(msg_ack), .nr_started(nr_started), .nr_done(nr_done), .quiet(quiet),
        .tx_p_valid(tx_p_valid), .tx_p_ready(tx_p_ready), .tx_p_sop(tx_p_sop), .tx_p_eop(tx_p_eop),
        .tx_p_hdr(tx_p_hdr), .tx_p_data(tx_p_data), .tx_np_valid(tx_np_valid), .tx_np_ready(tx_np_ready),
        .tx_np_sop(tx_np_sop), .tx_np_eop(tx_np_eop), .tx_np_hdr(tx_np_hdr), .tx_np_data(tx_np_data),
        .tx_cpl_valid(tx_cpl_valid), .tx_cpl_ready(tx_cpl_ready), .tx_cpl_sop(tx_cpl_sop), .tx_cpl_eop(tx_cpl_eop),
        .tx_cpl_hdr(tx_cpl_hdr), .tx_cpl_data(tx_cpl_data));

    assign idle = !rst && !flr_active && tables_ready && !p_busy && !n_busy && !core_p_busy && !np_busy
               && !wr_pending && !rcpl_valid && !x_busy && !d_valid_q && !msg_valid && !ureq_valid && !ucpl_valid
               && !tx_p_valid && !tx_np_valid && !tx_cpl_valid && (intx_want == intx_sent);

    wire unused = &{1'b0, card_rst, nr_p_in, nr_p_done, x_pending, reg_bar, reg_addr, reg_wdata, reg_be,
                    TABLE_BIR, PBA_BIR};
endmodule
`default_nettype wire
