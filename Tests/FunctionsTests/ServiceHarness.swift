import Foundation
import Group
import Linux
import Log
import Messaging
import Programs
import Testing

@testable import Functions

/// Keeps what the router delivers.
final class Inbox: MessageTarget {
    var messages: [Message] = []
    func deliver(_ message: borrowing MessageView) -> Delivery {
        messages.append(message.copy())
        return .taken
    }

    func isFull(forPayload bytes: Int) -> Bool { false }
}

/// A function service on real sockets with a folder of its own.
final class ServiceHarness {
    let reactor: Reactor
    let router: Router
    let service: FunctionService
    let inbox = Inbox()
    let folder: String
    let log: LogFile

    static let arns = ["Alarm", "Echo"].map { "arn:aws:lambda:us-west-2:123456789012:function:\($0):1" }

    /// Function 0 is pinned, function 1 on demand; both publish `out/…` to a device, which publishes `in/…` to both.
    init(
        launcher: any WorkerLauncher, runtimeRoot: String = "/nowhere", path: String = "/usr/bin:/bin",
        limits: FunctionLimits = FunctionLimits(), change: (inout [FunctionDefinition]) -> Void = { _ in }
    ) throws {
        // As the core does at its start.
        Signals.ignoreBrokenPipes()
        folder = NSTemporaryDirectory() + "functions-\(UUID().uuidString.prefix(8))"
        reactor = try Reactor()
        var definitions = try Self.arns.map {
            FunctionDefinition(id: $0, arn: $0, runtime: try #require(Runtime(name: "executable")), handler: "program")
        }
        definitions[0].pinned = true
        for index in definitions.indices { definitions[index].isolation = .noContainer }
        change(&definitions)
        var rows: [Subscription] = []
        for arn in Self.arns {
            rows.append(
                Subscription(
                    id: "\(rows.count)", source: .function(arn), subject: Array("out/#".utf8), target: .device("screen")
                ))
            rows.append(
                Subscription(
                    id: "\(rows.count)", source: .device("screen"), subject: Array("in/\(rows.count / 2)".utf8),
                    target: .function(arn)))
        }
        log = LogFile(path: folder + "/runtime.log")
        let logger = Logger(file: log, threshold: .debug)
        router = Router(table: SubscriptionTable(rows), log: logger)
        router.register(inbox, for: .device("screen"))
        var configuration = FunctionConfiguration(
            socketPath: folder + "/socket/ipc.sock", packageRoot: folder + "/lambda", runtimeRoot: runtimeRoot,
            logRoot: folder + "/log", thingName: "core", version: "1.9.4")
        configuration.port = 0
        configuration.path = path
        configuration.logLevel = .debug
        for arn in Self.arns {
            try Files.makeDirectories("\(folder)/lambda/\(arn)")
            try #require(Program.write("#!/bin/sh\n", to: "\(folder)/lambda/\(arn)/program"))
        }
        service = FunctionService(
            configuration: configuration, definitions: definitions, reactor: reactor, router: router,
            launcher: launcher, log: logger, limits: limits)
    }

    deinit {
        do { try Files.removeTree(folder) } catch {}
    }

    func client() throws -> TestClient { try TestClient(reactor: reactor, port: service.port) }

    func systemLog() throws -> String {
        String(decoding: try Files.read(log.path, limit: 1_000_000), as: UTF8.self)
    }

    func functionLog(_ name: String) throws -> String {
        let path = "\(folder)/log/us-west-2/123456789012/\(name).log"
        guard Files.exists(path) else { return "" }
        return String(decoding: try Files.read(path, limit: 1_000_000), as: UTF8.self)
    }

    /// Turns the loop until something holds, at most 20 seconds.
    func until(_ condition: () throws -> Bool) throws -> Bool {
        let end = Clock.monotonic() + 20_000_000_000
        while Clock.monotonic() < end {
            if try condition() { return true }
            // Wakes the wait where nothing else does.
            reactor.schedule(afterNanoseconds: 5_000_000) {}
            try reactor.turn(waiting: true)
        }
        return try condition()
    }
}
