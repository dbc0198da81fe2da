// SPDX-License-Identifier: Apache-2.0
//
// Interrupt messages. One irq of the card becomes one MSI-X or MSI message, or a pending bit while
// it cannot be sent; with neither enabled it is taken and ignored. MSI: a vector beyond those granted
// is folded onto them. The message waits in one register for riser_tx_arb; it is never taken back.
`default_nettype none
module riser_irq #(
    parameter MSIX_VECTORS = 16,
    parameter MSI_VECTORS  = 1
) (
    input  wire        clk,
    input  wire        rst,
    input  wire        rst_link,    // not the function level reset
    input  wire        stop,

    input  wire        irq_valid,
    output wire        irq_ready,
    input  wire [10:0] irq_vec,

    // configuration
    input  wire        may_send,    // Bus Master Enable and D0
    input  wire        msix_en,
    input  wire        msix_fmask,
    input  wire        msi_en,
    input  wire [2:0]  msi_mme,
    input  wire [63:0] msi_addr,
    input  wire [15:0] msi_data,
    input  wire [31:0] msi_mask,
    output wire [31:0] msi_pending,

    // table accesses
    input  wire        tbl_valid,
    output wire        tbl_ready,
    input  wire        tbl_write,
    input  wire        tbl_pba,
    input  wire [11:0] tbl_index,
    input  wire [63:0] tbl_wdata,
    input  wire [7:0]  tbl_be,
    output wire        tbl_rsp_valid,
    output wire [63:0] tbl_rsp_data,

    // message
    output wire        out_taken,   // pulse: a message entered the register
    output wire        out_valid,
    output wire [63:0] out_addr,
    output wire [31:0] out_data,
    input  wire        out_ack,

    output wire        ready,
    output wire        busy
);
    reg        valid_q;
    reg [63:0] addr_q;
    reg [31:0] data_q;
    reg [31:0] pending_q;
    reg        rsp_zero_q;

    wire        x_irq_ready, x_out_valid, x_ready, x_busy;
    wire [63:0] x_out_addr;
    wire [31:0] x_out_data;
    wire        out_free = !valid_q;

    // ---- MSI-X ----------------------------------------------------------------------------------

    generate
        if (MSIX_VECTORS != 0) begin : g_msix
            riser_msix #(.VECTORS(MSIX_VECTORS)) u_msix (
                .clk           (clk),
                .rst           (rst),
                .tbl_valid     (tbl_valid),
                .tbl_ready     (tbl_ready),
                .tbl_write     (tbl_write),
                .tbl_pba       (tbl_pba),
                .tbl_index     (tbl_index),
                .tbl_wdata     (tbl_wdata),
                .tbl_be        (tbl_be),
                .tbl_rsp_valid (tbl_rsp_valid),
                .tbl_rsp_data  (tbl_rsp_data),
                .irq_valid     (irq_valid && msix_en && !stop),
                .irq_ready     (x_irq_ready),
                .irq_vec       (irq_vec),
                .allow         (msix_en && !msix_fmask && may_send && !stop),
                .out_free      (out_free),
                .out_valid     (x_out_valid),
                .out_addr      (x_out_addr),
                .out_data      (x_out_data),
                .ready         (x_ready),
                .busy          (x_busy)
            );
            wire unused_zero = rsp_zero_q;
        end else begin : g_none
            assign tbl_ready     = 1'b1;
            assign tbl_rsp_valid = rsp_zero_q;
            assign tbl_rsp_data  = 64'd0;
            assign x_irq_ready   = 1'b1;
            assign x_out_valid   = 1'b0;
            assign x_out_addr    = 64'd0;
            assign x_out_data    = 32'd0;
            assign x_ready       = 1'b1;
            assign x_busy        = 1'b0;
            wire unused_tbl = &{1'b0, tbl_pba, tbl_index, tbl_wdata, tbl_be, msix_fmask, irq_vec};
        end
    endgenerate

    // ---- MSI ------------------------------------------------------------------------------------

    wire        m_on   = msi_en && !msix_en && (MSI_VECTORS != 0);
    wire [4:0]  m_low  = ~(5'h1f << msi_mme);       // low bits that carry the vector
    wire [4:0]  m_vec  = irq_vec[4:0] & m_low;
    wire [31:0] m_ripe = pending_q & ~msi_mask;
    wire        m_may  = m_on && may_send && !stop && out_free;
    wire        m_irq  = m_on && irq_valid && !stop && (m_ripe == 32'd0 || !m_may) && m_take;
    wire        m_take = out_free || !may_send;
    wire        m_send_new = m_irq && m_may && !msi_mask[m_vec];
    wire        m_send_old = m_may && m_ripe != 32'd0;
    // number of the lowest set bit, by isolating it
    wire [31:0] low_bit = m_ripe & (~m_ripe + 32'd1);
    wire [4:0]  low_num = {|(low_bit & 32'hffff_0000), |(low_bit & 32'hff00_ff00), |(low_bit & 32'hf0f0_f0f0),
                           |(low_bit & 32'hcccc_cccc), |(low_bit & 32'haaaa_aaaa)};

    wire [4:0]  m_out   = m_send_old ? low_num : m_vec;

    assign msi_pending = pending_q;
    assign irq_ready   = !stop && (msix_en ? x_irq_ready
                       : m_on ? (m_take && (m_ripe == 32'd0 || !m_may)) : 1'b1);

    always @(posedge clk) begin
        if (rst)
            pending_q <= 32'd0;
        else if (m_send_old)
            pending_q[m_out] <= 1'b0;
        else if (m_irq && !m_send_new)
            pending_q[m_vec] <= 1'b1;
    end

    // ---- the message ------------------------------------------------------------------------------

    wire m_send = m_send_new || m_send_old;
    assign out_taken = x_out_valid || m_send;
    assign out_valid = valid_q;
    assign out_addr  = addr_q;
    assign out_data  = data_q;
    assign ready     = x_ready;
    assign busy      = valid_q || x_busy || (m_may && m_ripe != 32'd0);

    // what is in the register was promised to riser_tx_arb: only the link's reset drops it
    always @(posedge clk) begin
        if (rst_link)
            valid_q <= 1'b0;
        else if (out_taken)
            valid_q <= 1'b1;
        else if (out_ack)
            valid_q <= 1'b0;
        rsp_zero_q <= !rst && tbl_valid && !tbl_write;
    end

    always @(posedge clk) begin
        if (x_out_valid) begin
            addr_q <= x_out_addr;
            data_q <= x_out_data;
        end else if (m_send) begin
            addr_q <= msi_addr;
            data_q <= {16'd0, (msi_data & ~{11'd0, m_low}) | {11'd0, m_out & m_low}};
        end
    end
endmodule
`default_nettype wire
