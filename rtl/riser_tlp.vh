// SPDX-License-Identifier: Apache-2.0
// The only description of TLP header bits for Verilog. A header is a [127:0] vector as in docs/tlp-port.md: the byte
// with Fmt and Type is the most significant one; a 3-dword header occupies [127:32]. Use: hdr[`TLP_FMT_R].
`ifndef RISER_TLP_VH
`define RISER_TLP_VH

// dword 0
`define TLP_FMT_R       127:125
`define TLP_TYPE_R      124:120
`define TLP_FMT_TYPE_R  127:120
`define TLP_FMT_DATA_B  126
`define TLP_FMT_4DW_B   125
`define TLP_TAG9_B      119
`define TLP_TC_R        118:116
`define TLP_TAG8_B      115
`define TLP_ATTR_IDO_B  114
`define TLP_TH_B        112
`define TLP_TD_B        111
`define TLP_EP_B        110
`define TLP_ATTR_RO_B   109
`define TLP_ATTR_NS_B   108
`define TLP_AT_R        107:106
`define TLP_LENGTH_R    105:96

// dword 1 of requests
`define TLP_REQ_ID_R    95:80
`define TLP_TAG_R       79:72
`define TLP_LAST_BE_R   71:68
`define TLP_FIRST_BE_R  67:64
`define TLP_MSG_CODE_R  71:64

// memory requests: address, bits 1:0 are the processing hint
`define TLP_ADDR32_R    63:34
`define TLP_ADDR64_HI_R 63:32
`define TLP_ADDR64_LO_R 31:2

// configuration requests, dword 2
`define TLP_CFG_BUS_R   63:56
`define TLP_CFG_DEV_R   55:51
`define TLP_CFG_FN_R    50:48
`define TLP_CFG_BDF_R   63:48
`define TLP_CFG_BDF_H_R 63:51
`define TLP_CFG_REG_R   43:34

// completions, dword 1 and 2
`define TLP_CPL_ID_R    95:80
`define TLP_CPL_STATUS_R 79:77
`define TLP_CPL_BCM_B   76
`define TLP_CPL_BYTES_R 75:64
`define TLP_CPL_REQ_ID_R 63:48
`define TLP_CPL_REQ_FN_R 50:48
`define TLP_CPL_TAG_R   47:40
`define TLP_CPL_LOWER_R 38:32

// Fmt and Type together
`define TLP_MRD32       8'h00
`define TLP_MRD64       8'h20
`define TLP_MRDLK32     8'h01
`define TLP_MRDLK64     8'h21
`define TLP_MWR32       8'h40
`define TLP_MWR64       8'h60
`define TLP_IORD        8'h02
`define TLP_IOWR        8'h42
`define TLP_CFGRD0      8'h04
`define TLP_CFGWR0      8'h44
`define TLP_CFGRD1      8'h05
`define TLP_CFGWR1      8'h45
`define TLP_CPL         8'h0A
`define TLP_CPLD        8'h4A
`define TLP_CPLLK       8'h0B
`define TLP_CPLDLK      8'h4B
`define TLP_FETCHADD32  8'h4C
`define TLP_FETCHADD64  8'h6C
`define TLP_SWAP32      8'h4D
`define TLP_SWAP64      8'h6D
`define TLP_CAS32       8'h4E
`define TLP_CAS64       8'h6E
// messages: 8'h30 | routing (8'h70 with data)
`define TLP_MSG_ROOT    8'h30
`define TLP_MSG_LOCAL   8'h34

// completion status
`define TLP_SC          3'b000
`define TLP_UR          3'b001
`define TLP_RRS         3'b010
`define TLP_CA          3'b100

// message codes
`define TLP_MSG_ASSERT_INTA   8'h20
`define TLP_MSG_DEASSERT_INTA 8'h24
`define TLP_MSG_ERR_COR       8'h30
`define TLP_MSG_ERR_NONFATAL  8'h31
`define TLP_MSG_ERR_FATAL     8'h33
`define TLP_MSG_PM_PME        8'h18
`define TLP_MSG_PME_TURN_OFF  8'h19
`define TLP_MSG_PME_TO_ACK    8'h1B
`define TLP_MSG_UNLOCK        8'h00
`define TLP_MSG_SLOT_POWER    8'h50
`define TLP_MSG_VENDOR0       8'h7E
`define TLP_MSG_VENDOR1       8'h7F
`define TLP_MSG_GATHER  8'h35

// Uncorrectable errors by their bit in the AER registers
`define AER_DLP         5'd4
`define AER_PTLP        5'd12
`define AER_CTO         5'd14
`define AER_CA          5'd15
`define AER_UC          5'd16
`define AER_MTLP        5'd18
`define AER_UR          5'd20

// What a received request is (riser_rx_req)
`define RX_DROP         3'd0
`define RX_MEM          3'd1
`define RX_CFG          3'd2
`define RX_UR           3'd3
`define RX_MTLP         3'd4
`define RX_PTLP         3'd5
`define RX_TURN_OFF     3'd6
`define RX_SLOT_POWER   3'd7

`endif
