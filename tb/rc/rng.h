// SPDX-License-Identifier: Apache-2.0
// Numbers that depend on the seed alone (xorshift64*).
#ifndef RISER_TB_RC_RNG_H_
#define RISER_TB_RC_RNG_H_

#include <cstdint>

namespace tb {

class Rng {
 public:
  explicit Rng(uint64_t seed) : state_((seed + 1) * 0x9e3779b97f4a7c15ull) {}

  uint64_t Next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545f4914f6cdd1dull;
  }
  // 0 to n - 1; 0 for n 0
  uint32_t Below(uint32_t n) { return n == 0 ? 0 : static_cast<uint32_t>((Next() >> 32) % n); }
  uint32_t Between(uint32_t low, uint32_t high) { return low + Below(high - low + 1); }
  bool Percent(uint32_t p) { return Below(100) < p; }

 private:
  uint64_t state_;
};

}  // namespace tb

#endif  // RISER_TB_RC_RNG_H_
