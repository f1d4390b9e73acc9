package com.amazonaws.greengrass.runtime;

import com.amazonaws.greengrass.common.LogLevel;
import com.amazonaws.greengrass.common.LogRecords;
import com.amazonaws.greengrass.ipcsdk.IPCException;
import com.amazonaws.greengrass.ipcsdk.WorkItem;
import com.amazonaws.greengrass.ipcsdk.WorkerClient;
import com.amazonaws.greengrass.runtime.json.JsonException;
import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ThreadLocalRandom;

/** The life of a worker: get work, call the handler, post what came of it, one work item at a time. */
final class Worker {
    private static final int FIRST_PAUSE = 50;
    private static final int LONGEST_PAUSE = 500;
    private static final int MOST_ATTEMPTS = 10;
    private static final int TOO_LARGE = 413;
    private static final long MOST_TIME = 3_000_000_000L;

    private final String functionArn;
    private final Handler handler;
    private final WorkerClient client;
    private volatile boolean isBusy;

    Worker(String functionArn, Handler handler) {
        this.functionArn = functionArn;
        this.handler = handler;
        client = new WorkerClient(functionArn);
    }

    private interface Operation<T> {
        T run() throws IPCException;
    }

    /** Whether the handler has an invocation. */
    boolean isBusy() {
        return isBusy;
    }

    /** Takes work until the core is gone for too long, which is the exception. */
    void run() throws IPCException {
        for (;;) {
            WorkItem item = persistently(client::getWork);
            isBusy = true;
            LogRecords.write(LogLevel.DEBUG, "START RequestId: " + item.invocationId);
            byte[] result = null;
            byte[] error = null;
            try {
                result = handler.call(item.payload, new Context(functionArn, item.invocationId, item.clientContext));
            } catch (Handler.Mismatch | JsonException problem) {
                LogRecords.write(LogLevel.ERROR, problem.getMessage());
                error = Failure.body(problem);
            } catch (InvocationTargetException problem) {
                error = failed(problem.getCause());
            }
            isBusy = false;
            LogRecords.write(LogLevel.DEBUG, "End RequestId: " + item.invocationId);
            finish(item.invocationId, result, error);
        }
    }

    private static byte[] failed(Throwable error) {
        if (error instanceof VirtualMachineError && !(error instanceof StackOverflowError)) {
            // The machine is not to be relied on any more; the core tells the caller.
            LogRecords.write(LogLevel.FATAL, "The worker ends: " + error);
            Runtime.getRuntime().halt(1);
        }
        Failure.trim(error);
        LogRecords.write(LogLevel.ERROR, "The handler failed: " + Failure.stack(error));
        return Failure.body(error);
    }

    private void finish(String invocationId, byte[] result, byte[] error) {
        try {
            persistently(() -> {
                if (error == null) {
                    client.postResult(invocationId, result);
                } else {
                    client.postError(invocationId, error);
                }
                return null;
            });
        } catch (IPCException problem) {
            if (problem.getStatus() == TOO_LARGE && error == null) {
                // Without an answer the caller would wait until the timeout, which would end this worker too.
                String message = "The result of the handler, " + result.length + " bytes, is too large.";
                LogRecords.write(LogLevel.ERROR, message);
                finish(invocationId, null, Failure.body(message));
                return;
            }
            // The core has given up on this invocation (it may have timed out); the worker goes on with the next.
            LogRecords.write(LogLevel.WARN, "The core did not take the result: " + problem.getMessage());
        }
    }

    /** Tries again after pauses that double; what the core refuses (400 to 499) it will refuse again. */
    private static <T> T persistently(Operation<T> operation) throws IPCException {
        int pause = FIRST_PAUSE;
        long begun = 0;
        for (int attempt = 1;; attempt++) {
            try {
                return operation.run();
            } catch (IPCException error) {
                long now = System.nanoTime();
                // What waited for work for hours has the whole time from its failure on.
                begun = attempt == 1 ? now : begun;
                boolean mayPass = error.getStatus() == 0 || error.getStatus() >= 500;
                int jittered = pause / 2 + ThreadLocalRandom.current().nextInt(pause / 2 + 1);
                if (!mayPass || attempt >= MOST_ATTEMPTS || now - begun + jittered * 1_000_000L > MOST_TIME) {
                    throw error;
                }
                sleep(jittered);
                pause = Math.min(pause * 2, LONGEST_PAUSE);
            }
        }
    }

    private static void sleep(int milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException error) {
            // Nobody is to end the worker but the core.
        }
    }
}
