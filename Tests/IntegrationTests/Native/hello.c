// A pinned function whose main goes on beside its handler: it publishes 13 bytes, the last of them zero, as the public
// SDK's example does, and ends when a publish tells it so.
#include <greengrasssdk.h>
#include <unistd.h>

static void handler(const gg_lambda_context *context) { (void)context; }

int main(void) {
    const char message[] = "hello world!";
    gg_request request = NULL;
    gg_request_result result;
    if (gg_global_init(0) != GGE_SUCCESS) return 1;
    if (gg_runtime_start(handler, GG_RT_OPT_ASYNC) != GGE_SUCCESS) return 2;
    if (gg_request_init(&request) != GGE_SUCCESS) return 3;
    for (;;) {
        gg_error error = gg_publish(request, "hello/world", message, sizeof message, &result);
        if (error == GGE_TERMINATE) break;
        if (error != GGE_SUCCESS || result.request_status != GG_REQUEST_SUCCESS) return 4;
        usleep(100000);
    }
    gg_log(GG_LOG_INFO, "told to end");
    gg_request_close(request);
    return 0;
}
