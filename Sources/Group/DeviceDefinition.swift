/// A device of the group (`Devices[]` of a device definition version).
public struct DeviceDefinition: Equatable, Sendable {
    public var id: String
    /// The last part of `ThingArn`; also the MQTT client ID the device has to use (MSG-10).
    public var thingName: String
    public var thingARN: String
    public var certificateARN: String
    /// 64 lower-case hexadecimal digits: the SHA-256 of the certificate's DER form, the last part of `CertificateArn`.
    public var certificateID: String
    public var syncShadow: Bool

    public init(
        id: String, thingName: String, thingARN: String, certificateARN: String, certificateID: String,
        syncShadow: Bool = false
    ) {
        self.id = id
        self.thingName = thingName
        self.thingARN = thingARN
        self.certificateARN = certificateARN
        self.certificateID = certificateID
        self.syncShadow = syncShadow
    }
}
