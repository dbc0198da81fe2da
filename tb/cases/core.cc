// SPDX-License-Identifier: Apache-2.0
// The endpoint core: register accesses, DMA, order.
#include <algorithm>

#include "cases/core_card.h"

namespace tb {
namespace {

constexpr uint64_t kFrom = 0x12340000, kTo = 0x567800000000;

// All byte enables there are: one dword, two dwords of one quadword, and longer ones.
void RunByteEnables(Env* env) {
  Root* root = env->root;
  CoreCard card(env);
  Bytes model(64, 0);
  uint64_t at = card.bar0();
  root->Write(at, model);
  auto write = [&](uint32_t offset, uint16_t dwords, uint8_t first, uint8_t last) {
    Tlp t = MemWrite(at + offset, Bytes(4u * dwords));
    t.first_be = first;
    t.last_be = last;
    for (uint32_t i = 0; i < 4u * dwords; ++i) {
      t.data[i] = static_cast<uint8_t>(env->rng->Next() >> 33);
      uint8_t be = i < 4 ? first : i >= 4u * dwords - 4 ? last : 0xf;
      if (be >> (i & 3) & 1) model[offset + i] = t.data[i];
    }
    root->Send(t);
    Check(root->Read(at, 64) == model, "%s", ToText(t).c_str());
    if (first == 0) return;
    Tlp r = t;
    r.kind = Kind::kMRd;
    r.has_data = false;
    r.data.clear();
    Answer a = root->Ask(r);
    uint64_t from = FirstByte(r) - at;
    Check(a.data == Bytes(model.begin() + static_cast<ptrdiff_t>(from),
                          model.begin() + static_cast<ptrdiff_t>(from + ByteSpan(r))),
          "read: %s", ToText(r).c_str());
  };
  for (uint8_t be = 0; be < 16; ++be) {
    for (uint32_t offset : {0u, 4u}) write(offset, 1, be, 0);
  }
  for (uint8_t first = 1; first < 16; ++first) {
    for (uint8_t last = 1; last < 16; ++last) write(8, 2, first, last);
  }
  for (uint8_t first : {0x8, 0xc, 0xe, 0xf}) {
    for (uint8_t last : {0x1, 0x3, 0x7, 0xf}) {
      for (uint16_t n : {2, 3, 4, 5, 9}) write(4, n, first, last);
    }
  }
}

// Reads and writes of every alignment and many lengths, in all three BARs.
void RunMmio(Env* env) {
  Root* root = env->root;
  CoreCard card(env);
  EnableErrors(root, card.fn);
  struct { int bar; uint32_t bytes; } rams[] = {{0, 4096}, {2, 128}, {4, 4096}};
  for (auto& ram : rams) {
    uint64_t at = card.Ram(ram.bar);
    Bytes model(ram.bytes, 0);
    for (uint32_t i = 0; i < ram.bytes; i += 128) root->Write(at + i, Bytes(128));
    for (uint32_t i = 0; i < 120; ++i) {
      uint32_t n = 1 + env->rng->Below(std::min(ram.bytes, 250u));
      uint32_t offset = env->rng->Below(ram.bytes - n + 1);
      if ((offset & 3) + n > root->mps - 4) n = root->mps - 8;
      if (offset + n > ram.bytes) n = ram.bytes - offset;
      Bytes b;
      for (uint32_t k = 0; k < n; ++k) b.push_back(static_cast<uint8_t>(env->rng->Next() >> 40));
      root->Write(at + offset, b);
      std::copy(b.begin(), b.end(), model.begin() + offset);
      uint32_t m = 1 + env->rng->Below(ram.bytes), from = env->rng->Below(ram.bytes - m + 1);
      Check(root->Read(at + from, m) == Bytes(model.begin() + from, model.begin() + from + m),
            "BAR%d: %u bytes at %x", ram.bar, m, from);
    }
  }
  Check(root->Ask(MemRead(card.bar0() + 0x1000, 8)).status == kUnsupported, "register 1000h");
  Check(root->Ask(MemRead(card.bar0() + 0x1008, 8)).status == kAbort, "register 1008h");
  Check(root->Ask(MemRead(card.Ram(4) + 0x1100, 256)).status == kAbort, "an abort inside of a read");
  Check(TakeAer(root, card.fn) == (kAerUnsupported | kAerAbort), "AER of both");
}

// A DMA read answered with every set of cuts at multiples of the RCB.
void RunEveryCut(Env* env) {
  Root* root = env->root;
  CoreCard card(env);
  Buffer to(root, kTo, 3, 300, Memory::kWrite);
  for (uint32_t rcb : {64u, 128u}) {
    root->rcb = rcb;
    for (uint32_t offset : {0u, 1u, 60u, 63u, 64u, 67u, 126u}) {
      Buffer from(root, kFrom + 0x1000 * offset, offset, 250, Memory::kRead);
      from.Fill(root);
      uint32_t nr = 0;
      for (uint64_t b = (from.at / rcb + 1) * rcb; b < from.at + from.bytes; b += rcb) ++nr;
      for (uint32_t set = 0; set < 1u << nr; ++set) {
        root->plan = [&](const Tlp& read) {
          Plan p;
          uint64_t first = (FirstByte(read) / rcb + 1) * rcb;
          p.cut = [=](uint64_t boundary) { return (set >> ((boundary - first) / rcb) & 1) != 0; };
          return p;
        };
        root->memory.Poison(to.base, to.room);
        card.Copy(from.at, to.at, from.bytes, 0);
        card.WaitIdle();
        to.CheckHas(root, root->memory.Get(from.at, from.bytes));
      }
    }
  }
}

// Many reads in flight, answered last first, then in random order.
void RunReorder(Env* env) {
  Root* root = env->root;
  CoreCard card(env);
  for (int mode = 0; mode < 2; ++mode) {
    uint64_t order = 5000;
    root->pace.reorder = true;
    root->pace.cut_percent = 50;
    root->plan = [&](const Tlp&) {
      Plan p;
      p.delay = mode == 0 ? (order -= 60) : env->rng->Below(2000);
      return p;
    };
    std::vector<Buffer> from, to;
    for (uint32_t i = 0; i < 12; ++i) {
      uint32_t n = 100 + 350 * i;
      from.emplace_back(root, kFrom + 0x10000 * i, i, n, Memory::kRead);
      to.emplace_back(root, kTo + 0x10000 * i, 2 * i, n, Memory::kWrite);
      from[i].Fill(root);
      card.Copy(from[i].at, to[i].at, n, static_cast<uint8_t>(i));
    }
    card.WaitIdle();
    for (size_t i = 0; i < to.size(); ++i) {
      to[i].CheckHas(root, root->memory.Get(from[i].at, from[i].bytes));
      root->memory.Unmap(from[i].base);
      root->memory.Unmap(to[i].base);
    }
  }
  Check(card.NrFailedReads() == 0, "reads failed");
}

// Lengths and alignments of DMA writes, up to the longest request, across 4 KiB.
void RunDmaWrite(Env* env) {
  Root* root = env->root;
  CoreCard card(env);
  uint16_t control = static_cast<uint16_t>(card.fn.caps.at(kCapPcie) + 8);
  for (uint32_t mps_code : {0u, 1u, 2u}) {
    root->CfgWrite(control, (root->CfgRead(control) & 0xff1f) | mps_code << 5, 3);
    root->mps = std::min(128u << mps_code, card.fn.max_mps);
    for (uint32_t n : {1u, 2u, 3u, 4u, 5u, 63u, 64u, 65u, 127u, 129u, 512u, 4095u, 9000u, 131072u}) {
      if (n > 10000 && mps_code != 2) continue;
      uint32_t offset = env->rng->Below(n < 100 ? 8 : 4096);
      Buffer to(root, kTo + 0xfc0, offset, n, Memory::kWrite);
      card.WriteOnly(to.at, n, static_cast<uint8_t>(n & 63));
      card.WaitIdle();
      to.CheckHas(root, CoreCard::Pattern(n, static_cast<uint8_t>(n & 63)));
      root->memory.Unmap(to.base);
    }
  }
}

// Read request sizes, 32- and 64-bit addresses.
void RunDmaRead(Env* env) {
  Root* root = env->root;
  CoreCard card(env);
  uint16_t control = static_cast<uint16_t>(card.fn.caps.at(kCapPcie) + 8);
  for (uint32_t code = 0; code < 6; ++code) {
    root->CfgWrite(control, (root->CfgRead(control) & 0x8fff) | code << 12, 3);
    root->mrrs = 128u << code;
    for (uint32_t n : {1u, 3u, 64u, 200u, 511u, 513u, 5000u}) {
      Buffer to(root, kTo, 1, n, Memory::kWrite);
      Buffer from(root, (n & 1 ? 0x9000000000 : 0x80000000) + 0xf80, env->rng->Below(256), n, Memory::kRead);
      from.Fill(root);
      card.Copy(from.at, to.at, n, 0);
      card.WaitIdle();
      to.CheckHas(root, root->memory.Get(from.at, n));
      root->memory.Unmap(from.base);
    }
  }
}

// Nothing that must move waits for a non-posted request that cannot: ORD-05, ORD-06, FC-08.
void RunNonPostedBlocked(Env* env) {
  Root* root = env->root;
  CoreCard card(env);
  Buffer from(root, kFrom, 0, 16384, Memory::kRead), to(root, kTo, 0, 4096, Memory::kWrite);
  from.Fill(root);
  root->SetCredits(kNonPosted, 2, kNever);
  root->HoldCredits(true);
  // no completion for what was read either: the card is full of reads
  root->plan = [&](const Tlp&) {
    Plan p;
    p.delay = 3000;
    return p;
  };
  for (uint8_t i = 0; i < 4; ++i) card.ReadOnly(from.at, 4096, i | 0x80);
  root->Step(500);
  Check(root->nr_card_reads() <= 2, "more reads than credits");
  uint64_t before = root->cycle();
  for (uint32_t i = 0; i < 64; ++i) root->Write64(card.bar0() + 8 * i, i);
  for (uint32_t i = 0; i < 64; ++i) {
    Check(root->Read64(card.bar0() + 8 * i) == i, "register reads while reads are blocked");
  }
  Check(root->cycle() - before < 5000, "the card's registers waited for its own reads");
  // host's reads fill the card's non-posted channel; its completions still come
  root->SetCredits(kCompletion, 0, 0);
  std::vector<uint32_t> asked;
  for (int i = 0; i < 16; ++i) asked.push_back(root->Send(MemRead(card.bar0(), 8)));
  for (uint32_t i = 0; i < 200; ++i) root->Write64(card.bar0() + 2048 + 8 * (i & 63), i);
  root->Step(1000);
  Check(root->model()->Waiting(kPosted) == 0, "posted requests wait for non-posted ones");
  root->Calm();
  for (uint32_t handle : asked) root->Wait(handle);
  card.WaitIdle();
  Check(card.NrFailedReads() == 0, "reads failed");
}

// An interrupt is behind the data that it is for, a read's answer behind the writes before it.
void RunOrder(Env* env) {
  Root* root = env->root;
  CoreCard card(env);
  Need(card.fn, kCapMsix);
  EnableMsix(root, card.fn, 64, 0x100);
  std::vector<Buffer> to;
  uint32_t seen = 0;
  for (uint32_t i = 0; i < 32; ++i) to.emplace_back(root, kTo + 0x10000 * i, i, 700 + i, Memory::kWrite);
  root->on_interrupt = [&](const Interrupt& irq) {
    uint32_t v = irq.data - 0x100;
    Check(v < 32, "an interrupt with data %x", irq.data);
    to[v].CheckHas(root, CoreCard::Pattern(to[v].bytes, static_cast<uint8_t>(v | 0x40)));
    ++seen;
  };
  for (int round = 0; round < 4; ++round) {
    root->Randomize();
    for (uint8_t i = 0; i < 32; ++i) {
      root->memory.Poison(to[i].base, to[i].room);
      card.WriteOnly(to[i].at, to[i].bytes, i, true);
      if (i % 8 == 7) card.WaitIdle();
    }
    Check(root->Until([&] { return seen == 32; }, 100000), "%u interrupts of 32", seen);
    seen = 0;
  }
  // a write, then a read of the same register: every time the new value
  for (uint32_t i = 0; i < 50; ++i) {
    root->Write64(card.bar0() + 64, i);
    uint32_t handle = root->Send(MemRead(card.bar0() + 64, 8));
    root->Write64(card.bar0() + 64, ~0ull);
    uint64_t has = Little(root->Wait(handle).data);
    Check(has == i || has == ~0ull, "a read passed a write: %llx", static_cast<unsigned long long>(has));
  }
}

}  // namespace

const std::vector<Case> kCoreCases = {
    {"byte_enables", RunByteEnables}, {"mmio", RunMmio},           {"every_cut", RunEveryCut},
    {"reorder", RunReorder},          {"dma_write", RunDmaWrite},  {"dma_read", RunDmaRead},
    {"np_blocked", RunNonPostedBlocked}, {"order", RunOrder},
};

}  // namespace tb
