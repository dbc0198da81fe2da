// SPDX-License-Identifier: Apache-2.0
//
// Cuts a transfer into DMA requests of at most 64 KiB. `start` takes address and size (0: no request);
// the first request is there 2 cycles later, each further one 1 cycle after the one before was taken.
// While `room` is 0 no new one is made.
`default_nettype none
module epf_requests (
    input  wire        clk,
    input  wire        rst,
    input  wire        start,
    input  wire        room,
    input  wire [63:0] addr,
    input  wire [31:0] size,
    output wire        req_valid,
    input  wire        req_ready,
    output wire [63:0] req_addr,
    output wire [17:0] req_len,
    output wire        busy
);
    localparam [31:0] MOST = 32'h1_0000;

    reg        valid_q;
    reg [63:0] at_q, addr_q;
    reg [31:0] left_q;
    reg [17:0] len_q;

    wire [31:0] len  = (left_q > MOST) ? MOST : left_q;
    wire        make = left_q != 32'd0 && room && (!valid_q || req_ready);

    assign req_valid = valid_q;
    assign req_addr  = addr_q;
    assign req_len   = len_q;
    assign busy      = valid_q || left_q != 32'd0;

    always @(posedge clk) begin
        if (rst) begin
            valid_q <= 1'b0;
            left_q  <= 32'd0;
        end else begin
            valid_q <= make || (valid_q && !req_ready);
            if (start)
                left_q <= size;
            else if (make)
                left_q <= left_q - len;
        end
        if (start)
            at_q <= addr;
        else if (make)
            at_q <= at_q + {32'd0, len};
        if (make) begin
            addr_q <= at_q;
            len_q  <= len[17:0];
        end
    end

    wire unused = &{1'b0, len};
endmodule
`default_nettype wire
