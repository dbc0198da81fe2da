// SPDX-License-Identifier: Apache-2.0
// What every card must do.
#include "cases/case.h"

namespace tb {

Function Start(Env* env) {
  env->root->PowerOn();
  return Enumerate(env->root);
}

void Need(const Function& fn, uint8_t capability) {
  if (fn.caps.count(capability) == 0) {
    throw Skipped("no capability " + std::to_string(capability));
  }
}

uint32_t TakeAer(Root* root, const Function& fn) {
  uint16_t at = static_cast<uint16_t>(fn.ext.at(kExtAer) + 4);
  uint32_t was = root->CfgRead(at);
  root->CfgWrite(at, was);
  Check(root->CfgRead(at) == 0, "AER status %08x is not cleared by ones", was);
  return was;
}

void EnableErrors(Root* root, const Function& fn) {
  uint16_t control = static_cast<uint16_t>(fn.caps.at(kCapPcie) + 8);
  root->CfgWrite(control, (root->CfgRead(control) & 0xfff0) | 0xf, 3);
  root->CfgWrite(static_cast<uint16_t>(fn.ext.at(kExtAer) + 0x14), 0);
}

void LevelReset(Root* root, const Function& fn) {
  uint16_t control = static_cast<uint16_t>(fn.caps.at(kCapPcie) + 8);
  root->CfgWrite(control, (root->CfgRead(control) & 0xffff) | 0x8000, 3);
  bool over = root->Until([&] { return !root->model()->flr_active(); }, 100000);
  Check(over, "the function level reset does not end");
  Check((root->CfgRead(control) & 0x8000) == 0, "Initiate Function Level Reset reads 1");
}

namespace {

void RunSweep(Env* env) {
  Root* root = env->root;
  root->PowerOn();
  root->CfgWrite(0, 0);  // the card learns its number
  env->config->CheckReset(root);
  env->config->Sweep(root);
  env->config->CheckReset(root);
}

void RunResets(Env* env) {
  Root* root = env->root;
  Function fn = Start(env);
  env->config->Fill(root);
  root->HotReset();
  root->CfgWrite(0, 0);
  env->config->CheckKept(root, false);
  root->PowerOn();
  root->CfgWrite(0, 0);
  env->config->CheckReset(root);
  env->config->Fill(root);
  LevelReset(root, fn);
  env->config->CheckKept(root, true);
  root->LinkDown();
  root->LinkUp();
  Enumerate(root);
}

uint16_t DevStatus(Root* root, const Function& fn) {
  return static_cast<uint16_t>(root->CfgRead(static_cast<uint16_t>(fn.caps.at(kCapPcie) + 8)) >> 16);
}

// Reads and writes around each BAR: in is answered, out is UR.
void RunDecode(Env* env) {
  Root* root = env->root;
  Function fn = Start(env);
  uint16_t status_reg = static_cast<uint16_t>(fn.caps.at(kCapPcie) + 8);
  uint64_t moved = 0xd0000000;
  for (const Bar& bar : fn.bars) {
    uint64_t end = bar.addr + bar.bytes;
    for (uint64_t at : {bar.addr, end - 4}) {
      Answer a = root->Ask(MemRead(at, 4));
      Check(a.status == kSuccess, "BAR%d: status %d inside", bar.index, a.status);
    }
    bool free_below = true, free_above = true;
    for (const Bar& other : fn.bars) {
      free_below &= bar.addr - 4 < other.addr || bar.addr - 4 >= other.addr + other.bytes;
      free_above &= end < other.addr || end >= other.addr + other.bytes;
    }
    if (free_below) {
      Check(root->Ask(MemRead(bar.addr - 4, 4)).status == kUnsupported, "BAR%d: below", bar.index);
    }
    if (free_above) Check(root->Ask(MemRead(end, 4)).status == kUnsupported, "BAR%d: above", bar.index);
    Check(DevStatus(root, fn) & 8, "Unsupported Request Detected is 0");
    root->CfgWrite(status_reg, 0x000f0000, 0x4);
    Check((DevStatus(root, fn) & 0xf) == 0, "Device Status is not cleared by ones");
    // decode follows at once
    uint16_t reg = static_cast<uint16_t>(0x10 + 4 * bar.index);
    moved = (moved + bar.bytes - 1) & ~(bar.bytes - 1);
    root->CfgWrite(reg, static_cast<uint32_t>(moved));
    if (bar.is_64) root->CfgWrite(static_cast<uint16_t>(reg + 4), 0);
    Check(root->Ask(MemRead(bar.addr, 4)).status == kUnsupported, "BAR%d: old place", bar.index);
    Check(root->Ask(MemRead(moved, 4)).status == kSuccess, "BAR%d: new place", bar.index);
    moved += bar.bytes;
  }
  root->CfgWrite(4, 4, 1);
  Check(root->Ask(MemRead(moved - 4, 4)).status == kUnsupported, "Memory Space Enable is 0");
}

Tlp Odd(Kind kind, uint64_t addr, uint16_t length) {
  Tlp t;
  t.kind = kind;
  t.addr = addr;
  t.length = length;
  t.first_be = 0xf;
  t.last_be = length > 1 ? 0xf : 0;
  t.four_dw = addr >> 32 != 0;
  t.has_data = kind == Kind::kIoWr || kind == Kind::kFetchAdd || kind == Kind::kSwap ||
               kind == Kind::kCas || kind == Kind::kCfgWr1;
  if (t.has_data) t.data.resize(4u * length);
  return t;
}

// Every request an endpoint does not know, and functions that do not exist.
void RunUnsupported(Env* env) {
  Root* root = env->root;
  Function fn = Start(env);
  uint64_t bar = fn.bars[0].addr;
  std::vector<Tlp> all = {Odd(Kind::kIoRd, 0x100, 1),    Odd(Kind::kIoWr, 0x100, 1),
                          Odd(Kind::kMRdLk, bar, 1),     Odd(Kind::kFetchAdd, bar, 1),
                          Odd(Kind::kFetchAdd, bar, 2),  Odd(Kind::kSwap, bar, 1),
                          Odd(Kind::kSwap, bar + 8, 2),  Odd(Kind::kCas, bar, 2),
                          Odd(Kind::kCas, bar + 16, 4),  Odd(Kind::kCas, bar, 8)};
  for (Tlp& t : all) {
    if (t.kind != Kind::kIoRd && t.kind != Kind::kIoWr && t.kind != Kind::kMRdLk) t.last_be = t.first_be = 0;
    Answer a = root->Ask(t);
    Check(a.status == kUnsupported, "%s has status %d", ToText(t).c_str(), a.status);
  }
  for (uint16_t function = 1; function < 8; ++function) {
    if (root->functions >> function & 1) continue;
    Answer a = root->Ask(CfgRequest(false, static_cast<uint16_t>(root->bdf | function), 0, 15, 0));
    Check(a.status == kUnsupported, "function %u has status %d", function, a.status);
  }
  for (bool write : {false, true}) {
    Tlp t = CfgRequest(write, 0x0200, 0, 15, 0);
    t.kind = write ? Kind::kCfgWr1 : Kind::kCfgRd1;
    Check(root->Ask(t).status == kUnsupported, "type 1 configuration request");
  }
  Check(root->CfgRead(0) == (uint32_t{fn.device} << 16 | fn.vendor), "the next request is served");
  Check(root->interrupts.empty(), "an interrupt nobody asked for");
}

// Reads of no byte, attributes and traffic that must come back as they went.
void RunFlush(Env* env) {
  Root* root = env->root;
  Function fn = Start(env);
  for (int i = 0; i < 8; ++i) {
    Tlp t = MemRead(fn.bars[0].addr + 4u * static_cast<uint32_t>(i), 4);
    t.attr = static_cast<uint8_t>(i & 3);
    if (i & 4) t.first_be = 0;
    Answer a = root->Ask(t);
    Check(a.status == kSuccess && a.parts == 1, "%s has status %d", ToText(t).c_str(), a.status);
  }
}

void SetPower(Root* root, const Function& fn, uint32_t state) {
  root->CfgWrite(static_cast<uint16_t>(fn.caps.at(kCapPm) + 4), state, 1);
}

void RunPower(Env* env) {
  Root* root = env->root;
  Function fn = Start(env);
  uint16_t pm = static_cast<uint16_t>(fn.caps.at(kCapPm) + 4);
  for (uint32_t none : {1u, 2u}) {
    SetPower(root, fn, none);
    Check((root->CfgRead(pm) & 3) == 0, "the card is in D%u, which it does not have", none);
  }
  SetPower(root, fn, 3);
  Check((root->CfgRead(pm) & 3) == 3, "the card is not in D3hot");
  Check(root->Ask(MemRead(fn.bars[0].addr, 4)).status == kUnsupported, "memory read in D3hot");
  Check(root->CfgRead(0) != 0, "configuration in D3hot");
  SetPower(root, fn, 0);
  Check(root->Ask(MemRead(fn.bars[0].addr, 4)).status == kSuccess, "memory read back in D0");
  root->SendMessage(kPmeTurnOff, 3);
  bool acked = root->Until([&] { return !root->messages.empty(); }, 5000);
  Check(acked && root->messages.back().code == kPmeToAck, "PME_Turn_Off is not acknowledged");
}

// The MSI-X table: every bit that exists, with every byte enable; masked after reset.
void RunMsixTable(Env* env) {
  Root* root = env->root;
  Function fn = Start(env);
  Need(fn, kCapMsix);
  for (uint32_t v = 0; v < fn.msix_vectors; ++v) {
    uint64_t at = fn.msix_table + 16ull * v;
    Check((root->Read32(at + 12) & 1) == 1, "vector %u is not masked after reset", v);
    if (v > 3 && v + 2 < fn.msix_vectors && !env->rng->Percent(10)) continue;
    for (uint32_t dword = 0; dword < 4; ++dword) {
      uint32_t mask = dword == 0 ? 0xfffffffc : dword == 3 ? 1 : 0xffffffff;
      for (uint8_t be = 1; be < 16; ++be) {
        uint32_t value = static_cast<uint32_t>(env->rng->Next());
        root->Write32(at + 4 * dword, ~value);
        Tlp t = MemWrite(at + 4 * dword, Bytes(4));
        t.first_be = be;
        uint32_t want = ~value;
        for (uint32_t i = 0; i < 4; ++i) {
          t.data[i] = static_cast<uint8_t>(value >> (8 * i));
          if (be >> i & 1) want = (want & ~(0xffu << (8 * i))) | (value & 0xffu << (8 * i));
        }
        root->Send(t);
        uint32_t has = root->Read32(at + 4 * dword);
        Check((has & mask) == (want & mask), "vector %u dword %u be %x: %08x, want %08x", v, dword,
              be, has, want);
      }
    }
    root->Write32(at + 12, 1);
  }
  for (uint32_t i = 0; i < (fn.msix_vectors + 63) / 64; ++i) {
    root->Write64(fn.msix_pba + 8ull * i, ~0ull);
    Check(root->Read64(fn.msix_pba + 8ull * i) == 0, "pending bits are writable");
  }
  Check(root->interrupts.empty(), "an interrupt nobody asked for");
}

}  // namespace

const std::vector<Case> kGenericCases = {
    {"sweep", RunSweep},         {"resets", RunResets}, {"decode", RunDecode},
    {"unsupported", RunUnsupported}, {"flush", RunFlush},   {"power", RunPower},
    {"msix_table", RunMsixTable},
};

}  // namespace tb
