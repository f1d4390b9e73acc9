'use strict';

// Finding the handler of a function: `--handler=module.function`.

const fs = require('fs');
const path = require('path');

/** The function's package has no such handler; the message says what it has. */
class HandlerNotFound extends Error {}

/** The handler's name from the command line: `--handler=x.y` or `--handler x.y`. */
function option(words) {
    for (let position = 0; position < words.length; position += 1) {
        if (words[position].startsWith('--handler=')) {
            return words[position].slice('--handler='.length);
        }
        if (words[position] === '--handler') {
            return words[position + 1];
        }
    }
    return undefined;
}

function listing(directory) {
    let names;
    try {
        names = fs.readdirSync(directory).sort();
    } catch (error) {
        return `nothing readable: ${error.message}`;
    }
    return names.length === 0 ? 'no files' : names.slice(0, 20).join(', ') + (names.length > 20 ? ', ...' : '');
}

// Where a module of the package is: beside its handler, or where NODE_PATH and node_modules lead.
function resolve(module, directory) {
    for (const name of [path.resolve(directory, module), path.resolve(directory, 'node_modules', module), module]) {
        try {
            return require.resolve(name);
        } catch (error) {
            if (error.code !== 'MODULE_NOT_FOUND') {
                throw error;
            }
        }
    }
    // What `require` does not look for by itself.
    const file = `${path.resolve(directory, module)}.mjs`;
    return fs.existsSync(file) ? file : undefined;
}

// `index.handler` is `handler` of module `index`. The module's name may have dots; if there is no such module, the
// function is looked for in an object the module exports (`index.api.handler`).
function find(name, directory) {
    const parts = name.split('.');
    for (let count = parts.length - 1; count > 0; count -= 1) {
        const module = parts.slice(0, count).join('.');
        const file = module && !module.endsWith('/') ? resolve(module, directory) : undefined;
        if (file) {
            return { module, file, names: parts.slice(count) };
        }
    }
    if (parts.length < 2 || parts.some(part => part === '')) {
        throw new HandlerNotFound(`"${name}" is not a handler. It is written module.function, for example index.handler.`);
    }
    throw new HandlerNotFound(`there is no module ${parts.slice(0, -1).join('.')} (the function's package has: `
        + `${listing(directory)})`);
}

// CommonJS at once, ES modules through a promise.
function loadModule(file) {
    if (!file.endsWith('.mjs')) {
        try {
            return Promise.resolve(require(file));
        } catch (error) {
            if (error.code !== 'ERR_REQUIRE_ESM' && error.code !== 'ERR_REQUIRE_ASYNC_MODULE') {
                return Promise.reject(error);
            }
        }
    }
    return require('./es_modules')(file);
}

/**
 * Loads the module of handler `name`.
 * @returns a promise of `{owner, call}`; whatever loading throws rejects it.
 */
function load(name, directory) {
    let found;
    try {
        found = find(name, directory);
    } catch (error) {
        return Promise.reject(error);
    }
    return loadModule(found.file).then((module) => {
        let owner = module;
        let value = module;
        for (const part of found.names) {
            owner = value;
            value = value === null || value === undefined ? undefined : value[part];
            if (value === undefined && owner === module && module && module.default) {
                // What transpilers make of `export default { handler }`.
                owner = module.default;
                value = owner[part];
            }
        }
        if (typeof value !== 'function') {
            const exported = module && typeof module === 'object' ? Object.keys(module).join(', ') : typeof module;
            throw new HandlerNotFound(
                `module ${found.module} has no function ${found.names.join('.')} (it exports: ${exported || 'nothing'})`);
        }
        return { owner, call: value };
    });
}

module.exports = { HandlerNotFound, option, load };
