// SPDX-License-Identifier: Apache-2.0
// Free-running clocks beside the PCIe user clock, in exact picoseconds.
#ifndef RISER_SIM_CLOCK_H_
#define RISER_SIM_CLOCK_H_

#include <cstdint>

namespace riser {

// Rises at @origin + @phase + k * @period for every integer k, high for the
// first half of its period.
class FreeClock {
 public:
  struct State {
    uint64_t next_ps;  // of the next edge
  };

  State state{};
  uint8_t* pin = nullptr;

  void Start(uint64_t period_ps, uint64_t phase_ps, uint64_t origin_ps) {
    period_ps_ = period_ps;
    uint64_t first = (origin_ps + phase_ps) % period_ps;  // a rising edge, 0 <= first < period
    uint64_t high = period_ps / 2;
    uint64_t fall = (first + high) % period_ps;
    *pin = fall != 0 && (first == 0 || fall < first);
    // An edge at time 0 belongs to the state before the first one.
    uint64_t edge = *pin ? fall : first;
    state.next_ps = edge ? edge : period_ps;
  }

  void Toggle() {
    uint64_t high = period_ps_ / 2;
    *pin = !*pin;
    state.next_ps += *pin ? high : period_ps_ - high;
  }

 private:
  uint64_t period_ps_ = 0;
};

}  // namespace riser

#endif  // RISER_SIM_CLOCK_H_
