import JSON
import Linux

/// Why a configuration cannot be used. Nothing has been changed when it is thrown.
public enum ConfigurationError: Error {
    case unreadable(path: String, SystemError)
    case malformed(path: String, JSONError)
    /// Each problem is a sentence that names its key.
    case invalid(path: String, [String])

    /// For a person: what, where, and what to do.
    public var description: String {
        switch self {
        case .unreadable(let path, let error):
            switch error.code {
            case 2:  // ENOENT
                return "There is no configuration at \(path). `greengrassd init` makes one for a core without a cloud; "
                    + "for a core that exists, copy its config and certs folders there."
            case 13:  // EACCES
                return "The configuration \(path) cannot be read: \(error.reason). Run greengrassd as root, or as the "
                    + "user who owns the file."
            default: return "The configuration cannot be read: \(error.description)."
            }
        case .malformed(let path, let error):
            return "Failed to parse \(path). \(error.description)."
        case .invalid(let path, let problems):
            var text = "The configuration \(path) cannot be used:"
            for problem in problems { text += "\n  \(problem)" }
            return text
        }
    }
}
