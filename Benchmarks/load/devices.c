// devices: each of --clients devices publishes at --rate, evenly spread over time, to a topic that the next device has
// subscribed to: a ring, so that every device sends and receives. Latency is from the write to the read.
#define _GNU_SOURCE
#include "load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

enum { READ = 65536 };

struct ring {
    const struct options *o;
    struct client *devices;
    size_t packet, header;
    uint8_t *out, *in;
    uint64_t published, received;
    struct latencies latencies;
};

static void topic_text(char *out, size_t size, const struct options *o, int number) {
    snprintf(out, size, "%s/%04d/data", o->topic, number);
}

static void publish(struct ring *r, int number) {
    char topic[128];
    topic_text(topic, sizeof topic, r->o, number);
    packet_publish(r->out, topic, 0, 0, r->o->size);
    struct stamp stamp = {r->published, now()};
    memcpy(r->out + r->header, &stamp, sizeof stamp);
    client_write_all(&r->devices[number], r->out, r->packet);
    r->published++;
}

static void receive(struct ring *r, struct client *c) {
    ssize_t got;
    do {
        memcpy(r->in, c->rest, c->rest_length);
        got = client_read(c, r->in + c->rest_length, READ);
        size_t count = c->rest_length + (size_t)got;
        int64_t time = now();
        const uint8_t *bytes = r->in;
        for (; count >= r->packet; bytes += r->packet, count -= r->packet) {
            struct stamp stamp;
            if (bytes[0] != 0x30) fail("not a QoS 0 PUBLISH");
            memcpy(&stamp, bytes + r->header, sizeof stamp);
            latencies_add(&r->latencies, time - stamp.sent);
            c->received++;
            r->received++;
        }
        memcpy(c->rest, bytes, count);
        c->rest_length = count;
    } while (c->ssl && got > 0);
}

static void set_up(struct ring *r, int epoll) {
    const struct options *o = r->o;
    SSL_CTX *context = o->tls ? client_context(o, true) : NULL;
    char topic[128], name[64];
    r->out = need(malloc((size_t)o->size + 256));
    r->in = need(malloc(2 * READ));
    topic_text(topic, sizeof topic, o, 0);
    r->packet = packet_publish(r->out, topic, 0, 0, o->size);
    r->header = r->packet - (size_t)o->size;
    r->devices = need(calloc((size_t)o->clients, sizeof *r->devices));
    for (int i = 0; i < o->clients; i++) {
        struct client *c = &r->devices[i];
        snprintf(name, sizeof name, "%s%04d", o->names, i);
        client_open(c, o, context, name);
        topic_text(topic, sizeof topic, o, (i + o->clients - 1) % o->clients);
        client_subscribe(c, topic, 0);
        client_nonblocking(c);
        c->rest = need(malloc(r->packet));
        watch(epoll, c->fd, EPOLLIN, (uint64_t)i);
    }
}

int run_devices(const struct options *o) {
    static struct epoll_event events[256];
    struct ring r = {.o = o};
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    set_up(&r, epoll);
    int64_t interval = (int64_t)(1e9 / (o->rate * o->clients));
    int64_t start = now(), end = start + (int64_t)(o->seconds * 1e9), due = start;
    double cpu = process_seconds(o->pid), own = own_seconds();
    int next = 0;
    while (true) {
        int64_t time = now();
        bool publishes = time < end;
        if (!publishes && (r.received >= r.published || time > end + 2000000000)) break;
        while (publishes && due <= time) {
            publish(&r, next);
            next = (next + 1) % o->clients;
            due += interval;
        }
        int count = wait_until(epoll, events, 256, publishes ? due : time + 500000000);
        for (int i = 0; i < count; i++) receive(&r, &r.devices[events[i].data.u64]);
    }
    double seconds = (double)(now() - start) * 1e-9;
    double used = process_seconds(o->pid) - cpu, own_used = own_seconds() - own;
    printf("{\"published\": %lu, \"received\": %lu, \"lost\": %ld, \"seconds\": %.3f, \"rate\": %.0f, \"cpu_us\": %.4f, "
           "\"broker_cpu\": %.3f, \"load_cpu\": %.3f, \"pss_kb\": %ld",
           r.published, r.received, (long)r.published - (long)r.received, seconds, (double)r.received / seconds,
           r.received ? used * 1e6 / (double)r.received : 0, used / seconds, own_used / seconds,
           process_kilobytes(o->pid, "Pss"));
    latencies_print(&r.latencies);
    printf("}\n");
    return 0;
}
