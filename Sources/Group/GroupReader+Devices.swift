import Bytes
import JSON

extension GroupReader {
    private static let deviceKeys = ["Id", "ThingArn", "CertificateArn", "SyncShadow"]

    /// `Cores` and `Devices`: things with a certificate each.
    mutating func readDevices(_ reader: ObjectReader) {
        var seenCores: [String: String] = [:]
        var seenDevices: [String: String] = [:]
        var things: [String: String] = [:]
        var certificates: [String: String] = [:]
        for element in reader.children("Cores", atMost: GroupLimits.cores, of: "cores") {
            let core = device(element, "core", &seenCores, &things, &certificates)
            group.cores.append(core)
        }
        for element in reader.children("Devices", atMost: GroupLimits.devices, of: "devices") {
            let device = device(element, "device", &seenDevices, &things, &certificates)
            group.devices.append(device)
            if !device.thingARN.isEmpty { addEndpoint(device.thingARN, .device(device.thingName)) }
        }
    }

    private func device(
        _ reader: ObjectReader, _ what: String, _ seen: inout [String: String], _ things: inout [String: String],
        _ certificates: inout [String: String]
    ) -> DeviceDefinition {
        reader.expectOnly(GroupReader.deviceKeys)
        let id = identifier(reader, of: what, &seen)
        let thing = thingName(reader)
        let certificate = certificateID(reader)
        // Devices are told apart by the thing's name on connecting, whatever region the ARN names.
        if let thing {
            if let first = things[thing.name] {
                reader.violation(
                    "ThingArn", "\(Words.quoted(thing.name)) is already the thing of \(first); name it once")
            } else {
                things[thing.name] = reader.path.description
            }
        }
        if let certificate {
            if let first = certificates[certificate.id] {
                reader.violation(
                    "CertificateArn",
                    "is already the certificate of \(first); a device is recognised by its certificate, so each needs "
                        + "its own")
            } else {
                certificates[certificate.id] = reader.path.description
            }
        }
        return DeviceDefinition(
            id: id, thingName: thing?.name ?? "", thingARN: thing?.arn ?? "", certificateARN: certificate?.arn ?? "",
            certificateID: certificate?.id ?? "", syncShadow: reader.boolean("SyncShadow") ?? false)
    }

    private func thingName(_ reader: ObjectReader) -> (arn: String, name: String)? {
        let form = "the thing's ARN, as in \"arn:aws:iot:REGION:ACCOUNT:thing/NAME\""
        guard let arn = reader.text("ThingArn", required: form) else { return nil }
        guard let parsed = ResourceName(arn), parsed.service == "iot", let name = parsed.resource(after: "thing/")
        else {
            reader.violation("ThingArn", "found \(Words.quoted(arn)), expected \(form), with an ACCOUNT of 12 digits")
            return nil
        }
        guard GroupReader.isThingName(name) else {
            reader.violation(
                "ThingArn",
                "the thing name \(Words.quoted(name)) must have 1 to \(GroupLimits.thingNameBytes) letters, digits, "
                    + "colons, underscores and hyphens")
            return nil
        }
        return (arn, name)
    }

    private func certificateID(_ reader: ObjectReader) -> (arn: String, id: String)? {
        let form = "the certificate's ARN, as in \"arn:aws:iot:REGION:ACCOUNT:cert/ID\""
        guard let arn = reader.text("CertificateArn", required: form) else { return nil }
        guard let parsed = ResourceName(arn), parsed.service == "iot", let id = parsed.resource(after: "cert/") else {
            reader.violation("CertificateArn", "found \(Words.quoted(arn)), expected \(form)")
            return nil
        }
        guard let digest = Hexadecimal.decode([UInt8](id.utf8)), digest.count == 32 else {
            reader.violation(
                "CertificateArn",
                "the certificate ID \(Words.quoted(id)) must be the certificate's SHA-256 in 64 hexadecimal digits; "
                    + "`greengrassd device add NAME` prints it, and so does `openssl x509 -noout -fingerprint -sha256`")
            return nil
        }
        return (arn, Hexadecimal.encode(digest))
    }

    /// The IoT API's pattern `[a-zA-Z0-9:_-]+`.
    static func isThingName(_ name: String) -> Bool {
        guard !name.isEmpty, name.utf8.count <= GroupLimits.thingNameBytes else { return false }
        return isIdentifier(name)
    }

    /// Whether the text is of letters, digits, `:`, `_` and `-`.
    static func isIdentifier(_ text: String) -> Bool {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                continue
            default: return false
            }
        }
        return true
    }
}
