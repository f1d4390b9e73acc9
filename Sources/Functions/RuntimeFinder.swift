import Group

/// Which program runs functions of a runtime here, for checks that start none.
public enum RuntimeFinder {
    /// - Parameters:
    ///   - path: folders to look in, with colons between.
    ///   - overrides: `runtime.interpreters` of config.json.
    /// - Returns: the program, and whether it is the very one that the runtime's name asks for.
    public static func find(
        _ runtime: Runtime, path: String, overrides: [(runtime: String, programs: [String])]
    ) -> (path: String, isExact: Bool)? {
        InterpreterSearch(path: path, overrides: overrides).find(runtime).map { ($0.path, $0.substitute == nil) }
    }
}
