import Core
import Linux

/// `greengrassd stop`: ends the supervisor, its core and every function, and waits until they are gone.
struct StopCommand {
    /// Longer than the supervisor gives its core.
    static let patience: Int64 = 20_000_000_000

    func run(root: String) -> Int32 {
        let layout = Layout(root: root, writeDirectory: Configuration.writeDirectory(root: root))
        let process: Int32
        do throws(SystemError) {
            guard let daemon = try RunningDaemon.find(layout) else {
                Console.say("Greengrass daemon is not running")
                return ExitCode.success
            }
            process = daemon.process
        } catch {
            Console.complain(SetupError("greengrassd: whether the daemon runs cannot be told", error).sentence)
            return ExitCode.failure
        }
        Console.say("Stopping greengrass daemon of PID: \(process)")
        guard Processes.send(Signals.terminate, to: process) || !isRunning(layout) else {
            Console.complain(
                "greengrassd: process \(process) cannot be told: it belongs to another user or runs in another container. "
                    + "Stop it as root, where it runs.")
            return ExitCode.failure
        }
        Console.say("Waiting for the daemon to end")
        guard Waiting.until(Clock.monotonic() + Self.patience, { !isRunning(layout) }) else {
            Console.complain("greengrassd: process \(process) did not end within \(Self.patience / 1_000_000_000) s.")
            return ExitCode.failure
        }
        Console.say("Stopped greengrass daemon, exiting with success")
        return ExitCode.success
    }

    /// The lock tells it, not the process number: a zombie still has its number.
    private func isRunning(_ layout: Layout) -> Bool {
        do throws(SystemError) { return try RunningDaemon.find(layout) != nil } catch { return true }
    }
}

/// Waits of the commands; the daemon itself never waits so.
enum Waiting {
    /// Asks again every 10 ms until the answer is yes or the deadline is past.
    static func until(_ deadline: Int64, _ condition: () -> Bool) -> Bool {
        while !condition() {
            if Clock.monotonic() >= deadline { return false }
            Clock.pause(milliseconds: 10)
        }
        return true
    }
}
