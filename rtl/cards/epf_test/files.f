// SPDX-License-Identifier: Apache-2.0
// Sources of the card for pci_endpoint_test, top module epf_test_card. Names are relative to the repository's root:
//   verilator -f rtl/cards/epf_test/files.f --top-module epf_test_card
// The core's are those of rtl/core/core.f (no nested list: Icarus looks for it elsewhere).
+incdir+rtl
+incdir+rtl/cards/epf_test
rtl/core/riser_bar_hit.v
rtl/core/riser_cfg.v
rtl/core/riser_cfg_space.v
rtl/core/riser_completer.v
rtl/core/riser_dma_rd.v
rtl/core/riser_dma_wr.v
rtl/core/riser_ep.v
rtl/core/riser_err_log.v
rtl/core/riser_fifo.v
rtl/core/riser_irq.v
rtl/core/riser_lutram.v
rtl/core/riser_msg.v
rtl/core/riser_msix.v
rtl/core/riser_params.v
rtl/core/riser_ram.v
rtl/core/riser_rd_cpl.v
rtl/core/riser_rd_out.v
rtl/core/riser_reg_bus.v
rtl/core/riser_reset.v
rtl/core/riser_rx.v
rtl/core/riser_rx_posted.v
rtl/core/riser_rx_req.v
rtl/core/riser_skid.v
rtl/core/riser_tx.v
rtl/core/riser_tx_arb.v
rtl/cards/epf_test/epf_crc32.v
rtl/cards/epf_test/epf_engine.v
rtl/cards/epf_test/epf_mem.v
rtl/cards/epf_test/epf_regs.v
rtl/cards/epf_test/epf_requests.v
rtl/cards/epf_test/epf_test_card.v
