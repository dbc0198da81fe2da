// SPDX-License-Identifier: Apache-2.0
// rtl.core_<width>: SEED=<n> repeats a run; ROUNDS=<n> lengthens the random part.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "host.h"

int main(int argc, char** argv) {
  const char* env = std::getenv("SEED");
  uint64_t seed = env ? std::strtoull(env, nullptr, 0) : 20261;
  const char* rounds = std::getenv("ROUNDS");
  const char* only = argc > 1 ? argv[1] : "";
  std::printf("width=%d seed=%llu\n", kDataW, (unsigned long long)seed);
  struct { const char* name; void (*run)(Host&); } const tests[] = {
      {"config", TestConfig}, {"mmio", TestMmio},   {"dma", TestDma}, {"interrupts", TestInterrupts},
      {"errors", TestErrors}, {"resets", TestResets},
  };
  for (const auto& t : tests) {
    if (*only && std::strcmp(only, t.name)) continue;
    Host h(seed);
    h.PowerOn();
    t.run(h);
    std::printf("%-12s ok %9llu cycles\n", t.name, (unsigned long long)h.cycle);
  }
  if (!*only || !std::strcmp(only, "random")) {
    Host h(seed);
    h.PowerOn();
    TestRandom(h, rounds ? std::atoi(rounds) : 1500);
    std::printf("%-12s ok %9llu cycles\n", "random", (unsigned long long)h.cycle);
  }
  return 0;
}
