import Foundation
import Linux
import Testing

@testable import Log

@Suite("Log lines and files")
struct LogTests {
    @Test("LOG-06: a line is the time in UTC, the level and the message")
    func line() {
        let line = LogLine.format(milliseconds: 1_567_009_261_581, level: .warn, message: "main.swift:7,hello".utf8)
        #expect(String(decoding: line, as: UTF8.self) == "[2019-08-28T16:21:01.581Z][WARN]-main.swift:7,hello\n")
    }

    @Test("LOG-06: nothing in a message can forge a line")
    func forged() {
        let line = LogLine.format(milliseconds: 0, level: .info, message: "a\n[1970]\r\u{1b}[31m\u{7f}".utf8)
        #expect(line.filter { $0 == UInt8(ascii: "\n") }.count == 1)
        #expect(String(decoding: line, as: UTF8.self).contains(#"a\x0a[1970]\x0d\x1b[31m\x7f"#))
    }

    @Test("A message beyond the limit is cut and its length told")
    func long() {
        let line = LogLine.format(
            milliseconds: 0, level: .info, message: [UInt8](repeating: UInt8(ascii: "x"), count: 100_000))
        #expect(line.count < LogLine.longestMessage + 100)
        #expect(String(decoding: line, as: UTF8.self).hasSuffix("(100000 bytes)\n"))
    }

    @Test("LOG-04: a log never takes more than its space, and what is kept is the newest")
    func rotation() throws {
        let folder = NSTemporaryDirectory() + "perennial-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/a/b.log"
        let log = LogFile(path: path, space: 8192)
        for number in 0..<2000 {
            log.append(Array("line \(number)\n".utf8))
            if number % 100 == 99 {
                let sizes = try [path, path + ".1"].compactMap { try Files.status($0)?.size }
                #expect(sizes.reduce(0, +) <= 8192)
            }
        }
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.hasSuffix("line 1999\n"))
        #expect(!text.contains("lost"))
        #expect(try Files.status(path)?.mode == 0o600)
    }

    @Test("A log that was there is continued, and a link in its place is not followed")
    func links() throws {
        let folder = NSTemporaryDirectory() + "perennial-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        LogFile(path: folder + "/a.log").append(Array("one\n".utf8))
        LogFile(path: folder + "/a.log").append(Array("two\n".utf8))
        #expect(try String(contentsOfFile: folder + "/a.log", encoding: .utf8) == "one\ntwo\n")
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/link.log", withDestinationPath: folder + "/target")
        let log = LogFile(path: folder + "/link.log")
        log.append(Array("lost\n".utf8))
        #expect(!Files.exists(folder + "/target"))
        try FileManager.default.removeItem(atPath: folder + "/link.log")
        log.append(Array("kept\n".utf8))
        let text = try String(contentsOfFile: folder + "/link.log", encoding: .utf8)
        #expect(text.contains("WARN]-1 lines before this one are lost"))
        #expect(text.hasSuffix("\nkept\n"))
        #expect(!Files.exists(folder + "/target"))
    }

    @Test("A log that was removed while it is written begins anew")
    func removed() throws {
        let path = NSTemporaryDirectory() + "perennial-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        let log = LogFile(path: path)
        log.append(Array("one\n".utf8))
        try FileManager.default.removeItem(atPath: path)
        log.append(Array("two\n".utf8))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "two\n")
    }

    @Test("What is below the threshold is not written and not even made")
    func threshold() throws {
        let path = NSTemporaryDirectory() + "perennial-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        let logger = Logger(file: LogFile(path: path), threshold: .warn)
        var made = 0
        func message() -> String {
            made += 1
            return "text"
        }
        logger.info(message())
        logger.error(message())
        #expect(made == 1)
        #expect(try String(contentsOfFile: path, encoding: .utf8).contains("][ERROR]-LogTests.swift:"))
    }
}
