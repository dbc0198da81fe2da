// SPDX-License-Identifier: Apache-2.0
/* A rule's text: "MATCH... : ACTION" (docs/faults.md). */
#define _GNU_SOURCE
#include <riser/fault.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../diagnostic.h"
#include "fault_names.h"

#define MAX_WORD	64

/**
 * struct reader - a text on its way into a fault
 * @at: next character
 * @end: behind the last one of this half (match or action)
 */
struct reader {
	const char *text;
	const char *at;
	const char *end;
	struct riser_fault *fault;
	struct riser_fault_error *error;
	char word[MAX_WORD];
	const char *word_at;
	uint32_t word_len;
};

__attribute__((format(printf, 4, 5)))
static int complain_at(struct reader *r, const char *at, uint32_t len,
		       const char *format, ...)
{
	va_list args;

	r->error->column = (uint32_t)(at - r->text) + 1;
	r->error->len = len ? len : 1;
	va_start(args, format);
	vsnprintf(r->error->text, sizeof(r->error->text), format, args);
	va_end(args);
	return -EINVAL;
}

#define complain(r, ...) complain_at(r, (r)->word_at, (r)->word_len, __VA_ARGS__)

/* 1: a word was read; 0: none is left; -EINVAL: too long. */
static int next_word(struct reader *r)
{
	while (r->at < r->end && (*r->at == ' ' || *r->at == '\t'))
		r->at++;
	r->word_at = r->at;
	while (r->at < r->end && *r->at != ' ' && *r->at != '\t')
		r->at++;
	r->word_len = (uint32_t)(r->at - r->word_at);
	if (!r->word_len)
		return 0;
	if (r->word_len >= MAX_WORD)
		return complain(r, "this word has more than %d characters",
				MAX_WORD - 1);
	memcpy(r->word, r->word_at, r->word_len);
	r->word[r->word_len] = '\0';
	return 1;
}

static int unknown(struct reader *r, const char *what, const char *word,
		   const char *const *names, const char *list)
{
	const char *near = riser_nearest(word, names);

	if (near)
		return complain(r, "no %s '%s'; did you mean '%s'?", what, word,
				near);
	return complain(r, "no %s '%s': %s", what, word, list);
}

static int number(struct reader *r, const char *text, uint64_t min,
		  uint64_t max, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	if (errno || !*text || *text == '-' || *end || *value < min ||
	    *value > max)
		return complain(r, "'%s': a whole number from %llu to %llu is needed",
				text, (unsigned long long)min,
				(unsigned long long)max);
	return 0;
}

/* "N" or "N..M" */
static int range(struct reader *r, char *text, uint64_t max, uint64_t *first,
		 uint64_t *last)
{
	char *dots = strstr(text, "..");
	int ret;

	if (!dots) {
		ret = number(r, text, 0, max, first);
		*last = *first;
		return ret;
	}
	*dots = '\0';
	ret = number(r, text, 0, max, first);
	if (!ret)
		ret = number(r, dots + 2, 0, max, last);
	if (!ret && *last < *first)
		ret = complain(r, "the range ends before it begins");
	return ret;
}

/* ---- match ---- */

static int types(struct reader *r, char *list, uint32_t *kinds,
		 uint8_t *interrupt)
{
	const struct riser_fault_type *type;
	char *word, *rest = list;

	*kinds = 0;
	while ((word = strsep(&rest, ","))) {
		type = riser_fault_type_find(word);
		if (!type)
			return unknown(r, "TLP type", word,
				       riser_fault_type_names(),
				       "MRd, MWr, CfgRd, CfgWr, IORd, IOWr, Msg, Cpl, CplD, MSI, MSI-X are known");
		if (interrupt && *kinds & type->kinds & 1U << RISER_TLP_MWR &&
		    !*interrupt != !type->interrupt)
			return complain(r, "interrupt messages and other writes are two rules");
		*kinds |= type->kinds;
		if (interrupt && type->interrupt)
			*interrupt |= type->interrupt;
		else if (!interrupt && type->interrupt)
			return complain(r, "'%s' is never completed", word);
	}
	return 0;
}

static int text_value(struct reader *r, const char *value, char *out,
		      size_t size)
{
	if (!*value || strlen(value) >= size)
		return complain(r, "1 to %zu characters are needed behind the =",
				size - 1);
	memcpy(out, value, strlen(value) + 1);
	return 0;
}

/* "N" or "N..M" of 32 bits */
static int range32(struct reader *r, char *text, uint64_t max, uint32_t *first,
		   uint32_t *last)
{
	uint64_t a = 0, b = 0;
	int ret = range(r, text, max, &a, &b);

	*first = (uint32_t)a;
	*last = (uint32_t)b;
	return ret;
}

/* The header's and payload's own numbers; 1: the key is none of these. */
static int match_ranges(struct reader *r, const char *key, char *value)
{
	struct riser_fault *fault = r->fault;

	if (!strcmp(key, "offset")) {
		fault->has_offset = true;
		return range(r, value, UINT64_MAX, &fault->offset_first,
			     &fault->offset_last);
	}
	if (!strcmp(key, "addr")) {
		fault->has_addr = true;
		return range(r, value, UINT64_MAX, &fault->addr_first,
			     &fault->addr_last);
	}
	if (!strcmp(key, "bytes")) {
		fault->has_bytes = true;
		return range32(r, value, 4096, &fault->bytes_first,
			       &fault->bytes_last);
	}
	if (!strcmp(key, "tag")) {
		fault->has_tag = true;
		return range32(r, value, 1023, &fault->tag_first,
			       &fault->tag_last);
	}
	if (!strcmp(key, "data")) {
		fault->has_data = true;
		return range32(r, value, UINT32_MAX, &fault->data_first,
			       &fault->data_last);
	}
	return 1;
}

static int match_numbers(struct reader *r, const char *key, char *value)
{
	struct riser_fault *fault = r->fault;
	uint64_t a = 0;
	int ret = match_ranges(r, key, value);

	if (ret <= 0)
		return ret;
	if (!strcmp(key, "bar")) {
		ret = number(r, value, 0, 5, &a);
		fault->bar = (int8_t)a;
	} else if (!strcmp(key, "after")) {
		ret = number(r, value, 0, UINT64_MAX, &fault->after);
	} else if (!strcmp(key, "nth")) {
		ret = number(r, value, 1, UINT32_MAX, &a);
		fault->nth = (uint32_t)a;
	} else if (!strcmp(key, "every")) {
		ret = number(r, value, 1, UINT32_MAX, &a);
		fault->every = (uint32_t)a;
	} else if (!strcmp(key, "times")) {
		ret = number(r, value, 1, UINT32_MAX, &a);
		fault->times = (uint32_t)a;
	} else if (!strcmp(key, "permille")) {
		ret = number(r, value, 1, 1000, &a);
		fault->permille = (uint32_t)a;
	} else {
		ret = number(r, value, 0, UINT64_MAX, &fault->seed);
	}
	return ret;
}

static int match_word(struct reader *r)
{
	static const char *const keys[] = {
		"to-card", "to-host", "type", "of", "bar", "offset", "bytes",
		"addr", "tag", "data", "function", "mark", "after", "nth", "every", "permille", "seed",
		"times", NULL,
	};
	struct riser_fault *fault = r->fault;
	char *value = strchr(r->word, '=');
	int i;

	if (!strcmp(r->word, "to-card") || !strcmp(r->word, "to-host")) {
		fault->direction = r->word[3] == 'c' ? RISER_TO_CARD :
						       RISER_TO_HOST;
		return 0;
	}
	if (value)
		*value++ = '\0';
	for (i = 0; keys[i] && strcmp(keys[i], r->word); i++)
		;
	if (!keys[i])
		return unknown(r, "key", r->word, keys,
			       "to-card, to-host, type=, of=, bar=, offset=, bytes=, addr=, tag=, data=, function=, mark=, after=, nth=, every=, permille=, seed=, times= are known");
	if (i < 2)
		return complain(r, "%s takes no value", r->word);
	if (!value)
		return complain(r, "%s needs a value: %s=...", r->word, r->word);
	if (!strcmp(r->word, "type"))
		return types(r, value, &fault->kinds, &fault->interrupt);
	if (!strcmp(r->word, "of"))
		return types(r, value, &fault->of_kinds, NULL);
	if (!strcmp(r->word, "function"))
		return text_value(r, value, fault->function,
				  sizeof(fault->function));
	if (!strcmp(r->word, "mark"))
		return text_value(r, value, fault->mark, sizeof(fault->mark));
	return match_numbers(r, r->word, value);
}

/* ---- action ---- */

static int optional_word(struct reader *r, bool *has)
{
	int ret = next_word(r);

	*has = ret > 0;
	return ret < 0 ? ret : 0;
}

static int cycles(struct reader *r, const char *action)
{
	bool has;
	int ret = optional_word(r, &has);

	if (!ret && !has)
		return complain(r, "%s needs a number of cycles", action);
	return ret ? ret : number(r, r->word, 1, 1000000000,
				  &r->fault->cycles);
}

static int corrupt(struct reader *r)
{
	struct riser_fault *fault = r->fault;
	char *value, *plus;
	uint64_t at = 0;
	bool has;
	int ret = optional_word(r, &has), field;

	if (!ret && !has)
		return complain(r, "corrupt needs a field: data, tag, length, addr, ...");
	if (ret)
		return ret;
	value = strpbrk(r->word, "=^");
	if (value) {
		fault->sets = *value == '=';
		*value++ = '\0';
	}
	plus = strchr(r->word, '+');
	if (plus)
		*plus++ = '\0';
	field = riser_fault_field_find(r->word);
	if (field < 0)
		return unknown(r, "field", r->word, riser_fault_field_names(),
			       "data, tag, length, addr, first_be, last_be, requester, completer, status, byte_count, lower_addr, tc, attr are known");
	fault->field = (uint8_t)field;
	if (plus && field != RISER_FIELD_DATA)
		return complain(r, "only data has bytes to choose from");
	if (plus)
		ret = number(r, plus, 0, 4095, &at);
	fault->at = (uint16_t)at;
	fault->value = riser_fault_field_flip(fault->field);
	if (!ret && value)
		ret = number(r, value, fault->sets ? 0 : 1,
			     riser_fault_field_max(fault->field),
			     &fault->value);
	return ret;
}

static int withhold(struct reader *r)
{
	static const char *const names[] = { "posted", "nonposted",
					     "completion", NULL };
	int ret = cycles(r, "withhold"), i;
	bool has;

	r->fault->channel = RISER_FAULT_ANY;
	if (!ret)
		ret = optional_word(r, &has);
	if (ret || !has)
		return ret;
	for (i = 0; names[i] && strcmp(names[i], r->word); i++)
		;
	if (!names[i])
		return unknown(r, "class", r->word, names,
			       "posted, nonposted, completion are known");
	r->fault->channel = (uint8_t)i;
	return 0;
}

static int split(struct reader *r)
{
	bool has;
	int ret = optional_word(r, &has);
	uint64_t boundary = 64;

	if (!ret && has)
		ret = number(r, r->word, 64, 128, &boundary);
	if (!ret && boundary != 64 && boundary != 128)
		ret = complain(r, "a read completion boundary is 64 or 128");
	r->fault->boundary = (uint16_t)boundary;
	return ret;
}

static int action_words(struct reader *r)
{
	const char *const *names = riser_fault_action_names();
	struct riser_fault *fault = r->fault;
	int ret = next_word(r), i;

	if (ret < 0)
		return ret;
	if (!ret)
		return complain(r, "no action behind the ':'");
	for (i = 0; names[i] && strcmp(names[i], r->word); i++)
		;
	if (!names[i])
		return unknown(r, "action", r->word, names,
			       "drop, delay, ur, ca, poison, corrupt, duplicate, reorder, split, withhold, link-down are known");
	fault->action = (uint8_t)i;
	switch (fault->action) {
	case RISER_FAULT_DELAY:
		ret = cycles(r, "delay");
		break;
	case RISER_FAULT_CORRUPT:
		ret = corrupt(r);
		break;
	case RISER_FAULT_WITHHOLD:
		ret = withhold(r);
		break;
	case RISER_FAULT_SPLIT:
		ret = split(r);
		break;
	default:
		ret = 0;
	}
	if (!ret)
		ret = next_word(r);
	if (ret > 0)
		ret = complain(r, "'%s' is too much behind %s", r->word,
			       names[fault->action]);
	return ret;
}

/* A rule that can never do anything is a mistake. */
static int check_whole(struct reader *r)
{
	const struct riser_fault *fault = r->fault;
	bool is_interrupt = fault->interrupt != RISER_FAULT_NO_MSI &&
			    fault->kinds == 1U << RISER_TLP_MWR;
	uint32_t kinds = fault->kinds ? fault->kinds : UINT32_MAX;

	r->word_at = r->text;
	r->word_len = (uint32_t)strlen(r->text);
	if (is_interrupt && fault->direction == RISER_TO_CARD)
		return complain(r, "interrupt messages go to the host");
	if (fault->kinds && !(kinds & riser_fault_action_kinds(fault)))
		return complain(r, "%s cannot be done to a TLP of this type",
				riser_fault_action_name(fault->action));
	if (fault->of_kinds && !(kinds & RISER_FAULT_CPL_KINDS))
		return complain(r, "of= is for completions");
	if (is_interrupt && (fault->bar >= 0 || fault->has_offset ||
			     fault->function[0]))
		return complain(r, "bar=, offset= and function= are of the driver's accesses; an interrupt is none");
	if (fault->permille && (fault->nth || fault->every))
		return complain(r, "permille= goes with neither nth= nor every=");
	if (fault->nth && fault->every)
		return complain(r, "nth= and every= exclude each other");
	return 0;
}

static void begin(struct reader *r, const char *text, struct riser_fault *fault,
		  struct riser_fault_error *error)
{
	*r = (struct reader){
		.text = text, .at = text, .fault = fault, .error = error,
		.word_at = text, .word_len = (uint32_t)strlen(text),
	};
	memset(fault, 0, sizeof(*fault));
	fault->direction = RISER_FAULT_ANY;
	fault->bar = -1;
}

static int match_words(struct reader *r, const char *end)
{
	int ret;

	memcpy(r->fault->text, r->text, r->word_len + 1);
	r->end = end;
	while ((ret = next_word(r)) > 0) {
		ret = match_word(r);
		if (ret)
			return ret;
	}
	return ret;
}

int riser_fault_parse(const char *text, struct riser_fault *fault,
		      struct riser_fault_error *error)
{
	const char *colon = strchr(text, ':');
	struct reader r;
	int ret;

	begin(&r, text, fault, error);
	if (r.word_len >= sizeof(fault->text))
		return complain(&r, "a fault has at most %zu characters",
				sizeof(fault->text) - 1);
	if (!colon)
		return complain(&r, "no ':' between match and action: 'to-host type=CplD nth=3 : drop'");
	ret = match_words(&r, colon);
	if (ret)
		return ret;
	r.at = colon + 1;
	r.end = text + strlen(text);
	ret = action_words(&r);
	return ret ? ret : check_whole(&r);
}

int riser_fault_parse_match(const char *text, struct riser_fault *match,
			    struct riser_fault_error *error)
{
	struct reader r;
	int ret;

	begin(&r, text, match, error);
	/* one that can be done to every TLP */
	match->action = RISER_FAULT_DROP;
	if (r.word_len >= sizeof(match->text))
		return complain(&r, "a match has at most %zu characters",
				sizeof(match->text) - 1);
	if (strchr(text, ':'))
		return complain(&r, "a match has no ':' and no action: 'to-card type=MWr bar=0 offset=0x1000'");
	ret = match_words(&r, text + r.word_len);
	return ret ? ret : check_whole(&r);
}
