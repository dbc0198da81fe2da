// SPDX-License-Identifier: Apache-2.0
/*
 * The thread that packs blocks and hands them to the file, and the recorder's
 * begin and end. A block that is not full is taken after FLUSH_NS, so a killed
 * process leaves everything but the last moment. An error of the file ends the
 * recording, never the run.
 */
#define _GNU_SOURCE
#include "record_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include <riser/link.h>

#define FLUSH_NS	20000000	/* a block that is not full waits so long */
#define LEVEL		1

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

static int write_block(struct riser_recorder *rec, struct riser_rec_buffer *block)
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
static struct riser_rec_buffer *next_block(struct riser_recorder *rec)
{
	struct timespec until = flush_time();
	struct riser_rec_buffer *block;
	bool is_due = false;

	while (!rec->nr_full) {
		riser_recorder_encode(rec, false);
		if (rec->nr_full)
			break;
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
	struct riser_rec_buffer *block;
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
		__atomic_store_n(&rec->error, ret, __ATOMIC_RELAXED);
		rec->idle[rec->nr_idle++] = block;
		pthread_cond_broadcast(&rec->room);
	}
	pthread_mutex_unlock(&rec->lock);
	return NULL;
}

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
	if (riser_rec_feed_init(&rec->feed))
		return -ENOMEM;
	for (i = 0; i < RISER_REC_BLOCKS; i++) {
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
	struct riser_recorder *rec = aligned_alloc(64, sizeof(*rec));
	int ret;

	if (!rec) {
		snprintf(error, RISER_ERROR_BYTES, "out of memory");
		return -ENOMEM;
	}
	memset(rec, 0, sizeof(*rec));
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
	riser_recorder_encode(rec, true);
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
	riser_rec_feed_fini(&rec->feed);
	for (i = 0; i < RISER_REC_BLOCKS; i++)
		free(rec->block[i].data);
	pthread_cond_destroy(&rec->work);
	pthread_cond_destroy(&rec->room);
	pthread_mutex_destroy(&rec->lock);
	free(rec);
}
