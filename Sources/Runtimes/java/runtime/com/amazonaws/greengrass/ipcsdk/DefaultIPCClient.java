package com.amazonaws.greengrass.ipcsdk;

/** The client that the public SDK makes, one for each of its own; all share the connections. */
public class DefaultIPCClient implements IPCClient {
    /** The core allows a worker 32 connections; one is the worker's own. */
    private static final Channel SHARED = new Channel(24);

    public DefaultIPCClient() {
    }

    /** Older SDKs name host and port; the core's own settings decide. */
    public DefaultIPCClient(String host, int port) {
    }

    @Override
    public String postWork(String functionArn, String invocationType, byte[] payload, String clientContext)
            throws IPCException {
        Request request = new Request("POST", functionArn, "")
            .header("X-Amz-Client-Context", clientContext)
            .header("X-Amz-Invocation-Type", invocationType)
            .body(payload);
        return SHARED.exchange(request).header("x-amz-invocationid");
    }

    @Override
    public WorkResult getWorkResult(String functionArn, String invocationId) throws IPCException {
        Request request = new Request("GET", functionArn, "").header("X-Amz-InvocationId", invocationId);
        Response response = SHARED.exchange(request);
        String error = response.header("x-amz-function-error");
        return new WorkResult(response.body, response.status, error == null ? "" : error);
    }
}
