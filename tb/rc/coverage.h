// SPDX-License-Identifier: Apache-2.0
// Verilator's coverage counts, added up over instances.
#ifndef RISER_TB_RC_COVERAGE_H_
#define RISER_TB_RC_COVERAGE_H_

#include <cstdint>
#include <map>
#include <string>

#include "rc/model.h"

namespace tb {

class Coverage {
 public:
  // Adds what @model has counted; @path is a file to pass it through, which is removed.
  void Add(Model* model, const std::string& path);
  void Write(const std::string& path) const;

 private:
  std::map<std::string, uint64_t> counts_;
};

}  // namespace tb

#endif  // RISER_TB_RC_COVERAGE_H_
