// Publishes what it gets to the topic of its first argument, and logs how it was called.
#include <greengrasssdk.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *target = "echo";

static void handler(const gg_lambda_context *context) {
    static char event[300000];
    size_t count = 0, amount = 0;
    gg_request request = NULL;
    gg_request_result result;
    do {
        // Pieces of a size that divides nothing.
        size_t room = sizeof event - count < 1021 ? sizeof event - count : 1021;
        if (gg_lambda_handler_read(event + count, room, &amount) != GGE_SUCCESS) return;
        count += amount;
    } while (amount > 0);
    gg_log(GG_LOG_DEBUG, "%s was called with %zu bytes, context %s, at %.1f percent", context->function_arn, count,
           context->client_context, 99.5);
    gg_request_init(&request);
    gg_publish(request, target, event, count, &result);
    gg_request_close(request);
}

int main(int count, char **arguments) {
    if (gg_global_init(0) != GGE_SUCCESS) return 1;
    if (count > 1) target = arguments[1];
    printf("arguments: [%s]", strrchr(arguments[0], '/'));
    for (int index = 1; index < count; index++) printf(" [%s]", arguments[index]);
    printf("\n");
    gg_error error = gg_runtime_start(handler, 0);
    gg_log(GG_LOG_WARN, "the runtime ended with %d", error);
    return error == GGE_TERMINATE ? 0 : 1;
}
