// fan: one publisher, any number of subscribers, QoS 0. Without --rate the publisher writes whenever its socket takes
// bytes: TCP's own flow control is the only brake, and what the broker took and did not deliver is loss.
#define _GNU_SOURCE
#include "load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum { BLOCK = 65536, READ = 262144, PUBLISHER = -1 };

struct fan {
    const struct options *o;
    int epoll;
    struct client publisher;
    struct client *subscribers;
    uint8_t *block; // whole packets, sent one block after the other
    size_t packet, header, in_block, block_length, sent;
    uint64_t published, received;
    uint64_t random;
    uint8_t *input;
    struct latencies latencies;
    int64_t last;
    bool is_cut; // the broker gave a subscriber up
};

static void topic_text(char *out, size_t size, const struct options *o, uint64_t number) {
    if (o->topics > 0) {
        snprintf(out, size, "%s/%05u/value", o->topic, (unsigned)(number % (unsigned)o->topics));
    } else {
        snprintf(out, size, "%s/topic", o->topic);
    }
}

// xorshift64*: the order of topics must defeat caches, and be the same for every broker.
static uint64_t next_random(struct fan *f) {
    f->random ^= f->random >> 12;
    f->random ^= f->random << 25;
    f->random ^= f->random >> 27;
    return f->random * 2685821657736338717ULL >> 33;
}

static void make_block(struct fan *f) {
    char topic[128];
    f->block = need(malloc(BLOCK + 1024));
    topic_text(topic, sizeof topic, f->o, 0);
    f->packet = packet_publish(f->block, topic, 0, 0, f->o->size);
    f->header = f->packet - (size_t)f->o->size;
    f->in_block = f->o->rate > 0 ? 1 : BLOCK / f->packet;
    for (size_t i = 0; i < f->in_block; i++) packet_publish(f->block + i * f->packet, topic, 0, 0, f->o->size);
    f->block_length = f->sent = f->in_block * f->packet;
}

// Gives the packets of the next block their numbers, and topics where there are many.
static void stamp_block(struct fan *f) {
    int64_t time = now();
    for (size_t i = 0; i < f->in_block; i++) {
        uint8_t *packet = f->block + i * f->packet;
        struct stamp stamp = {f->published + i, time};
        memcpy(packet + f->header, &stamp, sizeof stamp);
        if (f->o->topics > 1) {
            char topic[128];
            topic_text(topic, sizeof topic, f->o, next_random(f));
            memcpy(packet + f->header - strlen(topic), topic, strlen(topic));
        }
    }
    f->published += f->in_block;
    f->sent = 0;
}

static void publish(struct fan *f) {
    if (f->sent == f->block_length) stamp_block(f);
    f->sent += (size_t)client_write(&f->publisher, f->block + f->sent, f->block_length - f->sent);
}

static void take(struct fan *f, struct client *c, const uint8_t *bytes, size_t count) {
    bool is_paced = f->o->rate > 0;
    int64_t time = is_paced ? now() : 0;
    while (count >= f->packet) {
        struct stamp stamp;
        if (bytes[0] != 0x30) fail("not a QoS 0 PUBLISH");
        memcpy(&stamp, bytes + f->header, sizeof stamp);
        if (stamp.sequence != c->expected) c->missed++;
        c->expected = stamp.sequence + 1;
        if (is_paced) latencies_add(&f->latencies, time - stamp.sent);
        c->received++;
        f->received++;
        bytes += f->packet;
        count -= f->packet;
    }
    memcpy(c->rest, bytes, count);
    c->rest_length = count;
}

static void receive(struct fan *f, struct client *c) {
    size_t total = 0;
    do {
        memcpy(f->input, c->rest, c->rest_length);
        ssize_t got = client_try_read(c, f->input + c->rest_length, READ);
        // nats-server does so with one that reads more slowly than it writes: what has not come is lost.
        if (got < 0) f->is_cut = true;
        if (got <= 0) break;
        total += (size_t)got;
        take(f, c, f->input, c->rest_length + (size_t)got);
    } while (c->ssl && (total < READ || SSL_has_pending(c->ssl)));
    if (total > 0) f->last = now();
}

static void set_up(struct fan *f) {
    const struct options *o = f->o;
    SSL_CTX *context = o->tls ? client_context(o, true) : NULL;
    char name[64], filter[128];
    f->epoll = epoll_create1(EPOLL_CLOEXEC);
    f->random = 88172645463325252ULL;
    f->input = need(malloc(READ + 65536));
    make_block(f);
    f->subscribers = need(calloc((size_t)o->clients, sizeof *f->subscribers));
    if (o->topics > 1) {
        snprintf(filter, sizeof filter, "%s/#", o->topic);
    } else {
        topic_text(filter, sizeof filter, o, 0);
    }
    for (int i = 0; i < o->clients; i++) {
        struct client *c = &f->subscribers[i];
        snprintf(name, sizeof name, "%s%04d", o->names, i + 1);
        client_open(c, o, context, name);
        client_subscribe(c, filter, 0);
        client_nonblocking(c);
        c->rest = need(malloc(f->packet));
        watch(f->epoll, c->fd, EPOLLIN, (uint64_t)i);
    }
    // Clients whose filters match nothing, for the cost of a large index.
    struct client other = {0};
    for (int i = 0; i < o->filters; i++) {
        if (i % 500 == 0) {
            snprintf(name, sizeof name, "other%04d", i / 500);
            client_open(&other, o, context, name);
        }
        snprintf(filter, sizeof filter, "%s/other/%05d/value", o->topic, i);
        client_subscribe(&other, filter, 0);
    }
    snprintf(name, sizeof name, "%s%04d", o->names, 0);
    client_open(&f->publisher, o, context, name);
    client_nonblocking(&f->publisher);
    // What waits in sockets when the time is over has to be delivered still: not much.
    int buffer = 262144;
    setsockopt(f->publisher.fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    watch(f->epoll, f->publisher.fd, o->rate > 0 ? EPOLLIN : EPOLLIN | EPOLLOUT, (uint64_t)PUBLISHER);
}

static void handle(struct fan *f, struct epoll_event *event, bool publishes) {
    if (event->data.u64 != (uint64_t)PUBLISHER) {
        receive(f, &f->subscribers[event->data.u64]);
        return;
    }
    if (event->events & EPOLLIN && client_read(&f->publisher, f->input, READ) > 0) fail("the publisher got a packet");
    // A block that has begun is ended, also after the time.
    if (event->events & EPOLLOUT && (publishes || f->sent < f->block_length)) publish(f);
}

static void stop_watching(struct fan *f) {
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uint64_t)PUBLISHER};
    epoll_ctl(f->epoll, EPOLL_CTL_MOD, f->publisher.fd, &event);
}

int run_fan(const struct options *o) {
    static struct epoll_event events[256];
    struct fan f = {.o = o};
    set_up(&f);
    int64_t interval = o->rate > 0 ? (int64_t)(1e9 / o->rate) : 0;
    int64_t start = now(), end = start + (int64_t)(o->seconds * 1e9), due = start;
    double cpu = process_seconds(o->pid), own = own_seconds();
    f.last = start;
    bool publishes = true;
    while (true) {
        int64_t time = now();
        if (publishes && time >= end && f.sent == f.block_length) {
            publishes = false;
            stop_watching(&f);
        }
        if (f.is_cut || (!publishes && f.received >= f.published * (uint64_t)o->clients)) break;
        // Whatever has not come for so long never will.
        if (!publishes && time - f.last > 2000000000) break;
        if (publishes && interval && time >= due) {
            publish(&f);
            due += interval;
        }
        int64_t deadline = publishes && interval ? due : time + 500000000;
        int count = wait_until(f.epoll, events, 256, deadline);
        for (int i = 0; i < count; i++) handle(&f, &events[i], publishes);
    }
    if (f.is_cut) f.last = now();
    double used = process_seconds(o->pid) - cpu, own_used = own_seconds() - own;
    double seconds = (double)(f.last - start) * 1e-9;
    uint64_t expected = f.published * (uint64_t)o->clients;
    printf("{\"published\": %lu, \"received\": %lu, \"lost\": %lu, \"seconds\": %.3f, \"rate\": %.0f, "
           "\"cpu_us\": %.4f, \"broker_cpu\": %.3f, \"load_cpu\": %.3f, \"pss_kb\": %ld",
           f.published, f.received, expected - f.received, seconds, (double)f.received / seconds,
           f.received ? used * 1e6 / (double)f.received : 0, used / seconds, own_used / seconds,
           process_kilobytes(o->pid, "Pss"));
    latencies_print(&f.latencies);
    printf("}\n");
    return 0;
}
