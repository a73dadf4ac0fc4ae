// SPDX-License-Identifier: Apache-2.0
// One clock at a time under control of the caller; only the feedback FIFO is played by this side.
#pragma once
#include <memory>

#include "design_handle.h"
#include "rust/cxx.h"

namespace hwgen {

struct Inputs;
struct Outputs;
class FeedbackFifo;

class Pins {
public:
    Pins(std::unique_ptr<Design> design, uint64_t feedback_depth, uint32_t feedback_word_bytes);
    ~Pins();
    Outputs step(const Inputs& inputs);
    uint64_t peek(rust::Str path);
    void trace(rust::Str path);

private:
    void apply(const Inputs& inputs);

    std::unique_ptr<Design> design_;
    std::unique_ptr<FeedbackFifo> feedback_;
    uint64_t depth_;
    uint32_t word_bytes_;
};

}  // namespace hwgen
