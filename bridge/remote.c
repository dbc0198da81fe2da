// SPDX-License-Identifier: Apache-2.0
/*
 * The bridge's end of the model ABI over a socket. Each call is one frame and
 * one answer; TLPs towards the card are sent once, when they are new. A word
 * that wakes run() cannot cross, so a long run() is cut into slices: what the
 * model does is the same, wherever it is cut.
 *
 * A process that ends, or breaks the protocol, is a model that died: run() says
 * so once with RISER_RUN_FATAL, and -EIO from then on.
 */
#define _GNU_SOURCE
#include "remote.h"
#include "remote_host.h"
#include "wire.h"

#include <riser/link.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLICE_MIN	64	/* cycles; doubled while nothing happens */
#define SLICE_MAX	16384

struct riser_model {
	struct riser_remote *remote;
};

struct riser_remote {
	struct riser_model model;
	struct riser_model_info info;
	struct riser_model_ops ops;
	struct riser_wire_in in;
	int sock;
	pid_t pid;
	bool is_dead;
	uint32_t slice;
	uint32_t levels;			/* of the sideband, set last */
	bool has_run;				/* since create() or the restart */
	uint64_t base;				/* cycles before the restart */
	uint64_t cycle;				/* after the last run() */
	char *path;				/* of the model.so; NULL: not ours to start */
	struct riser_wire_create create;
	char *plusargs;
	size_t plusargs_bytes;
	int mem_fd[RISER_MODEL_MAX_MEMS];
	uint64_t sent[RISER_NR_CLASSES];	/* head that the simulator knows */
	uint64_t tail[RISER_NR_CLASSES];	/* tail that it answered last */
	uint8_t *out;
	size_t out_room;
	void (*message)(void *ctx, enum riser_severity severity, const char *file, int line,
			const char *text);
	void *ctx;
};

/* ---- calls ---- */

static void show_message(struct riser_remote *r)
{
	struct riser_wire_message msg;
	size_t at = sizeof(msg);
	const char *file, *text;

	if (r->in.hdr.len < sizeof(msg))
		return;
	memcpy(&msg, r->in.body, sizeof(msg));
	file = riser_wire_string(&r->in, &at);
	text = file ? riser_wire_string(&r->in, &at) : NULL;
	if (!text || !r->message || msg.severity < RISER_MSG_DISPLAY ||
	    msg.severity > RISER_MSG_FINISH)
		return;
	r->message(r->ctx, (enum riser_severity)msg.severity, *file ? file : NULL, msg.line, text);
}

static int await_result(struct riser_remote *r)
{
	int ret;

	for (;;) {
		ret = riser_wire_receive(r->sock, &r->in);
		if (ret)
			return ret;
		if (r->in.hdr.op == RISER_WIRE_RESULT)
			return 0;
		if (r->in.hdr.op != RISER_WIRE_MESSAGE)
			return -EPROTO;
		show_message(r);
	}
}

static int send_call(struct riser_remote *r, enum riser_wire_op op,
		     const struct riser_wire_part *part, size_t nr, int fd)
{
	const struct riser_wire_hdr hdr = { .op = op };

	return r->is_dead ? -EIO : riser_wire_send(r->sock, &hdr, part, nr, fd);
}

/* The result of the call, or -EPIPE and -EPROTO when there will be no more. */
static int call(struct riser_remote *r, enum riser_wire_op op, const struct riser_wire_part *part,
		size_t nr, int fd)
{
	int ret = send_call(r, op, part, nr, fd);

	if (!ret)
		ret = await_result(r);
	return ret ? ret : r->in.hdr.result;
}

static void say_dead(struct riser_remote *r, const char *why)
{
	char text[160];
	int status;

	r->is_dead = true;
	if (r->pid > 0 && waitpid(r->pid, &status, 0) == r->pid) {
		r->pid = 0;
		if (WIFSIGNALED(status))
			snprintf(text, sizeof(text), "the simulator's process was ended by signal %d (%s)",
				 WTERMSIG(status), strsignal(WTERMSIG(status)));
		else
			snprintf(text, sizeof(text), "the simulator's process ended with status %d",
				 WEXITSTATUS(status));
	} else {
		snprintf(text, sizeof(text), "the simulator %s", why);
	}
	if (r->message)
		r->message(r->ctx, RISER_MSG_FATAL, NULL, 0, text);
}

static void fail_run(struct riser_remote *r, int code)
{
	if (code == -EPIPE) {
		say_dead(r, "closed its socket");
		return;
	}
	if (r->pid > 0)
		kill(r->pid, SIGKILL);
	say_dead(r, code == -EPROTO ? "broke the protocol" : strerror(-code));
}

/* ---- run() ---- */

static int put(struct riser_remote *r, size_t *used, const void *data, size_t len)
{
	size_t room = r->out_room ? r->out_room : 4096;
	uint8_t *out;

	while (room < *used + len)
		room *= 2;
	if (room != r->out_room) {
		out = realloc(r->out, room);
		if (!out)
			return -ENOMEM;
		r->out = out;
		r->out_room = room;
	}
	memcpy(r->out + *used, data, len);
	*used += len;
	return 0;
}

static int put_queue(struct riser_remote *r, const struct riser_rx_queue *queue, int class,
		     struct riser_wire_queue *to, size_t *used)
{
	uint64_t number = r->sent[class];
	int ret = 0;

	/* not what the simulator said, or dropped: all that waits goes again */
	if (queue->tail != r->tail[class] || number > queue->head || number < queue->tail)
		number = queue->tail;
	*to = (struct riser_wire_queue){
		.tail = queue->tail, .first = number, .head = queue->head, .mask = queue->mask,
	};
	for (; !ret && number < queue->head; number++) {
		const struct riser_tlp_ref *ref = &queue->ref[number & queue->mask];
		const struct riser_wire_tlp tlp = {
			.len = ref->len, .after_posted = ref->after_posted,
		};

		ret = put(r, used, &tlp, sizeof(tlp));
		if (!ret)
			ret = put(r, used, ref->bytes, ref->len);
	}
	return ret;
}

/* After a restart the process counts from 0 again. */
static bool add_base(uint8_t *tx, uint64_t bytes, uint64_t base)
{
	struct riser_tx_rec *rec;
	uint64_t at;

	for (at = 0; at < bytes; at += rec->bytes) {
		rec = (struct riser_tx_rec *)(void *)(tx + at);
		if (bytes - at < sizeof(*rec) || rec->bytes < sizeof(*rec) || rec->bytes % 16 ||
		    rec->bytes > bytes - at)
			return false;
		rec->cycle += base;
	}
	return true;
}

static int take_ran(struct riser_remote *r, struct riser_run *run, uint64_t used)
{
	struct riser_wire_ran ran;
	int class;

	if (r->in.hdr.len < sizeof(ran))
		return -EPROTO;
	memcpy(&ran, r->in.body, sizeof(ran));
	if (r->in.hdr.len - sizeof(ran) != ran.tx_used || ran.tx_used > run->tx_bytes - used)
		return -EPROTO;
	for (class = 0; class < RISER_NR_CLASSES; class++) {
		if (ran.tail[class] < run->rx[class].tail || ran.tail[class] > run->rx[class].head)
			return -EPROTO;
		run->rx[class].tail = ran.tail[class];
		r->tail[class] = ran.tail[class];
		r->sent[class] = run->rx[class].head;
	}
	if (ran.tx_used)
		memcpy(run->tx + used, r->in.body + sizeof(ran), ran.tx_used);
	if (r->base && !add_base(run->tx + used, ran.tx_used, r->base))
		return -EPROTO;
	run->why = ran.why;
	run->cycle = r->base + ran.cycle;
	r->cycle = run->cycle;
	r->has_run = true;
	run->status = ran.status;
	run->tx_used = used + ran.tx_used;
	run->tx_nr += ran.tx_nr;
	return r->in.hdr.result;
}

static int run_slice(struct riser_remote *r, struct riser_run *run, uint64_t cycles)
{
	struct riser_wire_run out = {
		.max_cycles = cycles,
		.tx_bytes = run->tx_bytes - run->tx_used,
		.stop_on_tx = run->stop_on_tx,
		.stop_on_idle = run->stop_on_idle,
		.stop_on_rx_done = run->stop_on_rx_done,
	};
	struct riser_wire_part part[2] = { { &out, sizeof(out) } };
	uint64_t used = run->tx_used;
	size_t bytes = 0;
	int class, ret = 0;

	memcpy(out.stall_rx, run->stall_rx, sizeof(out.stall_rx));
	memcpy(out.stall_tx, run->stall_tx, sizeof(out.stall_tx));
	for (class = 0; !ret && class < RISER_NR_CLASSES; class++)
		ret = put_queue(r, &run->rx[class], class, &out.rx[class], &bytes);
	if (ret)
		return ret;
	part[1] = (struct riser_wire_part){ r->out, bytes };
	ret = send_call(r, RISER_WIRE_RUN, part, 2, -1);
	if (!ret)
		ret = await_result(r);
	return ret ? ret : take_ran(r, run, used);
}

static uint32_t wake_word(const struct riser_run *run)
{
	return __atomic_load_n(run->wake, __ATOMIC_ACQUIRE);
}

/* Its reasons to stop are those of the model, but for the slice's own end. */
static bool goes_on(struct riser_remote *r, struct riser_run *run, uint64_t *left)
{
	if (run->wake && wake_word(run) != run->wake_seen)
		run->why |= RISER_RUN_WAKE;
	if (run->why != RISER_RUN_CYCLES)
		return false;
	if (run->tx_used)
		r->slice = SLICE_MIN;
	else if (r->slice < SLICE_MAX)
		r->slice *= 2;
	return *left > 0;
}

static int remote_run(struct riser_model *model, struct riser_run *run)
{
	struct riser_remote *r = model->remote;
	uint64_t left = run->max_cycles, cycles;
	int ret;

	if (r->is_dead)
		return -EIO;
	run->tx_used = 0;
	run->tx_nr = 0;
	r->slice = SLICE_MIN;
	do {
		cycles = run->wake && left > r->slice ? r->slice : left;
		left -= cycles;
		ret = run_slice(r, run, cycles);
		if (ret == -EPIPE || ret == -EPROTO || ret == -EMSGSIZE) {
			fail_run(r, ret);
			run->why = RISER_RUN_FATAL;
			return 0;
		}
		if (ret)
			return ret;
	} while (goes_on(r, run, &left));
	if (left && run->why & RISER_RUN_CYCLES && run->why != RISER_RUN_CYCLES)
		run->why &= ~RISER_RUN_CYCLES;
	return 0;
}

/* ---- the other operations ---- */

static void remote_destroy(struct riser_model *model)
{
	call(model->remote, RISER_WIRE_DESTROY, NULL, 0, -1);
}

static int restart(struct riser_remote *r);

static void remote_sideband(struct riser_model *model, uint32_t levels)
{
	const uint32_t resets = RISER_SB_PERST | RISER_SB_HOT_RESET;
	struct riser_remote *r = model->remote;
	struct riser_wire_part part = { &levels, sizeof(levels) };
	bool is_new = levels & ~r->levels & resets;

	if (is_new && r->has_run && !r->is_dead && r->info.features & RISER_MODEL_F_RESTART &&
	    restart(r))
		fail_run(r, -EPIPE);
	r->levels = levels;
	send_call(r, RISER_WIRE_SIDEBAND, &part, 1, -1);
}

static int remote_trace_open(struct riser_model *model, const char *path, const char *scopes)
{
	struct riser_wire_part part[] = {
		{ path, strlen(path) + 1 }, { scopes, strlen(scopes) + 1 },
	};

	return call(model->remote, RISER_WIRE_TRACE_OPEN, part, 2, -1);
}

static void remote_trace_close(struct riser_model *model)
{
	call(model->remote, RISER_WIRE_TRACE_CLOSE, NULL, 0, -1);
}

static void remote_annotate(struct riser_model *model, enum riser_lane lane, const char *text)
{
	uint32_t number = lane;
	struct riser_wire_part part[] = {
		{ &number, sizeof(number) }, { text, strlen(text) + 1 },
	};

	send_call(model->remote, RISER_WIRE_ANNOTATE, part, 2, -1);
}

static int remote_save(struct riser_model *model, int fd)
{
	return call(model->remote, RISER_WIRE_SAVE, NULL, 0, fd);
}

static int remote_restore(struct riser_model *model, int fd)
{
	return call(model->remote, RISER_WIRE_RESTORE, NULL, 0, fd);
}

static int remote_coverage(struct riser_model *model, const char *path)
{
	struct riser_wire_part part = { path, strlen(path) + 1 };

	return call(model->remote, RISER_WIRE_COVERAGE, &part, 1, -1);
}

static void set_ops(struct riser_remote *r)
{
	const uint32_t features = r->info.features;

	r->ops = (struct riser_model_ops){
		.abi = RISER_MODEL_ABI,
		.size = sizeof(r->ops),
		.destroy = remote_destroy,
		.set_sideband = remote_sideband,
		.run = remote_run,
	};
	if (features & RISER_MODEL_F_TRACE) {
		r->ops.trace_open = remote_trace_open;
		r->ops.trace_close = remote_trace_close;
		r->ops.annotate = remote_annotate;
	}
	if (features & RISER_MODEL_F_SAVE) {
		r->ops.save = remote_save;
		r->ops.restore = remote_restore;
	}
	if (features & RISER_MODEL_F_COVERAGE)
		r->ops.coverage_write = remote_coverage;
}

/* ---- its process ---- */

static int hello(struct riser_remote *r, const char *path, char *error)
{
	const uint32_t abi = RISER_MODEL_ABI;
	struct riser_wire_part part = { &abi, sizeof(abi) };
	int ret = call(r, RISER_WIRE_HELLO, &part, 1, -1);

	if (!ret && r->in.hdr.len != sizeof(r->info))
		ret = -EPROTO;
	if (ret) {
		snprintf(error, RISER_ERROR_BYTES, "the simulator of %s gives no answer: %s", path,
			 ret == -EPIPE ? "it ended at once" : strerror(-ret));
		return ret;
	}
	memcpy(&r->info, r->in.body, sizeof(r->info));
	/* the map of writes is the bridge's memory */
	r->info.features &= ~RISER_MODEL_F_DIRTY;
	r->info.name[sizeof(r->info.name) - 1] = '\0';
	r->info.top[sizeof(r->info.top) - 1] = '\0';
	r->info.engine[sizeof(r->info.engine) - 1] = '\0';
	r->info.source_hash[sizeof(r->info.source_hash) - 1] = '\0';
	r->info.build_hash[sizeof(r->info.build_hash) - 1] = '\0';
	set_ops(r);
	return 0;
}

static struct riser_remote *new_remote(char *error)
{
	struct riser_remote *r = calloc(1, sizeof(*r));
	int i;

	if (!r) {
		snprintf(error, RISER_ERROR_BYTES, "out of memory");
		return NULL;
	}
	r->sock = -1;
	r->in.fd = -1;
	for (i = 0; i < RISER_MODEL_MAX_MEMS; i++)
		r->mem_fd[i] = -1;
	return r;
}

int riser_remote_spawn(const char *path, struct riser_remote **remote, char *error)
{
	struct riser_remote *r = new_remote(error);
	int ret;

	if (!r)
		return -ENOMEM;
	r->path = strdup(path);
	if (!r->path)
		ret = -ENOMEM;
	else
		ret = riser_host_spawn(path, &r->sock, &r->pid, error);
	if (!ret)
		ret = hello(r, path, error);
	if (ret) {
		riser_remote_free(r);
		return ret;
	}
	*remote = r;
	return 0;
}

int riser_remote_connect(const char *path, struct riser_remote **remote, char *error)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	struct riser_remote *r = new_remote(error);
	int ret = 0;

	if (!r)
		return -ENOMEM;
	r->sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (strlen(path) >= sizeof(name.sun_path))
		ret = -ENAMETOOLONG;
	else
		strcpy(name.sun_path, path);
	if (!ret && (r->sock < 0 || connect(r->sock, (struct sockaddr *)&name, sizeof(name))))
		ret = -errno;
	if (ret)
		snprintf(error, RISER_ERROR_BYTES, "no simulator listens on %s: %s", path,
			 strerror(-ret));
	else
		ret = hello(r, path, error);
	if (ret) {
		riser_remote_free(r);
		return ret;
	}
	*remote = r;
	return 0;
}

void riser_remote_free(struct riser_remote *r)
{
	int i;

	if (r->sock >= 0)
		close(r->sock);
	if (r->pid > 0)
		riser_host_end(r->pid);
	for (i = 0; i < RISER_MODEL_MAX_MEMS; i++)
		if (r->mem_fd[i] >= 0)
			close(r->mem_fd[i]);
	riser_wire_free(&r->in);
	free(r->plusargs);
	free(r->path);
	free(r->out);
	free(r);
}

/* ---- the instance ---- */

static int send_create(struct riser_remote *r)
{
	struct riser_wire_part part[2] = { { &r->create, sizeof(r->create) } };
	struct riser_wire_mem mem;
	uint32_t i;
	int ret = 0;

	for (i = 0; !ret && i < r->info.nr_mems; i++) {
		mem = (struct riser_wire_mem){ .index = i, .bytes = r->info.mem[i].bytes };
		part[1] = (struct riser_wire_part){ &mem, sizeof(mem) };
		ret = send_call(r, RISER_WIRE_MEM, &part[1], 1, r->mem_fd[i]);
	}
	part[1] = (struct riser_wire_part){ r->plusargs, r->plusargs_bytes };
	r->levels = RISER_SB_PERST;
	r->has_run = false;
	return ret ? ret : call(r, RISER_WIRE_CREATE, part, 2, -1);
}

static int keep_params(struct riser_remote *r, const struct riser_model_params *params,
		       const int *mem_fd)
{
	size_t used = 0;
	uint32_t i;
	int ret = 0;

	r->message = params->message;
	r->ctx = params->ctx;
	r->create = (struct riser_wire_create){
		.abi = RISER_MODEL_ABI, .x_init = params->x_init, .seed = params->seed,
		.nr_plusargs = params->nr_plusargs,
	};
	for (i = 0; !ret && i < params->nr_plusargs; i++)
		ret = put(r, &used, params->plusargs[i], strlen(params->plusargs[i]) + 1);
	if (ret)
		return ret;
	r->plusargs = malloc(used + 1);
	if (!r->plusargs)
		return -ENOMEM;
	if (used)
		memcpy(r->plusargs, r->out, used);
	r->plusargs_bytes = used;
	for (i = 0; i < r->info.nr_mems; i++) {
		r->mem_fd[i] = fcntl(mem_fd[i], F_DUPFD_CLOEXEC, 3);
		if (r->mem_fd[i] < 0)
			return -errno;
	}
	return 0;
}

int riser_remote_create(struct riser_remote *r, const struct riser_model_params *params,
			const int *mem_fd, struct riser_model **model)
{
	int ret = keep_params(r, params, mem_fd);

	if (!ret)
		ret = send_create(r);
	if (ret == -EPIPE || ret == -EPROTO)
		fail_run(r, ret);
	if (ret)
		return ret;
	r->model.remote = r;
	*model = &r->model;
	return 0;
}

/* A reset that the model cannot do itself: another process, whose cycles go on. */
static int restart(struct riser_remote *r)
{
	char error[RISER_ERROR_BYTES];
	int class, ret;

	if (!r->path)
		return -EOPNOTSUPP;
	close(r->sock);
	r->sock = -1;
	if (r->pid > 0)
		riser_host_end(r->pid);
	r->pid = 0;
	ret = riser_host_spawn(r->path, &r->sock, &r->pid, error);
	if (!ret)
		ret = hello(r, r->path, error);
	if (ret) {
		if (r->message)
			r->message(r->ctx, RISER_MSG_ERROR, NULL, 0, error);
		return ret;
	}
	r->base = r->cycle;
	for (class = 0; class < RISER_NR_CLASSES; class++)
		r->tail[class] = UINT64_MAX;	/* all that waits is sent again */
	return send_create(r);
}

const struct riser_model_info *riser_remote_info(const struct riser_remote *r)
{
	return &r->info;
}

const struct riser_model_ops *riser_remote_ops(const struct riser_remote *r)
{
	return &r->ops;
}
