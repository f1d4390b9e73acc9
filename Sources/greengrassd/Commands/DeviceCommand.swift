import Certificates
import Core
import TLS

/// `greengrassd device add NAME`: a device's key and certificate, and its lines for group.json.
struct DeviceCommand {
    enum Key {
        case ec
        case rsa

        init?(rawValue: String) {
            switch rawValue {
            case "ec": self = .ec
            case "rsa": self = .rsa
            default: return nil
            }
        }
    }

    let name: String
    let keyType: Key

    func run(root: String) -> Int32 {
        guard let configuration = Console.configuration(root: root) else { return ExitCode.failure }
        do throws(SetupError) {
            let setup = RootSetup(root: root)
            let credential = try setup.addDevice(name: name, type: keyType == .ec ? .ecP256 : .rsa2048)
            let thing = configuration.thing
            let place = "arn:aws:iot:\(thing.region):\(thing.account)"
            Console.say(
                """
                The device's key          \(credential.keyPath)
                Its certificate           \(credential.certificatePath)
                What it trusts            \(setup.layout.groupCertificateAuthority)/ca.crt
                It connects to port \(configuration.mqttPort) with the client ID \(name).

                For "Devices" in group.json:
                {
                  "Id": "\(name)",
                  "ThingArn": "\(place):thing/\(name)",
                  "CertificateArn": "\(place):cert/\(credential.certificateID.description)",
                  "SyncShadow": false
                }
                """)
            return ExitCode.success
        } catch {
            Console.complain("greengrassd: \(error.sentence)")
            return ExitCode.failure
        }
    }
}
