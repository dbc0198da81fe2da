// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "support.h"

static void test_phase_same_name_adds_up(void **state)
{
	struct riser_phases phases;

	(void)state;
	riser_phases_init(&phases);

	riser_phases_begin(&phases, "a");
	riser_phases_begin(&phases, "b");
	riser_phases_begin(&phases, "a");
	usleep(2000);
	riser_phases_end(&phases);

	assert_int_equal(phases.nr, 2);
	assert_string_equal(phases.phase[0].name, "a");
	assert_string_equal(phases.phase[1].name, "b");
	assert_true(phases.phase[0].seconds >= 0.002);
	assert_int_equal(phases.current, -1);
}

static void test_phase_more_than_there_is_room_for_are_not_kept(void **state)
{
	struct riser_phases phases;
	char name[16];
	int i;

	(void)state;
	riser_phases_init(&phases);

	for (i = 0; i < RISER_MAX_PHASES + 4; i++) {
		snprintf(name, sizeof(name), "p%d", i);
		riser_phases_begin(&phases, name);
	}

	assert_int_equal(phases.nr, RISER_MAX_PHASES);
	assert_int_equal(phases.current, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_phase_same_name_adds_up),
		cmocka_unit_test(test_phase_more_than_there_is_room_for_are_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
