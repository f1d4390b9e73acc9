/// How a worker ended that should have lived on: one readable record, which the core's log, callers and
/// `greengrassd status` all tell from.
public struct DeathRecord: Sendable {
    public let worker: UInt32
    public let processID: Int32?
    public let exit: WorkerExit
    /// When, on the clock of the engine.
    public let at: Int64
    /// How long it had lived, nanoseconds.
    public let lived: Int64
    /// What it was handling.
    public let invocation: InvocationID?
    /// Why the core ended it; nil where it ended by itself.
    public let reason: String?
    /// The end of its error output: for a failed import the whole traceback.
    public let lastLines: [String]
    /// All of that but the lines, in a sentence without its full stop.
    public let sentence: String

    /// The sentence with the lines behind it, on one line: a log escapes line breaks, so that nothing from outside
    /// forges a line.
    public var line: String {
        if lastLines.isEmpty { return sentence.utf8.last == UInt8(ascii: ".") ? sentence : sentence + "." }
        return sentence + ". Last lines of its error output: " + lastLines.joined(separator: " | ")
    }
}
