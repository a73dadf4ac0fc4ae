/* The emitted driver at work on a simulated core. The bus is a line on stdout and its answer on stdin; on the other end
 * driver.rs plays the clock, the camera and the display, and says what the golden model says.
 *
 *     r OFFSET           VALUE RESPONSE     a read               i                  LEVEL          the interrupt
 *     w OFFSET VALUE     RESPONSE           a write              c SEED OUTPUT      CONFIDENCE     the golden model's
 *     n CLOCKS           0                  time passes          s SEED             0              a frame is sent
 *     d SEED ITERATIONS OUTPUTS   0         the display has received exactly the maps of this frame */
#include "itnet.h"
#include "itnet_core.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(what)                                                                \
    do {                                                                           \
        if (!(what)) {                                                             \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #what);             \
            exit(1);                                                               \
        }                                                                          \
    } while (0)
#define OK(call) CHECK((call) == ITNET_OK)

static const itnet_core core = ITNET_CORE;

static void answer(uint32_t *one, uint32_t *two) {
    fflush(stdout);
    if (two != NULL) {
        CHECK(scanf("%" SCNu32 " %" SCNu32, one, two) == 2);
    } else {
        CHECK(scanf("%" SCNu32, one) == 1);
    }
}

static uint32_t ask(void) {
    uint32_t value;
    answer(&value, NULL);
    return value;
}

static int read32(void *context, uint32_t offset, uint32_t *value) {
    uint32_t response;
    (void)context;
    printf("r %" PRIu32 "\n", offset);
    answer(value, &response);
    return response == 0u ? 0 : -1;
}

static int write32(void *context, uint32_t offset, uint32_t value) {
    (void)context;
    printf("w %" PRIu32 " %" PRIu32 "\n", offset, value);
    return ask() == 0u ? 0 : -1;
}

static void idle(void *context) {
    (void)context;
    printf("n 64\n");
    ask();
}

static void send(uint32_t seed) {
    printf("s %" PRIu32 "\n", seed);
    ask();
}

static void shown(uint32_t seed, uint32_t iterations, uint64_t outputs) {
    printf("d %" PRIu32 " %" PRIu32 " %" PRIu64 "\n", seed, iterations, outputs);
    ask();
}

static uint32_t golden_confidence(uint32_t seed, uint32_t output) {
    printf("c %" PRIu32 " %" PRIu32 "\n", seed, output);
    return ask();
}

static bool interrupt(void) {
    printf("i\n");
    return ask() != 0u;
}

#define ALL core.outputs
#define POLLS 5000u
#define EVENTS (ITNET_STATUS_FRAME_DONE | ITNET_STATUS_SIZE_ERROR | ITNET_STATUS_BUS_ERROR | ITNET_STATUS_DROPPED)

/* A whole frame, and what the counters say of it. */
static void frame(itnet *dev, uint32_t seed, uint32_t iterations, uint64_t outputs, uint32_t last) {
    uint32_t events;
    itnet_counters before, after;
    OK(itnet_read_counters(dev, &before));
    send(seed);
    OK(itnet_wait(dev, EVENTS, POLLS, &events));
    CHECK(events == ITNET_STATUS_FRAME_DONE);
    shown(seed, iterations, outputs);
    OK(itnet_read_counters(dev, &after));
    CHECK(after.frames == before.frames + 1u);
    CHECK(after.cycles > core.width * core.height);
    CHECK(after.last_output == last);
    if (last != 0u) CHECK(after.confidence == golden_confidence(seed, last));
}

int main(int count, char **arguments) {
    itnet dev;
    itnet_bus bus = {read32, write32, idle, NULL};
    itnet_settings settings = {core.iterations, ALL, false};
    itnet_core other = ITNET_CORE;
    uint32_t events, major, minor, patch, register_value;
    uint32_t mapped[0x100 / 4] = {0};
    bool busy;

    CHECK(count == 2);
    /* Memory that is no core, and a core that is another one. */
    {
        const itnet_bus memory = itnet_memory_mapped(mapped);
        CHECK(itnet_init(&dev, &memory, &core) == ITNET_NO_CORE);
        mapped[ITNET_ID / 4] = ITNET_ID_RESET;
        CHECK(itnet_init(&dev, &memory, &core) == ITNET_OTHER_CORE);
        mapped[ITNET_HASH / 4] = core.hash;
        mapped[ITNET_STATUS / 4] = ITNET_STATUS_BUSY;
        CHECK(itnet_init(&dev, &memory, &core) == ITNET_TIMEOUT);
        mapped[ITNET_STATUS / 4] = 0;
        OK(itnet_init(&dev, &memory, &core));
        CHECK(mapped[ITNET_ITERATIONS / 4] == core.iterations);
    }
    other.hash = core.hash + 1u;
    CHECK(itnet_init(&dev, &bus, &other) == ITNET_OTHER_CORE);
    OK(itnet_init(&dev, &bus, &core));
    OK(itnet_version(&dev, &major, &minor, &patch));
    fprintf(stderr, "%" PRIu32 ".%" PRIu32 ".%" PRIu32 "\n", major, minor, patch);

    /* Disabled: the frame waits. Then it goes through. */
    send(1);
    CHECK(itnet_wait(&dev, EVENTS, 20u, &events) == ITNET_TIMEOUT);
    OK(itnet_busy(&dev, &busy));
    CHECK(!busy);
    OK(itnet_start(&dev));
    OK(itnet_wait(&dev, EVENTS, POLLS, &events));
    CHECK(events == ITNET_STATUS_FRAME_DONE);
    shown(1, core.iterations, ALL);
    frame(&dev, 2, core.iterations, ALL, core.iterations);

    /* Fewer iterations, fewer outputs; nothing that the core has not. */
    settings.iterations = 2;
    settings.outputs = 2;
    OK(itnet_configure(&dev, &settings));
    frame(&dev, 3, 2, 2, 2);
    settings.iterations = core.iterations + 1u;
    CHECK(itnet_configure(&dev, &settings) == ITNET_RANGE);
    settings.iterations = 0;
    CHECK(itnet_configure(&dev, &settings) == ITNET_RANGE);
    settings.iterations = core.iterations;
    settings.outputs = ALL | (1ull << 40);
    CHECK(itnet_configure(&dev, &settings) == ITNET_RANGE);
    settings.outputs = ALL;
    OK(itnet_configure(&dev, &settings));
    frame(&dev, 3, core.iterations, ALL, core.iterations);

    /* Early exit: after the first output, as it is confident enough; not, where the level is just above. */
    CHECK(itnet_set_threshold(&dev, core.iterations + 1u, 1) == ITNET_RANGE);
    OK(itnet_set_threshold(&dev, 0, 1));
    frame(&dev, 4, 1, 1, 1);
    OK(itnet_take_events(&dev, ITNET_STATUS_STOPPED_EARLY | ITNET_STATUS_OUTPUT_SENT, &events));
    CHECK(events == (ITNET_STATUS_STOPPED_EARLY | ITNET_STATUS_OUTPUT_SENT));
    OK(itnet_set_threshold(&dev, 0, UINT32_MAX));
    frame(&dev, 4, core.iterations, ALL, core.iterations);
    OK(itnet_set_threshold(&dev, 0, 0));
    OK(itnet_set_threshold(&dev, 2, 1));
    frame(&dev, 4, 2, 3, 2);
    OK(itnet_set_threshold(&dev, 2, 0));

    /* The interrupt: an event that was taken lets it fall, another one does not. */
    CHECK(itnet_set_interrupts(&dev, ITNET_STATUS_BUSY) == ITNET_RANGE);
    CHECK(itnet_take_events(&dev, ITNET_STATUS_BUSY, &events) == ITNET_RANGE);
    OK(itnet_take_events(&dev, ITNET_STATUS_W1C, &events));
    OK(itnet_set_interrupts(&dev, ITNET_STATUS_FRAME_DONE));
    CHECK(!interrupt());
    send(5);
    for (uint32_t poll = 0; !interrupt(); ++poll) {
        CHECK(poll < POLLS);
        idle(NULL);
    }
    OK(itnet_take_events(&dev, ITNET_STATUS_OUTPUT_SENT, &events));
    CHECK(events == ITNET_STATUS_OUTPUT_SENT && interrupt());
    OK(itnet_take_events(&dev, ITNET_STATUS_FRAME_DONE, &events));
    CHECK(events == ITNET_STATUS_FRAME_DONE && !interrupt());
    shown(5, core.iterations, ALL);
    OK(itnet_set_interrupts(&dev, 0));

    /* Stop: the first output is whole, and the last. */
    send(6);
    do {
        OK(itnet_busy(&dev, &busy));
    } while (!busy);
    OK(itnet_stop(&dev));
    OK(itnet_wait(&dev, ITNET_STATUS_FRAME_DONE, POLLS, &events));
    shown(6, 1, 1);

    /* Abandoned in the middle; what is left of its pixels is thrown away. */
    send(7);
    do {
        OK(itnet_busy(&dev, &busy));
    } while (!busy);
    OK(itnet_abandon(&dev));
    OK(itnet_busy(&dev, &busy));
    CHECK(!busy);
    for (uint32_t i = 0; i < 20u; ++i) idle(NULL);
    OK(itnet_take_events(&dev, ITNET_STATUS_W1C, &events));
    CHECK((events & ITNET_STATUS_SIZE_ERROR) != 0u && (events & ITNET_STATUS_FRAME_DONE) == 0u);
    frame(&dev, 8, core.iterations, ALL, core.iterations);

    /* A paused core drops frames, if it is told to. */
    OK(itnet_pause(&dev));
    settings.drop = true;
    OK(itnet_configure(&dev, &settings));
    send(9);
    OK(itnet_wait(&dev, EVENTS, POLLS, &events));
    CHECK(events == ITNET_STATUS_DROPPED);
    for (uint32_t i = 0; i < 20u; ++i) idle(NULL);
    settings.drop = false;
    OK(itnet_configure(&dev, &settings));
    OK(itnet_start(&dev));
    frame(&dev, 10, core.iterations, ALL, core.iterations);

    /* The feedback region. */
    {
        const uint64_t base = strtoull(arguments[1], NULL, 10);
        const itnet_result result = itnet_set_feedback_base(&dev, base);
        CHECK(result == (core.feedback_bytes != 0u ? ITNET_OK : ITNET_ABSENT));
        if (result == ITNET_OK) {
            CHECK(itnet_set_feedback_base(&dev, base + 8u) == ITNET_RANGE);
            CHECK(itnet_set_feedback_base(&dev, UINT64_MAX - 4095u) == ITNET_RANGE);
        } else {
            CHECK(read32(NULL, ITNET_BASE_LOW, &register_value) != 0);
        }
    }
    frame(&dev, 11, core.iterations, ALL, core.iterations);

    /* Initialised again in the middle of a frame: as new. */
    OK(itnet_set_threshold(&dev, 0, 1));
    OK(itnet_set_interrupts(&dev, ITNET_STATUS_FRAME_DONE));
    send(12);
    do {
        OK(itnet_busy(&dev, &busy));
    } while (!busy);
    OK(itnet_init(&dev, &bus, &core));
    for (uint32_t i = 0; i < 20u; ++i) idle(NULL);
    CHECK(!interrupt());
    OK(itnet_start(&dev));
    frame(&dev, 13, core.iterations, ALL, core.iterations);
    CHECK(itnet_text(ITNET_OK)[0] != '\0');
    return 0;
}
