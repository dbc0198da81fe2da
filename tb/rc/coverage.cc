// SPDX-License-Identifier: Apache-2.0
#include "rc/coverage.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace tb {

void Coverage::Add(Model* model, const std::string& path) {
  model->WriteCoverage(path);
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    size_t end = line.rfind("' ");
    if (line.compare(0, 3, "C '") != 0 || end == std::string::npos) continue;
    counts_[line.substr(0, end + 1)] += strtoull(line.c_str() + end + 2, nullptr, 10);
  }
  remove(path.c_str());
}

void Coverage::Write(const std::string& path) const {
  std::ofstream out(path);
  out << "# SystemC::Coverage-3\n";
  for (const auto& [point, count] : counts_) out << point << ' ' << count << '\n';
  out.close();
  if (!out) throw std::runtime_error("cannot write " + path);
}

}  // namespace tb
