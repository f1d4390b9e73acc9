import Core
import Linux

/// What a person at a terminal sees.
enum Console {
    static func say(_ line: String) { IO.print(line + "\n") }
    static func complain(_ line: String) { IO.print(line + "\n", to: 2) }

    /// The root's configuration, or nil after complaining about it.
    static func configuration(root: String) -> Configuration? {
        do throws(ConfigurationError) {
            return try Configuration.read(root: root).configuration
        } catch {
            complain(error.description)
            return nil
        }
    }
}

/// Exit codes of every command.
enum ExitCode {
    static let success: Int32 = 0
    static let failure: Int32 = 1
    static let usage: Int32 = 2
    /// `trace`: no subscription brings the message to anybody.
    static let nothing: Int32 = 3
    /// The entrypoint: there is no such program, as a shell says it.
    static let notFound: Int32 = 127
}
