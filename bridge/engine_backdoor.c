// SPDX-License-Identifier: Apache-2.0
/*
 * The back door: a signal of the RTL is looked at or set between two cycles, for
 * another thread or for a mark of the driver's machine. What was done is a note; a
 * replay sets the signal again in the same cycle.
 */
#define _GNU_SOURCE
#include "engine.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "diagnostic.h"

#define WAIT_S		5
#define NAMES_BYTES	65536
#define MAX_NAMES	1024
#define SIGNAL_BYTES	128
#define VALUE_BYTES	181	/* a note has two of them */
#define MARK		"riser-"	/* "riser-peek ...", "riser-poke ..." */

enum wish_state {
	WISH_NONE = 0,
	WISH_ASKED,
	WISH_DONE,
};

/**
 * struct riser_backdoor - one wish of another thread at a time
 * @turn: held by who wishes
 * @lock: of everything below
 */
struct riser_backdoor {
	pthread_mutex_t turn;
	pthread_mutex_t lock;
	pthread_cond_t done;
	enum wish_state state;
	char request[SIGNAL_BYTES + VALUE_BYTES];
	char answer[RISER_ERROR_BYTES];
	int ret;
};

int riser_backdoor_init(struct riser_engine *engine)
{
	struct riser_backdoor *b = calloc(1, sizeof(*b));

	if (!b)
		return -ENOMEM;
	pthread_mutex_init(&b->turn, NULL);
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->done, NULL);
	engine->backdoor = b;
	return 0;
}

void riser_backdoor_fini(struct riser_engine *engine)
{
	struct riser_backdoor *b = engine->backdoor;

	if (!b)
		return;
	pthread_cond_destroy(&b->done);
	pthread_mutex_destroy(&b->lock);
	pthread_mutex_destroy(&b->turn);
	free(b);
	engine->backdoor = NULL;
}

/* ---- what is wrong ---- */

/* The signal that may have been meant, or some that there are. */
static void no_signal(struct riser_engine *engine, const char *signal, char *text,
		      size_t size)
{
	char *all = calloc(1, NAMES_BYTES), *rest = all, *name;
	const char **names = calloc(MAX_NAMES + 1, sizeof(*names)), *near, *dot;
	size_t nr = 0;

	if (all && names &&
	    !engine->card.ops->peek(engine->card.model, "", all, NAMES_BYTES))
		while (nr < MAX_NAMES && (name = strsep(&rest, " ")))
			names[nr++] = name;
	near = nr ? riser_nearest(signal, names) : NULL;
	/* most people leave the instances out */
	for (size_t i = 0; i < nr && !near; i++) {
		dot = strrchr(names[i], '.');
		near = riser_nearest(signal, (const char *[]){ dot ? dot + 1 : names[i], NULL });
	}
	if (near)
		snprintf(text, size, "no signal '%s'; did you mean '%s'?", signal, near);
	else
		snprintf(text, size, "no signal '%s': there is %s, and card.signals makes others reachable",
			 signal, nr ? names[0] : "none");
	free(names);
	free(all);
}

static void say_why(struct riser_engine *engine, int ret, const char *signal,
		    const char *value, char *text, size_t size)
{
	switch (ret) {
	case -ENOENT:
		no_signal(engine, signal, text, size);
		break;
	case -ENOTUNIQ:
		snprintf(text, size, "several signals are called '%s': put their instances before it",
			 signal);
		break;
	case -EINVAL:
		snprintf(text, size, "'%s' is no value: a decimal or 0x number is needed", value);
		break;
	case -ENOSPC:
		snprintf(text, size, "%s is too wide for the back door", signal);
		break;
	case -ERANGE:
		snprintf(text, size, "'%s' is wider than %s", value, signal);
		break;
	default:
		snprintf(text, size, "%s: %s", signal, strerror(-ret));
	}
}

/* ---- doing it ---- */

static bool has_backdoor(const struct riser_card *card)
{
	return card->ops->size >= offsetof(struct riser_model_ops, poke) +
				  sizeof(card->ops->poke) &&
	       card->ops->peek && card->ops->poke;
}

static int do_it(struct riser_engine *engine, bool is_poke, const char *signal,
		 const char *value, char *answer, size_t size)
{
	const struct riser_model_ops *ops = engine->card.ops;
	char was[VALUE_BYTES], is[VALUE_BYTES] = "";
	int ret;

	if (!has_backdoor(&engine->card)) {
		snprintf(answer, size, "the model has no back door: card.signals in riser.yaml names what can be reached");
		return -EOPNOTSUPP;
	}
	ret = ops->peek(engine->card.model, signal, was, sizeof(was));
	if (!ret && is_poke)
		ret = ops->poke(engine->card.model, signal, value);
	if (!ret && is_poke) {
		riser_boot_taint(engine);
		engine->run.why &= ~RISER_RUN_IDLE; /* it may have something to do now */
		ret = ops->peek(engine->card.model, signal, is, sizeof(is));
	}
	if (ret)
		say_why(engine, ret, signal, value, answer, size);
	else if (is_poke)
		snprintf(answer, size, "%s = %s, was %s", signal, is, was);
	else
		snprintf(answer, size, "%s = %s", signal, was);
	return ret;
}

static int serve(struct riser_engine *engine, const char *request, uint64_t host_ns,
		 char *answer, size_t size)
{
	char verb[8], signal[SIGNAL_BYTES], value[VALUE_BYTES] = "";
	int nr = sscanf(request, "%7s %127s %180s", verb, signal, value), ret;
	bool is_poke = nr == 3 && !strcmp(verb, "poke");

	if (!is_poke && (nr != 2 || strcmp(verb, "peek"))) {
		snprintf(answer, size, "peek SIGNAL, or poke SIGNAL VALUE is needed");
		ret = -EINVAL;
	} else {
		ret = do_it(engine, is_poke, signal, value, answer, size);
	}
	riser_note(engine, RISER_NOTE_BACKDOOR, ret ? RISER_BACKDOOR_FAILED :
		   is_poke ? RISER_BACKDOOR_POKE : RISER_BACKDOOR_PEEK, host_ns, "%s",
		   answer);
	return ret;
}

bool riser_backdoor_mark(struct riser_engine *engine, const char *text, uint64_t host_ns)
{
	char answer[RISER_ERROR_BYTES], line[RISER_ERROR_BYTES + 32];
	const char *request = text + strlen(MARK);

	if (strncmp(text, MARK "peek ", strlen(MARK "peek ")) &&
	    strncmp(text, MARK "poke ", strlen(MARK "poke ")))
		return false;
	if (serve(engine, request, host_ns, answer, sizeof(answer))) {
		snprintf(line, sizeof(line), "%.4s: %s", request, answer);
		riser_finding_plain(engine, RISER_FINDING_SCRIPT, "driver",
				    "the script asks for a signal of the RTL by a name or value that cannot be",
				    "%s", line);
	}
	return true;
}

void riser_backdoor_pump(struct riser_engine *engine)
{
	struct riser_backdoor *b = engine->backdoor;

	pthread_mutex_lock(&b->lock);
	if (b->state == WISH_ASKED) {
		b->ret = serve(engine, b->request, 0, b->answer, sizeof(b->answer));
		b->state = WISH_DONE;
		pthread_cond_signal(&b->done);
	}
	pthread_mutex_unlock(&b->lock);
}

int riser_engine_backdoor(struct riser_engine *engine, const char *request, char *answer,
			  size_t size)
{
	struct riser_backdoor *b = engine->backdoor;
	struct timespec until;
	int ret = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += WAIT_S;
	pthread_mutex_lock(&b->turn);
	pthread_mutex_lock(&b->lock);
	snprintf(b->request, sizeof(b->request), "%s", request);
	b->state = WISH_ASKED;
	__atomic_store_n(&engine->has_posts, 1, __ATOMIC_RELAXED);
	while (b->state != WISH_DONE && !ret)
		ret = -pthread_cond_timedwait(&b->done, &b->lock, &until);
	if (b->state == WISH_DONE) {
		snprintf(answer, size, "%s", b->answer);
		ret = b->ret;
	} else {
		snprintf(answer, size, "the engine did not answer within %d s", WAIT_S);
	}
	b->state = WISH_NONE;
	pthread_mutex_unlock(&b->lock);
	pthread_mutex_unlock(&b->turn);
	return ret;
}
