// SPDX-License-Identifier: Apache-2.0
// What the video port makes of its words, seen from its pins: where frames begin, which are abandoned or dropped.
//
// A second account of rtl/hwg_video_in.sv's rules, cycle by cycle. The core holds one word before its patches; whether
// the last pixel of a frame has left it cannot be seen while a start of frame waits behind it (`tail_unknown`).
#pragma once
#include <cstdint>

namespace hwgen {

/// The pins of the video port in one cycle.
struct VideoPins {
    bool valid = false, ready = false, user = false, last = false;
};

/// What the register file says to the video port in one cycle.
struct Gate {
    /// A frame may begin.
    bool free = false;
    bool drop = false;
    /// The frame in hand ends in this cycle.
    bool clear = false;
};

class FramingModel {
public:
    FramingModel(uint32_t width, uint32_t height) : width_{width}, height_{height} {}

    /// Ready as it has to be; -1 where it depends on what cannot be seen.
    int ready(const VideoPins& pins, const Gate& gate) const {
        if (state_ == State::Pass && full_ && in_step_) return hold(pins, gate) ? 0 : -1;
        if (tail_unknown_) return hold(pins, gate) ? 0 : -1;
        return (!full_ || !start_) && !hold(pins, gate);
    }

    /// Whether a frame begins in this cycle.
    bool begins(const Gate& gate) const { return state_ == State::Hunt && full_ && start_ && gate.free; }
    /// A frame whose first word waits inside, undecided.
    bool start_waits() const { return full_ && start_; }
    /// Pixels of the frame in hand are still to come.
    bool in_frame() const { return state_ == State::Pass && !(full_ && end_of_map()); }
    /// A frame is in hand whose pixels have not all come.
    bool incomplete() const { return state_ == State::Pass; }

    /// The rising edge.
    void step(const VideoPins& pins, const Gate& gate) {
        const bool pass = begins(gate);
        const bool skip = state_ == State::Hunt && full_ && start_ && !gate.free && gate.drop;
        const bool stray = state_ == State::Hunt && full_ && !start_;
        const bool bad = state_ == State::Pass && full_ && !in_step_;
        bool taken = full_ && !start_;
        if (state_ == State::Pass && full_ && in_step_) {
            // Behind a start of frame that is held back the last pixel is taken to have left; it matters little.
            const bool masked = !pins.ready && hold(pins, gate);
            taken = pins.ready || masked;
            tail_unknown_ |= masked;
        } else if (pins.ready) {
            tail_unknown_ = false;
        }
        error_unknown = pending_unknown_;
        pending_unknown_ = tail_unknown_ && gate.clear;
        if (gate.clear) tail_unknown_ = false;
        error = bad || stray;
        abort = bad;
        dropped = skip;
        const bool load = !full_ || taken;
        const bool line_ends = state_ == State::Skip ? last_ : end_of_line_;
        const bool next_ends = line_ends ? width_ == 1 : x_ + 2 == width_;
        const bool follows = in_step_ && !end_of_map() && pins.last == next_ends;
        const bool in_step =
            state_ == State::Pass && !gate.clear && !pins.user && (full_ ? follows : pins.last == end_of_line_);
        const bool pixel = taken && ((state_ == State::Pass && in_step_) || state_ == State::Skip);
        const bool whole = pixel && end_of_map();
        const State before = state_;
        if (state_ == State::Hunt) state_ = pass ? State::Pass : skip ? State::Skip : State::Hunt;
        else if (state_ == State::Pass) state_ = gate.clear || bad || whole ? State::Hunt : State::Pass;
        else state_ = (full_ && start_) || whole ? State::Hunt : State::Skip;
        if (pass || skip) {
            x_ = y_ = 0;
            end_of_line_ = width_ == 1;
            last_line_ = height_ == 1;
        } else if (pixel) {
            end_of_line_ = next_ends;
            x_ = line_ends ? 0 : x_ == width_ ? x_ : x_ + 1;
            if (line_ends) {
                last_line_ = y_ + 2 == height_;
                y_ = y_ == height_ ? y_ : y_ + 1;
            }
        }
        if (load) {
            in_step_ = in_step;
            start_ = user_ = pins.user;
            last_ = pins.last;
        } else {
            if (pass || skip) start_ = false;
            else if (before == State::Pass && gate.clear) start_ = user_;
            if (pass) in_step_ = last_ == (width_ == 1);
            else if (gate.clear) in_step_ = false;
        }
        full_ = load ? pins.valid && pins.ready : true;
    }

    /// Of the cycle before: what the register file hears of.
    bool error = false, abort = false, dropped = false;
    /// A word of the frame that ended may have been found out of step, or not.
    bool error_unknown = false;

private:
    enum class State : uint8_t { Hunt, Pass, Skip };

    bool end_of_map() const { return end_of_line_ && last_line_; }
    /// A start of frame is not taken early.
    bool hold(const VideoPins& pins, const Gate& gate) const {
        if (!pins.user || gate.drop) return false;
        return (state_ == State::Hunt && !gate.free) || (state_ == State::Pass && full_ && end_of_map());
    }

    uint32_t width_, height_, x_ = 0, y_ = 0;
    State state_ = State::Hunt;
    bool full_ = false, in_step_ = false, start_ = false, user_ = false, last_ = false;
    bool end_of_line_ = false, last_line_ = false, tail_unknown_ = false, pending_unknown_ = false;
};

}  // namespace hwgen
