/// What becomes of a message when the queue of one of its targets is full.
public enum QueueFullPolicy: Sendable {
    /// It goes to the targets that have room.
    case bestEffort
    /// It goes to no target, and publishing fails with `GreengrassError.queueFull`.
    case allOrError
}
