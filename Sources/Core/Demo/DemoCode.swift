/// The functions of the demonstration. They publish with a request of their own instead of `greengrasssdk`, so that nothing has
/// to be installed (docs/function-protocol.md).
enum DemoCode {
    static let python = #"""
        """Gets {"celsius": C} and publishes {"fahrenheit": F}."""
        import base64
        import http.client
        import json
        import os

        ANSWER = "demo/python/fahrenheit"


        def handler(event, context):
            publish(ANSWER, {"fahrenheit": round(event["celsius"] * 9 / 5 + 32, 1)})


        def publish(topic, message):
            """What greengrasssdk.client("iot-data").publish does; with that SDK in this folder, use it."""
            about = base64.b64encode(json.dumps({"custom": {"subject": topic}}).encode()).decode()
            core = http.client.HTTPConnection("127.0.0.1", int(os.environ["GG_DAEMON_PORT"]))
            core.request("POST", "/2016-11-01/functions/" + os.environ["ROUTER_FUNCTION_ARN"], json.dumps(message), {
                "Authorization": os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"],
                "X-Amz-Invocation-Type": "Event", "X-Amz-Client-Context": about})
            print("published to", topic, "with", core.getresponse().status)

        """#

    static let node = #"""
        // Gets {"celsius": C} and publishes {"fahrenheit": F}.
        const http = require("http");

        const answer = "demo/nodejs/fahrenheit";

        exports.handler = (event, context, callback) => {
            publish(answer, { fahrenheit: Math.round(event.celsius * 18 + 320) / 10 }, callback);
        };

        // What aws-greengrass-core-sdk's IotData.publish does; with that SDK in this folder, use it.
        function publish(topic, message, callback) {
            const about = Buffer.from(JSON.stringify({ custom: { subject: topic } })).toString("base64");
            const request = http.request({
                host: "127.0.0.1", port: process.env.GG_DAEMON_PORT, method: "POST",
                path: "/2016-11-01/functions/" + process.env.ROUTER_FUNCTION_ARN,
                headers: {
                    "Authorization": process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN,
                    "X-Amz-Invocation-Type": "Event", "X-Amz-Client-Context": about,
                },
            }, (response) => {
                console.log("published to", topic, "with", response.statusCode);
                response.resume();
                callback(null, null);
            });
            request.on("error", callback);
            request.end(JSON.stringify(message));
        }

        """#
}
