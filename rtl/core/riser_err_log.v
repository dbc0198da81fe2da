// SPDX-License-Identifier: Apache-2.0
//
// Errors: the AER capability at 100h, the error bits of Status and Device Status, and the ERR_*
// messages they ask for. Role-based: an error marked advisory whose severity is non-fatal is
// reported as correctable. One event per cycle is taken; priority completion, posted, non-posted.
// ev_cpl is never refused; the others wait. Messages of one kind that cannot be sent at once are
// counted up to 15.
`default_nettype none
`include "riser_tlp.vh"
module riser_err_log (
    input  wire         clk,
    input  wire         rst_sticky,
    input  wire         rst_func,

    // events: a bit number of the uncorrectable registers and the header (0: none to log)
    input  wire         ev_cpl_valid,
    input  wire [4:0]   ev_cpl_bit,
    input  wire         ev_cpl_adv,
    input  wire [127:0] ev_cpl_hdr,
    input  wire         ev_p_valid,
    output wire         ev_p_ready,
    input  wire [4:0]   ev_p_bit,
    input  wire [127:0] ev_p_hdr,
    input  wire         ev_np_valid,
    output wire         ev_np_ready,
    input  wire [4:0]   ev_np_bit,
    input  wire         ev_np_adv,
    input  wire [127:0] ev_np_hdr,
    // pulses: a completion with UR, one with CA, one poisoned while Parity Error Response is 1
    input  wire         got_ur,
    input  wire         got_ca,
    input  wire         got_poison,

    // configuration
    input  wire         cfg_en,
    input  wire         cfg_we,
    input  wire [9:0]   cfg_dw,
    input  wire [3:0]   cfg_be,
    input  wire [31:0]  cfg_wdata,
    output wire [31:0]  cfg_rdata,
    input  wire         clr_dev_status,
    input  wire         clr_err_status,
    input  wire [3:0]   err_en,
    input  wire         serr_en,
    input  wire         parity_en,
    input  wire         d0,
    output wire [3:0]   dev_status,
    output wire [7:0]   err_status,

    // message to send
    output wire         msg_valid,
    output wire [7:0]   msg_code,
    input  wire         msg_ack
);
    localparam [31:0] UE_IMPL = (32'd1 << `AER_DLP) | (32'd1 << `AER_PTLP) | (32'd1 << `AER_CTO)
                              | (32'd1 << `AER_CA) | (32'd1 << `AER_UC) | (32'd1 << `AER_MTLP)
                              | (32'd1 << `AER_UR);
    localparam [31:0] UE_SEV  = (32'd1 << `AER_DLP) | (32'd1 << `AER_MTLP);
    localparam [31:0] CE_IMPL = 32'h0000_31c1;
    localparam [31:0] CE_ADV  = 32'h0000_2000;

    reg [31:0]  ue_status_q, ue_mask_q, ue_sev_q, ce_status_q, ce_mask_q;
    reg [4:0]   first_q;
    reg         logged_q;       // the error of first_q has the log until its status is cleared
    reg [127:0] log_q;
    reg [31:0]  rdata_q;
    reg [3:0]   dev_q;
    reg [7:0]   sta_q;
    reg [3:0]   nr_cor_q, nr_nf_q, nr_fatal_q;

    assign cfg_rdata  = rdata_q;
    assign dev_status = dev_q;
    assign err_status = sta_q;
    assign ev_p_ready  = !ev_cpl_valid;
    assign ev_np_ready = !ev_cpl_valid && !ev_p_valid;

    // ---- the event of this cycle -----------------------------------------------------------------

    wire         ev     = ev_cpl_valid || ev_p_valid || ev_np_valid;
    wire [4:0]   ev_bit = ev_cpl_valid ? ev_cpl_bit : ev_p_valid ? ev_p_bit : ev_np_bit;
    wire         ev_adv = ev_cpl_valid ? ev_cpl_adv : ev_p_valid ? 1'b0 : ev_np_adv;
    wire         fatal  = ue_sev_q[ev_bit];
    wire         cor    = ev_adv && !fatal;
    wire         is_ur  = ev_bit == `AER_UR;
    wire         masked = ue_mask_q[ev_bit];
    // an advisory error that is masked as such touches nothing of the uncorrectable side
    wire         set_ue = ev && !(cor && (ce_mask_q & CE_ADV) != 32'd0);
    wire         ur_on  = !is_ur || err_en[3];
    wire         send_cor   = ev && d0 && cor && (ce_mask_q & CE_ADV) == 32'd0 && ur_on && err_en[0];
    wire         send_nf    = ev && d0 && !cor && !fatal && !masked && ((ur_on && err_en[1]) || serr_en);
    wire         send_fatal = ev && d0 && fatal && !masked && ((ur_on && err_en[2]) || serr_en);

    // write one to clear, bytes enabled
    wire         aer_wr = cfg_en && cfg_we && (cfg_dw[9:4] == 6'h04);
    wire [31:0]  wmask  = {{8{cfg_be[3]}}, {8{cfg_be[2]}}, {8{cfg_be[1]}}, {8{cfg_be[0]}}};
    wire [31:0]  ones   = cfg_wdata & wmask;

    wire         keeps    = logged_q && !(aer_wr && cfg_dw[3:0] == 4'h1 && ones[first_q]);
    wire         is_first = set_ue && !masked && !keeps;

    always @(posedge clk) begin
        if (rst_sticky) begin
            ue_status_q <= 32'd0;
            ue_mask_q   <= 32'd0;
            ue_sev_q    <= UE_SEV;
            ce_status_q <= 32'd0;
            ce_mask_q   <= CE_ADV;
            first_q     <= 5'd0;
            logged_q    <= 1'b0;
            log_q       <= 128'd0;
        end else begin
            if (aer_wr) begin
                case (cfg_dw[3:0])
                    4'h1: ue_status_q <= ue_status_q & ~ones;
                    4'h2: ue_mask_q   <= ((ue_mask_q & ~wmask) | ones) & UE_IMPL;
                    4'h3: ue_sev_q    <= ((ue_sev_q & ~wmask) | ones) & UE_IMPL;
                    4'h4: ce_status_q <= ce_status_q & ~ones;
                    4'h5: ce_mask_q   <= ((ce_mask_q & ~wmask) | ones) & CE_IMPL;
                    default: ;
                endcase
            end
            // an error in the cycle of a clear is kept
            if (set_ue)
                ue_status_q[ev_bit] <= 1'b1;
            if (ev && cor)
                ce_status_q[13] <= 1'b1;
            logged_q <= keeps || is_first;
            if (is_first) begin
                first_q <= ev_bit;
                log_q   <= ev_cpl_valid ? ev_cpl_hdr : ev_p_valid ? ev_p_hdr : ev_np_hdr;
            end
        end
    end

    always @(posedge clk) begin
        if (cfg_en) begin
            case (cfg_dw[3:0])
                4'h0: rdata_q <= 32'h1502_0001;
                4'h1: rdata_q <= ue_status_q;
                4'h2: rdata_q <= ue_mask_q;
                4'h3: rdata_q <= ue_sev_q;
                4'h4: rdata_q <= ce_status_q;
                4'h5: rdata_q <= ce_mask_q;
                4'h6: rdata_q <= {27'd0, first_q};
                4'h7: rdata_q <= log_q[127:96];
                4'h8: rdata_q <= log_q[95:64];
                4'h9: rdata_q <= log_q[63:32];
                4'ha: rdata_q <= log_q[31:0];
                default: rdata_q <= 32'd0;
            endcase
            if (cfg_dw[9:4] != 6'h04)
                rdata_q <= 32'd0;
        end
    end

    // ---- Device Status and Status ------------------------------------------------------------------

    always @(posedge clk) begin
        if (rst_func) begin
            dev_q <= 4'd0;
            sta_q <= 8'd0;
        end else begin
            dev_q <= (dev_q & ~(clr_dev_status ? cfg_wdata[19:16] : 4'd0))
                   | ({4{ev}} & {is_ur, fatal, !fatal && !cor, cor});
            sta_q <= (sta_q & ~(clr_err_status ? cfg_wdata[31:24] : 8'd0))
                   | {ev && ev_bit == `AER_PTLP, (send_nf || send_fatal) && serr_en, got_ur, got_ca,
                      ev && ev_bit == `AER_CA, 2'b00, got_poison && parity_en};
        end
    end

    // ---- messages ------------------------------------------------------------------------------------

    assign msg_valid = (nr_cor_q != 4'd0) || (nr_nf_q != 4'd0) || (nr_fatal_q != 4'd0);
    assign msg_code  = (nr_fatal_q != 4'd0) ? `TLP_MSG_ERR_FATAL
                     : (nr_nf_q != 4'd0) ? `TLP_MSG_ERR_NONFATAL : `TLP_MSG_ERR_COR;

    function [3:0] next_count(input [3:0] n, input up, input down);
        next_count = (up && !down && n != 4'd15) ? n + 4'd1 : (!up && down) ? n - 4'd1 : n;
    endfunction

    always @(posedge clk) begin
        if (rst_func) begin
            nr_cor_q   <= 4'd0;
            nr_nf_q    <= 4'd0;
            nr_fatal_q <= 4'd0;
        end else if (msg_valid || ev) begin
            nr_cor_q   <= next_count(nr_cor_q, send_cor, msg_ack && msg_code == `TLP_MSG_ERR_COR);
            nr_nf_q    <= next_count(nr_nf_q, send_nf, msg_ack && msg_code == `TLP_MSG_ERR_NONFATAL);
            nr_fatal_q <= next_count(nr_fatal_q, send_fatal, msg_ack && msg_code == `TLP_MSG_ERR_FATAL);
        end
    end
endmodule
`default_nettype wire
