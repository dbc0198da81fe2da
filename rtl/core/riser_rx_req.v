// SPDX-License-Identifier: Apache-2.0
//
// Judges the header of a received request: what it is, which BAR it hits, at which offset. The
// verdict is in registers one cycle after `en` and stays until the next `en`. No state besides.
// Precedence as in the base specification: malformed, then unsupported, then poisoned.
`default_nettype none
`include "riser_tlp.vh"
module riser_rx_req #(
    // log2 of each BAR's size, 5 bits and a present bit packed: {present, log2} of BAR5..BAR0
    parameter [35:0] BAR_SIZES = 36'h0,
    // this function's number
    parameter [2:0]  FUNCTION  = 3'd0
) (
    input  wire         clk,
    input  wire         en,
    input  wire [127:0] hdr,

    // configuration
    input  wire [383:0] bar_base,   // 64 bits per BAR, 0 above bit 31 of 32-bit ones
    input  wire         mem_en,     // Memory Space Enable and D0
    input  wire [2:0]   mps,

    // verdict
    output wire [2:0]   kind,
    output wire [2:0]   bar,
    output wire [31:0]  offset
);
    reg [2:0]  kind_q;
    reg [2:0]  bar_q;
    reg [31:0] offset_q;

    wire [7:0]  fmt_type = hdr[`TLP_FMT_TYPE_R];
    wire [10:0] len      = {hdr[`TLP_LENGTH_R] == 10'd0, hdr[`TLP_LENGTH_R]};
    wire [3:0]  fbe      = hdr[`TLP_FIRST_BE_R];
    wire [3:0]  lbe      = hdr[`TLP_LAST_BE_R];
    wire [31:2] addr     = hdr[`TLP_FMT_4DW_B] ? hdr[`TLP_ADDR64_LO_R] : hdr[`TLP_ADDR32_R];

    assign kind   = kind_q;
    assign bar    = bar_q;
    assign offset = offset_q;

    wire [5:0]   hit;
    wire [191:0] offsets;

    riser_bar_hit #(.BAR_SIZES(BAR_SIZES)) u_hit (
        .hdr      (hdr),
        .bar_base (bar_base),
        .hit      (hit),
        .offsets  (offsets)
    );

    // byte enable rules of requests with a length
    function be_bad(input [10:0] n, input odd, input [3:0] f, input [3:0] l);
        reg f_ok;
        reg l_ok;
        begin
            f_ok = (f == 4'b1000) || (f == 4'b1100) || (f == 4'b1110) || (f == 4'b1111);
            l_ok = (l == 4'b0001) || (l == 4'b0011) || (l == 4'b0111) || (l == 4'b1111);
            if (n == 11'd1)
                be_bad = l != 4'd0;
            else if (n == 11'd2 && !odd)
                be_bad = (f == 4'd0) || (l == 4'd0);
            else
                be_bad = !f_ok || !l_ok;
        end
    endfunction

    // messages: what the code means here
    function [2:0] msg_kind(input [7:0] code, input has_data, input ep, input [10:0] n);
        begin
            case (code)
                `TLP_MSG_UNLOCK, `TLP_MSG_VENDOR1,
                8'h40, 8'h41, 8'h43, 8'h44, 8'h45, 8'h47, 8'h48:
                    msg_kind = `RX_DROP;
                `TLP_MSG_PME_TURN_OFF:
                    msg_kind = has_data ? `RX_MTLP : `RX_TURN_OFF;
                `TLP_MSG_SLOT_POWER:
                    msg_kind = !(has_data && n == 11'd1) ? `RX_MTLP : ep ? `RX_PTLP : `RX_SLOT_POWER;
                8'h20, 8'h21, 8'h22, 8'h23, 8'h24, 8'h25, 8'h26, 8'h27:
                    msg_kind = `RX_MTLP;
                default:
                    msg_kind = `RX_UR;
            endcase
        end
    endfunction

    wire [12:0] max_payload = 13'd128 << mps;
    wire        mem_bad = be_bad(len, addr[2], fbe, lbe) || ({2'b0, addr[11:2]} + {1'b0, len} > 12'd1024);
    wire        one_bad = (len != 11'd1) || (lbe != 4'd0);
    wire        too_long = hdr[`TLP_FMT_DATA_B] && ({len, 2'b00} > max_payload);
    wire        poisoned = hdr[`TLP_EP_B] && hdr[`TLP_FMT_DATA_B];

    function [2:0] judge(input miss);
        begin
            casez (fmt_type)
                `TLP_MRD32, `TLP_MRD64:
                    judge = mem_bad ? `RX_MTLP : miss ? `RX_UR : `RX_MEM;
                `TLP_MWR32, `TLP_MWR64:
                    judge = mem_bad ? `RX_MTLP : miss ? `RX_UR : poisoned ? `RX_PTLP : `RX_MEM;
                `TLP_MRDLK32, `TLP_MRDLK64:
                    judge = mem_bad ? `RX_MTLP : `RX_UR;
                `TLP_IORD, `TLP_IOWR, `TLP_CFGRD1, `TLP_CFGWR1:
                    judge = one_bad ? `RX_MTLP : `RX_UR;
                `TLP_CFGRD0, `TLP_CFGWR0:
                    judge = one_bad ? `RX_MTLP : (hdr[`TLP_CFG_FN_R] != FUNCTION) ? `RX_UR
                          : poisoned ? `RX_PTLP : `RX_CFG;
                `TLP_FETCHADD32, `TLP_FETCHADD64, `TLP_SWAP32, `TLP_SWAP64:
                    judge = (len == 11'd1 || (len == 11'd2 && !addr[2])) ? `RX_UR : `RX_MTLP;
                `TLP_CAS32, `TLP_CAS64:
                    judge = (len == 11'd2 || (len == 11'd4 && !addr[2])
                             || (len == 11'd8 && addr[3:2] == 2'd0)) ? `RX_UR : `RX_MTLP;
                8'b0011_00??, 8'b0011_010?, 8'b0111_00??, 8'b0111_010?:
                    judge = msg_kind(hdr[`TLP_MSG_CODE_R], hdr[`TLP_FMT_DATA_B], hdr[`TLP_EP_B], len);
                default:
                    judge = `RX_MTLP;
            endcase
            if (too_long || hdr[`TLP_TC_R] != 3'd0)
                judge = `RX_MTLP;
        end
    endfunction

    always @(posedge clk) begin
        if (en) begin
            kind_q <= judge(!mem_en || hit == 6'd0);
            bar_q <= hit[0] ? 3'd0 : hit[1] ? 3'd1 : hit[2] ? 3'd2 : hit[3] ? 3'd3 : hit[4] ? 3'd4 : 3'd5;
            offset_q <= hit[0] ? offsets[31:0] : hit[1] ? offsets[63:32] : hit[2] ? offsets[95:64]
                      : hit[3] ? offsets[127:96] : hit[4] ? offsets[159:128] : offsets[191:160];
        end
    end

    wire unused = &{1'b0, hdr, addr};
endmodule
`default_nettype wire
