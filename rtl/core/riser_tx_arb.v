// SPDX-License-Identifier: Apache-2.0
//
// The posted channel to the host: interrupts, messages and DMA writes, in this priority, whole TLPs.
// One register stage, one beat per cycle. Counts posted TLPs so that a completion can wait for those
// that were started before it: an interrupt counts as started when irq_taken pulses (it then waits
// in front of every other source), the others when their first beat enters the register.
`default_nettype none
`include "riser_tlp.vh"
module riser_tx_arb #(
    parameter DATA_W = 256
) (
    input  wire              clk,
    input  wire              rst,
    input  wire [15:0]       bdf,

    // interrupt: one dword to an address
    input  wire              irq_taken,
    input  wire              irq_valid,
    input  wire [63:0]       irq_addr,
    input  wire [31:0]       irq_data,
    output wire              irq_ack,
    // message: a header
    input  wire              msg_valid,
    input  wire [127:0]      msg_hdr,
    output wire              msg_ack,
    // DMA write beats; last and ctx are those of the request's last TLP
    input  wire              dma_valid,
    output wire              dma_ready,
    input  wire              dma_sop,
    input  wire              dma_eop,
    input  wire [127:0]      dma_hdr,
    input  wire [DATA_W-1:0] dma_data,
    input  wire              dma_last,
    // a DMA write whose dma_last was 1 has been transferred; one is still in the register
    output wire              dma_done,
    output wire              dma_last_inside,

    output wire [15:0]       nr_started,
    output wire [15:0]       nr_done,

    output wire              tx_valid,
    input  wire              tx_ready,
    output wire              tx_sop,
    output wire              tx_eop,
    output wire [127:0]      tx_hdr,
    output wire [DATA_W-1:0] tx_data
);
    reg              valid_q, sop_q, eop_q, last_q;
    reg [127:0]      hdr_q;
    reg [DATA_W-1:0] data_q;
    reg              mid_q;
    reg [15:0]       started_q, done_q;

    wire can      = !valid_q || tx_ready;
    wire take_irq = can && !mid_q && irq_valid;
    wire take_msg = can && !mid_q && !irq_valid && msg_valid;
    assign dma_ready = can && (mid_q || (!irq_valid && !msg_valid));
    wire take_dma = dma_ready && dma_valid;

    assign irq_ack         = take_irq;
    assign msg_ack         = take_msg;
    assign dma_done        = valid_q && tx_ready && eop_q && last_q;
    assign dma_last_inside = valid_q && last_q;
    assign nr_started      = started_q;
    assign nr_done         = done_q;
    assign tx_valid        = valid_q;
    assign tx_sop          = sop_q;
    assign tx_eop          = eop_q;
    assign tx_hdr          = hdr_q;
    assign tx_data         = data_q;

    wire irq_4dw = irq_addr[63:32] != 32'd0;
    wire [127:0] irq_hdr = {irq_4dw ? `TLP_MWR64 : `TLP_MWR32, 14'd0, 10'd1, bdf, 8'd0, 8'h0f,
                            irq_4dw ? irq_addr : {irq_addr[31:0], 32'd0}};

    always @(posedge clk) begin
        if (rst) begin
            valid_q   <= 1'b0;
            mid_q     <= 1'b0;
            last_q    <= 1'b0;
            started_q <= 16'd0;
            done_q    <= 16'd0;
        end else begin
            if (can) begin
                valid_q <= take_irq || take_msg || take_dma;
                last_q  <= take_dma && dma_last && dma_eop;
            end
            if (take_dma)
                mid_q <= !dma_eop;
            started_q <= started_q + {15'd0, irq_taken} + {15'd0, take_msg || (take_dma && dma_sop)};
            done_q    <= done_q + {15'd0, valid_q && tx_ready && eop_q};
        end
    end

    always @(posedge clk) begin
        if (take_irq) begin
            {sop_q, eop_q} <= 2'b11;
            hdr_q          <= irq_hdr;
            data_q         <= {{(DATA_W-32){1'b0}}, irq_data};
        end else if (take_msg) begin
            {sop_q, eop_q} <= 2'b11;
            hdr_q          <= msg_hdr;
            data_q         <= {DATA_W{1'b0}};
        end else if (take_dma) begin
            {sop_q, eop_q} <= {dma_sop, dma_eop};
            hdr_q          <= dma_hdr;
            data_q         <= dma_data;
        end
    end
endmodule
`default_nettype wire
