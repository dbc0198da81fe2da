// SPDX-License-Identifier: Apache-2.0
/*
 * Writes the record of a run (docs/record.md).
 *
 * The engine's thread encodes records into the open block; a thread of its own
 * packs whole blocks and hands them to the file. A block that is not full is
 * taken after FLUSH_NS, so a killed process leaves everything but the last
 * moment. There is a fixed number of blocks: when all are full, the engine
 * waits. An error of the file ends the recording, never the run.
 */
#define _GNU_SOURCE
#include <riser/record.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>
#include <zstd.h>

#include <riser/link.h>

#include "record_format.h"

#define NR_BLOCKS	8
#define FLUSH_NS	20000000	/* a block that is not full waits so long */
#define LEVEL		1
#define RECORD_MAX	(RISER_TLP_MAX_BYTES + 4096)	/* one record */
#define TEXT_MAX	2048

struct block {
	struct riser_rec_block head;
	uint8_t *data;
	uint32_t len;
};

struct caller_slot {
	struct riser_tlp_caller caller;	/* .function is not used */
	uint32_t site;
	uint32_t block;			/* number + 1 of the block that knows it */
};

struct riser_recorder {
	pthread_mutex_t lock;
	pthread_cond_t work;		/* for the writer */
	pthread_cond_t room;		/* for the engine, and for flush() */
	pthread_t thread;
	bool has_thread;
	/* under @lock */
	struct block block[NR_BLOCKS];
	struct block *open;		/* NULL: none */
	struct block *full[NR_BLOCKS];	/* in order */
	uint32_t nr_full;
	struct block *idle[NR_BLOCKS];
	uint32_t nr_idle;
	bool is_writing;
	bool wants_flush;
	bool stop;
	int error;
	/* the engine's, touched with @lock held */
	uint64_t log_id;
	uint64_t cycle;
	uint64_t host_ns;
	uint64_t seq;
	uint64_t nr_to_card;
	uint64_t tx_hash;
	uint32_t number;
	bool model_ended;
	struct caller_slot slot[RISER_REC_SLOTS];
	/* the writer's */
	int fd;
	uint64_t file_bytes;
	ZSTD_CCtx *zstd;
	uint8_t *packed;
	size_t packed_room;
};

/* ---- the writer's thread ---- */

static int write_all(int fd, const uint8_t *data, size_t bytes)
{
	ssize_t n;

	while (bytes) {
		n = write(fd, data, bytes);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		data += n;
		bytes -= (size_t)n;
	}
	return 0;
}

static void put32(uint8_t *p, uint32_t value)
{
	memcpy(p, &value, sizeof(value));
}

static int write_block(struct riser_recorder *rec, struct block *block)
{
	struct riser_rec_block *head = &block->head;
	uint8_t *p = rec->packed;
	size_t n, total;
	int ret;

	n = ZSTD_compress2(rec->zstd, p + 8 + sizeof(*head),
			   rec->packed_room - 8 - sizeof(*head), block->data,
			   block->len);
	if (ZSTD_isError(n))
		return -EIO;
	head->raw_bytes = block->len;
	head->packed_bytes = (uint32_t)n;
	head->packed_crc = (uint32_t)riser_hash64(p + 8 + sizeof(*head), n, 0);
	head->crc = (uint32_t)riser_hash64(&head->log_id, sizeof(*head) -
					   offsetof(struct riser_rec_block,
						    log_id), 0);
	put32(p, RISER_REC_SKIP_MAGIC);
	put32(p + 4, sizeof(*head));
	memcpy(p + 8, head, sizeof(*head));
	total = 8 + sizeof(*head) + n;
	ret = write_all(rec->fd, p, total);
	if (!ret)
		rec->file_bytes += total;
	else if (ftruncate(rec->fd, (off_t)rec->file_bytes))
		return ret;	/* the reader finds out */
	return ret;
}

static struct timespec flush_time(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += FLUSH_NS;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	return t;
}

/* The next block to write; NULL when it is time to end. Holds the lock. */
static struct block *next_block(struct riser_recorder *rec)
{
	struct timespec until = flush_time();
	struct block *block;
	bool is_due = false;

	while (!rec->nr_full) {
		if (rec->open && rec->open->len &&
		    (is_due || rec->wants_flush || rec->stop)) {
			block = rec->open;
			rec->open = NULL;
			return block;
		}
		if (rec->stop)
			return NULL;
		if (is_due)
			until = flush_time();
		is_due = pthread_cond_timedwait(&rec->work, &rec->lock,
						&until) == ETIMEDOUT;
	}
	block = rec->full[0];
	rec->nr_full--;
	memmove(rec->full, rec->full + 1, rec->nr_full * sizeof(rec->full[0]));
	return block;
}

static void *writer(void *arg)
{
	struct riser_recorder *rec = arg;
	struct block *block;
	int ret;

	pthread_mutex_lock(&rec->lock);
	while ((block = next_block(rec))) {
		rec->is_writing = true;
		ret = rec->error;
		pthread_mutex_unlock(&rec->lock);
		if (!ret)
			ret = write_block(rec, block);
		pthread_mutex_lock(&rec->lock);
		rec->is_writing = false;
		rec->error = ret;
		rec->idle[rec->nr_idle++] = block;
		pthread_cond_broadcast(&rec->room);
	}
	pthread_mutex_unlock(&rec->lock);
	return NULL;
}

/* ---- the engine's side ---- */

static void close_block(struct riser_recorder *rec)
{
	rec->full[rec->nr_full++] = rec->open;
	rec->open = NULL;
	pthread_cond_signal(&rec->work);
}

static void open_block(struct riser_recorder *rec)
{
	struct block *block;

	while (!rec->nr_idle)
		pthread_cond_wait(&rec->room, &rec->lock);
	block = rec->idle[--rec->nr_idle];
	block->len = 0;
	block->head = (struct riser_rec_block){
		.magic = RISER_REC_BLOCK_MAGIC, .log_id = rec->log_id,
		.version = RISER_REC_VERSION, .number = rec->number++,
		.cycle = rec->cycle, .seq = rec->seq, .host_ns = rec->host_ns,
		.tx_hash = rec->tx_hash,
	};
	rec->open = block;
}

/* A block with room for one more record; NULL when recording has ended. */
static struct block *begin(struct riser_recorder *rec)
{
	pthread_mutex_lock(&rec->lock);
	if (rec->error) {
		pthread_mutex_unlock(&rec->lock);
		return NULL;
	}
	if (rec->open && rec->open->len >= RISER_REC_BLOCK_BYTES)
		close_block(rec);
	if (!rec->open)
		open_block(rec);
	return rec->open;
}

static void end(struct riser_recorder *rec)
{
	pthread_mutex_unlock(&rec->lock);
}

static void put_byte(struct block *block, uint8_t value)
{
	block->data[block->len++] = value;
}

static void put(struct block *block, const void *bytes, size_t len)
{
	memcpy(block->data + block->len, bytes, len);
	block->len += (uint32_t)len;
}

static void put_v(struct block *block, uint64_t value)
{
	for (; value > 0x7f; value >>= 7)
		put_byte(block, (uint8_t)(value | 0x80));
	put_byte(block, (uint8_t)value);
}

static void put_z(struct block *block, uint64_t value, uint64_t before)
{
	int64_t n = (int64_t)(value - before);

	put_v(block, (uint64_t)n << 1 ^ (uint64_t)(n >> 63));
}

static void put_u64(struct block *block, uint64_t value)
{
	put(block, &value, sizeof(value));
}

static void put_text(struct block *block, const char *text, size_t max)
{
	size_t len = text ? strnlen(text, max) : 0;

	put_v(block, len);
	put(block, text ? text : "", len);
}

static void put_cycle(struct riser_recorder *rec, struct block *block,
		      uint64_t cycle)
{
	put_z(block, cycle, rec->cycle);
	rec->cycle = cycle;
}

/* ---- head ---- */

static void head_line(FILE *f, const char *key, int index, const char *value)
{
	fputs(key, f);
	if (index >= 0)
		fprintf(f, ".%d", index);
	fputc('=', f);
	for (; value && *value; value++) {
		if (*value == '\n')
			fputs("\\n", f);
		else if (*value == '\\')
			fputs("\\\\", f);
		else
			fputc(*value, f);
	}
	fputc('\n', f);
}

static void head_u64(FILE *f, const char *key, uint64_t value)
{
	fprintf(f, "%s=%" PRIu64 "\n", key, value);
}

static void head_stalls(FILE *f, const char *key,
			const struct riser_stall *stall)
{
	int i;

	for (i = 0; stall && i < RISER_NR_CLASSES; i++)
		fprintf(f, "%s.%d=%" PRIu64 " %u %u\n", key, i,
			stall[i].until_cycle, stall[i].permille, stall[i].seed);
}

static void head_preload(FILE *f, const struct riser_run_facts *facts)
{
	uint64_t hash, bytes;
	int i;

	for (i = 0; facts->preload && i < RISER_MODEL_MAX_MEMS; i++) {
		if (!facts->preload[i] ||
		    riser_hash64_file(facts->preload[i], &hash, &bytes))
			continue;
		char *path = realpath(facts->preload[i], NULL);

		head_line(f, "preload", i, path ? path : facts->preload[i]);
		free(path);
		fprintf(f, "preload_bytes.%d=%" PRIu64 "\n", i, bytes);
		fprintf(f, "preload_hash.%d=%" PRIu64 "\n", i, hash);
	}
}

static char *head_text(const struct riser_run_facts *facts)
{
	const struct riser_model_info *info = facts->info;
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	uint32_t i;

	if (!f)
		return NULL;
	fputs("format=riser record 1\n", f);
	head_line(f, "card", -1, facts->card);
	head_line(f, "model_path", -1, facts->model_path);
	head_line(f, "model_name", -1, info->name);
	head_line(f, "top", -1, info->top);
	head_line(f, "engine", -1, info->engine);
	head_line(f, "source_hash", -1, info->source_hash);
	head_line(f, "build_hash", -1, info->build_hash);
	head_u64(f, "features", info->features);
	head_u64(f, "data_w", info->data_w);
	head_u64(f, "clk_period_ps", info->clk_period_ps);
	for (i = 0; i < facts->nr_plusargs; i++)
		head_line(f, "plusarg", (int)i, facts->plusargs[i]);
	head_u64(f, "x_init", facts->x_init);
	head_u64(f, "seed", facts->seed);
	head_u64(f, "timeout_cycles", facts->timeout_cycles);
	head_u64(f, "start_unix_s", (uint64_t)time(NULL));
	head_preload(f, facts);
	head_stalls(f, "stall_rx", facts->stall_rx);
	head_stalls(f, "stall_tx", facts->stall_tx);
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}

static void rec_start(void *ctx, const struct riser_run_facts *facts)
{
	struct riser_recorder *rec = ctx;
	char *text = head_text(facts);
	size_t len = text ? strlen(text) : 0;
	struct block *block = begin(rec);

	if (!block) {
		free(text);
		return;
	}
	if (!text || len > RISER_REC_RAW_MAX - 2 * RECORD_MAX) {
		rec->error = text ? -E2BIG : -ENOMEM;
	} else {
		block->head.flags |= RISER_REC_F_HEAD;
		put_byte(block, RISER_RT_HEAD);
		put_text(block, text, len);
		/* a log that has begun can be told from one that never did */
		close_block(rec);
	}
	end(rec);
	free(text);
}

/* ---- TLPs ---- */

static bool is_same_caller(const struct caller_slot *slot,
			   const struct riser_tlp_caller *caller, uint32_t site)
{
	const struct riser_tlp_caller *c = &slot->caller;

	return c->pc == caller->pc && slot->site == site &&
	       c->pid == caller->pid && c->cpu == caller->cpu &&
	       c->context == caller->context &&
	       c->irqs_off == caller->irqs_off &&
	       !strncmp(c->comm, caller->comm, sizeof(c->comm) - 1);
}

/* The number under which this block knows the caller. */
static uint32_t intern(struct riser_recorder *rec, struct block *block,
		       const struct riser_tlp_caller *caller, uint32_t site)
{
	uint64_t key[3] = { caller->pc, (uint64_t)caller->pid << 32 | site,
			    caller->cpu };
	uint32_t i = (uint32_t)riser_hash64(key, sizeof(key), 0) &
		     (RISER_REC_SLOTS - 1);
	struct caller_slot *slot = &rec->slot[i];

	if (slot->block == block->head.number + 1 &&
	    is_same_caller(slot, caller, site))
		return i;
	slot->caller = *caller;
	slot->site = site;
	slot->block = block->head.number + 1;
	put_byte(block, RISER_RT_CALLER);
	put_v(block, i);
	put_u64(block, caller->pc);
	put_v(block, caller->pid);
	put_v(block, caller->cpu);
	put_v(block, caller->context | (uint32_t)caller->irqs_off << 4);
	put_v(block, site);
	put_text(block, caller->comm, sizeof(caller->comm) - 1);
	return i;
}

static void put_to_card(struct riser_recorder *rec, struct block *block,
			const struct riser_tlp_event *event)
{
	bool has_request = event->request_seq != RISER_NO_SEQ;
	uint8_t flags = (uint8_t)event->tlp_class;
	uint32_t slot = 0;

	if (event->caller) {
		slot = intern(rec, block, event->caller, event->site);
		flags |= RISER_RTF_CALLER;
	} else if (event->site) {
		flags |= RISER_RTF_SITE;
	}
	if (has_request)
		flags |= RISER_RTF_REQUEST;
	if (event->host_ns)
		flags |= RISER_RTF_HOST_NS;
	put_byte(block, RISER_RT_TO_CARD);
	put_byte(block, flags);
	put_cycle(rec, block, event->cycle);
	put_v(block, event->len);
	if (flags & RISER_RTF_CALLER)
		put_v(block, slot);
	if (flags & RISER_RTF_SITE)
		put_v(block, event->site);
	if (has_request)
		put_z(block, event->seq, event->request_seq);
	if (event->host_ns) {
		put_z(block, event->host_ns, rec->host_ns);
		rec->host_ns = event->host_ns;
	}
	put(block, event->bytes, event->len);
	rec->nr_to_card++;
}

static void put_to_host(struct riser_recorder *rec, struct block *block,
			const struct riser_tlp_event *event)
{
	bool has_request = event->request_seq != RISER_NO_SEQ;

	put_byte(block, RISER_RT_TO_HOST);
	put_byte(block, (uint8_t)(event->tlp_class |
				  (has_request ? RISER_RTF_REQUEST : 0)));
	put_cycle(rec, block, event->cycle);
	put_v(block, event->len);
	if (has_request)
		put_z(block, event->seq, event->request_seq);
	put(block, event->bytes, event->len);
	rec->tx_hash = riser_rec_tx_hash(rec->tx_hash, event->cycle,
					 event->bytes, event->len);
}

static void rec_tlp(void *ctx, const struct riser_tlp_event *event)
{
	struct riser_recorder *rec = ctx;
	struct block *block = begin(rec);

	if (!block)
		return;
	if (event->direction == RISER_TO_CARD)
		put_to_card(rec, block, event);
	else
		put_to_host(rec, block, event);
	rec->seq++;
	end(rec);
}

/* ---- everything else ---- */

static void rec_sideband(void *ctx, uint64_t cycle, uint32_t levels)
{
	struct riser_recorder *rec = ctx;
	struct block *block = begin(rec);

	if (!block)
		return;
	put_byte(block, RISER_RT_SIDEBAND);
	put_cycle(rec, block, cycle);
	put_v(block, levels);
	end(rec);
}

static void rec_site(void *ctx, const struct riser_site *site)
{
	struct riser_recorder *rec = ctx;
	struct block *block = begin(rec);
	uint32_t i;

	if (!block)
		return;
	block->head.flags |= RISER_REC_F_SITES;
	put_byte(block, RISER_RT_SITE);
	put_cycle(rec, block, rec->cycle);
	put_v(block, site->site);
	put_v(block, site->nr_frames);
	for (i = 0; i < site->nr_frames; i++)
		put_u64(block, site->frame[i]);
	put_text(block, site->text, TEXT_MAX);
	put_text(block, site->function, TEXT_MAX);
	end(rec);
}

static void rec_note(void *ctx, const struct riser_note *note)
{
	struct riser_recorder *rec = ctx;
	struct block *block;

	/* what the design prints without alarm comes again in a replay */
	if (note->source == RISER_NOTE_MODEL && note->code < RISER_MSG_WARNING)
		return;
	block = begin(rec);
	if (!block)
		return;
	put_byte(block, RISER_RT_NOTE);
	put_cycle(rec, block, note->cycle);
	put_v(block, note->source);
	put_v(block, note->code);
	put_u64(block, note->host_ns);
	put_text(block, note->text, TEXT_MAX);
	end(rec);
}

static bool ends_model(enum riser_finding_kind kind)
{
	return kind == RISER_FINDING_MODEL_FATAL ||
	       kind == RISER_FINDING_MODEL_STOP ||
	       kind == RISER_FINDING_MODEL_FINISH;
}

static void rec_finding(void *ctx, const struct riser_finding *finding)
{
	struct riser_recorder *rec = ctx;
	struct block *block = begin(rec);

	if (!block)
		return;
	put_byte(block, RISER_RT_FINDING);
	put_cycle(rec, block, finding->cycle);
	put_v(block, finding->kind);
	put_v(block, finding->is_error);
	put_u64(block, finding->seq);
	put_u64(block, finding->host_ns);
	put_u64(block, finding->addr);
	put_u64(block, finding->pc);
	put_v(block, finding->site);
	put_text(block, finding->text, sizeof(finding->text));
	put_text(block, finding->access, sizeof(finding->access));
	put_text(block, finding->function, sizeof(finding->function));
	put_text(block, finding->caller, sizeof(finding->caller));
	put_text(block, finding->before, sizeof(finding->before));
	put_text(block, finding->side, sizeof(finding->side));
	put_text(block, finding->advice, sizeof(finding->advice));
	if (ends_model(finding->kind))
		rec->model_ended = true;
	end(rec);
}

static void rec_finish(void *ctx, uint64_t cycle)
{
	struct riser_recorder *rec = ctx;
	struct block *block = begin(rec);

	if (!block)
		return;
	block->head.flags |= RISER_REC_F_END;
	put_byte(block, RISER_RT_END);
	put_cycle(rec, block, cycle);
	put_v(block, rec->nr_to_card);
	put_v(block, rec->seq - rec->nr_to_card);
	put_u64(block, rec->tx_hash);
	put_v(block, rec->model_ended);
	close_block(rec);
	end(rec);
}

const struct riser_observer_ops riser_recorder_observer = {
	.start = rec_start,
	.tlp = rec_tlp,
	.sideband = rec_sideband,
	.site = rec_site,
	.note = rec_note,
	.finding = rec_finding,
	.finish = rec_finish,
};

/* ---- open and close ---- */

static int init_zstd(struct riser_recorder *rec)
{
	rec->zstd = ZSTD_createCCtx();
	rec->packed_room = 8 + sizeof(struct riser_rec_block) +
			   ZSTD_compressBound(RISER_REC_RAW_MAX);
	rec->packed = malloc(rec->packed_room);
	if (!rec->zstd || !rec->packed)
		return -ENOMEM;
	ZSTD_CCtx_setParameter(rec->zstd, ZSTD_c_compressionLevel, LEVEL);
	ZSTD_CCtx_setParameter(rec->zstd, ZSTD_c_checksumFlag, 1);
	return 0;
}

static int init(struct riser_recorder *rec)
{
	pthread_condattr_t attr;
	uint32_t i;
	int ret;

	pthread_mutex_init(&rec->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&rec->work, &attr);
	pthread_cond_init(&rec->room, &attr);
	pthread_condattr_destroy(&attr);
	for (i = 0; i < NR_BLOCKS; i++) {
		rec->block[i].data = malloc(RISER_REC_RAW_MAX);
		if (!rec->block[i].data)
			return -ENOMEM;
		rec->idle[rec->nr_idle++] = &rec->block[i];
	}
	if (getrandom(&rec->log_id, sizeof(rec->log_id), 0) !=
	    sizeof(rec->log_id))
		return -EIO;
	ret = init_zstd(rec);
	if (!ret)
		ret = -pthread_create(&rec->thread, NULL, writer, rec);
	rec->has_thread = !ret;
	return ret;
}

int riser_recorder_open(const char *path, struct riser_recorder **out,
			char *error)
{
	struct riser_recorder *rec = calloc(1, sizeof(*rec));
	int ret;

	if (!rec) {
		snprintf(error, RISER_ERROR_BYTES, "out of memory");
		return -ENOMEM;
	}
	rec->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (rec->fd < 0) {
		ret = -errno;
		free(rec);
		rec = NULL;
	} else {
		ret = init(rec);
	}
	if (ret) {
		snprintf(error, RISER_ERROR_BYTES, "record %s: %s", path,
			 strerror(-ret));
		riser_recorder_close(rec);
		return ret;
	}
	*out = rec;
	return 0;
}

void riser_recorder_flush(struct riser_recorder *rec)
{
	pthread_mutex_lock(&rec->lock);
	rec->wants_flush = true;
	while (rec->nr_full || rec->is_writing || (rec->open && rec->open->len)) {
		pthread_cond_signal(&rec->work);
		pthread_cond_wait(&rec->room, &rec->lock);
	}
	rec->wants_flush = false;
	pthread_mutex_unlock(&rec->lock);
}

int riser_recorder_error(const struct riser_recorder *rec)
{
	struct riser_recorder *r = (struct riser_recorder *)rec;
	int error;

	pthread_mutex_lock(&r->lock);
	error = r->error;
	pthread_mutex_unlock(&r->lock);
	return error;
}

void riser_recorder_close(struct riser_recorder *rec)
{
	uint32_t i;

	if (!rec)
		return;
	if (rec->has_thread) {
		pthread_mutex_lock(&rec->lock);
		rec->stop = true;
		pthread_cond_signal(&rec->work);
		pthread_mutex_unlock(&rec->lock);
		pthread_join(rec->thread, NULL);
	}
	close(rec->fd);
	ZSTD_freeCCtx(rec->zstd);
	free(rec->packed);
	for (i = 0; i < NR_BLOCKS; i++)
		free(rec->block[i].data);
	pthread_cond_destroy(&rec->work);
	pthread_cond_destroy(&rec->room);
	pthread_mutex_destroy(&rec->lock);
	free(rec);
}
