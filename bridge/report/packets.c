// SPDX-License-Identifier: Apache-2.0
#include "packets.h"

#include <stdio.h>
#include <string.h>

#include <riser/capture.h>
#include <riser/finding.h>

static void on_start(void *ctx, const struct riser_run_facts *facts)
{
	struct riser_packets *packets = ctx;

	snprintf(packets->hardware, sizeof(packets->hardware), "%s",
		 facts->card ? facts->card : "");
	packets->period_ps = facts->info->clk_period_ps;
}

static void on_tlp(void *ctx, const struct riser_tlp_event *event)
{
	struct riser_packets *packets = ctx;
	struct riser_packet packet = {
		.cycle = event->cycle, .host_ns = event->host_ns, .tlp = *event,
	};
	const struct riser_tlp *tlp = event->tlp;
	bool is_io, is_memory;
	char place[64];

	is_io = tlp && (tlp->kind == RISER_TLP_IORD ||
			tlp->kind == RISER_TLP_IOWR);
	is_memory = tlp && tlp->kind <= RISER_TLP_MWR;
	if (event->direction == RISER_TO_CARD && (is_io || is_memory) &&
	    event->names->address(event->names->ctx, tlp->addr, is_io, place,
				  sizeof(place)))
		packet.place = place;
	packets->take(packets->ctx, &packet);
}

static void note(struct riser_packets *packets, uint64_t cycle,
		 uint64_t host_ns, const char *text)
{
	struct riser_packet packet = {
		.cycle = cycle, .host_ns = host_ns, .note = text,
	};

	packet.tlp.seq = packet.tlp.request_seq = RISER_NO_SEQ;
	packets->take(packets->ctx, &packet);
}

static void on_sideband(void *ctx, uint64_t cycle, uint32_t levels)
{
	char text[64];

	snprintf(text, sizeof(text), "%s%s%s",
		 levels & RISER_SB_PERST ? "PERST# asserted, " : "",
		 levels & RISER_SB_HOT_RESET ? "hot reset, " : "",
		 levels & RISER_SB_LINK_UP ? "link up" : "link down");
	note(ctx, cycle, 0, text);
}

static void on_note(void *ctx, const struct riser_note *event)
{
	note(ctx, event->cycle, event->host_ns, event->text);
}

static void on_finding(void *ctx, const struct riser_finding *finding)
{
	note(ctx, finding->cycle, finding->host_ns, finding->text);
}

int riser_packets_read(struct riser_packets *packets, const char *path,
		       char *error)
{
	static const struct riser_observer_ops ops = {
		.start = on_start, .tlp = on_tlp, .sideband = on_sideband,
		.note = on_note, .finding = on_finding,
	};
	const struct riser_observer observer = { &ops, packets };
	struct riser_capture_summary summary;
	int ret = riser_capture_play(path, &observer, 0, &summary, error);

	packets->is_cut = summary.is_damaged;
	return ret;
}
