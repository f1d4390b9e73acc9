import Bytes
import JSON

/// A secret that the group attaches to the function.
public struct Secret: Sendable {
    public let arn: String
    public let name: String
    public let versionID: String
    public let stages: [String]
    /// One of the two is there, as the secret was stored.
    public let string: String?
    public let binary: [UInt8]?

    /// From the service's answer (docs/function-protocol.md); nil where it is none.
    init?(_ answer: JSON) {
        guard let arn = answer["ARN"]?.stringValue, let name = answer["Name"]?.stringValue,
            let versionID = answer["VersionId"]?.stringValue
        else { return nil }
        self.arn = arn
        self.name = name
        self.versionID = versionID
        var stages: [String] = []
        for stage in answer["VersionStages"]?.arrayValue ?? [] {
            if let stage = stage.stringValue { stages.append(stage) }
        }
        self.stages = stages
        string = answer["SecretString"]?.stringValue
        if let text = answer["SecretBinary"]?.stringValue { binary = Base64.decode(text.bytes) } else { binary = nil }
    }
}
