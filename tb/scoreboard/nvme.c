// SPDX-License-Identifier: Apache-2.0
/* The NVMe scoreboard: each TLP to the part that it concerns. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <riser/model.h>

#include "kinds.h"
#include "nvme.h"

static void keep_host_read(struct nvme *b, bool is_config, uint32_t where)
{
	uint64_t seq = b->event->seq;

	b->host_read[seq % 64] = (struct nvme_host_read){
		.seq = seq, .is_config = is_config, .where = where,
	};
}

static bool is_function_0(const struct riser_tlp *tlp)
{
	return !(tlp->target & 0xff);
}

static void on_host_read(struct nvme *b, const struct riser_tlp *tlp)
{
	const struct nvme_bar *bar = &b->bar[0];

	if (tlp->kind != RISER_TLP_MRD) {
		if (is_function_0(tlp))
			keep_host_read(b, true, tlp->reg);
	} else if (tlp->addr - bar->base < bar->size) {
		keep_host_read(b, false, (uint32_t)(tlp->addr - bar->base));
	}
}

static void to_card(struct nvme *b, const struct riser_tlp *tlp)
{
	if (b->event->host_ns)
		b->host_ns = b->event->host_ns;
	if (b->nr_owed)
		nvme_irq_time(b);
	switch (tlp->kind) {
	case RISER_TLP_MRD:
	case RISER_TLP_CFGRD0:
		on_host_read(b, tlp);
		break;
	case RISER_TLP_CFGWR0:
		if (is_function_0(tlp) && tlp->data)
			nvme_cfg_write(b, tlp);
		break;
	case RISER_TLP_MWR:
		nvme_bar_write(b, tlp);
		break;
	case RISER_TLP_CPL:
	case RISER_TLP_CPLD:
		nvme_card_data(b, tlp);
		break;
	default:
		break;
	}
}

static void on_value(struct nvme *b, const struct riser_tlp *tlp)
{
	const struct nvme_host_read *read = &b->host_read[b->event->request_seq % 64];
	uint32_t i;

	if (read->seq != b->event->request_seq || tlp->status != RISER_CPL_SC)
		return;
	for (i = 0; i + 4 <= tlp->data_bytes; i += 4)
		if (read->is_config)
			nvme_cfg_value(b, read->where, nvme_le32(tlp->data));
		else
			nvme_reg_value(b, read->where + i, nvme_le32(tlp->data + i));
}

static void to_host(struct nvme *b, const struct riser_tlp *tlp)
{
	switch (tlp->kind) {
	case RISER_TLP_MRD:
		nvme_card_read(b, tlp);
		break;
	case RISER_TLP_MWR:
		nvme_card_write(b, tlp);
		break;
	case RISER_TLP_CPLD:
		if (b->event->request_seq != RISER_NO_SEQ)
			on_value(b, tlp);
		break;
	default:
		break;
	}
	if (b->nr_owed)
		nvme_irq_time(b);
}

static void on_tlp(void *ctx, const struct riser_tlp_event *event)
{
	struct nvme *b = ctx;
	struct riser_tlp decoded;
	const struct riser_tlp *tlp = event->tlp;

	if (!tlp) {
		if (riser_tlp_decode(&decoded, event->bytes, event->len))
			return;
		tlp = &decoded;
	}
	b->event = event;
	b->cycle = event->cycle;
	if (event->direction == RISER_TO_CARD)
		to_card(b, tlp);
	else
		to_host(b, tlp);
	b->event = NULL;
}

static void on_sideband(void *ctx, uint64_t cycle, uint32_t levels)
{
	struct nvme *b = ctx;

	b->cycle = cycle;
	if (levels & RISER_SB_LINK_UP && !(levels & RISER_SB_PERST))
		return;
	nvme_disable(b);
	nvme_cfg_reset(b);
	memset(b->read, 0, sizeof(b->read));
}

static void on_site(void *ctx, const struct riser_site *site)
{
	struct nvme *b = ctx;
	char **more;
	uint32_t room;

	if (!site->function || site->site > 1U << 20)
		return;
	if (site->site >= b->site_room) {
		for (room = 64; room <= site->site; room *= 2)
			;
		more = realloc(b->site, room * sizeof(*more));
		if (!more)
			return;
		memset(more + b->site_room, 0, (room - b->site_room) * sizeof(*more));
		b->site = more;
		b->site_room = room;
	}
	free(b->site[site->site]);
	b->site[site->site] = strdup(site->function);
}

static void on_start(void *ctx, const struct riser_run_facts *facts)
{
	struct nvme *b = ctx;

	if (facts->info && facts->info->clk_period_ps)
		b->clk_period_ps = facts->info->clk_period_ps;
}

static void destroy(void *board)
{
	struct nvme *b = board;
	uint32_t i;

	nvme_disable(b);
	nvme_cmd_fini(b);
	nvme_lba_fini(b);
	for (i = 0; i < b->site_room; i++)
		free(b->site[i]);
	free(b->site);
	free(b);
}

static int create(const struct riser_scoreboard_config *config, void **board)
{
	struct nvme *b = calloc(1, sizeof(*b));
	uint32_t i;

	if (!b)
		return -ENOMEM;
	b->config = *config;
	b->clk_period_ps = 4000;
	b->page_bytes = 4096;
	b->lba_bytes = 512;
	for (i = 0; i < 64; i++)
		b->host_read[i].seq = RISER_NO_SEQ;
	if (nvme_cmd_init(b)) {
		nvme_cmd_fini(b);
		free(b);
		return -ENOMEM;
	}
	nvme_irq_power_on(b);
	*board = b;
	return 0;
}

const struct riser_scoreboard_ops riser_scoreboard_nvme = {
	.name = "nvme",
	.words = "NVMe: queues, commands, PRPs, contents of blocks, interrupts",
	.rules = nvme_rules,
	.create = create,
	.destroy = destroy,
	.observer = {
		.start = on_start,
		.tlp = on_tlp,
		.sideband = on_sideband,
		.site = on_site,
	},
};
