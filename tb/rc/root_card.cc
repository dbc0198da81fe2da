// SPDX-License-Identifier: Apache-2.0
// The card's requests: judged, then served.
#include <algorithm>

#include "rc/root.h"

namespace tb {
namespace {

bool IsMsiWindow(uint64_t addr) { return addr >= kMsiWindow && addr < kMsiWindow + kMsiWindowBytes; }

bool StartsAnywhere(uint8_t be) { return be == 0xf || be == 0xe || be == 0xc || be == 0x8; }
bool EndsAnywhere(uint8_t be) { return be == 0xf || be == 0x7 || be == 0x3 || be == 0x1; }

bool EnablesAreLegal(const Tlp& t) {
  if (t.length == 1) return t.last_be == 0;
  if (t.length == 2 && (t.addr & 7) == 0) return t.first_be != 0 && t.last_be != 0;
  return StartsAnywhere(t.first_be) && EndsAnywhere(t.last_be);
}

}  // namespace

// A function that is there; INTx and PME_TO_Ack are the whole card's, in the name of function 0.
void Root::CheckId(const char* what, uint16_t id, const Tlp& tlp) const {
  bool is_cards = tlp.kind == Kind::kMsg && (tlp.code == kAssertIntA || tlp.code == kDeassertIntA ||
                                             tlp.code == kPmeToAck);
  Check((id & ~7) == (bdf & ~7) && (functions >> (id & 7) & 1) && (!is_cards || !(id & 7)),
        "%s, want %04x: %s", what, bdf & ~7, ToText(tlp).c_str());
}

void Root::TakeRequest(const Tlp& tlp) {
  CheckId("Requester ID", tlp.requester, tlp);
  if (on_request) on_request(tlp);
  Check(tlp.tc == 0 && tlp.at == 0 && !tlp.td && !tlp.ep && !tlp.th, "flags: %s",
        ToText(tlp).c_str());
  switch (tlp.kind) {
    case Kind::kMRd:
      TakeRead(tlp);
      break;
    case Kind::kMWr:
      TakeWrite(tlp);
      break;
    case Kind::kMsg:
      TakeMessage(tlp);
      break;
    default:
      Fail("no endpoint sends this: %s", ToText(tlp).c_str());
  }
}

void Root::CheckRequest(const Tlp& tlp, uint32_t max_bytes) const {
  std::string text = ToText(tlp);
  Check(may_master_[tlp.requester & 7], "Bus Master Enable is 0: %s", text.c_str());
  Check(tlp.four_dw == (tlp.addr >> 32 != 0), "address format: %s", text.c_str());
  Check(EnablesAreLegal(tlp), "byte enables: %s", text.c_str());
  Check(4u * tlp.length <= max_bytes, "longer than %u bytes: %s", max_bytes, text.c_str());
  Check((tlp.addr & 0xfff) + 4u * tlp.length <= 0x1000, "crosses 4 KiB: %s", text.c_str());
}

void Root::TakeRead(const Tlp& tlp) {
  std::string text = ToText(tlp);
  CheckRequest(tlp, mrrs);
  Check(extended_tags || tlp.tag < 32, "tag above 31: %s", text.c_str());
  for (const CardRead& r : reads_)
    Check(r.request.tag != tlp.tag || r.request.requester != tlp.requester, "tag in use: %s", text.c_str());
  Check(memory.Covers(FirstByte(tlp), ByteSpan(tlp), Memory::kRead), "reads where it may not: %s",
        text.c_str());
  CardRead read{tlp, FirstByte(tlp), ByteSpan(tlp), 0, 0, {}};
  if (plan) read.plan = plan(tlp);
  read.ready = cycle() + rng_->Between(pace.delay_min, pace.delay_max) + read.plan.delay;
  ++nr_reads;
  if (read.plan.fault == Plan::kSilent && read.plan.good_parts == 0)
    silent.push_back(tlp);
  else
    reads_.push_back(std::move(read));
}

void Root::TakeWrite(const Tlp& tlp) {
  std::string text = ToText(tlp);
  CheckRequest(tlp, mps);
  if (IsMsiWindow(tlp.addr)) {
    Check(tlp.length == 1 && tlp.first_be == 0xf, "an interrupt of this shape: %s", text.c_str());
    interrupts.push_back({cycle(), tlp.requester, tlp.addr, static_cast<uint32_t>(Little(tlp.data))});
    if (on_interrupt) on_interrupt(interrupts.back());
    return;
  }
  std::vector<bool> be(tlp.data.size(), true);
  for (size_t i = 0; i < 4; ++i) {
    be[i] = tlp.first_be >> i & 1;
    if (tlp.length > 1) be[be.size() - 4 + i] = tlp.last_be >> i & 1;
  }
  ++nr_writes;
  Check(memory.CardWrite(tlp.addr, tlp.data, be), "writes where it may not: %s", text.c_str());
}

void Root::TakeMessage(const Tlp& tlp) {
  std::string text = ToText(tlp);
  Check(!tlp.has_data && tlp.length == 0, "a message with data: %s", text.c_str());
  bool is_intx = tlp.code == kAssertIntA || tlp.code == kDeassertIntA;
  bool is_error = tlp.code == kErrCor || tlp.code == kErrNonfatal || tlp.code == kErrFatal;
  if (is_intx) {
    Check(tlp.routing == 4, "routing of INTx: %s", text.c_str());
    Check(intx == (tlp.code == kDeassertIntA), "INTA asserted or deasserted twice: %s",
          text.c_str());
    intx = tlp.code == kAssertIntA;
  } else if (is_error) {
    Check(tlp.routing == 0, "routing of an error message: %s", text.c_str());
  } else if (tlp.code == kPmeToAck) {
    Check(tlp.routing == 5, "routing of PME_TO_Ack: %s", text.c_str());
  } else {
    Fail("a message that no endpoint of this kind sends: %s", text.c_str());
  }
  messages.push_back({cycle(), tlp.requester, tlp.code});
}

// ---- completions --------------------------------------------------------------------------------

void Root::EmitCompletions() {
  size_t room = 8;
  while (room-- != 0 && model_->Waiting(kCompletion) < 64) {
    std::vector<std::list<CardRead>::iterator> ripe;
    for (auto it = reads_.begin(); it != reads_.end(); ++it) {
      if (it->ready <= cycle()) ripe.push_back(it);
      if (!pace.reorder) break;
    }
    if (ripe.empty()) return;
    EmitPart(ripe[rng_->Below(static_cast<uint32_t>(ripe.size()))]);
  }
}

uint32_t Root::PartBytes(const CardRead& read) {
  uint64_t end = read.next + read.left;
  // no completion is longer than Max_Payload_Size, counted from its first dword
  uint64_t limit = (read.next & ~3ull) + mps;
  if (limit < end) limit = limit / rcb * rcb;
  uint64_t at = (read.next / rcb + 1) * rcb;
  for (; at < end && at < limit; at += rcb) {
    bool cut = read.plan.cut ? read.plan.cut(at) : rng_->Percent(pace.cut_percent);
    if (cut) break;
  }
  return static_cast<uint32_t>(std::min({at, end, limit}) - read.next);
}

void Root::EmitPart(std::list<CardRead>::iterator it) {
  CardRead& read = *it;
  Plan::Fault fault = read.parts < read.plan.good_parts ? Plan::kNone : read.plan.fault;
  if (fault == Plan::kSilent) {
    silent.push_back(read.request);
    reads_.erase(it);
    return;
  }
  Tlp cpl;
  cpl.kind = Kind::kCpl;
  cpl.requester = read.request.requester;
  cpl.tag = read.request.tag;
  cpl.tc = read.request.tc;
  cpl.attr = read.request.attr & 3;
  cpl.completer = host_id;
  cpl.byte_count = static_cast<uint16_t>(read.left);
  cpl.lower = read.next & 0x7f;
  ++nr_parts;
  if (fault == Plan::kUr || fault == Plan::kCa) {
    cpl.status = fault == Plan::kUr ? kUnsupported : kAbort;
    model_->Put(kCompletion, Encode(cpl));
    reads_.erase(it);
    return;
  }
  uint32_t bytes = PartBytes(read);
  uint32_t skip = read.next & 3;
  cpl.has_data = true;
  cpl.ep = fault == Plan::kPoison;
  cpl.length = static_cast<uint16_t>((skip + bytes + 3) / 4);
  Bytes data;
  Check(memory.CardRead(read.next, bytes, &data), "a mapping went away under a read: %s",
        ToText(read.request).c_str());
  memory.card_read_bytes += bytes;
  cpl.data.assign(cpl.length * size_t{4}, 0x99);
  std::copy(data.begin(), data.end(), cpl.data.begin() + skip);
  model_->Put(kCompletion, Encode(cpl));
  read.next += bytes;
  read.left -= bytes;
  ++read.parts;
  if (read.left != 0) return;
  ++nr_completions;
  reads_.erase(it);
}

}  // namespace tb
