// SPDX-License-Identifier: Apache-2.0
// The back door: signals that the builder's --signal made reachable, by name.
#ifndef RISER_SIM_SIGNALS_H_
#define RISER_SIM_SIGNALS_H_

#include <cstddef>
#include <cstdint>

#include "verilated.h"

namespace riser {

// A public signal of one bit in the scope whose name ends with @scope; never null: the
// builder has put it there.
const uint8_t* FindBit(VerilatedContext* context, const char* scope, const char* name);

// As peek and poke of the model ABI. The design is not evaluated here. @listed has the builder's
// "MODULE.NAME MODULE.NAME": such a name means NAME where no instance is called MODULE.
int Peek(VerilatedContext* context, const char* listed, const char* signal, char* value,
         size_t size);
int Poke(VerilatedContext* context, const char* listed, const char* signal, const char* value);

}  // namespace riser

#endif  // RISER_SIM_SIGNALS_H_
