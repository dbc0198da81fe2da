/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RISER_REMOTE_HOST_H
#define RISER_REMOTE_HOST_H

#include <sys/types.h>

/*
 * Start riser-model-host on the model.so @path: a socket to it in *@sock. 0 or
 * -errno, with one sentence of RISER_ERROR_BYTES in @error; *@sock may be open then.
 */
int riser_host_spawn(const char *path, int *sock, pid_t *pid, char *error);
/* Its socket is closed: wait for its end, and end it when it does not. */
void riser_host_end(pid_t pid);

#endif /* RISER_REMOTE_HOST_H */
