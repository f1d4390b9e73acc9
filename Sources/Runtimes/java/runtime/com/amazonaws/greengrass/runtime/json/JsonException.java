package com.amazonaws.greengrass.runtime.json;

/** Text that is no JSON, or a value that has no place in the type it is to become. */
public class JsonException extends Exception {
    private static final long serialVersionUID = 1;

    public JsonException(String message) {
        super(message);
    }

    public JsonException(String message, Throwable cause) {
        super(message, cause);
    }
}
