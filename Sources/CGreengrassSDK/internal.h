// What the files of this library share. Nothing here is exported: versions.map names what is.
//
// One build serves every libc: nothing is used whose layout or meaning differs between glibc and musl (no time_t, stat,
// pthread_cond_t, msghdr), and only functions both have had for ever (scripts/native/library links without versions).
#ifndef PERENNIAL_GREENGRASSSDK_INTERNAL_H
#define PERENNIAL_GREENGRASSSDK_INTERNAL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "include/greengrasssdk.h"

// Of a payload in either direction: what the core takes and gives (6 MB, the cloud's limit for an invocation).
enum { GGI_LARGEST_BODY = 6 * 1024 * 1024 };
// Of a reply's head; a client context may have 64 KB.
enum { GGI_LARGEST_HEAD = 80 * 1024 };
// Of an invocation's ID, a UUID.
enum { GGI_LONGEST_ID = 64 };

// MARK: bytes (buffer.c)

// Grows as needed. After a failed allocation `failed` is set and appending does nothing, so that one look at the end of
// a series is enough.
struct ggi_buffer {
    char *bytes;
    size_t count;
    size_t room;
    bool failed;
};

void ggi_buffer_free(struct ggi_buffer *buffer);
// Empties it; storage of ordinary size is kept for the next use.
void ggi_buffer_clear(struct ggi_buffer *buffer);
// Makes room for so many bytes more, writable at bytes + count.
bool ggi_buffer_reserve(struct ggi_buffer *buffer, size_t more);
void ggi_append(struct ggi_buffer *buffer, const void *bytes, size_t count);
void ggi_append_text(struct ggi_buffer *buffer, const char *text);
void ggi_append_decimal(struct ggi_buffer *buffer, size_t value);

// MARK: text (text.c)

bool ggi_is_utf8(const char *bytes, size_t count);
// A JSON string with its quotes; what is not UTF-8 becomes U+FFFD.
void ggi_append_json(struct ggi_buffer *buffer, const char *bytes, size_t count);
void ggi_append_base64(struct ggi_buffer *buffer, const char *bytes, size_t count);
// False where the text is not base64.
bool ggi_append_decoded(struct ggi_buffer *buffer, const char *text, size_t count);
// Whether the text is an object that has both keys at its top.
bool ggi_has_keys(const char *json, size_t count, const char *first, const char *second);

// MARK: the process (environment.c)

struct ggi_environment {
    bool ready;
    char *function_arn;
    char *token;
    char *socket_path;
    char *router_arn;
    char *shadow_arn;
    char *secrets_arn;
    unsigned short port;
    // By gg_log_level.
    int log_descriptors[GG_LOG_RESERVED_MAX];
    int log_level;
};

extern struct ggi_environment ggi_environment;

// Logs what the library has to say for itself.
void ggi_say(gg_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

// MARK: talking to the core (connection.c, exchange.c)

struct ggi_call {
    const char *method;
    // Whose ARN, and what follows it ("" or "/work").
    const char *arn;
    const char *path;
    // Header lines that are present when not NULL.
    const char *invocation_id;
    const char *invocation_type;
    const char *client_context;
    const char *function_error;
    const void *body;
    size_t body_size;
    // The answer may take for ever, and SIGTERM ends the waiting.
    bool waits;
};

enum ggi_function_error { GGI_NO_ERROR, GGI_HANDLED, GGI_UNHANDLED };

struct ggi_reply {
    int status;
    char invocation_id[GGI_LONGEST_ID + 1];
    enum ggi_function_error function_error;
    // The header as it came; NUL at its end is not counted.
    struct ggi_buffer client_context;
    struct ggi_buffer body;
    bool keeps_alive;
};

void ggi_reply_free(struct ggi_reply *reply);

// A connected socket, or -1.
int ggi_connect(void);
// An idle connection of earlier calls, or a new one; -1 where the core cannot be reached.
int ggi_connection_take(void);
void ggi_connection_give_back(int descriptor);
bool ggi_connection_is_alive(int descriptor);

// One request and its reply on *descriptor, which is connected if it is -1 and is -1 afterwards if it cannot be used
// again.
gg_error ggi_exchange(int *descriptor, const struct ggi_call *call, struct ggi_reply *reply);

// Reads a reply's head (without the empty line) into the reply. False where it is not one this library can use.
bool ggi_read_head(const char *head, size_t count, struct ggi_reply *reply, size_t *body_size);

// MARK: ending (termination.c)

// Takes SIGTERM over.
gg_error ggi_watch_termination(void);
bool ggi_is_terminating(void);
// Readable once SIGTERM has come; -1 before it is watched.
int ggi_termination_descriptor(void);
// Waits without being disturbed by signals.
void ggi_pause(int milliseconds);
// Whether this thread is in its handler.
bool ggi_is_handling(void);
// Whether a call by this thread must not be begun: the process ends, and this is not a handler finishing its work.
bool ggi_refuses_calls(void);
void ggi_set_handler_thread(bool is_handling);

#endif
