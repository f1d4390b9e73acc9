import Core
import Linux

/// `greengrassd start`, in V1's words (run-gg-in-docker-container.md, row INST-07).
struct StartCommand {
    var insecure: Bool
    let foreground: Bool
    let executable: String?
    /// What a person is told when the core serves.
    var afterwards: [String] = []

    func run(root: String) -> Int32 {
        Console.say("Setting up greengrass daemon")
        do throws(SetupError) {
            let (setup, warnings) = try readSetup(root)
            for warning in warnings { Console.complain("Warning: config.json: \(warning)") }
            Console.say("Validating hardlink/softlink protection")
            try checkLinks()
            try setup.prepare()
            return try launch(setup)
        } catch {
            Console.complain(error.sentence)
            tellOfTheMachine(root)
            return ExitCode.failure
        }
    }

    /// What the machine lacks, where it may be why a start failed.
    private func tellOfTheMachine(_ root: String) {
        let layout = Layout(root: root, writeDirectory: Configuration.writeDirectory(root: root))
        let check = MachineCheck(configuration: nil, layout: layout, executable: executable)
        let lines = MachineCheck.mishaps(check.run())
        if lines.isEmpty { return }
        Console.complain("`greengrassd check` finds on this machine:")
        for line in lines { Console.complain(line) }
    }

    /// Whether a start could succeed, as far as that can be told while a daemon runs.
    func check(root: String) throws(SetupError) {
        let (setup, _) = try readSetup(root)
        try checkLinks()
        try setup.prepare()
    }

    private func readSetup(_ root: String) throws(SetupError) -> (DaemonSetup, [String]) {
        do throws(ConfigurationError) {
            let (configuration, warnings) = try Configuration.read(root: root)
            let layout = Layout(root: root, writeDirectory: configuration.writeDirectory)
            return (DaemonSetup(configuration: configuration, layout: layout, executable: executable), warnings)
        } catch {
            throw SetupError(error.description)
        }
    }

    private func checkLinks() throws(SetupError) {
        if !insecure, let problem = LinkProtection.problem() { throw SetupError(problem) }
    }

    private func launch(_ setup: DaemonSetup) throws(SetupError) -> Int32 {
        if let daemon = try setup.runningDaemon() {
            Console.say("Greengrass daemon is already running with PID: \(daemon.process)")
            if let discrepancy = daemon.discrepancy(to: setup.layout) { Console.say(discrepancy) }
            return ExitCode.success
        }
        let lock = try setup.takeLock()
        let seconds = (setup.configuration.healthCheckTimeout + 999) / 1000
        Console.say("Waiting for up to \(seconds)s for Daemon to start")
        if foreground {
            return try setup.runDaemon(lock, echoes: true) { report in
                tell(report, Processes.current)
            }
        }
        let daemon = try BackgroundDaemon.start(setup, lock)
        return conclude(daemon, setup)
    }

    private func conclude(_ daemon: BackgroundDaemon, _ setup: DaemonSetup) -> Int32 {
        let timeout = setup.configuration.healthCheckTimeout
        let report = daemon.wait(milliseconds: timeout)
        guard let report else {
            _ = Processes.send(Signals.terminate, to: daemon.process)
            Console.complain(
                "The daemon did not begin to serve within \(timeout) ms and was told to stop. "
                    + "runtime.postStartHealthCheckTimeout in config.json gives it longer.")
            return ExitCode.failure
        }
        if case .failed(let reason) = report {
            // The daemon ends by itself; after this command nothing is left.
            _ = Processes.wait(daemon.process)
            Console.complain("The Greengrass daemon process with [pid = \(daemon.process)] died: \(reason)")
            tellOfTheMachine(setup.layout.root)
            return ExitCode.failure
        }
        tell(report, daemon.process)
        return ExitCode.success
    }

    private func tell(_ report: Supervisor.Report, _ process: Int32) {
        if let line = Self.line(report, process) { Console.say(line) }
        if case .failed = report { return }
        for line in afterwards { Console.say(line) }
    }

    private static func line(_ report: Supervisor.Report, _ process: Int32) -> String? {
        switch report {
        case .serving: "Greengrass successfully started with PID: \(process)"
        case .partly(let problem):
            "Greengrass daemon running with PID: \(process). Some system components failed to start. "
                + "Check 'runtime.log' for errors.\n\(problem)"
        case .failed(let reason): "The Greengrass daemon died: \(reason)"
        }
    }
}
