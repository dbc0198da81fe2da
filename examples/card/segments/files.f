// SPDX-License-Identifier: Apache-2.0
// The example card for the interface segments, top module example_segments. Names are relative to the repository's
// root. Of the core it uses what makes TLPs of registers and DMA, of the shims what cuts TLPs into segments.
+incdir+rtl
rtl/core/riser_bar_hit.v
rtl/core/riser_completer.v
rtl/core/riser_dma_rd.v
rtl/core/riser_dma_wr.v
rtl/core/riser_fifo.v
rtl/core/riser_irq.v
rtl/core/riser_lutram.v
rtl/core/riser_msg.v
rtl/core/riser_msix.v
rtl/core/riser_ram.v
rtl/core/riser_rd_cpl.v
rtl/core/riser_rd_out.v
rtl/core/riser_reg_bus.v
rtl/core/riser_rx.v
rtl/core/riser_rx_posted.v
rtl/core/riser_rx_req.v
rtl/core/riser_skid.v
rtl/core/riser_tx.v
rtl/core/riser_tx_arb.v
rtl/shim/hip/riser_hip_fromseg.v
rtl/shim/hip/riser_hip_segq.v
rtl/shim/hip/riser_hip_toseg.v
rtl/shim/segments/riser_segments_rx.v
rtl/shim/segments/riser_segments_tx.v
examples/card/example_core.v
examples/card/example_dma.v
examples/card/example_mem.v
examples/card/example_user.v
examples/card/segments/example_segments.v
