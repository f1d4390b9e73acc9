import Core
import Functions
import Linux
import Messaging

/// `greengrassd run-function FOLDER`.
struct RunFunctionCommand {
    let folder: String
    let options: RunFunctionOptions

    func run(root: String, executable: String?) -> Int32 {
        do throws(SetupError) {
            let run = try LocalRun(
                try FunctionFolder(folder), options.wishes, executable: executable,
                path: Processes.environment("PATH") ?? "/usr/local/bin:/usr/bin:/bin",
                tell: { Self.tell($0) }, published: { Self.tell($0) })
            if Users.isRoot {
                Console.complain("Warning: the function runs as root here; a core runs it as ggc_user.")
            }
            Console.complain("Running \(run.summary)")
            return try run.run() ? ExitCode.success : ExitCode.failure
        } catch {
            Console.complain("greengrassd: \(error.sentence)")
            return ExitCode.failure
        }
    }

    private static func tell(_ result: FunctionResult) {
        let text = String(decoding: result.payload, as: UTF8.self)
        switch result.error {
        case .none: Console.say(text)
        case .handled:
            Console.say(text)
            Console.complain("The handler failed (FunctionError Handled).")
        case .unhandled:
            Console.say(text)
            Console.complain("The function did not live to answer (FunctionError Unhandled).")
        }
    }

    private static func tell(_ message: Message) {
        let topic = String(decoding: message.topic, as: UTF8.self)
        Console.complain("published \(topic): \(String(decoding: message.payload, as: UTF8.self))")
    }
}
