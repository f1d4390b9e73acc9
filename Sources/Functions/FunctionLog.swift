import Linux
import Log

/// The log file of one function: `ggc/var/log/user/<region>/<account>/<name>.log` (row LOG-05), shared by its workers.
final class FunctionLog {
    private let file: LogFile
    private let threshold: LogLevel

    init(path: String, space: Int64, threshold: LogLevel) {
        file = LogFile(path: path, space: space)
        self.threshold = threshold
    }

    /// Collects lines and writes them with one call.
    func append(_ lines: [(level: LogLevel, message: [UInt8])], milliseconds: Int64) {
        var text: [UInt8] = []
        for line in lines where line.level >= threshold {
            text.append(
                contentsOf: LogLine.format(milliseconds: milliseconds, level: line.level, message: line.message))
        }
        if !text.isEmpty { file.append(text) }
    }
}
