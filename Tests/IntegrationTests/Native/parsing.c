// What the library reads from outside, right and wrong, under the address and undefined-behaviour sanitizers. Compiled
// with the library's own sources. Prints what fails.
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "internal.h"

static int failures;

#define EXPECT(condition)                                            \
    do {                                                             \
        if (!(condition)) {                                          \
            failures++;                                              \
            printf("line %d: %s does not hold\n", __LINE__, #condition); \
        }                                                            \
    } while (0)

// MARK: the interface, as programs compiled with the public SDK's header have it in them

_Static_assert(GGE_OUT_OF_MEMORY == 1 && GGE_INVALID_PARAMETER == 2 && GGE_INVALID_STATE == 3, "gg_error");
_Static_assert(GGE_INTERNAL_FAILURE == 4 && GGE_TERMINATE == 5 && GGE_RESERVED_MAX == 6, "gg_error");
_Static_assert(GG_REQUEST_HANDLED == 1 && GG_REQUEST_UNHANDLED == 2 && GG_REQUEST_UNKNOWN == 3, "gg_request_status");
_Static_assert(GG_REQUEST_AGAIN == 4 && GG_INVOKE_EVENT == 0 && GG_INVOKE_REQUEST_RESPONSE == 1, "gg_invoke_type");
_Static_assert(GG_RT_OPT_ASYNC == 1 && GG_QUEUE_FULL_POLICY_ALL_OR_ERROR == 1, "options");
_Static_assert(GG_LOG_DEBUG == 1 && GG_LOG_INFO == 2 && GG_LOG_WARN == 3 && GG_LOG_FATAL == 5, "gg_log_level");
_Static_assert(sizeof(gg_error) == 4 && sizeof(gg_request_status) == 4 && sizeof(gg_log_level) == 4, "enumerations");
_Static_assert(sizeof(gg_request_result) == 4 && sizeof(gg_lambda_context) == 2 * sizeof(void *), "structures");
_Static_assert(offsetof(gg_invoke_options, customer_context) == sizeof(void *), "gg_invoke_options");
_Static_assert(offsetof(gg_invoke_options, qualifier) == 2 * sizeof(void *), "gg_invoke_options");
_Static_assert(offsetof(gg_invoke_options, type) == 3 * sizeof(void *), "gg_invoke_options");
_Static_assert(offsetof(gg_invoke_options, payload) == 4 * sizeof(void *), "gg_invoke_options");
_Static_assert(sizeof(gg_invoke_options) == 6 * sizeof(void *), "gg_invoke_options");

// MARK: text

static bool decodes(const char *text, const char *expected) {
    struct ggi_buffer bytes = {0};
    bool decoded = ggi_append_decoded(&bytes, text, strlen(text));
    bool same = decoded && bytes.count == strlen(expected) && memcmp(bytes.bytes, expected, bytes.count) == 0;
    ggi_buffer_free(&bytes);
    return same;
}

static bool is_base64(const char *text) {
    struct ggi_buffer bytes = {0};
    bool decoded = ggi_append_decoded(&bytes, text, strlen(text));
    ggi_buffer_free(&bytes);
    return decoded;
}

static bool quotes(const char *text, size_t count, const char *expected) {
    struct ggi_buffer json = {0};
    ggi_append_json(&json, text, count);
    bool same = json.count == strlen(expected) && memcmp(json.bytes, expected, json.count) == 0;
    ggi_buffer_free(&json);
    return same;
}

static bool has_keys(const char *json) { return ggi_has_keys(json, strlen(json), "code", "message"); }

static void text(void) {
    // RFC 4648 section 10.
    EXPECT(decodes("", "") && decodes("Zg==", "f") && decodes("Zm8=", "fo") && decodes("Zm9v", "foo"));
    EXPECT(decodes("Zm9vYg==", "foob") && decodes("Zm9vYmE=", "fooba") && decodes("Zm9vYmFy", "foobar"));
    EXPECT(decodes("Zm8", "fo"));
    EXPECT(!is_base64("Z") && !is_base64("Zg=") && !is_base64("Zm9v====") && !is_base64("Z m8"));
    EXPECT(!is_base64("Zm9v\n") && !is_base64("=") && !is_base64("Zm=v") && !is_base64("Zm9\xFF"));
    EXPECT(quotes("a\"\\\n\x01/", 6, "\"a\\\"\\\\\\u000a\\u0001/\""));
    EXPECT(quotes("\xC3\xA4\xF0\x9F\x98\x80", 6, "\"\xC3\xA4\xF0\x9F\x98\x80\""));
    EXPECT(quotes("\xC0\x80\xED\xA0\x80\xC3", 6,
                  "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""));
    EXPECT(ggi_is_utf8("\xF4\x8F\xBF\xBF", 4) && !ggi_is_utf8("\xF4\x90\x80\x80", 4) && !ggi_is_utf8("\xE2\x82", 2));
    EXPECT(has_keys("{\"code\":404,\"message\":\"x\"}") && has_keys(" { \"message\" : \"{\\\"\" , \"code\" :1}"));
    EXPECT(!has_keys("{\"state\":{\"code\":1,\"message\":2}}") && !has_keys("[\"code\",\"message\"]"));
    EXPECT(!has_keys("{\"a\":\"code\",\"b\":\"message\"}") && !has_keys("\"code\":\"message\":") && !has_keys(""));
    EXPECT(!has_keys("{\"code\\") && !has_keys("{\"code\"") && !has_keys("]}{"));
}

// MARK: heads of replies

static bool reads(const char *head, struct ggi_reply *reply, size_t *size) {
    return ggi_read_head(head, strlen(head), reply, size);
}

static void heads(void) {
    struct ggi_reply reply = {0};
    size_t size = 0;
    EXPECT(reads("HTTP/1.1 200 OK\r\nX-AMZ-InvocationId: 3bc343db-7dc9\r\nx-amz-function-error:\r\n"
                 "X-Amz-Client-Context:  e30= \r\nContent-Length: 12", &reply, &size));
    EXPECT(reply.status == 200 && size == 12 && strcmp(reply.invocation_id, "3bc343db-7dc9") == 0);
    EXPECT(reply.client_context.count == 4 && reply.function_error == GGI_NO_ERROR && reply.keeps_alive);
    EXPECT(reads("HTTP/1.1 404 The group has no: such\r\nX-Amz-Function-Error: Unhandled\r\nConnection: close\r\n"
                 "Content-Length: 0", &reply, &size));
    EXPECT(reply.status == 404 && reply.function_error == GGI_UNHANDLED && !reply.keeps_alive);
    EXPECT(reply.client_context.count == 0 && reply.invocation_id[0] == '\0');
    EXPECT(reads("HTTP/1.1 204\r\nDate: x", &reply, &size) && size == 0);
    static const char *const refused[] = {
        "", "HTTP/1.1 20", "HTTP/1.0 200 OK\r\nContent-Length: 1", "HTTP/1.1 2x0 OK\r\nContent-Length: 1",
        "HTTP/1.1 2000\r\nContent-Length: 1", "HTTP/1.1 100 Continue", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\nnothing",
        "HTTP/1.1 200 OK\r\n: 1\r\nContent-Length: 1", "HTTP/1.1 200 OK\r\nContent-Length: -1",
        "HTTP/1.1 200 OK\r\nContent-Length: 6291457", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1", "HTTP/1.1 200 OK\r\nContent-Length: 1 1",
        "HTTP/1.1 200 OK\r\nContent-Length:", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1",
        "HTTP/1.1 200 OK\r\nX-Amz-InvocationId: a/../b\r\nContent-Length: 1",
        "HTTP/1.1 200 OK\r\nX-Amz-InvocationId: \r\nContent-Length: 1",
        "HTTP/1.1 200 OK\r\nX-Amz-InvocationId: "
        "0123456789012345678901234567890123456789012345678901234567890123456789\r\nContent-Length: 1"};
    for (size_t index = 0; index < sizeof refused / sizeof *refused; index++) {
        if (reads(refused[index], &reply, &size)) EXPECT(refused[index] == NULL);
    }
    ggi_reply_free(&reply);
}

// MARK: whole replies

// What a call makes of these bytes, after which the core closes.
static gg_error answered(const char *bytes, size_t count, struct ggi_reply *reply, int *descriptor) {
    int ends[2];
    socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
    if (write(ends[1], bytes, count) != (ssize_t)count) failures++;
    shutdown(ends[1], SHUT_WR);
    struct ggi_call call = {.method = "GET", .arn = "arn:x", .path = "/work", .waits = true};
    *descriptor = ends[0];
    gg_error error = ggi_exchange(descriptor, &call, reply);
    if (*descriptor >= 0) close(*descriptor);
    close(ends[1]);
    return error;
}

#define ANSWERED(text) answered(text, sizeof text - 1, &reply, &descriptor)

static void replies(void) {
    struct ggi_reply reply = {0};
    int descriptor = -1;
    EXPECT(ANSWERED("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc") == GGE_SUCCESS && descriptor >= 0);
    EXPECT(reply.body.count == 3 && memcmp(reply.body.bytes, "abc", 3) == 0);
    EXPECT(ANSWERED("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n") == GGE_SUCCESS);
    EXPECT(descriptor == -1);
    // Truncated, or with more than was announced: such a connection is of no further use.
    EXPECT(ANSWERED("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc") == GGE_INTERNAL_FAILURE && descriptor == -1);
    EXPECT(ANSWERED("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc") == GGE_INTERNAL_FAILURE && descriptor == -1);
    EXPECT(ANSWERED("HTTP/1.1 200 OK\r\nContent-Le") == GGE_INTERNAL_FAILURE);
    EXPECT(ANSWERED("") == GGE_INTERNAL_FAILURE);
    static char endless[120000];
    memset(endless, 'a', sizeof endless);
    memcpy(endless, "HTTP/1.1 200 OK\r\na: ", 20);
    EXPECT(answered(endless, sizeof endless, &reply, &descriptor) == GGE_INTERNAL_FAILURE);
    ggi_reply_free(&reply);
}

// MARK: noise

static unsigned long long state = 0x9E3779B97F4A7C15ULL;

static unsigned draw(unsigned limit) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state % limit);
}

static void noise(void) {
    static const char seed[] =
        "HTTP/1.1 200 OK\r\nX-Amz-InvocationId: 3bc343db-7dc9-4a88-6cde-f9f568b52c35\r\nX-Amz-Function-Error: \r\n"
        "X-Amz-Client-Context: eyJjdXN0b20iOnsidmFsdWUiOiJrZXkifX0=\r\nConnection: close\r\nContent-Length: 12";
    struct ggi_reply reply = {0};
    for (int round = 0; round < 200000; round++) {
        // Storage of exactly the length, so that the sanitizer sees a read behind it.
        size_t count = draw(sizeof seed), size = 0;
        char *bytes = malloc(count + 1);
        memcpy(bytes, seed, count);
        for (unsigned change = draw(4); change > 0 && count > 0; change--) {
            bytes[draw((unsigned)count)] = "\r\n: 0\x00\xFF\"{}[\\=A"[draw(14)];
        }
        bytes = realloc(bytes, count > 0 ? count : 1);
        struct ggi_buffer buffer = {0}, decoded = {0};
        if (ggi_read_head(bytes, count, &reply, &size)) EXPECT(size <= GGI_LARGEST_BODY);
        ggi_append_json(&buffer, bytes, count);
        EXPECT(ggi_is_utf8(buffer.bytes, buffer.count));
        ggi_has_keys(bytes, count, "code", "message");
        ggi_append_decoded(&buffer, bytes, count);
        ggi_buffer_clear(&buffer);
        ggi_append_base64(&buffer, bytes, count);
        EXPECT(ggi_append_decoded(&decoded, buffer.bytes, buffer.count) && decoded.count == count);
        EXPECT(count == 0 || memcmp(decoded.bytes, bytes, count) == 0);
        ggi_buffer_free(&decoded);
        ggi_buffer_free(&buffer);
        free(bytes);
    }
    ggi_reply_free(&reply);
}

int main(void) {
    // No call before the environment is known; a message of the program is not lost.
    gg_request request = NULL;
    size_t amount = 1;
    EXPECT(gg_request_init(&request) == GGE_INVALID_STATE && request == NULL);
    EXPECT(gg_lambda_handler_read(&amount, 1, &amount) == GGE_INVALID_STATE && amount == 0);
    EXPECT(gg_global_init(1) == GGE_INVALID_PARAMETER);
    text();
    heads();
    replies();
    noise();
    printf("%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
