// SPDX-License-Identifier: Apache-2.0
//
// The endpoint's transaction layer: TLP port (docs/tlp-port.md) on one side, core port
// (docs/core-port.md) on the other. It owns the configuration space, BAR decode, completions,
// the MSI-X table, tags and reads in flight; the card owns registers and what they do.
//
// Latency: a register read leaves as a completion 7 cycles after its request (plus the card's own
// response time); a posted write reaches the card after 3. Throughput: one beat per cycle for DMA
// in both directions, TLPs back to back; one register access (8 bytes) per cycle.
// Ordering: register writes reach the card in order and before any later read; a completion never
// overtakes a posted TLP that was started before it; a message is behind every DMA write whose
// dmaw_done was seen.
// Back-pressure: tx channels may stall for any time; rx_cpl is always accepted; rx_p waits for the
// card's reg_ready only; rx_np waits for the request before it.
`default_nettype none
module riser_ep #(
    // Width of every TLP channel and of the DMA data: 64, 128, 256 or 512.
    parameter         DATA_W            = 256,
    // Identity.
    parameter [15:0]  VENDOR_ID         = 16'h1b36,
    parameter [15:0]  DEVICE_ID         = 16'h0010,
    parameter [15:0]  SUBSYS_VENDOR_ID  = 16'h1af4,
    parameter [15:0]  SUBSYS_ID         = 16'h1100,
    parameter [23:0]  CLASS_CODE        = 24'h010802,
    parameter [7:0]   REVISION          = 8'h01,
    parameter [63:0]  SERIAL            = 64'h0000_0000_0000_0001,
    // BARs: log2 of the size in bytes (7 to 40; 0: absent). Type bit 0: 64-bit (takes the next
    // slot too, whose size must be 0), bit 1: prefetchable.
    parameter         BAR0_SIZE_LOG2    = 14,
    parameter         BAR1_SIZE_LOG2    = 0,
    parameter         BAR2_SIZE_LOG2    = 0,
    parameter         BAR3_SIZE_LOG2    = 0,
    parameter         BAR4_SIZE_LOG2    = 0,
    parameter         BAR5_SIZE_LOG2    = 0,
    parameter [1:0]   BAR0_TYPE         = 2'b01,
    parameter [1:0]   BAR1_TYPE         = 2'b00,
    parameter [1:0]   BAR2_TYPE         = 2'b00,
    parameter [1:0]   BAR3_TYPE         = 2'b00,
    parameter [1:0]   BAR4_TYPE         = 2'b00,
    parameter [1:0]   BAR5_TYPE         = 2'b00,
    // MSI-X: number of vectors (0: no capability; to 2048). The table takes 16 bytes per vector,
    // the PBA 8 bytes per 64 vectors; offsets are multiples of 8. Accesses there never reach the card.
    parameter         MSIX_VECTORS      = 16,
    parameter         MSIX_TABLE_BIR    = 0,
    parameter [31:0]  MSIX_TABLE_OFFSET = 32'h2000,
    parameter         MSIX_PBA_BIR      = 0,
    parameter [31:0]  MSIX_PBA_OFFSET   = 32'h3000,
    // MSI: number of vectors (0: no capability; 1, 2, 4, 8, 16 or 32).
    parameter         MSI_VECTORS       = 1,
    // Interrupt Pin: 0 none, 1 INTA.
    parameter         INTX_PIN          = 1,
    // Reads in flight: 2, 4, 8, 16 or 32.
    parameter         NR_TAGS           = 32,
    // log2 of the largest payload and of the largest read in bytes: 7, 8 or 9.
    parameter         MPS_LOG2          = 9,
    parameter         MRRS_LOG2         = 9,
    // A read without all of its data after this many cycles has failed (1024 to 1000000).
    parameter         CPL_TIMEOUT_CYCLES = 50000
) (
    input  wire               clk,
    input  wire               perst_n,
    input  wire               link_up,
    input  wire               hot_reset,
    output wire               flr_active,
    // nothing to do and no timer runs: the clock may stop if the card is idle too
    output wire               core_idle,

    // TLPs from the host
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

    // TLPs to the host
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
    output wire [DATA_W-1:0]  tx_cpl_data,

    // core port: state
    output wire               card_rst,
    output wire               cfg_mse,
    output wire               cfg_bme,
    output wire               cfg_msi_en,
    output wire               cfg_msix_en,
    output wire               cfg_d0,
    output wire [15:0]        cfg_bdf,
    output wire [2:0]         cfg_mps,
    output wire [2:0]         cfg_mrrs,

    // core port: registers
    output wire               reg_valid,
    input  wire               reg_ready,
    output wire               reg_write,
    output wire [2:0]         reg_bar,
    output wire [31:0]        reg_addr,
    output wire [63:0]        reg_wdata,
    output wire [7:0]         reg_be,
    input  wire               reg_rsp_valid,
    input  wire [63:0]        reg_rsp_data,
    input  wire [1:0]         reg_rsp_status,

    // core port: DMA read
    input  wire               dmar_req_valid,
    output wire               dmar_req_ready,
    input  wire [63:0]        dmar_req_addr,
    input  wire [17:0]        dmar_req_len,
    input  wire [7:0]         dmar_req_ctx,
    output wire               dmar_valid,
    input  wire               dmar_ready,
    output wire               dmar_last,
    output wire [DATA_W-1:0]  dmar_data,
    output wire [7:0]         dmar_ctx,
    output wire [1:0]         dmar_status,

    // core port: DMA write
    input  wire               dmaw_req_valid,
    output wire               dmaw_req_ready,
    input  wire [63:0]        dmaw_req_addr,
    input  wire [17:0]        dmaw_req_len,
    input  wire [7:0]         dmaw_req_ctx,
    input  wire               dmaw_valid,
    output wire               dmaw_ready,
    input  wire [DATA_W-1:0]  dmaw_data,
    output wire               dmaw_done_valid,
    output wire [7:0]         dmaw_done_ctx,
    output wire [1:0]         dmaw_done_status,

    // core port: interrupts
    input  wire               irq_valid,
    output wire               irq_ready,
    input  wire [10:0]        irq_vec,
    input  wire               intx
);
endmodule
`default_nettype wire
