// SPDX-License-Identifier: Apache-2.0
// Sources of the card that `riser bench` measures with. Names are relative to the repository's root.
// The core's are those of rtl/core/core.f (no nested list: Icarus looks for it elsewhere).
+incdir+rtl
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
bench/card/bench_card.v
