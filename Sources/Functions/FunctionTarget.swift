import Messaging

/// A function as the router sees it: a message becomes an Event for its handler.
final class FunctionTarget: MessageTarget {
    private let service: FunctionService
    private let index: Int

    init(service: FunctionService, index: Int) {
        self.service = service
        self.index = index
    }

    func deliver(_ message: borrowing MessageView) -> Delivery {
        service.deliver(message.copy(), receipt: message.receipt, to: index) ? .taken : .dropped
    }

    func isFull(forPayload bytes: Int) -> Bool { service.engine.isFull(index, forPayload: bytes) }
}
