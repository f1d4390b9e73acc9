import Bytes
import Group
import Linux
import Sandbox

/// Runs an interpreter for its version, as the functions' user and with no more time than a slow board needs: what stands on
/// the PATH may be a version manager's shim that ends with 127, or not be for that user.
struct InterpreterTrial {
    /// A virtual machine takes some seconds on a small ARM board, milliseconds.
    static let patience: Int64 = 15_000
    private static let mostBytes = 4096

    let path: String
    var patience = Self.patience

    /// - Returns: what is wrong with the program, as the end of a sentence without its full stop; nil where it works.
    func problem(_ program: String, _ runtime: Runtime) -> String? {
        // Java 8 knows no `--version`.
        let option = runtime.family == .java ? "-version" : "--version"
        let user = Identities.find().functions
        let specification = LaunchSpecification(
            worker: 0, executable: program, arguments: [program, option],
            environment: ["PATH=\(path)", "HOME=/", "LANG=C.UTF-8"], workingDirectory: "/", user: user.user,
            group: user.group)
        let trial = BoundedProgram(specification: specification, patience: patience, hearsErrors: true)
        var text: [UInt8] = []
        let end: BoundedProgram.End
        do throws(SystemError) {
            end = try trial.run { bytes in
                if text.count < Self.mostBytes { text.append(contentsOf: bytes) }
                return true
            }
        } catch {
            return "cannot be run by the functions' user: \(error.reason)"
        }
        guard case .exit(let exit) = end else {
            return "did not tell its version (`\(option)`) within \(patience / 1000) s"
        }
        if exit == .code(0) { return nil }
        let said = Self.firstLine(text)
        let words = said.isEmpty ? "" : ": " + said
        return "is no working interpreter: `\(program) \(option)` ended with \(exit?.description ?? "no word")\(words)"
    }

    private static func firstLine(_ text: [UInt8]) -> String {
        let line = text.split(separator: UInt8(ascii: "\n")).first ?? []
        return TerminalText.printable(Array(line.prefix(200)).text)
    }
}
