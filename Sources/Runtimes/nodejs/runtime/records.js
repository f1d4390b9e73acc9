'use strict';

// Log records: bytes written to the descriptor the core opened for their level and named in _GG_LOG_FD_<LEVEL>.
// Writing waits until the core has taken them: nothing is lost when the process ends, and a function that floods its log
// is slowed down instead of growing. Without those variables (a function started by hand) records go to standard output
// and standard error.

const fs = require('fs');
const util = require('util');

const RANKS = { NOTSET: 0, TRACE: 1, DEBUG: 2, INFO: 3, WARN: 4, ERROR: 5, FATAL: 6 };
const FALLBACK = { TRACE: 1, DEBUG: 1, INFO: 1, WARN: 2, ERROR: 2, FATAL: 2 };
const STANDARD_ERROR = 2;
// What calls handlers: the frames below it say nothing about the function.
const CALLER = `${__dirname}/worker.js`;

const descriptors = {};
const threshold = RANKS[(process.env.LOG_LEVEL || 'NOTSET').trim().toUpperCase()] || 0;

function descriptor(level) {
    let found = descriptors[level];
    if (found === undefined) {
        const value = process.env[`_GG_LOG_FD_${level}`] || '';
        found = /^\d+$/.test(value) ? Number(value) : FALLBACK[level];
        descriptors[level] = found;
    }
    return found;
}

// Lets some time pass. The core's pipes block, so this is for descriptors that something else made non-blocking.
function pause() {
    if (typeof SharedArrayBuffer === 'function' && typeof Atomics === 'object') {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
}

function writeAll(number, bytes) {
    let written = 0;
    while (written < bytes.length) {
        try {
            written += fs.writeSync(number, bytes, written, bytes.length - written);
        } catch (error) {
            if (error.code === 'EAGAIN') {
                pause();
            } else if (error.code !== 'EINTR') {
                throw error;
            }
        }
    }
}

/** Writes bytes as they are. Never throws: a log must not break a function. */
function writeBytes(level, bytes) {
    if (RANKS[level] < threshold) {
        return;
    }
    const number = descriptor(level);
    try {
        writeAll(number, bytes);
    } catch (error) {
        if (error.code !== 'EBADF' || number === STANDARD_ERROR) {
            return;
        }
        descriptors[level] = STANDARD_ERROR;
        try {
            writeAll(STANDARD_ERROR, bytes);
        } catch (_) {
            // There is nowhere left to say it.
        }
    }
}

/** Writes a record: text of one line or more. */
function write(level, text) {
    writeBytes(level, Buffer.from(`${text}\n`));
}

/** The message of anything that was thrown. */
function messageOf(error) {
    try {
        if (error instanceof Error || (error && typeof error.message === 'string')) {
            return String(error.message) || error.name;
        }
        return typeof error === 'object' && error !== null ? util.inspect(error) : String(error);
    } catch (another) {
        return `(something without a message: it fails with ${another && another.name})`;
    }
}

/** The stack of anything that was thrown, as far as it is the function's; or else its message. */
function stackOf(error) {
    try {
        if (error && typeof error.stack === 'string' && error.stack) {
            const lines = error.stack.split('\n');
            const end = lines.findIndex(line => line.indexOf(CALLER) >= 0 && /^\s+at /.test(line));
            return (end > 0 ? lines.slice(0, end) : lines).join('\n');
        }
    } catch (_) {
        // A getter of the function's own that fails: the message will do.
    }
    return messageOf(error);
}

module.exports = { RANKS, write, writeBytes, messageOf, stackOf };
