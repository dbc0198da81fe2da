// SPDX-License-Identifier: Apache-2.0
//
// Resets and the function level reset. Link reset (PERST#, hot reset, link down) resets everything
// but sticky fields, which only PERST# resets. A function level reset first holds the card in reset
// and lets TLPs that were started leave (state quiet), so that the completion of the write that
// asked for it is the last TLP of the old life; then it resets the function for HOLD_CYCLES.
`default_nettype none
module riser_reset #(
    // cycles of rst_func in a function level reset, 4 to 255
    parameter [7:0] HOLD_CYCLES = 8'd32
) (
    input  wire clk,
    input  wire perst_n,
    input  wire hot_reset,
    input  wire link_up,

    input  wire flr_start,      // pulse from the configuration space
    input  wire tx_quiet,       // nothing started is still inside
    input  wire tables_ready,   // the MSI-X memories are initialised

    output wire rst_sticky,
    output wire rst,
    output wire rst_func,
    output wire card_rst,
    output wire flr_active,
    output wire flr_wait,       // completions wait: TLPs of before are still leaving
    output wire stop            // no new TLP of the card's
);
    localparam [1:0] ST_RUN   = 2'd0;
    localparam [1:0] ST_QUIET = 2'd1;
    localparam [1:0] ST_HOLD  = 2'd2;
    localparam [1:0] ST_INIT  = 2'd3;

    reg       rst_q, sticky_q;
    reg [1:0] state_q;
    reg [7:0] count_q;

    assign rst        = rst_q;
    assign rst_sticky = sticky_q;
    assign rst_func   = rst_q || (state_q == ST_HOLD);
    assign flr_active = state_q != ST_RUN;
    assign flr_wait   = flr_start || (state_q == ST_QUIET);
    assign stop       = flr_start || flr_active;
    assign card_rst   = rst_q || flr_active;

    always @(posedge clk) begin
        sticky_q <= !perst_n;
        rst_q    <= !perst_n || hot_reset || !link_up;
        if (rst_q) begin
            state_q <= ST_RUN;
            count_q <= 8'd0;
        end else begin
            case (state_q)
                ST_RUN:
                    if (flr_start)
                        state_q <= ST_QUIET;
                ST_QUIET: begin
                    count_q <= HOLD_CYCLES;
                    if (tx_quiet)
                        state_q <= ST_HOLD;
                end
                ST_HOLD: begin
                    count_q <= count_q - 8'd1;
                    if (count_q == 8'd1)
                        state_q <= ST_INIT;
                end
                default:
                    if (tables_ready)
                        state_q <= ST_RUN;
            endcase
        end
    end
endmodule
`default_nettype wire
