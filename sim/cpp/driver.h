// SPDX-License-Identifier: Apache-2.0
// What the Rust side calls (src/cosim/ffi.rs).
#pragma once
#include <memory>

#include "design_handle.h"
#include "rust/cxx.h"

namespace hwgen {

struct SimConfig;
struct Outcome;
struct Inputs;
struct Outputs;
struct MemoryShape;
struct MemoryRates;
struct MemoryTraffic;
class Pins;

std::unique_ptr<Design> open_design(rust::Str library, rust::Str folder, uint64_t seed, bool random_initial);
Outcome simulate(Design& design, const SimConfig& config);
double free_run(Design& design, uint32_t width, uint32_t height, uint64_t cycles);
std::unique_ptr<Pins> new_pins(std::unique_ptr<Design> design, uint64_t feedback_depth,
                               uint32_t feedback_word_bytes, const MemoryShape& memory);

}  // namespace hwgen

#include "pins.h"
