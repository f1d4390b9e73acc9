import Bytes
import Linux

/// Looks at a package before anything is written: which files it has, and what the handler's module says.
final class PackageInspector: PackageVisitor {
    /// The paths of the files, in the order they come.
    private(set) var files: [String] = []
    /// The beginnings of the files that may hold the handler.
    private(set) var contents: [String: [UInt8]] = [:]

    private let wanted: [String]
    private var current: String?

    /// - Parameter wanted: the paths whose content is kept.
    init(wanted: [String]) {
        self.wanted = wanted
    }

    func directory(_ path: PackagePath) throws(PackageError) {}

    func beginFile(_ path: PackagePath, isExecutable: Bool) throws(PackageError) {
        let text = path.text
        files.append(text)
        current = nil
        for name in wanted where name.utf8.elementsEqual(text.utf8) {
            current = text
            contents[text] = []
        }
    }

    func content(_ bytes: UnsafeRawBufferPointer) throws(PackageError) {
        guard let current, let held = contents[current]?.count else { return }
        let room = PackageLimits.moduleBytes - held
        if room > 0 { contents[current]?.append(contentsOf: bytes.prefix(room)) }
    }

    func endFile() throws(PackageError) {
        current = nil
    }

    func link(_ path: PackagePath, target: [UInt8]) throws(PackageError) {
        files.append(path.text)
    }
}
