// SPDX-License-Identifier: Apache-2.0
// The link, the clock, and the host's requests.
#include "rc/root.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>

namespace tb {
namespace {

std::string Format(const char* format, va_list args) {
  char text[1024];
  vsnprintf(text, sizeof(text), format, args);
  return text;
}

}  // namespace

void Fail(const char* format, ...) {
  va_list args;
  va_start(args, format);
  std::string text = Format(format, args);
  va_end(args);
  throw Broken(text);
}

void Check(bool ok, const char* format, ...) {
  if (ok) return;
  va_list args;
  va_start(args, format);
  std::string text = Format(format, args);
  va_end(args);
  throw Broken(text);
}

Root::Root(Model* model, Rng* rng) : model_(model), rng_(rng) { Calm(); }

// ---- link ---------------------------------------------------------------------------------------

void Root::PowerOn() {
  model_->Sideband(RISER_SB_PERST);
  model_->DropQueued();
  ForgetAll();
  model_->Run(2, false);
  model_->TakeOutput();  // what was on its way when the reset came
  model_->Run(30, false);
  Check(model_->TakeOutput().empty(), "the card sends TLPs while PERST# is asserted");
  model_->Sideband(0);
  model_->Run(32, false);
  LinkUp();
}

void Root::LinkUp() {
  model_->Sideband(RISER_SB_LINK_UP);
  Step(8);
}

void Root::LinkDown() {
  model_->Sideband(0);
  model_->DropQueued();
  ForgetAll();
  model_->Run(4, false);
  model_->TakeOutput();
}

void Root::HotReset(uint32_t cycles) {
  model_->Sideband(RISER_SB_HOT_RESET);
  model_->DropQueued();
  ForgetAll();
  model_->Run(2, false);
  model_->TakeOutput();  // what was on its way when the reset came
  model_->Run(cycles, false);
  Check(model_->TakeOutput().empty(), "the card sends TLPs during a hot reset");
  model_->Sideband(0);
  model_->Run(32, false);
  LinkUp();
}

void Root::ForgetAll() {
  asked_.clear();
  by_tag_.clear();
  reads_.clear();
  silent.clear();
  refunds_.clear();
  intx = false;
  for (int i = 0; i < 8; ++i) may_master_[i] = captured_[i] = false;
  mps = 128;
  mrrs = 512;
}

void Root::Step(uint64_t cycles) {
  uint64_t end = cycle() + cycles;
  do {
    uint64_t slice = std::min<uint64_t>(end - cycle(), rng_->Between(1, pace.slice));
    ApplyCredits();
    model_->Run(slice, true);
    for (const Model::Out& out : model_->TakeOutput()) Take(out);
    Check(model_->errors.empty(), "the model complains: %s",
          model_->errors.empty() ? "" : model_->errors[0].c_str());
    EmitCompletions();
  } while (cycle() < end);
}

bool Root::Until(const std::function<bool()>& done, uint64_t cycles) {
  uint64_t end = cycle() + cycles;
  while (!done()) {
    if (cycle() >= end) return false;
    Step(1 + rng_->Below(pace.slice));
  }
  return true;
}

void Root::Calm() {
  for (int c = 0; c < kNrClasses; ++c) {
    model_->stall_rx()[c] = riser_stall{};
    base_tx_[c] = riser_stall{};
    SetCredits(static_cast<Class>(c), kNever, kNever);
  }
  hold_credits_ = false;
  pace = Pace{};
  pace.cut_percent = 0;
  pace.reorder = false;
  pace.delay_max = 4;
}

void Root::Randomize() {
  for (int c = 0; c < kNrClasses; ++c) {
    riser_stall* stalls[] = {&model_->stall_rx()[c], &base_tx_[c]};
    for (riser_stall* s : stalls) {
      // 32 reads of 512 bytes at 8 bytes a cycle must not take longer than the card's timeout
      bool slow_answers = s == stalls[0] && c == kCompletion;
      s->permille = rng_->Percent(40) ? 0 : rng_->Below(slow_answers ? 450 : 900);
      s->seed = static_cast<uint32_t>(rng_->Next());
    }
    bool starve = rng_->Percent(50);
    SetCredits(static_cast<Class>(c), starve ? rng_->Between(1, 4) : kNever,
               starve ? rng_->Between(32, 64) : kNever);
  }
  pace.slice = rng_->Between(1, 40);
  pace.delay_min = rng_->Between(1, 40);
  pace.delay_max = pace.delay_min + rng_->Below(300);
  pace.cut_percent = rng_->Below(101);
  pace.reorder = rng_->Percent(70);
  rcb = rng_->Percent(50) ? 64 : 128;
}

void Root::Drain() {
  last_out_ = cycle();
  bool quiet = Until([&] { return reads_.empty() && cycle() - last_out_ > 200; }, 200000);
  Check(quiet, "the card does not come to rest: %zu of its reads are open", reads_.size());
}

// ---- credits ------------------------------------------------------------------------------------

void Root::SetCredits(Class channel, uint64_t headers, uint64_t units) {
  credit_[channel] = {headers, units};
  refunds_.remove_if([&](const Refund& r) { return r.channel == channel; });
}

// A channel without room for a largest TLP is not ready.
void Root::ApplyCredits() {
  for (auto it = refunds_.begin(); it != refunds_.end();) {
    if (hold_credits_ || it->cycle > cycle()) {
      ++it;
      continue;
    }
    credit_[it->channel].headers += 1;
    credit_[it->channel].units += it->units;
    it = refunds_.erase(it);
  }
  for (int c = 0; c < kNrClasses; ++c) {
    riser_stall& s = model_->stall_tx()[c];
    s = base_tx_[c];
    uint64_t largest = c == kNonPosted ? 0 : mps / 16;
    if (credit_[c].headers != 0 && credit_[c].units >= largest) continue;
    s.until_cycle = kNever;
    ++nr_starved;
  }
}

void Root::Spend(const Tlp& tlp) {
  Class c = tlp.FlowClass();
  Credit& credit = credit_[c];
  if (credit.headers == kNever) return;
  uint64_t units = (tlp.data.size() + 15) / 16;
  Check(credit.headers >= 1 && credit.units >= units, "%s: more than the credits allow",
        ToText(tlp).c_str());
  credit.headers -= 1;
  credit.units -= units;
  refunds_.push_back({cycle() + rng_->Below(60), c, units});
}

// ---- requests -----------------------------------------------------------------------------------

uint32_t Root::Send(Tlp request, bool may_pass) {
  Class channel = request.FlowClass();
  request.requester = host_id;
  if (channel == kPosted) {
    Check(Until([&] { return model_->Waiting(kPosted) < 512; }, 500000),
          "the card takes no posted requests");
    model_->Put(channel, Encode(request), may_pass);
    return 0;
  }
  uint32_t tags = extended_tags ? 256 : 32;
  if (by_tag_.size() == tags) {
    Check(Until([&] { return by_tag_.size() < tags; }, 50000), "no tag comes free");
  }
  while (by_tag_.count(next_tag_ % tags) != 0) ++next_tag_;
  request.tag = next_tag_++ % tags;
  uint32_t handle = next_handle_++;
  Asked& asked = asked_[handle];
  asked.request = request;
  bool is_read = request.kind == Kind::kMRd || request.kind == Kind::kMRdLk;
  asked.left = is_read ? ByteSpan(request) : 4;
  asked.next = FirstByte(request);
  by_tag_[request.tag] = handle;
  if (request.kind == Kind::kCfgWr0 && request.reg == 4 && (request.first_be & 1) &&
      (request.data[0] & 4)) {
    may_master_[request.target & 7] = true;
  }
  model_->Put(channel, Encode(request), may_pass);
  return handle;
}

const Answer& Root::Wait(uint32_t handle, uint64_t cycles) {
  Asked& asked = asked_.at(handle);
  if (!Until([&] { return asked.answer.done; }, cycles)) {
    Fail("no answer within %llu cycles: %s", static_cast<unsigned long long>(cycles),
         ToText(asked.request).c_str());
  }
  return asked.answer;
}

uint32_t Root::CfgRead(uint16_t reg, uint8_t be) {
  Answer a = Ask(CfgRequest(false, bdf, reg, be, 0));
  Check(a.status == kSuccess, "configuration read of %03x has status %d", reg, a.status);
  return static_cast<uint32_t>(Little(a.data));
}

void Root::CfgWrite(uint16_t reg, uint32_t value, uint8_t be) {
  Answer a = Ask(CfgRequest(true, bdf, reg, be, value));
  Check(a.status == kSuccess, "configuration write of %03x has status %d", reg, a.status);
}

Bytes Root::Read(uint64_t addr, uint32_t bytes) {
  Answer a = Ask(MemRead(addr, bytes));
  Check(a.status == kSuccess, "read of 0x%llx has status %d", static_cast<unsigned long long>(addr),
        a.status);
  return a.data;
}

uint64_t Little(const Bytes& b) {
  uint64_t v = 0;
  for (size_t i = 0; i < b.size(); ++i) v |= uint64_t{b[i]} << (8 * i);
  return v;
}

uint32_t Root::Read32(uint64_t addr) { return static_cast<uint32_t>(Little(Read(addr, 4))); }

uint64_t Root::Read64(uint64_t addr) { return Little(Read(addr, 8)); }

void Root::Write(uint64_t addr, const Bytes& data) { Send(MemWrite(addr, data)); }

void Root::Write32(uint64_t addr, uint32_t value) {
  Bytes b;
  for (int i = 0; i < 4; ++i) b.push_back(static_cast<uint8_t>(value >> (8 * i)));
  Write(addr, b);
}

void Root::Write64(uint64_t addr, uint64_t value) {
  Bytes b;
  for (int i = 0; i < 8; ++i) b.push_back(static_cast<uint8_t>(value >> (8 * i)));
  Write(addr, b);
}

void Root::SendMessage(uint8_t code, uint8_t routing, const Bytes& data) {
  Tlp t;
  t.kind = Kind::kMsg;
  t.four_dw = true;
  t.has_data = !data.empty();
  t.length = static_cast<uint16_t>(data.size() / 4);
  t.routing = routing;
  t.code = code;
  t.data = data;
  Send(t);
}

// ---- answers ------------------------------------------------------------------------------------

void Root::Take(const Model::Out& out) {
  Tlp tlp;
  std::string why;
  last_out_ = out.cycle;
  if (!Decode(out.bytes, &tlp, &why)) {
    Fail("the card sends no TLP (%s): %s", why.c_str(), ToHex(out.bytes).c_str());
  }
  Check(tlp.FlowClass() == out.channel, "on the wrong channel: %s", ToText(tlp).c_str());
  Spend(tlp);
  if (tlp.IsCompletion())
    TakeAnswer(tlp);
  else
    TakeRequest(tlp);
}

void Root::TakeAnswer(const Tlp& cpl) {
  auto found = by_tag_.find(cpl.tag);
  std::string text = ToText(cpl);
  Check(found != by_tag_.end(), "answers nothing: %s", text.c_str());
  Asked& asked = asked_.at(found->second);
  const Tlp& req = asked.request;
  Check(cpl.requester == host_id, "wrong requester: %s", text.c_str());
  uint16_t completer = CompleterOf(req);
  Check(!captured_[completer & 7] || cpl.completer == completer, "wrong completer, want %04x: %s", completer,
        text.c_str());
  Check(cpl.tc == req.tc && (cpl.attr & 3) == (req.attr & 3) && !cpl.ep && !cpl.td && !cpl.bcm,
        "traffic class, attributes or flags differ from the request's: %s", text.c_str());
  Check((cpl.kind == Kind::kCplLk) == (req.kind == Kind::kMRdLk) || cpl.status != kSuccess,
        "locked or not: %s", text.c_str());
  ++asked.answer.parts;
  if (cpl.status == kSuccess && req.kind == Kind::kMRd) {
    TakeReadAnswer(cpl, &asked);
    if (asked.left != 0) return;
  } else if (cpl.status == kSuccess) {
    bool wants_data = req.kind == Kind::kCfgRd0;
    Check(cpl.has_data == wants_data && cpl.length == (wants_data ? 1 : 0),
          "payload of the answer to %s: %s", ToText(req).c_str(), text.c_str());
    Check(cpl.byte_count == 4 && cpl.lower == 0, "Byte Count 4, Lower Address 0: %s", text.c_str());
    asked.answer.data = cpl.data;
  } else {
    Check(!cpl.has_data, "an error with data: %s", text.c_str());
  }
  if (req.kind == Kind::kCfgWr0 && cpl.status == kSuccess) Learn(req);
  asked.answer.status = cpl.status;
  asked.answer.done = true;
  asked.answer.cycle = cycle();
  by_tag_.erase(found);
}

uint16_t Root::CompleterOf(const Tlp& request) const {
  bool is_config = request.kind == Kind::kCfgRd0 || request.kind == Kind::kCfgWr0;
  unsigned function = is_config ? request.target & 7 : owner ? owner(request.addr) : bdf & 7;
  if (!(functions >> function & 1)) function = 0;
  return static_cast<uint16_t>((bdf & ~7) | function);
}

void Root::TakeReadAnswer(const Tlp& cpl, Asked* asked) {
  std::string text = ToText(cpl);
  uint32_t skip = asked->next & 3;
  uint32_t bytes = static_cast<uint32_t>(cpl.data.size()) - skip;
  Check(cpl.has_data, "a read is answered without data: %s", text.c_str());
  bool last = bytes >= asked->left;
  if (last) bytes = static_cast<uint32_t>(asked->left);
  Check(cpl.byte_count == asked->left, "Byte Count, want %llu: %s",
        static_cast<unsigned long long>(asked->left), text.c_str());
  uint32_t lower = asked->request.first_be == 0 ? asked->next & 0x7c : asked->next & 0x7f;
  Check(cpl.lower == lower, "Lower Address, want %02x: %s", lower, text.c_str());
  Check(cpl.length == (skip + bytes + 3) / 4, "more dwords than needed: %s", text.c_str());
  Check(last || (asked->next + bytes) % 128 == 0, "ends off a 128-byte boundary: %s", text.c_str());
  Check(cpl.data.size() <= mps, "longer than Max_Payload_Size: %s", text.c_str());
  asked->answer.data.insert(asked->answer.data.end(), cpl.data.begin() + skip,
                            cpl.data.begin() + skip + bytes);
  asked->next += bytes;
  asked->left -= bytes;
}

// What a configuration write changed of what the card may do.
void Root::Learn(const Tlp& w) {
  captured_[w.target & 7] = true;
  if (w.reg == 4 && (w.first_be & 1) && !(w.data[0] & 4)) may_master_[w.target & 7] = false;
}

}  // namespace tb
