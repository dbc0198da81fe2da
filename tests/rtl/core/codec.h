// SPDX-License-Identifier: Apache-2.0
// The test's own view of a TLP: 16 header bytes in the order of the specification and the payload in
// address order. Independent of bridge/ and of rtl/riser_tlp.vh on purpose.
#ifndef RISER_TESTS_RTL_CORE_CODEC_H_
#define RISER_TESTS_RTL_CORE_CODEC_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

enum FmtType : uint8_t {
  kMRd32 = 0x00, kMRd64 = 0x20, kMRdLk32 = 0x01, kMWr32 = 0x40, kMWr64 = 0x60,
  kIORd = 0x02, kIOWr = 0x42, kCfgRd0 = 0x04, kCfgWr0 = 0x44, kCfgRd1 = 0x05, kCfgWr1 = 0x45,
  kCpl = 0x0a, kCplD = 0x4a, kCplLk = 0x0b, kFetchAdd32 = 0x4c, kCas64 = 0x6e,
  kMsgRoot = 0x30, kMsgBroadcast = 0x33, kMsgLocal = 0x34, kMsgGather = 0x35, kMsgDLocal = 0x74,
};
enum Status : int { kSC = 0, kUR = 1, kRRS = 2, kCA = 4 };

struct Tlp {
  std::array<uint8_t, 16> h{};
  std::vector<uint8_t> data;  // digest included when TD is 1
  uint64_t cycle = 0;         // of its last beat

  int type() const { return h[0]; }
  bool has_data() const { return (h[0] & 0x40) != 0; }
  bool is_4dw() const { return (h[0] & 0x20) != 0; }
  int tc() const { return (h[1] >> 4) & 7; }
  bool td() const { return (h[2] & 0x80) != 0; }
  bool ep() const { return (h[2] & 0x40) != 0; }
  int attr() const { return (h[2] >> 4) & 3; }
  int length() const { int n = ((h[2] & 3) << 8) | h[3]; return n ? n : 1024; }
  int raw_length() const { return ((h[2] & 3) << 8) | h[3]; }
  int req_id() const { return (h[4] << 8) | h[5]; }
  int tag() const { return h[6]; }
  int fbe() const { return h[7] & 15; }
  int lbe() const { return h[7] >> 4; }
  uint64_t addr() const {
    uint64_t hi = Be32(8), lo = Be32(12);
    return is_4dw() ? ((hi << 32) | lo) & ~3ull : hi & ~3ull;
  }
  int cpl_status() const { return h[6] >> 5; }
  int cpl_bytes() const { return ((h[6] & 15) << 8) | h[7]; }
  int cpl_req_id() const { return (h[8] << 8) | h[9]; }
  int cpl_tag() const { return h[10]; }
  int cpl_lower() const { return h[11] & 0x7f; }

  uint32_t Be32(int at) const {
    return (uint32_t(h[at]) << 24) | (h[at + 1] << 16) | (h[at + 2] << 8) | h[at + 3];
  }
  void SetBe32(int at, uint32_t v) {
    for (int i = 0; i < 4; i++) h[at + i] = uint8_t(v >> (24 - 8 * i));
  }
  void SetLength(int dw) {
    h[2] = uint8_t((h[2] & ~3) | ((dw >> 8) & 3));
    h[3] = uint8_t(dw);
  }
  std::string Hex() const {
    static const char digit[] = "0123456789abcdef";
    std::string s;
    for (int i = 0; i < 16; i++) {
      if (i && i % 4 == 0) s += ' ';
      s += digit[h[i] >> 4];
      s += digit[h[i] & 15];
    }
    return s;
  }
};

// Memory request; addresses below 4 GiB take the 3-dword form.
inline Tlp MemReq(bool write, uint64_t addr, int dw, int fbe, int lbe, int req_id, int tag) {
  Tlp t;
  bool wide = (addr >> 32) != 0;
  t.h[0] = uint8_t((write ? 0x40 : 0) | (wide ? 0x20 : 0));
  t.SetLength(dw & 1023);
  t.h[4] = uint8_t(req_id >> 8);
  t.h[5] = uint8_t(req_id);
  t.h[6] = uint8_t(tag);
  t.h[7] = uint8_t((lbe << 4) | fbe);
  if (wide) {
    t.SetBe32(8, uint32_t(addr >> 32));
    t.SetBe32(12, uint32_t(addr) & ~3u);
  } else {
    t.SetBe32(8, uint32_t(addr) & ~3u);
  }
  if (write) t.data.resize(4 * size_t(dw));
  return t;
}

inline Tlp CfgReq(bool write, int bdf, int reg, int be, int req_id, int tag, int type1 = 0) {
  Tlp t;
  t.h[0] = uint8_t((write ? 0x44 : 0x04) | type1);
  t.SetLength(1);
  t.h[4] = uint8_t(req_id >> 8);
  t.h[5] = uint8_t(req_id);
  t.h[6] = uint8_t(tag);
  t.h[7] = uint8_t(be);
  t.h[8] = uint8_t(bdf >> 8);
  t.h[9] = uint8_t(bdf);
  t.h[10] = uint8_t(reg >> 8);
  t.h[11] = uint8_t(reg & 0xfc);
  if (write) t.data.resize(4);
  return t;
}

inline Tlp MsgTlp(int fmt_type, int code, int req_id) {
  Tlp t;
  t.h[0] = uint8_t(fmt_type);
  t.h[4] = uint8_t(req_id >> 8);
  t.h[5] = uint8_t(req_id);
  t.h[7] = uint8_t(code);
  return t;
}

inline Tlp CplTlp(bool data, int status, int bytes, int lower, int cpl_id, int req_id, int tag) {
  Tlp t;
  t.h[0] = data ? 0x4a : 0x0a;
  t.h[4] = uint8_t(cpl_id >> 8);
  t.h[5] = uint8_t(cpl_id);
  t.h[6] = uint8_t((status << 5) | ((bytes >> 8) & 15));
  t.h[7] = uint8_t(bytes);
  t.h[8] = uint8_t(req_id >> 8);
  t.h[9] = uint8_t(req_id);
  t.h[10] = uint8_t(tag);
  t.h[11] = uint8_t(lower & 0x7f);
  return t;
}

#endif  // RISER_TESTS_RTL_CORE_CODEC_H_
