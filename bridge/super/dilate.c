// SPDX-License-Identifier: Apache-2.0
/*
 * Time dilation: the guest's clock is held to the card's. While the card is at
 * work the guest runs ahead of it by at most a slice; then QEMU stops it, clocks
 * and all (QMP: stop, cont), until simulated time times the ratio has caught up.
 * So a driver's timeouts measure what the card needed, not what simulating it did.
 *
 * While the bridge sleeps, since nothing is in flight and the card is idle, and
 * while there is no session, the guest runs freely. So it does for a slice when
 * the card's clock stands for long: it may wait for the guest.
 */
#include <stdlib.h>
#include <string.h>

#include <riser/link.h>
#include <riser/loader.h>

#include "live.h"

#define TICK_MS		2
#define SLICE_NS	4000000.0	/* that the guest may be ahead */
#define STUCK_NS	200000000ULL

static void command(struct riser_dilation *d, const char *text)
{
	uv_buf_t buf = uv_buf_init((char *)text, (unsigned int)strlen(text));

	/* a few bytes into an empty socket: it fits, or QEMU is gone */
	uv_try_write((uv_stream_t *)&d->pipe, &buf, 1);
}

static void stop(struct riser_dilation *d, uint64_t now_ns)
{
	command(d, "{\"execute\": \"stop\"}\n");
	d->is_stopped = true;
	d->since_ns = d->moved_ns = now_ns;
	d->nr_stops++;
}

static void cont(struct riser_dilation *d, uint64_t now_ns)
{
	command(d, "{\"execute\": \"cont\"}\n");
	d->is_stopped = false;
	d->stopped_s += (double)(now_ns - d->since_ns) / 1e9;
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct riser_dilation *d = handle->data;

	(void)suggested;
	buf->base = d->waste;
	buf->len = sizeof(d->waste);
}

/* The greeting is answered; what comes later is of no interest. */
static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct riser_dilation *d = stream->data;

	(void)buf;
	if (n < 0) {
		d->is_ready = false;
		uv_read_stop(stream);
	} else if (!d->is_ready && n > 0) {
		d->is_ready = true;
		command(d, "{\"execute\": \"qmp_capabilities\"}\n");
	}
}

static void on_tick(uv_timer_t *timer)
{
	struct riser_live *live = timer->data;
	struct riser_dilation *d = &live->dilation;
	uint64_t now_ns = uv_hrtime(), cycles = riser_block_cycles(&live->block);
	double simulated_ns = (double)(cycles - d->cycles) * d->period_ns;

	if (!d->is_stopped)
		d->ahead_ns += (double)(now_ns - d->last_ns);
	if (cycles != d->cycles)
		d->moved_ns = now_ns;
	d->ahead_ns -= simulated_ns * live->config->time_ratio;
	if (d->ahead_ns < 0 || !live->has_bridge ||
	    !riser_block_is_at_work(&live->block) || cycles < d->cycles)
		d->ahead_ns = 0;
	d->cycles = cycles;
	d->last_ns = now_ns;
	if (!d->is_ready || live->is_over)
		return;
	if (!d->is_stopped && d->ahead_ns > SLICE_NS)
		stop(d, now_ns);
	else if (d->is_stopped && d->ahead_ns <= 0)
		cont(d, now_ns);
	else if (d->is_stopped && now_ns - d->moved_ns > STUCK_NS) {
		d->ahead_ns = 0;
		cont(d, now_ns);
	}
}

int riser_dilation_begin(struct riser_live *live)
{
	struct riser_dilation *d = &live->dilation;
	char error[RISER_ERROR_BYTES];
	struct riser_card card;

	if (!live->config->time_ratio)
		return 0;
	if (riser_card_load(&card, live->parts.model, error)) {
		fprintf(stderr, "riser: error: %s\n", error);
		return RISER_EXIT_ENV;
	}
	d->period_ns = (double)card.info->clk_period_ps / 1000;
	riser_card_unload(&card);
	uv_pipe_init(&live->loop, &d->pipe, 0);
	uv_timer_init(&live->loop, &d->timer);
	d->pipe.data = d;
	d->timer.data = live;
	d->is_open = true;
	return 0;
}

void riser_dilation_start(struct riser_live *live)
{
	struct riser_dilation *d = &live->dilation;

	if (!d->is_open)
		return;
	d->last_ns = d->moved_ns = uv_hrtime();
	uv_read_start((uv_stream_t *)&d->pipe, on_alloc, on_read);
	uv_timer_start(&d->timer, on_tick, TICK_MS, TICK_MS);
}

void riser_dilation_end(struct riser_live *live)
{
	struct riser_dilation *d = &live->dilation;

	if (!d->is_open)
		return;
	if (d->is_stopped)
		cont(d, uv_hrtime());
	d->is_open = d->is_ready = false;
	uv_close((uv_handle_t *)&d->timer, NULL);
	uv_close((uv_handle_t *)&d->pipe, NULL);
}
