// What functions ask the core for: other functions, topics, shadows, secrets. All of it is invoking an ARN.
#include "internal.h"

// Longest ARN of a function with its version; the core reads paths of 400 bytes.
enum { LONGEST_ARN = 320 };
// Of base64 from a caller; the core takes heads of 64 KB.
enum { LONGEST_CONTEXT = 60 * 1024 };

struct _gg_request {
    struct ggi_reply reply;
    size_t read;
};

struct _gg_publish_options {
    bool has_policy;
    gg_queue_full_policy_options policy;
};

// MARK: handles

gg_error gg_request_init(gg_request *request) {
    if (request == NULL) return GGE_INVALID_PARAMETER;
    *request = NULL;
    if (!ggi_environment.ready) return GGE_INVALID_STATE;
    *request = calloc(1, sizeof **request);
    return *request == NULL ? GGE_OUT_OF_MEMORY : GGE_SUCCESS;
}

gg_error gg_request_close(gg_request request) {
    if (request == NULL) return GGE_INVALID_PARAMETER;
    ggi_reply_free(&request->reply);
    free(request);
    return GGE_SUCCESS;
}

gg_error gg_request_read(gg_request request, void *buffer, size_t buffer_size, size_t *amount_read) {
    if (amount_read != NULL) *amount_read = 0;
    if (request == NULL || amount_read == NULL || (buffer == NULL && buffer_size > 0)) return GGE_INVALID_PARAMETER;
    size_t left = request->reply.body.count - request->read;
    size_t amount = left < buffer_size ? left : buffer_size;
    if (amount > 0) memcpy(buffer, request->reply.body.bytes + request->read, amount);
    request->read += amount;
    *amount_read = amount;
    return GGE_SUCCESS;
}

// MARK: invoking

static gg_request_status status_of(const struct ggi_reply *reply, const char *what) {
    if (reply->status >= 200 && reply->status < 300) {
        return reply->function_error == GGI_NO_ERROR  ? GG_REQUEST_SUCCESS
               : reply->function_error == GGI_HANDLED ? GG_REQUEST_HANDLED
                                                      : GG_REQUEST_UNHANDLED;
    }
    ggi_say(GG_LOG_ERROR, "%s was refused with HTTP status %d: %.*s", what, reply->status, (int)reply->body.count,
            reply->body.count > 0 ? reply->body.bytes : "");
    return reply->status == 429 ? GG_REQUEST_AGAIN : GG_REQUEST_UNKNOWN;
}

// Nothing is known yet: what a caller reads after a call that was not made.
static void forget(gg_request_result *result) {
    if (result != NULL) result->request_status = GG_REQUEST_UNKNOWN;
}

// Invokes an ARN and, unless it is an event, waits for the result. `what` names the call in the log.
static gg_error invoke(
    gg_request request, const char *what, struct ggi_call *call, bool is_event, gg_request_result *result) {
    struct ggi_reply *reply = &request->reply;
    gg_request_status status = GG_REQUEST_UNKNOWN;
    request->read = 0;
    ggi_buffer_clear(&reply->body);
    if (ggi_refuses_calls()) return GGE_TERMINATE;
    if (call->body_size > GGI_LARGEST_BODY) {
        ggi_say(GG_LOG_ERROR, "%s: a payload has at most %d bytes.", what, GGI_LARGEST_BODY);
        return GGE_INVALID_PARAMETER;
    }
    call->method = "POST";
    call->path = "";
    call->invocation_type = is_event ? "Event" : "RequestResponse";
    int connection = ggi_connection_take();
    gg_error error = ggi_exchange(&connection, call, reply);
    if (error == GGE_SUCCESS) status = status_of(reply, what);
    if (error == GGE_SUCCESS && status == GG_REQUEST_SUCCESS && !is_event) {
        char id[GGI_LONGEST_ID + 1];
        memcpy(id, reply->invocation_id, sizeof id);
        // A handler that finishes its work gets the answer that it waits for, also when the process is to end.
        struct ggi_call collection = {
            .method = "GET", .arn = call->arn, .path = "", .invocation_id = id, .waits = !ggi_is_handling()};
        error = ggi_exchange(&connection, &collection, reply);
        status = error == GGE_SUCCESS ? status_of(reply, what) : GG_REQUEST_UNKNOWN;
    } else if (is_event && status == GG_REQUEST_SUCCESS) {
        ggi_buffer_clear(&reply->body);
    }
    ggi_connection_give_back(connection);
    if (error == GGE_INTERNAL_FAILURE) {
        ggi_say(GG_LOG_ERROR, "%s: the Greengrass core cannot be reached, or does not answer as one.", what);
    }
    if (error != GGE_SUCCESS) ggi_buffer_clear(&reply->body);
    if (result != NULL) result->request_status = status;
    return error;
}

// Whether the text can stand in the target of a request as it is.
static bool is_arn(const char *text) {
    size_t length = strlen(text);
    if (length < 5 || length > LONGEST_ARN || memcmp(text, "arn:", 4) != 0) return false;
    for (; *text != '\0'; text++) {
        if (*text <= ' ' || *text >= 0x7F || strchr("/?#%", *text) != NULL) return false;
    }
    return true;
}

// arn:aws:lambda:region:account:function:name[:version], with the version that `qualifier` may supply or repeat.
static bool append_qualified(struct ggi_buffer *arn, const char *function_arn, const char *qualifier) {
    if (!is_arn(function_arn)) return false;
    const char *version = NULL;
    int colons = 0;
    for (const char *next = function_arn; *next != '\0'; next++) {
        if (*next == ':' && ++colons == 7) version = next + 1;
    }
    ggi_append_text(arn, function_arn);
    if (qualifier != NULL && *qualifier != '\0') {
        if (version != NULL && strcmp(version, qualifier) != 0) return false;
        if (version == NULL) {
            ggi_append_text(arn, ":");
            ggi_append_text(arn, qualifier);
        }
    }
    ggi_append(arn, "", 1);
    return !arn->failed && is_arn(arn->bytes);
}

static bool is_context(const char *text) {
    size_t length = strlen(text);
    for (size_t index = 0; index < length; index++) {
        if (text[index] <= ' ' || text[index] >= 0x7F) return false;
    }
    return length <= LONGEST_CONTEXT;
}

gg_error gg_invoke(gg_request request, const gg_invoke_options *options, gg_request_result *result) {
    forget(result);
    if (request == NULL || options == NULL || options->function_arn == NULL) return GGE_INVALID_PARAMETER;
    if (options->payload == NULL && options->payload_size > 0) return GGE_INVALID_PARAMETER;
    if (options->type != GG_INVOKE_EVENT && options->type != GG_INVOKE_REQUEST_RESPONSE) return GGE_INVALID_PARAMETER;
    const char *context = options->customer_context != NULL ? options->customer_context : "";
    if (!is_context(context)) {
        ggi_say(GG_LOG_ERROR, "gg_invoke: customer_context is not base64, or longer than %d bytes.", LONGEST_CONTEXT);
        return GGE_INVALID_PARAMETER;
    }
    struct ggi_buffer arn = {0};
    gg_error error = GGE_INVALID_PARAMETER;
    if (append_qualified(&arn, options->function_arn, options->qualifier)) {
        struct ggi_call call = {
            .arn = arn.bytes, .client_context = context, .body = options->payload, .body_size = options->payload_size};
        error = invoke(request, "gg_invoke", &call, options->type == GG_INVOKE_EVENT, result);
    } else {
        ggi_say(GG_LOG_ERROR,
                "gg_invoke: expected function_arn arn:aws:lambda:REGION:ACCOUNT:function:NAME:VERSION, and a qualifier "
                "only where it has no version or the same.");
    }
    ggi_buffer_free(&arn);
    return error;
}

// MARK: publishing

// Appends ,"key":"text".
static void append_member(struct ggi_buffer *json, const char *separator, const char *key, const char *text) {
    ggi_append_text(json, separator);
    ggi_append_json(json, key, strlen(key));
    ggi_append_text(json, ":");
    ggi_append_json(json, text, strlen(text));
}

// Invokes a system function with a client context of {"custom":{…}}.
static gg_error invoke_with_context(
    gg_request request, const char *what, struct ggi_call *call, struct ggi_buffer *json, bool is_event,
    gg_request_result *result) {
    struct ggi_buffer context = {0};
    ggi_append_base64(&context, json->bytes, json->count);
    ggi_append(&context, "", 1);
    gg_error error = GGE_OUT_OF_MEMORY;
    if (!json->failed && !context.failed) {
        call->client_context = context.bytes;
        bool fits = context.count <= LONGEST_CONTEXT;
        error = fits ? invoke(request, what, call, is_event, result) : GGE_INVALID_PARAMETER;
    }
    ggi_buffer_free(&context);
    ggi_buffer_free(json);
    return error;
}

gg_error gg_publish_options_init(gg_publish_options *options) {
    if (options == NULL) return GGE_INVALID_PARAMETER;
    *options = calloc(1, sizeof **options);
    return *options == NULL ? GGE_OUT_OF_MEMORY : GGE_SUCCESS;
}

gg_error gg_publish_options_free(gg_publish_options options) {
    if (options == NULL) return GGE_INVALID_PARAMETER;
    free(options);
    return GGE_SUCCESS;
}

gg_error gg_publish_options_set_queue_full_policy(gg_publish_options options, gg_queue_full_policy_options policy) {
    if (options == NULL) return GGE_INVALID_PARAMETER;
    if (policy != GG_QUEUE_FULL_POLICY_BEST_EFFORT && policy != GG_QUEUE_FULL_POLICY_ALL_OR_ERROR) {
        return GGE_INVALID_PARAMETER;
    }
    options->has_policy = true;
    options->policy = policy;
    return GGE_SUCCESS;
}

gg_error gg_publish_with_options(
    gg_request request, const char *topic, const void *payload, size_t payload_size, const gg_publish_options options,
    gg_request_result *result) {
    forget(result);
    if (request == NULL || topic == NULL || *topic == '\0') return GGE_INVALID_PARAMETER;
    if (payload == NULL && payload_size > 0) return GGE_INVALID_PARAMETER;
    if (!ggi_is_utf8(topic, strlen(topic))) {
        ggi_say(GG_LOG_ERROR, "gg_publish: the topic is not UTF-8.");
        return GGE_INVALID_PARAMETER;
    }
    struct ggi_buffer json = {0};
    append_member(&json, "{\"custom\":{", "source", ggi_environment.function_arn);
    append_member(&json, ",", "subject", topic);
    if (options != NULL && options->has_policy) {
        bool wants_all = options->policy == GG_QUEUE_FULL_POLICY_ALL_OR_ERROR;
        append_member(&json, ",", "queueFullPolicy", wants_all ? "AllOrError" : "BestEffort");
    }
    ggi_append_text(&json, "}}");
    struct ggi_call call = {.arn = ggi_environment.router_arn, .body = payload, .body_size = payload_size};
    return invoke_with_context(request, "gg_publish", &call, &json, true, result);
}

gg_error gg_publish(
    gg_request request, const char *topic, const void *payload, size_t payload_size, gg_request_result *result) {
    return gg_publish_with_options(request, topic, payload, payload_size, NULL, result);
}

// MARK: shadows and secrets

// These services answer an error as an ordinary result with two keys (docs/function-protocol.md).
static void recognise_error(gg_request request, gg_request_result *result, const char *first, const char *second) {
    if (result == NULL || result->request_status != GG_REQUEST_SUCCESS) return;
    const struct ggi_buffer *body = &request->reply.body;
    if (ggi_has_keys(body->bytes, body->count, first, second)) result->request_status = GG_REQUEST_HANDLED;
}

static gg_error shadow(
    gg_request request, const char *what, const char *operation, const char *thing, const char *document,
    gg_request_result *result) {
    forget(result);
    if (request == NULL || thing == NULL || *thing == '\0') return GGE_INVALID_PARAMETER;
    struct ggi_buffer topic = {0}, json = {0};
    ggi_append_text(&topic, "$aws/things/");
    ggi_append_text(&topic, thing);
    ggi_append_text(&topic, "/shadow/");
    ggi_append_text(&topic, operation);
    ggi_append(&topic, "", 1);
    if (topic.failed) return GGE_OUT_OF_MEMORY;
    append_member(&json, "{\"custom\":{", "subject", topic.bytes);
    ggi_append_text(&json, "}}");
    ggi_buffer_free(&topic);
    struct ggi_call call = {
        .arn = ggi_environment.shadow_arn, .body = document, .body_size = document != NULL ? strlen(document) : 0};
    gg_error error = invoke_with_context(request, what, &call, &json, false, result);
    if (error == GGE_SUCCESS) recognise_error(request, result, "code", "message");
    return error;
}

gg_error gg_get_thing_shadow(gg_request request, const char *thing_name, gg_request_result *result) {
    return shadow(request, "gg_get_thing_shadow", "get", thing_name, NULL, result);
}

gg_error gg_update_thing_shadow(
    gg_request request, const char *thing_name, const char *update_payload, gg_request_result *result) {
    forget(result);
    if (update_payload == NULL) return GGE_INVALID_PARAMETER;
    return shadow(request, "gg_update_thing_shadow", "update", thing_name, update_payload, result);
}

gg_error gg_delete_thing_shadow(gg_request request, const char *thing_name, gg_request_result *result) {
    return shadow(request, "gg_delete_thing_shadow", "delete", thing_name, NULL, result);
}

gg_error gg_get_secret_value(
    gg_request request, const char *secret_id, const char *version_id, const char *version_stage,
    gg_request_result *result) {
    forget(result);
    if (request == NULL || secret_id == NULL || *secret_id == '\0') return GGE_INVALID_PARAMETER;
    struct ggi_buffer json = {0};
    append_member(&json, "{", "SecretId", secret_id);
    if (version_id != NULL && *version_id != '\0') append_member(&json, ",", "VersionId", version_id);
    if (version_stage != NULL && *version_stage != '\0') append_member(&json, ",", "VersionStage", version_stage);
    ggi_append_text(&json, "}");
    gg_error error = GGE_OUT_OF_MEMORY;
    if (!json.failed) {
        struct ggi_call call = {
            .arn = ggi_environment.secrets_arn, .client_context = "", .body = json.bytes, .body_size = json.count};
        error = invoke(request, "gg_get_secret_value", &call, false, result);
    }
    ggi_buffer_free(&json);
    if (error == GGE_SUCCESS) recognise_error(request, result, "Status", "Message");
    return error;
}
