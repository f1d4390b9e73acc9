'use strict';

// Stands in for the public SDK of the same name, which no package here has: the same entry points for functions, the same
// calls into the core's two modules, in words of our own.

const common = require('aws-greengrass-common-js');
const IPCClient = require('aws-greengrass-ipc-sdk-js');

const logger = new common.logging.LocalWatchLogger();

class Lambda {
    constructor() {
        this.ipc = new IPCClient(common.envVars.AUTH_TOKEN);
    }

    invoke(params, callback) {
        let fields;
        try {
            fields = new common.FunctionArnFields(params.FunctionName);
        } catch (error) {
            callback(new Error(`FunctionName is malformed: ${error}`), null);
            return;
        }
        const arn = common.buildFunctionArn(fields.unqualifiedArn, fields.qualifier || params.Qualifier);
        const type = params.InvocationType || 'RequestResponse';
        logger.debug(`Invoking ${arn}`);
        this.ipc.postWork(arn, params.Payload, params.ClientContext || '', type, (postError, invocationId) => {
            if (postError) {
                logger.error(`Failed to invoke function due to ${postError}`);
                callback(postError, null);
            } else if (type === 'Event') {
                callback(null, invocationId);
            } else {
                this.ipc.getWorkResult(arn, invocationId, (resultError, body, functionError, status) => {
                    if (resultError) {
                        callback(resultError, null);
                    } else {
                        callback(null, { FunctionError: functionError, StatusCode: status, Payload: body });
                    }
                });
            }
        });
    }
}

class IotData {
    constructor() {
        this.lambda = new Lambda();
    }

    publish(params, callback) {
        const custom = {
            source: common.envVars.MY_FUNCTION_ARN,
            subject: params.topic,
            queueFullPolicy: params.queueFullPolicy || '',
        };
        this.lambda.invoke({
            FunctionName: common.envVars.ROUTER_FUNCTION_ARN,
            InvocationType: 'Event',
            ClientContext: Buffer.from(JSON.stringify({ custom })).toString('base64'),
            Payload: params.payload,
        }, callback);
    }

    shadow(operation, params, callback) {
        const custom = { subject: `$aws/things/${params.thingName}/shadow/${operation}` };
        this.lambda.invoke({
            FunctionName: common.envVars.SHADOW_FUNCTION_ARN,
            ClientContext: Buffer.from(JSON.stringify({ custom })).toString('base64'),
            Payload: params.payload || '',
        }, callback);
    }

    getThingShadow(params, callback) { this.shadow('get', params, callback); }

    updateThingShadow(params, callback) { this.shadow('update', params, callback); }

    deleteThingShadow(params, callback) { this.shadow('delete', params, callback); }
}

class SecretsManager {
    constructor() {
        this.lambda = new Lambda();
    }

    getSecretValue(params, callback) {
        this.lambda.invoke({
            FunctionName: common.envVars.SECRETS_MANAGER_FUNCTION_ARN,
            Payload: Buffer.from(JSON.stringify({ SecretId: params.SecretId })),
        }, (error, data) => {
            if (error) {
                callback(error, null);
            } else if (data.Payload.indexOf('ARN') >= 0) {
                callback(null, data.Payload);
            } else {
                callback(new Error(JSON.stringify(data.Payload)), null);
            }
        });
    }
}

exports.GreengrassInterfaceVersion = '1.5';
exports.Lambda = Lambda;
exports.IotData = IotData;
exports.SecretsManager = SecretsManager;
