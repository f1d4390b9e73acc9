import Core

/// `greengrassd init`: a root for a core without a cloud.
struct InitCommand {
    let thing: String?
    let region: String?
    let account: String?
    let mqttPort: UInt16?
    let daemonPort: UInt16?

    func run(root: String) -> Int32 {
        do throws(SetupError) {
            let wishes = RootSetup.Wishes(
                thing: thing, region: region, account: account, mqttPort: mqttPort, daemonPort: daemonPort)
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
