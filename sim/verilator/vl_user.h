// SPDX-License-Identifier: Apache-2.0
// Included ahead of every file of Verilator's runtime: what it would print goes
// to riser_vl_printf(), and its ways of ending the process are replaced by
// messages.cc.
#ifndef RISER_SIM_VL_USER_H_
#define RISER_SIM_VL_USER_H_

extern "C" int riser_vl_printf(const char* format, ...) __attribute__((format(printf, 1, 2)));

// Verilator declares this one only where it defines it.
void vl_stop_maybe(const char* file, int line, const char* hier, bool maybe);

#define VL_PRINTF riser_vl_printf
#define VL_USER_FINISH
#define VL_USER_STOP
#define VL_USER_STOP_MAYBE
#define VL_USER_FATAL
#define VL_USER_WARN

#endif  // RISER_SIM_VL_USER_H_
