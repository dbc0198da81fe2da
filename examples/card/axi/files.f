// SPDX-License-Identifier: Apache-2.0
// The example card for the interface axi, top module example_axi. Names are relative to the repository's root.
+incdir+rtl
rtl/core/riser_fifo.v
rtl/core/riser_ram.v
examples/card/example_core.v
examples/card/example_dma.v
examples/card/example_mem.v
examples/card/axi/example_axi.v
