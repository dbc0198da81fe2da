// SPDX-License-Identifier: Apache-2.0
#include "account.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fy_node *riser_node_at(struct fy_node *node, const char *path)
{
	return node ? fy_node_by_path(node, path, FY_NT, FYNWF_DONT_FOLLOW) :
		      NULL;
}

const char *riser_node_text(struct fy_node *node, const char *path)
{
	struct fy_node *at = riser_node_at(node, path);
	const char *text;

	text = at && fy_node_is_scalar(at) ? fy_node_get_scalar0(at) : NULL;
	return text && *text && strcmp(text, "null") ? text : NULL;
}

uint64_t riser_node_u64(struct fy_node *node, const char *path)
{
	const char *text = riser_node_text(node, path);

	return text ? strtoull(text, NULL, 10) : 0;
}

double riser_node_double(struct fy_node *node, const char *path)
{
	const char *text = riser_node_text(node, path);

	return text ? strtod(text, NULL) : 0;
}

bool riser_node_is_true(struct fy_node *node, const char *path)
{
	const char *text = riser_node_text(node, path);

	return text && !strcmp(text, "true");
}

struct fy_node *riser_node_item(struct fy_node *list, int i)
{
	return list && fy_node_is_sequence(list) ?
	       fy_node_sequence_get_by_index(list, i) : NULL;
}

static struct fy_node *first_error(struct fy_node *root)
{
	struct fy_node *list = riser_node_at(root, "/bridge/findings"), *item;
	int i;

	for (i = 0; (item = riser_node_item(list, i)); i++)
		if (riser_node_is_true(item, "error"))
			return item;
	return NULL;
}

/* What is wrong with a file is said by us, in one line. */
static void say_nothing(struct fy_diag *diag, void *user, const char *text,
			size_t len)
{
	(void)diag, (void)user, (void)text, (void)len;
}

static struct fy_document *read_json(const char *path)
{
	struct fy_parse_cfg cfg = { .flags = FYPCF_QUIET | FYPCF_JSON_FORCE };
	struct fy_diag_cfg quiet;
	struct fy_document *doc;

	fy_diag_cfg_default(&quiet);
	quiet.fp = NULL;
	quiet.output_fn = say_nothing;
	cfg.diag = fy_diag_create(&quiet);
	doc = fy_document_build_from_file(&cfg, path);
	fy_diag_destroy(cfg.diag);
	return doc;
}

int riser_account_open(struct riser_account *account, const char *dir)
{
	char path[4096];

	memset(account, 0, sizeof(*account));
	if (snprintf(path, sizeof(path), "%s/result.json", dir) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	if (access(path, R_OK))
		return -ENOENT;
	account->doc = read_json(path);
	if (!account->doc)
		return -EBADMSG;
	account->root = fy_document_root(account->doc);
	account->failure = first_error(account->root);
	return 0;
}

void riser_account_close(struct riser_account *account)
{
	if (account->doc)
		fy_document_destroy(account->doc);
	memset(account, 0, sizeof(*account));
}
