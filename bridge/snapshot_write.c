// SPDX-License-Identifier: Apache-2.0
/*
 * The thread that writes snapshots. A snapshot is there when its file has its
 * name: pages first, then the file under another name, then its name. So a killed
 * process leaves whole ones alone. An error ends snapshots, never the run.
 */
#define _GNU_SOURCE
#include "snapshot_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <riser/link.h>

#define LEVEL		1
#define TEMP_NAME	"unfinished"

void riser_snapshots_fail(struct riser_snapshots *s, int error)
{
	s->error = error;
	s->stats.is_on = false;
	if (error == -EFBIG)
		snprintf(s->stats.text, sizeof(s->stats.text),
			 "snapshots ended after %llu: the card's memory takes more than their limit of %llu MiB (--snapshot-limit)",
			 (unsigned long long)s->stats.nr_taken,
			 (unsigned long long)s->config.max_bytes >> 20);
	else
		snprintf(s->stats.text, sizeof(s->stats.text),
			 "snapshots ended after %llu: %s: %s",
			 (unsigned long long)s->stats.nr_taken, s->config.dir,
			 strerror(-error));
}

static int write_pages(struct riser_snapshots *s)
{
	const struct riser_snap_touched *which =
		(const struct riser_snap_touched *)s->job.which.data;
	uint32_t nr = (uint32_t)(s->job.which.len / sizeof(*which)), i;
	int ret = riser_snap_pages_reserve(&s->pages, nr);

	for (i = 0; !ret && i < nr; i++)
		ret = riser_snap_pages_put(&s->pages, s->number, &which[i],
					   s->job.page.data +
					   (size_t)i * RISER_SNAP_PAGE);
	return ret;
}

static int read_state(struct riser_snapshots *s)
{
	uint8_t *to = riser_blob_add(&s->job.body, s->job.state_bytes);
	uint64_t done = 0;
	ssize_t n;

	while (to && done < s->job.state_bytes) {
		n = pread(s->state_fd, to + done, s->job.state_bytes - done,
			  (off_t)done);
		if (n <= 0)
			return n ? -errno : -EIO;
		done += (uint64_t)n;
	}
	return to ? 0 : -ENOMEM;
}

static int pack(struct riser_snapshots *s)
{
	struct riser_snap_head head = {
		.magic = RISER_SNAP_MAGIC, .version = RISER_SNAP_VERSION,
		.nr_mems = s->pages.nr_mems, .log = s->job.log,
		.cycle = s->job.cycle, .raw_bytes = s->job.body.len,
	};
	const uint32_t skip[2] = { RISER_SNAP_SKIP_MAGIC, sizeof(head) };
	size_t bound = ZSTD_compressBound(s->job.body.len), n;
	uint8_t *to;

	memcpy(head.build_hash, s->config.card->info->build_hash,
	       sizeof(head.build_hash));
	s->packed.len = 0;
	to = riser_blob_add(&s->packed, sizeof(skip) + sizeof(head) + bound);
	if (!to)
		return -ENOMEM;
	n = ZSTD_compress2(s->zstd, to + sizeof(skip) + sizeof(head), bound,
			   s->job.body.data, s->job.body.len);
	if (ZSTD_isError(n))
		return -EIO;
	head.packed_bytes = n;
	head.packed_hash = riser_hash64(to + sizeof(skip) + sizeof(head), n, 0);
	head.crc = (uint32_t)riser_hash64(&head.version, sizeof(head) -
					  offsetof(struct riser_snap_head,
						   version), 0);
	memcpy(to, skip, sizeof(skip));
	memcpy(to + sizeof(skip), &head, sizeof(head));
	s->packed.len = sizeof(skip) + sizeof(head) + n;
	return 0;
}

static int write_file(struct riser_snapshots *s)
{
	char name[64];
	size_t done = 0;
	ssize_t n = 1;
	int fd, ret = 0;

	fd = openat(s->dir_fd, TEMP_NAME,
		    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	while (n > 0 && done < s->packed.len) {
		n = write(fd, s->packed.data + done, s->packed.len - done);
		if (n > 0)
			done += (size_t)n;
	}
	if (done < s->packed.len)
		ret = n < 0 ? -errno : -ENOSPC;
	close(fd);
	riser_snap_name(name, sizeof(name), s->job.cycle);
	if (!ret && renameat(s->dir_fd, TEMP_NAME, s->dir_fd, name))
		ret = -errno;
	if (ret)
		unlinkat(s->dir_fd, TEMP_NAME, 0);
	return ret;
}

static int write_snapshot(struct riser_snapshots *s)
{
	int ret = write_pages(s);

	if (!ret) {
		riser_snap_pages_list(&s->pages, &s->job.body);
		ret = read_state(s);
	}
	if (!ret)
		ret = s->job.body.failed ? -ENOMEM : pack(s);
	if (!ret)
		ret = write_file(s);
	if (!ret)
		riser_snap_pages_keep(&s->pages, s->number, s->job.cycle,
				      s->packed.len);
	s->number++;
	return ret;
}

static void *writer(void *arg)
{
	struct riser_snapshots *s = arg;
	int ret;

	pthread_mutex_lock(&s->lock);
	for (;;) {
		while (!s->has_job && !s->stop)
			pthread_cond_wait(&s->work, &s->lock);
		if (!s->has_job)
			break;
		pthread_mutex_unlock(&s->lock);
		ret = write_snapshot(s);
		pthread_mutex_lock(&s->lock);
		if (ret)
			riser_snapshots_fail(s, ret);
		s->stats.nr_kept = s->pages.nr_kept;
		s->stats.disk_bytes = riser_snap_pages_bytes(&s->pages);
		s->has_job = false;
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* ---- open and close ---- */

static int open_files(struct riser_snapshots *s)
{
	if (mkdir(s->config.dir, 0700))
		return -errno;
	s->dir_fd = open(s->config.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir_fd < 0)
		return -errno;
	s->state_fd = memfd_create("riser-state", MFD_CLOEXEC);
	if (s->state_fd < 0)
		return -errno;
	return riser_snap_pages_init(&s->pages, s->dir_fd, &s->config);
}

int riser_snapshots_open(const struct riser_snapshots_config *config,
			 struct riser_snapshots **out, char *error)
{
	struct riser_snapshots *s = calloc(1, sizeof(*s));
	int ret;

	snprintf(error, RISER_ERROR_BYTES, "out of memory");
	if (!s)
		return -ENOMEM;
	s->config = *config;
	s->dir_fd = s->state_fd = s->pages.fd = -1;
	/* reset is as good as a snapshot of cycle 0 */
	s->last_cycle = 0;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->work, NULL);
	s->zstd = ZSTD_createCCtx();
	ret = s->zstd ? open_files(s) : -ENOMEM;
	if (!ret) {
		ZSTD_CCtx_setParameter(s->zstd, ZSTD_c_compressionLevel, LEVEL);
		ZSTD_CCtx_setParameter(s->zstd, ZSTD_c_checksumFlag, 1);
		s->stats.is_on = true;
		ret = -pthread_create(&s->thread, NULL, writer, s);
		s->has_thread = !ret;
	}
	if (ret) {
		snprintf(error, RISER_ERROR_BYTES, "snapshots in %.400s: %s",
			 config->dir, strerror(-ret));
		riser_snapshots_close(s);
		return ret;
	}
	*out = s;
	return 0;
}

void riser_snapshots_close(struct riser_snapshots *s)
{
	if (!s)
		return;
	if (s->has_thread) {
		pthread_mutex_lock(&s->lock);
		s->stop = true;
		pthread_cond_signal(&s->work);
		pthread_mutex_unlock(&s->lock);
		pthread_join(s->thread, NULL);
	}
	riser_snap_pages_fini(&s->pages);
	if (s->dir_fd >= 0)
		close(s->dir_fd);
	if (s->state_fd >= 0)
		close(s->state_fd);
	riser_blob_fini(&s->job.body);
	riser_blob_fini(&s->job.which);
	riser_blob_fini(&s->job.page);
	riser_blob_fini(&s->packed);
	ZSTD_freeCCtx(s->zstd);
	pthread_cond_destroy(&s->work);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
