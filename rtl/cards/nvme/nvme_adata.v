// SPDX-License-Identifier: Apache-2.0
//
// Makes the data of Identify and Get Log Page: dwords from nvme_identify and nvme_log, one per cycle,
// packed into words for the reader. What is beyond a structure's end is zero.
`include "nvme_defs.vh"
`default_nettype none
module nvme_adata #(
    parameter DATA_W = 256
) (
    input  wire              clk,
    input  wire              rst,

    // dwords first to first + count - 1 of a structure
    input  wire              start,
    input  wire [2:0]        start_kind,
    input  wire [9:0]        start_first,
    input  wire [15:0]       start_count,       // 1 to 32768
    input  wire              start_ns_list_empty,
    output wire              busy,

    // the structures
    output wire [2:0]        kind,
    output wire [9:0]        idx,
    output wire              ns_list_empty,
    input  wire [31:0]       identify_dw,
    input  wire [31:0]       log_dw,

    output wire              dat_valid,
    input  wire              dat_ready,
    output wire              dat_last,
    output wire [DATA_W-1:0] dat_data
);
    localparam PER_WORD = DATA_W / 32;
    localparam POS_W    = $clog2(PER_WORD);

    reg              run_q;
    reg [2:0]        kind_q;
    reg [9:0]        idx_q;
    reg              empty_q;
    reg              beyond_q;
    reg [15:0]       left_q;
    reg [POS_W-1:0]  pos_q;
    reg [DATA_W-1:0] word_q;
    reg              full_q;
    reg              last_q;

    wire is_log  = kind_q == `NVME_DATA_LOG_ERROR || kind_q == `NVME_DATA_LOG_SMART ||
                   kind_q == `NVME_DATA_LOG_FW;
    wire [31:0] dw = beyond_q ? 32'd0 : !is_log ? identify_dw :
                     idx_q[9:7] == 3'd0 ? log_dw : 32'd0;
    wire put     = run_q && !full_q;

    assign busy      = run_q || full_q;
    assign kind      = kind_q;
    assign idx       = idx_q;
    assign ns_list_empty = empty_q;
    assign dat_valid = full_q;
    assign dat_last  = last_q;
    assign dat_data  = word_q;

    always @(posedge clk) begin
        if (rst) begin
            run_q  <= 1'b0;
            full_q <= 1'b0;
        end else begin
            if (start)
                run_q <= 1'b1;
            else if (put && left_q == 16'd1)
                run_q <= 1'b0;
            if (put)
                full_q <= &pos_q || left_q == 16'd1;
            else if (dat_ready)
                full_q <= 1'b0;
        end
        if (start) begin
            kind_q   <= start_kind;
            idx_q    <= start_first;
            empty_q  <= start_ns_list_empty;
            beyond_q <= 1'b0;
            left_q   <= start_count;
            pos_q    <= {POS_W{1'b0}};
        end else if (put) begin
            idx_q    <= idx_q + 10'd1;
            beyond_q <= beyond_q || &idx_q;
            left_q   <= left_q - 16'd1;
            last_q   <= left_q == 16'd1;
            pos_q    <= pos_q + 1'b1;
            word_q[{pos_q, 5'd0} +: 32] <= dw;
        end
    end
endmodule
`default_nettype wire
