// SPDX-License-Identifier: Apache-2.0
//
// The registers of Linux's pci-epf-test in BAR0, and INTA. All can be read and written; the engine takes
// COMMAND (which then reads 0), and writes STATUS and CHECKSUM. Between them and the end of the BAR, apart
// from what the core keeps there, reads give 0 and writes are lost.
//   00h MAGIC  04h COMMAND  08h STATUS  0Ch/10h source  14h/18h destination  1Ch SIZE  20h CHECKSUM
//   24h IRQ_TYPE  28h IRQ_NUMBER  2Ch FLAGS
// INTA stays until the host reads STATUS, writes it with IRQ_RAISED 0, or gives a command. The completion
// of the read that lowers it comes behind Deassert_INTA, which the core starts first.
// Latency: a read's data 1 cycle after its access; one access per cycle.
`default_nettype none
module epf_regs (
    input  wire        clk,
    input  wire        rst,

    input  wire        reg_valid,
    output wire        reg_ready,
    input  wire        reg_write,
    input  wire [2:0]  reg_bar,
    input  wire [31:0] reg_addr,
    input  wire [63:0] reg_wdata,
    input  wire [7:0]  reg_be,
    output wire        reg_rsp_valid,
    output wire [63:0] reg_rsp_data,

    // to and from epf_engine; what is given out stays as it is while a command runs, unless the host
    // writes it
    output wire [31:0] command,         // not 0: one waits
    input  wire        take,            // it is taken: COMMAND and STATUS become 0
    output wire [63:0] src,
    output wire [63:0] dst,
    output wire [31:0] size,
    output wire [31:0] checksum,
    output wire [31:0] irq_type,
    output wire [31:0] irq_number,
    input  wire [8:0]  set_status,      // bits to set
    input  wire        checksum_valid,
    input  wire [31:0] checksum_data,
    input  wire        raise_intx,

    output wire        intx,
    output wire        idle
);
    reg [31:0] magic_q, command_q, status_q, size_q, checksum_q, type_q, number_q, flags_q;
    reg [63:0] src_q, dst_q;
    reg        intx_q;
    reg        rsp_q, rsp_mem_q;
    reg [63:0] rsp_data_q;

    wire        access   = reg_valid;
    wire        bar0     = reg_bar == 3'd0;
    wire        low      = bar0 && reg_addr[31:6] == 26'd0;
    wire        wr       = access && reg_write && low;
    wire [2:0]  qw       = reg_addr[5:3];
    wire        at_stat  = low && qw == 3'd1 && reg_be[3:0] != 4'd0;
    wire        lowers   = access && !reg_write && at_stat && intx_q;
    wire [63:0] mem_data;

    epf_mem u_mem (
        .clk   (clk),
        .en    (access && !bar0),
        .write (reg_write),
        .bar   (reg_bar),
        .addr  (reg_addr[13:0]),
        .wdata (reg_wdata),
        .be    (reg_be),
        .rdata (mem_data)
    );

    function [63:0] merge(input [63:0] old, input [63:0] data, input [7:0] be);
        integer b;
        for (b = 0; b < 8; b = b + 1)
            merge[8*b +: 8] = be[b] ? data[8*b +: 8] : old[8*b +: 8];
    endfunction

    assign reg_ready     = 1'b1;
    assign reg_rsp_valid = rsp_q;
    assign reg_rsp_data  = rsp_mem_q ? mem_data : rsp_data_q;

    assign command    = command_q;
    assign src        = src_q;
    assign dst        = dst_q;
    assign size       = size_q;
    assign checksum   = checksum_q;
    assign irq_type   = type_q;
    assign irq_number = number_q;
    assign intx       = intx_q;
    assign idle       = !rsp_q && command_q == 32'd0;

    always @(posedge clk) begin
        rsp_q <= access && !reg_write && !rst;
        if (access) begin
            rsp_mem_q <= !bar0;
            case ({low, qw})
                4'd8:    rsp_data_q <= {command_q, magic_q};
                4'd9:    rsp_data_q <= {src_q[31:0], status_q};
                4'd10:   rsp_data_q <= {dst_q[31:0], src_q[63:32]};
                4'd11:   rsp_data_q <= {size_q, dst_q[63:32]};
                4'd12:   rsp_data_q <= {type_q, checksum_q};
                4'd13:   rsp_data_q <= {flags_q, number_q};
                default: rsp_data_q <= 64'd0;
            endcase
        end
    end

    // the host's writes; then what the engine changes
    wire [63:0] src_stat = merge({src_q[31:0], status_q}, reg_wdata, reg_be);
    wire [63:0] cmd_mag  = merge({command_q, magic_q}, reg_wdata, reg_be);

    always @(posedge clk) begin
        if (rst) begin
            {magic_q, command_q, status_q, src_q, dst_q} <= 224'd0;
            {size_q, checksum_q, type_q, number_q, flags_q} <= 160'd0;
            intx_q <= 1'b0;
        end else begin
            if (take) begin
                command_q <= 32'd0;
                status_q  <= 32'd0;
            end
            if (wr)
                case (qw)
                    3'd0: {command_q, magic_q} <= {reg_be[7:4] == 4'd0 && take ? 32'd0 : cmd_mag[63:32],
                                                   cmd_mag[31:0]};
                    3'd1: {src_q[31:0], status_q} <= {src_stat[63:32], take ? 32'd0 : src_stat[31:0]};
                    3'd2: {dst_q[31:0], src_q[63:32]} <= merge({dst_q[31:0], src_q[63:32]}, reg_wdata,
                                                               reg_be);
                    3'd3: {size_q, dst_q[63:32]} <= merge({size_q, dst_q[63:32]}, reg_wdata, reg_be);
                    3'd4: {type_q, checksum_q} <= merge({type_q, checksum_q}, reg_wdata, reg_be);
                    3'd5: {flags_q, number_q} <= merge({flags_q, number_q}, reg_wdata, reg_be);
                    default: ;
                endcase
            if (set_status != 9'd0)
                status_q <= status_q | {23'd0, set_status};
            if (checksum_valid)
                checksum_q <= checksum_data;
            if (raise_intx)
                intx_q <= 1'b1;
            else if (lowers || take || (wr && at_stat && !src_stat[6]))
                intx_q <= 1'b0;
        end
    end

    wire unused = &{1'b0, reg_addr};
endmodule
`default_nettype wire
