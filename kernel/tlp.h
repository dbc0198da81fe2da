/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * TLP headers: from bytes to fields and back. PURE: no state, no allocation.
 *
 * Bytes are in the order of the PCI Express base specification (5.0, 2.2):
 * the first byte holds Fmt and Type. Numbers that go beyond one byte are
 * big-endian in a header; a payload is in address order and is not touched
 * here.
 */
#ifndef PCIEM_TLP_H
#define PCIEM_TLP_H

#include "pure.h"

#define PCIEM_TLP_HDR_MAX_BYTES	16
#define PCIEM_TLP_MAX_DW	1024

enum pciem_tlp_kind {
	PCIEM_TLP_MRD,
	PCIEM_TLP_MRDLK,
	PCIEM_TLP_MWR,
	PCIEM_TLP_IORD,
	PCIEM_TLP_IOWR,
	PCIEM_TLP_CFGRD0,
	PCIEM_TLP_CFGWR0,
	PCIEM_TLP_CFGRD1,
	PCIEM_TLP_CFGWR1,
	PCIEM_TLP_DMWR,
	PCIEM_TLP_MSG,
	PCIEM_TLP_MSGD,
	PCIEM_TLP_CPL,
	PCIEM_TLP_CPLD,
	PCIEM_TLP_CPLLK,
	PCIEM_TLP_CPLDLK,
	PCIEM_TLP_FETCHADD,
	PCIEM_TLP_SWAP,
	PCIEM_TLP_CAS,
	PCIEM_TLP_NR_KINDS,
};

enum pciem_tlp_class {
	PCIEM_TLP_POSTED,
	PCIEM_TLP_NONPOSTED,
	PCIEM_TLP_COMPLETION,
};

/* Completion status field. */
#define PCIEM_TLP_SC	0
#define PCIEM_TLP_UR	1
#define PCIEM_TLP_RRS	2
#define PCIEM_TLP_CA	4

/* Attributes as in struct pciem_tlp.attr. */
#define PCIEM_TLP_ATTR_NS	0x1
#define PCIEM_TLP_ATTR_RO	0x2
#define PCIEM_TLP_ATTR_IDO	0x4

/* What pciem_tlp_decode() found wrong; negative return values. */
enum pciem_tlp_error {
	PCIEM_TLP_E_SHORT = 1,	/* fewer bytes than the header has */
	PCIEM_TLP_E_TYPE = 2,	/* Fmt and Type are no defined pair (HDR-01, HDR-02) */
	PCIEM_TLP_E_SIZE = 3,	/* bytes do not match Length and TD (HDR-03, LEN-01, HDR-10) */
	PCIEM_TLP_E_PREFIX = 4,	/* more prefixes than can be */
};

/**
 * struct pciem_tlp - the fields of one header
 *
 * @kind: enum pciem_tlp_kind
 * @prefix_dw: prefixes before the header, in dwords (skipped, not decoded)
 * @hdr_dw: 3 or 4
 * @tc: Traffic Class
 * @attr: PCIEM_TLP_ATTR_*
 * @at: Address Type
 * @th: TLP Processing Hints present
 * @td: digest present
 * @ep: poisoned
 * @len_dw: Length, 1 to 1024; 0 where the field is reserved (Cpl, Msg)
 * @requester: Requester ID, of the request that a completion answers too
 * @tag: tag with T9 and T8, likewise
 * @first_be: First DW Byte Enable (requests but messages)
 * @last_be: Last DW Byte Enable
 * @addr: memory, I/O, atomics: address of the first dword, bits 1:0 clear
 * @target: configuration requests: bus, device, function
 * @reg: configuration requests: byte offset of the dword, 0 to 0xffc
 * @msg_code: messages: code
 * @msg_routing: messages: r[2:0]
 * @msg_dw: messages: header dwords 2 and 3
 * @completer: completions: Completer ID
 * @status: completions: PCIEM_TLP_SC and so on, or a reserved value
 * @bcm: completions: Byte Count Modified
 * @byte_count: completions: 1 to 4096
 * @lower_addr: completions: 7 bits
 */
struct pciem_tlp {
	u8 kind;
	u8 prefix_dw;
	u8 hdr_dw;
	u8 tc;
	u8 attr;
	u8 at;
	bool th;
	bool td;
	bool ep;
	u16 len_dw;
	u16 requester;
	u16 tag;
	u8 first_be;
	u8 last_be;
	u64 addr;
	u16 target;
	u16 reg;
	u8 msg_code;
	u8 msg_routing;
	u32 msg_dw[2];
	u16 completer;
	u8 status;
	bool bcm;
	u16 byte_count;
	u8 lower_addr;
};

/**
 * pciem_tlp_decode_header() - fields of the header that @bytes starts with
 * @bytes: the TLP, prefixes included
 * @nr_bytes: how much of it is there; payload is not needed
 * @tlp: out: the fields, zero where the kind has none
 *
 * Return: 0, or -PCIEM_TLP_E_*.
 */
int pciem_tlp_decode_header(const u8 *bytes, size_t nr_bytes, struct pciem_tlp *tlp);

/**
 * pciem_tlp_decode() - like pciem_tlp_decode_header(), and @nr_bytes must be
 *	exactly what Length and TD promise
 */
int pciem_tlp_decode(const u8 *bytes, size_t nr_bytes, struct pciem_tlp *tlp);

/**
 * pciem_tlp_encode() - header bytes of @tlp
 *
 * Memory, I/O and atomic requests get a 4 dword header when the address is at
 * or above 4 GiB and a 3 dword header else; @tlp->hdr_dw and prefixes are
 * ignored.
 *
 * Return: bytes written to @hdr (12 or 16), or -PCIEM_TLP_E_TYPE when a field
 * is out of range.
 */
int pciem_tlp_encode(const struct pciem_tlp *tlp, u8 hdr[PCIEM_TLP_HDR_MAX_BYTES]);

enum pciem_tlp_class pciem_tlp_class(enum pciem_tlp_kind kind);
/* Whether TLPs of this kind carry a payload. */
bool pciem_tlp_has_data(enum pciem_tlp_kind kind);
/* "MRd", "CfgWr0"; "?" for what is no kind. */
const char *pciem_tlp_name(enum pciem_tlp_kind kind);
/* Payload bytes, digest not counted. */
unsigned int pciem_tlp_payload_bytes(const struct pciem_tlp *tlp);
/* Where the payload starts: prefixes and header. */
unsigned int pciem_tlp_payload_off(const struct pciem_tlp *tlp);
/* Whole TLP: prefixes, header, payload, digest. */
unsigned int pciem_tlp_total_bytes(const struct pciem_tlp *tlp);

/**
 * pciem_tlp_span() - bytes from the first to the last enabled one
 *
 * Return: 1 when no byte is enabled (a flush), as Byte Count demands
 * (base specification, table "Byte Count").
 */
unsigned int pciem_tlp_span(unsigned int len_dw, u8 first_be, u8 last_be);
/* Offset of the first enabled byte in the first dword; 0 when none is. */
unsigned int pciem_tlp_first_byte(u8 first_be);
/* Byte Count of the first completion of a request of any non-posted kind. */
unsigned int pciem_tlp_request_byte_count(const struct pciem_tlp *req);
/* Lower Address of the first completion of a request of any non-posted kind. */
u8 pciem_tlp_request_lower_addr(const struct pciem_tlp *req);
/* Whether Length and byte enables of a memory request go together (BE-01 to BE-07). */
bool pciem_tlp_be_is_legal(u64 addr, unsigned int len_dw, u8 first_be, u8 last_be);

/**
 * pciem_tlp_set_range() - address, Length and byte enables for @nr_bytes
 *	contiguous bytes from @addr, 1 to 4096
 */
void pciem_tlp_set_range(struct pciem_tlp *tlp, u64 addr, unsigned int nr_bytes);

/**
 * pciem_tlp_init_cpl() - a completion that answers @req
 * @cpl: out: kind Cpl, or CplD when @payload_dw is not 0; ids, TC and
 *	attributes are those of @req; Byte Count and Lower Address are those of
 *	a completion that answers it with one TLP
 */
void pciem_tlp_init_cpl(struct pciem_tlp *cpl, const struct pciem_tlp *req, u16 completer,
			u8 status, unsigned int payload_dw);

#endif /* PCIEM_TLP_H */
