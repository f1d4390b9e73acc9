package com.amazonaws.greengrass.ipcsdk;

import com.amazonaws.greengrass.common.EnvVars;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One HTTP/1.1 connection to the core, one request at a time. Java's own client costs a function a tenth of a second of
 * its start for what this protocol does not have.
 */
final class Connection {
    private static final int DEFAULT_PORT = 8000;
    private static final int LONGEST_LINE = 64 * 1024;
    private static final byte[][] LOOPBACK = {
        {127, 0, 0, 1}, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1},
    };

    private final Socket socket;
    private final InputStream input;
    private final byte[] buffer = new byte[16 * 1024];
    private int position;
    private int limit;
    private boolean keeps;

    private Connection(Socket socket) throws IOException {
        this.socket = socket;
        input = socket.getInputStream();
    }

    static Connection open() throws IOException {
        String value = EnvVars.GG_DAEMON_PORT;
        int port = value != null && value.matches("\\d{1,5}") ? Integer.parseInt(value) : DEFAULT_PORT;
        IOException failure = null;
        for (byte[] address : LOOPBACK) {
            // Whatever proxy the function's other connections take, this one takes none.
            Socket socket = new Socket(Proxy.NO_PROXY);
            try {
                socket.setTcpNoDelay(true);
                socket.connect(new InetSocketAddress(InetAddress.getByAddress("localhost", address), port));
                return new Connection(socket);
            } catch (IOException error) {
                socket.close();
                failure = failure == null ? error : failure;
            }
        }
        throw failure;
    }

    boolean isReusable() {
        return keeps && position == limit;
    }

    void close() {
        try {
            socket.close();
        } catch (IOException error) {
            // It is of no use any more, whatever is the matter.
        }
    }

    Response exchange(byte[] request) throws IOException {
        keeps = false;
        socket.getOutputStream().write(request);
        for (;;) {
            Response response = receive();
            if (response.status >= 200) {
                return response;
            }
        }
    }

    private Response receive() throws IOException {
        String first = line();
        String[] words = first.split(" ", 3);
        if (words.length < 2 || !words[0].startsWith("HTTP/1.") || !words[1].matches("\\d{3}")) {
            throw new IOException("the reply is not HTTP: " + first);
        }
        Map<String, String> headers = new HashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(line.substring(0, colon).trim().toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
            }
        }
        int status = Integer.parseInt(words[1]);
        String connection = headers.get("connection");
        keeps = words[0].equals("HTTP/1.1") ? !"close".equalsIgnoreCase(connection)
            : "keep-alive".equalsIgnoreCase(connection);
        byte[] body = status < 200 || status == 204 || status == 304 ? new byte[0] : body(headers);
        return new Response(status, words.length > 2 ? words[2] : "", headers, body);
    }

    private byte[] body(Map<String, String> headers) throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            for (;;) {
                int size = number(line().split(";", 2)[0].trim(), 16);
                if (size == 0) {
                    break;
                }
                whole.write(take(size));
                line();
            }
            while (!line().isEmpty()) {
                // Trailers say nothing here.
            }
            return whole.toByteArray();
        }
        String length = headers.get("content-length");
        if (length != null) {
            return take(number(length, 10));
        }
        keeps = false;
        while (position < limit || fill()) {
            whole.write(buffer, position, limit - position);
            position = limit;
        }
        return whole.toByteArray();
    }

    private static int number(String text, int radix) throws IOException {
        try {
            int number = Integer.parseInt(text, radix);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException error) {
            // Told below.
        }
        throw new IOException("the reply has a length of \"" + text + "\"");
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (;;) {
            if (position == limit && !fill()) {
                throw new EOFException("the core closed the connection");
            }
            int next = buffer[position++] & 0xFF;
            if (next == '\n') {
                int length = line.length();
                return length > 0 && line.charAt(length - 1) == '\r' ? line.substring(0, length - 1) : line.toString();
            }
            line.append((char) next);
            if (line.length() > LONGEST_LINE) {
                throw new IOException("the reply has a line of more than " + LONGEST_LINE + " bytes");
            }
        }
    }

    private byte[] take(int count) throws IOException {
        byte[] bytes = new byte[count];
        int filled = Math.min(count, limit - position);
        System.arraycopy(buffer, position, bytes, 0, filled);
        position += filled;
        while (filled < count) {
            int read = input.read(bytes, filled, count - filled);
            if (read < 0) {
                throw new EOFException("the core closed the connection");
            }
            filled += read;
        }
        return bytes;
    }

    private boolean fill() throws IOException {
        int read = input.read(buffer, 0, buffer.length);
        position = 0;
        limit = Math.max(read, 0);
        return read > 0;
    }
}
