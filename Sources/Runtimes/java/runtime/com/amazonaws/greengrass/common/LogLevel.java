package com.amazonaws.greengrass.common;

/** Levels of a function's log, the gravest first. */
public enum LogLevel {
    FATAL, ERROR, WARN, INFO, DEBUG, TRACE, NOTSET
}
