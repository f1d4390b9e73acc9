package com.amazonaws.greengrass.common;

/** Writes to the function's log. */
public class GreengrassLogger {
    public void log(byte[] message, LogLevel level) {
        LogRecords.write(level, message);
    }

    public void log(String message, LogLevel level) {
        LogRecords.write(level, message);
    }

    public void trace(String message) {
        LogRecords.write(LogLevel.TRACE, message);
    }

    public void debug(String message) {
        LogRecords.write(LogLevel.DEBUG, message);
    }

    public void info(String message) {
        LogRecords.write(LogLevel.INFO, message);
    }

    public void warn(String message) {
        LogRecords.write(LogLevel.WARN, message);
    }

    public void error(String message) {
        LogRecords.write(LogLevel.ERROR, message);
    }

    public void fatal(String message) {
        LogRecords.write(LogLevel.FATAL, message);
    }
}
