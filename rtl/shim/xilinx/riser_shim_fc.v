// SPDX-License-Identifier: Apache-2.0
//
// Flow control as Xilinx blocks show it (cfg_fc_*, fc_*): the sort of numbers that sel chooses, one cycle later.
// Credits are those of TLPs that crossed the TLP port; the limits are always a fixed room above: the port has no
// credits, a full side stalls instead.
//   sel  0 receive: available, 1 limit, 2 consumed; 4 transmit: available, 5 limit, 6 consumed; else 0
`default_nettype none
`include "riser_tlp.vh"
module riser_shim_fc (
    input  wire         clk,
    input  wire         rst,
    // first beats that were transferred, and their headers: receive, transmit
    input  wire [2:0]   rx_first,   // completion, non-posted, posted
    input  wire [127:0] rx_p_hdr,
    input  wire [127:0] rx_np_hdr,
    input  wire [127:0] rx_cpl_hdr,
    input  wire [2:0]   tx_first,
    input  wire [127:0] tx_p_hdr,
    input  wire [127:0] tx_np_hdr,
    input  wire [127:0] tx_cpl_hdr,

    input  wire [2:0]   sel,
    output wire [7:0]   ph,
    output wire [11:0]  pd,
    output wire [7:0]   nph,
    output wire [11:0]  npd,
    output wire [7:0]   cplh,
    output wire [11:0]  cpld
);
    localparam [7:0]  ROOM_H = 8'd32;
    localparam [11:0] ROOM_D = 12'd512;

    // credits of payload: 16 bytes each, from {has data, Length}
    function [11:0] data_credits(input [10:0] what);
        data_credits = !what[10] ? 12'd0 : {3'd0, {what[9:0] == 10'd0, what[9:2]} + {8'd0, what[1:0] != 2'd0}};
    endfunction

    // consumed: header and data of posted, non-posted, completion, receive and transmit
    reg [59:0] rx_q, tx_q, out_q;

    function [59:0] more(input [59:0] was, input [2:0] first, input [11:0] d_p, input [11:0] d_np, input [11:0] d_cpl);
        more = {was[59:52] + {7'd0, first[2]}, was[51:40] + (first[2] ? d_cpl : 12'd0),
                was[39:32] + {7'd0, first[1]}, was[31:20] + (first[1] ? d_np : 12'd0),
                was[19:12] + {7'd0, first[0]}, was[11:0] + (first[0] ? d_p : 12'd0)};
    endfunction

    function [59:0] limit(input [59:0] used);
        limit = {used[59:52] + ROOM_H, used[51:40] + ROOM_D, used[39:32] + ROOM_H, used[31:20] + ROOM_D,
                 used[19:12] + ROOM_H, used[11:0] + ROOM_D};
    endfunction

    localparam [59:0] ROOM = {ROOM_H, ROOM_D, ROOM_H, ROOM_D, ROOM_H, ROOM_D};

    always @(posedge clk) begin
        if (rst) begin
            rx_q <= 60'd0;
            tx_q <= 60'd0;
        end else begin
            rx_q <= more(rx_q, rx_first,
                         data_credits({rx_p_hdr[`TLP_FMT_DATA_B], rx_p_hdr[`TLP_LENGTH_R]}),
                         data_credits({rx_np_hdr[`TLP_FMT_DATA_B], rx_np_hdr[`TLP_LENGTH_R]}),
                         data_credits({rx_cpl_hdr[`TLP_FMT_DATA_B], rx_cpl_hdr[`TLP_LENGTH_R]}));
            tx_q <= more(tx_q, tx_first,
                         data_credits({tx_p_hdr[`TLP_FMT_DATA_B], tx_p_hdr[`TLP_LENGTH_R]}),
                         data_credits({tx_np_hdr[`TLP_FMT_DATA_B], tx_np_hdr[`TLP_LENGTH_R]}),
                         data_credits({tx_cpl_hdr[`TLP_FMT_DATA_B], tx_cpl_hdr[`TLP_LENGTH_R]}));
        end
        case (sel)
            3'd0, 3'd3, 3'd4: out_q <= ROOM;
            3'd1:    out_q <= limit(rx_q);
            3'd2:    out_q <= rx_q;
            3'd5:    out_q <= limit(tx_q);
            3'd6:    out_q <= tx_q;
            default: out_q <= 60'd0;
        endcase
    end

    assign {cplh, cpld, nph, npd, ph, pd} = out_q;

    wire unused = &{1'b0, rx_p_hdr, rx_np_hdr, rx_cpl_hdr, tx_p_hdr, tx_np_hdr, tx_cpl_hdr};
endmodule
`default_nettype wire
