// One MQTT client: TCP or TLS, and the few packets that a measurement needs.
#define _GNU_SOURCE
#include "load.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

SSL_CTX *client_context(const struct options *o, bool verify) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context) fail("TLS");
    char path[4096];
    snprintf(path, sizeof path, "%s/ca.crt", o->tls);
    if (verify) {
        if (SSL_CTX_load_verify_locations(context, path, NULL) != 1) fail(path);
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    }
    int version = o->version == 12 ? TLS1_2_VERSION : o->version == 13 ? TLS1_3_VERSION : 0;
    if (version && (!SSL_CTX_set_min_proto_version(context, version) || !SSL_CTX_set_max_proto_version(context, version)))
        fail("TLS version");
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    // Reading must cost the load generator little, or it would be what is measured.
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_default_read_buffer_len(context, 65536);
    return context;
}

void client_identity(SSL *ssl, const struct options *o, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.cert.pem", o->tls, name);
    if (SSL_use_certificate_file(ssl, path, SSL_FILETYPE_PEM) != 1) fail(path);
    snprintf(path, sizeof path, "%s/%s.private.key", o->tls, name);
    if (SSL_use_PrivateKey_file(ssl, path, SSL_FILETYPE_PEM) != 1) fail(path);
}

int client_dial(const struct options *o, int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    if (fd < 0) fail("socket");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET, o->host, &address.sin_addr) != 1) fail("address");
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
    return fd;
}

void client_open(struct client *c, const struct options *o, SSL_CTX *context, const char *name) {
    memset(c, 0, sizeof *c);
    c->fd = client_dial(o, context && o->tls_port ? o->tls_port : o->port);
    if (context) {
        c->ssl = SSL_new(context);
        if (!c->ssl || !SSL_set_fd(c->ssl, c->fd)) fail("TLS");
        client_identity(c->ssl, o, name);
        if (SSL_connect(c->ssl) != 1) fail("TLS handshake");
    }
    uint8_t packet[256], answer[4];
    client_write_all(c, packet, packet_connect(packet, name));
    client_read_all(c, answer, sizeof answer);
    if (answer[0] != 0x20 || answer[3] != 0) {
        fprintf(stderr, "load: %s: CONNACK %02x %02x\n", name, answer[0], answer[3]);
        exit(1);
    }
}

void client_subscribe(struct client *c, const char *filter, int qos) {
    size_t length = strlen(filter);
    uint8_t packet[256], answer[5];
    if (length > 100) fail("filter too long");
    packet[0] = 0x82;
    packet[1] = (uint8_t)(5 + length);
    packet[2] = 0;
    packet[3] = 1;
    packet[4] = 0;
    packet[5] = (uint8_t)length;
    memcpy(packet + 6, filter, length);
    packet[6 + length] = (uint8_t)qos;
    client_write_all(c, packet, 7 + length);
    client_read_all(c, answer, sizeof answer);
    if (answer[0] != 0x90 || answer[4] != qos) {
        fprintf(stderr, "load: SUBACK %02x grants %02x for %s\n", answer[0], answer[4], filter);
        exit(1);
    }
}

void client_nonblocking(struct client *c) {
    if (fcntl(c->fd, F_SETFL, O_NONBLOCK) != 0) fail("fcntl");
}

void client_close(struct client *c) {
    if (c->ssl) SSL_free(c->ssl);
    close(c->fd);
    free(c->rest);
}

static ssize_t tls_result(struct client *c, int result) {
    switch (SSL_get_error(c->ssl, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return 0;
    default: return -1;
    }
}

// -1: the broker has closed the connection.
ssize_t client_try_read(struct client *c, void *buffer, size_t size) {
    if (c->ssl) {
        ERR_clear_error();
        int got = SSL_read(c->ssl, buffer, (int)size);
        return got > 0 ? got : tls_result(c, got);
    }
    ssize_t got = read(c->fd, buffer, size);
    if (got > 0) return got;
    return got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

ssize_t client_read(struct client *c, void *buffer, size_t size) {
    ssize_t got = client_try_read(c, buffer, size);
    if (got < 0) fail("the broker closed the connection");
    return got;
}

ssize_t client_write(struct client *c, const void *bytes, size_t size) {
    if (c->ssl) {
        ERR_clear_error();
        int put = SSL_write(c->ssl, bytes, (int)size);
        ssize_t result = put > 0 ? put : tls_result(c, put);
        if (result < 0) fail("the broker closed the connection");
        return result;
    }
    ssize_t put = write(c->fd, bytes, size);
    if (put >= 0) return put;
    if (errno == EAGAIN || errno == EINTR) return 0;
    fail("write to the broker");
}

void client_write_all(struct client *c, const void *bytes, size_t size) {
    for (const uint8_t *p = bytes; size > 0;) {
        ssize_t put = client_write(c, p, size);
        p += put;
        size -= (size_t)put;
    }
}

void client_read_all(struct client *c, void *buffer, size_t size) {
    for (uint8_t *p = buffer; size > 0;) {
        ssize_t got = client_read(c, p, size);
        p += got;
        size -= (size_t)got;
    }
}

// Clean session, no keep-alive: nothing but the measurement is on the wire.
size_t packet_connect(uint8_t *out, const char *id) {
    size_t length = strlen(id);
    static const uint8_t head[] = {0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 0, 0};
    out[0] = 0x10;
    out[1] = (uint8_t)(sizeof head + 1 + length);
    memcpy(out + 2, head, sizeof head);
    out[2 + sizeof head] = (uint8_t)length;
    memcpy(out + 3 + sizeof head, id, length);
    return 3 + sizeof head + length;
}

size_t packet_publish(uint8_t *out, const char *topic, int qos, uint16_t identifier, int size) {
    size_t topic_length = strlen(topic), at = 0;
    size_t remaining = 2 + topic_length + (qos ? 2 : 0) + (size_t)size;
    out[at++] = (uint8_t)(0x30 | qos << 1);
    do {
        uint8_t digit = remaining & 127;
        remaining >>= 7;
        out[at++] = (uint8_t)(digit | (remaining ? 128 : 0));
    } while (remaining);
    out[at++] = (uint8_t)(topic_length >> 8);
    out[at++] = (uint8_t)topic_length;
    memcpy(out + at, topic, topic_length);
    at += topic_length;
    if (qos) {
        out[at++] = (uint8_t)(identifier >> 8);
        out[at++] = (uint8_t)identifier;
    }
    memset(out + at, 'x', (size_t)size);
    return at + (size_t)size;
}
