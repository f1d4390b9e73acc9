import Core
import Linux

/// The words after the image's name in `docker run`, and what they ask for: this program under the name of V1's entrypoint
/// (run-gg-in-docker-container.md).
enum Entrypoint {
    /// What V1's images start with.
    static let name = "greengrass-entrypoint.sh"

    static func isMeant(by program: String?) -> Bool {
        guard let program else { return false }
        return Path.name(program) == name
    }

    /// Whether the words are a command line of `greengrassd`; else they are a program with its arguments.
    static func isOurs(_ words: [String]) -> Bool {
        guard let first = words.first, !first.hasPrefix("-") else { return true }
        return Invocation.commands.contains(first)
    }

    /// The command line with what is understood in a container: without a command it is `start`, in the foreground.
    static func completed(_ words: [String]) -> [String] {
        if words.contains("--help") || words.contains("-h") || words.contains("--version") || words.contains("-v") {
            return words
        }
        if !words.contains(where: { Invocation.commands.contains($0) }) { return words + ["start", "--foreground"] }
        let isStart = words.contains("start") && !words.contains("--foreground")
        return isStart ? words + ["--foreground"] : words
    }

    /// Becomes another program; returns when there is none.
    static func execute(_ words: [String]) -> Int32 {
        let program = words[0]
        do throws(SystemError) {
            try Processes.become(program, words)
        } catch {
            Console.complain(
                "greengrassd: \(error.description). After the image's name comes a command of greengrassd "
                    + "(`help` lists them) or a program that is in the image; the minimal image has none.")
        }
        return ExitCode.notFound
    }
}
