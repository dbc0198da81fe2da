// SPDX-License-Identifier: Apache-2.0
//
// The three channels from the host as one stream of whole TLPs: posted, then non-posted, then completions. A posted
// TLP that came before another TLP is never behind it. No latency, no state but whose turn it is.
`default_nettype none
module riser_hip_merge #(
    parameter DATA_W = 256
) (
    input  wire              clk,
    input  wire              rst,
    input  wire              p_valid,
    output wire              p_ready,
    input  wire              p_sop,
    input  wire              p_eop,
    input  wire [127:0]      p_hdr,
    input  wire [DATA_W-1:0] p_data,
    input  wire [2:0]        p_bar,
    input  wire              np_valid,
    output wire              np_ready,
    input  wire              np_sop,
    input  wire              np_eop,
    input  wire [127:0]      np_hdr,
    input  wire [DATA_W-1:0] np_data,
    input  wire [2:0]        np_bar,
    input  wire              cpl_valid,
    output wire              cpl_ready,
    input  wire              cpl_sop,
    input  wire              cpl_eop,
    input  wire [127:0]      cpl_hdr,
    input  wire [DATA_W-1:0] cpl_data,
    output wire              out_valid,
    input  wire              out_ready,
    output wire              out_sop,
    output wire              out_eop,
    output wire [127:0]      out_hdr,
    output wire [DATA_W-1:0] out_data,
    output wire [2:0]        out_bar
);
    reg       mid_q;
    reg [1:0] turn_q;
    wire [1:0] turn = mid_q ? turn_q : p_valid ? 2'd0 : np_valid ? 2'd1 : 2'd2;

    assign p_ready   = out_ready && turn == 2'd0;
    assign np_ready  = out_ready && turn == 2'd1;
    assign cpl_ready = out_ready && turn == 2'd2;
    assign {out_valid, out_sop, out_eop, out_hdr, out_data, out_bar} =
        (turn == 2'd0) ? {p_valid, p_sop, p_eop, p_hdr, p_data, p_bar}
      : (turn == 2'd1) ? {np_valid, np_sop, np_eop, np_hdr, np_data, np_bar}
      : {cpl_valid, cpl_sop, cpl_eop, cpl_hdr, cpl_data, 3'd0};

    always @(posedge clk) begin
        turn_q <= turn;
        if (rst)
            mid_q <= 1'b0;
        else if (out_valid && out_ready)
            mid_q <= !out_eop;
    end
endmodule
`default_nettype wire
