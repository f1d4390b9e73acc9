import Foundation
import Testing

@Suite("What is left when a process is killed")
struct CrashTests {
    /// The processes of a running core by role: the one that `start` names, its child, and the workers.
    private func started(_ core: CoreUnderTest) throws -> (supervisor: pid_t, core: pid_t, others: [pid_t]) {
        let (supervisor, process) = try ProcessTable.daemon(core.root)
        let others = ProcessTable.naming(core.root).filter { $0.parent == supervisor && $0.pid != process }
        return (supervisor, process, others.map(\.pid))
    }

    private var group: GroupFolder {
        var group = GroupFolder()
        group.functions = [GroupFolder.Function(name: "Counter", code: FunctionCode.counter, pinned: true, timeout: 30)]
        group.subscriptions = [
            (.device("a"), "topic", .device("b")), (.device("a"), "count", .function("Counter")),
            (.function("Counter"), "count", .device("b")),
        ]
        return group
    }

    /// Waits until the process is gone.
    private func gone(_ pid: pid_t) throws {
        // tail --pid ends when the process has; it is no child of ours to wait for.
        let watcher = try Child(["tail", "--pid", String(pid), "-s", "0.05", "-f", "/dev/null"])
        guard watcher.wait() != nil else { throw HarnessError("process \(pid) is still there") }
    }

    @Test("INST-06: a core that is killed is started again, and devices and functions talk as before")
    func coreKilled() throws {
        try CoreUnderTest.run { core in
            try core.start(group, devices: "a", "b")
            let before = try started(core)
            let waiting = try core.device(.paho, "b", subscribe: "count")
            kill(before.core, SIGKILL)
            #expect(waiting.awaitDisconnect())
            // It would connect again by itself, and fight with the next one for their client ID.
            waiting.close()
            _ = try core.line(in: core.logFolder + "/supervisor.log", containing: String(before.core))
            let receiver = try core.persistentDevice(.paho, "b", subscribe: "count")
            let sender = try core.persistentDevice(.paho, "a")
            try sender.publish("count", "{}")
            #expect(try receiver.receive().payload.hasPrefix(#"{"calls": 1, "#))
            for pid in before.others { try gone(pid) }
        }
    }

    @Test("The core has no descriptor of its supervisor's: neither the lock, nor root's logs, nor what start inherited")
    func descriptors() throws {
        try CoreUnderTest.run { core in
            try core.start(group, devices: "a", "b")
            let processes = try started(core)
            func targets(_ pid: pid_t) throws -> [String] {
                let folder = "/proc/\(pid)/fd"
                return try FileManager.default.contentsOfDirectory(atPath: folder).compactMap {
                    try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
                }
            }
            guard Expectation.has(.inspection) else {
                // Nobody without privileges may look, the core's own user neither.
                #expect(((try? targets(processes.core)) ?? []) == [])
                return
            }
            let all = try targets(processes.core)
            #expect(
                all.filter { name in ["greengrassd.pid", ".lock", "supervisor.log"].contains { name.hasSuffix($0) } }
                    == [])
            // Its own event loop alone, which has a second set for what is of low urgency.
            #expect(all.filter { $0.contains("eventpoll") }.count == 2)
            #expect(try targets(processes.supervisor).filter { $0.hasSuffix("greengrassd.pid") }.count == 1)
        }
    }

    @Test("INST-06: when the supervisor is killed, core and functions end by themselves")
    func supervisorKilled() throws {
        try CoreUnderTest.run { core in
            try core.start(group, devices: "a", "b")
            let before = try started(core)
            #expect(!before.others.isEmpty, "the pinned function runs")
            kill(before.supervisor, SIGKILL)
            for pid in [before.supervisor, before.core] + before.others { try gone(pid) }
            try core.start()
        }
    }

    /// A stream to the core's control socket that asks and does not wait for the answer.
    private func askAndLeave(_ path: String) throws {
        let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        let request = Array("GET /status HTTP/1.1\r\nHost: core\r\n\r\n".utf8)
        guard connected == 0, write(socket, request, request.count) == request.count else {
            throw HarnessError("cannot ask at \(path)")
        }
    }

    @Test("INST-06: a peer that is gone before the core writes to it does not end the core; one that hangs is told")
    func peerGone() throws {
        try CoreUnderTest.run { core in
            try core.start()
            let before = try started(core)
            // While it is stopped, everything that the peer does is over before the core sees any of it.
            kill(before.core, SIGSTOP)
            try askAndLeave(core.root + "/ggc/var/run/core/control.sock")
            let hanging = try core.command("status")
            kill(before.core, SIGCONT)
            #expect(hanging.exit == .code(1) && hanging.text.contains("does not serve"), "\(hanging)")
            #expect(try core.status()["corePid"] as? Int == Int(before.core))
        }
    }

    @Test("LAM-05: a hundred and fifty pinned functions start at once, and none is lost on the way to the supervisor")
    func manyFunctions() throws {
        try CoreUnderTest.run { core in
            // An emulated machine needs more than the half minute that `start` waits unless told otherwise.
            try core.configure { $0["runtime"] = ["postStartHealthCheckTimeout": 600_000] }
            var group = GroupFolder()
            group.functions = (0..<150).map { number in
                var function = GroupFolder.Function(
                    name: "F\(number)", code: "#!/bin/sh\nexec sleep 1000\n", pinned: true)
                function.runtime = "executable"
                function.encoding = "binary"
                function.handler = "function.py"
                function.encoding = "binary"
                function.withSDK = false
                function.variables = ["PADDING": String(repeating: "x", count: 3500)]
                return function
            }
            try core.start(group)
            let functions = try core.status()["functions"] as? [[String: Any]] ?? []
            #expect(functions.count == 150)
            #expect(functions.allSatisfy { ($0["workers"] as? [Any])?.count == 1 && $0["restarts"] as? Int == 0 })
        }
    }

    @Test("LAM-05: a pinned function that is killed is started again")
    func workerKilled() throws {
        try CoreUnderTest.run { core in
            try core.start(group, devices: "a", "b")
            let receiver = try core.device(.paho, "b", subscribe: "count")
            let sender = try core.device(.paho, "a")
            try sender.publish("count", "{}")
            let first = try receiver.receive().payload
            guard let pid = pid_t(first.dropLast().split(separator: " ").last ?? "") else {
                throw HarnessError("no pid in \(first)")
            }
            kill(pid, SIGKILL)
            try gone(pid)
            try sender.publish("count", "{}")
            #expect(try receiver.receive().payload.hasPrefix(#"{"calls": 1, "#))
        }
    }
}
