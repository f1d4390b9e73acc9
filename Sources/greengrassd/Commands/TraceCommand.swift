import Core
import Deployment
import Group
import JSON
import Linux

/// `greengrassd trace TOPIC`: which subscriptions would carry a message, and why the others would not (row H-20).
struct TraceCommand {
    let topic: String
    let from: String?
    let json: Bool

    func run(root: String) -> Int32 {
        guard let answer = answer(root) else { return ExitCode.failure }
        if let error = answer["error"]?.stringValue {
            Console.complain("greengrassd: \(error)")
            return answer["errorOf"]?.stringValue == "question" ? ExitCode.usage : ExitCode.failure
        }
        let text = TraceText(answer, width: Terminal.size()?.columns ?? 80)
        if json {
            IO.print(String(decoding: answer.serialized(layout: .pretty), as: UTF8.self))
        } else {
            Console.say(text.lines.joined(separator: "\n"))
        }
        return text.arrives ? ExitCode.success : ExitCode.nothing
    }

    /// Of the running core, else of the deployed group; nil after a complaint.
    private func answer(_ root: String) -> JSON? {
        let layout = Layout(root: root, writeDirectory: Configuration.writeDirectory(root: root))
        // Who may not ask the core may still read the group.
        do throws(SystemError) {
            let running = try RunningDaemon.find(layout)?.layout ?? layout
            if let answer = try StatusClient.trace(running, topic: topic, from: from) { return answer }
        } catch {
            Console.complain("The running core was not asked: \(error.description).")
        }
        guard let configuration = Console.configuration(root: root) else { return nil }
        do throws(DeploymentError) {
            let loaded = try DeploymentSettings.deployer(configuration, layout, containers: .assumed)
                .loadCurrent()
            let trace = Trace(group: loaded?.group ?? GroupDefinition(), deployment: loaded?.id.description)
            return trace.answer(topic: topic, from: from)
        } catch {
            Console.complain("greengrassd: \(error.description)")
            return nil
        }
    }
}
