// SPDX-License-Identifier: Apache-2.0
// RTL in a SystemC platform: drives the TLP port (docs/tlp-port.md) of a module
// that Verilator made with --sc. The platform brings clk; its period is the one
// that RISER_SYSTEMC_CARD() names, its first rising edge half a period after 0.
//
//   Vmy_card rtl{"rtl"};
//   riser::pins<64> pins{"pins"};
//   sc_core::sc_clock clk{"clk", 4, SC_NS, 0.5, 2, SC_NS};
//   pins.clk(clk);
//   rtl.clk(clk);
//   RISER_BIND_PINS(rtl, pins);
#ifndef RISER_SYSTEMC_PINS_H_
#define RISER_SYSTEMC_PINS_H_

#include <deque>
#include <systemc>
#include <type_traits>

#include "riser/out_queues.h"
#include "riser/tlp_port.h"

namespace riser {

template <unsigned kBits>
class pins : public sc_core::sc_module, public tlp_port {
 public:
  // as Verilator declares ports of up to 64 bits, and wider ones
  using data_t = std::conditional_t<(kBits <= 64), uint64_t, sc_dt::sc_bv<kBits>>;
  using header_t = sc_dt::sc_bv<128>;

  struct channel {
    explicit channel(const char* name)
        : valid((std::string(name) + "_valid").c_str()),
          ready((std::string(name) + "_ready").c_str()),
          sop((std::string(name) + "_sop").c_str()),
          eop((std::string(name) + "_eop").c_str()),
          hdr((std::string(name) + "_hdr").c_str()),
          data((std::string(name) + "_data").c_str()) {}
    sc_core::sc_signal<bool, sc_core::SC_MANY_WRITERS> valid, ready, sop, eop;
    sc_core::sc_signal<header_t, sc_core::SC_MANY_WRITERS> hdr;
    sc_core::sc_signal<data_t, sc_core::SC_MANY_WRITERS> data;
  };

  sc_core::sc_in<bool> clk{"clk"};
  sc_core::sc_signal<bool> perst_n{"perst_n"}, link_up{"link_up"}, hot_reset{"hot_reset"};
  sc_core::sc_signal<bool> flr{"flr_active"};
  channel rx_p{"rx_p"}, rx_np{"rx_np"}, rx_cpl{"rx_cpl"};
  channel tx_p{"tx_p"}, tx_np{"tx_np"}, tx_cpl{"tx_cpl"};

  explicit pins(sc_core::sc_module_name name) : sc_module(name) {
    SC_HAS_PROCESS(pins);
    SC_METHOD(edge);
    sensitive << clk.pos();
    dont_initialize();
  }

  // One under way in each class; nothing passes a posted request on the way in.
  bool can_take(tlp_class c) const override {
    return in_[index(c)].empty() && (c == tlp_class::posted || in_[0].empty());
  }
  void take(tlp_class c, tlp&& packet) override { in_[index(c)] = std::move(packet); }
  bool give(tlp_class c, tlp* packet) override { return out_.take(c, packet); }
  bool has_any() const override { return !out_.empty(); }
  bool flr_active() const override { return flr.read(); }
  bool is_idle() const override { return false; }  // the clock runs

  void set_sideband(bool perst, bool up, bool hot) override {
    perst_n_ = !perst;
    up_ = up;
    hot_ = hot;
  }

 private:
  static int index(tlp_class c) { return static_cast<int>(c); }
  channel& rx(int c) { return c == 0 ? rx_p : c == 1 ? rx_np : rx_cpl; }
  channel& tx(int c) { return c == 0 ? tx_p : c == 1 ? tx_np : tx_cpl; }

  void edge() {
    const bool up = perst_n_ && up_ && !hot_;
    perst_n.write(perst_n_);
    link_up.write(up_);
    hot_reset.write(hot_);
    for (int c = 0; c < 3; ++c) {
      if (!up) {
        in_[c].clear();
        part_[c].clear();
        beat_[c] = 0;
        rx(c).valid.write(false);
        tx(c).ready.write(false);
        offered_[c] = false;
        continue;
      }
      drive(c);
      sample(c);
    }
    if (!up) out_.clear();
  }

  static size_t header_bytes(const tlp& t) { return t[0] & 0x20 ? 16 : 12; }

  // The beat that was offered was taken, or is offered again.
  void drive(int c) {
    channel& ch = rx(c);
    tlp& t = in_[c];
    constexpr size_t kBytes = kBits / 8;
    if (offered_[c] && ch.ready.read()) {
      ++beat_[c];
      if (header_bytes(t) + beat_[c] * kBytes >= t.size()) {
        t.clear();
        beat_[c] = 0;
      }
    }
    offered_[c] = !t.empty();
    ch.valid.write(offered_[c]);
    if (!offered_[c]) return;
    const size_t header = header_bytes(t), at = header + beat_[c] * kBytes;
    ch.sop.write(beat_[c] == 0);
    ch.eop.write(at + kBytes >= t.size());
    header_t hdr;
    for (size_t i = 0; i < 16; ++i)
      hdr.range(static_cast<int>(127 - 8 * i), static_cast<int>(120 - 8 * i)) =
          i < header ? t[i] : 0;
    ch.hdr.write(hdr);
    ch.data.write(pack(t, at));
  }

  static data_t pack(const tlp& t, size_t at) {
    if constexpr (kBits <= 64) {
      uint64_t value = 0;
      for (size_t i = 0; i < kBits / 8 && at + i < t.size(); ++i)
        value |= static_cast<uint64_t>(t[at + i]) << 8 * i;
      return value;
    } else {
      data_t value;
      for (size_t i = 0; i < kBits / 8 && at + i < t.size(); ++i)
        value.range(static_cast<int>(8 * i + 7), static_cast<int>(8 * i)) = t[at + i];
      return value;
    }
  }

  static uint8_t byte_of(const data_t& data, size_t i) {
    if constexpr (kBits <= 64)
      return static_cast<uint8_t>(data >> 8 * i);
    else
      return static_cast<uint8_t>(
          data.range(static_cast<int>(8 * i + 7), static_cast<int>(8 * i)).to_uint());
  }

  void sample(int c) {
    channel& ch = tx(c);
    const bool moved = ch.valid.read() && ch.ready.read();
    ch.ready.write(true);
    if (!moved) return;
    tlp& t = part_[c];
    if (ch.sop.read()) {
      const header_t hdr = ch.hdr.read();
      t.clear();
      for (int i = 0; i < 16; ++i)
        t.push_back(static_cast<uint8_t>(hdr.range(127 - 8 * i, 120 - 8 * i).to_uint()));
      t.resize(header_bytes(t));
      left_[c] = payload_bytes(t);
    }
    const data_t data = ch.data.read();
    for (size_t i = 0; i < kBits / 8 && left_[c] != 0; ++i, --left_[c])
      t.push_back(byte_of(data, i));
    if (!ch.eop.read()) return;
    out_.put(static_cast<tlp_class>(c), std::move(t));
    t.clear();
  }

  static size_t payload_bytes(const tlp& t) {
    const size_t dwords = static_cast<size_t>(t[2] & 3) << 8 | t[3];
    size_t bytes = (t[0] & 0x40) != 0 ? (dwords != 0 ? dwords : 1024) * 4 : 0;
    return bytes + ((t[2] & 0x80) != 0 ? 4 : 0);
  }

  bool perst_n_ = false, up_ = false, hot_ = false;
  tlp in_[3], part_[3];
  size_t beat_[3] = {}, left_[3] = {};
  bool offered_[3] = {};
  out_queues out_;
};

}  // namespace riser

#define RISER_BIND_CHANNEL(rtl, pins, name) \
  (rtl).name##_valid((pins).name.valid);    \
  (rtl).name##_ready((pins).name.ready);    \
  (rtl).name##_sop((pins).name.sop);        \
  (rtl).name##_eop((pins).name.eop);        \
  (rtl).name##_hdr((pins).name.hdr);        \
  (rtl).name##_data((pins).name.data)

#define RISER_BIND_PINS(rtl, pins)        \
  do {                                    \
    (rtl).perst_n((pins).perst_n);        \
    (rtl).link_up((pins).link_up);        \
    (rtl).hot_reset((pins).hot_reset);    \
    (rtl).flr_active((pins).flr);         \
    RISER_BIND_CHANNEL(rtl, pins, rx_p);  \
    RISER_BIND_CHANNEL(rtl, pins, rx_np); \
    RISER_BIND_CHANNEL(rtl, pins, rx_cpl); \
    RISER_BIND_CHANNEL(rtl, pins, tx_p);  \
    RISER_BIND_CHANNEL(rtl, pins, tx_np); \
    RISER_BIND_CHANNEL(rtl, pins, tx_cpl); \
  } while (0)

#endif  // RISER_SYSTEMC_PINS_H_
