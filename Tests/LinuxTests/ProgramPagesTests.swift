import Foundation
import Linux
import Testing

@Suite struct ProgramPagesTests {
    @Test func `a program gives its pages back and goes on`() throws {
        let before = try codeInMemory()
        Machine.releaseProgramPages()
        let after = try codeInMemory()
        #expect(before > 0)
        #expect(after < before)
        #expect(Machine.memoryBytes() ?? 0 > 0)
    }

    /// Bytes of this program's code that are in this process's memory: `Rss` of its executable mappings, proc(5), smaps.
    private func codeInMemory() throws -> Int {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let text = try String(contentsOfFile: "/proc/self/smaps", encoding: .utf8)
        var isCode = false
        var bytes = 0
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count >= 5, words[0].contains("-"), !words[0].hasSuffix(":") {
                isCode = words[1] == "r-xp" && line.hasSuffix(program)
            } else if isCode, words.first == "Rss:" {
                bytes += (Int(words[1]) ?? 0) * 1024
            }
        }
        return bytes
    }
}
