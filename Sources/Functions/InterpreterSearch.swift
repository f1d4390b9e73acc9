import Bytes
import Group
import Linux

/// Finds the program that runs a function's code.
///
/// The exact binary (`python3.7`, `nodejs8.10`, `java8`) if it is on the PATH, else the nearest compatible newer one, else
/// the language's usual name (`python3`, `node`, `java`); what the administrator names for a runtime comes before all and
/// alone.
struct InterpreterSearch {
    /// A program that was found.
    struct Choice: Equatable {
        let path: String
        /// The name searched for, where it is not the runtime's own: worth a line in the log.
        let substitute: String?
    }

    /// The newest minor version of Python 3 that is looked for by name before `python3`.
    private static let newestPython3 = 19
    /// The versions that have had a runtime's name, in order: `nodejs6.10` is the name of a program too, one that V1's
    /// users made by a link (gg-troubleshooting.md).
    private static let nodeVersions = [
        "6.10", "8.10", "10.x", "12.x", "14.x", "16.x", "18.x", "20.x", "22.x", "24.x", "26.x",
    ]
    private static let javaVersions = ["8", "11", "17", "21", "25"]

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
        if let named = named(runtime) { return named }
        switch runtime.family {
        case .python: return [runtime.name] + pythonSubstitutes(runtime)
        case .nodejs: return [runtime.name] + newer(than: runtime, among: Self.nodeVersions) + ["node", "nodejs"]
        case .java: return [runtime.name] + newer(than: runtime, among: Self.javaVersions) + ["java"]
        case .executable: return [runtime.name]
        }
    }

    /// What the administrator names for it; nil where the built-in list counts.
    func named(_ runtime: Runtime) -> [String]? {
        for entry in overrides where entry.runtime == runtime.name { return entry.programs }
        return nil
    }

    private func pythonSubstitutes(_ runtime: Runtime) -> [String] {
        let version = Self.numbers(runtime.version)
        if version.major == 2 { return ["python2"] }
        guard version.major == 3 else { return [] }
        var names: [String] = []
        var minor = version.minor + 1
        while minor <= Self.newestPython3 {
            names.append("python3.\(minor)")
            minor += 1
        }
        return names + ["python3"]
    }

    private func newer(than runtime: Runtime, among versions: [String]) -> [String] {
        let wanted = Self.numbers(runtime.version)
        var names: [String] = []
        for version in versions {
            let numbers = Self.numbers(version)
            if numbers.major > wanted.major || numbers.major == wanted.major && numbers.minor > wanted.minor {
                names.append(Runtime(family: runtime.family, version: version).name)
            }
        }
        return names
    }

    /// `3.7` and `12.x` as numbers; a letter counts as 0.
    private static func numbers(_ version: String) -> (major: Int, minor: Int) {
        let parts = version.utf8.split(separator: UInt8(ascii: ".")).map {
            Int(String(decoding: $0, as: UTF8.self)) ?? 0
        }
        return (parts.first ?? 0, parts.count > 1 ? parts[1] : 0)
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
