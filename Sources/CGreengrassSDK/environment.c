#include "internal.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

struct ggi_environment ggi_environment;

// What a function without this variable talks to: the port of V1, and the only one its first SDKs know.
enum { DEFAULT_PORT = 8000 };
// Of a line that is made on the stack.
enum { SHORT_LINE = 512 };
// What the core keeps of a line is less.
enum { LONGEST_LINE = 64 * 1024 };

// A copy that later changes of the environment do not touch; NULL where the variable is absent or memory is short.
static char *copied(const char *name, const char *otherwise) {
    const char *value = getenv(name);
    if (value == NULL || *value == '\0') value = otherwise;
    if (value == NULL) return NULL;
    char *copy = malloc(strlen(value) + 1);
    if (copy != NULL) memcpy(copy, value, strlen(value) + 1);
    return copy;
}

// The variable's number, or `otherwise` where it is none or too large.
static int number(const char *name, int most, int otherwise) {
    const char *text = getenv(name);
    if (text == NULL || *text == '\0') return otherwise;
    int value = 0;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9') return otherwise;
        value = value * 10 + (*text - '0');
        if (value > most) return otherwise;
    }
    return value;
}

// Whether a value may stand in a request's head.
static bool is_header_value(const char *text) {
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7F) return false;
    }
    return true;
}

static int level_of(const char *name) {
    static const char *const names[] = {"NOTSET", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"};
    for (int level = 0; name != NULL && level < GG_LOG_RESERVED_MAX; level++) {
        if (strcmp(name, names[level]) == 0) return level;
    }
    return 0;
}

static void read_log_settings(void) {
    static const char *const names[] = {
        NULL, "_GG_LOG_FD_DEBUG", "_GG_LOG_FD_INFO", "_GG_LOG_FD_WARN", "_GG_LOG_FD_ERROR", "_GG_LOG_FD_FATAL"};
    for (int level = GG_LOG_DEBUG; level < GG_LOG_RESERVED_MAX; level++) {
        ggi_environment.log_descriptors[level] = number(names[level], 1 << 20, STDERR_FILENO);
    }
    ggi_environment.log_level = level_of(getenv("LOG_LEVEL"));
}

gg_error gg_global_init(uint32_t opt) {
    struct ggi_environment *environment = &ggi_environment;
    if (opt != 0) return GGE_INVALID_PARAMETER;
    if (environment->ready) return GGE_SUCCESS;
    read_log_settings();
    environment->function_arn = copied("MY_FUNCTION_ARN", NULL);
    environment->token = copied("AWS_CONTAINER_AUTHORIZATION_TOKEN", NULL);
    environment->socket_path = copied("IPC_SOCK_FILE", NULL);
    environment->router_arn = copied("ROUTER_FUNCTION_ARN", "arn:aws:lambda:::function:GGRouter");
    environment->shadow_arn = copied("SHADOW_FUNCTION_ARN", "arn:aws:lambda:::function:GGShadowService");
    environment->secrets_arn = copied("SECRETS_MANAGER_FUNCTION_ARN", "arn:aws:lambda:::function:GGSecretManager:1");
    environment->port = (unsigned short)number("GG_DAEMON_PORT", 65535, DEFAULT_PORT);
    if (environment->router_arn == NULL || environment->shadow_arn == NULL || environment->secrets_arn == NULL) {
        return GGE_OUT_OF_MEMORY;
    }
    if (environment->function_arn == NULL || environment->token == NULL || !is_header_value(environment->token)) {
        ggi_say(GG_LOG_FATAL,
                "gg_global_init: MY_FUNCTION_ARN or AWS_CONTAINER_AUTHORIZATION_TOKEN is missing from the environment. "
                "This program runs as a function of a Greengrass core, which sets them: deploy it.");
        return GGE_INTERNAL_FAILURE;
    }
    // Standard output is a pipe into the log: without this a line would arrive when the buffer is full.
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    environment->ready = true;
    return GGE_SUCCESS;
}

// MARK: log

static pthread_mutex_t writing = PTHREAD_MUTEX_INITIALIZER;

static void write_line(int descriptor, const char *line, size_t count) {
    // A line of more than PIPE_BUF bytes goes out in pieces, between which another thread's must not come.
    pthread_mutex_lock(&writing);
    while (count > 0) {
        ssize_t written = write(descriptor, line, count);
        if (written > 0) {
            line += written;
            count -= (size_t)written;
        } else if (written == 0 || errno != EINTR) {
            break;
        }
    }
    pthread_mutex_unlock(&writing);
}

static gg_error log_line(gg_log_level level, const char *format, va_list arguments) {
    if ((int)level < ggi_environment.log_level) return GGE_SUCCESS;
    // Zero is the standard input: the settings have not been read.
    int descriptor = ggi_environment.log_descriptors[level];
    if (descriptor == 0) descriptor = STDERR_FILENO;
    char shorter[SHORT_LINE];
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(shorter, sizeof shorter, format, arguments);
    gg_error error = GGE_SUCCESS;
    if (length < 0) {
        error = GGE_INVALID_PARAMETER;
    } else if ((size_t)length + 1 < sizeof shorter) {
        shorter[length] = '\n';
        write_line(descriptor, shorter, (size_t)length + 1);
    } else {
        size_t room = length < LONGEST_LINE ? (size_t)length + 2 : LONGEST_LINE;
        char *longer = malloc(room);
        if (longer == NULL) {
            error = GGE_OUT_OF_MEMORY;
        } else {
            vsnprintf(longer, room - 1, format, again);
            longer[room - 2] = '\n';
            write_line(descriptor, longer, room - 1);
            free(longer);
        }
    }
    va_end(again);
    return error;
}

gg_error gg_log(gg_log_level level, const char *format, ...) {
    if (level < GG_LOG_DEBUG || level > GG_LOG_FATAL || format == NULL) return GGE_INVALID_PARAMETER;
    int saved = errno;
    va_list arguments;
    va_start(arguments, format);
    gg_error error = log_line(level, format, arguments);
    va_end(arguments);
    errno = saved;
    return error;
}

void ggi_say(gg_log_level level, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    log_line(level, format, arguments);
    va_end(arguments);
}
