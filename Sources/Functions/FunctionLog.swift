import Linux
import Log

/// The log file of one function: `ggc/var/log/user/<region>/<account>/<name>.log` (row LOG-05), shared by its workers.
final class FunctionLog {
    private let file: LogFile
    private let threshold: LogLevel
    private let echoes: Bool

    /// - Parameter echoes: whether the lines go to standard error too.
    init(path: String, space: Int64, threshold: LogLevel, echoes: Bool = false) {
        file = LogFile(path: path, space: space)
        self.threshold = threshold
        self.echoes = echoes
    }

    /// Collects lines and writes them with one call.
    func append(_ lines: [(level: LogLevel, message: [UInt8])], milliseconds: Int64) {
        var text: [UInt8] = []
        for line in lines where line.level >= threshold {
            text.append(
                contentsOf: LogLine.format(milliseconds: milliseconds, level: line.level, message: line.message))
        }
        if text.isEmpty { return }
        file.append(text)
        if echoes { IO.print(String(decoding: text, as: UTF8.self), to: 2) }
    }
}
