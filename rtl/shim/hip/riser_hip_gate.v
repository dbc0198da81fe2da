// SPDX-License-Identifier: Apache-2.0
//
// Holds a TLP at its first beat until the posted TLPs that were started before it have been transferred.
// No cycle is lost when none is under way. Once open it stays open until the beat is transferred.
`default_nettype none
module riser_hip_gate (
    input  wire        clk,
    input  wire        rst,
    // counters of riser_tx_arb
    input  wire [15:0] nr_started,
    input  wire [15:0] nr_done,
    input  wire        valid,
    input  wire        sop,
    input  wire        moves,       // the beat is transferred
    output wire        open
);
    reg        open_q, wait_q;
    reg [15:0] snap_q;
    wire [15:0] lag = nr_done - snap_q;

    assign open = !sop || open_q || nr_started == nr_done || (wait_q && !lag[15]);

    always @(posedge clk) begin
        if (rst || !valid || !sop || moves) begin
            open_q <= 1'b0;
            wait_q <= 1'b0;
        end else begin
            open_q <= open;
            wait_q <= 1'b1;
            if (!wait_q)
                snap_q <= nr_started;
        end
    end

    wire unused = &{1'b0, lag[14:0]};
endmodule
`default_nettype wire
