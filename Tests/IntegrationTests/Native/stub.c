// Stands for the library that authors of native functions link with: each call says that the core's is not in place.
#include <greengrasssdk.h>
#include <stdio.h>

#define STUB(name, parameters)                     \
    gg_error name parameters {                     \
        printf("the stub's " #name " was called\n"); \
        return GGE_RESERVED_MAX;                   \
    }

#pragma GCC diagnostic ignored "-Wunused-parameter"
STUB(gg_global_init, (uint32_t opt))
STUB(gg_log, (gg_log_level level, const char *format, ...))
STUB(gg_request_init, (gg_request * request))
STUB(gg_request_close, (gg_request request))
STUB(gg_request_read, (gg_request request, void *buffer, size_t size, size_t *read))
STUB(gg_runtime_start, (gg_lambda_handler handler, uint32_t opt))
STUB(gg_lambda_handler_read, (void *buffer, size_t size, size_t *read))
STUB(gg_lambda_handler_write_response, (const void *response, size_t size))
STUB(gg_lambda_handler_write_error, (const char *message))
STUB(gg_invoke, (gg_request request, const gg_invoke_options *options, gg_request_result *result))
STUB(gg_publish, (gg_request request, const char *topic, const void *payload, size_t size, gg_request_result *result))
STUB(gg_publish_options_init, (gg_publish_options * options))
STUB(gg_publish_options_free, (gg_publish_options options))
STUB(gg_publish_options_set_queue_full_policy, (gg_publish_options options, gg_queue_full_policy_options policy))
STUB(gg_publish_with_options, (gg_request request, const char *topic, const void *payload, size_t size,
                               const gg_publish_options options, gg_request_result *result))
STUB(gg_get_thing_shadow, (gg_request request, const char *thing, gg_request_result *result))
STUB(gg_update_thing_shadow, (gg_request request, const char *thing, const char *document, gg_request_result *result))
STUB(gg_delete_thing_shadow, (gg_request request, const char *thing, gg_request_result *result))
STUB(gg_get_secret_value, (gg_request request, const char *secret, const char *version, const char *stage,
                           gg_request_result *result))
