package com.amazonaws.greengrass.runtime;

import com.amazonaws.greengrass.runtime.json.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** A method that takes invocations, as bytes. */
final class Handler {
    private final Method method;
    private final Object owner;
    private final Type eventType;
    private final boolean usesStreams;

    /**
     * @param owner null for a static method
     * @param eventType what the event becomes; null for a method that takes none, or takes streams
     */
    Handler(Method method, Object owner, Type eventType, boolean usesStreams) {
        this.method = method;
        this.owner = owner;
        this.eventType = eventType;
        this.usesStreams = usesStreams;
    }

    /** What went wrong before or after the handler, with a sentence for whoever wrote the function. */
    static final class Mismatch extends Exception {
        private static final long serialVersionUID = 1;

        Mismatch(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Calls the method; what it throws is in an InvocationTargetException. */
    byte[] call(byte[] payload, Context context) throws Mismatch, InvocationTargetException {
        Object event = eventType == null ? null : event(payload);
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        Class<?>[] types = method.getParameterTypes();
        Object[] arguments = new Object[types.length];
        for (int index = 0; index < types.length; index++) {
            if (types[index].getName().equals(Context.INTERFACE)) {
                arguments[index] = context.proxy();
            } else if (usesStreams) {
                arguments[index] = types[index] == InputStream.class ? new ByteArrayInputStream(payload) : output;
            } else {
                arguments[index] = event;
            }
        }
        Object result;
        try {
            result = method.invoke(owner, arguments);
        } catch (IllegalAccessException error) {
            throw new Mismatch(method + " cannot be called: " + error.getMessage(), error);
        }
        if (usesStreams) {
            return output.toByteArray();
        }
        try {
            return Json.write(result);
        } catch (Exception | StackOverflowError error) {
            throw new Mismatch("The result of the handler, a " + result.getClass().getName() + ", cannot be written as JSON: "
                + error.getMessage(), error);
        }
    }

    private Object event(byte[] payload) throws Mismatch {
        String text;
        try {
            CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload));
            text = decoded.length() == 0 ? "{}" : decoded.toString();
        } catch (CharacterCodingException error) {
            throw notJson("it is no text in UTF-8", error);
        }
        try {
            return Json.read(text, eventType);
        } catch (Exception | StackOverflowError error) {
            throw notJson(String.valueOf(error.getMessage()), error);
        }
    }

    private Mismatch notJson(String reason, Throwable cause) {
        return new Mismatch("The payload of the invocation is not JSON for the handler's " + eventType.getTypeName()
            + ", and the function's EncodingType is \"json\" (send JSON, or set it to \"binary\"): " + reason, cause);
    }
}
