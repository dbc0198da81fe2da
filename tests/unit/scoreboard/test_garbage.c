// SPDX-License-Identifier: Apache-2.0
/*
 * Streams in which bits have flipped: the scoreboard says something or nothing,
 * and lives. What it guards against is seen under the sanitizers.
 *
 * usage: unit_scoreboard_garbage [SEED]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stream.h"

#define ROUNDS 200

static uint64_t state;

static uint32_t next(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 20) % below;
}

/* The stream's observer, behind a line that flips bits and loses TLPs. */
struct noisy {
	struct riser_observer to;
	struct riser_observer_ops ops;
	uint32_t one_in;
};

static void on_tlp(void *ctx, const struct riser_tlp_event *event)
{
	struct noisy *noisy = ctx;
	struct riser_tlp_event other = *event;
	uint8_t bytes[RISER_TLP_MAX_BYTES];

	memcpy(bytes, event->bytes, event->len);
	other.bytes = bytes;
	if (!next(noisy->one_in))
		return;
	while (!next(noisy->one_in))
		bytes[next(event->len)] ^= (uint8_t)(1U << next(8));
	if (!next(noisy->one_in))
		other.direction = !other.direction;
	if (!next(noisy->one_in))
		other.len = event->len - 4 * next(event->len / 4);
	noisy->to.ops->tlp(noisy->to.ctx, &other);
}

static void on_sideband(void *ctx, uint64_t cycle, uint32_t levels)
{
	struct noisy *noisy = ctx;

	noisy->to.ops->sideband(noisy->to.ctx, cycle, levels);
}

static void one_round(struct stream *s, struct noisy *noisy)
{
	uint32_t i;

	stream_init(s);
	s->is_quiet = true;
	*noisy = (struct noisy){
		.to = s->observer, .one_in = 3 + next(200),
		.ops = { .tlp = on_tlp, .sideband = on_sideband },
	};
	s->observer = (struct riser_observer){ .ops = &noisy->ops, .ctx = noisy };
	for (i = 0; i < 60; i++) {
		write_block(s, (uint16_t)i, next(300), (uint8_t)next(256));
		read_block(s, (uint16_t)i, next(300), (uint8_t)next(256));
		if (!next(20))
			bring_up(s);
		if (!next(20))
			function_mask(s, next(2));
		if (!next(40))
			on_sideband(noisy, s->cycle, next(8));
	}
	stream_fini(s);
}

int main(int argc, char **argv)
{
	struct stream *s = malloc(sizeof(*s));
	struct noisy noisy;
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	uint32_t i, nr_found = 0;

	printf("seed %" PRIu64 "\n", seed);
	if (!s)
		return 1;
	for (i = 0; i < ROUNDS; i++) {
		state = (seed + i) * 0x9e3779b97f4a7c15ULL | 1;
		one_round(s, &noisy);
		nr_found += s->nr_findings;
	}
	printf("%u rounds, %u findings\n", ROUNDS, nr_found);
	free(s);
	/* noise that nothing notices would be no noise */
	return nr_found < ROUNDS;
}
