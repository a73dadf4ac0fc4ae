// SPDX-License-Identifier: Apache-2.0
// The camera: sends the frames back to back as AXI4-Stream Video, with pauses, and with the faults that it is told.
#pragma once
#include <vector>

#include "design_handle.h"
#include "findings.h"
#include "framing.h"
#include "random.h"

namespace hwgen {

/// A word of the camera: a beat of pixels of the image, from one on, or of those that nobody should have sent.
struct VideoWord {
    const uint32_t* pixels;
    bool user, last;
};

class VideoSource {
public:
    VideoSource(Design& design, const SimConfig& config)
        : design_{design}, p_{design.pins}, config_{config}, pause_{config.video.percent, config.video.burst, config.seed, 1} {}

    /// `settled`: frames from this number on must wait for their settings.
    void drive(uint32_t settled) {
        if (offering_) return;
        skip_empty();
        offering_ = frame_ < settled && frame_ < config_.frames.size() && !pause_.draw();
        *p_.s_axis_video_tvalid = offering_;
        if (offering_) {
            const VideoWord w = word();
            for (uint32_t lane = 0; lane < config_.beat; ++lane) design_.pixel(lane, w.pixels[lane]);
            *p_.s_axis_video_tuser = w.user;
            *p_.s_axis_video_tlast = w.last;
        } else {
            // Nobody may look at these now.
            for (uint32_t lane = 0; lane < config_.beat; ++lane) design_.pixel(lane, 0x5aa5c3);
            *p_.s_axis_video_tuser = 1;
            *p_.s_axis_video_tlast = 1;
        }
    }

    /// Returns whether a word was taken.
    bool sample(uint64_t cycle) {
        if (!*p_.s_axis_video_tready || !offering_) return false;
        offering_ = false;
        started_ = frame_ + 1;
        if (*p_.s_axis_video_tuser) {
            taken_frame = frame_;
            taken_cycle = cycle;
            taken_whole = whole(config_.frames[frame_]) && index_ == first(config_.frames[frame_]);
        }
        last_cycle = cycle;
        ++index_;
        skip_empty();
        return true;
    }

    VideoPins pins() const {
        return {*p_.s_axis_video_tvalid != 0, *p_.s_axis_video_tready != 0, *p_.s_axis_video_tuser != 0,
                *p_.s_axis_video_tlast != 0};
    }

    /// The frame whose start was taken last, when, and whether its pixels are those of its image; when a word was last taken.
    uint32_t taken_frame = 0;
    uint64_t taken_cycle = 0, last_cycle = 0;
    bool taken_whole = false;

    /// Frames whose first word has been taken.
    uint32_t started() const { return started_; }
    /// Whether everything has been sent.
    bool done() const { return frame_ >= config_.frames.size(); }
    std::string where() const {
        return "video: frame " + std::to_string(frame_) + " word " + std::to_string(index_) +
               (offering_ ? " offered, not taken" : " not offered");
    }

private:
    const rust::Vec<uint32_t>& pixels() const { return config_.sets[config_.frames[frame_].set].pixels; }

    /// Whether a frame with this fault holds its image whole: what is too much lies before or behind it.
    bool whole(const FrameSpec& frame) const {
        const uint64_t at = frame.fault_at;
        switch (frame.fault) {
        case Fault::None: return true;
        case Fault::Insert: return at == 0 || at >= size(frame);
        case Fault::ExtraLine: return true;
        default: return false;
        }
    }
    static uint64_t first(const FrameSpec& frame) { return frame.fault == Fault::Insert && frame.fault_at == 0; }
    uint64_t size(const FrameSpec& frame) const { return config_.sets[frame.set].pixels.size() / config_.beat; }
    uint64_t line() const { return config_.width / config_.beat; }

    uint64_t words(const FrameSpec& frame) const {
        switch (frame.fault) {
        case Fault::Cut: return std::min(frame.fault_at, size(frame));
        case Fault::Remove: return size(frame) - 1;
        case Fault::Insert: return size(frame) + 1;
        case Fault::ExtraLine: return size(frame) + line();
        default: return size(frame);
        }
    }

    VideoWord word() const {
        const FrameSpec& frame = config_.frames[frame_];
        const uint64_t at = frame.fault_at, width = line();
        const auto pixel = [&](uint64_t i) {
            return VideoWord{&pixels()[i * config_.beat], i == 0, i % width == width - 1};
        };
        switch (frame.fault) {
        case Fault::Remove: return pixel(index_ < at ? index_ : index_ + 1);
        case Fault::Insert:
            if (index_ == at) return {INSERTED, false, false};
            return pixel(index_ < at ? index_ : index_ - 1);
        case Fault::ExtraLine:
            if (index_ >= size(frame)) return {BEHIND, false, index_ % width == width - 1};
            return pixel(index_);
        case Fault::User:
        case Fault::Last: {
            VideoWord w = pixel(index_);
            if (index_ == at && frame.fault == Fault::User) w.user = !w.user;
            if (index_ == at && frame.fault == Fault::Last) w.last = !w.last;
            return w;
        }
        default: return pixel(index_);
        }
    }

    void skip_empty() {
        while (frame_ < config_.frames.size() && index_ >= words(config_.frames[frame_])) {
            index_ = 0;
            ++frame_;
        }
    }

    static constexpr uint32_t INSERTED[] = {0x123456, 0x234567, 0x345678, 0x456789};
    static constexpr uint32_t BEHIND[] = {0x654321, 0x765432, 0x876543, 0x987654};

    Design& design_;
    HwgPorts p_;
    const SimConfig& config_;
    Pauser pause_;
    uint32_t frame_ = 0, started_ = 0;
    uint64_t index_ = 0;
    bool offering_ = false;
};

}  // namespace hwgen
