import Functions
import Group
import JSON

/// What the demonstration's group has: two devices, what one says to the other, a function for each interpreter that is here,
/// and a cloud where one stands in.
struct DemoGroup {
    /// A function with the topic that leads to it and the one on which it answers.
    struct Function {
        /// Also the folder of its code and the language, for people.
        let name: String
        let language: String
        let runtime: String
        let handler: String
        let file: String
        let code: String

        var question: String { "demo/\(name)/celsius" }
        var answer: String { "demo/\(name)/fahrenheit" }
    }

    static let sensor = "sensor"
    static let display = "display"
    static let devices = [sensor, display]
    static let greeting = "demo/hello"
    static let toCloud = "demo/to-cloud"
    static let fromCloud = "demo/from-cloud"

    private static let known = [
        Function(
            name: "python", language: "Python", runtime: "python3.7", handler: "fahrenheit.handler",
            file: "fahrenheit.py", code: DemoCode.python),
        Function(
            name: "nodejs", language: "Node.js", runtime: "nodejs8.10", handler: "index.handler", file: "index.js",
            code: DemoCode.node),
    ]

    let thing: ThingARN
    /// The certificate's digest by the device's name.
    var certificates: [(name: String, digest: String)] = []
    let functions: [Function]
    let hasCloud: Bool

    init(_ configuration: Configuration) {
        thing = configuration.thing
        hasCloud = configuration.iotHost != nil
        let overrides = configuration.interpreters.map { (runtime: $0.runtime, programs: [$0.program]) }
        let trial = InterpreterTrial(path: FunctionConfiguration.defaultPath)
        var functions: [Function] = []
        for function in Self.known {
            guard let runtime = Runtime(name: function.runtime),
                let choice = RuntimeFinder.find(
                    runtime, path: FunctionConfiguration.defaultPath, overrides: overrides),
                trial.problem(choice.path, runtime) == nil
            else { continue }
            functions.append(function)
        }
        self.functions = functions
    }

    private var place: String { "\(thing.region):\(thing.account)" }

    private func device(_ name: String) -> String { "arn:aws:iot:\(place):thing/\(name)" }

    private func arn(_ function: Function) -> String { "arn:aws:lambda:\(place):function:demo-\(function.name):1" }

    /// `group.json`.
    var definition: JSON {
        [
            "Devices": .array(
                certificates.map { entry in
                    [
                        "Id": .string(entry.name), "ThingArn": .string(device(entry.name)),
                        "CertificateArn": .string("arn:aws:iot:\(place):cert/\(entry.digest)"), "SyncShadow": false,
                    ]
                }),
            // Works without privileges, in a container of any kind.
            "DefaultConfig": ["Execution": ["IsolationMode": "NoContainer"]],
            "Functions": .array(functions.map { definition(of: $0) }),
            "Subscriptions": .array(subscriptions),
        ]
    }

    private func definition(of function: Function) -> JSON {
        [
            "Id": .string(function.name), "FunctionArn": .string(arn(function)), "Runtime": .string(function.runtime),
            "Handler": .string(function.handler), "Package": .string(function.name),
            "FunctionConfiguration": ["Pinned": false, "Timeout": 30],
        ]
    }

    private var subscriptions: [JSON] {
        var rows: [JSON] = []
        func add(_ source: String, _ subject: String, _ target: String) {
            rows.append(
                [
                    "Id": .string("demo-\(rows.count + 1)"), "Source": .string(source), "Subject": .string(subject),
                    "Target": .string(target),
                ])
        }
        add(device(Self.sensor), Self.greeting, device(Self.display))
        for function in functions {
            add(device(Self.sensor), function.question, arn(function))
            add(arn(function), function.answer, device(Self.display))
        }
        if hasCloud {
            add(device(Self.sensor), Self.toCloud, "cloud")
            add("cloud", Self.fromCloud, device(Self.display))
        }
        return rows
    }
}
