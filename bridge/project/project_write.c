// SPDX-License-Identifier: Apache-2.0
/*
 * The way back: the words of a `riser run`, with what its project file said, as a
 * project file that says it all. For run.yaml in the run's folder.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <riser/loader.h>

#include "../json.h"
#include "project.h"

#define MAX_WORDS 4096

/* A word that a key stands for. */
struct said {
	const struct riser_project_key *key;
	const char *value;
};

struct writer {
	FILE *file;
	const char *cwd;
	struct said *said;
	size_t nr;
};

static bool is_flag(const struct riser_project_key *key)
{
	return key->type == RISER_PROJECT_IF_TRUE ||
	       key->type == RISER_PROJECT_IF_FALSE;
}

/* Keys that share an option: which one has such a value? */
static bool fits(const struct riser_project_key *key, const char *value)
{
	if (key->type == RISER_PROJECT_TREE)
		return false;
	if (!strcmp(key->option, "--driver"))
		return (key->type == RISER_PROJECT_PATH) == (strchr(value, '/') != NULL);
	if (!strcmp(key->option, "--model-arg"))
		return (key->type == RISER_PROJECT_PATHS) == !strchr("-+", *value);
	/* a clock with a phase has no key */
	if (key->type == RISER_PROJECT_CLOCKS)
		return strchr(value, ':') && strchr(value, ':') == strrchr(value, ':');
	return true;
}

/*
 * The key whose option the word begins with, the longest; @value becomes what is
 * behind it, NULL if that is the next word.
 */
static const struct riser_project_key *key_of(const char *word, const char *next,
					      const char **value)
{
	const struct riser_project_key *key, *best = NULL;
	const char *behind;
	size_t len, best_len = 0;

	for (key = riser_project_keys; key->section; key++) {
		len = key->option ? strlen(key->option) : 0;
		if (len <= best_len || strncmp(word, key->option, len))
			continue;
		behind = word[len] == '=' ? word + len + 1 : NULL;
		if (word[len] && !behind)
			continue;
		if (!is_flag(key) && !fits(key, behind ? behind : next ? next : ""))
			continue;
		best = key;
		best_len = len;
		*value = behind;
	}
	return best;
}

static void collect(struct writer *w, char *const *words)
{
	const struct riser_project_key *key;
	const char *value, *word;
	char *const *at;

	for (at = words + 1; *words && *at && w->nr < MAX_WORDS; at++) {
		word = !strcmp(*at, "-f") ? "--files" :
		       !strcmp(*at, "--fast") ? "--flavour=fast" : *at;
		key = key_of(word, at[1], &value);
		if (!key)
			continue;
		if (!is_flag(key) && !value)
			value = *++at;
		if (!is_flag(key) && !value)
			break;
		w->said[w->nr++] = (struct said){ key, value };
	}
}

/* A relative path, from where the command was given. */
static void put_path(const struct writer *w, const char *path)
{
	char absolute[2 * PATH_MAX];

	snprintf(absolute, sizeof(absolute), "%s%s%s", *path == '/' ? "" : w->cwd,
		 *path == '/' ? "" : "/", path);
	riser_json_put(w->file, absolute);
}

static void put_named(const struct writer *w, const char *pair, char separator,
		      const char *unit)
{
	const char *at = strchr(pair, separator);
	char name[256], value[1024];

	snprintf(name, sizeof(name), "%.*s", at ? (int)(at - pair) : 0, pair);
	snprintf(value, sizeof(value), "%s%s", at ? at + 1 : "", unit);
	riser_json_put(w->file, name);
	fputs(": ", w->file);
	riser_json_put(w->file, value);
}

/* NAME=FILE */
static void put_named_path(const struct writer *w, const char *pair)
{
	size_t name = strcspn(pair, "=");

	fprintf(w->file, "%.*s: ", (int)name, pair);
	put_path(w, pair + name + (pair[name] == '='));
}

/* NAME=FILE, and not a file alone */
static bool is_named(const char *word)
{
	size_t len;

	(void)riser_preload_file(word, &len);
	return len;
}

/* NAME:LEVEL[:CYCLES] */
static void put_reset(const struct writer *w, const char *text)
{
	size_t name = strcspn(text, ":");
	const char *level = text + name + (text[name] == ':');
	size_t len = strcspn(level, ":");

	fprintf(w->file, "%.*s: ", (int)name, text);
	if (level[len])
		fprintf(w->file, "{active: %.*s, cycles: %s}", (int)len, level,
			level + len + 1);
	else
		fputs(level, w->file);
}

static void put_loop(const struct writer *w, const char *text)
{
	size_t from = strcspn(text, ":");

	fprintf(w->file, "{from: %.*s, to: %s}", (int)from, text,
		text + from + (text[from] == ':'));
}

static void put_waiver(const struct writer *w, const char *text)
{
	const char *reason = strchr(text, '=');
	size_t len = reason ? (size_t)(reason - text) : strlen(text);
	bool is_told = len > 7 && !strncmp(text + len - 7, ":report", 7);

	fprintf(w->file, "{rule: %.*s, verdict: %s, reason: ",
		(int)(len - (is_told ? 7 : 0)), text, is_told ? "report" : "silent");
	riser_json_put(w->file, reason ? reason + 1 : "");
	fputc('}', w->file);
}

static void put_value(const struct writer *w, const struct said *said)
{
	switch (said->key->type) {
	case RISER_PROJECT_IF_TRUE:
		fputs("true", w->file);
		break;
	case RISER_PROJECT_IF_FALSE:
		fputs("false", w->file);
		break;
	case RISER_PROJECT_SECONDS:
		fprintf(w->file, "%ss", said->value);
		break;
	case RISER_PROJECT_MS:
		fprintf(w->file, "%sms", said->value);
		break;
	case RISER_PROJECT_NS:
		fprintf(w->file, "%sns", said->value);
		break;
	case RISER_PROJECT_PS:
		fprintf(w->file, "%sps", said->value);
		break;
	case RISER_PROJECT_PATH:
	case RISER_PROJECT_PLACE:
	case RISER_PROJECT_PATHS:
	case RISER_PROJECT_ADDS:
		put_path(w, said->value);
		break;
	case RISER_PROJECT_KERNEL:
		if (strchr(said->value, '/'))
			put_path(w, said->value);
		else
			riser_json_put(w->file, said->value);
		break;
	case RISER_PROJECT_MAP:
		put_named(w, said->value, '=', "");
		break;
	case RISER_PROJECT_FILES:
		put_named_path(w, said->value);
		break;
	case RISER_PROJECT_PRELOAD:
		if (is_named(said->value))
			put_named_path(w, said->value);
		else
			put_path(w, said->value);
		break;
	case RISER_PROJECT_CLOCKS:
		put_named(w, said->value, ':', "ps");
		break;
	case RISER_PROJECT_RESETS:
		put_reset(w, said->value);
		break;
	case RISER_PROJECT_LOOPS:
		put_loop(w, said->value);
		break;
	case RISER_PROJECT_WAIVERS:
		put_waiver(w, said->value);
		break;
	case RISER_PROJECT_INT:
		fputs(said->value, w->file);
		break;
	default:
		riser_json_put(w->file, said->value);
	}
}

static bool is_map(const struct said *said)
{
	const struct riser_project_key *key = said->key;

	return (key->type == RISER_PROJECT_PRELOAD && is_named(said->value)) ||
	       key->type == RISER_PROJECT_MAP || key->type == RISER_PROJECT_CLOCKS ||
	       key->type == RISER_PROJECT_FILES ||
	       key->type == RISER_PROJECT_RESETS;
}

/* Of two entries of a map with one name the later counts. */
static bool is_overruled(const struct writer *w, size_t i)
{
	const struct said *said = &w->said[i];
	char separator = said->key->type == RISER_PROJECT_MAP ||
			 said->key->type == RISER_PROJECT_PRELOAD ||
			 said->key->type == RISER_PROJECT_FILES ? '=' : ':';
	size_t k, len;

	if (!is_map(said))
		return false;
	len = strcspn(said->value, (char[]){ separator, '\0' }) + 1;
	for (k = i + 1; k < w->nr; k++)
		if (w->said[k].key == said->key &&
		    !strncmp(w->said[k].value, said->value, len))
			return true;
	return false;
}

static bool is_list(const struct riser_project_key *key)
{
	return key->type == RISER_PROJECT_LIST || key->type == RISER_PROJECT_PATHS ||
	       key->type == RISER_PROJECT_ADDS || key->type == RISER_PROJECT_FAULTS ||
	       key->type == RISER_PROJECT_WAIVERS || key->type == RISER_PROJECT_LOOPS;
}

static void put_key(const struct writer *w, const struct riser_project_key *key,
		    const char *indent)
{
	const struct said *last = NULL;
	size_t i;

	for (i = 0; i < w->nr; i++)
		if (w->said[i].key == key)
			last = &w->said[i];
	if (!last)
		return;
	fprintf(w->file, "%s%s:", indent, *key->key ? key->key : key->section);
	if (!is_list(key) && !is_map(last)) {
		fputc(' ', w->file);
		put_value(w, last);
		fputc('\n', w->file);
		return;
	}
	fputc('\n', w->file);
	for (i = 0; i < w->nr; i++) {
		if (w->said[i].key != key || is_overruled(w, i))
			continue;
		fprintf(w->file, "%s  %s", indent, is_list(key) ? "- " : "");
		put_value(w, &w->said[i]);
		fputc('\n', w->file);
	}
}

static bool is_said(const struct writer *w, const char *section, const char *script)
{
	size_t i;

	if (script && !strcmp(section, "guest"))
		return true;
	for (i = 0; i < w->nr; i++)
		if (!strcmp(w->said[i].key->section, section))
			return true;
	return false;
}

int riser_project_write(FILE *file, char *const *words, const char *script,
			const char *cwd)
{
	struct writer w = { .file = file, .cwd = cwd };
	const struct riser_project_key *key;
	const char *section = "";

	w.said = calloc(MAX_WORDS, sizeof(*w.said));
	if (!w.said)
		return -1;
	collect(&w, words);
	fprintf(file, "# Everything that this run was made of; `riser run` takes it.\nriser: %d\n",
		RISER_PROJECT_VERSION);
	for (key = riser_project_keys; key->section; key++) {
		if (*key->section && strcmp(key->section, section)) {
			section = key->section;
			if (*key->key && is_said(&w, section, script))
				fprintf(file, "%s:\n", section);
		}
		if (key->type == RISER_PROJECT_SCRIPT && script) {
			fputs("  script: ", file);
			put_path(&w, script);
			fputc('\n', file);
		} else if (key->option) {
			put_key(&w, key, *key->section && *key->key ? "  " : "");
		}
	}
	free(w.said);
	return 0;
}
