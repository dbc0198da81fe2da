// SPDX-License-Identifier: Apache-2.0
// The test cases: each begins with a card that is out of reset and not enabled.
#ifndef RISER_TESTS_RTL_NVME_CASES_H_
#define RISER_TESTS_RTL_NVME_CASES_H_

#include "driver.h"

namespace riser_test {

struct Case {
  const char* name;
  void (*run)(Driver* d);
};

extern const Case kAdminCases[];
extern const int kNrAdminCases;
extern const Case kIoCases[];
extern const int kNrIoCases;
extern const Case kStateCases[];
extern const int kNrStateCases;

// A written block's bytes, from the engine of the host.
std::vector<uint8_t> RandomBytes(Host* h, size_t bytes);

inline uint32_t Le32(const std::vector<uint8_t>& b, size_t at) {
  return b[at] | b[at + 1] << 8 | b[at + 2] << 16 | static_cast<uint32_t>(b[at + 3]) << 24;
}
inline uint16_t Le16(const std::vector<uint8_t>& b, size_t at) {
  return static_cast<uint16_t>(b[at] | b[at + 1] << 8);
}

}  // namespace riser_test

#endif  // RISER_TESTS_RTL_NVME_CASES_H_
