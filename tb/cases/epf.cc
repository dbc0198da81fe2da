// SPDX-License-Identifier: Apache-2.0
// The card for pci_endpoint_test: its DMA and its interrupts.
#include "cases/core_card.h"

namespace tb {
namespace {

enum Command { kIntx = 1, kMsi = 2, kMsix = 4, kRead = 8, kWrite = 16, kCopy = 32 };
enum Type { kTypeIntx = 0, kTypeMsi = 1, kTypeMsix = 2 };

// crc32_le(~0, ...) of Linux
uint32_t Crc(const Bytes& data) {
  uint32_t crc = ~0u;
  for (uint8_t byte : data) {
    crc ^= byte;
    for (int i = 0; i < 8; ++i) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
  }
  return crc;
}

class EpfCard {
 public:
  explicit EpfCard(Env* env) : fn(Start(env)), root_(env->root), at_(fn.bar(0).addr) {}

  // Returns STATUS, behind the interrupt with vector @number (from 1).
  uint32_t Do(uint32_t command, uint64_t from, uint64_t to, uint32_t bytes, Type type,
              uint32_t number) {
    size_t before = root_->interrupts.size();
    root_->Write32(at_ + 0x0c, static_cast<uint32_t>(from));
    root_->Write32(at_ + 0x10, static_cast<uint32_t>(from >> 32));
    root_->Write32(at_ + 0x14, static_cast<uint32_t>(to));
    root_->Write32(at_ + 0x18, static_cast<uint32_t>(to >> 32));
    root_->Write32(at_ + 0x1c, bytes);
    root_->Write32(at_ + 0x24, type);
    root_->Write32(at_ + 0x28, number);
    root_->Write32(at_ + 0x04, command);
    bool came = root_->Until(
        [&] { return type == kTypeIntx ? root_->intx : root_->interrupts.size() > before; }, 300000);
    Check(came, "no interrupt of command %x", command);
    return root_->Read32(at_ + 8);
  }
  uint32_t Checksum() { return root_->Read32(at_ + 0x20); }
  void SetChecksum(uint32_t crc) { root_->Write32(at_ + 0x20, crc); }

  Function fn;

 private:
  Root* root_;
  uint64_t at_;
};

void RunTransfers(Env* env) {
  Root* root = env->root;
  EpfCard card(env);
  Need(card.fn, kCapMsix);
  EnableMsix(root, card.fn, 8, 0x700);
  uint32_t nr = env->rounds / 10 + 10;
  for (uint32_t i = 0; i < nr; ++i) {
    root->Randomize();
    uint32_t n = 1 + env->rng->Below(i % 5 == 0 ? 20000 : 600);
    Buffer from(root, 0x7000000, env->rng->Below(300), n, Memory::kRead);
    Buffer to(root, 0x900000000, env->rng->Below(300), n, Memory::kWrite);
    from.Fill(root);
    Bytes data = root->memory.Get(from.at, n);
    uint32_t number = 1 + env->rng->Below(8);
    Check(card.Do(kCopy, from.at, to.at, n, kTypeMsix, number) == (1 << 4 | 1 << 6), "COPY of %u", n);
    Check(root->interrupts.back().data == 0x700 + number - 1, "vector of COPY");
    to.CheckHas(root, data);
    card.SetChecksum(Crc(data));
    Check(card.Do(kRead, from.at, 0, n, kTypeMsix, 1) == (1 << 0 | 1 << 6), "READ of %u", n);
    card.SetChecksum(~Crc(data));
    Check(card.Do(kRead, from.at, 0, n, kTypeMsix, 1) == (1 << 1 | 1 << 6), "READ of other data");
    root->memory.Poison(to.base, to.room);
    Check(card.Do(kWrite, 0, to.at, n, kTypeMsix, 2) == (1 << 2 | 1 << 6), "WRITE of %u", n);
    Bytes has = root->memory.Get(to.at, n);
    to.CheckHas(root, has);
    Check(card.Checksum() == Crc(has), "checksum of WRITE");
    root->memory.Unmap(from.base);
    root->memory.Unmap(to.base);
  }
}

// Each vector of each kind, and INTA up and down.
void RunVectors(Env* env) {
  Root* root = env->root;
  EpfCard card(env);
  for (int i = 0; i < 3; ++i) {
    Check(card.Do(kIntx, 0, 0, 0, kTypeIntx, 0) == 1 << 6, "INTx");
    root->Step(200);
    Check(!root->intx, "INTA stays behind the read of STATUS");
  }
  uint16_t msi = card.fn.caps.at(kCapMsi);
  root->CfgWrite(static_cast<uint16_t>(msi + 4), kMsiWindow);
  root->CfgWrite(static_cast<uint16_t>(msi + 12), 0x6a00);
  root->CfgWrite(msi, 5 << 20 | 1 << 16, 4);
  for (uint32_t v = 1; v <= 32; ++v) {
    Check(card.Do(kMsi, 0, 0, 0, kTypeMsi, v) == 1 << 6, "MSI %u", v);
    Check(root->interrupts.back().data == 0x6a00 + v - 1, "data of MSI %u", v);
  }
  root->CfgWrite(msi, 0, 4);
  EnableMsix(root, card.fn, card.fn.msix_vectors, 0x10000);
  for (uint32_t v = 1; v <= card.fn.msix_vectors; v += v < 100 ? 1 : 97) {
    Check(card.Do(kMsix, 0, 0, 0, kTypeMsix, v) == 1 << 6, "MSI-X %u", v);
    Check(root->interrupts.back().data == 0x10000 + v - 1, "data of MSI-X %u", v);
    Check(root->interrupts.back().addr == kMsiWindow + 0x100ull * (v - 1), "address of MSI-X %u", v);
  }
}

}  // namespace

const std::vector<Case> kEpfCases = {{"transfers", RunTransfers}, {"vectors", RunVectors}};

}  // namespace tb
