/// Functions in JavaScript, as their authors would write them against the public `aws-greengrass-core-sdk`.
enum NodeCode {
    /// Publishes what it receives, with the topic it came from, to `TARGET_TOPIC`; by callback.
    static let echo = """
        const greengrass = require('aws-greengrass-core-sdk');

        const client = new greengrass.IotData();

        exports.handler = (event, context, callback) => {
            console.log('got %j', event);
            const subject = context.clientContext.Custom.subject;
            const payload = JSON.stringify({ event, subject });
            client.publish({ topic: process.env.TARGET_TOPIC, payload }, callback);
        };
        """

    /// Says something on every channel that ends in its log; an async function.
    static let talker = """
        exports.handler = async (event) => {
            console.log('said by log');
            console.info('said by info');
            console.debug('said by debug');
            console.warn('said by warn');
            console.error('said by error');
            process.stdout.write('said on stdout\\n');
            process.stderr.write('said on stderr\\n');
        };
        """

    /// The SDK's hello world: publishes every `INTERVAL` milliseconds, whether it is called or not.
    static let helloWorld = """
        const greengrass = require('aws-greengrass-core-sdk');
        const os = require('os');

        const client = new greengrass.IotData();

        function sendMessage() {
            const message = `Hello world! Sent from Greengrass Core running on platform: ${os.type()}.`;
            client.publish({ topic: 'hello/world', payload: message }, (error) => {
                if (error) console.error(error);
            });
        }

        setInterval(sendMessage, Number(process.env.INTERVAL));

        exports.handler = function handler(event, context) {
            console.log(event, context);
        };
        """

    /// Invokes the function of `INVOKEE_ARN` with what it receives and publishes the answer to `answer`.
    static let invoker = """
        const greengrass = require('aws-greengrass-core-sdk');

        const iot = new greengrass.IotData();
        const lambda = new greengrass.Lambda();

        exports.handler = (event, context, callback) => {
            const params = {
                FunctionName: process.env.INVOKEE_ARN,
                InvocationType: 'RequestResponse',
                ClientContext: Buffer.from('{"custom":{"customData":"from the invoker"}}').toString('base64'),
                Payload: JSON.stringify(event),
            };
            lambda.invoke(params, (error, data) => {
                if (error) {
                    callback(error);
                    return;
                }
                iot.publish({ topic: 'answer', payload: JSON.stringify(data) }, callback);
            });
        };
        """

    /// Answers its caller with twice the number it was given; fails for anything else.
    static let doubler = """
        exports.handler = (event, context, callback) => {
            if (typeof event.number !== 'number') throw new TypeError('there is no number');
            callback(null, { double: 2 * event.number, custom: context.clientContext.Custom });
        };
        """

    /// A binary function: tells its caller what it got, as bytes.
    static let binary = """
        exports.handler = (event, context, callback) => {
            callback(null, Buffer.concat([Buffer.from(Buffer.isBuffer(event) ? 'buffer ' : 'no buffer '), event]));
        };
        """

    /// Ends as its event says.
    static let ender = """
        exports.handler = (event, context, callback) => {
            if (event.letter === 'exit') process.exit(7);
            if (event.letter === 'uncaught') setTimeout(() => { throw new Error('nobody caught me'); }, 1);
            else if (event.letter === 'hang') setInterval(() => {}, 1000);
            else callback(null, event.letter === 'large' ? 'x'.repeat(7e6) : 'well');
        };
        """
}
