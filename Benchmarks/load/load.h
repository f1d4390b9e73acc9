// The load generator of `make bench-broker`: an MQTT 3.1.1 client that does the same work against any broker.
// One thread, so that it can be pinned to one processor while the broker has another; each subcommand prints one
// line of JSON. What is counted was received and looked at: every packet's sequence number is checked.
#ifndef LOAD_H
#define LOAD_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct options {
    const char *host;
    int port;
    int tls_port;          // hold: the port of the TLS clients beside the plain ones
    const char *tls;       // folder with ca.crt, NAME.cert.pem and NAME.private.key; NULL for plain TCP
    const char *names;     // client IDs and certificates are NAMES0000, NAMES0001 …
    const char *topic;
    pid_t pid;             // the broker's process, for its processor time and memory
    int clients;           // subscribers, devices, idle clients or parallel connects
    int tls_clients;       // hold: as many of them over TLS
    int size;              // bytes of a payload
    int window;            // QoS 1 messages in flight
    int topics;            // how many topics the publisher draws from
    int filters;           // filters of other clients, that match nothing
    double rate;           // messages a second of each publisher; 0: as many as the broker takes
    double seconds;
    int version;           // 12 or 13: the one TLS version offered
    bool resume;
    int count;             // echo: round trips
    bool entry;            // echo: the answers are the times of the handler's beginning
};

// A payload begins with these, so that one sent is known when it comes.
struct stamp {
    uint64_t sequence;
    int64_t sent; // nanoseconds
};

struct client {
    int fd;
    SSL *ssl;
    uint8_t *rest; // of a packet that has not come whole
    size_t rest_length;
    uint64_t received;
    uint64_t expected; // the next sequence number
    uint64_t missed;
};

struct latencies {
    float *values; // microseconds
    size_t count, capacity;
};

// client.c
SSL_CTX *client_context(const struct options *o, bool verify);
void client_identity(SSL *ssl, const struct options *o, const char *name);
int client_dial(const struct options *o, int port);
void client_open(struct client *c, const struct options *o, SSL_CTX *context, const char *name);
void client_subscribe(struct client *c, const char *filter, int qos);
void client_nonblocking(struct client *c);
void client_close(struct client *c);
ssize_t client_read(struct client *c, void *buffer, size_t size); // 0: nothing there now
ssize_t client_try_read(struct client *c, void *buffer, size_t size); // -1: closed
ssize_t client_write(struct client *c, const void *bytes, size_t size); // 0: no room now
void client_write_all(struct client *c, const void *bytes, size_t size);
void client_read_all(struct client *c, void *buffer, size_t size);
size_t packet_connect(uint8_t *out, const char *id);
size_t packet_publish(uint8_t *out, const char *topic, int qos, uint16_t identifier, int size);

// measure.c
int64_t now(void);
double process_seconds(pid_t pid);
double own_seconds(void);
long process_kilobytes(pid_t pid, const char *field); // of smaps_rollup
void latencies_add(struct latencies *l, int64_t nanoseconds);
void latencies_print(struct latencies *l);
void fail(const char *what) __attribute__((noreturn));
void *need(void *memory);
int watch(int epoll, int fd, uint32_t events, uint64_t data);
int wait_until(int epoll, void *events, int most, int64_t deadline);

// One file each.
int run_fan(const struct options *o);
int run_window(const struct options *o);
int run_devices(const struct options *o);
int run_connects(const struct options *o);
int run_hold(const struct options *o);
int run_echo(const struct options *o);
int run_flood(const struct options *o);

#endif
