import Linux

/// Why a command about the daemon or its root could not be done, as a sentence with the next step.
public struct SetupError: Error {
    public let sentence: String

    public init(_ sentence: String) {
        self.sentence = sentence
    }

    /// A system call's failure with what it hindered and what helps.
    public init(_ what: String, _ error: SystemError) {
        var text = "\(what): \(error.description)."
        switch error.code {
        case 13, 1: text += " Run greengrassd as root, or as the user who owns the greengrass-root."
        case 28: text += " The disk is full; free some space and try again."
        case 30: text += " The file system is read-only; set writeDirectory in config.json to a place that is not."
        default: break
        }
        sentence = text
    }
}
