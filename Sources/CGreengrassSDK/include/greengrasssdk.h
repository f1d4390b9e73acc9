/*
 * The interface of native functions, as programs written for the C SDK of AWS IoT Greengrass Core V1 use it:
 * versions 1.0 to 1.2, binary compatible. docs/native-functions.md teaches it by example.
 */
#ifndef PERENNIAL_GREENGRASSSDK_H
#define PERENNIAL_GREENGRASSSDK_H

#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>

#if defined(__GNUC__)
/* A program may be compiled with hidden visibility; these functions are still in another file. */
#pragma GCC visibility push(default)
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What every function returns: whether the call itself could be made. What came of it is a gg_request_status. */
typedef enum gg_error {
    GGE_SUCCESS = 0,
    GGE_OUT_OF_MEMORY = 1,
    GGE_INVALID_PARAMETER = 2,
    /* Before gg_global_init, or a handler's call outside a handler. */
    GGE_INVALID_STATE = 3,
    /* The core cannot be reached, or answered with what is no answer; the function's log says more. */
    GGE_INTERNAL_FAILURE = 4,
    /* The process has been asked to end (SIGTERM). */
    GGE_TERMINATE = 5,
    GGE_RESERVED_MAX = 6,
    GGE_RESERVED_PAD = 0x7FFFFFFF
} gg_error;

/* What came of a request. */
typedef enum gg_request_status {
    GG_REQUEST_SUCCESS = 0,
    /* The invoked function or the service answered with an error: read it with gg_request_read. */
    GG_REQUEST_HANDLED = 1,
    /* The invoked function crashed, was killed or took too long. */
    GG_REQUEST_UNHANDLED = 2,
    /* The core refused the request: why is in the function's log, and can be read with gg_request_read. */
    GG_REQUEST_UNKNOWN = 3,
    /* A queue is full: try again later. */
    GG_REQUEST_AGAIN = 4,
    GG_REQUEST_RESERVED_MAX = 5,
    GG_REQUEST_RESERVED_PAD = 0x7FFFFFFF
} gg_request_status;

typedef struct gg_request_result {
    gg_request_status request_status;
} gg_request_result;

/* One handle serves any number of requests, one after the other. Threads need one each. */
typedef struct _gg_request *gg_request;

/* What a handler is told about the call. */
typedef struct gg_lambda_context {
    const char *function_arn;
    /* JSON; a message's topic is at custom.subject. */
    const char *client_context;
} gg_lambda_context;

typedef enum gg_invoke_type {
    GG_INVOKE_EVENT = 0,
    GG_INVOKE_REQUEST_RESPONSE = 1,
    GG_INVOKE_RESERVED_MAX = 2,
    GG_INVOKE_RESERVED_PAD = 0x7FFFFFFF
} gg_invoke_type;

typedef struct gg_invoke_options {
    /* The function's ARN, with its version or without. */
    const char *function_arn;
    /* Base64 of JSON for the other function's client_context, or NULL. */
    const char *customer_context;
    /* The version, where function_arn does not have it, or NULL. */
    const char *qualifier;
    gg_invoke_type type;
    const void *payload;
    size_t payload_size;
} gg_invoke_options;

typedef enum gg_runtime_opt {
    /* Handlers are called on a thread of their own; gg_runtime_start returns, and main goes on. */
    GG_RT_OPT_ASYNC = 0x1,
    GG_RT_OPT_RESERVED_PAD = 0x7FFFFFFF
} gg_runtime_opt;

typedef enum gg_queue_full_policy_options {
    /* The message goes to those of its targets whose queues have room. */
    GG_QUEUE_FULL_POLICY_BEST_EFFORT = 0,
    /* It goes to all of them, or the publish ends with GG_REQUEST_AGAIN and it goes to none. */
    GG_QUEUE_FULL_POLICY_ALL_OR_ERROR = 1,
    GG_QUEUE_FULL_POLICY_RESERVED_MAX = 2,
    GG_QUEUE_FULL_POLICY_RESERVED_PAD = 0x7FFFFFFF
} gg_queue_full_policy_options;

typedef struct _gg_publish_options *gg_publish_options;

typedef enum gg_log_level {
    GG_LOG_RESERVED_NOTSET = 0,
    GG_LOG_DEBUG = 1,
    GG_LOG_INFO = 2,
    GG_LOG_WARN = 3,
    GG_LOG_ERROR = 4,
    GG_LOG_FATAL = 5,
    GG_LOG_RESERVED_MAX = 6,
    GG_LOG_RESERVED_PAD = 0x7FFFFFFF
} gg_log_level;

/* Call it first and once, before there are threads, with 0. */
gg_error gg_global_init(uint32_t opt);

/* Writes a line to the function's log, unless the group's level leaves it out. */
gg_error gg_log(gg_log_level level, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;

/*
 * The handler runs once for every message and invocation. With 0, gg_runtime_start handles them on the calling
 * thread and returns only with an error: GGE_TERMINATE after a SIGTERM, whose handling it takes over.
 */
typedef void (*gg_lambda_handler)(const gg_lambda_context *context);
gg_error gg_runtime_start(gg_lambda_handler handler, uint32_t opt);

/* In a handler: the next bytes of the event, until *amount_read is 0; the answer (a second one is appended); an error
 * instead of it. A handler that writes neither answers with nothing. */
gg_error gg_lambda_handler_read(void *buffer, size_t buffer_size, size_t *amount_read);
gg_error gg_lambda_handler_write_response(const void *response, size_t response_size);
gg_error gg_lambda_handler_write_error(const char *error_message);

gg_error gg_request_init(gg_request *request);
gg_error gg_request_close(gg_request request);
/* The next bytes of the answer to the last request, until *amount_read is 0. */
gg_error gg_request_read(gg_request request, void *buffer, size_t buffer_size, size_t *amount_read);

gg_error gg_invoke(gg_request request, const gg_invoke_options *options, gg_request_result *result);

gg_error gg_publish(
    gg_request request, const char *topic, const void *payload, size_t payload_size, gg_request_result *result);
gg_error gg_publish_options_init(gg_publish_options *options);
gg_error gg_publish_options_free(gg_publish_options options);
gg_error gg_publish_options_set_queue_full_policy(gg_publish_options options, gg_queue_full_policy_options policy);
/* Without options (NULL) as gg_publish. */
gg_error gg_publish_with_options(
    gg_request request, const char *topic, const void *payload, size_t payload_size, const gg_publish_options options,
    gg_request_result *result);

/* The document, or with GG_REQUEST_HANDLED a JSON object with code and message, is there to be read. */
gg_error gg_get_thing_shadow(gg_request request, const char *thing_name, gg_request_result *result);
gg_error gg_update_thing_shadow(
    gg_request request, const char *thing_name, const char *update_payload, gg_request_result *result);
gg_error gg_delete_thing_shadow(gg_request request, const char *thing_name, gg_request_result *result);

/* NULL or "" for the version and stage asks for the current one (AWSCURRENT). */
gg_error gg_get_secret_value(
    gg_request request, const char *secret_id, const char *version_id, const char *version_stage,
    gg_request_result *result);

#ifdef __cplusplus
}
#endif

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif
