import Group
import TLS

/// Which certificate belongs to which device of the group.
///
/// A device is recognised by its certificate's ID alone, whoever signed it (MSG-11).
public final class DeviceDirectory {
    private let names: [CertificateID: String]
    /// In the group's order.
    let thingNames: [String]

    /// A device whose certificate ID is not 64 hexadecimal digits can never connect; validation refuses it before.
    public init(_ devices: [DeviceDefinition]) {
        var names: [CertificateID: String] = [:]
        var thingNames: [String] = []
        for device in devices {
            thingNames.append(device.thingName)
            guard let id = CertificateID(hexadecimal: device.certificateID) else { continue }
            names[id] = device.thingName
        }
        self.names = names
        self.thingNames = thingNames
    }

    /// The thing name of the device with this certificate, or nil where it is none of the group's.
    public func thingName(_ certificate: CertificateID) -> String? {
        names[certificate]
    }

    /// What a `TLSContext` asks about each client.
    public func recognises(_ certificate: CertificateID) -> Bool {
        names[certificate] != nil
    }
}
