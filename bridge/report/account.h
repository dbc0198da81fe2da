/* SPDX-License-Identifier: Apache-2.0 */
/* What a run's result.json says. */
#ifndef RISER_REPORT_ACCOUNT_H
#define RISER_REPORT_ACCOUNT_H

#include <libfyaml.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * struct riser_account - result.json, and the failure that matters in it
 * @doc: NULL when there is no result.json: the run did not end
 * @root: of @doc
 * @failure: the first finding that fails the run, NULL if there is none
 */
struct riser_account {
	struct fy_document *doc;
	struct fy_node *root;
	struct fy_node *failure;
};

/*
 * Reads DIR/result.json. 0; -ENOENT when there is none (the account is empty and
 * can be used); -EBADMSG when it is no JSON.
 */
int riser_account_open(struct riser_account *account, const char *dir);
void riser_account_close(struct riser_account *account);

/* Members of a node, which may be NULL. Missing, null and "" give NULL and 0. */
const char *riser_node_text(struct fy_node *node, const char *path);
uint64_t riser_node_u64(struct fy_node *node, const char *path);
double riser_node_double(struct fy_node *node, const char *path);
bool riser_node_is_true(struct fy_node *node, const char *path);
struct fy_node *riser_node_at(struct fy_node *node, const char *path);
/* The @i'th item of a list; NULL behind the last. */
struct fy_node *riser_node_item(struct fy_node *list, int i);

#endif /* RISER_REPORT_ACCOUNT_H */
