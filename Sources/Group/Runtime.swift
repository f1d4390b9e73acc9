/// What runs a function's code (LAM-01): an interpreter of a version, or nothing but the kernel.
public struct Runtime: Hashable, Sendable {
    public enum Family: Hashable, Sendable {
        case python
        case nodejs
        case java
        /// A native executable (LAM-02).
        case executable
    }

    public var family: Family
    /// The version the name carries (`3.7`, `8.10`, `8`); empty for executables.
    public var version: String

    public init(family: Family, version: String) {
        self.family = family
        self.version = version
    }

    /// From a name of the Lambda API (`python3.7`, `nodejs8.10`, `java8`), or `executable` or V1's ARN of it
    /// (`arn:aws:greengrass:::runtime/function/executable`); nil where it is none of these.
    public init?(name: String) {
        if name == "executable" || name == "arn:aws:greengrass:::runtime/function/executable" {
            self.init(family: .executable, version: "")
            return
        }
        let families: [(String, Family)] = [("python", .python), ("nodejs", .nodejs), ("java", .java)]
        for (prefix, family) in families where name.utf8.starts(with: prefix.utf8) {
            let version = [UInt8](name.utf8.dropFirst(prefix.utf8.count))
            guard Runtime.isVersion(version), Runtime.exists(version, family) else { return nil }
            self.init(family: family, version: String(decoding: version, as: UTF8.self))
            return
        }
        return nil
    }

    /// The name as the Lambda API writes it.
    public var name: String {
        switch family {
        case .python: "python" + version
        case .nodejs: "nodejs" + version
        case .java: "java" + version
        case .executable: "executable"
        }
    }

    /// V1's names, for people; newer ones of the same form are known too.
    public static let known = ["python2.7", "python3.7", "nodejs6.10", "nodejs8.10", "java8", "executable"]

    /// Whether there is such a major version, so that a point that was left out (`python37`) is noticed before the start.
    private static func exists(_ version: [UInt8], _ family: Family) -> Bool {
        let major = version.prefix { $0 != UInt8(ascii: ".") }
        switch family {
        case .python: return major == [UInt8(ascii: "2")] || major == [UInt8(ascii: "3")]
        case .nodejs, .java: return major.count <= 2
        case .executable: return true
        }
    }

    /// Numbers with single points between them; `nodejs` names end in `.x` from version 10 on.
    private static func isVersion(_ text: [UInt8]) -> Bool {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard !parts.isEmpty, parts.count <= 3, text.count <= 12 else { return false }
        for (index, part) in parts.enumerated() {
            if index > 0, part.count == 1, part.first == UInt8(ascii: "x") { continue }
            guard !part.isEmpty else { return false }
            for byte in part where !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { return false }
        }
        return true
    }
}
