// SPDX-License-Identifier: Apache-2.0
// Saved state on a file descriptor: a header that names the build, then as many
// bytes as it says, so that several states may follow each other in one file.
#ifndef RISER_SIM_STATE_H_
#define RISER_SIM_STATE_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "verilated.h"
#include "verilated_save.h"

namespace riser {

// 0, or -errno of the write. @buffer is kept by the caller: memory that is got
// and given back each time costs more than the copy.
int SaveState(int fd, const char* build_hash, std::vector<uint8_t>* buffer,
              const std::function<void(VerilatedSerialize&)>& save);

// 0; -EINVAL when what is read is not a state of this build (nothing has been
// changed then); -EIO when it ends early; -errno of the read.
int RestoreState(int fd, const char* build_hash,
                 const std::function<void(VerilatedDeserialize&)>& restore);

}  // namespace riser

#endif  // RISER_SIM_STATE_H_
