// SPDX-License-Identifier: Apache-2.0
// The host's memory: mappings with guard zones, filled with a poison that depends on the address,
// and for each byte who touched it last.
#ifndef RISER_TB_RC_MEMORY_H_
#define RISER_TB_RC_MEMORY_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "rc/tlp.h"

namespace tb {

class Memory {
 public:
  enum Access : uint8_t { kRead = 1, kWrite = 2, kBoth = 3 };
  enum Owner : uint8_t { kPoison, kHost, kCard };

  // A mapping [addr, addr + bytes) for the card. Mappings do not overlap.
  void Map(uint64_t addr, uint64_t bytes, Access access);
  void Unmap(uint64_t addr);
  bool Covers(uint64_t addr, uint64_t bytes, Access access) const;

  // The card's side. False when a byte is outside of every mapping that allows it; a write then
  // changes nothing. @be has one entry per byte.
  bool CardRead(uint64_t addr, uint32_t bytes, Bytes* out) const;
  bool CardWrite(uint64_t addr, const Bytes& data, const std::vector<bool>& be);

  // The host's side; the range must be mapped.
  void Put(uint64_t addr, const Bytes& data);
  void Put32(uint64_t addr, uint32_t value);
  void Put64(uint64_t addr, uint64_t value);
  Bytes Get(uint64_t addr, uint64_t bytes) const;
  uint32_t Get32(uint64_t addr) const;
  uint8_t Byte(uint64_t addr) const;
  Owner OwnerOf(uint64_t addr) const;
  // Poison again, as if never touched.
  void Poison(uint64_t addr, uint64_t bytes);

  // First byte in the range that is not as expected: the card must have written exactly
  // [want_at, want_at + want.size()), everything else must be untouched by it. "" when all is well.
  std::string Compare(uint64_t addr, uint64_t bytes, uint64_t want_at, const Bytes& want) const;

  uint64_t card_read_bytes = 0;
  uint64_t card_written_bytes = 0;

  static uint8_t PoisonAt(uint64_t addr);

 private:
  struct Mapping {
    Access access;
    Bytes bytes;
    std::vector<Owner> owner;
  };
  const Mapping* Find(uint64_t addr, uint64_t* base) const;

  std::map<uint64_t, Mapping> mappings_;
};

}  // namespace tb

#endif  // RISER_TB_RC_MEMORY_H_
