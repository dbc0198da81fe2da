// SPDX-License-Identifier: Apache-2.0
/*
 * The checker: a link of any TLPs, of any age, with everything else that can
 * happen to it in between. The first reports are printed, at any size of text.
 */
#define _GNU_SOURCE
#include <riser/check.h>

#include "recycle.h"

#define MAX_TEXTS	2	/* of an execution: words take longer than to judge */

static uint32_t nr_reports, nr_fields;

static void on_report(void *ctx, const struct riser_check_report *report)
{
	char text[RISER_CHECK_TEXT_BYTES];
	size_t size;

	(void)ctx;
	MUST(report->rule && report->rule->id);
	if (nr_reports == MAX_TEXTS)
		return;
	size = 1 + (report->cycle + nr_reports++ * 37) % sizeof(text);
	MUST(strlen(riser_check_print(report, text, size)) < size);
}

static void tlp(struct riser_check *check, struct input *in, uint64_t cycle, uint8_t how)
{
	struct riser_check_tlp t = { .cycle = cycle, .direction = how & 1, .channel = RISER_CHECK_NO_CLASS,
				     .is_injected = (how & 0xc0) == 0xc0 };
	size_t len = input_u8(in);
	const uint8_t *from = input_take(in, len, &len);
	uint8_t *bytes = input_copy(from, len);
	char text[RISER_CHECK_TEXT_BYTES];

	if (how & 2)
		t.channel = how >> 2 & 3;
	t.bytes = bytes;
	t.len = (uint32_t)len;
	if (how & 0x20)
		riser_check_sent(check, t.direction, bytes, t.len);
	MUST(riser_check_tlp(check, &t) <= RISER_CHECK_REJECT);
	if (nr_fields++ < MAX_TEXTS)
		riser_check_fields(bytes, t.len, text, 1 + cycle % sizeof(text));
	free(bytes);
}

static void other(struct riser_check *check, struct input *in, uint64_t cycle, uint8_t how)
{
	uint64_t addr = (uint64_t)input_u16(in) << 12;

	switch (how >> 3 & 7) {
	case 0:
		riser_check_sideband(check, cycle, input_u8(in));
		break;
	case 1:
		riser_check_map(check, addr, input_u16(in), how >> 6);
		break;
	case 2:
		riser_check_unmap(check, addr);
		break;
	case 3:
		riser_check_note(check, (enum riser_check_note)((how >> 6) % 3), cycle, "noise");
		break;
	case 4:
		riser_check_credit_init(check, cycle, how >> 7, (enum riser_tlp_class)(addr >> 12 & 1),
					input_u8(in), input_u16(in));
		break;
	case 5:
		riser_check_status(check, cycle, input_u8(in));
		break;
	case 6:
		riser_check_region(check, addr, input_u16(in));
		break;
	default:
		riser_check_time(check, cycle);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct riser_check_config config = { .report = on_report };
	struct input in = { data, size };
	struct riser_check *check;
	uint64_t cycle = 1000;
	uint8_t how = input_u8(&in);

	nr_reports = nr_fields = 0;
	config.has_order = how & 1;
	config.card_timeout_cycles = how & 2 ? 5000 : 0;
	config.host_rcb_bytes = how & 4 ? 128 : 64;
	MUST(!riser_check_create(&config, &check));
	riser_check_sideband(check, 0, RISER_SB_LINK_UP);
	while (in.left) {
		how = input_u8(&in);
		cycle += how & 0x10 ? input_u16(&in) : 10;
		if ((how & 7) < 6)
			tlp(check, &in, cycle, how);
		else
			other(check, &in, cycle, how);
	}
	riser_check_end(check, cycle);
	riser_check_destroy(check);
	recycle_check();
	return 0;
}
