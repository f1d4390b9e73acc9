package com.amazonaws.greengrass.ipcsdk;

/** An invocation on its way to a handler. */
public final class WorkItem {
    public final String invocationId;
    public final byte[] payload;
    /** Base64 of JSON, or empty. */
    public final String clientContext;

    WorkItem(String invocationId, byte[] payload, String clientContext) {
        this.invocationId = invocationId;
        this.payload = payload;
        this.clientContext = clientContext;
    }
}
