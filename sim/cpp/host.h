// SPDX-License-Identifier: Apache-2.0
// The host: which register is accessed next. The script first, then the settings of the next frame, then every register
// after each frame, then one after the other for as long as the simulation runs.
#pragma once
#include <string>
#include <vector>

#include "axil.h"
#include "course.h"
#include "registers.h"

namespace hwgen {

class Host {
public:
    Host(Design& design, const SimConfig& config, const RegisterModel& model)
        : config_{config}, model_{model}, axil_{design, config}, random_{config.seed, 6} {
        if (!config.registers) return;
        for (uint32_t address = 0; address < 256; address += 4)
            if (model.known(static_cast<uint8_t>(address))) map_.push_back(static_cast<uint8_t>(address));
    }

    /// Chooses an access if none is under way. `started`: frames whose first word was taken.
    void drive(uint64_t cycle, uint32_t started, const Frames& frames) {
        if (axil_.idle()) next(cycle, started, frames);
        axil_.drive();
    }

    /// Returns whether an access that counts as progress has ended; tells `events` of a write that takes effect.
    bool sample(uint64_t cycle, Events& events) {
        const bool ended = axil_.sample(cycle);
        if (axil_.taken) {
            known_ = model_.known(axil_.address());
            expected_ = known_ ? model_.read(axil_.address()) : 0;
            unknown_ = axil_.address() == ITNET_STATUS ? model_.unknown() : 0;
            if (axil_.writes()) {
                events.write = true;
                events.address = axil_.address();
                events.data = axil_.value();
                events.strobe = axil_.strobe();
            }
        }
        return ended && end(cycle);
    }

    /// Bits of the status that were just read and had not been known; what they are.
    bool learned() const { return learned_; }
    uint32_t status() const { return axil_.answer.value; }

    /// Frames whose settings are written.
    uint32_t settled() const { return settled_; }
    /// Whether everything that had to be done is done; `over`: frames that are over.
    bool done(uint32_t over) const {
        return script_ == config_.script.size() && (map_.empty() || reported_ >= over);
    }
    bool script_waits() const { return script_ < config_.script.size(); }
    size_t script_at() const { return script_; }
    std::string where() const { return axil_.where(); }

    std::vector<RegisterAnswer> answers;
    uint64_t compared = 0;

private:
    enum class Kind { Script, Setting, Result, Clear, Sweep };
    static constexpr uint64_t SWEEP_CYCLES = 61;
    static constexpr uint8_t ALL = 0xf;

    void next(uint64_t cycle, uint32_t started, const Frames& frames) {
        if (script_ < config_.script.size() && due(config_.script[script_], cycle, frames)) {
            const ScriptStep& s = config_.script[script_];
            return begin(Kind::Script, s.write, s.address, s.value, s.strobe);
        }
        while (settled_ < config_.frames.size() && (settled_ == 0 || started >= settled_)) {
            const auto& writes = config_.frames[settled_].writes;
            if (setting_ < writes.size()) {
                const RegisterWrite& w = writes[setting_];
                return begin(Kind::Setting, true, w.address, w.value, w.strobe);
            }
            setting_ = 0;
            ++settled_;
        }
        if (map_.empty()) return;
        const uint32_t over = static_cast<uint32_t>(frames.all.size()) - frames.open();
        if (reported_ < over) {
            if (result_ < map_.size()) return begin(Kind::Result, false, map_[result_], 0, ALL);
            return begin(Kind::Clear, true, ITNET_STATUS, 0xff, ALL);
        }
        if (cycle - swept_ >= SWEEP_CYCLES) sweep(cycle);
    }

    /// One register after the other; between two rounds an address that no register has, a write that changes nothing, and
    /// where no script might need it as it is, another output whose threshold is read, also one that the network lacks.
    void sweep(uint64_t cycle) {
        swept_ = cycle;
        if (sweep_ < map_.size()) return begin(Kind::Sweep, false, map_[sweep_++], 0, ALL);
        const uint32_t r = random_.next();
        switch (sweep_++ - map_.size()) {
        case 0: return begin(Kind::Sweep, false, unmapped(r), 0, ALL);
        case 1: return begin(Kind::Sweep, true, unmapped(r), random_.next(), ALL);
        case 2:
            if (!config_.script.empty()) break;
            return begin(Kind::Sweep, true, ITNET_THRESHOLD_OUTPUT, (r >> 8 & 1) != 0 ? r >> 16 & 0x7f : r >> 16 & 7, ALL);
        default: break;
        }
        sweep_ = 0;
        constexpr uint8_t read_only[] = {ITNET_ID,     ITNET_VERSION, ITNET_HASH,  ITNET_CONFIDENCE,
                                         ITNET_CYCLES, ITNET_FRAMES,  ITNET_GAPS,  ITNET_STALLS,
                                         ITNET_LAST_OUTPUT};
        begin(Kind::Sweep, true, read_only[r % sizeof read_only], random_.next(), ALL);
    }

    uint8_t unmapped(uint32_t r) const {
        uint8_t address = static_cast<uint8_t>(r);
        while (model_.known(address)) address = static_cast<uint8_t>(address + 1);
        return address;
    }

    static bool due(const ScriptStep& s, uint64_t cycle, const Frames& frames) {
        uint64_t from = 0;
        if (s.when != When::Cycle) {
            if (s.frame >= frames.all.size()) return false;
            const FrameTime& frame = frames.all[s.frame];
            if (s.when == When::End && frame.ending == Ending::Open) return false;
            if (s.when == When::Output && (frame.begun_outputs >> (s.output - 1) & 1) == 0) return false;
            from = s.when == When::End ? frame.end : s.when == When::Output ? frame.output_begin : frame.first_pixel;
        }
        return cycle >= from + s.cycle;
    }

    void begin(Kind kind, bool write, uint8_t address, uint32_t value, uint8_t strobe) {
        kind_ = kind;
        axil_.start(write, address, value, strobe);
    }

    bool end(uint64_t cycle) {
        RegisterAnswer answer = axil_.answer;
        learned_ = false;
        if (config_.registers) check(answer);
        switch (kind_) {
        case Kind::Script:
            expect(config_.script[script_], answer);
            ++script_;
            answers.push_back(answer);
            return true;
        case Kind::Setting:
            if (answer.response != 0)
                protocol_error("the write to register " + std::to_string(answer.address) + " was refused");
            ++setting_;
            return true;
        case Kind::Result:
            answer.frame = reported_;
            answers.push_back(answer);
            ++result_;
            return true;
        case Kind::Clear:
            result_ = 0;
            ++reported_;
            return true;
        case Kind::Sweep: swept_ = cycle; return false;
        }
        return false;
    }

    /// Against the model: the answer's kind, and what was read.
    void check(const RegisterAnswer& answer) {
        const uint32_t response = known_ ? 0 : 2;
        compared += answer.write ? 1 : 2;
        if (answer.response != response) differ(answer, answer.write ? What::WriteResponse : What::ReadResponse, response, answer.response);
        if (answer.write) return;
        if (((answer.value ^ expected_) & ~unknown_) != 0) differ(answer, What::Value, expected_, answer.value);
        learned_ = unknown_ != 0;
    }

    /// Against what the script says.
    void expect(const ScriptStep& s, const RegisterAnswer& answer) const {
        if (s.expects && ((answer.value ^ s.expected) & s.mask) != 0) differ(answer, What::Script, s.expected, answer.value);
        if (s.refused != Refused::Any && (answer.response != 0) != (s.refused == Refused::Yes))
            differ(answer, What::ScriptResponse, s.refused == Refused::Yes ? 2 : 0, answer.response);
    }

    [[noreturn]] void differ(const RegisterAnswer& answer, What what, uint32_t expected, uint32_t got) const {
        Finding f = no_finding();
        f.verdict = Verdict::Register;
        f.what = what;
        f.address = answer.address;
        f.script = script_;
        f.expected.push_back(expected);
        f.got.push_back(got);
        throw Stop{std::move(f)};
    }

    const SimConfig& config_;
    const RegisterModel& model_;
    AxilMaster axil_;
    Random random_;
    std::vector<uint8_t> map_;
    Kind kind_ = Kind::Sweep;
    size_t script_ = 0, setting_ = 0, result_ = 0, sweep_ = 0;
    uint32_t settled_ = 0, reported_ = 0;
    uint64_t swept_ = 0;
    uint32_t expected_ = 0, unknown_ = 0;
    bool known_ = true, learned_ = false;
};

}  // namespace hwgen
