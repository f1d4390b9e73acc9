// Sockets to the core: opened, kept for the next call, found dead.
#include "internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

// Connections without a call that are kept open; the core allows a worker 32 in all.
enum { KEPT_IDLE = 4 };

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static int idle[KEPT_IDLE];
static int idle_count;
static pid_t owner;

static int open_and_connect(int family, const void *address, socklen_t size) {
    int descriptor = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    if (connect(descriptor, address, size) == 0) return descriptor;
    if (errno == EINTR) {
        // The kernel goes on connecting: the socket is writable when it has come to an end.
        struct pollfd ready = {descriptor, POLLOUT, 0};
        int error = 0;
        socklen_t length = sizeof error;
        while (poll(&ready, 1, -1) < 0 && errno == EINTR) {}
        if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0) return descriptor;
    }
    close(descriptor);
    return -1;
}

static int connect_to_file(const char *path) {
    struct sockaddr_un address;
    memset(&address, 0, sizeof address);
    address.sun_family = AF_UNIX;
    size_t length = strlen(path);
    if (length >= sizeof address.sun_path) return -1;
    memcpy(address.sun_path, path, length + 1);
    return open_and_connect(AF_UNIX, &address, sizeof address);
}

static int connect_to_port(unsigned short port) {
    struct sockaddr_in address4;
    memset(&address4, 0, sizeof address4);
    address4.sin_family = AF_INET;
    address4.sin_port = htons(port);
    address4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int descriptor = open_and_connect(AF_INET, &address4, sizeof address4);
    if (descriptor < 0) {
        struct sockaddr_in6 address6;
        memset(&address6, 0, sizeof address6);
        address6.sin6_family = AF_INET6;
        address6.sin6_port = htons(port);
        address6.sin6_addr.s6_addr[15] = 1;
        descriptor = open_and_connect(AF_INET6, &address6, sizeof address6);
    }
    // Heads and bodies are sent separately; waiting for an acknowledgement between them would take 40 ms.
    int yes = 1;
    if (descriptor >= 0) setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return descriptor;
}

int ggi_connect(void) {
    int descriptor = -1;
    if (ggi_environment.socket_path != NULL) descriptor = connect_to_file(ggi_environment.socket_path);
    return descriptor >= 0 ? descriptor : connect_to_port(ggi_environment.port);
}

bool ggi_connection_is_alive(int descriptor) {
    char byte;
    // Nothing may be there to read: neither the end nor bytes that nobody asked for.
    ssize_t count = recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
}

int ggi_connection_take(void) {
    int descriptor = -1;
    pthread_mutex_lock(&guard);
    // A process made by fork shares its parent's connections; speaking on them would garble both.
    if (owner != getpid()) {
        owner = getpid();
        idle_count = 0;
    }
    while (descriptor < 0 && idle_count > 0) {
        descriptor = idle[--idle_count];
        if (!ggi_connection_is_alive(descriptor)) {
            close(descriptor);
            descriptor = -1;
        }
    }
    pthread_mutex_unlock(&guard);
    return descriptor >= 0 ? descriptor : ggi_connect();
}

void ggi_connection_give_back(int descriptor) {
    if (descriptor < 0) return;
    pthread_mutex_lock(&guard);
    bool keeps = idle_count < KEPT_IDLE && owner == getpid();
    if (keeps) idle[idle_count++] = descriptor;
    pthread_mutex_unlock(&guard);
    if (!keeps) close(descriptor);
}
