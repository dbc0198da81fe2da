// SPDX-License-Identifier: Apache-2.0
/* Which failure: what of a finding is the same in another run. */
#include <riser/play.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Copies words of an access without " tag N" and without a value (" = ..."). */
static void copy_access(char *to, size_t size, const char *words)
{
	const char *tag = strstr(words, " tag "), *rest;
	size_t len = tag ? (size_t)(tag - words) : strlen(words);

	if (!tag) {
		snprintf(to, size, "%s", words);
	} else {
		rest = tag + strlen(" tag ");
		rest += strspn(rest, "0123456789");
		snprintf(to, size, "%.*s%s", (int)len, words, rest);
	}
	/* what "before" adds */
	if (strrchr(to, ',') && strstr(to, " earlier"))
		*strrchr(to, ',') = '\0';
}

/* "write of 4 bytes" of "... write of 4 bytes at 0x...": where is the run's own. */
static void copy_dma(char *to, size_t size, const char *text)
{
	const char *at = strstr(text, " bytes at 0x"), *from = at;

	to[0] = '\0';
	if (!at)
		return;
	while (from > text && isdigit((unsigned char)from[-1]))
		from--;
	if (from - text < 5 || strncmp(from - 4, " of ", 4))
		return;
	for (from -= 4; from > text && isalpha((unsigned char)from[-1]);)
		from--;
	snprintf(to, size, "%.*s bytes", (int)(at - from), from);
}

/* Addresses of host memory are the run's own: "0x100004000" becomes "0x.". */
static void mask_addresses(char *text)
{
	char *at = text, *end;
	size_t len;

	while ((at = strstr(at, "0x"))) {
		at += 2;
		len = strspn(at, "0123456789abcdef");
		end = at + len;
		if (len < 7 || (at >= text + 3 && at[-3] == '+'))
			continue;
		*at++ = '.';
		memmove(at, end, strlen(end) + 1);
	}
}

/* Names of registers: another run may know none. "BAR0+0x1c (CSTS)" is "BAR0+0x1c". */
static void drop_names(char *text)
{
	char *at = text, *end;

	while ((at = strstr(at, "+0x"))) {
		at += 3;
		at += strspn(at, "0123456789abcdef");
		end = strncmp(at, " (", 2) ? NULL : strchr(at, ')');
		if (end)
			memmove(at, end + 1, strlen(end + 1) + 1);
	}
}

/* "CPL-10: ..." */
/* A scoreboard's wrong block: another block is another failure. */
static void add_block(char *to, size_t size, const char *text)
{
	const char *block = strstr(text, ": LBA ");
	size_t used = strlen(to);

	if (block)
		snprintf(to + used, size - used, " LBA %llu",
			 strtoull(block + strlen(": LBA "), NULL, 10));
}

static bool is_rule(const struct riser_finding *finding)
{
	size_t len = strcspn(finding->text, ":");

	return finding->kind == RISER_FINDING_OTHER &&
	       finding->text[len] == ':' && len < 32 &&
	       !memchr(finding->text, ' ', len);
}

void riser_failure_of(const struct riser_finding *finding,
		      struct riser_failure *failure)
{
	size_t size = sizeof(failure->access);

	memset(failure, 0, sizeof(*failure));
	if (is_rule(finding))
		snprintf(failure->kind, sizeof(failure->kind), "%.*s",
			 (int)strcspn(finding->text, ":"), finding->text);
	else
		snprintf(failure->kind, sizeof(failure->kind), "%s",
			 riser_finding_name(finding->kind));
	copy_dma(failure->access, size, finding->text);
	if (failure->access[0])
		return;
	if (finding->access[0])
		copy_access(failure->access, size, finding->access);
	else if (finding->kind == RISER_FINDING_OTHER && finding->before[0])
		copy_access(failure->access, size, finding->before);
	drop_names(failure->access);
	mask_addresses(failure->access);
	add_block(failure->access, size, finding->text);
}

bool riser_failure_is(const struct riser_failure *failure,
		      const struct riser_finding *finding)
{
	struct riser_failure other;

	riser_failure_of(finding, &other);
	return !strcmp(failure->kind, other.kind) &&
	       !strcmp(failure->access, other.access);
}
