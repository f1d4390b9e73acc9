import Core

/// The options of a command line, before it is known which command they belong to.
struct Options {
    var root: String?
    var thing: String?
    var region: String?
    var account: String?
    var keyType = DeviceCommand.Key.ec
    var mqttPort: UInt16?
    var daemonPort: UInt16?
    var from: String?
    var json = false
    var watch = false
    var foreground = false
    var demo = false
    var cloud: DemoSetup.Cloud?
    var kernelConfiguration: String?
    var broker = BrokerOptions()
    var runFunction = RunFunctionOptions()

    /// What `init` was told.
    var wishes: RootSetup.Wishes {
        var wishes = RootSetup.Wishes(
            thing: thing, region: region, account: account, mqttPort: mqttPort, daemonPort: daemonPort)
        wishes.cloud = cloud
        return wishes
    }

    /// Those that were given, but for the ones that every command takes.
    private var given: [String] = []

    static func takesValue(_ option: String) -> Bool {
        switch option {
        case "--root", "--thing", "--region", "--account", "--key", "--mqtt-port", "--daemon-port", "--from",
            "--kernel-config-file", "--cloud":
            true
        default: BrokerOptions.names.contains(option) || RunFunctionOptions.withValue.contains(option)
        }
    }

    /// An option without a value.
    mutating func set(_ name: String) throws(UsageError) {
        switch name {
        case "--json": json = true
        case "--watch": watch = true
        case "--foreground": foreground = true
        case "--demo": demo = true
        case "--all-addresses": broker.allAddresses = true
        default:
            if !runFunction.set(name) { throw UsageError("There is no option \(name).") }
        }
        given.append(name)
    }

    mutating func set(_ name: String, _ value: String) throws(UsageError) {
        if BrokerOptions.names.contains(name) {
            given.append(name)
            return try broker.set(name, value)
        }
        if RunFunctionOptions.withValue.contains(name) {
            given.append(name)
            return try runFunction.set(name, value)
        }
        switch name {
        case "--root":
            guard value.hasPrefix("/") else { throw UsageError("--root needs an absolute path, not \(value).") }
            root = value == "/" ? value : value.hasSuffix("/") ? String(value.dropLast()) : value
            return
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
        case "--from": from = value
        case "--cloud":
            guard let place = DemoSetup.Cloud(value) else { throw UsageError("--cloud needs HOST:PORT, not \(value).") }
            cloud = place
        case "--kernel-config-file": kernelConfiguration = value
        case "--mqtt-port": mqttPort = try port(name, value)
        default: daemonPort = try port(name, value)
        }
        given.append(name)
    }

    /// An option that does nothing for a command is a mistake: somebody believes that it does.
    func refuseAll(but known: [String], of command: String) throws(UsageError) {
        for option in given where !known.contains(option) {
            throw UsageError("`greengrassd \(command)` has no option \(option).")
        }
    }

    private func port(_ name: String, _ value: String) throws(UsageError) -> UInt16 {
        guard let port = UInt16(value), port >= 1024 else {
            throw UsageError("\(name) needs a number from 1024 to 65535, not \(value).")
        }
        return port
    }
}
