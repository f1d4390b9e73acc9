'use strict';

// Runs one worker of a Node.js function: `node lambda_nodejs_runtime.js --handler=index.handler`.
//
// The core starts it in the directory of the function's package, with the function's environment (MY_FUNCTION_ARN,
// ENCODING_TYPE, the token, where to find the core, the log descriptors). It loads the handler's module, which for a
// pinned function may already be the whole program, and then takes work from the core until it is told to stop.
//
// A process that cannot start says why in its log at FATAL and ends with a code other than 0. All of this runs on
// Node.js 6.10 and everything newer: no syntax after ES2015, and nothing is loaded that a function may never need.

const records = require('./runtime/records');
const endings = require('./runtime/endings');

// Before any code of the function runs: its console and its streams are its log.
require('./runtime/streams').install();

const envVars = require('./node_modules/aws-greengrass-common-js').envVars;
const handlers = require('./runtime/handlers');
const interfaceVersion = require('./runtime/interface_version');

function required(name) {
    const value = process.env[name];
    if (!value) {
        throw new Error(`${name} is not set; the core sets it for the functions it starts`);
    }
    return value;
}

function start() {
    const name = handlers.option(process.argv.slice(2));
    if (!name) {
        throw new Error('no handler was named; expected --handler=module.function');
    }
    const arn = required('MY_FUNCTION_ARN');
    required('AWS_CONTAINER_AUTHORIZATION_TOKEN');
    const encoding = process.env.ENCODING_TYPE || 'json';
    if (encoding !== 'json' && encoding !== 'binary') {
        throw new Error(`ENCODING_TYPE is "${encoding}"; expected json or binary`);
    }
    const directory = process.cwd();
    interfaceVersion.check(arn, envVars.GGC_MAX_INTERFACE_VERSION, directory);
    return handlers.load(name, directory).then((handler) => {
        const Worker = require('./runtime/worker');
        const worker = new Worker(arn, encoding, handler);
        endings.watch(worker);
        worker.run();
        records.write('DEBUG', `Running [${arn}]`);
    }, (error) => {
        const text = error instanceof handlers.HandlerNotFound ? error.message : records.stackOf(error);
        records.write('FATAL', `Failed to import handler function "${name}" due to exception: ${text}`);
        throw error;
    });
}

function fail(error) {
    records.write('FATAL', `Failed to initialize Lambda runtime due to exception: ${records.messageOf(error)}`);
    process.exit(1);
}

endings.install();
try {
    start().catch(fail);
} catch (error) {
    fail(error);
}
