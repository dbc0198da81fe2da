// SPDX-License-Identifier: Apache-2.0
/*
 * A card whose memory is corrupted while its driver uses it: session after
 * session it is enumerated and answers, and another thread writes garbage into
 * the ring and the words that the kernel reads, as fast as it can. The kernel
 * may end the session, and must take the next one.
 *
 *	corrupt CHANGES SEED
 *
 * What is corrupted differs by session: bytes of records near the producer's
 * index (TLPs that look right), record headers, both indices, or all of it.
 */
#include <pthread.h>

#define main fakecard_main
#include "../fakecard.c"
#undef main

#define MAX_PER_SESSION	2000000u
#define MAX_MS		400

static struct card card;
static uint64_t rnd, nr_changes;
static unsigned int kind;
static volatile bool flip;

static uint32_t pick(uint32_t below)
{
	rnd ^= rnd << 13;
	rnd ^= rnd >> 7;
	rnd ^= rnd << 17;
	return (uint32_t)((rnd >> 16) % below);
}

/* One change of what the bridge may write. */
static void change(struct card *c)
{
	uint32_t head = *(volatile uint32_t *)&c->up_head, mask = c->hdr.up_bytes - 1;
	volatile uint8_t *up = c->up;
	volatile uint32_t *words = (volatile uint32_t *)c->bw;

	switch (kind == 3 ? pick(3) : kind) {
	case 0:		/* in or behind the last records: fields, payload */
		up[(head - 256 + pick(512)) & mask] ^= (uint8_t)(1u << pick(8));
		break;
	case 1:		/* header of the next record: size, type, length, sequence */
		up[((head & ~15u) + pick(32)) & mask] = (uint8_t)pick(pick(2) ? 4 : 256);
		break;
	default:
		if (!pick(4096))	/* any word: state and epoch too */
			words[pick(sizeof(*c->bw) / 4)] = (uint32_t)rnd;
		else
			words[pick(2)] += pick(2) ? 16u * pick(4) : pick(64) - 32;
	}
}

/* Until the quota, the time or the session is over; then the link goes down. */
static void *corrupter(void *arg)
{
	uint64_t start = now_ns();
	uint32_t n = 0, state;
	struct card *c = arg;

	while (flip && n < MAX_PER_SESSION) {
		state = *(volatile const uint32_t *)&c->kw->state;
		if (state == PCIEM_KERNEL_FAILED || state == PCIEM_KERNEL_DETACHED ||
		    now_ns() - start > MAX_MS * 1000000ull)
			break;
		/* single bits of records, so that some sessions live; else as fast as it goes */
		for (unsigned int i = kind ? 256 : 1; i; i--, n++)
			change(c);
		if (!kind)
			usleep(pick(200));
	}
	nr_changes += n;
	pull = 1;
	return NULL;
}

/* Three times out of four until the driver reads, and a little longer. */
static void wait_for_driver(struct card *c)
{
	uint64_t until = now_ns() + (pick(4) ? 10000 : pick(500)) * 1000000ull;
	uint32_t state = 0;

	while (now_ns() < until && state != PCIEM_KERNEL_FAILED) {
		if (!drain_down(c))
			enter(c, PCIEM_ENTER_WAIT, 1000000);
		if (state != c->kw->state && c->kw->state == PCIEM_KERNEL_RUNNING)
			until = now_ns() + pick(300) * 1000000ull;
		state = c->kw->state;
	}
}

int main(int argc, char **argv)
{
	uint64_t want = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)time(NULL);
	uint32_t sessions = 0, epoch = (uint32_t)getpid();
	struct card *c = &card;
	pthread_t thread;

	printf("corrupt: seed %llu\n", (unsigned long long)seed);
	fflush(stdout);
	rnd = seed * 0x9e3779b97f4a7c15ull | 1;
	open_link(c, "/dev/pciem", 200);
	while (nr_changes < want) {
		start_session(c, ++epoch);
		kind = pick(4);
		wait_for_driver(c);
		flip = true;
		if (pthread_create(&thread, NULL, corrupter, c))
			die("thread");
		serve(c);
		flip = false;
		pthread_join(thread, NULL);
		pull = 0;
		sessions++;
	}
	printf("corrupt: pass %llu changes in %u sessions\n", (unsigned long long)nr_changes, sessions);
	return 0;
}
