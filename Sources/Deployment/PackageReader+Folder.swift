import Bytes
import CLinux
import Linux

extension PackageReader {
    /// Reads what lies below a directory of the folder.
    func readDirectory(_ above: [UInt8]) throws(PackageError) {
        let place = above.isEmpty ? path : Path.join(path, above.text)
        let names = try PackageError.converting { () throws(SystemError) in try Files.list(place) }
        for name in names {
            let bytes = above.isEmpty ? [UInt8](name.utf8) : above + [UInt8(ascii: "/")] + [UInt8](name.utf8)
            let file = Path.join(place, name)
            let status = try PackageError.converting { () throws(SystemError) in try Files.linkStatus(file) }
            switch status?.kind {
            case .directory:
                guard let entry = try admit(bytes, .directory) else { continue }
                try visitor.directory(entry)
                try readDirectory(bytes)
            case .file:
                guard let entry = try admit(bytes, .file) else { continue }
                try visitor.beginFile(entry, isExecutable: (status?.mode ?? 0) & 0o111 != 0)
                try readFile(file)
                try visitor.endFile()
            case .link:
                let target = [UInt8]((Files.linkTarget(file) ?? "").utf8)
                guard let entry = try admit(bytes, .link, target: target) else { continue }
                try visitor.link(entry, target: target)
            default:
                try complain(bytes, "is neither a file nor a directory nor a link")
            }
        }
    }

    private func readFile(_ file: String) throws(PackageError) {
        // It was a plain file a moment ago; a link put in its place is not followed, a pipe not waited for.
        let fd = FileDescriptor(owning: clinux_open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0))
        guard fd.raw >= 0 else { throw .system(SystemError("open \(file)")) }
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: PackageReader.chunkBytes, alignment: 16)
        defer { room.deallocate() }
        while true {
            switch IO.read(fd.raw, into: room) {
            case .bytes(let count): try show(UnsafeRawBufferPointer(rebasing: room[0..<count]))
            case .closed: return
            case .wouldBlock: throw .system(SystemError("read \(file)", code: EINVAL))
            case .failed(let code): throw .system(SystemError("read \(file)", code: code))
            }
        }
    }
}
