// SPDX-License-Identifier: Apache-2.0
//
// Interrupts of the example card on an UltraScale or UltraScale+ block. MSIX_INTERNAL 1: the block has the MSI-X
// table and gets a vector's number. 0: the table is here, in BAR4 (8 vectors; pending bits at 0x800), and the block
// gets address and data. Without MSI-X, an MSI. One interrupt at a time; irq_ready pulses when the block has taken
// it or refused it.
`default_nettype none
module example_us_irq #(
    parameter MSIX_INTERNAL = 1
) (
    input  wire        clk,
    input  wire        rst,
    input  wire        irq_valid,
    output wire        irq_ready,
    input  wire [7:0]  irq_vec,
    output wire        idle,

    input  wire        acc_valid,
    input  wire        acc_write,
    input  wire [2:0]  acc_bar,
    input  wire [11:0] acc_addr,
    input  wire [3:0]  acc_be,
    input  wire [31:0] acc_wdata,
    output wire [31:0] acc_rdata,       // one cycle later
    output wire        acc_mine,        // with acc_rdata: it was BAR4

    input  wire        msi_enable,
    input  wire        msix_enable,
    input  wire        msix_mask,
    output wire [31:0] msi_int,
    output wire        msix_int,
    output wire [63:0] msix_address,
    output wire [31:0] msix_data,
    input  wire        sent,
    input  wire        fail
);
    reg        wait_q, int_q;
    reg [7:0]  vec_q;

    generate
        if (MSIX_INTERNAL != 0) begin : g_block
            assign acc_rdata    = 32'd0;
            assign acc_mine     = 1'b0;
            assign msix_int     = int_q && msix_enable;
            assign msi_int      = !int_q ? 32'd0 : msix_enable ? {24'd0, vec_q} : msi_enable ? 32'd1 << vec_q[4:0]
                                : 32'd0;
            assign msix_address = 64'd0;
            assign msix_data    = 32'd0;
            assign irq_ready    = (wait_q && (sent || fail)) || (int_q && !msix_enable && !msi_enable);
            assign idle         = !wait_q && !int_q;
            always @(posedge clk) begin
                int_q <= !rst && irq_valid && !wait_q && !int_q && !irq_ready;
                if (rst)
                    wait_q <= 1'b0;
                else
                    wait_q <= (wait_q || (int_q && (msix_enable || msi_enable))) && !(sent || fail);
                vec_q <= irq_vec;
            end
            wire unused = &{1'b0, acc_valid, acc_write, acc_bar, acc_addr, acc_be, acc_wdata, msix_mask};
        end else begin : g_table
            // address, upper address, data, control of each vector
            reg [31:0] table_q [0:31];
            reg [7:0]  pending_q, masked_q;
            reg [31:0] rdata_q;
            reg        mine_q;
            reg [2:0]  pick;
            wire       in_table = acc_bar == 3'd4 && acc_addr < 12'd128;
            wire [7:0] ripe = pending_q & ~masked_q & {8{msix_enable && !msix_mask}};
            wire       old  = ripe != 8'd0;
            wire       free = !wait_q && !int_q;
            wire [2:0] nr   = old ? pick : irq_vec[2:0];
            wire       over = wait_q && (sent || fail);

            integer i;
            always @(*) begin
                pick = 3'd0;
                for (i = 7; i >= 0; i = i - 1)
                    if (ripe[i])
                        pick = i[2:0];
            end

            assign acc_rdata    = rdata_q;
            assign acc_mine     = mine_q;
            assign msix_int     = int_q;
            assign msi_int      = 32'd0;
            assign msix_address = {table_q[{vec_q[2:0], 2'd1}], table_q[{vec_q[2:0], 2'd0}]};
            assign msix_data    = table_q[{vec_q[2:0], 2'd2}];
            // a new one becomes pending at once; what is pending and not masked is sent
            assign irq_ready    = irq_valid;
            assign idle         = free && !old;

            always @(posedge clk) begin
                mine_q  <= acc_valid && acc_bar == 3'd4;
                rdata_q <= (in_table && acc_addr[3:2] == 2'd3) ? {31'd0, masked_q[acc_addr[6:4]]}
                         : in_table ? table_q[acc_addr[6:2]] : (acc_addr == 12'h800) ? {24'd0, pending_q} : 32'd0;
                if (acc_valid && acc_write && in_table) begin
                    if (acc_be[0]) table_q[acc_addr[6:2]][7:0]   <= acc_wdata[7:0];
                    if (acc_be[1]) table_q[acc_addr[6:2]][15:8]  <= acc_wdata[15:8];
                    if (acc_be[2]) table_q[acc_addr[6:2]][23:16] <= acc_wdata[23:16];
                    if (acc_be[3]) table_q[acc_addr[6:2]][31:24] <= acc_wdata[31:24];
                end
                int_q  <= !rst && free && old;
                wait_q <= !rst && (wait_q || int_q) && !over;
                if (free)
                    vec_q <= {5'd0, nr};
                if (rst) begin
                    pending_q <= 8'd0;
                    masked_q  <= 8'hff;
                end else begin
                    if (acc_valid && acc_write && in_table && acc_addr[3:2] == 2'd3 && acc_be[0])
                        masked_q[acc_addr[6:4]] <= acc_wdata[0];
                    if (int_q)
                        pending_q[vec_q[2:0]] <= 1'b0;
                    if (irq_valid && msix_enable)
                        pending_q[irq_vec[2:0]] <= 1'b1;
                end
            end
            wire unused = &{1'b0, msi_enable, irq_vec, vec_q};
        end
    endgenerate
endmodule
`default_nettype wire
