// SPDX-License-Identifier: Apache-2.0
/* The model of a replay: of the same sources, with the run's parameters. */
#define _GNU_SOURCE
#include "replay_internal.h"
#include "preload_recorded.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TX_BYTES	(1U << 18)

int riser_replay_fail(struct riser_replaying *r, int code, const char *format,
		      ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(r->error, RISER_ERROR_BYTES, format, args);
	va_end(args);
	return code;
}

static int check_model(struct riser_replaying *r)
{
	const struct riser_model_info *info = r->card.info;

	if (strcmp(info->source_hash, r->facts->source_hash))
		return riser_replay_fail(r, -EINVAL,
			    "record %s was made with other sources than model %s: source hash %.12s (%s) against %.12s (%s); build the model from the sources of that run",
			    r->config->record_path, r->config->model_path,
			    r->facts->source_hash,
			    r->facts->model_name ? r->facts->model_name : "?",
			    info->source_hash, info->name);
	if (r->config->wave_path &&
	    !(info->features & RISER_MODEL_F_TRACE))
		return riser_replay_fail(r, -EINVAL,
			    "model %s cannot write waveforms: build it with --flavour trace",
			    r->config->model_path);
	if (r->config->coverage_path && !(info->features & RISER_MODEL_F_COVERAGE))
		return riser_replay_fail(r, -EINVAL,
			    "model %s counts no coverage: build it with --flavour cover",
			    r->config->model_path);
	return 0;
}

/* What the design says; files that it opens are compared with those of the run. */
static void on_message(void *ctx, enum riser_severity severity, const char *file,
		       int line, const char *text)
{
	struct riser_replaying *r = ctx;
	char words[1024], error[RISER_ERROR_BYTES];
	int ret;

	if (severity != RISER_MSG_FILE) {
		if (r->config->message)
			r->config->message(r->config->ctx, severity, file, line, text);
		return;
	}
	riser_rtl_file_words(file, text, words, sizeof(words));
	ret = riser_rtl_files_add(&r->files, 1, words, error);
	if (ret && !r->files_error)
		r->files_error = riser_replay_fail(r, ret, "%s", ret == -ENOMEM ?
						   "out of memory" : error);
}

int riser_replay_make_model(struct riser_replaying *r)
{
	struct riser_card_options options = {
		.plusargs = (const char *const *)r->facts->plusarg,
		.nr_plusargs = r->facts->nr_plusargs,
		.x_init = r->config->x_init < 0 ? r->facts->x_init :
						  (uint32_t)r->config->x_init,
		.seed = r->facts->seed,
		.message = on_message, .ctx = r,
		.dir = r->facts->dir,
	};
	int ret, i;

	ret = riser_card_load(&r->card, r->config->model_path, r->error);
	if (!ret)
		ret = check_model(r);
	if (!ret)
		ret = riser_preload_recorded(r->facts, r->config->preloads, options.preload, r->error);
	if (!ret)
		ret = riser_card_create(&r->card, &options, r->error);
	if (ret)
		return ret;
	for (i = 0; i < RISER_NR_CLASSES; i++) {
		r->run.rx[i].ref = calloc(RISER_REPLAY_QUEUE, sizeof(struct riser_tlp_ref));
		if (!r->run.rx[i].ref)
			return riser_replay_fail(r, -ENOMEM, "out of memory");
		r->run.rx[i].mask = RISER_REPLAY_QUEUE - 1;
		r->shown[i] = RISER_REPLAY_NOT_SHOWN;
		r->run.stall_rx[i] = r->facts->stall_rx[i];
		r->run.stall_tx[i] = r->facts->stall_tx[i];
	}
	r->run.tx = aligned_alloc(64, TX_BYTES);
	r->run.tx_bytes = TX_BYTES;
	return r->run.tx ? 0 : riser_replay_fail(r, -ENOMEM, "out of memory");
}
