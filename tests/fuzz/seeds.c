// SPDX-License-Identifier: Apache-2.0
/*
 * seeds VECTORS OUT: seed corpora for the fuzz targets, made of the TLPs in the
 * checker's vectors: each as a file for the codecs, each vector as a link for the
 * checker, all of them as a record and a capture, and texts for the two parsers.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <riser/record.h>

#include "../../bridge/pcapng.h"
#include "../../bridge/record_format.h"


/* few seeds cover what all of them do */
#define EVERY_TLP	32
#define EVERY_VECTOR	16
#define MAX_EVENTS	16
#define MAX_EVENT_BYTES	64

struct buffer {
	uint8_t bytes[1 << 15];
	size_t len;
};

static const char *out;
static struct riser_observer recorder, capture;
static uint64_t cycle, seq, nr_tlps, nr_vectors;

static const char *const rules[] = {
	"to-host type=CplD bar=0 offset=0x1c function=nvme_wait_ready nth=3 : drop",
	"to-card type=MWr bytes=4..64 every=2 after=1000 : delay cycles=500",
	"type=MSI-X permille=10 seed=7 times=3 : duplicate",
	"to-host type=CplD of=MRd data=0x1..0xff : corrupt data at=2 xor=0x80",
	"to-host type=CplD : corrupt byte_count set=8",
	"type=MRd tag=1..7 : ur", "type=Cpl mark=now : ca", "type=CplD : split boundary=64",
	"type=MWr : withhold cycles=100", "to-host : link-down", "type=MWr addr=0x1000..0x1fff : poison",
};
#define NR_RULES	(sizeof(rules) / sizeof(rules[0]))

static const char *const projects[] = {
	"riser: 1\nname: smoke\n",
	"riser: 1\nout: runs\ncard: {name: my card, top: my_card,\n  plusargs: [+a, +b=1],\n  x-init: 1, "
	"seed: 0x1f, completion-timeout: 40000}\ndriver: {name: nvme, modules: [ext4]}\n",
	"riser: 1\nguest:\n  kernel: 6.12\n  programs: [lspci]\n  env: {SIZE: 4}\n  smp: 1\n  timeout: 10m\n"
	"  deadline: 1s\n  local: true\n",
	"riser: 1\nrecord: {enabled: false, snapshots: true, snapshot-limit: 64}\nwaves: {when: never, "
	"before: 2us, max: 2, on-tlp: [type=MSI-X nth=2]}\nchecks: {config: cmp a b}\n",
	"riser: 1\nfaults:\n  - to-host type=CplD nth=3 : drop\n  - 'type=MSI-X : duplicate'\nwaivers:\n"
	"  - {rule: CPL-10, reason: next spin, until: 2999-12-31}\n",
};

__attribute__((format(printf, 1, 2)))
static void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

static void put(struct buffer *buffer, const void *bytes, size_t len)
{
	if (buffer->len + len > sizeof(buffer->bytes))
		return;
	memcpy(buffer->bytes + buffer->len, bytes, len);
	buffer->len += len;
}

static void put_byte(struct buffer *buffer, unsigned int byte)
{
	uint8_t b = (uint8_t)byte;

	put(buffer, &b, 1);
}

/* OUT/TARGET/HASH: equal contents are one file */
static void save(const char *target, const void *bytes, size_t len)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", out, target);
	mkdir(path, 0777);
	snprintf(path, sizeof(path), "%s/%s/%016llx", out, target,
		 (unsigned long long)riser_hash64(bytes, len, 0));
	f = fopen(path, "w");
	if (!f || fwrite(bytes, 1, len, f) != len || fclose(f))
		die("cannot write %s", path);
}

/* "4a000001 0000005a*4": bytes, groups repeated */
static size_t parse_hex(const char *text, uint8_t *bytes, size_t room)
{
	size_t len = 0, from = 0;
	unsigned int byte;
	int used;

	for (; *text && *text != '#' && *text != '\n'; text += used) {
		used = 1;
		if (*text == ' ') {
			from = len;
		} else if (*text == '*') {
			unsigned long nr = strtoul(text + 1, NULL, 10);
			size_t group = len - from;

			while (--nr && len + group <= room) {
				memcpy(bytes + len, bytes + from, group);
				len += group;
			}
			used = 1 + (int)strspn(text + 1, "0123456789");
		} else if (len < room && sscanf(text, "%2x", &byte) == 1) {
			bytes[len++] = (uint8_t)byte;
			used = 2;
		}
	}
	return len;
}

static bool no_name(const void *ctx, uint64_t addr, bool is_io, char *text, size_t size)
{
	(void)ctx, (void)addr, (void)is_io, (void)text, (void)size;
	return false;
}

static void observe(const struct riser_observer *observer, const uint8_t *bytes, uint32_t len, bool to_host)
{
	static const struct riser_tlp_names names = { .address = no_name };
	struct riser_tlp tlp;
	struct riser_tlp_caller caller = { .pc = 0xc0de, .pid = 7, .comm = "fio", .function = "f+0x1/0x2 [m]" };
	struct riser_tlp_event event = {
		.seq = seq, .request_seq = RISER_NO_SEQ, .cycle = cycle, .bytes = bytes, .len = len,
		.direction = to_host ? RISER_TO_HOST : RISER_TO_CARD, .site = to_host ? 0 : 1,
		.host_ns = to_host ? 0 : 1000 + cycle, .caller = to_host ? NULL : &caller,
		.names = &names,
	};

	if (riser_tlp_decode(&tlp, bytes, len))
		return;
	event.tlp = &tlp;
	event.tlp_class = riser_tlp_class(tlp.kind);
	observer->ops->tlp(observer->ctx, &event);
}

/* For the record and the capture, as many as an input of the fuzzer has room for. */
static void watch(const uint8_t *bytes, uint32_t len, bool to_host)
{
	if (seq == MAX_EVENTS || len > MAX_EVENT_BYTES)
		return;
	observe(&recorder, bytes, len, to_host);
	observe(&capture, bytes, len, to_host);
	seq++;
}

static void one_tlp(const uint8_t *bytes, size_t len, bool to_host, struct buffer *link, struct buffer *config)
{
	static struct buffer fault;

	if (nr_tlps++ % EVERY_TLP == 0) {
		save("tlp", bytes, len);
		watch(bytes, (uint32_t)len, to_host);
	}
	cycle += 10;
	if (len > 255)
		return;
	put_byte(link, to_host);
	put_byte(link, (unsigned int)len);
	put(link, bytes, len);
	put_byte(config, 1);
	put_byte(config, (unsigned int)len);
	put(config, bytes, len);
	if (nr_tlps >= NR_RULES * 8)
		return;
	fault.len = 0;
	put(&fault, rules[nr_tlps % NR_RULES], strlen(rules[nr_tlps % NR_RULES]) + 1);
	put(&fault, bytes, len);
	save("fault", fault.bytes, fault.len);
}

/* Each vector of a file: what crosses the link, one line each. */
static void read_vectors(const char *path)
{
	static struct buffer link, config;
	uint8_t bytes[RISER_TLP_MAX_BYTES];
	FILE *f = fopen(path, "r");
	char *line = NULL, mark[8];
	size_t size = 0, len;
	int used;

	if (!f)
		die("cannot read %s", path);
	link.len = config.len = 0;
	while (getline(&line, &size, f) >= 0) {
		if (!strncmp(line, "vector", 6)) {
			link.len = config.len = 0;
			put_byte(&link, 0);
			put_byte(&config, 0);
		}
		if (strstr(line, "expect") && link.len > 1 && nr_vectors++ % EVERY_VECTOR == 0) {
			save("check", link.bytes, link.len);
			save("config", config.bytes, config.len);
		}
		if (sscanf(line, " %7[<>!] %*u %n", mark, &used) != 1 || strstr(line, "class="))
			continue;
		len = parse_hex(line + used, bytes, sizeof(bytes));
		one_tlp(bytes, len, mark[0] == '<', &link, &config);
	}
	free(line);
	fclose(f);
}

/* The record as it is, and the records in its blocks, for a fuzzer that packs them. */
static void save_record(const char *path)
{
	static struct buffer file, blocks, raw;
	size_t at = 0, len;
	FILE *f = fopen(path, "r");

	put_byte(&file, 0);
	file.len += fread(file.bytes + 1, 1, sizeof(file.bytes) - 1, f);
	fclose(f);
	save("record", file.bytes, file.len);
	put_byte(&blocks, 1);
	put_byte(&blocks, 0x1e);
	for (at = 1; at + 8 + sizeof(struct riser_rec_block) < file.len;) {
		struct riser_rec_block head;

		memcpy(&head, file.bytes + at + 8, sizeof(head));
		at += 8 + sizeof(head);
		raw.len = ZSTD_decompress(raw.bytes, sizeof(raw.bytes), file.bytes + at, head.packed_bytes);
		if (ZSTD_isError(raw.len))
			break;
		at += head.packed_bytes;
		len = raw.len > 0xfff ? 0xfff : raw.len;
		put_byte(&blocks, len & 0xff);
		put_byte(&blocks, (unsigned int)(len >> 8));
		put(&blocks, raw.bytes, len);
	}
	save("record", blocks.bytes, blocks.len);
}

static void save_file(const char *target, const char *path)
{
	static struct buffer file;
	FILE *f = fopen(path, "r");

	file.len = fread(file.bytes, 1, sizeof(file.bytes), f);
	fclose(f);
	save(target, file.bytes, file.len);
}

static void start(const struct riser_observer *observer)
{
	static const struct riser_model_info info = {
		.clk_period_ps = 4000, .data_w = 64, .name = "ctest", .top = "ctest", .engine = "c",
	};
	const struct riser_run_facts facts = { .card = "ctest", .model_path = "m", .info = &info,
					       .timeout_cycles = 20000 };
	static const uint64_t frame[] = { 0xc0de, 0xc0ffee };
	const struct riser_site site = { .site = 1, .nr_frames = 2, .frame = frame, .text = "f\ng\n",
					 .function = "f+0x1/0x2 [m]" };

	observer->ops->start(observer->ctx, &facts);
	observer->ops->sideband(observer->ctx, 0, RISER_SB_LINK_UP);
	if (observer->ops->site)
		observer->ops->site(observer->ctx, &site);
}

static void finish(const struct riser_observer *observer)
{
	const struct riser_note note = { .source = RISER_NOTE_MARK, .cycle = cycle, .text = "here" };
	const struct riser_finding finding = { .cycle = cycle, .count = 1, .text = "CPL-10: late",
					       .function = "f", .side = "card" };

	observer->ops->note(observer->ctx, &note);
	if (observer->ops->finding)
		observer->ops->finding(observer->ctx, &finding);
	observer->ops->finish(observer->ctx, cycle);
}

int main(int argc, char **argv)
{
	char path[4096], rec_path[4096], cap_path[4096], error[512];
	struct riser_recorder *rec;
	struct riser_pcapng *cap;
	struct dirent **entry;
	int i, nr;
	size_t k;

	if (argc != 3)
		die("usage: seeds VECTORS OUT");
	out = argv[2];
	mkdir(out, 0777);
	snprintf(rec_path, sizeof(rec_path), "%s/record.tmp", out);
	snprintf(cap_path, sizeof(cap_path), "%s/capture.tmp", out);
	unlink(rec_path);
	unlink(cap_path);
	if (riser_recorder_open(rec_path, &rec, error) || riser_pcapng_open(cap_path, &cap, error))
		die("%s", error);
	recorder = (struct riser_observer){ &riser_recorder_observer, rec };
	capture = (struct riser_observer){ &riser_pcapng_observer, cap };
	start(&recorder);
	start(&capture);
	nr = scandir(argv[1], &entry, NULL, alphasort);
	if (nr < 0)
		die("cannot read %s", argv[1]);
	for (i = 0; i < nr; i++) {
		const char *dot = strrchr(entry[i]->d_name, '.');

		if (!dot || (strcmp(dot, ".vec") && strcmp(dot, ".inc")))
			continue;
		snprintf(path, sizeof(path), "%s/%s", argv[1], entry[i]->d_name);
		read_vectors(path);
	}
	finish(&recorder);
	finish(&capture);
	riser_recorder_close(rec);
	riser_pcapng_close(cap);
	save_record(rec_path);
	save_file("capture", cap_path);
	unlink(rec_path);
	unlink(cap_path);
	for (k = 0; k < sizeof(projects) / sizeof(projects[0]); k++)
		save("project", projects[k], strlen(projects[k]));
	save("reqtab", "\0\1\0\2\1\0\2\1\0\0\3\2\5\5\6\7", 16);
	save("ring", "\1\0\0\40\40\0\0\0\1\0\0\0\0\0\0\0\1\40\0", 19);
	save("config", "\1\0\4\0\7\0\0\0\5\30\0\1", 12);
	return 0;
}
