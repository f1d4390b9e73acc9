import Linux

/// What a person at a terminal sees.
enum Console {
    static func say(_ line: String) { IO.print(line + "\n") }
    static func complain(_ line: String) { IO.print(line + "\n", to: 2) }
}

/// Exit codes of every command.
enum ExitCode {
    static let success: Int32 = 0
    static let failure: Int32 = 1
    static let usage: Int32 = 2
}
