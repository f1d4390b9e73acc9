import Core
import JSON
import Linux

/// `greengrassd status`: what runs, for people or, with `--json`, for programs.
struct StatusCommand {
    let json: Bool

    func run(root: String) -> Int32 {
        let layout = Layout(root: root, writeDirectory: Configuration.writeDirectory(root: root))
        do throws(SystemError) {
            let daemon = try LockFile.holder(layout.processFile)
            let status = daemon == nil ? nil : try StatusClient.ask(layout)
            print(daemon, status, layout)
            return status == nil ? ExitCode.failure : ExitCode.success
        } catch {
            Console.complain(SetupError("greengrassd: the daemon's status cannot be asked for", error).sentence)
            return ExitCode.failure
        }
    }

    private func print(_ daemon: Int32?, _ status: JSON?, _ layout: Layout) {
        if json {
            var members: [(key: String, value: JSON)] = [("daemonPid", daemon.map { .integer(Int64($0)) } ?? .null)]
            if let status {
                members += (status.objectValue?.members ?? []).map { (key: $0.key, value: $0.value) }
            } else {
                members.append(("state", .string(daemon == nil ? "stopped" : "starting")))
            }
            return IO.print(String(decoding: JSON.object(members).serialized(layout: .pretty), as: UTF8.self))
        }
        guard let daemon else { return Console.say("Greengrass daemon is not running (root \(layout.root))") }
        guard let status else {
            return Console.say(
                "Greengrass daemon runs with PID: \(daemon), but its core does not serve. "
                    + "\(layout.supervisorLog) and \(layout.runtimeLog) say why.")
        }
        Console.say(
            "Greengrass daemon runs with PID: \(daemon), core \(text(status["thing"])) for "
                + "\(text(status["uptimeSeconds"])) s, deployment \(text(status["deployment"]))")
        if let problem = status["problem"]?.stringValue { Console.say("  problem   \(problem)") }
        for device in status["devices"]?.arrayValue ?? [] { Console.say("  device    \(line(device: device))") }
        for function in status["functions"]?.arrayValue ?? [] { Console.say("  function  \(line(function: function))") }
        let messages = status["messages"]?.objectValue?.members ?? []
        Console.say("  messages  " + messages.map { "\($0.key) \(text($0.value))" }.joined(separator: ", "))
    }

    private func line(device: JSON) -> String {
        guard device["connected"]?.booleanValue == true else { return "\(text(device["thing"]))  not connected" }
        return
            "\(text(device["thing"]))  connected from \(text(device["peer"])) for \(text(device["connectedSeconds"])) s, "
            + "\(text(device["droppedMessages"])) messages dropped"
    }

    private func line(function: JSON) -> String {
        let workers = (function["workers"]?.arrayValue ?? []).map { text($0["pid"]) }.joined(separator: " ")
        return "\(text(function["arn"]))  \(text(function["state"])), \(text(function["invocations"])) invocations, "
            + "\(text(function["handledErrors"])) handled and \(text(function["unhandledErrors"])) unhandled errors, "
            + "\(text(function["restarts"])) restarts" + (workers.isEmpty ? "" : ", pid \(workers)")
    }

    private func text(_ value: JSON?) -> String {
        switch value {
        case .string(let text)?: text
        case .number(let number)?: number.text
        case .boolean(let flag)?: flag ? "yes" : "no"
        default: "none"
        }
    }
}
