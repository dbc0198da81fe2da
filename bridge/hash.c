// SPDX-License-Identifier: Apache-2.0
/* XXH64, as published: fast, good, and the same on every machine. */
#define _GNU_SOURCE
#include <riser/record.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define P1 0x9e3779b185ebca87ULL
#define P2 0xc2b2ae3d27d4eb4fULL
#define P3 0x165667b19e3779f9ULL
#define P4 0x85ebca77c2b2ae63ULL
#define P5 0x27d4eb2f165667c5ULL

static uint64_t rotl(uint64_t x, unsigned int r)
{
	return x << r | x >> (64 - r);
}

static uint64_t load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static uint32_t load32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static uint64_t round64(uint64_t acc, uint64_t input)
{
	return rotl(acc + input * P2, 31) * P1;
}

static uint64_t merge(uint64_t acc, uint64_t value)
{
	return (acc ^ round64(0, value)) * P1 + P4;
}

static uint64_t avalanche(uint64_t h)
{
	h ^= h >> 33;
	h *= P2;
	h ^= h >> 29;
	h *= P3;
	return h ^ h >> 32;
}

/* Whole stripes of 32 bytes; @p is moved behind them. */
static uint64_t stripes(const uint8_t **p, const uint8_t *end, uint64_t seed)
{
	uint64_t v[4] = { seed + P1 + P2, seed + P2, seed, seed - P1 };
	uint64_t h;
	int i;

	for (; end - *p >= 32; *p += 32)
		for (i = 0; i < 4; i++)
			v[i] = round64(v[i], load64(*p + 8 * i));
	h = rotl(v[0], 1) + rotl(v[1], 7) + rotl(v[2], 12) + rotl(v[3], 18);
	for (i = 0; i < 4; i++)
		h = merge(h, v[i]);
	return h;
}

uint64_t riser_hash64(const void *data, uint64_t bytes, uint64_t seed)
{
	const uint8_t *p = data, *end = p ? p + bytes : p;
	uint64_t h;

	h = bytes >= 32 ? stripes(&p, end, seed) : seed + P5;
	h += bytes;
	for (; end - p >= 8; p += 8)
		h = rotl(h ^ round64(0, load64(p)), 27) * P1 + P4;
	if (end - p >= 4) {
		h = rotl(h ^ load32(p) * P1, 23) * P2 + P3;
		p += 4;
	}
	for (; p != end; p++)
		h = rotl(h ^ *p * P5, 11) * P1;
	return avalanche(h);
}

int riser_hash64_file(const char *path, uint64_t *hash, uint64_t *bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret = 0;
	struct stat st;
	void *map;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0) {
		ret = -errno;
	} else if (!S_ISREG(st.st_mode)) {
		ret = -EINVAL;
	} else if (!st.st_size) {
		*hash = riser_hash64(NULL, 0, 0);
		*bytes = 0;
	} else {
		*bytes = (uint64_t)st.st_size;
		map = mmap(NULL, *bytes, PROT_READ, MAP_PRIVATE, fd, 0);
		if (map == MAP_FAILED) {
			ret = -errno;
		} else {
			*hash = riser_hash64(map, *bytes, 0);
			munmap(map, *bytes);
		}
	}
	close(fd);
	return ret;
}

uint64_t riser_rec_tx_hash(uint64_t before, uint64_t cycle,
			   const uint8_t *bytes, uint32_t len)
{
	return riser_hash64(bytes, len, before ^ rotl(cycle * P1, 31) * P2);
}
