import Messaging

/// A function as the router sees it: a message becomes an Event for its handler.
final class FunctionTarget: MessageTarget {
    private let service: FunctionService
    private let index: Int

    init(service: FunctionService, index: Int) {
        self.service = service
        self.index = index
    }

    func deliver(_ message: Message) {
        service.deliver(message, to: index)
    }
}
