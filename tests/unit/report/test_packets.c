// SPDX-License-Identifier: Apache-2.0
/* run.pcapng as the real writer makes it comes back field by field. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../../bridge/report/packets.h"
#include "fixture.h"

struct seen {
	struct riser_packets packets;
	uint64_t nr, notes, reads, answers;
	bool has_finding;
};

static void take(void *ctx, const struct riser_packet *packet)
{
	struct seen *seen = ctx;

	if (packet->note) {
		seen->notes++;
		seen->has_finding |= !strcmp(packet->note, FX_FINDING);
		return;
	}
	assert_int_equal(packet->tlp.seq, seen->nr++);
	assert_non_null(packet->tlp.tlp);
	seen->answers += packet->tlp.request_seq != RISER_NO_SEQ;
	if (!packet->place || strcmp(packet->place, "BAR0+0x1c"))
		return;
	seen->reads++;
	assert_int_equal(packet->tlp.tlp->kind, RISER_TLP_MRD);
	assert_string_equal(packet->tlp.caller->function, FX_FUNCTION);
	assert_string_equal(packet->tlp.caller->comm, "kworker/u4:0");
	assert_int_equal(packet->tlp.caller->frame, 1);
	assert_int_equal(packet->tlp.caller->pid, 41);
	assert_int_equal(packet->tlp.caller->cpu, 1);
	assert_true(packet->host_ns > 0);
}

static int read_run(struct seen *seen, const char *path)
{
	char error[RISER_ERROR_BYTES];

	memset(seen, 0, sizeof(*seen));
	seen->packets.take = take;
	seen->packets.ctx = seen;
	return riser_packets_read(&seen->packets, path, error);
}

static void test_packets_are_what_was_written(void **state)
{
	struct fx_run run;
	struct seen seen;
	char path[600];

	(void)state;
	fx_run_init(&run, true);
	snprintf(path, sizeof(path), "%s/run.pcapng", run.dir);
	assert_int_equal(read_run(&seen, path), 0);
	assert_string_equal(seen.packets.hardware, "fixture (fx_top, test)");
	assert_int_equal(seen.packets.period_ps, FX_PERIOD_PS);
	assert_false(seen.packets.is_cut);
	assert_int_equal(seen.nr, run.nr_tlps);
	/* the link, and the finding */
	assert_int_equal(seen.notes, 2);
	assert_true(seen.has_finding);
	assert_int_equal(seen.reads, FX_ROUNDS + 1);
	/* 15 configuration accesses; a register read and a DMA read each round */
	assert_int_equal(seen.answers, 15 + 2 * FX_ROUNDS);
	fx_run_fini(&run);
}

static void test_packets_of_a_cut_capture_end_there(void **state)
{
	struct fx_run run;
	struct seen seen;
	char path[600];

	(void)state;
	fx_run_init(&run, false);
	snprintf(path, sizeof(path), "%s/run.pcapng", run.dir);
	assert_int_equal(truncate(path, 20001), 0);
	assert_int_equal(read_run(&seen, path), 0);
	assert_true(seen.packets.is_cut);
	assert_true(seen.nr > 10 && seen.nr < run.nr_tlps);
	fx_run_fini(&run);
}

static void test_packets_are_in_captures_only(void **state)
{
	struct seen seen;

	(void)state;
	assert_int_equal(read_run(&seen, "/nonexistent/x"), -ENOENT);
	assert_int_equal(read_run(&seen, "/etc/passwd"), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packets_are_what_was_written),
		cmocka_unit_test(test_packets_of_a_cut_capture_end_there),
		cmocka_unit_test(test_packets_are_in_captures_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
