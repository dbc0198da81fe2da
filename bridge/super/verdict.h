/* SPDX-License-Identifier: Apache-2.0 */
/* How a run ended, and the files that say so. */
#ifndef RISER_SUPER_VERDICT_H
#define RISER_SUPER_VERDICT_H

#include <libfyaml.h>

#include "failure.h"
#include "live.h"

/**
 * struct riser_verdict - how a run ended
 * @word: PASS, FAIL, TIMEOUT, INTERRUPTED
 * @code: exit code of the command
 * @why: one sentence, malloc'ed; NULL for a pass
 */
struct riser_verdict {
	const char *word;
	int code;
	char *why;
};

/* A scalar of the bridge's account (which may be NULL); NULL or 0 if missing. */
const char *riser_bridge_text(struct fy_document *doc, const char *path);
unsigned long long riser_bridge_number(struct fy_document *doc,
				       const char *path);

/* result.c: result.json */
void riser_result_write(const struct riser_live *live, struct fy_document *doc,
			const struct riser_verdict *v,
			const struct riser_failure *failure);

/* versions.txt: riser, the two kernels, @engine of the model (or NULL), the tools. */
void riser_versions_write(const struct riser_live *live, const char *engine);

/* junit.c: junit.xml, one test case for each check and one for the run */
void riser_junit_write(const struct riser_live *live, struct fy_document *doc,
		       const struct riser_verdict *v,
		       const struct riser_failure *failure);

#endif /* RISER_SUPER_VERDICT_H */
