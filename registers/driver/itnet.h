/* SPDX-License-Identifier: Apache-2.0
 * Driver of an ItNet core, in C99, for any bus and with or without an operating system.
 *
 * Owns: the register protocol (itnet_regs.h). Leaves alone: pixels and maps, which go through the core's streams, and
 * how a register is reached, which an `itnet_bus` knows. It allocates nothing, keeps no state but `itnet`, and has no
 * clock: waiting is counted in polls.
 *
 *     static const itnet_core core = ITNET_CORE;              // itnet_core.h: what was emitted
 *     const itnet_bus bus = itnet_memory_mapped((volatile uint32_t *)0x43C00000);
 *     itnet dev;
 *     uint32_t events;
 *     itnet_counters counters;
 *     if (itnet_init(&dev, &bus, &core) != ITNET_OK) ...;     // disabled now: a frame waits at the video port
 *     itnet_start(&dev);
 *     ... a frame is sent ...
 *     itnet_wait(&dev, ITNET_STATUS_FRAME_DONE, 1000000, &events);
 *     itnet_read_counters(&dev, &counters);
 *
 * An interrupt handler may call `itnet_take_events`, which touches no register but STATUS, at any time. The other
 * functions are for one caller at a time. */
#ifndef ITNET_H
#define ITNET_H

#include <stdbool.h>
#include <stdint.h>

#include "itnet_regs.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What every function says. */
typedef enum itnet_result {
    ITNET_OK = 0,
    ITNET_BUS = 1,         /* the bus answered with an error */
    ITNET_NO_CORE = 2,     /* register ID is not that of an ItNet core */
    ITNET_OTHER_CORE = 3,  /* register HASH is not that of `core`: another bitstream is loaded */
    ITNET_RANGE = 4,       /* an argument is out of range; nothing was written */
    ITNET_ABSENT = 5,      /* the core has not what the function is for; nothing was written */
    ITNET_TIMEOUT = 6      /* not seen in that many polls */
} itnet_result;

/* How registers are reached. Both functions return 0, or anything else for a bus error. */
typedef struct itnet_bus {
    int (*read32)(void *context, uint32_t offset, uint32_t *value);
    int (*write32)(void *context, uint32_t offset, uint32_t value);
    /* Called between two polls, to sleep or to yield; NULL: poll at once. */
    void (*pause)(void *context);
    void *context;
} itnet_bus;

/* A core as it was emitted: `static const itnet_core core = ITNET_CORE;` with itnet_core.h. */
typedef struct itnet_core {
    uint32_t hash;            /* register HASH */
    uint32_t iterations;      /* N */
    uint64_t outputs;         /* bit n - 1: output n is there */
    uint32_t width, height;   /* pixels of the image, and of a map */
    uint32_t classes;
    uint64_t feedback_bytes;  /* size of the feedback region in DRAM; 0: the core needs none */
} itnet_core;

/* A driven core. Its fields are the driver's own. */
typedef struct itnet {
    itnet_bus bus;
    const itnet_core *core;
} itnet;

/* Settings of the next frames. */
typedef struct itnet_settings {
    uint32_t iterations;  /* 1 to the core's */
    uint64_t outputs;     /* bit n - 1: output n is sent; those that the core has not must be 0 */
    bool drop;            /* a frame that begins while the core is busy or disabled is discarded; false: it waits */
} itnet_settings;

/* Counters and results. A frame has the clock cycles and the confidence of docs/registers.md. */
typedef struct itnet_counters {
    uint32_t frames;       /* done since reset */
    uint32_t cycles;       /* of the last frame that was done */
    uint32_t gaps;         /* cycles in which a pixel was wanted and not there, in the frame in hand or the last one */
    uint32_t stalls;       /* cycles in which a class was there and not taken, likewise */
    uint32_t last_output;  /* the last output that was sent whole, likewise; 0: none yet */
    uint32_t confidence;   /* of that output */
} itnet_counters;

/* A bus of registers that lie in memory from `base` on, mapped so that accesses are neither cached nor reordered. */
itnet_bus itnet_memory_mapped(volatile uint32_t *base);

/* Checks that `core` is there, disables it, abandons what it was doing, and sets everything else to the values after
 * reset: all iterations and outputs, no thresholds, no interrupts, no events. The feedback base stays. `core` is kept
 * by pointer, `bus` by value. Pixels of a frame that was under way are discarded and may raise SIZE_ERROR later. */
itnet_result itnet_init(itnet *dev, const itnet_bus *bus, const itnet_core *core);

/* The version of hwgen that emitted the core. */
itnet_result itnet_version(const itnet *dev, uint32_t *major, uint32_t *minor, uint32_t *patch);

/* Sets what the next frame does. No frame begins while this goes on, so none gets half of it. */
itnet_result itnet_configure(itnet *dev, const itnet_settings *settings);

/* Ends every next frame after output `output` (1 to N) if its confidence is at least `confidence`; 0: never. Output 0
 * stands for all. One that the core does not have: ITNET_RANGE. */
itnet_result itnet_set_threshold(itnet *dev, uint32_t output, uint32_t confidence);

/* Bus address of the feedback region of the next frame, a multiple of 4096, `feedback_bytes` of the core long.
 * ITNET_ABSENT where the state does not leave through an AXI4 master. */
itnet_result itnet_set_feedback_base(itnet *dev, uint64_t address);

/* Forgets old events and lets frames begin: one at each start of frame on the video port, until `itnet_pause`. */
itnet_result itnet_start(itnet *dev);

/* Lets the frame in hand finish and no other begin. */
itnet_result itnet_pause(itnet *dev);

/* Ends the frame in hand with the next output whose first class has not been sent yet. Without a frame: nothing. */
itnet_result itnet_stop(itnet *dev);

/* Abandons the frame in hand at once, its maps included. Settings and counters stay. */
itnet_result itnet_abandon(itnet *dev);

/* Whether a frame is in hand. */
itnet_result itnet_busy(const itnet *dev, bool *busy);

/* Which events raise the interrupt, as ITNET_STATUS_ bits; 0: none. */
itnet_result itnet_set_interrupts(itnet *dev, uint32_t events);

/* Those of `events` (ITNET_STATUS_ bits) that have happened since they were last taken; they are cleared, others and
 * later ones stay. Takes the interrupt back if no other event holds it. */
itnet_result itnet_take_events(const itnet *dev, uint32_t events, uint32_t *happened);

/* Polls until at least one of `events` has happened, at most `polls` times, and takes what has. */
itnet_result itnet_wait(const itnet *dev, uint32_t events, uint32_t polls, uint32_t *happened);

/* All counters. Of one frame only while no other is in hand. */
itnet_result itnet_read_counters(const itnet *dev, itnet_counters *counters);

/* A result as a text. */
const char *itnet_text(itnet_result result);

#ifdef __cplusplus
}
#endif

#endif
