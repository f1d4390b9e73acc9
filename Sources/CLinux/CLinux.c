#include "CLinux.h"

enum { MOST_DESCRIPTORS = 16 };

ssize_t clinux_send_descriptors(int socket, const void *bytes, size_t count, const int *descriptors, size_t amount) {
    if (amount > MOST_DESCRIPTORS) {
        errno = EINVAL;
        return -1;
    }
    union {
        char space[CMSG_SPACE(sizeof(int) * MOST_DESCRIPTORS)];
        struct cmsghdr align;
    } control;
    memset(&control, 0, sizeof control);
    struct iovec vector = {.iov_base = (void *)bytes, .iov_len = count};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
    if (amount > 0) {
        message.msg_control = control.space;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * amount);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * amount);
        memcpy(CMSG_DATA(header), descriptors, sizeof(int) * amount);
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

ssize_t clinux_receive_descriptors(int socket, void *bytes, size_t count, int *descriptors, size_t *amount) {
    union {
        char space[CMSG_SPACE(sizeof(int) * MOST_DESCRIPTORS)];
        struct cmsghdr align;
    } control;
    struct iovec vector = {.iov_base = bytes, .iov_len = count};
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof control.space};
    *amount = 0;
    ssize_t received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (received < 0) return received;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t here = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        if (here > MOST_DESCRIPTORS - *amount) here = MOST_DESCRIPTORS - *amount;
        memcpy(descriptors + *amount, CMSG_DATA(header), here * sizeof(int));
        *amount += here;
    }
    // A record that did not fit, or an empty one, is not a record: close what came with it and say so.
    if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC) || (received == 0 && *amount > 0)) {
        for (size_t index = 0; index < *amount; index++) close(descriptors[index]);
        *amount = 0;
        errno = EMSGSIZE;
        return -1;
    }
    return received;
}

void clinux_reset_signals(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    for (int number = 1; number < 65; number++) {
        if (number != SIGKILL && number != SIGSTOP) sigaction(number, &action, NULL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void do_nothing(int number) { (void)number; }

void clinux_ignore_signal(int number) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = do_nothing;
    sigaction(number, &action, NULL);
}

int clinux_resolve(const char *host, uint16_t port, struct clinux_address *found, int most) {
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    struct addrinfo *list = NULL;
    int error = getaddrinfo(host, NULL, &hints, &list);
    // Only loopback is up, or a libc that counts addresses otherwise: ask again without the condition.
    if (error != 0) {
        hints.ai_flags = 0;
        error = getaddrinfo(host, NULL, &hints, &list);
    }
    // Positive in no libc that we meet; the caller takes negative numbers for errors.
    if (error != 0) return error < 0 ? error : -error;
    int count = 0;
    for (struct addrinfo *entry = list; entry != NULL && count < most; entry = entry->ai_next) {
        struct clinux_address *address = &found[count];
        if (entry->ai_addrlen > sizeof address->bytes) continue;
        memcpy(address->bytes, entry->ai_addr, entry->ai_addrlen);
        address->length = (uint32_t)entry->ai_addrlen;
        address->is_v6 = entry->ai_family == AF_INET6;
        const void *octets;
        if (entry->ai_family == AF_INET) {
            struct sockaddr_in *four = (struct sockaddr_in *)address->bytes;
            four->sin_port = htons(port);
            octets = &four->sin_addr;
        } else if (entry->ai_family == AF_INET6) {
            struct sockaddr_in6 *six = (struct sockaddr_in6 *)address->bytes;
            six->sin6_port = htons(port);
            octets = &six->sin6_addr;
        } else {
            continue;
        }
        if (inet_ntop(entry->ai_family, octets, address->text, sizeof address->text) == NULL) continue;
        count++;
    }
    freeaddrinfo(list);
    return count;
}

const char *clinux_resolve_error(int code) { return gai_strerror(code); }
