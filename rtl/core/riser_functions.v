// SPDX-License-Identifier: Apache-2.0
//
// Several functions behind one TLP port (docs/tlp-port.md): each is an endpoint core of its own
// (riser_ep with FUNCTION and MULTI_FUNCTION), with its configuration space, BARs, tags and vectors.
//
// To the functions: configuration requests and messages routed by ID go by function number, memory
// requests to the one whose BAR is hit (claim_hdr and claim of the cores), completions by the function
// number of the Requester ID; PME_Turn_Off and Set_Slot_Power_Limit to all. What is nobody's goes to
// function 0, which answers with Unsupported Request and logs it, exactly once; errors that are no
// function's are thus logged in function 0 only.
// To the host: whole TLPs, the functions in turn in each channel; INTx wires and PME_TO_Ack are
// those of the card (riser_fn_msg).
// Latency: 3 or 4 cycles to a function, none to the host. Throughput: one beat per cycle within a
// TLP; towards the functions up to 3 cycles between two TLPs of a channel.
// Ordering: a non-posted request or completion is handed over after all posted TLPs that were
// accepted before it; completions of a function stay behind its posted TLPs, as it sent them.
// Back-pressure: a function that does not accept holds up the others in that channel. rx_cpl waits
// for posted TLPs before it, and these for reg_ready of a function's card only, which therefore
// must not wait for that card's reads. A function in FLR accepts no non-posted request (at most about
// 2200 cycles).
`default_nettype none
`include "riser_tlp.vh"
module riser_functions #(
    // Width of every TLP channel: 64, 128, 256 or 512.
    parameter DATA_W = 256,
    // Number of functions, 2 to 8: 0 to NR - 1.
    parameter NR     = 2
) (
    input  wire                 clk,
    input  wire                 perst_n,
    input  wire                 link_up,
    input  wire                 hot_reset,
    // nothing is inside; the card is idle when its functions are, too
    output wire                 idle,

    // TLPs from the host
    input  wire                 rx_p_valid,
    output wire                 rx_p_ready,
    input  wire                 rx_p_sop,
    input  wire                 rx_p_eop,
    input  wire [127:0]         rx_p_hdr,
    input  wire [DATA_W-1:0]    rx_p_data,
    input  wire                 rx_np_valid,
    output wire                 rx_np_ready,
    input  wire                 rx_np_sop,
    input  wire                 rx_np_eop,
    input  wire [127:0]         rx_np_hdr,
    input  wire [DATA_W-1:0]    rx_np_data,
    input  wire                 rx_cpl_valid,
    output wire                 rx_cpl_ready,
    input  wire                 rx_cpl_sop,
    input  wire                 rx_cpl_eop,
    input  wire [127:0]         rx_cpl_hdr,
    input  wire [DATA_W-1:0]    rx_cpl_data,

    // TLPs to the host
    output wire                 tx_p_valid,
    input  wire                 tx_p_ready,
    output wire                 tx_p_sop,
    output wire                 tx_p_eop,
    output wire [127:0]         tx_p_hdr,
    output wire [DATA_W-1:0]    tx_p_data,
    output wire                 tx_np_valid,
    input  wire                 tx_np_ready,
    output wire                 tx_np_sop,
    output wire                 tx_np_eop,
    output wire [127:0]         tx_np_hdr,
    output wire [DATA_W-1:0]    tx_np_data,
    output wire                 tx_cpl_valid,
    input  wire                 tx_cpl_ready,
    output wire                 tx_cpl_sop,
    output wire                 tx_cpl_eop,
    output wire [127:0]         tx_cpl_hdr,
    output wire [DATA_W-1:0]    tx_cpl_data,

    // functions: whose BAR does this request hit
    output wire [127:0]         fn_claim_hdr,
    input  wire [NR-1:0]        fn_claim,

    // functions: rx_, valid and ready for each, the rest for all
    output wire [NR-1:0]        fn_rx_p_valid,
    input  wire [NR-1:0]        fn_rx_p_ready,
    output wire                 fn_rx_p_sop,
    output wire                 fn_rx_p_eop,
    output wire [127:0]         fn_rx_p_hdr,
    output wire [DATA_W-1:0]    fn_rx_p_data,
    output wire [NR-1:0]        fn_rx_np_valid,
    input  wire [NR-1:0]        fn_rx_np_ready,
    output wire                 fn_rx_np_sop,
    output wire                 fn_rx_np_eop,
    output wire [127:0]         fn_rx_np_hdr,
    output wire [DATA_W-1:0]    fn_rx_np_data,
    output wire [NR-1:0]        fn_rx_cpl_valid,
    input  wire [NR-1:0]        fn_rx_cpl_ready,
    output wire                 fn_rx_cpl_sop,
    output wire                 fn_rx_cpl_eop,
    output wire [127:0]         fn_rx_cpl_hdr,
    output wire [DATA_W-1:0]    fn_rx_cpl_data,

    // functions: tx_, function 0 lowest
    input  wire [NR-1:0]        fn_tx_p_valid,
    output wire [NR-1:0]        fn_tx_p_ready,
    input  wire [NR-1:0]        fn_tx_p_sop,
    input  wire [NR-1:0]        fn_tx_p_eop,
    input  wire [128*NR-1:0]    fn_tx_p_hdr,
    input  wire [DATA_W*NR-1:0] fn_tx_p_data,
    input  wire [NR-1:0]        fn_tx_np_valid,
    output wire [NR-1:0]        fn_tx_np_ready,
    input  wire [NR-1:0]        fn_tx_np_sop,
    input  wire [NR-1:0]        fn_tx_np_eop,
    input  wire [128*NR-1:0]    fn_tx_np_hdr,
    input  wire [DATA_W*NR-1:0] fn_tx_np_data,
    input  wire [NR-1:0]        fn_tx_cpl_valid,
    output wire [NR-1:0]        fn_tx_cpl_ready,
    input  wire [NR-1:0]        fn_tx_cpl_sop,
    input  wire [NR-1:0]        fn_tx_cpl_eop,
    input  wire [128*NR-1:0]    fn_tx_cpl_hdr,
    input  wire [DATA_W*NR-1:0] fn_tx_cpl_data
);
    initial begin
        if (NR < 2 || NR > 8) begin
            $display("%m: NR must be 2 to 8, not %0d", NR);
            $finish;
        end
    end

    localparam [NR-1:0] FIRST = 1;

    reg        rst_q;
    reg        np_turn_q;           // which of the two channels asks the functions
    reg [31:0] nr_in_q, nr_out_q;   // posted TLPs
    reg [12:0] number_q;            // bus and device, of the last configuration write

    wire        p_asks, np_asks, cpl_asks, p_over, np_over, cpl_over, p_busy, np_busy, cpl_busy;
    wire        p_accepted = rx_p_valid && rx_p_ready && rx_p_eop;
    wire [31:0] nr_in = nr_in_q + {31'd0, p_accepted};

    always @(posedge clk) begin
        rst_q <= !perst_n || hot_reset || !link_up;
        if (rst_q) begin
            np_turn_q <= 1'b0;
            nr_in_q   <= 32'd0;
            nr_out_q  <= 32'd0;
            number_q  <= 13'd0;
        end else begin
            np_turn_q <= !np_turn_q;
            nr_in_q   <= nr_in;
            nr_out_q  <= nr_out_q + {31'd0, p_over};
            if (np_over && fn_rx_np_hdr[`TLP_FMT_TYPE_R] == `TLP_CFGWR0)
                number_q <= fn_rx_np_hdr[`TLP_CFG_BDF_H_R];
        end
    end

    assign idle = !rst_q && !p_busy && !np_busy && !cpl_busy;

    // ---- whose TLP it is -----------------------------------------------------------------------------

    function [NR-1:0] by_number(input [2:0] number);
        begin
            by_number = FIRST << number;
            if (by_number == 0)
                by_number = FIRST;
        end
    endfunction

    // one function at most, none: function 0
    wire [NR-1:0] claimed = (fn_claim == 0) ? FIRST : fn_claim & (~fn_claim + FIRST);
    assign fn_claim_hdr = np_turn_q ? fn_rx_np_hdr : fn_rx_p_hdr;

    wire [7:0]    p_type     = fn_rx_p_hdr[`TLP_FMT_TYPE_R];
    wire [7:0]    p_code     = fn_rx_p_hdr[`TLP_MSG_CODE_R];
    wire          p_is_mem   = p_type == `TLP_MWR32 || p_type == `TLP_MWR64;
    wire          p_is_msg   = p_type[5:3] == 3'b110;
    wire          p_is_all   = p_is_msg && (p_code == `TLP_MSG_PME_TURN_OFF || p_code == `TLP_MSG_SLOT_POWER);
    wire          p_is_by_id = p_is_msg && p_type[2:0] == 3'b010;
    wire [NR-1:0] p_dest     = p_is_all ? {NR{1'b1}} : p_is_by_id ? by_number(fn_rx_p_hdr[`TLP_CFG_FN_R])
                             : p_is_mem ? claimed : FIRST;

    wire [7:0]    np_type    = fn_rx_np_hdr[`TLP_FMT_TYPE_R];
    wire          np_is_cfg  = np_type[5:1] == 5'b00010;
    wire          np_is_mem  = np_type[4:1] == 4'b0000 || np_type[4:2] == 3'b011;
    wire [NR-1:0] np_dest    = np_is_cfg ? by_number(fn_rx_np_hdr[`TLP_CFG_FN_R]) : np_is_mem ? claimed : FIRST;

    wire [NR-1:0] cpl_dest   = by_number(fn_rx_cpl_hdr[`TLP_CPL_REQ_FN_R]);

    // ---- to the functions ----------------------------------------------------------------------------

    riser_fn_rx #(.DATA_W(DATA_W), .NR(NR)) u_rx_p (
        .clk         (clk),
        .rst         (rst_q),
        .rx_valid    (rx_p_valid),
        .rx_ready    (rx_p_ready),
        .rx_sop      (rx_p_sop),
        .rx_eop      (rx_p_eop),
        .rx_hdr      (rx_p_hdr),
        .rx_data     (rx_p_data),
        .mark_in     (32'd0),
        .mark_out    (32'd0),
        .handed_over (p_over),
        .asks        (p_asks),
        .dest_valid  (!np_turn_q),
        .dest        (p_dest),
        .out_valid   (fn_rx_p_valid),
        .out_ready   (fn_rx_p_ready),
        .out_sop     (fn_rx_p_sop),
        .out_eop     (fn_rx_p_eop),
        .out_hdr     (fn_rx_p_hdr),
        .out_data    (fn_rx_p_data),
        .busy        (p_busy)
    );

    riser_fn_rx #(.DATA_W(DATA_W), .NR(NR), .WAITS(1)) u_rx_np (
        .clk         (clk),
        .rst         (rst_q),
        .rx_valid    (rx_np_valid),
        .rx_ready    (rx_np_ready),
        .rx_sop      (rx_np_sop),
        .rx_eop      (rx_np_eop),
        .rx_hdr      (rx_np_hdr),
        .rx_data     (rx_np_data),
        .mark_in     (nr_in),
        .mark_out    (nr_out_q),
        .handed_over (np_over),
        .asks        (np_asks),
        .dest_valid  (np_turn_q),
        .dest        (np_dest),
        .out_valid   (fn_rx_np_valid),
        .out_ready   (fn_rx_np_ready),
        .out_sop     (fn_rx_np_sop),
        .out_eop     (fn_rx_np_eop),
        .out_hdr     (fn_rx_np_hdr),
        .out_data    (fn_rx_np_data),
        .busy        (np_busy)
    );

    riser_fn_rx #(.DATA_W(DATA_W), .NR(NR), .WAITS(1)) u_rx_cpl (
        .clk         (clk),
        .rst         (rst_q),
        .rx_valid    (rx_cpl_valid),
        .rx_ready    (rx_cpl_ready),
        .rx_sop      (rx_cpl_sop),
        .rx_eop      (rx_cpl_eop),
        .rx_hdr      (rx_cpl_hdr),
        .rx_data     (rx_cpl_data),
        .mark_in     (nr_in),
        .mark_out    (nr_out_q),
        .handed_over (cpl_over),
        .asks        (cpl_asks),
        .dest_valid  (1'b1),
        .dest        (cpl_dest),
        .out_valid   (fn_rx_cpl_valid),
        .out_ready   (fn_rx_cpl_ready),
        .out_sop     (fn_rx_cpl_sop),
        .out_eop     (fn_rx_cpl_eop),
        .out_hdr     (fn_rx_cpl_hdr),
        .out_data    (fn_rx_cpl_data),
        .busy        (cpl_busy)
    );

    // ---- to the host ---------------------------------------------------------------------------------

    wire [NR-1:0] p_now, np_now, cpl_now;
    wire         p_swallow;
    wire [127:0] p_hdr;

    riser_fn_tx #(.DATA_W(DATA_W), .NR(NR)) u_tx_p (
        .clk      (clk),
        .rst      (rst_q),
        .in_valid (fn_tx_p_valid),
        .in_ready (fn_tx_p_ready),
        .in_sop   (fn_tx_p_sop),
        .in_eop   (fn_tx_p_eop),
        .in_hdr   (fn_tx_p_hdr),
        .in_data  (fn_tx_p_data),
        .now      (p_now),
        .swallow  (p_swallow),
        .tx_valid (tx_p_valid),
        .tx_ready (tx_p_ready),
        .tx_sop   (tx_p_sop),
        .tx_eop   (tx_p_eop),
        .tx_hdr   (p_hdr),
        .tx_data  (tx_p_data)
    );

    riser_fn_msg #(.NR(NR)) u_msg (
        .clk     (clk),
        .rst     (rst_q),
        .number  (number_q),
        .now     (p_now),
        .valid   ((fn_tx_p_valid & p_now) != 0),
        .sop     (tx_p_sop),
        .hdr     (p_hdr),
        .taken   ((fn_tx_p_valid & fn_tx_p_ready & p_now) != 0),
        .swallow (p_swallow),
        .out_hdr (tx_p_hdr)
    );

    riser_fn_tx #(.DATA_W(DATA_W), .NR(NR)) u_tx_np (
        .clk      (clk),
        .rst      (rst_q),
        .in_valid (fn_tx_np_valid),
        .in_ready (fn_tx_np_ready),
        .in_sop   (fn_tx_np_sop),
        .in_eop   (fn_tx_np_eop),
        .in_hdr   (fn_tx_np_hdr),
        .in_data  (fn_tx_np_data),
        .now      (np_now),
        .swallow  (1'b0),
        .tx_valid (tx_np_valid),
        .tx_ready (tx_np_ready),
        .tx_sop   (tx_np_sop),
        .tx_eop   (tx_np_eop),
        .tx_hdr   (tx_np_hdr),
        .tx_data  (tx_np_data)
    );

    riser_fn_tx #(.DATA_W(DATA_W), .NR(NR)) u_tx_cpl (
        .clk      (clk),
        .rst      (rst_q),
        .in_valid (fn_tx_cpl_valid),
        .in_ready (fn_tx_cpl_ready),
        .in_sop   (fn_tx_cpl_sop),
        .in_eop   (fn_tx_cpl_eop),
        .in_hdr   (fn_tx_cpl_hdr),
        .in_data  (fn_tx_cpl_data),
        .now      (cpl_now),
        .swallow  (1'b0),
        .tx_valid (tx_cpl_valid),
        .tx_ready (tx_cpl_ready),
        .tx_sop   (tx_cpl_sop),
        .tx_eop   (tx_cpl_eop),
        .tx_hdr   (tx_cpl_hdr),
        .tx_data  (tx_cpl_data)
    );

    wire unused = &{1'b0, p_asks, np_asks, cpl_asks, cpl_over, np_now, cpl_now, p_type, np_type};
endmodule
`default_nettype wire
