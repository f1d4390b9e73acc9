import Group
import Linux

extension PackageReader {
    /// Reads what lies below a directory of the package.
    ///
    /// Root reads here what others may be able to change meanwhile, so every step goes on from the directory before it.
    func readDirectory(_ directory: borrowing Directory, _ above: [UInt8]) throws(PackageError) {
        for name in try names(in: directory) {
            let bytes = above.isEmpty ? [UInt8](name.utf8) : above + [UInt8(ascii: "/")] + [UInt8](name.utf8)
            let status = try status(of: name, in: directory)
            switch status?.kind {
            case .directory:
                guard let entry = try admit(bytes, .directory) else { continue }
                try visitor.directory(entry)
                try readDirectory(try open(name, in: directory), bytes)
            case .file:
                guard let entry = try admit(bytes, .file) else { continue }
                try visitor.beginFile(entry, isExecutable: (status?.mode ?? 0) & 0o111 != 0)
                try readFile(name, in: directory)
                try visitor.endFile()
            case .link:
                let target = [UInt8]((directory.linkTarget(name) ?? "").utf8)
                guard let entry = try admit(bytes, .link, target: target) else { continue }
                try visitor.link(entry, target: target)
            default:
                try complain(bytes, "is neither a file nor a directory nor a link")
            }
        }
    }

    func open(_ name: String, in directory: borrowing Directory) throws(PackageError) -> Directory {
        do throws(SystemError) { return try directory.directory(name) } catch { throw .system(error) }
    }

    func openFile(_ name: String, in directory: borrowing Directory) throws(PackageError) -> FileDescriptor {
        do throws(SystemError) { return try directory.file(name) } catch { throw .system(error) }
    }

    func status(of name: String, in directory: borrowing Directory) throws(PackageError) -> FileStatus? {
        do throws(SystemError) { return try directory.status(name) } catch { throw .system(error) }
    }

    private func names(in directory: borrowing Directory) throws(PackageError) -> [String] {
        do throws(SystemError) { return try directory.list() } catch { throw .system(error) }
    }

    private func readFile(_ name: String, in directory: borrowing Directory) throws(PackageError) {
        let fd = try openFile(name, in: directory)
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: PackageReader.chunkBytes, alignment: 16)
        defer { room.deallocate() }
        while true {
            switch IO.read(fd.raw, into: room) {
            case .bytes(let count): try show(UnsafeRawBufferPointer(rebasing: room[0..<count]))
            case .closed: return
            // It was a plain file a moment ago.
            case .wouldBlock: throw .unusable("\(Words.quoted(name)) in it changed meanwhile")
            case .failed(let code): throw .system(SystemError("read \(name) of \(path)", code: code))
            }
        }
    }
}
