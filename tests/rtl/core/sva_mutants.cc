// SPDX-License-Identifier: Apache-2.0
// rtl.core_sva: the properties accept the good channel and stop each defective one.
#include <sys/wait.h>
#include <unistd.h>
#include <verilated.h>

#include <cstdio>
#include <cstdlib>

#include "Vsva_mutants.h"

// in a child, since a failed assertion ends the process
static int Run(int mutant) {
  std::fflush(stdout);
  pid_t pid = fork();
  if (pid == 0) {
    if (mutant && !std::freopen("/dev/null", "w", stdout)) std::_Exit(0);
    VerilatedContext context;
    Vsva_mutants dut(&context);
    dut.mutant = CData(mutant);
    for (int i = 0; i < 100; i++) {
      dut.rst = i < 4;
      dut.clk = 0;
      dut.eval();
      dut.clk = 1;
      dut.eval();
    }
    dut.final();
    std::_Exit(0);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  return status;
}

int main() {
  int bad = 0;
  for (int m = 0; m <= 5; m++) {
    bool stopped = Run(m) != 0;
    if (stopped != (m != 0)) {
      std::printf("mutant %d: %s\n", m, stopped ? "the good channel was stopped" : "not found");
      bad++;
    }
  }
  std::printf("%s\n", bad ? "FAILED" : "ok: 5 defects found, none reported in the good channel");
  return bad != 0;
}
