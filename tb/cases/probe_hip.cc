// SPDX-License-Identifier: Apache-2.0
// What surrounds the streams of an Intel H-tile or P-tile block, by the registers of tests/iface/probe/probe_hip.v.
#include <algorithm>

#include "cases/core_card.h"
#include "cases/probe.h"

namespace tb {
namespace {

// words that go out
enum : uint32_t { kMsi, kIntx, kErr, kErrHdr, kTrnPending = 7, kFlrDelay, kTx, kTxData = 13, kTxGo, kHold };
// words that come in
enum : uint32_t { kCfg, kRoom = 16, kLink = 20, kRx, kTxState, kFlags, kFlrCycles, kGot, kUsed = 29 };
// pulses
enum : uint32_t { kMsiAck, kFlr, kWrites, kCompletions, kUsedHdr, kUsedData = 7, kSent = 10, kBadParity };

constexpr uint32_t kTxHasData = 1, kTxErr = 2, kTxRude = 4, kTxCount = 8;  // of kTxGo; the last one is a shift

// A register of tl_cfg by its number in the P-tile list; the H-tile's has two in one word.
template <bool kPtile>
uint32_t Told(Probe* probe, uint32_t nr) {
  static constexpr uint32_t kHalf[] = {0, 1, 2, 0, 0, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19};
  uint32_t half = kPtile ? nr : kHalf[nr];
  return probe->Get(kCfg + half / 2) >> 16 * (half & 1) & 0xffff;
}

template <bool kPtile>
uint32_t Told32(Probe* probe, uint32_t nr) {
  return Told<kPtile>(probe, nr) | Told<kPtile>(probe, nr + 1) << 16;
}

// A write's completion comes when the user has been told: what is read behind it is new.
template <bool kPtile>
void RunCfg(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  uint16_t pcie = probe.fn.caps.at(kCapPcie), msi = probe.fn.caps.at(kCapMsi), msix = probe.fn.caps.at(kCapMsix);
  uint16_t aer = probe.fn.ext.at(kExtAer);
  auto reg = [](uint16_t base, int offset) { return static_cast<uint16_t>(base + offset); };
  auto told = [&](uint32_t nr) { return Told<kPtile>(&probe, nr); };
  auto told32 = [&](uint32_t nr) { return Told32<kPtile>(&probe, nr); };
  Check(told(1) == (uint32_t{root->bdf} >> 8 | (root->bdf >> 3 & 0x1fu) << 8 | 3u << 13),
        "bus, device, relaxed ordering, no snoop after a reset: %x", told(1));
  for (int i = 0; i < 24; ++i) {
    uint32_t command = 2 | (env->rng->Below(0x800) & 0x544);
    root->CfgWrite(4, command, 3);
    uint32_t got = told(0);
    Check(got >> 15 == 1 && (got >> 13 & 1) == (command >> 6 & 1) && (got >> 12 & 1) == (command >> 8 & 1) &&
              (got >> 7 & 1) == (command >> 2 & 1),
          "Command %x is told as %x", command, got);
    Check((told(2) >> 13 & 1) == (command >> 10 & 1), "Interrupt Disable of %x", command);
    uint32_t mps = env->rng->Below(3), mrrs = env->rng->Below(6), rest = env->rng->Below(0x1000) & 0x81f;
    root->CfgWrite(reg(pcie, 8), mps << 5 | mrrs << 12 | rest, 3);
    got = told(0);
    Check((got & 7) == mps && (got >> 3 & 7) == mrrs, "sizes %u %u are told as %x", mps, mrrs, got);
    Check((got >> 8 & 0xf) == ((rest & 7) << 1 | (rest >> 3 & 1)), "Device Control %x is told as %x", rest, got);
    Check((told(1) >> 13 & 3) == (rest >> 4 & 1) + (rest >> 11 & 1) * 2, "relaxed ordering, no snoop of %x", rest);
    uint32_t rcb = env->rng->Below(2);
    root->CfgWrite(reg(pcie, 16), rcb << 3, 1);
    Check((told(2) >> 14 & 1) == rcb, "read completion boundary");
    uint32_t low = static_cast<uint32_t>(env->rng->Next()) & ~3u, high = static_cast<uint32_t>(env->rng->Next());
    uint32_t data = env->rng->Below(0x10000), mask = env->rng->Below(256), log2 = env->rng->Below(4);
    bool with_msi = env->rng->Below(2) != 0, fmask = env->rng->Below(2) != 0;
    root->CfgWrite(reg(msi, 4), low);
    root->CfgWrite(reg(msi, 8), high);
    root->CfgWrite(reg(msi, 12), data);
    root->CfgWrite(reg(msi, 16), mask);
    root->CfgWrite(msix, (with_msi ? 0u : 1u << 31) | (fmask ? 1u << 30 : 0), 8);
    root->CfgWrite(msi, log2 << 20 | (with_msi ? 1u << 16 : 0), 4);
    Check(told32(6) == low && told32(8) == high, "MSI address %08x%08x, written %08x%08x", told32(8), told32(6), high, low);
    Check(told(0xd) == data && told32(0xa) == mask, "MSI data, mask");
    got = told(0xc);
    Check((got & 1) == with_msi && (got >> 1 & 1) == 1 && (got >> 2 & 7) == log2 && (got >> 5 & 1) == !with_msi &&
              (got >> 6 & 1) == fmask,
          "MSI and MSI-X control: %x", got);
    for (int offset : {8, 12, 20}) root->CfgWrite(reg(aer, offset), static_cast<uint32_t>(env->rng->Next()));
    Check(told32(0xe) == root->CfgRead(reg(aer, 8)), "mask of uncorrectable errors");
    Check(told32(0x12) == root->CfgRead(reg(aer, 12)), "severity of uncorrectable errors");
    Check(told32(0x10) == root->CfgRead(reg(aer, 20)), "mask of correctable errors");
  }
  Check(told(5) >> 12 == (root->CfgRead(reg(pcie, 16)) >> 16 & 0xf), "link speed");
}

// H-tile: the block sends MSI messages.
void RunMsi(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  uint16_t at = probe.fn.caps.at(kCapMsi);
  uint32_t acks = 0;
  probe.Set(kMsi, 0);
  probe.Count(kMsiAck, ++acks);
  Check(root->interrupts.empty(), "an MSI that is not enabled");
  for (uint32_t log2 : {0u, 1u, 2u, 3u}) {
    probe.EnableMsi(log2);
    for (uint32_t v = 0; v < 1u << log2; ++v) {
      // a request that stays behind its acknowledgement is no second one
      uint32_t keep = env->rng->Below(2) * (1 + env->rng->Below(60));
      probe.Interrupts(1, [&] { probe.Set(kMsi, v | keep << 8); });
      Check(root->interrupts.back().addr == Probe::kMsiAt, "address of an MSI");
      Check(root->interrupts.back().data == (Probe::kMsiData | v), "data of MSI %u of %u", v, 1u << log2);
      probe.Count(kMsiAck, ++acks);
    }
  }
  // a masked vector is pending
  root->CfgWrite(static_cast<uint16_t>(at + 16), 0x20);
  size_t had = root->interrupts.size();
  probe.Set(kMsi, 5);
  probe.Count(kMsiAck, ++acks);
  Check(root->interrupts.size() == had && root->CfgRead(static_cast<uint16_t>(at + 20)) == 0x20, "a masked vector");
  probe.Interrupts(1, [&] { root->CfgWrite(static_cast<uint16_t>(at + 16), 0); });
  Check(root->interrupts.back().data == (Probe::kMsiData | 5), "data of the unmasked vector");
  Check(root->CfgRead(static_cast<uint16_t>(at + 20)) == 0, "the pending bit stays");
  // without bus mastering it waits
  root->CfgWrite(4, 2, 1);
  had = root->interrupts.size();
  probe.Set(kMsi, 3);
  root->Step(500);
  Check(root->interrupts.size() == had, "an MSI without Bus Master Enable");
  probe.Interrupts(1, [&] { root->CfgWrite(4, 6, 1); });
  Check(root->interrupts.back().data == (Probe::kMsiData | 3), "data of the MSI that waited");
}

// The card's own TLPs.
class Sender {
 public:
  explicit Sender(Probe* probe) : probe_(probe) {}

  // @count requests of one dword; bus and device of the Requester ID are the block's.
  void Send(bool write, uint64_t addr, uint32_t data, uint32_t tag, uint32_t count = 1, uint32_t flags = 0) {
    bool four = addr >> 32 != 0;
    probe_->Set(kTx, (write ? 1u << 30 : 0) | (four ? 1u << 29 : 0) | 1);
    probe_->Set(kTx + 1, 0xffffu << 19 | tag << 8 | 0xf);
    probe_->Set(kTx + 2, static_cast<uint32_t>(four ? addr >> 32 : addr));
    probe_->Set(kTx + 3, four ? static_cast<uint32_t>(addr) : 0);
    probe_->Set(kTxData, data);
    probe_->Set(kTxGo, (write ? kTxHasData : 0) | flags | count << kTxCount);
  }

 private:
  Probe* probe_;
};

// P-tile: an MSI is a TLP of the user's, made of what tl_cfg says.
void RunMsiTlp(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  Sender sender(&probe);
  for (uint32_t log2 : {0u, 1u, 2u, 3u}) {
    probe.EnableMsi(log2);
    uint32_t control = Told<true>(&probe, 0xc), data = Told<true>(&probe, 0xd);
    Check((control & 1) == 1 && (control >> 2 & 7) == log2, "MSI control: %x", control);
    uint64_t addr = Told32<true>(&probe, 6) | uint64_t{Told32<true>(&probe, 8)} << 32;
    for (uint32_t v = 0; v < 1u << log2; ++v) {
      probe.Interrupts(1, [&] { sender.Send(true, addr, data | v, 0); });
      Check(root->interrupts.back().addr == Probe::kMsiAt && root->interrupts.back().data == (Probe::kMsiData | v),
            "MSI %u of %u", v, 1u << log2);
    }
  }
}

void RunRequests(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  Sender sender(&probe);
  Buffer from(root, 0x7000000, 0, 4096, Memory::kRead);
  Buffer from_high(root, 0x800000000, 0, 4096, Memory::kRead);
  Buffer to(root, 0x9000000, 0, 4096, Memory::kWrite);
  Buffer to_high(root, 0x900000000, 0, 4096, Memory::kWrite);
  from.Fill(root);
  from_high.Fill(root);
  for (uint32_t i = 0; i < 32; ++i) {
    uint32_t place = 4 + (env->rng->Below(1000) & ~3u), tag = env->rng->Below(32);
    uint32_t value = static_cast<uint32_t>(env->rng->Next());
    uint64_t write_at = ((i & 1 ? to_high : to).at & ~3ull) + place;
    uint64_t read_at = ((i & 2 ? from_high : from).at & ~3ull) + place;
    sender.Send(true, write_at, value, 0);
    Check(root->Until([&] { return Little(root->memory.Get(write_at, 4)) == value; }, 2000), "a write");
    sender.Send(false, read_at, 0, tag);
    probe.Count(kCompletions, i + 1);
    uint32_t h0 = probe.Get(kGot), h1 = probe.Get(kGot + 1), h2 = probe.Get(kGot + 2);
    Check((h0 & 0xff0003ff) == 0x4a000001 && (h1 & 0xffff) == 4, "completion %08x %08x", h0, h1);
    Check(h2 == (uint32_t{root->bdf} << 16 | tag << 8 | (read_at & 0x7f)), "completion %08x", h2);
    uint32_t want = static_cast<uint32_t>(Little(root->memory.Get(read_at, 4)));
    Check(probe.Get(kGot + 3) == want, "data %08x, memory has %08x", probe.Get(kGot + 3), want);
  }
  // one that is taken back uses nothing
  uint64_t writes = root->nr_writes;
  uint32_t sent = probe.Pulses(kSent), room = probe.Get(kRoom), used = probe.Pulses(kUsedHdr);
  sender.Send(true, to.at & ~3ull, 1, 0, 9, kTxErr);
  probe.Count(kSent, sent + 9);
  root->Step(300);
  Check(root->nr_writes == writes, "a TLP with tx_st_err came");
  Check(probe.Get(kRoom) == room && probe.Pulses(kUsedHdr) == used, "credits of TLPs that were taken back");
  Check(probe.Pulses(kBadParity) == 0, "rx_st_parity");
}

struct Credits {
  uint32_t ph, pd, nph;
};

// H-tile: what is free. While the host takes nothing, the block holds what was sent.
void RunCreditsFree(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  Sender sender(&probe);
  Buffer from(root, 0x7000000, 0, 4096, Memory::kRead);
  Buffer to(root, 0x9000000, 0, 4096, Memory::kWrite);
  from.Fill(root);
  auto room = [&] {
    return Credits{probe.Get(kRoom) & 0xff, probe.Get(kRoom) >> 16 & 0xfff, probe.Get(kRoom + 1) & 0xff};
  };
  Check((probe.Get(kRoom + 1) >> 8 & 0xff) == 0, "tx_cplh_cdts is not 0, which is infinite");
  Credits all = room();
  Check(all.ph == 32 && all.pd == 160 && all.nph == 32, "free: %u %u %u", all.ph, all.pd, all.nph);
  uint32_t hdr[3], data;
  for (uint32_t i = 0; i < 3; ++i) hdr[i] = probe.Pulses(kUsedHdr + i);
  data = probe.Get(kUsed);
  root->SetCredits(kPosted, 0, 0);
  sender.Send(true, to.at & ~3ull, 1, 0, 20);
  root->Step(300);
  // reads of registers would wait behind the writes
  root->SetCredits(kPosted, kNever, kNever);
  root->Step(300);
  Check(probe.Pulses(kUsedHdr) == hdr[0] + 20, "%u posted headers used", probe.Pulses(kUsedHdr) - hdr[0]);
  Check((probe.Get(kUsed) & 0xff) == ((data + 20) & 0xff), "posted data credits used");
  root->SetCredits(kNonPosted, 0, 0);
  for (uint32_t tag = 0; tag < 10; ++tag) sender.Send(false, from.at & ~3ull, 0, tag);
  root->Step(300);
  Credits less = room();
  Check(less.nph >= 22 && less.nph <= 24, "10 reads are held: %u free", less.nph);
  Check(less.ph == all.ph && less.pd == all.pd, "posted credits of reads");
  uint32_t completions = probe.Pulses(kCompletions);
  root->SetCredits(kNonPosted, kNever, kNever);
  probe.Count(kCompletions, completions + 10);
  Check(room().nph == 32, "non-posted headers do not come back");
  Check(probe.Pulses(kUsedHdr + 1) == hdr[1] + 10, "non-posted headers used");
  Check((probe.Get(kUsed) >> 8 & 0xff) == (data >> 8 & 0xff), "non-posted data credits of reads");
  uint32_t cpl = probe.Pulses(kUsedHdr + 2);
  for (int i = 0; i < 5; ++i) probe.Get(kLink);
  // and that of the count itself
  Check(probe.Pulses(kUsedHdr + 2) == cpl + 6, "completion headers used");
}

// P-tile: the sum of what was given.
void RunCreditsLimit(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  Sender sender(&probe);
  Buffer to(root, 0x9000000, 0, 4096, Memory::kWrite);
  uint32_t asked = 0;
  auto limit = [&](uint32_t idx) {
    root->Step(30);  // what went before is shown
    ++asked;
    return probe.Get(kRoom + idx / 2) >> 16 * (idx & 1) & 0xffff;
  };
  // far enough that headers count over 4096
  uint32_t over = 0, last = limit(0);
  for (int i = 0; i < 48; ++i) {
    uint32_t data = limit(4), reads = limit(1), completions = limit(2), was = asked, nr = 1 + env->rng->Below(255);
    sender.Send(true, to.at & ~3ull, 1, 0, nr);
    root->Step(500);
    uint32_t headers = limit(0);
    Check(((headers - last) & 0xfff) == nr && headers < 0x1000, "%u writes: limit of posted headers from %x to %x", nr, last,
          headers);
    over += headers < last;
    last = headers;
    uint32_t now = limit(4);
    Check(((now - data) & 0xffff) == nr, "%u writes: limit of posted data from %x to %x", nr, data, now);
    now = limit(1);
    Check(now == reads, "limit of non-posted headers from %x to %x", reads, now);
    now = limit(2);
    Check(((now - completions) & 0xfff) == asked - was, "limit of completion headers from %x to %x", completions, now);
  }
  Check(over == 1, "%x: posted headers went over 4095 %u times", last, over);
  // what the host does not take is not given back
  uint32_t before = limit(0);
  root->SetCredits(kPosted, 0, 0);
  sender.Send(true, to.at & ~3ull, 1, 0, 31);
  uint64_t writes = root->nr_writes;
  root->Step(300);
  Check(root->nr_writes == writes, "a write without the host's credits");
  root->SetCredits(kPosted, kNever, kNever);
  root->Step(300);
  Check(((limit(0) - before) & 0xfff) == 31, "limit of posted headers");
}

// What comes when rx_st_ready went away: all of the latency is used, and no more.
template <bool kPtile>
void RunRxReady(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  uint32_t latency = kPtile ? 27 : 17, total = 0;
  for (uint32_t i = 0; i < 12; ++i) {
    uint32_t hold = 100 + env->rng->Below(400), nr = 48 + env->rng->Below(40);
    probe.Set(kHold, hold | env->rng->Below(8) << 16);
    uint64_t from = root->cycle();
    for (uint32_t n = 0; n < nr; ++n) root->Write(probe.fn.bar(2).addr + 32 * n, Bytes(16));
    uint32_t state = probe.Get(kRx);
    Check(root->cycle() - from >= hold, "a read came through in %u cycles", static_cast<uint32_t>(root->cycle() - from));
    Check(state >> 16 == 0, "%u beats too late behind rx_st_ready", state >> 16);
    Check((state & 0xffff) == latency, "beats came for %u cycles, the ready latency is %u", state & 0xffff, latency);
    total += nr;
    probe.Count(kWrites, total);
    Check((probe.Get(kFlags) & 2) == 0, "the user's queue ran over");
  }
}

// The host takes no posted TLP until tx_st_ready is low.
void RunTxReady(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  Sender sender(&probe);
  Buffer to(root, 0x9000000, 0, 4096, Memory::kWrite);
  for (int i = 0; i < 4; ++i) {
    uint64_t writes = root->nr_writes;
    root->SetCredits(kPosted, 0, 0);
    sender.Send(true, to.at & ~3ull, 7, 0, 250);
    root->Step(1000);
    Check(root->nr_writes == writes, "a write without the host's credits");
    root->SetCredits(kPosted, kNever, kNever);
    Check(root->Until([&] { return root->nr_writes == writes + 250; }, 3000), "%llu writes of 250",
          static_cast<unsigned long long>(root->nr_writes - writes));
    uint32_t state = probe.Get(kTxState);
    Check((state & 0xffff) > 500, "tx_st_ready was low for %u cycles", state & 0xffff);
    Check(state >> 16 != 0, "nothing was sent within the ready latency");
  }
}

// A beat outside of the ready latency is told as the user's fault.
void RunRude(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  Sender sender(&probe);
  Buffer to(root, 0x9000000, 0, 4096, Memory::kWrite);
  root->SetCredits(kPosted, 0, 0);
  probe.Mistake("user RTL: tx_st_valid 3 cycles after a cycle without tx_st_ready",
                [&] { sender.Send(true, to.at & ~3ull, 7, 0, 250, kTxRude); });
}

void RunIntx(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  for (uint32_t i = 0; i < 5; ++i) {
    for (bool level : {true, false}) {
      probe.Set(kIntx, level);
      Check(root->Until([&] { return root->intx == level; }, 1000), "INTA stays at %u", !level);
      Check((root->CfgRead(4) >> 19 & 1) == level, "Interrupt Status is not %u", level);
    }
  }
  probe.Set(kIntx, 1);
  Check(root->Until([&] { return root->intx; }, 1000), "INTA is not asserted");
  root->CfgWrite(4, 0x406, 3);
  Check(root->Until([&] { return !root->intx; }, 1000), "INTA stays with Interrupt Disable");
  root->CfgWrite(4, 6, 3);
  Check(root->Until([&] { return root->intx; }, 1000), "INTA does not come back");
}

template <bool kPtile>
void RunStatus(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  uint16_t pcie = probe.fn.caps.at(kCapPcie);
  uint32_t link = probe.Get(kLink), speed = root->CfgRead(static_cast<uint16_t>(pcie + 16)) >> 16 & 0xf;
  Check((link & 0x3f) == 0x11 && (link >> 8 & 1) == 1, "link up, LTSSM in L0: %x", link);
  Check(kPtile ? (link >> 9 & 1) == 1 : (link >> 10 & 3) == speed, "dl_up or the speed of generation %u: %x", speed, link);
  for (uint32_t pending : {1u, 0u}) {
    probe.Set(kTrnPending, pending);
    probe.Get(kLink);
    Check((root->CfgRead(static_cast<uint16_t>(pcie + 8)) >> 21 & 1) == pending, "Transactions Pending");
  }
}

// Errors that the user's logic saw
void RunErrors(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  uint16_t aer = probe.fn.ext.at(kExtAer);
  struct Error {
    uint32_t info, status;
    uint8_t code;
  };
  EnableErrors(root, probe.fn);
  for (const Error& e : {Error{1u << 0, kAerMalformed, kErrFatal}, Error{1u << 2, kAerUnexpected, kErrNonfatal},
                         Error{1u << 3, kAerAbort, kErrNonfatal}, Error{1u << 4, kAerTimeout, kErrNonfatal},
                         Error{1u << 5, kAerUnsupported, kErrNonfatal}, Error{1u << 6, kAerPoison, kErrNonfatal},
                         Error{1u << 10 | 1u << 2, kAerUnexpected, kErrCor}}) {
    uint32_t hdr[4];
    for (uint32_t i = 0; i < 4; ++i) probe.Set(kErrHdr + i, hdr[i] = static_cast<uint32_t>(env->rng->Next()));
    size_t had = root->messages.size();
    probe.Set(kErr, e.info);
    Check(root->Until([&] { return root->messages.size() > had; }, 2000), "no message of error %x", e.info);
    root->Step(200);
    Check(root->messages.size() == had + 1 && root->messages.back().code == e.code, "message %x of error %x",
          root->messages.back().code, e.info);
    if (e.status != kAerTimeout) {
      for (uint32_t i = 0; i < 4; ++i) {
        uint32_t logged = root->CfgRead(static_cast<uint16_t>(aer + 0x1c + 4 * i));
        Check(logged == hdr[i], "header log %u of error %x: %08x, not %08x", i, e.info, logged, hdr[i]);
      }
    }
    uint32_t status = TakeAer(root, probe.fn);
    Check(status == e.status, "AER status %x of error %x", status, e.info);
  }
}

void RunFlr(Env* env) { Probe(env).LevelResets(kFlrDelay, kFlrCycles, kFlr); }

template <bool kPtile>
std::vector<Case> Cases() {
  return {{"probe_cfg", RunCfg<kPtile>},
          kPtile ? Case{"probe_msi_tlp", RunMsiTlp} : Case{"probe_msi", RunMsi},
          {"probe_requests", RunRequests},
          {"probe_credits", kPtile ? RunCreditsLimit : RunCreditsFree},
          {"probe_rx_ready", RunRxReady<kPtile>},
          {"probe_tx_ready", RunTxReady},
          {"probe_rude", RunRude},
          {"probe_intx", RunIntx},
          {"probe_status", RunStatus<kPtile>},
          {"probe_errors", RunErrors},
          {"probe_flr", RunFlr}};
}

}  // namespace

const std::vector<Case> kProbeHtileCases = Cases<false>();
const std::vector<Case> kProbePtileCases = Cases<true>();

}  // namespace tb
