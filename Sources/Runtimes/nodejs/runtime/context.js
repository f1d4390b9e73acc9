'use strict';

// The `context` argument of a handler.

function parts(clientContext) {
    if (!clientContext) {
        return {};
    }
    let fields;
    try {
        // Buffer passes over what is not base64: what comes out is no JSON then.
        fields = JSON.parse(Buffer.from(clientContext, 'base64').toString('utf8'));
    } catch (_) {
        throw new Error('The client context is not the base64 form of JSON.');
    }
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
        throw new Error('The client context is JSON, but not an object.');
    }
    return fields;
}

/** What came with the invocation: `context.clientContext.Custom.subject` is the topic of a subscription's message. */
function decodeClientContext(header) {
    const fields = parts(header);
    const clientContext = { client: fields.client || {}, Custom: fields.custom || {}, env: fields.env || {} };
    // The name that code shared with the cloud's other SDKs uses.
    Object.defineProperty(clientContext, 'custom', { value: clientContext.Custom, writable: true, configurable: true });
    return clientContext;
}

/** The context of one invocation; `done(error, result)` ends it. */
function makeContext(arn, invocationId, clientContextHeader, done) {
    const fields = arn.split(':');
    const context = {
        invokedFunctionArn: arn,
        awsRequestId: invocationId,
        functionName: fields.length > 6 ? fields[6] : arn,
        functionVersion: fields[7],
        clientContext: decodeClientContext(clientContextHeader),
    };
    // The ways out that AWS Lambda had before callbacks; not among the keys that a function may log.
    const ways = {
        done: (error, result) => done(error, result),
        succeed: result => done(null, result),
        fail: error => done(error === null || error === undefined ? new Error('The function failed.') : error),
    };
    for (const name of Object.keys(ways)) {
        Object.defineProperty(context, name, { value: ways[name], writable: true, configurable: true });
    }
    return context;
}

module.exports = { makeContext };
