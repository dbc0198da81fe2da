// SPDX-License-Identifier: Apache-2.0
/*
 * A hostile card: random memory requests at random addresses in, at the edge of,
 * near and far from what its driver (pciem_rogue.ko) has mapped, against a shadow
 * of that driver's memory. Each read must bring exactly the bytes that are there,
 * or an error when a single one of them is not mapped for reading; each write
 * must change exactly what it may; and every byte of the arena, its unmapped
 * parts and the guard pages around included, must be what the shadow says.
 *
 *	rogue REQUESTS SEED
 *
 * Exit status 1 and one line with the seed at the first difference.
 */
#include <stdarg.h>

#define main fakecard_main
#include "../fakecard.c"
#undef main

#define ARENA_BYTES	(4096u << 5)
#define GUARD_BYTES	8192u	/* at both ends: never mapped */
#define NR_SLOTS	64u
#define NR_TAGS		16u
#define BATCH		48u
#define ROUND		2048u	/* requests between two looks at the whole arena */
#define NR_STALE	256u
#define CTL		"/sys/kernel/debug/pciem_rogue/ctl"
#define ARENA		"/sys/kernel/debug/pciem_rogue/arena"

enum { BIDIRECTIONAL, TO_DEVICE, FROM_DEVICE };

struct slot {
	uint64_t bus;
	uint32_t off, bytes;
	unsigned int dir;
};

struct request {
	bool waits, is_ok;
	uint64_t addr;
	uint32_t bytes, done;
	uint8_t want[4096];
};

static struct rogue {
	struct card card;
	uint64_t random, seed;
	uint8_t shadow[ARENA_BYTES], look[ARENA_BYTES];
	struct slot slot[NR_SLOTS];
	uint64_t stale[NR_STALE];
	unsigned int nr_stale, next_tag;
	struct request request[NR_TAGS];
	int ctl, arena;
	uint64_t nr_reads, nr_writes, nr_atomics, nr_refused, nr_bytes, nr_maps, nr_looks;
} r;

static uint32_t pick(uint32_t below)
{
	r.random ^= r.random << 13;
	r.random ^= r.random >> 7;
	r.random ^= r.random << 17;
	return (uint32_t)((r.random >> 16) % below);
}

__attribute__((format(printf, 1, 2), noreturn))
static void differs(const char *format, ...)
{
	va_list args;

	printf("rogue: FAIL seed %llu: ", (unsigned long long)r.seed);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	exit(1);
}

/* ---- the driver's memory ---- */

static void look_at_arena(void)
{
	uint32_t i;

	if (pread(r.arena, r.look, ARENA_BYTES, 0) != (ssize_t)ARENA_BYTES)
		die(ARENA);
	r.nr_looks++;
	if (!memcmp(r.look, r.shadow, ARENA_BYTES))
		return;
	for (i = 0; r.look[i] == r.shadow[i]; i++)
		;
	differs("byte %u of the arena is 0x%02x and must be 0x%02x", i, r.look[i], r.shadow[i]);
}

static void unmap_slot(unsigned int nr)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "unmap %u", nr);

	if (write(r.ctl, text, (size_t)len) != len)
		die("unmap");
	r.stale[r.nr_stale++ % NR_STALE] = r.slot[nr].bus;
	r.slot[nr].bytes = 0;
}

/* Slots are apart by whole cache lines; many are in one page. */
static void map_slot(unsigned int nr)
{
	struct slot *s = &r.slot[nr];
	uint32_t room = nr < 56 ? 1024 : 6144;
	uint32_t base = GUARD_BYTES + (nr < 56 ? nr * 1024 : 56 * 1024 + (nr - 56) * 6144);
	char text[64];
	int len;

	s->off = pick(room);
	s->bytes = 1 + pick(pick(2) ? 64 : room);
	if (s->bytes > room - s->off)
		s->bytes = room - s->off;
	s->off += base;
	s->dir = pick(3);
	len = snprintf(text, sizeof(text), "map %u %u %u %u", nr, s->off, s->bytes, s->dir);
	if (write(r.ctl, text, (size_t)len) != len || read(r.ctl, &s->bus, 8) != 8)
		die(text);
	if ((s->bus ^ s->off) & 0xfff)
		differs("bus address 0x%llx does not keep offset %u of its page", (unsigned long long)s->bus, s->off);
	r.nr_maps++;
}

/* The slot that holds all of [addr, addr + bytes), or NULL. */
static const struct slot *find_slot(uint64_t addr, uint32_t bytes)
{
	unsigned int i;

	for (i = 0; i < NR_SLOTS; i++) {
		const struct slot *s = &r.slot[i];

		if (s->bytes && addr >= s->bus && addr - s->bus < s->bytes && bytes <= s->bytes - (addr - s->bus))
			return s;
	}
	return NULL;
}

/* ---- requests ---- */

/* Within a page, and mostly not beyond the end of the mapping it begins in. */
static uint32_t clip(uint64_t addr, uint32_t bytes)
{
	const struct slot *s = find_slot(addr, 1);

	if (s && pick(8) && bytes > s->bytes - (addr - s->bus))
		bytes = s->bytes - (uint32_t)(addr - s->bus);
	return (addr & 0xfff) + bytes > 4096 ? 4096 - (uint32_t)(addr & 0xfff) : bytes;
}

static uint64_t pick_addr(void)
{
	const struct slot *s = &r.slot[pick(NR_SLOTS)];
	unsigned int tries = 4;
	uint64_t addr;

	while (!s->bytes && tries--)
		s = &r.slot[pick(NR_SLOTS)];

	switch (pick(16)) {
	case 0:
		addr = r.stale[pick(NR_STALE)] + pick(64);
		break;
	case 1:		/* anywhere that is no message window */
		addr = ((uint64_t)pick(1u << 20) << 32 | r.random >> 32) & 0xffffffffffffull;
		break;
	case 2:
		addr = pick(1u << 20) * 16ull;	/* below the arenas */
		break;
	case 3:		/* the page around a mapping, and the next ones */
		addr = (s->bus & ~0xfffull) - 4096 + pick(3 * 4096);
		break;
	case 4:
	case 5:		/* its two edges */
		addr = s->bus + (pick(2) ? s->bytes : 0) - 16 + pick(32);
		break;
	default:
		addr = s->bus + (s->bytes ? pick(s->bytes) : 0);
	}
	return addr >> 20 == 0xfee ? addr + (1u << 20) : addr;
}

/* Header for @bytes from @addr; returns its length, and the enables in h[7]. */
static size_t header(uint8_t *h, uint8_t first_byte, uint16_t requester, uint8_t tag, uint64_t addr, uint32_t bytes)
{
	uint32_t first = addr & 3, end = first + bytes, dw = (end + 3) / 4;
	uint8_t first_be = (uint8_t)(0xf << first & 0xf), last_be = (uint8_t)(0xf >> (dw * 4 - end));
	size_t len = mem_header(h, false, requester, tag, addr, dw);

	h[0] |= first_byte;
	h[7] = dw == 1 ? first_be & last_be : (uint8_t)(last_be << 4 | first_be);
	return len;
}

/* Sometimes another function's, or an address that claims to be translated. */
static bool forge(uint8_t *h)
{
	switch (pick(64)) {
	case 0:
		h[5] ^= (uint8_t)(1 + pick(7));
		return true;
	case 1:
		h[2] |= (uint8_t)(4 << pick(2));
		return true;
	}
	return false;
}

static void ask_write(void)
{
	uint64_t addr = pick_addr();
	uint32_t bytes = 1 + pick(pick(2) ? 16 : 124), i, dw;
	uint8_t tlp[16 + MPS_BYTES];
	const struct slot *s;
	bool is_forged;
	size_t hdr;

	bytes = clip(addr, bytes);
	hdr = header(tlp, 0x40, r.card.func[0].bdf, 0, addr, bytes);
	dw = ((addr & 3) + bytes + 3) / 4;
	for (i = 0; i < dw * 4; i++)
		tlp[hdr + i] = (uint8_t)pick(256);
	is_forged = forge(tlp);
	if (!is_forged && !pick(64)) {
		tlp[2] |= 0x40;		/* poisoned: nothing of it is written */
		is_forged = true;
	}
	s = find_slot(addr, bytes);
	if (s && s->dir != TO_DEVICE && !is_forged) {
		memcpy(r.shadow + s->off + (addr - s->bus), tlp + hdr + (addr & 3), bytes);
		r.nr_bytes += bytes;
	} else {
		r.nr_refused++;
	}
	r.nr_writes++;
	send_tlp(&r.card, tlp, hdr + dw * 4);
}

static struct request *new_request(uint8_t *tag)
{
	struct request *q = &r.request[r.next_tag];

	*tag = (uint8_t)r.next_tag;
	if (q->waits)
		return NULL;
	r.next_tag = (r.next_tag + 1) % NR_TAGS;
	q->waits = true;
	q->done = 0;
	return q;
}

static void ask_read(void)
{
	struct request *q;
	uint64_t addr = pick_addr();
	uint32_t bytes = 1 + pick(pick(4) ? 64 : 1024);
	const struct slot *s;
	uint8_t h[16], tag;
	bool is_forged;
	size_t hdr;

	q = new_request(&tag);
	if (!q)
		return;
	bytes = clip(addr, bytes);
	hdr = header(h, 0, r.card.func[0].bdf, tag, addr, bytes);
	is_forged = forge(h);
	s = find_slot(addr, bytes);
	q->addr = addr;
	q->bytes = bytes;
	q->is_ok = s && s->dir != FROM_DEVICE && !is_forged;
	if (q->is_ok)
		memcpy(q->want, r.shadow + s->off + (addr - s->bus), bytes);
	r.nr_refused += !q->is_ok;
	r.nr_reads++;
	send_tlp(&r.card, h, hdr);
}

/* FetchAdd of 4 or 8 bytes, mostly aligned. */
static void ask_atomic(void)
{
	struct request *q;
	uint32_t bytes = pick(2) ? 4 : 8;
	uint64_t addr = pick_addr() & ~3ull, value = 0, add;
	const struct slot *s;
	uint8_t tlp[24], tag;
	size_t hdr;

	q = new_request(&tag);
	if (!q)
		return;
	hdr = mem_header(tlp, false, r.card.func[0].bdf, tag, addr, bytes / 4);
	tlp[0] |= 0x4c;
	tlp[7] = 0;
	add = r.random;
	memcpy(tlp + hdr, &add, 8);
	s = find_slot(addr, bytes);
	q->addr = addr;
	q->bytes = bytes;
	q->is_ok = s && s->dir == BIDIRECTIONAL && !(addr & (bytes - 1));
	if (q->is_ok) {
		uint8_t *at = r.shadow + s->off + (addr - s->bus);

		memcpy(q->want, at, bytes);
		memcpy(&value, at, bytes);
		value += add;
		memcpy(at, &value, bytes);
	}
	r.nr_refused += !q->is_ok;
	r.nr_atomics++;
	send_tlp(&r.card, tlp, hdr + bytes);
}

/* ---- answers ---- */

static void on_data(struct request *q, const uint8_t *h, size_t len)
{
	uint32_t left = q->bytes - q->done, first = (q->addr + q->done) & 3, n, i;
	uint32_t byte_count = (uint32_t)(h[6] & 0xf) << 8 | h[7];

	n = (uint32_t)len - 12 - first < left ? (uint32_t)len - 12 - first : left;
	if ((byte_count ? byte_count : 4096) != left)
		differs("byte count %u of an answer with %u bytes left", byte_count, left);
	for (i = 0; i < first; i++)
		if (h[12 + i])
			differs("byte before the first one is 0x%02x, not 0", h[12 + i]);
	for (i = (uint32_t)first + n; i < len - 12; i++)
		if (h[12 + i])
			differs("byte behind the last one is 0x%02x, not 0", h[12 + i]);
	if (memcmp(h + 12 + first, q->want + q->done, n))
		differs("read of %u bytes at 0x%llx: other bytes than the driver's", q->bytes,
			(unsigned long long)q->addr);
	q->done += n;
	r.nr_bytes += n;
	q->waits = q->done < q->bytes;
}

static void on_answer(const uint8_t *h, size_t len)
{
	struct request *q = &r.request[h[10] % NR_TAGS];
	unsigned int status = h[6] >> 5;

	if (h[10] >= NR_TAGS || !q->waits)
		differs("an answer with tag %u, which waits for none", h[10]);
	if (status && q->is_ok)
		differs("%u bytes at 0x%llx are mapped and were refused with status %u", q->bytes,
			(unsigned long long)q->addr, status);
	if (!status && !q->is_ok)
		differs("%u bytes at 0x%llx are not mapped and were given", q->bytes, (unsigned long long)q->addr);
	if (status && len != 12)
		differs("a refusal with %zu bytes behind it", len - 12);
	if (status)
		q->waits = false;
	else
		on_data(q, h, len);
}

static bool any_waits(void)
{
	unsigned int i;

	for (i = 0; i < NR_TAGS; i++)
		if (r.request[i].waits)
			return true;
	return false;
}

static void serve_until_quiet(void)
{
	struct card *c = &r.card;
	uint64_t until = now_ns() + 60000000000ull;

	publish(c);
	while (any_waits() || c->up_head != __atomic_load_n(&c->kw->up_tail, __ATOMIC_ACQUIRE)) {
		if (drain_down(c))
			continue;
		enter(c, 0, 0);
		if (now_ns() > until)
			differs("no answer within 60 s");
		if (c->kw->state == PCIEM_KERNEL_FAILED)
			differs("the kernel took the link down, reason %u", c->kw->reason);
	}
}

static void start(void)
{
	struct card *c = &r.card;
	uint64_t until = now_ns() + 60000000000ull;
	uint32_t i;

	open_link(c, "/dev/pciem", 2000);
	start_session(c, (uint32_t)getpid());
	while (access(ARENA, R_OK)) {
		if (!drain_down(c))
			enter(c, PCIEM_ENTER_WAIT, 1000000);
		if (now_ns() > until)
			differs("no driver after 60 s");
	}
	r.ctl = open(CTL, O_RDWR | O_CLOEXEC);
	r.arena = open(ARENA, O_RDWR | O_CLOEXEC);
	for (i = 0; i < ARENA_BYTES; i++)
		r.shadow[i] = (uint8_t)(i * 37 ^ i >> 8);
	if (r.ctl < 0 || pwrite(r.arena, r.shadow, ARENA_BYTES, 0) != (ssize_t)ARENA_BYTES)
		die(ARENA);
	for (i = 0; i < NR_SLOTS; i++)
		map_slot(i);
	for (i = 0; i < 1000; i++)
		drain_down(c);
	c->on_completion = on_answer;
}

static void step(void)
{
	uint32_t kind = pick(16);

	if (kind < 7)
		ask_write();
	else if (kind < 15)
		ask_read();
	else
		ask_atomic();
}

static void finish(uint64_t done)
{
	uint32_t i;

	for (i = 0; i < NR_SLOTS; i++)
		unmap_slot(i);
	look_at_arena();
	printf("rogue: pass %llu requests: %llu reads, %llu writes, %llu atomic; %llu refused; %llu bytes moved; %llu mappings; %llu looks at all memory\n",
	       (unsigned long long)done, (unsigned long long)r.nr_reads, (unsigned long long)r.nr_writes,
	       (unsigned long long)r.nr_atomics, (unsigned long long)r.nr_refused, (unsigned long long)r.nr_bytes,
	       (unsigned long long)r.nr_maps, (unsigned long long)r.nr_looks);
	fflush(stdout);
	close(r.ctl);
	close(r.arena);
}

int main(int argc, char **argv)
{
	uint64_t want = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000, done = 0;
	unsigned int i, nr;

	r.seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)time(NULL);
	r.random = r.seed * 0x9e3779b97f4a7c15ull | 1;
	printf("rogue: seed %llu\n", (unsigned long long)r.seed);
	fflush(stdout);
	signal(SIGTERM, on_signal);
	start();
	while (done < want) {
		r.card.is_batch = true;
		for (i = 0; i < BATCH; i++)
			step();
		r.card.is_batch = false;
		done = r.nr_reads + r.nr_writes + r.nr_atomics;
		serve_until_quiet();
		nr = pick(NR_SLOTS);
		if (r.slot[nr].bytes)
			unmap_slot(nr);
		else
			map_slot(nr);
		if (done / ROUND != (done - BATCH) / ROUND)
			look_at_arena();
	}
	finish(done);
	return serve(&r.card) == PCIEM_KERNEL_DETACHED ? 0 : 1;
}
