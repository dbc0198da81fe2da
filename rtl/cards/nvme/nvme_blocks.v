// SPDX-License-Identifier: Apache-2.0
//
// Blocks on their way into the backing store: dwords of a block come in order and are kept until the
// block is whole; only whole blocks go on, so that one which ends early changes nothing. Four blocks of
// room: one leaves while the next come, at one word per cycle.
// Back-pressure: in_ready, from registers, is 0 while all four are whole.
`default_nettype none
module nvme_blocks #(
    parameter DATA_W = 256,
    parameter MEM_AW = 22,
    parameter LBA_W  = 18
) (
    input  wire                     clk,
    input  wire                     rst,

    // dwords of a word; the first of a block begins it anew
    input  wire                     in_valid,
    output wire                     in_ready,
    input  wire [MEM_AW-1:0]        in_addr,
    input  wire [DATA_W-1:0]        in_data,
    input  wire [DATA_W/8-1:0]      in_strb,
    output wire                     in_whole,   // this dword makes a block whole

    // the oldest whole block; out_word of it is at out_data in the same cycle
    output wire                     out_valid,
    output wire [LBA_W-1:0]         out_lba,
    input  wire [MEM_AW-LBA_W-1:0]  out_word,
    output wire [DATA_W-1:0]        out_data,
    input  wire                     out_done,

    output wire [2:0]               nr          // whole blocks here
);
    localparam DW_PER_WORD = DATA_W / 32;
    localparam WPB_LOG2    = MEM_AW - LBA_W;

    // free-running, of blocks; known before the first reset: the store must not see a write then
    reg [2:0]        in_q, out_q;
    initial begin
        in_q  = 3'd0;
        out_q = 3'd0;
    end
    reg [LBA_W-1:0]  lba_q [0:3];
    reg [DATA_W-1:0] word_q [0:(4<<WPB_LOG2)-1];

    wire                  in_fire = in_valid && in_ready;
    wire [WPB_LOG2+1:0]   in_at   = {in_q[1:0], in_addr[WPB_LOG2-1:0]};

    assign nr        = in_q - out_q;
    assign in_ready  = nr != 3'd4;
    assign in_whole  = in_fire && (&in_addr[WPB_LOG2-1:0]) && in_strb[DATA_W/8-1];
    assign out_valid = nr != 3'd0;
    assign out_lba   = lba_q[out_q[1:0]];
    assign out_data  = word_q[{out_q[1:0], out_word}];

    always @(posedge clk) begin
        if (rst) begin
            in_q  <= 3'd0;
            out_q <= 3'd0;
        end else begin
            in_q  <= in_q + {2'd0, in_whole};
            out_q <= out_q + {2'd0, out_done};
        end
    end

    integer i;
    always @(posedge clk) begin
        if (in_fire) begin
            lba_q[in_q[1:0]] <= in_addr[MEM_AW-1:WPB_LOG2];
            for (i = 0; i < DW_PER_WORD; i = i + 1)
                if (in_strb[4*i])
                    word_q[in_at][32*i +: 32] <= in_data[32*i +: 32];
        end
    end

    wire unused = &{1'b0, in_strb};
endmodule
`default_nettype wire
