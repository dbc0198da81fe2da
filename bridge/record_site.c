// SPDX-License-Identifier: Apache-2.0
/* The call sites of a log, by their numbers. Most logs have a few hundred. */
#include "record_internal.h"

#include <stdlib.h>
#include <string.h>

static const struct riser_rec_log_site *find(const struct riser_rec_log *log, uint32_t nr)
{
	const struct riser_rec_log_site *page = NULL;

	if (nr < RISER_REC_MAX_SITES)
		page = log->site[nr / RISER_REC_PAGE_SITES];
	return page ? page + nr % RISER_REC_PAGE_SITES : NULL;
}

const struct riser_rec_log_site *riser_rec_find_site(const struct riser_rec_log *log,
						     uint32_t site, uint64_t pc)
{
	const struct riser_rec_log_site *known = site ? find(log, site) : NULL;
	uint32_t i;

	if (known && known->function)
		return known;
	for (i = 1; pc && i <= log->max_site; i++) {
		known = find(log, i);
		if (!known)
			i |= RISER_REC_PAGE_SITES - 1;	/* nor any other of its page */
		else if (known->nr_frames && known->frame[0] == pc)
			return known;
	}
	return NULL;
}

static void free_site(struct riser_rec_log_site *site)
{
	free(site->frame);
	free(site->text);
	free(site->function);
	memset(site, 0, sizeof(*site));
}

struct riser_rec_log_site *riser_rec_new_site(struct riser_rec_log *log, uint32_t nr)
{
	struct riser_rec_log_site **page = &log->site[nr / RISER_REC_PAGE_SITES];
	struct riser_rec_log_site *site;

	if (!*page)
		*page = calloc(RISER_REC_PAGE_SITES, sizeof(**page));
	if (!*page)
		return NULL;
	if (nr > log->max_site)
		log->max_site = nr;
	site = *page + nr % RISER_REC_PAGE_SITES;
	free_site(site);
	return site;
}

void riser_rec_free_sites(struct riser_rec_log *log)
{
	struct riser_rec_log_site *page;
	uint32_t i, k;

	for (i = 0; i < RISER_REC_MAX_SITES / RISER_REC_PAGE_SITES; i++) {
		page = log->site[i];
		for (k = 0; page && k < RISER_REC_PAGE_SITES; k++)
			free_site(&page[k]);
		free(page);
	}
}
