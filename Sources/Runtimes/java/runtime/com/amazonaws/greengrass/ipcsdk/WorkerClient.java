package com.amazonaws.greengrass.ipcsdk;

/** A worker's own requests, on a connection of its own: nothing that the function asks for can hold them up. */
public final class WorkerClient {
    private final Channel channel = new Channel(1);
    private final String functionArn;

    public WorkerClient(String functionArn) {
        this.functionArn = functionArn;
    }

    /** Waits for work, for as long as it takes. */
    public WorkItem getWork() throws IPCException {
        Response response = channel.exchange(new Request("GET", functionArn, "/work"));
        String context = response.header("x-amz-client-context");
        return new WorkItem(response.header("x-amz-invocationid"), response.body, context == null ? "" : context);
    }

    /** Reports a result. */
    public void postResult(String invocationId, byte[] payload) throws IPCException {
        channel.exchange(
            new Request("POST", functionArn, "/work").header("X-Amz-InvocationId", invocationId).body(payload));
    }

    /** Reports a handled error, as JSON. */
    public void postError(String invocationId, byte[] error) throws IPCException {
        channel.exchange(new Request("POST", functionArn, "/work")
            .header("X-Amz-InvocationId", invocationId)
            .header("X-Amz-Function-Error", "Handled")
            .body(error));
    }
}
