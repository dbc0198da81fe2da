// SPDX-License-Identifier: Apache-2.0
//
// Looks at a fetched command: admin commands go to nvme_admin; of the NVM commands what can be judged
// from the entry alone is judged here, the rest goes to the reader, the writer (Write, Dataset
// Management) or the eraser (Write Zeroes). Combinational.
`include "nvme_defs.vh"
`default_nettype none
module nvme_decode #(
    parameter LBA_W = 18        // log2 of the namespace's size in blocks, 9 to 31
) (
    input  wire         valid,
    input  wire         bad,            // the entry could not be read
    input  wire         is_admin,
    input  wire [511:0] sqe,

    output wire         to_admin,
    output wire         to_read,
    output wire         to_write,
    output wire         to_erase,
    output wire         is_dsm,
    output wire         ends,
    output wire         ends_none,
    output reg  [11:0]  status
);
    localparam [7:0] OP_FLUSH        = 8'h00,
                     OP_WRITE        = 8'h01,
                     OP_READ         = 8'h02,
                     OP_WRITE_ZEROES = 8'h08,
                     OP_DSM          = 8'h09;
    localparam [32:0] NR_BLOCKS = 33'd1 << LBA_W;

    wire [7:0]  opc   = sqe[`NVME_SQE_OPC_R];
    wire [31:0] nsid  = sqe[`NVME_SQE_NSID_R];
    wire [31:0] cdw10 = sqe[`NVME_SQE_CDW10_R];
    wire [31:0] cdw11 = sqe[`NVME_SQE_CDW11_R];
    wire [31:0] cdw12 = sqe[`NVME_SQE_CDW12_R];

    wire is_flush = opc == OP_FLUSH;
    wire is_write = opc == OP_WRITE;
    wire is_read  = opc == OP_READ;
    wire is_zero  = opc == OP_WRITE_ZEROES;
    wire has_lba  = is_write || is_read || is_zero;
    wire is_known = is_flush || has_lba || opc == OP_DSM;

    wire [32:0] lba_end = {1'b0, cdw10} + {17'd0, cdw12[15:0]} + 33'd1;
    wire lba_bad  = cdw11 != 32'd0 || lba_end > NR_BLOCKS;
    wire too_long = (is_write || is_read) && cdw12[15:8] != 8'd0;     // MDTS: 256 blocks
    wire dtype    = (is_write || is_zero) && cdw12[23:20] != 4'd0;    // no directives
    wire ns_ok    = nsid == 32'd1 || (is_flush && nsid == 32'hFFFF_FFFF);

    always @* begin
        status = `NVME_OK;
        if (!is_known)
            status = `NVME_INVALID_OPCODE;
        else if (sqe[`NVME_SQE_FUSE_R] != 2'd0 || sqe[`NVME_SQE_PSDT_R] != 2'd0)
            status = `NVME_INVALID_FIELD;
        else if (!ns_ok)
            status = `NVME_INVALID_NS;
        else if (too_long || dtype)
            status = `NVME_INVALID_FIELD;
        else if (has_lba && lba_bad)
            status = `NVME_LBA_RANGE;
    end

    wire io   = valid && !bad && !is_admin;
    wire good = io && status == `NVME_OK;

    assign to_admin  = valid && !bad && is_admin;
    assign is_dsm    = opc == OP_DSM;
    assign to_read   = good && is_read;
    assign to_write  = good && (is_write || is_dsm);
    assign to_erase  = good && is_zero;
    assign ends      = (valid && bad) || (io && !good) || (good && is_flush);
    assign ends_none = bad;

    wire unused = &{1'b0, sqe[511:416], cdw12[31:24], cdw12[19:16], sqe[319:64], sqe[31:16], sqe[13:10]};
endmodule
`default_nettype wire
