'use strict';

// What goes into a handler and what comes out of it, as bytes.

const records = require('./records');

/** What the handler gets: the bytes, or the value their JSON stands for ({} where there are none). */
function decodeEvent(payload, encoding) {
    if (encoding === 'binary') {
        return payload;
    }
    if (payload.length === 0) {
        return {};
    }
    try {
        return JSON.parse(payload.toString('utf8'));
    } catch (error) {
        throw new Error('The payload of the invocation is not JSON, and the function\'s EncodingType is "json" '
            + `(send JSON, or set it to "binary"): ${error.message}`);
    }
}

function jsonBytes(result) {
    const text = JSON.stringify(result);
    if (text === undefined) {
        throw new TypeError(`A ${typeof result} cannot be the result of a function.`);
    }
    return Buffer.from(text);
}

function binaryBytes(result) {
    if (result === undefined || result === null) {
        return Buffer.alloc(0);
    }
    if (Buffer.isBuffer(result)) {
        return result;
    }
    if (ArrayBuffer.isView(result)) {
        return Buffer.from(result.buffer, result.byteOffset, result.byteLength);
    }
    if (result instanceof ArrayBuffer) {
        return Buffer.from(result);
    }
    if (typeof result === 'string') {
        return Buffer.from(result);
    }
    return jsonBytes(result); // the SDK's own example gives a binary function's caller an object
}

/** The bytes that answer an invocation; throws when there is no way to make them. */
function encodeResult(result, encoding) {
    if (encoding === 'binary') {
        return binaryBytes(result);
    }
    if (result === undefined) {
        return Buffer.from('null');
    }
    return jsonBytes(result);
}

function described(value) {
    if (typeof value === 'object' && value !== null) {
        try {
            const text = String(value);
            return text === '[object Object]' ? JSON.stringify(value) : text;
        } catch (_) {
            return records.messageOf(value);
        }
    }
    return String(value);
}

/** The body of a handled error, for anything that may be thrown or given to a callback. */
function errorBody(error, prefix) {
    if (!(error instanceof Error) && !(error && typeof error.stack === 'string')) {
        return JSON.stringify({ errorMessage: prefix + described(error) });
    }
    const body = { errorMessage: prefix + records.messageOf(error), stackTrace: [] };
    const kind = typeof error.code === 'string' ? error.code : error.name;
    if (typeof kind === 'string' && kind) {
        body.errorType = kind;
    }
    for (const line of records.stackOf(error).split('\n')) {
        if (/^\s+at /.test(line)) {
            body.stackTrace.push(line.trim());
        }
    }
    return JSON.stringify(body);
}

module.exports = { decodeEvent, encodeResult, errorBody };
