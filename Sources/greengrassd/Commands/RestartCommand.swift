import Core

/// `greengrassd restart`: stops and starts, unless what would hinder the start can be seen before: a mistake in
/// config.json must not take a running core away.
struct RestartCommand {
    let start: StartCommand

    func run(root: String) -> Int32 {
        do throws(SetupError) {
            try start.check(root: root)
        } catch {
            Console.complain(error.sentence)
            Console.complain("Nothing was stopped.")
            return ExitCode.failure
        }
        let stopped = StopCommand().run(root: root)
        return stopped == ExitCode.success ? start.run(root: root) : stopped
    }
}
