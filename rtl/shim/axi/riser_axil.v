// SPDX-License-Identifier: Apache-2.0
//
// Register accesses of the core port become AXI4-Lite transactions, one at a time, in order: a write is over
// when its response has come, so no later read overtakes it. Of a quadword only the halves with enabled bytes are
// accessed when AXIL_W is 32. Address: the BAR's base (BARS) plus the offset. A read that ends with SLVERR is a
// completer abort, with DECERR an unsupported request; errors of writes have nowhere to go.
// Latency: none of its own, in either direction.
`default_nettype none
module riser_axil #(
    parameter         AXIL_W = 32,              // 32 or 64
    parameter [191:0] BARS   = 192'h0           // base of BAR0 in bits 31:0, and so on
) (
    input  wire                clk,
    input  wire                rst,

    input  wire                reg_valid,
    output wire                reg_ready,
    input  wire                reg_write,
    input  wire [2:0]          reg_bar,
    input  wire [31:0]         reg_addr,
    input  wire [63:0]         reg_wdata,
    input  wire [7:0]          reg_be,
    output wire                reg_rsp_valid,
    output wire [63:0]         reg_rsp_data,
    output wire [1:0]          reg_rsp_status,

    output wire [31:0]         axil_awaddr,
    output wire [2:0]          axil_awprot,
    output wire                axil_awvalid,
    input  wire                axil_awready,
    output wire [AXIL_W-1:0]   axil_wdata,
    output wire [AXIL_W/8-1:0] axil_wstrb,
    output wire                axil_wvalid,
    input  wire                axil_wready,
    input  wire [1:0]          axil_bresp,
    input  wire                axil_bvalid,
    output wire                axil_bready,
    output wire [31:0]         axil_araddr,
    output wire [2:0]          axil_arprot,
    output wire                axil_arvalid,
    input  wire                axil_arready,
    input  wire [AXIL_W-1:0]   axil_rdata,
    input  wire [1:0]          axil_rresp,
    input  wire                axil_rvalid,
    output wire                axil_rready
);
    reg        aw_done_q, w_done_q, ar_done_q;
    reg        second_q;        // the lower half is done
    reg [31:0] lower_q;
    reg [1:0]  status_q;

    wire        split  = (AXIL_W == 32) && reg_be[3:0] != 4'd0 && reg_be[7:4] != 4'd0;
    wire        upper  = (AXIL_W == 32) && (second_q || reg_be[3:0] == 4'd0);
    wire        last   = !split || second_q;
    wire        step   = (axil_bvalid && axil_bready) || (axil_rvalid && axil_rready);
    wire [31:0] base   = (reg_bar == 3'd0) ? BARS[31:0] : (reg_bar == 3'd1) ? BARS[63:32]
                       : (reg_bar == 3'd2) ? BARS[95:64] : (reg_bar == 3'd3) ? BARS[127:96]
                       : (reg_bar == 3'd4) ? BARS[159:128] : BARS[191:160];
    wire [31:0] addr   = base + reg_addr + {29'd0, upper, 2'd0};
    wire [1:0]  status = (axil_rresp == 2'd2) ? 2'd2 : (axil_rresp == 2'd3) ? 2'd1 : 2'd0;

    assign axil_awaddr  = addr;
    assign axil_awprot  = 3'd0;
    assign axil_awvalid = reg_valid && reg_write && !aw_done_q;
    assign axil_wvalid  = reg_valid && reg_write && !w_done_q;
    assign axil_bready  = 1'b1;
    assign axil_araddr  = addr;
    assign axil_arprot  = 3'd0;
    assign axil_arvalid = reg_valid && !reg_write && !ar_done_q;
    assign axil_rready  = 1'b1;

    generate
        if (AXIL_W == 64) begin : g_64
            assign axil_wdata   = reg_wdata;
            assign axil_wstrb   = reg_be;
            assign reg_rsp_data = axil_rdata;
            wire unused_lower = &{1'b0, lower_q};
        end else begin : g_32
            assign axil_wdata   = upper ? reg_wdata[63:32] : reg_wdata[31:0];
            assign axil_wstrb   = upper ? reg_be[7:4] : reg_be[3:0];
            assign reg_rsp_data = {axil_rdata, second_q ? lower_q : axil_rdata};
        end
    endgenerate

    assign reg_ready      = step && last;
    assign reg_rsp_valid  = axil_rvalid && last;
    assign reg_rsp_status = (second_q && status_q != 2'd0) ? status_q : status;

    always @(posedge clk) begin
        if (rst || step) begin
            {aw_done_q, w_done_q, ar_done_q} <= 3'd0;
        end else begin
            aw_done_q <= aw_done_q || (axil_awvalid && axil_awready);
            w_done_q  <= w_done_q || (axil_wvalid && axil_wready);
            ar_done_q <= ar_done_q || (axil_arvalid && axil_arready);
        end
        if (rst)
            second_q <= 1'b0;
        else if (step)
            second_q <= !last;
        if (step) begin
            lower_q  <= axil_rdata[31:0];
            status_q <= status;
        end
    end

    wire unused = &{1'b0, axil_bresp};
endmodule
`default_nettype wire
