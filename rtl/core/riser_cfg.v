// SPDX-License-Identifier: Apache-2.0
//
// The function's registers as the rest sees them: configuration space, error registers, and BARs
// with their sizes worked out. Parameters as in riser_ep.
`default_nettype none
module riser_cfg #(
    // Identity.
    parameter [15:0]  VENDOR_ID         = 16'h1b36,
    parameter [15:0]  DEVICE_ID         = 16'h0010,
    parameter [15:0]  SUBSYS_VENDOR_ID  = 16'h1af4,
    parameter [15:0]  SUBSYS_ID         = 16'h1100,
    parameter [23:0]  CLASS_CODE        = 24'h010802,
    parameter [7:0]   REVISION          = 8'h01,
    parameter [63:0]  SERIAL            = 64'h0000_0000_0000_0001,
    // {present, log2 of the size} and the type of BAR5..BAR0; a size of 2^32 is written 0
    parameter [35:0]  BAR_SIZES         = 36'h0,
    parameter [11:0]  BAR_TYPES         = 12'h0,
    // MSI-X: number of vectors (0: no capability; to 2048). The table takes 16 bytes per vector,
    // the PBA 8 bytes per 64 vectors; offsets are multiples of 8. Accesses there never reach the card.
    parameter         MSIX_VECTORS      = 16,
    parameter         MSIX_TABLE_BIR    = 0,
    parameter [31:0]  MSIX_TABLE_OFFSET = 32'h2000,
    parameter         MSIX_PBA_BIR      = 0,
    parameter [31:0]  MSIX_PBA_OFFSET   = 32'h3000,
    // MSI: number of vectors (0: no capability; 1, 2, 4, 8, 16 or 32).
    parameter         MSI_VECTORS       = 1,
    // Interrupt Pin: 0 none, 1 INTA.
    parameter         INTX_PIN          = 1,
    parameter         MULTI_FUNCTION    = 0,
    parameter         MPS_LOG2          = 9,
    parameter         EXT_TAGS          = 0
) (
    input  wire                clk,
    input  wire                rst_sticky,
    input  wire                rst,
    input  wire                rst_func,
    input  wire                cfg_en,
    input  wire                cfg_we,
    input  wire [9:0]          cfg_dw,
    input  wire [3:0]          cfg_be,
    input  wire [31:0]         cfg_wdata,
    output wire [31:0]         cfg_rdata,
    output wire                cfg_mse,
    output wire                cfg_bme,
    output wire                intx_disable,
    output wire                cfg_d0,
    output wire [2:0]          cfg_mps,
    output wire [2:0]          cfg_mrrs,
    output wire                ext_tag,
    output wire                cto_disable,
    output wire                flr_start,
    output wire                cfg_msi_en,
    output wire [2:0]          msi_mme,
    output wire [63:0]         msi_addr,
    output wire [15:0]         msi_data,
    output wire [31:0]         msi_mask,
    input  wire [31:0]         msi_pending,
    output wire                cfg_msix_en,
    output wire                msix_fmask,
    input  wire                intx_level,
    input  wire                trans_pending,
    input  wire                slot_power_set,
    input  wire [9:0]          slot_power,
    input  wire                ev_cpl_valid,
    input  wire [4:0]          ev_cpl_bit,
    input  wire                ev_cpl_adv,
    input  wire [127:0]        ev_cpl_hdr,
    input  wire                ev_p_valid,
    output wire                ev_p_ready,
    input  wire [4:0]          ev_p_bit,
    input  wire [127:0]        ev_p_hdr,
    input  wire                ev_np_valid,
    output wire                ev_np_ready,
    input  wire [4:0]          ev_np_bit,
    input  wire [127:0]        ev_np_hdr,
    input  wire                got_ur,
    input  wire                got_ca,
    input  wire                got_poison,
    output wire                err_valid,
    output wire [7:0]          err_code,
    input  wire                err_ack,
    output wire [383:0]        bar_base
);
    // address bits above a BAR of this size code; none for an absent one
    function [63:0] size_mask(input [5:0] code);
        size_mask = !code[5] ? 64'd0 : (code[4:0] == 5'd0) ? 64'hffff_ffff_0000_0000
                  : ~((64'd1 << code[4:0]) - 64'd1);
    endfunction

    // writable and fixed bits of a pair of slots, by the size codes and the lower one's type
    function [63:0] pair_mask(input [5:0] lo, input is_64, input [5:0] hi);
        pair_mask = is_64 ? size_mask(lo) : ((size_mask(lo) & 64'hffff_ffff) | (size_mask(hi) << 32));
    endfunction

    function [63:0] pair_fixed(input lo, input [1:0] lo_type, input hi, input [1:0] hi_type);
        pair_fixed = {28'd0, {2{hi}} & hi_type, 2'd0, 28'd0, {2{lo}} & lo_type, 2'd0};
    endfunction

    // pairs overlap: a 64-bit BAR may start in any slot but the last
    localparam [63:0] MASK_01 = pair_mask(BAR_SIZES[0 +: 6], BAR_TYPES[0], BAR_SIZES[6 +: 6]);
    localparam [63:0] MASK_12 = pair_mask(BAR_SIZES[6 +: 6], BAR_TYPES[2], BAR_SIZES[12 +: 6]);
    localparam [63:0] MASK_23 = pair_mask(BAR_SIZES[12 +: 6], BAR_TYPES[4], BAR_SIZES[18 +: 6]);
    localparam [63:0] MASK_34 = pair_mask(BAR_SIZES[18 +: 6], BAR_TYPES[6], BAR_SIZES[24 +: 6]);
    localparam [63:0] MASK_45 = pair_mask(BAR_SIZES[24 +: 6], BAR_TYPES[8], BAR_SIZES[30 +: 6]);
    localparam [191:0] BAR_MASK = {MASK_45[63:32],
                                   MASK_34[63:32] | MASK_45[31:0],
                                   MASK_23[63:32] | MASK_34[31:0],
                                   MASK_12[63:32] | MASK_23[31:0],
                                   MASK_01[63:32] | MASK_12[31:0],
                                   MASK_01[31:0]};
    localparam [191:0] BAR_FIXED = {pair_fixed(BAR_SIZES[29], BAR_TYPES[8 +: 2], BAR_SIZES[35], BAR_TYPES[10 +: 2]),
                                    pair_fixed(BAR_SIZES[17], BAR_TYPES[4 +: 2], BAR_SIZES[23], BAR_TYPES[6 +: 2]),
                                    pair_fixed(BAR_SIZES[5], BAR_TYPES[0 +: 2], BAR_SIZES[11], BAR_TYPES[2 +: 2])};

    wire [31:0]         aer_rdata;
    wire [3:0]          dev_status;
    wire [7:0]          err_status;
    wire                clr_dev_status;
    wire                clr_err_status;
    wire                parity_en;
    wire                serr_en;
    wire [191:0]        bars;
    wire [3:0]          err_en;

    genvar i;
    generate
        for (i = 0; i < 6; i = i + 1) begin : g_base
            if (BAR_TYPES[2*i] && i != 5) begin : g_64
                assign bar_base[64*i +: 64] = {bars[32*((i+1)%6) +: 32], bars[32*i +: 32]};
            end else begin : g_32
                assign bar_base[64*i +: 64] = {32'd0, bars[32*i +: 32]};
            end
        end
    endgenerate

    riser_cfg_space #(
        .VENDOR_ID        (VENDOR_ID),
        .DEVICE_ID        (DEVICE_ID),
        .SUBSYS_VENDOR_ID (SUBSYS_VENDOR_ID),
        .SUBSYS_ID        (SUBSYS_ID),
        .CLASS_CODE       (CLASS_CODE),
        .REVISION         (REVISION),
        .SERIAL           (SERIAL),
        .BAR_MASK         (BAR_MASK),
        .BAR_FIXED        (BAR_FIXED),
        .MSIX_VECTORS     (MSIX_VECTORS),
        .MSIX_TABLE       (MSIX_TABLE_OFFSET | MSIX_TABLE_BIR),
        .MSIX_PBA         (MSIX_PBA_OFFSET | MSIX_PBA_BIR),
        .MSI_VECTORS      (MSI_VECTORS),
        .INTX_PIN         (INTX_PIN),
        .MULTI_FUNCTION   (MULTI_FUNCTION),
        .MPS_LOG2         (MPS_LOG2),
        .EXT_TAGS         (EXT_TAGS)
    ) u_cfg (
        .clk            (clk),
        .rst_sticky     (rst_sticky),
        .rst            (rst),
        .rst_func       (rst_func),
        .en             (cfg_en),
        .we             (cfg_we),
        .dw             (cfg_dw),
        .be             (cfg_be),
        .wdata          (cfg_wdata),
        .rdata          (cfg_rdata),
        .aer_rdata      (aer_rdata),
        .dev_status     (dev_status),
        .err_status     (err_status),
        .clr_dev_status (clr_dev_status),
        .clr_err_status (clr_err_status),
        .mse            (cfg_mse),
        .bme            (cfg_bme),
        .parity_en      (parity_en),
        .serr_en        (serr_en),
        .intx_disable   (intx_disable),
        .d0             (cfg_d0),
        .bars           (bars),
        .err_en         (err_en),
        .mps            (cfg_mps),
        .mrrs           (cfg_mrrs),
        .ext_tag        (ext_tag),
        .cto_disable    (cto_disable),
        .flr_start      (flr_start),
        .msi_en         (cfg_msi_en),
        .msi_mme        (msi_mme),
        .msi_addr       (msi_addr),
        .msi_data       (msi_data),
        .msi_mask       (msi_mask),
        .msi_pending    (msi_pending),
        .msix_en        (cfg_msix_en),
        .msix_fmask     (msix_fmask),
        .intx_level     (intx_level),
        .trans_pending  (trans_pending),
        .slot_power_set (slot_power_set),
        .slot_power     (slot_power)
    );

    riser_err_log u_err (
        .clk            (clk),
        .rst_sticky     (rst_sticky),
        .rst_func       (rst_func),
        .ev_cpl_valid   (ev_cpl_valid),
        .ev_cpl_bit     (ev_cpl_bit),
        .ev_cpl_adv     (ev_cpl_adv),
        .ev_cpl_hdr     (ev_cpl_hdr),
        .ev_p_valid     (ev_p_valid),
        .ev_p_ready     (ev_p_ready),
        .ev_p_bit       (ev_p_bit),
        .ev_p_hdr       (ev_p_hdr),
        .ev_np_valid    (ev_np_valid),
        .ev_np_ready    (ev_np_ready),
        .ev_np_bit      (ev_np_bit),
        .ev_np_adv      (ev_np_bit != `AER_MTLP),
        .ev_np_hdr      (ev_np_hdr),
        .got_ur         (got_ur),
        .got_ca         (got_ca),
        .got_poison     (got_poison),
        .cfg_en         (cfg_en),
        .cfg_we         (cfg_we),
        .cfg_dw         (cfg_dw),
        .cfg_be         (cfg_be),
        .cfg_wdata      (cfg_wdata),
        .cfg_rdata      (aer_rdata),
        .clr_dev_status (clr_dev_status),
        .clr_err_status (clr_err_status),
        .err_en         (err_en),
        .serr_en        (serr_en),
        .parity_en      (parity_en),
        .d0             (cfg_d0),
        .dev_status     (dev_status),
        .err_status     (err_status),
        .msg_valid      (err_valid),
        .msg_code       (err_code),
        .msg_ack        (err_ack)
    );
endmodule
`default_nettype wire
