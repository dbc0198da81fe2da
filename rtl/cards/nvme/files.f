// SPDX-License-Identifier: Apache-2.0
// Sources of the NVMe card, top module nvme_card. Names are relative to the repository's root:
//   verilator -f rtl/cards/nvme/files.f --top-module nvme_card
// The core's are those of rtl/core/core.f (no nested list: Icarus looks for it elsewhere).
+incdir+rtl
+incdir+rtl/cards/nvme
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
rtl/core/riser_ram.v
rtl/core/riser_rd_cpl.v
rtl/core/riser_rd_out.v
rtl/core/riser_reg_bus.v
rtl/core/riser_reset.v
rtl/core/riser_rx_posted.v
rtl/core/riser_rx_req.v
rtl/core/riser_skid.v
rtl/core/riser_tx_arb.v
rtl/cards/nvme/nvme_adata.v
rtl/cards/nvme/nvme_admin.v
rtl/cards/nvme/nvme_aer.v
rtl/cards/nvme/nvme_card.v
rtl/cards/nvme/nvme_cq.v
rtl/cards/nvme/nvme_ctrl.v
rtl/cards/nvme/nvme_decode.v
rtl/cards/nvme/nvme_dma.v
rtl/cards/nvme/nvme_erase.v
rtl/cards/nvme/nvme_features.v
rtl/cards/nvme/nvme_fetch.v
rtl/cards/nvme/nvme_fifo.v
rtl/cards/nvme/nvme_identify.v
rtl/cards/nvme/nvme_log.v
rtl/cards/nvme/nvme_mem.v
rtl/cards/nvme/nvme_prp.v
rtl/cards/nvme/nvme_queues.v
rtl/cards/nvme/nvme_read.v
rtl/cards/nvme/nvme_regs.v
rtl/cards/nvme/nvme_slots.v
rtl/cards/nvme/nvme_write.v
