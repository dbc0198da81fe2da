// SPDX-License-Identifier: Apache-2.0
//
// The configuration bus of the P-tile block: a register of the list after the other, 16 bits, one per cycle.
`default_nettype none
module riser_ptile_cfg (
    input  wire        clk,
    input  wire        rst,
    input  wire        change,              // something may have changed
    output wire        told,                // everything was told since
    output wire [2:0]  tl_cfg_func,
    output wire [4:0]  tl_cfg_add,
    output wire [15:0] tl_cfg_ctl,
    input  wire [15:0] bdf,
    input  wire        mse,
    input  wire        bme,
    input  wire [2:0]  mps,
    input  wire [2:0]  mrrs,
    input  wire        intx_disable,
    input  wire        parity_en,
    input  wire        serr_en,
    input  wire [3:0]  err_en,
    input  wire        relaxed,
    input  wire        no_snoop,
    input  wire        rcb,
    input  wire        msi_en,
    input  wire [2:0]  msi_mme,
    input  wire [63:0] msi_addr,
    input  wire [15:0] msi_data,
    input  wire [31:0] msi_mask,
    input  wire        msix_en,
    input  wire        msix_fmask,
    input  wire [31:0] ue_mask,
    input  wire [31:0] ue_severity,
    input  wire [31:0] ce_mask
);
    reg [4:0]  next_q, add_q;
    reg [15:0] ctl_q, ctl_d;
    reg [6:0]  told_q;

    assign tl_cfg_func = 3'd0;
    assign tl_cfg_add  = add_q;
    assign tl_cfg_ctl  = ctl_q;
    assign told        = told_q == 7'd36;

    always @* begin
        case (next_q)
            5'h00: ctl_d = {mse, 1'b0, parity_en, serr_en, err_en[2:0], err_en[3], bme, 1'b0, mrrs, mps};
            5'h01: ctl_d = {1'b0, no_snoop, relaxed, bdf[7:3], bdf[15:8]};
            5'h02: ctl_d = {1'b1, rcb, intx_disable, 13'd0};
            5'h05: ctl_d = {4'd3, 12'd0};
            5'h06: ctl_d = msi_addr[15:0];
            5'h07: ctl_d = msi_addr[31:16];
            5'h08: ctl_d = msi_addr[47:32];
            5'h09: ctl_d = msi_addr[63:48];
            5'h0a: ctl_d = msi_mask[15:0];
            5'h0b: ctl_d = msi_mask[31:16];
            5'h0c: ctl_d = {9'd0, msix_fmask, msix_en, msi_mme, 1'b1, msi_en};
            5'h0d: ctl_d = msi_data;
            5'h0e: ctl_d = ue_mask[15:0];
            5'h0f: ctl_d = ue_mask[31:16];
            5'h10: ctl_d = ce_mask[15:0];
            5'h11: ctl_d = ce_mask[31:16];
            5'h12: ctl_d = ue_severity[15:0];
            5'h13: ctl_d = ue_severity[31:16];
            5'h1c: ctl_d = 16'h0010;
            default: ctl_d = 16'd0;
        endcase
    end

    always @(posedge clk) begin
        if (rst) begin
            next_q <= 5'd0;
            add_q  <= 5'd0;
            ctl_q  <= 16'd0;
            told_q <= 7'd0;
        end else begin
            add_q  <= next_q;
            ctl_q  <= ctl_d;
            next_q <= next_q + 5'd1;
            told_q <= change ? 7'd0 : told ? told_q : told_q + 7'd1;
        end
    end

    wire unused = &{1'b0, bdf[2:0]};
endmodule
`default_nettype wire
