/// Why a call to the core has no result.
public enum GreengrassError: Error, Equatable {
    /// The environment lacks what a core gives to its functions: the program was not started by one.
    case notAFunction
    /// Handling has been started before.
    case alreadyHandling
    /// The process has been asked to end.
    case terminating
    case outOfMemory
    /// An argument that no core could take; the function's log says which.
    case invalidArgument
    /// The core does not answer; the function's log says more.
    case coreUnreachable
    /// A queue is full: try again later.
    case queueFull
    /// The core refused the call, in its words.
    case refused(String)
    /// The invoked function answered with an error: its message, or all it answered where that is of another form.
    case failed(String)
    /// The invoked function crashed, was killed or took too long.
    case crashed(String)
    /// The shadow or secret service answered with an error: 404 where there is no such thing.
    case service(code: Int, message: String)
}

extension GreengrassError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notAFunction: "this program was not started by a Greengrass core; deploy it as a function"
        case .alreadyHandling: "the function handles events already"
        case .terminating: "the core is ending this function"
        case .outOfMemory: "memory is used up"
        case .invalidArgument: "an argument is not valid; the function's log says which"
        case .coreUnreachable: "the Greengrass core does not answer"
        case .queueFull: "a queue is full; try again later"
        case .refused(let sentence): "the core refused the call: \(sentence)"
        case .failed(let message): "the function answered with an error: \(message)"
        case .crashed(let message): "the function did not end its work: \(message)"
        case .service(let code, let message): "the service answered with error \(code): \(message)"
        }
    }
}
