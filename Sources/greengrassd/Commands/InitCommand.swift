import Core

/// `greengrassd init`: a root for a core without a cloud.
struct InitCommand {
    let wishes: RootSetup.Wishes

    func run(root: String) -> Int32 {
        do throws(SetupError) {
            Console.say("Setting up a greengrass-root in \(root)")
            for line in try RootSetup(root: root).initialize(wishes) { Console.say("  \(line)") }
        } catch {
            Console.complain("greengrassd: \(error.sentence)")
            return ExitCode.failure
        }
        Console.say(
            """
            Next: `greengrassd --root \(root) device add NAME` for each device, `deploy FOLDER` for the group, `start`.
            """)
        return ExitCode.success
    }
}
