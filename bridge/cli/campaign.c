// SPDX-License-Identifier: Apache-2.0
/* The list of a fault campaign, from a file or built in. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../diagnostic.h"
#include "../super/super.h"
#include "campaign.h"

#define MAX_FILE_BYTES	(1U << 20)
#define DEFAULT_EXPECT	(1U << RISER_OUTCOME_RECOVERED | \
			 1U << RISER_OUTCOME_FAILED)

static const char *const outcomes[RISER_NR_OUTCOMES + 1] = {
	[RISER_OUTCOME_NONE] = "not-run",
	[RISER_OUTCOME_RECOVERED] = "recovered",
	[RISER_OUTCOME_FAILED] = "failed-cleanly",
	[RISER_OUTCOME_HUNG] = "hung",
	[RISER_OUTCOME_OOPS] = "oops",
	[RISER_OUTCOME_CORRUPTION] = "silent-corruption",
	[RISER_OUTCOME_NOT_HIT] = "not-hit",
};

const char *riser_outcome_name(enum riser_outcome outcome)
{
	return outcomes[outcome];
}

enum riser_outcome riser_outcome_find(const char *name)
{
	int i;

	for (i = 0; name && i < RISER_NR_OUTCOMES; i++)
		if (!strcmp(outcomes[i], name))
			return (enum riser_outcome)i;
	return RISER_OUTCOME_NONE;
}

/* A line of the list, while it is read. */
struct line {
	const char *path;
	unsigned int number;
	const char *text;
	const char *at;
};

static int complain(const struct line *line, const char *at, uint32_t len,
		    const char *text)
{
	char where[600];

	snprintf(where, sizeof(where), "%s:%u", line->path, line->number);
	riser_complain(stderr, where, line->text,
		       (uint32_t)(at - line->text) + 1, len, text);
	return RISER_EXIT_USAGE;
}

static const char *word(struct line *line, uint32_t *len)
{
	const char *at;

	line->at += strspn(line->at, " \t");
	at = line->at;
	*len = (uint32_t)strcspn(at, " \t");
	line->at += *len;
	return at;
}

static int read_expect(struct line *line, struct riser_campaign_case *c)
{
	char list[128], text[256], *rest = list, *name;
	const char *at, *near;
	uint32_t len;
	int i;

	line->at += strspn(line->at, " \t");
	if (strncmp(line->at, "expect=", 7))
		return 0;
	at = word(line, &len);
	snprintf(list, sizeof(list), "%.*s", (int)len - 7, at + 7);
	c->expect = 0;
	while ((name = strsep(&rest, ","))) {
		for (i = RISER_OUTCOME_RECOVERED; i < RISER_NR_OUTCOMES; i++)
			if (!strcmp(outcomes[i], name))
				break;
		if (i < RISER_NR_OUTCOMES) {
			c->expect |= 1U << i;
			continue;
		}
		near = riser_nearest(name, outcomes);
		snprintf(text, sizeof(text), near ?
			 "no outcome '%s'; did you mean '%s'?" :
			 "no outcome '%s': recovered, failed-cleanly, hung, oops, silent-corruption, not-hit are known",
			 name, near);
		return complain(line, at, len, text);
	}
	return 0;
}

static int read_line(struct line *line, struct riser_campaign *campaign)
{
	struct riser_campaign_case *c = &campaign->c[campaign->nr];
	struct riser_fault_error error;
	struct riser_fault fault;
	const char *at;
	uint32_t len;
	size_t i;
	int ret;

	at = word(line, &len);
	memset(c, 0, sizeof(*c));
	c->expect = DEFAULT_EXPECT;
	if (len >= sizeof(c->name) || strcspn(at, "/=:") < len || *at == '.')
		return complain(line, at, len,
				"a line begins with a name: at most 47 characters, no '/', ':' or '='");
	memcpy(c->name, at, len);
	for (i = 0; i < campaign->nr; i++)
		if (!strcmp(campaign->c[i].name, c->name))
			return complain(line, at, len,
					"this name is taken by a fault above");
	ret = read_expect(line, c);
	if (ret)
		return ret;
	line->at += strspn(line->at, " \t");
	if (riser_fault_parse(line->at, &fault, &error))
		return complain(line, line->at + error.column - 1, error.len,
				error.text);
	snprintf(c->rule, sizeof(c->rule), "%s", line->at);
	campaign->nr++;
	return 0;
}

static int read_lines(const char *path, char *text,
		      struct riser_campaign *campaign)
{
	struct line line = { .path = path };
	struct riser_campaign_case *more;
	char *next = text;
	int ret = 0;

	while (!ret && (text = strsep(&next, "\n"))) {
		line.number++;
		line.text = line.at = text;
		text[strcspn(text, "\r")] = '\0';
		text += strspn(text, " \t");
		if (!*text || *text == '#')
			continue;
		more = realloc(campaign->c,
			       (campaign->nr + 1) * sizeof(*more));
		if (!more)
			return RISER_EXIT_ENV;
		campaign->c = more;
		ret = read_line(&line, campaign);
	}
	if (!ret && !campaign->nr) {
		fprintf(stderr, "riser: error: %s: no fault in it\n", path);
		ret = RISER_EXIT_USAGE;
	}
	return ret;
}

static char *read_file(const char *path)
{
	char *text = calloc(1, MAX_FILE_BYTES + 1);
	FILE *f = fopen(path, "re");
	size_t n = 0;

	if (f && text)
		n = fread(text, 1, MAX_FILE_BYTES, f);
	if (!f || (!n && ferror(f))) {
		fprintf(stderr, "riser: error: %s: %s\n", path, strerror(errno));
		free(text);
		text = NULL;
	}
	if (f)
		fclose(f);
	return text;
}

int riser_campaign_read(const char *path, struct riser_campaign *campaign)
{
	char *text = strcmp(path, "builtin") ? read_file(path) :
					       strdup(riser_campaign_builtin);
	int ret;

	if (!text)
		return RISER_EXIT_USAGE;
	ret = read_lines(path, text, campaign);
	free(text);
	return ret;
}

void riser_campaign_free(struct riser_campaign *campaign)
{
	free(campaign->c);
}
