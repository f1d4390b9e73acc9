/// Held by whoever keeps a message that must not get lost; the message is done when the last holder lets go.
public final class MessageReceipt: Sendable {
    private let whenDone: @Sendable () -> Void

    init(_ whenDone: @escaping @Sendable () -> Void) {
        self.whenDone = whenDone
    }

    deinit {
        whenDone()
    }
}
