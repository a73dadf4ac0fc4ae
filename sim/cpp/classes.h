// SPDX-License-Identifier: Apache-2.0
// The receiver of the class maps: takes them with pauses and compares every word.
#pragma once
#include <vector>

#include "design_handle.h"
#include "findings.h"
#include "random.h"

namespace hwgen {

class ClassSink {
public:
    ClassSink(Design& design, const SimConfig& config)
        : p_{design.pins}, config_{config},
          pause_{config.class_sink.percent, config.class_sink.burst, config.seed, 2} {
        skip_empty();
    }

    void drive() { *p_.m_axis_class_tready = !pause_.draw(); }

    /// Returns whether a word was taken. `times` counts what belongs to the frame in hand.
    bool sample(uint64_t cycle, std::vector<FrameTime>& times) {
        const bool valid = *p_.m_axis_class_tvalid;
        if (waiting_) check_held(valid);
        if (!valid) return false;
        const uint32_t word = pack();
        if (!*p_.m_axis_class_tready) {
            waiting_ = true;
            held_ = word;
            if (frame_ < times.size()) ++times[frame_].output_stalls;
            return false;
        }
        waiting_ = false;
        take(word, cycle, times);
        return true;
    }

    /// Frames whose expected words have all come.
    uint32_t received() const { return frame_; }
    std::string where() const {
        return "class maps: frame " + std::to_string(frame_) + " output number " + std::to_string(output_) +
               " pixel " + std::to_string(index_) + (*p_.m_axis_class_tvalid ? " offered" : " awaited");
    }

    std::vector<OutputTime> outputs;
    std::vector<uint8_t> classes;
    uint64_t compared = 0;

private:
    uint32_t pack() const {
        return *p_.m_axis_class_tdata | uint32_t{*p_.m_axis_class_tid} << 8 |
               uint32_t{*p_.m_axis_class_tuser} << 16 | uint32_t{*p_.m_axis_class_tlast} << 17;
    }

    void check_held(bool valid) const {
        if (!valid) protocol_error("m_axis_class_tvalid fell before tready; " + where());
        if (pack() != held_) protocol_error("m_axis_class changed while it waited for tready; " + where());
    }

    void take(uint32_t word, uint64_t cycle, std::vector<FrameTime>& times) {
        if (frame_ >= config_.frames.size()) differ(word, 0, true);
        const auto& set = config_.sets[config_.frames[frame_].set];
        const OutputSpec& spec = set.outputs[output_];
        const uint32_t expected = spec.map[index_] | uint32_t{spec.output} << 8 | uint32_t{index_ == 0} << 16 |
                                  uint32_t{column_ == config_.width - 1} << 17;
        if (word != expected) differ(word, expected, false);
        ++compared;
        ++times[frame_].class_words;
        classes.push_back(static_cast<uint8_t>(word));
        if (index_ == 0) outputs.push_back({frame_, spec.output, cycle, cycle});
        outputs.back().last = cycle;
        if (++column_ == config_.width) column_ = 0;
        if (++index_ < spec.map.size()) return;
        index_ = 0;
        if (++output_ < set.outputs.size()) return;
        output_ = 0;
        ++frame_;
        skip_empty();
    }

    void skip_empty() {
        while (frame_ < config_.frames.size() && config_.sets[config_.frames[frame_].set].outputs.empty()) ++frame_;
    }

    [[noreturn]] void differ(uint32_t got, uint32_t expected, bool surplus) const {
        Finding f = no_finding();
        f.verdict = Verdict::Class;
        f.frame = frame_;
        f.output = output_;
        f.word = index_;
        f.surplus = surplus;
        f.expected.push_back(expected);
        f.got.push_back(got);
        throw Stop{std::move(f)};
    }

    HwgPorts p_;
    const SimConfig& config_;
    Pauser pause_;
    uint32_t frame_ = 0, column_ = 0, held_ = 0;
    size_t output_ = 0, index_ = 0;
    bool waiting_ = false;
};

}  // namespace hwgen
