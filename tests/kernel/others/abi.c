// SPDX-License-Identifier: Apache-2.0
/*
 * The interface of /dev/pciem in a program without a C library, which is built for 32
 * and for 64 bits: both say the same of it (H55). run makes fields.h of the header.
 *
 *	abi layout		size of every structure, place of every field, command numbers
 *	abi refusals		what is refused, and with which error
 *	abi serve		a card, until there is something to read on standard input. Such
 *				a card loses its configuration in a hot reset
 *	abi map RESOURCE	reads the first dword of a BAR through a mapping of it
 */
#include "bare.h"

#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/poll.h>
#include <asm/mman.h>
#include <asm/poll.h>

#include "pciem.h"

#define RING_BYTES	(1u << 16)
#define HALF_BYTES	(PCIEM_PAGE_BYTES + RING_BYTES)
#define TOTAL_BYTES	(2 * PCIEM_PAGE_BYTES + RING_BYTES + HALF_BYTES)
#define BRIDGE_OFF	(TOTAL_BYTES - HALF_BYTES)

static int nr_failed;

/* ---- layout ---- */

static void say(const char *what, const char *field, unsigned long at, unsigned long bytes)
{
	put(what);
	put(field);
	put(" ");
	put_unsigned(at);
	put(" ");
	put_unsigned(bytes);
	end_line();
}

static void layout(void)
{
#define STRUCT(s)	say(#s, "", 0, sizeof(struct s));
#define FIELD(s, f)	say(#s, "." #f, offsetof(struct s, f), sizeof(((struct s *)0)->f));
#define COMMAND(c)	say(#c, "", c, 0);
#include "fields.h"
}

/* ---- refusals ---- */

/* One line, the same in both programs if the kernel does the same. */
static void check(const char *name, long got, long expected)
{
	bool ok = got == expected;

	put(ok ? "ok " : "FAIL ");
	put(name);
	put(" ");
	put_number(got);
	if (!ok) {
		put(" expected ");
		put_number(expected);
		nr_failed++;
	}
	end_line();
}

static struct pciem_create good_create(void)
{
	struct pciem_create create = {
		.size = sizeof(create), .down_bytes = RING_BYTES, .up_bytes = RING_BYTES, .kick_fd = -1,
		.name = "abi",
	};

	return create;
}

static long create_link(int fd, struct pciem_create create)
{
	return SYS(ioctl, fd, PCIEM_IOC_CREATE, &create);
}

static void test_create(int fd)
{
	struct {
		struct pciem_create create;
		uint64_t more;
	} big = { .create = good_create() };
	struct pciem_create c;
	struct pciem_api api = { .abi = 77, .flags = 77, .features = 77 };
	struct pciem_enter enter = { 0 };
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

#ifdef __i386__
	/* a stack of a 32-bit program ends at 4 GiB: bit 31 of a pointer is not a sign */
	check("pointer_above_2_gib", (unsigned long)&api >> 31, 1);
#else
	check("pointer_above_2_gib", (unsigned long)&api >> 31 != 0, 1);
#endif
	check("api", SYS(ioctl, fd, PCIEM_IOC_GET_API, &api), 0);
	check("api.abi", api.abi, PCIEM_ABI);
	check("api.flags", api.flags, 0);
	check("api.features", api.features != 0, 0);
	check("api_nowhere", SYS(ioctl, fd, PCIEM_IOC_GET_API, 0), -EFAULT);
	check("create_nowhere", SYS(ioctl, fd, PCIEM_IOC_CREATE, 0), -EFAULT);
	check("create_at_4_gib", SYS(ioctl, fd, PCIEM_IOC_CREATE, 0xfffff000ul), -EFAULT);
	check("unknown_command", SYS(ioctl, fd, _IO(PCIEM_IOC_MAGIC, 0x7f), 0), -ENOTTY);
	check("command_of_another_size",
	      SYS(ioctl, fd, _IOW(PCIEM_IOC_MAGIC, 0x02, uint32_t), &enter), -ENOTTY);
	check("enter_before_create", SYS(ioctl, fd, PCIEM_IOC_ENTER, &enter), -ENXIO);
	check("map_before_create", (long)map(fd, 4096, PROT_READ, MAP_SHARED, 0), -ENXIO);
	check("poll_before_create", SYS(poll, &pfd, 1, 0), 1);
	check("poll_before_create.events", pfd.revents, POLLERR);
#define REFUSE(name, field, value, error) do { \
	c = good_create(); \
	c.field = value; \
	check(name, create_link(fd, c), error); \
} while (0)
	REFUSE("unknown_flag", flags, 1, -EINVAL);
	REFUSE("reserved_field", reserved[3], 1ull << 40, -EINVAL);
	REFUSE("ring_no_power_of_two", down_bytes, 3 << 16, -EINVAL);
	REFUSE("ring_too_small", up_bytes, 1 << 15, -EINVAL);
	REFUSE("ring_too_large", up_bytes, 1 << 27, -EINVAL);
	REFUSE("deadline_too_long", deadline_atomic_ms, 5001, -EINVAL);
	REFUSE("expiries_too_many", expiries_to_link_down, 101, -EINVAL);
	REFUSE("kick_fd_no_eventfd", kick_fd, fd, -EINVAL);
	REFUSE("kick_fd_closed", kick_fd, 999, -EBADF);
	REFUSE("struct_too_small", size, 8, -EINVAL);
	REFUSE("struct_too_large", size, 4097, -E2BIG);
	c = good_create();
	memset(c.name, 'x', sizeof(c.name));
	check("name_without_end", create_link(fd, c), -EINVAL);
	big.create.size = sizeof(big);
	big.more = 1ull << 63;
	check("struct_from_the_future", SYS(ioctl, fd, PCIEM_IOC_CREATE, &big), -E2BIG);
	big.more = 0;
	check("longer_struct_of_zeros", SYS(ioctl, fd, PCIEM_IOC_CREATE, &big), 0);
	check("total_bytes", big.create.total_bytes == TOTAL_BYTES, 1);
	check("create_twice", create_link(fd, good_create()), -EBUSY);
	enter.flags = 2;
	check("enter_unknown_flag", SYS(ioctl, fd, PCIEM_IOC_ENTER, &enter), -EINVAL);
	enter.flags = 0;
	enter.pad = 1;
	check("enter_pad", SYS(ioctl, fd, PCIEM_IOC_ENTER, &enter), -EINVAL);
	check("enter_nowhere", SYS(ioctl, fd, PCIEM_IOC_ENTER, 0), -EFAULT);
}

static void test_map(int fd)
{
	const struct pciem_hdr *hdr;
	uint8_t *ro, *rw;

	check("map_writable", (long)map(fd, TOTAL_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, 0), -EPERM);
	check("map_executable", (long)map(fd, TOTAL_BYTES, PROT_READ | PROT_EXEC, MAP_SHARED, 0), -EPERM);
	check("map_larger", (long)map(fd, TOTAL_BYTES + 4096, PROT_READ, MAP_SHARED, 0), -EINVAL);
	check("map_smaller", (long)map(fd, TOTAL_BYTES - 4096, PROT_READ, MAP_SHARED, 0), -EINVAL);
	check("map_offset", (long)map(fd, TOTAL_BYTES - 4096, PROT_READ, MAP_SHARED, 4096), -EINVAL);
	check("map_down_ring_writable",
	      (long)map(fd, RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, 2 * 4096), -EINVAL);
	check("map_private", (long)map(fd, TOTAL_BYTES, PROT_READ, MAP_PRIVATE, 0), -EINVAL);
	/* more than 32 bits of bytes: mmap2() counts pages */
	check("map_huge_offset", (long)map(fd, TOTAL_BYTES, PROT_READ, MAP_SHARED, 1ull << 43), -EINVAL);
	ro = map(fd, TOTAL_BYTES, PROT_READ, MAP_SHARED, 0);
	check("map", is_error(ro), 0);
	rw = map(fd, HALF_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, BRIDGE_OFF);
	check("map_bridge_half", is_error(rw), 0);
	if (nr_failed)
		return;
	hdr = (const void *)ro;
	check("header.magic", hdr->magic == PCIEM_MAGIC, 1);
	check("header.total_bytes", hdr->total_bytes == TOTAL_BYTES, 1);
	check("header.bridge_off", hdr->bridge_off == BRIDGE_OFF, 1);
	check("header.name", same_text(hdr->name, "abi"), 1);
	check("mprotect_write", SYS(mprotect, ro, TOTAL_BYTES, PROT_READ | PROT_WRITE), -EACCES);
	check("mprotect_exec", SYS(mprotect, ro, TOTAL_BYTES, PROT_READ | PROT_EXEC), -EACCES);
	rw[PCIEM_PAGE_BYTES] = 0x5a;
	check("both_show_the_same_memory", ro[BRIDGE_OFF + PCIEM_PAGE_BYTES], 0x5a);
}

static void test_wait(int fd)
{
	struct pciem_enter enter = { .flags = PCIEM_ENTER_WAIT, .timeout_ns = 20000000 };
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	long start, ms;

	SYS(ioctl, fd, PCIEM_IOC_ENTER, &enter);	/* takes the news of the creation */
	start = now_ms();
	check("enter_waits", SYS(ioctl, fd, PCIEM_IOC_ENTER, &enter), 0);
	ms = now_ms() - start;
	check("enter_ends_at_its_timeout", ms >= 19 && ms < 10000, 1);
	check("poll_empty_ring", SYS(poll, &pfd, 1, 10), 0);
}

static int refusals(void)
{
	long fd = SYS(open, "/dev/pciem", O_RDWR | O_CLOEXEC);

	check("open", fd < 0 ? fd : 0, 0);
	if (fd < 0)
		return 1;
	test_create((int)fd);
	test_map((int)fd);
	test_wait((int)fd);
	return nr_failed != 0;
}

/* ---- a card ---- */

#define BAR_BYTES	0x4000u
#define REG_ID		0x00	/* "FAKE" */
#define REG_BITS	0x20	/* word size of this program */
#define REG_BYTES	0x40	/* what there is, the rest reads 0 */

struct card {
	int fd, kick_fd;
	uint8_t *ro, *rw, *up;
	const uint8_t *down;
	const struct pciem_kernel_words *kw;
	struct pciem_bridge_words *bw;
	uint32_t up_head, down_tail;
	uint64_t up_seq, down_seq;
	uint8_t cfg[4096], wmask[4096], bar[REG_BYTES];
	uint16_t bdf;
	long cfg_reads, cfg_writes, mem_reads, mem_writes, by_poll, by_kick, by_enter, resets;
};

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void cfg_put(struct card *c, unsigned int off, uint32_t v, uint32_t mask)
{
	memcpy(c->cfg + off, &v, 4);
	memcpy(c->wmask + off, &mask, 4);
}

static void power_on(struct card *c)
{
	const uint32_t bits = WORD_BITS;

	memset(c->cfg, 0, sizeof(c->cfg));
	memset(c->wmask, 0, sizeof(c->wmask));
	memset(c->bar, 0, sizeof(c->bar));
	cfg_put(c, 0x00, 0x0fa11b36, 0);
	cfg_put(c, 0x04, 0x00100000, 0x00000546);
	cfg_put(c, 0x08, 0x08800001, 0);
	cfg_put(c, 0x0c, 0, 0x000000ff);
	cfg_put(c, 0x10, 0x00000004, ~(BAR_BYTES - 1));
	cfg_put(c, 0x14, 0, 0xffffffff);
	cfg_put(c, 0x2c, 0x00011b36, 0);
	cfg_put(c, 0x34, 0x40, 0);
	cfg_put(c, 0x40, 0x00020010, 0);		/* PCIe endpoint */
	cfg_put(c, 0x44, 0x00008000, 0);		/* role-based error reporting */
	cfg_put(c, 0x48, 0x00002000, 0x000070ff);	/* MRRS 512, MPS 128 */
	cfg_put(c, 0x4c, 0x00000011, 0);		/* 2.5 GT/s x1 */
	cfg_put(c, 0x50, 0x00110000, 0x00000043);
	cfg_put(c, 0x100, 0x00010001, 0);		/* AER: masks and severity can be set */
	cfg_put(c, 0x108, 0, 0xffffffff);
	cfg_put(c, 0x10c, 0, 0xffffffff);
	cfg_put(c, 0x114, 0, 0xffffffff);
	memcpy(c->bar + REG_ID, "FAKE", 4);
	memcpy(c->bar + REG_BITS, &bits, 4);
}

static void enter(struct card *c, uint32_t flags, uint32_t timeout_ns)
{
	struct pciem_enter e = { .flags = flags, .timeout_ns = timeout_ns };

	SYS(ioctl, c->fd, PCIEM_IOC_ENTER, &e);
}

static void push(struct card *c, const void *tlp, uint32_t len)
{
	uint32_t bytes = (sizeof(struct pciem_rec) + len + 15) & ~15u;
	uint32_t pos = c->up_head & (RING_BYTES - 1), room = RING_BYTES - pos;
	struct pciem_rec rec = { .bytes = bytes, .type = PCIEM_REC_TLP, .len = len, .seq = c->up_seq++ };

	/* no more than one answer is under way: there is always space */
	if (room < bytes) {
		struct pciem_rec pad = { .bytes = room, .type = PCIEM_REC_PAD };

		memcpy(c->up + pos, &pad, 16);
		c->up_head += room;
		pos = 0;
	}
	memcpy(c->up + pos, &rec, sizeof(rec));
	memcpy(c->up + pos + sizeof(rec), tlp, len);
	c->up_head += bytes;
	__atomic_store_n(&c->bw->up_head, c->up_head, __ATOMIC_RELEASE);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (__atomic_load_n(&c->kw->need_kick, __ATOMIC_RELAXED))
		enter(c, 0, 0);
}

static void complete(struct card *c, const uint8_t *req, uint8_t status, const uint8_t *data, uint32_t dw,
		     uint32_t byte_count, uint32_t lower)
{
	uint8_t out[12 + REG_BYTES] = {
		dw ? 0x4a : 0x0a, req[1] & 0x74, req[2] & 0x30, (uint8_t)dw,
		(uint8_t)(c->bdf >> 8), (uint8_t)c->bdf,
		(uint8_t)(status << 5 | (byte_count >> 8 & 0xf)), (uint8_t)byte_count,
		req[4], req[5], req[6], lower & 0x7f,
	};

	memcpy(out + 12, data, dw * 4);
	push(c, out, 12 + dw * 4);
}

static void on_config(struct card *c, const uint8_t *h, const uint8_t *data)
{
	uint32_t reg = (uint32_t)(h[10] & 0xf) << 8 | (h[11] & 0xfc);
	unsigned int i;

	if ((h[0] & 1) || h[9]) {		/* Type 1, or another device or function */
		complete(c, h, 1, data, 0, 4, 0);
	} else if (h[0] & 0x40) {
		c->cfg_writes++;
		c->bdf = (uint16_t)(h[8] << 8 | h[9]);
		for (i = 0; i < 4; i++)
			if (h[7] & 1u << i)
				c->cfg[reg + i] = (uint8_t)((c->cfg[reg + i] & ~c->wmask[reg + i]) |
							    (data[i] & c->wmask[reg + i]));
		complete(c, h, 0, data, 0, 4, 0);
	} else {
		c->cfg_reads++;
		complete(c, h, 0, c->cfg + reg, 1, 4, 0);
	}
}

/* Whole dwords of the registers; all else, and a card without its address, is refused. */
static void on_memory(struct card *c, const uint8_t *h, uint32_t bytes)
{
	uint32_t hdr = h[0] & 0x20 ? 16 : 12, dw = (uint32_t)(h[2] & 3) << 8 | h[3];
	uint64_t addr = hdr == 16 ? (uint64_t)be32(h + 8) << 32 | be32(h + 12) : be32(h + 8), base, off;
	bool is_whole = dw && (h[7] & 0xf) == 0xf && (h[7] >> 4) == (dw > 1 ? 0xf : 0);

	memcpy(&base, c->cfg + 0x10, 8);
	off = (addr & ~3ull) - (base & ~0xfull);
	if (h[0] & 0x40) {
		c->mem_writes++;
		if ((c->cfg[4] & 2) && is_whole && off >= 8 && off + dw * 4 <= REG_BYTES &&
		    bytes >= hdr + dw * 4)
			memcpy(c->bar + off, h + hdr, dw * 4);
	} else if (!(c->cfg[4] & 2) || !is_whole || off + dw * 4 > REG_BYTES) {
		complete(c, h, 1, h, 0, 4, (uint32_t)off);
	} else {
		c->mem_reads++;
		complete(c, h, 0, c->bar + off, dw, dw * 4, (uint32_t)off);
	}
}

static void on_record(struct card *c, const struct pciem_rec *rec, const uint8_t *body)
{
	uint32_t skip = rec->flags & PCIEM_RECF_CALLER ? sizeof(struct pciem_caller) : 0;
	const uint8_t *h = body + skip;

	if (rec->type == PCIEM_REC_RESET && rec->aux == PCIEM_RESET_HOT_ASSERT) {
		c->resets++;
		put("reset"), end_line();
		power_on(c);
	}
	if (rec->type != PCIEM_REC_TLP)
		return;
	switch (h[0] & 0x1f) {
	case 0x00: on_memory(c, h, rec->len - skip); break;
	case 0x04:
	case 0x05: on_config(c, h, h + 12); break;
	default: break;				/* messages of the host: nothing to do */
	}
}

static bool drain(struct card *c)
{
	uint32_t head = __atomic_load_n(&c->kw->down_head, __ATOMIC_ACQUIRE);
	bool did = false;

	while (c->down_tail != head) {
		const uint8_t *at = c->down + (c->down_tail & (RING_BYTES - 1));
		static uint8_t body[PCIEM_REC_MAX_BYTES];
		struct pciem_rec rec = { 0 };

		memcpy(&rec, at, 16);
		if (rec.bytes < 16 || rec.bytes % 16 || rec.bytes > head - c->down_tail ||
		    rec.len > sizeof(body)) {
			check("record", rec.bytes, 0);
			SYS(exit_group, 3);
		}
		if (rec.type != PCIEM_REC_PAD) {
			memcpy(&rec, at, sizeof(rec));
			if (rec.seq != c->down_seq++) {
				check("record.seq", (long)rec.seq, (long)c->down_seq - 1);
				SYS(exit_group, 3);
			}
			memcpy(body, at + sizeof(rec), rec.len);
		}
		c->down_tail += rec.bytes;
		__atomic_store_n(&c->bw->down_tail, c->down_tail, __ATOMIC_RELEASE);
		on_record(c, &rec, body);
		did = true;
	}
	return did;
}

static bool open_link(struct card *c)
{
	struct pciem_create create = good_create();

	c->fd = (int)SYS(open, "/dev/pciem", O_RDWR | O_CLOEXEC);
	c->kick_fd = (int)SYS(eventfd2, 0, O_NONBLOCK | O_CLOEXEC);
	create.kick_fd = c->kick_fd;
	create.deadline_atomic_ms = 5000;
	create.deadline_sleep_ms = 5000;
	check("serve.create", SYS(ioctl, c->fd, PCIEM_IOC_CREATE, &create), 0);
	c->ro = map(c->fd, (size_t)create.total_bytes, PROT_READ, MAP_SHARED, 0);
	c->rw = map(c->fd, HALF_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, BRIDGE_OFF);
	check("serve.map", is_error(c->ro) || is_error(c->rw), 0);
	if (nr_failed)
		return false;
	c->kw = (const void *)(c->ro + ((const struct pciem_hdr *)c->ro)->kernel_off);
	c->down = c->ro + ((const struct pciem_hdr *)c->ro)->down_off;
	c->bw = (void *)c->rw;
	c->up = c->rw + PCIEM_PAGE_BYTES;
	return true;
}

static void set_state(struct card *c, uint32_t state)
{
	__atomic_store_n(&c->bw->state, state, __ATOMIC_RELEASE);
	enter(c, 0, 0);
}

/* The kernel's words answer the bridge's: state and epoch. */
static void start_session(struct card *c)
{
	long start = now_ms();

	check("serve.absent", c->kw->state, PCIEM_KERNEL_ABSENT);
	c->bw->pid = (uint32_t)SYS(getpid);
	__atomic_store_n(&c->bw->epoch, 0x80000001u, __ATOMIC_RELEASE);
	set_state(c, PCIEM_BRIDGE_READY);
	while (__atomic_load_n(&c->kw->state, __ATOMIC_ACQUIRE) != PCIEM_KERNEL_ATTACHED &&
	       now_ms() - start < 20000)
		enter(c, PCIEM_ENTER_WAIT, 10000000);
	check("serve.attached", c->kw->state, PCIEM_KERNEL_ATTACHED);
	check("serve.epoch", c->kw->epoch == 0x80000001u, 1);
	set_state(c, PCIEM_BRIDGE_UP);
}

/* Waits in the ioctl and in poll() by turns; true when there is input. */
static bool sleep_well(struct card *c)
{
	static unsigned int turn;
	struct pollfd pfds[] = {
		{ .fd = 0, .events = POLLIN }, { .fd = c->fd, .events = POLLIN },
		{ .fd = c->kick_fd, .events = POLLIN },
	};
	uint64_t kicks;

	if (turn++ % 2) {
		enter(c, PCIEM_ENTER_WAIT, 50000000);
		c->by_enter += c->down_tail != __atomic_load_n(&c->kw->down_head, __ATOMIC_ACQUIRE);
		SYS(poll, pfds, 1, 0);
	} else {
		SYS(poll, pfds, 3, 50);
		c->by_poll += (pfds[1].revents & POLLIN) != 0;
		c->by_kick += SYS(read, c->kick_fd, &kicks, sizeof(kicks)) == sizeof(kicks);
	}
	return pfds[0].revents & (POLLIN | POLLHUP);
}

static void say_counts(const struct card *c)
{
	put("counts cfg_reads "), put_number(c->cfg_reads);
	put(" cfg_writes "), put_number(c->cfg_writes);
	put(" mem_reads "), put_number(c->mem_reads);
	put(" mem_writes "), put_number(c->mem_writes);
	put(" resets "), put_number(c->resets);
	put(" woken by poll "), put_number(c->by_poll);
	put(" eventfd "), put_number(c->by_kick);
	put(" ioctl "), put_number(c->by_enter);
	end_line();
}

static int serve(void)
{
	static struct card card;
	struct card *c = &card;
	uint32_t seen = PCIEM_KERNEL_ATTACHED;
	bool is_leaving = false;

	power_on(c);
	if (!open_link(c))
		return 1;
	start_session(c);
	while (!nr_failed) {
		uint32_t state = __atomic_load_n(&c->kw->state, __ATOMIC_ACQUIRE);

		if (state != seen) {
			put("state "), put_number((long)state), end_line();
			seen = state;
		}
		if (state == PCIEM_KERNEL_DETACHED)
			break;
		if (state == PCIEM_KERNEL_FAILED)
			check("serve.reason", c->kw->reason, PCIEM_REASON_NONE);
		if (drain(c))
			continue;
		c->bw->need_kick = 1;
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		if (c->down_tail == __atomic_load_n(&c->kw->down_head, __ATOMIC_RELAXED) &&
		    sleep_well(c) && !is_leaving) {
			is_leaving = true;
			set_state(c, PCIEM_BRIDGE_LEAVING);
		}
		c->bw->need_kick = 0;
	}
	check("serve.requests", c->kw->requests >= (uint64_t)(c->cfg_reads + c->mem_reads), 1);
	say_counts(c);
	return nr_failed != 0;
}

/* ---- a mapping of the card itself ---- */

static int map_bar(const char *path)
{
	long fd = SYS(open, path, O_RDWR | O_CLOEXEC);
	volatile uint32_t *bar = map((int)fd, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, 0);

	check("bar.open", fd < 0 ? fd : 0, 0);
	check("bar.map", is_error((const void *)bar) ? (long)bar : 0, 0);
	if (nr_failed)
		return 1;
	check("bar.read", bar[0] == 0x454b4146, 1);
	return nr_failed != 0;
}

int main(int argc, char **argv)
{
	if (argc > 1 && same_text(argv[1], "layout")) {
		layout();
		return 0;
	}
	if (argc > 1 && same_text(argv[1], "refusals"))
		return refusals();
	if (argc > 1 && same_text(argv[1], "serve"))
		return serve();
	if (argc > 2 && same_text(argv[1], "map"))
		return map_bar(argv[2]);
	return 2;
}
