package com.amazonaws.greengrass.ipcsdk;

import com.amazonaws.greengrass.common.EnvVars;
import java.nio.charset.StandardCharsets;

/** One request to the core. */
final class Request {
    private static final byte[] NOTHING = new byte[0];

    final boolean mayRepeat;
    private final StringBuilder head = new StringBuilder(512);
    private byte[] body = NOTHING;

    Request(String method, String functionArn, String operation) throws IPCException {
        mayRepeat = method.equals("GET");
        check("A function ARN", functionArn, 0x21);
        head.append(method).append(" /2016-11-01/functions/").append(functionArn).append(operation)
            .append(" HTTP/1.1\r\nHost: localhost\r\n");
        header("Authorization", EnvVars.AUTH_TOKEN);
    }

    Request header(String name, String value) throws IPCException {
        String text = value == null ? "" : value;
        check(name, text, 0x20);
        head.append(name).append(": ").append(text).append("\r\n");
        return this;
    }

    Request body(byte[] bytes) {
        body = bytes == null ? NOTHING : bytes;
        return this;
    }

    /** Head and body in one piece: one system call. */
    byte[] bytes() {
        if (!mayRepeat) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        byte[] first = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = new byte[first.length + body.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(body, 0, all, first.length, body.length);
        return all;
    }

    /** Names and contexts come from the function: none may end a line of its own. */
    private static void check(String what, String value, int lowest) throws IPCException {
        boolean isFine = value != null;
        for (int index = 0; isFine && index < value.length(); index++) {
            isFine = value.charAt(index) >= lowest && value.charAt(index) < 0x7F;
        }
        if (!isFine) {
            throw new IPCException(what + " consists of printable ASCII characters: " + value, null);
        }
    }
}
