/// What an image has besides the core.
public enum ContainerFlavour: String, CaseIterable, Sendable {
    /// Nothing but certificates and users: no shell, no C library.
    case minimal
    case python, node, java
    /// All three.
    case full
    /// Mosquitto's clients, for trying out: no core.
    case clients

    /// The set of Debian packages (`Appliance/packages`) that it stands on; nil for none.
    public var packages: String? { self == .minimal ? nil : "container-" + rawValue }

    /// The folders of function runtimes that come along.
    public var runtimes: Set<String> {
        switch self {
        case .minimal: []
        case .python: ["python", "executable"]
        case .node: ["nodejs", "executable"]
        case .java: ["java8", "executable"]
        case .full: ["python", "nodejs", "java8", "executable"]
        case .clients: []
        }
    }

    /// Debian has no Node.js for the processors of armel.
    public var architectures: [Architecture] {
        switch self {
        case .node, .full: Architecture.allCases.filter { $0 != .armv6l }
        default: Architecture.allCases
        }
    }
}
