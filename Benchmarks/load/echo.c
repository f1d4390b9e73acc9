// What functions get: one device, QoS 0, payloads of JSON, because functions of encoding json are what users have.
// echo: the device sends a message and waits for the answer that a function publishes, then sends the next one: the round trip
// device → function → device. With --entry the answer is what the function's clock said when its handler began
// (CLOCK_MONOTONIC, decimal nanoseconds), and the time until then is told too.
// flood: the device sends --rate messages a second, each millisecond's at once, and gets no answer.
#define _GNU_SOURCE
#include "load.h"
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WARM_UP = 200, PATIENCE = 30000 };

struct echo {
    const struct options *o;
    struct client device;
    uint8_t packet[70000], input[70000];
    size_t packet_length, header;
    struct latencies round_trips, entries;
};

static void write_payload(uint8_t *payload, int size, int number) {
    int written = snprintf((char *)payload, (size_t)size, "{\"number\":%10d,\"padding\":\"", number);
    memset(payload + written, 'x', (size_t)(size - written));
    memcpy(payload + size - 2, "\"}", 2);
}

static void open_device(struct client *device, const struct options *o) {
    char name[64];
    if (o->size < 64 || o->size > 60000) fail("a payload of JSON has 64 to 60000 bytes");
    snprintf(name, sizeof name, "%s%04d", o->names, 0);
    client_open(device, o, o->tls ? client_context(o, true) : NULL, name);
}

// Waits for one whole PUBLISH and returns where its payload begins.
static const uint8_t *receive(struct echo *e, size_t *length) {
    size_t have = 0;
    while (true) {
        if (have >= 2) {
            size_t at = 1, remaining = 0;
            int shift = 0;
            do {
                remaining |= (size_t)(e->input[at] & 127) << shift;
                shift += 7;
            } while (e->input[at++] & 128 && at < have);
            if (have >= at + remaining) {
                if (e->input[0] >> 4 != 3 || have > at + remaining) fail("not one PUBLISH of QoS 0");
                size_t topic = (size_t)e->input[at] << 8 | e->input[at + 1];
                *length = remaining - 2 - topic;
                return e->input + at + 2 + topic;
            }
        }
        struct pollfd entry = {.fd = e->device.fd, .events = POLLIN};
        if (!(e->device.ssl && SSL_pending(e->device.ssl)) && poll(&entry, 1, PATIENCE) != 1) fail("no answer");
        have += (size_t)client_read(&e->device, e->input + have, sizeof e->input - have);
    }
}

static void once(struct echo *e, int number, bool counts) {
    write_payload(e->packet + e->header, e->o->size, number);
    int64_t begin = now();
    client_write_all(&e->device, e->packet, e->packet_length);
    size_t length;
    const uint8_t *payload = receive(e, &length);
    int64_t end = now();
    if (!counts) return;
    latencies_add(&e->round_trips, end - begin);
    if (e->o->entry) {
        char text[32] = {0};
        memcpy(text, payload, length < 31 ? length : 31);
        latencies_add(&e->entries, atoll(text) - begin);
    }
}

int run_echo(const struct options *o) {
    struct echo *e = need(calloc(1, sizeof *e));
    char topic[128];
    e->o = o;
    open_device(&e->device, o);
    snprintf(topic, sizeof topic, "%s/in", o->topic);
    e->packet_length = packet_publish(e->packet, topic, 0, 0, o->size);
    e->header = e->packet_length - (size_t)o->size;
    snprintf(topic, sizeof topic, "%s/out", o->topic);
    client_subscribe(&e->device, topic, 0);
    client_nonblocking(&e->device);
    int warm_up = o->entry ? 0 : WARM_UP;
    for (int number = 0; number < warm_up + o->count; number++) once(e, number, number >= warm_up);
    printf("{\"count\": %d", o->count);
    latencies_print(&e->round_trips);
    if (o->entry) {
        printf(", \"entry\": {\"count\": %d", o->count);
        latencies_print(&e->entries);
        printf("}");
    }
    printf("}\n");
    return 0;
}

int run_flood(const struct options *o) {
    struct client device;
    char topic[128];
    int each = (int)(o->rate / 1000), sent = 0;
    if (each < 1) fail("--rate of at least 1000");
    open_device(&device, o);
    snprintf(topic, sizeof topic, "%s/in", o->topic);
    uint8_t *packets = need(malloc((size_t)each * ((size_t)o->size + 256)));
    size_t length = 0;
    for (int number = 0; number < each; number++) {
        size_t packet = packet_publish(packets + length, topic, 0, 0, o->size);
        length += packet;
        write_payload(packets + length - o->size, o->size, number);
    }
    int64_t begin = now(), due = begin, end = begin + (int64_t)(o->seconds * 1e9);
    for (; due < end; due += 1000000) {
        struct timespec until = {.tv_sec = due / 1000000000, .tv_nsec = due % 1000000000};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
        client_write_all(&device, packets, length);
        sent += each;
    }
    printf("{\"published\": %d, \"seconds\": %.3f}\n", sent, (double)(now() - begin) * 1e-9);
    client_close(&device);
    return 0;
}
