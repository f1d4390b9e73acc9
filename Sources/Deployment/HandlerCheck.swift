import Bytes
import Group
import JSON

/// Looks for a function's handler in its package, so that a wrong name is told at the deployment and not by a function
/// that does not start (LAM-03).
enum HandlerCheck {
    /// The files whose content tells whether the handler is there.
    static func candidates(_ function: FunctionDefinition) -> [String] {
        switch function.runtime.family {
        case .python:
            guard let (module, _) = split(function.handler) else { return [] }
            return [module + ".py", module + "/__init__.py"]
        case .executable: return [function.handler]
        case .nodejs, .java: return []
        }
    }

    /// What is wrong, as a finding without a place; nil where the handler is there.
    static func problem(_ function: FunctionDefinition, _ package: PackageInspector) -> (Finding.Severity, String)? {
        switch function.runtime.family {
        case .python: return pythonProblem(function, package)
        case .executable:
            if package.files.contains(function.handler) { return nil }
            return (
                .violation,
                "the package has no file \(Words.quoted(function.handler)) at its top"
                    + hint(function.handler, package) + "; the handler of an executable is the name of the file to run"
            )
        case .nodejs: return nodeProblem(function, package)
        case .java: return javaProblem(function, package)
        }
    }

    /// Endings of what `require` finds under a name, and of ES modules.
    private static let nodeEndings = ["", ".js", ".mjs", ".cjs", ".json", ".node", "/index.js", "/package.json"]

    /// `index.handler` is in a module `index`; a handler inside an object that a module exports (`index.api.handler`) is
    /// in the longest module name there is.
    private static func nodeProblem(
        _ function: FunctionDefinition, _ package: PackageInspector
    ) -> (Finding.Severity, String)? {
        let bytes = [UInt8](function.handler.utf8)
        var expected = ""
        for dot in bytes.indices.reversed() where bytes[dot] == UInt8(ascii: ".") && dot > 0 {
            let module = [UInt8](bytes[..<dot]).text
            if expected.isEmpty { expected = module }
            for ending in nodeEndings where package.files.contains(module + ending) { return nil }
            for file in package.files where file.utf8.starts(with: "node_modules/\(module)".utf8) { return nil }
        }
        return (
            .violation,
            "the package has neither \(Words.quoted(expected + ".js")) nor \(Words.quoted(expected + "/index.js"))"
                + hint(expected + ".js", package)
        )
    }

    /// A class is at the top of the package or in one of its libraries, which are not looked into.
    private static func javaProblem(
        _ function: FunctionDefinition, _ package: PackageInspector
    ) -> (Finding.Severity, String)? {
        var path: [UInt8] = []
        for byte in function.handler.utf8 {
            if byte == UInt8(ascii: ":") { break }
            path.append(byte == UInt8(ascii: ".") ? UInt8(ascii: "/") : byte)
        }
        let expected = path.text + ".class"
        for file in package.files {
            if file.utf8.elementsEqual(expected.utf8) { return nil }
            if file.utf8.starts(with: "lib/".utf8), file.utf8.suffix(4).elementsEqual(".jar".utf8) { return nil }
        }
        return (
            .violation,
            "the package has neither \(Words.quoted(expected)) nor a .jar in \(Words.quoted("lib/"))"
                + hint(expected, package)
        )
    }

    private static func pythonProblem(
        _ function: FunctionDefinition, _ package: PackageInspector
    ) -> (Finding.Severity, String)? {
        guard let (module, name) = split(function.handler) else { return nil }
        for candidate in candidates(function) {
            guard let source = package.contents[candidate] else { continue }
            switch PythonSource.definition(of: [UInt8](name.utf8), in: source) {
            case .likely: return nil
            case .unclear:
                return (
                    .warning,
                    "\(Words.quoted(candidate)) names \(Words.quoted(name)) but does not seem to define it; the function "
                        + "will not start if it does not"
                )
            case .absent:
                return (
                    .violation,
                    "\(Words.quoted(candidate)) is in the package but has nothing called \(Words.quoted(name)); write "
                        + "def \(name)(event, context): in it, or correct the handler"
                )
            }
        }
        // Compiled modules are taken on trust: `app.pyc`, `app.cpython-37m-arm-linux-gnueabihf.so`.
        for file in package.files where file.utf8.starts(with: (module + ".").utf8) {
            let rest = file.utf8.dropFirst(module.utf8.count + 1)
            if rest.elementsEqual("pyc".utf8) || rest.suffix(2).elementsEqual("so".utf8) { return nil }
        }
        let expected = candidates(function)
        return (
            .violation,
            "the package has neither \(Words.quoted(expected[0])) nor \(Words.quoted(expected[1]))"
                + hint(expected[0], package)
        )
    }

    /// Module path and function name of `package.module.function`.
    private static func split(_ handler: String) -> (module: String, name: String)? {
        let bytes = [UInt8](handler.utf8)
        guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")), dot > 0, dot < bytes.count - 1 else { return nil }
        let module = bytes[0..<dot].map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "/") : $0 }
        return (module.text, Array(bytes[(dot + 1)...]).text)
    }

    /// What was probably meant: the common mistake is to pack the folder and not its content.
    private static func hint(_ expected: String, _ package: PackageInspector) -> String {
        for file in package.files where file.utf8.count > expected.utf8.count + 1 {
            if file.utf8.suffix(expected.utf8.count + 1).elementsEqual(("/" + expected).utf8) {
                return " but \(Words.quoted(file)); pack the content of the folder, not the folder"
            }
        }
        if let near = NearestName.find(expected, among: package.files) {
            return "; did you mean \(Words.quoted(near))?"
        }
        if package.files.isEmpty { return "; it is empty" }
        return ""
    }
}
