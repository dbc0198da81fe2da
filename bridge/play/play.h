/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of playing a recording's host.
 *
 *	failure.c	which failure
 *	plan.c		a log as deeds of the host, and what the card did
 *	plan_facts.c	what callers ask of it
 *	keys.c		what is told apart by more than its order
 *	memory.c	host memory as the card saw it, by time
 *	expect.c	what the card did, byte by byte, and whether it does it again
 *	rings.c		the kernel's side of the rings
 *	host.c		what the host does next
 *	answer.c	completions for the card's reads
 *	play.c		one run, and its verdict
 *
 * A position is the number of a TLP in the recording. The host's time in a play
 * is the position of the last deed that was done.
 */
#ifndef RISER_BRIDGE_PLAY_H
#define RISER_BRIDGE_PLAY_H

#include <riser/play.h>
#include <riser/run.h>
#include <riser/tlp.h>

#include "../link_internal.h"
#include "../words.h"

#define PLAY_LINE		64	/* bytes of host memory that are kept together */
#define PLAY_NONE		UINT32_MAX
#define PLAY_NEVER		UINT64_MAX
#define PLAY_HOST_TAGS		1024
#define PLAY_MSG_START		0xfee00000ULL	/* interrupt messages */
#define PLAY_MSG_END		0xfef00000ULL

enum play_deed_kind {
	PLAY_REQUEST = 0,
	PLAY_RESET,
	PLAY_POKE,	/* bytes: the mark that asks for it */
};

/**
 * struct play_deed - something that the host did
 * @pos: position
 * @cycle: cycles simulated then
 * @gap: of @cycle from the latest of the deed before and what it waits for
 * @needs: events with a smaller number must have happened
 * @event: its completion, PLAY_NONE for none
 * @what: PCIEM_RESET_* of a reset
 * @bytes: into plan.bytes
 */
struct play_deed {
	uint64_t pos;
	uint64_t cycle;
	uint64_t gap;
	uint64_t host_ns;
	uint64_t pc;
	uint32_t needs;
	uint32_t event;
	uint32_t site;
	uint32_t pid;
	uint16_t cpu;
	uint8_t context;
	bool irqs_off;
	char comm[16];
	uint8_t kind;
	uint8_t tlp_class;
	uint8_t tlp_kind;
	bool has_caller;
	uint16_t tag;
	uint32_t what;
	uint32_t len;
	size_t bytes;
};

enum play_event_kind {
	PLAY_CPL = 0,	/* completion of a deed */
	PLAY_WRITE,	/* DMA write */
	PLAY_MESSAGE,	/* interrupt, or message TLP */
	PLAY_ENTRY,	/* completion entry of an NVMe card */
};

/**
 * struct play_event - something that the card did, and the host may have noticed
 * @nr: bytes that the host takes, or 1
 * @left: of them, what has not come yet in this play
 * @new_cycle: when it was complete in this play
 * @next: of the same key (messages, entries)
 * @miss: the kernel refused (a part of) it
 * @pair: interrupts: the small write that it is about, PLAY_NONE for none
 */
struct play_event {
	uint64_t pos;
	uint64_t cycle;
	uint64_t new_cycle;
	uint64_t key;
	uint32_t nr;
	uint32_t left;
	uint32_t deed;
	uint32_t next;
	uint32_t miss;
	uint32_t pair;
	uint32_t len;
	size_t bytes;
	uint8_t kind;
};

/* A recorded read of the card, and its completions. */
struct play_read {
	uint64_t pos;
	uint64_t cycle;
	uint64_t addr;
	uint32_t span;		/* bytes */
	uint32_t got;
	uint32_t first_cpl;
	uint32_t last_cpl;
	uint32_t next;		/* of the same address and length */
	uint32_t miss;
	uint64_t trigger;
};

struct play_cpl {
	uint64_t pos;
	uint64_t cycle;
	uint32_t bytes;
	uint32_t next;		/* of the same read */
	uint16_t completer;
	uint8_t status;
};

/* What the card saw in a line of host memory. */
struct play_seen {
	uint64_t pos;
	uint64_t trigger;	/* position of the host's last deed before */
	uint64_t mask;
	uint8_t data[PLAY_LINE];
};

/* What the card wrote into a line, as recorded. */
struct play_wrote {
	uint64_t mask;
	uint64_t left;		/* of mask, in this play */
	uint32_t event;
	uint8_t data[PLAY_LINE];
};

struct play_line {
	uint64_t addr;
	struct play_seen *seen;
	struct play_wrote *wrote;
	uint32_t nr_seen, room_seen;
	uint32_t nr_wrote, room_wrote;
	/* of this play, but for @entries */
	uint32_t last_seen;	/* index given last + 1 */
	uint64_t read_pos;	/* the host's time then */
	uint32_t entries;	/* 16-byte pieces in which completion entries were */
	uint32_t open_wrote;	/* all before have come */
	uint64_t own_mask;
	uint64_t own_pos;
	uint8_t own[PLAY_LINE];
};

struct play_memory {
	struct play_line *line;
	uint32_t nr, room;
	uint32_t *slot;
	uint32_t nr_slots;
};

/* An access that the kernel refused, and its words. */
struct play_miss {
	uint64_t pos;
	uint64_t trigger;
	uint64_t addr;
	uint64_t bytes;
	uint32_t code;
	bool is_write;
	char *text;
};

struct play_site {
	uint32_t site;
	uint32_t nr_frames;
	uint64_t frame[PCIEM_SITE_FRAMES];
	char *text;
};

struct riser_plan {
	struct riser_rec_log *log;
	const struct riser_rec_facts *facts;
	struct play_deed *deed;
	uint32_t nr_deeds, room_deeds;
	struct play_event *event;
	uint32_t nr_events, room_events;
	struct play_read *read;
	uint32_t nr_reads, room_reads;
	struct play_cpl *cpl;
	uint32_t nr_cpls, room_cpls;
	struct play_miss *miss;
	uint32_t nr_misses, room_misses;
	struct play_site *site;
	uint32_t nr_sites, room_sites;
	uint8_t *bytes;
	size_t nr_bytes, room_bytes;
	struct play_memory memory;
	struct riser_finding failure;
	bool has_failure;
	bool is_cut;
	bool is_nvme;		/* by its class code */
	uint64_t failure_pos;	/* TLPs before it was known */
	uint32_t failing_deed;	/* the request that failed, PLAY_NONE for none */
	uint32_t nr_events_before_failure;
	uint64_t end_cycle;
	uint32_t nr_before_failure;
	uint32_t *message_slot;	/* first event by key */
	uint32_t *read_slot;
	uint32_t nr_keys;	/* a power of two */
	struct riser_words words;
	bool has_words;
};

/* A completion that the host owes the card. */
struct play_answer {
	uint64_t due;
	uint64_t pos;
	uint32_t len;
	uint8_t *bytes;
};

/* A host request that waits, by tag. */
struct play_wait {
	uint32_t deed;
	bool waits;
};

struct play_run {
	struct riser_plan *plan;
	const struct riser_play_config *config;
	struct riser_play_result *result;
	struct riser_link *link;
	struct riser_engine *engine;
	struct riser_failure target;
	bool has_target;
	bool is_over;
	/* the kernel's side of the rings */
	uint32_t epoch;
	uint32_t down_head;
	uint64_t down_seq;
	uint32_t up_tail;
	uint64_t up_seq;
	/* the host */
	uint64_t cycle;
	uint32_t next_deed;
	uint32_t end_deed;
	uint64_t done_pos;		/* position of the last deed done */
	uint64_t deed_cycle;		/* of the last deed done */
	uint32_t first_open;		/* event: all before have come */
	uint64_t open_cycle;		/* when they had */
	struct play_wait wait[PLAY_HOST_TAGS];
	struct play_answer *answer;
	uint32_t nr_answers, room_answers;
	uint32_t *message_slot;		/* first event that has not come, by key */
	uint32_t *read_slot;
	uint64_t answer_delay;
	/* a read that is repeated until the card is as far as then */
	uint32_t repeat_deed;
	uint64_t repeat_due;
	uint64_t repeat_since;
	char mismatch[RISER_PLAY_TEXT_BYTES];	/* of the first look */
	uint64_t progress_cycle;	/* last deed or expected event */
	struct riser_words words;
	bool is_tracing;
	bool wave_is_done;
};

/* A run of enabled bytes of a request with data. */
struct play_run_of_bytes {
	uint64_t addr;
	uint32_t offset;	/* in the data */
	uint32_t bytes;
};

/* ---- plan.c, keys.c ---- */
/* The run that begins at or behind @offset of the data; false behind the last. */
bool play_enabled(const struct riser_tlp *tlp, uint32_t offset,
		  struct play_run_of_bytes *run);
uint64_t play_read_key(uint64_t addr, uint32_t span);
uint64_t play_message_key(const struct riser_tlp *tlp);
/* A write that is a completion entry of an NVMe card, and which. */
bool play_is_entry(const struct riser_plan *plan, const struct riser_tlp *tlp);
uint64_t play_entry_key(const struct riser_tlp *tlp);
/* A status entry, as against payload. */
bool play_is_small(const struct play_event *event);
/* Chains of events and reads with one key. 0 or -ENOMEM. */
int play_keys_make(struct riser_plan *plan);
/* Where the key's first event or read is in the table, or where it would be. */
uint32_t play_message_slot(const struct riser_plan *plan, uint64_t key);
uint32_t play_read_slot(const struct riser_plan *plan, uint64_t addr, uint32_t span);

/* ---- memory.c ---- */
/* An array with room for one more; NULL without memory (the old one lives on). */
void *play_room(void *array, uint32_t nr, uint32_t *room, size_t size);
struct play_line *play_line(struct play_memory *memory, uint64_t addr, bool make);
int play_memory_saw(struct play_memory *memory, uint64_t addr, const uint8_t *data,
		    uint32_t bytes, uint64_t pos, uint64_t trigger);
int play_memory_wrote(struct play_memory *memory, uint64_t addr, const uint8_t *data,
		      uint32_t bytes, uint32_t event);
void play_memory_free(struct play_memory *memory);
/* As before the first play. */
void play_memory_rewind(struct play_memory *memory);
/**
 * play_memory_read() - bytes of host memory at the host's time @pos
 *
 * Returns the number of bytes that the recording knows, from the start;
 * @guesses counts bytes for which a choice had to be made.
 */
uint32_t play_memory_read(struct play_memory *memory, uint64_t addr, uint32_t bytes,
			  uint64_t pos, uint8_t *data, uint64_t *guesses);

/* ---- expect.c ---- */
void play_expect_start(struct play_run *run);
void play_expect_write(struct play_run *run, const struct riser_tlp *tlp,
		       const uint8_t *bytes, uint32_t len, uint64_t cycle);
void play_expect_message(struct play_run *run, const struct riser_tlp *tlp,
			 const uint8_t *bytes, uint32_t len, uint64_t cycle);
void play_expect_cpl(struct play_run *run, const struct riser_tlp *cpl,
		     const uint8_t *bytes, uint32_t len, uint64_t cycle);
/* It came, or will not and is not waited for any more. */
void play_event_came(struct play_run *run, uint32_t event, uint64_t cycle);
void play_event_give_up(struct play_run *run, uint32_t event);
/* Bytes of the log in words. Returns @text. */
char *play_words(const struct play_run *run, const uint8_t *bytes, uint32_t len,
		 char *text, size_t size);

/* ---- rings.c ---- */
int play_link_open(struct play_run *run, char *error);
/* A record towards the card; false when the ring is full. */
bool play_push(struct play_run *run, const struct pciem_rec *head,
	       const void *caller, const void *body, uint32_t len);

/* ---- host.c ---- */
/* The card sent a TLP; a request's time is over. */
void play_host_tlp(struct play_run *run, const uint8_t *bytes, uint32_t len,
		   uint64_t cycle);
void play_host_timeout(struct play_run *run, uint32_t tag);
/* The kernel refuses the access, as in the recording. */
void play_host_miss(struct play_run *run, uint32_t miss);
/* Does what is due; cycles until there is something to do again. */
uint64_t play_host_step(struct play_run *run);
/* The first verdict stands. */
void play_end(struct play_run *run, enum riser_play_verdict verdict,
	      uint64_t recorded_cycle, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* ---- play.c ---- */
/* The waveform's window; cycles until it is to be looked at again. */
uint64_t play_wave_step(struct play_run *run);

/* ---- answer.c ---- */
void play_answer(struct play_run *run, const struct riser_tlp *tlp,
		 const uint8_t *bytes, uint32_t len, uint64_t cycle);
void play_answers_free(struct play_run *run);

#endif /* RISER_BRIDGE_PLAY_H */
