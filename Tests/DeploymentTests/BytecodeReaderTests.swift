import Bytes
import Testing

@testable import Deployment

/// What an interpreter writes that compiled a function's code, or pretends to have.
@Suite("Compiled code, as it comes")
struct BytecodeReaderTests {
    static let end = [UInt8](repeating: 0, count: 8)

    static func record(_ path: String, _ content: [UInt8] = [1, 2, 3]) -> [UInt8] {
        number(path.utf8.count) + number(content.count) + [UInt8](path.utf8) + content
    }

    static func number(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private func read(_ bytes: [UInt8], piece: Int = .max, _ bounds: BytecodeBounds = BytecodeBounds()) throws
        -> (paths: [String], isComplete: Bool)
    {
        var reader = BytecodeReader(bounds)
        var paths: [String] = []
        var left = bytes[...]
        while !left.isEmpty {
            paths += try reader.take(left.prefix(piece)).map { $0.path.text }
            left = left.dropFirst(piece)
        }
        return (paths, reader.isComplete)
    }

    /// What is wrong, or nil.
    private func complaint(_ bytes: [UInt8], _ bounds: BytecodeBounds = BytecodeBounds()) -> String? {
        do {
            _ = try read(bytes, bounds)
            return nil
        } catch {
            return (error as? PackageComplaint)?.text
        }
    }

    private func read(_ bytes: [UInt8], _ bounds: BytecodeBounds) throws -> [String] {
        try read(bytes, piece: .max, bounds).paths
    }

    @Test("Records are read whatever pieces they come in, and their end is known")
    func pieces() throws {
        let whole = Self.record("lambda/a/__pycache__/b.cpython-37.pyc") + Self.record("runtime/c.pyc", []) + Self.end
        for piece in 1...whole.count {
            let found = try read(whole, piece: piece)
            #expect(found.paths == ["lambda/a/__pycache__/b.cpython-37.pyc", "runtime/c.pyc"] && found.isComplete)
        }
        for count in 0..<whole.count { #expect(try !read(Array(whole.prefix(count))).isComplete) }
        #expect(try read(Self.end) == ([], true))
    }

    @Test("A path that leads out, is absolute or has another place, name or spelling is refused")
    func paths() throws {
        for path in [
            "lambda/../x.pyc", "../lambda/x.pyc", "/lambda/x.pyc", "lambda//x.pyc", "lambda/./x.pyc", "./lambda/x.pyc",
            "lambda/x.pyc/", "lambda/x.py", "x.pyc", "other/x.pyc", ".pyc", "lambda", "lambda/x.pyc\0", "lambda\\x.pyc",
            "lambda/" + String(repeating: "x", count: 256) + ".pyc",
            "lambda/" + String(repeating: "x/", count: 600) + "x.pyc",
        ] { #expect(complaint(Self.record(path)) != nil, "\(path)") }
        #expect(complaint(Self.number(9) + Self.number(0) + [0xFF] + [UInt8]("lambda/x".utf8)) != nil)
        #expect(complaint(Self.record("lambda/x.pyc")) == nil)
    }

    @Test("Too many files, too many bytes and bytes after the end are refused; sizes are, before their bytes come")
    func bounds() throws {
        var bounds = BytecodeBounds()
        bounds.files = 2
        bounds.bytes = 5
        let one = Self.record("lambda/x.pyc")
        #expect(complaint(one + Self.record("lambda/y.pyc", [1, 2]) + Self.end, bounds) == nil)
        #expect(complaint(one + Self.record("lambda/y.pyc", [1, 2, 3]), bounds) == "has 3 bytes, too many")
        let many = one + Self.record("lambda/y.pyc", []) + Self.record("lambda/z.pyc", [])
        #expect(complaint(many, bounds) == "is one file too many")
        #expect(complaint(Self.number(12) + [0xFF, 0xFF, 0xFF, 0xFF])?.contains("4294967295") == true)
        #expect(complaint([0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]) == "has a path of 4294967295 bytes")
        #expect(complaint(Self.number(0) + Self.number(1)) == "has a path of 0 bytes")
        #expect(complaint(Self.end + one) == "comes after the end")
    }

    @Test("Whatever bytes come, only compiled files below the two folders come out")
    func anything() {
        var state: UInt64 = 42
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let valid =
            Self.record("lambda/a/__pycache__/b.cpython-37.pyc") + Self.record("runtime/c.pyc", []) + Self.end
        for _ in 0..<20_000 {
            var bytes = valid
            for _ in 0...random(4) { bytes[random(bytes.count)] = UInt8(random(256)) }
            if random(4) == 0 { bytes.removeLast(random(bytes.count)) }
            for path in (try? read(bytes, BytecodeBounds())) ?? [] {
                #expect(path.hasPrefix("lambda/") || path.hasPrefix("runtime/"))
                #expect(path.hasSuffix(".pyc") && !path.contains("/../"))
            }
        }
    }
}
