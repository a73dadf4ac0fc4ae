// SPDX-License-Identifier: Apache-2.0
// The feedback FIFO outside the core (`--feedback stream`): a word taken at cycle c is offered from c + 1 on.
#pragma once
#include <cstring>
#include <vector>

#include "design_handle.h"
#include "findings.h"
#include "random.h"

namespace hwgen {

/// Size of the FIFO, and words of a frame's initial state and of each iteration after it; `tlast` comes with the last of
/// them, and is not looked at where the initial state has none.
struct FeedbackShape {
    uint64_t depth = 0, initial_words = 0, iteration_words = 0;
    uint32_t word_bytes = 0;
};

class FeedbackFifo {
public:
    FeedbackFifo(Design& design, FeedbackShape shape, Pauser source, Pauser sink)
        : p_{design.pins}, shape_{shape}, source_{source}, sink_{sink}, present_{design.has_feedback()},
          bytes_{p_.m_axis_fb_tdata.bytes} {
        if (!present_) return;
        if (p_.s_axis_fb_tdata.bytes != bytes_ || shape.word_bytes > bytes_ || shape.depth == 0)
            throw std::runtime_error("the feedback ports do not have the width or depth that the manifest tells");
        data_.resize(shape.depth * bytes_);
        last_.resize(shape.depth);
        held_.resize(bytes_);
    }

    void drive() {
        if (!present_) return;
        *p_.m_axis_fb_tready = fill_ < shape_.depth && !sink_.draw();
        if (offering_) return;
        offering_ = fill_ != 0 && !source_.draw();
        *p_.s_axis_fb_tvalid = offering_;
        if (!offering_) {
            // Nobody may look at these now.
            std::memset(p_.s_axis_fb_tdata.data, 0xa5, bytes_);
            *p_.s_axis_fb_tlast = 1;
            return;
        }
        std::memcpy(p_.s_axis_fb_tdata.data, &data_[head_ * bytes_], bytes_);
        *p_.s_axis_fb_tlast = last_[head_];
    }

    /// A frame begins: its initial state comes first.
    void begin_frame() {
        opening_ = true;
        since_last_ = 0;
    }

    /// Returns whether a word moved.
    bool sample() {
        if (!present_) return false;
        bool moved = false;
        if (offering_ && *p_.s_axis_fb_tready) {
            offering_ = false;
            head_ = head_ + 1 == shape_.depth ? 0 : head_ + 1;
            --fill_;
            moved = true;
        }
        const bool valid = *p_.m_axis_fb_tvalid;
        if (waiting_) check_held(valid);
        waiting_ = valid && !*p_.m_axis_fb_tready;
        if (waiting_) {
            std::memcpy(held_.data(), p_.m_axis_fb_tdata.data, bytes_);
            held_last_ = *p_.m_axis_fb_tlast;
        } else if (valid) {
            push();
            moved = true;
        }
        return moved;
    }

    /// Words that the core has sent and not taken back, as it knows them in this cycle; `edge` ends the cycle.
    uint64_t outside() const { return outside_; }
    void edge() { outside_ = fill_; }

    uint64_t fill() const { return fill_; }
    uint64_t deepest() const { return deepest_; }
    std::string where() const {
        if (!present_) return "";
        return "; feedback FIFO: " + std::to_string(fill_) + " of " + std::to_string(shape_.depth) + " words" +
               (*p_.m_axis_fb_tvalid ? ", one more offered" : "") + (offering_ ? ", head offered, not taken" : "");
    }

private:
    void check_held(bool valid) const {
        if (!valid) protocol_error("m_axis_fb_tvalid fell before tready" + where());
        if (std::memcmp(held_.data(), p_.m_axis_fb_tdata.data, bytes_) != 0 || held_last_ != *p_.m_axis_fb_tlast)
            protocol_error("m_axis_fb changed while it waited for tready" + where());
    }

    void push() {
        const bool last = *p_.m_axis_fb_tlast;
        const size_t tail = (head_ + fill_) % shape_.depth;
        std::memcpy(&data_[tail * bytes_], p_.m_axis_fb_tdata.data, bytes_);
        last_[tail] = last;
        deepest_ = ++fill_ > deepest_ ? fill_ : deepest_;
        ++since_last_;
        if (shape_.initial_words != 0) check_last(last);
        if (!last) return;
        since_last_ = 0;
        opening_ = false;
    }

    void check_last(bool last) const {
        const uint64_t words = opening_ ? shape_.initial_words : shape_.iteration_words;
        if (last == (since_last_ == words)) return;
        protocol_error("m_axis_fb_tlast " + std::string{last ? "" : "not "} + "set on word " +
                       std::to_string(since_last_) + " of " + (opening_ ? "the initial state" : "an iteration") +
                       ", wanted on word " + std::to_string(words));
    }

    HwgPorts p_;
    FeedbackShape shape_;
    Pauser source_, sink_;
    bool present_;
    size_t bytes_;
    std::vector<uint8_t> data_, last_, held_;
    uint64_t head_ = 0, fill_ = 0, deepest_ = 0, since_last_ = 0, outside_ = 0;
    bool offering_ = false, waiting_ = false, opening_ = true;
    uint8_t held_last_ = 0;
};

}  // namespace hwgen
