// SPDX-License-Identifier: Apache-2.0
// TLPs towards the card: beats from the caller's queues onto the rx pins.
#ifndef RISER_SIM_RX_H_
#define RISER_SIM_RX_H_

#include "port.h"

namespace riser {

class RxPort {
 public:
  // Plain data: part of the saved state.
  struct Channel {
    uint32_t sent;     // payload bytes of the TLP at the queue's tail transferred
    uint32_t beat;     // payload bytes in the beat that is offered
    uint8_t started;   // its first beat has been transferred
    uint8_t offered;   // a beat is on the pins
    uint8_t last;      // it is the TLP's last one
    uint8_t high;      // the valid pin is 1
  };
  struct State {
    Channel channel[RISER_NR_CLASSES];
  };

  State state{};
  ChannelPins pins[RISER_NR_CLASSES];

  void Begin(riser_rx_queue* queues) {
    queue_ = queues;
    bad_ = false;
    active_ = 0;
    for (uint32_t c = 0; c < RISER_NR_CLASSES; ++c) {
      if (queue_[c].head != queue_[c].tail || state.channel[c].high) active_ |= 1u << c;
    }
  }

  // @state is another one.
  void Restored() {
    offered_ = 0;
    for (uint32_t c = 0; c < RISER_NR_CLASSES; ++c) {
      if (state.channel[c].offered) offered_ |= 1u << c;
    }
  }

  // Bit mask of the classes that need Drive() in the next cycle.
  uint32_t active() const { return active_; }
  // Those with a beat on the pins.
  uint32_t offered() const { return offered_; }
  bool bad() const { return bad_; }
  bool Empty() const {
    for (uint32_t c = 0; c < RISER_NR_CLASSES; ++c) {
      if (queue_[c].head != queue_[c].tail) return false;
    }
    return true;
  }

  // Before the falling edge: puts the beats of this cycle onto the pins. Whether
  // a pin has changed.
  template <bool kStall>
  bool Drive(const riser_stall* stall, uint64_t cycle) {
    bool changed = false;
    // valid stays until the transfer
    for (uint32_t todo = active_ & ~offered_; todo != 0; todo &= todo - 1) {
      uint32_t c = static_cast<uint32_t>(__builtin_ctz(todo));
      bool hold = kStall && Stalled(stall[c], c, 0, cycle);
      changed |= DriveChannel(c, hold);
    }
    return changed;
  }

  // With both sides stable: what is transferred at the coming rising edge.
  void Sample() {
    for (uint32_t todo = offered_; todo != 0; todo &= todo - 1) {
      uint32_t c = static_cast<uint32_t>(__builtin_ctz(todo));
      Channel& ch = state.channel[c];
      if (!*pins[c].ready) continue;
      ch.offered = 0;
      offered_ &= ~(1u << c);
      if (ch.last) {
        ++queue_[c].tail;
        ch.sent = 0;
        ch.started = 0;
      } else {
        ch.sent += ch.beat;
        ch.started = 1;
      }
    }
  }

  // Link down or reset: a TLP that was half sent starts again if it is still
  // queued when the link comes back.
  void Drop() {
    offered_ = 0;
    for (uint32_t c = 0; c < RISER_NR_CLASSES; ++c) {
      state.channel[c] = Channel{};
      *pins[c].valid = 0;
    }
  }

 private:
  bool DriveChannel(uint32_t c, bool hold) {
    Channel& ch = state.channel[c];
    riser_rx_queue& q = queue_[c];
    if (q.head == q.tail) {
      active_ &= ~(1u << c);
      return Lower(c);
    }
    const riser_tlp_ref& ref = q.ref[q.tail & q.mask];
    bool wait = !ch.started && queue_[RISER_POSTED].tail < ref.after_posted;
    if (wait || hold) return Lower(c);
    return Offer(c, ref);
  }

  bool Lower(uint32_t c) {
    if (!state.channel[c].high) return false;
    *pins[c].valid = 0;
    state.channel[c].high = 0;
    return true;
  }

  bool Offer(uint32_t c, const riser_tlp_ref& ref) {
    Channel& ch = state.channel[c];
    const ChannelPins& p = pins[c];
    if (ref.len < 12 || ref.len > kMaxTlpBytes || ref.len % 4 || HeaderBytes(ref.bytes) > ref.len) {
      bad_ = true;
      return Lower(c);
    }
    uint32_t header = HeaderBytes(ref.bytes);
    uint32_t left = ref.len - header - ch.sent;
    ch.beat = left < kBeatBytes ? left : kBeatBytes;
    ch.last = left <= kBeatBytes;
    ch.offered = 1;
    offered_ |= 1u << c;
    ch.high = 1;
    if (!ch.started) PutHeader(ref.bytes, header, p.hdr);
    const uint8_t* from = ref.bytes + header + ch.sent;
    if (ch.beat == kBeatBytes) {
      memcpy(p.data, from, kBeatBytes);
    } else {
      memset(p.data, 0, kBeatBytes);
      memcpy(p.data, from, ch.beat);
    }
    *p.valid = 1;
    *p.sop = !ch.started;
    *p.eop = ch.last;
    return true;
  }

  riser_rx_queue* queue_ = nullptr;
  uint32_t active_ = 0;
  uint32_t offered_ = 0;  // as in state.channel
  bool bad_ = false;
};

}  // namespace riser

#endif  // RISER_SIM_RX_H_
