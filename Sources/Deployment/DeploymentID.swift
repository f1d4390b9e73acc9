/// The number of a deployment on this core: later ones have higher numbers.
public struct DeploymentID: Hashable, Sendable {
    public let number: Int64

    public init(_ number: Int64) {
        self.number = number
    }

    /// From the name of a deployment's directory; nil where it is no plain number.
    init?(directoryName: String) {
        guard !directoryName.isEmpty, directoryName.utf8.count <= 18 else { return nil }
        for byte in directoryName.utf8 where byte < UInt8(ascii: "0") || byte > UInt8(ascii: "9") { return nil }
        guard let number = Int64(directoryName), number > 0 else { return nil }
        self.init(number)
    }
}

extension DeploymentID: CustomStringConvertible {
    public var description: String { String(number) }
}
