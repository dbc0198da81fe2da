// SPDX-License-Identifier: Apache-2.0
// The example card on the user interface of Xilinx blocks, top modules example_usp (UltraScale+) and example_us (UltraScale), example_7series.
// Names are relative to the repository's root.
rtl/core/riser_fifo.v
rtl/core/riser_ram.v
examples/card/xilinx/example_7series.v
examples/card/xilinx/example_stream_in.v
examples/card/xilinx/example_stream_out.v
examples/card/xilinx/example_us.v
examples/card/xilinx/example_us_cq.v
examples/card/xilinx/example_us_irq.v
examples/card/xilinx/example_us_rq.v
examples/card/xilinx/example_usp.v
examples/card/xilinx/example_xilinx_core.v
examples/card/xilinx/example_xilinx_mem.v
