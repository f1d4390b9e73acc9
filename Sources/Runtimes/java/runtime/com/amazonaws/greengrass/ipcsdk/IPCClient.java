package com.amazonaws.greengrass.ipcsdk;

/** What functions and the public SDK ask of the core. */
public interface IPCClient {
    /**
     * Invokes a function.
     *
     * @param invocationType {@code Event} or {@code RequestResponse}
     * @param clientContext base64 of JSON, or null
     * @return the invocation's ID
     */
    String postWork(String functionArn, String invocationType, byte[] payload, String clientContext) throws IPCException;

    /** Waits for the result of an invocation of type {@code RequestResponse}. */
    WorkResult getWorkResult(String functionArn, String invocationId) throws IPCException;
}
