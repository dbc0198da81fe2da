// SPDX-License-Identifier: Apache-2.0
//
// Runs the commands of the registers, one at a time: an interrupt; or a transfer and then an interrupt.
// READ takes SIZE bytes from the source and compares their CRC-32 with CHECKSUM; WRITE sends SIZE
// pseudo-random bytes to the destination and puts their CRC-32 into CHECKSUM; COPY passes the read data
// on to the destination. The interrupt is asked for when the last write has left, with STATUS and
// CHECKSUM written before. A transfer that fails says so in STATUS: source or destination invalid too
// if the host refused the read, or the write was not allowed.
// Requests are of 64 KiB, the next one waiting while one runs; one beat per cycle.
`default_nettype none
module epf_engine #(
    parameter         DATA_W       = 256,
    parameter         MSI_VECTORS  = 32,
    parameter         MSIX_VECTORS = 2048
) (
    input  wire              clk,
    input  wire              rst,
    input  wire              cfg_msi_en,
    input  wire              cfg_msix_en,

    // epf_regs
    input  wire [31:0]       command,
    output wire              take,
    input  wire [63:0]       src,
    input  wire [63:0]       dst,
    input  wire [31:0]       size,
    input  wire [31:0]       checksum,
    input  wire [31:0]       irq_type,
    input  wire [31:0]       irq_number,
    output wire [8:0]        set_status,
    output wire              checksum_valid,
    output wire [31:0]       checksum_data,
    output wire              raise_intx,

    // core port
    output wire              dmar_req_valid,
    input  wire              dmar_req_ready,
    output wire [63:0]       dmar_req_addr,
    output wire [17:0]       dmar_req_len,
    input  wire              dmar_valid,
    output wire              dmar_ready,
    input  wire              dmar_last,
    input  wire [DATA_W-1:0] dmar_data,
    input  wire [1:0]        dmar_status,
    output wire              dmaw_req_valid,
    input  wire              dmaw_req_ready,
    output wire [63:0]       dmaw_req_addr,
    output wire [17:0]       dmaw_req_len,
    output wire              dmaw_valid,
    input  wire              dmaw_ready,
    output wire [DATA_W-1:0] dmaw_data,
    input  wire              dmaw_done_valid,
    input  wire [1:0]        dmaw_done_status,
    output wire              irq_valid,
    input  wire              irq_ready,
    output wire [10:0]       irq_vec,

    output wire              idle
);
    localparam NB      = DATA_W / 8;
    localparam NB_LOG2 = $clog2(NB);
    localparam LANES   = DATA_W / 32;
    localparam [31:0] NB_32 = NB;
    localparam [31:0] MSI_LAST  = MSI_VECTORS;
    localparam [31:0] MSIX_LAST = MSIX_VECTORS;

    // bits of COMMAND
    localparam [31:0] CMD_INTX = 32'h01, CMD_MSI = 32'h02, CMD_MSIX = 32'h04;
    localparam [31:0] CMD_READ = 32'h08, CMD_WRITE = 32'h10, CMD_COPY = 32'h20;
    // bits of STATUS
    localparam [8:0] IRQ_RAISED = 9'h040, SRC_INVALID = 9'h080, DST_INVALID = 9'h100;

    localparam [2:0] ST_IDLE  = 3'd0;
    localparam [2:0] ST_RUN   = 3'd1;
    localparam [2:0] ST_JUDGE = 3'd2;   // result into STATUS and CHECKSUM
    localparam [2:0] ST_FLAG  = 3'd3;   // IRQ_RAISED into STATUS
    localparam [2:0] ST_IRQ   = 3'd4;

    reg [2:0]  state_q;
    reg        reads_q, writes_q;       // what the command does
    reg        src_bad_q, dst_bad_q, failed_q;
    reg [31:0] left_q;                  // bytes that the data path still has to move
    reg [3:0]  open_q;                  // write requests without dmaw_done

    wire is_irq   = command == CMD_INTX || command == CMD_MSI || command == CMD_MSIX;
    wire is_read  = command == CMD_READ || command == CMD_COPY;
    wire is_write = command == CMD_WRITE || command == CMD_COPY;
    wire type_ok  = irq_type <= 32'd2;
    wire start    = take && type_ok && (is_read || is_write);

    assign take = state_q == ST_IDLE && command != 32'd0;

    // ---- requests ----------------------------------------------------------------------------------

    wire rd_busy, wr_busy, wr_sent;

    epf_requests u_rd (
        .clk(clk), .rst(rst), .start(start && is_read), .room(1'b1), .addr(src), .size(size),
        .req_valid(dmar_req_valid), .req_ready(dmar_req_ready), .req_addr(dmar_req_addr),
        .req_len(dmar_req_len), .busy(rd_busy));
    epf_requests u_wr (
        .clk(clk), .rst(rst), .start(start && is_write), .room(!open_q[3]), .addr(dst), .size(size),
        .req_valid(dmaw_req_valid), .req_ready(dmaw_req_ready), .req_addr(dmaw_req_addr),
        .req_len(dmaw_req_len), .busy(wr_busy));

    assign wr_sent = dmaw_req_valid && dmaw_req_ready;

    // ---- data --------------------------------------------------------------------------------------

    wire [31:0]       step   = (left_q > NB_32) ? NB_32 : left_q;
    wire              moving = left_q != 32'd0;
    wire              beat   = reads_q ? dmar_valid && dmar_ready : dmaw_valid && dmaw_ready;
    wire [DATA_W-1:0] random;
    wire [31:0]       crc;
    wire              crc_busy;

    assign dmaw_valid = moving && writes_q && (!reads_q || dmar_valid);
    assign dmaw_data  = reads_q ? dmar_data : random;
    assign dmar_ready = moving && reads_q && (!writes_q || dmaw_ready);

    epf_crc32 #(.DATA_W(DATA_W)) u_crc (
        .clk(clk), .init(take), .in_valid(beat && !(reads_q && writes_q)), .in_bytes(step[NB_LOG2:0]),
        .in_data(reads_q ? dmar_data : random), .crc(crc), .busy(crc_busy));

    // xorshift generators, one per dword; they go on from command to command
    genvar i;
    generate
        for (i = 0; i < LANES; i = i + 1) begin : g_lane
            localparam [31:0] SEED = 32'h9e37_79b9 * (2 * i + 1);
            reg  [31:0] x_q;
            wire [31:0] x1 = x_q ^ (x_q << 13);
            wire [31:0] x2 = x1 ^ (x1 >> 17);
            assign random[32*i +: 32] = x_q;
            always @(posedge clk)
                if (rst)
                    x_q <= SEED;
                else if (beat && !reads_q)
                    x_q <= x2 ^ (x2 << 5);
        end
    endgenerate

    // ---- result ------------------------------------------------------------------------------------

    wire       over  = !moving && !rd_busy && !wr_busy && open_q == 4'd0 && !crc_busy;
    wire       bad   = failed_q || (reads_q && !writes_q && crc != checksum);
    wire [8:0] fails = (!writes_q ? 9'h002 : !reads_q ? 9'h008 : 9'h020) |
                       (src_bad_q ? SRC_INVALID : 9'd0) | (dst_bad_q ? DST_INVALID : 9'd0);
    wire [8:0] works = !writes_q ? 9'h001 : !reads_q ? 9'h004 : 9'h010;
    wire       judge = state_q == ST_JUDGE;
    wire       is_msi  = irq_type == 32'd1 && cfg_msi_en && irq_number <= MSI_LAST;
    wire       is_msix = irq_type == 32'd2 && cfg_msix_en && irq_number <= MSIX_LAST;
    reg         message_q;              // one is to be asked for
    wire [31:0] vector = irq_number - 32'd1;

    assign set_status     = judge ? (bad ? fails : works) : (state_q == ST_FLAG) ? IRQ_RAISED : 9'd0;
    assign checksum_valid = judge && writes_q && !reads_q;
    assign checksum_data  = crc;
    assign raise_intx     = state_q == ST_IRQ && irq_type == 32'd0;
    assign irq_valid      = state_q == ST_IRQ && message_q;
    assign irq_vec        = vector[10:0];
    assign idle           = state_q == ST_IDLE;

    always @(posedge clk) begin
        if (rst) begin
            state_q <= ST_IDLE;
            left_q  <= 32'd0;
            open_q  <= 4'd0;
        end else begin
            case (state_q)
                ST_IDLE:
                    if (start)
                        state_q <= ST_RUN;
                    else if (take && type_ok && is_irq)
                        state_q <= ST_FLAG;
                ST_RUN:
                    if (over)
                        state_q <= ST_JUDGE;
                ST_JUDGE:
                    state_q <= ST_FLAG;
                ST_FLAG:
                    state_q <= ST_IRQ;
                default:
                    if (!message_q || irq_ready)
                        state_q <= ST_IDLE;
            endcase
            if (start)
                left_q <= size;
            else if (beat)
                left_q <= left_q - step;
            open_q <= open_q + {3'd0, wr_sent} - {3'd0, dmaw_done_valid};
        end
        if (state_q == ST_FLAG)
            message_q <= irq_number != 32'd0 && (is_msi || is_msix);
        if (start) begin
            reads_q   <= is_read;
            writes_q  <= is_write;
            failed_q  <= size == 32'd0;
            src_bad_q <= 1'b0;
            dst_bad_q <= 1'b0;
        end else begin
            if (dmar_valid && dmar_ready && dmar_last && dmar_status != 2'd0) begin
                failed_q  <= 1'b1;
                src_bad_q <= src_bad_q || dmar_status == 2'd1;
            end
            if (dmaw_done_valid && dmaw_done_status != 2'd0) begin
                failed_q  <= 1'b1;
                dst_bad_q <= 1'b1;
            end
        end
    end

    wire unused = &{1'b0, step, vector};
endmodule
`default_nettype wire
