import Bytes
import Group
import Testing

@testable import Functions

@Suite("The process of a worker")
struct WorkerPlanTests {
    static let arn = "arn:aws:lambda:us-west-2:123456789012:function:Alarm:3"
    static let package = "/gg/lambda/" + arn

    private func search(_ programs: [String], overrides: [(runtime: String, programs: [String])] = [])
        -> InterpreterSearch
    {
        InterpreterSearch(path: "/usr/local/bin:/usr/bin", overrides: overrides) { programs.contains($0) }
    }

    private func runtime(_ name: String) throws -> Runtime { try #require(Runtime(name: name)) }

    static func configuration() -> FunctionConfiguration {
        FunctionConfiguration(
            socketPath: "/gg/socket", packageRoot: "/gg/lambda", runtimeRoot: "/gg/runtime", logRoot: "/gg/log",
            thingName: "core", version: "1.9.4")
    }

    static func function(_ runtime: String = "python3.7", handler: String = "alarm.handler") throws
        -> FunctionDefinition
    {
        var function = FunctionDefinition(
            id: "1", arn: arn, runtime: try #require(Runtime(name: runtime)), handler: handler)
        function.isolation = .noContainer
        return function
    }

    private func plan(
        _ function: FunctionDefinition, _ programs: [String], configuration: FunctionConfiguration = configuration()
    ) throws -> (specification: WorkerSpecification, remark: String?) {
        try WorkerPlan.make(
            function, token: Array("Basic x".utf8), configuration: configuration, search: search(programs),
            exists: { $0.hasPrefix("/gg/") })
    }

    @Test("The exact interpreter is preferred, then the nearest newer one, then python3")
    func nearest() throws {
        let python = try runtime("python3.7")
        #expect(search(["/usr/bin/python3.7", "/usr/bin/python3.8"]).find(python)?.path == "/usr/bin/python3.7")
        #expect(search(["/usr/bin/python3.7"]).find(python)?.substitute == nil)
        let newer = search(["/usr/bin/python3.11", "/usr/bin/python3.9", "/usr/bin/python3.6", "/usr/bin/python3"])
        #expect(newer.find(python) == .init(path: "/usr/bin/python3.9", substitute: "python3.9"))
        #expect(search(["/usr/bin/python3"]).find(python) == .init(path: "/usr/bin/python3", substitute: "python3"))
        #expect(search(["/usr/bin/python2.7", "/usr/bin/python3.6"]).find(python) == nil)
    }

    @Test("Python 2.7 runs on Python 2 only")
    func python2() throws {
        let python = try runtime("python2.7")
        #expect(search(["/usr/bin/python3", "/usr/bin/python2"]).find(python)?.path == "/usr/bin/python2")
        #expect(search(["/usr/bin/python3"]).find(python) == nil)
    }

    @Test(
        "LAM-01: Node.js and Java run on their own binary, the nearest newer one, then on what is called node and java")
    func nodeAndJava() throws {
        let node = try runtime("nodejs8.10")
        #expect(search(["/usr/bin/nodejs8.10", "/usr/bin/node"]).find(node)?.substitute == nil)
        let some = ["/usr/bin/nodejs6.10", "/usr/bin/nodejs14.x", "/usr/bin/nodejs12.x", "/usr/bin/node"]
        #expect(search(some).find(node)?.substitute == "nodejs12.x")
        #expect(search(["/usr/bin/nodejs6.10", "/usr/bin/node"]).find(node)?.substitute == "node")
        #expect(search(["/usr/bin/nodejs"]).find(node)?.substitute == "nodejs")
        #expect(search(["/usr/bin/nodejs12.x"]).find(try runtime("nodejs14.x")) == nil)
        let java = try runtime("java8")
        #expect(search(["/usr/bin/java8", "/usr/bin/java"]).find(java)?.substitute == nil)
        #expect(search(["/usr/bin/java17", "/usr/bin/java"]).find(java)?.substitute == "java17")
        #expect(search(["/usr/bin/java8", "/usr/bin/java"]).find(try runtime("java11"))?.substitute == "java")
    }

    @Test("LAM-01, LAM-28: a Node.js function's process, and the places where it finds modules")
    func nodeProcess() throws {
        let function = try Self.function("nodejs8.10", handler: "index.handler")
        let made = try plan(function, ["/usr/bin/node"])
        #expect(made.specification.executable == "/usr/bin/node")
        #expect(
            made.specification.arguments == [
                "/gg/runtime/nodejs/lambda_nodejs_runtime.js", "--handler=index.handler", "--function=\(Self.arn)",
            ])
        #expect(made.remark?.contains("asks for nodejs8.10 and runs on /usr/bin/node") == true)
        let path = made.specification.environment.first { $0.name == "NODE_PATH" }?.value
        #expect(path == ".:/gg/runtime/nodejs/node_modules:./node_modules")
    }

    @Test("LAM-01, LAM-28: a Java function's process: runtime, package and its libraries, then interfaces it may lack")
    func javaProcess() throws {
        let made = try plan(try Self.function("java8", handler: "com.example.Alarm::handle"), ["/usr/bin/java8"])
        #expect(made.specification.executable == "/usr/bin/java8")
        #expect(
            made.specification.arguments == [
                "-cp",
                "/gg/runtime/java8/greengrass-java-runtime.jar:.:lib/*:"
                    + "/gg/runtime/java8/interfaces/aws-lambda-interfaces.jar",
                "com.amazonaws.greengrass.runtime.LambdaRuntime", "--handler=com.example.Alarm::handle",
                "--function=\(Self.arn)",
            ])
    }

    @Test("LAM-07: a Java function's heap is measured by its container's memory")
    func javaMemory() throws {
        var function = try Self.function("java8", handler: "com.example.Alarm::handle")
        function.isolation = .container
        function.memoryKB = 131_072
        #expect(try plan(function, ["/usr/bin/java8"]).specification.arguments.first == "-XX:MaxRAM=131072k")
        function.isolation = .noContainer
        #expect(try plan(function, ["/usr/bin/java8"]).specification.arguments.first == "-cp")
    }

    @Test("What config.json names for a runtime comes alone")
    func overrides() throws {
        let python = try runtime("python3.7")
        let programs = ["/opt/py/bin/python", "/usr/bin/python3.7", "/usr/bin/pypy"]
        #expect(
            search(programs, overrides: [("python3.7", ["/opt/py/bin/python"])]).find(python)?.path
                == "/opt/py/bin/python")
        #expect(search(programs, overrides: [("python3.7", ["pypy"])]).find(python)?.path == "/usr/bin/pypy")
        #expect(search(programs, overrides: [("python3.7", ["/nowhere"])]).find(python) == nil)
        #expect(search(programs, overrides: [("python3.8", ["pypy"])]).find(python)?.path == "/usr/bin/python3.7")
    }

    @Test("LAM-28: a Python function's process: interpreter, runtime, handler, package as directory and HOME")
    func python() throws {
        let made = try plan(try Self.function(), ["/usr/bin/python3.7"])
        #expect(made.specification.executable == "/usr/bin/python3.7")
        #expect(
            made.specification.arguments == [
                "-u", "/gg/runtime/python/lambda_runtime.py", "--handler=alarm.handler", "--function=\(Self.arn)",
            ])
        #expect(made.specification.workingDirectory == Self.package)
        #expect(made.remark == nil)
        let other = try plan(try Self.function(), ["/usr/bin/python3.9"])
        #expect(other.remark == "Function \(Self.arn) asks for python3.7 and runs on /usr/bin/python3.9.")
    }

    @Test("A missing interpreter is an error with runtime, PATH and what to do")
    func missing() throws {
        let error = try #require(throws: WorkerPlanError.self) { try plan(try Self.function(), []) }
        #expect(error.sentence.contains("runtime python3.7"))
        #expect(error.sentence.contains("/usr/local/bin:/usr/bin"))
        #expect(error.sentence.contains("python3.7, python3.8"))
        #expect(error.sentence.contains("\"interpreters\""))
    }

    @Test("LAM-01: a program that was named for a runtime and is not there is told as that, with the place of its name")
    func missingOverride() throws {
        var configuration = Self.configuration()
        func sentence(_ programs: String...) throws -> String {
            try #require(throws: WorkerPlanError.self) {
                try WorkerPlan.make(
                    try Self.function(), token: [], configuration: configuration,
                    search: search(["/usr/bin/python3"], overrides: [("python3.7", programs)]), exists: { _ in true })
            }.sentence
        }
        let path = try sentence("/nowhere/python")
        #expect(
            path.hasPrefix("config.json names /nowhere/python for runtime python3.7, which is not there or not exec"))
        #expect(path.contains("\"interpreters\"") && !path.contains("/usr/bin"))
        #expect(try sentence("mypython").contains("which is not there as a program in /usr/local/bin:/usr/bin."))
        configuration.interpreterSetting = .option
        let option = try sentence("/nowhere/python")
        #expect(option.hasPrefix("--interpreter names /nowhere/python"))
        #expect(!option.contains("config.json"))
    }

    @Test("LAM-10: an executable is a file of the package, with its arguments")
    func executable() throws {
        var function = try Self.function("executable", handler: "reader")
        function.execArgs = "--rate 5 'two words'"
        let path = Self.package + "/reader"
        let made = try plan(function, [path])
        #expect(made.specification.executable == path)
        #expect(made.specification.arguments == ["--rate", "5", "two words"])
        let error = try #require(throws: WorkerPlanError.self) { try plan(function, []) }
        #expect(error.sentence.contains(path) && error.sentence.contains("chmod +x"))
        function.handler = "../other/reader"
        #expect(throws: WorkerPlanError.self) { try plan(function, [Self.package + "/../other/reader"]) }
    }

    @Test("LAM-09: the environment has what SDKs and functions need, and the function's own variables")
    func environment() throws {
        var function = try Self.function()
        function.environment = [.init(name: "UNIT", value: "°C"), .init(name: "LANG", value: "de_DE.UTF-8")]
        var configuration = Self.configuration()
        configuration.port = 9000
        configuration.iotHost = "iot.example"
        configuration.greengrassHost = "gg.example"
        configuration.proxyVariables = [("http_proxy", "http://proxy:3128")]
        let environment = WorkerEnvironment(
            function, places: .host(function, package: Self.package, configuration: configuration),
            token: Array("Basic secret".utf8),
            configuration: configuration)
        let expected = [
            "MY_FUNCTION_ARN": Self.arn, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Basic secret",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost:9000/2016-11-01/credentialprovider/",
            "ROUTER_FUNCTION_ARN": "arn:aws:lambda:::function:GGRouter",
            "SHADOW_FUNCTION_ARN": "arn:aws:lambda:::function:GGShadowService",
            "SECRETS_MANAGER_FUNCTION_ARN": "arn:aws:lambda:::function:GGSecretManager:1", "ENCODING_TYPE": "json",
            "GGC_MAX_INTERFACE_VERSION": "1.5", "GG_DAEMON_PORT": "9000", "IPC_SOCK_FILE": "/gg/socket",
            "AWS_IOT_THING_NAME": "core", "AWS_REGION": "us-west-2", "AWS_DEFAULT_REGION": "us-west-2",
            "AWS_IOT_MQTT_ENDPOINT": "iot.example:8883", "AWS_GG_HTTP_ENDPOINT": "gg.example:8443",
            "HOME": Self.package, "LOG_LEVEL": "INFO", "_GG_LOG_FD_INFO": "1", "_GG_LOG_FD_ERROR": "2",
            "_GG_LOG_FD_DEBUG": "3", "_GG_LOG_FD_WARN": "4", "_GG_LOG_FD_FATAL": "5", "_GG_LOG_FD_TRACE": "6",
            "PYTHONPATH": "\(Self.package):/gg/runtime/python", "GGC_VERSION": "1.9.4",
            "http_proxy": "http://proxy:3128", "UNIT": "°C", "LANG": "de_DE.UTF-8",
        ]
        for (name, value) in expected { #expect(environment[name] == value, "\(name)") }
        #expect(environment["STREAM_MANAGER_SERVER_PORT"] == nil)
    }

    @Test("LAM-08: ENCODING_TYPE says how the handler gets its payloads")
    func encoding() throws {
        var function = try Self.function()
        function.encoding = .binary
        let environment = WorkerEnvironment(
            function, places: .host(function, package: Self.package, configuration: Self.configuration()), token: [],
            configuration: Self.configuration())
        #expect(environment["ENCODING_TYPE"] == "binary")
    }

    @Test("LAM-09: a function cannot change how it reaches the core, and its search paths are added to ours")
    func reserved() throws {
        var function = try Self.function()
        function.environment = [
            .init(name: "MY_FUNCTION_ARN", value: "x"), .init(name: "AWS_CONTAINER_AUTHORIZATION_TOKEN", value: "x"),
            .init(name: "_GG_LOG_FD_INFO", value: "9"), .init(name: "PYTHONPATH", value: "vendored"),
        ]
        let environment = WorkerEnvironment(
            function, places: .host(function, package: Self.package, configuration: Self.configuration()),
            token: Array("t".utf8),
            configuration: Self.configuration())
        #expect(environment["MY_FUNCTION_ARN"] == Self.arn)
        #expect(environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] == "t")
        #expect(environment["_GG_LOG_FD_INFO"] == "1")
        #expect(environment["PYTHONPATH"] == "vendored:\(Self.package):/gg/runtime/python")
    }
}
