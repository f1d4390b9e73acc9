import Bytes
import Group
import Linux

/// Reads a function's package, a folder or a `.zip`, as hostile data: an entry that is not admitted is complained about
/// and never shown to the visitor.
final class PackageReader {
    let path: String
    let visitor: any PackageVisitor
    private var gate = PackageGuard()
    /// Each names an entry and what is wrong with it.
    private(set) var complaints: [String] = []

    static let chunkBytes = 65_536

    init(_ path: String, _ visitor: any PackageVisitor) {
        self.path = path
        self.visitor = visitor
    }

    /// - Throws: what makes the rest of the package unreadable.
    func read() throws(PackageError) {
        let path = path
        let status = try PackageError.converting { () throws(SystemError) in try Files.status(path) }
        switch status?.kind {
        case .directory: try readDirectory([])
        case .file: try readArchive()
        case nil: throw .unusable("there is no such folder or file")
        default: throw .unusable("this is neither a folder nor a .zip file")
        }
    }

    /// The entry's path where it is admitted; else one more complaint.
    func admit(_ bytes: [UInt8], _ kind: PackageGuard.Kind, target: [UInt8] = []) throws(PackageError) -> PackagePath? {
        do throws(PackageComplaint) {
            let entry = try PackagePath(bytes)
            // `./`, which some archives name first, is the package itself.
            if entry.parts.isEmpty { return nil }
            try gate.admit(entry, kind)
            if kind == .link { try PackageGuard.check(link: entry, target: target) }
            if !gate.hasTooManyEntries { return entry }
        } catch {
            try complain(bytes, error.text)
            return nil
        }
        throw .unusable("it has more than \(PackageLimits.entries) files and directories")
    }

    /// Notes what is wrong with an entry.
    func complain(_ bytes: [UInt8], _ text: String) throws(PackageError) {
        complaints.append("\(Words.quoted(bytes.text)) \(text)")
        if complaints.count >= PackageLimits.complaints { throw .unusable("there may be more; the search ended here") }
    }

    /// Shows content to the visitor within the bound on all of it.
    func show(_ content: UnsafeRawBufferPointer) throws(PackageError) {
        guard gate.count(content.count) else {
            throw .unusable("its files have more than \(PackageLimits.bytes / 1_048_576) MB together")
        }
        try visitor.content(content)
    }
}
