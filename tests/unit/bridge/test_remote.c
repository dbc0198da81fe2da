// SPDX-License-Identifier: Apache-2.0
/*
 * A model in a process of its own: the facts it tells, its end by a signal, a
 * simulator that listens on a socket, peers that break the protocol, a restart
 * for a reset. That the engine works with it is bridge.remote_engine's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include <riser/link.h>
#include <riser/loader.h>
#include <riser/serve.h>

#include "../../../bridge/wire.h"

#define TX_BYTES (1 << 16)

struct host {
	struct riser_card card;
	struct riser_run run;
	struct riser_tlp_ref ref[RISER_NR_CLASSES][16];
	char error[RISER_ERROR_BYTES];
	char message[256];
};

static void on_message(void *ctx, enum riser_severity severity, const char *file, int line,
		       const char *text)
{
	struct host *h = ctx;

	(void)file;
	(void)line;
	snprintf(h->message, sizeof(h->message), "%d %s", severity, text);
}

static struct host *host_new(const char *path)
{
	struct riser_card_options options = { .message = on_message };
	struct host *h = calloc(1, sizeof(*h));
	int i;

	assert_non_null(h);
	options.ctx = h;
	if (riser_card_load(&h->card, path, h->error) ||
	    riser_card_create(&h->card, &options, h->error))
		fail_msg("%s", h->error);
	for (i = 0; i < RISER_NR_CLASSES; i++) {
		h->run.rx[i].ref = h->ref[i];
		h->run.rx[i].mask = 15;
	}
	h->run.tx = aligned_alloc(16, TX_BYTES);
	h->run.tx_bytes = TX_BYTES;
	return h;
}

static void host_free(struct host *h)
{
	riser_card_unload(&h->card);
	free(h->run.tx);
	free(h);
}

static int run(struct host *h, uint64_t cycles)
{
	h->run.max_cycles = cycles;
	return h->card.ops->run(h->card.model, &h->run);
}

/* The one child of this process. */
static pid_t child(void)
{
	char path[64];
	FILE *file;
	int pid = 0;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%d", &pid), 1);
	fclose(file);
	return pid;
}

static void test_its_facts_and_its_memory_cross(void **state)
{
	struct host *h = host_new(CTEST_REMOTE);

	(void)state;
	assert_null(h->card.handle);
	assert_string_equal(h->card.info->name, "ctest");
	assert_int_equal(h->card.info->features,
			 RISER_MODEL_F_IDLE | RISER_MODEL_F_PROCESS);
	assert_int_equal(h->card.mem_bytes[0], 1 << 20);
	assert_true(child() > 0);
	assert_int_equal(run(h, 100000), 0);
	assert_int_equal(h->run.cycle, 100000);
	assert_int_equal(h->run.why, RISER_RUN_CYCLES);
	host_free(h);
}

static void test_a_wake_ends_a_long_run(void **state)
{
	struct host *h = host_new(CTEST_REMOTE);
	uint32_t word = 1;

	(void)state;
	h->run.wake = &word;
	h->run.wake_seen = 0;
	assert_int_equal(run(h, UINT64_MAX), 0);
	assert_int_equal(h->run.why, RISER_RUN_WAKE);
	assert_true(h->run.cycle > 0 && h->run.cycle < 10000);
	host_free(h);
}

static void test_a_killed_simulator_is_a_dead_model(void **state)
{
	struct host *h = host_new(CTEST_REMOTE);

	(void)state;
	assert_int_equal(run(h, 10), 0);
	assert_int_equal(kill(child(), SIGKILL), 0);
	assert_int_equal(run(h, 10), 0);
	assert_int_equal(h->run.why, RISER_RUN_FATAL);
	assert_string_equal(h->message, "4 the simulator's process was ended by signal 9 (Killed)");
	assert_int_equal(run(h, 10), -EIO);
	host_free(h);
}

static void test_a_reset_may_be_a_new_process(void **state)
{
	struct host *h = host_new(CTEST_RESTART);
	pid_t first = child();

	(void)state;
	h->card.ops->set_sideband(h->card.model, RISER_SB_PERST);
	assert_int_equal(run(h, 100), 0);
	h->card.ops->set_sideband(h->card.model, RISER_SB_LINK_UP);
	assert_int_equal(run(h, 100), 0);
	assert_int_equal(child(), first);
	h->card.ops->set_sideband(h->card.model, RISER_SB_PERST);
	assert_int_not_equal(child(), first);
	assert_int_equal(run(h, 100), 0);
	assert_int_equal(h->run.cycle, 300);
	host_free(h);
}

/* ---- simulators that were there before ---- */

struct listener {
	pthread_t thread;
	char path[64];
	int sock;
	const char *answer;	/* NULL: serve the C card */
};

static void *listen_once(void *arg)
{
	struct listener *l = arg;
	struct riser_card card;
	char error[RISER_ERROR_BYTES], waste[64];
	int fd = accept(l->sock, NULL, NULL);

	if (l->answer) {
		if (read(fd, waste, sizeof(waste)) < 0 ||
		    write(fd, l->answer, strlen(l->answer)) < 0)
			abort();
	} else if (!riser_card_load(&card, CTEST_MODEL, error)) {
		riser_model_serve(fd, card.ops);
		riser_card_unload(&card);
	}
	close(fd);
	return NULL;
}

static void listener_start(struct listener *l, const char *answer)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	snprintf(l->path, sizeof(l->path), "/tmp/riser-remote-%d", getpid());
	strcpy(name.sun_path, l->path);
	unlink(l->path);
	l->answer = answer;
	l->sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(l->sock, (struct sockaddr *)&name, sizeof(name)), 0);
	assert_int_equal(listen(l->sock, 1), 0);
	assert_int_equal(pthread_create(&l->thread, NULL, listen_once, l), 0);
}

static void listener_end(struct listener *l)
{
	pthread_join(l->thread, NULL);
	close(l->sock);
	unlink(l->path);
}

static void test_a_simulator_that_listens_is_used(void **state)
{
	struct listener l;
	struct host *h;

	(void)state;
	listener_start(&l, NULL);
	h = host_new(l.path);
	assert_int_equal(run(h, 50), 0);
	assert_int_equal(h->run.cycle, 50);
	host_free(h);
	listener_end(&l);
}

static void assert_refused(const char *path, int code, const char *part)
{
	char error[RISER_ERROR_BYTES] = "";
	struct riser_card card;

	assert_int_equal(riser_card_load(&card, path, error), code);
	if (!strstr(error, part) || !strstr(error, path))
		fail_msg("\"%s\" is not in \"%s\"", part, error);
}

static void test_what_listens_may_be_no_simulator(void **state)
{
	struct listener l;

	(void)state;
	listener_start(&l, "HTTP/1.1 400 Bad Request, says a web server\r\n");
	assert_refused(l.path, -EPROTO, "gives no answer");
	listener_end(&l);
	listener_start(&l, "");
	assert_refused(l.path, -EPIPE, "it ended at once");
	listener_end(&l);
}

static void test_a_dead_socket_is_explained(void **state)
{
	struct listener l;

	(void)state;
	listener_start(&l, "");
	assert_refused(l.path, -EPIPE, "ended");
	pthread_join(l.thread, NULL);
	close(l.sock);
	assert_refused(l.path, -ECONNREFUSED, "no simulator listens on");
	unlink(l.path);
}

static void test_a_missing_host_is_explained(void **state)
{
	char error[RISER_ERROR_BYTES];
	struct riser_card card;

	(void)state;
	setenv("RISER_MODEL_HOST", "/nonexistent/host", 1);
	assert_int_equal(riser_card_load(&card, CTEST_REMOTE, error), -ENOENT);
	assert_non_null(strstr(error, "cannot start /nonexistent/host"));
	unsetenv("RISER_MODEL_HOST");
}

/* ---- bridges that break the protocol ---- */

static int serve_bytes(const void *bytes, size_t len)
{
	struct riser_card card;
	char error[RISER_ERROR_BYTES];
	int pair[2], ret;

	assert_int_equal(riser_card_load(&card, CTEST_MODEL, error), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(write(pair[0], bytes, len), len);
	assert_int_equal(shutdown(pair[0], SHUT_WR), 0);
	ret = riser_model_serve(pair[1], card.ops);
	close(pair[0]);
	close(pair[1]);
	riser_card_unload(&card);
	return ret;
}

static void test_bad_calls_end_the_service(void **state)
{
	struct { struct riser_wire_hdr hdr; uint8_t body[512]; } f = {
		.hdr = { .magic = RISER_WIRE_MAGIC },
	};
	unsigned int seed = (unsigned int)getpid(), i, j;

	(void)state;
	assert_int_equal(serve_bytes("", 0), 0);
	f.hdr.magic = 1;
	assert_int_equal(serve_bytes(&f, sizeof(f.hdr)), -EPROTO);
	f.hdr.magic = RISER_WIRE_MAGIC;
	f.hdr.len = RISER_WIRE_MAX_BYTES + 1;
	assert_int_equal(serve_bytes(&f, sizeof(f.hdr)), -EPROTO);
	/* every call before there is a model, and with a body of noise */
	printf("seed %u\n", seed);
	for (i = 0; i < 4000; i++) {
		f.hdr.op = (uint32_t)(i % 16);
		f.hdr.len = (uint32_t)(rand_r(&seed) % (int)sizeof(f.body));
		for (j = 0; j < f.hdr.len; j++)
			f.body[j] = (uint8_t)(rand_r(&seed) >> 8 & (i & 32 ? 255 : 1));
		if (f.hdr.op != RISER_WIRE_HELLO && f.hdr.op != RISER_WIRE_TRACE_CLOSE &&
		    f.hdr.op != RISER_WIRE_DESTROY && f.hdr.op != RISER_WIRE_CREATE)
			assert_int_equal(serve_bytes(&f, sizeof(f.hdr) + f.hdr.len), -EPROTO);
		else
			serve_bytes(&f, sizeof(f.hdr) + f.hdr.len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_its_facts_and_its_memory_cross),
		cmocka_unit_test(test_a_wake_ends_a_long_run),
		cmocka_unit_test(test_a_killed_simulator_is_a_dead_model),
		cmocka_unit_test(test_a_reset_may_be_a_new_process),
		cmocka_unit_test(test_a_simulator_that_listens_is_used),
		cmocka_unit_test(test_what_listens_may_be_no_simulator),
		cmocka_unit_test(test_a_dead_socket_is_explained),
		cmocka_unit_test(test_a_missing_host_is_explained),
		cmocka_unit_test(test_bad_calls_end_the_service),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
