// SPDX-License-Identifier: Apache-2.0
/*
 * The kernel's side of the rings, played in the engine's own thread: the link
 * calls it before each step of the engine, so that nothing depends on the clock
 * on the wall.
 */
#define _GNU_SOURCE
#include "play.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define RING_BYTES	(1U << 22)

static struct pciem_kernel_words *kernel_words(struct riser_link *link)
{
	return (void *)(link->base + link->hdr.kernel_off);
}

bool play_push(struct play_run *run, const struct pciem_rec *head, const void *caller,
	       const void *body, uint32_t len)
{
	struct riser_link *link = run->link;
	uint32_t all = len + (caller ? (uint32_t)sizeof(struct pciem_caller) : 0);
	uint32_t bytes = (uint32_t)sizeof(*head) + ((all + PCIEM_REC_ALIGN - 1) &
						   ~(PCIEM_REC_ALIGN - 1U));
	uint32_t pos = run->down_head & (link->hdr.down_bytes - 1);
	uint32_t room = link->hdr.down_bytes - pos;
	uint8_t *ring = link->base + link->hdr.down_off;
	struct pciem_rec rec = *head;
	uint32_t used = run->down_head - link->bridge->down_tail;

	if (link->hdr.down_bytes - used < bytes + (room < bytes ? room : 0))
		return false;
	if (room < bytes) {
		const uint32_t pad[4] = { room, PCIEM_REC_PAD, 0, 0 };

		memcpy(ring + pos, pad, sizeof(pad));
		run->down_head += room;
		pos = 0;
	}
	rec.bytes = bytes;
	rec.len = all;
	rec.flags = caller ? PCIEM_RECF_CALLER : 0;
	rec.seq = run->down_seq++;
	memcpy(ring + pos, &rec, sizeof(rec));
	pos += (uint32_t)sizeof(rec);
	if (caller) {
		memcpy(ring + pos, caller, sizeof(struct pciem_caller));
		pos += (uint32_t)sizeof(struct pciem_caller);
	}
	if (len)
		memcpy(ring + pos, body, len);
	run->down_head += bytes;
	kernel_words(link)->down_head = run->down_head;
	return true;
}

static void take_up(struct play_run *run, const struct pciem_rec *rec,
		    const uint8_t *body)
{
	if (rec->type == PCIEM_REC_TLP)
		play_host_tlp(run, body, rec->len, rec->time);
	else if (rec->type == PCIEM_REC_TIMEOUT)
		play_host_timeout(run, rec->aux);
}

static void drain_up(struct play_run *run)
{
	struct riser_link *link = run->link;
	uint32_t head = link->bridge->up_head, pos;
	struct pciem_rec rec;

	while (run->up_tail != head) {
		pos = run->up_tail & (link->hdr.up_bytes - 1);
		memset(&rec, 0, sizeof(rec));
		memcpy(&rec, link->up + pos, PCIEM_REC_ALIGN);
		if (rec.type != PCIEM_REC_PAD) {
			memcpy(&rec, link->up + pos, sizeof(rec));
			take_up(run, &rec, link->up + pos + sizeof(rec));
		}
		run->up_tail += rec.bytes;
	}
	kernel_words(link)->up_tail = run->up_tail;
}

static void push_sites(struct play_run *run)
{
	const struct riser_plan *plan = run->plan;
	const struct pciem_rec head = { .type = PCIEM_REC_SITE };
	uint8_t body[sizeof(struct pciem_site) + PCIEM_TEXT_MAX_BYTES];
	struct pciem_site site;
	uint32_t i, len;

	for (i = 0; i < plan->nr_sites; i++) {
		memset(&site, 0, sizeof(site));
		site.site = plan->site[i].site;
		site.nr_frames = plan->site[i].nr_frames;
		memcpy(site.frame, plan->site[i].frame, sizeof(site.frame));
		len = (uint32_t)strnlen(plan->site[i].text, PCIEM_TEXT_MAX_BYTES);
		memcpy(body, &site, sizeof(site));
		memcpy(body + sizeof(site), plan->site[i].text, len);
		play_push(run, &head, NULL, body, (uint32_t)sizeof(site) + len);
	}
}

/* Attach, run, let go: what pciem.ko says of its session. */
static void follow_bridge(struct play_run *run)
{
	struct riser_link *link = run->link;
	struct pciem_kernel_words *kernel = kernel_words(link);
	uint32_t state = link->bridge->state, epoch = link->bridge->epoch;

	if (state == PCIEM_BRIDGE_READY && epoch != run->epoch) {
		run->epoch = epoch;
		run->down_head = 0;
		run->down_seq = 0;
		run->up_tail = 0;
		kernel->down_head = 0;
		kernel->up_tail = 0;
		kernel->epoch = epoch;
		kernel->state = PCIEM_KERNEL_ATTACHED;
	} else if (state == PCIEM_BRIDGE_UP && kernel->state == PCIEM_KERNEL_ATTACHED) {
		kernel->state = PCIEM_KERNEL_RUNNING;
		push_sites(run);
	}
}

static uint64_t poll_link(struct riser_link *link, uint64_t cycle)
{
	struct play_run *run = link->ctx;
	uint64_t cycles = PLAY_NEVER, wave;

	run->cycle = cycle;
	wave = play_wave_step(run);
	follow_bridge(run);
	drain_up(run);
	if (kernel_words(link)->state == PCIEM_KERNEL_RUNNING && !run->is_over)
		cycles = play_host_step(run);
	/* the bridge may say in its very next step that the link is up */
	if (kernel_words(link)->state != PCIEM_KERNEL_RUNNING)
		cycles = 1;
	if (wave < cycles)
		cycles = wave;
	if (run->is_over && run->epoch)
		kernel_words(link)->state = PCIEM_KERNEL_DETACHED;
	return cycles ? cycles : 1;
}

static int kick(struct riser_link *link)
{
	(void)link;
	return 0;
}

static int wait(struct riser_link *link, uint64_t timeout_ns)
{
	(void)timeout_ns;
	drain_up(link->ctx);
	return 0;
}

int play_link_open(struct play_run *run, char *error)
{
	static const struct riser_link_ops ops = {
		.kick = kick, .wait = wait, .poll = poll_link,
		.close = riser_link_free,
	};
	const struct riser_link_options options = {
		.name = run->plan->facts->card, .down_bytes = RING_BYTES,
		.up_bytes = RING_BYTES,
	};
	struct riser_link *link = riser_link_alloc(&ops);
	void *memory;

	snprintf(error, RISER_ERROR_BYTES, "out of memory");
	if (!link)
		return -ENOMEM;
	link->bytes = riser_link_block_bytes(&options);
	memory = mmap(NULL, link->bytes, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED) {
		riser_link_free(link);
		return -ENOMEM;
	}
	link->base = memory;
	link->ctx = run;
	run->link = link;
	riser_link_fill_header(memory, &options, link->bytes);
	return riser_link_adopt(link, error);
}
