import Deployment
import Functions
import Group
import Linux
import Sandbox

/// Has each Python function's own interpreter compile its code, as the function's user: what the interpreter makes of a
/// package is worth as much as the package, and comes back as bytes that `BytecodeReader` looks through.
public final class PythonCompiler: BytecodeCompiler {
    /// How long a function's code may take, milliseconds. The SDK and the runtime take a fifth of a second of a fast machine.
    static let patience: Int64 = 60_000
    /// The same for all functions of a deployment together.
    static let wholePatience: Int64 = 240_000

    private let interpreters: [(runtime: String, programs: [String])]
    private let runtime: String
    private let path: String
    private let identities = Identities.find()
    private var left: Int64
    private let patience: Int64

    public convenience init(_ configuration: Configuration, runtimes: String) {
        self.init(
            configuration.interpreters.map { (runtime: $0.runtime, programs: [$0.program]) }, runtimes: runtimes,
            path: FunctionConfiguration.defaultPath)
    }

    init(
        _ interpreters: [(runtime: String, programs: [String])], runtimes: String, path: String,
        patience: Int64 = patience
    ) {
        self.interpreters = interpreters
        self.path = path
        self.patience = patience
        runtime = Path.join(runtimes, "python")
        left = Self.wholePatience
    }

    public func compile(
        _ function: FunctionDefinition, package: String, bounds: BytecodeBounds, take: (ArraySlice<UInt8>) -> Bool
    ) -> String? {
        // Python 2 keeps compiled code beside its source alone.
        if function.runtime.version.utf8.starts(with: "2".utf8) { return nil }
        guard let program = RuntimeFinder.find(function.runtime, path: path, overrides: interpreters)?.path else {
            return "no interpreter for \(function.runtime.name) is installed"
        }
        let time = min(patience, left)
        guard time >= 1000 else { return "the functions before it took all the time that there was for that" }
        let user = identities.identity(function.runAs.userID, function.runAs.groupID)
        // It ends by itself while there is still time to say so.
        let seconds = String(time * 3 / 4000)
        let specification = LaunchSpecification(
            worker: 0, executable: program,
            arguments: [
                program, "-I", "-B", "-S", "-W", "ignore", Path.join(runtime, "greengrass_runtime/ahead.py"), runtime,
                package, seconds, String(bounds.files), String(bounds.bytes),
            ],
            environment: ["PATH=\(path)", "HOME=/", "LANG=C.UTF-8"], workingDirectory: "/", user: user.user,
            group: user.group)
        let begun = Clock.monotonic()
        defer { left -= (Clock.monotonic() - begun) / 1_000_000 }
        do throws(SystemError) {
            let run = BoundedProgram(specification: specification, patience: time, hearsErrors: false)
            switch try run.run(take) {
            case .exit(.code(0)), .refused: return nil
            case .exit(let exit): return "\(program) ended with \(exit?.description ?? "no word")"
            case .late: return "\(program) was not done within \(time / 1000) s"
            }
        } catch {
            return "\(program) cannot be run by the function's user: \(error.reason)"
        }
    }
}
