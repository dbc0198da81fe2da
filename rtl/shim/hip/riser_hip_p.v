// SPDX-License-Identifier: Apache-2.0
//
// Posted requests from the host: memory writes that hit a BAR go on to the user; messages are obeyed or
// ignored; everything else is dropped whole and reported. One cycle for the verdict, one beat per cycle.
`default_nettype none
`include "riser_tlp.vh"
module riser_hip_p #(
    parameter        DATA_W    = 256,
    parameter [35:0] BAR_SIZES = 36'h0
) (
    input  wire              clk,
    input  wire              rst,
    input  wire              flush,         // drop everything, silently (function level reset)

    input  wire              rx_valid,
    output wire              rx_ready,
    input  wire              rx_sop,
    input  wire              rx_eop,
    input  wire [127:0]      rx_hdr,
    input  wire [DATA_W-1:0] rx_data,

    input  wire [383:0]      bar_base,
    input  wire              mem_en,
    input  wire [2:0]        mps,

    output wire              q_valid,
    input  wire              q_ready,
    output wire              q_sop,
    output wire              q_eop,
    output wire [127:0]      q_hdr,
    output wire [DATA_W-1:0] q_data,
    output wire [2:0]        q_bar,

    output wire              ev_valid,
    input  wire              ev_ready,
    output wire [4:0]        ev_bit,
    output wire [127:0]      ev_hdr,
    output wire              turn_off,
    output wire              slot_power_set,
    output wire [9:0]        slot_power,
    output wire              busy
);
    reg              valid_q, sop_q, eop_q, drop_q;
    reg [127:0]      hdr_q;
    reg [DATA_W-1:0] data_q;

    wire [2:0]  kind, bar;
    wire [31:0] offset;
    // a TLP whose first beat was dropped is dropped to its end
    wire        drop    = sop_q ? kind != `RX_MEM || flush : drop_q;
    wire        is_bad  = sop_q && !flush && (kind == `RX_UR || kind == `RX_MTLP || kind == `RX_PTLP);
    wire        go      = !drop ? q_ready : !is_bad || ev_ready;
    wire        load    = rx_valid && rx_ready;
    wire        obeyed  = valid_q && sop_q && !flush;

    assign rx_ready       = !valid_q || go;
    assign q_valid        = valid_q && !drop;
    assign q_sop          = sop_q;
    assign q_eop          = eop_q;
    assign q_hdr          = hdr_q;
    assign q_data         = data_q;
    assign q_bar          = bar;
    assign ev_valid       = valid_q && is_bad;
    assign ev_bit         = (kind == `RX_UR) ? `AER_UR : (kind == `RX_MTLP) ? `AER_MTLP : `AER_PTLP;
    assign ev_hdr         = hdr_q;
    assign turn_off       = obeyed && kind == `RX_TURN_OFF;
    assign slot_power_set = obeyed && kind == `RX_SLOT_POWER;
    assign slot_power     = data_q[9:0];
    assign busy           = valid_q;

    riser_rx_req #(.BAR_SIZES(BAR_SIZES)) u_check (
        .clk      (clk),
        .en       (load && rx_sop),
        .hdr      (rx_hdr),
        .bar_base (bar_base),
        .mem_en   (mem_en),
        .mps      (mps),
        .kind     (kind),
        .bar      (bar),
        .offset   (offset)
    );

    always @(posedge clk) begin
        if (rst)
            valid_q <= 1'b0;
        else if (!valid_q || go)
            valid_q <= load;
        if (valid_q && sop_q)
            drop_q <= drop;
        if (load) begin
            {sop_q, eop_q} <= {rx_sop, rx_eop};
            data_q         <= rx_data;
            if (rx_sop)
                hdr_q <= rx_hdr;
        end
    end

    wire unused = &{1'b0, offset};
endmodule
`default_nettype wire
