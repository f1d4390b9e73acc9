import Bytes
import Linux

/// Writes a package below a directory that is there and empty.
///
/// Modes are the core's, not the package's: nobody writes, nothing is set-user-ID, and what was executable stays so.
final class PackageStager: PackageVisitor {
    private let directory: String
    private let disk: Disk
    /// The file to be made executable whatever the package says: an executable function's handler.
    private let executable: String?
    private var made: Set<[UInt8]> = []
    private var file: Int32 = -1
    private var filePath = ""

    init(directory: String, disk: Disk, executable: String?) {
        self.directory = directory
        self.disk = disk
        self.executable = executable
    }

    deinit {
        if file >= 0 { FileDescriptor.close(file) }
    }

    func directory(_ path: PackagePath) throws(PackageError) {
        try makeDirectories(path.parts[...])
    }

    func beginFile(_ path: PackagePath, isExecutable: Bool) throws(PackageError) {
        try makeDirectories(path.parts.dropLast())
        let text = path.text
        filePath = Path.join(directory, text)
        let isHandler = executable.map { $0.utf8.elementsEqual(text.utf8) } ?? false
        let mode: UInt32 = isExecutable || isHandler ? 0o755 : 0o644
        let (disk, place) = (disk, filePath)
        file = try PackageError.converting { () throws(SystemError) in try disk.create(place, mode: mode) }
    }

    func content(_ bytes: UnsafeRawBufferPointer) throws(PackageError) {
        let (disk, file, path) = (disk, file, filePath)
        try PackageError.converting { () throws(SystemError) in try disk.write(file, bytes, path: path) }
    }

    func endFile() throws(PackageError) {
        FileDescriptor.close(file)
        file = -1
    }

    func link(_ path: PackagePath, target: [UInt8]) throws(PackageError) {
        try makeDirectories(path.parts.dropLast())
        let (disk, place) = (disk, Path.join(directory, path.text))
        try PackageError.converting { () throws(SystemError) in try disk.makeLink(place, to: target.text) }
    }

    /// Makes the directories of a path that no entry before it made: archives need not name them.
    private func makeDirectories(_ parts: ArraySlice<[UInt8]>) throws(PackageError) {
        var below: [UInt8] = []
        for part in parts {
            if !below.isEmpty { below.append(UInt8(ascii: "/")) }
            below.append(contentsOf: part)
            guard made.insert(below).inserted else { continue }
            let (disk, place) = (disk, Path.join(directory, below.text))
            try PackageError.converting { () throws(SystemError) in try disk.makeDirectory(place, mode: 0o755) }
        }
    }
}
