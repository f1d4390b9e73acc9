import Bytes
import Group
import Linux

/// Reads a function's package, a folder or a `.zip`, as hostile data: an entry that is not admitted is complained about
/// and never shown to the visitor.
final class PackageReader {
    /// For errors.
    let path: String
    let visitor: any PackageVisitor
    private let folder: String
    private let package: String
    private var gate = PackageGuard()
    /// Each names an entry and what is wrong with it.
    private(set) var complaints: [String] = []

    static let chunkBytes = 65_536

    /// - Parameters:
    ///   - package: its path below the group folder; a link on it is not followed, for it could lead anywhere.
    init(_ package: String, in folder: String, _ visitor: any PackageVisitor) {
        self.folder = folder
        self.package = package
        path = Path.join(folder, package)
        self.visitor = visitor
    }

    /// - Throws: what makes the rest of the package unreadable.
    func read() throws(PackageError) {
        let top: Directory
        do throws(SystemError) { top = try Directory.open(folder) } catch { throw .system(error) }
        try read(package.utf8.split(separator: UInt8(ascii: "/")).map { [UInt8]($0).text }[...], in: top)
    }

    /// Goes down to the package, whose path is `names` from the directory on.
    private func read(_ names: ArraySlice<String>, in directory: borrowing Directory) throws(PackageError) {
        guard let name = names.first else { throw .unusable("there is no such folder or file") }
        let isPackage = names.count == 1
        switch try status(of: name, in: directory)?.kind {
        case .directory:
            let next = try open(name, in: directory)
            if isPackage { try readDirectory(next, []) } else { try read(names.dropFirst(), in: next) }
        case .file where isPackage: try readArchive(try openFile(name, in: directory))
        case .link:
            throw .unusable("\(Words.quoted(name)) is a link; copy what it leads to into the group folder")
        case nil: throw .unusable("there is no such folder or file")
        default: throw .unusable("\(Words.quoted(name)) is neither a folder nor a .zip file")
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
