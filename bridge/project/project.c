// SPDX-License-Identifier: Apache-2.0
/* Reads riser.yaml: strict keys, and each mistake where it stands. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../super/super.h"
#include "project_internal.h"

#define MAX_NAMES	64
#define MAX_FILE_BYTES	(1U << 20)

static void unknown_key(struct riser_project_reader *r, struct fy_node *node,
			const char *section)
{
	const struct riser_project_key *key;
	const char *names[MAX_NAMES] = { 0 }, *name;
	size_t nr = 0, i;

	for (key = riser_project_keys; key->section; key++) {
		name = strcmp(key->section, section) ? NULL : key->key;
		/* at the top the sections are keys */
		if (!*section && *key->section)
			name = key->section;
		for (i = 0; name && i < nr; i++)
			if (!strcmp(names[i], name))
				name = NULL;
		if (name && nr < MAX_NAMES - 1)
			names[nr++] = name;
	}
	riser_project_unknown(r, node, *section ? "key" : "section", names);
}

static void take_section(struct riser_project_reader *r, const char *section,
			 struct fy_node *node)
{
	const struct riser_project_key *key;
	struct fy_node_pair *pair;
	const char *name;
	void *iter = NULL;

	if (!fy_node_is_mapping(node)) {
		riser_project_complain_at(r, node, "%s has keys of its own: `riser schema` lists them",
			    section);
		return;
	}
	while ((pair = fy_node_mapping_iterate(node, &iter))) {
		name = fy_node_get_scalar0(fy_node_pair_key(pair));
		for (key = riser_project_keys; key->section; key++)
			if (name && *key->key &&
			    !strcmp(key->section, section) &&
			    !strcmp(key->key, name))
				break;
		if (key->section)
			riser_project_take(r, key, fy_node_pair_value(pair));
		else
			unknown_key(r, fy_node_pair_key(pair), section);
	}
}

/* By name and by path: which is meant? */
static void one_driver(struct riser_project_reader *r, struct fy_node *root)
{
	struct fy_node *path;

	path = fy_node_by_path(root, "/driver/path", FY_NT, FYNWF_DONT_FOLLOW);
	if (path && fy_node_by_path(root, "/driver/name", FY_NT, FYNWF_DONT_FOLLOW))
		riser_project_complain_at(r, path, "two drivers: give driver.name, a module of the guest's kernel, or driver.path");
}

static void take_top(struct riser_project_reader *r, struct fy_node *root)
{
	const struct riser_project_key *key;
	struct fy_node_pair *pair;
	struct fy_node *value;
	const char *name;
	void *iter = NULL;

	while ((pair = fy_node_mapping_iterate(root, &iter))) {
		name = fy_node_get_scalar0(fy_node_pair_key(pair));
		value = fy_node_pair_value(pair);
		for (key = riser_project_keys; key->section; key++)
			if (name && !strcmp(*key->section ? key->section :
							    key->key, name))
				break;
		if (!key->section)
			unknown_key(r, fy_node_pair_key(pair), "");
		else if (*key->section && *key->key)
			take_section(r, key->section, value);
		else
			riser_project_take(r, key, value);
	}
	one_driver(r, root);
	if (!r->has_version)
		riser_project_complain(r, 0, 0, 1, "no version of the format: begin with `riser: %d`",
			 RISER_PROJECT_VERSION);
}

/* ---- the file ---- */

/* All of @f up to MAX_FILE_BYTES, and a 0; the number of bytes. */
static size_t read_file(struct riser_project_reader *r, FILE *f)
{
	size_t room = 0, len = 0;
	char *text;

	do {
		room = room ? 2 * room : 4096;
		text = realloc(r->text, room + 1);
		if (!text)
			return 0;
		r->text = text;
		len += fread(r->text + len, 1, room - len, f);
		r->text[len] = '\0';
	} while (len == room && room < MAX_FILE_BYTES);
	return len;
}

static int read_text(struct riser_project_reader *r)
{
	FILE *f = fopen(r->path, "re");
	size_t n;

	if (!f) {
		fprintf(stderr, "riser: error: project file %s: %s\n", r->path,
			strerror(errno));
		return RISER_EXIT_USAGE;
	}
	n = read_file(r, f);
	fclose(f);
	if (!n || memchr(r->text, 0, n)) {
		fprintf(stderr, "riser: error: project file %s: %s\n", r->path,
			n ? "no text" : "empty, or not readable");
		return RISER_EXIT_USAGE;
	}
	return 0;
}

static void syntax_error(struct riser_project_reader *r, struct fy_diag *diag)
{
	const struct fy_mark *mark;
	struct fy_diag_error *error;
	void *iter = NULL;

	error = fy_diag_errors_iterate(diag, &iter);
	mark = error && error->fyt ? fy_token_start_mark(error->fyt) : NULL;
	if (mark)
		riser_project_complain(r, mark->line, mark->column, 1, "%s",
				       error->msg);
	else if (error)
		riser_project_complain(r, error->line, error->column, 1, "%s",
				       error->msg);
	else
		riser_project_complain(r, 0, 0, 1, "no YAML");
}

/* Bytes of the character of UTF-8 at @at, 0: it is none. No byte behind a 0 is read. */
static size_t utf8_bytes(const char *at)
{
	const unsigned char *c = (const unsigned char *)at;
	uint32_t code;
	size_t n, i;

	if (c[0] < 0x80)
		return 1;
	n = c[0] >= 0xf0 ? 4 : c[0] >= 0xe0 ? 3 : 2;
	if (c[0] < 0xc2 || c[0] > 0xf4)
		return 0;
	code = c[0] & (0xffu >> (n + 1));
	for (i = 1; i < n; i++) {
		if ((c[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (c[i] & 0x3f);
	}
	/* the shortest form, and no half of a pair of UTF-16 */
	if ((n == 3 && code < 0x800) || (n == 4 && (code < 0x10000 || code > 0x10ffff)) ||
	    (code >= 0xd800 && code <= 0xdfff))
		return 0;
	return n;
}

static bool is_utf8(struct riser_project_reader *r, const char *text, int line)
{
	const char *at, *end = text + strcspn(text, "\r\n");
	size_t n;

	for (at = text; at < end; at += n) {
		n = utf8_bytes(at);
		if (!n) {
			riser_project_complain(r, line, (int)(at - text), 1,
					       "byte 0x%02x: a project file is UTF-8", *at & 0xff);
			return false;
		}
	}
	return true;
}

/*
 * What the YAML library shall not see: bytes that are no UTF-8, and lines that begin
 * with %, directives of YAML, of which a project file needs none. With both of them
 * the library never comes to an end.
 */
static bool is_plain(struct riser_project_reader *r)
{
	const char *at;
	int line = 0;

	for (at = r->text; at; at = riser_project_next_line(at), line++) {
		if (!is_utf8(r, at, line))
			return false;
		if (*at == '%') {
			riser_project_complain(r, line, 0, 1,
					       "a project file has no lines that begin with %%");
			return false;
		}
	}
	return true;
}

static int parse(struct riser_project_reader *r)
{
	struct fy_diag_cfg diag_cfg = { .level = FYET_ERROR };
	struct fy_parse_cfg cfg = { .flags = FYPCF_QUIET |
					     FYPCF_COLLECT_DIAG |
					     FYPCF_RESOLVE_DOCUMENT };
	struct fy_document *doc;
	struct fy_node *root;

	fy_diag_cfg_default(&diag_cfg);
	cfg.diag = fy_diag_create(&diag_cfg);
	if (cfg.diag)
		fy_diag_set_collect_errors(cfg.diag, true);
	doc = fy_document_build_from_string(&cfg, r->text, strlen(r->text));
	root = doc ? fy_document_root(doc) : NULL;
	if (!doc)
		syntax_error(r, cfg.diag);
	else if (!root || !fy_node_is_mapping(root))
		riser_project_complain(r, 0, 0, 1, "a project file has lines of `key: value`");
	else
		(r->take ? r->take : take_top)(r, root);
	if (doc)
		fy_document_destroy(doc);
	if (cfg.diag)
		fy_diag_destroy(cfg.diag);
	if (r->nr_errors > RISER_PROJECT_MAX_ERRORS)
		fprintf(stderr, "riser: error: %s: %u mistakes more\n", r->path,
			r->nr_errors - RISER_PROJECT_MAX_ERRORS);
	return r->nr_errors ? RISER_EXIT_USAGE : 0;
}

int riser_project_read_with(struct riser_project_reader *r)
{
	const char *slash = strrchr(r->path, '/');
	char dir[PATH_MAX], *real;
	int ret;

	snprintf(dir, sizeof(dir), "%.*s", slash ? (int)(slash - r->path + 1) : 1,
		 slash ? r->path : ".");
	real = realpath(dir, NULL);
	snprintf(r->dir, sizeof(r->dir), "%s", real ? real : dir);
	free(real);
	ret = read_text(r);
	if (!ret)
		ret = is_plain(r) ? parse(r) : RISER_EXIT_USAGE;
	free(r->text);
	r->text = NULL;
	return ret;
}

int riser_project_read(const char *path, struct riser_project *project)
{
	struct riser_project_reader r = { .path = path, .project = project };
	int ret = riser_project_read_with(&r);

	project->dir = strdup(r.dir);
	return ret;
}

void riser_project_fini(struct riser_project *project)
{
	size_t i;

	for (i = 0; i < project->nr; i++)
		free(project->argv[i]);
	free(project->argv);
	riser_project_tests_fini(project);
	free(project->script);
	free(project->dir);
	memset(project, 0, sizeof(*project));
}
