// SPDX-License-Identifier: Apache-2.0
#include "signals.h"

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "verilated_syms.h"

namespace riser {
namespace {

// One signal, or one element of a memory; all types of Verilator are little-endian
// numbers on the hosts that there are.
struct Place {
  uint8_t* bytes = nullptr;
  uint32_t bits = 0;
};

// The annotation module's signals, and the ports once more, as Verilator's own top has them.
bool IsOurs(const std::string& scope) {
  static const char kAnnot[] = ".riser";
  if (scope == "TOP" || scope == "TOP.TOP") return true;
  size_t len = strlen(kAnnot);
  return scope.size() >= len && scope.compare(scope.size() - len, len, kAnnot) == 0;
}

void EachSignal(VerilatedContext* context,
                const std::function<void(const std::string&, const VerilatedVar&)>& f) {
  for (const auto& scope : *context->scopeNameMap()) {
    const VerilatedVarNameMap* vars = scope.second->varsp();
    if (vars == nullptr || IsOurs(scope.first)) continue;
    for (const auto& var : *vars) {
      if (!var.second.isPublicRW()) continue;
      std::string name = std::string(scope.first) + "." + var.first;
      f(name.compare(0, 4, "TOP.") == 0 ? name.substr(4) : name, var.second);
    }
  }
}

// @path is @name, or the end of it behind a dot.
bool IsNamed(const std::string& name, const std::string& path) {
  if (name.size() < path.size()) return false;
  size_t at = name.size() - path.size();
  return name.compare(at, path.size(), path) == 0 && (at == 0 || name[at - 1] == '.');
}

// @path is one of the words of @listed.
bool IsListed(const std::string& path, const char* listed) {
  return (" " + std::string(listed) + " ").find(" " + path + " ") != std::string::npos;
}

int FindPath(VerilatedContext* context, const std::string& path, const VerilatedVar** found) {
  bool is_exact = false, is_one = true;
  *found = nullptr;
  EachSignal(context, [&](const std::string& name, const VerilatedVar& var) {
    if (is_exact || !IsNamed(name, path)) return;
    is_one = *found == nullptr;
    is_exact = name == path;
    *found = &var;
  });
  if (*found == nullptr) return -ENOENT;
  return is_one || is_exact ? 0 : -ENOTUNIQ;
}

int Find(VerilatedContext* context, const char* listed, const char* signal, Place* place) {
  std::string path = signal;
  long index = -1;
  size_t bracket = path.find('[');
  if (bracket != std::string::npos) {
    char* end;
    index = strtol(path.c_str() + bracket + 1, &end, 0);
    if (index < 0 || strcmp(end, "]") != 0) return -ENOENT;
    path.resize(bracket);
  }
  const VerilatedVar* found;
  int rc = FindPath(context, path, &found);
  if (rc == -ENOENT && IsListed(path, listed))
    rc = FindPath(context, path.substr(path.find('.') + 1), &found);
  if (rc != 0) return rc;
  if (found->udims() != (index < 0 ? 0 : 1)) return -ENOENT;
  place->bytes = static_cast<uint8_t*>(found->datap());
  place->bits = found->dims() > found->udims() ? found->elements(0) : 1;
  if (index < 0) return 0;
  if (index < found->low(1) || index > found->high(1)) return -ENOENT;
  place->bytes += static_cast<size_t>(index - found->low(1)) * found->entSize();
  return 0;
}

int Names(VerilatedContext* context, char* value, size_t size) {
  std::string all;
  EachSignal(context, [&all](const std::string& name, const VerilatedVar&) {
    all += (all.empty() ? "" : " ") + name;
  });
  if (all.size() >= size) return -ENOSPC;
  memcpy(value, all.c_str(), all.size() + 1);
  return 0;
}

int Digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// "0x..." of any width, or a decimal number of at most 64 bits.
int Parse(const char* text, std::vector<uint8_t>* bytes) {
  std::vector<int> digits;
  if (text[0] != '0' || (text[1] | 0x20) != 'x') {
    char* end;
    errno = 0;
    uint64_t n = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || *text == '-') return -EINVAL;
    for (; n != 0; n >>= 4) digits.push_back(static_cast<int>(n & 15));
  } else {
    if (text[2] == '\0') return -EINVAL;
    for (const char* p = text + strlen(text); p != text + 2;) {
      int digit = Digit(*--p);
      if (digit < 0 && *p != '_') return -EINVAL;
      if (digit >= 0) digits.push_back(digit);
    }
  }
  bytes->assign(digits.size() / 2 + 1, 0);
  for (size_t i = 0; i < digits.size(); ++i)
    (*bytes)[i / 2] |= static_cast<uint8_t>(digits[i] << 4 * (i % 2));
  return 0;
}

bool Fits(const std::vector<uint8_t>& bytes, uint32_t bits) {
  for (size_t bit = bits; bit < 8 * bytes.size(); ++bit)
    if (bytes[bit / 8] & (1u << bit % 8)) return false;
  return true;
}

}  // namespace

const uint8_t* FindBit(VerilatedContext* context, const char* scope, const char* name) {
  size_t len = strlen(scope);
  for (const auto& s : *context->scopeNameMap()) {
    size_t at = strlen(s.first);
    if (at < len || strcmp(s.first + at - len, scope) != 0) continue;
    const VerilatedVar* var = s.second->varFind(name);
    if (var != nullptr) return static_cast<const uint8_t*>(var->datap());
  }
  fprintf(stderr, "riser: error: the model has no signal %s%s\n", scope, name);
  abort();
}

int Peek(VerilatedContext* context, const char* listed, const char* signal, char* value,
         size_t size) {
  Place place;
  if (*signal == '\0') return Names(context, value, size);
  int rc = Find(context, listed, signal, &place);
  if (rc != 0) return rc;
  uint32_t digits = (place.bits + 3) / 4;
  if (size < digits + 3) return -ENOSPC;
  memcpy(value, "0x", 2);
  for (uint32_t i = 0; i < digits; ++i) {
    uint32_t from = digits - 1 - i;
    value[2 + i] = "0123456789abcdef"[place.bytes[from / 2] >> 4 * (from % 2) & 15];
  }
  value[2 + digits] = '\0';
  return 0;
}

int Poke(VerilatedContext* context, const char* listed, const char* signal, const char* value) {
  std::vector<uint8_t> bytes;
  Place place;
  int rc = Find(context, listed, signal, &place);
  if (rc == 0) rc = Parse(value, &bytes);
  if (rc == 0 && !Fits(bytes, place.bits)) rc = -ERANGE;
  if (rc != 0) return rc;
  bytes.resize((place.bits + 7) / 8, 0);
  memcpy(place.bytes, bytes.data(), bytes.size());
  return 0;
}

}  // namespace riser
