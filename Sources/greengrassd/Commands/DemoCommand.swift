import Core
import Linux

/// `init --demo` and `start --demo`: a core to play with.
struct DemoCommand {
    /// Where it is a container that starts with it.
    var container: OuterContainer?
    var wishes = RootSetup.Wishes(thing: nil, region: nil, account: nil, mqttPort: nil, daemonPort: nil)

    func initialize(root: String, executable: String?) -> Int32 {
        guard let guide = make(root, executable) else { return ExitCode.failure }
        for line in guide.lines { Console.say(line) }
        Console.say("")
        Console.say("Next: `greengrassd --root \(root) start`.")
        return ExitCode.success
    }

    /// Makes what is missing and starts. The links' protection is not demanded: a container cannot turn it on, and a
    /// demonstration has nothing to lose.
    func start(_ start: StartCommand, root: String) -> Int32 {
        guard let guide = make(root, start.executable) else { return ExitCode.failure }
        var start = start
        if !start.insecure, let problem = LinkProtection.problem() {
            Console.complain("Warning: \(problem) A demonstration starts without.")
            start.insecure = true
        }
        start.afterwards = guide.lines
        return start.run(root: root)
    }

    private func make(_ root: String, _ executable: String?) -> DemoGuide? {
        if !DemoSetup.isDemo(root: root) { Console.say("Making a demonstration in \(root)") }
        do throws(SetupError) {
            return try DemoSetup(root: root, executable: executable, container: container).make(wishes) {
                Console.say("  \($0)")
            }
        } catch {
            Console.complain("greengrassd: \(error.sentence)")
            return nil
        }
    }
}
