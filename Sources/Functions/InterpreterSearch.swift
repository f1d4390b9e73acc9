import Bytes
import Group
import Linux

/// Finds the program that runs a function's code.
///
/// The exact binary (`python3.7`) if it is on the PATH, else the nearest compatible newer one; what the administrator
/// names for a runtime comes before both and alone.
struct InterpreterSearch {
    /// A program that was found.
    struct Choice: Equatable {
        let path: String
        /// The name searched for, where it is not the runtime's own: worth a line in the log.
        let substitute: String?
    }

    /// The newest minor version of Python 3 that is looked for by name before `python3`.
    private static let newestPython3 = 19

    /// Folders in the order of the search.
    let folders: [String]
    /// Names or absolute paths for a runtime's name (`python3.7`), tried in order instead of the built-in list.
    let overrides: [(runtime: String, programs: [String])]
    /// Whether a path is a program; a parameter for tests.
    let isExecutable: (String) -> Bool

    init(
        path: String, overrides: [(runtime: String, programs: [String])],
        isExecutable: @escaping (String) -> Bool = { Files.isExecutable($0) }
    ) {
        folders = path.utf8.split(separator: UInt8(ascii: ":")).map { String(decoding: $0, as: UTF8.self) }
        self.overrides = overrides
        self.isExecutable = isExecutable
    }

    func find(_ runtime: Runtime) -> Choice? {
        for name in candidates(runtime) {
            if let path = locate(name) { return Choice(path: path, substitute: name == runtime.name ? nil : name) }
        }
        return nil
    }

    /// What is looked for, best first.
    func candidates(_ runtime: Runtime) -> [String] {
        for entry in overrides where entry.runtime == runtime.name { return entry.programs }
        var names = [runtime.name]
        guard runtime.family == .python else { return names }
        let parts = runtime.version.utf8.split(separator: UInt8(ascii: "."))
            .map { Int(String(decoding: $0, as: UTF8.self)) ?? 0 }
        if parts.first == 2 {
            names.append("python2")
        } else if parts.first == 3 {
            var minor = (parts.count > 1 ? parts[1] : 0) + 1
            while minor <= Self.newestPython3 {
                names.append("python3.\(minor)")
                minor += 1
            }
            names.append("python3")
        }
        return names
    }

    private func locate(_ name: String) -> String? {
        if name.utf8.contains(UInt8(ascii: "/")) { return isExecutable(name) ? name : nil }
        for folder in folders {
            let path = Path.join(folder, name)
            if isExecutable(path) { return path }
        }
        return nil
    }
}
