// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cfgdump.h"

static void on_request(struct riser_cfgdump *dump,
		       const struct riser_tlp_event *event)
{
	const struct riser_tlp *tlp = event->tlp;

	if (tlp->kind != RISER_TLP_CFGRD0)
		return;
	dump->pending[tlp->tag].is_pending = true;
	dump->pending[tlp->tag].bdf = tlp->target;
	dump->pending[tlp->tag].reg = tlp->reg;
	dump->pending[tlp->tag].first_be = tlp->first_be;
}

static void on_completion(struct riser_cfgdump *dump,
			  const struct riser_tlp *tlp)
{
	unsigned int fn, i, tag = tlp->tag, reg = dump->pending[tag].reg;

	if (!dump->pending[tag].is_pending)
		return;
	dump->pending[tag].is_pending = false;
	fn = dump->pending[tag].bdf & 7;
	if (tlp->kind != RISER_TLP_CPLD || tlp->status != RISER_CPL_SC ||
	    tlp->data_bytes != 4 || reg > 4092)
		return;
	dump->bus = (uint8_t)(dump->pending[tag].bdf >> 8);
	for (i = 0; i < 4; i++) {
		if (!(dump->pending[tag].first_be & 1u << i))
			continue;
		dump->space[fn][reg + i] = tlp->data[i];
		dump->seen[fn][reg + i] = 1;
	}
}

static void on_tlp(void *ctx, const struct riser_tlp_event *event)
{
	struct riser_cfgdump *dump = ctx;

	if (!event->tlp)
		return;
	if (event->direction == RISER_TO_CARD)
		on_request(dump, event);
	else if (riser_tlp_is_completion(event->tlp->kind))
		on_completion(dump, event->tlp);
}

const struct riser_observer_ops riser_cfgdump_ops = { .tlp = on_tlp };

static void write_function(const struct riser_cfgdump *dump, unsigned int fn,
			   FILE *f)
{
	unsigned int i;

	fprintf(f, "%02x:00.%u card\n", dump->bus, fn);
	for (i = 0; i < 4096; i++) {
		if (!(i & 15))
			fprintf(f, "%0*x:", i < 256 ? 2 : 3, i);
		fprintf(f, " %02x", dump->space[fn][i]);
		if ((i & 15) == 15)
			fputc('\n', f);
	}
	fputc('\n', f);
}

int riser_cfgdump_write(const struct riser_cfgdump *dump, const char *path)
{
	unsigned int fn;
	int ret = 0;
	FILE *f = fopen(path, "we");

	if (!f)
		return -errno;
	for (fn = 0; fn < RISER_CFGDUMP_FUNCTIONS; fn++)
		if (dump->seen[fn][0])
			write_function(dump, fn, f);
	if (ferror(f))
		ret = -EIO;
	if (fclose(f) && !ret)
		ret = -errno;
	return ret;
}
