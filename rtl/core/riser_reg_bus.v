// SPDX-License-Identifier: Apache-2.0
//
// Brings register writes and reads, one aligned quadword each, to the card or to the MSI-X memories.
// One register stage, one access per cycle, writes first. Responses come in the order of the reads:
// a read changes sides only when the other side owes nothing.
`default_nettype none
module riser_reg_bus #(
    parameter         MSIX_VECTORS      = 16,
    parameter [2:0]   MSIX_TABLE_BIR    = 3'd0,
    parameter [31:0]  MSIX_TABLE_OFFSET = 32'h2000,
    parameter [2:0]   MSIX_PBA_BIR      = 3'd0,
    parameter [31:0]  MSIX_PBA_OFFSET   = 32'h3000
) (
    input  wire         clk,
    input  wire         rst,
    // 1: accesses to the card end here (it is in reset)
    input  wire         flush,

    // from riser_rx_posted
    input  wire         wr_valid,
    output wire         wr_ready,
    input  wire [2:0]   wr_bar,
    input  wire [31:0]  wr_addr,
    input  wire [63:0]  wr_data,
    input  wire [7:0]   wr_be,
    input  wire         wr_last,
    output wire         wr_pending,
    output wire         wr_done,

    // from riser_completer
    input  wire         rd_valid,
    output wire         rd_ready,
    input  wire [2:0]   rd_bar,
    input  wire [31:0]  rd_addr,
    input  wire [7:0]   rd_be,
    output wire         rsp_valid,
    output wire [63:0]  rsp_data,
    output wire [1:0]   rsp_status,

    // card
    output wire         reg_valid,
    input  wire         reg_ready,
    output wire         reg_write,
    output wire [2:0]   reg_bar,
    output wire [31:0]  reg_addr,
    output wire [63:0]  reg_wdata,
    output wire [7:0]   reg_be,
    input  wire         reg_rsp_valid,
    input  wire [63:0]  reg_rsp_data,
    input  wire [1:0]   reg_rsp_status,

    // MSI-X memories: quadword index in the table or the PBA
    output wire         tbl_valid,
    input  wire         tbl_ready,
    output wire         tbl_write,
    output wire         tbl_pba,
    output wire [11:0]  tbl_index,
    output wire [63:0]  tbl_wdata,
    output wire [7:0]   tbl_be,
    input  wire         tbl_rsp_valid,
    input  wire [63:0]  tbl_rsp_data
);
    localparam [31:0] TABLE_BYTES = MSIX_VECTORS * 16;
    localparam [31:0] PBA_BYTES   = ((MSIX_VECTORS + 63) / 64) * 8;

    reg         card_valid_q, tbl_valid_q;
    reg         write_q, last_q, pba_q;
    reg [2:0]   bar_q;
    reg [31:0]  addr_q;
    reg [11:0]  index_q;
    reg [63:0]  wdata_q;
    reg [7:0]   be_q;
    reg [5:0]   owed_card_q;    // card reads without response, the one in the register included
    reg         owed_tbl_q;

    // ---- which access, and whose -------------------------------------------------------------------

    wire        pick_wr = wr_valid;
    wire [2:0]  bar     = pick_wr ? wr_bar : rd_bar;
    wire [31:0] addr    = pick_wr ? wr_addr : rd_addr;
    wire [31:0] tbl_off = addr - MSIX_TABLE_OFFSET;
    wire [31:0] pba_off = addr - MSIX_PBA_OFFSET;
    wire        in_tbl  = (bar == MSIX_TABLE_BIR) && ({1'b0, tbl_off} + 33'd1 <= {1'b0, TABLE_BYTES});
    wire        in_pba  = (bar == MSIX_PBA_BIR) && ({1'b0, pba_off} + 33'd1 <= {1'b0, PBA_BYTES});
    wire        is_tbl  = in_tbl || in_pba;

    wire card_ready = reg_ready || flush;
    wire free      = (!card_valid_q || card_ready) && (!tbl_valid_q || tbl_ready);
    wire side_free = !owed_tbl_q && !(is_tbl && owed_card_q != 6'd0);
    wire take_wr   = wr_valid && free;
    wire take_rd   = rd_valid && !wr_valid && free && side_free;

    assign wr_ready   = free;
    assign rd_ready   = !wr_valid && free && side_free;
    assign wr_pending = (card_valid_q || tbl_valid_q) && write_q;
    assign wr_done    = write_q && last_q && ((card_valid_q && card_ready) || (tbl_valid_q && tbl_ready));

    always @(posedge clk) begin
        if (rst) begin
            card_valid_q <= 1'b0;
            tbl_valid_q  <= 1'b0;
            owed_card_q  <= 6'd0;
            owed_tbl_q   <= 1'b0;
        end else begin
            if (free) begin
                card_valid_q <= (take_wr || take_rd) && !is_tbl;
                tbl_valid_q  <= (take_wr || take_rd) && is_tbl;
            end else begin
                card_valid_q <= card_valid_q && !card_ready;
                tbl_valid_q  <= tbl_valid_q && !tbl_ready;
            end
            owed_card_q <= owed_card_q + {5'd0, take_rd && !is_tbl} - {5'd0, reg_rsp_valid};
            owed_tbl_q  <= (owed_tbl_q && !tbl_rsp_valid) || (take_rd && is_tbl);
        end
    end

    always @(posedge clk) begin
        if (take_wr || take_rd) begin
            write_q <= take_wr;
            last_q  <= wr_last;
            pba_q   <= in_pba;
            bar_q   <= bar;
            addr_q  <= addr;
            index_q <= in_pba ? pba_off[14:3] : tbl_off[14:3];
            wdata_q <= wr_data;
            be_q    <= take_wr ? wr_be : rd_be;
        end
    end

    assign reg_valid = card_valid_q && !flush;
    assign reg_write = write_q;
    assign reg_bar   = bar_q;
    assign reg_addr  = addr_q;
    assign reg_wdata = wdata_q;
    assign reg_be    = be_q;
    assign tbl_valid = tbl_valid_q;
    assign tbl_write = write_q;
    assign tbl_pba   = pba_q;
    assign tbl_index = index_q;
    assign tbl_wdata = wdata_q;
    assign tbl_be    = be_q;

    assign rsp_valid  = reg_rsp_valid || tbl_rsp_valid;
    assign rsp_data   = tbl_rsp_valid ? tbl_rsp_data : reg_rsp_data;
    assign rsp_status = tbl_rsp_valid ? 2'd0 : reg_rsp_status;

    wire unused = &{1'b0, tbl_off[2:0], pba_off};
endmodule
`default_nettype wire
