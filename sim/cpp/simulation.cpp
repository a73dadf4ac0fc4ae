// SPDX-License-Identifier: Apache-2.0
// The cycle loop: drives all ports, watches all handshakes and probes, decides when it is over.
//
// A cycle: choose the inputs, settle with the clock low, sample everything, rising edge. Nothing is compared twice.
#include <ctime>

#include "axi_memory.h"
#include "classes.h"
#include "driver.h"
#include "feedback.h"
#include "framing.h"
#include "host.h"
#include "probes.h"
#include "registers.h"
#include "video.h"

namespace hwgen {
namespace {

/// Cycles that the design goes on after all has come, to see that nothing more does.
constexpr uint64_t TAIL_CYCLES = 64;

class Simulation {
public:
    Simulation(Design& design, const SimConfig& config)
        : design_{design}, config_{config}, frames_{config}, model_{config.core},
          framing_{config.width / config.beat, config.height}, video_{design, config}, classes_{design, config},
          host_{design, config, model_},
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
            probes_.emplace_back(design, spec, number);
            if (spec.tensor == "start") start_ = number;
            if (spec.tensor == "state") state_ = number;
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
            if (stop.finding.verdict == Verdict::Register) stop.finding.frame = frames_.any() ? frames_.number() : 0;
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
        outcome.registers_compared = host_.compared;
        outcome.irq_edges = irq_edges_;
        for (const Probe& probe : probes_) outcome.values_compared += probe.compared;
        for (OutputTime& time : classes_.outputs) outcome.outputs.push_back(time);
        for (FrameTime& time : frames_.all) outcome.frames.push_back(time);
        for (StartTime& time : starts_) outcome.starts.push_back(time);
        for (RegisterAnswer& answer : host_.answers) outcome.registers.push_back(answer);
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
        // The core hears of the end of the reset a cycle late.
        *p.aresetn = 1;
        design_.low();
        design_.high();
        progress_ = ++cycle_;
    }

    void drive() {
        host_.drive(cycle_, video_.started(), frames_);
        video_.drive(host_.settled());
        classes_.drive();
        feedback_.drive();
        memory_.drive();
    }

    /// Returns whether all is over.
    bool sample() {
        Events events;
        events.error = framing_.error;
        events.abort = framing_.abort;
        events.dropped = framing_.dropped;
        events.error_unknown = framing_.error_unknown;
        events.gap = gap_;
        events.bus_error = bus_error_;
        const bool clear = model_.clear(events.abort);
        const Gate gate{model_.free() && !draining(), model_.drop(), clear};
        const VideoPins pins = video_.pins();
        bool moved = video_.sample(cycle_);
        if (config_.registers) check_pins(pins, gate);
        if (framing_.begins(gate)) begin_frame(events);
        moved |= classes_.sample(cycle_, frames_, model_.next_output(), clear, events);
        if (events.first) begin_output();
        moved |= feedback_.sample();
        const bool quiet = memory_.quiet();
        moved |= memory_.sample();
        for (Probe& probe : probes_) {
            if (!probe.strobe()) continue;
            moved = true;
            probe.sample();
            if (&probe - probes_.data() == start_) starts_.push_back({frames_.any() ? frames_.number() : 0, cycle_});
            if (&probe - probes_.data() == state_ && probe.done() && frames_.open() && frames_.last().whole)
                loop_end_ = cycle_ + config_.core.loop_end_cycles;
        }
        events.loop_end = cycle_ == loop_end_;
        moved |= host_.sample(cycle_, events);
        if (frames_.open()) end_frame(events, clear);
        gap_ = framing_.in_frame() && pins.ready && !pins.valid;
        if (gap_ && frames_.open()) ++frames_.last().input_gaps;
        bus_error_ = memory_.error;
        drain(clear, quiet);
        framing_.step(pins, gate);
        model_.step(events);
        if (host_.learned()) model_.believe(host_.status());
        if (moved) {
            progress_ = cycle_;
            complete_ = complete();
            return false;
        }
        if (!complete_) complete_ = complete();
        if (complete_ && feedback_.fill() == 0 && memory_.idle()) return cycle_ - progress_ > TAIL_CYCLES;
        if (cycle_ - progress_ > config_.hang_cycles) hang("no handshake and no strobe for ");
        if (cycle_ > config_.cycle_limit) hang("not finished, last progress ago: ");
        return false;
    }

    // What a frame that was sent into the feedback still has to come back: the core waits for it.
    bool draining() const { return drain_; }
    void drain(bool clear, bool quiet) {
        const bool streams = design_.has_feedback();
        const bool back = streams ? !*design_.pins.m_axis_fb_tvalid && feedback_.outside() == 0 : quiet;
        if (streams || design_.has_master()) drain_ = over_ || (drain_ && !back);
        feedback_.edge();
        over_ = clear;
    }

    /// The interrupt, and the video port's readiness where it does not hang on what cannot be seen.
    void check_pins(const VideoPins& pins, const Gate& gate) {
        const int irq = model_.irq(), ready = framing_.ready(pins, gate);
        irq_edges_ += (*design_.pins.irq != 0) != irq_before_;
        irq_before_ = *design_.pins.irq != 0;
        if (irq >= 0 && irq != *design_.pins.irq) pin_differs(What::Interrupt, irq, *design_.pins.irq);
        if (ready >= 0 && ready != pins.ready) pin_differs(What::VideoReady, ready, pins.ready);
    }

    [[noreturn]] void pin_differs(What what, int expected, int got) const {
        Finding f = no_finding();
        f.verdict = Verdict::Register;
        f.what = what;
        f.expected.push_back(static_cast<uint32_t>(expected));
        f.got.push_back(static_cast<uint32_t>(got));
        throw Stop{std::move(f)};
    }

    void begin_frame(Events& events) {
        events.begin = true;
        FrameTime frame{};
        frame.item = video_.taken_frame;
        frame.set = config_.frames[frame.item].set;
        frame.whole = video_.taken_whole;
        frame.first_pixel = video_.taken_cycle;
        frame.iterations = model_.next_iterations();
        frame.outputs = model_.next_outputs();
        for (uint32_t n = 0; n < 64; ++n)
            if ((model_.next_outputs() >> n & 1) != 0) frame.thresholds.push_back(model_.next_thresholds()[n]);
        frame.ending = Ending::Open;
        frames_.all.push_back(frame);
        feedback_.begin_frame();
        classes_.restart();
        loop_end_ = UINT64_MAX;
        for (Probe& probe : probes_) probe.begin(frame, frames_.number());
    }

    void begin_output() {
        FrameTime& frame = frames_.last();
        frame.begun_outputs |= uint64_t{1} << (classes_.outputs.back().output - 1);
        frame.output_begin = cycle_;
    }

    /// Whether the frame in hand is over with this cycle.
    void end_frame(const Events& events, bool clear) {
        FrameTime& frame = frames_.last();
        frame.last_pixel = video_.taken_frame == frame.item ? video_.last_cycle : frame.last_pixel;
        if (model_.done(events)) {
            frame.ending = model_.early(events) ? Ending::Early : Ending::Complete;
        } else if (clear) {
            frame.ending = Ending::Abandoned;
        } else {
            return;
        }
        frame.end = cycle_;
        loop_end_ = UINT64_MAX;
        if (frame.ending != Ending::Complete) return;
        for (Probe& probe : probes_) probe.missing();
    }

    bool complete() const {
        if (!video_.done() || !host_.done(static_cast<uint32_t>(frames_.all.size()) - frames_.open())) return false;
        // A frame that lacks pixels waits for ever.
        return !frames_.open() || (framing_.incomplete() && !frames_.last().whole);
    }

    [[noreturn]] void hang(const char* what) const {
        Finding f = no_finding();
        f.verdict = Verdict::Hang;
        std::string text = what + std::to_string(cycle_ - progress_) + " cycles; " + video_.where() + "; " +
                           classes_.where() + feedback_.where() + memory_.where() + host_.where();
        for (const Probe& probe : probes_) text += probe.where();
        if (host_.script_waits())
            text += "; step " + std::to_string(host_.script_at() + 1) + " of the script waits for its time";
        f.message = text;
        throw Stop{std::move(f)};
    }

    Design& design_;
    const SimConfig& config_;
    Frames frames_;
    RegisterModel model_;
    FramingModel framing_;
    VideoSource video_;
    ClassSink classes_;
    Host host_;
    FeedbackFifo feedback_;
    AxiMemory memory_;
    std::vector<Probe> probes_;
    std::ptrdiff_t start_ = -1, state_ = -1;
    std::vector<StartTime> starts_;
    uint64_t cycle_ = 0, progress_ = 0, loop_end_ = UINT64_MAX, irq_edges_ = 0;
    bool complete_ = false, gap_ = false, bus_error_ = false, drain_ = false, over_ = false, irq_before_ = false;
};

/// Seconds of a clock: CLOCK_MONOTONIC, or what this thread has had of the processor.
double seconds(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace

std::unique_ptr<Design> open_design(rust::Str library, rust::Str folder, uint64_t seed, bool random_initial) {
    // The simulator's own generator takes small seeds as they are, and gives neighbouring ones the same first bits.
    return std::make_unique<Design>(std::string{library}, std::string{folder}, mixed(seed), random_initial);
}

Outcome simulate(Design& design, const SimConfig& config) {
    if (design.beat() != config.beat) throw std::runtime_error("pixels_per_beat is not that of the compiled design");
    if (!config.trace.empty()) design.trace(std::string{config.trace});
    Outcome outcome{no_finding(), 0, 0.0, 0.0, 0, 0, 0, {}, {}, {}, {}, {}, 0, {}};
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
    const uint32_t beat = design.beat(), line = width / beat;
    uint32_t x = 0, y = 0;
    *p.aresetn = 0;
    *p.s_axis_video_tvalid = *p.m_axis_class_tready = 1;
    for (uint64_t cycle = 0; cycle < cycles; ++cycle) {
        *p.aresetn = cycle >= 8;
        for (uint32_t i = 0; i < beat; ++i) design.pixel(i, ((x * beat + i) * 7 + y * 13) * 0x010203);
        *p.s_axis_video_tuser = x == 0 && y == 0;
        *p.s_axis_video_tlast = x == line - 1;
        design.low();
        if (*p.aresetn && *p.s_axis_video_tready) {
            x = x + 1 == line ? 0 : x + 1;
            if (x == 0) y = y + 1 == height ? 0 : y + 1;
        }
        design.high();
    }
    return seconds(CLOCK_THREAD_CPUTIME_ID) - processor;
}

}  // namespace hwgen
