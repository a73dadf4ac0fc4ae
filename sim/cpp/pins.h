// SPDX-License-Identifier: Apache-2.0
// One clock at a time under control of the caller; only the feedback FIFO or memory is played by this side.
#pragma once
#include <memory>

#include "design_handle.h"
#include "rust/cxx.h"

namespace hwgen {

struct Inputs;
struct Outputs;
struct MemoryShape;
struct MemoryRates;
struct MemoryTraffic;
class FeedbackFifo;
class AxiMemory;

class Pins {
public:
    Pins(std::unique_ptr<Design> design, uint64_t feedback_depth, uint32_t feedback_word_bytes,
         const MemoryShape& memory);
    ~Pins();
    Outputs step(const Inputs& inputs);
    void behave(const MemoryRates& rates);
    MemoryTraffic traffic();
    uint64_t peek(rust::Str path);
    void trace(rust::Str path);

private:
    void apply(const Inputs& inputs);
    void restart();

    std::unique_ptr<Design> design_;
    std::unique_ptr<FeedbackFifo> feedback_;
    std::unique_ptr<AxiMemory> memory_;
    std::unique_ptr<MemoryShape> shape_;
    std::unique_ptr<MemoryRates> rates_;
    uint64_t depth_;
    uint32_t word_bytes_;
    uint64_t restarts_ = 0;
};

}  // namespace hwgen
