// SPDX-License-Identifier: Apache-2.0
// Registers, queues and the fetching of commands; commands are in commands.cc.
#include "nvme_ref.h"

#include <algorithm>
#include <cstring>

using sc_core::sc_time;

namespace nvme_ref {
namespace {

constexpr uint64_t kDoorbells = 0x1000, kTable = 0x2000, kPending = 0x3000, kBarBytes = 0x4000;
// CAP: 256 entries, contiguous queues, 30 s to get ready, NVM commands, pages of 4 KiB
constexpr uint64_t kCap = 255ull | 1ull << 16 | 60ull << 24 | 1ull << 37;
constexpr uint32_t kVersion = 0x00010400;
constexpr uint32_t kReady = 1, kFatal = 2;
constexpr double kFetchNs = 200, kReadyUs = 1;

riser::config_space make_config(const riser::plusargs& args) {
  riser::config_space c({0xf1ac, 0x0001, 0x010802, 1, 0xf1ac, 0x0001});
  c.add_bar(0, kBarBytes, true, false);
  c.add_power_management();
  c.place(0x50);
  c.add_msi(1, true);
  c.place(0x70);
  c.add_express(512, true, 3, 4);
  c.place(0xb0);
  c.add_msix(kQueues, 0, kTable, kPending);
  c.add_aer();
  c.place(0x150);
  c.add_serial_number(args.number("instance", 1));
  c.set_interrupt_pin(1);
  return c;
}

riser::endpoint::options make_options(const riser::plusargs& args) {
  riser::endpoint::options o;
  if (args.has("at")) o.style = riser::endpoint::timing::approximately;
  return o;
}

}  // namespace

controller::controller(sc_core::sc_module_name name, const riser::plusargs& args)
    : sc_module(name),
      ep("ep", make_config(args), make_options(args)),
      regs_("regs"),
      host_("host"),
      capacity_blocks_((128ull << 20) / kBlock),
      instance_(static_cast<uint32_t>(args.number("instance", 1))) {
  ep.bar.bind(regs_);
  host_.bind(ep.dma);
  regs_.register_b_transport(this, &controller::transport);
  ep.on_reset([this](riser::reset_kind kind) { reset(kind == riser::reset_kind::power_on); });
  SC_HAS_PROCESS(controller);
  SC_THREAD(work);
}

// ---- resets ----

void controller::reset(bool power_on) {
  life_ = ep.life();
  cc_ = csts_ = aqa_ = intm_ = 0;
  asq_ = acq_ = 0;
  for (auto& q : sq_) q = submission_queue();
  for (auto& q : cq_) q = completion_queue();
  event_requests_.clear();
  events_.clear();
  std::fill(std::begin(event_masked_), std::end(event_masked_), false);
  features_.clear();
  if (power_on) {
    errors_.clear();
    error_count_ = reads_ = writes_ = read_blocks_ = written_blocks_ = 0;
  }
}

void controller::fatal(const char* why) {
  SC_REPORT_WARNING("nvme_ref", why);
  csts_ |= kFatal;
}

// ---- registers ----

void controller::transport(tlm::tlm_generic_payload& p, sc_time& delay) {
  const uint64_t at = p.get_address();
  const uint32_t bytes = p.get_data_length();
  uint8_t* data = p.get_data_ptr();
  delay += sc_time(10, sc_core::SC_NS);
  p.set_response_status(tlm::TLM_OK_RESPONSE);
  if (p.is_read()) {
    for (uint32_t i = 0; i < bytes; ++i)
      data[i] = static_cast<uint8_t>(read_register((at + i) & ~7ull) >> (at + i) % 8 * 8);
    return;
  }
  // registers are written by whole dwords
  for (uint32_t i = 0; i + 4 <= bytes; i += 4) {
    const uint8_t* be = p.get_byte_enable_ptr();
    if (be != nullptr && (be[i] & be[i + 1] & be[i + 2] & be[i + 3]) == 0) continue;
    uint32_t value;
    memcpy(&value, data + i, 4);
    write_register(at + i, value);
  }
}

uint64_t controller::read_register(uint64_t at) const {
  switch (at) {
    case 0x00: return kCap;
    case 0x08: return kVersion | static_cast<uint64_t>(intm_) << 32;
    case 0x10: return intm_ | static_cast<uint64_t>(cc_) << 32;
    case 0x18: return static_cast<uint64_t>(csts_) << 32;
    case 0x20: return static_cast<uint64_t>(aqa_) << 32;
    case 0x28: return asq_;
    case 0x30: return acq_;
    default: return 0;
  }
}

void controller::write_register(uint64_t at, uint32_t value) {
  const auto low = [&](uint64_t* r) { *r = (*r & ~0xffffffffull) | (value & ~0xfffu); };
  const auto high = [&](uint64_t* r) {
    *r = (*r & 0xffffffffull) | static_cast<uint64_t>(value) << 32;
  };
  switch (at) {
    case 0x0c: intm_ |= value; update_wire(); return;
    case 0x10: intm_ &= ~value; update_wire(); return;
    case 0x14: write_cc(value); return;
    case 0x24: aqa_ = value & 0x0fff0fff; return;
    case 0x28: low(&asq_); return;
    case 0x2c: high(&asq_); return;
    case 0x30: low(&acq_); return;
    case 0x34: high(&acq_); return;
    default: break;
  }
  if (at >= kDoorbells && at < kDoorbells + 0x1000)
    doorbell(static_cast<unsigned>((at - kDoorbells) / 4), value);
}

void controller::write_cc(uint32_t value) {
  const uint32_t old = cc_;
  cc_ = value & 0x00fffff1;
  if ((old & 1) != 0 && (cc_ & 1) == 0) {
    // controller reset: the admin queue's registers and the logs stay
    const uint64_t asq = asq_, acq = acq_;
    const uint32_t aqa = aqa_, cc = cc_, mask = intm_;
    reset(false);
    asq_ = asq;
    acq_ = acq;
    aqa_ = aqa;
    cc_ = cc;
    intm_ = mask;
    update_wire();
    return;
  }
  if ((old & 1) == 0 && (cc_ & 1) != 0) {
    // NVM command set, 4 KiB pages, round robin, at least two entries a queue
    const bool good = (cc_ >> 4 & 7) == 0 && (cc_ >> 7 & 15) == 0 && (cc_ >> 11 & 7) == 0 &&
                      (aqa_ & 0xfff) != 0 && (aqa_ >> 16 & 0xfff) != 0;
    if (!good) {
      fatal("enabled with CC or AQA out of range");
      return;
    }
    life_ = ep.life();
    sq_[0] = submission_queue();
    sq_[0].exists = true;
    sq_[0].base = asq_;
    sq_[0].entries = (aqa_ & 0xfff) + 1;
    cq_[0] = completion_queue();
    cq_[0].exists = cq_[0].interrupts = true;
    cq_[0].base = acq_;
    cq_[0].entries = (aqa_ >> 16 & 0xfff) + 1;
    csts_ |= kReady;
  }
  if ((cc_ >> 14 & 3) != 0 && (old >> 14 & 3) == 0) csts_ = (csts_ & ~0xcu) | 0x8;  // shutdown done
  if ((cc_ >> 14 & 3) == 0) csts_ &= ~0xcu;
  work_event_.notify(sc_time(kReadyUs, sc_core::SC_US));
}

void controller::doorbell(unsigned index, uint32_t value) {
  if ((csts_ & kReady) == 0) return;
  const unsigned id = index / 2;
  const bool is_cq = index % 2 != 0;
  if (id >= kQueues || !(is_cq ? cq_[id].exists : sq_[id].exists)) {
    log_error(0xffff, nullptr, 0);
    event(0, 0, 1);  // write to an invalid doorbell register
    return;
  }
  value &= 0xffff;
  const uint32_t entries = is_cq ? cq_[id].entries : sq_[id].entries;
  bool good = value < entries;
  if (good && is_cq) {
    // not beyond what was posted
    completion_queue& q = cq_[id];
    const uint32_t posted = (q.tail + q.entries - q.head) % q.entries;
    const uint32_t taken = (value + q.entries - q.head) % q.entries;
    good = taken <= posted;
    if (good) q.head = value;
    update_wire();
  } else if (good) {
    good = value != sq_[id].tail;
    if (good) sq_[id].tail = value;
  }
  if (!good) {
    log_error(0xffff, nullptr, 0);
    event(0, 1, 1);  // an invalid doorbell value
    return;
  }
  work_event_.notify(sc_time(kFetchNs, sc_core::SC_NS));
}

// INTx: asserted while an unmasked queue has entries that the host has not taken.
void controller::update_wire() {
  bool on = false;
  for (const auto& q : cq_)
    on |= q.exists && q.interrupts && q.head != q.tail && (intm_ >> q.vector & 1) == 0;
  ep.intx(on);
}

// ---- queues ----

bool controller::host_read(uint64_t address, void* to, uint32_t bytes) {
  tlm::tlm_generic_payload p;
  sc_time delay = sc_core::SC_ZERO_TIME;
  p.set_command(tlm::TLM_READ_COMMAND);
  p.set_address(address);
  p.set_data_ptr(static_cast<uint8_t*>(to));
  p.set_data_length(bytes);
  p.set_streaming_width(bytes);
  host_->b_transport(p, delay);
  return p.is_response_ok();
}

bool controller::host_write(uint64_t address, const void* from, uint32_t bytes) {
  tlm::tlm_generic_payload p;
  sc_time delay = sc_core::SC_ZERO_TIME;
  p.set_command(tlm::TLM_WRITE_COMMAND);
  p.set_address(address);
  p.set_data_ptr(const_cast<uint8_t*>(static_cast<const uint8_t*>(from)));
  p.set_data_length(bytes);
  p.set_streaming_width(bytes);
  host_->b_transport(p, delay);
  return p.is_response_ok();
}

bool controller::fetch(unsigned id, command* c) {
  submission_queue& q = sq_[id];
  const uint64_t life = life_;
  const bool good = host_read(q.base + q.head * 64ull, c->dw, sizeof c->dw);
  if (life != ep.life() || !alive()) return false;
  if (!good) {
    fatal("a submission queue entry cannot be read");
    return false;
  }
  q.head = (q.head + 1) % q.entries;
  return true;
}

bool controller::complete(unsigned sq, const command& c, uint16_t status, uint32_t result) {
  if (!alive() || !sq_[sq].exists) return false;
  completion_queue& q = cq_[sq_[sq].cq];
  // status code, type and Do Not Retry sit above the phase
  uint32_t entry[4] = {result, 0, sq << 16 | sq_[sq].head,
                       c.cid() | static_cast<uint32_t>(status << 1 | (q.phase ? 1 : 0)) << 16};
  if (status != kOk) log_error(sq, &c, status);
  if (!host_write(q.base + q.tail * 16ull, entry, sizeof entry)) {
    if (alive()) fatal("a completion queue entry cannot be written");
    return false;
  }
  if (++q.tail == q.entries) {
    q.tail = 0;
    q.phase = !q.phase;
  }
  if (q.interrupts && !ep.interrupt(q.vector)) update_wire();
  return true;
}

// One command of the next queue that has any and whose completion has room.
bool controller::work_once() {
  for (unsigned i = 0; i < kQueues; ++i) {
    const unsigned id = (next_sq_ + i) % kQueues;
    submission_queue& q = sq_[id];
    if (!q.exists || q.head == q.tail) continue;
    const completion_queue& c = cq_[q.cq];
    if ((c.tail + 1) % c.entries == c.head) continue;
    next_sq_ = (id + 1) % kQueues;
    command cmd;
    if (!fetch(id, &cmd)) return false;
    uint32_t result = 0;
    bool later = false;
    const uint16_t status = id == 0 ? admin(cmd, &result, &later) : io(cmd);
    if (!later) complete(id, cmd, status, result);
    send_events();
    return true;
  }
  return false;
}

void controller::work() {
  for (;;) {
    if (alive() && (csts_ & kReady) != 0) send_events();
    while (alive() && (csts_ & kReady) != 0 && work_once())
      wait(sc_time(kFetchNs, sc_core::SC_NS));
    wait(work_event_);
  }
}

}  // namespace nvme_ref

RISER_SYSTEMC_CARD(nvme_ref::controller, "nvme_ref", 4000, riser::can_reset)
