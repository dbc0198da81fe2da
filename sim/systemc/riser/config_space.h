// SPDX-License-Identifier: Apache-2.0
// Type 0 configuration space of one function: bytes, which of their bits software
// may write, and the capabilities that a card asks for.
#ifndef RISER_SYSTEMC_CONFIG_SPACE_H_
#define RISER_SYSTEMC_CONFIG_SPACE_H_

#include <array>
#include <cstdint>

namespace riser {

class config_space {
 public:
  struct ids {
    uint16_t vendor, device;
    uint32_t class_code;  // base class, sub-class, programming interface
    uint8_t revision;
    uint16_t subsystem_vendor, subsystem;
  };

  static constexpr unsigned kBars = 6;

  explicit config_space(const ids& id);

  // bytes: a power of two, 16 or more for 32 bits; a 64-bit BAR takes index and index + 1.
  void add_bar(unsigned index, uint64_t bytes, bool is_64, bool prefetchable);
  // Offset of the next capability, from 40h on and ascending; without it they
  // follow each other.
  void place(unsigned at);
  // All return the offset of the capability.
  unsigned add_power_management();
  unsigned add_msi(unsigned vectors, bool maskable);  // 1 to 32, a power of two
  unsigned add_msix(unsigned vectors, unsigned bar, uint32_t table, uint32_t pending);
  // speed: 1 for 2.5 GT/s, 2 for 5, 3 for 8 ...
  unsigned add_express(unsigned max_payload, bool has_flr, unsigned speed, unsigned width);
  // Extended capabilities, from 100h on.
  unsigned add_aer();
  unsigned add_serial_number(uint64_t number);
  void set_interrupt_pin(unsigned pin);  // 1 to 4

  uint32_t read(unsigned reg) const;
  // Bytes of value as enabled; false when nothing of them could change.
  void write(unsigned reg, uint32_t value, unsigned enables);
  // Registers as after power-on. keep_sticky: those that survive a hot reset or FLR do.
  void reset(bool keep_sticky);

  // What the card's logic needs of it.
  bool memory_enabled() const { return read(4) & 2; }
  bool bus_master() const { return (read(4) & 4) && power_state() == 0; }
  bool intx_disabled() const { return read(4) & 0x400; }
  void set_interrupt_status(bool on) { poke(6, on ? bytes_[6] | 8 : bytes_[6] & ~8); }
  unsigned power_state() const { return pm_ != 0 ? bytes_[pm_ + 4] & 3 : 0; }
  unsigned max_payload() const;
  unsigned max_read_request() const;
  unsigned read_completion_boundary() const;
  bool flr_requested();  // and taken back
  bool msi_enabled() const { return msi_ != 0 && (bytes_[msi_ + 2] & 1); }
  unsigned msi_vectors() const { return 1u << (bytes_[msi_ + 2] >> 4 & 7); }
  uint64_t msi_address() const;
  uint16_t msi_data() const;
  bool msi_masked(unsigned vector) const;
  bool msi_pending(unsigned vector) const;
  void set_msi_pending(unsigned vector, bool on);
  bool msix_enabled() const { return msix_ != 0 && (bytes_[msix_ + 3] & 0x80); }
  bool msix_masked() const { return bytes_[msix_ + 3] & 0x40; }
  unsigned msix_vectors() const { return msix_vectors_; }
  unsigned msix_bar() const { return msix_bar_; }
  uint32_t msix_table() const { return msix_table_; }
  uint32_t msix_pending() const { return msix_pba_; }

  // The BAR that a memory address falls into, with the offset in it; -1 for none.
  int decode(uint64_t address, uint64_t* offset) const;
  uint64_t bar_bytes(unsigned index) const { return bar_bytes_[index]; }

 private:
  unsigned add_capability(uint8_t id, unsigned bytes);
  unsigned add_extended(uint16_t id, unsigned version, unsigned bytes);
  void poke(unsigned at, unsigned value) { bytes_[at] = static_cast<uint8_t>(value); }
  void poke16(unsigned at, unsigned value);
  void poke32(unsigned at, uint32_t value);
  void mask16(unsigned at, unsigned value);
  void mask32(unsigned at, uint32_t value);
  uint64_t bar_address(unsigned index) const;

  std::array<uint8_t, 4096> bytes_{}, initial_{}, writable_{}, clears_{}, sticky_{};
  std::array<uint64_t, kBars> bar_bytes_{};
  std::array<bool, kBars> bar_64_{};
  unsigned last_cap_ = 0, next_cap_ = 0x40, last_ext_ = 0, next_ext_ = 0x100;
  unsigned pm_ = 0, msi_ = 0, msix_ = 0, express_ = 0;
  unsigned msix_vectors_ = 0, msix_bar_ = 0;
  uint32_t msix_table_ = 0, msix_pba_ = 0;
  bool msi_maskable_ = false;
  bool flr_ = false;
  bool has_initial_ = false;
};

}  // namespace riser

#endif  // RISER_SYSTEMC_CONFIG_SPACE_H_
