import Foundation

/// What a command said and how it ended.
struct CommandResult: CustomStringConvertible {
    let arguments: [String]
    let exit: Child.Exit
    let output: [String]
    let errors: [String]

    var succeeded: Bool { exit == .code(0) }
    /// Everything said, for conditions that do not care where.
    var text: String { (output + errors).joined(separator: "\n") }

    var description: String {
        "\(arguments.joined(separator: " "))\nended with \(exit)\nstdout:\n\(output.joined(separator: "\n"))\n"
            + "stderr:\n\(errors.joined(separator: "\n"))"
    }

    /// Runs a command to its end. Its output is small: both pipes hold it.
    static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> CommandResult {
        let child = try Child(arguments, environment: environment)
        child.closeInput()
        let deadline = Deadline()
        let output = child.output.rest(deadline)
        let errors = child.errors.rest(deadline)
        guard let exit = child.wait() else {
            throw HarnessError("\(arguments.joined(separator: " ")) did not end; it had said: \(output) \(errors)")
        }
        return CommandResult(arguments: arguments, exit: exit, output: output, errors: errors)
    }
}
