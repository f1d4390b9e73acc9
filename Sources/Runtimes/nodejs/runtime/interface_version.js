'use strict';

// Whether the Greengrass SDK a function brings asks for more than this core has.
//
// The SDK says what it needs in `exports.GreengrassInterfaceVersion`. Loading it to find out would cost a function that
// does not use it time and its complaints about missing parts, so the line is read from the file.

const fs = require('fs');
const path = require('path');

const SDKS = ['aws-greengrass-core-sdk', 'greengrass-core-sdk'];
const DECLARATION = /GreengrassInterfaceVersion['"\]]*\s*[=:]\s*['"]([^'"]*)['"]/;

function mainOf(folder) {
    try {
        const main = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')).main;
        return path.join(folder, typeof main === 'string' ? main : 'index.js');
    } catch (_) {
        return path.join(folder, 'index.js');
    }
}

/** The interface version of the first SDK found, '1.0' of one that declares none; undefined where there is no SDK. */
function declaredVersion(folders) {
    for (const folder of folders) {
        for (const name of SDKS) {
            let source;
            try {
                source = fs.readFileSync(mainOf(path.join(folder, name)), 'utf8');
            } catch (_) {
                continue;
            }
            const match = DECLARATION.exec(source);
            return match ? match[1] : '1.0';
        }
    }
    return undefined;
}

/** Throws when the SDK needs another major version than `maximum` or a higher minor one. */
function check(arn, maximum, directory) {
    if (!maximum) {
        return;
    }
    const searched = (process.env.NODE_PATH || '').split(path.delimiter).filter(Boolean);
    const declared = declaredVersion([path.join(directory, 'node_modules'), directory].concat(searched));
    if (declared === undefined) {
        return;
    }
    const parseVersion = require('../node_modules/aws-greengrass-common-js').versionParser.parseVersion;
    const asked = parseVersion(declared);
    const offered = parseVersion(maximum);
    if (asked.major !== offered.major || asked.minor > offered.minor) {
        throw new Error('There was a version incompatibility between the Greengrass SDK used by your function '
            + `[${arn}] and the Greengrass Core. The SDK needs interface version ${declared}, the core has ${maximum}. `
            + `Put a version of aws-greengrass-core-sdk into the function's package that asks for at most ${maximum}.`);
    }
}

module.exports = { check };
