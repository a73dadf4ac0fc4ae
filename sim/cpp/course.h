// SPDX-License-Identifier: Apache-2.0
// The frames that the core has begun: what each is made of, and what became of it.
#pragma once
#include <vector>

#include "findings.h"

namespace hwgen {

class Frames {
public:
    explicit Frames(const SimConfig& config) : config_{config} {}

    /// The frame in hand, or the one that was; none before the first.
    bool any() const { return !all.empty(); }
    FrameTime& last() { return all.back(); }
    const FrameTime& last() const { return all.back(); }
    uint32_t number() const { return static_cast<uint32_t>(all.size()) - 1; }
    /// Whether a frame is in hand and not over.
    bool open() const { return any() && last().ending == Ending::Open; }
    const FrameSet& set() const { return config_.sets[last().set]; }

    /// The output's place in the set.
    const OutputSpec* output(uint32_t number) const {
        for (const OutputSpec& spec : set().outputs)
            if (spec.output == number) return &spec;
        return nullptr;
    }

    std::vector<FrameTime> all;

private:
    const SimConfig& config_;
};

}  // namespace hwgen
