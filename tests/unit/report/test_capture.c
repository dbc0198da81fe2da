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

#include "../../../bridge/report/capture.h"
#include "fixture.h"

static struct riser_capture *open_run(const struct fx_run *run)
{
	char path[600], error[RISER_ERROR_BYTES];
	struct riser_capture *capture;

	snprintf(path, sizeof(path), "%s/run.pcapng", run->dir);
	assert_int_equal(riser_capture_open(path, &capture, error), 0);
	return capture;
}

static void test_capture_gives_back_what_was_written(void **state)
{
	struct riser_capture *capture;
	struct riser_packet packet;
	uint64_t nr = 0, notes = 0, reads = 0, answers = 0;
	struct fx_run run;
	int ret;

	(void)state;
	fx_run_init(&run, true);
	capture = open_run(&run);
	assert_string_equal(riser_capture_hardware(capture),
			    "fixture (fx_top, test)");
	while ((ret = riser_capture_next(capture, &packet)) == 1) {
		if (packet.note) {
			notes++;
			continue;
		}
		assert_int_equal(packet.tlp.seq, nr++);
		assert_non_null(packet.tlp.tlp);
		if (packet.place && !strcmp(packet.place, "BAR0+0x1c")) {
			reads++;
			assert_int_equal(packet.tlp.tlp->kind, RISER_TLP_MRD);
			assert_string_equal(packet.tlp.caller->function,
					    FX_FUNCTION);
			assert_string_equal(packet.tlp.caller->comm,
					    "kworker/u4:0");
			assert_int_equal(packet.tlp.caller->frame, 1);
			assert_int_equal(packet.tlp.caller->pid, 41);
			assert_int_equal(packet.tlp.caller->cpu, 1);
		}
		answers += packet.tlp.request_seq != RISER_NO_SEQ;
	}
	assert_int_equal(ret, 0);
	assert_int_equal(nr, run.nr_tlps);
	assert_int_equal(notes, 2);
	assert_int_equal(reads, FX_ROUNDS + 1);
	/* 15 configuration accesses; a register read and a DMA read each round */
	assert_int_equal(answers, 15 + 2 * FX_ROUNDS);
	assert_int_equal(riser_capture_period_ps(capture), FX_PERIOD_PS);
	riser_capture_close(capture);
	fx_run_fini(&run);
}

static void test_capture_that_is_cut_ends_there(void **state)
{
	struct riser_capture *capture;
	struct riser_packet packet;
	struct fx_run run;
	uint64_t nr = 0;
	char path[600];
	int ret;

	(void)state;
	fx_run_init(&run, false);
	snprintf(path, sizeof(path), "%s/run.pcapng", run.dir);
	assert_int_equal(truncate(path, 20001), 0);
	capture = open_run(&run);
	while ((ret = riser_capture_next(capture, &packet)) == 1)
		nr++;
	assert_int_equal(ret, -ENODATA);
	assert_true(nr > 10 && nr < run.nr_tlps);
	riser_capture_close(capture);
	fx_run_fini(&run);
}

static void test_capture_refuses_other_files(void **state)
{
	char error[RISER_ERROR_BYTES];
	struct riser_capture *capture;

	(void)state;
	assert_int_equal(riser_capture_open("/nonexistent/x", &capture, error),
			 -ENOENT);
	assert_non_null(strstr(error, "capture /nonexistent/x: No such file"));
	assert_int_equal(riser_capture_open("/etc/passwd", &capture, error),
			 -EBADMSG);
	assert_non_null(strstr(error, "no pcapng file"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_capture_gives_back_what_was_written),
		cmocka_unit_test(test_capture_that_is_cut_ends_there),
		cmocka_unit_test(test_capture_refuses_other_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
