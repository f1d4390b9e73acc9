import Artifacts
import Foundation
import Image
import Testing

/// The image among others: a cloud that comes and goes, privileges, state of an older version.
extension ImageCell {
    /// What the core says that it needs; less than `--privileged`, which not every machine can give.
    private static let privileges = [
        "--cap-add", "SYS_ADMIN", "--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined",
    ]

    @Test("DOCK-02: what devices say while the way to the cloud is cut arrives when it is back")
    func cutOff() throws {
        try ContainerCell.run { place in
            let (volume, outside, between) = (
                try place.volume("cut"), try place.network("outside"), try place.network("between", isInternal: true)
            )
            let core = try place.start(
                "core", ["-v", "\(volume):/greengrass", "-p", "127.0.0.1::8883", "--network", outside],
                ["start", "--demo", "--cloud", "cloud:8884"])
            try place.engine.run("network", "connect", between, core)
            try place.waitUntilHealthy(core)
            let certificates = try place.certificates(of: core, to: "certs")
            let cloud = try place.startCloud(volume: volume, outside: outside, between: between)
            let page = Device(
                name: "display", host: "localhost", port: try place.port(cloud, 8884), certificates: certificates)
            let sensor = Device(name: "sensor", port: try place.port(core), certificates: certificates)
            let seen = try page.subscribe(to: "demo/to-cloud")
            defer { seen.stop() }
            try sensor.publish("before", to: "demo/to-cloud")
            try seen.wait(for: "demo/to-cloud: before")
            try place.engine.run("network", "disconnect", between, core)
            for text in ["first", "second", "third"] { try sensor.publish(text, to: "demo/to-cloud") }
            #expect(!seen.output.contains("first"))
            try place.engine.run("network", "connect", between, core)
            for text in ["first", "second", "third"] { try seen.wait(for: "demo/to-cloud: " + text, seconds: 180) }
        }
    }

    @Test(
        "DOCK-03, DOCK-06: functions for containers: without privileges the deployment says what it needs, with them they run"
    )
    func containers() throws {
        try ContainerCell.run { place in
            guard place.flavour != .minimal else {
                // Without an interpreter there is no function to refuse: the core says it by itself.
                let name = try place.start("bare")
                try place.waitUntilHealthy(name)
                #expect(place.log(name).contains(Self.lack(place)))
                return
            }
            let group = try place.makeRoot(runtimes: place.runtimes)
            let file = place.scratch + "/group/group.json"
            let text = try String(contentsOfFile: file, encoding: .utf8)
            try text.replacingOccurrences(of: "NoContainer", with: "GreengrassContainer")
                .replacingOccurrences(of: "\"Pinned\"", with: "\"MemorySize\": 262144, \"Pinned\"")
                .write(toFile: file, atomically: true, encoding: .utf8)
            try refused(place, "plain", [])
            if place.cell.isNative {
                let spaces = try served(place, "privileged", Self.privileges, group)
                #expect(spaces.functions.count == place.runtimes.count)
                #expect(spaces.functions.allSatisfy { $0.value != spaces.core }, "\(spaces)")
            } else {
                try refused(place, "privileged", Self.privileges)
            }
            let config = place.scratch + "/root/config/config.json"
            let settings = try String(contentsOfFile: config, encoding: .utf8)
            try settings.replacingOccurrences(
                of: "{\n", with: "{\n  \"runtime\": {\"fallBackToNoContainer\": \"yes\"},\n",
                range: settings.range(of: "{\n")
            ).write(toFile: config, atomically: true, encoding: .utf8)
            let spaces = try served(place, "falls", [], group)
            #expect(spaces.functions.allSatisfy { $0.value == spaces.core }, "\(spaces)")
        }
    }

    private static let deploy = ["/greengrass-entrypoint.sh", "deploy", "/group"]

    /// Starts the core of the scratch folder, beside its group.
    private func startPrepared(_ place: ContainerCell, _ name: String, _ privileges: [String]) throws -> String {
        let options = [
            "-v", "\(place.scratch)/root/certs:/greengrass/certs", "-v",
            "\(place.scratch)/root/config:/greengrass/config",
            "-v", "\(place.scratch)/group:/group:ro", "-p", "127.0.0.1::8883",
        ]
        let name = try place.start(name, options + privileges, place.insecure)
        try place.waitUntilHealthy(name)
        return name
    }

    /// The group's functions are to have containers, and there are none.
    private func refused(_ place: ContainerCell, _ name: String, _ privileges: [String]) throws {
        let name = try startPrepared(place, name, privileges)
        let (code, said) = try place.engine.attempt(["exec", name] + Self.deploy)
        #expect(code == 1 && said.contains(Self.lack(place)) && said.contains("NoContainer"), "\(said)")
        try place.engine.run("stop", name)
    }

    /// The group's functions answer.
    ///
    /// - Returns: the mount name spaces of the core and of each function.
    private func served(
        _ place: ContainerCell, _ name: String, _ privileges: [String], _ group: DemoGroup
    ) throws -> (core: String, functions: [String: String]) {
        let name = try startPrepared(place, name, privileges)
        try place.engine.run(["exec", name] + Self.deploy)
        let functions = try group.exchange(port: try place.port(name), certificates: place.scratch + "/root/certs")
        let core = try run("readlink", "/proc/\(place.inspect(name, "{{.State.Pid}}"))/ns/mnt")
        try place.engine.run("stop", name)
        return (core.trimmingCharacters(in: .whitespacesAndNewlines), functions)
    }

    /// What the core says that containers lack. The emulator of another processor cannot make name spaces, with whatever
    /// privileges.
    private static func lack(_ place: ContainerCell) -> String {
        place.cell.isNative ? "--cap-add SYS_ADMIN" : "make name spaces for the container"
    }

    @Test("INST-11: the state of version 0.1.0 in a volume is taken up: devices, group and certificates as they were")
    func upgrade() throws {
        try ContainerCell.run { place in
            let fixture = place.cell.build.repository + "/Appliance/Tests/CellTests/Fixtures/state-0.1.0.tar.gz"
            try run("tar", "--numeric-owner", "-xpzf", fixture, "-C", place.scratch)
            let root = place.scratch + "/greengrass"
            let name = try place.start(
                "upgraded", ["-v", "\(root):/greengrass", "-p", "127.0.0.1::8883"], place.insecure)
            try place.waitUntilHealthy(name)
            try DemoGroup(certificates: [:]).exchange(port: try place.port(name), certificates: root + "/certs")
            // The program of the older version is not there any more; what the link names is the image's.
            let said = try place.engine.run("exec", name, "/greengrass/ggc/core/greengrassd", "--version")
            #expect(said.contains(place.cell.build.version))
        }
    }

    @Test("DOCK-01: docker/Dockerfile makes a working image of the archive")
    func dockerfile() throws {
        try ContainerCell.run { place in
            guard place.flavour != .minimal else { return try ownBase(place) }
            try place.load(.clients)
            try build(place, base: place.image(.clients))
        }
    }

    private func ownBase(_ place: ContainerCell) throws {
        try place.load(.clients)
        try build(place, base: place.image(.clients))
    }

    private func build(_ place: ContainerCell, base: String) throws {
        let (build, context) = (place.cell.build, place.scratch + "/context")
        let archive = "greengrass-linux-\(place.cell.architecture.archiveName)-\(build.version).tar.gz"
        try FileManager.default.createDirectory(atPath: context, withIntermediateDirectories: true)
        try run("cp", build.repository + "/docker/Dockerfile", try place.cell.file(archive), context)
        let tag = "\(place.prefix):extended"
        defer { _ = try? place.engine.attempt(["rmi", "--force", tag]) }
        let platform = place.platform.prefix { $0 != "--env" }
        // The base has certificates, so that nothing is installed.
        let words = ["build"] + platform + ["--build-arg", "BASE=\(base)", "--build-arg", "PACKAGES=", "--tag", tag]
        let (code, said) = try place.engine.attempt(words + [context])
        #expect(code != 0 && said.contains("ARCHIVE: name it with --build-arg ARCHIVE=FILE"), "\(said)")
        try place.engine.run(words + ["--build-arg", "ARCHIVE=\(archive)", context])
        let name = try place.start("extended", image: tag)
        try place.waitUntilHealthy(name)
        #expect(place.log(name).contains("docker cp"))
    }
}
