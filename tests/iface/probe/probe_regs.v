// SPDX-License-Identifier: Apache-2.0
//
// Registers through which a test sees and moves the side interface of a block: 000h words that go out, 400h words that
// come in, 800h how often a pulse came, C00h the value that came with the last one. A read's data come one cycle later.
// `wrote` pulses while `out` has the new value for the first time.
`default_nettype none
module probe_regs #(
    parameter NR_OUT = 1,       // 1 to 64
    parameter NR_IN  = 1,
    parameter NR_CNT = 1
) (
    input  wire                 clk,
    input  wire                 rst,

    input  wire                 acc_valid,
    input  wire                 acc_write,
    input  wire [11:0]          acc_addr,
    input  wire [31:0]          acc_wdata,
    output wire [31:0]          acc_rdata,

    output wire [32*NR_OUT-1:0] out,
    output wire [NR_OUT-1:0]    wrote,
    input  wire [32*NR_IN-1:0]  in,
    input  wire [NR_CNT-1:0]    pulse,
    input  wire [32*NR_CNT-1:0] value
);
    reg  [32*NR_OUT-1:0] out_q;
    reg  [NR_OUT-1:0]    wrote_q;
    reg  [32*NR_CNT-1:0] count_q, value_q;
    reg  [31:0]          rdata_q;
    wire [5:0]           word = acc_addr[7:2];

    assign out       = out_q;
    assign wrote     = wrote_q;
    assign acc_rdata = rdata_q;

    // words that are not there read 0
    wire [2047:0] o_all = {{(2048-32*NR_OUT){1'b0}}, out_q};
    wire [2047:0] i_all = {{(2048-32*NR_IN){1'b0}}, in};
    wire [2047:0] c_all = {{(2048-32*NR_CNT){1'b0}}, count_q};
    wire [2047:0] v_all = {{(2048-32*NR_CNT){1'b0}}, value_q};

    integer i;
    always @(posedge clk) begin
        for (i = 0; i < NR_OUT; i = i + 1) begin
            wrote_q[i] <= !rst && acc_valid && acc_write && acc_addr[11:10] == 2'd0 && word == i[5:0];
            if (rst)
                out_q[32*i +: 32] <= 32'd0;
            else if (acc_valid && acc_write && acc_addr[11:10] == 2'd0 && word == i[5:0])
                out_q[32*i +: 32] <= acc_wdata;
        end
        for (i = 0; i < NR_CNT; i = i + 1) begin
            if (rst)
                count_q[32*i +: 32] <= 32'd0;
            else if (pulse[i])
                count_q[32*i +: 32] <= count_q[32*i +: 32] + 32'd1;
            if (pulse[i])
                value_q[32*i +: 32] <= value[32*i +: 32];
        end
        case (acc_addr[11:10])
            2'd0:    rdata_q <= o_all[32*word +: 32];
            2'd1:    rdata_q <= i_all[32*word +: 32];
            2'd2:    rdata_q <= c_all[32*word +: 32];
            default: rdata_q <= v_all[32*word +: 32];
        endcase
    end

    wire unused = &{1'b0, acc_addr};
endmodule
`default_nettype wire
