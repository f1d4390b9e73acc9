import Core
import Linux

/// `greengrassd start`, in V1's words (run-gg-in-docker-container.md, row INST-07).
struct StartCommand {
    let insecure: Bool
    let foreground: Bool
    let executable: String?

    func run(root: String) -> Int32 {
        Console.say("Setting up greengrass daemon")
        let configuration: Configuration
        do throws(ConfigurationError) {
            let read = try Configuration.read(root: root)
            for warning in read.warnings { Console.complain("Warning: config.json: \(warning)") }
            configuration = read.configuration
        } catch {
            Console.complain(error.description)
            return ExitCode.failure
        }
        Console.say("Validating hardlink/softlink protection")
        if !insecure, let problem = LinkProtection.problem() {
            Console.complain(problem)
            return ExitCode.failure
        }
        let layout = Layout(root: root, writeDirectory: configuration.writeDirectory)
        let setup = DaemonSetup(configuration: configuration, layout: layout, executable: executable)
        do throws(SetupError) {
            try setup.prepare()
            return try launch(setup)
        } catch {
            Console.complain(error.sentence)
            return ExitCode.failure
        }
    }

    private func launch(_ setup: DaemonSetup) throws(SetupError) -> Int32 {
        if let holder = try setup.runningDaemon() {
            Console.say("Greengrass daemon is already running with PID: \(holder)")
            return ExitCode.success
        }
        let lock = try setup.takeLock()
        let seconds = (setup.configuration.healthCheckTimeout + 999) / 1000
        Console.say("Waiting for up to \(seconds)s for Daemon to start")
        if foreground {
            return try setup.runDaemon(lock, echoes: true) { report in
                if let line = Self.line(report, Processes.current) { Console.say(line) }
            }
        }
        let daemon = try BackgroundDaemon.start(setup, lock)
        return conclude(daemon, timeout: setup.configuration.healthCheckTimeout)
    }

    private func conclude(_ daemon: BackgroundDaemon, timeout: Int64) -> Int32 {
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
            return ExitCode.failure
        }
        if let line = Self.line(report, daemon.process) { Console.say(line) }
        return ExitCode.success
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
