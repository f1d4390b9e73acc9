import Core
import JSON
import Linux

/// `greengrassd check`: whether this machine can run a core and its functions (rows CHK-01 to CHK-03).
struct MachineCheckCommand {
    let json: Bool
    let kernelConfiguration: String?
    let executable: String?

    func run(root: String) -> Int32 {
        let layout = Layout(root: root, writeDirectory: Configuration.writeDirectory(root: root))
        // Without a configuration there is no core yet; the check is what comes before it.
        let configuration =
            Files.exists(layout.configurationFile) ? Console.configuration(root: root) : nil
        let check = MachineCheck(
            configuration: configuration, layout: layout, executable: executable,
            kernelConfiguration: kernelConfiguration)
        let findings = check.run()
        let missing = findings.filter { $0.outcome == .missing }.count
        let degraded = findings.filter { $0.outcome == .degraded }.count
        if json {
            let answer: JSON = [
                "version": .string(Version.product), "works": .boolean(missing == 0),
                "missing": .integer(Int64(missing)), "degraded": .integer(Int64(degraded)),
                "checks": .array(findings.map { $0.json }),
            ]
            IO.print(String(decoding: answer.serialized(layout: .pretty), as: UTF8.self))
        } else {
            for finding in findings { for line in finding.lines { Console.say(line) } }
            Console.say(
                "\(findings.count - missing - degraded) work, \(degraded) degraded, \(missing) missing."
                    + (missing + degraded > 0 ? " The arrows tell what mends each." : ""))
        }
        return missing == 0 ? ExitCode.success : ExitCode.failure
    }
}
