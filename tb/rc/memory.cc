// SPDX-License-Identifier: Apache-2.0
#include "rc/memory.h"

#include <cstdio>
#include <stdexcept>

namespace tb {

uint8_t Memory::PoisonAt(uint64_t addr) {
  uint64_t h = addr * 0x9e3779b97f4a7c15ull;
  return static_cast<uint8_t>(h >> 56 | 0x80);
}

void Memory::Map(uint64_t addr, uint64_t bytes, Access access) {
  Mapping& m = mappings_[addr];
  m.access = access;
  m.bytes.resize(bytes);
  m.owner.assign(bytes, kPoison);
  for (uint64_t i = 0; i < bytes; ++i) m.bytes[i] = PoisonAt(addr + i);
}

void Memory::Unmap(uint64_t addr) { mappings_.erase(addr); }

const Memory::Mapping* Memory::Find(uint64_t addr, uint64_t* base) const {
  auto it = mappings_.upper_bound(addr);
  if (it == mappings_.begin()) return nullptr;
  --it;
  if (addr - it->first >= it->second.bytes.size()) return nullptr;
  *base = it->first;
  return &it->second;
}

bool Memory::Covers(uint64_t addr, uint64_t bytes, Access access) const {
  while (bytes != 0) {
    uint64_t base;
    const Mapping* m = Find(addr, &base);
    if (m == nullptr || (m->access & access) != access) return false;
    uint64_t n = base + m->bytes.size() - addr;
    if (n >= bytes) return true;
    addr += n;
    bytes -= n;
  }
  return true;
}

bool Memory::CardRead(uint64_t addr, uint32_t bytes, Bytes* out) const {
  out->clear();
  if (!Covers(addr, bytes, kRead)) return false;
  *out = Get(addr, bytes);
  return true;
}

bool Memory::CardWrite(uint64_t addr, const Bytes& data, const std::vector<bool>& be) {
  for (size_t i = 0; i < data.size(); ++i) {
    if (be[i] && !Covers(addr + i, 1, kWrite)) return false;
  }
  for (size_t i = 0; i < data.size(); ++i) {
    uint64_t base;
    if (!be[i]) continue;
    auto* m = const_cast<Mapping*>(Find(addr + i, &base));
    m->bytes[addr + i - base] = data[i];
    m->owner[addr + i - base] = kCard;
    ++card_written_bytes;
  }
  return true;
}

void Memory::Put(uint64_t addr, const Bytes& data) {
  for (size_t i = 0; i < data.size(); ++i) {
    uint64_t base;
    auto* m = const_cast<Mapping*>(Find(addr + i, &base));
    if (m == nullptr) throw std::logic_error("the host writes where nothing is mapped");
    m->bytes[addr + i - base] = data[i];
    m->owner[addr + i - base] = kHost;
  }
}

void Memory::Put32(uint64_t addr, uint32_t value) {
  Bytes b;
  for (int i = 0; i < 4; ++i) b.push_back(static_cast<uint8_t>(value >> (8 * i)));
  Put(addr, b);
}

void Memory::Put64(uint64_t addr, uint64_t value) {
  Put32(addr, static_cast<uint32_t>(value));
  Put32(addr + 4, static_cast<uint32_t>(value >> 32));
}

uint8_t Memory::Byte(uint64_t addr) const {
  uint64_t base;
  const Mapping* m = Find(addr, &base);
  if (m == nullptr) throw std::logic_error("the host reads where nothing is mapped");
  return m->bytes[addr - base];
}

Bytes Memory::Get(uint64_t addr, uint64_t bytes) const {
  Bytes out(bytes);
  for (uint64_t i = 0; i < bytes; ++i) out[i] = Byte(addr + i);
  return out;
}

uint32_t Memory::Get32(uint64_t addr) const {
  uint32_t v = 0;
  for (uint32_t i = 0; i < 4; ++i) v |= uint32_t{Byte(addr + i)} << (8 * i);
  return v;
}

Memory::Owner Memory::OwnerOf(uint64_t addr) const {
  uint64_t base;
  const Mapping* m = Find(addr, &base);
  return m == nullptr ? kPoison : m->owner[addr - base];
}

void Memory::Poison(uint64_t addr, uint64_t bytes) {
  for (uint64_t i = 0; i < bytes; ++i) {
    uint64_t base;
    auto* m = const_cast<Mapping*>(Find(addr + i, &base));
    if (m == nullptr) throw std::logic_error("the host poisons where nothing is mapped");
    m->bytes[addr + i - base] = PoisonAt(addr + i);
    m->owner[addr + i - base] = kPoison;
  }
}

std::string Memory::Compare(uint64_t addr, uint64_t bytes, uint64_t want_at,
                            const Bytes& want) const {
  char text[160];
  for (uint64_t a = addr; a < addr + bytes; ++a) {
    bool inside = a >= want_at && a - want_at < want.size();
    uint8_t has = Byte(a);
    if (inside && (has != want[a - want_at] || OwnerOf(a) != kCard)) {
      snprintf(text, sizeof(text), "byte %llu of %zu at 0x%llx is %02x%s, want %02x",
               static_cast<unsigned long long>(a - want_at), want.size(),
               static_cast<unsigned long long>(a), has,
               OwnerOf(a) == kCard ? "" : " (never written)", want[a - want_at]);
      return text;
    }
    if (!inside && OwnerOf(a) == kCard) {
      snprintf(text, sizeof(text), "the card wrote %02x at 0x%llx, outside of [0x%llx, +%zu)", has,
               static_cast<unsigned long long>(a), static_cast<unsigned long long>(want_at),
               want.size());
      return text;
    }
  }
  return "";
}

}  // namespace tb
