// SPDX-License-Identifier: Apache-2.0
// TLPs from the card: beats of the tx pins into records of the output area.
// A TLP is assembled where its record will stand; only while TLPs of several
// classes are under way, or over the end of a run(), is one staged aside.
#ifndef RISER_SIM_TX_H_
#define RISER_SIM_TX_H_

#include <cstdio>

#include "messages.h"
#include "port.h"

namespace riser {

class TxPort {
 public:
  static constexpr uint64_t kRoom = static_cast<uint64_t>(RISER_NR_CLASSES) * kMaxRecBytes;
  static constexpr uint32_t kNone = RISER_NR_CLASSES;

  // Plain data: part of the saved state (between calls everything is staged).
  struct Channel {
    uint32_t open;    // between sop and eop
    uint32_t len;     // bytes assembled
    uint32_t left;    // payload bytes that the header still announces
    uint32_t excess;  // bytes beyond the header's length
  };
  struct State {
    Channel channel[RISER_NR_CLASSES];
  };

  State state{};
  ChannelPins pins[RISER_NR_CLASSES];
  alignas(16) uint8_t stage[RISER_NR_CLASSES][kMaxRecBytes];

  void Begin(uint8_t* area, uint64_t bytes) {
    area_ = area;
    bytes_ = bytes;
    used_ = 0;
    nr_ = 0;
    in_place_ = kNone;
  }

  void End() { Unplace(); }

  bool HasRoom() const { return bytes_ - used_ >= kRoom && bytes_ >= used_; }
  uint64_t used() const { return used_; }
  uint32_t nr() const { return nr_; }
  bool AnyOpen() const {
    return state.channel[0].open || state.channel[1].open || state.channel[2].open;
  }

  // Takes the beats of the classes in @mask, which transfer in @cycle. Returns
  // the mask of classes whose TLP is complete.
  uint32_t Take(uint32_t mask, uint64_t cycle, MessageSink* sink) {
    static const uint32_t kOrder[] = {RISER_POSTED, RISER_COMPLETION, RISER_NONPOSTED};
    uint32_t done = 0;
    for (uint32_t c : kOrder) {
      if ((mask & (1u << c)) && TakeBeat(c, cycle, sink)) done |= 1u << c;
    }
    return done;
  }

  void Drop() {
    for (auto& ch : state.channel) ch = Channel{};
    in_place_ = kNone;
  }

 private:
  uint8_t* Slot() { return area_ + used_ + sizeof(riser_tx_rec); }
  uint8_t* Bytes(uint32_t c) { return in_place_ == c ? Slot() : stage[c]; }

  void Unplace() {
    if (in_place_ == kNone) return;
    memcpy(stage[in_place_], Slot(), state.channel[in_place_].len);
    in_place_ = kNone;
  }

  bool TakeBeat(uint32_t c, uint64_t cycle, MessageSink* sink) {
    Channel& ch = state.channel[c];
    const ChannelPins& p = pins[c];
    if (*p.sop) {
      if (ch.open) Complain(sink, c, cycle, "a TLP begins before the one before it has ended: dropped");
      Start(c);
    } else if (!ch.open) {
      Complain(sink, c, cycle, "a beat outside of a TLP (sop is 0): dropped");
      return false;
    }
    Append(c);
    if (!*p.eop) return false;
    if (ch.left != 0) Complain(sink, c, cycle, "eop comes before the payload that the header announces");
    if (ch.excess != 0) Complain(sink, c, cycle, "eop comes after the payload that the header announces");
    Commit(c, cycle);
    return true;
  }

  void Start(uint32_t c) {
    Channel& ch = state.channel[c];
    if (in_place_ == c) in_place_ = kNone;
    ch = Channel{};
    if (!AnyOpen()) in_place_ = c;
    uint8_t* to = Bytes(c);
    GetHeader(pins[c].hdr, to);
    ch.open = 1;
    ch.len = HeaderBytes(to);
    ch.left = PayloadBytes(to);
  }

  void Append(uint32_t c) {
    Channel& ch = state.channel[c];
    bool first = *pins[c].sop;
    uint32_t n = ch.left < kBeatBytes ? ch.left : kBeatBytes;
    if (ch.left == 0 && !first) {
      n = kBeatBytes;
      if (ch.len + n > kMaxTlpBytes) n = kMaxTlpBytes - ch.len;
      ch.excess += kBeatBytes;
    } else {
      ch.left -= n;
    }
    memcpy(Bytes(c) + ch.len, pins[c].data, kBeatBytes);  // the area has a beat of slack
    ch.len += n;
  }

  void Commit(uint32_t c, uint64_t cycle) {
    Channel& ch = state.channel[c];
    if (in_place_ != c) {
      Unplace();
      memcpy(Slot(), stage[c], ch.len);
    }
    in_place_ = kNone;
    uint32_t bytes = (static_cast<uint32_t>(sizeof(riser_tx_rec)) + ch.len + 15) & ~15u;
    riser_tx_rec rec{};
    rec.bytes = bytes;
    rec.type = 1;
    rec.len = ch.len;
    rec.aux = c;
    rec.cycle = cycle;
    memset(Slot() + ch.len, 0, bytes - sizeof(rec) - ch.len);
    memcpy(area_ + used_, &rec, sizeof(rec));
    used_ += bytes;
    ++nr_;
    ch = Channel{};
  }

  void Complain(MessageSink* sink, uint32_t c, uint64_t cycle, const char* what) {
    char text[160];
    snprintf(text, sizeof(text), "tx_%s in cycle %llu: %s", ClassName(c),
             static_cast<unsigned long long>(cycle), what);
    sink->Report(RISER_MSG_ERROR, nullptr, 0, text);
  }

  uint8_t* area_ = nullptr;
  uint64_t bytes_ = 0;
  uint64_t used_ = 0;
  uint32_t nr_ = 0;
  uint32_t in_place_ = kNone;
};

}  // namespace riser

#endif  // RISER_SIM_TX_H_
