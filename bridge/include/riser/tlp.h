/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transaction layer packets: bytes to fields, fields to bytes, fields to words.
 *
 * The bytes are those of a link after framing and LCRC are removed: header in
 * the order of the PCI Express base specification, payload in address order,
 * digest last when TD is set. Pure functions: no state, no allocation, any
 * thread.
 */
#ifndef RISER_TLP_H
#define RISER_TLP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <riser/api.h>
#include <riser/model.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RISER_TLP_MAX_BYTES	(16 + 4096 + 4)
#define RISER_TLP_SENT_MAX_BYTES 4320	/* of a card that keeps no limit: what a record of the ring holds */
#define RISER_TLP_MAX_DW	1024
#define RISER_TLP_TEXT_BYTES	256

enum riser_tlp_kind {
	RISER_TLP_MRD = 0,
	RISER_TLP_MRDLK,
	RISER_TLP_MWR,
	RISER_TLP_IORD,
	RISER_TLP_IOWR,
	RISER_TLP_CFGRD0,
	RISER_TLP_CFGWR0,
	RISER_TLP_CFGRD1,
	RISER_TLP_CFGWR1,
	RISER_TLP_MSG,
	RISER_TLP_MSGD,
	RISER_TLP_CPL,
	RISER_TLP_CPLD,
	RISER_TLP_CPLLK,
	RISER_TLP_CPLDLK,
	RISER_TLP_FETCHADD,
	RISER_TLP_SWAP,
	RISER_TLP_CAS,
	RISER_TLP_DMWR,
	RISER_TLP_NR_KINDS,
};

/* Completion status. */
#define RISER_CPL_SC	0	/* successful */
#define RISER_CPL_UR	1	/* unsupported request */
#define RISER_CPL_RRS	2	/* request retry */
#define RISER_CPL_CA	4	/* completer abort */

/* riser_tlp.attr */
#define RISER_ATTR_NS	0x1	/* no snoop */
#define RISER_ATTR_RO	0x2	/* relaxed ordering */
#define RISER_ATTR_IDO	0x4	/* id based ordering */

/* Why bytes are no TLP; 0 is a TLP. */
enum riser_tlp_error {
	RISER_TLP_OK = 0,
	RISER_TLP_E_SHORT,	/* less than a header, or not whole dwords */
	RISER_TLP_E_TYPE,	/* Fmt and Type are not in the table */
	RISER_TLP_E_LENGTH,	/* size does not follow from Fmt, Length, TD */
};

/**
 * struct riser_tlp - one TLP as fields
 *
 * Members that a kind does not have are 0. Identifiers are bus << 8 | device <<
 * 3 | function.
 *
 * @kind: enum riser_tlp_kind
 * @is_4dw: header of 4 dwords (64-bit address for memory requests)
 * @attr: RISER_ATTR_*
 * @tag: 10 bits
 * @length_dw: the Length field, 1 to 1024; 0 for a completion or message
 *	without data
 * @addr: memory and I/O: address of the first dword; bits 1:0 are @ph
 * @reg: configuration: byte offset of the dword, 0 to 4092
 * @requester: requests: who asks; completions: who asked
 * @completer: completions: who answers
 * @target: configuration: who is asked
 * @byte_count: completions: 1 to 4096
 * @routing: messages: r field
 * @msg: messages: third and fourth dword of the header as numbers
 * @data: payload inside of the decoded bytes, NULL if none
 * @data_bytes: its length
 * @digest: digest inside of the decoded bytes, NULL if none
 */
struct riser_tlp {
	uint8_t kind;
	bool is_4dw;
	uint8_t tc;
	uint8_t attr;
	bool th;
	bool td;
	bool ep;
	uint8_t at;
	uint8_t ph;
	uint8_t first_be;
	uint8_t last_be;
	uint8_t status;
	bool bcm;
	uint8_t lower_addr;
	uint8_t code;
	uint8_t routing;
	uint16_t tag;
	uint16_t length_dw;
	uint16_t requester;
	uint16_t completer;
	uint16_t target;
	uint16_t reg;
	uint16_t byte_count;
	uint64_t addr;
	uint32_t msg[2];
	const uint8_t *data;
	uint32_t data_bytes;
	const uint8_t *digest;
};

/**
 * riser_tlp_decode() - bytes to fields
 * @tlp: filled on success; points into @bytes
 *
 * Returns RISER_TLP_OK or why not. Only what makes the size of a TLP certain is
 * judged here; the rules of the specification are the checker's business.
 */
RISER_API enum riser_tlp_error
riser_tlp_decode(struct riser_tlp *tlp, const uint8_t *bytes, size_t len);

/**
 * riser_tlp_encode() - fields to bytes
 * @bytes: gets header, payload (@tlp->data) and digest
 *
 * Returns the length, -EINVAL for fields that do not fit, -ENOSPC.
 */
RISER_API int riser_tlp_encode(const struct riser_tlp *tlp, uint8_t *bytes,
			       size_t capacity);

/* "MRd32", "CplD"; with the address width where there are two forms. */
RISER_API const char *riser_tlp_name(enum riser_tlp_kind kind, bool is_4dw);
RISER_API const char *riser_tlp_error_text(enum riser_tlp_error error);
RISER_API const char *riser_tlp_status_name(unsigned int status);
RISER_API bool riser_tlp_has_data(enum riser_tlp_kind kind);

/* Here, since the engine asks them of each TLP several times. */
static inline bool riser_tlp_is_completion(enum riser_tlp_kind kind)
{
	return kind >= RISER_TLP_CPL && kind <= RISER_TLP_CPLDLK;
}

static inline enum riser_tlp_class riser_tlp_class(enum riser_tlp_kind kind)
{
	if (riser_tlp_is_completion(kind))
		return RISER_COMPLETION;
	if (kind == RISER_TLP_MWR || kind == RISER_TLP_MSG ||
	    kind == RISER_TLP_MSGD)
		return RISER_POSTED;
	return RISER_NONPOSTED;
}

/**
 * riser_tlp_request_bytes() - bytes from the first to the last enabled one
 *
 * What the Byte Count of the first completion of a memory read must be; 4 for
 * everything else that is completed, the operand's size for AtomicOps.
 */
RISER_API uint32_t riser_tlp_request_bytes(const struct riser_tlp *tlp);

/**
 * struct riser_tlp_names - words for numbers, for the printer
 * @address: writes a name like "BAR0+0x1c" and returns true, or returns false;
 *	may be NULL
 */
struct riser_tlp_names {
	bool (*address)(const void *ctx, uint64_t addr, bool is_io, char *text,
			size_t size);
	const void *ctx;
};

/**
 * riser_tlp_print() - a TLP in words
 * @names: may be NULL
 * @text: gets e.g. "MRd32 BAR0+0x1c len 1DW tag 5 from 00:00.0", cut at @size
 *
 * Bytes that are no TLP are printed as such. Returns @text.
 */
RISER_API char *riser_tlp_print(const uint8_t *bytes, size_t len,
				const struct riser_tlp_names *names,
				char *text, size_t size);
RISER_API char *riser_tlp_print_fields(const struct riser_tlp *tlp,
				       const struct riser_tlp_names *names,
				       char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif /* RISER_TLP_H */
