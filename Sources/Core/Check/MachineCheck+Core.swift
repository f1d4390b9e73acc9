import Functions
import Group
import Linux

/// What the core itself needs: users, interpreters, ports.
extension MachineCheck {
    /// PLAT-14, H-29.
    func users() -> [MachineFinding] {
        var found: [MachineFinding] = []
        if Users.userID(named: Identities.functionUser) != nil, Users.groupID(named: Identities.functionGroup) != nil {
            found.append(MachineFinding("functions-user", .works, "ggc_user and ggc_group are there"))
        } else {
            found.append(
                MachineFinding(
                    "functions-user", .degraded,
                    "ggc_user or ggc_group is missing: functions without RunAs run with a number that no user has, and "
                        + "whoever sets up files for them has to know it",
                    remedy: "adduser --system ggc_user && addgroup --system ggc_group (useradd --system and groupadd "
                        + "--system elsewhere)"))
        }
        if Users.userID(named: Identities.coreName) != nil {
            found.append(MachineFinding("core-user", .works, "the core runs as \(Identities.coreName)"))
        } else {
            found.append(
                MachineFinding(
                    "core-user", .works,
                    "there is no user \(Identities.coreName); the core runs with a number that nobody has"))
        }
        return found
    }

    /// PLAT-12.
    func interpreters() -> [MachineFinding] {
        let trial = InterpreterTrial(path: path)
        let overrides = configuration?.interpreters.map { (runtime: $0.runtime, programs: [$0.program]) } ?? []
        return ["python2.7", "python3.7", "nodejs6.10", "nodejs8.10", "java8"].compactMap { name in
            guard let runtime = Runtime(name: name) else { return nil }
            guard let choice = RuntimeFinder.find(runtime, path: path, overrides: overrides) else {
                if let named = overrides.first(where: { $0.runtime == name }) {
                    return MachineFinding(
                        name, .degraded,
                        "config.json names \(named.programs.joined(separator: ", ")), which is not there or not executable; "
                            + "functions with Runtime \"\(name)\" do not start",
                        remedy: "correct runtime.interpreters in config.json, or remove \"\(name)\" from it")
                }
                return MachineFinding(
                    name, .degraded, "no interpreter is installed; functions with Runtime \"\(name)\" do not start",
                    remedy: Self.installation(runtime) + Self.setting(name))
            }
            if let problem = trial.problem(choice.path, runtime) {
                return MachineFinding(
                    name, .degraded, "\(choice.path) \(problem); functions with Runtime \"\(name)\" do not start",
                    remedy: "with a version manager, give every user a version (`pyenv global VERSION`); else "
                        + Self.installation(runtime) + Self.setting(name))
            }
            return MachineFinding(
                name, .works, choice.isExact ? choice.path : "\(choice.path), a newer one, runs these functions")
        }
    }

    /// CFG-13, B-08: what V1 needed to be told and this core finds out or does without.
    func settings() -> [MachineFinding] {
        guard let keys = configuration?.keysWithoutEffect, !keys.isEmpty else { return [] }
        return [
            MachineFinding(
                "settings", .works,
                "\(keys.joined(separator: " and ")) in config.json may stay and \(keys.count == 1 ? "has" : "have") no "
                    + "effect: the functions' control groups are made below the core's own, which under systemd is its unit's, "
                    + "and containers have every file system that is mounted at their start")
        ]
    }

    private static func setting(_ name: String) -> String {
        " in config.json: \"runtime\": {\"interpreters\": {\"\(name)\": \"/path\"}}"
    }

    /// The beginning of a sentence that ends with the setting.
    static func installation(_ runtime: Runtime) -> String {
        switch runtime.family {
        case .python:
            runtime.version.hasPrefix("2")
                ? "Python 2 is no longer in Debian; point \(runtime.name) to a build of your own"
                : "apt-get install python3, or name a program"
        case .nodejs: "apt-get install nodejs, or name a program"
        case .java: "apt-get install default-jre-headless, or name a program"
        case .executable: ""
        }
    }

    func ports() -> [MachineFinding] {
        let mqtt = configuration?.mqttPort ?? 8883
        let daemon = configuration?.daemonPort ?? 8000
        if isRunning {
            return [MachineFinding("ports", .works, "the core runs and has the ports \(mqtt) and \(daemon)")]
        }
        return [
            port(mqtt, "devices", "coreThing.ggMqttPort") { () throws(SystemError) in [try Socket.listen(port: mqtt)] },
            port(daemon, "functions", "coreThing.ggDaemonPort") { () throws(SystemError) in
                try Socket.listenOnLoopback(port: daemon)
            },
        ]
    }

    private var isRunning: Bool {
        do throws(SystemError) { return try RunningDaemon.find(layout) != nil } catch { return false }
    }

    private func port(
        _ number: UInt16, _ who: String, _ key: String, _ listen: () throws(SystemError) -> [Int32]
    ) -> MachineFinding {
        do throws(SystemError) {
            for socket in try listen() { FileDescriptor.close(socket) }
            return MachineFinding("port-\(who)", .works, "port \(number) for \(who) is free")
        } catch {
            return MachineFinding(
                "port-\(who)", .missing, "port \(number) for \(who) cannot be taken: \(error.reason)",
                remedy: "`ss -ltnp 'sport = :\(number)'` shows who has it; stop that, or set \(key) in config.json")
        }
    }
}
