// SPDX-License-Identifier: Apache-2.0
#include "fixture.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <riser/finding.h>
#include <riser/link.h>

#include "../../../bridge/pcapng.h"
#include "../../../bridge/words.h"

#define CARD	0x0100
#define BASE	0xc0000000ULL
#define MESSAGE	0xfee00400ULL

struct maker {
	struct fx_run *run;
	struct riser_pcapng *pcapng;
	struct riser_words words;
	uint64_t cycle, seq, host_ns;
	uint16_t tag;
};

static uint64_t put(struct maker *m, enum riser_direction direction,
		    struct riser_tlp *tlp, const char *function,
		    uint64_t request_seq)
{
	uint8_t bytes[RISER_TLP_MAX_BYTES];
	int len = riser_tlp_encode(tlp, bytes, sizeof(bytes));
	struct riser_tlp_caller caller = {
		.pc = 0xffffffffc0001034, .pid = 41, .cpu = 1,
		.comm = "kworker/u4:0", .function = function, .frame = 1,
	};
	struct riser_tlp decoded;
	struct riser_tlp_event event = {
		.seq = m->seq, .request_seq = request_seq, .cycle = m->cycle,
		.bytes = bytes, .direction = direction,
		.tlp_class = riser_tlp_class((enum riser_tlp_kind)tlp->kind),
		.tlp = &decoded, .names = &m->words.names,
	};

	assert_true(len > 0);
	assert_int_equal(riser_tlp_decode(&decoded, bytes, (size_t)len), 0);
	event.len = (uint32_t)len;
	if (function) {
		event.caller = &caller;
		event.host_ns = m->host_ns;
		m->host_ns += 1000;
	}
	riser_words_learn(&m->words, &event);
	riser_pcapng_observer.tlp(m->pcapng, &event);
	return m->seq++;
}

static uint64_t complete(struct maker *m, enum riser_direction direction,
			 uint64_t request_seq, uint16_t tag, const void *data,
			 uint32_t bytes)
{
	struct riser_tlp cpl = {
		.kind = bytes ? RISER_TLP_CPLD : RISER_TLP_CPL, .tag = tag,
		.length_dw = (uint16_t)(bytes / 4),
		.byte_count = (uint16_t)(bytes ? bytes : 4), .data = data,
		.data_bytes = bytes,
		.completer = direction == RISER_TO_HOST ? CARD : 0,
		.requester = direction == RISER_TO_HOST ? 0 : CARD,
	};

	return put(m, direction, &cpl, NULL, request_seq);
}

static void cfg(struct maker *m, bool is_write, uint16_t reg, uint32_t value)
{
	struct riser_tlp tlp = {
		.kind = is_write ? RISER_TLP_CFGWR0 : RISER_TLP_CFGRD0,
		.tag = m->tag, .length_dw = 1, .first_be = 0xf, .target = CARD,
		.reg = reg, .data = is_write ? (uint8_t *)&value : NULL,
		.data_bytes = is_write ? 4 : 0,
	};
	uint64_t seq = put(m, RISER_TO_CARD, &tlp,
			   "fixture_probe+0x10/0x80 [fixture]", RISER_NO_SEQ);

	m->cycle += 4;
	complete(m, RISER_TO_HOST, seq, m->tag, &value, is_write ? 0 : 4);
	m->cycle += 2;
	m->tag = (uint16_t)((m->tag + 1) % 32);
}

static void mmio_write(struct maker *m, uint64_t offset, uint32_t value)
{
	struct riser_tlp tlp = {
		.kind = RISER_TLP_MWR, .length_dw = 1, .first_be = 0xf,
		.addr = BASE + offset, .data = (uint8_t *)&value,
		.data_bytes = 4,
	};

	put(m, RISER_TO_CARD, &tlp, "fixture_submit+0x8/0x40 [fixture]",
	    RISER_NO_SEQ);
	m->cycle++;
}

static uint64_t mmio_read(struct maker *m, uint64_t offset, bool answered)
{
	struct riser_tlp tlp = {
		.kind = RISER_TLP_MRD, .length_dw = 1, .first_be = 0xf,
		.addr = BASE + offset, .tag = m->tag,
	};
	uint64_t seq = put(m, RISER_TO_CARD, &tlp, FX_FUNCTION, RISER_NO_SEQ);
	uint32_t value = 1;

	m->run->access_cycle = m->cycle;
	m->cycle += FX_READ_CYCLES;
	if (answered)
		complete(m, RISER_TO_HOST, seq, m->tag, &value, 4);
	m->tag = (uint16_t)((m->tag + 1) % 32);
	return seq;
}

static void dma(struct maker *m, uint64_t addr)
{
	static const uint8_t data[FX_DMA_BYTES];
	struct riser_tlp read = {
		.kind = RISER_TLP_MRD, .length_dw = FX_DMA_BYTES / 4,
		.first_be = 0xf, .last_be = 0xf, .addr = addr, .tag = 3,
		.requester = CARD,
	};
	struct riser_tlp write = read;
	uint64_t seq = put(m, RISER_TO_HOST, &read, NULL, RISER_NO_SEQ);
	unsigned int i;

	m->cycle += 20;
	complete(m, RISER_TO_CARD, seq, 3, data, FX_DMA_BYTES);
	write.kind = RISER_TLP_MWR;
	write.tag = 0;
	write.data = data;
	write.data_bytes = FX_DMA_BYTES;
	for (i = 0; i < FX_BURST; i++, write.addr += FX_DMA_BYTES) {
		m->cycle += 8;
		put(m, RISER_TO_HOST, &write, NULL, RISER_NO_SEQ);
	}
}

static void interrupt(struct maker *m, uint32_t data)
{
	struct riser_tlp tlp = {
		.kind = RISER_TLP_MWR, .length_dw = 1, .first_be = 0xf,
		.addr = MESSAGE, .requester = CARD, .data = (uint8_t *)&data,
		.data_bytes = 4,
	};

	m->cycle += 3;
	put(m, RISER_TO_HOST, &tlp, NULL, RISER_NO_SEQ);
}

static void enumerate(struct maker *m)
{
	cfg(m, false, 0x00, 0x0001f1ac);
	cfg(m, false, 0x08, 0x01080201);
	cfg(m, false, 0x04, 0x00100000);
	cfg(m, true, 0x10, 0xffffffff);
	cfg(m, false, 0x10, 0xffffc004);
	cfg(m, true, 0x14, 0xffffffff);
	cfg(m, false, 0x14, 0xffffffff);
	cfg(m, true, 0x10, (uint32_t)BASE);
	cfg(m, true, 0x14, 0);
	cfg(m, false, 0x34, 0x50);
	cfg(m, false, 0x50, 0x00040011);
	cfg(m, false, 0x54, 0x2000);
	cfg(m, false, 0x58, 0x3000);
	cfg(m, true, 0x50, 0x80040011);
	cfg(m, true, 0x04, 0x00100406);
	mmio_write(m, 0x2000, (uint32_t)MESSAGE);
	mmio_write(m, 0x2004, 0);
	mmio_write(m, 0x2008, 1);
}

static void fail_at_last(struct maker *m)
{
	struct riser_finding finding = { .is_error = true };

	m->run->access_seq = mmio_read(m, 0x1c, false);
	m->cycle += 20000;
	finding.cycle = m->cycle;
	snprintf(finding.text, sizeof(finding.text), FX_FINDING);
	riser_pcapng_observer.finding(m->pcapng, &finding);
	mmio_write(m, 0x14, 0);
}

static void make_capture(struct fx_run *run)
{
	const struct riser_model_info info = {
		.name = "fixture", .top = "fx_top", .engine = "test",
		.clk_period_ps = FX_PERIOD_PS,
	};
	const struct riser_run_facts facts = { .card = "fixture", .info = &info };
	struct maker m = { .run = run, .cycle = 10, .host_ns = 4000000000 };
	char path[600], error[RISER_ERROR_BYTES];
	int i;

	snprintf(path, sizeof(path), "%s/run.pcapng", run->dir);
	assert_int_equal(riser_pcapng_open(path, &m.pcapng, error), 0);
	assert_int_equal(riser_words_init(&m.words), 0);
	riser_pcapng_observer.start(m.pcapng, &facts);
	riser_pcapng_observer.sideband(m.pcapng, m.cycle, RISER_SB_LINK_UP);
	enumerate(&m);
	m.host_ns = 5000000000;
	for (i = 0; i < FX_ROUNDS; i++) {
		if (i == FX_ROUNDS / 2)
			m.cycle += FX_GAP_CYCLES;
		mmio_read(&m, 0x1c, true);
		mmio_write(&m, 0x1000 + 8 * (uint64_t)(i % 2), (uint32_t)i);
		dma(&m, 0x100000 + 0x1000 * (uint64_t)i);
		interrupt(&m, 1);
	}
	if (run->fails)
		fail_at_last(&m);
	run->nr_tlps = m.seq;
	run->last_cycle = m.cycle;
	riser_words_fini(&m.words);
	riser_pcapng_close(m.pcapng);
}

static FILE *create(const struct fx_run *run, const char *name)
{
	char path[600];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", run->dir, name);
	f = fopen(path, "we");
	assert_non_null(f);
	return f;
}

static void make_result(const struct fx_run *run)
{
	FILE *f = create(run, "result.json");

	fprintf(f, "{\"schema\": 1, \"verdict\": \"%s\", \"why\": %s%s%s,\n",
		run->fails ? "FAIL" : "PASS", run->fails ? "\"" : "",
		run->fails ? FX_FINDING : "null", run->fails ? "\"" : "");
	fputs(" \"name\": \"fixture <b>\", \"card\": \"fixture\", \"driver\": \"fixture\",\n"
	      " \"kernel\": \"6.1.0-0-test\", \"sim_cycles\": 1013000, \"record\": null, \"wave\": null,\n"
	      " \"wall_s\": {\"build model\": 1.5, \"boot\": 3.25, \"probe\": 0.5, \"total\": 5.25},\n"
	      " \"checks\": [{\"name\": \"first\", \"passed\": true, \"seconds\": 0.5, \"detail\": \"\"},\n"
	      "  {\"name\": \"second\", \"passed\": false, \"seconds\": 1.0, \"detail\": \"1 < 2 & 3\"}],\n"
	      " \"values\": {}, \"troubles\": [], \"modules\": [], \"bridge\": {\"model\": {\"top\": \"fx_top\"}, \"findings\": [", f);
	if (run->fails)
		fprintf(f, "{\"kind\": \"completion timeout\", \"error\": true, \"count\": 2, \"text\": \"%s\",\n"
			"  \"access\": \"MRd32 BAR0+0x1c\", \"function\": \"%s\", \"stack\": [\"fixture_readl+0x4/0x20 [fixture]\", \"%s\"],\n"
			"  \"frame\": 1, \"caller\": \"cpu 1 pid 41 kworker/u4:0\", \"before\": \"\", \"cycle\": %" PRIu64 ", \"host_ns\": 5000400000,\n"
			"  \"tlp\": %" PRIu64 ", \"suspected\": \"card\", \"advice\": \"complete it\"}",
			FX_FINDING, FX_FUNCTION, FX_FUNCTION,
			run->access_cycle + FX_READ_CYCLES + 20000,
			run->access_seq);
	fputs("]}}\n", f);
	fclose(f);
}

void fx_run_make(struct fx_run *run, const char *dir, bool fails)
{
	FILE *f;

	memset(run, 0, sizeof(*run));
	snprintf(run->dir, sizeof(run->dir), "%s", dir);
	run->fails = fails;
	make_capture(run);
	make_result(run);
	f = create(run, "results.log");
	fputs("RISER1 boot 3.50 6.1.0-0-test\nRISER1 phase probe 3.90\n"
	      "noise\nRISER1 phase work 4.95\nRISER1 verdict pass 6.00 2 0\n", f);
	fclose(f);
	f = create(run, "console.log");
	fputs("[    1.000000] not of interest\n[    4.900000] fixture: <script>alert(1)</script>\n"
	      "[    5.100000] fixture 0010:01:00.0: not ready\n", f);
	fclose(f);
}

void fx_run_init(struct fx_run *run, bool fails)
{
	char dir[] = "/tmp/riser-report-XXXXXX";

	assert_non_null(mkdtemp(dir));
	fx_run_make(run, dir, fails);
}

void fx_run_fini(struct fx_run *run)
{
	static const char *const names[] = {
		"run.pcapng", "result.json", "results.log", "console.log",
		"report.html", "timeline.json",
	};
	char path[600];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", run->dir, names[i]);
		unlink(path);
	}
	assert_int_equal(rmdir(run->dir), 0);
}
