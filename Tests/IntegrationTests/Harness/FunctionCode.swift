/// The functions of the tests, as their authors would write them against the public SDK.
enum FunctionCode {
    /// Publishes what it receives, with the topic it came from, to `TARGET_TOPIC`.
    static let echo = """
        import json
        import os

        import greengrasssdk

        client = greengrasssdk.client('iot-data')


        def function_handler(event, context):
            subject = context.client_context.custom['subject']
            reply = json.dumps({'event': event, 'subject': subject}, sort_keys=True)
            client.publish(topic=os.environ['TARGET_TOPIC'], payload=reply)
        """

    /// Publishes the very bytes that it receives to `TARGET_TOPIC`.
    static let binaryEcho = """
        import os

        import greengrasssdk

        client = greengrasssdk.client('iot-data')


        def function_handler(event, context):
            client.publish(topic=os.environ['TARGET_TOPIC'], payload=event)
        """

    /// Counts its calls in a global, publishes the count and its process ID to `count`.
    static let counter = """
        import json
        import os

        import greengrasssdk

        client = greengrasssdk.client('iot-data')
        calls = 0


        def function_handler(event, context):
            global calls
            calls += 1
            client.publish(topic='count', payload=json.dumps({'calls': calls, 'pid': os.getpid()}))
        """

    /// Invokes the function of `INVOKEE_ARN` with what it receives and publishes the answer to `answer`.
    static let invoker = """
        import json
        import os

        import greengrasssdk

        iot = greengrasssdk.client('iot-data')
        functions = greengrasssdk.client('lambda')


        def function_handler(event, context):
            answer = functions.invoke(
                FunctionName=os.environ['INVOKEE_ARN'], InvocationType='RequestResponse', Payload=json.dumps(event))
            failure = answer['FunctionError']
            # The SDK gives a result as a stream and an error as bytes.
            body = json.loads(answer['Payload'] if failure else answer['Payload'].read())
            iot.publish(topic='answer', payload=json.dumps({'body': body, 'error': failure}, sort_keys=True))
        """

    /// Answers its caller with twice the number it was given; fails for anything else.
    static let doubler = """
        def function_handler(event, context):
            return {'double': 2 * event['number']}
        """

    /// The guide's hello world (create-lambda.md): publishes at once and then every `INTERVAL` seconds from a timer.
    static let helloWorld = """
        import os
        import platform
        from threading import Timer

        import greengrasssdk

        client = greengrasssdk.client('iot-data')
        my_platform = platform.platform()


        def greengrass_hello_world_run():
            client.publish(
                topic='hello/world',
                payload='Hello world! Sent from Greengrass Core running on platform: {}'.format(my_platform))
            Timer(float(os.environ['INTERVAL']), greengrass_hello_world_run).start()


        greengrass_hello_world_run()


        def function_handler(event, context):
            return
        """

    /// Says something on every channel that ends in its log.
    static let talker = """
        import logging
        import sys

        logging.getLogger().setLevel(logging.DEBUG)


        def function_handler(event, context):
            print('said on stdout')
            sys.stdout.flush()
            logging.info('an info record')
            logging.error('an error record')
            sys.stderr.write('said on stderr\\n')
            sys.stderr.flush()
        """
}
