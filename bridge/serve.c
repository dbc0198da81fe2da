// SPDX-License-Identifier: Apache-2.0
/*
 * The simulator's end of the model ABI over a socket. It trusts the bridge no
 * more than the bridge trusts it: each frame is checked for its length and its
 * order before the model sees anything of it.
 */
#define _GNU_SOURCE
#include <riser/loader.h>
#include <riser/serve.h>

#include "wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_PLUSARGS	4096
#define MAX_QUEUE	(1u << 16)
#define MAX_TX_BYTES	(32u << 20)

struct serve {
	int sock;
	const struct riser_model_ops *ops;
	struct riser_model *model;
	struct riser_wire_in in;
	struct riser_run run;
	uint64_t tx_room;
	uint8_t *bytes[RISER_NR_CLASSES];	/* of each slot, SLOT_BYTES apart */
	void *mem[RISER_MODEL_MAX_MEMS];
	uint64_t mem_bytes[RISER_MODEL_MAX_MEMS];
	int failed;				/* of a send that cannot be answered */
};

/* header, 4 KiB and a digest */
#define SLOT_BYTES	4352

static int answer(struct serve *s, int result, const struct riser_wire_part *part, size_t nr)
{
	const struct riser_wire_hdr hdr = { .op = RISER_WIRE_RESULT, .result = result };

	return riser_wire_send(s->sock, &hdr, part, nr, -1);
}

static void on_message(void *ctx, enum riser_severity severity, const char *file, int line,
		       const char *text)
{
	const struct riser_wire_hdr hdr = { .op = RISER_WIRE_MESSAGE };
	const struct riser_wire_message msg = { .severity = severity, .line = line };
	struct serve *s = ctx;
	struct riser_wire_part part[] = {
		{ &msg, sizeof(msg) },
		{ file ? file : "", strlen(file ? file : "") + 1 },
		{ text, strlen(text) + 1 },
	};
	int ret = riser_wire_send(s->sock, &hdr, part, 3, -1);

	if (ret)
		s->failed = ret;
}

static int do_hello(struct serve *s)
{
	const struct riser_model_info *info = s->ops->info();
	struct riser_wire_part part = { info, sizeof(*info) };

	return info ? answer(s, 0, &part, 1) : answer(s, -EINVAL, NULL, 0);
}

static int do_mem(struct serve *s)
{
	struct riser_wire_mem mem;
	struct stat st;
	void *at;

	if (s->in.hdr.len != sizeof(mem) || s->in.fd < 0 || s->model)
		return -EPROTO;
	memcpy(&mem, s->in.body, sizeof(mem));
	if (mem.index >= RISER_MODEL_MAX_MEMS || s->mem[mem.index] || !mem.bytes ||
	    fstat(s->in.fd, &st) || (uint64_t)st.st_size < mem.bytes)
		return -EPROTO;
	at = mmap(NULL, mem.bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, s->in.fd, 0);
	if (at == MAP_FAILED)
		return -errno;
	s->mem[mem.index] = at;
	s->mem_bytes[mem.index] = mem.bytes;
	return 0;
}

static int plusargs(struct serve *s, uint32_t nr, const char **list)
{
	size_t at = sizeof(struct riser_wire_create);
	uint32_t i;

	for (i = 0; i < nr; i++) {
		list[i] = riser_wire_string(&s->in, &at);
		if (!list[i])
			return -EPROTO;
	}
	return at == s->in.hdr.len ? 0 : -EPROTO;
}

static int do_create(struct serve *s)
{
	struct riser_model_params params = {
		.abi = RISER_MODEL_ABI, .size = sizeof(params), .message = on_message, .ctx = s,
	};
	struct riser_wire_create create;
	const char **list;
	uint32_t i;
	int ret;

	if (s->in.hdr.len < sizeof(create) || s->model)
		return -EPROTO;
	memcpy(&create, s->in.body, sizeof(create));
	if (create.abi != RISER_MODEL_ABI || create.nr_plusargs > MAX_PLUSARGS)
		return -EPROTO;
	for (i = 0; i < s->ops->info()->nr_mems; i++)
		if (s->mem_bytes[i] < s->ops->info()->mem[i].bytes)
			return -EPROTO;
	list = calloc(create.nr_plusargs + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	ret = plusargs(s, create.nr_plusargs, list);
	if (!ret) {
		params.x_init = create.x_init;
		params.seed = create.seed;
		params.plusargs = list;
		params.nr_plusargs = create.nr_plusargs;
		memcpy(params.mem, s->mem, sizeof(params.mem));
		ret = answer(s, s->ops->create(&params, &s->model), NULL, 0);
	}
	free(list);
	return ret;
}

/* ---- one call of run() ---- */

static int size_queue(struct serve *s, int class, uint32_t mask)
{
	struct riser_rx_queue *queue = &s->run.rx[class];
	uint8_t *bytes;

	if (queue->ref)
		return queue->mask == mask ? 0 : -EPROTO;
	if (mask & (mask + 1) || mask >= MAX_QUEUE)
		return -EPROTO;
	queue->ref = calloc(mask + 1, sizeof(*queue->ref));
	bytes = queue->ref ? malloc((size_t)(mask + 1) * SLOT_BYTES) : NULL;
	if (!bytes)
		return -ENOMEM;
	queue->mask = mask;
	s->bytes[class] = bytes;
	return 0;
}

static int take_tlp(struct serve *s, int class, uint64_t number, size_t *at)
{
	struct riser_rx_queue *queue = &s->run.rx[class];
	uint8_t *to = s->bytes[class] + (number & queue->mask) * SLOT_BYTES;
	struct riser_wire_tlp tlp;

	if (s->in.hdr.len - *at < sizeof(tlp))
		return -EPROTO;
	memcpy(&tlp, s->in.body + *at, sizeof(tlp));
	*at += sizeof(tlp);
	if (tlp.len > SLOT_BYTES || tlp.len > s->in.hdr.len - *at)
		return -EPROTO;
	memcpy(to, s->in.body + *at, tlp.len);
	*at += tlp.len;
	queue->ref[number & queue->mask] = (struct riser_tlp_ref){
		.bytes = to, .len = tlp.len, .after_posted = tlp.after_posted,
	};
	return 0;
}

static int take_queue(struct serve *s, int class, const struct riser_wire_queue *from, size_t *at)
{
	struct riser_rx_queue *queue = &s->run.rx[class];
	uint64_t number;
	int ret = size_queue(s, class, from->mask);

	if (ret)
		return ret;
	if (from->tail != queue->tail && from->first != from->tail)
		return -EPROTO;
	if (from->first < from->tail || from->head < from->first ||
	    (from->first != from->tail && from->first > queue->head) ||
	    from->head - from->tail > (uint64_t)queue->mask + 1)
		return -EPROTO;
	queue->tail = from->tail;
	for (number = from->first; !ret && number < from->head; number++)
		ret = take_tlp(s, class, number, at);
	queue->head = from->head;
	return ret;
}

static int take_run(struct serve *s)
{
	size_t at = sizeof(struct riser_wire_run);
	struct riser_wire_run in;
	uint8_t *tx;
	int class, ret;

	if (s->in.hdr.len < sizeof(in) || !s->model)
		return -EPROTO;
	memcpy(&in, s->in.body, sizeof(in));
	if (in.tx_bytes > MAX_TX_BYTES)
		in.tx_bytes = MAX_TX_BYTES;
	for (class = 0; class < RISER_NR_CLASSES; class++) {
		ret = take_queue(s, class, &in.rx[class], &at);
		if (ret)
			return ret;
	}
	if (at != s->in.hdr.len)
		return -EPROTO;
	if (s->tx_room < in.tx_bytes || !s->run.tx) {
		tx = aligned_alloc(16, (in.tx_bytes + 31) & ~(size_t)15);
		if (!tx)
			return -ENOMEM;
		free(s->run.tx);
		s->run.tx = tx;
		s->tx_room = in.tx_bytes;
	}
	s->run.tx_bytes = in.tx_bytes;
	s->run.max_cycles = in.max_cycles;
	s->run.stop_on_tx = in.stop_on_tx;
	s->run.stop_on_idle = in.stop_on_idle;
	s->run.stop_on_rx_done = in.stop_on_rx_done;
	memcpy(s->run.stall_rx, in.stall_rx, sizeof(in.stall_rx));
	memcpy(s->run.stall_tx, in.stall_tx, sizeof(in.stall_tx));
	return 0;
}

static int do_run(struct serve *s)
{
	struct riser_wire_ran ran;
	struct riser_wire_part part[2] = { { &ran, sizeof(ran) } };
	int class, result, ret = take_run(s);

	if (ret)
		return ret;
	result = s->ops->run(s->model, &s->run);
	ran = (struct riser_wire_ran){
		.tx_used = result ? 0 : s->run.tx_used,
		.cycle = s->run.cycle,
		.why = s->run.why,
		.tx_nr = result ? 0 : s->run.tx_nr,
		.status = s->run.status,
	};
	for (class = 0; class < RISER_NR_CLASSES; class++)
		ran.tail[class] = s->run.rx[class].tail;
	part[1] = (struct riser_wire_part){ s->run.tx, ran.tx_used };
	return answer(s, result, part, 2);
}

/* ---- everything else ---- */

static int do_sideband(struct serve *s)
{
	uint32_t levels;

	if (s->in.hdr.len != sizeof(levels) || !s->model)
		return -EPROTO;
	memcpy(&levels, s->in.body, sizeof(levels));
	s->ops->set_sideband(s->model, levels);
	return 0;
}

static int do_trace_open(struct serve *s)
{
	size_t at = 0;
	const char *path = riser_wire_string(&s->in, &at);
	const char *scopes = path ? riser_wire_string(&s->in, &at) : NULL;

	if (!scopes || !s->model)
		return -EPROTO;
	return answer(s, riser_card_trace_open(s->ops, s->model, path, scopes), NULL, 0);
}

static int do_annotate(struct serve *s)
{
	size_t at = sizeof(uint32_t);
	const char *text = riser_wire_string(&s->in, &at);
	uint32_t lane;

	if (!text || !s->model)
		return -EPROTO;
	memcpy(&lane, s->in.body, sizeof(lane));
	if (lane < RISER_NR_LANES && s->ops->annotate)
		s->ops->annotate(s->model, (enum riser_lane)lane, text);
	return 0;
}

static int do_state(struct serve *s, int (*move)(struct riser_model *model, int fd))
{
	if (s->in.fd < 0 || !s->model)
		return -EPROTO;
	return answer(s, move ? move(s->model, s->in.fd) : -EOPNOTSUPP, NULL, 0);
}

static int do_coverage(struct serve *s)
{
	size_t at = 0;
	const char *path = riser_wire_string(&s->in, &at);

	if (!path || !s->model)
		return -EPROTO;
	return answer(s, s->ops->coverage_write ? s->ops->coverage_write(s->model, path) :
						  -EOPNOTSUPP, NULL, 0);
}

static void destroy(struct serve *s)
{
	if (s->model)
		s->ops->destroy(s->model);
	s->model = NULL;
}

static int dispatch(struct serve *s)
{
	switch (s->in.hdr.op) {
	case RISER_WIRE_HELLO:
		return do_hello(s);
	case RISER_WIRE_MEM:
		return do_mem(s);
	case RISER_WIRE_CREATE:
		return do_create(s);
	case RISER_WIRE_SIDEBAND:
		return do_sideband(s);
	case RISER_WIRE_RUN:
		return do_run(s);
	case RISER_WIRE_TRACE_OPEN:
		return do_trace_open(s);
	case RISER_WIRE_TRACE_CLOSE:
		if (s->model && s->ops->trace_close)
			s->ops->trace_close(s->model);
		return answer(s, 0, NULL, 0);
	case RISER_WIRE_ANNOTATE:
		return do_annotate(s);
	case RISER_WIRE_SAVE:
		return do_state(s, s->ops->save);
	case RISER_WIRE_RESTORE:
		return do_state(s, s->ops->restore);
	case RISER_WIRE_COVERAGE:
		return do_coverage(s);
	case RISER_WIRE_DESTROY:
		destroy(s);
		return answer(s, 0, NULL, 0);
	default:
		return -EPROTO;
	}
}

int riser_model_serve(int fd, const struct riser_model_ops *ops)
{
	struct serve *s = calloc(1, sizeof(*s));
	int i, ret = 0;

	if (!s)
		return -ENOMEM;
	s->sock = fd;
	s->ops = ops;
	s->in.fd = -1;
	while (!ret && !s->failed) {
		ret = riser_wire_receive(fd, &s->in);
		if (!ret)
			ret = dispatch(s);
	}
	destroy(s);
	for (i = 0; i < RISER_NR_CLASSES; i++) {
		free(s->run.rx[i].ref);
		free(s->bytes[i]);
	}
	for (i = 0; i < RISER_MODEL_MAX_MEMS; i++)
		if (s->mem[i])
			munmap(s->mem[i], s->mem_bytes[i]);
	free(s->run.tx);
	riser_wire_free(&s->in);
	ret = ret ? ret : s->failed;
	free(s);
	return ret == -EPIPE ? 0 : ret;
}
