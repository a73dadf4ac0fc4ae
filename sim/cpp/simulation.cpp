// SPDX-License-Identifier: Apache-2.0
// The cycle loop: drives all ports, watches all handshakes and probes, decides when it is over.
//
// A cycle: choose the inputs, settle with the clock low, sample everything, rising edge. Nothing is compared twice.
#include <ctime>

#include "axi_memory.h"
#include "axil.h"
#include "classes.h"
#include "driver.h"
#include "feedback.h"
#include "itnet_regs.h"
#include "probes.h"
#include "video.h"

namespace hwgen {
namespace {

constexpr uint64_t POLL_CYCLES = 16;
/// Cycles that the design goes on after all has come, to see that nothing more does.
constexpr uint64_t TAIL_CYCLES = 64;

class Simulation {
public:
    Simulation(Design& design, const SimConfig& config)
        : design_{design}, config_{config}, video_{design, config}, classes_{design, config}, axil_{design, config},
          feedback_{design,
                    {config.feedback_depth, config.feedback_initial_words, config.feedback_iteration_words,
                     config.feedback_word_bytes},
                    {config.feedback_source.percent, config.feedback_source.burst, config.seed, 3},
                    {config.feedback_sink.percent, config.feedback_sink.burst, config.seed, 4}},
          memory_{design, config.memory,
                  {config.feedback_source, config.feedback_sink, config.memory_latency, config.memory_errors},
                  config.seed} {
        uint32_t number = 0;
        for (const ProbeSpec& spec : config.probes) {
            probes_.emplace_back(design, spec, config.frames, number);
            if (spec.tensor == "start") start_ = number;
            if (spec.tensor == "data") data_ = number;
            ++number;
        }
    }

    Finding run() {
        try {
            reset();
            for (;; ++cycle_) {
                drive();
                design_.low();
                if (sample()) return no_finding();
                design_.high();
            }
        } catch (Stop& stop) {
            stop.finding.cycle = cycle_;
            return stop.finding;
        } catch (const ModelFailure& failure) {
            Finding f = no_finding();
            f.verdict = Verdict::Fatal;
            f.message = failure.what();
            f.cycle = cycle_;
            return f;
        }
    }

    void results(Outcome& outcome) {
        outcome.cycles = cycle_;
        outcome.values_compared = classes_.compared;
        for (const Probe& probe : probes_) outcome.values_compared += probe.compared;
        for (OutputTime& time : classes_.outputs) outcome.outputs.push_back(time);
        for (FrameTime& time : video_.times) outcome.frames.push_back(time);
        for (StartTime& time : starts_) outcome.starts.push_back(time);
        for (RegisterAnswer& answer : answers_) outcome.registers.push_back(answer);
        outcome.classes.reserve(classes_.classes.size());
        for (uint8_t value : classes_.classes) outcome.classes.push_back(value);
        outcome.feedback_fill = feedback_.deepest();
        outcome.memory = memory_.traffic;
    }

private:
    void reset() {
        HwgPorts& p = design_.pins;
        *p.aresetn = 0;
        *p.s_axis_video_tvalid = *p.m_axis_class_tready = 0;
        *p.s_axil_awvalid = *p.s_axil_wvalid = *p.s_axil_arvalid = *p.s_axil_bready = *p.s_axil_rready = 0;
        if (design_.has_feedback()) *p.m_axis_fb_tready = *p.s_axis_fb_tvalid = 0;
        memory_.reset();
        for (; cycle_ < config_.reset_cycles; ++cycle_) {
            design_.low();
            design_.high();
        }
        *p.aresetn = 1;
        progress_ = cycle_;
    }

    void drive() {
        if (axil_.idle()) next_access();
        video_.drive(settled_);
        classes_.drive();
        feedback_.drive();
        memory_.drive();
        axil_.drive();
    }

    /// Returns whether all is over.
    bool sample() {
        bool moved = video_.sample(cycle_);
        moved |= classes_.sample(cycle_, video_.times);
        moved |= feedback_.sample();
        moved |= memory_.sample();
        for (Probe& probe : probes_) {
            if (!probe.strobe()) continue;
            moved = true;
            if (&probe - probes_.data() == start_) begin_iteration(probe);
            probe.sample();
        }
        if (axil_.sample(cycle_)) moved |= end_access();
        if (moved) {
            progress_ = cycle_;
            complete_ = complete();
            return false;
        }
        if (complete_ && feedback_.fill() == 0 && memory_.idle()) return cycle_ - progress_ > TAIL_CYCLES;
        if (cycle_ - progress_ > config_.hang_cycles) hang("no handshake and no strobe for ");
        if (cycle_ > config_.cycle_limit) hang("not finished, last progress ago: ");
        return false;
    }

    /// An early exit leaves words of the frame unseen, in some probes more than in others: the loop of the next one
    /// begins when its data block is done.
    void begin_iteration(const Probe& start) {
        if (data_ >= 0) {
            const uint32_t ready = probes_[data_].complete();
            for (Probe& probe : probes_) {
                const uint32_t at = probe.frame();
                if (ready > at + 1 && config_.frames[at].may_stop) probe.go_to(ready - 1);
            }
        }
        starts_.push_back({start.frame(), cycle_});
    }

    bool complete() const {
        const uint32_t frames = static_cast<uint32_t>(config_.frames.size());
        if (video_.sent() < frames || classes_.received() < frames || read_frame_ < watched_frames()) return false;
        for (const Probe& probe : probes_)
            if (!probe.done() && !(probe.frame() + 1 == frames && config_.frames[frames - 1].may_stop)) return false;
        return script_ == config_.script.size();
    }

    uint32_t watched_frames() const {
        return config_.frame_registers.empty() ? 0 : static_cast<uint32_t>(config_.frames.size());
    }

    // Register accesses: script first, then settings, then the end of frames.
    enum class Access { Script, Setting, Poll, Result };

    void next_access() {
        if (script_ < config_.script.size() && cycle_ >= config_.script[script_].cycle) {
            const ScriptStep& s = config_.script[script_];
            return begin_access(Access::Script, s.write, s.address, s.value);
        }
        while (settled_ < config_.frames.size() && (settled_ == 0 || video_.started() >= settled_)) {
            const auto& writes = config_.frames[settled_].writes;
            if (setting_ < writes.size())
                return begin_access(Access::Setting, true, writes[setting_].address, writes[setting_].value);
            setting_ = 0;
            ++settled_;
        }
        if (read_frame_ >= watched_frames() || classes_.received() <= read_frame_ || video_.sent() <= read_frame_)
            return;
        if (result_ > 0 && result_ <= config_.frame_registers.size())
            return begin_access(Access::Result, false, config_.frame_registers[result_ - 1], 0);
        if (cycle_ - poll_ >= POLL_CYCLES) begin_access(Access::Poll, false, ITNET_FRAMES, 0);
    }

    void begin_access(Access access, bool write, uint8_t address, uint32_t value) {
        access_ = access;
        axil_.start(write, address, value);
    }

    /// Returns whether this counts as progress.
    bool end_access() {
        RegisterAnswer answer = axil_.answer;
        switch (access_) {
        case Access::Script:
            ++script_;
            answers_.push_back(answer);
            return true;
        case Access::Setting:
            if (answer.response != 0)
                protocol_error("the write to register " + std::to_string(answer.address) + " was refused");
            ++setting_;
            return true;
        case Access::Poll:
            poll_ = cycle_;
            if (answer.response != 0 || answer.value <= read_frame_) return false;
            result_ = 1;
            return true;
        case Access::Result:
            answer.frame = read_frame_;
            answers_.push_back(answer);
            if (++result_ <= config_.frame_registers.size()) return true;
            result_ = 0;
            ++read_frame_;
            return true;
        }
        return false;
    }

    [[noreturn]] void hang(const char* what) const {
        Finding f = no_finding();
        f.verdict = Verdict::Hang;
        std::string text = what + std::to_string(cycle_ - progress_) + " cycles; " + video_.where() + "; " +
                           classes_.where() + feedback_.where() + memory_.where() + axil_.where();
        for (const Probe& probe : probes_) text += probe.where();
        if (read_frame_ < watched_frames())
            text += "; register FRAMES has not counted frame " + std::to_string(read_frame_);
        f.message = text;
        throw Stop{std::move(f)};
    }

    Design& design_;
    const SimConfig& config_;
    VideoSource video_;
    ClassSink classes_;
    AxilMaster axil_;
    FeedbackFifo feedback_;
    AxiMemory memory_;
    std::vector<Probe> probes_;
    std::ptrdiff_t start_ = -1, data_ = -1;
    std::vector<StartTime> starts_;
    std::vector<RegisterAnswer> answers_;
    uint64_t cycle_ = 0, progress_ = 0, poll_ = 0;
    bool complete_ = false;
    Access access_ = Access::Poll;
    size_t script_ = 0, setting_ = 0, result_ = 0;
    /// Frames whose settings are written; frames whose registers are read.
    uint32_t settled_ = 0, read_frame_ = 0;
};

/// Seconds of a clock: CLOCK_MONOTONIC, or what this thread has had of the processor.
double seconds(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace

std::unique_ptr<Design> open_design(rust::Str library, rust::Str folder, uint64_t seed, bool random_initial) {
    return std::make_unique<Design>(std::string{library}, std::string{folder}, seed, random_initial);
}

Outcome simulate(Design& design, const SimConfig& config) {
    if (!config.trace.empty()) design.trace(std::string{config.trace});
    Outcome outcome{no_finding(), 0, 0.0, 0.0, 0, {}, {}, {}, {}, {}, 0, {}};
    Simulation simulation{design, config};
    const double wall = seconds(CLOCK_MONOTONIC), processor = seconds(CLOCK_THREAD_CPUTIME_ID);
    outcome.finding = simulation.run();
    outcome.seconds = seconds(CLOCK_MONOTONIC) - wall;
    outcome.cpu_seconds = seconds(CLOCK_THREAD_CPUTIME_ID) - processor;
    simulation.results(outcome);
    return outcome;
}

double free_run(Design& design, uint32_t width, uint32_t height, uint64_t cycles) {
    HwgPorts& p = design.pins;
    const double processor = seconds(CLOCK_THREAD_CPUTIME_ID);
    uint32_t x = 0, y = 0;
    *p.aresetn = 0;
    *p.s_axis_video_tvalid = *p.m_axis_class_tready = 1;
    for (uint64_t cycle = 0; cycle < cycles; ++cycle) {
        *p.aresetn = cycle >= 8;
        *p.s_axis_video_tdata = (x * 7 + y * 13) * 0x010203 & 0xffffff;
        *p.s_axis_video_tuser = x == 0 && y == 0;
        *p.s_axis_video_tlast = x == width - 1;
        design.low();
        if (*p.aresetn && *p.s_axis_video_tready) {
            x = x + 1 == width ? 0 : x + 1;
            if (x == 0) y = y + 1 == height ? 0 : y + 1;
        }
        design.high();
    }
    return seconds(CLOCK_THREAD_CPUTIME_ID) - processor;
}

}  // namespace hwgen
