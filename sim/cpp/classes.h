// SPDX-License-Identifier: Apache-2.0
// The receiver of the class maps: takes them with pauses and compares every word with the frame in hand.
#pragma once
#include <vector>

#include "course.h"
#include "design_handle.h"
#include "findings.h"
#include "random.h"
#include "registers.h"

namespace hwgen {

class ClassSink {
public:
    ClassSink(Design& design, const SimConfig& config)
        : design_{design}, p_{design.pins}, beat_{config.beat}, line_{config.width / config.beat},
          pause_{config.class_sink.percent, config.class_sink.burst, config.seed, 2} {}

    void drive() { *p_.m_axis_class_tready = !pause_.draw(); }

    /// Returns whether a word was taken; tells `events` of it. `output`: the one whose words have to come, 0: none;
    /// `cleared`: the frame in hand ends in this cycle, and with it whatever waits.
    bool sample(uint64_t cycle, Frames& frames, uint32_t output, bool cleared, Events& events) {
        const bool valid = *p_.m_axis_class_tvalid;
        if (cleared) waiting_ = false;
        if (waiting_) check_held(valid);
        if (!valid) return false;
        const uint64_t word = pack();
        events.wait = !*p_.m_axis_class_tready;
        if (events.wait) {
            waiting_ = true;
            held_ = word;
            if (frames.open()) ++frames.last().output_stalls;
            return false;
        }
        waiting_ = false;
        take(word, cycle, frames, output, events);
        return true;
    }

    /// The next word is the first of an output.
    void restart() { index_ = column_ = 0; }
    std::string where() const {
        return "class maps: output number " + std::to_string(outputs.size()) + " pixel " + std::to_string(index_) +
               (*p_.m_axis_class_tvalid ? " offered" : " awaited");
    }

    std::vector<OutputTime> outputs;
    std::vector<uint8_t> classes;
    uint64_t compared = 0;

private:
    /// From bit 0 up: number of the output, start of frame, end of line; from bit 32 up the classes.
    uint64_t pack() const {
        return *p_.m_axis_class_tid | uint64_t{*p_.m_axis_class_tuser} << 8 | uint64_t{*p_.m_axis_class_tlast} << 9 |
               uint64_t{design_.classes()} << 32;
    }
    /// Of a word: one pixel's class, and above it what belongs to the whole word, as reports have it.
    static uint32_t lane(uint64_t word, uint32_t lane) {
        return (word >> (32 + 8 * lane) & 0xff) | static_cast<uint32_t>(word) << 8;
    }

    void check_held(bool valid) const {
        if (!valid) protocol_error("m_axis_class_tvalid fell before tready; " + where());
        if (pack() != held_) protocol_error("m_axis_class changed while it waited for tready; " + where());
    }

    void take(uint64_t word, uint64_t cycle, Frames& frames, uint32_t output, Events& events) {
        const OutputSpec* const spec = frames.open() && output != 0 ? frames.output(output) : nullptr;
        if (!spec || !frames.last().whole) differ(frames, lane(word, 0), 0, output, true);
        const bool first = index_ == 0;
        for (uint32_t i = 0; i < beat_; ++i, ++index_) {
            const uint32_t got = lane(word, i);
            const uint32_t expected =
                spec->map[index_] | output << 8 | uint32_t{first} << 16 | uint32_t{column_ == line_ - 1} << 17;
            if (got != expected) differ(frames, got, expected, output, false);
            ++compared;
            ++frames.last().class_words;
            classes.push_back(static_cast<uint8_t>(got));
        }
        if (first) outputs.push_back({frames.number(), output, cycle, cycle, false});
        outputs.back().last = cycle;
        events.fire = true;
        events.first = first;
        events.last = index_ == spec->map.size();
        events.confidence = spec->confidence;
        if (++column_ == line_) column_ = 0;
        if (!events.last) return;
        outputs.back().whole = true;
        index_ = 0;
    }

    [[noreturn]] void differ(const Frames& frames, uint32_t got, uint32_t expected, uint32_t output, bool surplus) const {
        Finding f = no_finding();
        f.verdict = Verdict::Class;
        f.frame = frames.any() ? frames.number() : 0;
        f.output = output;
        f.word = index_;
        f.surplus = surplus;
        f.expected.push_back(expected);
        f.got.push_back(got);
        throw Stop{std::move(f)};
    }

    const Design& design_;
    HwgPorts p_;
    uint32_t beat_, line_;
    Pauser pause_;
    uint32_t column_ = 0;
    uint64_t held_ = 0;
    size_t index_ = 0;
    bool waiting_ = false;
};

}  // namespace hwgen
