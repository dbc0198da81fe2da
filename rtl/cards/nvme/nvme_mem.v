// SPDX-License-Identifier: Apache-2.0
//
// The backing store's port, shared by reader, writer and eraser in turn, and the map of deallocated
// blocks: one bit per block; a block whose bit is set reads as zero whatever the store holds, a write
// clears it. The map survives every reset, as the store does. Requests leave one cycle after they were
// accepted, in the order of acceptance; one per cycle.
`default_nettype none
module nvme_mem #(
    parameter DATA_W = 256,
    parameter MEM_AW = 22,
    parameter LBA_W  = 18
) (
    input  wire                clk,
    input  wire                rst,

    // reader: an answer per request, in order; rd_last comes back
    input  wire                rd_valid,
    output wire                rd_ready,
    input  wire [MEM_AW-1:0]   rd_addr,
    input  wire                rd_last,
    output wire                rd_rsp_valid,
    output wire                rd_rsp_last,
    output wire [DATA_W-1:0]   rd_rsp_data,

    // writer
    input  wire                wr_valid,
    output wire                wr_ready,
    input  wire [MEM_AW-1:0]   wr_addr,
    input  wire [DATA_W-1:0]   wr_data,
    input  wire [DATA_W/8-1:0] wr_strb,

    // eraser: writes zeroes, or marks up to 64 blocks as deallocated (always taken)
    input  wire                er_valid,
    output wire                er_ready,
    input  wire [MEM_AW-1:0]   er_addr,
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
    reg [DATA_W/8-1:0] strb_q;
    reg                was_read_q;      // whose turn it is
    reg                was_er_q;

    wire free    = !valid_q || mem_req_ready;
    wire want_wr = (wr_valid || er_valid) && !unmap_valid;
    wire sel_rd  = rd_valid && !(was_read_q && want_wr);
    wire sel_wr  = !sel_rd && want_wr && wr_valid && !(er_valid && !was_er_q);
    wire sel_er  = !sel_rd && want_wr && !sel_wr;

    assign rd_ready = free && sel_rd;
    assign wr_ready = free && sel_wr;
    assign er_ready = free && sel_er;

    wire [MEM_AW-1:0] w_addr  = sel_wr ? wr_addr : er_addr;
    wire [LBA_W-1:0]  w_lba   = w_addr[MEM_AW-1:WPB_LOG2];
    wire [LBA_W-1:0]  r_lba   = rd_addr[MEM_AW-1:WPB_LOG2];
    wire [63:0]       r_map   = map_q[r_lba[LBA_W-1:6]];
    wire [63:0]       w_map   = map_q[w_lba[LBA_W-1:6]];
    wire [63:0]       u_map   = map_q[unmap_word];

    assign mem_req_valid = valid_q;
    assign mem_req_write = write_q;
    assign mem_req_addr  = addr_q;
    assign mem_req_wdata = data_q;
    assign mem_req_wstrb = strb_q;

    always @(posedge clk) begin
        if (rst) begin
            valid_q    <= 1'b0;
            was_read_q <= 1'b0;
            was_er_q   <= 1'b0;
        end else if (free) begin
            valid_q <= sel_rd || sel_wr || sel_er;
            if (sel_rd || sel_wr || sel_er)
                was_read_q <= sel_rd;
            if (sel_wr || sel_er)
                was_er_q <= sel_er;
        end
        if (free) begin
            write_q <= !sel_rd;
            addr_q  <= sel_rd ? rd_addr : w_addr;
            if (sel_wr) begin
                data_q <= wr_data;
                strb_q <= wr_strb;
            end else if (sel_er) begin
                data_q <= {DATA_W{1'b0}};
                strb_q <= {(DATA_W/8){1'b1}};
            end
        end
        if (unmap_valid)
            map_q[unmap_word] <= u_map | unmap_mask;
        else if (wr_ready || er_ready)
            map_q[w_lba[LBA_W-1:6]] <= w_map & ~(64'd1 << w_lba[5:0]);
    end

    // what each answer is: {last word of its command, deallocated}
    wire tag_valid;
    wire tag_zero;
    wire unused_ready;
    nvme_fifo #(.W(2), .DEPTH_LOG2(4)) u_tags (
        .clk(clk), .rst(rst),
        .push_valid(rd_ready), .push_ready(unused_ready),
        .push_data({rd_last, r_map[r_lba[5:0]]}),
        .pop_valid(tag_valid), .pop_ready(mem_rsp_valid), .pop_data({rd_rsp_last, tag_zero}));

    // an answer without a tag was asked for before a reset
    assign rd_rsp_valid = mem_rsp_valid && tag_valid;
    assign rd_rsp_data  = tag_zero ? {DATA_W{1'b0}} : mem_rsp_data;
    assign idle         = !valid_q && !tag_valid;

    wire unused = &{1'b0, unused_ready};
endmodule
`default_nettype wire
