/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Observers: what sees every TLP. Recorder, checker, capture and statistics are
 * observers; nothing is called per cycle.
 *
 * All calls come from the engine's thread, in the order in which things happen
 * to the model. Pointers are valid during the call. An observer must not block
 * for long: the model's clock stands still meanwhile.
 */
#ifndef RISER_OBSERVE_H
#define RISER_OBSERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <riser/api.h>
#include <riser/model.h>
#include <riser/tlp.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RISER_NO_SEQ UINT64_MAX

enum riser_direction {
	RISER_TO_CARD = 0,
	RISER_TO_HOST = 1,
	RISER_NR_DIRECTIONS = 2,
};

/**
 * struct riser_tlp_caller - who made a host request
 * @pc: address of the access in the kernel
 * @context: 0 process, 1 softirq, 2 hardirq, 3 NMI
 * @function: the driver's function with offset and module, NULL if not known
 * @frame: of @function in the stack: 0 made the access itself, the offset of any
 *	other is where its call returns to; live runs only
 */
struct riser_tlp_caller {
	uint64_t pc;
	uint32_t pid;
	uint16_t cpu;
	uint8_t context;
	bool irqs_off;
	char comm[17];
	uint32_t frame;
	const char *function;
};

/* What fault injection did to a TLP; riser_tlp_event.fault. */
#define RISER_FAULTED_CHANGED	0x1	/* not what its sender sent: changed, repeated or made up */
#define RISER_FAULTED_LOST	0x2	/* its receiver never gets this one */
#define RISER_FAULTED_NO_ANSWER	0x4	/* a request whose answer was taken away or made up */

/**
 * struct riser_tlp_event - one TLP
 * @seq: number of the TLP in the run, both directions together, from 0
 * @request_seq: completions: @seq of the request, RISER_NO_SEQ if none matches
 * @cycle: to the card: cycles simulated when it was put into the model's queue,
 *	which is all that the model's behaviour depends on; to the host: cycle of
 *	its last beat
 * @request_cycle: completions that match: @cycle of the request
 * @host_ns: to the card: monotonic time of the driver's kernel; else 0
 * @bridge_ns: monotonic time of the bridge, mostly not older than 100 us
 * @site: interned call site of the kernel, 0 if none
 * @tlp_class: the channel that carried it, which may be wrong for its kind;
 *	RISER_NR_CLASSES: not known, of what a capture has that is no TLP
 * @tlp: decoded, NULL if the bytes are no TLP
 * @caller: NULL if not known
 * @names: words for addresses
 * @fault: RISER_FAULTED_*, 0 almost always
 */
struct riser_tlp_event {
	uint64_t seq;
	uint64_t request_seq;
	uint64_t cycle;
	uint64_t request_cycle;
	uint64_t host_ns;
	uint64_t bridge_ns;
	const uint8_t *bytes;
	uint32_t len;
	uint32_t site;
	enum riser_direction direction;
	enum riser_tlp_class tlp_class;
	const struct riser_tlp *tlp;
	const struct riser_tlp_caller *caller;
	const struct riser_tlp_names *names;
	uint8_t fault;
};

/* Codes of RISER_NOTE_ENGINE beside enum riser_end. */
#define RISER_NOTE_FLR_BEGINS	0x100
#define RISER_NOTE_FLR_ENDS	0x101

/* Codes of RISER_NOTE_BACKDOOR. */
#define RISER_BACKDOOR_PEEK	0
#define RISER_BACKDOOR_POKE	1	/* the signal was set, in the note's cycle */
#define RISER_BACKDOOR_FAILED	2

/* Where a note comes from. */
enum riser_note_source {
	RISER_NOTE_ENGINE = 0,	/* session, reset, link */
	RISER_NOTE_KERNEL,	/* @code is PCIEM_EVENT_* */
	RISER_NOTE_MARK,	/* text from the driver's machine */
	RISER_NOTE_MODEL,	/* @code is enum riser_severity */
	RISER_NOTE_FAULT,	/* @code is the number of the rule that was injected */
	RISER_NOTE_FILE,	/* the RTL reads a file: its hash, size and name */
	RISER_NOTE_BACKDOOR,	/* @code is RISER_BACKDOOR_*: "SIGNAL = VALUE", and more behind it */
};

/**
 * struct riser_note - something worth a line in the log
 * @host_ns: of the driver's kernel, 0 if the note is not from there
 */
struct riser_note {
	enum riser_note_source source;
	uint32_t code;
	uint64_t cycle;
	uint64_t host_ns;
	const char *text;
};

/**
 * struct riser_site - a call site of the driver's kernel
 * @frame: kernel stack from the access outwards
 * @text: one line per frame
 * @function: the frame that is the driver's
 */
struct riser_site {
	uint32_t site;
	uint32_t nr_frames;
	const uint64_t *frame;
	const char *text;
	const char *function;
};

/**
 * struct riser_run_facts - constant facts of the run
 * @info: of the model
 * @mem: backing stores, as preloaded
 * @preload: file for each of them, or NULL
 * @scoreboard: that watches the run, or NULL
 * @dir: of the files that the RTL reads, or NULL
 * @checker: as in struct riser_engine_config
 */
struct riser_run_facts {
	const char *card;
	const char *model_path;
	const struct riser_model_info *info;
	const char *const *plusargs;
	uint32_t nr_plusargs;
	uint32_t x_init;
	uint64_t seed;
	uint64_t timeout_cycles;
	void *const *mem;
	const char *const *preload;
	const char *scoreboard;
	const struct riser_stall *stall_rx;
	const struct riser_stall *stall_tx;
	const char *dir;
	const char *checker;
};

struct riser_finding;
struct riser_json;

/**
 * struct riser_observer_ops - what an observer does; each may be NULL
 * @start: before the first cycle
 * @tlp: a TLP was put into the model's queue, or came from the model
 * @lost: a TLP that does not cross the card's pins, because fault injection took
 *	it away on its way there, or made it up for the host; @seq of it is
 *	RISER_NO_SEQ
 * @sideband: levels (RISER_SB_*) from the next cycle on. When RISER_SB_LINK_UP
 *	is not set, TLPs that wait for the card are dropped
 * @site: a call site became known
 * @settle: the run is over; who lags behind catches up, and may still report
 * @finish: nothing comes after this
 * @account: after that: members for the run's account (bridge.json)
 */
struct riser_observer_ops {
	void (*start)(void *ctx, const struct riser_run_facts *facts);
	void (*tlp)(void *ctx, const struct riser_tlp_event *event);
	void (*lost)(void *ctx, const struct riser_tlp_event *event);
	void (*sideband)(void *ctx, uint64_t cycle, uint32_t levels);
	void (*site)(void *ctx, const struct riser_site *site);
	void (*note)(void *ctx, const struct riser_note *note);
	void (*finding)(void *ctx, const struct riser_finding *finding);
	void (*settle)(void *ctx, uint64_t cycle);
	void (*finish)(void *ctx, uint64_t cycle);
	void (*account)(void *ctx, struct riser_json *json);
};

struct riser_observer {
	const struct riser_observer_ops *ops;
	void *ctx;
};

#ifdef __cplusplus
}
#endif

#endif /* RISER_OBSERVE_H */
