// SPDX-License-Identifier: Apache-2.0
//
// The configuration bus of the H-tile block: a register of the list after the other, one per cycle.
`default_nettype none
module riser_htile_cfg (
    input  wire        clk,
    input  wire        rst,
    input  wire        change,              // something may have changed
    output wire        told,                // everything was told since
    output wire [1:0]  tl_cfg_func,
    output wire [3:0]  tl_cfg_add,
    output wire [31:0] tl_cfg_ctl,
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
    reg [3:0]  add_q;
    reg [31:0] ctl_q, ctl_d;
    reg [3:0]  next_q;
    reg [4:0]  told_q;

    assign tl_cfg_func = 2'd0;
    assign tl_cfg_add  = add_q;
    assign tl_cfg_ctl  = ctl_q;
    assign told        = told_q == 5'd13;

    always @* begin
        case (next_q)
            4'd0: ctl_d = {1'b0, no_snoop, relaxed, bdf[7:3], bdf[15:8],
                           mse, 1'b0, parity_en, serr_en, err_en[2:0], err_en[3], bme, 1'b0, mrrs, mps};
            4'd1: ctl_d = {16'd0, 1'b1, rcb, intx_disable, 13'd0};
            4'd2: ctl_d = {4'd3, 28'd0};
            4'd3: ctl_d = msi_addr[31:0];
            4'd4: ctl_d = msi_addr[63:32];
            4'd5: ctl_d = msi_mask;
            4'd6: ctl_d = {msi_data, 9'd0, msix_fmask, msix_en, msi_mme, 1'b1, msi_en};
            4'd7: ctl_d = ue_mask;
            4'd8: ctl_d = ce_mask;
            default: ctl_d = ue_severity;
        endcase
    end

    always @(posedge clk) begin
        if (rst) begin
            next_q <= 4'd0;
            add_q  <= 4'd0;
            ctl_q  <= 32'd0;
            told_q <= 5'd0;
        end else begin
            add_q  <= next_q;
            ctl_q  <= ctl_d;
            next_q <= (next_q == 4'd9) ? 4'd0 : next_q + 4'd1;
            told_q <= change ? 5'd0 : told ? told_q : told_q + 5'd1;
        end
    end

    wire unused = &{1'b0, bdf[2:0]};
endmodule
`default_nettype wire
