// The life of a worker: get work, call the handler, post what came of it.
#include "internal.h"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

// When the core cannot be reached: 50 ms, twice as long each time, at most 500 ms; then the process ends, and the core
// starts it anew once it is back.
enum { FIRST_PAUSE = 50, LONGEST_PAUSE = 500, ATTEMPTS = 10 };
// After SIGTERM main may bring itself to an end so long; the core waits for 5 s.
enum { PATIENCE_AT_END = 1000 };
// The libc's default may be far less (musl: 128 KB); only what is used costs memory.
enum { HANDLER_STACK = 8 * 1024 * 1024 };

static gg_lambda_handler handler;

// The invocation that the handler works on. A handler may ask threads of its own to read or write.
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static struct {
    bool is_running;
    struct ggi_buffer event;
    size_t read;
    struct ggi_buffer response;
    struct ggi_buffer failure;
} current;

// MARK: what a handler calls

gg_error gg_lambda_handler_read(void *buffer, size_t buffer_size, size_t *amount_read) {
    if (amount_read == NULL || (buffer == NULL && buffer_size > 0)) return GGE_INVALID_PARAMETER;
    *amount_read = 0;
    gg_error error = GGE_INVALID_STATE;
    pthread_mutex_lock(&guard);
    if (current.is_running) {
        size_t left = current.event.count - current.read;
        size_t amount = left < buffer_size ? left : buffer_size;
        if (amount > 0) memcpy(buffer, current.event.bytes + current.read, amount);
        current.read += amount;
        *amount_read = amount;
        error = GGE_SUCCESS;
    }
    pthread_mutex_unlock(&guard);
    return error;
}

gg_error gg_lambda_handler_write_response(const void *response, size_t response_size) {
    if (response == NULL && response_size > 0) return GGE_INVALID_PARAMETER;
    gg_error error = GGE_INVALID_STATE;
    pthread_mutex_lock(&guard);
    if (current.is_running) {
        size_t room = GGI_LARGEST_BODY - current.response.count;
        if (response_size > room) {
            error = GGE_INVALID_PARAMETER;
        } else {
            ggi_append(&current.response, response, response_size);
            error = current.response.failed ? GGE_OUT_OF_MEMORY : GGE_SUCCESS;
        }
    }
    pthread_mutex_unlock(&guard);
    if (error == GGE_INVALID_PARAMETER) {
        ggi_say(GG_LOG_ERROR, "gg_lambda_handler_write_response: an answer has at most %d bytes.", GGI_LARGEST_BODY);
    }
    return error;
}

gg_error gg_lambda_handler_write_error(const char *error_message) {
    if (error_message == NULL) return GGE_INVALID_PARAMETER;
    gg_error error = GGE_INVALID_STATE;
    pthread_mutex_lock(&guard);
    if (current.is_running) {
        ggi_buffer_clear(&current.failure);
        ggi_append_text(&current.failure, "{\"errorMessage\":");
        ggi_append_json(&current.failure, error_message, strlen(error_message));
        ggi_append_text(&current.failure, "}");
        error = current.failure.failed ? GGE_OUT_OF_MEMORY : GGE_SUCCESS;
    }
    pthread_mutex_unlock(&guard);
    return error;
}

// MARK: one invocation

// The context as NUL-terminated JSON text, or "{}" where the caller gave none that can be read.
static const char *decoded_context(const struct ggi_reply *work, struct ggi_buffer *text) {
    ggi_buffer_clear(text);
    if (work->client_context.count == 0) return "{}";
    bool is_text = ggi_append_decoded(text, work->client_context.bytes, work->client_context.count);
    is_text = is_text && text->count > 0 && memchr(text->bytes, 0, text->count) == NULL;
    is_text = is_text && ggi_is_utf8(text->bytes, text->count);
    ggi_append(text, "", 1);
    if (is_text && !text->failed) return text->bytes;
    ggi_say(GG_LOG_WARN, "The client context of invocation %s is not base64 of UTF-8 text; the handler gets {}.",
            work->invocation_id);
    return "{}";
}

static void call_handler(struct ggi_reply *work, struct ggi_buffer *context_text) {
    gg_lambda_context context = {ggi_environment.function_arn, decoded_context(work, context_text)};
    pthread_mutex_lock(&guard);
    struct ggi_buffer storage = current.event;
    current.event = work->body;
    work->body = storage;
    current.read = 0;
    ggi_buffer_clear(&current.response);
    ggi_buffer_clear(&current.failure);
    current.is_running = true;
    pthread_mutex_unlock(&guard);
    ggi_set_handler_thread(true);
    handler(&context);
    ggi_set_handler_thread(false);
    pthread_mutex_lock(&guard);
    current.is_running = false;
    pthread_mutex_unlock(&guard);
}

// MARK: the loop

// Makes a call of the worker, again for a while where the core does not answer or has a trouble of its own.
static gg_error call_core(int *connection, const struct ggi_call *call, struct ggi_reply *reply) {
    int pause = FIRST_PAUSE;
    for (int attempt = 1;; attempt++) {
        gg_error error = ggi_exchange(connection, call, reply);
        if (error == GGE_SUCCESS && reply->status < 500) return error;
        if (error == GGE_TERMINATE || attempt == ATTEMPTS) return error;
        if (ggi_is_terminating() && call->waits) return GGE_TERMINATE;
        ggi_pause(pause);
        pause = pause * 2 < LONGEST_PAUSE ? pause * 2 : LONGEST_PAUSE;
    }
}

static gg_error get_work(int *connection, struct ggi_reply *work) {
    struct ggi_call call = {.method = "GET", .arn = ggi_environment.function_arn, .path = "/work", .waits = true};
    gg_error error = call_core(connection, &call, work);
    if (error == GGE_SUCCESS && (work->status != 200 || work->invocation_id[0] == '\0')) {
        ggi_say(GG_LOG_FATAL, "The core gave this function no work: HTTP status %d, %.*s", work->status,
                (int)work->body.count, work->body.count > 0 ? work->body.bytes : "");
        return GGE_INTERNAL_FAILURE;
    }
    if (error == GGE_INTERNAL_FAILURE) {
        ggi_say(GG_LOG_FATAL, "The Greengrass core cannot be reached at %s or at port %d of this machine.",
                ggi_environment.socket_path != NULL ? ggi_environment.socket_path : "IPC_SOCK_FILE (not set)",
                ggi_environment.port);
    }
    return error;
}

static gg_error post_result(int *connection, const char *invocation_id, struct ggi_reply *reply) {
    const struct ggi_buffer *body = current.failure.count > 0 ? &current.failure : &current.response;
    struct ggi_call call = {
        .method = "POST", .arn = ggi_environment.function_arn, .path = "/work", .invocation_id = invocation_id,
        .function_error = current.failure.count > 0 ? "Handled" : NULL, .body = body->bytes, .body_size = body->count};
    gg_error error = call_core(connection, &call, reply);
    if (error == GGE_SUCCESS && reply->status >= 300) {
        // The core has given up on this invocation (it may have timed out); the next one may go well.
        ggi_say(GG_LOG_WARN, "The core did not take the result of invocation %s: %.*s", invocation_id,
                (int)reply->body.count, reply->body.count > 0 ? reply->body.bytes : "");
    }
    return error;
}

// Works until SIGTERM or a core that is gone.
static gg_error work(void) {
    int connection = -1;
    pid_t process = getpid();
    struct ggi_reply item = {0}, posted = {0};
    struct ggi_buffer context = {0};
    gg_error error = GGE_SUCCESS;
    while (error == GGE_SUCCESS) {
        error = ggi_is_terminating() ? GGE_TERMINATE : get_work(&connection, &item);
        if (error != GGE_SUCCESS) break;
        call_handler(&item, &context);
        // A handler that forks and forgets to end the child would have two workers answer for one.
        if (getpid() != process) _exit(0);
        error = post_result(&connection, item.invocation_id, &posted);
    }
    if (connection >= 0) close(connection);
    ggi_reply_free(&item);
    ggi_reply_free(&posted);
    ggi_buffer_free(&context);
    return error;
}

static void *work_aside(void *unused) {
    (void)unused;
    gg_error error = work();
    // Main is to end by itself: its calls end with GGE_TERMINATE. One that makes none is ended.
    if (error == GGE_TERMINATE) poll(NULL, 0, PATIENCE_AT_END);
    _exit(error == GGE_TERMINATE ? 0 : 1);
}

gg_error gg_runtime_start(gg_lambda_handler given, uint32_t opt) {
    static bool has_started;
    if (!ggi_environment.ready || has_started) return GGE_INVALID_STATE;
    if (given == NULL || (opt & ~(uint32_t)GG_RT_OPT_ASYNC) != 0) return GGE_INVALID_PARAMETER;
    gg_error error = ggi_watch_termination();
    if (error != GGE_SUCCESS) return error;
    has_started = true;
    handler = given;
    if ((opt & GG_RT_OPT_ASYNC) == 0) return work();
    // Large enough for the attributes of any libc, which this build does not know.
    union {
        long aligned;
        char room[256];
    } storage;
    pthread_attr_t *attributes = (pthread_attr_t *)&storage;
    pthread_t thread;
    pthread_attr_init(attributes);
    bool is_large = pthread_attr_setstacksize(attributes, HANDLER_STACK) == 0;
    int failure = pthread_create(&thread, is_large ? attributes : NULL, work_aside, NULL);
    if (failure != 0 && is_large) failure = pthread_create(&thread, NULL, work_aside, NULL);
    pthread_attr_destroy(attributes);
    if (failure != 0) return GGE_OUT_OF_MEMORY;
    pthread_detach(thread);
    return GGE_SUCCESS;
}
