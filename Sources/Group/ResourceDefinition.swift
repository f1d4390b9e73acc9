/// A resource functions can be given (`Resources[]` of a resource definition version, LRA-01).
public struct ResourceDefinition: Equatable, Sendable {
    /// What the resource is, by the key of `ResourceDataContainer`.
    public enum Kind: Sendable {
        case localDevice, localVolume, s3MachineLearningModel, sageMakerMachineLearningModel, secret

        /// The name of the type in V1's messages (ERR-06).
        public var typeName: String {
            switch self {
            case .localDevice: "Local.Device"
            case .localVolume: "Local.Volume"
            case .s3MachineLearningModel: "ML_Model.S3_Object"
            case .sageMakerMachineLearningModel: "ML_Model.SageMaker.Job"
            case .secret: "Secret"
            }
        }
    }

    public var id: String
    public var name: String
    public var kind: Kind
    /// What a local device or volume is on the machine; nil for the other kinds.
    public var local: LocalResource?

    public init(id: String, name: String, kind: Kind, local: LocalResource? = nil) {
        self.id = id
        self.name = name
        self.kind = kind
        self.local = local
    }
}
