// SPDX-License-Identifier: Apache-2.0
//
// The Identify data structures, one dword at a time: controller, namespace, active namespace list
// (ns_list_empty: no id left above the one that was asked for), namespace descriptors. Combinational.
`include "nvme_defs.vh"
`default_nettype none
module nvme_identify #(
    parameter [15:0] VENDOR_ID     = 16'hF1AC,
    parameter [15:0] SUBSYS_VENDOR_ID = 16'hF1AC,
    parameter [63:0] FIRMWARE      = "1.0     ",
    parameter        LBA_W         = 18,
    parameter        NR_ERROR_LOG  = 4
) (
    input  wire [2:0]  kind,
    input  wire [9:0]  idx,             // dword of the structure
    input  wire        ns_list_empty,
    input  wire [31:0] instance_id,     // tells cards with the same RTL apart
    output reg  [31:0] dw
);
    localparam [319:0] MODEL  = "riser NVMe controller in Verilog        ";
    localparam [255:0] NQN    = "nqn.2014-08.org.nvmexpress:uuid:";
    // of a UUID the last 4 bytes are the instance
    localparam [223:0] NQN_ID = "6f2b7d1e-53c4-4a8e-9b0a-7269";
    localparam [95:0]  NS_UUID = 96'h6f2b7d1e_53c4_4a8f_9b0a_7269;
    localparam [7:0]   ELPE   = NR_ERROR_LOG - 1;
    localparam [31:0]  BLOCKS = 32'd1 << LBA_W;

    // 4 characters that begin at character n of a string, as a dword
    function [31:0] swap(input [31:0] text);
        swap = {text[7:0], text[15:8], text[23:16], text[31:24]};
    endfunction

    function [7:0] hex(input [3:0] digit);
        hex = digit < 4'd10 ? 8'h30 + {4'd0, digit} : 8'h57 + {4'd0, digit};
    endfunction

    wire [63:0] id_text = {hex(instance_id[31:28]), hex(instance_id[27:24]),
                           hex(instance_id[23:20]), hex(instance_id[19:16]),
                           hex(instance_id[15:12]), hex(instance_id[11:8]),
                           hex(instance_id[7:4]), hex(instance_id[3:0])};
    wire [159:0] serial = {"RISER", id_text, "       "};
    wire [543:0] nqn    = {NQN, NQN_ID, id_text};
    wire [127:0] uuid   = {NS_UUID, instance_id};

    // index of a dword in a string of that many dwords, counted from its end
    wire [9:0] serial_at = 10'd5 - idx;
    wire [9:0] model_at  = 10'd15 - idx;
    wire [9:0] nqn_at    = 10'd208 - idx;
    wire [9:0] uuid_at   = 10'd4 - idx;

    reg [31:0] ctrl;
    always @* begin
        ctrl = 32'd0;
        if (idx >= 10'd1 && idx <= 10'd5)
            ctrl = swap(serial[{serial_at[2:0], 5'd0} +: 32]);
        else if (idx >= 10'd6 && idx <= 10'd15)
            ctrl = swap(MODEL[{model_at[3:0], 5'd0} +: 32]);
        else if (idx >= 10'd192 && idx <= 10'd208)
            ctrl = swap(nqn[{nqn_at[4:0], 5'd0} +: 32]);
        else
            case (idx)
                10'd0:   ctrl = {SUBSYS_VENDOR_ID, VENDOR_ID};
                10'd16:  ctrl = swap(FIRMWARE[63:32]);
                10'd17:  ctrl = swap(FIRMWARE[31:0]);
                10'd19:  ctrl = {16'd0, 8'd5, 8'd0};            // CNTLID, MDTS 128 KiB, CMIC
                10'd20:  ctrl = 32'h0001_0400;                  // VER
                10'd21:  ctrl = 32'd1_000_000;                  // RTD3R, us
                10'd22:  ctrl = 32'd1_000_000;                  // RTD3E, us
                10'd27:  ctrl = {8'd1, 24'd0};                  // CNTRLTYPE: I/O controller
                10'd64:  ctrl = {8'd3, 8'd3, 16'h0000};         // AERL, ACL, OACS
                10'd65:  ctrl = {8'd0, ELPE, 8'h04, 8'h03};     // NPSS, ELPE, LPA, FRMW
                10'd66:  ctrl = {16'd343, 16'h0000};            // WCTEMP
                10'd67:  ctrl = {16'd0, 16'd353};               // CCTEMP
                10'd128: ctrl = {16'd0, 8'h44, 8'h66};          // CQES, SQES
                10'd129: ctrl = 32'd1;                          // NN
                10'd130: ctrl = 32'h0000_000C;                  // ONCS: Write Zeroes, DSM
                10'd131: ctrl = {16'd0, 8'h07, 8'h00};          // VWC: with flush of all
                10'd512: ctrl = {16'd0, 16'd2500};              // PSD0.MP: 25 W
                default: ctrl = 32'd0;
            endcase
    end

    reg [31:0] ns;
    always @* begin
        case (idx)
            10'd0, 10'd2, 10'd4: ns = BLOCKS;                   // NSZE, NCAP, NUSE
            10'd8:   ns = {16'd0, 8'h01, 8'd0};                 // DLFEAT: zeroes
            10'd12:  ns = BLOCKS << 9;                          // NVMCAP
            10'd13:  ns = BLOCKS >> 23;
            10'd32:  ns = {8'd0, 8'd9, 16'd0};                  // LBAF0: 512 bytes
            default: ns = 32'd0;
        endcase
    end

    always @* begin
        case (kind)
            `NVME_DATA_ID_CTRL: dw = ctrl;
            `NVME_DATA_ID_NS:   dw = ns;
            `NVME_DATA_NS_LIST: dw = {31'd0, idx == 10'd0 && !ns_list_empty};
            `NVME_DATA_NS_DESC:
                if (idx == 10'd0)
                    dw = {16'd0, 8'd16, 8'd3};                  // a UUID
                else if (idx <= 10'd4)
                    dw = swap(uuid[{uuid_at[1:0], 5'd0} +: 32]);
                else
                    dw = 32'd0;
            default:            dw = 32'd0;
        endcase
    end

    wire unused = &{1'b0, serial_at[9:3], model_at[9:4], nqn_at[9:5], uuid_at[9:2]};
endmodule
`default_nettype wire
