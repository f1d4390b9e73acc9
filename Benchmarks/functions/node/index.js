'use strict';

// Sends each event back (`make bench-functions`).
const greengrass = require('aws-greengrass-core-sdk');

const client = new greengrass.IotData();

exports.handler = (event, context, callback) => {
    const topic = context.clientContext.Custom.subject.replace('/in', '/out');
    client.publish({ topic, payload: JSON.stringify(event) }, callback);
};
