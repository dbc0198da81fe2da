// SPDX-License-Identifier: Apache-2.0
// Everything that differs between Verilator versions. Written for 5.006, the
// oldest that is supported; nothing else in sim/ looks at a version number.
#ifndef RISER_SIM_COMPAT_H_
#define RISER_SIM_COMPAT_H_

#include "verilated.h"

namespace riser {

// The context that $time, $plusargs and the random generator of this thread
// belong to. Constructors of a model need it as well as eval().
inline void SetThreadContext(VerilatedContext* context) { Verilated::threadContextp(context); }

// Seed of $urandom and of random initial values. 0 would mean "ask the system".
inline void SetSeed(VerilatedContext* context, uint64_t seed) {
  uint64_t h = seed + 0x9e3779b97f4a7c15ull;
  h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9ull;
  h = (h ^ (h >> 27)) * 0x94d049bb133111ebull;
  int value = static_cast<int>((h ^ (h >> 31)) & 0x7fffffff);
  context->randSeed(value ? value : 1);
}

}  // namespace riser

#endif  // RISER_SIM_COMPAT_H_
