// SPDX-License-Identifier: Apache-2.0
//
// MSI-X table and pending bits. A table write, a table or PBA read (data 1 cycle later), or one
// interrupt (3 cycles) at a time; the host goes first. A vector that cannot be sent (masked, function
// masked, no Bus Master Enable, not D0) sets its pending bit. Unmasking a vector looks at its bit
// at once; unmasking the function walks the pending bits, only if any is set. After reset every
// entry is written masked, 2 quadwords per cycle pair; accesses wait meanwhile.
`default_nettype none
module riser_msix #(
    parameter VECTORS = 16      // 1 to 2048
) (
    input  wire        clk,
    input  wire        rst,

    // from riser_reg_bus: quadword index
    input  wire        tbl_valid,
    output wire        tbl_ready,
    input  wire        tbl_write,
    input  wire        tbl_pba,
    input  wire [11:0] tbl_index,
    input  wire [63:0] tbl_wdata,
    input  wire [7:0]  tbl_be,
    output wire        tbl_rsp_valid,
    output wire [63:0] tbl_rsp_data,

    // from the card
    input  wire        irq_valid,
    output wire        irq_ready,
    input  wire [10:0] irq_vec,

    // 1: messages may be sent (enabled, function not masked, Bus Master Enable, D0)
    input  wire        allow,
    // a message, taken in its cycle; out_free: there is room for one
    input  wire        out_free,
    output wire        out_valid,
    output wire [63:0] out_addr,
    output wire [31:0] out_data,

    output wire        ready,       // initialised
    output wire        busy
);
    localparam VEC_LOG2 = (VECTORS > 1024) ? 11 : (VECTORS > 512) ? 10 : (VECTORS > 256) ? 9
                        : (VECTORS > 128) ? 8 : (VECTORS > 64) ? 7 : 6;
    localparam [31:0] LAST = VECTORS - 1;
    localparam [11:0] LAST_VEC = LAST[11:0];
    localparam PBA_LOG2 = (VEC_LOG2 > 6) ? VEC_LOG2 - 6 : 1;
    localparam [5:0] LAST_PBA = LAST[11:6];

    localparam [2:0] ST_INIT  = 3'd0;
    localparam [2:0] ST_IDLE  = 3'd1;
    localparam [2:0] ST_HOST  = 3'd2;   // read data of a host access
    localparam [2:0] ST_CTRL  = 3'd3;   // data and control of the vector
    localparam [2:0] ST_ADDR  = 3'd4;   // address of the vector and its pending word: decide
    localparam [2:0] ST_SCAN  = 3'd5;   // a word of pending bits

    reg [2:0]          state_q;
    reg [VEC_LOG2-1:0] vec_q;
    reg                from_pba_q;      // the step delivers a pending bit, else a new interrupt
    reg [31:0]         data_q;
    reg                masked_q;
    reg                host_pba_q;
    reg [11:0]         nr_pending_q;
    reg                allow_q;
    reg                check_q;         // the vector in check_vec_q was unmasked
    reg [VEC_LOG2-1:0] check_vec_q;
    reg                scan_q;
    reg [5:0]          scan_word_q;     // next word to read
    reg [5:0]          scan_at_q;       // word that scan_bits_q belongs to
    reg [63:0]         scan_bits_q;
    reg [VEC_LOG2:0]   init_q;

    wire [63:0] tbl_q, pba_q;

    // a defect planted on purpose, chosen when the model starts: 0, none, or +bug=N
    reg [3:0] bug;
    initial begin
        bug = 4'd0;
`ifndef SYNTHESIS
        if (!$value$plusargs("bug=%d", bug))
            bug = 4'd0;
`endif
    end

    // ---- what happens next -----------------------------------------------------------------------

    wire idle     = state_q == ST_IDLE;
    wire do_check = idle && check_q && out_free;
    wire do_host  = idle && !do_check && tbl_valid;
    wire do_write = do_host && tbl_write;
    wire do_read  = do_host && !tbl_write;
    wire may_irq  = idle && !check_q && !tbl_valid && out_free;
    wire do_irq   = may_irq && irq_valid;
    wire do_scan  = may_irq && !irq_valid && scan_q;
    wire scan_hit = do_scan && scan_bits_q != 64'd0;
    wire scan_get = do_scan && scan_bits_q == 64'd0;

    assign tbl_ready     = do_host;
    assign tbl_rsp_valid = state_q == ST_HOST;
    assign tbl_rsp_data  = host_pba_q ? pba_q : tbl_q;
    assign irq_ready     = may_irq;
    assign ready         = state_q != ST_INIT;
    assign busy          = !idle || check_q || scan_q;

    // number of the lowest set bit, by isolating it
    wire [63:0] low_bit = scan_bits_q & (~scan_bits_q + 64'd1);
    wire [5:0]  low_num = {|(low_bit & 64'hffff_ffff_0000_0000), |(low_bit & 64'hffff_0000_ffff_0000),
                           |(low_bit & 64'hff00_ff00_ff00_ff00), |(low_bit & 64'hf0f0_f0f0_f0f0_f0f0),
                           |(low_bit & 64'hcccc_cccc_cccc_cccc), |(low_bit & 64'haaaa_aaaa_aaaa_aaaa)};

    // ---- decision on one vector --------------------------------------------------------------------

    wire        decide  = state_q == ST_ADDR;
    wire        pended  = pba_q[vec_q[5:0]];
    wire        can     = allow && !masked_q;
    wire        send    = decide && can && (!from_pba_q || pended);
    // planted (7): what the function's mask holds back leaves no pending bit
    wire        set_bit = decide && !can && !from_pba_q && !pended && !(bug == 4'd7 && !masked_q);
    wire        clr_bit = decide && can && from_pba_q && pended;
    wire [63:0] one     = 64'd1 << vec_q[5:0];

    assign out_valid = send;
    assign out_addr  = {tbl_q[63:2], 2'b00};
    assign out_data  = data_q;

    // ---- memories -----------------------------------------------------------------------------------

    wire                init     = state_q == ST_INIT;
    wire [VEC_LOG2:0]   tbl_wa   = init ? init_q : tbl_index[VEC_LOG2:0];
    wire [VEC_LOG2:0]   tbl_ra   = do_read ? tbl_index[VEC_LOG2:0]
                                 : (state_q == ST_CTRL) ? {vec_q, 1'b0} : {vec_d, 1'b1};
    wire [63:0]         tbl_wd   = init ? {31'd0, init_q[0], 32'd0} : ctrl_wd;
    wire                tbl_we   = init || (do_write && !tbl_pba);
    // only the mask bit of the control dword exists
    wire [63:0]         ctrl_wd  = tbl_index[0] ? tbl_wdata & 64'h0000_0001_ffff_ffff : tbl_wdata;
    wire [VEC_LOG2-1:0] vec_d;
    wire                tbl_re   = do_read || do_check || do_irq || scan_hit || state_q == ST_CTRL;

    genvar i;
    generate
        for (i = 0; i < 8; i = i + 1) begin : g_byte
            riser_ram #(.W(8), .DEPTH_LOG2(VEC_LOG2 + 1)) u_table (
                .clk     (clk),
                .wr_en   (tbl_we && (init || tbl_be[i])),
                .wr_addr (tbl_wa),
                .wr_data (tbl_wd[8*i +: 8]),
                .rd_en   (tbl_re),
                .rd_addr (tbl_ra),
                .rd_data (tbl_q[8*i +: 8])
            );
        end
        if (VEC_LOG2 > 6) begin : g_many
            assign vec_d = do_check ? check_vec_q : do_irq ? irq_vec[VEC_LOG2-1:0]
                         : {scan_at_q[VEC_LOG2-7:0], low_num};
        end else begin : g_few
            assign vec_d = do_check ? check_vec_q : do_irq ? irq_vec[VEC_LOG2-1:0]
                         : low_num;
        end
    endgenerate

    wire [11:0] vec12   = {{(12-VEC_LOG2){1'b0}}, vec_q};
    wire [5:0]  vec_pba = vec12[11:6];
    wire [5:0]  pba_ra  = do_read ? tbl_index[5:0] : scan_get ? scan_word_q : vec_pba;
    wire [11:0] init12  = {{(11-VEC_LOG2){1'b0}}, init_q};
    wire [5:0]  pba_wa  = init ? init12[5:0] : vec_pba;

    riser_ram #(.W(64), .DEPTH_LOG2(PBA_LOG2)) u_pba (
        .clk     (clk),
        .wr_en   (init || set_bit || clr_bit),
        .wr_addr (pba_wa[PBA_LOG2-1:0]),
        .wr_data (init ? 64'd0 : set_bit ? pba_q | one : pba_q & ~one),
        .rd_en   (do_read || scan_get || state_q == ST_CTRL),
        .rd_addr (pba_ra[PBA_LOG2-1:0]),
        .rd_data (pba_q)
    );

    // ---- state ----------------------------------------------------------------------------------------

    wire unmasks = do_write && !tbl_pba && tbl_index[0] && tbl_be[4] && !tbl_wdata[32];

    always @(posedge clk) begin
        if (rst) begin
            state_q      <= ST_INIT;
            init_q       <= 0;
            nr_pending_q <= 12'd0;
            allow_q      <= 1'b0;
            check_q      <= 1'b0;
            scan_q       <= 1'b0;
            scan_bits_q  <= 64'd0;
        end else begin
            allow_q <= allow;
            case (state_q)
                ST_INIT: begin
                    init_q <= init_q + 1;
                    if (&init_q)
                        state_q <= ST_IDLE;
                end
                ST_IDLE:
                    if (do_read)
                        state_q <= ST_HOST;
                    else if (do_irq)
                        state_q <= ({1'b0, irq_vec} > LAST_VEC) ? ST_IDLE : ST_CTRL;
                    else if (do_check || scan_hit)
                        state_q <= ST_CTRL;
                    else if (scan_get)
                        state_q <= ST_SCAN;
                ST_CTRL: state_q <= ST_ADDR;
                default: state_q <= ST_IDLE;
            endcase

            nr_pending_q <= nr_pending_q + {11'd0, set_bit} - {11'd0, clr_bit};

            // one vector was unmasked: check it before the next table access; if there is no room
            // for its message now, the walk finds it
            if (unmasks && nr_pending_q != 12'd0) begin
                check_q     <= 1'b1;
                check_vec_q <= tbl_index[VEC_LOG2:1];
            end else if (idle) begin
                check_q <= 1'b0;
            end

            if (nr_pending_q == 12'd0) begin
                scan_q      <= 1'b0;
                scan_bits_q <= 64'd0;
            end else if ((allow && !allow_q) || (idle && check_q && !out_free)) begin
                scan_q      <= 1'b1;
                scan_word_q <= 6'd0;
                scan_bits_q <= 64'd0;
            end else if (state_q == ST_SCAN) begin
                scan_bits_q <= pba_q;
                scan_at_q   <= scan_word_q;
                scan_word_q <= scan_word_q + 6'd1;
            end else if (scan_hit) begin
                scan_bits_q <= scan_bits_q & (scan_bits_q - 64'd1);
            end else if (scan_get && scan_word_q > LAST_PBA) begin
                scan_q <= 1'b0;
            end
        end
    end

    always @(posedge clk) begin
        if (do_read)
            host_pba_q <= tbl_pba;
        if (do_check || do_irq || scan_hit) begin
            vec_q      <= vec_d;
            from_pba_q <= !do_irq;
        end
        if (state_q == ST_CTRL)
            {masked_q, data_q} <= tbl_q[32:0];
    end

    wire unused = &{1'b0, LAST, irq_vec, tbl_index, tbl_q, vec12, init12, pba_wa, pba_ra, scan_at_q};
endmodule
`default_nettype wire
