package com.amazonaws.greengrass.ipcsdk;

/** A request to the core failed. */
public class IPCException extends Exception {
    private static final long serialVersionUID = 1;
    private final int status;

    public IPCException(String message, Throwable cause) {
        super(message, cause);
        status = 0;
    }

    public IPCException(String message, int status) {
        super(message);
        this.status = status;
    }

    /** The HTTP status; 0 when there was no reply. */
    public int getStatus() {
        return status;
    }
}
