// SPDX-License-Identifier: Apache-2.0
/*
 * A card whose configuration space lies (H54): session after session the kernel
 * enumerates another one, with random bytes in its header, capabilities that form
 * loops, BARs with masks that no BAR has, a type or an id that changes while it is
 * looked at, or noise alone. The link goes down at a random moment. The kernel
 * must end each session and take the next one.
 *
 *	configfuzz SPACES SEED
 */
#include <sys/time.h>

#define main fakecard_main
#include "../fakecard.c"
#undef main

#define NR_KINDS	6u
#define MAX_S		30

static struct card card;
static uint64_t rnd;
static unsigned int nr_of_kind[NR_KINDS], nr_changed;

static uint32_t pick(uint32_t below)
{
	rnd ^= rnd << 13;
	rnd ^= rnd >> 7;
	rnd ^= rnd << 17;
	return (uint32_t)((rnd >> 16) % below);
}

static void random_bytes(uint8_t *at, uint32_t bytes, uint32_t nr)
{
	while (nr--)
		at[pick(bytes)] = (uint8_t)pick(256);
}

/* Capabilities of any kind that point to each other, to themselves, into the header. */
static void loop_capabilities(struct card *c)
{
	static const uint8_t ids[] = { 0x01, 0x05, 0x09, 0x0a, 0x10, 0x11, 0x12, 0x13, 0x14, 0x00, 0xff };
	uint32_t n = 2 + pick(12);

	c->fn->cfg[0x34] = (uint8_t)(pick(4) ? 0x40 + 4 * pick(8) : pick(256));
	while (n--) {
		uint8_t *cap = c->fn->cfg + 0x40 + 4 * pick(48);

		cap[0] = ids[pick(sizeof(ids))];
		cap[1] = (uint8_t)(pick(4) ? 0x40 + 4 * pick(48) : pick(256));
		random_bytes(cap + 2, 6, pick(6));
	}
}

static void loop_extended(struct card *c)
{
	static const uint16_t ids[] = { 0x01, 0x03, 0x0d, 0x0e, 0x10, 0x13, 0x15, 0x17, 0x19, 0x1e, 0x1f, 0x23, 0xffff };
	uint32_t n = 2 + pick(20), head;

	while (n--) {
		uint32_t at = pick(4) ? 0x100 + 4 * pick(64) : 0x100 + 4 * pick(960);

		head = ids[pick(sizeof(ids) / 2)] | (1 + pick(3)) << 16 | (pick(4) ? 0x100 + 4 * pick(64) : pick(4096)) << 20;
		memcpy(c->fn->cfg + (n ? at : 0x100), &head, 4);
		if (at < 4000)
			random_bytes(c->fn->cfg + at + 4, 64, pick(16));
	}
}

static void bad_bars(struct card *c)
{
	uint32_t bar, value, mask;

	for (bar = 0; bar < 6; bar++) {
		value = pick(4) ? pick(16) : (uint32_t)rnd;
		mask = pick(4) ? ~((1u << pick(32)) - 1) : pick(2) ? (uint32_t)rnd : 0;
		cfg_put(c, 0x10 + 4 * bar, value, mask);
	}
	cfg_put(c, 0x30, pick(2) ? (uint32_t)rnd : 1, pick(2) ? (uint32_t)rnd : 0xfffff801);
}

static void edit(struct card *c)
{
	unsigned int kind = pick(NR_KINDS);

	nr_of_kind[kind]++;
	switch (kind) {
	case 0:
		random_bytes(c->fn->cfg, 64, 1 + pick(4));
		break;
	case 1:
		loop_capabilities(c);
		break;
	case 2:
		loop_extended(c);
		break;
	case 3:
		bad_bars(c);
		break;
	case 4:		/* a bridge, a multifunction device, a type that is none */
		c->fn->cfg[0x0e] = (uint8_t)(pick(2) ? 1 | pick(2) << 7 : pick(256));
		random_bytes(c->fn->cfg + 0x18, 24, pick(8));
		break;
	default:
		random_bytes(c->fn->cfg, sizeof(c->fn->cfg), 8192);
		random_bytes(c->fn->wmask, sizeof(c->fn->wmask), 4096);
		if (pick(4))	/* else the kernel may see nobody */
			cfg_put(c, 0, 0x0fa11b36, 0);
	}
}

/* Now and then ids, type, BARs and capabilities become others on the way. */
static void on_alarm(int sig)
{
	static unsigned int left;

	(void)sig;
	if (!left)
		left = 1 + pick(6);
	if (!--left) {
		pull = 1;
		return;
	}
	if (!pick(2)) {
		random_bytes(card.func[0].cfg, pick(2) ? 0x40 : sizeof(card.func[0].cfg), 1 + pick(4));
		nr_changed++;
	}
}

int main(int argc, char **argv)
{
	uint64_t want = argc > 1 ? strtoull(argv[1], NULL, 10) : 100, done;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)time(NULL);
	const struct itimerval every = { { 0, 60000 }, { 0, 60000 } }, never = { 0 };
	uint32_t epoch = (uint32_t)getpid();
	struct card *c = &card;

	printf("configfuzz: seed %llu\n", (unsigned long long)seed);
	fflush(stdout);
	rnd = seed * 0x9e3779b97f4a7c15ull | 1;
	c->fault_off = 8;
	c->fault_left = -1;
	c->edit_config = edit;
	signal(SIGALRM, on_alarm);
	open_link(c, "/dev/pciem", 200);
	for (done = 0; done < want; done++) {
		uint64_t start = now_ns();

		start_session(c, ++epoch);
		setitimer(ITIMER_REAL, &every, NULL);
		serve(c);
		setitimer(ITIMER_REAL, &never, NULL);
		pull = 0;
		if (now_ns() - start > MAX_S * 1000000000ull) {
			printf("configfuzz: FAIL space %llu kept the kernel for %d s\n", (unsigned long long)done, MAX_S);
			return 1;
		}
	}
	printf("configfuzz: pass %llu spaces: %u headers, %u capability chains, %u extended chains, %u sets of BARs, %u types, %u of noise; %u changed on the way\n",
	       (unsigned long long)done, nr_of_kind[0], nr_of_kind[1], nr_of_kind[2], nr_of_kind[3], nr_of_kind[4],
	       nr_of_kind[5], nr_changed);
	return 0;
}
