package com.amazonaws.greengrass.common;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;

/**
 * Log records: lines on the descriptor that the core opened for their level and named in {@code _GG_LOG_FD_<LEVEL>}.
 * Standard output is one of them (INFO), standard error another (ERROR). Writing waits until the core has taken a record.
 */
public final class LogRecords {
    private static final OutputStream[] STREAMS = new OutputStream[LogLevel.values().length];
    private static final LogLevel THRESHOLD = threshold(System.getenv("LOG_LEVEL"));

    private LogRecords() {
    }

    /** Writes a record. Never throws: a log must not break a function. */
    public static void write(LogLevel level, String message) {
        write(level, message.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes a record of text in UTF-8. */
    public static void write(LogLevel level, byte[] message) {
        LogLevel known = level == null || level == LogLevel.NOTSET ? LogLevel.INFO : level;
        if (known.compareTo(THRESHOLD) > 0) {
            return;
        }
        byte[] line = new byte[message.length + 1];
        System.arraycopy(message, 0, line, 0, message.length);
        line[message.length] = '\n';
        try {
            OutputStream stream = stream(known);
            synchronized (stream) {
                stream.write(line);
            }
        } catch (IOException | RuntimeException error) {
            // There is nowhere left to say it.
        }
    }

    private static LogLevel threshold(String name) {
        for (LogLevel level : LogLevel.values()) {
            if (level.name().equalsIgnoreCase(name == null ? "" : name.trim())) {
                return level;
            }
        }
        return LogLevel.NOTSET;
    }

    private static synchronized OutputStream stream(LogLevel level) {
        OutputStream known = STREAMS[level.ordinal()];
        if (known == null) {
            known = open(level);
            STREAMS[level.ordinal()] = known;
        }
        return known;
    }

    private static OutputStream open(LogLevel level) {
        boolean isGrave = level.compareTo(LogLevel.WARN) <= 0;
        String value = System.getenv("_GG_LOG_FD_" + level.name());
        int number = value != null && value.matches("\\d{1,4}") ? Integer.parseInt(value) : isGrave ? 2 : 1;
        if (number > 2) {
            try {
                return new FileOutputStream("/proc/self/fd/" + number, true);
            } catch (IOException error) {
                // The pipe of a core that runs as another user cannot be opened again, only used.
            }
            try {
                return new FileOutputStream(descriptor(number));
            } catch (ReflectiveOperationException | RuntimeException error) {
                number = isGrave ? 2 : 1;
            }
        }
        return new FileOutputStream(number == 2 ? FileDescriptor.err : FileDescriptor.out);
    }

    /** An inherited descriptor: Java has no way to use one, but for a class that everybody uses and nobody should. */
    private static FileDescriptor descriptor(int number) throws ReflectiveOperationException {
        Class<?> type = Class.forName("sun.misc.Unsafe");
        Field instance = type.getDeclaredField("theUnsafe");
        instance.setAccessible(true);
        Object unsafe = instance.get(null);
        Field field = FileDescriptor.class.getDeclaredField("fd");
        Object offset = type.getMethod("objectFieldOffset", Field.class).invoke(unsafe, field);
        FileDescriptor descriptor = new FileDescriptor();
        type.getMethod("putInt", Object.class, long.class, int.class).invoke(unsafe, descriptor, offset, number);
        return descriptor;
    }
}
