// SPDX-License-Identifier: Apache-2.0
/* A capture (pcapng) of any bytes, played to an observer that looks at everything. */
#define _GNU_SOURCE
#include <riser/capture.h>
#include <riser/finding.h>
#include <riser/link.h>

#include "memory_file.h"

#define MAX_FILE	(1u << 16)

static uint64_t sum;

static void use(const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	while (p && len--)
		sum += *p++;
}

static void on_tlp(void *ctx, const struct riser_tlp_event *event)
{
	char text[RISER_TLP_TEXT_BYTES];

	(void)ctx;
	use(event->bytes, event->len);
	use(riser_tlp_print(event->bytes, event->len, event->names, text, sizeof(text)), 1);
	if (event->tlp)
		use(event->tlp->data, event->tlp->data_bytes);
	if (event->caller) {
		use(event->caller->comm, strlen(event->caller->comm));
		use(event->caller->function, event->caller->function ? strlen(event->caller->function) : 0);
	}
}

static void on_note(void *ctx, const struct riser_note *note)
{
	(void)ctx;
	use(note->text, note->text ? strlen(note->text) : 0);
}

static void on_finding(void *ctx, const struct riser_finding *finding)
{
	(void)ctx;
	use(finding, sizeof(*finding));
}

static const struct riser_observer_ops ops = {
	.tlp = on_tlp, .lost = on_tlp, .note = on_note, .finding = on_finding,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct riser_observer observer = { .ops = &ops };
	struct riser_capture_summary summary;
	char error[RISER_ERROR_BYTES] = "";
	int ret;

	ret = riser_capture_play(memory_file(data, size > MAX_FILE ? MAX_FILE : size), &observer, 0,
				 &summary, error);
	MUST(!ret || error[0]);
	MUST(!summary.is_damaged || summary.trouble[0]);
	MUST(!memchr(error, '\n', strlen(error)));
	return 0;
}
