// SPDX-License-Identifier: Apache-2.0
#include "rc/tlp.h"

#include <cstdarg>
#include <cstdio>

namespace tb {
namespace {

// Fmt[1:0] of the header and Type, by kind; messages have the routing in Type too.
struct Shape {
  Kind kind;
  const char* name;
  uint8_t type;
  uint8_t formats;  // bit f set: Fmt value f is defined
};

constexpr Shape kShapes[] = {
    {Kind::kMRd, "MRd", 0x00, 0x3},        {Kind::kMRdLk, "MRdLk", 0x01, 0x3},
    {Kind::kMWr, "MWr", 0x00, 0xc},        {Kind::kIoRd, "IORd", 0x02, 0x1},
    {Kind::kIoWr, "IOWr", 0x02, 0x4},      {Kind::kCfgRd0, "CfgRd0", 0x04, 0x1},
    {Kind::kCfgWr0, "CfgWr0", 0x04, 0x4},  {Kind::kCfgRd1, "CfgRd1", 0x05, 0x1},
    {Kind::kCfgWr1, "CfgWr1", 0x05, 0x4},  {Kind::kMsg, "Msg", 0x10, 0xa},
    {Kind::kCpl, "Cpl", 0x0a, 0x5},        {Kind::kCplLk, "CplLk", 0x0b, 0x5},
    {Kind::kFetchAdd, "FetchAdd", 0x0c, 0xc}, {Kind::kSwap, "Swap", 0x0d, 0xc},
    {Kind::kCas, "CAS", 0x0e, 0xc},
};

const Shape& ShapeOf(Kind kind) {
  for (const Shape& s : kShapes) {
    if (s.kind == kind) return s;
  }
  return kShapes[0];
}

const Shape* FindShape(uint32_t fmt, uint32_t type) {
  for (const Shape& s : kShapes) {
    bool same = s.kind == Kind::kMsg ? (type & 0x18) == 0x10 && (type & 7) <= 5 : s.type == type;
    if (same && (s.formats >> fmt & 1)) return &s;
  }
  return nullptr;
}

void Put32(Bytes* b, uint32_t v) {  // header order: most significant byte first
  for (int shift = 24; shift >= 0; shift -= 8) b->push_back(static_cast<uint8_t>(v >> shift));
}

uint32_t Get32(const Bytes& b, size_t at) {
  return uint32_t{b[at]} << 24 | uint32_t{b[at + 1]} << 16 | uint32_t{b[at + 2]} << 8 | b[at + 3];
}

bool Fail(std::string* why, const char* text) {
  if (why != nullptr) *why = text;
  return false;
}

bool IsConfig(Kind k) {
  return k == Kind::kCfgRd0 || k == Kind::kCfgWr0 || k == Kind::kCfgRd1 || k == Kind::kCfgWr1;
}

void EncodeTail(const Tlp& t, Bytes* b) {
  if (t.IsCompletion()) {
    Put32(b, uint32_t{t.completer} << 16 | uint32_t{t.status} << 13 | uint32_t{t.bcm} << 12 |
                 (t.byte_count & 0xfffu));
    Put32(b, uint32_t{t.requester} << 16 | (t.tag & 0xffu) << 8 | (t.lower & 0x7fu));
    return;
  }
  uint32_t low = t.kind == Kind::kMsg ? t.code : uint32_t{t.last_be} << 4 | t.first_be;
  Put32(b, uint32_t{t.requester} << 16 | (t.tag & 0xffu) << 8 | low);
  if (t.kind == Kind::kMsg) {
    Put32(b, static_cast<uint32_t>(t.msg_tail >> 32));
    Put32(b, static_cast<uint32_t>(t.msg_tail));
  } else if (IsConfig(t.kind)) {
    Put32(b, uint32_t{t.target} << 16 | (t.reg & 0xffcu));
  } else {
    if (t.four_dw) Put32(b, static_cast<uint32_t>(t.addr >> 32));
    Put32(b, static_cast<uint32_t>(t.addr) & ~3u);
  }
}

void DecodeTail(const Bytes& b, Tlp* t) {
  uint32_t d1 = Get32(b, 4), d2 = Get32(b, 8);
  if (t->IsCompletion()) {
    t->completer = static_cast<uint16_t>(d1 >> 16);
    t->status = d1 >> 13 & 7;
    t->bcm = d1 >> 12 & 1;
    t->byte_count = (d1 & 0xfff) != 0 ? d1 & 0xfff : 4096;
    t->requester = static_cast<uint16_t>(d2 >> 16);
    t->tag |= d2 >> 8 & 0xff;
    t->lower = d2 & 0x7f;
    return;
  }
  t->requester = static_cast<uint16_t>(d1 >> 16);
  t->tag |= d1 >> 8 & 0xff;
  if (t->kind == Kind::kMsg) {
    t->code = d1 & 0xff;
    t->msg_tail = uint64_t{d2} << 32 | Get32(b, 12);
    return;
  }
  t->last_be = d1 >> 4 & 0xf;
  t->first_be = d1 & 0xf;
  if (IsConfig(t->kind)) {
    t->target = static_cast<uint16_t>(d2 >> 16);
    t->reg = d2 & 0xffc;
  } else {
    t->addr = t->four_dw ? uint64_t{d2} << 32 | (Get32(b, 12) & ~3u) : d2 & ~3u;
  }
}

}  // namespace

bool Tlp::IsRequestWithAnswer() const {
  return !IsCompletion() && kind != Kind::kMsg && kind != Kind::kMWr;
}

Class Tlp::FlowClass() const {
  if (IsCompletion()) return kCompletion;
  return IsRequestWithAnswer() ? kNonPosted : kPosted;
}

Bytes Encode(const Tlp& t) {
  Bytes b;
  const Shape& s = ShapeOf(t.kind);
  uint32_t type = t.kind == Kind::kMsg ? 0x10u | t.routing : s.type;
  uint32_t fmt = uint32_t{t.has_data} << 1 | uint32_t{t.four_dw};
  Put32(&b, fmt << 29 | type << 24 | (t.tag >> 9 & 1u) << 23 | uint32_t{t.tc} << 20 |
                (t.tag >> 8 & 1u) << 19 | (t.attr >> 2 & 1u) << 18 | uint32_t{t.th} << 16 |
                uint32_t{t.td} << 15 | uint32_t{t.ep} << 14 | (t.attr & 3u) << 12 |
                uint32_t{t.at} << 10 | (t.length & 0x3ffu));
  EncodeTail(t, &b);
  b.insert(b.end(), t.data.begin(), t.data.end());
  b.insert(b.end(), t.digest.begin(), t.digest.end());
  return b;
}

bool Decode(const Bytes& b, Tlp* t, std::string* why) {
  *t = Tlp{};
  if (b.size() < 12 || b.size() % 4 != 0) return Fail(why, "no room for a header");
  uint32_t d0 = Get32(b, 0);
  const Shape* shape = d0 >> 31 != 0 ? nullptr : FindShape(d0 >> 29, d0 >> 24 & 0x1f);
  if (shape == nullptr) return Fail(why, "Fmt and Type are not defined");
  t->kind = shape->kind;
  t->routing = d0 >> 24 & 7;
  t->has_data = d0 >> 30 & 1;
  t->four_dw = d0 >> 29 & 1;
  t->tag = static_cast<uint16_t>((d0 >> 23 & 1) << 9 | (d0 >> 19 & 1) << 8);
  t->tc = d0 >> 20 & 7;
  t->attr = static_cast<uint8_t>((d0 >> 18 & 1) << 2 | (d0 >> 12 & 3));
  t->th = d0 >> 16 & 1;
  t->td = d0 >> 15 & 1;
  t->ep = d0 >> 14 & 1;
  t->at = d0 >> 10 & 3;
  t->length = d0 & 0x3ff;
  bool counts = t->has_data || !(t->IsCompletion() || t->kind == Kind::kMsg);
  if (counts && t->length == 0) t->length = 1024;
  size_t header = t->four_dw ? 16 : 12;
  if (b.size() < header) return Fail(why, "no room for a header");
  DecodeTail(b, t);
  size_t data = t->has_data ? t->length * size_t{4} : 0;
  if (b.size() != header + data + (t->td ? 4 : 0)) return Fail(why, "size and Length differ");
  t->data.assign(b.begin() + static_cast<ptrdiff_t>(header),
                 b.begin() + static_cast<ptrdiff_t>(header + data));
  t->digest.assign(b.begin() + static_cast<ptrdiff_t>(header + data), b.end());
  return true;
}

std::string ToText(const Tlp& t) {
  char text[160];
  std::string name = ShapeOf(t.kind).name;
  if (t.has_data && (t.kind == Kind::kMsg || t.IsCompletion())) name += "D";
  if (t.IsCompletion()) {
    snprintf(text, sizeof(text), "%s status %u from %04x to %04x tag %u bytes %u lower %02x dwords %u",
             name.c_str(), t.status, t.completer, t.requester, t.tag, t.byte_count, t.lower, t.length);
  } else if (t.kind == Kind::kMsg) {
    snprintf(text, sizeof(text), "%s code %02x routing %u from %04x", name.c_str(), t.code, t.routing,
             t.requester);
  } else if (IsConfig(t.kind)) {
    snprintf(text, sizeof(text), "%s %04x reg %03x be %x tag %u", name.c_str(), t.target, t.reg,
             t.first_be, t.tag);
  } else {
    snprintf(text, sizeof(text), "%s 0x%llx dwords %u be %x/%x from %04x tag %u", name.c_str(),
             static_cast<unsigned long long>(t.addr), t.length, t.first_be, t.last_be, t.requester,
             t.tag);
  }
  return text;
}

std::string ToHex(const Bytes& bytes) {
  std::string s;
  char two[4];
  for (size_t i = 0; i < bytes.size(); ++i) {
    snprintf(two, sizeof(two), i % 4 == 3 ? "%02x " : "%02x", bytes[i]);
    s += two;
  }
  return s;
}

uint64_t FirstByte(const Tlp& t) {
  for (uint32_t i = 0; i < 4; ++i) {
    if (t.first_be >> i & 1) return t.addr + i;
  }
  return t.addr;
}

uint32_t ByteSpan(const Tlp& t) {
  uint8_t end_be = t.length == 1 ? t.first_be : t.last_be;
  if (t.first_be == 0) return 1;
  uint32_t end = 4;
  while (end > 1 && !(end_be >> (end - 1) & 1)) --end;
  return static_cast<uint32_t>(t.addr + 4u * (t.length - 1u) + end - FirstByte(t));
}

namespace {

void SetRange(Tlp* t, uint64_t addr, uint32_t bytes) {
  uint32_t skip = addr & 3, dwords = (skip + bytes + 3) / 4, over = dwords * 4 - skip - bytes;
  t->addr = addr & ~3ull;
  t->four_dw = addr >> 32 != 0;
  t->length = static_cast<uint16_t>(dwords);
  uint8_t first = 0xf << skip & 0xf, last = 0xf >> over;
  t->first_be = dwords == 1 ? first & last : first;
  t->last_be = dwords == 1 ? 0 : last;
}

}  // namespace

Tlp MemRead(uint64_t addr, uint32_t bytes) {
  Tlp t;
  t.kind = Kind::kMRd;
  SetRange(&t, addr, bytes);
  return t;
}

Tlp MemWrite(uint64_t addr, const Bytes& data) {
  Tlp t;
  t.kind = Kind::kMWr;
  t.has_data = true;
  SetRange(&t, addr, static_cast<uint32_t>(data.size()));
  t.data.assign(t.length * size_t{4}, 0xee);  // bytes that are not enabled
  for (size_t i = 0; i < data.size(); ++i) t.data[(addr & 3) + i] = data[i];
  return t;
}

Tlp CfgRequest(bool write, uint16_t target, uint16_t reg, uint8_t be, uint32_t value) {
  Tlp t;
  t.kind = write ? Kind::kCfgWr0 : Kind::kCfgRd0;
  t.has_data = write;
  t.length = 1;
  t.first_be = be;
  t.target = target;
  t.reg = reg & 0xffc;
  for (int i = 0; write && i < 4; ++i) t.data.push_back(static_cast<uint8_t>(value >> (8 * i)));
  return t;
}

}  // namespace tb
