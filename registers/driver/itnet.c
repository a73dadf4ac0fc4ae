/* SPDX-License-Identifier: Apache-2.0
 * See itnet.h. */
#include "itnet.h"

#include <stddef.h>

#define FEEDBACK_ALIGNMENT 4096u
/* Software sets these, the core clears them: never written back as they were read. */
#define COMMANDS (ITNET_CONTROL_STOP | ITNET_CONTROL_SOFT_RESET)
/* Polls that end a reset: it lasts a cycle. */
#define RESET_POLLS 100u

/* Returns from the function unless `call` went well. */
#define TRY(call)                                   \
    do {                                            \
        const itnet_result result_ = (call);        \
        if (result_ != ITNET_OK) return result_;    \
    } while (0)

static itnet_result get(const itnet *dev, uint32_t offset, uint32_t *value) {
    return dev->bus.read32(dev->bus.context, offset, value) == 0 ? ITNET_OK : ITNET_BUS;
}

static itnet_result set(const itnet *dev, uint32_t offset, uint32_t value) {
    return dev->bus.write32(dev->bus.context, offset, value) == 0 ? ITNET_OK : ITNET_BUS;
}

static int read_mapped(void *context, uint32_t offset, uint32_t *value) {
    const volatile uint32_t *const base = (const volatile uint32_t *)context;
    *value = base[offset / 4u];
    return 0;
}

static int write_mapped(void *context, uint32_t offset, uint32_t value) {
    volatile uint32_t *const base = (volatile uint32_t *)context;
    base[offset / 4u] = value;
    return 0;
}

itnet_bus itnet_memory_mapped(volatile uint32_t *base) {
    /* Only read_mapped and write_mapped see it, as volatile again. */
    const itnet_bus bus = {read_mapped, write_mapped, NULL, (void *)(uintptr_t)base};
    return bus;
}

/* CONTROL with some bits cleared and some set. */
static itnet_result control(const itnet *dev, uint32_t clear, uint32_t raise) {
    uint32_t value;
    TRY(get(dev, ITNET_CONTROL, &value));
    return set(dev, ITNET_CONTROL, (value & ~(clear | COMMANDS)) | raise);
}

/* Of one output, or with 0 of all of them. */
static itnet_result write_threshold(const itnet *dev, uint32_t output, uint32_t confidence) {
    TRY(set(dev, ITNET_THRESHOLD_OUTPUT, output));
    return set(dev, ITNET_THRESHOLD, confidence);
}

static itnet_result write_settings(const itnet *dev, uint32_t iterations, uint64_t outputs) {
    TRY(set(dev, ITNET_ITERATIONS, iterations));
    TRY(set(dev, ITNET_MASK_LOW, (uint32_t)(outputs & 0xFFFFFFFFu)));
    return set(dev, ITNET_MASK_HIGH, (uint32_t)(outputs >> 32));
}

itnet_result itnet_init(itnet *dev, const itnet_bus *bus, const itnet_core *core) {
    uint32_t value;
    dev->bus = *bus;
    dev->core = core;
    TRY(get(dev, ITNET_ID, &value));
    if (value != ITNET_ID_RESET) return ITNET_NO_CORE;
    TRY(get(dev, ITNET_HASH, &value));
    if (value != core->hash) return ITNET_OTHER_CORE;
    TRY(set(dev, ITNET_INT_ENABLE, 0u));
    TRY(set(dev, ITNET_CONTROL, ITNET_CONTROL_SOFT_RESET));
    for (uint32_t poll = 0;; ++poll) {
        TRY(get(dev, ITNET_STATUS, &value));
        if ((value & ITNET_STATUS_BUSY) == 0u) break;
        if (poll == RESET_POLLS) return ITNET_TIMEOUT;
    }
    TRY(write_settings(dev, core->iterations, core->outputs));
    TRY(write_threshold(dev, 0u, 0u));
    return set(dev, ITNET_STATUS, ITNET_STATUS_W1C);
}

itnet_result itnet_version(const itnet *dev, uint32_t *major, uint32_t *minor, uint32_t *patch) {
    uint32_t value;
    TRY(get(dev, ITNET_VERSION, &value));
    *major = (value & ITNET_VERSION_MAJOR) >> ITNET_VERSION_MAJOR_SHIFT;
    *minor = (value & ITNET_VERSION_MINOR) >> ITNET_VERSION_MINOR_SHIFT;
    *patch = (value & ITNET_VERSION_PATCH) >> ITNET_VERSION_PATCH_SHIFT;
    return ITNET_OK;
}

itnet_result itnet_configure(itnet *dev, const itnet_settings *settings) {
    const itnet_core *const core = dev->core;
    uint32_t before;
    if (settings->iterations < 1u || settings->iterations > core->iterations) return ITNET_RANGE;
    if ((settings->outputs & ~core->outputs) != 0u) return ITNET_RANGE;
    TRY(get(dev, ITNET_CONTROL, &before));
    TRY(control(dev, ITNET_CONTROL_ENABLE, 0u));
    TRY(write_settings(dev, settings->iterations, settings->outputs));
    return control(dev, ITNET_CONTROL_DROP,
                   (before & ITNET_CONTROL_ENABLE) | (settings->drop ? ITNET_CONTROL_DROP : 0u));
}

itnet_result itnet_set_threshold(itnet *dev, uint32_t output, uint32_t confidence) {
    if (output > 64u || (output != 0u && (dev->core->outputs >> (output - 1u) & 1u) == 0u)) return ITNET_RANGE;
    return write_threshold(dev, output, confidence);
}

itnet_result itnet_set_feedback_base(itnet *dev, uint64_t address) {
    uint32_t before;
    if (dev->core->feedback_bytes == 0u) return ITNET_ABSENT;
    if (address % FEEDBACK_ALIGNMENT != 0u || address > UINT64_MAX - (dev->core->feedback_bytes - 1u)) return ITNET_RANGE;
    /* As in itnet_configure: no frame shall begin with one half of the address. */
    TRY(get(dev, ITNET_CONTROL, &before));
    TRY(control(dev, ITNET_CONTROL_ENABLE, 0u));
    TRY(set(dev, ITNET_BASE_LOW, (uint32_t)(address & 0xFFFFFFFFu)));
    TRY(set(dev, ITNET_BASE_HIGH, (uint32_t)(address >> 32)));
    return control(dev, 0u, before & ITNET_CONTROL_ENABLE);
}

itnet_result itnet_start(itnet *dev) {
    TRY(set(dev, ITNET_STATUS, ITNET_STATUS_W1C));
    return control(dev, 0u, ITNET_CONTROL_ENABLE);
}

itnet_result itnet_pause(itnet *dev) { return control(dev, ITNET_CONTROL_ENABLE, 0u); }

itnet_result itnet_stop(itnet *dev) { return control(dev, 0u, ITNET_CONTROL_STOP); }

itnet_result itnet_abandon(itnet *dev) { return control(dev, 0u, ITNET_CONTROL_SOFT_RESET); }

itnet_result itnet_busy(const itnet *dev, bool *busy) {
    uint32_t value;
    TRY(get(dev, ITNET_STATUS, &value));
    *busy = (value & ITNET_STATUS_BUSY) != 0u;
    return ITNET_OK;
}

itnet_result itnet_set_interrupts(itnet *dev, uint32_t events) {
    if ((events & ~ITNET_STATUS_W1C) != 0u) return ITNET_RANGE;
    return set(dev, ITNET_INT_ENABLE, events);
}

itnet_result itnet_take_events(const itnet *dev, uint32_t events, uint32_t *happened) {
    uint32_t value;
    if ((events & ~ITNET_STATUS_W1C) != 0u) return ITNET_RANGE;
    TRY(get(dev, ITNET_STATUS, &value));
    *happened = value & events;
    /* Only what was seen: an event that comes in between is not lost. */
    return *happened == 0u ? ITNET_OK : set(dev, ITNET_STATUS, *happened);
}

itnet_result itnet_wait(const itnet *dev, uint32_t events, uint32_t polls, uint32_t *happened) {
    *happened = 0u;
    for (uint32_t poll = 0; poll < polls; ++poll) {
        TRY(itnet_take_events(dev, events, happened));
        if (*happened != 0u) return ITNET_OK;
        if (dev->bus.pause != NULL) dev->bus.pause(dev->bus.context);
    }
    return ITNET_TIMEOUT;
}

itnet_result itnet_read_counters(const itnet *dev, itnet_counters *counters) {
    TRY(get(dev, ITNET_FRAMES, &counters->frames));
    TRY(get(dev, ITNET_CYCLES, &counters->cycles));
    TRY(get(dev, ITNET_GAPS, &counters->gaps));
    TRY(get(dev, ITNET_STALLS, &counters->stalls));
    TRY(get(dev, ITNET_LAST_OUTPUT, &counters->last_output));
    return get(dev, ITNET_CONFIDENCE, &counters->confidence);
}

const char *itnet_text(itnet_result result) {
    switch (result) {
    case ITNET_OK: return "done";
    case ITNET_BUS: return "the bus answered with an error";
    case ITNET_NO_CORE: return "no ItNet core at this address";
    case ITNET_OTHER_CORE: return "another core than the one that the program was compiled for";
    case ITNET_RANGE: return "an argument is out of range";
    case ITNET_ABSENT: return "the core does not have this";
    case ITNET_TIMEOUT: return "not seen in time";
    }
    return "unknown result";
}
