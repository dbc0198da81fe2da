// SPDX-License-Identifier: Apache-2.0
// The host's side of an endpoint: configuration, accesses to BARs, resets.
// What the card asks of the host is in endpoint_dma.cc.
#include "riser/endpoint.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>

using sc_core::SC_ZERO_TIME;
using sc_core::sc_time;

namespace riser {
namespace {

constexpr size_t kQueue = 32;             // requests of each class that wait here

std::string where(int bar_index, uint64_t offset) {
  char text[48];
  snprintf(text, sizeof text, "BAR%d+0x%llx", bar_index, static_cast<unsigned long long>(offset));
  return text;
}

// 0xff for each enabled byte of a request with length_dw dwords.
std::vector<uint8_t> enables_of(const header& h) {
  std::vector<uint8_t> be(h.length_dw * 4, 0xff);
  for (unsigned i = 0; i < 4; ++i) {
    if (!(h.first_be >> i & 1)) be[i] = 0;
    if (h.length_dw > 1 && !(h.last_be >> i & 1)) be[be.size() - 4 + i] = 0;
  }
  return be;
}

}  // namespace

endpoint::endpoint(sc_core::sc_module_name name, const config_space& config, const options& o)
    : sc_module(name), bar("bar"), dma("dma"), config_(config), options_(o) {
  msix_.resize(config_.msix_vectors());
  if (is_decoupled()) tlm::tlm_global_quantum::instance().set(options_.quantum);
  bar.register_nb_transport_bw(this, &endpoint::backward);
  dma.register_b_transport(this, &endpoint::dma_transport);
  SC_HAS_PROCESS(endpoint);
  SC_THREAD(posted_process);
  SC_THREAD(nonposted_process);
  SC_THREAD(flr_process);
  SC_METHOD(unmask_process);
  sensitive << unmask_event_;
  dont_initialize();
}

// ---- between the engine and the queues ----

bool endpoint::can_take(tlp_class c) const {
  if (c == tlp_class::posted) return posted_.size() < kQueue;
  if (c == tlp_class::nonposted) return nonposted_.size() < kQueue;
  return true;
}

void endpoint::take(tlp_class c, tlp&& packet) {
  request r{{}, std::move(packet), posted_taken_, life_};
  if (!decode(r.packet, &r.h)) {
    SC_REPORT_ERROR("riser", "the host sent a TLP that is shorter than its header says");
    return;
  }
  if (c == tlp_class::completion) {
    take_completion(r.packet);
  } else if (c == tlp_class::posted) {
    ++posted_taken_;
    posted_.push_back(std::move(r));
    posted_event_.notify(SC_ZERO_TIME);
  } else {
    nonposted_.push_back(std::move(r));
    nonposted_event_.notify(SC_ZERO_TIME);
  }
}

bool endpoint::give(tlp_class c, tlp* packet) {
  if (!out_.take(c, packet)) return false;
  room_event_.notify(SC_ZERO_TIME);
  return true;
}

bool endpoint::has_any() const {
  return !out_.empty();
}

bool endpoint::is_idle() const {
  return posted_.empty() && nonposted_.empty() && !has_any() && !flr_active_;
}

void endpoint::send(tlp_class c, tlp&& packet) {
  out_.put(c, std::move(packet));
}

// ---- resets ----

void endpoint::set_sideband(bool perst, bool link_up, bool hot_reset) {
  const bool was_perst = perst_, was_hot = hot_reset_, was_up = link_up_;
  perst_ = perst;
  link_up_ = link_up;
  hot_reset_ = hot_reset;
  if (was_perst && !perst) reset(reset_kind::power_on);
  if (!was_perst && perst) drop_all();
  if (!was_hot && hot_reset) reset(reset_kind::hot);
  if (was_up && !link_up) drop_all();
}

// Everything under way is gone: queues, and what the card waits for.
void endpoint::drop_all() {
  ++life_;
  posted_.clear();
  nonposted_.clear();
  posted_done_ = posted_taken_;
  posted_done_event_.notify(SC_ZERO_TIME);
  out_.clear();
  for (auto& entry : reads_) {
    entry.second->status = cpl_status::abort;
    entry.second->ended = true;
  }
  reads_.clear();
  read_event_.notify(SC_ZERO_TIME);
  room_event_.notify(SC_ZERO_TIME);
  intx_sent_ = false;
}

void endpoint::reset(reset_kind kind) {
  if (kind != reset_kind::function) drop_all();
  ++life_;
  config_.reset(kind != reset_kind::power_on);
  for (auto& v : msix_) v = vector_entry();
  intx_wanted_ = false;
  if (kind == reset_kind::function) sync_intx();
  if (reset_callback_) reset_callback_(kind);
  reset_event_.notify(SC_ZERO_TIME);
}

void endpoint::flr_process() {
  for (;;) {
    wait(flr_event_);
    flr_active_ = true;
    reset(reset_kind::function);
    wait(1, sc_core::SC_US);
    flr_active_ = false;
  }
}

// ---- requests of the host ----

void endpoint::posted_process() {
  posted_time_.reset();
  for (;;) {
    while (posted_.empty()) {
      if (posted_time_.get_local_time() != SC_ZERO_TIME)
        posted_time_.sync();
      else
        wait(posted_event_);
    }
    const request r = std::move(posted_.front());
    posted_.pop_front();
    if (r.h.is_memory() && r.h.has_data && !r.h.poisoned) serve_write(r);
    if (r.life == life_) ++posted_done_;
    posted_done_event_.notify(SC_ZERO_TIME);
  }
}

void endpoint::nonposted_process() {
  for (;;) {
    while (nonposted_.empty()) wait(nonposted_event_);
    const request r = std::move(nonposted_.front());
    nonposted_.pop_front();
    while (r.life == life_ && posted_done_ < r.posted_before) wait(posted_done_event_);
    if (r.life == life_) {
      if (r.h.is_config())
        serve_config(r);
      else if (r.h.type == 0)
        serve_read(r);
      else
        complete(r.h, cpl_status::unsupported, nullptr, 0, 0, 4);
    }
  }
}

void endpoint::serve_config(const request& r) {
  if (r.h.type != 4 || (r.h.target & 7) != 0) {
    complete(r.h, cpl_status::unsupported, nullptr, 0, 0, 4);
    return;
  }
  id_ = r.h.target;
  if (!r.h.has_data) {
    const uint32_t value = config_.read(r.h.reg);
    uint8_t data[4];
    for (int i = 0; i < 4; ++i) data[i] = static_cast<uint8_t>(value >> 8 * i);
    complete(r.h, cpl_status::ok, data, 1, 0, 4);
    return;
  }
  const uint8_t* p = r.packet.data() + r.h.bytes();
  config_.write(r.h.reg, static_cast<uint32_t>(p[0]) | p[1] << 8 | p[2] << 16 |
                             static_cast<uint32_t>(p[3]) << 24,
                r.h.first_be);
  complete(r.h, cpl_status::ok, nullptr, 0, 0, 4);
  if (config_.flr_requested()) flr_event_.notify(SC_ZERO_TIME);
  unmask_event_.notify(SC_ZERO_TIME);
  sync_intx();
}

void endpoint::serve_write(const request& r) {
  uint64_t offset;
  const int index = config_.decode(r.h.address, &offset);
  if (index < 0) return;  // dropped; an Unsupported Request without a completion
  std::vector<uint8_t> data(r.packet.begin() + static_cast<long>(r.h.bytes()),
                            r.packet.begin() + static_cast<long>(r.h.bytes() + r.h.length_dw * 4));
  access(r, index, offset, true, data.data(), static_cast<uint32_t>(data.size()), enables_of(r.h));
}

void endpoint::serve_read(const request& r) {
  const std::vector<uint8_t> be = enables_of(r.h);
  std::vector<uint8_t> data(be.size(), 0);
  const auto first = std::find(be.begin(), be.end(), 0xff);
  const auto last = std::find(be.rbegin(), be.rend(), 0xff);
  // a read without byte enables asks for one dword of which nobody sees a byte
  const auto lead = static_cast<uint32_t>(first == be.end() ? 0 : first - be.begin());
  const auto count = static_cast<uint32_t>(first == be.end() ? 1 : be.rend() - last - lead);
  uint64_t offset;
  const int index = config_.decode(r.h.address, &offset);
  cpl_status status = index < 0 ? cpl_status::unsupported : cpl_status::ok;
  if (status == cpl_status::ok && first != be.end())
    status = access(r, index, offset, false, data.data(), static_cast<uint32_t>(data.size()), be);
  if (r.life != life_) return;
  if (status == cpl_status::ok)
    complete(r.h, status, data.data(), r.h.length_dw, lead, count);
  else
    complete(r.h, status, nullptr, 0, lead, count);
}

cpl_status endpoint::access(const request& r, int bar_index, uint64_t offset, bool write,
                            uint8_t* data, uint32_t bytes, const std::vector<uint8_t>& enables) {
  if (own_structure(bar_index, offset, bytes)) {
    if (write)
      msix_write(offset, data, enables);
    else
      msix_read(offset, data, bytes);
    return cpl_status::ok;
  }
  tlm::tlm_generic_payload p;
  pcie_extension ext;
  // a payload deletes its extensions; this one is ours, also when the model throws
  struct guard {
    tlm::tlm_generic_payload* p;
    pcie_extension* ext;
    ~guard() { p->clear_extension(ext); }
  } const own{&p, &ext};
  const bool decoupled = write && is_decoupled();
  sc_time delay = decoupled ? posted_time_.get_local_time() : SC_ZERO_TIME;
  const bool partial = std::find(enables.begin(), enables.end(), 0) != enables.end();
  ext.bar = static_cast<uint8_t>(bar_index);
  ext.first_be = r.h.first_be;
  ext.last_be = r.h.last_be;
  ext.requester = r.h.requester;
  ext.tag = r.h.tag;
  ext.attr = r.h.attr;
  ext.tc = r.h.tc;
  p.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  p.set_address(offset);
  p.set_data_ptr(data);
  p.set_data_length(bytes);
  p.set_streaming_width(bytes);
  if (partial) {
    p.set_byte_enable_ptr(const_cast<uint8_t*>(enables.data()));
    p.set_byte_enable_length(bytes);
  }
  p.set_extension(&ext);
  transport(p, &delay);
  if (decoupled) {
    posted_time_.set(delay);
    if (posted_time_.need_sync()) posted_time_.sync();
  } else if (delay != SC_ZERO_TIME) {
    wait(delay);
  }
  switch (p.get_response_status()) {
    case tlm::TLM_OK_RESPONSE:
      return cpl_status::ok;
    case tlm::TLM_GENERIC_ERROR_RESPONSE:
      return cpl_status::abort;
    default:
      break;
  }
  const std::string text = std::string(write ? "write of " : "read of ") +
                           where(bar_index, offset) + ": the model answered " +
                           p.get_response_string() +
                           (p.is_response_error() &&
                                    p.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE
                                ? " (it returned without a response)"
                                : "");
  SC_REPORT_ERROR("riser", text.c_str());
  return cpl_status::unsupported;
}

// ---- to the model, loosely or approximately timed ----

void endpoint::transport(tlm::tlm_generic_payload& p, sc_time* delay) {
  const sc_time before = *delay, now = sc_core::sc_time_stamp();
  if (options_.style == timing::loosely) {
    bar->b_transport(p, *delay);
    if (*delay + sc_core::sc_time_stamp() < before + now)
      SC_REPORT_ERROR("riser", "b_transport returned with less delay than it was called with");
    return;
  }
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  answer_phase_ = tlm::BEGIN_REQ;
  tlm::tlm_sync_enum done = bar->nb_transport_fw(p, phase, *delay);
  if (done == tlm::TLM_COMPLETED) return;
  if (done == tlm::TLM_UPDATED) answer_phase_ = phase;
  if (*delay != SC_ZERO_TIME) {
    wait(*delay);
    *delay = SC_ZERO_TIME;
  }
  while (answer_phase_ != tlm::BEGIN_RESP) wait(answer_event_);
  phase = tlm::END_RESP;
  bar->nb_transport_fw(p, phase, *delay);
}

tlm::tlm_sync_enum endpoint::backward(tlm::tlm_generic_payload&, tlm::tlm_phase& phase,
                                      sc_time& delay) {
  if (phase != tlm::END_REQ && phase != tlm::BEGIN_RESP)
    SC_REPORT_ERROR("riser", "a phase other than END_REQ and BEGIN_RESP came back");
  answer_phase_ = phase;
  answer_event_.notify(delay);
  return tlm::TLM_ACCEPTED;
}

// ---- completions ----

void endpoint::complete(const header& h, cpl_status status, const uint8_t* data, uint32_t dwords,
                        uint32_t lead, uint32_t byte_count) {
  if (h.is_config() || data == nullptr) {
    const uint8_t lower = h.is_config() ? 0 : static_cast<uint8_t>((h.address + lead) & 0x7f);
    send(tlp_class::completion,
         completion(id_, h, status, static_cast<uint16_t>(byte_count), lower, data, dwords));
    return;
  }
  // split at multiples of the read completion boundary, not above the largest payload
  const uint32_t boundary = config_.read_completion_boundary();
  const uint32_t most = config_.max_payload();
  uint64_t address = h.address;
  uint32_t left = dwords * 4, skip = lead;
  while (left != 0) {
    uint32_t now = std::min(left, most);
    if (now < left) now -= static_cast<uint32_t>((address + now) % boundary);
    send(tlp_class::completion,
         completion(id_, h, status, static_cast<uint16_t>(byte_count),
                    static_cast<uint8_t>((address + skip) & 0x7f), data, now / 4));
    data += now;
    byte_count -= std::min(byte_count, now - skip);
    skip = 0;
    address += now;
    left -= now;
  }
}

}  // namespace riser
