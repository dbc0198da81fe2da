/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fault injection: which TLP, and what happens to it (docs/faults.md).
 *
 *	to-host type=CplD bar=0 offset=0x1c function=nvme_wait_ready nth=3 : drop
 *
 * Parsing, matching and changing are pure: no state but what is passed, no
 * allocation, any thread.
 */
#ifndef RISER_FAULT_H
#define RISER_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include <riser/api.h>
#include <riser/observe.h>
#include <riser/tlp.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RISER_MAX_FAULTS	64
#define RISER_FAULT_TEXT_BYTES	256
#define RISER_FAULT_ANY		0xff

enum riser_fault_action {
	RISER_FAULT_DROP = 0,
	RISER_FAULT_DELAY,
	RISER_FAULT_UR,
	RISER_FAULT_CA,
	RISER_FAULT_POISON,
	RISER_FAULT_CORRUPT,
	RISER_FAULT_DUPLICATE,
	RISER_FAULT_REORDER,
	RISER_FAULT_SPLIT,
	RISER_FAULT_WITHHOLD,
	RISER_FAULT_LINK_DOWN,
	RISER_FAULT_NR_ACTIONS,
};

/* Fields that corrupt can change. */
enum riser_fault_field {
	RISER_FIELD_DATA = 0,
	RISER_FIELD_TAG,
	RISER_FIELD_LENGTH,
	RISER_FIELD_ADDR,
	RISER_FIELD_FIRST_BE,
	RISER_FIELD_LAST_BE,
	RISER_FIELD_REQUESTER,
	RISER_FIELD_COMPLETER,
	RISER_FIELD_STATUS,
	RISER_FIELD_BYTE_COUNT,
	RISER_FIELD_LOWER_ADDR,
	RISER_FIELD_TC,
	RISER_FIELD_ATTR,
	RISER_NR_FIELDS,
};

/* Which interrupt messages a fault means. */
#define RISER_FAULT_NO_MSI	0	/* memory writes that are none */
#define RISER_FAULT_MSI		1
#define RISER_FAULT_MSIX	2
#define RISER_FAULT_ANY_MSI	3

/**
 * struct riser_fault - one rule: match and action
 *
 * @text: as given
 * @direction: enum riser_direction, or RISER_FAULT_ANY
 * @kinds: bits of enum riser_tlp_kind, 0: all
 * @interrupt: RISER_FAULT_*MSI*, for memory writes to the host
 * @of_kinds: completions: bits of the request's kind, 0: all
 * @bar: of the driver's access (for a completion: of its request), -1: any
 * @has_offset: @offset_first to @offset_last of the access
 * @has_bytes: payload, or bytes asked for, from @bytes_first to @bytes_last
 * @has_addr: address of a request, from @addr_first to @addr_last
 * @has_tag: @tag_first to @tag_last
 * @has_data: first four bytes of the payload, from @data_first to @data_last
 * @function: pattern for the driver's function, "": any
 * @mark: armed once the driver's machine gave a mark with this text, "": at once
 * @after: armed from this cycle on
 * @nth: only the nth match, 0: every one
 * @every: only each such match, 0: every one
 * @permille: share of matches, 0: all
 * @seed: for @permille
 * @times: at most so many injections, 0: no limit
 * @cycles: delay, withhold
 * @channel: withhold: enum riser_tlp_class, RISER_FAULT_ANY: that of the match
 * @field: corrupt
 * @at: corrupt data: byte of the payload
 * @sets: corrupt: @value replaces the field; else it is xor-ed in
 * @boundary: split: 64 or 128
 */
struct riser_fault {
	char text[RISER_FAULT_TEXT_BYTES];
	uint8_t direction;
	uint8_t interrupt;
	int8_t bar;
	bool has_offset;
	bool has_bytes;
	bool has_addr;
	bool has_tag;
	bool has_data;
	uint32_t kinds;
	uint32_t of_kinds;
	uint64_t offset_first;
	uint64_t offset_last;
	uint32_t bytes_first;
	uint32_t bytes_last;
	uint64_t addr_first;
	uint64_t addr_last;
	uint32_t tag_first;
	uint32_t tag_last;
	uint32_t data_first;
	uint32_t data_last;
	char function[64];
	char mark[32];
	uint64_t after;
	uint32_t nth;
	uint32_t every;
	uint32_t permille;
	uint32_t times;
	uint64_t seed;
	uint8_t action;
	uint8_t channel;
	uint8_t field;
	bool sets;
	uint16_t at;
	uint16_t boundary;
	uint64_t cycles;
	uint64_t value;
};

/**
 * struct riser_fault_error - why a text is no fault
 * @column: from 1
 * @len: of the words concerned, at least 1
 * @text: one sentence
 */
struct riser_fault_error {
	uint32_t column;
	uint32_t len;
	char text[256];
};

/* Returns 0, or -EINVAL with @error filled. */
RISER_API int riser_fault_parse(const char *text, struct riser_fault *fault,
				struct riser_fault_error *error);

/* The same for a match without an action (.action means nothing then). */
RISER_API int riser_fault_parse_match(const char *text,
				      struct riser_fault *match,
				      struct riser_fault_error *error);

RISER_API const char *riser_fault_action_name(enum riser_fault_action action);

/**
 * struct riser_fault_place - a TLP on its way, as matching sees it
 * @tlp: decoded
 * @interrupt: RISER_FAULT_*MSI*
 * @request_kind: completions: kind of the request, RISER_FAULT_ANY: not known
 * @bar: -1: none
 * @function: NULL: not known
 */
struct riser_fault_place {
	const struct riser_tlp *tlp;
	enum riser_direction direction;
	uint8_t interrupt;
	uint8_t request_kind;
	int bar;
	uint64_t offset;
	const char *function;
};

/* Whether the rule's match holds and its action can be done to this TLP. */
RISER_API bool riser_fault_matches(const struct riser_fault *fault,
				   const struct riser_fault_place *place);

/**
 * struct riser_fault_count - what a rule has seen
 * @matched: TLPs that matched while it was armed
 * @injected: of these, how many it changed
 * @random: state, from riser_fault_count_init()
 */
struct riser_fault_count {
	uint64_t matched;
	uint64_t injected;
	uint64_t random;
};

RISER_API void riser_fault_count_init(struct riser_fault_count *count,
				      const struct riser_fault *fault);
/* One more match: is this one to be injected? */
RISER_API bool riser_fault_fires(const struct riser_fault *fault,
				 struct riser_fault_count *count);

/* ---- changes of a TLP's bytes ---- */

RISER_API void riser_fault_poison(uint8_t *bytes);
/* Whether @field is there; @at for data. */
RISER_API bool riser_fault_has_field(const struct riser_tlp *tlp,
				     enum riser_fault_field field, uint32_t at);
RISER_API void riser_fault_corrupt(const struct riser_fault *fault,
				   const struct riser_tlp *tlp, uint8_t *bytes);
/* A completion becomes one without data and with @status; returns its length. */
RISER_API uint32_t riser_fault_fail(uint8_t *bytes, uint8_t status);
/* The completion with @status for @request, from @completer; 12 bytes. */
RISER_API uint32_t riser_fault_answer(const struct riser_tlp *request,
				      uint16_t completer, uint8_t status,
				      uint8_t *bytes);
/**
 * riser_fault_split() - part of a completion, cut where a completer may cut
 * @cpl: with data
 * @done: payload bytes in the parts before
 * @bytes: gets the part
 *
 * Returns the payload bytes of the part; the rest is in later parts. The whole
 * payload: it cannot be split.
 */
RISER_API uint32_t riser_fault_split(const struct riser_tlp *cpl,
				     uint32_t boundary, uint32_t done,
				     uint8_t *bytes);
/* Whether @later may arrive before @earlier (ordering table of the base spec). */
RISER_API bool riser_fault_may_pass(const struct riser_tlp *later,
				    const struct riser_tlp *earlier);

/**
 * struct riser_injection - one TLP that a fault hit
 * @fault: index of the rule
 * @seq: number of the TLP, RISER_NO_SEQ: it never got to the card
 * @tlp: in words
 * @function: the driver's, "" if not known
 * @what: what was done, when that is less than the rule asked for; else ""
 */
struct riser_injection {
	uint32_t fault;
	enum riser_direction direction;
	uint64_t cycle;
	uint64_t seq;
	uint64_t host_ns;
	char tlp[RISER_TLP_TEXT_BYTES];
	char function[128];
	char what[96];
};

#ifdef __cplusplus
}
#endif

#endif /* RISER_FAULT_H */
