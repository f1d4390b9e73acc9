// One HTTP/1.1 request and its reply. The core always states a Content-Length; a reply that does not, or that is
// malformed in any other way, ends the connection and the call.
#include "internal.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

// A body up to this is sent together with the head.
enum { JOINED_BODY = 16 * 1024 };
enum { RECEIVED_AT_ONCE = 4096 };
enum { LOOKS = 60 };

void ggi_reply_free(struct ggi_reply *reply) {
    ggi_buffer_free(&reply->client_context);
    ggi_buffer_free(&reply->body);
}

// MARK: sending

static void header(struct ggi_buffer *head, const char *name, const char *value) {
    if (value == NULL) return;
    ggi_append_text(head, name);
    ggi_append_text(head, ": ");
    ggi_append_text(head, value);
    ggi_append_text(head, "\r\n");
}

static void write_head(struct ggi_buffer *head, const struct ggi_call *call) {
    ggi_append_text(head, call->method);
    ggi_append_text(head, " /2016-11-01/functions/");
    ggi_append_text(head, call->arn);
    ggi_append_text(head, call->path);
    ggi_append_text(head, " HTTP/1.1\r\nHost: localhost\r\n");
    header(head, "Authorization", ggi_environment.token);
    header(head, "X-Amz-InvocationId", call->invocation_id);
    header(head, "X-Amz-Invocation-Type", call->invocation_type);
    header(head, "X-Amz-Client-Context", call->client_context);
    header(head, "X-Amz-Function-Error", call->function_error);
    ggi_append_text(head, "Content-Length: ");
    ggi_append_decimal(head, call->body_size);
    ggi_append_text(head, "\r\n\r\n");
}

static bool send_all(int descriptor, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t sent = send(descriptor, bytes, count, MSG_NOSIGNAL);
        if (sent > 0) {
            bytes += sent;
            count -= (size_t)sent;
        } else if (sent == 0 || errno != EINTR) {
            return false;
        }
    }
    return true;
}

// MARK: receiving

static bool same_name(const char *name, size_t count, const char *expected) {
    for (size_t index = 0; index < count; index++) {
        char byte = name[index];
        if (byte >= 'A' && byte <= 'Z') byte = (char)(byte + 'a' - 'A');
        if (expected[index] == '\0' || byte != expected[index]) return false;
    }
    return expected[count] == '\0';
}

static bool read_length(const char *value, size_t count, size_t *length) {
    *length = 0;
    if (count == 0) return false;
    for (size_t index = 0; index < count; index++) {
        if (value[index] < '0' || value[index] > '9') return false;
        *length = *length * 10 + (size_t)(value[index] - '0');
        if (*length > GGI_LARGEST_BODY) return false;
    }
    return true;
}

static bool read_id(const char *value, size_t count, char *id) {
    if (count == 0 || count > GGI_LONGEST_ID) return false;
    for (size_t index = 0; index < count; index++) {
        char byte = value[index];
        bool fits = byte == '-' || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                    (byte >= 'a' && byte <= 'z');
        if (!fits) return false;
    }
    memcpy(id, value, count);
    id[count] = '\0';
    return true;
}

static bool read_header(
    const char *name, size_t name_count, const char *value, size_t count, struct ggi_reply *reply, size_t *body_size,
    bool *has_length) {
    if (same_name(name, name_count, "content-length")) {
        if (*has_length) return false;
        *has_length = true;
        return read_length(value, count, body_size);
    }
    if (same_name(name, name_count, "transfer-encoding")) return false;
    if (same_name(name, name_count, "connection") && same_name(value, count, "close")) reply->keeps_alive = false;
    if (same_name(name, name_count, "x-amz-invocationid")) return read_id(value, count, reply->invocation_id);
    if (same_name(name, name_count, "x-amz-function-error")) {
        reply->function_error = count == 0                                ? GGI_NO_ERROR
                                : same_name(value, count, "unhandled") ? GGI_UNHANDLED
                                                                       : GGI_HANDLED;
    }
    if (same_name(name, name_count, "x-amz-client-context")) {
        ggi_buffer_clear(&reply->client_context);
        ggi_append(&reply->client_context, value, count);
        return !reply->client_context.failed;
    }
    return true;
}

bool ggi_read_head(const char *head, size_t count, struct ggi_reply *reply, size_t *body_size) {
    bool has_length = false;
    reply->invocation_id[0] = '\0';
    reply->function_error = GGI_NO_ERROR;
    reply->keeps_alive = true;
    ggi_buffer_clear(&reply->client_context);
    *body_size = 0;
    if (count < 12 || memcmp(head, "HTTP/1.1 ", 9) != 0 || (count > 12 && head[12] != ' ' && head[12] != '\r')) {
        return false;
    }
    reply->status = 0;
    for (size_t index = 9; index < 12; index++) {
        if (head[index] < '0' || head[index] > '9') return false;
        reply->status = reply->status * 10 + (head[index] - '0');
    }
    if (reply->status < 200) return false;
    const char *end = head + count;
    const char *line = memchr(head, '\n', count);
    while (line != NULL && ++line < end) {
        const char *line_end = memchr(line, '\n', (size_t)(end - line));
        const char *next = line_end;
        if (line_end == NULL) line_end = end;
        while (line_end > line && line_end[-1] == '\r') line_end--;
        const char *colon = memchr(line, ':', (size_t)(line_end - line));
        if (colon == NULL || colon == line) return false;
        const char *value = colon + 1;
        while (value < line_end && (*value == ' ' || *value == '\t')) value++;
        while (line_end > value && (line_end[-1] == ' ' || line_end[-1] == '\t')) line_end--;
        size_t count_of_name = (size_t)(colon - line), count_of_value = (size_t)(line_end - value);
        if (!read_header(line, count_of_name, value, count_of_value, reply, body_size, &has_length)) return false;
        line = next;
    }
    return has_length || reply->status == 204;
}

// Waits until the core has said something. False where SIGTERM came first.
static bool wait_for_reply(int descriptor) {
    struct pollfd both[2] = {{descriptor, POLLIN, 0}, {ggi_termination_descriptor(), POLLIN, 0}};
    for (;;) {
        int ready = poll(both, both[1].fd >= 0 ? 2 : 1, -1);
        if (ready < 0 && errno == EINTR) continue;
        if (ready < 0 || both[0].revents != 0) return true;
        if (both[1].revents != 0) return false;
    }
}

// The core answers most requests in less time than it takes to put a process to sleep and wake it: the reply is looked for
// some 50 microseconds long, and others, the core among them, come first each time.
static void look_for_reply(int descriptor) {
    char byte;
    for (int looks = 0; looks < LOOKS; looks++) {
        if (recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno != EAGAIN) return;
        sched_yield();
    }
}

static bool receive(int descriptor, struct ggi_buffer *buffer, size_t most) {
    if (!ggi_buffer_reserve(buffer, most)) return false;
    for (;;) {
        ssize_t count = recv(descriptor, buffer->bytes + buffer->count, most, 0);
        if (count > 0) {
            buffer->count += (size_t)count;
            return true;
        }
        if (count == 0 || errno != EINTR) return false;
    }
}

// The place behind the empty line that ends the head, 0 where it has not come.
static size_t head_end(const struct ggi_buffer *buffer, size_t from) {
    for (size_t index = from < 3 ? 3 : from; index < buffer->count; index++) {
        if (memcmp(buffer->bytes + index - 3, "\r\n\r\n", 4) == 0) return index + 1;
    }
    return 0;
}

static gg_error failure_of(const struct ggi_buffer *buffer) {
    return buffer->failed ? GGE_OUT_OF_MEMORY : GGE_INTERNAL_FAILURE;
}

static gg_error receive_reply(int descriptor, const struct ggi_call *call, struct ggi_reply *reply) {
    struct ggi_buffer *body = &reply->body;
    ggi_buffer_clear(body);
    size_t end = 0, size = 0;
    while (end == 0) {
        size_t before = body->count;
        if (before > GGI_LARGEST_HEAD) return GGE_INTERNAL_FAILURE;
        look_for_reply(descriptor);
        if (call->waits && !wait_for_reply(descriptor)) return GGE_TERMINATE;
        if (!receive(descriptor, body, RECEIVED_AT_ONCE)) return failure_of(body);
        end = head_end(body, before);
    }
    if (!ggi_read_head(body->bytes, end - 4, reply, &size)) return GGE_INTERNAL_FAILURE;
    body->count -= end;
    memmove(body->bytes, body->bytes + end, body->count);
    if (body->count > size) return GGE_INTERNAL_FAILURE;
    while (body->count < size) {
        if (!receive(descriptor, body, size - body->count)) return failure_of(body);
    }
    return GGE_SUCCESS;
}

gg_error ggi_exchange(int *descriptor, const struct ggi_call *call, struct ggi_reply *reply) {
    struct ggi_buffer head = {0};
    write_head(&head, call);
    bool joins = call->body_size <= JOINED_BODY;
    if (joins) ggi_append(&head, call->body, call->body_size);
    if (head.failed) {
        ggi_buffer_free(&head);
        return GGE_OUT_OF_MEMORY;
    }
    if (*descriptor < 0) *descriptor = ggi_connect();
    gg_error error = GGE_INTERNAL_FAILURE;
    if (*descriptor >= 0) {
        // A core that refuses a large body may have answered before it has read it all.
        if (send_all(*descriptor, head.bytes, head.count) && !joins) send_all(*descriptor, call->body, call->body_size);
        error = receive_reply(*descriptor, call, reply);
        if (error != GGE_SUCCESS || !reply->keeps_alive) {
            close(*descriptor);
            *descriptor = -1;
        }
    }
    ggi_buffer_free(&head);
    return error;
}
