// SPDX-License-Identifier: Apache-2.0
//
// The backing store's port, shared by reader, writer and eraser in turn, and the map of deallocated
// blocks: one bit per block; a block whose bit is set reads as zero whatever the store holds, a write
// clears it. The map survives every reset, as the store does. Requests leave one cycle after they were
// accepted, in the order of acceptance; one per cycle; a write that the store has not taken yet also after
// a reset. A turn is a block, so that nobody sees or makes
// half of one: it begins when all that it needs is there (a whole block, room for one) and waits for
// nothing but the store. What it reads of the map is the bit at its begin, what it clears goes with
// its last word.
`default_nettype none
module nvme_mem #(
    parameter DATA_W = 256,
    parameter MEM_AW = 22,
    parameter LBA_W  = 18
) (
    input  wire                clk,
    input  wire                rst,

    // reader: an answer per request, in order; rd_last comes back. Words of whole blocks; once the
    // first was accepted, the others do not wait for anybody but the store
    input  wire                rd_valid,
    output wire                rd_ready,
    input  wire [MEM_AW-1:0]   rd_addr,
    input  wire                rd_last,
    output wire                rd_rsp_valid,
    output wire                rd_rsp_last,
    output wire [DATA_W-1:0]   rd_rsp_data,

    // writer: a whole block, its word wr_word at wr_data; gone when wr_done
    input  wire                wr_valid,
    input  wire [LBA_W-1:0]    wr_lba,
    output wire [MEM_AW-LBA_W-1:0] wr_word,
    input  wire [DATA_W-1:0]   wr_data,
    output wire                wr_done,

    // eraser: a block of zeroes, gone when er_done; or marks up to 64 blocks as deallocated (always
    // taken)
    input  wire                er_valid,
    input  wire [LBA_W-1:0]    er_lba,
    output wire                er_done,
    input  wire                unmap_valid,
    input  wire [LBA_W-7:0]    unmap_word,
    input  wire [63:0]         unmap_mask,

    // backing store
    output wire                mem_req_valid,
    input  wire                mem_req_ready,
    output wire                mem_req_write,
    output wire [MEM_AW-1:0]   mem_req_addr,
    output wire [DATA_W-1:0]   mem_req_wdata,
    output wire [DATA_W/8-1:0] mem_req_wstrb,
    input  wire                mem_rsp_valid,
    input  wire [DATA_W-1:0]   mem_rsp_data,

    output wire                idle
);
    localparam WPB_LOG2  = MEM_AW - LBA_W;
    localparam MAP_WORDS = 1 << (LBA_W - 6);

    reg [63:0] map_q [0:MAP_WORDS-1];
    integer i;
    initial begin
        for (i = 0; i < MAP_WORDS; i = i + 1)
            map_q[i] = 64'd0;
    end

    // known before the first clock edge of the first reset: the store must not see a write then
    reg                valid_q;
    initial valid_q = 1'b0;
    reg                write_q;
    reg [MEM_AW-1:0]   addr_q;
    reg [DATA_W-1:0]   data_q;
    reg [WPB_LOG2-1:0] word_q;          // of the block whose turn it is
    reg                is_read_q;       // whose turn it is, or was
    reg                is_er_q;
    reg                zero_q;          // it is deallocated

    wire free    = !valid_q || mem_req_ready;
    wire first   = word_q == {WPB_LOG2{1'b0}};
    wire last    = &word_q;
    wire want_wr = wr_valid || er_valid;
    wire turn_rd = first ? rd_valid && !(is_read_q && want_wr) : is_read_q;
    wire turn_er = !turn_rd && (first ? er_valid && !(wr_valid && is_er_q) : is_er_q);
    wire turn_wr = !turn_rd && !turn_er;
    wire go_rd   = free && turn_rd && rd_valid;
    wire go_wr   = free && turn_wr && wr_valid && !(last && unmap_valid);
    wire go_er   = free && turn_er && er_valid && !(last && unmap_valid);

    assign rd_ready = go_rd;
    assign wr_word  = word_q;
    assign wr_done  = go_wr && last;
    assign er_done  = go_er && last;

    wire [LBA_W-1:0]  w_lba   = turn_er ? er_lba : wr_lba;
    wire [LBA_W-1:0]  r_lba   = rd_addr[MEM_AW-1:WPB_LOG2];
    wire [63:0]       r_map   = map_q[r_lba[LBA_W-1:6]];
    wire [63:0]       w_map   = map_q[w_lba[LBA_W-1:6]];
    wire [63:0]       u_map   = map_q[unmap_word];
    wire              zero    = first ? r_map[r_lba[5:0]] : zero_q;

    assign mem_req_valid = valid_q;
    assign mem_req_write = write_q;
    assign mem_req_addr  = addr_q;
    assign mem_req_wdata = data_q;
    assign mem_req_wstrb = {(DATA_W/8){1'b1}};

    always @(posedge clk) begin
        if (rst) begin
            // the last word of a command that has ended: the store still gets it
            valid_q   <= valid_q && write_q && !mem_req_ready;
            word_q    <= {WPB_LOG2{1'b0}};
            is_read_q <= 1'b0;
            is_er_q   <= 1'b0;
        end else if (free) begin
            valid_q <= go_rd || go_wr || go_er;
            if (go_rd || go_wr || go_er) begin
                word_q    <= word_q + 1'b1;
                is_read_q <= go_rd;
            end
            if (go_wr || go_er)
                is_er_q <= go_er;
        end
        if (go_rd)
            zero_q <= zero;
        if (free) begin
            write_q <= !turn_rd;
            addr_q  <= turn_rd ? rd_addr : {w_lba, word_q};
            data_q  <= turn_er ? {DATA_W{1'b0}} : wr_data;
        end
        if (unmap_valid)
            map_q[unmap_word] <= u_map | unmap_mask;
        else if (wr_done || er_done)
            map_q[w_lba[LBA_W-1:6]] <= w_map & ~(64'd1 << w_lba[5:0]);
    end

    // what each answer is: {last word of its command, deallocated}
    wire tag_valid;
    wire tag_zero;
    wire unused_ready;
    nvme_fifo #(.W(2), .DEPTH_LOG2(4)) u_tags (
        .clk(clk), .rst(rst),
        .push_valid(rd_ready), .push_ready(unused_ready),
        .push_data({rd_last, zero}),
        .pop_valid(tag_valid), .pop_ready(mem_rsp_valid), .pop_data({rd_rsp_last, tag_zero}));

    // an answer without a tag was asked for before a reset
    assign rd_rsp_valid = mem_rsp_valid && tag_valid;
    assign rd_rsp_data  = tag_zero ? {DATA_W{1'b0}} : mem_rsp_data;
    assign idle         = !valid_q && !tag_valid && first;

    wire unused = &{1'b0, unused_ready};
endmodule
`default_nettype wire
