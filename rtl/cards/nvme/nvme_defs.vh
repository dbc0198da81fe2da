// SPDX-License-Identifier: Apache-2.0
// NVMe numbers that several files use. A status is {DNR, SCT[2:0], SC[7:0]}.
`ifndef NVME_DEFS_VH
`define NVME_DEFS_VH

`define NVME_OK              12'h000
`define NVME_INVALID_OPCODE  12'h801
`define NVME_INVALID_FIELD   12'h802
`define NVME_DATA_TRANSFER   12'h004
`define NVME_ABORT_REQUESTED 12'h007
`define NVME_INVALID_NS      12'h80B
`define NVME_CMD_SEQUENCE    12'h80C
`define NVME_PRP_OFFSET      12'h813
`define NVME_LBA_RANGE       12'h880
`define NVME_CQ_INVALID      12'h900
`define NVME_INVALID_QID     12'h901
`define NVME_INVALID_QSIZE   12'h902
`define NVME_AER_LIMIT       12'h905
`define NVME_INVALID_VECTOR  12'h908
`define NVME_INVALID_LOG     12'h909
`define NVME_INVALID_QDEL    12'h90C
`define NVME_NOT_SAVEABLE    12'h90D

// fields of a submission queue entry
`define NVME_SQE_OPC_R       7:0
`define NVME_SQE_FUSE_R      9:8
`define NVME_SQE_PSDT_R      15:14
`define NVME_SQE_CID_R       31:16
`define NVME_SQE_NSID_R      63:32
`define NVME_SQE_PRP1_R      255:192
`define NVME_SQE_PRP2_R      319:256
`define NVME_SQE_CDW10_R     351:320
`define NVME_SQE_CDW10_HI_R  351:336
`define NVME_SQE_CDW11_R     383:352
`define NVME_SQE_CDW11_AD_B  354
`define NVME_SQE_CDW12_R     415:384
`define NVME_SQE_CDW13_R     447:416

// what the admin command's data is made of (nvme_adata)
`define NVME_DATA_ID_CTRL    3'd0
`define NVME_DATA_ID_NS      3'd1
`define NVME_DATA_NS_LIST    3'd2
`define NVME_DATA_NS_DESC    3'd3
`define NVME_DATA_LOG_ERROR  3'd4
`define NVME_DATA_LOG_SMART  3'd5
`define NVME_DATA_LOG_FW     3'd6
`define NVME_DATA_ZERO       3'd7

// who a DMA belongs to: context bits 7:6
`define NVME_RD_SQE          2'd0
`define NVME_RD_PRP_READ     2'd1
`define NVME_RD_PRP_WRITE    2'd2
`define NVME_RD_DATA         2'd3
`define NVME_WR_DATA         1'b0
`define NVME_WR_CQE          1'b1

`endif
