// SPDX-License-Identifier: Apache-2.0
//
// Completion entries and interrupts. Takes commands that ended, one after another round the slots, and
// completions of asynchronous events; writes their entries (one at a time; a queue without a free entry
// is passed over) and, when the core says that an entry is on its way, asks for the interrupt of the
// queue's vector. Entries that end while a message waits share it.
// While drop is 1, or for commands that end without an entry, slots are just given back.
`include "nvme_defs.vh"
`default_nettype none
module nvme_cq #(
    parameter DATA_W = 256,
    parameter QW     = 3,
    parameter SLOT_W = 3
) (
    input  wire              clk,
    input  wire              rst,
    // number of the planted defect, constant
    input  wire [3:0]        bug,
    input  wire              drop,

    // ended commands
    input  wire              any_ended,
    output wire [SLOT_W-1:0] look_slot,
    input  wire              look_ended,
    input  wire              look_none,
    input  wire [QW-1:0]     look_sqid,
    input  wire [QW-1:0]     look_cqid,
    input  wire [15:0]       look_cid,
    input  wire [31:0]       look_nsid,
    input  wire [31:0]       look_lba,
    input  wire [11:0]       look_status,
    input  wire [31:0]       look_dw0,
    output wire              look_free,

    // asynchronous events
    input  wire              aer_valid,
    output wire              aer_ready,
    input  wire [15:0]       aer_cid,
    input  wire [11:0]       aer_status,
    input  wire [31:0]       aer_dw0,

    // queues
    output wire [QW-1:0]     c_cqid,
    output wire [QW-1:0]     c_sqid,
    input  wire              c_full,
    input  wire              c_full0,
    input  wire [63:0]       c_addr,
    input  wire              c_phase,
    input  wire [15:0]       c_sqhd,
    output wire              c_take,
    output wire              d_valid,
    output wire [QW-1:0]     d_cqid,
    input  wire              d_ien,
    input  wire [4:0]        d_iv,

    // error log
    output wire              err_valid,
    output wire [15:0]       err_sqid,
    output wire [15:0]       err_cid,
    output wire [11:0]       err_status,
    output wire [31:0]       err_lba,
    output wire [31:0]       err_nsid,

    // DMA write
    output wire              req_valid,
    input  wire              req_ready,
    output wire [63:0]       req_addr,
    output wire [QW-1:0]     req_cqid,
    output wire              dat_valid,
    input  wire              dat_ready,
    output wire [DATA_W-1:0] dat_data,
    input  wire              done_valid,
    input  wire [QW-1:0]     done_cqid,
    input  wire [1:0]        done_status,

    // interrupts
    input  wire              msix_en,
    input  wire [31:0]       intms,
    output wire              irq_valid,
    input  wire              irq_ready,
    output wire [10:0]       irq_vec,

    output wire              fatal,
    output wire              idle
);
    localparam [1:0] ST_LOOK = 2'd0,
                     ST_REQ  = 2'd1,
                     ST_DATA = 2'd2;
    localparam       BEATS   = DATA_W < 128 ? 2 : 1;

    reg [1:0]        state_q;
    reg [SLOT_W-1:0] slot_q;
    reg [127:0]      cqe_q;
    reg [63:0]       addr_q;
    reg [QW-1:0]     cqid_q;
    reg              second_q;
    reg [7:0]        flight_q;
    reg [17:0]       late_q;            // cycles that the planted defect holds the entry back
    reg [31:0]       irq_pend_q;
    reg              irq_valid_q;
    reg [4:0]        irq_vec_q;

    wire in_look  = state_q == ST_LOOK;
    wire sel_aer  = in_look && aer_valid && !c_full0 && !drop;
    wire sel_slot = in_look && !sel_aer && look_ended;
    wire no_entry = drop || look_none;
    wire post     = sel_aer || (sel_slot && !no_entry && !c_full);

    wire [11:0] status = sel_aer ? aer_status : look_status;
    wire        more   = err_valid;

    assign look_slot = slot_q;
    assign look_free = sel_slot && (no_entry || !c_full);
    assign aer_ready = sel_aer;
    assign c_cqid    = sel_aer ? {QW{1'b0}} : look_cqid;
    assign c_sqid    = sel_aer ? {QW{1'b0}} : look_sqid;
    assign c_take    = post;

    assign err_valid  = post && !sel_aer && look_status != `NVME_OK;
    assign err_sqid   = {{(16-QW){1'b0}}, look_sqid};
    assign err_cid    = look_cid;
    assign err_status = look_status;
    assign err_lba    = look_lba;
    assign err_nsid   = look_nsid;

    // planted (6): an entry of an I/O queue is written 1 ms after its interrupt was asked for
    localparam [17:0] LATE_CYCLES = 18'd250000;
    wire late  = bug == 4'd6 && c_cqid != {QW{1'b0}};
    wire early = late_q == LATE_CYCLES && !done_valid;

    assign req_valid = state_q == ST_REQ && late_q == 18'd0;
    assign req_addr  = addr_q;
    assign req_cqid  = cqid_q;
    assign dat_valid = state_q == ST_DATA;
    generate
        if (DATA_W < 128) begin : g_narrow
            assign dat_data = second_q ? cqe_q[127:64] : cqe_q[63:0];
        end else if (DATA_W == 128) begin : g_same
            assign dat_data = cqe_q;
        end else begin : g_wide
            assign dat_data = {{(DATA_W-128){1'b0}}, cqe_q};
        end
    endgenerate

    assign d_valid = done_valid && done_status == 2'd0;
    assign d_cqid  = early ? cqid_q : done_cqid;
    assign fatal   = done_valid && done_status != 2'd0;

    assign irq_valid = irq_valid_q;
    assign irq_vec   = {6'd0, irq_vec_q};

    // what INTMS masks waits, except with MSI-X, which has masks of its own
    wire [31:0] irq_open = msix_en ? irq_pend_q : irq_pend_q & ~intms;
    assign idle = in_look && !any_ended && flight_q == 8'd0 && irq_open == 32'd0 && !irq_valid_q;

    always @(posedge clk) begin
        if (rst) begin
            state_q  <= ST_LOOK;
            slot_q   <= {SLOT_W{1'b0}};
            flight_q <= 8'd0;
            late_q   <= 18'd0;
        end else begin
            case (state_q)
                ST_LOOK: begin
                    if (any_ended && !sel_aer && !post)
                        slot_q <= slot_q + 1'b1;
                    if (post)
                        state_q <= ST_REQ;
                end
                ST_REQ:
                    if (req_valid && req_ready)
                        state_q <= ST_DATA;
                default:
                    if (dat_ready && (BEATS == 1 || second_q))
                        state_q <= ST_LOOK;
            endcase
            if ((req_valid && req_ready) != done_valid)
                flight_q <= done_valid ? flight_q - 8'd1 : flight_q + 8'd1;
            if (post)
                late_q <= late ? LATE_CYCLES : 18'd0;
            else if (late_q != 18'd0 && (early || late_q != LATE_CYCLES))
                late_q <= late_q - 18'd1;
        end

        if (state_q == ST_REQ)
            second_q <= 1'b0;
        else if (state_q == ST_DATA && dat_ready)
            second_q <= 1'b1;

        if (post) begin
            cqe_q  <= {status[11], more, 2'b00, status[10:0], c_phase, sel_aer ? aer_cid : look_cid,
                       {(16-QW){1'b0}}, c_sqid, c_sqhd, 32'd0, sel_aer ? aer_dw0 : look_dw0};
            addr_q <= c_addr;
            cqid_q <= c_cqid;
        end
    end

    // the lowest vector that waits; a message once offered stays
    reg [4:0] irq_next;
    integer   i;
    always @* begin
        irq_next = 5'd0;
        for (i = 31; i >= 0; i = i - 1)
            if (irq_open[i])
                irq_next = i[4:0];
    end

    always @(posedge clk) begin
        if (rst) begin
            irq_pend_q  <= 32'd0;
            irq_valid_q <= 1'b0;
        end else begin
            if ((!irq_valid_q || irq_ready) && irq_open != 32'd0) begin
                irq_valid_q          <= 1'b1;
                irq_vec_q            <= irq_next;
                irq_pend_q[irq_next] <= 1'b0;
            end else if (irq_ready) begin
                irq_valid_q <= 1'b0;
            end
            if (d_ien && (early || (d_valid && !(bug == 4'd6 && done_cqid != {QW{1'b0}}))))
                irq_pend_q[d_iv] <= 1'b1;
        end
    end
endmodule
`default_nettype wire
