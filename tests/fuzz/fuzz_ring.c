// SPDX-License-Identifier: Apache-2.0
/*
 * The bridge's end of both rings against a kernel that writes anything: the
 * consumer never looks outside of the ring and never gives back more than there
 * is; the producer never writes outside of it, whatever the other index says.
 */
#include <errno.h>

#include "../../bridge/ring.h"
#include "input.h"

#define RING_BYTES	(1u << 14)	/* holds RISER_TX_MIN_BYTES and a pad */

static void consume(struct input *in)
{
	uint8_t *base = calloc(1, RING_BYTES);
	uint32_t head = 0, tail = 0;
	struct riser_down_rec rec;
	struct riser_down down;
	unsigned int steps = 64;
	size_t len;
	int ret = 0;

	riser_down_init(&down, base, RING_BYTES, &head, &tail);
	while (in->left && steps-- && !ret) {
		uint32_t off = input_u16(in) % RING_BYTES & ~15u;
		const uint8_t *from = input_take(in, input_u8(in) & 0x3f, &len);

		memcpy(base + off, from, len < RING_BYTES - off ? len : RING_BYTES - off);
		head = input_u8(in) & 3 ? head + (input_u16(in) & 0x1ff0u) : input_u32(in);
		ret = riser_down_refresh(&down);
		while (!ret && (ret = riser_down_next(&down, &rec)) == 1) {
			MUST(rec.body >= base && rec.rec.len <= rec.rec.bytes);
			MUST(rec.body + rec.rec.len <= base + RING_BYTES);
			if (rec.rec.seq & 1)
				riser_down_release(&down, rec.end);
			ret = 0;
		}
		MUST(ret == 0 || ret == -EPROTO);
		MUST(down.next - down.tail <= RING_BYTES);
	}
	free(base);
}

static void produce(struct input *in)
{
	uint8_t *base = malloc(RING_BYTES), *area;
	uint32_t head = 0, tail = 0, bytes, put;
	unsigned int steps = 64;
	struct riser_up up;

	riser_up_init(&up, base, RING_BYTES, &head, &tail);
	while (in->left && steps--) {
		area = riser_up_area(&up, 32 + (input_u8(in) & 0x7fu) * 32, &bytes);
		MUST(area >= base && area + bytes <= base + RING_BYTES);
		put = (input_u16(in) & 0x1ff0u) + 32;
		if (put <= bytes) {
			memset(area, 0x5a, put);
			riser_up_advance(&up, put);
		}
		riser_up_publish(&up);
		MUST(head == up.head);
		tail = input_u8(in) & 3 ? tail + (input_u16(in) & 0x1ff0u) : input_u32(in);
		if (riser_up_refresh(&up)) {
			/* what the kernel gave back cannot be: the bridge stays where it was */
			tail = up.seen;
			MUST(!riser_up_refresh(&up));
		}
		MUST(up.head - up.seen <= RING_BYTES);
	}
	free(base);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };

	if (input_u8(&in) & 1)
		consume(&in);
	else
		produce(&in);
	return 0;
}
