// SPDX-License-Identifier: Apache-2.0
// The configuration space against a table of masks (tb/cards/*.cfg).
#ifndef RISER_TB_RC_SWEEP_H_
#define RISER_TB_RC_SWEEP_H_

#include <map>
#include <string>

#include "rc/root.h"

namespace tb {

// One dword. What is in no mask is read-only.
struct Register {
  uint32_t reset = 0;
  uint32_t rw = 0;
  uint32_t rw1c = 0;
  uint32_t sticky = 0;    // survives everything but power-on
  uint32_t flr_keep = 0;  // survives a function level reset only
  uint32_t skip = 0;      // written as 0: starts something (Initiate FLR)
  std::string name;
};

class ConfigMap {
 public:
  // Throws Broken with the file's line.
  explicit ConfigMap(const std::string& path);

  const Register& at(uint16_t reg) const;

  // All 1024 registers have their reset values.
  void CheckReset(Root* root) const;
  // Ones and zeros to every register, with each of the 16 byte enables.
  void Sweep(Root* root) const;
  // All ones everywhere, then what a reset leaves. @flr: function level, else conventional.
  void Fill(Root* root) const;
  void CheckKept(Root* root, bool flr) const;

 private:
  std::map<uint16_t, Register> registers_;
};

}  // namespace tb

#endif  // RISER_TB_RC_SWEEP_H_
