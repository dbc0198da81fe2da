// SPDX-License-Identifier: Apache-2.0
#include "rc/enumerate.h"

#include <algorithm>
#include <set>

namespace tb {
namespace {

uint64_t Place(uint64_t* next, uint64_t bytes) {
  uint64_t at = (*next + bytes - 1) & ~(bytes - 1);
  *next = at + bytes;
  return at;
}

void CheckMask(int bar, uint64_t mask, uint64_t bytes) {
  bool one_run = (mask & (mask - 1)) == (mask << 1 & mask);
  Check(one_run && bytes >= 128, "BAR%d: size mask %llx", bar,
        static_cast<unsigned long long>(mask));
}

void SizeBars(Root* root, Function* fn, uint64_t low, uint64_t high) {
  for (int i = 0; i < 6; ++i) {
    uint16_t reg = static_cast<uint16_t>(0x10 + 4 * i);
    uint32_t was = root->CfgRead(reg);
    root->CfgWrite(reg, 0xffffffff);
    uint32_t probe = root->CfgRead(reg);
    if (probe == 0) continue;
    Check((probe & 1) == 0, "BAR%d is for I/O", i);
    Check((probe & 0xf) == (was & 0xf), "BAR%d: the type changes from %x to %x", i, was & 0xf,
          probe & 0xf);
    Bar bar{i, 0, 0, (probe & 4) != 0, (probe & 8) != 0};
    uint64_t mask = probe & ~0xfull;
    if (bar.is_64) {
      Check(i < 5, "BAR5 has 64 bits");
      uint16_t upper = static_cast<uint16_t>(reg + 4);
      root->CfgWrite(upper, 0xffffffff);
      mask |= uint64_t{root->CfgRead(upper)} << 32;
    } else {
      mask |= 0xffffffff00000000ull;
    }
    bar.bytes = ~mask + 1;
    CheckMask(i, mask, bar.bytes);
    bar.addr = Place(bar.is_64 ? &high : &low, bar.bytes);
    root->CfgWrite(reg, static_cast<uint32_t>(bar.addr));
    if (bar.is_64) root->CfgWrite(static_cast<uint16_t>(reg + 4), static_cast<uint32_t>(bar.addr >> 32));
    fn->bars.push_back(bar);
    if (bar.is_64) ++i;
  }
}

void WalkCapabilities(Root* root, Function* fn) {
  Check(root->CfgRead(4) & 0x00100000, "Status has no capability list");
  std::set<uint16_t> seen;
  for (uint16_t at = root->CfgRead(0x34) & 0xff; at != 0;) {
    Check(at >= 0x40 && at % 4 == 0 && seen.insert(at).second, "capability pointer %02x", at);
    uint32_t head = root->CfgRead(at);
    fn->caps[head & 0xff] = at;
    at = head >> 8 & 0xff;
  }
  seen.clear();
  for (uint16_t at = 0x100; at != 0;) {
    Check(at >= 0x100 && at % 4 == 0 && seen.insert(at).second, "extended pointer %03x", at);
    uint32_t head = root->CfgRead(at);
    if (head == 0) break;
    fn->ext[static_cast<uint16_t>(head)] = at;
    at = static_cast<uint16_t>(head >> 20);
  }
  Check(fn->caps.count(kCapPcie) == 1 && fn->caps.count(kCapPm) == 1,
        "an endpoint has a PCI Express and a Power Management capability");
}

uint64_t TablePlace(Root* root, const Function& fn, uint16_t reg, uint64_t bytes) {
  uint32_t v = root->CfgRead(reg);
  const Bar& bar = fn.bar(v & 7);
  Check((v & ~7u) + bytes <= bar.bytes, "MSI-X: table or pending bits beyond BAR%u", v & 7);
  return bar.addr + (v & ~7u);
}

void ReadInterrupts(Root* root, Function* fn) {
  if (fn->caps.count(kCapMsi)) fn->msi_vectors = 1u << (root->CfgRead(fn->caps[kCapMsi]) >> 17 & 7);
  if (fn->caps.count(kCapMsix) == 0) return;
  uint16_t at = fn->caps[kCapMsix];
  fn->msix_vectors = (root->CfgRead(at) >> 16 & 0x7ff) + 1;
  fn->msix_table = TablePlace(root, *fn, static_cast<uint16_t>(at + 4), fn->msix_vectors * 16u);
  fn->msix_pba =
      TablePlace(root, *fn, static_cast<uint16_t>(at + 8), (fn->msix_vectors + 63) / 64 * 8);
}

}  // namespace

const Bar& Function::bar(int index) const {
  for (const Bar& b : bars) {
    if (b.index == index) return b;
  }
  Fail("there is no BAR%d", index);
}

Function Enumerate(Root* root, uint64_t low, uint64_t high) {
  Function fn{};
  uint32_t id = root->CfgRead(0);
  fn.vendor = static_cast<uint16_t>(id);
  fn.device = static_cast<uint16_t>(id >> 16);
  Check(fn.vendor != 0xffff && fn.vendor != 0, "Vendor ID %04x", fn.vendor);
  fn.class_code = root->CfgRead(8) >> 8;
  Check((root->CfgRead(0xc) >> 16 & 0xff) == (root->functions == 1 ? 0 : 0x80), "header type or multi-function bit");
  fn.pin = root->CfgRead(0x3c) >> 8 & 0xff;
  SizeBars(root, &fn, low, high);
  WalkCapabilities(root, &fn);
  ReadInterrupts(root, &fn);
  uint16_t pcie = fn.caps[kCapPcie];
  Check((root->CfgRead(pcie) >> 20 & 0xf) == 0, "Device/Port Type is not Endpoint");
  uint32_t supported = root->CfgRead(static_cast<uint16_t>(pcie + 4)) & 7;
  fn.max_mps = 128u << supported;
  uint32_t control = root->CfgRead(static_cast<uint16_t>(pcie + 8));
  uint32_t encoded = std::min(supported, 1u);  // a root port of 256 bytes
  control = (control & 0xff1f) | encoded << 5;
  root->CfgWrite(static_cast<uint16_t>(pcie + 8), control, 3);
  root->mps = 128u << encoded;
  root->mrrs = 128u << (control >> 12 & 7);
  root->CfgWrite(4, 6, 3);
  return fn;
}

void EnableMsix(Root* root, const Function& fn, uint32_t vectors, uint32_t data) {
  for (uint32_t v = 0; v < vectors; ++v) {
    uint64_t entry = fn.msix_table + 16ull * v;
    root->Write64(entry, kMsiWindow + 0x100ull * v);
    root->Write64(entry + 8, data + v);
  }
  root->CfgWrite(fn.caps.at(kCapMsix), 0x80000000, 8);
}

}  // namespace tb
