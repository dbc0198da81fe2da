// SPDX-License-Identifier: Apache-2.0
#include "state.h"

#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <vector>

namespace riser {
namespace {

constexpr char kMagic[8] = {'R', 'I', 'S', 'E', 'R', 'S', 'V', '1'};

struct Header {
  char magic[8];
  uint64_t bytes;
  char build_hash[72];
};

class MemorySave final : public VerilatedSerialize {
 public:
  explicit MemorySave(std::vector<uint8_t>* to) : to_(to) { m_isOpen = true; }
  ~MemorySave() override { flush(); }
  void flush() override {
    to_->insert(to_->end(), m_bufp, m_cp);
    m_cp = m_bufp;
  }

 private:
  std::vector<uint8_t>* to_;
};

class MemoryRestore final : public VerilatedDeserialize {
 public:
  explicit MemoryRestore(const std::vector<uint8_t>& from) : from_(from) {
    m_isOpen = true;
    m_endp = m_bufp;
  }

 private:
  void fill() override {
    size_t rest = m_endp - m_cp;
    memmove(m_bufp, m_cp, rest);
    size_t more = bufferSize() - rest;
    if (more > from_.size() - at_) more = from_.size() - at_;
    memcpy(m_bufp + rest, from_.data() + at_, more);
    at_ += more;
    m_cp = m_bufp;
    m_endp = m_bufp + rest + more;
  }

  const std::vector<uint8_t>& from_;
  size_t at_ = 0;
};

int WriteAll(int fd, const void* data, size_t bytes) {
  const char* p = static_cast<const char*>(data);
  while (bytes != 0) {
    ssize_t n = write(fd, p, bytes);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -errno;
    p += n;
    bytes -= static_cast<size_t>(n);
  }
  return 0;
}

int ReadAll(int fd, void* data, size_t bytes) {
  char* p = static_cast<char*>(data);
  while (bytes != 0) {
    ssize_t n = read(fd, p, bytes);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -errno;
    if (n == 0) return -EIO;
    p += n;
    bytes -= static_cast<size_t>(n);
  }
  return 0;
}

}  // namespace

int SaveState(int fd, const char* build_hash, std::vector<uint8_t>* buffer,
              const std::function<void(VerilatedSerialize&)>& save) {
  Header header{};
  buffer->clear();
  memcpy(header.magic, kMagic, sizeof(kMagic));
  strncpy(header.build_hash, build_hash, sizeof(header.build_hash) - 1);
  {
    MemorySave os(buffer);
    save(os);
  }
  header.bytes = buffer->size();
  int rc = WriteAll(fd, &header, sizeof(header));
  return rc != 0 ? rc : WriteAll(fd, buffer->data(), buffer->size());
}

int RestoreState(int fd, const char* build_hash,
                 const std::function<void(VerilatedDeserialize&)>& restore) {
  Header header;
  int rc = ReadAll(fd, &header, sizeof(header));
  if (rc != 0) return rc;
  if (memcmp(header.magic, kMagic, sizeof(kMagic)) != 0) return -EINVAL;
  if (strncmp(header.build_hash, build_hash, sizeof(header.build_hash)) != 0) return -EINVAL;
  if (header.bytes > (1ull << 32)) return -EINVAL;
  std::vector<uint8_t> bytes(header.bytes);
  rc = ReadAll(fd, bytes.data(), bytes.size());
  if (rc != 0) return rc;
  MemoryRestore is(bytes);
  restore(is);
  return 0;
}

}  // namespace riser
