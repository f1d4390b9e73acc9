// Does what the event says, and publishes "<return value> <status> <bytes> <beginning of the answer>" to "answer".
#include <greengrasssdk.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static gg_error do_as_told(gg_request request, const char *event, gg_request_result *result) {
    // {"custom":{"value":"key"}}
    gg_invoke_options options = {
        getenv("INVOKEE"), "eyJjdXN0b20iOnsidmFsdWUiOiJrZXkifX0=", getenv("QUALIFIER"), GG_INVOKE_REQUEST_RESPONSE,
        event, strlen(event)};
    if (strcmp(event, "shadow") == 0) return gg_get_thing_shadow(request, "lamp", result);
    if (strcmp(event, "shadow update") == 0) return gg_update_thing_shadow(request, "lamp", "{\"state\":{}}", result);
    if (strcmp(event, "shadow delete") == 0) return gg_delete_thing_shadow(request, "lamp", result);
    if (strcmp(event, "secret") == 0) return gg_get_secret_value(request, "password", "", NULL, result);
    if (strcmp(event, "bad topic") == 0) return gg_publish(request, "a/#", "x", 1, result);
    if (strcmp(event, "all or none") == 0) {
        gg_publish_options policy = NULL;
        gg_publish_options_init(&policy);
        gg_publish_options_set_queue_full_policy(policy, GG_QUEUE_FULL_POLICY_ALL_OR_ERROR);
        gg_error error = gg_publish_with_options(request, "all", "for all", 7, policy, result);
        gg_publish_options_free(policy);
        return error;
    }
    if (strcmp(event, "event") == 0) options.type = GG_INVOKE_EVENT;
    if (strcmp(event, "unknown") == 0) options.function_arn = "arn:aws:lambda:us-west-2:123456789012:function:Nobody:1";
    if (strcmp(event, "repeat") == 0 || strcmp(event, "mismatch") == 0) {
        options.function_arn = "arn:aws:lambda:us-west-2:123456789012:function:Invokee:1";
        if (strcmp(event, "mismatch") == 0) options.qualifier = "7";
    }
    if (strcmp(event, "plain context") == 0) {
        options.customer_context = NULL;
        options.payload = "context";
        options.payload_size = strlen("context");
    }
    return gg_invoke(request, &options, result);
}

static void handler(const gg_lambda_context *context) {
    (void)context;
    static char answer[6000000], said[600];
    char event[64];
    size_t count = 0, amount = 0;
    gg_request request = NULL;
    gg_request_result result;
    gg_lambda_handler_read(event, sizeof event - 1, &count);
    event[count] = '\0';
    gg_request_init(&request);
    gg_error error = do_as_told(request, event, &result);
    count = 0;
    do {
        gg_request_read(request, answer + count, sizeof answer - count, &amount);
        count += amount;
    } while (amount > 0);
    int length = snprintf(said, sizeof said, "%d %d %zu %.*s", error, result.request_status, count,
                          (int)(count < 400 ? count : 20), answer);
    gg_publish(request, "answer", said, (size_t)length, &result);
    gg_request_close(request);
}

int main(void) {
    if (gg_global_init(0) != GGE_SUCCESS) return 1;
    return gg_runtime_start(handler, 0) == GGE_TERMINATE ? 0 : 1;
}
