/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model ABI: what a card's simulation offers to the engine.
 *
 * A model is a shared object that exports one symbol, riser_model_entry(). It
 * may hold a Verilated design, a SystemC simulation, plain C, or a proxy for a
 * simulator in another process: everything that crosses is plain data with
 * explicit lengths, so the same calls also work over a socket
 * (docs/model-socket.md).
 *
 * The model owns the hot loop. riser_model_ops.run() simulates many rising
 * edges of the PCIe user clock per call and touches the ports of the TLP port
 * (docs/tlp-port.md) only when a handshake demands it. No call crosses this ABI
 * per cycle.
 *
 * Determinism. What a model does may depend only on: its create parameters, the
 * cycle at which each TLP was put into a queue, the cycle of each sideband
 * change, the stall patterns, and the contents of the attached memories. It
 * never looks at host time, and a full output area stops its clock.
 *
 * Threads: one caller at a time for each model; several models may live in one
 * process. Errors are 0 or -errno.
 */
#ifndef RISER_MODEL_H
#define RISER_MODEL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RISER_MODEL_ABI		1
#define RISER_MODEL_MAX_MEMS	4
#define RISER_MODEL_PAGE_BYTES	4096	/* of riser_model_params.dirty */
#define RISER_MODEL_ENTRY	"riser_model_entry"

struct riser_model;

/* The three kinds of TLP, each a channel of its own in both directions. */
enum riser_tlp_class {
	RISER_POSTED = 0,
	RISER_NONPOSTED = 1,
	RISER_COMPLETION = 2,
	RISER_NR_CLASSES = 3,
};

/* riser_model_info.features */
#define RISER_MODEL_F_TRACE	(1u << 0)	/* trace_open() works */
#define RISER_MODEL_F_SAVE	(1u << 1)	/* save() and restore() work */
#define RISER_MODEL_F_COVERAGE	(1u << 2)	/* coverage_write() works */
#define RISER_MODEL_F_IMPURE	(1u << 3)	/* DPI functions with a state of their own: replay from reset only */
#define RISER_MODEL_F_IDLE	(1u << 4)	/* the card drives the idle output */
#define RISER_MODEL_F_FORK	(1u << 5)	/* one thread, no open files: fork() is safe */
#define RISER_MODEL_F_DIRTY	(1u << 6)	/* riser_model_params.dirty is kept */
#define RISER_MODEL_F_PROCESS	(1u << 7)	/* one instance in a process: wants its own */
#define RISER_MODEL_F_RESTART	(1u << 8)	/* cannot reset itself: PERST# is a new process */
#define RISER_MODEL_F_BOOT	(1u << 9)	/* the link waits for RISER_STATUS_BOOTING to go */

/**
 * struct riser_model_mem - a backing store outside of the simulated state
 * @name: prefix of the memory port in the top module ("mem")
 * @bytes: size that the design addresses, a power of two
 */
struct riser_model_mem {
	char name[16];
	uint64_t bytes;
};

/**
 * struct riser_model_info - constant facts about a model
 * @abi: RISER_MODEL_ABI
 * @size: sizeof(struct riser_model_info) of the model's build
 * @features: RISER_MODEL_F_*
 * @data_w: width of the TLP port's data in bits
 * @clk_period_ps: period of the PCIe user clock
 * @name: card name for messages
 * @top: name of the top module
 * @engine: simulator and version ("Verilator 5.006")
 * @source_hash: hex digest over sources, parameters and defines; equal for
 *	traced and untraced builds of the same RTL
 * @build_hash: hex digest over everything, tools and flags included
 */
struct riser_model_info {
	uint32_t abi;
	uint32_t size;
	uint32_t features;
	uint32_t data_w;
	uint64_t clk_period_ps;
	char name[32];
	char top[64];
	char engine[64];
	char source_hash[72];
	char build_hash[72];
	uint32_t nr_mems;
	uint32_t pad;
	struct riser_model_mem mem[RISER_MODEL_MAX_MEMS];
};

enum riser_severity {
	RISER_MSG_FILE = -1,	/* no message: the design opened a file to read; its name as @file, its path as @text */
	RISER_MSG_DISPLAY = 0,	/* $display and friends */
	RISER_MSG_INFO,		/* $info */
	RISER_MSG_WARNING,
	RISER_MSG_ERROR,	/* $error, failed assertion */
	RISER_MSG_FATAL,	/* $fatal */
	RISER_MSG_STOP,		/* $stop */
	RISER_MSG_FINISH,	/* $finish */
};

/**
 * struct riser_model_params - how to create an instance
 * @abi: RISER_MODEL_ABI
 * @size: sizeof(struct riser_model_params) of the caller's build
 * @x_init: value of everything that the RTL leaves uninitialised: 0 all zero,
 *	1 all one, 2 random from @seed
 * @nr_plusargs: entries of @plusargs ("+bug=3"), for $test$plusargs/$value$plusargs
 * @seed: for @x_init 2 and for $urandom
 * @mem: one pointer for each riser_model_info.mem, memory of at least that many
 *	bytes, owned by the caller, alive until destroy()
 * @message: called from run() with each line that the design prints, and from
 *	destroy() for its final blocks; may be NULL. @file may be NULL, @line 0
 *	when not known. Must not call the model.
 * @ctx: first argument of @message
 * @dirty: for each memory NULL, or one byte for each RISER_MODEL_PAGE_BYTES of
 *	it: run() sets it to 1 when it writes there and never looks at it. Owned
 *	as @mem
 * @dir: where names of files that the design reads ($readmemh, $fopen) begin, or
 *	NULL: in the folder of the process
 */
struct riser_model_params {
	uint32_t abi;
	uint32_t size;
	uint32_t x_init;
	uint32_t nr_plusargs;
	const char *const *plusargs;
	uint64_t seed;
	void *mem[RISER_MODEL_MAX_MEMS];
	void (*message)(void *ctx, enum riser_severity severity,
			const char *file, int line, const char *text);
	void *ctx;
	uint8_t *dirty[RISER_MODEL_MAX_MEMS];
	const char *dir;
};

/**
 * struct riser_tlp_ref - a TLP that waits to go into the card
 * @bytes: the TLP, at least 4-byte aligned, stays valid until taken
 * @len: its length in bytes, a multiple of 4
 * @after_posted: the posted queue's @tail that must have been reached before this
 *	one may be offered: the number of posted TLPs put before it; 0: no wait
 */
struct riser_tlp_ref {
	const uint8_t *bytes;
	uint32_t len;
	uint32_t pad;
	uint64_t after_posted;
};

/**
 * struct riser_rx_queue - TLPs towards the card, of one class
 *
 * Filled by the caller between calls of run(), emptied by run(). Offered
 * strictly in order, one beat per cycle when the card is ready, from the first
 * cycle of the call in which the TLP is found here.
 *
 * @ref: array of a power of two entries
 * @mask: number of entries - 1
 * @head: free-running count of TLPs put, written by the caller
 * @tail: free-running count of TLPs whose last beat was transferred, written by
 *	run()
 *
 * While the link is down or a reset is on nothing is offered, and a TLP that was
 * half transferred counts as not begun. The caller discards what it does not
 * want offered again (@head = @tail) while the link is down.
 */
struct riser_rx_queue {
	struct riser_tlp_ref *ref;
	uint32_t mask;
	uint32_t pad;
	uint64_t head;
	uint64_t tail;
};

/**
 * struct riser_tx_rec - header of one TLP from the card, in the output area
 *
 * The TLP's bytes follow. Same layout as struct pciem_rec of the kernel's
 * rings, so that run() can write straight into the up ring.
 *
 * @bytes: header, TLP and padding, a multiple of 16
 * @type: 1
 * @flags: 0
 * @len: bytes of the TLP
 * @aux: enum riser_tlp_class
 * @cycle: cycle in which the last beat was transferred
 * @seq: 0; set by the engine when it publishes
 */
struct riser_tx_rec {
	uint32_t bytes;
	uint16_t type;
	uint16_t flags;
	uint32_t len;
	uint32_t aux;
	uint64_t cycle;
	uint64_t seq;
};

/* Why run() returned; several bits may be set. */
#define RISER_RUN_CYCLES	(1u << 0)	/* max_cycles done */
#define RISER_RUN_TX		(1u << 1)	/* a TLP was written and stop_on_tx is set */
#define RISER_RUN_TX_FULL	(1u << 2)	/* no room for a largest TLP: the clock stopped */
#define RISER_RUN_WAKE		(1u << 3)	/* *wake differs from wake_seen */
#define RISER_RUN_IDLE		(1u << 4)	/* stop_on_idle, idle output 1, nothing queued or half sent */
#define RISER_RUN_FINISH	(1u << 5)	/* $finish */
#define RISER_RUN_STOP		(1u << 6)	/* $stop */
#define RISER_RUN_FATAL		(1u << 7)	/* $fatal or a failed assertion: the model is dead */
#define RISER_RUN_RX_DONE	(1u << 8)	/* stop_on_rx_done and all queues are empty */
#define RISER_RUN_ERROR		(1u << 9)	/* $error was reported, the model lives on */

/* riser_run.status: outputs of the card after the last cycle. */
#define RISER_STATUS_FLR	(1u << 0)	/* a function level reset is in progress */
#define RISER_STATUS_IDLE	(1u << 1)	/* the card allows its clock to stop */
#define RISER_STATUS_BOOTING	(1u << 2)	/* RISER_MODEL_F_BOOT: not ready for the link yet */

/* Sideband levels, for set_sideband() */
#define RISER_SB_PERST		(1u << 0)	/* PERST# asserted (the pin perst_n is 0) */
#define RISER_SB_LINK_UP	(1u << 1)
#define RISER_SB_HOT_RESET	(1u << 2)
/* The host has no credits for a class (enum riser_tlp_class): ready of it stays 0 */
#define RISER_SB_HOLD_TX(c)	(1u << (4 + (c)))
#define RISER_SB_HOLD_TX_ALL	(7u << 4)

/**
 * struct riser_stall - back-pressure that the engine adds, by cycle only
 *
 * A channel is held in cycle c when c < @until_cycle, or when a pseudo-random
 * number made of (@seed, class, direction, c) falls below @permille.
 *
 * @until_cycle: hold without exception before this cycle
 * @permille: share of cycles held, 0 to 1000 (1000 holds for ever)
 * @seed: of the pattern
 */
struct riser_stall {
	uint64_t until_cycle;
	uint32_t permille;
	uint32_t seed;
};

/**
 * struct riser_run - one call of run()
 *
 * In: @max_cycles, @stop_on_*, @wake, @wake_seen, @rx, @tx, @tx_bytes, @stall.
 * Out: @why, @cycles, @tx_used, @tx_nr, @status, @cycle; rx tails.
 *
 * @max_cycles: at most this many rising edges, exactly if nothing else stops
 * @stop_on_tx: bit mask of classes (1 << enum riser_tlp_class): return after the
 *	cycle in which the last beat of such a TLP was transferred
 * @stop_on_idle: return when the card is idle
 * @stop_on_rx_done: return when all rx queues are empty
 * @wake: may be NULL; a word in shared memory that run() reads once per cycle
 * @wake_seen: run() returns once *wake differs from this
 * @rx: queues towards the card
 * @tx: output area, 16-byte aligned
 * @tx_bytes: its size; run() stops the clock unless a largest TLP fits
 *	(PCIEM_REC_MAX_BYTES of the kernel's contract, for each class)
 * @stall_rx: by class, holds valid towards the card
 * @stall_tx: by class, holds ready towards the card
 * @why: RISER_RUN_*
 * @tx_nr: records written to @tx
 * @tx_used: bytes written to @tx
 * @status: RISER_STATUS_*
 * @cycle: cycles simulated since create(), after this call
 */
struct riser_run {
	uint64_t max_cycles;
	uint32_t stop_on_tx;
	uint8_t stop_on_idle;
	uint8_t stop_on_rx_done;
	uint8_t pad[2];
	const uint32_t *wake;
	uint32_t wake_seen;
	uint32_t pad2;
	struct riser_rx_queue rx[RISER_NR_CLASSES];
	struct riser_stall stall_rx[RISER_NR_CLASSES];
	struct riser_stall stall_tx[RISER_NR_CLASSES];
	uint8_t *tx;
	uint64_t tx_bytes;

	uint32_t why;
	uint32_t tx_nr;
	uint64_t tx_used;
	uint32_t status;
	uint32_t pad3;
	uint64_t cycle;
};

/* Annotation lanes that a traced model shows above the RTL's own signals. */
enum riser_lane {
	RISER_LANE_DRIVER = 0,	/* driver function */
	RISER_LANE_RX = 1,	/* TLP from the host, in words */
	RISER_LANE_TX = 2,	/* TLP from the card, in words */
	RISER_LANE_HOST_NS = 3,	/* host time, decimal */
	RISER_NR_LANES = 4,
};

/**
 * struct riser_model_ops - what a model does
 *
 * @size: sizeof(struct riser_model_ops) of the model's build; members beyond it
 *	do not exist. Optional members may be NULL: trace_*, annotate, save,
 *	restore, coverage_write, peek, poke.
 * @info: constant facts; the pointer lives as long as the shared object
 * @create: an instance in power-on state, PERST# asserted, link down, cycle 0.
 *	-EINVAL: params of another ABI; -ENOMEM
 * @destroy: also closes a trace
 * @set_sideband: levels (RISER_SB_*) from the next simulated cycle on
 * @run: simulate; 0, or -EINVAL for a call that breaks the contract (no output
 *	area, queue mask not a power of two, TLP shorter than its header), -EIO
 *	when the model is dead. Reasons to stop are looked at after each cycle:
 *	unless max_cycles is 0 or the area is full, one cycle is always simulated
 * @trace_open: write an FST from the next cycle on; scopes is "" for all, or
 *	names of instances ("top.u_dma") with blanks between, each with all below
 *	it; -EEXIST when the file exists, -EBUSY when one is open, -errno of the
 *	file system
 * @trace_close: finish the file
 * @annotate: text of a lane from the next cycle on (no effect when not traced)
 * @save: state to a file descriptor (memories and rx queues are the caller's: a
 *	TLP that was half transferred must be in its queue again after restore())
 * @restore: state from it into an instance of the same build; -EINVAL otherwise,
 *	-EBUSY while a trace is open. Reads exactly what save() wrote
 * @coverage_write: Verilator's coverage data
 * @peek: the value of a signal as "0x..."; "name" or "instance.name" is enough where
 *	one signal is called so, "name[3]" is an element of a memory. The name "" gives
 *	the names of all that can be reached, with blanks between. -ENOENT, -ENOTUNIQ
 *	several are called so, -ENOSPC @size is too small
 * @poke: sets one, from the next simulated cycle on; what drives it drives it again.
 *	Also -EINVAL no number, -ERANGE too wide
 */
struct riser_model_ops {
	uint32_t abi;
	uint32_t size;
	const struct riser_model_info *(*info)(void);
	int (*create)(const struct riser_model_params *params,
		      struct riser_model **model);
	void (*destroy)(struct riser_model *model);
	void (*set_sideband)(struct riser_model *model, uint32_t levels);
	int (*run)(struct riser_model *model, struct riser_run *run);
	int (*trace_open)(struct riser_model *model, const char *path,
			  const char *scopes);
	void (*trace_close)(struct riser_model *model);
	void (*annotate)(struct riser_model *model, enum riser_lane lane,
			 const char *text);
	int (*save)(struct riser_model *model, int fd);
	int (*restore)(struct riser_model *model, int fd);
	int (*coverage_write)(struct riser_model *model, const char *path);
	int (*peek)(struct riser_model *model, const char *signal, char *value,
		    size_t size);
	int (*poke)(struct riser_model *model, const char *signal, const char *value);
};

/**
 * riser_model_entry() - the one exported symbol
 * @abi: RISER_MODEL_ABI of the caller
 *
 * Returns the operations, never NULL. The
 * returned structure starts with the ABI that the model was built for, so a
 * caller of another version can name both numbers: a model that does not speak @abi still
 * returns its structure with .abi set, and only .abi and .size are valid then.
 */
const struct riser_model_ops *riser_model_entry(uint32_t abi);

#ifdef __cplusplus
}
#endif

#endif /* RISER_MODEL_H */
