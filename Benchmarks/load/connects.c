// connects: TLS connections with client certificates, each from the socket to CONNACK and closed again; --clients of
// them at a time, each with an identity of its own. With --resume each continues the last session of its place.
#define _GNU_SOURCE
#include "load.h"
#include <errno.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

struct place {
    char name[64];
    SSL_CTX *context;
    SSL_SESSION *session;
    struct client client;
    uint8_t answer[4];
    size_t answered;
    bool is_connected;
    int64_t begun;
};

struct connects {
    const struct options *o;
    int epoll;
    struct place *places;
    uint64_t done, resumed;
    struct latencies latencies;
};

// OpenSSL hands over each new ticket: TLS 1.3 sends them after the handshake.
static int keep_session(SSL *ssl, SSL_SESSION *session) {
    struct place *p = SSL_get_app_data(ssl);
    if (p->session) SSL_SESSION_free(p->session);
    p->session = session;
    return 1;
}

static void begin(struct connects *all, struct place *p) {
    struct client *c = &p->client;
    p->begun = now();
    memset(c, 0, sizeof *c);
    c->fd = client_dial(all->o, all->o->port);
    client_nonblocking(c);
    c->ssl = SSL_new(p->context);
    if (!c->ssl || !SSL_set_fd(c->ssl, c->fd)) fail("TLS");
    SSL_set_app_data(c->ssl, p);
    if (all->o->resume && p->session && SSL_set_session(c->ssl, p->session) != 1) fail("session");
    p->answered = 0;
    p->is_connected = false;
    watch(all->epoll, c->fd, EPOLLIN, (uint64_t)(p - all->places));
}

// Goes on as far as it can; true when CONNACK has come.
static bool go_on(struct place *p) {
    struct client *c = &p->client;
    if (!p->is_connected) {
        ERR_clear_error();
        int result = SSL_connect(c->ssl);
        if (result != 1) {
            if (SSL_get_error(c->ssl, result) != SSL_ERROR_WANT_READ) fail("TLS handshake");
            return false;
        }
        p->is_connected = true;
        uint8_t packet[256];
        client_write_all(c, packet, packet_connect(packet, p->name));
    }
    while (p->answered < sizeof p->answer) {
        ssize_t got = client_read(c, p->answer + p->answered, sizeof p->answer - p->answered);
        if (got == 0) return false;
        p->answered += (size_t)got;
    }
    if (p->answer[0] != 0x20 || p->answer[3] != 0) fail("CONNACK");
    return true;
}

static void end(struct connects *all, struct place *p) {
    static const uint8_t disconnect[] = {0xe0, 0};
    latencies_add(&all->latencies, now() - p->begun);
    all->done++;
    if (SSL_session_reused(p->client.ssl)) all->resumed++;
    client_write_all(&p->client, disconnect, sizeof disconnect);
    SSL_shutdown(p->client.ssl);
    client_close(&p->client);
}

static void set_up(struct connects *all) {
    const struct options *o = all->o;
    all->epoll = epoll_create1(EPOLL_CLOEXEC);
    all->places = need(calloc((size_t)o->clients, sizeof *all->places));
    for (int i = 0; i < o->clients; i++) {
        struct place *p = &all->places[i];
        char path[4096];
        snprintf(p->name, sizeof p->name, "%s%04d", o->names, i);
        // The server's chain is not checked: the broker is measured, not its client.
        p->context = client_context(o, false);
        SSL_CTX_set_session_cache_mode(p->context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(p->context, keep_session);
        snprintf(path, sizeof path, "%s/%s.cert.pem", o->tls, p->name);
        if (SSL_CTX_use_certificate_file(p->context, path, SSL_FILETYPE_PEM) != 1) fail(path);
        snprintf(path, sizeof path, "%s/%s.private.key", o->tls, p->name);
        if (SSL_CTX_use_PrivateKey_file(p->context, path, SSL_FILETYPE_PEM) != 1) fail(path);
    }
}

// Every place once, so that each has a ticket.
static void warm_up(struct connects *all) {
    for (int i = 0; i < all->o->clients; i++) {
        struct place *p = &all->places[i];
        struct epoll_event event;
        begin(all, p);
        while (!go_on(p)) wait_until(all->epoll, &event, 1, now() + 500000000);
        end(all, p);
    }
    all->done = all->resumed = 0;
    all->latencies.count = 0;
}

int run_connects(const struct options *o) {
    static struct epoll_event events[64];
    struct connects all = {.o = o};
    if (!o->tls) fail("connects needs --tls");
    set_up(&all);
    warm_up(&all);
    int64_t start = now(), deadline = start + (int64_t)(o->seconds * 1e9);
    double cpu = process_seconds(o->pid), own = own_seconds();
    int open = o->clients;
    for (int i = 0; i < o->clients; i++) {
        begin(&all, &all.places[i]);
        go_on(&all.places[i]);
    }
    while (open > 0) {
        int count = wait_until(all.epoll, events, 64, now() + 5000000000);
        if (count == 0) fail("no answer for 5 s");
        for (int i = 0; i < count; i++) {
            struct place *p = &all.places[events[i].data.u64];
            if (!go_on(p)) continue;
            end(&all, p);
            if (now() < deadline) {
                begin(&all, p);
                go_on(p);
            } else {
                open--;
            }
        }
    }
    double seconds = (double)(now() - start) * 1e-9;
    double used = process_seconds(o->pid) - cpu, own_used = own_seconds() - own;
    printf("{\"connects\": %lu, \"resumed\": %lu, \"seconds\": %.3f, \"rate\": %.0f, \"cpu_us\": %.1f, "
           "\"broker_cpu\": %.3f, \"load_cpu\": %.3f",
           all.done, all.resumed, seconds, (double)all.done / seconds, used * 1e6 / (double)all.done, used / seconds,
           own_used / seconds);
    latencies_print(&all.latencies);
    printf("}\n");
    return 0;
}
