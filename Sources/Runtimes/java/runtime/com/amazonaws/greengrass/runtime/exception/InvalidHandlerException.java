package com.amazonaws.greengrass.runtime.exception;

/** The function's package has no such handler. */
public class InvalidHandlerException extends Exception {
    private static final long serialVersionUID = 1;

    public InvalidHandlerException(String message) {
        super(message);
    }
}
