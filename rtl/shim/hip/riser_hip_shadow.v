// SPDX-License-Identifier: Apache-2.0
//
// Copies of configuration registers that riser_cfg does not show and blocks do: made of the writes.
`default_nettype none
module riser_hip_shadow (
    input  wire        clk,
    input  wire        rst_sticky,
    input  wire        rst_func,
    input  wire        cfg_en,
    input  wire        cfg_we,
    input  wire [9:0]  cfg_dw,
    input  wire [3:0]  cfg_be,
    input  wire [31:0] cfg_wdata,

    output wire        parity_en,       // Command
    output wire        serr_en,
    output wire [3:0]  err_en,          // Device Control: UR, fatal, non-fatal, correctable reporting
    output wire        relaxed,
    output wire        no_snoop,
    output wire        rcb,             // Link Control
    output wire [31:0] ue_mask,         // AER
    output wire [31:0] ue_severity,
    output wire [31:0] ce_mask
);
    localparam [31:0] UE_IMPL = 32'h0015_d010;
    localparam [31:0] CE_IMPL = 32'h0000_31c1;

    reg        parity_q, serr_q, relaxed_q, no_snoop_q, rcb_q;
    reg [3:0]  err_en_q;
    reg [31:0] ue_mask_q, ue_sev_q, ce_mask_q;

    assign parity_en   = parity_q;
    assign serr_en     = serr_q;
    assign err_en      = err_en_q;
    assign relaxed     = relaxed_q;
    assign no_snoop    = no_snoop_q;
    assign rcb         = rcb_q;
    assign ue_mask     = ue_mask_q;
    assign ue_severity = ue_sev_q;
    assign ce_mask     = ce_mask_q;

    wire        wr   = cfg_en && cfg_we;
    wire [31:0] mask = {{8{cfg_be[3]}}, {8{cfg_be[2]}}, {8{cfg_be[1]}}, {8{cfg_be[0]}}};
    wire [31:0] ones = cfg_wdata & mask;

    always @(posedge clk) begin
        if (rst_func) begin
            {parity_q, serr_q, rcb_q, err_en_q} <= 7'd0;
            {relaxed_q, no_snoop_q} <= 2'b11;
        end else if (wr) begin
            if (cfg_dw == 10'h001 && cfg_be[0])
                parity_q <= cfg_wdata[6];
            if (cfg_dw == 10'h001 && cfg_be[1])
                serr_q <= cfg_wdata[8];
            if (cfg_dw == 10'h01e && cfg_be[0])
                {relaxed_q, err_en_q} <= cfg_wdata[4:0];
            if (cfg_dw == 10'h01e && cfg_be[1])
                no_snoop_q <= cfg_wdata[11];
            if (cfg_dw == 10'h020 && cfg_be[0])
                rcb_q <= cfg_wdata[3];
        end
        if (rst_sticky) begin
            ue_mask_q <= 32'd0;
            ue_sev_q  <= 32'h0004_0010;
            ce_mask_q <= 32'h0000_2000;
        end else if (wr) begin
            if (cfg_dw == 10'h042)
                ue_mask_q <= ((ue_mask_q & ~mask) | ones) & UE_IMPL;
            if (cfg_dw == 10'h043)
                ue_sev_q <= ((ue_sev_q & ~mask) | ones) & UE_IMPL;
            if (cfg_dw == 10'h045)
                ce_mask_q <= ((ce_mask_q & ~mask) | ones) & CE_IMPL;
        end
    end
endmodule
`default_nettype wire
