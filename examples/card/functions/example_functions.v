// SPDX-License-Identifier: Apache-2.0
//
// A card of NR functions, each an example card of its own (example_tlp) with configuration space, BARs,
// DMA and vectors, joined by riser_functions. One driver is bound once for each.
`default_nettype none
module example_functions #(
    // Width of the TLP channels: 64, 128, 256 or 512
    parameter DATA_W = 256,
    // Functions, 2 to 8
    parameter NR     = 2
) (
    input  wire               clk,
    input  wire               perst_n,
    input  wire               link_up,
    input  wire               hot_reset,
    output wire               flr_active,
    output wire               idle,
    input  wire               rx_p_valid,
    output wire               rx_p_ready,
    input  wire               rx_p_sop,
    input  wire               rx_p_eop,
    input  wire [127:0]       rx_p_hdr,
    input  wire [DATA_W-1:0]  rx_p_data,
    input  wire               rx_np_valid,
    output wire               rx_np_ready,
    input  wire               rx_np_sop,
    input  wire               rx_np_eop,
    input  wire [127:0]       rx_np_hdr,
    input  wire [DATA_W-1:0]  rx_np_data,
    input  wire               rx_cpl_valid,
    output wire               rx_cpl_ready,
    input  wire               rx_cpl_sop,
    input  wire               rx_cpl_eop,
    input  wire [127:0]       rx_cpl_hdr,
    input  wire [DATA_W-1:0]  rx_cpl_data,
    output wire               tx_p_valid,
    input  wire               tx_p_ready,
    output wire               tx_p_sop,
    output wire               tx_p_eop,
    output wire [127:0]       tx_p_hdr,
    output wire [DATA_W-1:0]  tx_p_data,
    output wire               tx_np_valid,
    input  wire               tx_np_ready,
    output wire               tx_np_sop,
    output wire               tx_np_eop,
    output wire [127:0]       tx_np_hdr,
    output wire [DATA_W-1:0]  tx_np_data,
    output wire               tx_cpl_valid,
    input  wire               tx_cpl_ready,
    output wire               tx_cpl_sop,
    output wire               tx_cpl_eop,
    output wire [127:0]       tx_cpl_hdr,
    output wire [DATA_W-1:0]  tx_cpl_data
);
    wire                 mux_idle;
    wire [127:0]         claim_hdr;
    wire [NR-1:0]        claims, flrs, idles;
    wire [NR-1:0]        rx_p_valids, rx_p_readys;
    wire                 fn_rx_p_sop, fn_rx_p_eop;
    wire [127:0]         fn_rx_p_hdr;
    wire [DATA_W-1:0]    fn_rx_p_data;
    wire [NR-1:0]        tx_p_valids, tx_p_readys, tx_p_sops, tx_p_eops;
    wire [128*NR-1:0]    tx_p_hdrs;
    wire [DATA_W*NR-1:0] tx_p_datas;
    wire [NR-1:0]        rx_np_valids, rx_np_readys;
    wire                 fn_rx_np_sop, fn_rx_np_eop;
    wire [127:0]         fn_rx_np_hdr;
    wire [DATA_W-1:0]    fn_rx_np_data;
    wire [NR-1:0]        tx_np_valids, tx_np_readys, tx_np_sops, tx_np_eops;
    wire [128*NR-1:0]    tx_np_hdrs;
    wire [DATA_W*NR-1:0] tx_np_datas;
    wire [NR-1:0]        rx_cpl_valids, rx_cpl_readys;
    wire                 fn_rx_cpl_sop, fn_rx_cpl_eop;
    wire [127:0]         fn_rx_cpl_hdr;
    wire [DATA_W-1:0]    fn_rx_cpl_data;
    wire [NR-1:0]        tx_cpl_valids, tx_cpl_readys, tx_cpl_sops, tx_cpl_eops;
    wire [128*NR-1:0]    tx_cpl_hdrs;
    wire [DATA_W*NR-1:0] tx_cpl_datas;

    assign flr_active = flrs != 0;
    assign idle       = mux_idle && idles == {NR{1'b1}};

    riser_functions #(.DATA_W(DATA_W), .NR(NR)) u_functions (
        .clk             (clk),
        .perst_n         (perst_n),
        .link_up         (link_up),
        .hot_reset       (hot_reset),
        .idle            (mux_idle),
        .fn_claim_hdr    (claim_hdr),
        .fn_claim        (claims),
        .rx_p_valid      (rx_p_valid),
        .rx_p_ready      (rx_p_ready),
        .rx_p_sop        (rx_p_sop),
        .rx_p_eop        (rx_p_eop),
        .rx_p_hdr        (rx_p_hdr),
        .rx_p_data       (rx_p_data),
        .rx_np_valid     (rx_np_valid),
        .rx_np_ready     (rx_np_ready),
        .rx_np_sop       (rx_np_sop),
        .rx_np_eop       (rx_np_eop),
        .rx_np_hdr       (rx_np_hdr),
        .rx_np_data      (rx_np_data),
        .rx_cpl_valid    (rx_cpl_valid),
        .rx_cpl_ready    (rx_cpl_ready),
        .rx_cpl_sop      (rx_cpl_sop),
        .rx_cpl_eop      (rx_cpl_eop),
        .rx_cpl_hdr      (rx_cpl_hdr),
        .rx_cpl_data     (rx_cpl_data),
        .tx_p_valid      (tx_p_valid),
        .tx_p_ready      (tx_p_ready),
        .tx_p_sop        (tx_p_sop),
        .tx_p_eop        (tx_p_eop),
        .tx_p_hdr        (tx_p_hdr),
        .tx_p_data       (tx_p_data),
        .tx_np_valid     (tx_np_valid),
        .tx_np_ready     (tx_np_ready),
        .tx_np_sop       (tx_np_sop),
        .tx_np_eop       (tx_np_eop),
        .tx_np_hdr       (tx_np_hdr),
        .tx_np_data      (tx_np_data),
        .tx_cpl_valid    (tx_cpl_valid),
        .tx_cpl_ready    (tx_cpl_ready),
        .tx_cpl_sop      (tx_cpl_sop),
        .tx_cpl_eop      (tx_cpl_eop),
        .tx_cpl_hdr      (tx_cpl_hdr),
        .tx_cpl_data     (tx_cpl_data),
        .fn_rx_p_valid   (rx_p_valids),
        .fn_rx_p_ready   (rx_p_readys),
        .fn_rx_p_sop     (fn_rx_p_sop),
        .fn_rx_p_eop     (fn_rx_p_eop),
        .fn_rx_p_hdr     (fn_rx_p_hdr),
        .fn_rx_p_data    (fn_rx_p_data),
        .fn_rx_np_valid  (rx_np_valids),
        .fn_rx_np_ready  (rx_np_readys),
        .fn_rx_np_sop    (fn_rx_np_sop),
        .fn_rx_np_eop    (fn_rx_np_eop),
        .fn_rx_np_hdr    (fn_rx_np_hdr),
        .fn_rx_np_data   (fn_rx_np_data),
        .fn_rx_cpl_valid (rx_cpl_valids),
        .fn_rx_cpl_ready (rx_cpl_readys),
        .fn_rx_cpl_sop   (fn_rx_cpl_sop),
        .fn_rx_cpl_eop   (fn_rx_cpl_eop),
        .fn_rx_cpl_hdr   (fn_rx_cpl_hdr),
        .fn_rx_cpl_data  (fn_rx_cpl_data),
        .fn_tx_p_valid   (tx_p_valids),
        .fn_tx_p_ready   (tx_p_readys),
        .fn_tx_p_sop     (tx_p_sops),
        .fn_tx_p_eop     (tx_p_eops),
        .fn_tx_p_hdr     (tx_p_hdrs),
        .fn_tx_p_data    (tx_p_datas),
        .fn_tx_np_valid  (tx_np_valids),
        .fn_tx_np_ready  (tx_np_readys),
        .fn_tx_np_sop    (tx_np_sops),
        .fn_tx_np_eop    (tx_np_eops),
        .fn_tx_np_hdr    (tx_np_hdrs),
        .fn_tx_np_data   (tx_np_datas),
        .fn_tx_cpl_valid (tx_cpl_valids),
        .fn_tx_cpl_ready (tx_cpl_readys),
        .fn_tx_cpl_sop   (tx_cpl_sops),
        .fn_tx_cpl_eop   (tx_cpl_eops),
        .fn_tx_cpl_hdr   (tx_cpl_hdrs),
        .fn_tx_cpl_data  (tx_cpl_datas)
    );

    genvar i;
    generate
        for (i = 0; i < NR; i = i + 1) begin : g_fn
            example_tlp #(.DATA_W(DATA_W), .FUNCTION(i), .MULTI_FUNCTION(1)) u_card (
                .clk          (clk),
                .perst_n      (perst_n),
                .link_up      (link_up),
                .hot_reset    (hot_reset),
                .flr_active   (flrs[i]),
                .idle         (idles[i]),
                .claim_hdr    (claim_hdr),
                .claim        (claims[i]),
                .rx_p_valid   (rx_p_valids[i]),
                .rx_p_ready   (rx_p_readys[i]),
                .rx_p_sop     (fn_rx_p_sop),
                .rx_p_eop     (fn_rx_p_eop),
                .rx_p_hdr     (fn_rx_p_hdr),
                .rx_p_data    (fn_rx_p_data),
                .rx_np_valid  (rx_np_valids[i]),
                .rx_np_ready  (rx_np_readys[i]),
                .rx_np_sop    (fn_rx_np_sop),
                .rx_np_eop    (fn_rx_np_eop),
                .rx_np_hdr    (fn_rx_np_hdr),
                .rx_np_data   (fn_rx_np_data),
                .rx_cpl_valid (rx_cpl_valids[i]),
                .rx_cpl_ready (rx_cpl_readys[i]),
                .rx_cpl_sop   (fn_rx_cpl_sop),
                .rx_cpl_eop   (fn_rx_cpl_eop),
                .rx_cpl_hdr   (fn_rx_cpl_hdr),
                .rx_cpl_data  (fn_rx_cpl_data),
                .tx_p_valid   (tx_p_valids[i]),
                .tx_p_ready   (tx_p_readys[i]),
                .tx_p_sop     (tx_p_sops[i]),
                .tx_p_eop     (tx_p_eops[i]),
                .tx_p_hdr     (tx_p_hdrs[128*i +: 128]),
                .tx_p_data    (tx_p_datas[DATA_W*i +: DATA_W]),
                .tx_np_valid  (tx_np_valids[i]),
                .tx_np_ready  (tx_np_readys[i]),
                .tx_np_sop    (tx_np_sops[i]),
                .tx_np_eop    (tx_np_eops[i]),
                .tx_np_hdr    (tx_np_hdrs[128*i +: 128]),
                .tx_np_data   (tx_np_datas[DATA_W*i +: DATA_W]),
                .tx_cpl_valid (tx_cpl_valids[i]),
                .tx_cpl_ready (tx_cpl_readys[i]),
                .tx_cpl_sop   (tx_cpl_sops[i]),
                .tx_cpl_eop   (tx_cpl_eops[i]),
                .tx_cpl_hdr   (tx_cpl_hdrs[128*i +: 128]),
                .tx_cpl_data  (tx_cpl_datas[DATA_W*i +: DATA_W])
            );
        end
    endgenerate
endmodule
`default_nettype wire
