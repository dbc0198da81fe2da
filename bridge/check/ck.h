/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of the protocol checker. Names start with ck_. One file for each group
 * of rules, and:
 *
 *	check.c		create, one TLP, end, destroy
 *	check_rule.c	the rule table
 *	check_decode.c	bytes to fields; shares nothing with other codecs
 *	check_report.c	a broken rule becomes a report
 *	check_print.c	reports in words
 *	check_req.c	outstanding requests and those lately finished
 *	check_shadow.c	configuration registers as learnt from the stream
 *	check_caps.c	capability lists found in the shadow
 *	check_gates.c	what the registers allow, cached for the hot path
 *
 * Registers change in two steps: from the CfgWr until its completion a card may
 * act on the old and on the new value. So each bit has "may be 1" and "may be
 * 0", both set while that is so, or while the bit was never seen; a rule is
 * broken only when what it demands cannot be.
 */
#ifndef RISER_CK_H
#define RISER_CK_H

#include <string.h>

#include <riser/check.h>

enum ck_rule {
#define CK_RULE(name, id, tier, by, rule_class, kind, verdict, words, test) CK_##name,
#include "rules.def"
#undef CK_RULE
	CK_NR_RULES,
	CK_OK = CK_NR_RULES,
};

#define CK_NR_FNS	8
#define CK_NR_BARS	6
#define CK_NR_REGS	1024	/* dwords of a function's configuration space */
#define CK_NR_REQS	4096	/* outstanding, each direction */
#define CK_NR_TAGS	1024
#define CK_NR_ENTRIES	4096	/* MSI-X table entries, all functions */
#define CK_NR_HINTS	1024
#define CK_NR_SENT	4096
#define CK_NO_REQ	0xffff
#define CK_NEVER	UINT64_MAX
#define CK_WINDOW_BYTES	0x100000
#define CK_RCB_CARD	128
#define CK_MEMORY_4G	0x100000000ULL

enum ck_kind {
	CK_MRD = 0,
	CK_MRDLK,
	CK_MWR,
	CK_IORD,
	CK_IOWR,
	CK_CFGRD0,
	CK_CFGWR0,
	CK_CFGRD1,
	CK_CFGWR1,
	CK_MSG,
	CK_MSGD,
	CK_CPL,
	CK_CPLD,
	CK_CPLLK,
	CK_CPLDLK,
	CK_FETCHADD,
	CK_SWAP,
	CK_CAS,
	CK_PREFIX,
	CK_BAD_TYPE,
	CK_BAD_FMT,
};

/* ck_tlp.attr */
#define CK_NS	1
#define CK_RO	2
#define CK_IDO	4

/**
 * struct ck_tlp - the TLP that is being judged
 * @hdr: behind the prefixes
 * @size_dw: dwords behind the header
 * @length: 1 to 1024 as the Length field means it
 * @raw_length: the Length field
 * @bc: Byte Count, 1 to 4096
 * @in: what riser_check_tlp() was given
 */
struct ck_tlp {
	const uint8_t *hdr;
	const uint8_t *data;
	uint64_t addr;
	uint32_t size_dw;
	uint16_t length;
	uint16_t raw_length;
	uint16_t rid;
	uint16_t cid;
	uint16_t target;
	uint16_t reg;
	uint16_t tag;
	uint16_t bc;
	uint8_t kind;
	uint8_t cls;
	uint8_t hdr_bytes;
	uint8_t prefix_dw;
	uint8_t dir;
	uint8_t tc;
	uint8_t attr;
	uint8_t at;
	uint8_t fbe;
	uint8_t lbe;
	uint8_t status;
	uint8_t lower;
	uint8_t code;
	uint8_t routing;
	bool has_data;
	bool is_4dw;
	bool th;
	bool td;
	bool ep;
	const struct riser_check_tlp *in;
};

/* Where a host memory request goes, as the shadow knows when it is made. */
enum ck_hit {
	CK_HIT_UNKNOWN = 0,
	CK_HIT_IN,
	CK_HIT_POWER,	/* in a BAR, but not in D0 */
	CK_HIT_OFF,	/* in a BAR, but Memory Space Enable is 0 */
	CK_HIT_OLD,	/* where a BAR was before */
	CK_HIT_EDGE,	/* just outside of a BAR */
	CK_HIT_NOWHERE,
};

enum ck_req_state {
	CK_REQ_FREE = 0,
	CK_REQ_LIVE,
	CK_REQ_EXPIRED,	/* timed out; its tag is in quarantine */
	CK_REQ_STALE,	/* made before a function level reset */
};

/**
 * struct ck_req - a non-posted request without its last completion
 * @start: address of the first byte that is asked for
 * @bytes: first to last enabled byte
 * @left: of them
 * @order: ck.order when it was made
 * @is_bad: malformed on purpose
 * @is_spoiled: a completion was wrong; only counting goes on
 */
struct ck_req {
	uint64_t start;
	uint64_t seq;
	uint64_t cycle;
	uint64_t deadline;
	uint64_t order;
	const char *function;
	uint32_t bytes;
	uint32_t left;
	uint32_t site;
	uint32_t data;
	uint32_t old;
	uint16_t rid;
	uint16_t tag;
	uint16_t target;
	uint16_t reg;
	uint16_t length;
	uint16_t hash_next;
	uint16_t prev;
	uint16_t next;
	uint8_t kind;
	uint8_t state;
	uint8_t tc;
	uint8_t attr;
	uint8_t fbe;
	uint8_t hit;
	uint8_t hit_fn;
	uint8_t hdr_bytes;
	bool is_bad;
	bool is_spoiled;
	bool is_injected;	/* made, or made to fail, on purpose */
	bool is_pending;	/* a write that is counted in ck_fn.pend */
	bool is_unjudged;	/* wrong or changed: whatever answers there are, are right */
	uint8_t repeats;	/* that fault injection made of it */
	bool is_after_error;
	uint8_t hdr[16];
};

enum ck_end {
	CK_END_NONE = 0,
	CK_END_DONE,
	CK_END_ERROR,	/* UR, CA, RRS */
	CK_END_EXPIRED,
	CK_END_RESET,
	CK_END_POSTED,	/* never waited: a posted request */
};

/* What last became of a tag. */
struct ck_past {
	uint64_t order;
	uint64_t seq;
	uint64_t cycle;
	const char *function;
	uint32_t site;
	uint16_t rid;
	uint16_t tag;
	uint8_t end;
	uint8_t repeats;
	uint8_t hdr_bytes;
	uint8_t hdr[16];
};

/* Requests of one direction. */
struct ck_reqs {
	struct ck_req pool[CK_NR_REQS];
	uint16_t bucket[CK_NR_TAGS];
	struct ck_past past[CK_NR_TAGS];
	struct ck_past posted[CK_NR_TAGS];
	uint16_t nr_used;	/* of the pool, from its begin: the others were never touched */
	uint16_t free;		/* of those used */
	uint16_t oldest;	/* live ones in order of their deadline */
	uint16_t newest;
	uint16_t q_oldest;	/* expired ones */
	uint16_t q_newest;
	uint32_t nr_live;
};

/**
 * struct ck_bar - a base address register
 * @size: 0 unknown or none
 * @mask: what the all-ones probe gave
 */
struct ck_bar {
	uint64_t base;
	uint64_t size;
	uint64_t old_base;
	uint32_t mask;
	uint8_t type;		/* low 4 bits of a plain read */
	bool is_type_known;
	bool is_probing;	/* all ones were written */
	bool is_probed;		/* and read */
	bool is_sized;
	bool is_none;
	bool is_io;
	bool is_64;
	bool is_high;
	bool is_base_known;
	bool has_old;
};

/* A message of the MSI-X table. */
struct ck_entry {
	uint64_t addr;
	uint64_t old_addr;	/* before the last changes */
	uint64_t prev_addr;	/* until the last changes have surely arrived */
	uint32_t data;
	uint32_t old_data;
	uint32_t prev_data;
	uint32_t ctrl;
	uint64_t order;		/* of the last change */
	bool was_unmasked;	/* at some time since the state before @order */
	bool is_known;
	bool is_programmed;
	bool has_old;
	bool is_ctrl_known;	/* written since the last reset */
};

/* Offsets of capabilities, 0 when not found. */
struct ck_caps {
	uint16_t pm;
	uint16_t msi;
	uint16_t msix;
	uint16_t pcie;
	uint16_t ats;
	bool is_judged;
	bool is_ext_judged;
};

/**
 * struct ck_clear - what software did to bits that a 1 clears
 * @written: bits written 1 since the last read
 * @last: bits of the last such write
 * @order: when it was sent
 */
struct ck_clear {
	uint64_t order;
	uint32_t written;
	uint32_t last;
};

/**
 * struct ck_reg - a configuration register; all 0: nobody has seen it
 * @val: last known value, @known: which bits of it
 * @not1, @not0: bits that cannot be 1 or 0, see ck_may1()
 * @wrote: bits that a write touched since the last read
 * @pend: configuration writes without completion
 */
struct ck_reg {
	uint32_t val;
	uint32_t known;
	uint32_t not1;
	uint32_t not0;
	uint32_t wrote;
	uint8_t pend;
};

/**
 * struct ck_fn - one function of the card
 * @touched: one bit a register: it was ever anything but 0
 * @answered: one bit a register: it was once completed with SC
 * @said: rules about constant things that were told already
 */
struct ck_fn {
	uint32_t touched[CK_NR_REGS / 32];
	uint8_t answered[CK_NR_REGS / 8];
	uint8_t said[CK_NR_RULES];
	struct ck_caps caps;
	struct ck_bar bar[CK_NR_BARS];
	uint32_t nr_pend;

	bool is_dirty;		/* there is something to forget at a reset */
	bool is_seen;		/* completed a configuration request with SC */
	bool is_absent;
	bool is_numbered;	/* completed a configuration write: has this number */
	uint16_t number;	/* bus << 8 | device << 3 */
	bool has_answered;	/* any completion since the last reset */
	bool has_succeeded;	/* SC since the last reset */
	uint64_t reset_cycle;	/* end of the last reset */
	uint64_t ready_by;	/* last cycle in which RRS is allowed */

	/* gates: what the registers allow */
	bool bme_may1;
	bool bme_may0;
	bool mse_may1;
	bool mse_may0;
	bool intx_may;
	bool d0_may;
	bool not_d0_may;
	bool msi_may;
	bool msi_off_may;
	bool msix_may;
	bool msix_off_may;
	bool msix_open_may;	/* function mask may be 0 */
	bool ext_tag_may;
	bool tag10_may;
	bool ats_may;
	uint32_t mps;
	uint32_t mrrs;

	/* history */
	bool bme_was_set;	/* and then cleared, if bme_may1 is false */
	bool bme_answered;	/* a completion went by while it was set */
	bool enables_were_set;
	bool msi_was_on;
	uint64_t stop_cycle;	/* when bus mastering or power was last taken away */
	bool is_flr;		/* a function level reset since bus mastering was set */
	bool is_post_flr;	/* a function level reset since the last other reset */
	uint64_t flr_cycle;
	bool has_ur;		/* sent UR since the status bit was cleared */
	uint64_t ur_clear_order;
	struct ck_clear status;
	struct ck_clear devsta;

	/* INTx; the wires are the card's: those of function 0 when there are several */
	uint8_t intx;		/* asserted pins */
	uint64_t intx_deadline;
	uint8_t intx_rule_is_07;

	/* messages */
	uint32_t table_first;	/* in ck.entry */
	uint32_t table_nr;
	uint64_t table_lo;	/* bus address, 0 if not known */
	uint64_t table_hi;
	bool has_far_messages;	/* the table names an address outside of the window */
	bool is_msi_addr_known;
	uint64_t msi_addr;

	struct ck_reg reg[CK_NR_REGS];
};

struct ck_range {
	uint64_t lo;
	uint64_t hi;		/* first byte behind */
	uint8_t access;		/* RISER_CHECK_MAP_*, 0 for a region */
};

struct ck_ranges {
	struct ck_range *range;
	uint32_t nr;
	uint32_t room;
};

struct ck_sent {
	uint64_t hash;
	uint16_t rid;
	uint16_t tag;
	uint8_t cls;
	uint8_t kind;
	bool is_there;
	uint8_t hdr_bytes;
	uint8_t hdr[16];
};

struct ck_order {
	struct ck_sent sent[CK_NR_SENT];
	uint32_t head;
	uint32_t tail;
};

struct ck_credit {
	bool is_used;
	bool is_header_infinite;
	bool is_data_infinite;
	uint64_t headers;	/* granted so far */
	uint64_t data;
	uint64_t headers_spent;
	uint64_t data_spent;
};

struct ck_bar_hit {
	uint64_t lo;
	uint64_t hi;
	uint8_t fn;
};

struct riser_check {
	struct riser_check_config config;
	uint64_t cycle;
	uint64_t order;
	uint64_t next_deadline;
	uint64_t nr_tlps;
	uint8_t worst;		/* verdict over the current TLP */
	uint8_t broken;		/* the rule that was broken last */
	bool is_muted;
	const struct ck_tlp *now;

	bool is_link_down;
	uint32_t levels;
	uint64_t down_cycle;
	uint64_t up_cycle;
	uint32_t status;
	uint64_t status_flr_cycle;
	uint64_t error_order;	/* of the last TLP broken on purpose, 0 none */
	uint64_t upset_order;	/* of the last TLP that may have set an error bit of the card */
	bool bme_told;		/* the stream has told of bus mastering by itself */
	uint32_t nr_bme_late;	/* legal, since sent before the card knew; the kernel refuses them */

	/* identity */
	uint16_t id;		/* bus << 8 | device << 3 */
	uint16_t old_id;
	bool has_id;
	uint32_t nr_id_pend;	/* writes that may not have set the new one */

	/* what host read requests have pushed */
	uint64_t flushed;	/* order of the newest completed host request */
	bool has_flr_req;

	struct ck_reqs out[RISER_NR_DIRECTIONS];
	struct ck_fn fn[CK_NR_FNS];
	uint8_t seen_fns;	/* bit mask of ck_fn.is_seen */
	uint32_t nr_entries;
	struct ck_entry entry[CK_NR_ENTRIES];
	uint16_t entry_hint[CK_NR_HINTS];
	struct ck_bar_hit last_hit;

	struct ck_ranges maps;
	struct ck_ranges regions;
	bool has_maps;
	struct ck_credit credit[RISER_NR_DIRECTIONS][RISER_NR_CLASSES];
	uint32_t cost_headers[RISER_NR_DIRECTIONS];
	uint32_t cost_data[RISER_NR_DIRECTIONS];
	struct ck_order *ordering[RISER_NR_DIRECTIONS];

	uint8_t verdict[CK_NR_RULES];
	char *waiver[CK_NR_RULES];
	uint8_t waiver_verdict[CK_NR_RULES];
	struct riser_check_counts counts[CK_NR_RULES];
};

/* ---- check_rule.c ---- */
extern const struct riser_check_rule ck_rules[CK_NR_RULES];

/* ---- check_decode.c ---- */
/* Fields of a header; @tlp->kind CK_BAD_* or less than a header: false. */
bool ck_decode(struct ck_tlp *tlp, const struct riser_check_tlp *in);
const char *ck_kind_name(uint8_t kind);

static inline uint32_t ck_get16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static inline uint32_t ck_get32(const uint8_t *p)
{
	/* of a form that compilers know as one load */
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Payload dwords are little-endian numbers. */
static inline uint32_t ck_data32(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static inline bool ck_is_completion(uint8_t kind)
{
	return kind >= CK_CPL && kind <= CK_CPLDLK;
}

static inline bool ck_is_config(uint8_t kind)
{
	return kind >= CK_CFGRD0 && kind <= CK_CFGWR1;
}

static inline bool ck_is_message(uint8_t kind)
{
	return kind == CK_MSG || kind == CK_MSGD;
}

static inline bool ck_is_atomic(uint8_t kind)
{
	return kind >= CK_FETCHADD && kind <= CK_CAS;
}

static inline bool ck_is_memory(uint8_t kind)
{
	return kind <= CK_MWR || ck_is_atomic(kind);
}

static inline bool ck_is_io(uint8_t kind)
{
	return kind == CK_IORD || kind == CK_IOWR;
}

/* Requests that are completed with data. */
static inline bool ck_wants_data(uint8_t kind)
{
	return kind == CK_MRD || kind == CK_MRDLK || kind == CK_IORD || kind == CK_CFGRD0 ||
	       kind == CK_CFGRD1 || ck_is_atomic(kind);
}

#include "ck_parts.h"

#endif /* RISER_CK_H */
