import Testing

@testable import Linux

@Suite("Reactor")
struct ReactorTests {
    private final class Recorder: EventHandler, TurnEndHandler {
        var events: [Events] = []
        var ends = 0
        var onEvent: (() -> Void)?

        func handle(_ events: Events) {
            self.events.append(events)
            onEvent?()
        }

        func turnEnded() { ends += 1 }
    }

    @Test("A readable descriptor is reported, and the end of the turn comes after it, once")
    func readable() throws {
        let reactor = try Reactor()
        let pair = try Socket.recordPair()
        defer { for end in [pair.0, pair.1] { FileDescriptor.close(end) } }
        let recorder = Recorder()
        recorder.onEvent = { reactor.atEndOfTurn(recorder) }
        try reactor.add(pair.0, .readable, recorder)
        try IO.writeAll(pair.1, [1], step: "write")
        try reactor.turn(waiting: true)
        #expect(recorder.events == [.readable])
        #expect(recorder.ends == 1)
    }

    @Test("A handler that removes another one of the same turn keeps it from being called")
    func removedInTurn() throws {
        let reactor = try Reactor()
        let first = try Socket.recordPair()
        let second = try Socket.recordPair()
        defer { for end in [first.0, first.1, second.0, second.1] { FileDescriptor.close(end) } }
        let recorder = Recorder()
        recorder.onEvent = {
            reactor.remove(first.0)
            reactor.remove(second.0)
        }
        for pair in [first, second] {
            try reactor.add(pair.0, .readable, recorder)
            try IO.writeAll(pair.1, [1], step: "write")
        }
        try reactor.turn(waiting: true)
        try reactor.turn(waiting: false)
        #expect(recorder.events.count == 1)
    }

    @Test("Of what is of low urgency a turn handles a share, after its end; raised, it comes with the others")
    func lowUrgency() throws {
        let reactor = try Reactor()
        var pairs: [(Int32, Int32)] = []
        defer { for pair in pairs { for end in [pair.0, pair.1] { FileDescriptor.close(end) } } }
        let crowd = Recorder()
        for _ in 0..<40 {
            pairs.append(try Socket.recordPair())
            try reactor.add(pairs[pairs.count - 1].0, .readable, crowd, urgency: .low)
            try IO.writeAll(pairs[pairs.count - 1].1, [1], step: "write")
        }
        pairs.append(try Socket.recordPair())
        let known = Recorder()
        var handledBefore: [Int] = []
        known.onEvent = { handledBefore.append(crowd.events.count) }
        try reactor.add(pairs[40].0, .readable, known)
        try IO.writeAll(pairs[40].1, [1], step: "write")
        for _ in 0..<3 { try reactor.turn(waiting: true) }
        // Nobody reads, so all of them stay ready: a share of the crowd after each turn, the known one in each.
        #expect(handledBefore == [0, 16, 32])
        #expect(crowd.events.count == 48)

        reactor.remove(pairs[0].0)
        try reactor.raiseUrgency(pairs[1].0, .readable)
        crowd.events = []
        known.onEvent = nil
        for pair in pairs[2..<40] { reactor.remove(pair.0) }
        try reactor.turn(waiting: true)
        #expect(crowd.events.count == 1)
    }

    @Test("A call scheduled from a call waits for the next turn")
    func scheduling() throws {
        let reactor = try Reactor()
        var calls: [String] = []
        reactor.schedule(afterNanoseconds: 0) {
            calls.append("outer")
            reactor.schedule(afterNanoseconds: 0) { calls.append("inner") }
        }
        try reactor.turn(waiting: true)
        #expect(calls == ["outer"])
        try reactor.turn(waiting: true)
        #expect(calls == ["outer", "inner"])
    }
}

@Suite("Sockets")
struct SocketTests {
    @Test("A port that is taken is named in the error")
    func taken() throws {
        let sockets = try Socket.listenOnLoopback(port: 0)
        defer { for socket in sockets { FileDescriptor.close(socket) } }
        let port = Socket.localPort(sockets[0])
        let error = #expect(throws: SystemError.self) { try Socket.listenOnLoopback(port: port) }
        #expect(error?.step == "listen on TCP port \(port)")
    }

    @Test("A socket path that does not fit is refused with its length")
    func longPath() {
        let path = "/tmp/" + String(repeating: "x", count: 120)
        let error = #expect(throws: SystemError.self) { try Socket.listen(unixPath: path, mode: 0o600) }
        #expect(error?.step.contains("107") == true)
    }
}

@Suite("Process tree")
struct ProcessTreeTests {
    @Test("A child is found below its parent and its exit is told")
    func child() throws {
        let process = try Privileges.fork()
        if process == 0 {
            while true { Clock.pause(milliseconds: 1000) }
        }
        #expect(ProcessTree.children(of: Processes.current).contains(process))
        #expect(Processes.send(Signals.kill, to: process))
        #expect(Processes.wait(process) == .signal(Signals.kill))
        #expect(!ProcessTree.children(of: Processes.current).contains(process))
    }

    @Test("Process 1 can be signalled, as it is the supervisor in a container; the own process never is")
    func firstProcess() {
        #expect(Processes.send(0, to: 1) == Users.isRoot)
        #expect(!Processes.send(0, to: Processes.current))
        #expect(!Processes.send(0, to: 0))
    }
}
