// SPDX-License-Identifier: Apache-2.0
//
// The example card gpio (examples/gpio) behind a boot, with a register that nothing but the back door sets: while
// deaf_q is 1 no read is answered.
`default_nettype none
module boot_card (
    input  wire        aclk,
    input  wire        aresetn,
    input  wire        board_rst_n,
    output wire        idle,

    input  wire [31:0] s_axil_awaddr,
    input  wire        s_axil_awvalid,
    output wire        s_axil_awready,
    input  wire [31:0] s_axil_wdata,
    input  wire [3:0]  s_axil_wstrb,
    input  wire        s_axil_wvalid,
    output wire        s_axil_wready,
    output wire [1:0]  s_axil_bresp,
    output wire        s_axil_bvalid,
    input  wire        s_axil_bready,
    input  wire [31:0] s_axil_araddr,
    input  wire        s_axil_arvalid,
    output wire        s_axil_arready,
    output wire [31:0] s_axil_rdata,
    output wire [1:0]  s_axil_rresp,
    output wire        s_axil_rvalid,
    input  wire        s_axil_rready
);
    reg  deaf_q;
    wire ready;

    assign idle = ready && !s_axil_awvalid && !s_axil_wvalid && !s_axil_bvalid && !s_axil_arvalid && !s_axil_rvalid;

    always @(posedge aclk)
        if (!aresetn)
            deaf_q <= 1'b0;

    boot_engine u_boot (
        .aclk        (aclk),
        .board_rst_n (board_rst_n),
        .ready       (ready)
    );

    gpio_card u_gpio (
        .aclk           (aclk),
        .aresetn        (aresetn && ready),
        .s_axil_awaddr  (s_axil_awaddr),
        .s_axil_awvalid (s_axil_awvalid),
        .s_axil_awready (s_axil_awready),
        .s_axil_wdata   (s_axil_wdata),
        .s_axil_wstrb   (s_axil_wstrb),
        .s_axil_wvalid  (s_axil_wvalid),
        .s_axil_wready  (s_axil_wready),
        .s_axil_bresp   (s_axil_bresp),
        .s_axil_bvalid  (s_axil_bvalid),
        .s_axil_bready  (s_axil_bready),
        .s_axil_araddr  (s_axil_araddr),
        .s_axil_arvalid (s_axil_arvalid && !deaf_q),
        .s_axil_arready (s_axil_arready),
        .s_axil_rdata   (s_axil_rdata),
        .s_axil_rresp   (s_axil_rresp),
        .s_axil_rvalid  (s_axil_rvalid),
        .s_axil_rready  (s_axil_rready)
    );
endmodule
`default_nettype wire
