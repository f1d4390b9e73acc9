import Bytes

/// Takes apart what a function's interpreter says when it compiles (`Runtimes/python/greengrass_runtime/ahead.py`): records of
/// two lengths, a path and a content, and two lengths of 0 at the end. The interpreter ran as the function's user and is
/// not trusted with anything but that function.
struct BytecodeReader {
    struct File: Equatable {
        let path: [UInt8]
        let content: ArraySlice<UInt8>
    }

    /// The folders that `bytecode.py` looks into.
    private static let tops = ["lambda", "runtime"]
    private static let ending: StaticString = ".pyc"

    private var bounds: BytecodeBounds
    private var pending: [UInt8] = []
    /// Whether the end was there.
    private(set) var isComplete = false

    init(_ bounds: BytecodeBounds) {
        self.bounds = bounds
    }

    /// - Returns: the files that are complete with these bytes.
    /// - Throws: what is wrong with a record, to follow its name.
    mutating func take(_ bytes: ArraySlice<UInt8>) throws(PackageComplaint) -> [File] {
        pending.append(contentsOf: bytes)
        var files: [File] = []
        var at = 0
        while let header = number(at), let size = number(at + 4) {
            if isComplete { break }
            if header == 0, size == 0 {
                isComplete = true
                at += 8
                continue
            }
            guard header > 0, header <= UInt32(PackageLimits.pathBytes) else {
                throw PackageComplaint("has a path of \(header) bytes")
            }
            guard bounds.files > 0 else { throw PackageComplaint("is one file too many") }
            guard size <= UInt32(clamping: bounds.bytes) else { throw PackageComplaint("has \(size) bytes, too many") }
            let start = at + 8 + Int(header)
            let end = start + Int(size)
            guard pending.count >= end else { break }
            let path = Array(pending[(at + 8)..<start])
            try Self.check(path)
            files.append(File(path: path, content: pending[start..<end]))
            bounds.files -= 1
            bounds.bytes -= Int(size)
            at = end
        }
        pending.removeFirst(at)
        if isComplete, !pending.isEmpty { throw PackageComplaint("comes after the end") }
        return files
    }

    private func number(_ at: Int) -> UInt32? {
        guard pending.count >= at + 4 else { return nil }
        return pending[at..<(at + 4)].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Nothing but a compiled file below the two folders, spelled in the one way there is.
    private static func check(_ bytes: [UInt8]) throws(PackageComplaint) {
        let path = try PackagePath(bytes)
        guard path.parts.count > 1, tops.contains(path.parts[0].text), path.text.utf8.elementsEqual(bytes) else {
            throw PackageComplaint("is at no place for compiled code")
        }
        guard bytes.count > ending.utf8CodeUnitCount, Array(bytes.suffix(4)).starts(with: ending) else {
            throw PackageComplaint("is no .pyc")
        }
    }
}
