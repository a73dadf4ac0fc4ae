// SPDX-License-Identifier: Apache-2.0
// The camera: sends the frames back to back as AXI4-Stream Video, with pauses.
#pragma once
#include <vector>

#include "design_handle.h"
#include "findings.h"
#include "random.h"

namespace hwgen {

class VideoSource {
public:
    VideoSource(Design& design, const SimConfig& config)
        : p_{design.pins}, config_{config}, pause_{config.video.percent, config.video.burst, config.seed, 1},
          times(config.frames.size()) {}

    /// `settled`: frames from this number on must wait for their settings.
    void drive(uint32_t settled) {
        if (offering_) return;
        offering_ = frame_ < settled && frame_ < config_.frames.size() && !pause_.draw();
        *p_.s_axis_video_tvalid = offering_;
        if (offering_) {
            *p_.s_axis_video_tdata = pixels()[index_] & 0xffffff;
            *p_.s_axis_video_tuser = index_ == 0;
            *p_.s_axis_video_tlast = column_ == config_.width - 1;
        } else {
            // Nobody may look at these now.
            *p_.s_axis_video_tdata = 0x5aa5c3;
            *p_.s_axis_video_tuser = 1;
            *p_.s_axis_video_tlast = 1;
        }
    }

    /// Returns whether a pixel was taken.
    bool sample(uint64_t cycle) {
        if (!*p_.s_axis_video_tready) return false;
        if (!offering_) {
            if (index_ != 0) ++times[frame_].input_gaps;
            return false;
        }
        offering_ = false;
        if (index_ == 0) times[frame_].first_pixel = cycle;
        started_ = frame_ + 1;
        if (++column_ == config_.width) column_ = 0;
        if (++index_ == pixels().size()) {
            times[frame_].last_pixel = cycle;
            index_ = 0;
            ++frame_;
        }
        return true;
    }

    /// Frames whose first pixel has been taken.
    uint32_t started() const { return started_; }
    /// Frames sent whole.
    uint32_t sent() const { return frame_; }
    std::string where() const {
        return "video: frame " + std::to_string(frame_) + " pixel " + std::to_string(index_) +
               (offering_ ? " offered, not taken" : " not offered");
    }

private:
    const rust::Vec<uint32_t>& pixels() const { return config_.sets[config_.frames[frame_].set].pixels; }

    HwgPorts p_;
    const SimConfig& config_;
    Pauser pause_;
    uint32_t frame_ = 0, started_ = 0, column_ = 0;
    size_t index_ = 0;
    bool offering_ = false;

public:
    std::vector<FrameTime> times;
};

}  // namespace hwgen
