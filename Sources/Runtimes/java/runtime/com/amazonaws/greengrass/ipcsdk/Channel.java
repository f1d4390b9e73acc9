package com.amazonaws.greengrass.ipcsdk;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;

/** Connections to the core, kept open from request to request; any number of threads may use a channel. */
final class Channel {
    private final Semaphore places;
    private final ArrayDeque<Connection> idle = new ArrayDeque<>();

    /** @param most connections at a time; further requests wait */
    Channel(int most) {
        places = new Semaphore(most, true);
    }

    /** Sends a request and waits for its reply. A status of 400 or more is an exception. */
    Response exchange(Request request) throws IPCException {
        places.acquireUninterruptibly();
        Response response;
        try {
            response = attempt(request);
        } catch (IOException error) {
            throw new IPCException("Cannot reach the Greengrass core: " + error.getMessage(), error);
        } finally {
            places.release();
        }
        if (response.status >= 400) {
            throw new IPCException("HTTP Error " + response.status + ": " + response.reason, response.status);
        }
        return response;
    }

    private Response attempt(Request request) throws IOException {
        byte[] bytes = request.bytes();
        Connection connection = take();
        if (connection != null) {
            try {
                return finish(connection, connection.exchange(bytes));
            } catch (IOException error) {
                connection.close();
                // The core may have closed an idle connection just now. What may be asked twice is sent again; a POST
                // that may have arrived is not: a message must not be published twice.
                if (!request.mayRepeat) {
                    throw error;
                }
            }
        }
        connection = Connection.open();
        try {
            return finish(connection, connection.exchange(bytes));
        } catch (IOException error) {
            connection.close();
            throw error;
        }
    }

    private synchronized Connection take() {
        return idle.pollLast();
    }

    private synchronized Response finish(Connection connection, Response response) {
        if (connection.isReusable()) {
            idle.addLast(connection);
        } else {
            connection.close();
        }
        return response;
    }
}
