'use strict';

// Apart from the rest, because Node.js before 12 cannot even read it.
module.exports = file => import(require('url').pathToFileURL(file).href);
