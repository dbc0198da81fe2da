// SPDX-License-Identifier: Apache-2.0
// A card of several functions (examples/card/functions): what is one function's is not another's.
#include <algorithm>

#include "cases/core_card.h"

namespace tb {
namespace {

constexpr uint64_t kHostStep = 0x1000000;  // host memory of function n begins at n + 1 times this
constexpr uint32_t kScratch = 0x08, kTest = 0x28, kPending = 0x2c;

// All functions, each with an example card's registers.
class Cards {
 public:
  explicit Cards(Env* env) : root_(env->root), env_(env) {
    root_->PowerOn();
    base_ = root_->bdf;
    for (uint32_t n = 0; n < env->functions; ++n) {
      Select(n);
      fn.push_back(Enumerate(root_, 0xc0000000 + 0x1000000ull * n, 0x4000000000 + 0x100000000ull * n));
      root_->CfgWrite(static_cast<uint16_t>(fn[n].caps.at(kCapPcie) + 8), 0x2810, 3);
    }
    root_->mps = 128;
    root_->mrrs = 512;
    root_->owner = [this](uint64_t addr) { return Owner(addr); };
    root_->on_request = [this](const Tlp& tlp) { Judge(tlp); };
    Select(0);
  }
  ~Cards() { Select(0); }

  // Configuration accesses go to function @n from now on.
  void Select(uint32_t n) { root_->bdf = static_cast<uint16_t>(base_ | n); }
  uint64_t At(uint32_t n) const { return fn[n].bar(0).addr; }
  uint32_t nr() const { return static_cast<uint32_t>(fn.size()); }

  void EnableVectors() {
    for (uint32_t n = 0; n < nr(); ++n) {
      Select(n);
      EnableMsix(root_, fn[n], 4, 0x1000 * (n + 1));
    }
    Select(0);
  }

  // A transfer between the host and the card's memory, with vector 1 at its end.
  void Start(uint32_t n, uint64_t host, uint32_t card, uint32_t bytes, bool to_host) {
    root_->Write32(At(n) + 0x10, static_cast<uint32_t>(host));
    root_->Write32(At(n) + 0x14, static_cast<uint32_t>(host >> 32));
    root_->Write32(At(n) + 0x18, bytes);
    root_->Write32(At(n) + 0x1c, card);
    root_->Write32(At(n) + 0x20, 1 | (to_host ? 2 : 0) | 1 << 8);
  }
  void WaitDone(uint32_t n) {
    for (int i = 0; i < 4000; ++i) {
      uint32_t status = root_->Read32(At(n) + 0x24);
      if (status & 2) {
        Check(status == 2, "function %u: the transfer has status %x", n, status);
        root_->Write32(At(n) + 0x24, 2);
        return;
      }
      root_->Step(100);
    }
    Fail("function %u: the transfer does not end", n);
  }
  // There and back, all functions of @mask at once.
  void Copies(uint32_t mask, uint32_t bytes) {
    std::vector<Buffer> from, to;
    std::vector<Bytes> data;
    for (uint32_t n = 0; n < nr(); ++n) {
      from.emplace_back(root_, HostAt(n), env_->rng->Below(300), bytes, Memory::kRead);
      to.emplace_back(root_, HostAt(n) + kHostStep / 2, env_->rng->Below(300), bytes, Memory::kWrite);
      from[n].Fill(root_);
      data.push_back(root_->memory.Get(from[n].at, bytes));
    }
    for (bool to_host : {false, true}) {
      for (uint32_t n = 0; n < nr(); ++n)
        if (mask >> n & 1) Start(n, to_host ? to[n].at : from[n].at, 16 * n, bytes, to_host);
      for (uint32_t n = 0; n < nr(); ++n)
        if (mask >> n & 1) WaitDone(n);
    }
    root_->Drain();
    for (uint32_t n = 0; n < nr(); ++n) {
      if (mask >> n & 1)
        to[n].CheckHas(root_, data[n]);
      else
        to[n].CheckUntouched(root_);
      root_->memory.Unmap(from[n].base);
      root_->memory.Unmap(to[n].base);
    }
  }
  static uint64_t HostAt(uint32_t n) { return (n + 1) * kHostStep + (n % 2 ? 0x900000000 : 0); }

  std::vector<Function> fn;
  uint32_t off = 0;  // functions that decode no memory

 private:
  unsigned Owner(uint64_t addr) const {
    for (uint32_t n = 0; n < fn.size(); ++n)
      for (const Bar& bar : fn[n].bars)
        if (!(off >> n & 1) && addr >= bar.addr && addr < bar.addr + bar.bytes) return n;
    return 0;
  }
  // Each function asks for its own memory, and with its own vectors.
  void Judge(const Tlp& tlp) const {
    uint32_t n = tlp.requester & 7;
    if (tlp.kind != Kind::kMRd && tlp.kind != Kind::kMWr) return;
    if (tlp.addr >= kMsiWindow && tlp.addr < kMsiWindow + kMsiWindowBytes)
      Check(Little(tlp.data) / 0x1000 == n + 1, "the vector of another function: %s", ToText(tlp).c_str());
    else
      Check(tlp.addr >= HostAt(n) && tlp.addr < HostAt(n) + kHostStep, "the memory of another function: %s",
            ToText(tlp).c_str());
  }

  Root* root_;
  Env* env_;
  uint16_t base_;
};

// Before any write: who is there says so, who is not there gets one refusal.
void RunScan(Env* env) {
  Root* root = env->root;
  root->PowerOn();
  for (uint16_t n = 0; n < 8; ++n) {
    Answer a = root->Ask(CfgRequest(false, static_cast<uint16_t>(root->bdf | n), 0xc, 15, 0));
    if (n < env->functions)
      Check(a.status == kSuccess && (Little(a.data) >> 16 & 0xff) == 0x80, "function %u: header type", n);
    else
      Check(a.status == kUnsupported, "function %u has status %d", n, a.status);
  }
  for (bool write : {false, true}) {
    Answer a = root->Ask(CfgRequest(write, static_cast<uint16_t>(root->bdf | 7), 4, 3, 6));
    Check(a.status == (env->functions == 8 ? kSuccess : kUnsupported), "function 7 has status %d", a.status);
  }
  root->Step(500);
}

// Reads and writes of all functions under way at once.
void RunRegisters(Env* env) {
  Root* root = env->root;
  Cards cards(env);
  std::vector<uint32_t> want(cards.nr());
  for (uint32_t i = 0; i < env->rounds; ++i) {
    root->Randomize();
    for (uint32_t k = 0; k < 8; ++k) {
      uint32_t n = env->rng->Below(cards.nr());
      want[n] = static_cast<uint32_t>(env->rng->Next());
      root->Write32(cards.At(n) + kScratch, want[n]);
    }
    // no read passes the writes, whichever function it is for
    std::vector<std::pair<uint32_t, uint32_t>> open;
    for (uint32_t k = 0; k < 16; ++k) {
      uint32_t n = env->rng->Below(cards.nr());
      open.push_back({root->Send(MemRead(cards.At(n) + kScratch, 4)), want[n]});
    }
    for (auto& [handle, value] : open)
      Check(Little(root->Wait(handle).data) == value, "a register of another function, or of another time");
  }
}

// What no function claims: one refusal, by function 0, which has it in its AER alone.
void RunNobody(Env* env) {
  Root* root = env->root;
  Cards cards(env);
  for (uint32_t n = 0; n < cards.nr(); ++n) {
    cards.Select(n);
    EnableErrors(root, cards.fn[n]);
    TakeAer(root, cards.fn[n]);
  }
  cards.Select(0);
  size_t before = root->messages.size();
  Check(root->Ask(MemRead(0xdeadb000, 4)).status == kUnsupported, "a read of nobody's address");
  root->Write32(0xdeadb000, 1);
  root->Step(500);
  Check(root->messages.size() == before + 2, "%zu messages for two errors", root->messages.size() - before);
  for (uint32_t n = 0; n < cards.nr(); ++n) {
    cards.Select(n);
    Check((TakeAer(root, cards.fn[n]) == kAerUnsupported) == (n == 0), "function %u: AER", n);
  }
  // one function's own decode is switched off: its address is nobody's, the others' are not
  root->CfgWrite(4, 0x144, 3);
  cards.off = 1u << (cards.nr() - 1);
  Check(root->Ask(MemRead(cards.At(cards.nr() - 1), 4)).status == kUnsupported, "Memory Space Enable is 0");
  Check(root->Read32(cards.At(0)) == 0x52495352, "ID of function 0");
}

void RunTraffic(Env* env) {
  Root* root = env->root;
  Cards cards(env);
  cards.EnableVectors();
  uint32_t all = (1u << cards.nr()) - 1;
  for (uint32_t i = 0; i < env->rounds / 8 + 4; ++i) {
    root->Randomize();
    size_t before = root->interrupts.size();
    cards.Copies(all, 1 + env->rng->Below(i % 4 ? 3000 : 12000));
    Check(root->interrupts.size() == before + 2 * cards.nr(), "%zu interrupts", root->interrupts.size() - before);
  }
}

// Reads that a function does not take for long, while posted TLPs go by, need no more of these to be answered.
void RunHeld(Env* env) {
  Root* root = env->root;
  Cards cards(env);
  root->SetCredits(kCompletion, 0, 0);
  std::vector<uint32_t> reads;
  for (uint32_t i = 0; i < 30; ++i) reads.push_back(root->Send(MemRead(cards.At(0), 4)));
  root->Step(1000);
  Check(root->model()->Waiting(kNonPosted) != 0, "the card took all of the reads");
  for (uint32_t i = 0; i < 160; ++i) root->Write32(cards.At(i % cards.nr()) + kScratch, i);
  Check(root->Until([&] { return root->model()->Waiting(kPosted) == 0; }, 20000), "posted TLPs wait for the reads");
  root->Step(1000);
  root->SetCredits(kCompletion, kNever, kNever);
  for (uint32_t handle : reads) Check(Little(root->Wait(handle).data) == 0x52495352, "ID of a function");
}

// One function is reset while the others work.
void RunReset(Env* env) {
  Root* root = env->root;
  Cards cards(env);
  cards.EnableVectors();
  uint32_t all = (1u << cards.nr()) - 1;
  for (uint32_t n = 0; n < cards.nr(); ++n) {
    for (uint32_t k = 0; k < cards.nr(); ++k) root->Write32(cards.At(k) + kScratch, 0x1000 + k);
    uint16_t control = static_cast<uint16_t>(cards.fn[n].caps.at(kCapPcie) + 8);
    Answer read = root->Ask(CfgRequest(false, static_cast<uint16_t>(0x100 | n), control, 15, 0));
    uint32_t reset = root->Send(CfgRequest(true, static_cast<uint16_t>(0x100 | n), control, 3,
                                           (static_cast<uint32_t>(Little(read.data)) & 0xffff) | 0x8000));
    root->Randomize();
    cards.Copies(all & ~(1u << n), 2000);
    Check(root->Wait(reset).status == kSuccess, "the write that resets");
    Check(root->Until([&] { return !root->model()->flr_active(); }, 100000), "the reset does not end");
    root->Calm();
    cards.Select(n);
    // it has forgotten its BARs and is given them again
    for (const Bar& bar : cards.fn[n].bars) {
      uint16_t reg = static_cast<uint16_t>(0x10 + 4 * bar.index);
      Check((root->CfgRead(reg) & ~0xfu) == 0, "function %u: BAR%d survives its reset", n, bar.index);
      root->CfgWrite(reg, static_cast<uint32_t>(bar.addr));
      if (bar.is_64) root->CfgWrite(static_cast<uint16_t>(reg + 4), static_cast<uint32_t>(bar.addr >> 32));
    }
    root->CfgWrite(4, 6, 3);
    EnableMsix(root, cards.fn[n], 4, 0x1000 * (n + 1));
    for (uint32_t k = 0; k < cards.nr(); ++k)
      Check(root->Read32(cards.At(k) + kScratch) == (k == n ? 0 : 0x1000 + k), "function %u reset: scratch of %u", n, k);
    cards.Copies(all, 1000);
  }
}

// The wire is that of all functions: told once when the first asserts it and once when the last is served.
void RunWire(Env* env) {
  Root* root = env->root;
  Cards cards(env);
  for (int round = 0; round < 3; ++round) {
    size_t before = root->messages.size();
    for (uint32_t n = 0; n < cards.nr(); ++n) root->Write32(cards.At(n) + kTest, n % 4);
    root->Step(500);
    Check(root->intx && root->messages.size() == before + 1, "INTA of all: %zu messages",
          root->messages.size() - before);
    for (uint32_t k = 0; k < cards.nr(); ++k) {
      uint32_t n = round % 2 ? k : cards.nr() - 1 - k;
      Check(root->intx, "INTA was released with %u functions that assert it", cards.nr() - k);
      root->Write32(cards.At(n) + kPending, 0xff);
      root->Step(500);
    }
    Check(!root->intx && root->messages.size() == before + 2, "INTA of none: %zu messages",
          root->messages.size() - before);
  }
  // Interrupt Disable of one function takes its share away
  root->Write32(cards.At(1) + kTest, 0);
  root->Step(500);
  cards.Select(1);
  root->CfgWrite(4, 0x406, 3);
  root->Step(500);
  Check(!root->intx, "INTA of a function that may not assert it");
}

}  // namespace

const std::vector<Case> kFunctionsCases = {{"functions_scan", RunScan},       {"functions_registers", RunRegisters},
                                           {"functions_nobody", RunNobody},   {"functions_traffic", RunTraffic},
                                           {"functions_held", RunHeld},       {"functions_reset", RunReset},
                                           {"functions_wire", RunWire}};

}  // namespace tb
