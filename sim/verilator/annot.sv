// SPDX-License-Identifier: Apache-2.0
// Annotation lanes of a traced model. The builder binds one instance, named
// "riser", into the top module; the harness writes the signals as text.
module riser_annot;
    reg [511:0] driver  /*verilator public_flat_rw*/;  // driver function, ASCII
    reg [511:0] rx_tlp  /*verilator public_flat_rw*/;  // TLP from the host, ASCII
    reg [511:0] tx_tlp  /*verilator public_flat_rw*/;  // TLP from the card, ASCII
    reg [63:0]  host_ns /*verilator public_flat_rw*/;  // host time in ns
    initial begin
        driver = 512'd0;
        rx_tlp = 512'd0;
        tx_tlp = 512'd0;
        host_ns = 64'd0;
    end
endmodule
