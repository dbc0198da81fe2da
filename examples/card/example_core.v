// SPDX-License-Identifier: Apache-2.0
//
// The example card behind every interface: registers and DMA on the ports of docs/core-port.md, without
// any PCIe in it. Its driver is examples/driver/.
//
//   BAR0  +00h ID 52495352h   +04h version 1      +08h scratch
//         +10h host address   +14h its upper half +18h length in bytes   +1Ch offset in the card's memory
//         +20h control: bit 0 start, bit 1 direction (1: to the host), bits 15:8 vector of the interrupt at the end
//         +24h status: bit 0 busy, bit 1 done (write 1 to clear), bit 2 error (cleared with done)
//         +28h interrupt test: the vector written is sent
//         +2Ch pending: a bit for each of vectors 0 to 7 that was sent (write 1 to clear); intx is 1 while there is one
//   BAR2  4 KiB of memory for accesses of any width
// The card's memory is 1 MiB and 64 bytes. Other BARs never get here.
// Latency: a read is answered in the next cycle. Every access is accepted at once.
`default_nettype none
module example_core #(
    // Width of the DMA data: 64, 128, 256 or 512.
    parameter DATA_W = 256
) (
    input  wire              clk,
    input  wire              rst,
    output wire              idle,          // nothing to do

    // registers
    input  wire              reg_valid,
    output wire              reg_ready,
    input  wire              reg_write,
    input  wire [2:0]        reg_bar,
    input  wire [31:0]       reg_addr,
    input  wire [63:0]       reg_wdata,
    input  wire [7:0]        reg_be,
    output wire              reg_rsp_valid,
    output wire [63:0]       reg_rsp_data,
    output wire [1:0]        reg_rsp_status,

    // DMA read
    output wire              dmar_req_valid,
    input  wire              dmar_req_ready,
    output wire [63:0]       dmar_req_addr,
    output wire [17:0]       dmar_req_len,
    input  wire              dmar_valid,
    output wire              dmar_ready,
    input  wire              dmar_last,
    input  wire [DATA_W-1:0] dmar_data,
    input  wire [1:0]        dmar_status,

    // DMA write
    output wire              dmaw_req_valid,
    input  wire              dmaw_req_ready,
    output wire [63:0]       dmaw_req_addr,
    output wire [17:0]       dmaw_req_len,
    output wire              dmaw_valid,
    input  wire              dmaw_ready,
    output wire [DATA_W-1:0] dmaw_data,
    input  wire              dmaw_done_valid,
    input  wire [1:0]        dmaw_done_status,

    // interrupts: one message for the vector, and the level for functions without messages
    output wire              irq_valid,
    input  wire              irq_ready,
    output wire [10:0]       irq_vec,
    output wire              intx
);
    localparam [31:0] ID      = 32'h5249_5352;
    localparam [31:0] VERSION = 32'd1;

    reg [31:0] scratch_q, len_q, offset_q;
    reg [63:0] host_q;
    reg        start_q, to_host_q, finished_q, error_q;
    reg [7:0]  vector_q, test_vector_q, pending_q;
    reg        dma_irq_q, test_irq_q;
    reg        rsp_valid_q, rsp_ram_q;
    reg [63:0] rsp_reg_q, rsp_data_q;
    reg [63:0] ram [0:511];
    wire       busy, done, error;

    wire       in_regs = reg_bar == 3'd0;
    wire       in_ram  = reg_bar == 3'd2;
    wire       wr      = reg_valid && reg_write;
    wire       wr_regs = wr && in_regs && reg_addr[31:6] == 26'd0;
    wire [2:0] quad    = reg_addr[5:3];

    assign reg_ready      = 1'b1;
    assign reg_rsp_valid  = rsp_valid_q;
    assign reg_rsp_data   = rsp_ram_q ? rsp_data_q : rsp_reg_q;
    assign reg_rsp_status = 2'd0;
    // the test goes first: it was asked for by somebody who waits
    assign irq_valid      = test_irq_q || dma_irq_q;
    assign irq_vec        = {3'd0, test_irq_q ? test_vector_q : vector_q};
    assign intx           = pending_q != 8'd0;
    assign idle           = !reg_valid && !rsp_valid_q && !busy && !start_q && !irq_valid && !done;

    function [31:0] merge(input [31:0] was, input [31:0] now, input [3:0] be);
        merge = {be[3] ? now[31:24] : was[31:24], be[2] ? now[23:16] : was[23:16],
                 be[1] ? now[15:8] : was[15:8], be[0] ? now[7:0] : was[7:0]};
    endfunction

    // ---- reads and the memory window --------------------------------------------------------------

    integer i;
    initial
        for (i = 0; i < 512; i = i + 1)
            ram[i] = 64'd0;

    integer lane;
    always @(posedge clk) begin
        rsp_valid_q <= reg_valid && !reg_write && !rst;
        rsp_ram_q   <= in_ram;
        rsp_data_q  <= ram[reg_addr[11:3]];
        for (lane = 0; lane < 8; lane = lane + 1)
            if (wr && in_ram && reg_be[lane])
                ram[reg_addr[11:3]][8*lane +: 8] <= reg_wdata[8*lane +: 8];
        if (!in_regs || reg_addr[31:6] != 26'd0)
            rsp_reg_q <= 64'd0;
        else
            case (quad)
                3'd0: rsp_reg_q <= {VERSION, ID};
                3'd1: rsp_reg_q <= {32'd0, scratch_q};
                3'd2: rsp_reg_q <= host_q;
                3'd3: rsp_reg_q <= {offset_q, len_q};
                3'd4: rsp_reg_q <= {29'd0, error_q, finished_q, busy || start_q,
                                    16'd0, vector_q, 6'd0, to_host_q, 1'b0};
                3'd5: rsp_reg_q <= {24'd0, pending_q, 24'd0, test_vector_q};
                default: rsp_reg_q <= 64'd0;
            endcase
    end

    // ---- writes, ends of transfers, interrupts ------------------------------------------------------

    always @(posedge clk) begin
        start_q <= 1'b0;
        if (rst) begin
            {scratch_q, len_q, offset_q, host_q} <= 160'd0;
            {to_host_q, finished_q, error_q, dma_irq_q, test_irq_q} <= 5'd0;
            {vector_q, test_vector_q, pending_q} <= 24'd0;
        end else begin
            if (wr_regs)
                case (quad)
                    3'd1: scratch_q <= merge(scratch_q, reg_wdata[31:0], reg_be[3:0]);
                    3'd2: host_q <= {merge(host_q[63:32], reg_wdata[63:32], reg_be[7:4]),
                                     merge(host_q[31:0], reg_wdata[31:0], reg_be[3:0])};
                    3'd3: {offset_q, len_q} <= {merge(offset_q, reg_wdata[63:32], reg_be[7:4]),
                                                merge(len_q, reg_wdata[31:0], reg_be[3:0])};
                    3'd4: begin
                        if (reg_be[0] && !busy && !start_q) begin
                            to_host_q <= reg_wdata[1];
                            start_q   <= reg_wdata[0];
                        end
                        if (reg_be[1] && !busy && !start_q)
                            vector_q <= reg_wdata[15:8];
                        if (reg_be[4] && reg_wdata[33])
                            {finished_q, error_q} <= 2'b00;
                    end
                    3'd5: begin
                        if (reg_be[0]) test_vector_q <= reg_wdata[7:0];
                        if (reg_be[4]) pending_q <= pending_q & ~reg_wdata[39:32];
                    end
                    default: ;
                endcase
            // one that is sent while the host clears it stays
            if (irq_valid && irq_ready && irq_vec[7:3] == 5'd0)
                pending_q[irq_vec[2:0]] <= 1'b1;
            if (irq_ready && test_irq_q)
                test_irq_q <= 1'b0;
            else if (irq_ready)
                dma_irq_q <= 1'b0;
            if (wr_regs && quad == 3'd5 && reg_be[0])
                test_irq_q <= 1'b1;
            if (done) begin
                finished_q <= 1'b1;
                error_q    <= error;
                dma_irq_q  <= 1'b1;
            end
        end
    end

    wire unused = &{1'b0, reg_addr[2:0]};

    example_dma #(.DATA_W(DATA_W)) u_dma (
        .clk              (clk),
        .rst              (rst),
        .start            (start_q),
        .to_host          (to_host_q),
        .host_addr        (host_q),
        .len              (len_q),
        .offset           (offset_q),
        .busy             (busy),
        .done             (done),
        .error            (error),
        .dmar_req_valid   (dmar_req_valid),
        .dmar_req_ready   (dmar_req_ready),
        .dmar_req_addr    (dmar_req_addr),
        .dmar_req_len     (dmar_req_len),
        .dmar_valid       (dmar_valid),
        .dmar_ready       (dmar_ready),
        .dmar_last        (dmar_last),
        .dmar_data        (dmar_data),
        .dmar_status      (dmar_status),
        .dmaw_req_valid   (dmaw_req_valid),
        .dmaw_req_ready   (dmaw_req_ready),
        .dmaw_req_addr    (dmaw_req_addr),
        .dmaw_req_len     (dmaw_req_len),
        .dmaw_valid       (dmaw_valid),
        .dmaw_ready       (dmaw_ready),
        .dmaw_data        (dmaw_data),
        .dmaw_done_valid  (dmaw_done_valid),
        .dmaw_done_status (dmaw_done_status)
    );
endmodule
`default_nettype wire
