import Core
import Linux

/// `start` as a container's first process: on what is mounted, else on a demonstration in the volume.
struct EntrypointCommand {
    let start: StartCommand
    /// Whether `--demo` asks for a demonstration whatever is there.
    let demo: DemoCommand?

    func run(root: String) -> Int32 {
        let place = ContainerRoot(root: root, executable: start.executable)
        do throws(SetupError) {
            // Process 1 gets no signal that it neither handles nor blocks; what comes from here on waits for the supervisor.
            do throws(SystemError) {
                _ = try Signals.descriptor([Signals.terminate, Signals.interrupt])
            } catch {
                throw SetupError("Signals cannot be received", error)
            }
            try place.link()
            if demo == nil, case .configured = try place.state() { return start.run(root: root) }
        } catch {
            Console.complain("greengrassd: \(error.sentence)")
            return ExitCode.failure
        }
        var demo = demo ?? DemoCommand()
        demo.container = OuterContainer.current()
        return demo.start(start, root: root)
    }
}
