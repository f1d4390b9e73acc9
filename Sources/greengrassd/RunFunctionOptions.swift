import Core
import Group
import Linux

/// The options of `greengrassd run-function`.
struct RunFunctionOptions {
    static let withValue = [
        "--handler", "--runtime", "--interpreter", "--event", "--event-file", "--topic", "--timeout", "--encoding",
        "--env",
        "--args",
    ]
    static let names = withValue + ["--pinned", "--verbose"]
    /// Largest file of an event: what a function may be sent at all.
    private static let largestEvent = 6 << 20

    private(set) var wishes = LocalRun.Wishes()

    static let help = """
        Usage: greengrassd run-function FOLDER [options]

        Runs the function in FOLDER as a core runs it: the same runtime, environment, protocol, timeout and end, on this
        machine and as you, without a group, a configuration or root. Results go to standard output, a line each; logs,
        what the function publishes, and why it died to standard error.

        What is run:
          --handler H         module.function, or the name of an executable; found by itself where FOLDER has one only
          --runtime NAME      python3.7, python2.7, nodejs8.10, java8, executable; as a rule the handler tells
          --interpreter PROG  the program to run it with, instead of the nearest one on the PATH
          --encoding json|binary
                              what the handler is given: parsed JSON (when absent), or the bytes
          --timeout SECONDS   for each event; 3 when absent, as in a group
          --env NAME=VALUE    an environment variable; may be repeated
          --args "A B"        arguments of an executable (ExecArgs)
          --pinned            long-lived: start it and let it run until Ctrl-C, or until it ends

        What it is sent, one event after the other to one and the same process; {} when nothing is said:
          --event JSON        may be repeated; `--event -` reads events from standard input, a line each
          --event-file FILE   the content of a file; may be repeated
          --topic TOPIC       the topic they seem to come from (context.client_context.custom['subject'])

          --verbose           DEBUG lines too, of the function, its SDK and the core

        Examples:
          greengrassd run-function my-function --event '{"celsius": 21}' --topic sensor/1
          printf '%s\\n' '{"n": 1}' '{"n": 2}' | greengrassd run-function my-function --event -

        Exit codes: 0 every event had a result, 1 one was an error, timed out or killed the function, 2 the command line
        is wrong.
        """

    /// - Returns: whether it is an option of this command.
    mutating func set(_ name: String) -> Bool {
        switch name {
        case "--pinned": wishes.isPinned = true
        case "--verbose": wishes.isVerbose = true
        default: return false
        }
        return true
    }

    mutating func set(_ name: String, _ value: String) throws(UsageError) {
        switch name {
        case "--handler": wishes.handler = value
        case "--runtime": wishes.runtime = value
        case "--interpreter": wishes.interpreter = value
        case "--topic": wishes.topic = value
        case "--args": wishes.execArgs = value
        case "--event":
            if value == "-" { wishes.readsInput = true } else { wishes.events.append([UInt8](value.utf8)) }
        case "--event-file":
            do throws(SystemError) {
                wishes.events.append(try Files.read(value, limit: Self.largestEvent))
            } catch {
                throw UsageError("--event-file: \(error.description).")
            }
        case "--timeout":
            guard let seconds = Int64(value), seconds >= 1, seconds <= Int64(Int32.max) else {
                throw UsageError("--timeout needs a number of seconds from 1 on, not \(value).")
            }
            wishes.timeoutSeconds = seconds
        case "--encoding":
            guard value == "json" || value == "binary" else {
                throw UsageError("--encoding needs json or binary, not \(value).")
            }
            wishes.encoding = value == "binary" ? .binary : .json
        default:
            guard let equals = value.utf8.firstIndex(of: UInt8(ascii: "=")), equals > value.startIndex else {
                throw UsageError("--env needs NAME=VALUE, not \(value).")
            }
            wishes.variables.append(
                FunctionDefinition.EnvironmentVariable(
                    name: String(value[..<equals]), value: String(value[value.utf8.index(after: equals)...])))
        }
    }
}
