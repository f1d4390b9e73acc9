'use strict';

// Gets what a function says into its log: console.debug at DEBUG, console.log and info at INFO, console.warn at WARN,
// console.error and trace at ERROR; process.stdout at INFO and process.stderr at ERROR.

const records = require('./records');

// Which level a stream writes at while console.debug or console.warn uses it.
const levels = { 1: 'INFO', 2: 'ERROR' };

function makeStream(number) {
    const Writable = require('stream').Writable;
    const stream = new Writable({
        decodeStrings: false,
        write(chunk, encoding, callback) {
            records.writeBytes(levels[number], typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk);
            callback();
        },
    });
    stream.fd = number;
    stream._type = 'pipe';
    stream._isStdio = true;
    // As Node's own: ending or destroying a standard stream leaves it usable.
    stream.destroySoon = stream.destroy = function destroy(error, callback) {
        if (typeof callback === 'function') {
            callback(error);
        }
        return stream;
    };
    return stream;
}

function replace(name, number) {
    let stream;
    Object.defineProperty(process, name, {
        configurable: true,
        enumerable: true,
        get() {
            if (stream === undefined) {
                stream = makeStream(number);
            }
            return stream;
        },
        set(value) {
            stream = value;
        },
    });
}

// The console's own method with another level for what it writes: groups, formats and the rest stay Node's.
function atLevel(method, number, level) {
    const usual = levels[number];
    return function log() {
        levels[number] = level;
        try {
            method.apply(console, arguments);
        } finally {
            levels[number] = usual;
        }
    };
}

/** To be called before any code of the function runs. */
function install() {
    replace('stdout', 1);
    replace('stderr', 2);
    console.debug = atLevel(console.log, 1, 'DEBUG');
    console.warn = atLevel(console.warn, 2, 'WARN');
}

module.exports = { install };
