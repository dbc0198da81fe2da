/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of the NVMe scoreboard: a model of a controller's queues and commands,
 * made of what crosses the link.
 *
 *	nvme.c		each TLP to the part that it concerns
 *	nvme_cfg.c	configuration space: BARs, MSI-X
 *	nvme_regs.c	registers and doorbells
 *	nvme_queue.c	submission entries fetched, completion entries posted
 *	nvme_cmd.c	commands in flight, their PRPs, what an address belongs to
 *	nvme_admin.c	admin commands that change the model
 *	nvme_lba.c	contents of logical blocks
 *	nvme_dma.c	reads and writes of the card
 *	nvme_irq.c	interrupts that are owed
 *	nvme_report.c	findings in words
 *	nvme_lockstep.c	two of these models, of the RTL and of a reference (nvme_both.h)
 *	nvme_pair.c	a command as both have it
 *
 * Everything is single-threaded and inside of one observer's call.
 */
#ifndef RISER_TB_SCOREBOARD_NVME_H
#define RISER_TB_SCOREBOARD_NVME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <riser/scoreboard.h>
#include <riser/tlp.h>

#define NVME_MAX_QUEUES		256
#define NVME_MAX_ENTRIES	65536
#define NVME_MAX_CMDS		4096
#define NVME_CMD_HASH		4096	/* a power of two */
#define NVME_MAX_PRPS		257	/* 1 MiB in pages of 4 KiB */
#define NVME_MAX_LISTS		4
#define NVME_MAX_VECTORS	2048
#define NVME_TAGS		1024
#define NVME_NAMES		128	/* callers of doorbells */
#define NVME_CHUNK_LBAS		64
#define NVME_BUF_BYTES		4096
#define NVME_NONE		UINT32_MAX

enum nvme_rule {
	NVME_WRONG_DATA = 0,	/* NVM-01 */
	NVME_DMA_OUTSIDE,
	NVME_DMA_LATE,
	NVME_EARLY_FETCH,
	NVME_UNKNOWN_CMD,
	NVME_WRONG_ENTRY,
	NVME_SHORT_DATA,
	NVME_LATE_ENTRY,
	NVME_LOST_INTERRUPT,
	NVME_NR_RULES,
};

enum nvme_dir {
	NVME_DIR_NONE = 0,
	NVME_DIR_TO_CARD = 1,	/* the card reads the data */
	NVME_DIR_TO_HOST = 2,
	NVME_DIR_BOTH = 3,
};

/* Who rang a doorbell, and when. */
struct nvme_bell {
	uint64_t cycle;
	uint64_t seq;
	uint64_t host_ns;
	uint32_t name;		/* nvme_name(), NVME_NONE */
};

enum nvme_slot_state {
	NVME_SLOT_EMPTY = 0,
	NVME_SLOT_RUNG,		/* the doorbell covers it */
	NVME_SLOT_FETCHED,
};

struct nvme_sq {
	uint16_t qid;
	uint16_t cqid;
	uint32_t size;
	uint32_t tail;
	uint64_t base;
	uint8_t (*entry)[64];
	uint8_t *got;		/* bytes of each entry that have come */
	uint8_t *state;
	uint32_t *pass;		/* how often a command began in each */
	uint32_t generation;	/* of the queues with this number */
	struct nvme_bell *bell;
};

struct nvme_cq {
	uint16_t qid;
	uint16_t vector;
	bool has_interrupt;
	bool phase;
	uint32_t size;
	uint32_t tail;		/* where the next entry goes */
	uint32_t head;
	uint64_t base;
	uint8_t (*entry)[16];
};

struct nvme_cmd {
	bool is_live;
	bool was_used;
	bool is_opaque;		/* what it may touch is not known */
	bool is_exact;		/* @bytes is known */
	bool is_told;
	bool is_bad;		/* poisoned or refused data */
	uint8_t opcode;
	uint8_t dir;
	uint16_t sqid;
	uint16_t cqid;
	uint16_t cid;
	uint16_t slot;
	uint32_t id;		/* differs from every other command */
	uint32_t nsid;
	uint32_t cdw[6];	/* 10 to 15 */
	uint64_t lba;
	uint32_t nr_lbas;
	uint32_t bytes;
	uint32_t asked;		/* bytes that the card asked for */
	uint32_t moved;
	uint32_t nr_prps;
	uint32_t nr_lists;
	uint64_t prp[NVME_MAX_PRPS];	/* 0: not known yet */
	uint64_t list[NVME_MAX_LISTS];
	uint32_t list_first[NVME_MAX_LISTS];
	uint64_t begin_cycle;
	uint64_t end_cycle;
	uint64_t last_cycle;	/* of DMA */
	struct nvme_bell bell;
	uint8_t *buf;		/* data of some admin commands */
	uint32_t next;		/* in the hash, or in the list of free ones */
};

/* What is in a page of memory. */
struct nvme_page {
	uint64_t addr;		/* 0: free */
	uint32_t cmd;
	uint16_t index;		/* of the PRP */
	bool is_list;
};

enum nvme_read_kind {
	NVME_READ_NOTHING = 0,
	NVME_READ_SQ,
	NVME_READ_LIST,
	NVME_READ_DATA,
};

/* A read of the card that waits for its data. */
struct nvme_read {
	uint8_t kind;
	uint16_t qid;
	uint32_t cmd;
	uint32_t id;		/* of the command */
	uint32_t list;
	uint32_t offset;	/* in the command's data */
	uint32_t len;
	uint64_t addr;
};

enum nvme_lba_state {
	NVME_LBA_UNKNOWN = 0,
	NVME_LBA_WRITTEN,	/* by the host */
	NVME_LBA_ZEROED,
	NVME_LBA_SEEN,		/* read before */
};

struct nvme_lba {
	uint64_t changed;	/* cycle */
	uint32_t learner;	/* command that reads it for the first time */
	uint16_t learnt;	/* bytes */
	uint8_t state;
	uint8_t busy;		/* commands in flight that change it */
	bool is_mixed;		/* by several at once */
};

struct nvme_chunk {
	uint64_t key;
	struct nvme_lba lba[NVME_CHUNK_LBAS];
	uint8_t data[];
};

/* What held an interrupt back. */
enum nvme_mask {
	NVME_NO_MASK = 0,
	NVME_FUNCTION_MASK,
	NVME_VECTOR_MASK,
};

struct nvme_vector {
	uint64_t addr;
	uint32_t data;
	bool is_masked;
	bool has_free_message;	/* came when there was nothing to tell */
	bool is_owed;
	bool was_blocked;	/* an entry came under a mask */
	uint8_t held_by;	/* enum nvme_mask */
	uint32_t credits;	/* entries without a message */
	uint64_t free_cycle;
	uint64_t free_seq;
	uint64_t last_entry;
	uint64_t owed_cycle;	/* since when nothing stands in its way */
	uint64_t owed_ns;
	uint64_t owed_seq;
	uint64_t entry_cycle;	/* of the first entry without a message */
	uint64_t entry_seq;
	uint32_t entry_cmd;
	uint32_t entry_id;
	uint16_t entry_qid;
	uint64_t entry_addr;
};

/* A configuration or register read of the host that waits for its value. */
struct nvme_host_read {
	uint64_t seq;
	bool is_config;
	uint32_t where;
};

struct nvme_bar {
	uint64_t base;
	uint64_t size;
};

struct nvme_caller {
	uint64_t pc;
	char text[128];
};

/**
 * struct nvme_listener - who wants to know more; each may be NULL
 * @begin: a command has been fetched
 * @data: bytes of its data, in either direction
 * @list: bytes of its PRP lists
 * @refused: the host refused a read for it
 * @end: its completion entry, before it ends; NVME_NONE: of none in flight
 * @drop: it ends without one
 * @message: an interrupt, after it was counted
 * @outside: memory that belongs to nothing in flight
 */
struct nvme_listener {
	void (*begin)(void *ctx, uint32_t cmd, const struct nvme_sq *sq, uint32_t slot);
	void (*data)(void *ctx, uint32_t cmd, uint32_t offset, const uint8_t *data,
		     uint32_t len);
	void (*list)(void *ctx, uint32_t cmd, uint32_t list, uint64_t addr,
		     const uint8_t *data, uint32_t len);
	void (*refused)(void *ctx, uint32_t cmd);
	void (*end)(void *ctx, uint32_t cmd, const uint8_t *entry);
	void (*drop)(void *ctx, uint32_t cmd);
	void (*message)(void *ctx, uint32_t vector);
	void (*outside)(void *ctx, bool is_write, uint64_t addr, uint32_t len);
};

struct nvme {
	struct riser_scoreboard_config config;
	const struct nvme_listener *listener;
	void *listener_ctx;
	uint32_t generation[NVME_MAX_QUEUES];
	const struct riser_tlp_event *event;	/* that is looked at */
	uint64_t cycle;
	uint64_t host_ns;	/* newest */
	uint64_t clk_period_ps;

	/* configuration space */
	uint32_t cfg[1024];
	uint64_t bar_mask[6];
	struct nvme_bar bar[6];
	struct nvme_host_read host_read[64];
	uint32_t msix_cap;
	uint32_t pcie_cap;
	uint8_t table_bir;
	uint32_t table_offset;
	uint32_t nr_vectors;
	bool msix_on;
	bool function_mask;

	/* registers */
	uint32_t cap_hi;
	uint32_t aqa;
	uint32_t cc;
	uint64_t asq;
	uint64_t acq;
	uint32_t page_bytes;
	bool is_enabled;
	bool is_blind;		/* memory is used that no command names */
	uint32_t nr_opaque;
	uint64_t coalesce_cycles;

	struct nvme_sq *sq[NVME_MAX_QUEUES];
	struct nvme_cq *cq[NVME_MAX_QUEUES];
	struct nvme_cmd *cmd;
	uint32_t cmd_hash[NVME_CMD_HASH];
	uint32_t free_first, free_last;
	uint32_t next_id;
	struct nvme_page *page;
	uint32_t nr_pages, page_room;
	struct nvme_read read[NVME_TAGS];

	struct nvme_chunk **chunk;
	uint32_t nr_chunks, chunk_room;
	struct nvme_chunk *last_chunk;
	uint64_t content_bytes;
	uint32_t lba_bytes;
	uint32_t meta_bytes;

	struct nvme_vector vector[NVME_MAX_VECTORS];
	uint32_t nr_owed;
	char open_text[RISER_TLP_TEXT_BYTES];	/* of the TLP that took the last mask */

	char **site;
	uint32_t site_room;
	struct nvme_caller caller[NVME_NAMES];
	uint32_t nr_callers;
	uint32_t nr_outside;
};

extern const struct riser_scoreboard_rule nvme_rules[NVME_NR_RULES + 1];

static inline uint32_t nvme_le32(const uint8_t *bytes)
{
	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

static inline uint64_t nvme_le64(const uint8_t *bytes)
{
	return nvme_le32(bytes) | (uint64_t)nvme_le32(bytes + 4) << 32;
}

/* nvme_hear(b, begin, cmd, sq, slot): the listener's call, if it has one */
#define nvme_hear(b, what, ...) do { \
	if ((b)->listener && (b)->listener->what) \
		(b)->listener->what((b)->listener_ctx, __VA_ARGS__); \
} while (0)

static inline uint64_t nvme_page_of(const struct nvme *b, uint64_t addr)
{
	return addr & ~(uint64_t)(b->page_bytes - 1);
}

/* ---- nvme_cfg.c ---- */

void nvme_cfg_write(struct nvme *b, const struct riser_tlp *tlp);
void nvme_cfg_value(struct nvme *b, uint32_t reg, uint32_t value);
/* Power-on state: BARs and MSI-X off. */
void nvme_cfg_reset(struct nvme *b);

/* ---- nvme_regs.c ---- */

void nvme_bar_write(struct nvme *b, const struct riser_tlp *tlp);
/* A register of BAR0 was read. */
void nvme_reg_value(struct nvme *b, uint32_t offset, uint32_t value);
/* Queues and commands end; blocks that were being written are not known. */
void nvme_disable(struct nvme *b);
/* Name of a doorbell's caller, or "". */
const char *nvme_name(const struct nvme *b, uint32_t name);

/* ---- nvme_queue.c ---- */

struct nvme_sq *nvme_sq_create(struct nvme *b, uint32_t qid, uint32_t size, uint64_t base,
			       uint32_t cqid);
struct nvme_cq *nvme_cq_create(struct nvme *b, uint32_t qid, uint32_t size, uint64_t base);
void nvme_sq_delete(struct nvme *b, uint32_t qid);
void nvme_cq_delete(struct nvme *b, uint32_t qid);
void nvme_sq_bell(struct nvme *b, uint32_t qid, uint32_t tail);
void nvme_cq_bell(struct nvme *b, uint32_t qid, uint32_t head);
struct nvme_sq *nvme_sq_at(const struct nvme *b, uint64_t addr, uint32_t len);
struct nvme_cq *nvme_cq_at(const struct nvme *b, uint64_t addr, uint32_t len);
/* The card asks for entries. */
void nvme_sq_fetch(struct nvme *b, struct nvme_sq *sq, uint64_t addr, uint32_t len);
/* Bytes of entries come. */
void nvme_sq_data(struct nvme *b, struct nvme_sq *sq, uint64_t addr, const uint8_t *data,
		  uint32_t len);
/* The card writes into a completion queue. */
void nvme_cq_write(struct nvme *b, struct nvme_cq *cq, uint64_t addr, const uint8_t *data,
		   uint32_t len);

/* ---- nvme_cmd.c ---- */

int nvme_cmd_init(struct nvme *b);
void nvme_cmd_fini(struct nvme *b);
void nvme_cmd_begin(struct nvme *b, const struct nvme_sq *sq, uint32_t slot,
		    const uint8_t *entry);
/* The command in flight, or NVME_NONE. */
uint32_t nvme_cmd_find(const struct nvme *b, uint32_t sqid, uint32_t cid);
/* It is over; @ok: with success. */
void nvme_cmd_end(struct nvme *b, uint32_t idx, bool ok);
/* Ends without an answer. */
void nvme_cmd_drop(struct nvme *b, uint32_t idx);
bool nvme_is_io(const struct nvme_cmd *cmd);
/* The bytes of a PRP entry: where they begin, how many, and where in the data. */
uint64_t nvme_prp_range(const struct nvme *b, const struct nvme_cmd *cmd, uint32_t index,
			uint32_t *len, uint32_t *offset);
/* What a page holds for a command in flight; NULL behind the last. @at: 0 first. */
const struct nvme_page *nvme_page_next(const struct nvme *b, uint64_t addr, uint32_t *at);
/* Bytes of a PRP list come. */
void nvme_list_data(struct nvme *b, struct nvme_cmd *cmd, uint32_t list, uint64_t addr,
		    const uint8_t *data, uint32_t len);

/* ---- nvme_admin.c ---- */

/* Direction and length of its data. */
void nvme_admin_begin(struct nvme *b, struct nvme_cmd *cmd);
void nvme_admin_end(struct nvme *b, struct nvme_cmd *cmd);
/* Ranges of Dataset Management are not known any more. */
void nvme_deallocate(struct nvme *b, const struct nvme_cmd *cmd);

/* ---- nvme_lba.c ---- */

/* No block is known, and no memory held. */
void nvme_lba_fini(struct nvme *b);
void nvme_lba_begin_write(struct nvme *b, uint32_t nsid, uint64_t lba, uint32_t nr);
void nvme_lba_write(struct nvme *b, const struct nvme_cmd *cmd, uint32_t offset,
		    const uint8_t *data, uint32_t len);
/* @state: what they are from now on. */
void nvme_lba_end_write(struct nvme *b, uint32_t nsid, uint64_t lba, uint32_t nr,
			enum nvme_lba_state state);
void nvme_lba_forget(struct nvme *b, uint32_t nsid, uint64_t lba, uint64_t nr);
void nvme_lba_forget_all(struct nvme *b);
/**
 * nvme_lba_compare() - data that a Read brings
 * @wrong: gets what is wrong, when something is
 */
struct nvme_wrong {
	uint32_t offset;	/* in the command's data */
	uint64_t lba;
	uint32_t byte;		/* in the block */
	uint32_t len;		/* of @expected, up to 4 */
	uint8_t expected[4];
	uint8_t got[4];
	enum nvme_lba_state state;
	uint64_t since;
};
bool nvme_lba_compare(struct nvme *b, struct nvme_cmd *cmd, uint32_t offset, const uint8_t *data,
		      uint32_t len, struct nvme_wrong *wrong);

/* ---- nvme_dma.c ---- */

void nvme_card_read(struct nvme *b, const struct riser_tlp *tlp);
void nvme_card_data(struct nvme *b, const struct riser_tlp *tlp);
void nvme_card_write(struct nvme *b, const struct riser_tlp *tlp);

/* ---- nvme_irq.c ---- */

/* Nothing is owed any more. */
void nvme_irq_reset(struct nvme *b);
/* The state after power-on and function level reset: every vector is masked. */
void nvme_irq_power_on(struct nvme *b);
/* Is what is owed overdue? Before each TLP. */
void nvme_irq_time(struct nvme *b);
void nvme_irq_entry(struct nvme *b, const struct nvme_cq *cq, uint32_t cmd);
void nvme_irq_head(struct nvme *b, const struct nvme_cq *cq);
/* Is it a message? */
bool nvme_irq_message(struct nvme *b, uint64_t addr, const uint8_t *data, uint32_t len);
void nvme_irq_table(struct nvme *b, uint32_t offset, uint32_t value);
/* MSI-X's control register has changed. */
void nvme_irq_control(struct nvme *b, bool on, bool function_mask);

/* ---- nvme_report.c ---- */

/* "Read of LBA 64 to 71 (SQ 1, CID 4097)". Returns @text. */
char *nvme_cmd_text(const struct nvme_cmd *cmd, char *text, size_t size);
/**
 * nvme_tell() - a finding about the TLP that is looked at
 * @cmd: concerned, may be NULL
 * @addr: to tell findings of one rule apart
 */
__attribute__((format(printf, 5, 6)))
void nvme_tell(struct nvme *b, enum nvme_rule rule, const struct nvme_cmd *cmd, uint64_t addr,
	       const char *format, ...);
/* The same about another TLP, @access, and the cycle of the failure. */
__attribute__((format(printf, 8, 9)))
void nvme_tell_at(struct nvme *b, enum nvme_rule rule, const struct nvme_cmd *cmd, uint64_t addr,
		  uint64_t seq, uint64_t cycle, const char *access, const char *format, ...);
void nvme_tell_outside(struct nvme *b, bool is_write, uint64_t addr, uint32_t len);
void nvme_tell_data(struct nvme *b, const struct nvme_cmd *cmd, uint32_t prp, uint64_t addr,
		    const struct nvme_wrong *wrong);

#endif /* RISER_TB_SCOREBOARD_NVME_H */
