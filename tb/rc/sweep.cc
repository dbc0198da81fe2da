// SPDX-License-Identifier: Apache-2.0
#include "rc/sweep.h"

#include <fstream>
#include <sstream>

namespace tb {
namespace {

uint32_t Expand(uint32_t be) {
  uint32_t mask = 0;
  for (uint32_t i = 0; i < 4; ++i) {
    if (be >> i & 1) mask |= 0xffu << (8 * i);
  }
  return mask;
}

void Expect(Root* root, uint16_t reg, const Register& r, uint32_t want, const char* when) {
  uint32_t has = root->CfgRead(reg);
  Check(has == want, "configuration %03x (%s) reads %08x %s, want %08x", reg, r.name.c_str(), has,
        when, want);
}

}  // namespace

ConfigMap::ConfigMap(const std::string& path) {
  std::ifstream in(path);
  Check(in.good(), "cannot read %s", path.c_str());
  std::string line;
  for (int nr = 1; std::getline(in, line); ++nr) {
    size_t hash = line.find('#');
    if (hash != std::string::npos) line.resize(hash);
    std::istringstream fields(line);
    uint32_t at;
    Register r;
    if (!(fields >> std::hex >> at)) continue;
    fields >> r.reset >> r.rw >> r.rw1c >> r.sticky >> r.flr_keep >> r.skip >> r.name;
    Check(!fields.fail() && at < 0x1000 && at % 4 == 0, "%s:%d: not a register", path.c_str(), nr);
    Check((r.sticky & ~(r.rw | r.rw1c)) == 0 && (r.rw & r.rw1c) == 0, "%s:%d: masks overlap",
          path.c_str(), nr);
    Check(registers_.emplace(static_cast<uint16_t>(at), r).second, "%s:%d: twice", path.c_str(), nr);
  }
}

const Register& ConfigMap::at(uint16_t reg) const {
  static const Register kAbsent{0, 0, 0, 0, 0, 0, "absent"};
  auto found = registers_.find(reg);
  return found == registers_.end() ? kAbsent : found->second;
}

void ConfigMap::CheckReset(Root* root) const {
  for (uint32_t reg = 0; reg < 0x1000; reg += 4) {
    uint16_t at16 = static_cast<uint16_t>(reg);
    Expect(root, at16, at(at16), at(at16).reset, "after reset");
  }
}

void ConfigMap::Sweep(Root* root) const {
  for (uint32_t n = 0; n < 0x1000; n += 4) {
    uint16_t reg = static_cast<uint16_t>(n);
    const Register& r = at(reg);
    uint32_t ones = ~r.skip, fixed = r.reset & ~r.rw;
    bool is_short = r.name == "absent" && root->rng()->Percent(90);
    for (uint32_t be = is_short ? 15 : 0; be < 16; ++be) {
      uint32_t some = r.rw & Expand(be);
      root->CfgWrite(reg, 0);
      Expect(root, reg, r, fixed, "after all zeros");
      root->CfgWrite(reg, ones, static_cast<uint8_t>(be));
      Expect(root, reg, r, fixed | some, "after ones to some bytes");
      root->CfgWrite(reg, ones);
      Expect(root, reg, r, fixed | r.rw, "after all ones");
      root->CfgWrite(reg, 0, static_cast<uint8_t>(be));
      Expect(root, reg, r, fixed | (r.rw & ~some), "after zeros to some bytes");
    }
    root->CfgWrite(reg, r.reset & ~r.rw1c);
    Expect(root, reg, r, r.reset, "after it was restored");
  }
}

void ConfigMap::Fill(Root* root) const {
  for (const auto& [reg, r] : registers_) {
    if (r.rw != 0) root->CfgWrite(reg, r.rw & ~r.skip);
  }
}

void ConfigMap::CheckKept(Root* root, bool flr) const {
  for (const auto& [reg, r] : registers_) {
    uint32_t kept = (r.sticky & r.rw) | (flr ? r.flr_keep : 0);
    Expect(root, reg, r, (r.reset & ~kept) | kept,
           flr ? "after a function level reset" : "after a hot reset");
  }
}

}  // namespace tb
