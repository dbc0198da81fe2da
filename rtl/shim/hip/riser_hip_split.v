// SPDX-License-Identifier: Apache-2.0
//
// The user's one stream of TLPs becomes three channels, each with its queue: a channel that the host does not take
// holds up no other one until its queue is full. Non-posted requests and completions wait for the posted TLPs
// that came before them. The block writes its own bus and device number into Requester and Completer ID.
// Latency: 1 cycle from the last beat of a TLP. The credit counters count TLPs and data (units of 4 dwords): what came in and what has left.
`default_nettype none
`include "riser_tlp.vh"
module riser_hip_split #(
    parameter DATA_W     = 256,
    // log2 of the beats in a queue
    parameter DEPTH_LOG2 = 7
) (
    input  wire              clk,
    input  wire              rst,
    input  wire [15:0]       bdf,
    input  wire              in_valid,
    output wire              in_ready,
    input  wire              in_sop,
    input  wire              in_eop,
    input  wire              in_err,        // with eop: the TLP is taken back
    input  wire [127:0]      in_hdr,
    input  wire [DATA_W-1:0] in_data,
    output wire              u_p_valid,
    input  wire              u_p_ready,
    output wire              u_p_sop,
    output wire              u_p_eop,
    output wire [127:0]      u_p_hdr,
    output wire [DATA_W-1:0] u_p_data,
    output wire              u_np_valid,
    input  wire              u_np_ready,
    output wire              u_np_sop,
    output wire              u_np_eop,
    output wire [127:0]      u_np_hdr,
    output wire [DATA_W-1:0] u_np_data,
    output wire              u_cpl_valid,
    input  wire              u_cpl_ready,
    output wire              u_cpl_sop,
    output wire              u_cpl_eop,
    output wire [127:0]      u_cpl_hdr,
    output wire [DATA_W-1:0] u_cpl_data,
    // 16 bits each of completions, non-posted, posted
    output wire [47:0]       hdr_in,
    output wire [47:0]       hdr_out,
    output wire [47:0]       data_in,
    output wire [47:0]       data_out,
    output wire              empty
);
    localparam W = DATA_W + 162;

    reg  [1:0]  class_q;
    reg  [31:0] nr_p_in_q, nr_p_out_q;
    wire [4:0]  type_n   = in_hdr[`TLP_TYPE_R];
    wire        is_cpl   = type_n[4:1] == 4'b0101;
    wire        is_p     = type_n[4:3] == 2'b10 || (in_hdr[`TLP_FMT_DATA_B] && type_n == 5'd0);
    wire [1:0]  class_n  = in_sop ? (is_p ? 2'd0 : is_cpl ? 2'd2 : 2'd1) : class_q;
    // 3 bits of function, if the user gave one
    wire [127:0] hdr     = {in_hdr[127:96], bdf[15:3], in_hdr[82:80], in_hdr[79:0]};

    wire [2:0]     want = 3'd1 << class_n;
    wire [2:0]     room, have, go;
    wire [3*W-1:0] head;
    wire [3*(DEPTH_LOG2+1)-1:0] counts;
    wire [31:0]    np_lag  = nr_p_out_q - head[W + DATA_W + 130 +: 32];
    wire [31:0]    cpl_lag = nr_p_out_q - head[2*W + DATA_W + 130 +: 32];

    assign in_ready = (want & room) != 3'd0;
    assign {u_p_sop, u_p_eop, u_p_hdr, u_p_data}         = head[0 +: DATA_W + 130];
    assign {u_np_sop, u_np_eop, u_np_hdr, u_np_data}     = head[W +: DATA_W + 130];
    assign {u_cpl_sop, u_cpl_eop, u_cpl_hdr, u_cpl_data} = head[2*W +: DATA_W + 130];
    assign u_p_valid   = have[0];
    assign u_np_valid  = have[1] && !np_lag[31];
    assign u_cpl_valid = have[2] && !cpl_lag[31];
    assign go          = {u_cpl_ready && !cpl_lag[31], u_np_ready && !np_lag[31], u_p_ready};
    assign empty       = have == 3'd0;

    function [15:0] data_credits(input has_data, input [9:0] length);
        data_credits = !has_data ? 16'd0 : (length == 10'd0) ? 16'd256
                     : {8'd0, length[9:2]} + {15'd0, length[1:0] != 2'd0};
    endfunction

    // of the TLP that comes in
    reg  [15:0] cost_q;
    wire [15:0] cost = in_sop ? data_credits(in_hdr[`TLP_FMT_DATA_B], in_hdr[`TLP_LENGTH_R]) : cost_q;

    genvar i;
    generate
        for (i = 0; i < 3; i = i + 1) begin : g_class
            reg [15:0] hi_q, ho_q, di_q, do_q;
            wire       in_whole  = in_valid && room[i] && want[i] && in_eop && !in_err;
            wire       out_first = have[i] && go[i] && head[W*i + DATA_W + 129];
            wire [127:0] head_hdr = head[W*i + DATA_W +: 128];
            wire       unused_hdr = &{1'b0, head_hdr};
            assign hdr_in[16*i +: 16]   = hi_q;
            assign hdr_out[16*i +: 16]  = ho_q;
            assign data_in[16*i +: 16]  = di_q;
            assign data_out[16*i +: 16] = do_q;
            riser_hip_fifo #(.W(W), .DEPTH_LOG2(DEPTH_LOG2)) u_fifo (
                .clk       (clk),
                .rst       (rst),
                .in_valid  (in_valid && want[i]),
                .in_ready  (room[i]),
                .in_data   ({nr_p_in_q, in_sop, in_eop, hdr, in_data}),
                .in_last   (in_eop),
                .in_drop   (in_err),
                .out_valid (have[i]),
                .out_ready (go[i]),
                .out_data  (head[W*i +: W]),
                .count     (counts[(DEPTH_LOG2+1)*i +: DEPTH_LOG2+1])
            );
            always @(posedge clk) begin
                if (rst) begin
                    {hi_q, ho_q, di_q, do_q} <= 64'd0;
                end else begin
                    hi_q <= hi_q + {15'd0, in_whole};
                    ho_q <= ho_q + {15'd0, out_first};
                    di_q <= di_q + (in_whole ? cost : 16'd0);
                    do_q <= do_q + data_credits(out_first && head_hdr[`TLP_FMT_DATA_B], head_hdr[`TLP_LENGTH_R]);
                end
            end
        end
    endgenerate

    always @(posedge clk) begin
        if (in_valid && in_ready)
            {class_q, cost_q} <= {class_n, cost};
        if (rst) begin
            nr_p_in_q  <= 32'd0;
            nr_p_out_q <= 32'd0;
        end else begin
            nr_p_in_q  <= nr_p_in_q + {31'd0, in_valid && in_ready && in_eop && !in_err && class_n == 2'd0};
            nr_p_out_q <= nr_p_out_q + {31'd0, have[0] && go[0] && u_p_eop};
        end
    end

    wire unused = &{1'b0, np_lag[30:0], cpl_lag[30:0], head[DATA_W + 130 +: 32], counts, bdf[2:0], in_hdr[95:83]};
endmodule
`default_nettype wire
