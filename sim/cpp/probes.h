// SPDX-License-Identifier: Apache-2.0
// The probes inside the design: every strobe is compared with the next expected word.
#pragma once
#include <cstring>
#include <vector>

#include "design_handle.h"
#include "findings.h"

namespace hwgen {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words are compared as they lie in memory");

/// Walks through the expected words of one tag of one probe in the frame in hand: those of the iterations that it runs
/// and of the outputs that it sends.
class TagCursor {
public:
    TagCursor(const TagWords& words, uint32_t stride) : words_{words}, stride_{stride} {}

    void begin(const FrameTime& frame) {
        current_ = &words_.sets[frame.set];
        iterations_ = frame.iterations;
        outputs_ = frame.outputs;
        word = known_ = span_ = column_ = 0;
        segment_ = in_pixel_ = 0;
        skip();
    }

    bool done() const { return !current_ || segment_ >= current_->segments.size(); }
    const uint32_t* expected() const { return current_->data.data() + known_ * stride_; }
    /// Bits of this word that count.
    uint32_t bits(uint32_t full) const {
        const Segment& s = current_->segments[segment_];
        if (in_pixel_ >= s.full_words) return 0;  // padding
        return in_pixel_ + 1 == s.full_words ? s.last_bits : full;
    }
    /// Pixels of this word that the map has.
    uint32_t pixels(uint32_t whole) const {
        const Segment& s = current_->segments[segment_];
        return column_ + 1 == s.row ? s.tail : whole;
    }
    void advance() {
        ++word;
        const Segment& s = current_->segments[segment_];
        if (in_pixel_ < s.full_words) ++known_;
        if (++in_pixel_ < s.words) return;
        in_pixel_ = 0;
        if (++column_ == s.row) column_ = 0;
        if (++span_ < s.spans) return;
        span_ = column_ = 0;
        ++segment_;
        skip();
    }

    uint64_t word = 0;

private:
    /// Passes over what this frame does not compute.
    void skip() {
        while (!done()) {
            const Segment& s = current_->segments[segment_];
            const bool runs = s.iteration <= iterations_;
            const bool sent = !s.output || (outputs_ >> (s.iteration - 1) & 1) != 0;
            if (runs && sent) return;
            known_ += s.spans * s.full_words;
            ++segment_;
        }
    }

    const TagWords& words_;
    const FrameWords* current_ = nullptr;
    uint32_t stride_, iterations_ = 0;
    uint64_t outputs_ = 0, span_ = 0, known_ = 0;
    size_t segment_ = 0;
    uint32_t in_pixel_ = 0, column_ = 0;
};

class Probe {
public:
    Probe(Design& design, const ProbeSpec& spec, uint32_t number)
        : tensor{spec.tensor}, number_{number}, bits_{spec.lanes * spec.pixels * spec.lane_bits}, lane_bits_{spec.lane_bits},
          pixels_{spec.pixels} {
        valid_ = static_cast<const uint8_t*>(narrow(design, spec.valid).data);
        if (!spec.tag.empty()) tag_ = static_cast<const uint8_t*>(narrow(design, spec.tag).data);
        if (!spec.data.empty()) {
            data_ = design.find(std::string{spec.data});
            if (data_.bits != bits_) {
                throw std::runtime_error("probe " + tensor + " has " + std::to_string(data_.bits) + " bits, not " +
                                         std::to_string(bits_));
            }
        }
        stride_ = (bits_ + 31) / 32;
        got_.resize(std::max<size_t>(stride_, 2));
        for (const TagWords& tag : spec.tags) tags_.emplace_back(tag, stride_);
    }

    bool strobe() const { return *valid_; }

    /// A frame begins; `whole`: its pixels are those of its image.
    void begin(const FrameTime& frame, uint32_t number) {
        frame_ = number;
        silent_ = !frame.whole;
        for (TagCursor& tag : tags_) tag.begin(frame);
    }

    void sample() {
        if (silent_) return;
        const uint32_t tag = tag_ ? *tag_ : 0;
        if (tag >= tags_.size() || tags_[tag].done()) differ(tag, 0, nullptr);
        TagCursor& cursor = tags_[tag];
        if (data_.data) compare(cursor, tag);
        cursor.advance();
    }

    /// Whether all words of the frame have come, if there are any that have to.
    bool done() const {
        if (silent_) return true;
        for (const TagCursor& tag : tags_)
            if (!tag.done()) return false;
        return true;
    }
    /// A frame is over whose words have not all come: says so.
    void missing() {
        for (uint32_t tag = 0; tag < tags_.size(); ++tag)
            if (!tags_[tag].done()) absent(tag);
    }
    std::string where() const {
        std::string text;
        for (size_t i = 0; i < tags_.size(); ++i) {
            if (silent_ || tags_[i].done()) continue;
            text += "; probe " + tensor + (tag_ ? " tag " + std::to_string(i) : "") + ": frame " +
                    std::to_string(frame_) + " word " + std::to_string(tags_[i].word) + " awaited";
        }
        return text;
    }

    std::string tensor;
    uint64_t compared = 0;

private:
    static HwgSignal narrow(Design& design, const rust::String& path) {
        const HwgSignal signal = design.find(std::string{path});
        if (signal.bytes != 1) throw std::runtime_error("probe signal `" + std::string{path} + "` is too wide");
        return signal;
    }

    void compare(const TagCursor& cursor, uint32_t tag) {
        std::memcpy(got_.data(), data_.data, std::min<size_t>(data_.bytes, got_.size() * 4));
        const uint32_t bits = cursor.bits(bits_), whole = bits / 32, rest = bits % 32;
        const uint32_t* const expected = cursor.expected();
        uint32_t wrong = 0;
        for (uint32_t i = 0; i < whole; ++i) wrong |= got_[i] ^ expected[i];
        if (rest != 0) wrong |= (got_[whole] ^ expected[whole]) << (32 - rest);
        const uint32_t pixels = cursor.pixels(pixels_);
        if (wrong != 0) {
            const uint32_t lane = first_lane(expected, bits, pixels);
            if (lane != bits) differ(tag, lane, expected);  // else only pixels beyond the row's end differ
        }
        compared += bits / lane_bits_ / pixels_ * pixels;
    }

    /// The first value that differs, of a pixel that the map has; `bits` if there is none.
    uint32_t first_lane(const uint32_t* expected, uint32_t bits, uint32_t pixels) const {
        for (uint32_t i = 0; i < bits; ++i) {
            const uint32_t value = i / lane_bits_;
            if ((got_[i / 32] ^ expected[i / 32]) >> (i % 32) & 1 && value % pixels_ < pixels) return value;
        }
        return bits;
    }

    [[noreturn]] void differ(uint32_t tag, uint32_t lane, const uint32_t* expected) {
        Finding f = no_finding();
        f.verdict = Verdict::Probe;
        f.probe = number_;
        f.tag = tag;
        f.lane = lane;
        f.surplus = expected == nullptr;
        f.frame = frame_;
        if (tag < tags_.size()) f.word = tags_[tag].word;
        for (uint32_t i = 0; i < stride_; ++i) {
            f.got.push_back(got_[i]);
            if (expected) f.expected.push_back(expected[i]);
        }
        throw Stop{std::move(f)};
    }

    [[noreturn]] void absent(uint32_t tag) {
        Finding f = no_finding();
        f.verdict = Verdict::Absent;
        f.probe = number_;
        f.tag = tag;
        f.frame = frame_;
        f.word = tags_[tag].word;
        throw Stop{std::move(f)};
    }

    uint32_t number_, bits_, lane_bits_, pixels_, stride_ = 0;
    uint32_t frame_ = 0;
    bool silent_ = false;
    const uint8_t* valid_ = nullptr;
    const uint8_t* tag_ = nullptr;
    HwgSignal data_{};
    std::vector<uint32_t> got_;
    std::vector<TagCursor> tags_;
};

}  // namespace hwgen
