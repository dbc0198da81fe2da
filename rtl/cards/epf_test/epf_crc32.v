// SPDX-License-Identifier: Apache-2.0
//
// CRC-32 as Linux's crc32_le() computes it: reflected polynomial edb88320h, byte 0 of a beat first, no
// final inversion; the caller starts with `init`, which sets it to all ones. One beat per cycle; `crc`
// holds the result two cycles after the last beat, when `busy` is 0.
// The whole beat is one combinational step: of an FPGA at a PCIe user clock ask for 64 or 128 bits.
`default_nettype none
module epf_crc32 #(
    parameter DATA_W  = 256,
    parameter NB_LOG2 = $clog2(DATA_W / 8)
) (
    input  wire               clk,
    input  wire               init,
    input  wire               in_valid,
    input  wire [NB_LOG2:0]   in_bytes,     // 1 to DATA_W/8
    input  wire [DATA_W-1:0]  in_data,
    output wire [31:0]        crc,
    output wire               busy
);
    localparam NB = DATA_W / 8;

    reg               valid_q;
    reg [NB_LOG2:0]   bytes_q;
    reg [DATA_W-1:0]  data_q;
    reg [31:0]        crc_q;

    // after the first n bytes of the beat
    function [31:0] add(input [31:0] was, input [DATA_W-1:0] data, input [NB_LOG2:0] n);
        integer k, b;
        begin
            add = was;
            for (k = 0; k < NB; k = k + 1)
                if (k < {{(31-NB_LOG2){1'b0}}, n}) begin
                    add = add ^ {24'd0, data[8*k +: 8]};
                    for (b = 0; b < 8; b = b + 1)
                        add = (add >> 1) ^ (add[0] ? 32'hedb8_8320 : 32'd0);
                end
        end
    endfunction

    assign crc  = crc_q;
    assign busy = valid_q;

    always @(posedge clk) begin
        valid_q <= in_valid && !init;
        if (in_valid) begin
            bytes_q <= in_bytes;
            data_q  <= in_data;
        end
        if (init)
            crc_q <= 32'hffff_ffff;
        else if (valid_q)
            crc_q <= add(crc_q, data_q, bytes_q);
    end
endmodule
`default_nettype wire
