import Core
import Linux

/// Runs what the command line asks for and gives the exit code.
func runCommand() -> Int32 {
    Signals.ignoreBrokenPipes()
    let executable = Processes.executable()
    let invocation: Invocation
    let isEntrypoint: Bool
    do throws(SystemError) {
        let all = try Arguments.all()
        isEntrypoint = Entrypoint.isMeant(by: all.first)
        var arguments = Array(all.dropFirst())
        if isEntrypoint {
            guard Entrypoint.isOurs(arguments) else { return Entrypoint.execute(arguments) }
            arguments = Entrypoint.completed(arguments)
        }
        do throws(UsageError) {
            invocation = try Invocation(arguments, executable: executable)
        } catch {
            Console.complain("greengrassd: \(error.sentence) `greengrassd help` lists the commands.")
            return ExitCode.usage
        }
    } catch {
        Console.complain("greengrassd: the command line cannot be read: \(error.description).")
        return ExitCode.failure
    }
    let root = invocation.root
    if !invocation.insecure,
        let problem = ownershipProblem(invocation.command, root: root, trusting: OuterContainer.mounts())
    {
        Console.complain("greengrassd: \(problem)")
        return ExitCode.failure
    }
    func start(foreground: Bool) -> StartCommand {
        StartCommand(insecure: invocation.insecure, foreground: foreground, executable: executable)
    }
    switch invocation.command {
    case .initialize(let command): return command.run(root: root)
    case .initializeDemo(let command): return command.initialize(root: root, executable: executable)
    case .addDevice(let command): return command.run(root: root)
    case .deploy(let folder): return DeployCommand(folder: folder).run(root: root)
    case .start(let foreground) where isEntrypoint:
        return EntrypointCommand(start: start(foreground: foreground), demo: nil).run(root: root)
    case .startDemo(let demo, let foreground) where isEntrypoint:
        return EntrypointCommand(start: start(foreground: foreground), demo: demo).run(root: root)
    case .start(let foreground): return start(foreground: foreground).run(root: root)
    case .startDemo(let demo, let foreground): return demo.start(start(foreground: foreground), root: root)
    case .stop: return StopCommand().run(root: root)
    case .restart: return RestartCommand(start: start(foreground: false)).run(root: root)
    case .status(let command): return command.run(root: root)
    case .trace(let command): return command.run(root: root)
    case .check(let command): return command.run(root: root)
    case .checkMachine(let json, let file):
        return MachineCheckCommand(json: json, kernelConfiguration: file, executable: executable).run(root: root)
    case .runFunction(let command): return command.run(root: root, executable: executable)
    case .broker(let command): return command.run()
    case .version:
        Console.say("\(Version.text)")
        return ExitCode.success
    case .help:
        Console.say(Help.text)
        return ExitCode.success
    case .helpOf(let text):
        Console.say(text)
        return ExitCode.success
    }
}

/// What speaks against doing this with root's rights, or nil.
private func ownershipProblem(
    _ command: Invocation.Command, root: String, trusting mounted: [String]
) -> String? {
    switch command {
    case .version, .help, .status, .trace, .broker, .checkMachine, .runFunction, .helpOf: nil
    case .initialize, .initializeDemo, .addDevice, .deploy, .start, .startDemo, .stop, .restart, .check:
        RootOwnership.problem(
            Layout(root: root, writeDirectory: Configuration.writeDirectory(root: root)), trusting: mounted)
    }
}
