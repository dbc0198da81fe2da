// SPDX-License-Identifier: Apache-2.0
// The example card (examples/card) behind any interface: its registers, window, DMA and vectors, with a host that splits,
// delays and reorders.
#include <algorithm>
#include <cstdio>

#include "cases/core_card.h"

namespace tb {
namespace {

constexpr uint32_t kMemory = (1 << 20) + 64;

class ExampleCard {
 public:
  explicit ExampleCard(Env* env) : fn(Start(env)), root_(env->root), at_(fn.bar(0).addr) {
    Need(fn, kCapMsix);
    EnableMsix(root_, fn, 4, 0x700);
    SetSizes(env->rng->Below(3), env->rng->Below(3));
  }

  // Max_Payload_Size and Max_Read_Request_Size, encoded
  void SetSizes(uint32_t mps, uint32_t mrrs) {
    uint16_t control = static_cast<uint16_t>(fn.caps.at(kCapPcie) + 8);
    root_->mps = 128u << mps;
    root_->mrrs = 128u << mrrs;
    root_->extended_tags = root_->rng()->Below(2) != 0;
    root_->CfgWrite(control, mps << 5 | mrrs << 12 | (root_->extended_tags ? 0x100 : 0) | 0x10, 3);
  }

  // Returns STATUS, behind the interrupt.
  uint32_t Copy(uint64_t host, uint32_t card, uint32_t bytes, bool to_host, uint32_t vector) {
    size_t before = root_->interrupts.size();
    root_->Write32(at_ + 0x10, static_cast<uint32_t>(host));
    root_->Write32(at_ + 0x14, static_cast<uint32_t>(host >> 32));
    root_->Write32(at_ + 0x18, bytes);
    root_->Write32(at_ + 0x1c, card);
    root_->Write32(at_ + 0x20, 1 | (to_host ? 2 : 0) | vector << 8);
    Check(root_->Until([&] { return root_->interrupts.size() > before; }, 400000),
          "no interrupt of %u bytes %s, status %x", bytes, to_host ? "to the host" : "from the host",
          root_->Read32(at_ + 0x24));
    Check(root_->interrupts.back().data == 0x700 + vector, "vector of a transfer");
    uint32_t status = root_->Read32(at_ + 0x24);
    root_->Write32(at_ + 0x24, 2);
    Check(root_->Read32(at_ + 0x24) == 0, "STATUS is not cleared");
    return status;
  }
  uint64_t at() const { return at_; }

  Function fn;

 private:
  Root* root_;
  uint64_t at_;
};

void RunWindow(Env* env) {
  Root* root = env->root;
  ExampleCard card(env);
  Check(root->Read32(card.at()) == 0x52495352, "ID");
  uint64_t window = card.fn.bar(2).addr;
  Bytes mirror(4096);
  for (uint32_t i = 0; i < 4096; i += 64) {
    Bytes part(mirror.begin() + i, mirror.begin() + i + 64);
    root->Write(window + i, part);
  }
  uint32_t nr = env->rounds;
  for (uint32_t i = 0; i < nr; ++i) {
    root->Randomize();
    uint32_t bytes = 1 + env->rng->Below(env->rng->Below(2) ? 8 : 64);
    uint32_t at = env->rng->Below(4096 - bytes);
    if (env->rng->Below(2)) {
      Bytes data(bytes);
      for (auto& byte : data) byte = static_cast<uint8_t>(env->rng->Below(256));
      root->Write(window + at, data);
      std::copy(data.begin(), data.end(), mirror.begin() + at);
    } else {
      Bytes want(mirror.begin() + at, mirror.begin() + at + bytes);
      Check(root->Read(window + at, bytes) == want, "window: %u bytes at %x", bytes, at);
    }
  }
}

void RunCopies(Env* env) {
  Root* root = env->root;
  ExampleCard card(env);
  uint32_t nr = env->rounds / 6 + 16;
  for (uint32_t i = 0; i < nr; ++i) {
    root->Randomize();
    uint32_t n = 1 + env->rng->Below(i % 8 == 0 ? 20000 : i % 2 ? 40 : 1200);
    Buffer from(root, 0x7000000, env->rng->Below(300), n, Memory::kRead);
    Buffer to(root, 0x900000000, env->rng->Below(300), n, Memory::kWrite);
    from.Fill(root);
    Bytes data = root->memory.Get(from.at, n);
    uint32_t place = env->rng->Below(4) ? env->rng->Below(kMemory - n) : kMemory - n;
    Check(card.Copy(from.at, place, n, false, i % 4) == 2, "from the host: %u bytes", n);
    Check(card.Copy(to.at, place, n, true, (i + 1) % 4) == 2, "to the host: %u bytes", n);
    to.CheckHas(root, data);
    root->memory.Unmap(from.base);
    root->memory.Unmap(to.base);
    if (i % 8 == 7) card.SetSizes(env->rng->Below(3), env->rng->Below(3));
  }
  Check(card.Copy(0x1000, kMemory - 4, 5, true, 0) == 6, "beyond the memory's end");
  Check(card.Copy(0x1000, 0, 0, true, 0) == 6, "no bytes");
}

// A read that the host refuses is an error, and the card works on.
void RunRefused(Env* env) {
  Root* root = env->root;
  ExampleCard card(env);
  for (auto fault : {Plan::kUr, Plan::kCa}) {
    Buffer from(root, 0x7000000, 8, 3000, Memory::kRead);
    from.Fill(root);
    root->plan = [&](const Tlp&) {
      Plan plan;
      plan.fault = fault;
      return plan;
    };
    Check(card.Copy(from.at, 0, 3000, false, 1) == 6, "a refused read is no error");
    root->plan = nullptr;
    Check(card.Copy(from.at, 0, 3000, false, 2) == 2, "nothing works after a refused read");
    root->memory.Unmap(from.base);
  }
}

// How long a register read takes when nothing else happens: docs/interface-xilinx.md lists it.
void RunCycles(Env* env) {
  Root* root = env->root;
  ExampleCard card(env);
  root->Calm();
  root->pace.slice = 1;
  uint64_t least = ~0ull, most = 0;
  for (int i = 0; i < 20; ++i) {
    root->Step(static_cast<uint64_t>(100 + i));
    Tlp read = MemRead(card.at(), 4);
    uint64_t from = root->cycle();
    const Answer& answer = root->Wait(root->Send(read));
    Check(Little(answer.data) == 0x52495352, "ID");
    least = std::min(least, answer.cycle - from);
    most = std::max(most, answer.cycle - from);
  }
  printf("register read: %llu to %llu cycles\n", static_cast<unsigned long long>(least),
         static_cast<unsigned long long>(most));
  Check(most < 100, "a register read takes %llu cycles", static_cast<unsigned long long>(most));
}

void RunFlr(Env* env) {
  Root* root = env->root;
  ExampleCard card(env);
  root->Write32(card.at() + 8, 0x12345678);
  LevelReset(root, card.fn);
  ExampleCard again(env);
  Check(root->Read32(again.at() + 8) == 0, "SCRATCH survives a reset");
  Buffer from(root, 0x7000000, 3, 700, Memory::kRead);
  from.Fill(root);
  Check(again.Copy(from.at, 5, 700, false, 3) == 2, "no transfer after a reset");
}

// A read that the host never answers: the block ends it with an error, and its tag works again. For blocks that watch
// the time, set to some thousand cycles.
void RunTimeout(Env* env) {
  Root* root = env->root;
  ExampleCard card(env);
  EnableErrors(root, card.fn);
  TakeAer(root, card.fn);
  Buffer from(root, 0x7000000, 8, 9000, Memory::kRead);
  from.Fill(root);
  int left = 3;
  root->plan = [&](const Tlp&) {
    Plan plan;
    if (left-- > 0) plan.fault = Plan::kSilent;
    return plan;
  };
  Check(card.Copy(from.at, 0, 9000, false, 1) == 6, "a lost completion is no error");
  Check((TakeAer(root, card.fn) & kAerTimeout) != 0, "no completion timeout in AER");
  Check(std::any_of(root->messages.begin(), root->messages.end(), [](const MessageIn& m) { return m.code == kErrNonfatal; }),
        "no ERR_NONFATAL of a completion timeout");
  root->plan = nullptr;
  root->silent.clear();
  for (int i = 0; i < 5; ++i)
    Check(card.Copy(from.at, 0, 9000, false, 2) == 2, "nothing works after a lost completion");
}

}  // namespace

const std::vector<Case> kExampleTimeoutCases = {{"example_timeout", RunTimeout}};
const std::vector<Case> kExampleCases = {{"example_window", RunWindow},
                                         {"example_copies", RunCopies},
                                         {"example_refused", RunRefused},
                                         {"example_cycles", RunCycles},
                                         {"example_flr", RunFlr}};

}  // namespace tb
