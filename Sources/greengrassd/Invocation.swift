import Core
import Linux

/// What the command line asks for.
struct Invocation {
    enum Command {
        case initialize(InitCommand)
        case initializeDemo(DemoCommand)
        case addDevice(DeviceCommand)
        case deploy(folder: String)
        case start(foreground: Bool)
        case startDemo(DemoCommand, foreground: Bool)
        case stop
        case restart
        case status(StatusCommand)
        case trace(TraceCommand)
        case check(CheckCommand)
        case checkMachine(json: Bool, kernelConfiguration: String?)
        case runFunction(RunFunctionCommand)
        case broker(BrokerCommand)
        case version
        case help
        case helpOf(text: String)
    }

    /// The first words of command lines.
    static let commands = [
        "init", "device", "deploy", "start", "stop", "restart", "status", "trace", "check", "run-function", "broker",
        "version", "help",
    ]

    var command = Command.help
    var root: String
    /// V1's `-i`: run although hard and soft links are not protected.
    var insecure = false

    /// - Parameters:
    ///   - arguments: without the program's name.
    ///   - executable: where this program is, for the default root.
    /// - Throws: a sentence about what is wrong.
    init(_ arguments: [String], executable: String?) throws(UsageError) {
        root = Self.defaultRoot(executable)
        var words: [String] = []
        var options = Options()
        var asksForHelp = false
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            index += 1
            switch argument {
            case "-i": insecure = true
            case "--version", "-v": words.append("version")
            case "--help", "-h": asksForHelp = true
            default:
                if Options.takesValue(argument) {
                    guard index < arguments.count else { throw UsageError("\(argument) needs a value after it.") }
                    try options.set(argument, arguments[index])
                    index += 1
                } else if argument.hasPrefix("-") {
                    try options.set(argument)
                } else {
                    words.append(argument)
                }
            }
        }
        if let given = options.root { root = given }
        if asksForHelp {
            command = words.first == "run-function" ? .helpOf(text: RunFunctionOptions.help) : .help
        } else {
            command = try Self.command(words, options)
        }
    }

    /// `<root>/ggc/core/greengrassd` and `<root>/ggc/packages/<version>/greengrassd` say where their root is.
    static func defaultRoot(_ executable: String?) -> String {
        guard let executable else { return Layout.defaultRoot }
        let folder = Path.parent(executable)
        for depth in [folder, Path.parent(folder), Path.parent(Path.parent(folder))] {
            let ggc = Path.parent(depth)
            if Path.name(ggc) == "ggc" || (Path.name(ggc) == "packages" && Path.name(Path.parent(ggc)) == "ggc") {
                let top = Path.name(ggc) == "ggc" ? ggc : Path.parent(ggc)
                return Path.parent(top)
            }
        }
        return Layout.defaultRoot
    }

    private static func command(_ words: [String], _ options: Options) throws(UsageError) -> Command {
        let command: Command
        /// How many of the words belong to the command.
        var used = 1
        var known: [String] = []
        switch words.first {
        case nil, "help": command = .help
        case "version": command = .version
        case "init":
            known = ["--thing", "--region", "--account", "--mqtt-port", "--daemon-port", "--demo"]
            if options.demo { known.append("--cloud") }
            let wishes = options.wishes
            command =
                options.demo
                ? .initializeDemo(DemoCommand(container: nil, wishes: wishes))
                : .initialize(InitCommand(wishes: wishes))
        case "device":
            guard words.count == 3, words[1] == "add" else { throw UsageError("Write `greengrassd device add NAME`.") }
            used = 3
            known = ["--key"]
            command = .addDevice(DeviceCommand(name: words[2], keyType: options.keyType))
        case "deploy":
            guard words.count == 2 else { throw UsageError("Write `greengrassd deploy FOLDER`.") }
            used = 2
            command = .deploy(folder: words[1])
        case "start":
            known = ["--foreground", "--demo"]
            if options.demo {
                known += ["--thing", "--region", "--account", "--mqtt-port", "--daemon-port", "--cloud"]
                command = .startDemo(
                    DemoCommand(container: nil, wishes: options.wishes), foreground: options.foreground)
            } else {
                command = .start(foreground: options.foreground)
            }
        case "stop": command = .stop
        case "restart": command = .restart
        case "status":
            known = ["--json", "--watch"]
            command = .status(StatusCommand(json: options.json, watch: options.watch))
        case "trace":
            guard words.count == 2 else { throw UsageError("Write `greengrassd trace TOPIC [--from SOURCE]`.") }
            used = 2
            known = ["--json", "--from"]
            command = .trace(TraceCommand(topic: words[1], from: options.from, json: options.json))
        case "check" where words.count == 1:
            known = ["--json", "--kernel-config-file"]
            command = .checkMachine(json: options.json, kernelConfiguration: options.kernelConfiguration)
        case "check":
            guard words.count == 2, words[1] == "cloud" else {
                throw UsageError("Write `greengrassd check [--json]`, or `greengrassd check cloud [--json]`.")
            }
            used = 2
            known = ["--json"]
            command = .check(CheckCommand(json: options.json))
        case "run-function":
            guard words.count == 2 else { throw UsageError("Write `greengrassd run-function FOLDER [options]`.") }
            used = 2
            known = RunFunctionOptions.names
            command = .runFunction(RunFunctionCommand(folder: words[1], options: options.runFunction))
        case "broker":
            known = BrokerOptions.names + ["--all-addresses"]
            command = .broker(try options.broker.command())
        case let word?: throw UsageError("There is no command \(word).")
        }
        if words.count > used { throw UsageError("\(words[used]) is one word too many.") }
        try options.refuseAll(but: known, of: words.first ?? "help")
        return command
    }
}

/// A command line that cannot be understood.
struct UsageError: Error {
    let sentence: String

    init(_ sentence: String) {
        self.sentence = sentence
    }
}
