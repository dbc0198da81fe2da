// SPDX-License-Identifier: Apache-2.0
// What surrounds the streams of an UltraScale or UltraScale+ block, by the registers of tests/iface/probe/probe_us.v.
#include <algorithm>
#include <set>

#include "cases/core_card.h"
#include "cases/probe.h"

namespace tb {
namespace {

// words that go out
enum : uint32_t {
  kMsiInt, kMsixLow, kMsixHigh, kMsixData, kMsixGo, kPending, kIntx, kMgmtAddr, kMgmtData, kMgmtGo, kFcSel, kNonPostedGo,
  kFlrDelay, kRqDesc, kRqData = 17, kRqUser, kRqGo, kPowerAck
};
// words that come in
enum : uint32_t {
  kSizes, kFunctionStatus, kPowerState, kLink, kFcPosted, kFcNonPosted, kFcCompletion, kIrqState, kMsiMask, kNpCount,
  kMgmtRead, kFlrCycles, kRoom, kRc, kFlags = 17
};
// pulses
enum : uint32_t {
  kMsiSent, kMsiFail, kMsixSent, kMsixFail, kIntxSent, kMaskUpdate, kSeq, kTag, kMgmtDone, kFlr = 10, kCor, kNonfatal,
  kFatal, kPower, kRcPackets
};

void SetMsix(Probe* probe, uint32_t bits) {
  probe->root->CfgWrite(probe->fn.caps.at(kCapMsix), bits << 30, 8);
}

void RunMsi(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  uint16_t at = probe.fn.caps.at(kCapMsi);
  // not enabled: refused
  probe.Set(kMsiInt, 1);
  probe.Count(kMsiFail, 1);
  Check((probe.Get(kIrqState) & 1) == 0 && root->interrupts.empty(), "an MSI that is not enabled");
  for (uint32_t log2 : {0u, 1u, 2u, 3u}) {
    probe.EnableMsi(log2);
    Check((probe.Get(kIrqState) & 0xf) == (log2 << 1 | 1), "msi_enable, mmenable with %u vectors", 1u << log2);
    for (uint32_t v = 0; v < 1u << log2; ++v) {
      uint32_t sent = probe.Pulses(kMsiSent);
      probe.Interrupts(1, [&] { probe.Set(kMsiInt, 1u << v); });
      Check(root->interrupts.back().addr == Probe::kMsiAt, "address of an MSI");
      Check(root->interrupts.back().data == (Probe::kMsiData | v), "data of MSI %u of %u", v, 1u << log2);
      probe.Count(kMsiSent, sent + 1);
    }
  }
  Check(probe.Pulses(kMsiFail) == 1, "msi_fail with MSI enabled");
  // masks: the user sees them; pending bits: the host does
  uint32_t updates = probe.Pulses(kMaskUpdate);
  root->CfgWrite(static_cast<uint16_t>(at + 16), 0xa4);
  Check(probe.Get(kMsiMask) == 0xa4, "cfg_interrupt_msi_data is %x", probe.Get(kMsiMask));
  probe.Count(kMaskUpdate, updates + 1);
  probe.Set(kPending, 0x24);
  Check(root->CfgRead(static_cast<uint16_t>(at + 20)) == 0x24, "MSI pending bits");
  probe.Set(kPending, 0);
  Check(root->CfgRead(static_cast<uint16_t>(at + 20)) == 0, "MSI pending bits stay");
  root->CfgWrite(at, 0, 4);
  probe.Set(kMsiInt, 2);
  probe.Count(kMsiFail, 2);
  // without bus mastering it waits
  probe.EnableMsi(2);
  root->CfgWrite(4, 2, 1);
  size_t had = root->interrupts.size();
  uint32_t sent = probe.Pulses(kMsiSent);
  probe.Set(kMsiInt, 4);
  root->Step(500);
  Check(root->interrupts.size() == had, "an MSI without Bus Master Enable");
  root->CfgWrite(4, 6, 1);
  Check(root->Until([&] { return root->interrupts.size() == had + 1; }, 2000), "no MSI behind Bus Master Enable");
  probe.Count(kMsiSent, sent + 1);
}

// the user's table: address and data are its own
void RunMsixUser(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  auto go = [&](uint64_t addr, uint32_t data) {
    probe.Set(kMsixLow, static_cast<uint32_t>(addr));
    probe.Set(kMsixHigh, static_cast<uint32_t>(addr >> 32));
    probe.Set(kMsixData, data);
    probe.Set(kMsixGo, 0);
  };
  go(kMsiWindow, 1);
  probe.Count(kMsiFail, 1);
  SetMsix(&probe, 2);
  Check((probe.Get(kIrqState) & 0x30) == 0x10, "msix_enable, msix_mask: %x", probe.Get(kIrqState));
  for (uint32_t i = 0; i < 20; ++i) {
    uint64_t addr = kMsiWindow + 4 * env->rng->Below(0x1000);
    uint32_t data = static_cast<uint32_t>(env->rng->Next());
    probe.Interrupts(1, [&] { go(addr, data); });
    Check(root->interrupts.back().addr == addr && root->interrupts.back().data == data, "an MSI-X write");
    probe.Count(kMsiSent, i + 1);
  }
  SetMsix(&probe, 3);
  Check((probe.Get(kIrqState) & 0x30) == 0x30, "msix_mask");
  size_t had = root->interrupts.size();
  go(kMsiWindow, 1);
  probe.Count(kMsiFail, 2);
  root->Step(300);
  Check(root->interrupts.size() == had, "an MSI-X write of a masked function");
}

// the block's table: vectors by number, with their masks and pending bits
void RunMsixBlock(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  uint32_t nr = probe.fn.msix_vectors;
  probe.Set(kMsixGo, 1);
  probe.Count(kMsiFail, 1);
  EnableMsix(root, probe.fn, nr, 0x900);
  for (uint32_t v = 0; v < nr; ++v) {
    probe.Interrupts(1, [&] { probe.Set(kMsixGo, v); });
    Check(root->interrupts.back().data == 0x900 + v, "data of vector %u", v);
    probe.Count(kMsiSent, v + 1);
  }
  // masked: pending, and sent when it is unmasked
  uint32_t v = nr - 1;
  uint64_t control = probe.fn.msix_table + 16 * v + 12;
  root->Write32(control, 1);
  Check(root->Read32(control) == 1, "a vector's mask");
  size_t had = root->interrupts.size();
  probe.Set(kMsixGo, v);
  root->Step(300);
  Check(root->interrupts.size() == had, "a masked vector");
  Check(root->Read32(probe.fn.msix_pba) == 1u << v, "pending bits %x", root->Read32(probe.fn.msix_pba));
  root->Write32(control, 0);
  Check(root->Until([&] { return root->interrupts.size() == had + 1; }, 2000), "nothing came of the pending bit");
  Check(root->Read32(probe.fn.msix_pba) == 0, "the pending bit stays");
  SetMsix(&probe, 3);
  probe.Set(kMsixGo, 0);
  root->Step(300);
  Check(root->interrupts.size() == had + 1, "an interrupt of a masked function");
  probe.Interrupts(1, [&] { SetMsix(&probe, 2); });
}

void RunIntx(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  for (uint32_t i = 0; i < 5; ++i) {
    probe.Set(kIntx, 1);
    probe.Count(kIntxSent, 2 * i + 1);
    Check(root->intx, "INTA is not asserted");
    Check((root->CfgRead(4) >> 16 & 8) != 0, "Interrupt Status is 0");
    probe.Set(kIntx, 0);
    probe.Count(kIntxSent, 2 * i + 2);
    Check(!root->intx, "INTA is not deasserted");
    Check((root->CfgRead(4) >> 16 & 8) == 0, "Interrupt Status is 1");
  }
  probe.Set(kIntx, 1);
  probe.Count(kIntxSent, 11);
  root->CfgWrite(4, 0x406, 3);
  Check(root->Until([&] { return !root->intx; }, 1000), "INTA stays with Interrupt Disable");
  Check((root->CfgRead(4) >> 16 & 8) != 0, "Interrupt Status with Interrupt Disable");
  Check((probe.Get(kFunctionStatus) & 0xf) == 0xe, "function status %x", probe.Get(kFunctionStatus));
  root->CfgWrite(4, 6, 3);
  Check(root->Until([&] { return root->intx; }, 1000), "INTA does not come back");
}

void RunMgmt(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  uint32_t done = 0;
  auto get = [&](uint32_t dw) {
    probe.Set(kMgmtAddr, dw);
    probe.Set(kMgmtGo, 2);
    probe.Count(kMgmtDone, ++done);
    return probe.Get(kMgmtRead);
  };
  for (uint32_t dw = 0; dw < 0x60; ++dw) {
    uint32_t want = root->CfgRead(static_cast<uint16_t>(4 * dw));
    uint32_t got = get(dw);
    Check(got == want, "cfg_mgmt of dword %x: %08x, the host reads %08x", dw, got, want);
  }
  // BAR3 (the upper half of BAR2): every byte can be written
  uint32_t was = root->CfgRead(0x1c);
  for (uint32_t i = 0; i < 32; ++i) {
    uint32_t be = env->rng->Below(16), value = static_cast<uint32_t>(env->rng->Next()), mask = 0;
    for (uint32_t b = 0; b < 4; ++b) mask |= (be >> b & 1) ? 0xffu << 8 * b : 0;
    probe.Set(kMgmtAddr, 7);
    probe.Set(kMgmtData, value);
    // the host asks at the same time
    std::vector<uint32_t> asked;
    for (uint32_t n = env->rng->Below(4); n > 0; --n) asked.push_back(root->Send(CfgRequest(false, root->bdf, 0, 15, 0)));
    probe.Set(kMgmtGo, 1 | be << 4);
    probe.Count(kMgmtDone, ++done);
    for (uint32_t handle : asked)
      Check(Little(root->Wait(handle).data) == (uint32_t{probe.fn.device} << 16 | probe.fn.vendor), "ids");
    was = (was & ~mask) | (value & mask);
    Check(root->CfgRead(0x1c) == was, "cfg_mgmt wrote bytes %x", be);
    Check(get(7) == was, "cfg_mgmt reads what it wrote");
  }
}

void RunStatus(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  uint16_t pcie = probe.fn.caps.at(kCapPcie), pm = probe.fn.caps.at(kCapPm);
  for (uint32_t mps = 0; mps < 3; ++mps) {
    for (uint32_t mrrs = 0; mrrs < 6; ++mrrs) {
      root->CfgWrite(static_cast<uint16_t>(pcie + 8), mps << 5 | mrrs << 12 | 0x10, 3);
      uint32_t sizes = probe.Get(kSizes);
      Check((sizes & 7) == mps && (sizes >> 16 & 7) == mrrs, "max payload %u, max read request %u: %x", mps, mrrs, sizes);
    }
  }
  // PG213 counts lanes as 2^n, PG156 as one bit each; so too with the speed
  uint32_t link = root->CfgRead(static_cast<uint16_t>(pcie + 16)) >> 16;
  uint32_t lanes = link >> 4 & 0x3f, gen = link & 0xf, sizes = probe.Get(kSizes);
  uint32_t width = sizes >> 3 & 0xf, speed = sizes >> 7 & 7;
  Check((width == lanes && speed == 1u << (gen - 1)) || (1u << width == lanes && speed == gen - 1),
        "width %x, speed %x of a link with %u lanes of generation %u", width, speed, lanes, gen);
  Check((probe.Get(kFunctionStatus) & 0xf) == 6, "function status");
  Check((probe.Get(kPowerState) & 7) == 1, "power state %x in D0", probe.Get(kPowerState));
  uint32_t state = probe.Get(kLink);
  Check((state & 0x3f3f) == 0x1036 && (state >> 16 & 0xff) == uint32_t{root->bdf} >> 8, "link state %x", state);
  // D3hot and back, each told once
  probe.Set(kPowerAck, 1);
  uint32_t told = probe.Pulses(kPower);
  root->CfgWrite(static_cast<uint16_t>(pm + 4), 3, 3);
  root->Step(200);
  root->CfgWrite(static_cast<uint16_t>(pm + 4), 0, 3);
  root->Step(200);
  root->CfgWrite(4, 6, 3);
  probe.Count(kPower, told + 2);
  // errors of the host's requests: a read is advisory, a write is not; malformed ones are fatal
  EnableErrors(root, probe.fn);
  Check(root->Ask(MemRead(0x10000, 4)).status == kUnsupported, "a read beside the BARs");
  probe.Count(kCor, 1);
  root->Write(0x10000, Bytes(4));
  probe.Count(kNonfatal, 1);
  Check(std::count_if(root->messages.begin(), root->messages.end(),
                      [](const MessageIn& m) { return m.code == kErrCor || m.code == kErrNonfatal; }) == 2,
        "error messages");
  Check(probe.Pulses(kFatal) == 0, "cfg_err_fatal_out");
}

void RunFlowControl(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  struct Shown {
    uint32_t ph, pd, nph, npd, ch, cd;
  };
  auto show = [&](uint32_t sel) {
    probe.Set(kFcSel, sel);
    uint32_t p = probe.Get(kFcPosted), n = probe.Get(kFcNonPosted), c = probe.Get(kFcCompletion);
    return Shown{p & 0xff, p >> 8, n & 0xff, n >> 8, c & 0xff, c >> 8};
  };
  uint64_t window = probe.fn.bar(2).addr;
  Shown before = show(2);
  for (uint32_t i = 0; i < 10; ++i) root->Write(window, Bytes(4 + 4 * i));
  Shown after = show(2);
  // ten writes of 1 to 10 dwords, and that of the selector; three words were read between
  Check(((after.ph - before.ph) & 0xff) == 11, "posted headers");
  Check(((after.pd - before.pd) & 0xfff) == 19, "posted data: %u", (after.pd - before.pd) & 0xfff);
  Check(((after.nph - before.nph) & 0xff) == 3 && after.npd == before.npd, "non-posted headers");
  Shown limit = show(1), room = show(0);
  Check(((limit.ph - after.ph) & 0xff) == ((room.ph + 1) & 0xff), "limit of posted headers");
  Check(room.ph != 0 && room.pd != 0 && room.nph != 0 && room.ch != 0, "room");
  // what the card sends: completions of its registers, one dword each
  before = show(6);
  root->Read(window, 4);
  root->Read(window, 4);
  after = show(6);
  Check(((after.ch - before.ch) & 0xff) == 5 && ((after.cd - before.cd) & 0xfff) == 5, "completions sent: %u %u",
        (after.ch - before.ch) & 0xff, (after.cd - before.cd) & 0xfff);
  Check(after.ph == before.ph && after.nph == before.nph, "requests that nobody sent");
  limit = show(5);
  room = show(4);
  // the completions of three words are between
  Check(((limit.nph - after.nph) & 0xff) == room.nph, "limit of non-posted requests");
  Shown none = show(7);
  Check((none.ph | none.pd | none.nph | none.npd | none.ch | none.cd) == 0, "selector 7");
}

// Requests that the user has not asked for wait; posted ones pass them.
void NonPosted(Env* env, const std::vector<long>& counts) {
  Probe probe(env);
  Root* root = env->root;
  Check(probe.Get(kNpCount) == 32, "np_req_count is %u", probe.Get(kNpCount));
  root->extended_tags = true;
  probe.Set(kNonPostedGo, 1);
  root->Step(100);
  std::vector<uint32_t> asked;
  for (int i = 0; i < 48; ++i) asked.push_back(root->Send(MemRead(probe.at, 4)));
  auto done = [&] { return std::count_if(asked.begin(), asked.end(), [&](uint32_t h) { return root->IsDone(h); }); };
  root->Step(3000);
  Check(done() == 32, "%ld reads of 32", static_cast<long>(done()));
  long want = 32;
  for (uint32_t go = 0; go < 4; ++go) {
    probe.Set(kNonPostedGo, 1 | go << 2);
    root->Step(1000);
    want += counts[go];
    Check(done() == want, "np_req %u: %ld reads, not %ld", go, static_cast<long>(done()), want);
  }
  probe.Set(kNonPostedGo, 0);
  for (uint32_t handle : asked) root->Wait(handle);
}

// a pulse of UltraScale's one bit is a request; in the two of UltraScale+ 1 is one, 2 and 3 are two
void RunNonPosted(Env* env) { NonPosted(env, {0, 1, 0, 1}); }
void RunNonPostedPlus(Env* env) { NonPosted(env, {0, 1, 2, 2}); }

// FLR lasts until the user is done, and the card answers nothing before.
void RunFlr(Env* env) { Probe(env).LevelResets(kFlrDelay, kFlrCycles, kFlr); }

// Packets on RQ: tags, sequence numbers, what RC says.
class Requests {
 public:
  Requests(Probe* probe, bool client_tag) : probe_(probe), client_tag_(client_tag) {}

  void Send(bool write, uint64_t addr, uint32_t data, uint32_t seq, uint32_t tag) {
    probe_->Set(kRqDesc, static_cast<uint32_t>(addr));
    probe_->Set(kRqDesc + 1, static_cast<uint32_t>(addr >> 32));
    probe_->Set(kRqDesc + 2, 1 | (write ? 1u << 11 : 0));
    probe_->Set(kRqDesc + 3, tag);
    probe_->Set(kRqData, data);
    probe_->Set(kRqUser, 0xf | (seq & 15) << 8 | (seq >> 4) << 12);
    uint32_t was = probe_->Pulses(kSeq), tags = probe_->Pulses(kTag);
    probe_->Set(kRqGo, write);
    probe_->Count(kSeq, was + 1);
    Check(probe_->Value(kSeq) == seq, "sequence number %x of %x", probe_->Value(kSeq), seq);
    probe_->Count(kTag, tags + (write || client_tag_ ? 0 : 1));
  }

 private:
  Probe* probe_;
  bool client_tag_;
};

void RunRequests(Env* env, bool client_tag, bool plus) {
  // UltraScale: 4 and 2 bits
  uint32_t max_seq = plus ? 63 : 15, most_av = plus ? 15 : 3;
  Probe probe(env);
  Root* root = env->root;
  Buffer from(root, 0x7000000, 0, 4096, Memory::kRead);
  Buffer to(root, 0x900000000, 0, 4096, Memory::kWrite);
  from.Fill(root);
  Requests rq(&probe, client_tag);
  for (uint32_t i = 0; i < 24; ++i) {
    uint32_t place = 4 * env->rng->Below(1024), seq = env->rng->Below(max_seq + 1);
    uint32_t value = static_cast<uint32_t>(env->rng->Next());
    rq.Send(true, to.at + place, value, seq, 0);
    Check(root->Until([&] { return Little(root->memory.Get(to.at + place, 4)) == value; }, 2000), "a write of RQ");
    uint32_t packets = probe.Pulses(kRcPackets), tag = env->rng->Below(32);
    rq.Send(false, from.at + place, 0, seq, tag);
    probe.Count(kRcPackets, packets + 1);
    uint32_t want = static_cast<uint32_t>(Little(root->memory.Get(from.at + place, 4)));
    Check(probe.Get(kRc + 3) == want, "data of RC");
    uint32_t d0 = probe.Get(kRc), d1 = probe.Get(kRc + 1), d2 = probe.Get(kRc + 2);
    Check((d0 & 0xfff) == ((from.at + place) & 0xfff) && (d0 >> 12 & 0xf) == 0 && (d0 >> 16 & 0x1fff) == 4 && (d0 >> 30 & 1) == 1,
          "RC descriptor %08x", d0);
    Check((d1 & 0x7ff) == 1 && (d1 >> 11 & 7) == 0 && d1 >> 16 == root->bdf, "RC descriptor %08x", d1);
    Check((d2 & 0xff) == (client_tag ? tag : probe.Value(kTag)), "tag %x of RC", d2 & 0xff);
    Check((d2 >> 8 & 0xffff) == root->host_id, "completer of RC");
  }
  // those that are open have tags of their own
  std::set<uint32_t> tags;
  root->plan = [&](const Tlp&) {
    Plan plan;
    plan.delay = 100000;
    return plan;
  };
  uint32_t packets = probe.Pulses(kRcPackets);
  for (uint32_t i = 0; i < 32; ++i) {
    uint32_t av = probe.Get(kRoom) & 0xf;
    Check(av == std::min(32 - i, most_av), "%u tags available with %u open", av, i);
    rq.Send(false, from.at + 4 * i, 0, i & max_seq, i);
    if (!client_tag) Check(tags.insert(probe.Value(kTag)).second, "tag %x twice", probe.Value(kTag));
  }
  Check((probe.Get(kRoom) & 0xf) == 0, "a tag is available with 32 open");
  Check(root->nr_card_reads() == 32, "%zu reads open", root->nr_card_reads());
  Check(root->Until([&] { return root->nr_card_reads() == 0; }, 300000), "reads stay open");
  root->plan = nullptr;
  probe.Count(kRcPackets, packets + 32);
}

// Errors of completions: one that nobody waits for is advisory, a poisoned one is not.
void RunErrors(Env* env, bool client_tag) {
  Probe probe(env);
  Root* root = env->root;
  Buffer from(root, 0x7000000, 0, 4096, Memory::kRead);
  from.Fill(root);
  EnableErrors(root, probe.fn);
  auto told = [&](uint8_t code, uint32_t status, size_t had) {
    Check(root->Until([&] { return root->messages.size() > had; }, 2000), "no message of error %x", status);
    root->Step(200);
    Check(root->messages.size() == had + 1 && root->messages.back().code == code, "message %x of error %x",
          root->messages.back().code, status);
    uint32_t got = TakeAer(root, probe.fn);
    Check(got == status, "AER status %x, not %x", got, status);
  };
  Requests rq(&probe, client_tag);
  root->plan = [](const Tlp&) {
    Plan plan;
    plan.fault = Plan::kPoison;
    return plan;
  };
  for (uint32_t i = 0; i < 4; ++i) {
    size_t had = root->messages.size();
    uint32_t packets = probe.Pulses(kRcPackets);
    rq.Send(false, from.at + 4 * i, 0, 0, i);
    probe.Count(kRcPackets, packets + 1);
    Check((probe.Get(kRc) >> 12 & 0xf) == 1, "error code of a poisoned completion");
    told(kErrNonfatal, kAerPoison, had);
  }
  root->plan = nullptr;
  Tlp cpl;
  cpl.kind = Kind::kCpl;
  cpl.has_data = true;
  cpl.length = 1;
  cpl.byte_count = 4;
  cpl.requester = root->bdf;
  cpl.tag = 3;
  cpl.data = Bytes(4, 0x77);
  size_t had = root->messages.size();
  root->SendRaw(kCompletion, Encode(cpl));
  told(kErrCor, kAerUnexpected, had);
}

// A packet of RQ with one dword that says it has two
void RunWrong(Env* env) {
  Probe probe(env);
  Buffer to(env->root, 0x900000000, 0, 4096, Memory::kWrite);
  probe.Set(kRqDesc, static_cast<uint32_t>(to.at & ~3ull));
  probe.Set(kRqDesc + 1, static_cast<uint32_t>(to.at >> 32));
  probe.Set(kRqDesc + 2, 2 | 1u << 11);
  probe.Set(kRqUser, 0xff);
  probe.Mistake("user RTL: RQ: the payload is not as long as the descriptor says", [&] { probe.Set(kRqGo, 1); });
}

void RunErrorsBlock(Env* env) { RunErrors(env, false); }
void RunErrorsClient(Env* env) { RunErrors(env, true); }
void RunTags(Env* env) { RunRequests(env, false, false); }
void RunTagsPlus(Env* env) { RunRequests(env, false, true); }
void RunClientTags(Env* env) { RunRequests(env, true, false); }
void RunClientTagsPlus(Env* env) { RunRequests(env, true, true); }

}  // namespace

std::vector<Case> ProbeUsCases(bool plus, bool user) {
  std::vector<Case> all = {{"probe_msi", RunMsi}, {"probe_intx", RunIntx}, {"probe_mgmt", RunMgmt},
                           {"probe_status", RunStatus}, {"probe_fc", RunFlowControl}, {"probe_flr", RunFlr},
                           {"probe_wrong", RunWrong}};
  all.push_back({"probe_np_req", plus ? RunNonPostedPlus : RunNonPosted});
  all.push_back({"probe_errors", user ? RunErrorsClient : RunErrorsBlock});
  all.push_back(user ? Case{"probe_msix_user", RunMsixUser} : Case{"probe_msix_block", RunMsixBlock});
  all.push_back({"probe_requests", user ? (plus ? RunClientTagsPlus : RunClientTags) : plus ? RunTagsPlus : RunTags});
  return all;
}

}  // namespace tb
