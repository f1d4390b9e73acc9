/// Stands for `Log`: makes every line that the real one would write by default, and keeps none.
public final class Logger {
    nonisolated(unsafe) private static var bytes = 0

    public init() {}

    public static func none() -> Logger { Logger() }

    public func debug(_ message: @autoclosure () -> String) {}
    public func info(_ message: @autoclosure () -> String) { Self.bytes &+= message().utf8.count }
    public func warn(_ message: @autoclosure () -> String) { Self.bytes &+= message().utf8.count }
    public func error(_ message: @autoclosure () -> String) { Self.bytes &+= message().utf8.count }
    public func fatal(_ message: @autoclosure () -> String) { Self.bytes &+= message().utf8.count }
}
