// SPDX-License-Identifier: Apache-2.0
//
// A card of 8 outputs and 8 inputs, registers on AXI4-Lite (BAR0). Its inputs are its outputs, inverted.
//
//   00h  ID     reads 6F697067h ("gpio")
//   04h  OUT    the outputs
//   08h  IN     the inputs
//   0Ch  COUNT  writes of OUT so far
//
// One access of each kind at a time; a read is answered in the cycle after it was taken.
`default_nettype none
module gpio_card (
    input  wire        aclk,
    input  wire        aresetn,

    input  wire [31:0] s_axil_awaddr,
    input  wire        s_axil_awvalid,
    output wire        s_axil_awready,
    input  wire [31:0] s_axil_wdata,
    input  wire [3:0]  s_axil_wstrb,
    input  wire        s_axil_wvalid,
    output wire        s_axil_wready,
    output wire [1:0]  s_axil_bresp,
    output reg         s_axil_bvalid,
    input  wire        s_axil_bready,
    input  wire [31:0] s_axil_araddr,
    input  wire        s_axil_arvalid,
    output wire        s_axil_arready,
    output reg  [31:0] s_axil_rdata,
    output wire [1:0]  s_axil_rresp,
    output reg         s_axil_rvalid,
    input  wire        s_axil_rready
);
    localparam [31:0] ID = 32'h6F697067;

    reg [7:0]  out;
    reg [31:0] count;
    wire [7:0] in = ~out;

    // ---- writes ----
    wire write = s_axil_awvalid && s_axil_wvalid && !s_axil_bvalid;
    assign s_axil_awready = write;
    assign s_axil_wready  = write;
    assign s_axil_bresp   = 2'b00;

    always @(posedge aclk)
        if (!aresetn) begin
            s_axil_bvalid <= 1'b0;
            out           <= 8'h00;
            count         <= 32'd0;
        end else begin
            s_axil_bvalid <= write || (s_axil_bvalid && !s_axil_bready);
            if (write && s_axil_awaddr[11:2] == 10'd1 && s_axil_wstrb[0]) begin
                out   <= s_axil_wdata[7:0];
                count <= count + 32'd1;
            end
        end

    // ---- reads ----
    wire read     = s_axil_arvalid && !s_axil_rvalid;
    wire answered = s_axil_araddr[11:0] < 12'h010;
    assign s_axil_arready = read;
    assign s_axil_rresp   = 2'b00;

    always @(posedge aclk)
        if (!aresetn) begin
            s_axil_rvalid <= 1'b0;
            s_axil_rdata  <= 32'd0;
        end else begin
            s_axil_rvalid <= (read && answered) || (s_axil_rvalid && !s_axil_rready);
            if (read)
                case (s_axil_araddr[3:2])
                2'd0: s_axil_rdata <= ID;
                2'd1: s_axil_rdata <= {24'd0, out};
                2'd2: s_axil_rdata <= {24'd0, in};
                2'd3: s_axil_rdata <= count;
                endcase
        end

    wire unused = &{1'b0, s_axil_awaddr[31:12], s_axil_awaddr[1:0], s_axil_wdata[31:8], s_axil_wstrb[3:1],
                    s_axil_araddr[31:12]};
endmodule
`default_nettype wire
