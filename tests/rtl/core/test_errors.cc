// SPDX-License-Identifier: Apache-2.0
// Every error the core can see: what is dropped or answered, what is logged, which message leaves.
#include <cstring>

#include "host.h"

namespace {

constexpr uint32_t kPtlp = 1u << 12, kCto = 1u << 14, kAbort = 1u << 15, kUc = 1u << 16, kMtlp = 1u << 18,
                   kUrBit = 1u << 20;
constexpr int kCorMsg = 0x30, kNonFatalMsg = 0x31, kFatalMsg = 0x33;
constexpr uint64_t kSrc = 0x123400000ull;

void Clear(Host& h) {
  h.Drain();
  h.Step(60);
  h.SetCfg(0x104, ~0u);
  h.SetCfg(0x110, ~0u);
  h.SetCfg(0x78 + 2, 0x000f0000u, 4);
  h.SetCfg(0x04, 0xf9000000u, 8);
  h.msgs.clear();
}

struct Want {
  uint32_t ue;        // uncorrectable status
  uint32_t ce;        // correctable status
  int dev;            // Device Status
  int msg;            // message or 0
  const Tlp* log;     // header log or null
};

void Expect(Host& h, const char* what, const Want& w) {
  h.Drain();
  h.Step(80);
  uint32_t ue = h.Cfg(0x104), ce = h.Cfg(0x110);
  int dev = int((h.Cfg(0x78) >> 16) & 15);
  h.Check(ue == w.ue && ce == w.ce && dev == w.dev, "%s: UE %x CE %x DevSta %x, want %x %x %x", what, ue, ce, dev,
          w.ue, w.ce, w.dev);
  if (w.log) {
    for (int i = 0; i < 4; i++)
      h.Check(h.Cfg(0x11c + 4 * i) == w.log->Be32(4 * i), "%s: header log dword %d is %08x: %s", what, i,
              h.Cfg(0x11c + 4 * i), w.log->Hex().c_str());
    h.Check((1u << (h.Cfg(0x118) & 31)) == w.ue, "%s: first error pointer %u", what, h.Cfg(0x118) & 31);
  }
  size_t n = w.msg ? 1 : 0;
  h.Check(h.msgs.size() == n, "%s: %zu messages, want %zu", what, h.msgs.size(), n);
  if (n) {
    const Tlp& m = h.msgs[0];
    h.Check(m.h[0] == kMsgRoot && m.h[7] == w.msg && m.req_id() == h.bdf, "%s: %s", what, m.Hex().c_str());
  }
  Clear(h);
}

void Posted(Host& h) {
  h.Begin("errors of posted requests");
  // all reporting on, nothing masked
  h.SetCfg(0x78, 0x281f, 3);
  h.SetCfg(0x114, 0);
  Clear(h);
  Tlp t = MemReq(true, 0x700000000000ull, 1, 15, 0, kHostId, 7);
  h.Send(kP, t);
  Expect(h, "write that hits nothing", {kUrBit, 0, 0xa, kNonFatalMsg, &t});
  t = MemReq(true, h.bar0, 1, 15, 15, kHostId, 7);
  h.Send(kP, t);
  Expect(h, "Last BE of one dword", {kMtlp, 0, 4, kFatalMsg, &t});
  t = MemReq(true, h.bar0, 1, 15, 0, kHostId, 7);
  t.h[1] |= 0x30;
  h.Send(kP, t);
  Expect(h, "TC 3", {kMtlp, 0, 4, kFatalMsg, &t});
  t = MemReq(true, h.bar0, 1, 15, 0, kHostId, 7);
  t.h[0] = 0x5b;
  h.Send(kP, t);
  Expect(h, "undefined type", {kMtlp, 0, 4, kFatalMsg, &t});
  // poisoned: not applied, Detected Parity Error
  h.Write64(h.bar0 + 0x40, 0x1111);
  t = MemReq(true, h.bar0 + 0x40, 2, 15, 15, kHostId, 7);
  t.h[2] |= 0x40;
  h.Send(kP, t);
  h.Drain();
  h.Step(20);
  h.Check(h.Cfg(0x04) >> 31, "Detected Parity Error");
  Expect(h, "poisoned write", {kPtlp, 0, 2, kNonFatalMsg, &t});
  h.Check(h.Read64(h.bar0 + 0x40) == 0x1111, "poisoned write was applied");
  // several beats of payload are dropped as well
  h.WriteTlp(h.bar0, 32, 15, 5, std::vector<uint8_t>(128, 0xff));
  Expect(h, "long malformed write", {kMtlp, 0, 4, kFatalMsg, nullptr});
  h.Check(h.Read64(h.bar0 + 0x40) == 0x1111, "malformed write was applied");
  // write with digest: applied, digest dropped
  t = MemReq(true, h.bar0 + 0x40, 2, 15, 15, kHostId, 7);
  t.h[2] |= 0x80;
  t.data = {1, 2, 3, 4, 5, 6, 7, 8, 0xff, 0xff, 0xff, 0xff};
  h.Send(kP, t);
  Expect(h, "write with digest", {0, 0, 0, 0, nullptr});
  h.Check(h.Read64(h.bar0 + 0x40) == 0x0807060504030201ull, "write with digest");

  h.Begin("messages");
  for (int code = 0; code < 256; code++) {
    t = MsgTlp(kMsgLocal, code, kHostId);
    h.Send(kP, t);
    bool ignored = code == 0 || code == 0x7f || (code >= 0x40 && code <= 0x48 && code != 0x42 && code != 0x46);
    bool malformed = (code >= 0x20 && code <= 0x27) || code == 0x50;
    if (code == 0x19) {
      h.Drain();
      h.Step(60);
      h.Check(h.msgs.size() == 1 && h.msgs[0].h[0] == kMsgGather && h.msgs[0].h[7] == 0x1b && h.msgs[0].req_id() == h.bdf,
              "PME_TO_Ack");
      h.msgs.clear();
    } else if (ignored) {
      Expect(h, "ignored message", {0, 0, 0, 0, nullptr});
    } else if (malformed) {
      Expect(h, "malformed message", {kMtlp, 0, 4, kFatalMsg, &t});
    } else {
      Expect(h, "unknown message", {kUrBit, 0, 0xa, kNonFatalMsg, &t});
    }
  }
  t = MsgTlp(kMsgDLocal, 0x50, kHostId);
  t.SetLength(1);
  t.data = {0x19, 1, 0, 0};
  h.Send(kP, t);
  Expect(h, "Set_Slot_Power_Limit", {0, 0, 0, 0, nullptr});
  h.Check(((h.Cfg(0x74) >> 18) & 0x3ff) == 0x119, "captured slot power limit");
  // poisoned: not obeyed
  t.h[2] |= 0x40;
  t.data[0] = 0x77;
  h.Send(kP, t);
  h.Drain();
  h.Step(20);
  h.Check(h.Cfg(0x04) >> 31, "Detected Parity Error of a message");
  Expect(h, "poisoned Set_Slot_Power_Limit", {kPtlp, 0, 2, kNonFatalMsg, &t});
  h.Check(((h.Cfg(0x74) >> 18) & 0x3ff) == 0x119, "poisoned slot power limit was captured");
  t = MsgTlp(0x36, 0x00, kHostId);
  h.Send(kP, t);
  Expect(h, "message with reserved routing", {kMtlp, 0, 4, kFatalMsg, &t});
}

void NonPosted(Host& h) {
  h.Begin("errors of non-posted requests");
  struct { int type; int dw; int status; int bytes; } const cases[] = {
      {kIORd, 1, kUR, 4}, {kIOWr, 1, kUR, 4}, {kMRdLk32, 2, kUR, 8}, {kFetchAdd32, 1, kUR, 4}, {kCas64, 4, kUR, 8},
      {kCfgRd1, 1, kUR, 4}, {kMRd64, 3, kUR, 12},
  };
  for (const auto& c : cases) {
    Tlp t = MemReq(false, 0x1000, c.dw, 15, c.dw > 1 ? 15 : 0, kHostId, 0);
    t.h[0] = uint8_t(c.type);
    if (t.has_data()) t.data.resize(size_t(4 * c.dw));
    Tlp a = h.Ask(t);
    h.Check(a.cpl_status() == c.status && a.h[0] == kCpl && a.cpl_bytes() == c.bytes, "type %02x: %s", c.type,
            a.Hex().c_str());
    t.h[6] = uint8_t(a.cpl_tag());
    // advisory: reported as correctable, logged
    Expect(h, "unsupported non-posted", {kUrBit, 1u << 13, 9, kCorMsg, &t});
  }
  int status = -1;
  h.ReadTlp(h.bar0 + 0x1008, 1, 15, 0, &status);
  h.Drain();
  h.Check((h.Cfg(0x04) >> 27) & 1, "Signaled Target Abort");
  Expect(h, "completer abort", {kAbort, 1u << 13, 1, kCorMsg, nullptr});
  Tlp t = CfgReq(true, h.bdf, 0x3c, 15, kHostId, 0);
  t.h[2] |= 0x40;
  t.data[0] = 0x99;
  Tlp a = h.Ask(t);
  h.Check(a.cpl_status() == kUR && !a.has_data() && (h.Cfg(0x3c) & 0xff) != 0x99, "poisoned config write");
  t.h[6] = uint8_t(a.cpl_tag());
  Expect(h, "poisoned config write", {kPtlp, 1u << 13, 1, kCorMsg, &t});
  struct { int len, lbe, tc; } const bad[] = {{2, 0, 0}, {1, 15, 0}, {1, 0, 1}};
  for (const auto& b : bad) {
    t = CfgReq(false, h.bdf, 0, 15, kHostId, 0);
    t.SetLength(b.len);
    t.h[7] = uint8_t(15 | (b.lbe << 4));
    t.h[1] = uint8_t(b.tc << 4);
    h.NoCompletion(t);
    Expect(h, "malformed config request", {kMtlp, 0, 4, kFatalMsg, nullptr});
    // never advisory, whatever its severity
    h.SetCfg(0x10c, 0x00000010u);
    h.NoCompletion(t);
    Expect(h, "malformed and not fatal", {kMtlp, 0, 2, kNonFatalMsg, nullptr});
    h.SetCfg(0x10c, 0x00040010u);
  }
}

// sixteen enable combinations of two errors, masks and severities, first error pointer
void Enables(Host& h) {
  h.Begin("error message enables");
  for (int e = 0; e < 32; e++) {
    bool serr = (e & 16) != 0;
    h.SetCfg(0x78, 0x2810u | uint32_t(e & 15), 3);
    h.SetCfg(0x04, serr ? 0x106 : 0x006, 3);
    Tlp t = MemReq(true, 0x700000000000ull, 1, 15, 0, kHostId, 7);
    h.Send(kP, t);
    bool sent = serr || ((e & 8) && (e & 2));
    h.Drain();
    h.Step(60);
    h.Check(((h.Cfg(0x04) >> 30) & 1) == uint32_t(sent && serr), "Signaled System Error, enables %x", e);
    Expect(h, "posted UR", {kUrBit, 0, 0xa, sent ? kNonFatalMsg : 0, &t});
    h.SetCfg(0x04, serr ? 0x106 : 0x006, 3);
    int status;
    h.ReadTlp(0x700000000000ull, 1, 15, 0, &status);
    Expect(h, "non-posted UR", {kUrBit, 1u << 13, 9, (e & 8) && (e & 1) ? kCorMsg : 0, nullptr});
    h.Send(kP, MemReq(true, h.bar0, 1, 15, 15, kHostId, 7));
    Expect(h, "malformed", {kMtlp, 0, 4, serr || (e & 4) ? kFatalMsg : 0, nullptr});
  }
  h.SetCfg(0x04, 6, 3);
  h.SetCfg(0x78, 0x281f, 3);

  h.Begin("AER masks and severity");
  Tlp ur = MemReq(true, 0x700000000000ull, 1, 15, 0, kHostId, 7);
  Tlp bad = MemReq(true, h.bar0, 1, 15, 15, kHostId, 9);
  h.SetCfg(0x108, kUrBit);
  h.Send(kP, ur);
  Expect(h, "masked", {kUrBit, 0, 0xa, 0, nullptr});
  // a masked error does not take the log; the first unmasked does, and keeps it
  h.Send(kP, ur);
  h.Send(kP, bad);
  h.Send(kP, ur);
  h.Drain();
  h.Step(60);
  h.Check(h.Cfg(0x104) == (kUrBit | kMtlp) && (h.Cfg(0x118) & 31) == 18, "first error pointer under a mask");
  h.Check(h.Cfg(0x120) == bad.Be32(4), "log of the first unmasked error");
  h.SetCfg(0x108, 0);
  Clear(h);
  h.Send(kP, bad);
  h.Send(kP, ur);
  h.Drain();
  h.Step(60);
  h.Check((h.Cfg(0x118) & 31) == 18 && h.Cfg(0x120) == bad.Be32(4), "second error took the log");
  h.Check(h.msgs.size() == 2, "%zu messages for two errors", h.msgs.size());
  Clear(h);
  // the error that the pointer shows was cleared and came again while masked: it has no log
  h.Send(kP, ur);
  Expect(h, "before the mask", {kUrBit, 0, 0xa, kNonFatalMsg, &ur});
  h.SetCfg(0x108, kUrBit);
  h.Send(kP, ur);
  h.Drain();
  h.Step(60);
  h.Check(h.Cfg(0x104) == kUrBit, "status under a mask");
  h.Send(kP, bad);
  h.Drain();
  h.Step(60);
  h.Check((h.Cfg(0x118) & 31) == 18 && h.Cfg(0x120) == bad.Be32(4), "a stale pointer kept an error from the log");
  h.SetCfg(0x108, 0);
  Clear(h);
  // severity fatal: not advisory any more
  h.SetCfg(0x10c, 0x00040010u | kUrBit);
  int status;
  h.ReadTlp(0x700000000000ull, 1, 15, 0, &status);
  Expect(h, "UR made fatal", {kUrBit, 0, 0xc, kFatalMsg, nullptr});
  h.SetCfg(0x10c, 0x00040010u);
  // advisory masked: only Device Status and the correctable status
  h.SetCfg(0x114, 0x2000);
  h.ReadTlp(0x700000000000ull, 1, 15, 0, &status);
  Expect(h, "advisory masked", {0, 1u << 13, 9, 0, nullptr});
  h.SetCfg(0x114, 0);
  // D3hot: logged, no message
  h.SetCfg(0x44, 3);
  h.Send(kP, MemReq(true, h.bar0, 1, 15, 0, kHostId, 7));
  h.Drain();
  h.Step(60);
  h.Check(h.msgs.empty() && h.Cfg(0x104) == kUrBit, "write in D3hot");
  h.SetCfg(0x44, 0);
  Clear(h);
  h.Step(50);
  h.Check(h.msgs.empty(), "message of D3hot times");
}

// reads 512 bytes with one completion changed
int ReadOnce(Host& h, const std::function<bool(Tlp*)>& change, int len = 512, int limit = 40000) {
  size_t n = h.rd_done.size();
  h.Randomize(kSrc, len);
  h.on_cpl = change;
  h.Dma(2, kSrc, 0, len, 1);
  h.Done(n + 1, 0, limit);
  h.on_cpl = nullptr;
  h.Drain();
  h.Step(60);
  return h.rd_done.back().status;
}

// the first completion of a run is changed by f, others pass
std::function<bool(Tlp*)> First(const std::function<void(Tlp*)>& f) {
  auto done = std::make_shared<bool>(false);
  return [done, f](Tlp* t) {
    if (!*done) {
      *done = true;
      f(t);
    }
    return true;
  };
}

void NoData(Tlp* t, int status) {
  t->h[0] = kCpl;
  t->SetLength(0);
  t->h[6] = uint8_t((t->h[6] & 0x1f) | (status << 5));
  t->data.clear();
}

void Completions(Host& h) {
  h.Begin("completions with an error");
  Clear(h);
  for (int status : {int(kUR), int(kCA), 3, 5, 6, 7}) {
    int s = ReadOnce(h, First([&](Tlp* t) { NoData(t, status); }));
    h.Check(s == 1, "status %d gives %d", status, s);
    h.Check(((h.Cfg(0x04) >> 28) & 3) == (status == kCA ? 1u : 2u), "Received Target or Master Abort: %x", h.Cfg(4));
    Expect(h, "error completion", {0, 0, 0, 0, nullptr});
    h.reads.clear();
  }
  // second of four completions fails: the first bytes are there, the rest is 0
  h.Begin("missing bytes are 0");
  for (int nth = 0; nth < 4; nth++) {
    auto seen = std::make_shared<int>(0);
    h.Randomize(kSrc, 512);
    uint32_t want = 0;
    h.on_cpl = [=](Tlp* t) {
      if ((*seen)++ == nth) NoData(t, kUR);
      return true;
    };
    size_t n = h.rd_done.size();
    h.Dma(2, kSrc, 0, 512, 1);
    h.Done(n + 1, 0);
    h.on_cpl = nullptr;
    for (int i = 0; i < 128 * nth; i++) want += h.Mem(kSrc + uint64_t(i));
    h.Check(h.rd_done.back().status == 1 && h.rd_done.back().sum == want, "sum %u, want %u after completion %d",
            h.rd_done.back().sum, want, nth);
    h.reads.clear();
    Clear(h);
  }
  h.Begin("poisoned completion");
  h.SetCfg(0x04, 0x46, 3);
  Tlp poisoned;
  int s = ReadOnce(h, First([&](Tlp* t) {
                     t->h[2] |= 0x40;
                     poisoned = *t;
                   }));
  h.Check(s == 3, "poisoned gives %d", s);
  h.Check((h.Cfg(0x04) >> 31) && ((h.Cfg(0x04) >> 24) & 1), "Detected and Master Data Parity Error");
  Expect(h, "poisoned completion", {kPtlp, 0, 2, kNonFatalMsg, &poisoned});
  h.SetCfg(0x04, 0x06, 3);

  h.Begin("unexpected completion");
  Tlp c = CplTlp(true, kSC, 4, 0, kHostId, h.bdf, 31);
  c.SetLength(1);
  c.data.resize(4);
  h.Send(kC, c);
  Expect(h, "no such tag", {kUc, 1u << 13, 1, kCorMsg, &c});
  s = ReadOnce(h, [&, twice = false](Tlp* t) mutable {
    if (!twice) {  // the same for another function first
      twice = true;
      Tlp other = *t;
      other.h[9] ^= 1;
      h.Send(kC, other);
    }
    return true;
  });
  h.Check(s == 0, "read next to a foreign completion: %d", s);
  Expect(h, "other requester", {kUc, 1u << 13, 1, kCorMsg, nullptr});
  h.Begin("malformed completions");
  std::function<void(Tlp*)> const spoil[] = {
      [](Tlp* t) { t->h[7] ^= 4; },                        // byte count
      [](Tlp* t) { t->h[11] ^= 4; },                       // lower address
      [](Tlp* t) { t->h[1] |= 0x10; },                     // TC
      [](Tlp* t) { t->h[2] |= 0x10; },                     // No Snoop
      [](Tlp* t) { t->h[6] |= 0x20; },                     // data with status UR
      [](Tlp* t) { t->h[0] = kCpl; t->SetLength(0); t->data.clear(); },  // no data with SC
      [](Tlp* t) { t->SetLength(36); t->data.resize(144); },             // above Max_Payload_Size
      [](Tlp* t) { NoData(t, kRRS); },                     // retry status for a memory read
  };
  for (const auto& f : spoil) {
    Tlp right;
    // the malformed one is dropped; the right one follows
    auto change = [&, first = true](Tlp* t) mutable {
      if (first) {
        first = false;
        Tlp wrong = *t;
        f(&wrong);
        h.Send(kC, wrong);
      }
      return true;
    };
    s = ReadOnce(h, change);
    h.Check(s == 0, "read after a malformed completion: %d", s);
    Expect(h, "malformed completion", {kMtlp, 0, 4, kFatalMsg, nullptr});
  }
}

void Timeouts(Host& h) {
  h.Begin("completion timeout");
  Clear(h);
  // half of the data does not save the read
  auto half = [n = 0](Tlp*) mutable { return n++ < 2; };
  uint64_t t0 = h.cycle;
  int s = ReadOnce(h, half);
  uint64_t took = h.cycle - t0;
  h.Check(s == 2, "timeout gives %d", s);
  h.Check(took >= 6400 && took < 7200, "timeout after %llu cycles", (unsigned long long)took);
  Expect(h, "completion timeout", {kCto, 0, 2, kNonFatalMsg, nullptr});
  // nor does a completion that pauses: its dwords that have not come yet are not those of an old read
  h.CopyAndCheck(kSrc, 0x567800000ull, 16384);
  h.reads.clear();
  h.hold_reads = true;
  size_t before = h.rd_done.size();
  h.Dma(2, kSrc, 0, 256, 1);
  h.Until([&] { return !h.reads.empty(); }, 2000, "a read");
  Tlp part = CplTlp(true, kSC, 256, 0, kHostId, h.bdf, h.reads[0].req.tag());
  part.SetLength(32);
  part.data.resize(128);
  h.rx_pause = 14000;
  h.Send(kC, part);
  h.Done(before + 1, 0, 40000);
  h.Check(h.rd_done.back().status == 2 && h.rd_done.back().sum == 0, "timeout within a completion: status %d sum %x",
          h.rd_done.back().status, h.rd_done.back().sum);
  h.hold_reads = false;
  h.reads.clear();
  h.Drain();
  Expect(h, "timeout within a completion", {kCto, 0, 2, kNonFatalMsg, nullptr});
  // late completion: unexpected, changes nothing; others work meanwhile
  h.reads.clear();
  h.hold_reads = true;
  size_t n = h.rd_done.size();
  h.Dma(2, kSrc, 0, 64, 1);
  h.Done(n + 1, 0, 20000);
  h.Check(h.rd_done.back().status == 2 && h.rd_done.back().sum == 0, "second timeout");
  Expect(h, "second timeout", {kCto, 0, 2, kNonFatalMsg, nullptr});
  h.Check(h.reads.size() == 1, "one read was asked");
  Read late = h.reads[0];
  h.reads.clear();
  h.hold_reads = false;
  for (int i = 0; i < 100; i++) {
    h.CopyAndCheck(kSrc + 0x1000, 0x567800010ull, 700);
    for (const Read& r : h.reads) h.Check(r.req.tag() != late.req.tag(), "tag in quarantine was used");
  }
  Tlp c = CplTlp(true, kSC, 64, 0, kHostId, h.bdf, late.req.tag());
  c.SetLength(16);
  c.data.resize(64);
  h.Send(kC, c);
  Expect(h, "late completion", {kUc, 1u << 13, 1, kCorMsg, &c});
  for (int i = 0; i < 40; i++) h.CopyAndCheck(kSrc + 0x1000, 0x567800010ull, 700);
  // all tags lost: the core waits for the quarantine to end, then works
  h.hold_reads = true;
  n = h.rd_done.size();
  h.Dma(2, kSrc, 0, 16384, 1);
  h.Done(n + 1, 0, 120000);
  h.Check(h.rd_done.back().status == 2, "many timeouts");
  h.reads.clear();
  h.hold_reads = false;
  size_t w = h.wr_done.size();
  h.Dma(1, kSrc, 0x567800010ull, 700, 0);
  h.Done(0, w + 1, 40000);
  h.Check(h.wr_done.back().status == 0, "after many timeouts");
  Clear(h);
  h.Begin("completion timeout disabled");
  h.SetCfg(0x98, 0x10);
  h.hold_reads = true;
  n = h.rd_done.size();
  h.Dma(2, kSrc, 0, 64, 1);
  h.Step(60000);
  h.Check(h.rd_done.size() == n && !h.Pin("idle"), "timed out although disabled");
  h.Check((h.Cfg(0x78) >> 21) & 1, "Transactions Pending");
  h.hold_reads = false;
  h.Done(n + 1, 0);
  h.Check(h.rd_done.back().status == 0, "status %d", h.rd_done.back().status);
  h.Step(100);
  h.Check(!((h.Cfg(0x78) >> 21) & 1), "Transactions Pending stays");
  h.Step(20);
  h.Check(h.Pin("idle"), "not idle");
  h.SetCfg(0x98, 0);
}

}  // namespace

void TestErrors(Host& h) {
  h.Enable();
  Posted(h);
  NonPosted(h);
  Enables(h);
  h.SetCfg(0x78, 0x281f, 3);
  Completions(h);
  Timeouts(h);
}
