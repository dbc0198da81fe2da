// SPDX-License-Identifier: Apache-2.0
#include "riser/config_space.h"

#include <stdexcept>

namespace riser {
namespace {

unsigned log2_of(uint64_t value) {
  unsigned n = 0;
  while (value >>= 1) ++n;
  return n;
}

void require(bool holds, const char* what) {
  if (!holds) throw std::invalid_argument(what);
}

}  // namespace

void config_space::poke16(unsigned at, unsigned value) {
  poke(at, value);
  poke(at + 1, value >> 8);
}

void config_space::poke32(unsigned at, uint32_t value) {
  poke16(at, value);
  poke16(at + 2, value >> 16);
}

void config_space::mask16(unsigned at, unsigned value) {
  writable_[at] = static_cast<uint8_t>(value);
  writable_[at + 1] = static_cast<uint8_t>(value >> 8);
}

void config_space::mask32(unsigned at, uint32_t value) {
  mask16(at, value & 0xffff);
  mask16(at + 2, value >> 16);
}

config_space::config_space(const ids& id) {
  poke16(0, id.vendor);
  poke16(2, id.device);
  mask16(4, 0x0546);  // memory, bus master, parity, SERR#, INTx disable
  clears_[7] = 0xf9;  // status: detected and signalled errors
  poke32(8, id.class_code << 8 | id.revision);
  writable_[0x0c] = 0xff;  // cache line size: has no effect
  poke16(0x2c, id.subsystem_vendor);
  poke16(0x2e, id.subsystem);
  writable_[0x3c] = 0xff;  // interrupt line
}

void config_space::add_bar(unsigned index, uint64_t bytes, bool is_64, bool prefetchable) {
  require(index < kBars && (!is_64 || index + 1 < kBars), "a BAR has an index from 0 to 5");
  require(bytes >= 16 && (bytes & (bytes - 1)) == 0, "a BAR's size is a power of two from 16 on");
  require(is_64 || bytes <= 1ull << 31, "a 32-bit BAR has at most 2 GiB");
  const unsigned at = 0x10 + 4 * index;
  poke(at, (is_64 ? 4 : 0) | (prefetchable ? 8 : 0));
  mask32(at, static_cast<uint32_t>(~(bytes - 1)) & ~15u);
  if (is_64) mask32(at + 4, static_cast<uint32_t>(~(bytes - 1) >> 32));
  bar_bytes_[index] = bytes;
  bar_64_[index] = is_64;
}

unsigned config_space::add_capability(uint8_t id, unsigned bytes) {
  const unsigned at = next_cap_;
  require(at + bytes <= 0x100, "no room for another capability");
  poke(last_cap_ != 0 ? last_cap_ + 1 : 0x34, at);
  poke(6, bytes_[6] | 0x10);
  poke(at, id);
  last_cap_ = at;
  next_cap_ = at + ((bytes + 3) & ~3u);
  return at;
}

unsigned config_space::add_power_management() {
  pm_ = add_capability(0x01, 8);
  poke16(pm_ + 2, 0x0003);  // version 3, no D1, no D2, no PME
  poke(pm_ + 4, 0x08);      // no soft reset
  writable_[pm_ + 4] = 0x03;
  return pm_;
}

void config_space::place(unsigned at) {
  unsigned* next = at < 0x100 ? &next_cap_ : &next_ext_;
  require(at % 4 == 0 && at >= *next && at < 0x1000, "capabilities ascend, in steps of 4 bytes");
  *next = at;
}

unsigned config_space::add_msi(unsigned vectors, bool maskable) {
  require(vectors >= 1 && vectors <= 32 && (vectors & (vectors - 1)) == 0,
          "MSI has 1 to 32 vectors, a power of two");
  msi_ = add_capability(0x05, maskable ? 24 : 14);
  msi_maskable_ = maskable;
  poke16(msi_ + 2, (maskable ? 0x100 : 0) | 0x80 | log2_of(vectors) << 1);  // 64 bits
  mask16(msi_ + 2, 0x71);
  mask32(msi_ + 4, ~3u);
  mask32(msi_ + 8, ~0u);
  mask16(msi_ + 12, 0xffff);
  if (maskable) mask32(msi_ + 16, static_cast<uint32_t>((1ull << vectors) - 1));
  return msi_;
}

unsigned config_space::add_msix(unsigned vectors, unsigned bar, uint32_t table, uint32_t pending) {
  require(vectors >= 1 && vectors <= 2048, "MSI-X has 1 to 2048 vectors");
  require(bar < kBars && bar_bytes_[bar] != 0, "MSI-X lies in a BAR that exists");
  require(table % 8 == 0 && pending % 8 == 0, "MSI-X structures are aligned to 8 bytes");
  require(table + 16ull * vectors <= bar_bytes_[bar] &&
              pending + (vectors + 63) / 64 * 8ull <= bar_bytes_[bar],
          "MSI-X structures lie inside of their BAR");
  msix_ = add_capability(0x11, 12);
  poke16(msix_ + 2, vectors - 1);
  mask16(msix_ + 2, 0xc000);
  poke32(msix_ + 4, table | bar);
  poke32(msix_ + 8, pending | bar);
  msix_vectors_ = vectors;
  msix_bar_ = bar;
  msix_table_ = table;
  msix_pba_ = pending;
  return msix_;
}

unsigned config_space::add_express(unsigned max_payload, bool has_flr, unsigned speed,
                                   unsigned width) {
  require(max_payload >= 128 && max_payload <= 4096 && (max_payload & (max_payload - 1)) == 0,
          "the largest payload is 128 to 4096 bytes, a power of two");
  require(speed >= 1 && speed <= 6 && width >= 1 && width <= 32, "a link has a speed and a width");
  express_ = add_capability(0x10, 0x3c);
  poke16(express_ + 2, 0x0002);  // version 2, endpoint
  // role-based error reporting
  poke32(express_ + 4, (log2_of(max_payload) - 7) | 0x8000 | (has_flr ? 1u << 28 : 0));
  poke16(express_ + 8, 0x2810);  // relaxed order, no snoop, read requests of 512 bytes
  mask16(express_ + 8, 0x78ff);
  clears_[express_ + 10] = 0x0f;
  poke32(express_ + 0x0c, speed | width << 4 | 1u << 22);
  mask16(express_ + 0x10, 0x00cb);
  poke16(express_ + 0x12, speed | width << 4 | 0x1000);
  poke32(express_ + 0x24, 0x0010);  // completion timeout can be disabled
  mask16(express_ + 0x28, 0x0010);
  poke32(express_ + 0x2c, (2u << speed) - 2);
  poke16(express_ + 0x30, speed);
  return express_;
}

unsigned config_space::add_extended(uint16_t id, unsigned version, unsigned bytes) {
  const unsigned at = next_ext_;
  require(at + bytes <= 0x1000, "no room for another extended capability");
  if (last_ext_ != 0) {
    poke(last_ext_ + 2, (bytes_[last_ext_ + 2] & 0x0f) | (at & 0xf) << 4);
    poke(last_ext_ + 3, at >> 4);
  }
  poke32(at, id | version << 16);
  last_ext_ = at;
  next_ext_ = at + bytes;
  return at;
}

unsigned config_space::add_aer() {
  const unsigned at = add_extended(1, 2, 0x48);
  for (unsigned i = 0; i < 4; ++i) {
    clears_[at + 4 + i] = static_cast<uint8_t>(0x003ff030u >> 8 * i);
    clears_[at + 16 + i] = static_cast<uint8_t>(0x000031c1u >> 8 * i);
    sticky_[at + 4 + i] = sticky_[at + 16 + i] = 0xff;
    for (unsigned r = 28; r < 44; r += 4) sticky_[at + r + i] = 0xff;
  }
  mask32(at + 8, 0x003ff030);
  poke32(at + 12, 0x00040010);  // malformed TLP and data link protocol errors are fatal
  mask32(at + 12, 0x003ff030);
  poke32(at + 20, 0x00002000);
  mask32(at + 20, 0x000031c1);
  for (unsigned r = 8; r < 28; ++r)
    if (r < 16 || r > 19) sticky_[at + r] = static_cast<uint8_t>(sticky_[at + r] | writable_[at + r]);
  return at;
}

unsigned config_space::add_serial_number(uint64_t number) {
  const unsigned at = add_extended(3, 1, 12);
  poke32(at + 4, static_cast<uint32_t>(number));
  poke32(at + 8, static_cast<uint32_t>(number >> 32));
  return at;
}

bool config_space::msi_masked(unsigned vector) const {
  return msi_maskable_ && (read(msi_ + 16) >> vector & 1) != 0;
}

bool config_space::msi_pending(unsigned vector) const {
  return msi_maskable_ && (read(msi_ + 20) >> vector & 1) != 0;
}

void config_space::set_msi_pending(unsigned vector, bool on) {
  const uint32_t bit = 1u << vector;
  poke32(msi_ + 20, on ? read(msi_ + 20) | bit : read(msi_ + 20) & ~bit);
}

void config_space::set_interrupt_pin(unsigned pin) {
  require(pin >= 1 && pin <= 4, "an interrupt pin is 1 to 4");
  poke(0x3d, pin);
}

uint32_t config_space::read(unsigned reg) const {
  reg &= 0xffc;
  return static_cast<uint32_t>(bytes_[reg]) | bytes_[reg + 1] << 8 | bytes_[reg + 2] << 16 |
         static_cast<uint32_t>(bytes_[reg + 3]) << 24;
}

void config_space::write(unsigned reg, uint32_t value, unsigned enables) {
  if (!has_initial_) {
    initial_ = bytes_;
    has_initial_ = true;
  }
  reg &= 0xffc;
  for (unsigned i = 0; i < 4; ++i, value >>= 8) {
    if (!(enables >> i & 1)) continue;
    const unsigned at = reg + i;
    const auto byte = static_cast<uint8_t>(value);
    bytes_[at] = static_cast<uint8_t>((bytes_[at] & ~writable_[at]) | (byte & writable_[at]));
    bytes_[at] = static_cast<uint8_t>(bytes_[at] & ~(byte & clears_[at]));
    // the bit that starts a function level reset reads as 0
    if (express_ != 0 && at == express_ + 9 && (byte & 0x80) && (bytes_[express_ + 7] & 0x10))
      flr_ = true;
  }
}

void config_space::reset(bool keep_sticky) {
  if (!has_initial_) return;
  for (size_t i = 0; i < bytes_.size(); ++i) {
    const uint8_t keep = keep_sticky ? sticky_[i] : 0;
    bytes_[i] = static_cast<uint8_t>((bytes_[i] & keep) | (initial_[i] & ~keep));
  }
  flr_ = false;
}

unsigned config_space::max_payload() const {
  return express_ != 0 ? 128u << (bytes_[express_ + 8] >> 5 & 7) : 128;
}

unsigned config_space::max_read_request() const {
  return express_ != 0 ? 128u << (bytes_[express_ + 9] >> 4 & 7) : 512;
}

unsigned config_space::read_completion_boundary() const {
  return express_ != 0 && (bytes_[express_ + 0x10] & 8) ? 128 : 64;
}

bool config_space::flr_requested() {
  const bool was = flr_;
  flr_ = false;
  return was;
}

uint64_t config_space::msi_address() const {
  return static_cast<uint64_t>(read(msi_ + 8)) << 32 | read(msi_ + 4);
}

uint16_t config_space::msi_data() const { return static_cast<uint16_t>(read(msi_ + 12)); }

uint64_t config_space::bar_address(unsigned index) const {
  const unsigned at = 0x10 + 4 * index;
  const uint64_t low = read(at) & ~15u;
  return bar_64_[index] ? static_cast<uint64_t>(read(at + 4)) << 32 | low : low;
}

int config_space::decode(uint64_t address, uint64_t* offset) const {
  if (!memory_enabled() || power_state() != 0) return -1;
  for (unsigned i = 0; i < kBars; ++i) {
    if (bar_bytes_[i] == 0) continue;
    const uint64_t base = bar_address(i);
    if (address < base || address - base >= bar_bytes_[i]) continue;
    *offset = address - base;
    return static_cast<int>(i);
  }
  return -1;
}

}  // namespace riser
