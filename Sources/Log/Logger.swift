import Bytes
import Linux

/// Writes one component's lines: `[time][LEVEL]-File.swift:57,message`.
public final class Logger {
    /// Lines below it are dropped.
    public var threshold: LogLevel
    private let file: LogFile?
    private let echoesToStandardError: Bool

    /// - Parameters:
    ///   - file: where lines go; nil keeps none.
    ///   - echoesToStandardError: whether each line is also written to descriptor 2, for foreground runs and containers.
    public init(file: LogFile?, threshold: LogLevel = .info, echoesToStandardError: Bool = false) {
        self.file = file
        self.threshold = threshold
        self.echoesToStandardError = echoesToStandardError
    }

    /// A logger that keeps nothing, for code that is used without a core.
    public static func none() -> Logger { Logger(file: nil, threshold: .fatal) }

    public func debug(_ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt32 = #line) {
        if threshold <= .debug { write(.debug, message(), file, line) }
    }

    public func info(_ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt32 = #line) {
        if threshold <= .info { write(.info, message(), file, line) }
    }

    public func warn(_ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt32 = #line) {
        if threshold <= .warn { write(.warn, message(), file, line) }
    }

    public func error(_ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt32 = #line) {
        if threshold <= .error { write(.error, message(), file, line) }
    }

    public func fatal(_ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt32 = #line) {
        write(.fatal, message(), file, line)
    }

    private func write(_ level: LogLevel, _ message: String, _ source: StaticString, _ number: UInt32) {
        let name = [UInt8](source).split(separator: UInt8(ascii: "/")).last.map { String(decoding: $0, as: UTF8.self) }
        let line = LogLine.format(
            milliseconds: Clock.realtime(), level: level, message: "\(name ?? ""):\(number),\(message)".utf8)
        self.file?.append(line)
        if echoesToStandardError { IO.print(String(decoding: line, as: UTF8.self), to: 2) }
    }
}
