// SPDX-License-Identifier: Apache-2.0
//
// cfg_interrupt_* and cfg_mgmt_* of UltraScale and UltraScale+ blocks, function 0. An MSI is a bit of msi_int for
// a cycle; an MSI-X interrupt msix_int with address and data, or, if the block has the table, with the vector's
// number in msi_int. sent or fail pulses when it is done; another one is for the user to ask for after that. fail:
// the kind is not enabled, or (address and data) the function is masked, also while it waits for Bus Master Enable. A
// management access is read or write held until read_write_done, which comes 2 cycles later or when the host's access
// is over.
`default_nettype none
module riser_us_irq #(
    parameter MSIX_INTERNAL = 1
) (
    input  wire        clk,
    input  wire        rst,

    input  wire        msi_en,
    input  wire [2:0]  msi_mme,
    input  wire [63:0] msi_addr,
    input  wire [15:0] msi_data,
    input  wire [31:0] msi_mask,
    output wire [31:0] msi_pending,
    input  wire        msix_en,
    input  wire        msix_fmask,
    output wire        dmsg_valid,
    input  wire        dmsg_ready,
    output wire [63:0] dmsg_addr,
    output wire [31:0] dmsg_data,
    output wire        irq_valid,
    input  wire        irq_ready,
    output wire [10:0] irq_vec,
    input  wire        intx_sent,
    output wire        busy,

    input  wire [31:0] cfg_interrupt_msi_int,
    input  wire [31:0] cfg_interrupt_msi_pending_status,
    input  wire        cfg_interrupt_msi_pending_status_data_enable,
    output wire        cfg_interrupt_msi_mask_update,
    output wire        cfg_interrupt_msi_sent,
    output wire        cfg_interrupt_msi_fail,
    input  wire [63:0] cfg_interrupt_msix_address,
    input  wire [31:0] cfg_interrupt_msix_data,
    input  wire        cfg_interrupt_msix_int,
    output wire        cfg_interrupt_sent,

    // configuration space
    output wire        mgmt_valid,
    input  wire        mgmt_ready,
    input  wire [31:0] mgmt_rdata,
    input  wire        cfg_mgmt_read,
    input  wire        cfg_mgmt_write,
    output wire [31:0] cfg_mgmt_read_data,
    output wire        cfg_mgmt_read_write_done
);
    reg        dmsg_q, dmsg_x_q, irq_q, sent_q, fail_q, intx_q, intx_told_q, update_q;
    reg [63:0] addr_q;
    reg [31:0] data_q, mask_q, pending_q;
    reg [10:0] vec_q;
    reg        run_q, done_q;       // a management access: made, over

    wire       is_msi  = cfg_interrupt_msi_int != 32'd0 && !cfg_interrupt_msix_int;
    wire       is_msix = cfg_interrupt_msix_int;
    wire       free    = !dmsg_q && !irq_q;
    wire       msi_ok  = msi_en && !msix_en;
    wire       msix_ok = msix_en && (MSIX_INTERNAL != 0 || !msix_fmask);

    // number of the lowest set bit, by isolating it
    wire [31:0] low_bit = cfg_interrupt_msi_int & (~cfg_interrupt_msi_int + 32'd1);
    wire [4:0]  low_num = {|(low_bit & 32'hffff_0000), |(low_bit & 32'hff00_ff00), |(low_bit & 32'hf0f0_f0f0),
                           |(low_bit & 32'hcccc_cccc), |(low_bit & 32'haaaa_aaaa)};
    wire [4:0]  m_low   = ~(5'h1f << msi_mme);

    // still enabled
    wire        may    = dmsg_x_q ? msix_ok : msi_ok;

    assign dmsg_valid  = dmsg_q && may;
    assign dmsg_addr   = addr_q;
    assign dmsg_data   = data_q;
    assign irq_valid   = irq_q;
    assign irq_vec     = vec_q;
    assign busy        = !free || is_msi || is_msix || done_q || run_q || cfg_mgmt_read || cfg_mgmt_write;
    assign msi_pending = pending_q;
    assign cfg_interrupt_msi_sent = sent_q;
    assign cfg_interrupt_msi_fail = fail_q;
    assign cfg_interrupt_msi_mask_update = update_q;
    assign cfg_interrupt_sent     = intx_told_q;

    always @(posedge clk) begin
        sent_q <= (dmsg_valid && dmsg_ready) || (irq_q && irq_ready);
        fail_q <= dmsg_q && !may;
        if (rst) begin
            dmsg_q    <= 1'b0;
            irq_q     <= 1'b0;
            sent_q    <= 1'b0;
            fail_q    <= 1'b0;
            pending_q <= 32'd0;
        end else begin
            if (dmsg_ready || !may)
                dmsg_q <= 1'b0;
            if (irq_q && irq_ready)
                irq_q <= 1'b0;
            if (free && is_msi) begin
                dmsg_q <= msi_ok;
                fail_q <= !msi_ok;
            end else if (free && is_msix) begin
                dmsg_q <= msix_ok && MSIX_INTERNAL == 0;
                irq_q  <= msix_ok && MSIX_INTERNAL != 0;
                fail_q <= !msix_ok;
            end
            if (cfg_interrupt_msi_pending_status_data_enable)
                pending_q <= cfg_interrupt_msi_pending_status;
        end
        if (free) begin
            dmsg_x_q <= is_msix;
            addr_q <= is_msix ? {cfg_interrupt_msix_address[63:2], 2'b00} : msi_addr;
            data_q <= is_msix ? cfg_interrupt_msix_data
                    : {16'd0, (msi_data & ~{11'd0, m_low}) | {11'd0, low_num & m_low}};
            vec_q  <= cfg_interrupt_msi_int[10:0];
        end
        intx_q      <= intx_sent;
        intx_told_q <= !rst && intx_q != intx_sent;
        mask_q      <= msi_mask;
        update_q    <= !rst && mask_q != msi_mask;
    end

    // ---- configuration space ------------------------------------------------------------------------

    reg [31:0] rdata_q;

    assign mgmt_valid = (cfg_mgmt_read || cfg_mgmt_write) && !run_q && !done_q;
    assign cfg_mgmt_read_data       = rdata_q;
    assign cfg_mgmt_read_write_done = done_q;

    always @(posedge clk) begin
        run_q  <= !rst && mgmt_valid && mgmt_ready;
        done_q <= !rst && run_q;
        if (run_q)
            rdata_q <= mgmt_rdata;
    end

    wire unused = &{1'b0, cfg_interrupt_msix_address[1:0]};
endmodule
`default_nettype wire
