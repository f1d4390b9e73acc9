// Answers "hello" with "hello world", fails politely, crashes or says what context it got, as it is told.
#include <greengrasssdk.h>
#include <stdlib.h>
#include <string.h>

static void handler(const gg_lambda_context *context) {
    char event[64];
    size_t count = 0;
    gg_lambda_handler_read(event, sizeof event - 1, &count);
    event[count] = '\0';
    if (strcmp(event, "fail") == 0) {
        gg_lambda_handler_write_error("no \"luck\"\ntoday");
    } else if (strcmp(event, "crash") == 0) {
        abort();
    } else if (strcmp(event, "context") == 0) {
        gg_lambda_handler_write_response(context->client_context, strlen(context->client_context));
    } else if (strcmp(event, "large") == 0) {
        // Larger than any buffer in between.
        size_t size = 5000000;
        char *response = malloc(size);
        memset(response, 'x', size);
        gg_lambda_handler_write_response(response, size);
        free(response);
    } else if (strcmp(event, "silence") != 0) {
        gg_lambda_handler_write_response(event, count);
        gg_lambda_handler_write_response(" world", 6);
    }
}

int main(void) {
    if (gg_global_init(0) != GGE_SUCCESS) return 1;
    gg_runtime_start(handler, 0);
    return 0;
}
