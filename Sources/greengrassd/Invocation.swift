import Core
import Linux

/// What the command line asks for.
struct Invocation {
    enum Command {
        case initialize(InitCommand)
        case addDevice(DeviceCommand)
        case deploy(folder: String)
        case start(foreground: Bool)
        case stop
        case restart
        case status(json: Bool)
        case broker(BrokerCommand)
        case version
        case help
    }

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
            case "--json": options.json = true
            case "--foreground": options.foreground = true
            case "--version", "-v": words.append("version")
            case "--help", "-h": asksForHelp = true
            case "--root", "--thing", "--region", "--account", "--key", "--mqtt-port", "--daemon-port", "--port",
                "--refuse", "--tls-cert", "--tls-key", "--tls-client-ca":
                guard index < arguments.count else { throw UsageError("\(argument) needs a value after it.") }
                try options.set(argument, arguments[index])
                index += 1
            default:
                if argument.hasPrefix("-") { throw UsageError("There is no option \(argument).") }
                words.append(argument)
            }
        }
        if let given = options.root { root = given }
        command = asksForHelp ? .help : try Self.command(words, options)
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
        var used = 1
        switch words.first {
        case nil, "help": command = .help
        case "version": command = .version
        case "init":
            command = .initialize(
                InitCommand(
                    thing: options.thing, region: options.region, account: options.account,
                    mqttPort: options.mqttPort, daemonPort: options.daemonPort))
        case "device":
            guard words.count == 3, words[1] == "add" else { throw UsageError("Write `greengrassd device add NAME`.") }
            used = 3
            command = .addDevice(DeviceCommand(name: words[2], keyType: options.keyType))
        case "deploy":
            guard words.count == 2 else { throw UsageError("Write `greengrassd deploy FOLDER`.") }
            used = 2
            command = .deploy(folder: words[1])
        case "start": command = .start(foreground: options.foreground)
        case "stop": command = .stop
        case "restart": command = .restart
        case "status": command = .status(json: options.json)
        case "broker": command = .broker(try options.broker.command())
        case let word?: throw UsageError("There is no command \(word).")
        }
        if words.count > used { throw UsageError("\(words[used]) is one word too many.") }
        try options.check(for: words.first)
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

/// The options with values, before it is known which command they belong to.
private struct Options {
    var root: String?
    var thing: String?
    var region: String?
    var account: String?
    var keyType = DeviceCommand.Key.ec
    var mqttPort: UInt16?
    var daemonPort: UInt16?
    var json = false
    var foreground = false
    var broker = BrokerOptions()
    /// The names of all options with a value that were given.
    private var given: [String] = []

    /// Refuses options that would be without effect, where a reader may think that they have one.
    func check(for command: String?) throws(UsageError) {
        for name in given where BrokerOptions.names.contains(name) != (command == "broker") {
            if name == "--root" { continue }
            throw UsageError(
                command == "broker"
                    ? "`broker` has no option \(name)."
                    : "\(name) is an option of `broker`, not of `\(command ?? "help")`.")
        }
    }

    mutating func set(_ name: String, _ value: String) throws(UsageError) {
        given.append(name)
        if BrokerOptions.names.contains(name) { return try broker.set(name, value) }
        switch name {
        case "--root":
            guard value.hasPrefix("/") else { throw UsageError("--root needs an absolute path, not \(value).") }
            root = value == "/" ? value : value.hasSuffix("/") ? String(value.dropLast()) : value
        case "--thing":
            guard ThingARN.isValid(name: value) else {
                throw UsageError("--thing needs 1 to 128 of the characters a-z A-Z 0-9 : _ -, not \(value).")
            }
            thing = value
        case "--region": region = value
        case "--account":
            guard value.utf8.count == 12, value.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
                throw UsageError("--account needs 12 digits, not \(value).")
            }
            account = value
        case "--key":
            guard let key = DeviceCommand.Key(rawValue: value) else {
                throw UsageError("--key needs ec or rsa, not \(value).")
            }
            keyType = key
        case "--mqtt-port": mqttPort = try port(name, value)
        default: daemonPort = try port(name, value)
        }
    }

    private func port(_ name: String, _ value: String) throws(UsageError) -> UInt16 {
        guard let port = UInt16(value), port >= 1024 else {
            throw UsageError("\(name) needs a number from 1024 to 65535, not \(value).")
        }
        return port
    }
}
