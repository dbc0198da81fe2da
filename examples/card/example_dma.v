// SPDX-License-Identifier: Apache-2.0
//
// The example card's DMA engine: copies len bytes between host memory and the card's memory, at any byte
// address on both sides, on the DMA ports of docs/core-port.md. One transfer at a time, one beat per cycle.
// A transfer that is empty or leaves the memory ends at once with error.
`default_nettype none
module example_dma #(
    parameter DATA_W = 256
) (
    input  wire              clk,
    input  wire              rst,

    input  wire              start,         // pulse, while busy is 0
    input  wire              to_host,
    input  wire [63:0]       host_addr,
    input  wire [31:0]       len,           // bytes
    input  wire [31:0]       offset,        // of the first byte in the card's memory
    output wire              busy,
    output wire              done,          // pulse: data has arrived, or is on its way before anything that follows
    output wire              error,         // with done

    // DMA ports of the core port
    output wire              dmar_req_valid,
    input  wire              dmar_req_ready,
    output wire [63:0]       dmar_req_addr,
    output wire [17:0]       dmar_req_len,
    input  wire              dmar_valid,
    output wire              dmar_ready,
    input  wire              dmar_last,
    input  wire [DATA_W-1:0] dmar_data,
    input  wire [1:0]        dmar_status,
    output wire              dmaw_req_valid,
    input  wire              dmaw_req_ready,
    output wire [63:0]       dmaw_req_addr,
    output wire [17:0]       dmaw_req_len,
    output wire              dmaw_valid,
    input  wire              dmaw_ready,
    output wire [DATA_W-1:0] dmaw_data,
    input  wire              dmaw_done_valid,
    input  wire [1:0]        dmaw_done_status
);
    localparam NB      = DATA_W / 8;
    localparam NB_LOG2 = (NB == 64) ? 6 : (NB == 32) ? 5 : (NB == 16) ? 4 : 3;
    localparam ROW_W   = 21 - NB_LOG2;
    localparam [20:0] NB_21 = NB[20:0];
    localparam [20:0] MEM_BYTES = 21'h100040;
    localparam [20:0] CHUNK = 21'h10000;    // bytes of a request

    reg               busy_q, to_host_q, done_q, error_q;
    reg [63:0]        addr_q;       // of the next request
    reg [20:0]        ask_q;        // bytes not asked for
    reg [4:0]         owed_q;       // requests without an end
    reg [NB_LOG2-1:0] turn_q;       // place of the first byte in a row
    reg [NB_LOG2-1:0] end_q;        // place behind the last one
    reg [ROW_W-1:0]   row_q, row_last_q;
    reg               first_q, rows_over_q;

    wire [21:0] reach = {1'b0, offset[20:0]} + {1'b0, len[20:0]};
    wire        bad   = len == 32'd0 || len[31:21] != 11'd0 || offset[31:21] != 11'd0 || reach > {1'b0, MEM_BYTES};
    wire [20:0] stop  = reach[20:0] - 21'd1;
    wire        go    = start && !busy_q && !bad;

    assign busy  = busy_q;
    assign done  = done_q;
    assign error = error_q;

    // ---- requests -----------------------------------------------------------------------------------

    wire        ask_valid = busy_q && ask_q != 21'd0 && owed_q != 5'd31;
    wire        ask_ready = to_host_q ? dmaw_req_ready : dmar_req_ready;
    wire        ask       = ask_valid && ask_ready;
    wire [20:0] ask_len   = (ask_q > CHUNK) ? CHUNK : ask_q;
    wire        end_one   = to_host_q ? dmaw_done_valid : (dmar_valid && dmar_ready && dmar_last);
    wire [1:0]  end_status = to_host_q ? dmaw_done_status : dmar_status;

    assign dmar_req_valid = ask_valid && !to_host_q;
    assign dmar_req_addr  = addr_q;
    assign dmar_req_len   = ask_len[17:0];
    assign dmaw_req_valid = ask_valid && to_host_q;
    assign dmaw_req_addr  = addr_q;
    assign dmaw_req_len   = ask_len[17:0];

    // ---- rows ---------------------------------------------------------------------------------------

    wire              wr_go, rd_go;
    wire [DATA_W-1:0] rd_row_data;
    wire              row_last = row_q == row_last_q;
    reg  [NB-1:0]     be;
    integer           b;

    // bytes of this row that belong to the transfer
    always @* begin
        for (b = 0; b < NB; b = b + 1)
            be[b] = !(first_q && b[NB_LOG2-1:0] < turn_q) && !(row_last && end_q != 0 && b[NB_LOG2-1:0] >= end_q);
    end

    function [DATA_W-1:0] turn_up(input [2*DATA_W-1:0] twice, input [NB_LOG2-1:0] n);
        turn_up = twice[{({1'b1, {NB_LOG2{1'b0}}} - {1'b0, n}), 3'd0} +: DATA_W];
    endfunction

    function [DATA_W-1:0] turn_down(input [2*DATA_W-1:0] twice, input [NB_LOG2-1:0] n);
        turn_down = twice[{1'b0, n, 3'd0} +: DATA_W];
    endfunction

    // below: where the bytes of a come first in the row
    function [DATA_W-1:0] mix(input [DATA_W-1:0] a, input [DATA_W-1:0] c, input [NB_LOG2:0] below);
        reg [DATA_W-1:0] ones;
        begin
            ones = ~({DATA_W{1'b1}} << {below, 3'd0});
            mix = (a & ones) | (c & ~ones);
        end
    endfunction

    // host to card: the last row may come from the carry alone
    reg [DATA_W-1:0]  carry_q;
    reg [20:0]        left_q;       // bytes of the stream that have not come
    wire              in_over  = left_q == 21'd0;
    wire [DATA_W-1:0] up       = turn_up({dmar_data, dmar_data}, turn_q);
    wire [DATA_W-1:0] wr_data  = mix(carry_q, up, {1'b0, turn_q});
    assign wr_go      = busy_q && !to_host_q && !rows_over_q && (in_over || dmar_valid);
    assign dmar_ready = busy_q && !to_host_q && !in_over;

    // card to host
    reg               got_q, got_first_q, got_last_q, rest_q;
    wire [DATA_W-1:0] down = turn_down({rd_row_data, rd_row_data}, turn_q);
    wire [NB_LOG2:0]  keep = {1'b1, {NB_LOG2{1'b0}}} - {1'b0, turn_q};
    wire              out_ready, out_almost, out_empty;
    wire              beat = got_q && !(got_first_q && turn_q != 0);
    // the stream has one more beat than rows behind the first one
    wire              more = got_q && got_last_q && turn_q != 0 && left_q > (beat ? NB_21 : 21'd0);
    wire [DATA_W-1:0] out_data = rest_q ? carry_q : (turn_q == 0) ? down : mix(carry_q, down, keep);
    assign rd_go = busy_q && to_host_q && !rows_over_q && !out_almost;

    riser_fifo #(.W(DATA_W), .DEPTH_LOG2(3)) u_out (
        .clk         (clk),
        .rst         (rst),
        .in_valid    (beat || rest_q),
        .in_ready    (out_ready),
        .in_data     (out_data),
        .almost_full (out_almost),
        .out_valid   (dmaw_valid),
        .out_ready   (dmaw_ready),
        .out_data    (dmaw_data),
        .empty       (out_empty)
    );

    example_mem #(.DATA_W(DATA_W), .ROW_W(ROW_W)) u_mem (
        .clk     (clk),
        .wr_en   (wr_go),
        .wr_row  (row_q),
        .wr_data (wr_data),
        .wr_be   (be),
        .rd_en   (rd_go),
        .rd_row  (row_q),
        .rd_data (rd_row_data)
    );

    wire moved = (wr_go && !in_over) || beat || rest_q;
    wire all_in = to_host_q || rows_over_q;

    always @(posedge clk) begin
        done_q <= 1'b0;
        if (rst) begin
            busy_q      <= 1'b0;
            got_q       <= 1'b0;
            rest_q      <= 1'b0;
            owed_q      <= 5'd0;
            ask_q       <= 21'd0;
        end else begin
            if (start && !busy_q) begin
                busy_q      <= !bad;
                done_q      <= bad;
                error_q     <= bad;
            end
            if (go) begin
                to_host_q   <= to_host;
                addr_q      <= host_addr;
                ask_q       <= len[20:0];
                left_q      <= len[20:0];
                turn_q      <= offset[NB_LOG2-1:0];
                end_q       <= reach[NB_LOG2-1:0];
                row_q       <= offset[20:NB_LOG2];
                row_last_q  <= stop[20:NB_LOG2];
                first_q     <= 1'b1;
                rows_over_q <= 1'b0;
            end
            if (ask) begin
                addr_q <= addr_q + {43'd0, ask_len};
                ask_q  <= ask_q - ask_len;
            end
            if (busy_q) begin
                owed_q <= owed_q + {4'd0, ask} - {4'd0, end_one};
                if (end_one && end_status != 2'd0)
                    error_q <= 1'b1;
                if (ask_q == 21'd0 && owed_q == 5'd0 && all_in) begin
                    busy_q <= 1'b0;
                    done_q <= 1'b1;
                end
            end
            if (wr_go || rd_go) begin
                row_q       <= row_q + 1;
                first_q     <= 1'b0;
                rows_over_q <= row_last;
            end
            got_q       <= rd_go;
            got_first_q <= first_q;
            got_last_q  <= row_last;
            rest_q      <= more;
            if (moved)
                left_q <= (left_q > NB_21) ? left_q - NB_21 : 21'd0;
            if (wr_go)
                carry_q <= up;
            else if (got_q)
                carry_q <= down;
        end
    end

    wire unused = &{1'b0, out_ready, out_empty, stop[NB_LOG2-1:0]};
endmodule
`default_nettype wire
