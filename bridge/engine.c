// SPDX-License-Identifier: Apache-2.0
/*
 * The loop between a link and a model. No call, copy, lock, allocation or
 * system call is made per cycle; what is done per TLP is in engine_rx.c and
 * engine_tx.c.
 */
#define _GNU_SOURCE
#include "engine.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "pcapng.h"
#include "rtlfile.h"

#define FIRST_BATCH	256
#define MIN_BATCH	16
#define MAX_BATCH	(1U << 20)
#define PACE_STEPS_PER_S	200	/* a paced clock moves so often */
#define BATCH_NS_LOW	500000
#define BATCH_NS_HIGH	2000000
#define IDLE_SLEEP_NS	100000000ULL
#define DEFAULT_SPIN_US	50
#define CLOCK_NS	50000	/* as old as @now_ns may be, about */
#define CLOCK_CYCLES	4096	/* and never more than that */
#define RUN_CYCLES	4	/* what a call of run() takes beside its cycles */

/* The RTL reads a file: what it does from here on depends on it. */
static void note_file(struct riser_engine *engine, const char *name, const char *path)
{
	char words[PCIEM_TEXT_MAX_BYTES];

	if (engine->is_finished)
		return;
	riser_rtl_file_words(name, path, words, sizeof(words));
	riser_boot_reads(engine, words);
	riser_note(engine, RISER_NOTE_FILE, 0, 0, "%s", words);
}

static void on_message(void *ctx, enum riser_severity severity,
		       const char *file, int line, const char *text)
{
	struct riser_engine *engine = ctx;

	if (severity == RISER_MSG_FILE) {
		note_file(engine, file, text);
		return;
	}
	if (severity >= RISER_MSG_ERROR) {
		if (file)
			snprintf(engine->model_text,
				 sizeof(engine->model_text), "%s:%d: %s", file,
				 line, text);
		else
			snprintf(engine->model_text,
				 sizeof(engine->model_text), "%s", text);
	}
	/* destroy() may print as well: that is not part of the run any more */
	if (!engine->is_finished)
		riser_note(engine, RISER_NOTE_MODEL, (uint32_t)severity, 0,
			   "%s", text);
	if (engine->config.message)
		engine->config.message(engine->config.ctx, severity, file,
				       line, text);
}

static const char *model_text(struct riser_engine *engine)
{
	return engine->model_text[0] ? engine->model_text : "(no text)";
}

static void model_ended(struct riser_engine *engine,
			enum riser_finding_kind kind, const char *what)
{
	engine->model_is_dead = true;
	riser_finding_plain(engine, kind, "card",
			    "the simulation ended while the driver used the card: the text is the design's own",
			    "the RTL ended the simulation with %s in cycle %llu: %s",
			    what, (unsigned long long)engine->cycle,
			    model_text(engine));
	riser_session_end(engine, RISER_END_MODEL,
			  "the RTL ended the simulation with %s in cycle %llu: %s",
			  what, (unsigned long long)engine->cycle,
			  model_text(engine));
}

static void model_broke(struct riser_engine *engine, const char *how, int code)
{
	engine->model_is_dead = true;
	riser_finding_plain(engine, RISER_FINDING_MODEL_BROKEN, "riser",
			    "rebuild the model with this version of riser",
			    "the model broke its contract in cycle %llu: %s (%d)",
			    (unsigned long long)engine->cycle, how, code);
	riser_session_end(engine, RISER_END_MODEL,
			  "the model broke its contract: %s (%d)", how, code);
}

static void ring_broke(struct riser_engine *engine, const char *which)
{
	riser_finding_plain(engine, RISER_FINDING_RING, "riser",
			    "bridge and kernel module must be of one version; if they are, something else wrote to the shared memory",
			    "a record or index of the %s ring cannot be: the link is down",
			    which);
	riser_session_end(engine, RISER_END_RING,
			  "a record or index of the %s ring cannot be", which);
}

static void watch_flr(struct riser_engine *engine)
{
	uint32_t flr = engine->run.status & RISER_STATUS_FLR;

	if (flr == engine->flr_status)
		return;
	engine->flr_status = flr;
	riser_note(engine, RISER_NOTE_ENGINE,
		   flr ? RISER_NOTE_FLR_BEGINS : RISER_NOTE_FLR_ENDS, 0,
		   "function level reset %s", flr ? "begins" : "ends");
	if (flr && engine->kernel_state == PCIEM_KERNEL_RUNNING)
		riser_trigger_tell(engine, RISER_FINDING_RECOVERY, 0,
				   "a function level reset begins");
}

/* What run() said when it came back. */
static void look_at_run(struct riser_engine *engine)
{
	uint32_t why = engine->run.why;

	if (why & RISER_RUN_WAKE)
		engine->stats.wakes++;
	watch_flr(engine);
	if (why & RISER_RUN_ERROR)
		riser_finding_plain(engine, RISER_FINDING_MODEL_ERROR, "card",
				    "the text is the design's own",
				    "the RTL reported an error in cycle %llu: %s",
				    (unsigned long long)engine->cycle,
				    model_text(engine));
	if (why & RISER_RUN_FATAL)
		model_ended(engine, RISER_FINDING_MODEL_FATAL,
			    "$fatal or a failed assertion");
	else if (why & RISER_RUN_STOP)
		model_ended(engine, RISER_FINDING_MODEL_STOP, "$stop");
	else if (why & RISER_RUN_FINISH)
		model_ended(engine, RISER_FINDING_MODEL_FINISH, "$finish");
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void prepare_run(struct riser_engine *engine)
{
	struct riser_run *run = &engine->run;
	bool in_streak = engine->streak >= RISER_STREAK &&
			 !engine->link->ops->poll;

	run->max_cycles = min_u64(engine->batch_cycles,
				  riser_pending_cycles(engine));
	if (engine->phase != RISER_PHASE_UP)
		run->max_cycles = min_u64(run->max_cycles,
					  riser_session_cycles(engine));
	if (engine->faults)
		run->max_cycles = min_u64(run->max_cycles,
					  riser_fault_cycles(engine));
	if (engine->config.idle == RISER_IDLE_PACE)
		run->max_cycles = min_u64(run->max_cycles,
					  1 + engine->config.pace_hz / PACE_STEPS_PER_S);
	if (engine->link->ops->poll)
		run->max_cycles = min_u64(run->max_cycles, engine->poll_cycles);
	if (engine->has_backlog)
		run->max_cycles = min_u64(run->max_cycles,
					  RISER_BACKLOG_CYCLES);
	/* one TLP is published at once, a burst in small batches */
	run->stop_on_tx = 1U << RISER_COMPLETION;
	if (in_streak)
		run->max_cycles = min_u64(run->max_cycles,
					  RISER_STREAK_CYCLES);
	else
		run->stop_on_tx |= 1U << RISER_POSTED | 1U << RISER_NONPOSTED;
	run->stop_on_idle = engine->config.idle == RISER_IDLE_STOP &&
			    !engine->nr_pending && !engine->nr_card_requests &&
			    engine->phase == RISER_PHASE_UP &&
			    !(engine->faults && riser_fault_is_busy(engine));
	run->wake = &engine->link->kernel->down_head;
	run->wake_seen = engine->down.seen;
}

/*
 * Reading the clock costs as much as a small TLP, so it is not done after each
 * call of run(), but after about CLOCK_NS, told from what cycles took so far.
 * Whether it was.
 */
static bool read_clock(struct riser_engine *engine, uint64_t cycles)
{
	uint64_t now_ns;

	engine->has_run = true;
	engine->unread_cycles += cycles + RUN_CYCLES;
	if (engine->unread_cycles < engine->read_cycles)
		return false;
	now_ns = riser_now_ns();
	if (now_ns - engine->now_ns > CLOCK_NS)
		engine->read_cycles /= 2;
	else if (now_ns - engine->now_ns < CLOCK_NS / 2 &&
		 engine->read_cycles < CLOCK_CYCLES)
		engine->read_cycles = 2 * engine->read_cycles + 1;
	engine->unread_cycles = 0;
	engine->now_ns = now_ns;
	return true;
}

/* Long enough to be cheap, short enough to notice a signal. */
static void adapt_batch(struct riser_engine *engine, uint64_t took_ns)
{
	bool whole_batch = engine->run.why & RISER_RUN_CYCLES &&
			   engine->run.max_cycles == engine->batch_cycles;

	if (whole_batch && took_ns < BATCH_NS_LOW &&
	    engine->batch_cycles < MAX_BATCH)
		engine->batch_cycles *= 2;
	else if (took_ns > BATCH_NS_HIGH && engine->batch_cycles > MIN_BATCH)
		engine->batch_cycles /= 2;
}

static void run_model(struct riser_engine *engine)
{
	struct riser_run *run = &engine->run;
	uint64_t start_ns = engine->now_ns, start = engine->cycle;
	bool is_read;
	int ret;

	prepare_run(engine);
	ret = engine->card.ops->run(engine->card.model, run);
	engine->stats.runs++;
	if (ret) {
		model_broke(engine, "run() failed", ret);
		return;
	}
	engine->cycle = run->cycle;
	engine->stats.sim_cycles = run->cycle;
	is_read = read_clock(engine, run->cycle - start);
	if (run->tx_nr && run->cycle - start <= RISER_STREAK_CYCLES)
		engine->streak++;
	else
		engine->streak = 0;
	if (riser_tx_process(engine)) {
		model_broke(engine, "its output is no list of records", 0);
		return;
	}
	riser_rx_release(engine);
	look_at_run(engine);
	if (is_read)
		adapt_batch(engine, engine->now_ns - start_ns);
}

/* The clock stands: sleep until something happens. */
static void idle_stop(struct riser_engine *engine)
{
	uint64_t since_ns = riser_now_ns();

	engine->now_ns = since_ns;
	riser_sleep(engine, IDLE_SLEEP_NS);
	riser_stood_still(engine, since_ns);
	engine->has_run = true;		/* now_ns is riser_sleep()'s */
}

static void iterate(struct riser_engine *engine)
{
	uint32_t room;

	if (!engine->has_run || engine->config.idle == RISER_IDLE_PACE)
		engine->now_ns = riser_now_ns();
	engine->has_run = false;
	if (engine->now_ns >= engine->snapshot_ns)
		riser_snapshot_due(engine);
	if (engine->link->ops->poll)
		engine->poll_cycles = engine->link->ops->poll(engine->link,
							      engine->cycle);
	if (__atomic_load_n(&engine->has_posts, __ATOMIC_RELAXED)) {
		riser_triggers_pump(engine);
		riser_backdoor_pump(engine);
	}
	if (riser_session_is_calm(engine))
		__atomic_store_n(&engine->link->bridge->cycles, engine->cycle,
				 __ATOMIC_RELAXED);
	else
		riser_session_step(engine);
	if (engine->is_over)
		return;
	if (engine->phase == RISER_PHASE_ATTACHING ||
	    engine->phase == RISER_PHASE_PULLED) {
		riser_sleep(engine, IDLE_SLEEP_NS);
		return;
	}
	if (riser_rx_drain(engine)) {
		ring_broke(engine, "kernel's");
		return;
	}
	if (engine->oldest != RISER_NO_TAG)
		riser_pending_expire(engine);
	if (engine->faults) {
		riser_fault_pump(engine);
		if (riser_fault_is_full(engine)) {
			riser_wait_for_room(engine);
			return;
		}
	}
	if (riser_is_idle(engine)) {
		idle_stop(engine);
		engine->run.why = 0;
		return;
	}
	if (engine->config.idle == RISER_IDLE_PACE)
		riser_pace(engine);
	engine->run.tx = riser_up_area(&engine->up, RISER_TX_MIN_BYTES, &room);
	if (room < engine->up.bytes / 2 && !engine->is_over) {
		if (riser_up_refresh(&engine->up)) {
			ring_broke(engine, "bridge's");
			return;
		}
		engine->run.tx = riser_up_area(&engine->up, RISER_TX_MIN_BYTES,
					       &room);
	}
	if (!room) {
		riser_wait_for_room(engine);
		return;
	}
	engine->run.tx_bytes = room;
	if (!engine->is_over)
		run_model(engine);
}

/* A disk may stand on this process: it is not what the kernel kills first (H10). */
static void spare_from_oom_killer(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	/* root alone may ask for it */
	if (write(fd, "-1000", 5) != 5)
		errno = 0;
	close(fd);
}

static void lock_memory(const struct riser_engine *engine)
{
	/*
	 * In local mode the kernel that waits for us is our own: nothing may
	 * make it wait for this process's memory, and no unmapping may make it
	 * interrupt the CPU that waits. What it allocates all the same must not
	 * wait for blocks to be written to a disk that we are (H10).
	 */
	if (engine->link->is_local) {
		(void)prctl(PR_SET_IO_FLUSHER, 1, 0, 0, 0);
		spare_from_oom_killer();
		mallopt(M_TRIM_THRESHOLD, -1);
		mallopt(M_MMAP_MAX, 0);
	}
	if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT))
		riser_note((struct riser_engine *)engine, RISER_NOTE_ENGINE, 0,
			   0, "memory cannot be locked (%s): accesses may be slow when the machine swaps",
			   strerror(errno));
}

/* A record that cannot be written is no reason not to run. */
static void make_recorder(struct riser_engine *engine)
{
	if (!engine->config.record_path)
		return;
	engine->record_error = riser_recorder_open(engine->config.record_path,
						   &engine->recorder,
						   engine->record_text);
	if (!engine->record_error)
		engine->observer[engine->nr_observers++] =
			(struct riser_observer){ &riser_recorder_observer,
						 engine->recorder };
	else if (engine->config.message)
		engine->config.message(engine->config.ctx, RISER_MSG_WARNING,
				       NULL, 0, engine->record_text);
}

static void finish_recorder(struct riser_engine *engine)
{
	if (!engine->recorder)
		return;
	riser_recorder_flush(engine->recorder);
	engine->record_error = riser_recorder_error(engine->recorder);
	if (!engine->record_error)
		return;
	snprintf(engine->record_text, sizeof(engine->record_text),
		 "record %.400s: %s: the run went on, its record is whole up to there",
		 engine->config.record_path, strerror(-engine->record_error));
	if (engine->config.message)
		engine->config.message(engine->config.ctx, RISER_MSG_WARNING,
				       NULL, 0, engine->record_text);
}

int riser_engine_run(struct riser_engine *engine,
		     struct riser_engine_result *result)
{
	engine->start_ns = riser_now_ns();
	engine->now_ns = engine->start_ns;
	engine->progress_ns = engine->start_ns;
	engine->spin_ns = engine->config.spin_us * 1000ULL;
	engine->most_in_vain = RISER_LEAST_IN_VAIN;
	engine->tell_ns = engine->config.progress ? 0 : UINT64_MAX;
	riser_observe_start(engine);
	if (engine->config.lock_memory || engine->link->is_local)
		lock_memory(engine);
	riser_session_begin(engine);
	while (!engine->is_over)
		iterate(engine);
	riser_session_linger(engine);
	riser_observe_finish(engine);
	engine->is_finished = true;
	if (engine->pcapng) {
		riser_pcapng_flush(engine->pcapng);
		engine->pcapng_error = riser_pcapng_error(engine->pcapng);
	}
	finish_recorder(engine);
	riser_snapshot_finish(engine);
	engine->result.nr_findings = engine->nr_findings;
	engine->result.nr_errors = engine->nr_errors;
	engine->result.sim_cycles = engine->cycle;
	engine->result.wall_s =
		(double)(riser_now_ns() - engine->start_ns) / 1e9;
	if (result)
		*result = engine->result;
	return 0;
}

void riser_engine_stop(struct riser_engine *engine, bool surprise)
{
	__atomic_add_fetch(&engine->stop, surprise ? 2 : 1, __ATOMIC_RELAXED);
}

void riser_engine_slot(struct riser_engine *engine)
{
	__atomic_add_fetch(&engine->slot, 1, __ATOMIC_RELAXED);
}

static int set_defaults(struct riser_engine *engine, char *error)
{
	struct riser_engine_config *config = &engine->config;
	cpu_set_t cpus;

	if (!config->link || !config->model_path ||
	    config->nr_observers > RISER_MAX_OBSERVERS ||
	    config->nr_faults > RISER_MAX_FAULTS ||
	    config->nr_triggers > RISER_MAX_FAULTS || config->x_init > 2 ||
	    (config->idle == RISER_IDLE_PACE && !config->pace_hz &&
	     !(config->pace_ratio > 0))) {
		snprintf(error, RISER_ERROR_BYTES,
			 "the engine needs a link, a model, at most %d observers, initial values 0 to 2, and a pace if it is to be paced",
			 RISER_MAX_OBSERVERS);
		return -EINVAL;
	}
	if (!config->timeout_cycles)
		config->timeout_cycles = RISER_DEFAULT_TIMEOUT_CYCLES;
	if (config->perst_cycles < 32)
		config->perst_cycles = 32;
	if (!config->link_up_cycles)
		config->link_up_cycles = 32;
	if (!config->boot_ns)
		config->boot_ns = RISER_DEFAULT_BOOT_NS;
	if (!config->leave_ms)
		config->leave_ms = 10000;
	if (!config->snapshot_ms)
		config->snapshot_ms = RISER_DEFAULT_SNAPSHOT_MS;
	if (!config->snapshot_limit_bytes)
		config->snapshot_limit_bytes = RISER_DEFAULT_SNAPSHOT_BYTES;
	if (!config->spin_us)
		config->spin_us = DEFAULT_SPIN_US;
	/* with one CPU whoever polls keeps the other side from answering */
	if (!sched_getaffinity(0, sizeof(cpus), &cpus) && CPU_COUNT(&cpus) < 2)
		config->spin_us = 0;
	return 0;
}

static int alloc_state(struct riser_engine *engine)
{
	int i;

	for (i = 0; i < RISER_NR_CLASSES; i++) {
		engine->run.rx[i].ref = calloc(RISER_RX_QUEUE,
					       sizeof(struct riser_tlp_ref));
		if (!engine->run.rx[i].ref)
			return -ENOMEM;
		engine->run.rx[i].mask = RISER_RX_QUEUE - 1;
		engine->run.stall_rx[i] = engine->config.stall_rx[i];
		engine->run.stall_tx[i] = engine->config.stall_tx[i];
	}
	engine->hold = calloc(RISER_HOLD_QUEUE, sizeof(*engine->hold));
	engine->np_slot = aligned_alloc(64, (size_t)RISER_RX_QUEUE *
					    RISER_NP_SLOT_BYTES);
	engine->np_tag = calloc(RISER_RX_QUEUE, sizeof(*engine->np_tag));
	engine->card_request = calloc(RISER_CARD_TAGS,
				      sizeof(*engine->card_request));
	engine->finding = calloc(RISER_MAX_FINDINGS, sizeof(*engine->finding));
	if (!engine->hold || !engine->np_slot || !engine->np_tag ||
	    !engine->card_request || !engine->finding ||
	    riser_pending_init(engine) || riser_sites_init(&engine->sites))
		return -ENOMEM;
	engine->batch_cycles = FIRST_BATCH;
	riser_bar_map_init(&engine->bars);
	engine->names.address = riser_bar_map_name;
	engine->names.ctx = &engine->bars;
	return 0;
}

static int make_card(struct riser_engine *engine, char *error)
{
	const struct riser_engine_config *config = &engine->config;
	struct riser_card_options options = {
		.plusargs = config->plusargs, .nr_plusargs = config->nr_plusargs,
		.x_init = config->x_init, .seed = config->seed,
		.message = on_message, .ctx = engine, .dir = config->dir,
		.track_writes = config->snapshot_dir && config->record_path,
	};
	uint32_t i;
	int ret;

	ret = riser_card_load(&engine->card, config->model_path, error);
	for (i = 0; !ret && i < config->nr_preloads; i++)
		ret = riser_preload_place(engine->card.info, config->preloads[i],
					  engine->config.preload, error);
	memcpy(options.preload, config->preload, sizeof(options.preload));
	if (!ret && config->boot_dir && engine->card.info->features & RISER_MODEL_F_BOOT)
		options.track_writes = true;
	if (!ret)
		ret = riser_card_create(&engine->card, &options, error);
	if (!ret && config->idle == RISER_IDLE_STOP &&
	    !(engine->card.info->features & RISER_MODEL_F_IDLE))
		engine->config.idle = RISER_IDLE_RUN;
	if (!ret && config->idle == RISER_IDLE_PACE && !config->pace_hz)
		engine->config.pace_hz = 1 + (uint64_t)(config->pace_ratio * 1e12 /
				(double)engine->card.info->clk_period_ps);
	return ret;
}

static int make_observers(struct riser_engine *engine, char *error)
{
	const struct riser_engine_config *config = &engine->config;
	uint32_t i;
	int ret;

	engine->observer[engine->nr_observers++] = (struct riser_observer){
		&riser_stats_observer, engine };
	if (config->pcapng_path) {
		ret = riser_pcapng_open(config->pcapng_path, &engine->pcapng,
					error);
		if (ret)
			return ret;
		engine->observer[engine->nr_observers++] =
			(struct riser_observer){ &riser_pcapng_observer,
						 engine->pcapng };
	}
	make_recorder(engine);
	riser_snapshot_begin(engine);
	for (i = 0; i < config->nr_observers; i++)
		engine->observer[engine->nr_observers++] = config->observers[i];
	return 0;
}

int riser_engine_create(const struct riser_engine_config *config,
			struct riser_engine **out, char *error)
{
	struct riser_engine *engine = calloc(1, sizeof(*engine));
	int ret = -ENOMEM;

	snprintf(error, RISER_ERROR_BYTES, "out of memory");
	if (!engine)
		return ret;
	engine->config = *config;
	engine->link = config->link;
	ret = set_defaults(engine, error);
	if (!ret)
		ret = alloc_state(engine);
	if (!ret)
		ret = riser_triggers_init(engine);
	if (!ret)
		ret = riser_backdoor_init(engine);
	if (!ret)
		ret = riser_boot_init(engine);
	if (!ret)
		ret = riser_engine_slots_init(engine);
	if (!ret && config->nr_faults)
		ret = riser_faults_init(engine);
	if (!ret)
		ret = make_card(engine, error);
	if (!ret)
		ret = make_observers(engine, error);
	if (ret) {
		riser_engine_destroy(engine);
		return ret;
	}
	*out = engine;
	return 0;
}

void riser_engine_destroy(struct riser_engine *engine)
{
	int i;

	if (!engine)
		return;
	riser_snapshots_close(engine->snapshots);
	riser_card_unload(&engine->card);
	riser_pcapng_close(engine->pcapng);
	riser_recorder_close(engine->recorder);
	riser_bar_map_fini(&engine->bars);
	riser_sites_fini(&engine->sites);
	riser_pending_fini(engine);
	riser_faults_fini(engine);
	riser_triggers_fini(engine);
	riser_backdoor_fini(engine);
	riser_boot_fini(engine);
	riser_engine_slots_fini(engine);
	free(engine->finding);
	free(engine->card_request);
	free(engine->np_tag);
	free(engine->np_slot);
	free(engine->hold);
	for (i = 0; i < RISER_NR_CLASSES; i++)
		free(engine->run.rx[i].ref);
	free(engine);
}

const struct riser_stats *riser_engine_stats(const struct riser_engine *engine)
{
	return &engine->stats;
}

const struct riser_model_info *
riser_engine_model_info(const struct riser_engine *engine)
{
	return engine->card.info;
}

const struct riser_finding *
riser_engine_finding(const struct riser_engine *engine, uint32_t idx)
{
	return idx < engine->nr_findings ? &engine->finding[idx] : NULL;
}

const char *riser_end_name(enum riser_end end)
{
	static const char *const names[] = {
		[RISER_END_STOPPED] = "stopped",
		[RISER_END_SURPRISE] = "surprise",
		[RISER_END_DETACHED] = "detached",
		[RISER_END_NO_KERNEL] = "no-kernel",
		[RISER_END_KERNEL_FAILED] = "kernel-failed",
		[RISER_END_RING] = "broken-ring",
		[RISER_END_MODEL] = "model-ended",
		[RISER_END_LINK] = "link-unusable",
		[RISER_END_FAULT] = "fault",
	};

	return (unsigned int)end < sizeof(names) / sizeof(names[0]) ?
	       names[end] : "?";
}
