'use strict';

// How a worker's process ends: on SIGTERM, by an exception nobody caught, by process.exit in a handler.

const records = require('./records');

// A function that listens to SIGTERM itself may take this long; the core kills what takes longer than it allows.
const GRACE_MILLISECONDS = 1000;

let watched;

function isAlone(event) {
    return process.listenerCount(event) <= 1;
}

function terminate() {
    records.write('DEBUG', 'Received SIGTERM; the worker ends.');
    if (isAlone('SIGTERM')) {
        process.exit(0);
    }
    setTimeout(() => process.exit(0), GRACE_MILLISECONDS);
}

// Node's own report would end with lines of the stack, and the core shows the last lines of a worker that died.
function uncaught(error) {
    if (!isAlone('uncaughtException')) {
        return;
    }
    records.write('ERROR', records.stackOf(error));
    records.write('FATAL', `Uncaught exception, the worker ends: ${records.messageOf(error)}`);
    process.exit(1);
}

// Functions written for Node.js 6 to 14 rely on living on after a rejection that nobody handles.
function unhandled(reason) {
    if (isAlone('unhandledRejection')) {
        records.write('ERROR', `Unhandled promise rejection: ${records.stackOf(reason)}`);
    }
}

function exiting(code) {
    if (watched && watched.isBusy()) {
        records.write('ERROR', `The process ends with exit code ${code} while its handler has an invocation.`);
    }
}

// The event loop has nothing left to wait for.
function drained() {
    if (watched) {
        watched.drained();
        return;
    }
    records.write('FATAL', 'The handler\'s module waits for something that never comes (an await at its top level).');
    process.exit(1);
}

/** Before code of the function runs. */
function install() {
    process.on('beforeExit', drained);
    process.on('SIGTERM', terminate);
    process.on('uncaughtException', uncaught);
    process.on('unhandledRejection', unhandled);
}

/** When the worker is there: an invocation whose handler has nothing left to do is over. */
function watch(worker) {
    watched = worker;
    process.on('exit', exiting);
}

module.exports = { install, watch };
