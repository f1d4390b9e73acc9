import Foundation
import Linux
import Testing

@testable import Core

@Suite("Events of a function that runs alone")
struct EventSourceTests {
    private func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    @Test("Given events come first, then the lines of a pipe as they come; empty lines are none")
    func pipe() throws {
        let reactor = try Reactor()
        let pipe = try FileDescriptor.pipe()
        defer { FileDescriptor.close(pipe.read) }
        let source = EventSource([Array("given".utf8)], readsInput: true, descriptor: pipe.read)
        source.start(reactor) {}
        #expect(text(source.next()) == "given")
        #expect(source.next() == nil && !source.isAtEnd)
        try IO.writeAll(pipe.write, Array("one\n\ntwo\r\nthr".utf8), step: "write")
        try reactor.turn(waiting: true)
        #expect(text(source.next()) == "one" && text(source.next()) == "two" && source.next() == nil)
        try IO.writeAll(pipe.write, Array("ee".utf8), step: "write")
        FileDescriptor.close(pipe.write)
        while !source.isAtEnd, source.next() == nil { try reactor.turn(waiting: true) }
        #expect(source.isAtEnd)
    }

    @Test("A file of many lines is read as they are handled, in order")
    func file() throws {
        let path = "/tmp/perennial-events-\(Processes.current)"
        var lines = ""
        for number in 0..<200_000 { lines += "{\"number\": \(number)}\n" }
        try Files.writeAtomically(path, Array(lines.utf8), mode: 0o644)
        let file = FileDescriptor(owning: try Files.open(path))
        unlink(path)
        let source = EventSource([], readsInput: true, descriptor: file.raw)
        source.start(try Reactor()) {}
        var count = 0
        while let event = source.next() {
            if text(event) != "{\"number\": \(count)}" { break }
            count += 1
        }
        #expect(count == 200_000 && source.isAtEnd)
    }

    @Test("A line that no function may be sent is left out, and told")
    func excess() throws {
        let path = "/tmp/perennial-long-\(Processes.current)"
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 6 << 20 + 1)
        try Files.writeAtomically(path, Array("a\n".utf8) + long + Array("\nb\n".utf8), mode: 0o644)
        let file = FileDescriptor(owning: try Files.open(path))
        unlink(path)
        let source = EventSource([], readsInput: true, descriptor: file.raw)
        source.start(try Reactor()) {}
        #expect(text(source.next()) == "a" && !source.takeExcess())
        #expect(text(source.next()) == "b" && source.takeExcess())
        #expect(!source.takeExcess() && source.next() == nil && source.isAtEnd)
    }
}
