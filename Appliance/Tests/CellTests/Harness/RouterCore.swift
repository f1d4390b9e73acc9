import Foundation
import Image
import Testing

/// The core of a router, with the cells' group.
struct RouterCore {
    let router: Router
    private let group: DemoGroup

    private static let program = "/greengrass/ggc/core/greengrassd"
    private static let service = "/etc/init.d/greengrassd"
    private static let processFile = "/var/run/procd/greengrassd/core/pid"

    /// Makes configuration, certificates, devices and the group on a router where the core is installed; it does not run
    /// yet. Links are not protected by this machine's kernel perhaps, so the UCI file says not to ask for it: a change that
    /// is the user's.
    init(on router: Router) throws {
        self.router = router
        try router.run("\(Self.program) init --thing router")
        var certificates: [String: String] = [:]
        for name in DemoGroup.devices {
            certificates[name] = try DemoGroup.digest(in: router.run("\(Self.program) device add \(name)"))
        }
        group = DemoGroup(certificates: certificates)
        try group.write(to: router.root + "/tmp/group")
        try router.run("\(Self.program) deploy /tmp/group")
        try router.run("sed -i \"s/option insecure '0'/option insecure '1'/\" /etc/config/greengrass")
    }

    func start() throws {
        try router.run(Self.service + " start")
        try checkServes()
    }

    /// A message from one device to another, both on this side of the cable.
    func checkServes() throws {
        try waitForCore()
        do {
            try group.exchange(host: router.address, port: 8883, certificates: router.root + "/greengrass/certs")
        } catch { throw BuildError("\(error)\n\(router.log())") }
    }

    private func waitForCore() throws {
        do {
            try wait(for: "the router's core to serve") { try router.result(Self.program + " status").code == 0 }
        } catch { throw BuildError("\(error)\n\(router.log())") }
    }

    /// What procd runs, by its number on the router.
    private func daemon() -> Int? {
        (try? router.text(Self.processFile)).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// A daemon that is killed is started again by procd.
    func checkRespawn() throws {
        let killed = try #require(daemon())
        try router.run("kill -9 \(killed)")
        try wait(for: "procd to start the core again") { daemon().map { $0 != killed } ?? false }
        try checkServes()
        let lines = try router.text("/var/log/messages")
        #expect(lines.contains("greengrassd ended with 137 and is started again in 5 s"))
    }

    /// A change of the UCI file restarts it, and no change does not.
    func checkReload() throws {
        let first = try #require(daemon())
        try router.run("reload_config && \(Self.service) reload")
        #expect(daemon() == first)
        try router.run("echo \"\tlist environment 'CELL=1'\" >>/etc/config/greengrass; reload_config")
        try wait(for: "the reloaded core") { daemon().map { $0 != first } ?? false }
        // Its number is there before procd's child has become the program.
        try checkServes()
        #expect(try router.text("/proc/\(try #require(daemon()))/environ").contains("CELL=1"))
    }

    /// It stops, and nothing of it goes on.
    func checkStop() throws {
        try router.run(Self.service + " stop")
        #expect(try router.result(Self.service + " running").code != 0)
        #expect(try router.result(Self.program + " status").code == 1)
        let processes = try router.run("ps").split(separator: "\n").filter { $0.contains("/greengrass/") }
        #expect(processes.isEmpty, "\(processes)")
    }

    /// start, a message, a kill, a reload, stop.
    func checkLife() throws {
        try start()
        try checkRespawn()
        try checkReload()
        try checkStop()
    }
}
