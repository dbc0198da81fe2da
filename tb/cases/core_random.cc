// SPDX-License-Identifier: Apache-2.0
// The endpoint core: interrupts, and everything at once.
#include <cstring>
#include <deque>

#include "cases/core_card.h"

namespace tb {
namespace {

constexpr uint64_t kFrom = 0x123400000000, kTo = 0x56000000;

void ExpectIrqs(Root* root, std::vector<uint32_t> want, const char* when) {
  root->Step(400);
  std::vector<uint32_t> has;
  for (const Interrupt& i : root->interrupts) has.push_back(i.data);
  std::string text;
  for (uint32_t d : has) text += " " + std::to_string(d);
  Check(has == want, "interrupts %s:%s (%zu wanted)", when, text.c_str(), want.size());
  root->interrupts.clear();
}

// Vector and function masks of MSI-X, pending bits, changed entries.
void RunMsix(Env* env) {
  Root* root = env->root;
  CoreCard card(env);
  Need(card.fn, kCapMsix);
  uint32_t n = card.fn.msix_vectors;
  uint16_t cap = card.fn.caps.at(kCapMsix);
  card.Fire(0);
  ExpectIrqs(root, {}, "while nothing is enabled");
  EnableMsix(root, card.fn, n, 0);
  for (uint32_t v : {0u, 1u, n / 2, n - 1}) {
    card.Fire(v);
    ExpectIrqs(root, {v}, "of an open vector");
    uint64_t control = card.fn.msix_table + 16ull * v + 12;
    root->Write32(control, 1);
    card.Fire(v);
    card.Fire(v);
    ExpectIrqs(root, {}, "of a masked vector");
    Check(root->Read64(card.fn.msix_pba + v / 64 * 8) == 1ull << v % 64, "pending bit of %u", v);
    root->Write32(control - 4, v + 1000);  // new data while masked
    root->Write32(control, 0);
    ExpectIrqs(root, {v + 1000}, "behind the unmask");
    Check(root->Read64(card.fn.msix_pba + v / 64 * 8) == 0, "pending bit of %u stays", v);
    root->Write32(control - 4, v);
  }
  root->CfgWrite(cap, 0xc0000000, 8);
  std::vector<uint32_t> all;
  for (uint32_t v = 0; v < n; v += 3) {
    card.Fire(v);
    all.push_back(v);
  }
  ExpectIrqs(root, {}, "while the function is masked");
  root->CfgWrite(cap, 0x80000000, 8);
  root->Step(2000);
  ExpectIrqs(root, all, "behind the function mask");
  // the walk over the pending bits meets one whose own mask holds it
  root->Write32(card.fn.msix_table + 16 * 3 + 12, 1);
  card.Fire(3);
  root->CfgWrite(cap, 0xc0000000, 8);
  root->CfgWrite(cap, 0x80000000, 8);
  ExpectIrqs(root, {}, "of a vector that is still masked");
  root->Write32(card.fn.msix_table + 16 * 3 + 12, 0);
  ExpectIrqs(root, {3}, "behind its own mask");
  root->CfgWrite(cap, 0xc0000000, 8);
  card.Fire(5);
  root->CfgWrite(4, 2, 1);
  root->CfgWrite(cap, 0x80000000, 8);
  ExpectIrqs(root, {}, "while Bus Master Enable is 0");
  root->CfgWrite(4, 6, 1);
  ExpectIrqs(root, {5}, "behind Bus Master Enable");
  card.Fire(2047);
  ExpectIrqs(root, {}, "of a vector that does not exist");
  root->CfgWrite(cap, 0, 8);
  card.Fire(1);
  ExpectIrqs(root, {}, "while MSI-X is off");
}

void RunMsi(Env* env) {
  Root* root = env->root;
  CoreCard card(env);
  Need(card.fn, kCapMsi);
  uint16_t cap = card.fn.caps.at(kCapMsi);
  uint32_t have = card.fn.msi_vectors;
  root->CfgWrite(static_cast<uint16_t>(cap + 4), kMsiWindow + 0x40);
  root->CfgWrite(static_cast<uint16_t>(cap + 12), 0x4ac0);
  for (uint32_t code = 0; 1u << code <= have; ++code) {
    uint32_t low = (1u << code) - 1;
    root->CfgWrite(cap, code << 20 | 1 << 16, 4);
    for (uint32_t v = 0; v < have; ++v) {
      card.Fire(v);
      ExpectIrqs(root, {0x4ac0 | (v & low)}, "of MSI");
    }
    if (code == 0) continue;
    root->CfgWrite(static_cast<uint16_t>(cap + 16), 2);
    card.Fire(1);
    card.Fire(1);
    ExpectIrqs(root, {}, "of a masked MSI vector");
    Check(root->CfgRead(static_cast<uint16_t>(cap + 20)) == 2, "pending bits of MSI");
    root->CfgWrite(static_cast<uint16_t>(cap + 16), 0);
    ExpectIrqs(root, {0x4ac1}, "behind the unmask");
    Check(root->CfgRead(static_cast<uint16_t>(cap + 20)) == 0, "pending bits of MSI stay");
  }
  root->CfgWrite(cap, 0, 4);
  card.Fire(0);
  ExpectIrqs(root, {}, "while MSI is off");
}

void RunIntx(Env* env) {
  Root* root = env->root;
  CoreCard card(env);
  if (card.fn.pin == 0) throw Skipped("no interrupt pin");
  auto level = [&](bool want, const char* when) {
    root->Step(200);
    Check(root->intx == want, "INTA is %d %s", root->intx, when);
  };
  for (int i = 0; i < 3; ++i) {
    card.SetIntx(true);
    level(true, "while the card asserts it");
    Check(root->CfgRead(4) & 0x80000, "Interrupt Status is 0");
    card.SetIntx(false);
    level(false, "while the card does not assert it");
  }
  card.SetIntx(true);
  level(true, "again");
  root->CfgWrite(4, 0x406, 3);
  level(false, "while Interrupt Disable is 1");
  root->CfgWrite(4, 6, 3);
  level(true, "behind Interrupt Disable");
  if (card.fn.msi_vectors != 0) {
    root->CfgWrite(card.fn.caps.at(kCapMsi), 1 << 16, 4);
    level(false, "while MSI is on");
    root->CfgWrite(card.fn.caps.at(kCapMsi), 0, 4);
    level(true, "behind MSI");
  }
  root->CfgWrite(static_cast<uint16_t>(card.fn.caps.at(kCapPm) + 4), 3, 1);
  level(false, "in D3hot");
  root->CfgWrite(static_cast<uint16_t>(card.fn.caps.at(kCapPm) + 4), 0, 1);
  level(true, "back in D0");
  LevelReset(root, card.fn);
  level(false, "behind a function level reset");
}

// The random case: what is known of the card.
class Storm {
 public:
  explicit Storm(Env* env) : env_(env), root_(env->root), card_(env), model_(4096, 0) {
    for (uint32_t i = 0; i < 4096; i += 128) root_->Write(card_.bar0() + i, Bytes(128));
    has_msix_ = card_.fn.msix_vectors >= 64;
    if (has_msix_) EnableMsix(root_, card_.fn, 64, 0x4000);
    root_->on_interrupt = [this](const Interrupt& i) { OnInterrupt(i); };
  }

  void Run(uint32_t rounds) {
    for (uint32_t i = 0; i < rounds; ++i) {
      if (i % 100 == 0) {
        root_->Randomize();
        card_.SetPace(env_->rng->Percent(60) ? 0 : env_->rng->Below(6));
      }
      One(i);
      Retire(i);
    }
    root_->Calm();
    card_.SetPace(0);
    card_.WaitIdle();
    Retire(~0u);
    root_->Drain();
    root_->Step(3000);
    for (auto& job : jobs_) Check(!job.irq, "an interrupt of a copy is missing");
    Check(fired_ == 0, "%d interrupts are missing", fired_);
    Check(root_->model()->idle(), "the card is not idle at the end");
  }

 private:
  struct Job {
    Buffer from, to;
    bool irq;
  };

  void OnInterrupt(const Interrupt& i) {
    uint32_t v = i.data - 0x4000;
    Check(v < 64, "interrupt with data %x", i.data);
    if (v == 63) {
      --fired_;
      return;
    }
    for (Job& job : jobs_) {
      if (!job.irq) continue;
      job.to.CheckHas(root_, root_->memory.Get(job.from.at, job.from.bytes));
      job.irq = false;
      return;
    }
    Fail("an interrupt nobody asked for: %u", v);
  }

  // The copies are done in order: those before one that is done, too.
  void Retire(uint32_t round) {
    if (round != ~0u && (round % 16 != 0 || jobs_.size() < 4)) return;
    card_.WaitIdle();
    root_->Until([&] { return jobs_.empty() || !jobs_.back().irq; }, 5000);
    Check(card_.NrFailedReads() == 0, "a read of the card failed, the last with status %u", card_.LastStatus());
    for (Job& job : jobs_) {
      job.to.CheckHas(root_, root_->memory.Get(job.from.at, job.from.bytes));
      Check(!job.irq, "an interrupt of a copy is missing");
      root_->memory.Unmap(job.from.base);
      root_->memory.Unmap(job.to.base);
    }
    jobs_.clear();
  }

  void One(uint32_t i) {
    Rng& rng = *env_->rng;
    switch (rng.Below(9)) {
      case 0:
      case 1: {
        uint32_t n = 1 + rng.Below(root_->mps - 4), at = rng.Below(4096 - n);
        Bytes b;
        for (uint32_t k = 0; k < n; ++k) b.push_back(static_cast<uint8_t>(rng.Next() >> 40));
        root_->Write(card_.bar0() + at, b);
        memcpy(&model_[at], b.data(), n);
        break;
      }
      case 2: {
        uint32_t n = 1 + rng.Below(600), at = rng.Below(4096 - n);
        Bytes has = root_->Read(card_.bar0() + at, n);
        Check(!memcmp(has.data(), &model_[at], n), "registers at %x, %u bytes", at, n);
        break;
      }
      case 3:
      case 4: {
        if (jobs_.size() >= 10) break;
        uint32_t n = 1 + rng.Below(rng.Percent(60) ? 300 : 6000);
        Buffer from(root_, kFrom + 0x10000ull * i, rng.Below(4096), n, Memory::kRead);
        Buffer to(root_, kTo + 0x10000ull * i, rng.Below(4096), n, Memory::kWrite);
        from.Fill(root_);
        bool irq = has_msix_ && rng.Percent(50);
        jobs_.push_back({from, to, irq});
        card_.Copy(from.at, to.at, n, static_cast<uint8_t>(i % 63), irq);
        break;
      }
      case 5:
        if (!has_msix_) break;
        ++fired_;
        card_.Fire(63);
        break;
      case 6:
        Check(root_->CfgRead(0) == 0x56781234, "ids");
        break;
      case 7:
        Wrong();
        break;
      default:
        root_->Step(rng.Below(60));
    }
  }

  void Wrong() {
    if (env_->rng->Percent(50)) {
      Check(root_->Ask(MemRead(0x700000000000, 4)).status == kUnsupported, "read of nothing");
      return;
    }
    Tlp t = MemWrite(card_.bar0(), Bytes(8));
    t.last_be = 0;
    root_->Send(t);
  }

  Env* env_;
  Root* root_;
  CoreCard card_;
  Bytes model_;
  bool has_msix_ = false;
  int fired_ = 0;
  std::deque<Job> jobs_;
};

void RunStorm(Env* env) { Storm(env).Run(env->rounds); }

}  // namespace

const std::vector<Case> kCoreRandomCases = {
    {"msix", RunMsix}, {"msi", RunMsi}, {"intx", RunIntx}, {"storm", RunStorm}};

}  // namespace tb
