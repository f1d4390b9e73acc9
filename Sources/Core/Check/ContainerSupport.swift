import Linux
import Sandbox

/// Whether functions can have containers on this machine.
public enum ContainerSupport: Sendable {
    /// Nobody asks: what is only looked at may have any isolation.
    case assumed
    /// Found out by starting one that runs nothing; takes root, and some milliseconds.
    case probed
    /// Found out before.
    case known(refusal: String?)

    /// What is missing, as a sentence without its full stop; nil where nothing is.
    public func problem(_ layout: Layout) -> String? {
        switch self {
        case .assumed: nil
        case .known(let refusal): refusal
        case .probed: Self.probe(layout).refusal
        }
    }

    static func probe(_ layout: Layout) -> SandboxSupport {
        let containers = Containers(
            name: "greengrass-check-\(Processes.current)", hidden: [layout.root, layout.writable])
        containers.removeGroups()
        return containers.support
    }
}
