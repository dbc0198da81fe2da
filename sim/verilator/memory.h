// SPDX-License-Identifier: Apache-2.0
// The backing store behind a memory port of the card: always ready, read data
// 4 cycles after the request, in order.
#ifndef RISER_SIM_MEMORY_H_
#define RISER_SIM_MEMORY_H_

#include <cstdint>
#include <cstring>

#include "riser/model.h"

namespace riser {

struct MemoryPins {
  uint8_t* req_valid;
  uint8_t* req_ready;
  uint8_t* req_write;
  const void* req_addr;   // addr_bytes of them
  const uint8_t* req_wdata;
  const uint8_t* req_wstrb;  // little endian, one bit for each byte
  uint8_t* rsp_valid;
  uint8_t* rsp_data;
};

template <unsigned kWordBits, unsigned kAddrBits>
class MemoryPort {
 public:
  static constexpr unsigned kWordBytes = kWordBits / 8;
  static constexpr unsigned kLatency = 4;
  static constexpr uint64_t kBytes = static_cast<uint64_t>(kWordBytes) << kAddrBits;

  // Plain data: part of the saved state.
  struct State {
    uint8_t full[kLatency];
    uint8_t data[kLatency][kWordBytes];
    uint32_t pending;  // reads under way, and 1 while rsp_valid is high
  };

  State state{};
  MemoryPins pins{};
  uint8_t* store = nullptr;
  uint8_t* dirty = nullptr;  // one byte for each page, or none

  bool busy() const { return state.pending != 0; }

  // Before the falling edge of @cycle: the response that is due. Whether a pin
  // has changed.
  bool Drive(uint64_t cycle) {
    unsigned slot = cycle % kLatency;
    bool was_valid = *pins.rsp_valid;
    if (was_valid) {
      *pins.rsp_valid = 0;
      --state.pending;
    }
    if (!state.full[slot]) return was_valid;
    state.full[slot] = 0;
    memcpy(pins.rsp_data, state.data[slot], kWordBytes);
    *pins.rsp_valid = 1;  // its pending count is given back in the next cycle
    return true;
  }

  // The request that is accepted in @cycle.
  void Sample(uint64_t cycle) {
    if (!*pins.req_valid) return;
    uint64_t at = (Address() & (kBytes / kWordBytes - 1)) * kWordBytes;
    uint8_t* word = store + at;
    if (*pins.req_write) {
      if (dirty != nullptr) dirty[at / RISER_MODEL_PAGE_BYTES] = 1;
      Write(word);
      return;
    }
    unsigned slot = cycle % kLatency;
    memcpy(state.data[slot], word, kWordBytes);
    state.full[slot] = 1;
    ++state.pending;
  }

 private:
  uint64_t Address() const {
    if (kAddrBits <= 8) return *static_cast<const uint8_t*>(pins.req_addr);
    if (kAddrBits <= 16) return Load<uint16_t>();
    if (kAddrBits <= 32) return Load<uint32_t>();
    return Load<uint64_t>();
  }

  template <class T>
  uint64_t Load() const {
    T value;
    memcpy(&value, pins.req_addr, sizeof(value));
    return value;
  }

  void Write(uint8_t* word) {
    for (unsigned byte = 0; byte < kWordBytes; byte += 8) {
      unsigned strobe = pins.req_wstrb[byte / 8];
      if (strobe == 0xff) {
        memcpy(word + byte, pins.req_wdata + byte, 8);
        continue;
      }
      for (unsigned i = 0; i < 8; ++i) {
        if (strobe & (1u << i)) word[byte + i] = pins.req_wdata[byte + i];
      }
    }
  }
};

}  // namespace riser

#endif  // RISER_SIM_MEMORY_H_
