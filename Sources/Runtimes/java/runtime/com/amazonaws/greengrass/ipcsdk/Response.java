package com.amazonaws.greengrass.ipcsdk;

import java.util.Map;

/** The core's reply to a request. */
final class Response {
    final int status;
    final String reason;
    final byte[] body;
    private final Map<String, String> headers;

    Response(int status, String reason, Map<String, String> headers, byte[] body) {
        this.status = status;
        this.reason = reason;
        this.headers = headers;
        this.body = body;
    }

    /** The value of a header by its name in lower case; null where it is missing. */
    String header(String name) {
        return headers.get(name);
    }
}
