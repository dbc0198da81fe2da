// SPDX-License-Identifier: Apache-2.0
//
// Properties of riser_ep, bound to every instance of it. rx boundaries are promises of the other
// side; they are checked too, since everything else stands on them.
`default_nettype none
`include "riser_tlp.vh"
module riser_ep_sva #(
    parameter DATA_W  = 256,
    parameter NR_TAGS = 32
) (
    input wire              clk,
    input wire              perst_n,
    input wire              link_up,
    input wire              hot_reset,
    input wire              rst,
    input wire              stop,
    input wire              may_send,
    input wire              card_rst,
    input wire              core_idle,
    input wire [31:0]       nr_p_in,
    input wire [31:0]       nr_p_done,

    input wire              rx_p_valid,
    input wire              rx_p_ready,
    input wire              rx_p_sop,
    input wire              rx_p_eop,
    input wire [127:0]      rx_p_hdr,
    input wire [DATA_W-1:0] rx_p_data,
    input wire              rx_np_valid,
    input wire              rx_np_ready,
    input wire              rx_np_sop,
    input wire              rx_np_eop,
    input wire [127:0]      rx_np_hdr,
    input wire [DATA_W-1:0] rx_np_data,
    input wire              rx_cpl_valid,
    input wire              rx_cpl_ready,
    input wire              rx_cpl_sop,
    input wire              rx_cpl_eop,
    input wire [127:0]      rx_cpl_hdr,
    input wire [DATA_W-1:0] rx_cpl_data,
    input wire              tx_p_valid,
    input wire              tx_p_ready,
    input wire              tx_p_sop,
    input wire              tx_p_eop,
    input wire [127:0]      tx_p_hdr,
    input wire [DATA_W-1:0] tx_p_data,
    input wire              tx_np_valid,
    input wire              tx_np_ready,
    input wire              tx_np_sop,
    input wire              tx_np_eop,
    input wire [127:0]      tx_np_hdr,
    input wire [DATA_W-1:0] tx_np_data,
    input wire              tx_cpl_valid,
    input wire              tx_cpl_ready,
    input wire              tx_cpl_sop,
    input wire              tx_cpl_eop,
    input wire [127:0]      tx_cpl_hdr,
    input wire [DATA_W-1:0] tx_cpl_data,

    input wire              reg_valid,
    input wire              reg_ready,
    input wire              reg_write,
    input wire [2:0]        reg_bar,
    input wire [31:0]       reg_addr,
    input wire [63:0]       reg_wdata,
    input wire [7:0]        reg_be,
    input wire              reg_rsp_valid,
    input wire              dmar_req_valid,
    input wire              dmar_req_ready,
    input wire [63:0]       dmar_req_addr,
    input wire [17:0]       dmar_req_len,
    input wire [7:0]        dmar_req_ctx,
    input wire              dmar_valid,
    input wire              dmar_ready,
    input wire              dmar_last,
    input wire [DATA_W-1:0] dmar_data,
    input wire [7:0]        dmar_ctx,
    input wire [1:0]        dmar_status,
    input wire              dmaw_req_valid,
    input wire              dmaw_req_ready,
    input wire [63:0]       dmaw_req_addr,
    input wire [17:0]       dmaw_req_len,
    input wire [7:0]        dmaw_req_ctx,
    input wire              dmaw_valid,
    input wire              dmaw_ready,
    input wire [DATA_W-1:0] dmaw_data,
    input wire              dmaw_done_valid
);
    // the port is in use; one cycle of grace after a reset's end
    reg up_q = 1'b0;
    always @(posedge clk)
        up_q <= perst_n && !hot_reset && link_up && !rst;
    wire up   = up_q && perst_n && !hot_reset && link_up && !rst;
    wire card = up && !card_rst;

    // ---- the TLP port ------------------------------------------------------------------------------

    riser_tlp_sva #(.DATA_W(DATA_W)) u_rx_p (
        .clk(clk), .on(up), .valid(rx_p_valid), .ready(rx_p_ready), .sop(rx_p_sop), .eop(rx_p_eop),
        .hdr(rx_p_hdr), .data(rx_p_data));
    riser_tlp_sva #(.DATA_W(DATA_W)) u_rx_np (
        .clk(clk), .on(up), .valid(rx_np_valid), .ready(rx_np_ready), .sop(rx_np_sop), .eop(rx_np_eop),
        .hdr(rx_np_hdr), .data(rx_np_data));
    riser_tlp_sva #(.DATA_W(DATA_W)) u_rx_cpl (
        .clk(clk), .on(up), .valid(rx_cpl_valid), .ready(rx_cpl_ready), .sop(rx_cpl_sop), .eop(rx_cpl_eop),
        .hdr(rx_cpl_hdr), .data(rx_cpl_data));
    riser_tlp_sva #(.DATA_W(DATA_W)) u_tx_p (
        .clk(clk), .on(up), .valid(tx_p_valid), .ready(tx_p_ready), .sop(tx_p_sop), .eop(tx_p_eop),
        .hdr(tx_p_hdr), .data(tx_p_data));
    riser_tlp_sva #(.DATA_W(DATA_W)) u_tx_np (
        .clk(clk), .on(up), .valid(tx_np_valid), .ready(tx_np_ready), .sop(tx_np_sop), .eop(tx_np_eop),
        .hdr(tx_np_hdr), .data(tx_np_data));
    riser_tlp_sva #(.DATA_W(DATA_W)) u_tx_cpl (
        .clk(clk), .on(up), .valid(tx_cpl_valid), .ready(tx_cpl_ready), .sop(tx_cpl_sop), .eop(tx_cpl_eop),
        .hdr(tx_cpl_hdr), .data(tx_cpl_data));

    // EP-1: completions are accepted at any time; their buffer was reserved by the read.
    ep_1: assert property (@(posedge clk) up |-> rx_cpl_ready)
        else $error("%m: rx_cpl_ready is 0");

    // EP-2: two cycles after reset begins or the link goes down nothing is offered.
    reg [1:0] down_q = 2'b00;
    always @(posedge clk)
        down_q <= {down_q[0], !perst_n || hot_reset || !link_up};
    ep_2: assert property (@(posedge clk)
        (down_q == 2'b11 && (!perst_n || hot_reset || !link_up)) |-> !(tx_p_valid || tx_np_valid || tx_cpl_valid))
        else $error("%m: a TLP is offered in reset");

    // EP-3: a memory request starts only in a cycle behind one in which requests were allowed. Interrupts
    // are decided before they wait for the channel; a completion that tells otherwise comes after them.
    reg allowed_q = 1'b0, np_waits_q = 1'b0;
    always @(posedge clk) begin
        allowed_q  <= may_send;
        np_waits_q <= up && tx_np_valid && !tx_np_ready;
    end
    ep_3: assert property (@(posedge clk) (up && tx_np_valid && !np_waits_q) |-> allowed_q)
        else $error("%m: a read starts while requests are not allowed");

    // EP-5: a request of the host gets at most one final completion: completions that end a request never
    //       outnumber the non-posted requests taken.
    // EP-6: a register read has one response; a response has a read.
    // EP-7: a DMA read ends once: last beats never outnumber requests. The same for dmaw_done.
    integer nr_np = 0, nr_final = 0, nr_reads = 0, nr_dmar = 0, nr_dmaw = 0;
    wire [11:0] cpl_bytes = tx_cpl_hdr[`TLP_CPL_BYTES_R];
    wire [10:0] cpl_len   = {tx_cpl_hdr[`TLP_LENGTH_R] == 10'd0, tx_cpl_hdr[`TLP_LENGTH_R]};
    wire [6:0]  cpl_lower = tx_cpl_hdr[`TLP_CPL_LOWER_R];
    wire [12:0] cpl_left  = {cpl_bytes == 12'd0, cpl_bytes} + {11'd0, cpl_lower[1:0]};
    wire cpl_final = tx_cpl_valid && tx_cpl_ready && tx_cpl_sop
                  && (!tx_cpl_hdr[`TLP_FMT_DATA_B] || cpl_left <= {cpl_len, 2'b00});
    always @(posedge clk) begin
        if (!up) begin
            nr_np    <= 0;
            nr_final <= 0;
        end else begin
            nr_np    <= nr_np + ((rx_np_valid && rx_np_ready && rx_np_eop) ? 1 : 0);
            nr_final <= nr_final + (cpl_final ? 1 : 0);
        end
        if (!card) begin
            nr_reads <= 0;
            nr_dmar  <= 0;
            nr_dmaw  <= 0;
        end else begin
            nr_reads <= nr_reads + ((reg_valid && reg_ready && !reg_write) ? 1 : 0) - (reg_rsp_valid ? 1 : 0);
            nr_dmar  <= nr_dmar + ((dmar_req_valid && dmar_req_ready) ? 1 : 0)
                      - ((dmar_valid && dmar_ready && dmar_last) ? 1 : 0);
            nr_dmaw  <= nr_dmaw + ((dmaw_req_valid && dmaw_req_ready) ? 1 : 0) - (dmaw_done_valid ? 1 : 0);
        end
    end
    ep_5: assert property (@(posedge clk) up |-> (nr_final <= nr_np))
        else $error("%m: %0d final completions for %0d requests", nr_final, nr_np);
    ep_6: assert property (@(posedge clk) (card && reg_rsp_valid) |-> (nr_reads > 0))
        else $error("%m: a register response without a read");
    ep_7a: assert property (@(posedge clk) (card && dmar_valid) |-> (nr_dmar > 0))
        else $error("%m: DMA read data without a request");
    ep_7b: assert property (@(posedge clk) (card && dmaw_done_valid) |-> (nr_dmaw > 0))
        else $error("%m: dmaw_done without a request");

    // EP-8: posted requests are not done before they were accepted.
    wire [31:0] p_open = nr_p_in - nr_p_done;
    ep_8: assert property (@(posedge clk) up |-> !p_open[31])
        else $error("%m: more posted requests done than accepted");

    // EP-9: idle means that nothing is offered and nothing of the card's is open.
    ep_9: assert property (@(posedge clk) (card && core_idle)
        |-> (!tx_p_valid && !tx_np_valid && !tx_cpl_valid && !reg_valid && !dmar_valid && nr_dmar == 0 && nr_dmaw == 0))
        else $error("%m: idle with work left");

    // ---- the core port -------------------------------------------------------------------------------

    riser_stream_sva #(.W(108)) u_reg (
        .clk(clk), .on(card), .valid(reg_valid), .ready(reg_ready),
        .data({reg_write, reg_bar, reg_addr, reg_write ? reg_wdata : 64'd0, reg_be}));
    riser_stream_sva #(.W(90)) u_dmar_req (
        .clk(clk), .on(card), .valid(dmar_req_valid), .ready(dmar_req_ready),
        .data({dmar_req_addr, dmar_req_len, dmar_req_ctx}));
    riser_stream_sva #(.W(DATA_W + 11)) u_dmar (
        .clk(clk), .on(card), .valid(dmar_valid), .ready(dmar_ready),
        .data({dmar_last, dmar_data, dmar_ctx, dmar_last ? dmar_status : 2'd0}));
    riser_stream_sva #(.W(90)) u_dmaw_req (
        .clk(clk), .on(card), .valid(dmaw_req_valid), .ready(dmaw_req_ready),
        .data({dmaw_req_addr, dmaw_req_len, dmaw_req_ctx}));
    riser_stream_sva #(.W(DATA_W)) u_dmaw (
        .clk(clk), .on(card), .valid(dmaw_valid), .ready(dmaw_ready), .data(dmaw_data));

    // CRD-1: a register access has a byte; reads and writes without one end in the core.
    crd_1: assert property (@(posedge clk) (card && reg_valid) |-> (reg_be != 8'd0 && reg_addr[2:0] == 3'd0))
        else $error("%m: register access without bytes or not aligned");
    // CRD-2: a DMA request has 1 to 131072 bytes.
    crd_2: assert property (@(posedge clk) (card && dmar_req_valid)
        |-> (dmar_req_len != 18'd0 && dmar_req_len <= 18'd131072))
        else $error("%m: DMA read of %0d bytes", dmar_req_len);
    crd_3: assert property (@(posedge clk) (card && dmaw_req_valid)
        |-> (dmaw_req_len != 18'd0 && dmaw_req_len <= 18'd131072))
        else $error("%m: DMA write of %0d bytes", dmaw_req_len);

    // EP-4: tags lie below NR_TAGS, so no more reads wait for data than there are slots.
    wire [7:0] tx_tag = tx_np_hdr[`TLP_TAG_R];
    ep_4: assert property (@(posedge clk) (up && tx_np_valid) |-> ({24'd0, tx_tag} < NR_TAGS))
        else $error("%m: tag %0d", tx_tag);

    wire unused = &{1'b0, stop, cpl_lower[6:2], p_open[30:0]};
endmodule

bind riser_ep riser_ep_sva #(.DATA_W(DATA_W), .NR_TAGS(NR_TAGS)) u_sva (.*);
`default_nettype wire
