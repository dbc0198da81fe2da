// SPDX-License-Identifier: Apache-2.0
// What surrounds the streams of a 7-series block, by the registers of tests/iface/probe/probe_7series.v.
#include <algorithm>

#include "cases/core_card.h"
#include "cases/probe.h"

namespace tb {
namespace {

// words that go out
enum : uint32_t { kInt, kMgmtAddr, kMgmtData, kMgmtGo, kFcSel, kHoldNp, kTx, kTxData = 9, kTxGo, kTrnPending };
// words that come in
enum : uint32_t { kCommand, kLink, kNumber, kFcPosted, kFcNonPosted, kFcCompletion, kIrqState, kMgmtRead, kGot, kBuffers = 12 };
// pulses
enum : uint32_t { kIntRdy, kMgmtDone, kFlr, kCompletions, kErrDrop };

constexpr uint32_t kRaise = 3, kDrop = 1;  // of kInt; what kDi counts up is in bits 15 to 8

void RunMsi(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  uint32_t taken = 0;
  for (uint32_t log2 : {0u, 1u, 2u, 3u}) {
    probe.EnableMsi(log2);
    uint32_t state = probe.Get(kIrqState);
    Check((state & 0xf) == (log2 << 1 | 1) && (state >> 8 & 0xff) == 0xb0, "msienable, mmenable, do: %x", state);
    for (uint32_t v = 0; v < 1u << log2; ++v) {
      probe.Interrupts(1, [&] { probe.Set(kInt, 1 | v << 8); });
      Check(root->interrupts.back().addr == Probe::kMsiAt && root->interrupts.back().data == (Probe::kMsiData | v),
            "MSI %u of %u: %x", v, 1u << log2, root->interrupts.back().data);
      probe.Count(kIntRdy, ++taken);
    }
  }
  // without bus mastering it waits, and is not ready before
  root->CfgWrite(4, 2, 1);
  size_t had = root->interrupts.size();
  probe.Set(kInt, 1 | 2 << 8);
  root->Step(500);
  Check(root->interrupts.size() == had, "an MSI without Bus Master Enable");
  Check(probe.Pulses(kIntRdy) == taken, "cfg_interrupt_rdy of an MSI that was not sent");
  root->CfgWrite(4, 6, 1);
  Check(root->Until([&] { return root->interrupts.size() == had + 1; }, 2000), "no MSI behind Bus Master Enable");
  probe.Count(kIntRdy, taken + 1);
  Check(!root->intx, "INTA with MSI enabled");
}

void RunIntx(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  for (uint32_t i = 0; i < 5; ++i) {
    probe.Set(kInt, kRaise);
    probe.Count(kIntRdy, 2 * i + 1);
    Check(root->Until([&] { return root->intx; }, 1000), "INTA is not asserted");
    Check((root->CfgRead(4) >> 16 & 8) != 0, "Interrupt Status is 0");
    probe.Set(kInt, kDrop);
    probe.Count(kIntRdy, 2 * i + 2);
    Check(root->Until([&] { return !root->intx; }, 1000), "INTA is not deasserted");
    Check((root->CfgRead(4) >> 16 & 8) == 0, "Interrupt Status is 1");
  }
  probe.Set(kInt, kRaise);
  root->CfgWrite(4, 0x406, 3);
  Check(root->Until([&] { return !root->intx; }, 1000), "INTA stays with Interrupt Disable");
  Check((probe.Get(kCommand) & 0xffff) == 0x406, "cfg_command %x", probe.Get(kCommand));
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
    uint32_t want = root->CfgRead(static_cast<uint16_t>(4 * dw)), got = get(dw);
    Check(got == want, "cfg_mgmt of dword %x: %08x, the host reads %08x", dw, got, want);
  }
  // Cache Line Size
  for (uint32_t value : {0x5au, 0xffu, 0u}) {
    probe.Set(kMgmtAddr, 3);
    probe.Set(kMgmtData, value);
    probe.Set(kMgmtGo, 1 | 1 << 4);
    probe.Count(kMgmtDone, ++done);
    Check((root->CfgRead(0xc) & 0xff) == value && (get(3) & 0xff) == value, "cfg_mgmt wrote %x", value);
  }
}

void RunStatus(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  uint16_t pcie = probe.fn.caps.at(kCapPcie), pm = probe.fn.caps.at(kCapPm);
  for (uint32_t mps = 0; mps < 3; ++mps) {
    for (uint32_t mrrs = 0; mrrs < 6; ++mrrs) {
      uint32_t control = mps << 5 | mrrs << 12 | 0x100;
      root->CfgWrite(static_cast<uint16_t>(pcie + 8), control, 3);
      uint32_t shown = probe.Get(kCommand) >> 16;
      Check((shown & 0x71e0) == control, "cfg_dcommand %x, written %x", shown, control);
    }
  }
  Check(probe.Get(kNumber) == root->bdf, "cfg_bus_number and so on: %x", probe.Get(kNumber));
  uint32_t link = probe.Get(kLink), status = root->CfgRead(static_cast<uint16_t>(pcie + 16)) >> 16;
  Check((link & 0xffff) == status, "cfg_lstatus %x, the host reads %x", link & 0xffff, status);
  Check(link >> 16 == 0x300, "link state %x", link >> 16);
  Check((probe.Get(kBuffers) & 0x33f) == 32, "tx_buf_av, tx_err_drop, tx_cfg_req: %x", probe.Get(kBuffers));
  // Transactions Pending
  for (uint32_t pending : {1u, 0u}) {
    probe.Set(kTrnPending, pending);
    probe.Get(kCommand);
    Check((root->CfgRead(static_cast<uint16_t>(pcie + 8)) >> 21 & 1) == pending, "Transactions Pending");
  }
  root->CfgWrite(static_cast<uint16_t>(pm + 4), 3, 3);
  root->CfgWrite(static_cast<uint16_t>(pm + 4), 0, 3);
  root->CfgWrite(4, 6, 3);
  Check((probe.Get(kLink) >> 20 & 3) == 0, "cfg_pmcsr_powerstate in D0");
}

void RunFlowControl(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  auto posted = [&](uint32_t sel) {
    probe.Set(kFcSel, sel);
    return probe.Get(kFcPosted);
  };
  uint32_t before = posted(2);
  for (uint32_t i = 0; i < 10; ++i) root->Write(probe.fn.bar(2).addr, Bytes(4 + 4 * i));
  uint32_t after = posted(2);
  Check(((after - before) & 0xff) == 11 && ((after >> 8) - (before >> 8)) == 19, "posted credits: %x %x", before, after);
  uint32_t limit = posted(1), room = posted(0);
  Check(((limit - after) & 0xff) == ((room + 1) & 0xff), "limit of posted headers");
  probe.Set(kFcSel, 6);
  uint32_t sent = probe.Get(kFcCompletion);
  Check(probe.Get(kFcCompletion) - sent == (1 << 8 | 1), "completions sent");
  Check(probe.Get(kFcPosted) == 0 && probe.Get(kFcNonPosted) == 0, "requests that nobody sent");
  Check(posted(7) == 0, "selector 7");
}

// rx_np_ok: non-posted requests wait, posted ones pass them
void RunNonPosted(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  for (int i = 0; i < 10; ++i) {
    probe.Set(kHoldNp, 1);
    root->Step(50);
    uint32_t handle = root->Send(MemRead(probe.at, 4));
    uint32_t other = root->Send(MemRead(probe.at, 4));
    root->Step(500);
    Check(!root->IsDone(handle) && !root->IsDone(other), "a read without rx_np_ok");
    probe.Set(kHoldNp, 0);
    root->Wait(handle, 1000);
    root->Wait(other, 1000);
  }
}

// The card's own requests: its tags, completions as they are
void RunRequests(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  Buffer from(root, 0x7000000, 0, 4096, Memory::kRead);
  Buffer to(root, 0x9000000, 0, 4096, Memory::kWrite);
  from.Fill(root);
  auto send = [&](bool write, uint64_t addr, uint32_t data, uint32_t tag) {
    probe.Set(kTx, (write ? 1u << 30 : 0) | 1);
    probe.Set(kTx + 1, uint32_t{root->bdf} << 16 | tag << 8 | 0xf);
    probe.Set(kTx + 2, static_cast<uint32_t>(addr));
    probe.Set(kTxData, data);
    probe.Set(kTxGo, write);
  };
  for (uint32_t i = 0; i < 24; ++i) {
    uint32_t place = 4 * env->rng->Below(1024), tag = env->rng->Below(32), value = static_cast<uint32_t>(env->rng->Next());
    uint64_t write_at = (to.at & ~3ull) + 4 + (place & 0xf00), read_at = (from.at & ~3ull) + 4 + (place & 0xf00);
    send(true, write_at, value, 0);
    Check(root->Until([&] { return Little(root->memory.Get(write_at, 4)) == value; }, 2000), "a write");
    send(false, read_at, 0, tag);
    probe.Count(kCompletions, i + 1);
    uint32_t h0 = probe.Get(kGot), h1 = probe.Get(kGot + 1), h2 = probe.Get(kGot + 2), data = probe.Get(kGot + 3);
    uint32_t want = static_cast<uint32_t>(Little(root->memory.Get(read_at, 4)));
    Check((h0 & 0xff0003ff) == 0x4a000001 && (h1 & 0xffff) == 4, "completion %08x %08x", h0, h1);
    Check(h2 == (uint32_t{root->bdf} << 16 | tag << 8 | (read_at & 0x7f)), "completion %08x", h2);
    Check(__builtin_bswap32(data) == want, "data %08x, memory has %08x", data, want);
  }
  Check(probe.Pulses(kErrDrop) == 0, "tx_err_drop");
}

// A packet with one dword whose header says two
void RunWrong(Env* env) {
  Probe probe(env);
  Buffer to(env->root, 0x9000000, 0, 4096, Memory::kWrite);
  probe.Set(kTx, 1u << 30 | 2);
  probe.Set(kTx + 1, uint32_t{env->root->bdf} << 16 | 0xff);
  probe.Set(kTx + 2, static_cast<uint32_t>(to.at & ~3ull));
  probe.Mistake("user RTL: s_axis_tx: the packet is not as long as its header says", [&] { probe.Set(kTxGo, 1); });
}

void RunFlr(Env* env) {
  Probe probe(env);
  Root* root = env->root;
  probe.Set(kMgmtData, 0x77);
  LevelReset(root, probe.fn);
  Check((root->CfgRead(4) & 6) == 0, "Command after a reset");
  probe.fn = Enumerate(root);
  Check(probe.Pulses(kFlr) == 1, "cfg_received_func_lvl_rst came %u times", probe.Pulses(kFlr));
}

}  // namespace

const std::vector<Case> kProbe7seriesCases = {
    {"probe_msi", RunMsi},       {"probe_intx", RunIntx},      {"probe_mgmt", RunMgmt},     {"probe_status", RunStatus},
    {"probe_fc", RunFlowControl}, {"probe_np_ok", RunNonPosted}, {"probe_requests", RunRequests},
    {"probe_flr", RunFlr},       {"probe_wrong", RunWrong}};

}  // namespace tb
