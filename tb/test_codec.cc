// SPDX-License-Identifier: Apache-2.0
// The codec of tb/ against the bytes of tests/vectors, whose encoder is another one: every TLP of
// the passing vectors is decoded, agrees with the words behind it, and is encoded to the same bytes.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "rc/tlp.h"

namespace tb {
namespace {

int Hex(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

// "01020304*8" repeats a group
Bytes Parse(const std::string& words) {
  Bytes all;
  std::istringstream in(words);
  for (std::string w; in >> w;) {
    if (w.find('=') != std::string::npos) continue;
    size_t star = w.find('*');
    long times = star == std::string::npos ? 1 : atol(w.c_str() + star + 1);
    std::string digits = w.substr(0, star);
    Bytes group;
    for (size_t i = 0; i + 1 < digits.size(); i += 2) {
      group.push_back(static_cast<uint8_t>(Hex(digits[i]) << 4 | Hex(digits[i + 1])));
    }
    while (times-- > 0) all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

struct Tally {
  uint32_t tlps = 0, named = 0, bad = 0;
  std::set<std::string> kinds;
};

// The comment says "MRd 0xc0000000" or "CfgWr0 0x010 = 0x6".
bool Agrees(const Tlp& t, const std::string& comment, Tally* tally) {
  std::istringstream in(comment);
  std::string kind, value;
  if (!(in >> kind >> value) || value.compare(0, 2, "0x") != 0) return true;
  std::string text = ToText(t);
  uint64_t number = strtoull(value.c_str(), nullptr, 16);
  bool is_config = kind.compare(0, 3, "Cfg") == 0;
  ++tally->named;
  if (kind == "=") {  // the value of a completion's only dword
    uint64_t data = 0;
    for (size_t i = 0; i < t.data.size(); ++i) data |= uint64_t{t.data[i]} << (8 * i);
    return data == number;
  }
  return text.compare(0, kind.size() + 1, kind + " ") == 0 &&
         (is_config ? t.reg == number : t.addr == (number & ~3ull));
}

void Line(const std::string& where, const std::string& line, Tally* tally) {
  size_t hash = line.find('#');
  std::string comment = hash == std::string::npos ? "" : line.substr(hash + 1);
  std::istringstream in(line.substr(0, hash));
  std::string mark, cycle, rest;
  in >> mark >> cycle;
  std::getline(in, rest);
  Bytes bytes = Parse(rest);
  Tlp t;
  std::string why;
  ++tally->tlps;
  if (!Decode(bytes, &t, &why)) {
    printf("%s: not decoded (%s): %s\n", where.c_str(), why.c_str(), ToHex(bytes).c_str());
    ++tally->bad;
    return;
  }
  std::string text = ToText(t);
  tally->kinds.insert(text.substr(0, text.find(' ')));
  if (Encode(t) != bytes) {
    printf("%s: %s\n  is  %s\n  was %s\n", where.c_str(), text.c_str(), ToHex(Encode(t)).c_str(),
           ToHex(bytes).c_str());
    ++tally->bad;
  } else if (!Agrees(t, comment, tally)) {
    printf("%s: %s, but the vector says%s\n", where.c_str(), text.c_str(), comment.c_str());
    ++tally->bad;
  }
}

void File(const std::filesystem::path& path, Tally* tally) {
  std::ifstream in(path);
  bool passing = path.extension() == ".inc";
  std::string line, first;
  for (int nr = 1; std::getline(in, line); ++nr) {
    std::istringstream words(line);
    std::string a, rule, kind;
    if (words >> a && a == "vector" && words >> rule >> kind) {
      // reserved header bits that a receiver must ignore are no fields here
      passing = kind == "pass" && rule != "HDR-03";
    }
    if (passing && (a == ">" || a == "<")) {
      Line(path.filename().string() + ":" + std::to_string(nr), line, tally);
    }
  }
}

}  // namespace
}  // namespace tb

int main(int argc, char** argv) {
  tb::Tally tally;
  if (argc != 2) {
    fputs("usage: tb_codec VECTORS\n", stderr);
    return 2;
  }
  std::set<std::filesystem::path> files;
  for (const auto& f : std::filesystem::directory_iterator(argv[1])) files.insert(f.path());
  for (const auto& f : files) {
    if (f.extension() == ".vec" || f.extension() == ".inc") tb::File(f, &tally);
  }
  printf("%u TLPs of %zu kinds, %u with words, %u wrong\n", tally.tlps, tally.kinds.size(), tally.named,
         tally.bad);
  return tally.bad == 0 && tally.tlps > 1000 && tally.kinds.size() >= 14 ? 0 : 1;
}
