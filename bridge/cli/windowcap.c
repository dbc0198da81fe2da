// SPDX-License-Identifier: Apache-2.0
#include "windowcap.h"

#include <unistd.h>

static bool is_inside(const struct riser_windowcap *cap, uint64_t cycle)
{
	return cycle >= cap->from && cycle < cap->to;
}

static void on_start(void *ctx, const struct riser_run_facts *facts)
{
	struct riser_windowcap *cap = ctx;

	riser_pcapng_observer.start(cap->pcapng, facts);
}

static void on_tlp(void *ctx, const struct riser_tlp_event *event)
{
	struct riser_windowcap *cap = ctx;

	if (is_inside(cap, event->cycle))
		riser_pcapng_observer.tlp(cap->pcapng, event);
}

static void on_sideband(void *ctx, uint64_t cycle, uint32_t levels)
{
	struct riser_windowcap *cap = ctx;

	if (is_inside(cap, cycle))
		riser_pcapng_observer.sideband(cap->pcapng, cycle, levels);
}

int riser_windowcap_open(struct riser_windowcap *cap, const char *path, uint64_t from, uint64_t to,
			 char *error)
{
	cap->from = from;
	cap->to = to;
	unlink(path);
	return riser_pcapng_open(path, &cap->pcapng, error);
}

struct riser_observer riser_windowcap_observer(struct riser_windowcap *cap)
{
	static const struct riser_observer_ops ops = {
		.start = on_start, .tlp = on_tlp, .sideband = on_sideband,
	};

	return (struct riser_observer){ &ops, cap };
}

void riser_windowcap_close(struct riser_windowcap *cap)
{
	riser_pcapng_close(cap->pcapng);
	cap->pcapng = NULL;
}
