// Sends each event back to the topic of its first argument (`make bench-functions`).
#include <greengrasssdk.h>

static const char *target;

static void handler(const gg_lambda_context *context) {
    static char event[131072];
    size_t count = 0, amount;
    gg_request request = NULL;
    gg_request_result result;
    (void)context;
    do {
        if (gg_lambda_handler_read(event + count, sizeof event - count, &amount) != GGE_SUCCESS) return;
        count += amount;
    } while (amount > 0);
    gg_request_init(&request);
    gg_publish(request, target, event, count, &result);
    gg_request_close(request);
}

int main(int count, char **arguments) {
    if (count < 2 || gg_global_init(0) != GGE_SUCCESS) return 1;
    target = arguments[1];
    gg_runtime_start(handler, 0);
    return 0;
}
