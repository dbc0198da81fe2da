// SPDX-License-Identifier: Apache-2.0
//
// cfg_interrupt_* and cfg_mgmt_* of a Xilinx 7-series block. cfg_interrupt is held until cfg_interrupt_rdy: with
// MSI enabled it sends a message whose low data bits are cfg_interrupt_di, else INTA becomes cfg_interrupt_assert.
// MSI-X is the user's: it sends the writes itself.
`default_nettype none
module riser_s7_irq (
    input  wire        clk,
    input  wire        rst,

    input  wire        msi_en,
    input  wire        msix_en,
    input  wire [2:0]  msi_mme,
    input  wire [63:0] msi_addr,
    input  wire [15:0] msi_data,
    output wire        dmsg_valid,
    input  wire        dmsg_ready,
    output wire [63:0] dmsg_addr,
    output wire [31:0] dmsg_data,
    output wire        intx,
    output wire        busy,

    input  wire        cfg_interrupt,
    output wire        cfg_interrupt_rdy,
    input  wire        cfg_interrupt_assert,
    input  wire [7:0]  cfg_interrupt_di,
    output wire [7:0]  cfg_interrupt_do,

    output wire        mgmt_valid,
    input  wire        mgmt_ready,
    input  wire [31:0] mgmt_rdata,
    input  wire        cfg_mgmt_rd_en,
    input  wire        cfg_mgmt_wr_en,
    output wire [31:0] cfg_mgmt_do,
    output wire        cfg_mgmt_rd_wr_done
);
    reg        rdy_q, intx_q, run_q, done_q;
    reg [31:0] rdata_q;
    wire       is_msi = msi_en && !msix_en;
    wire       asks   = cfg_interrupt && !rdy_q;
    wire [7:0] low    = ~(8'hff << msi_mme);

    assign dmsg_valid = asks && is_msi;
    assign dmsg_addr  = msi_addr;
    assign dmsg_data  = {16'd0, (msi_data & ~{8'd0, low}) | {8'd0, cfg_interrupt_di & low}};
    assign intx       = intx_q;
    assign busy       = cfg_interrupt || rdy_q || cfg_mgmt_rd_en || cfg_mgmt_wr_en || run_q || done_q;
    assign cfg_interrupt_rdy = rdy_q;
    assign cfg_interrupt_do  = msi_data[7:0];

    always @(posedge clk) begin
        rdy_q <= !rst && asks && (!is_msi || dmsg_ready);
        if (rst)
            intx_q <= 1'b0;
        else if (asks && !is_msi)
            intx_q <= cfg_interrupt_assert;
    end

    assign mgmt_valid          = (cfg_mgmt_rd_en || cfg_mgmt_wr_en) && !run_q && !done_q;
    assign cfg_mgmt_do         = rdata_q;
    assign cfg_mgmt_rd_wr_done = done_q;

    always @(posedge clk) begin
        run_q  <= !rst && mgmt_valid && mgmt_ready;
        done_q <= !rst && run_q;
        if (run_q)
            rdata_q <= mgmt_rdata;
    end
endmodule
`default_nettype wire
