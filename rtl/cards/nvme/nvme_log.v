// SPDX-License-Identifier: Apache-2.0
//
// What the log pages are made of: the counters of the SMART log, the last errors, the firmware slot.
// Counters and errors survive controller resets and go at power-on reset only. A page's dwords are read
// one at a time, combinational.
`include "nvme_defs.vh"
`default_nettype none
module nvme_log #(
    parameter [63:0] FIRMWARE     = "1.0     ",
    parameter        NR_ERROR_LOG = 4           // a power of two
) (
    input  wire        clk,
    input  wire        power_rst,

    // commands that ended well: blocks, minus 1
    input  wire        read_valid,
    input  wire [7:0]  read_nlb,
    input  wire        write_valid,
    input  wire [7:0]  write_nlb,

    // errors: of a command, and of a doorbell write
    input  wire        err_valid,
    input  wire [15:0] err_sqid,
    input  wire [15:0] err_cid,
    input  wire [11:0] err_status,
    input  wire [31:0] err_lba,
    input  wire [31:0] err_nsid,
    input  wire        err_doorbell,

    // temperature
    input  wire [15:0] temp_over,
    input  wire [15:0] temp_under,
    output wire        temp_critical,

    input  wire [2:0]  kind,
    input  wire [6:0]  idx,             // dword of the page
    output reg  [31:0] dw
);
    localparam [15:0] TEMPERATURE = 16'd300;    // kelvin
    localparam        PTR_W = $clog2(NR_ERROR_LOG);
    localparam [2:0]  NR    = NR_ERROR_LOG;

    // blocks, counted in thousands
    reg [31:0] units_read_q;
    reg [31:0] units_written_q;
    reg [10:0] read_rest_q;
    reg [10:0] write_rest_q;
    reg [31:0] reads_q;
    reg [31:0] writes_q;

    always @(posedge clk) begin
        if (power_rst) begin
            units_read_q    <= 32'd0;
            units_written_q <= 32'd0;
            read_rest_q     <= 11'd0;
            write_rest_q    <= 11'd0;
            reads_q         <= 32'd0;
            writes_q        <= 32'd0;
        end else begin
            if (read_valid) begin
                reads_q     <= reads_q + 32'd1;
                read_rest_q <= read_rest_q + {3'd0, read_nlb} + 11'd1;
            end else if (read_rest_q >= 11'd1000) begin
                read_rest_q  <= read_rest_q - 11'd1000;
                units_read_q <= units_read_q + 32'd1;
            end
            if (write_valid) begin
                writes_q     <= writes_q + 32'd1;
                write_rest_q <= write_rest_q + {3'd0, write_nlb} + 11'd1;
            end else if (write_rest_q >= 11'd1000) begin
                write_rest_q    <= write_rest_q - 11'd1000;
                units_written_q <= units_written_q + 32'd1;
            end
        end
    end

    // the last errors; a doorbell's waits when a command's comes in the same cycle
    reg [31:0]      count_q;
    reg [PTR_W-1:0] next_q;
    reg             doorbell_q;
    reg [31:0]      e_count_q [0:NR_ERROR_LOG-1];
    reg [31:0]      e_ids_q [0:NR_ERROR_LOG-1];
    reg [31:0]      e_status_q [0:NR_ERROR_LOG-1];
    reg [31:0]      e_lba_q [0:NR_ERROR_LOG-1];
    reg [31:0]      e_nsid_q [0:NR_ERROR_LOG-1];

    wire put_doorbell = !err_valid && doorbell_q;

    always @(posedge clk) begin
        if (power_rst) begin
            count_q    <= 32'd0;
            next_q     <= {PTR_W{1'b0}};
            doorbell_q <= 1'b0;
        end else begin
            if (err_doorbell)
                doorbell_q <= 1'b1;
            else if (put_doorbell)
                doorbell_q <= 1'b0;
            if (err_valid || put_doorbell) begin
                count_q <= count_q + 32'd1;
                next_q  <= next_q + 1'b1;
            end
        end
        if (err_valid || put_doorbell) begin
            e_count_q[next_q]  <= count_q + 32'd1;
            e_ids_q[next_q]    <= err_valid ? {err_cid, err_sqid} : 32'hFFFF_FFFF;
            e_status_q[next_q] <= err_valid ? {16'hFFFF, err_status[11], 1'b1, 2'd0,
                                               err_status[10:0], 1'b0} : 32'hFFFF_0000;
            e_lba_q[next_q]    <= err_valid ? err_lba : 32'd0;
            e_nsid_q[next_q]   <= err_valid ? err_nsid : 32'd0;
        end
    end

    assign temp_critical = TEMPERATURE >= temp_over || TEMPERATURE <= temp_under;

    // newest first; entries that were never written are zero
    wire [2:0]       e_num = idx[6:4];
    wire [PTR_W-1:0] e_idx = next_q - 1'b1 - e_num[PTR_W-1:0];
    wire             e_set = e_num < NR && {29'd0, e_num} < count_q;
    wire [31:0]      e_count  = e_count_q[e_idx];
    wire [31:0]      e_ids    = e_ids_q[e_idx];
    wire [31:0]      e_status = e_status_q[e_idx];
    wire [31:0]      e_lba    = e_lba_q[e_idx];
    wire [31:0]      e_nsid   = e_nsid_q[e_idx];

    reg [31:0] error_dw;
    always @* begin
        error_dw = 32'd0;
        if (e_set)
            case (idx[3:0])
                4'd0:    error_dw = e_count;
                4'd2:    error_dw = e_ids;
                4'd3:    error_dw = e_status;
                4'd4:    error_dw = e_lba;
                4'd6:    error_dw = e_nsid;
                default: error_dw = 32'd0;
            endcase
    end

    reg [31:0] smart_dw;
    always @* begin
        case (idx)
            7'd0:    smart_dw = {8'd100, TEMPERATURE, 6'd0, temp_critical, 1'b0};
            7'd1:    smart_dw = 32'd10;                 // spare threshold, %
            7'd8:    smart_dw = units_read_q + {31'd0, read_rest_q != 11'd0};
            7'd12:   smart_dw = units_written_q + {31'd0, write_rest_q != 11'd0};
            7'd16:   smart_dw = reads_q;
            7'd20:   smart_dw = writes_q;
            7'd28:   smart_dw = 32'd1;                  // power cycles
            7'd44:   smart_dw = count_q;
            default: smart_dw = 32'd0;
        endcase
    end

    wire [31:0] fr_low  = {FIRMWARE[39:32], FIRMWARE[47:40], FIRMWARE[55:48], FIRMWARE[63:56]};
    wire [31:0] fr_high = {FIRMWARE[7:0], FIRMWARE[15:8], FIRMWARE[23:16], FIRMWARE[31:24]};

    always @* begin
        case (kind)
            `NVME_DATA_LOG_ERROR: dw = error_dw;
            `NVME_DATA_LOG_SMART: dw = smart_dw;
            `NVME_DATA_LOG_FW:
                dw = idx == 7'd0 ? 32'd1 : idx == 7'd2 ? fr_low : idx == 7'd3 ? fr_high : 32'd0;
            default:              dw = 32'd0;
        endcase
    end
endmodule
`default_nettype wire
