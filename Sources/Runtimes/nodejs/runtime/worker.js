'use strict';

// The life of a worker: get work, call the handler, post what came of it, one work item at a time.

const BackoffRetry = require('../node_modules/aws-greengrass-common-js').BackoffRetry;
const IPCClient = require('../node_modules/aws-greengrass-ipc-sdk-js');
const records = require('./records');
const values = require('./values');
const makeContext = require('./context').makeContext;

const TOO_LARGE = 413;

// No reply, or a trouble of the core's own. What it refuses (400 to 499) it will refuse again.
function mayPass(error) {
    return error.status === undefined || error.status >= 500;
}

class Worker {
    constructor(arn, encoding, handler) {
        this.arn = arn;
        this.encoding = encoding;
        this.handler = handler;
        this.client = new IPCClient(process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN);
        // What fails is tried again, and said once, here.
        this.client.reportsErrors = false;
        // The invocation in hand; settled once.
        this.current = undefined;
    }

    /** Takes work until the process ends. */
    run() {
        this.attempt(done => this.client.getWork(this.arn, done), (error, payload, invocationId, clientContext) => {
            if (error) {
                records.write('FATAL', `The worker cannot go on: ${records.messageOf(error)}`);
                process.exit(1);
            }
            this.invoke(payload, invocationId, clientContext);
        });
    }

    /** Whether the handler has an invocation. */
    isBusy() {
        return this.current !== undefined;
    }

    /** Nothing is left that could call back: an invocation that nobody ended is over, without a result. */
    drained() {
        if (this.current) {
            this.current(null, undefined);
        }
    }

    attempt(operation, done) {
        new BackoffRetry().run(operation, mayPass, done);
    }

    invoke(payload, invocationId, clientContext) {
        const settle = (error, result) => {
            if (this.current !== settle) {
                return; // the first outcome counts
            }
            this.current = undefined;
            this.finish(invocationId, error, result, '');
        };
        this.current = settle;
        let event;
        let context;
        try {
            context = makeContext(this.arn, invocationId, clientContext, settle);
            event = values.decodeEvent(payload, this.encoding);
        } catch (error) {
            this.current = undefined;
            records.write('ERROR', error.message);
            this.postError(invocationId, values.errorBody(error, ''));
            return;
        }
        records.write('DEBUG', `START RequestId: ${invocationId}`);
        let returned;
        try {
            returned = this.handler.call.call(this.handler.owner, event, context, settle);
        } catch (error) {
            if (this.current === settle) {
                this.current = undefined;
                this.finish(invocationId, error === null || error === undefined ? new Error(String(error)) : error,
                    undefined, 'Failed to invoke handler: ');
            } else {
                records.write('ERROR', `The handler threw after it had ended the invocation: ${records.stackOf(error)}`);
            }
            return;
        }
        this.follow(returned, settle);
    }

    // A promise ends the invocation. One that resolves to nothing does so only where the handler takes no callback:
    // handlers for Node.js 8.10 were async functions that called it later.
    follow(returned, settle) {
        let then;
        try {
            then = returned && returned.then;
        } catch (error) {
            settle(error);
            return;
        }
        if (typeof then !== 'function') {
            return;
        }
        const takesCallback = this.handler.call.length > 2;
        Promise.resolve(returned).then((result) => {
            if (result !== undefined || !takesCallback) {
                settle(null, result);
            }
        }, (error) => {
            settle(error === null || error === undefined ? new Error(`The promise was rejected with ${error}.`) : error);
        });
    }

    finish(invocationId, error, result, prefix) {
        let body;
        let failure = error;
        if (failure === null || failure === undefined) {
            try {
                body = values.encodeResult(result, this.encoding);
            } catch (problem) {
                failure = problem;
            }
        }
        if (body !== undefined) {
            records.write('DEBUG', `End RequestId: ${invocationId}`);
            this.post(done => this.client.postWorkResult(this.arn, body, invocationId, done), (refusal) => {
                if (refusal.status !== TOO_LARGE) {
                    return false;
                }
                // Without an answer the caller would wait until the timeout, which would end this worker too.
                const errorMessage = `The result of the handler, ${body.length} bytes, is too large.`;
                records.write('ERROR', errorMessage);
                this.postError(invocationId, JSON.stringify({ errorMessage }));
                return true;
            });
            return;
        }
        records.write('ERROR', `The handler failed: ${records.stackOf(failure)}`);
        records.write('DEBUG', `End RequestId: ${invocationId}`);
        let text;
        try {
            text = values.errorBody(failure, prefix);
        } catch (problem) {
            text = JSON.stringify({ errorMessage: `${prefix}(an error that cannot be shown)` });
        }
        this.postError(invocationId, text);
    }

    postError(invocationId, text) {
        this.post(done => this.client.postHandlerErr(this.arn, text, invocationId, done));
    }

    // `handle` may take care of what the core refuses.
    post(operation, handle) {
        this.attempt(operation, (error) => {
            if (error && handle && handle(error)) {
                return;
            }
            if (error) {
                // The core has given up on this invocation (it may have timed out); the worker goes on with the next.
                records.write('WARN', `The core did not take the result: ${records.messageOf(error)}`);
            }
            this.run();
        });
    }
}

module.exports = Worker;
