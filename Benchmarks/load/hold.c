// hold: idle clients with a subscription each, plain ones and TLS ones, and what they cost the broker's process. Then
// each is sent one message, by itself, to see that it works.
#define _GNU_SOURCE
#include "load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct memory {
    long pss, private_bytes;
};

static struct memory memory_of(pid_t pid) {
    // The broker may still be tidying up behind the last client.
    usleep(700000);
    return (struct memory){process_kilobytes(pid, "Pss"),
                           process_kilobytes(pid, "Private_Dirty") + process_kilobytes(pid, "Private_Clean")};
}

static void print_memory(const char *name, struct memory memory) {
    printf("\"%s\": {\"pss_kb\": %ld, \"private_kb\": %ld}, ", name, memory.pss, memory.private_bytes);
}

static void topic_text(char *out, size_t size, const struct options *o, const char *kind, int number) {
    snprintf(out, size, "%s/%s/%04d", o->topic, kind, number);
}

static void open_all(struct client *clients, const struct options *o, SSL_CTX *context, const char *kind, int count) {
    char name[64], topic[128];
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof name, "%s%04d", context ? o->names : "plain", i);
        topic_text(topic, sizeof topic, o, kind, i);
        client_open(&clients[i], o, context, name);
        client_subscribe(&clients[i], topic, 0);
    }
}

// Each client publishes to the topic that it has subscribed to; returns how many got their message.
static int talk(struct client *clients, const struct options *o, const char *kind, int count) {
    uint8_t packet[512], answer[512];
    char topic[128];
    int answered = 0;
    for (int i = 0; i < count; i++) {
        topic_text(topic, sizeof topic, o, kind, i);
        size_t length = packet_publish(packet, topic, 0, 0, 100);
        client_write_all(&clients[i], packet, length);
        client_read_all(&clients[i], answer, length);
        answered += memcmp(packet, answer, length) == 0;
    }
    return answered;
}

// A client that came and went: the code that it needed is in memory and is not taken for what the next ones cost.
static void open_one(const struct options *o, SSL_CTX *context, const char *kind) {
    struct client one = {0};
    open_all(&one, o, context, kind, 1);
    talk(&one, o, kind, 1);
    client_close(&one);
}

int run_hold(const struct options *o) {
    struct rlimit files = {(rlim_t)(o->clients + o->tls_clients + 100), (rlim_t)(o->clients + o->tls_clients + 100)};
    if (setrlimit(RLIMIT_NOFILE, &files) != 0) fail("setrlimit");
    struct client *plain = need(calloc((size_t)o->clients + 1, sizeof *plain));
    struct client *tls = need(calloc((size_t)o->tls_clients + 1, sizeof *tls));
    SSL_CTX *context = o->tls_clients ? client_context(o, true) : NULL;
    if (o->clients) open_one(o, NULL, "plain");
    if (o->tls_clients) open_one(o, context, "tls");
    printf("{");
    print_memory("before", memory_of(o->pid));
    open_all(plain, o, NULL, "plain", o->clients);
    print_memory("plain", memory_of(o->pid));
    open_all(tls, o, context, "tls", o->tls_clients);
    print_memory("all", memory_of(o->pid));
    int answered = talk(plain, o, "plain", o->clients) + talk(tls, o, "tls", o->tls_clients);
    print_memory("worked", memory_of(o->pid));
    printf("\"clients\": %d, \"answered\": %d}\n", o->clients + o->tls_clients, answered);
    return answered == o->clients + o->tls_clients ? 0 : 1;
}
