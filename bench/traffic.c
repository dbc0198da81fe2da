// SPDX-License-Identifier: Apache-2.0
/*
 * Traffic on a card, with the engine as in a run, and what it cost:
 *
 *	bench_traffic MODEL LOAD SECONDS|CYCLESc [check] [faults] [reference=MODEL] [DIR [no-snapshots]]
 *
 * LOAD is idle (the clock runs, nothing else), reads (eight register reads in
 * flight, all the time), nvme (a little driver: 4 KiB writes and reads, four in
 * flight, against rtl/cards/nvme), quiet (one read in a millisecond), or late (as
 * quiet, and after CYCLES the read of bug 1 of the NVMe card, which is never
 * completed; any other card is taken for tests/rtl/fixtures/fx_endpoint.sv, which
 * says $error). With check the protocol checker listens, with faults there is a rule of
 * fault injection that never fires, with reference=MODEL the card is compared with
 * that model in lock-step. DIR gets tlp.rec.zst and snapshots; without it nothing is recorded.
 * One line of JSON on standard output.
 *
 * cpu_s is the processor time of the engine's thread alone: on a machine that has
 * other things to do, cycles over cpu_s is what compares.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <inttypes.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <riser/check.h>
#include <riser/lockstep.h>
#include <riser/scoreboard.h>

#include "rig.h"

#define QUEUE		16
#define IN_FLIGHT	4
#define BLOCKS		8		/* of 512 bytes, in a command */
#define LBAS		(1U << 15)

/* In the fake kernel's memory. */
enum { ASQ = 0, ACQ = 0x1000, SQ = 0x2000, CQ = 0x3000, DATA = 0x4000 };

static struct rig rig;
static struct riser_check_observer *checker;
static struct riser_lockstep *lockstep;
static struct riser_fault fault;
static bool is_nvme;

static void die(const char *what)
{
	fprintf(stderr, "bench_traffic: %s\n", what);
	exit(1);
}

static double now_s(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t cycles(void)
{
	return __atomic_load_n(&rig.fk.bw->cycles, __ATOMIC_RELAXED);
}

/* ---- a driver for one queue pair ---- */

struct queue {
	uint32_t sq, cq, doorbell;
	uint32_t tail, head, nr_done;
	uint16_t next_id;
};

static struct queue admin = { .sq = ASQ, .cq = ACQ, .doorbell = 0x1000 };
static struct queue io = { .sq = SQ, .cq = CQ, .doorbell = 0x1008 };

static void submit(struct queue *q, uint32_t opcode, uint32_t nsid,
		   uint64_t prp1, uint32_t dw10, uint32_t dw11, uint32_t dw12)
{
	uint32_t entry[16] = { opcode | (uint32_t)q->next_id++ << 16, nsid };

	memcpy(&entry[6], &prp1, sizeof(prp1));
	entry[10] = dw10;
	entry[11] = dw11;
	entry[12] = dw12;
	memcpy(rig.fk.mem + q->sq + 64 * (q->tail % QUEUE), entry,
	       sizeof(entry));
	q->tail++;
	fk_write32(&rig.fk, q->doorbell, q->tail % QUEUE);
}

/* Takes what has completed; the number. */
static uint32_t reap(struct queue *q)
{
	uint32_t entry[4], nr = 0;

	for (;;) {
		memcpy(entry, rig.fk.mem + q->cq + 16 * (q->head % QUEUE),
		       sizeof(entry));
		if ((entry[3] >> 16 & 1) != !(q->head / QUEUE & 1))
			break;
		if (entry[3] >> 17)
			die("a command failed");
		q->head++;
		nr++;
	}
	if (nr)
		fk_write32(&rig.fk, q->doorbell + 4, q->head % QUEUE);
	q->nr_done += nr;
	return nr;
}

static void wait_for(struct queue *q, uint32_t nr_done)
{
	while (q->nr_done < nr_done) {
		if (!fk_poll(&rig.fk))
			sched_yield();
		reap(q);
	}
}

static void enable(void)
{
	fk_write32(&rig.fk, 0x24, (QUEUE - 1) << 16 | (QUEUE - 1));
	fk_write32(&rig.fk, 0x28, (uint32_t)(FK_MEM_ADDR + ASQ));
	fk_write32(&rig.fk, 0x2c, (uint32_t)(FK_MEM_ADDR >> 32));
	fk_write32(&rig.fk, 0x30, (uint32_t)(FK_MEM_ADDR + ACQ));
	fk_write32(&rig.fk, 0x34, (uint32_t)(FK_MEM_ADDR >> 32));
	fk_write32(&rig.fk, 0x14, 0x00460001);
}

static void start_nvme(void)
{
	uint32_t status = 1;

	/* as a driver does; it also tells a comparator what the register was before */
	while (status & 1)
		if (fk_read32(&rig.fk, 0x1c, &status) != FK_SC)
			die("no CSTS");
	enable();
	while (!(status & 1))
		if (fk_read32(&rig.fk, 0x1c, &status) != FK_SC)
			die("no CSTS");
	submit(&admin, 5, 0, FK_MEM_ADDR + CQ, (QUEUE - 1) << 16 | 1, 1, 0);
	wait_for(&admin, 1);
	submit(&admin, 1, 0, FK_MEM_ADDR + SQ, (QUEUE - 1) << 16 | 1,
	       1 << 16 | 1, 0);
	wait_for(&admin, 2);
}

static void step_nvme(void)
{
	uint32_t nr = io.tail, slot = nr % IN_FLIGHT;

	if (!fk_poll(&rig.fk))
		sched_yield();
	reap(&io);
	if (io.tail - io.nr_done >= IN_FLIGHT)
		return;
	/* each buffer is written, and then read, somewhere in the namespace */
	submit(&io, nr / IN_FLIGHT % 2 ? 2 : 1, 1,
	       FK_MEM_ADDR + DATA + 0x1000 * slot,
	       nr / (2 * IN_FLIGHT) * 64 * BLOCKS % LBAS + slot * BLOCKS, 0,
	       BLOCKS - 1);
}

/* ---- the loads ---- */

static uint8_t flying[8];
static uint32_t nr_flying;

static void step_reads(void)
{
	uint32_t value;

	if (nr_flying >= 8 &&
	    fk_wait(&rig.fk, flying[nr_flying % 8], &value) != FK_SC)
		die("a read failed");
	flying[nr_flying++ % 8] = fk_post_read32(&rig.fk, 8);
}

static void end_reads(void)
{
	uint32_t i, value;

	for (i = 0; i < 8 && i < nr_flying; i++)
		fk_wait(&rig.fk, flying[(nr_flying + i) % 8], &value);
}

static void step(const char *load)
{
	uint32_t value;

	if (!strcmp(load, "nvme")) {
		step_nvme();
	} else if (!strcmp(load, "reads")) {
		step_reads();
	} else {
		usleep(1000);
		if (strcmp(load, "idle") &&
		    fk_read32(&rig.fk, 8, &value) != FK_SC)
			die("a read failed");
	}
}

static void fail_late(void)
{
	uint32_t value;

	if (!is_nvme) {
		fk_write32(&rig.fk, 1U << 24, 1);
		usleep(100000);
		return;
	}
	enable();
	rig.fk.pc = 0xffffffffc0001234;
	rig.fk.site = 1;
	if (fk_read32(&rig.fk, 0x1c, &value) != FK_TIMEOUT)
		die("the read was completed: is it +bug=1?");
}

/* ---- what it cost ---- */

struct cost {
	double wall_s, cpu_s, all_s;
	uint64_t cycles;
};

static void mark(struct cost *cost, double sign)
{
	clockid_t engine;

	if (pthread_getcpuclockid(rig.thread, &engine))
		die("no clock of the engine's thread");
	cost->wall_s += sign * now_s(CLOCK_MONOTONIC);
	cost->cpu_s += sign * now_s(engine);
	cost->all_s += sign * now_s(CLOCK_PROCESS_CPUTIME_ID);
	cost->cycles += sign < 0 ? -cycles() : cycles();
}

static uint64_t nr_tlps(const struct riser_stats *stats)
{
	uint64_t nr = 0;
	int dir, kind;

	for (dir = 0; dir < RISER_NR_DIRECTIONS; dir++)
		for (kind = 0; kind < RISER_TLP_NR_KINDS; kind++)
			nr += stats->tlps[dir][kind];
	return nr;
}

static void print_lockstep(void)
{
	struct riser_lockstep_counts c = riser_lockstep_counts(lockstep);

	printf(", \"comparator\": \"%s\", \"diverged\": %s, \"equal_results\": %" PRIu64
	       ", \"equal_reads\": %" PRIu64 ", \"stalls\": %" PRIu64
	       ", \"stall_s\": %.4f, \"queue_max_bytes\": %" PRIu64
	       ", \"reference_cycles\": %" PRIu64 ", \"reference_s\": %.4f"
	       ", \"compare_cpu_s\": %.4f", c.comparator,
	       c.diverged ? "true" : "false", c.nr_met, c.nr_equal,
	       c.nr_stalls, (double)c.stall_ns / 1e9, c.queue_max, c.cycles,
	       (double)c.run_ns / 1e9, (double)c.cpu_ns / 1e9);
}

static void print(const char *load, const struct cost *cost)
{
	const struct riser_snapshot_stats *s =
		riser_engine_snapshots(rig.engine);
	const struct riser_stats *stats = riser_engine_stats(rig.engine);

	printf("{\"load\": \"%s\", \"cycles\": %" PRIu64
	       ", \"wall_s\": %.4f, \"cpu_s\": %.4f, \"process_cpu_s\": %.4f",
	       load, cost->cycles, cost->wall_s, cost->cpu_s, cost->all_s);
	printf(", \"commands\": %u, \"tlp_bytes\": %" PRIu64
	       ", \"errors\": %u", io.nr_done,
	       stats->tlp_bytes[0] + stats->tlp_bytes[1],
	       rig.result.nr_errors);
	if (checker)
		printf(", \"checked_tlps\": %" PRIu64, riser_check_tlps(
		       riser_check_observer_check(checker)));
	if (lockstep)
		print_lockstep();
	printf(", \"tlps\": %" PRIu64, nr_tlps(stats));
	printf(", \"snapshots\": %" PRIu64 ", \"snapshot_pause_ms\": %.3f"
	       ", \"snapshot_pause_max_ms\": %.3f, \"snapshot_cost_ms\": %.3f"
	       ", \"snapshot_state_bytes\": %" PRIu64
	       ", \"snapshot_disk_bytes\": %" PRIu64 "}\n", s->nr_taken,
	       (double)s->pause_ns / 1e6, (double)s->pause_max_ns / 1e6,
	       (double)s->cost_ns / 1e6, s->state_bytes, s->disk_bytes);
}

static void add_checker(void)
{
	struct riser_engine_config *config = &rig.config;

	if (riser_check_observer_create(NULL, &checker))
		die("no checker");
	config->observers[config->nr_observers++] =
		riser_check_observer(checker);
}

static void add_fault(void)
{
	struct riser_fault_error error;

	if (riser_fault_parse("to-host type=CplD of=CfgRd nth=4000000000 : drop",
			      &fault, &error))
		die(error.text);
	rig.config.faults = &fault;
	rig.config.nr_faults = 1;
}

static void add_lockstep(const char *reference)
{
	const struct riser_lockstep_config lockstep_config = {
		.reference = reference, .comparators = riser_comparators(),
		.is_threaded = true,
	};
	struct riser_engine_config *config = &rig.config;
	char error[RISER_ERROR_BYTES];

	if (riser_lockstep_open(&lockstep_config, &lockstep, error))
		die(error);
	config->observers[config->nr_observers++] =
		riser_lockstep_observer(lockstep);
}

static void setup(char **argv, int argc, const char *load)
{
	static char record[4096], snapshots[4096];
	static const char *const plusargs[] = { "+bug=1" };

	rig_init(&rig, 1 << 20);
	rig.config.model_path = argv[1];
	rig.config.idle = RISER_IDLE_RUN;
	for (; argc > 4; argc--, argv++) {
		if (!strcmp(argv[4], "check"))
			add_checker();
		else if (!strcmp(argv[4], "faults"))
			add_fault();
		else if (!strncmp(argv[4], "reference=", 10))
			add_lockstep(argv[4] + 10);
		else
			break;
	}
	if (argc > 4) {
		snprintf(record, sizeof(record), "%s/tlp.rec.zst", argv[4]);
		snprintf(snapshots, sizeof(snapshots), "%s/" RISER_SNAPSHOT_DIR,
			 argv[4]);
		rig.config.record_path = record;
		rig.config.snapshot_dir = argc > 5 ? NULL : snapshots;
	}
	if (!strcmp(load, "late")) {
		rig.config.plusargs = plusargs;
		rig.config.nr_plusargs = 1;
	}
	rig_start(&rig);
	is_nvme = !strncmp(riser_engine_model_info(rig.engine)->top, "nvme_", 5);
	if (is_nvme && !fk_enumerate(&rig.fk))
		die("the card cannot be enumerated");
	fk_set_state(&rig.fk, PCIEM_KERNEL_RUNNING);
	if (checker)
		riser_check_observer_attach(checker, rig.engine);
	if (lockstep)
		riser_lockstep_attach(lockstep, rig.engine);
	fk_site(&rig.fk, 1, 0xffffffffc0001234,
		"bench_wait_ready+0x34/0x60 [bench]\n");
}

int main(int argc, char **argv)
{
	struct cost cost = { 0 };
	uint64_t target = 0;
	const char *load;
	double until_s;
	char *end;

	if (argc < 4)
		die("usage: bench_traffic MODEL LOAD SECONDS|CYCLESc [check] [faults] [reference=MODEL] [DIR [no-snapshots]]");
	load = argv[2];
	until_s = strtod(argv[3], &end);
	if (*end == 'c') {
		target = (uint64_t)until_s;
		until_s = 1e9;
	}
	setup(argv, argc, load);
	if (!strcmp(load, "nvme"))
		start_nvme();
	mark(&cost, -1);
	until_s += now_s(CLOCK_MONOTONIC);
	while (now_s(CLOCK_MONOTONIC) < until_s &&
	       (!target || cycles() < target))
		step(load);
	mark(&cost, 1);
	if (!strcmp(load, "reads"))
		end_reads();
	if (!strcmp(load, "late"))
		fail_late();
	rig_stop(&rig);
	print(load, &cost);
	rig_fini(&rig);
	if (checker)
		riser_check_observer_destroy(checker);
	riser_lockstep_close(lockstep);
	return 0;
}
