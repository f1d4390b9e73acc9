import Artifacts
import Foundation
import Image

/// What a user makes for a device on another machine, and puts on its boot partition (docs/boot-image.md): configuration,
/// certificates and a group, which also sends what the sensor says on `cloud/#` into the queue to a cloud that is away.
struct BootSeed {
    /// Of the core's root on this machine, with `certs`.
    let root: String

    static let writeDirectory = "/data/greengrass/write"

    /// Makes it with the architecture's own program.
    init(for cell: Cell, in folder: String) throws {
        root = folder + "/root"
        let core = try BootSeed.core(cell)
        func command(_ words: String...) throws -> String {
            let (code, output) = try result(of: core + ["--root", root] + words)
            guard code == 0 else { throw BuildError("greengrassd \(words) ended with \(code):\n\(output)") }
            return output
        }
        _ = try command("init", "--thing", "boot-core")
        var certificates: [String: String] = [:]
        for name in DemoGroup.devices { certificates[name] = try DemoGroup.digest(in: command("device", "add", name)) }
        let seed = folder + "/seed"
        try DemoGroup(certificates: certificates).write(to: seed + "/group")
        try Self.edit(seed + "/group/group.json") { group in
            let thing = "arn:aws:iot:us-west-2:000000000000:thing/sensor"
            let rows = group["Subscriptions"] as? [[String: String]] ?? []
            group["Subscriptions"] =
                rows + [["Id": "cloud", "Source": thing, "Subject": "cloud/#", "Target": "cloud"]]
        }
        try run("cp", "-r", root + "/certs", seed + "/certs")
        try run("cp", root + "/config/config.json", seed + "/config.json")
        try Self.edit(seed + "/config.json") { configuration in
            configuration["writeDirectory"] = Self.writeDirectory
            var thing = configuration["coreThing"] as? [String: Any] ?? [:]
            // Nobody answers there: what is sent to it stays in the queue on the disk.
            thing["iotHost"] = "127.0.0.1"
            thing["iotMqttPort"] = 9
            configuration["coreThing"] = thing
        }
    }

    /// Puts it on a flashed disk, with mtools as one does without mounting; over one that is there.
    func put(on disk: String, from folder: String) throws {
        try run("mcopy", "-s", "-o", "-i", disk + "@@1M", folder + "/seed", "::/")
    }

    /// The program, run here: in an emulator where this machine's processor is another one.
    private static func core(_ cell: Cell) throws -> [String] {
        guard case .path(let path, _) = try cell.build.binary(cell.architecture) else { return [] }
        return switch cell.architecture {
        case .armv6l, .armv7l: ["qemu-arm-static", path]
        case .aarch64: ["qemu-aarch64-static", path]
        case .x86_64: [path]
        }
    }

    private static func edit(_ path: String, _ body: (inout [String: Any]) -> Void) throws {
        let url = URL(fileURLWithPath: path)
        guard var object = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any] else {
            throw BuildError("\(path) is no JSON object.")
        }
        body(&object)
        try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes]).write(
            to: url)
    }

    /// One message between the devices, from outside the machine.
    func exchange(_ machine: BootMachine) throws {
        try DemoGroup(certificates: [:]).exchange(port: machine.port, certificates: root + "/certs")
    }

    /// A message that the core has accepted is on its disk.
    func queue(_ text: String, _ machine: BootMachine) throws {
        try Device(name: "sensor", port: machine.port, certificates: root + "/certs").publish(text, to: "cloud/n")
    }
}
