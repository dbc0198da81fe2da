// SPDX-License-Identifier: Apache-2.0
// The pins of one channel of the TLP port, and how a TLP's bytes lie on them
// (docs/tlp-port.md, "Bits and bytes").
#ifndef RISER_SIM_PORT_H_
#define RISER_SIM_PORT_H_

#include <cstdint>
#include <cstring>

#include "riser/model.h"
#include "riser_build.h"

namespace riser {

constexpr uint32_t kBeatBytes = RISER_DATA_W / 8;
constexpr uint32_t kMaxTlpBytes = 16 + 4096 + 4;
constexpr uint32_t kMaxRecBytes = 4352;  // PCIEM_REC_MAX_BYTES
static_assert(sizeof(riser_tx_rec) == 32, "record header");
static_assert(sizeof(riser_tx_rec) + kMaxTlpBytes + kBeatBytes <= kMaxRecBytes, "slack of a beat");

inline const char* ClassName(uint32_t cls) {
  static const char* const kNames[RISER_NR_CLASSES] = {"p", "np", "cpl"};
  return kNames[cls];
}

struct ChannelPins {
  uint8_t* valid;
  uint8_t* ready;
  uint8_t* sop;
  uint8_t* eop;
  uint32_t* hdr;  // hdr[0] is bits 31:0
  uint8_t* data;  // kBeatBytes of them, lowest address first
};

inline uint32_t HeaderBytes(const uint8_t* tlp) { return (tlp[0] & 0x20) ? 16 : 12; }

// Payload and digest that the header announces.
inline uint32_t PayloadBytes(const uint8_t* tlp) {
  uint32_t dwords = 0;
  if (tlp[0] & 0x40) {
    dwords = static_cast<uint32_t>(tlp[2] & 3) << 8 | tlp[3];
    if (dwords == 0) dwords = 1024;
  }
  if (tlp[2] & 0x80) ++dwords;
  return dwords * 4;
}

inline void PutHeader(const uint8_t* tlp, uint32_t bytes, uint32_t* hdr) {
  uint32_t dw[4] = {0, 0, 0, 0};
  memcpy(dw, tlp, bytes);
  for (int i = 0; i < 4; ++i) hdr[3 - i] = __builtin_bswap32(dw[i]);
}

// Always writes 16 bytes.
inline void GetHeader(const uint32_t* hdr, uint8_t* tlp) {
  uint32_t dw[4];
  for (int i = 0; i < 4; ++i) dw[i] = __builtin_bswap32(hdr[3 - i]);
  memcpy(tlp, dw, sizeof(dw));
}

// A pure function of its arguments: the same in every build and on every host.
inline bool Stalled(const riser_stall& stall, uint32_t cls, uint32_t dir, uint64_t cycle) {
  if (cycle < stall.until_cycle) return true;
  if (stall.permille == 0) return false;
  uint64_t h = cycle + (static_cast<uint64_t>(stall.seed) << 32) + (cls * 2 + dir) * 0x9e3779b9ull;
  h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9ull;
  h = (h ^ (h >> 27)) * 0x94d049bb133111ebull;
  h ^= h >> 31;
  return h % 1000 < stall.permille;
}

inline bool StallPossible(const riser_stall& stall, uint64_t cycle) {
  return stall.permille != 0 || cycle < stall.until_cycle;
}

}  // namespace riser

#endif  // RISER_SIM_PORT_H_
