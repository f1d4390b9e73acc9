import Foundation
import Testing

/// What code in a function finds: its environment, and what SDKs make of it.
@Suite("What functions find")
struct FunctionEnvironmentTests {
    /// docs/functions.md, "The environment".
    private static let names: Set = [
        "MY_FUNCTION_ARN", "ROUTER_FUNCTION_ARN", "SHADOW_FUNCTION_ARN", "SECRETS_MANAGER_FUNCTION_ARN",
        "ENCODING_TYPE", "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "GG_DAEMON_PORT", "IPC_SOCK_FILE", "GGC_VERSION", "GGC_MAX_INTERFACE_VERSION", "AWS_IOT_THING_NAME",
        "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_GG_MQTT_PORT", "GG_MQTT_KEEP_ALIVE", "LOG_LEVEL",
        "_GG_LOG_FD_INFO", "_GG_LOG_FD_ERROR", "_GG_LOG_FD_DEBUG", "_GG_LOG_FD_WARN", "_GG_LOG_FD_FATAL",
        "_GG_LOG_FD_TRACE", "AWS_GG_RESOURCE_PREFIX", "HOME", "LANG", "PATH", "PYTHONPATH", "NODE_PATH",
        "LD_LIBRARY_PATH",
    ]
    private static let cloudNames: Set = [
        "AWS_IOT_MQTT_ENDPOINT", "AWS_GG_MQTT_ENDPOINT", "AWS_IOT_HTTP_ENDPOINT", "AWS_GG_HTTP_ENDPOINT",
    ]

    private static let code = """
        import json
        import os

        import greengrasssdk

        client = greengrasssdk.client('iot-data')


        def function_handler(event, context):
            client.publish(topic='found', payload=json.dumps(dict(os.environ)))
        """

    private func group(_ function: GroupFolder.Function) -> GroupFolder {
        var group = GroupFolder()
        group.functions = [function]
        group.subscriptions = [
            (.device("asker"), "ask", .function(function.name)), (.function(function.name), "found", .device("asker")),
        ]
        return group
    }

    /// What a function of the code publishes when it is asked.
    private func answer(
        _ core: CoreUnderTest, _ code: String, memory: Int?, variables: [String: String] = [:],
        files: [String: String] = [:]
    ) throws -> String {
        var function = GroupFolder.Function(name: "Finder", code: code, variables: variables)
        function.memory = memory
        function.files = files
        try core.start(group(function), devices: "asker")
        let asker = try core.device(.paho, "asker", subscribe: "found")
        try asker.publish("ask", "{}")
        return try asker.receive().payload
    }

    private func environment(_ text: String) throws -> [String: String] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: String])
    }

    @Test(
        "SDK-05: a function's environment has exactly the documented names, and its own; without a container",
        arguments: [false, true])
    func plain(hasCloud: Bool) throws { try exactNames(memory: nil, hasCloud: hasCloud) }

    @Test(
        "SDK-05: a function's environment has exactly the documented names, and its own; in a container",
        .enabled(if: geteuid() == 0, "containers need root"), arguments: [false, true])
    func contained(hasCloud: Bool) throws { try exactNames(memory: 65_536, hasCloud: hasCloud) }

    private func exactNames(memory: Int?, hasCloud: Bool) throws {
        try CoreUnderTest.run { core in
            if hasCloud { try addCloud(core) }
            // What AWS's samples look for beside, and V1 did not give: their authors set it.
            let own = [
                "GROUP_ID": "5d5d5d", "AWS_GREENGRASS_GROUP_NAME": "First light",
                "AWS_IOT_THING_ARN": GroupFolder.thingARN("first-light_Core"),
            ]
            let found = try environment(try answer(core, Self.code, memory: memory, variables: own))
            let cloud = hasCloud ? Self.cloudNames : []
            #expect(Set(found.keys) == Self.names.union(cloud).union(own.keys))
            for (name, value) in own { #expect(found[name] == value) }
            let arn = GroupFolder.functionARN("Finder")
            #expect(found["MY_FUNCTION_ARN"] == arn && found["ENCODING_TYPE"] == "json")
            #expect(found["AWS_IOT_THING_NAME"] == "first-light_Core" && found["GG_MQTT_KEEP_ALIVE"] == "600")
            #expect(found["ROUTER_FUNCTION_ARN"] == "arn:aws:lambda:::function:GGRouter")
            #expect(found["SHADOW_FUNCTION_ARN"] == "arn:aws:lambda:::function:GGShadowService")
            let uri = "http://localhost:\(core.daemonPort)/2016-11-01/credentialprovider/"
            #expect(found["AWS_CONTAINER_CREDENTIALS_FULL_URI"] == uri)
            let package = core.root + "/ggc/deployment/lambda/" + arn
            let home = found["HOME"] ?? ""
            #expect(memory == nil ? home.hasSuffix("/\(arn)") : home == "/lambda", "\(home) \(package)")
            #expect(found["PATH"]?.hasPrefix("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:") == true)
            if hasCloud {
                #expect(found["AWS_IOT_MQTT_ENDPOINT"] == "prefix-ats.iot.localhost:8883")
                #expect(found["AWS_GG_MQTT_ENDPOINT"] == "prefix-ats.iot.localhost:8883")
                #expect(found["AWS_IOT_HTTP_ENDPOINT"] == "prefix-ats.iot.localhost:8443")
                #expect(found["AWS_GG_HTTP_ENDPOINT"] == "greengrass-ats.iot.localhost:8443")
            }
        }
    }

    /// Endpoints that nobody answers at, and an identity for them.
    private func addCloud(_ core: CoreUnderTest) throws {
        let identity = try core.addDevice("core-identity")
        try core.configure { config in
            var thing = config["coreThing"] as? [String: Any] ?? [:]
            thing["iotHost"] = "prefix-ats.iot.localhost"
            thing["ggHost"] = "greengrass-ats.iot.localhost"
            config["coreThing"] = thing
            config["crypto"] = [
                "caPath": "file://" + identity.ca,
                "principals": [
                    "IoTCertificate": [
                        "certificatePath": "file://" + identity.certificate, "privateKeyPath": "file://" + identity.key,
                    ]
                ],
            ]
        }
    }

    @Test("SDK-07: what the machine learning SDK calls answers that there are no connectors, as an error it knows")
    func machineLearning() throws {
        // greengrass_machine_learning_sdk does these imports and calls (docs/function-protocol.md).
        let code = """
            import json
            import os

            import greengrasssdk
            from greengrass_common.env_vars import GGC_MAX_INTERFACE_VERSION
            from greengrass_common.parse_version import parse_version
            from greengrass_ipc_python_sdk.ipc_facade import (
                GreengrassRuntimeException, GreengrassServiceClient, GreengrassServiceMessage)

            client = greengrasssdk.client('iot-data')


            def call(name):
                address = 'arn:aws:lambda:{}:aws:function:{}'.format(os.environ['AWS_REGION'], name)
                try:
                    GreengrassServiceClient().call(address, GreengrassServiceMessage({}, b'{}'))
                except GreengrassRuntimeException as error:
                    return str(error)


            def function_handler(event, context):
                found = {name: call(name) for name in ['GG-ML-INF-image-classification-pets', 'MLFeedback']}
                found['version'] = parse_version(GGC_MAX_INTERFACE_VERSION) >= (1, 2)
                client.publish(topic='found', payload=json.dumps(found))
            """
        try CoreUnderTest.run { core in
            let text = try answer(core, code, memory: nil)
            let found = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            #expect(found["version"] as? Bool == true)
            for name in ["GG-ML-INF-image-classification-pets", "MLFeedback"] {
                let message = found[name] as? String ?? ""
                #expect(
                    message.contains("404")
                        && message.contains("This core has no connectors yet, and so no service \(name)"),
                    "\(message)")
            }
        }
    }

    @Test(
        "SDK-08, LAM-23: an AWS SDK that asks for the group role's credentials is told that there are none; one in the package is the function's own"
    )
    func cloudSDK() throws {
        // As botocore's container provider asks; a missing answer makes it say "Unable to locate credentials".
        let code = """
            import json
            import os
            import urllib.error
            import urllib.request

            import boto3
            import greengrasssdk

            client = greengrasssdk.client('iot-data')


            def ask(token):
                request = urllib.request.Request(
                    os.environ['AWS_CONTAINER_CREDENTIALS_FULL_URI'], headers={'Authorization': token} if token else {})
                try:
                    return str(urllib.request.urlopen(request).status)
                except urllib.error.HTTPError as error:
                    return '{} {}'.format(error.code, error.reason)


            def function_handler(event, context):
                found = {
                    'own': ask(os.environ['AWS_CONTAINER_AUTHORIZATION_TOKEN']), 'none': ask(''), 'wrong': ask('Basic x'),
                    'boto3': boto3.NAME, 'keys': [name for name in os.environ if 'ACCESS_KEY' in name]}
                client.publish(topic='found', payload=json.dumps(found))
            """
        try CoreUnderTest.run { core in
            let module = (core.root as NSString).deletingLastPathComponent + "/boto3.py"
            try "NAME = 'of the package'\n".write(toFile: module, atomically: true, encoding: .utf8)
            let text = try answer(core, code, memory: nil, files: ["boto3.py": module])
            let found = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            #expect(
                found["own"] as? String == "404 This core has no group role and so no credentials for AWS services.")
            #expect((found["none"] as? String)?.hasPrefix("401 ") == true, "\(found)")
            #expect((found["wrong"] as? String)?.hasPrefix("403 ") == true, "\(found)")
            #expect(found["boto3"] as? String == "of the package")
            #expect((found["keys"] as? [String])?.isEmpty == true)
            // Nothing of the core stands in the way of the names that AWS's SDKs have.
            let modules = try FileManager.default.contentsOfDirectory(atPath: Places.top + "/Sources/Runtimes/python")
            for name in ["boto3", "botocore", "s3transfer", "urllib3", "six", "dateutil", "jmespath", "greengrasssdk"] {
                #expect(!modules.contains { $0 == name || $0 == name + ".py" })
            }
        }
    }
}
