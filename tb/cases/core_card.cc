// SPDX-License-Identifier: Apache-2.0
#include "cases/core_card.h"

namespace tb {

CoreCard::CoreCard(Env* env) : fn(tb::Start(env)), root_(env->root), bar0_(fn.bar(0).addr) {}

void CoreCard::Start(uint64_t from, uint64_t to, uint64_t start) {
  root_->Write64(bar0_ + 0x1100, from);
  root_->Write64(bar0_ + 0x1108, to);
  root_->Write64(bar0_ + 0x1110, start);
}

void CoreCard::Copy(uint64_t from, uint64_t to, uint32_t bytes, uint8_t ctx, bool irq) {
  Start(from, to, bytes | uint64_t{ctx} << 32 | uint64_t{irq} << 38 | 1ull << 40);
}

void CoreCard::ReadOnly(uint64_t from, uint32_t bytes, uint8_t ctx) {
  Start(from, 0, bytes | uint64_t{ctx} << 32 | 2ull << 40);
}

void CoreCard::WriteOnly(uint64_t to, uint32_t bytes, uint8_t ctx, bool irq) {
  Start(0, to, bytes | uint64_t{ctx} << 32 | uint64_t{irq} << 38 | 3ull << 40);
}

Bytes CoreCard::Pattern(uint32_t bytes, uint8_t ctx) {
  Bytes b;
  for (uint32_t i = 0; i < bytes; ++i) b.push_back(static_cast<uint8_t>(i + ctx));
  return b;
}

void CoreCard::Fire(uint32_t vector) { root_->Write32(bar0_ + 0x1120, vector); }
void CoreCard::SetIntx(bool level) { root_->Write32(bar0_ + 0x1128, level); }
void CoreCard::SetPace(uint32_t slow) { root_->Write32(bar0_ + 0x1148, slow); }
uint32_t CoreCard::Open() { return root_->Read32(bar0_ + 0x1130); }
uint32_t CoreCard::LastStatus() { return root_->Read32(bar0_ + 0x113c) >> 8 & 3; }
uint32_t CoreCard::NrFailedReads() { return root_->Read32(bar0_ + 0x1140); }
uint32_t CoreCard::NrDroppedWrites() { return root_->Read32(bar0_ + 0x1144); }

void CoreCard::WaitIdle(uint64_t cycles) {
  uint64_t end = root_->cycle() + cycles;
  while (Open() != 0) {
    Check(root_->cycle() < end, "DMA does not end: %zu reads of the card are open",
          root_->nr_card_reads());
    root_->Step(20);
  }
}

Buffer::Buffer(Root* root, uint64_t where, uint32_t offset, uint32_t n, Memory::Access access)
    : base(where), at(where + 64 + offset), bytes(n), room(n + offset + 128) {
  root->memory.Map(base, room, access);
}

void Buffer::Fill(Root* root) const {
  Bytes b;
  for (uint32_t i = 0; i < bytes; ++i) b.push_back(static_cast<uint8_t>(root->rng()->Next() >> 40));
  root->memory.Put(at, b);
}

void Buffer::CheckHas(Root* root, const Bytes& want) const {
  std::string why = root->memory.Compare(base, room, at, want);
  Check(why.empty(), "%s", why.c_str());
}

void Buffer::CheckUntouched(Root* root) const { CheckHas(root, {}); }

}  // namespace tb
