// window: QoS 1 from one publisher to one subscriber, with at most --window messages of the publisher unacknowledged.
#define _GNU_SOURCE
#include "load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

enum { READ = 65536 };

struct window {
    const struct options *o;
    struct client publisher, subscriber;
    size_t packet, header;
    uint64_t published, acknowledged, received;
    uint8_t *packets, *answers, *in;
};

// Fills the window with one write.
static void publish(struct window *w) {
    size_t length = 0;
    while (w->published - w->acknowledged < (uint64_t)w->o->window) {
        uint8_t *packet = w->packets + length;
        struct stamp stamp = {w->published, 0};
        uint16_t identifier = (uint16_t)(w->published % 65535 + 1);
        packet[w->header - 2] = (uint8_t)(identifier >> 8);
        packet[w->header - 1] = (uint8_t)identifier;
        memcpy(packet + w->header, &stamp, sizeof stamp);
        length += w->packet;
        w->published++;
    }
    client_write_all(&w->publisher, w->packets, length);
}

static void take_acknowledgements(struct window *w) {
    struct client *c = &w->publisher;
    ssize_t got;
    do {
        memcpy(w->in, c->rest, c->rest_length);
        got = client_read(c, w->in + c->rest_length, READ);
        size_t count = c->rest_length + (size_t)got;
        const uint8_t *bytes = w->in;
        for (; count >= 4; bytes += 4, count -= 4) {
            uint16_t identifier = (uint16_t)(w->acknowledged % 65535 + 1);
            if (bytes[0] != 0x40 || (bytes[2] << 8 | bytes[3]) != identifier) fail("PUBACK out of order");
            w->acknowledged++;
        }
        memcpy(c->rest, bytes, count);
        c->rest_length = count;
    } while (c->ssl && got > 0);
}

static void take_messages(struct window *w) {
    struct client *c = &w->subscriber;
    ssize_t got;
    size_t answers = 0;
    do {
        memcpy(w->in, c->rest, c->rest_length);
        got = client_read(c, w->in + c->rest_length, READ);
        size_t count = c->rest_length + (size_t)got;
        const uint8_t *bytes = w->in;
        for (; count >= w->packet; bytes += w->packet, count -= w->packet) {
            struct stamp stamp;
            if ((bytes[0] & 0xf6) != 0x32) fail("not a QoS 1 PUBLISH");
            memcpy(&stamp, bytes + w->header, sizeof stamp);
            if (stamp.sequence != c->expected) c->missed++;
            c->expected = stamp.sequence + 1;
            uint8_t answer[4] = {0x40, 2, bytes[w->header - 2], bytes[w->header - 1]};
            memcpy(w->answers + answers, answer, 4);
            answers += 4;
            w->received++;
            if (answers == READ) {
                client_write_all(c, w->answers, answers);
                answers = 0;
            }
        }
        memcpy(c->rest, bytes, count);
        c->rest_length = count;
    } while (c->ssl && got > 0);
    if (answers) client_write_all(c, w->answers, answers);
}

static void set_up(struct window *w, int epoll) {
    const struct options *o = w->o;
    SSL_CTX *context = o->tls ? client_context(o, true) : NULL;
    char topic[128], name[64];
    snprintf(topic, sizeof topic, "%s/topic", o->topic);
    w->packets = need(malloc((size_t)o->window * ((size_t)o->size + 256)));
    w->answers = need(malloc(READ));
    w->in = need(malloc(2 * READ));
    for (int i = 0; i < o->window; i++)
        w->packet = packet_publish(w->packets + (size_t)i * w->packet, topic, 1, 1, o->size);
    w->header = w->packet - (size_t)o->size;
    snprintf(name, sizeof name, "%s%04d", o->names, 1);
    client_open(&w->subscriber, o, context, name);
    client_subscribe(&w->subscriber, topic, 1);
    snprintf(name, sizeof name, "%s%04d", o->names, 0);
    client_open(&w->publisher, o, context, name);
    struct client *both[] = {&w->publisher, &w->subscriber};
    for (int i = 0; i < 2; i++) {
        client_nonblocking(both[i]);
        both[i]->rest = need(malloc(w->packet + 4));
        watch(epoll, both[i]->fd, EPOLLIN, (uint64_t)i);
    }
}

int run_window(const struct options *o) {
    struct epoll_event events[2];
    struct window w = {.o = o};
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    set_up(&w, epoll);
    int64_t start = now(), end = start + (int64_t)(o->seconds * 1e9), last = start;
    double cpu = process_seconds(o->pid), own = own_seconds();
    bool publishes = true;
    publish(&w);
    while (true) {
        int64_t time = now();
        if (time >= end) publishes = false;
        if (!publishes && w.received >= w.published && w.acknowledged >= w.published) break;
        if (time - last > 3000000000) break;
        int count = wait_until(epoll, events, 2, time + 500000000);
        uint64_t before = w.received + w.acknowledged;
        for (int i = 0; i < count; i++) {
            if (events[i].data.u64 == 1) {
                take_messages(&w);
            } else {
                take_acknowledgements(&w);
            }
        }
        if (w.received + w.acknowledged > before) last = now();
        if (publishes && w.published - w.acknowledged < (uint64_t)o->window)  publish(&w);
    }
    double used = process_seconds(o->pid) - cpu, own_used = own_seconds() - own;
    double seconds = (double)(last - start) * 1e-9;
    printf("{\"published\": %lu, \"received\": %lu, \"lost\": %ld, \"seconds\": %.3f, \"rate\": %.0f, \"cpu_us\": %.4f, "
           "\"broker_cpu\": %.3f, \"load_cpu\": %.3f}\n",
           w.published, w.received, (long)w.published - (long)w.received, seconds, (double)w.received / seconds,
           w.received ? used * 1e6 / (double)w.received : 0, used / seconds, own_used / seconds);
    return 0;
}
