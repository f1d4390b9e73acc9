import Foundation
import Image

/// A core that is installed at `/greengrass` of a machine, with the cells' group.
struct InstalledCore {
    let machine: Machine
    /// What the group is tried with.
    private var group: DemoGroup

    init(_ machine: Machine, runtimes: [String] = ["python"]) {
        self.machine = machine
        group = DemoGroup(certificates: [:], runtimes: runtimes)
    }

    static let program = "/greengrass/ggc/core/greengrassd"

    @discardableResult
    func command(_ words: String...) throws -> String {
        let (code, output) = try machine.result([Self.program] + words)
        guard code == 0 else {
            throw BuildError("`greengrassd \(words.joined(separator: " "))` ended with \(code):\n\(output)\n\(logs())")
        }
        return output
    }

    /// `init`, the two devices, and the group's deployment.
    mutating func configure() throws {
        try command("init", "--thing", "cell-core")
        try adopt()
    }

    /// The two devices and the group's deployment, where there is a configuration and a group CA.
    mutating func adopt() throws {
        var certificates: [String: String] = [:]
        for name in DemoGroup.devices { certificates[name] = try DemoGroup.digest(in: command("device", "add", name)) }
        group = DemoGroup(certificates: certificates, runtimes: group.runtimes)
        try group.write(to: machine.root + "/root/group")
        try deploy()
    }

    @discardableResult
    func deploy() throws -> String { try command("deploy", "/root/group") }

    /// A message between the devices, and one through each function.
    func exchange() throws {
        do {
            try group.exchange(
                port: 8883, certificates: machine.root + "/greengrass/certs", within: machine.network)
        } catch { throw BuildError("\(error)\n\(logs())") }
    }

    /// What `status --json` says, nil while no core serves.
    func status() throws -> [String: Any]? {
        let (code, output) = try machine.result([Self.program, "status", "--json"])
        guard code == 0 else { return nil }
        return try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
    }

    func number(_ key: String) throws -> Int? { try status()?[key] as? Int }

    /// The end of its logs, for a test that fails.
    func logs() -> String {
        let found = try? machine.result([
            "/bin/sh", "-c",
            "find / -xdev -path '*/var/log/*' -name '*.log' ! -size 0 | grep -v apt | xargs tail -n 25",
        ])
        return found?.output ?? ""
    }

    /// Waits until nothing of it runs.
    func waitUntilGone() throws {
        try wait(for: "the machine's processes to end: \(machine.processes())", seconds: 30) {
            machine.processes().isEmpty
        }
    }
}
