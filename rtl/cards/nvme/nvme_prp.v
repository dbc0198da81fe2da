// SPDX-License-Identifier: Apache-2.0
//
// Walks PRP entries: turns {PRP1, PRP2, length} into segments of at most one 4 KiB page, reading PRP
// lists (chained ones too) from the host up to 32 entries at a time. An error is a last segment of
// length 0 with seg_err; what was wrong is known before the first segment for PRP1 and PRP2, at
// its place for list entries. One segment per 2 cycles; commands one after another.
`default_nettype none
module nvme_prp #(
    parameter DATA_W = 256,
    parameter TAG_W  = 4
) (
    input  wire              clk,
    input  wire              rst,

    // commands: length in bytes, 4 to 131072, multiple of 4
    input  wire              cmd_valid,
    output wire              cmd_ready,
    input  wire [63:0]       cmd_prp1,
    input  wire [63:0]       cmd_prp2,
    input  wire [17:0]       cmd_len,
    input  wire [TAG_W-1:0]  cmd_tag,

    // segments; error 1: PRP offset, 2: a list could not be read
    output wire              seg_valid,
    input  wire              seg_ready,
    output wire [63:0]       seg_addr,
    output wire [12:0]       seg_len,
    output wire              seg_last,
    output wire [1:0]        seg_err,
    output wire [TAG_W-1:0]  seg_tag,

    // PRP lists by DMA read; data is always accepted
    output wire              req_valid,
    input  wire              req_ready,
    output wire [63:0]       req_addr,
    output wire [17:0]       req_len,
    input  wire              dat_valid,
    input  wire              dat_last,
    input  wire [DATA_W-1:0] dat_data,
    input  wire [1:0]        dat_status
);
    localparam [2:0] ST_IDLE  = 3'd0,
                     ST_CHECK = 3'd1,
                     ST_SEG   = 3'd2,
                     ST_NEXT  = 3'd3,
                     ST_REQ   = 3'd4,
                     ST_WAIT  = 3'd5;
    localparam PER_WORD = DATA_W / 64;
    localparam WORDS    = 32 / PER_WORD;
    localparam WORD_W   = $clog2(WORDS);
    localparam SEL_W    = 5 - WORD_W;

    reg [2:0]        state_q;
    reg [63:0]       addr_q;        // of the segment
    reg [12:0]       len_q;
    reg [1:0]        err_q;
    reg [17:0]       left_q;        // bytes, this segment included
    reg [63:0]       prp2_q;        // PRP2, then the address of the next list entry to use
    reg              list_q;
    reg [TAG_W-1:0]  tag_q;
    reg [DATA_W-1:0] buf_q [0:WORDS-1];
    reg [WORD_W-1:0] fill_q;
    reg [5:0]        have_q;        // entries of the buffer that are not used yet
    reg [4:0]        use_q;

    // entries still needed, entries up to the end of the list's page
    wire [17:0] left_up  = left_q + 18'd4095;
    wire [5:0]  needed   = left_up[17:12];
    wire [9:0]  to_end   = 10'd512 - {1'b0, prp2_q[11:3]};
    wire [5:0]  ask      = to_end < {4'd0, needed} ? to_end[5:0] : needed;

    wire [DATA_W-1:0] word = buf_q[use_q[4 -: WORD_W]];
    wire [63:0]       entry;
    generate
        if (PER_WORD == 1) begin : g_one
            assign entry = word;
        end else begin : g_more
            assign entry = word[{use_q[SEL_W-1:0], 6'd0} +: 64];
        end
    endgenerate

    wire [12:0] first_len = 13'd4096 - {1'b0, addr_q[11:0]};
    wire [17:0] after     = left_q > {5'd0, first_len} ? left_q - {5'd0, first_len} : 18'd0;
    wire        one_more  = after != 18'd0 && after <= 18'd4096;
    wire        by_list   = after > 18'd4096;
    wire        bad_prp   = addr_q[1:0] != 2'd0 || (one_more && prp2_q[11:0] != 12'd0) ||
                            (by_list && prp2_q[2:0] != 3'd0);

    assign cmd_ready = state_q == ST_IDLE;
    assign seg_valid = state_q == ST_SEG;
    assign seg_addr  = addr_q;
    assign seg_len   = len_q;
    assign seg_last  = err_q != 2'd0 || left_q == {5'd0, len_q};
    assign seg_err   = err_q;
    assign seg_tag   = tag_q;
    assign req_valid = state_q == ST_REQ;
    assign req_addr  = prp2_q;
    assign req_len   = {9'd0, ask, 3'd0};

    always @(posedge clk) begin
        case (state_q)
            ST_IDLE: begin
                addr_q <= cmd_prp1;
                prp2_q <= cmd_prp2;
                left_q <= cmd_len;
                tag_q  <= cmd_tag;
                err_q  <= 2'd0;
                have_q <= 6'd0;
                if (cmd_valid)
                    state_q <= ST_CHECK;
            end
            ST_CHECK: begin
                list_q  <= by_list;
                len_q   <= bad_prp ? 13'd0 : after == 18'd0 ? left_q[12:0] : first_len;
                err_q   <= {1'b0, bad_prp};
                state_q <= ST_SEG;
            end
            ST_SEG:
                if (seg_ready) begin
                    left_q  <= left_q - {5'd0, len_q};
                    state_q <= seg_last ? ST_IDLE : ST_NEXT;
                end
            ST_NEXT: begin
                len_q <= left_q > 18'd4096 ? 13'd4096 : left_q[12:0];
                if (!list_q) begin
                    addr_q  <= prp2_q;
                    state_q <= ST_SEG;
                end else if (have_q == 6'd0) begin
                    state_q <= ST_REQ;
                end else if (entry[11:0] != 12'd0) begin
                    err_q   <= 2'd1;
                    len_q   <= 13'd0;
                    state_q <= ST_SEG;
                end else if (prp2_q[11:3] == 9'd511 && needed != 6'd1) begin
                    // the last entry of the page, and more than it can cover: the next list
                    prp2_q  <= entry;
                    have_q  <= 6'd0;
                    state_q <= ST_REQ;
                end else begin
                    addr_q  <= entry;
                    prp2_q  <= prp2_q + 64'd8;
                    have_q  <= have_q - 6'd1;
                    use_q   <= use_q + 5'd1;
                    state_q <= ST_SEG;
                end
            end
            ST_REQ: begin
                fill_q <= {WORD_W{1'b0}};
                use_q  <= 5'd0;
                have_q <= ask;
                if (req_ready)
                    state_q <= ST_WAIT;
            end
            default:
                if (dat_valid) begin
                    buf_q[fill_q] <= dat_data;
                    fill_q        <= fill_q + 1'b1;
                    if (dat_last) begin
                        err_q   <= dat_status != 2'd0 ? 2'd2 : 2'd0;
                        len_q   <= 13'd0;
                        state_q <= dat_status != 2'd0 ? ST_SEG : ST_NEXT;
                    end
                end
        endcase
        if (rst)
            state_q <= ST_IDLE;
    end

    wire unused = &{1'b0, left_up[11:0]};
endmodule
`default_nettype wire
