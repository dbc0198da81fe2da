// SPDX-License-Identifier: Apache-2.0
//
// The type 0 configuration space except for the error registers (riser_err_log): header, Power
// Management at 40h, MSI at 50h, PCI Express at 70h, MSI-X at B0h, Device Serial Number at 150h.
// One access per cycle; read data is in rdata one cycle after `en` and stays until the next read.
// Reset classes: sticky fields by rst_sticky, the fields that a function level reset leaves alone
// by rst, everything else by rst_func.
`default_nettype none
module riser_cfg_space #(
    parameter [15:0]  VENDOR_ID         = 16'h0,
    parameter [15:0]  DEVICE_ID         = 16'h0,
    parameter [15:0]  SUBSYS_VENDOR_ID  = 16'h0,
    parameter [15:0]  SUBSYS_ID         = 16'h0,
    parameter [23:0]  CLASS_CODE        = 24'h0,
    parameter [7:0]   REVISION          = 8'h0,
    parameter [63:0]  SERIAL            = 64'h0,
    // per slot: the writable bits of the register, and its read-only low bits
    parameter [191:0] BAR_MASK          = 192'h0,
    parameter [191:0] BAR_FIXED         = 192'h0,
    parameter         MSIX_VECTORS      = 0,
    parameter [31:0]  MSIX_TABLE        = 32'h0,    // offset and BIR
    parameter [31:0]  MSIX_PBA          = 32'h0,
    parameter         MSI_VECTORS       = 0,
    parameter         INTX_PIN          = 0,
    parameter         MULTI_FUNCTION    = 0,        // bit 7 of Header Type
    parameter         MPS_LOG2          = 9,
    parameter         EXT_TAGS          = 0         // Extended Tag Field Supported
) (
    input  wire         clk,
    input  wire         rst_sticky,
    input  wire         rst,
    input  wire         rst_func,

    // access
    input  wire         en,
    input  wire         we,
    input  wire [9:0]   dw,
    input  wire [3:0]   be,
    input  wire [31:0]  wdata,
    output wire [31:0]  rdata,

    // error registers, kept by riser_err_log
    input  wire [31:0]  aer_rdata,      // of dw, same timing as rdata
    input  wire [3:0]   dev_status,     // UR, fatal, non-fatal, correctable detected
    input  wire [7:0]   err_status,     // bits 15:8 of Status
    output wire         clr_dev_status, // write one to clear of dev_status: wdata[19:16]
    output wire         clr_err_status, // and of err_status: wdata[31:24]

    // state
    output wire         mse,
    output wire         bme,
    output wire         parity_en,
    output wire         serr_en,
    output wire         intx_disable,
    output wire         d0,
    output wire [191:0] bars,
    output wire [3:0]   err_en,         // UR, fatal, non-fatal, correctable reporting
    output wire [2:0]   mps,
    output wire [2:0]   mrrs,
    output wire         ext_tag,        // Extended Tag Field Enable
    output wire         cto_disable,
    output wire         flr_start,      // pulse
    output wire         msi_en,
    output wire [2:0]   msi_mme,
    output wire [63:0]  msi_addr,
    output wire [15:0]  msi_data,
    output wire [31:0]  msi_mask,
    input  wire [31:0]  msi_pending,
    output wire         msix_en,
    output wire         msix_fmask,

    // live status
    input  wire         intx_level,
    input  wire         trans_pending,
    input  wire         slot_power_set,
    input  wire [9:0]   slot_power
);
    localparam HAS_MSI  = MSI_VECTORS != 0;
    localparam HAS_MSIX = MSIX_VECTORS != 0;
    localparam [2:0]  MSI_MMC = (MSI_VECTORS >= 32) ? 3'd5 : (MSI_VECTORS >= 16) ? 3'd4
                              : (MSI_VECTORS >= 8) ? 3'd3 : (MSI_VECTORS >= 4) ? 3'd2
                              : (MSI_VECTORS >= 2) ? 3'd1 : 3'd0;
    localparam [31:0] MSI_IMPL = HAS_MSI ? (32'hffff_ffff >> (6'd32 - (6'd1 << MSI_MMC))) : 32'd0;
    localparam [2:0]  MPS_ENC = (MPS_LOG2 == 9) ? 3'd2 : (MPS_LOG2 == 8) ? 3'd1 : 3'd0;
    localparam [31:0] MSIX_COUNT = MSIX_VECTORS - 1;

    // +msi=0 and +msix=0 hide a capability when the model starts, to see what a driver makes of it
    reg [31:0] msi_arg, msix_arg;
    initial begin
        msi_arg  = 32'd1;
        msix_arg = 32'd1;
`ifndef SYNTHESIS
        if (!$value$plusargs("msi=%d", msi_arg))
            msi_arg = 32'd1;
        if (!$value$plusargs("msix=%d", msix_arg))
            msix_arg = 32'd1;
`endif
    end
    wire shows_msi  = HAS_MSI && msi_arg != 32'd0;
    wire shows_msix = HAS_MSIX && msix_arg != 32'd0;
    // the capability list
    wire [7:0] next_pm   = shows_msi ? 8'h50 : 8'h70;
    wire [7:0] next_pcie = shows_msix ? 8'hB0 : 8'h00;

    reg         mse_q, bme_q, parity_q, serr_q, intx_dis_q;
    reg [7:0]   line_q, cacheline_q;
    reg [191:0] bar_q;
    reg         d3_q;
    reg [3:0]   err_en_q;
    reg         relaxed_q, nosnoop_q, ext_tag_q;
    reg [2:0]   mps_q, mrrs_q;
    reg [9:0]   slot_power_q;
    reg [1:0]   aspm_q;
    reg         rcb_q, common_clk_q, ext_sync_q;
    reg [3:0]   target_speed_q;
    reg         cto_dis_q;
    reg         flr_q;
    reg         msi_en_q;
    reg [2:0]   msi_mme_q;
    reg [63:0]  msi_addr_q;
    reg [31:0]  msi_data_q;
    reg [31:0]  msi_mask_q;
    reg         msix_en_q, msix_fmask_q;
    reg [31:0]  rdata_q;
    reg         is_aer_q;

    assign rdata          = is_aer_q ? aer_rdata : rdata_q;
    assign mse            = mse_q;
    assign bme            = bme_q;
    assign parity_en      = parity_q;
    assign serr_en        = serr_q;
    assign intx_disable   = intx_dis_q;
    assign d0             = !d3_q;
    assign bars           = bar_q;
    assign err_en         = err_en_q;
    assign mps            = (mps_q > MPS_ENC) ? MPS_ENC : mps_q;
    assign mrrs           = mrrs_q;
    assign ext_tag        = ext_tag_q;
    assign cto_disable    = cto_dis_q;
    assign flr_start      = flr_q;
    assign msi_en         = msi_en_q;
    assign msi_mme        = msi_mme_q;
    assign msi_addr       = msi_addr_q;
    assign msi_data       = msi_data_q[15:0];
    assign msi_mask       = msi_mask_q;
    assign msix_en        = msix_en_q;
    assign msix_fmask     = msix_fmask_q;

    wire wr = en && we;
    assign clr_err_status = wr && (dw == 10'h001) && be[3];
    assign clr_dev_status = wr && (dw == 10'h01e) && be[2];

    // bytes that are not enabled keep their value
    function [31:0] merge(input [31:0] was, input [31:0] now, input [3:0] en_be);
        merge = {en_be[3] ? now[31:24] : was[31:24], en_be[2] ? now[23:16] : was[23:16],
                 en_be[1] ? now[15:8] : was[15:8], en_be[0] ? now[7:0] : was[7:0]};
    endfunction

    // ---- read -----------------------------------------------------------------------------------

    always @(posedge clk) begin
        if (en) begin
            is_aer_q <= (dw >= 10'h040) && (dw < 10'h054);
            case (dw)
                10'h000: rdata_q <= {DEVICE_ID, VENDOR_ID};
                10'h001: rdata_q <= {err_status, 4'h1, intx_level, 3'd0,
                                     5'd0, intx_dis_q, 1'b0, serr_q,
                                     1'b0, parity_q, 3'd0, bme_q, mse_q, 1'b0};
                10'h002: rdata_q <= {CLASS_CODE, REVISION};
                10'h003: rdata_q <= {8'd0, MULTI_FUNCTION != 0, 15'd0, cacheline_q};
                10'h004: rdata_q <= bar_q[31:0]    | BAR_FIXED[31:0];
                10'h005: rdata_q <= bar_q[63:32]   | BAR_FIXED[63:32];
                10'h006: rdata_q <= bar_q[95:64]   | BAR_FIXED[95:64];
                10'h007: rdata_q <= bar_q[127:96]  | BAR_FIXED[127:96];
                10'h008: rdata_q <= bar_q[159:128] | BAR_FIXED[159:128];
                10'h009: rdata_q <= bar_q[191:160] | BAR_FIXED[191:160];
                10'h00b: rdata_q <= {SUBSYS_ID, SUBSYS_VENDOR_ID};
                10'h00d: rdata_q <= 32'h0000_0040;
                10'h00f: rdata_q <= {16'd0, INTX_PIN[7:0], line_q};
                // Power Management: version 3, no D1, D2, PME
                10'h010: rdata_q <= {16'h0003, next_pm, 8'h01};
                10'h011: rdata_q <= {28'd0, 1'b1, 1'b0, d3_q, d3_q};
                // MSI: 64-bit, per-vector masking
                10'h014: rdata_q <= shows_msi ? {7'd0, 1'b1, 1'b1, msi_mme_q, MSI_MMC, msi_en_q,
                                               8'h70, 8'h05} : 32'd0;
                10'h015: rdata_q <= msi_addr_q[31:0];
                10'h016: rdata_q <= msi_addr_q[63:32];
                10'h017: rdata_q <= msi_data_q;
                10'h018: rdata_q <= msi_mask_q;
                10'h019: rdata_q <= shows_msi ? msi_pending : 32'd0;
                // PCI Express: version 2 endpoint
                10'h01c: rdata_q <= {16'h0002, next_pcie, 8'h10};
                // FLR, slot power, role-based errors
                10'h01d: rdata_q <= {3'd0, 1'b1, slot_power_q, 2'd0, 1'b1, 9'd0, EXT_TAGS != 0, 2'd0, MPS_ENC};
                10'h01e: rdata_q <= {10'd0, trans_pending, 1'b0, dev_status,
                                     1'b0, mrrs_q, nosnoop_q, 2'd0, ext_tag_q, mps_q, relaxed_q, err_en_q};
                // 8 GT/s x4, ASPM optionality
                10'h01f: rdata_q <= 32'h0040_0043;
                10'h020: rdata_q <= {16'h1043, 8'd0, ext_sync_q, common_clk_q, 2'd0, rcb_q, 1'b0, aspm_q};
                // Completion Timeout Disable
                10'h025: rdata_q <= 32'h0000_0010;
                10'h026: rdata_q <= {27'd0, cto_dis_q, 4'd0};
                10'h027: rdata_q <= 32'h0000_000e;
                10'h028: rdata_q <= {28'd0, target_speed_q};
                // MSI-X
                10'h02c: rdata_q <= shows_msix ? {msix_en_q, msix_fmask_q, 3'd0, MSIX_COUNT[10:0],
                                                8'h00, 8'h11} : 32'd0;
                10'h02d: rdata_q <= shows_msix ? MSIX_TABLE : 32'd0;
                10'h02e: rdata_q <= shows_msix ? MSIX_PBA : 32'd0;
                // Device Serial Number
                10'h054: rdata_q <= 32'h0001_0003;
                10'h055: rdata_q <= SERIAL[31:0];
                10'h056: rdata_q <= SERIAL[63:32];
                default: rdata_q <= 32'd0;
            endcase
        end
    end

    // ---- write: cleared by every reset --------------------------------------------------------------

    always @(posedge clk) begin
        flr_q <= 1'b0;
        if (rst_func) begin
            {mse_q, bme_q, parity_q, serr_q, intx_dis_q, d3_q} <= 6'd0;
            {line_q, cacheline_q} <= 16'd0;
            bar_q <= 192'd0;
            err_en_q <= 4'd0;
            {relaxed_q, nosnoop_q} <= 2'b11;
            ext_tag_q <= 1'b0;
            mrrs_q <= 3'd2;
            cto_dis_q <= 1'b0;
            {msi_en_q, msi_mme_q, msi_addr_q, msi_data_q, msi_mask_q} <= 132'd0;
            {msix_en_q, msix_fmask_q} <= 2'd0;
        end else if (wr) begin
            case (dw)
                10'h001: begin
                    if (be[0])
                        {parity_q, bme_q, mse_q} <= {wdata[6], wdata[2:1]};
                    if (be[1])
                        {intx_dis_q, serr_q} <= {(INTX_PIN != 0) && wdata[10], wdata[8]};
                end
                10'h003: if (be[0]) cacheline_q <= wdata[7:0];
                10'h004: bar_q[31:0]    <= merge(bar_q[31:0], wdata, be) & BAR_MASK[31:0];
                10'h005: bar_q[63:32]   <= merge(bar_q[63:32], wdata, be) & BAR_MASK[63:32];
                10'h006: bar_q[95:64]   <= merge(bar_q[95:64], wdata, be) & BAR_MASK[95:64];
                10'h007: bar_q[127:96]  <= merge(bar_q[127:96], wdata, be) & BAR_MASK[127:96];
                10'h008: bar_q[159:128] <= merge(bar_q[159:128], wdata, be) & BAR_MASK[159:128];
                10'h009: bar_q[191:160] <= merge(bar_q[191:160], wdata, be) & BAR_MASK[191:160];
                10'h00f: if (be[0]) line_q <= wdata[7:0];
                // D1 and D2 do not exist: ignored
                10'h011: if (be[0] && wdata[1] == wdata[0]) d3_q <= wdata[0];
                10'h01e: begin
                    if (be[0])
                        {relaxed_q, err_en_q} <= wdata[4:0];
                    if (be[1]) begin
                        {flr_q, mrrs_q, nosnoop_q} <= wdata[15:11];
                        ext_tag_q <= (EXT_TAGS != 0) && wdata[8];
                    end
                end
                10'h026: if (be[0]) cto_dis_q <= wdata[4];
                10'h02c: if (be[3] && shows_msix) {msix_en_q, msix_fmask_q} <= wdata[31:30];
                default: ;
            endcase
            if (shows_msi) begin
                case (dw)
                    10'h014: if (be[2]) begin
                        msi_en_q  <= wdata[16];
                        msi_mme_q <= (wdata[22:20] > MSI_MMC) ? MSI_MMC : wdata[22:20];
                    end
                    10'h015: msi_addr_q[31:0] <= merge(msi_addr_q[31:0], wdata, be) & 32'hffff_fffc;
                    10'h016: msi_addr_q[63:32] <= merge(msi_addr_q[63:32], wdata, be);
                    10'h017: msi_data_q <= merge(msi_data_q, wdata, be) & 32'h0000_ffff;
                    10'h018: msi_mask_q <= merge(msi_mask_q, wdata, be) & MSI_IMPL;
                    default: ;
                endcase
            end
        end
    end

    // ---- write: survives a function level reset -----------------------------------------------------

    always @(posedge clk) begin
        if (rst) begin
            mps_q <= 3'd0;
            slot_power_q <= 10'd0;
            {aspm_q, rcb_q, common_clk_q, ext_sync_q} <= 5'd0;
        end else begin
            if (slot_power_set)
                slot_power_q <= slot_power;
            if (wr && dw == 10'h01e && be[0])
                mps_q <= wdata[7:5];
            if (wr && dw == 10'h020 && be[0])
                {ext_sync_q, common_clk_q, rcb_q, aspm_q} <= {wdata[7:6], wdata[3], wdata[1:0]};
        end
        if (rst_sticky)
            target_speed_q <= 4'd3;
        else if (wr && dw == 10'h028 && be[0])
            target_speed_q <= wdata[3:0];
    end
endmodule
`default_nettype wire
