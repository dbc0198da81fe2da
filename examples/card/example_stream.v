// SPDX-License-Identifier: Apache-2.0
//
// The example card's six channels for interfaces with one stream in each direction: parts what comes by its type, and
// brings what goes into one line, whole TLPs, posted ones first, then completions, then reads. No latency.
`default_nettype none
`include "riser_tlp.vh"
module example_stream #(
    parameter DATA_W = 256
) (
    input  wire              clk,
    input  wire              rst,
    // credits are there for another TLP of the class
    input  wire              may_p,
    input  wire              may_np,

    input  wire              in_valid,
    output wire              in_ready,
    input  wire              in_sop,
    input  wire [127:0]      in_hdr,
    output wire              q_p_valid,
    input  wire              q_p_ready,
    output wire              q_np_valid,
    input  wire              q_np_ready,
    output wire              q_cpl_valid,
    input  wire              q_cpl_ready,

    input  wire              u_p_valid,
    output wire              u_p_ready,
    input  wire              u_p_sop,
    input  wire              u_p_eop,
    input  wire [127:0]      u_p_hdr,
    input  wire [DATA_W-1:0] u_p_data,
    input  wire              u_np_valid,
    output wire              u_np_ready,
    input  wire              u_np_sop,
    input  wire              u_np_eop,
    input  wire [127:0]      u_np_hdr,
    input  wire [DATA_W-1:0] u_np_data,
    input  wire              u_cpl_valid,
    output wire              u_cpl_ready,
    input  wire              u_cpl_sop,
    input  wire              u_cpl_eop,
    input  wire [127:0]      u_cpl_hdr,
    input  wire [DATA_W-1:0] u_cpl_data,
    output wire              out_valid,
    input  wire              out_ready,
    output wire              out_sop,
    output wire              out_eop,
    output wire [127:0]      out_hdr,
    output wire [DATA_W-1:0] out_data
);
    // ---- in ------------------------------------------------------------------------------------------

    reg  [1:0] class_q;
    wire [4:0] type_n  = in_hdr[`TLP_TYPE_R];
    wire [1:0] class_n = !in_sop ? class_q : (type_n[4:1] == 4'b0101) ? 2'd2
                       : (type_n[4] || (type_n == 5'd0 && in_hdr[`TLP_FMT_DATA_B])) ? 2'd0 : 2'd1;

    assign q_p_valid   = in_valid && class_n == 2'd0;
    assign q_np_valid  = in_valid && class_n == 2'd1;
    assign q_cpl_valid = in_valid && class_n == 2'd2;
    assign in_ready    = (class_n == 2'd0) ? q_p_ready : (class_n == 2'd1) ? q_np_ready : q_cpl_ready;

    // ---- out -----------------------------------------------------------------------------------------

    reg       mid_q;
    reg [1:0] turn_q;
    wire [1:0] turn = mid_q ? turn_q : (u_p_valid && may_p) ? 2'd0 : u_cpl_valid ? 2'd2 : 2'd1;
    wire       may  = mid_q || turn == 2'd2 || (turn == 2'd0 ? may_p : may_np);

    assign u_p_ready   = out_ready && may && turn == 2'd0;
    assign u_np_ready  = out_ready && may && turn == 2'd1;
    assign u_cpl_ready = out_ready && may && turn == 2'd2;
    assign out_valid   = may && ((turn == 2'd0) ? u_p_valid : (turn == 2'd1) ? u_np_valid : u_cpl_valid);
    assign {out_sop, out_eop, out_hdr, out_data} =
        (turn == 2'd0) ? {u_p_sop, u_p_eop, u_p_hdr, u_p_data}
      : (turn == 2'd1) ? {u_np_sop, u_np_eop, u_np_hdr, u_np_data} : {u_cpl_sop, u_cpl_eop, u_cpl_hdr, u_cpl_data};

    always @(posedge clk) begin
        if (in_valid)
            class_q <= class_n;
        turn_q <= turn;
        if (rst)
            mid_q <= 1'b0;
        else if (out_valid && out_ready)
            mid_q <= !out_eop;
    end

    wire unused = &{1'b0, in_hdr};
endmodule
`default_nettype wire
