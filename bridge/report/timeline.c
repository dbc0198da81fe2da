// SPDX-License-Identifier: Apache-2.0
/*
 * Events as the Trace Event Format has them. Time is simulated time, in
 * microseconds. Slices of one track never overlap and their times never go back.
 */
#include "timeline.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../engine.h"
#include "../json.h"
#include "guestlog.h"

#define MAX_TRACKS	256
#define NR_WAITS	4096	/* a power of two */
#define BURST_CYCLES	256	/* between DMA writes that are one transfer */

/* Processes of the trace, and the threads that have no task behind them. */
enum process {
	PID_KERNEL = 1,
	PID_TO_CARD = 2,
	PID_TO_HOST = 3,
	PID_RUN = 4,
};

enum thread {
	TID_DMA_WRITES = 1,
	TID_INTERRUPTS = 2,
	TID_PHASES = 1,
	TID_NOTES = 2,
	TID_IRQ = 10000000,	/* plus CPU and context */
};

/* A task, or a CPU's interrupts: at most one function and one access at a time. */
struct track {
	uint32_t tid;
	uint64_t last;		/* cycle of the last event */
	uint64_t start;		/* of the open function */
	bool has_access;
	char function[96];	/* "": none is open */
};

/* A request that waits for its completion. */
struct wait {
	uint64_t seq;
	uint64_t cycle;
	uint32_t track;		/* 1 and up; 0: none */
	enum process process;
	bool is_used;
	char name[64];
};

struct burst {
	uint64_t start, last, next_addr, bytes, nr;
};

struct timeline {
	FILE *out;
	const struct riser_tally *tally;
	struct riser_words words;
	struct riser_guest_log guest;
	unsigned int phase;	/* the next one to begin */
	struct track track[MAX_TRACKS];
	unsigned int nr_tracks;
	struct wait wait[NR_WAITS];
	unsigned int in_flight[PID_TO_HOST + 1];
	struct burst burst;
	uint64_t first_seq, end_seq, nr_events;
	uint64_t last_cycle;	/* of the notes */
	uint64_t now;		/* the latest cycle of all */
};

/* ---- events ---- */

static void begin_event(struct timeline *t, char phase, const char *name,
			uint32_t pid, uint32_t tid, uint64_t cycle)
{
	fprintf(t->out, "%s\n{\"ph\":\"%c\",\"pid\":%" PRIu32 ",\"tid\":%" PRIu32
		",\"ts\":%.6f", t->nr_events++ ? "," : "", phase, pid, tid,
		riser_tally_us(t->tally, cycle));
	if (name) {
		fputs(",\"name\":", t->out);
		riser_json_put(t->out, name);
	}
}

static void end_event(struct timeline *t)
{
	fputc('}', t->out);
}

static void event(struct timeline *t, char phase, const char *name,
		  uint32_t pid, uint32_t tid, uint64_t cycle)
{
	begin_event(t, phase, name, pid, tid, cycle);
	end_event(t);
}

static void instant(struct timeline *t, const char *name, uint32_t pid,
		    uint32_t tid, uint64_t cycle)
{
	begin_event(t, 'i', name, pid, tid, cycle);
	fputs(",\"s\":\"t\"", t->out);
	end_event(t);
}

static void name_it(struct timeline *t, const char *what, uint32_t pid,
		    uint32_t tid, const char *name)
{
	begin_event(t, 'M', what, pid, tid, 0);
	fputs(",\"args\":{\"name\":", t->out);
	riser_json_put(t->out, name);
	fputc('}', t->out);
	end_event(t);
}

static void counter(struct timeline *t, enum process pid, uint64_t cycle)
{
	begin_event(t, 'C', pid == PID_TO_CARD ? "host requests in flight" :
		    "card requests in flight", pid, 0, cycle);
	fprintf(t->out, ",\"args\":{\"requests\":%u}", t->in_flight[pid]);
	end_event(t);
}

/* Begin and end of what may overlap with others of its kind. */
static void async(struct timeline *t, char phase, const struct wait *wait,
		  uint64_t cycle, const char *answer)
{
	begin_event(t, phase, wait->name, wait->process, 0, cycle);
	fprintf(t->out, ",\"cat\":\"%s\",\"id\":%" PRIu64 ",\"args\":{\"%s\":",
		wait->process == PID_TO_CARD ? "tlp" : "dma", wait->seq,
		phase == 'b' ? "cycle" : "answer");
	if (phase == 'b')
		fprintf(t->out, "%" PRIu64, wait->cycle);
	else
		riser_json_put(t->out, answer);
	fputc('}', t->out);
	end_event(t);
}

/* ---- tracks of the driver's kernel ---- */

static uint64_t forward(struct track *track, uint64_t cycle)
{
	if (cycle > track->last)
		track->last = cycle;
	return track->last;
}

static struct track *find_track(struct timeline *t,
				const struct riser_tlp_caller *caller)
{
	bool is_task = !caller->context;
	uint32_t tid = is_task ? caller->pid : TID_IRQ + caller->cpu * 4U +
		       caller->context;
	static const char *const contexts[] = {
		"", "softirq", "hardirq", "NMI",
	};
	struct track *track;
	unsigned int i;
	char name[64];

	for (i = 0; i < t->nr_tracks; i++)
		if (t->track[i].tid == tid)
			return &t->track[i];
	if (t->nr_tracks == MAX_TRACKS)
		return NULL;
	track = &t->track[t->nr_tracks++];
	track->tid = tid;
	if (is_task)
		snprintf(name, sizeof(name), "%s (%" PRIu32 ")", caller->comm,
			 caller->pid);
	else
		snprintf(name, sizeof(name), "cpu %u %s", caller->cpu,
			 contexts[caller->context & 3]);
	name_it(t, "thread_name", PID_KERNEL, tid, name);
	return track;
}

static void end_access(struct timeline *t, struct track *track, uint64_t cycle)
{
	if (track->has_access)
		event(t, 'E', NULL, PID_KERNEL, track->tid,
		      forward(track, cycle));
	track->has_access = false;
}

/* A function lasts from its first to its last access; at least a cycle, if it can. */
static void end_function(struct timeline *t, struct track *track, uint64_t next)
{
	uint64_t cycle = track->last;

	if (!track->function[0])
		return;
	end_access(t, track, next);
	cycle = track->last;
	if (cycle == track->start && next > cycle)
		cycle++;
	event(t, 'E', NULL, PID_KERNEL, track->tid, forward(track, cycle));
	track->function[0] = '\0';
}

static struct track *enter(struct timeline *t,
			   const struct riser_tlp_event *event_)
{
	const struct riser_tlp_caller *caller = event_->caller;
	const char *function = caller->function ? caller->function : "unknown";
	struct track *track = find_track(t, caller);
	uint64_t cycle;

	if (!track)
		return NULL;
	cycle = event_->cycle > track->last ? event_->cycle : track->last;
	/* the access before had no answer */
	end_access(t, track, cycle);
	if (!strncmp(track->function, function, sizeof(track->function) - 1))
		return track;
	end_function(t, track, cycle);
	track->start = forward(track, cycle);
	snprintf(track->function, sizeof(track->function), "%s", function);
	event(t, 'B', function, PID_KERNEL, track->tid, track->start);
	return track;
}

/* ---- TLPs ---- */

static void name_tlp(struct timeline *t, const struct riser_tlp_event *event_,
		     char *name, size_t size)
{
	char text[RISER_TLP_TEXT_BYTES], *cut;

	riser_words_print(&t->words, event_->bytes, event_->len, text,
			  sizeof(text));
	cut = strstr(text, " from ");
	if (cut)
		*cut = '\0';
	snprintf(name, size, "%.*s", (int)size - 1, text);
}

static void request(struct timeline *t, const struct riser_tlp_event *event_,
		    enum process process)
{
	struct wait *wait = &t->wait[event_->seq & (NR_WAITS - 1)];
	struct track *track = NULL;
	char name[64];

	name_tlp(t, event_, name, sizeof(name));
	if (event_->caller && process == PID_TO_CARD)
		track = enter(t, event_);
	if (event_->tlp_class != RISER_NONPOSTED) {
		if (track)
			instant(t, name, PID_KERNEL, track->tid,
				forward(track, event_->cycle));
		return;
	}
	if (wait->is_used)	/* 4096 later: it never gets an answer */
		async(t, 'e', wait, t->now, "none");
	else
		t->in_flight[process]++;
	*wait = (struct wait){
		.seq = event_->seq, .cycle = event_->cycle,
		.track = track ? (uint32_t)(track - t->track) + 1 : 0,
		.process = process, .is_used = true,
	};
	snprintf(wait->name, sizeof(wait->name), "%s", name);
	async(t, 'b', wait, event_->cycle, NULL);
	counter(t, process, event_->cycle);
	if (!track)
		return;
	event(t, 'B', name, PID_KERNEL, track->tid,
	      forward(track, event_->cycle));
	track->has_access = true;
}

static void completion(struct timeline *t,
		       const struct riser_tlp_event *event_)
{
	struct wait *wait = &t->wait[event_->request_seq & (NR_WAITS - 1)];

	if (event_->request_seq == RISER_NO_SEQ || !wait->is_used ||
	    wait->seq != event_->request_seq ||
	    (event_->tlp->kind == RISER_TLP_CPLD &&
	     !riser_cpl_is_last(event_->tlp)))
		return;
	async(t, 'e', wait, event_->cycle,
	      riser_tlp_status_name(event_->tlp->status));
	t->in_flight[wait->process]--;
	counter(t, wait->process, event_->cycle);
	if (wait->track)
		end_access(t, &t->track[wait->track - 1], event_->cycle);
	wait->is_used = false;
}

/* ---- DMA writes and interrupts ---- */

static void end_burst(struct timeline *t, uint64_t next)
{
	struct burst *burst = &t->burst;
	uint64_t end = burst->last + 1;
	char name[64];

	if (!burst->nr)
		return;
	if (end > next)
		end = next > burst->start ? next : burst->start;
	snprintf(name, sizeof(name), "DMA write, %" PRIu64 " bytes",
		 burst->bytes);
	begin_event(t, 'X', name, PID_TO_HOST, TID_DMA_WRITES, burst->start);
	fprintf(t->out, ",\"dur\":%.6f,\"args\":{\"TLPs\":%" PRIu64
		",\"end\":\"0x%" PRIx64 "\"}",
		riser_tally_us(t->tally, end - burst->start), burst->nr,
		burst->next_addr);
	end_event(t);
	burst->nr = 0;
}

static void dma_write(struct timeline *t, const struct riser_tlp_event *event_)
{
	const struct riser_tlp *tlp = event_->tlp;
	struct burst *burst = &t->burst;

	if (burst->nr && (tlp->addr != burst->next_addr ||
			  event_->cycle > burst->last + BURST_CYCLES))
		end_burst(t, event_->cycle);
	if (!burst->nr) {
		burst->start = event_->cycle;
		burst->bytes = 0;
	}
	burst->nr++;
	burst->last = event_->cycle;
	burst->bytes += riser_tlp_request_bytes(tlp);
	burst->next_addr = tlp->addr + tlp->data_bytes;
}

static void posted_to_host(struct timeline *t,
			   const struct riser_tlp_event *event_)
{
	int vector = riser_tally_vector(t->tally, event_);
	char name[64];

	if (vector >= 0) {
		snprintf(name, sizeof(name), "%s, data %" PRIu32,
			 t->tally->vector[vector].kind == RISER_MESSAGE_MSIX ?
			 "MSI-X" : "MSI", t->tally->vector[vector].data);
		instant(t, name, PID_TO_HOST, TID_INTERRUPTS, event_->cycle);
	} else if (event_->tlp->kind == RISER_TLP_MWR) {
		dma_write(t, event_);
	} else {
		name_tlp(t, event_, name, sizeof(name));
		instant(t, name, PID_TO_HOST, TID_INTERRUPTS, event_->cycle);
	}
}

static void put_tlp(struct timeline *t, const struct riser_tlp_event *event_)
{
	if (event_->tlp_class == RISER_COMPLETION)
		completion(t, event_);
	else if (event_->direction == RISER_TO_CARD)
		request(t, event_, PID_TO_CARD);
	else if (event_->tlp_class == RISER_NONPOSTED)
		request(t, event_, PID_TO_HOST);
	else
		posted_to_host(t, event_);
}

/* ---- the run ---- */

/* Phases that have begun by the time of this access. */
static void put_phases(struct timeline *t, const struct riser_packet *packet)
{
	if (!packet->host_ns)
		return;
	while (t->phase < t->guest.nr &&
	       t->guest.phase[t->phase].host_ns <= packet->host_ns) {
		if (t->phase)
			event(t, 'E', NULL, PID_RUN, TID_PHASES, t->now);
		event(t, 'B', t->guest.phase[t->phase].name, PID_RUN,
		      TID_PHASES, t->now);
		t->phase++;
	}
}

static void put_packet(void *ctx, const struct riser_packet *packet)
{
	struct timeline *t = ctx;

	if (packet->cycle > t->now)
		t->now = packet->cycle;
	if (!packet->note && packet->tlp.tlp)
		riser_words_learn(&t->words, &packet->tlp);
	put_phases(t, packet);
	if (packet->note) {
		if (packet->cycle > t->last_cycle)
			t->last_cycle = packet->cycle;
		instant(t, packet->note, PID_RUN, TID_NOTES, t->last_cycle);
		return;
	}
	if (packet->tlp.tlp && packet->tlp.seq >= t->first_seq &&
	    packet->tlp.seq < t->end_seq)
		put_tlp(t, &packet->tlp);
}

static void put_names(struct timeline *t)
{
	name_it(t, "process_name", PID_KERNEL, 0, "driver's kernel");
	name_it(t, "process_name", PID_TO_CARD, 0, "requests, host to card");
	name_it(t, "process_name", PID_TO_HOST, 0, "requests, card to host");
	name_it(t, "process_name", PID_RUN, 0, "run");
	name_it(t, "thread_name", PID_TO_HOST, TID_DMA_WRITES, "DMA writes");
	name_it(t, "thread_name", PID_TO_HOST, TID_INTERRUPTS,
		"interrupts and messages");
	name_it(t, "thread_name", PID_RUN, TID_PHASES, "phases of the script");
	name_it(t, "thread_name", PID_RUN, TID_NOTES, "notes and findings");
}

/* Whatever is still open ends with the run. */
static void put_end(struct timeline *t)
{
	unsigned int i;

	end_burst(t, t->now + 1);
	for (i = 0; i < t->nr_tracks; i++)
		end_function(t, &t->track[i], t->now);
	for (i = 0; i < NR_WAITS; i++)
		if (t->wait[i].is_used)
			async(t, 'e', &t->wait[i], t->now, "none");
	if (t->phase)
		event(t, 'E', NULL, PID_RUN, TID_PHASES, t->now);
}

static void choose_window(struct timeline *t,
			  const struct riser_page_input *input, uint64_t max)
{
	struct fy_node *failure = input->account->failure;
	uint64_t nr = t->tally->nr_tlps, center = nr;

	t->end_seq = UINT64_MAX;
	if (nr <= max)
		return;
	if (riser_node_text(failure, "tlp"))
		center = riser_node_u64(failure, "tlp") + max / 4;
	t->end_seq = center < nr ? center : nr;
	if (t->end_seq < max)
		t->end_seq = max;
	t->first_seq = t->end_seq - max;
}

static int put_all(struct timeline *t, const struct riser_page_input *input,
		   char *error)
{
	struct riser_packets packets = { .take = put_packet, .ctx = t };
	int ret;

	fprintf(t->out, "{\"displayTimeUnit\":\"ns\",\"otherData\":{\"time\":\"simulated\",\"tlps_of_run\":%" PRIu64
		",\"first_tlp\":%" PRIu64 ",\"end_tlp\":%" PRIu64 "},\n\"traceEvents\":[",
		t->tally->nr_tlps, t->first_seq, t->end_seq == UINT64_MAX ?
		t->tally->nr_tlps : t->end_seq);
	put_names(t);
	ret = riser_packets_read(&packets, input->capture, error);
	put_end(t);
	fputs("\n]}\n", t->out);
	return ret;
}

int riser_timeline_write(const struct riser_page_input *input,
			 uint64_t max_tlps, char *error)
{
	struct timeline *t = calloc(1, sizeof(*t));
	char path[4096];
	int ret = 0;

	if (!t || riser_words_init(&t->words)) {
		free(t);
		snprintf(error, RISER_ERROR_BYTES, "out of memory");
		return -ENOMEM;
	}
	t->tally = input->tally;
	riser_guest_log_read(&t->guest, input->dir);
	choose_window(t, input, max_tlps);
	snprintf(path, sizeof(path), "%.4080s/timeline.json", input->dir);
	t->out = fopen(path, "we");
	if (t->out)
		ret = put_all(t, input, error);
	if (!t->out || ferror(t->out)) {
		ret = t->out ? -EIO : -errno;
		snprintf(error, RISER_ERROR_BYTES, "%.400s: %s", path,
			 strerror(-ret));
	}
	if (t->out && fclose(t->out) && !ret) {
		ret = -errno;
		snprintf(error, RISER_ERROR_BYTES, "%.400s: %s", path,
			 strerror(-ret));
	}
	riser_words_fini(&t->words);
	free(t);
	return ret;
}
