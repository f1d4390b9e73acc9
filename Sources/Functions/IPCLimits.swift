/// The bounds of the local endpoint. Times are nanoseconds.
struct IPCLimits {
    /// Connections at once.
    var connections = 512
    /// Connections that have not shown a token; the oldest gives way to a new one.
    var strangers = 64
    /// Connections of one worker.
    var connectionsPerWorker = 32
    /// How long a stranger may take for a request, and between two.
    var strangerPatience: Int64 = 10_000_000_000
    /// How long a refused client may take to read the answer and close.
    var closing: Int64 = 2_000_000_000
    /// Bytes of incomplete requests, all connections together. Beyond it the worker that
    /// holds most loses a connection.
    var incomplete: Int64 = 32 * 1024 * 1024
    /// Of one worker, all its connections together: two of the largest requests and more.
    var incompletePerWorker: Int64 = 14 * 1024 * 1024
    /// Of one connection that has not shown a token.
    var incompletePerStranger: Int64 = 65_536
    /// How long a connection without a token may last, however much it asks.
    var strangerLifetime: Int64 = 60_000_000_000
    /// Requests of one connection that are served in one turn.
    var requestsPerTurn = 16
    /// Bytes of answers that one worker has not read yet, all its connections together: two of the largest results and
    /// more. A connection whose answer is beyond it is closed.
    var unreadPerWorker: Int64 = 16 * 1024 * 1024
    /// Bytes taken from one connection in one turn.
    var bytesPerTurn = 65_536
    /// Bytes of answers that are gathered before they are written.
    var answersAtOnce = 16_384
    /// Input kept while a request of the same connection waits for its answer.
    var ahead = 65_536
    /// Connections accepted in one turn.
    var acceptsPerTurn = 16
    /// Pause when the descriptor table is full.
    var acceptPause: Int64 = 1_000_000_000
}
