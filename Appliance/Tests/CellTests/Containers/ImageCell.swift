import Foundation
import Image
import Testing

/// `docker run` of an image, as somebody types it who has read docs/docker.md; each test on one image and architecture.
@Suite("Container image", .serialized)
struct ImageCell {
    /// The lines of the demonstration's guide that are to be pasted.
    private func lines(_ log: String, _ program: String) -> [String] {
        log.split(separator: "\n").map(String.init).filter { $0.hasPrefix(program + " ") }
    }

    private func shell(_ line: String, in folder: String) throws -> String {
        try CellTests.run("sh", "-c", "cd \"$0\" && \(line)", folder)
    }

    @Test("DOCK-01: docker load takes it under both names, with platform, health check, volume, port and labels")
    func loads() throws {
        try ContainerCell.run { place in
            let engine = place.engine
            for name in [place.image, "greengrass:\(place.flavour.rawValue)"] {
                let said = try engine.run("image", "inspect", "--format", "{{.Architecture}}/{{.Variant}}", name)
                let (architecture, variant) = place.cell.architecture.platform
                #expect(said == "\(architecture)/\(variant ?? "")")
            }
            let text = try engine.run("image", "inspect", "--format", "{{json .Config}}", place.image)
            for part in [
                #""Test":["CMD","/greengrass-entrypoint.sh","status"]"#, #""Volumes":{"/greengrass":{}}"#,
                #""8883/tcp""#, "Not affiliated with",
            ] { #expect(text.contains(part), "\(part) in \(text)") }
            #expect(try place.once([], ["--version"]).contains("Perennial \(place.cell.build.version)"))
            #expect(try place.once([], ["help"]).contains("greengrassd [--root DIR]"))
            if place.hasShell {
                #expect(try place.once([], ["sh", "-c", "echo $((6 * 7))"]).contains("42"))
            } else {
                let (code, said) = try engine.attempt(["run", "--rm"] + place.platform + [place.image, "sh"])
                #expect(code == 127 && said.contains("the minimal image has none"))
            }
        }
    }

    @Test("DOCK-02: with nothing mounted it is a demonstration: healthy, and the lines that it prints work when pasted")
    func bare() throws {
        try ContainerCell.run { place in
            let name = try place.start("bare")
            try place.waitUntilHealthy(name)
            let log = try place.engine.run("logs", name)
            #expect(log.contains("Greengrass successfully started with PID: 1"))
            let copy = try #require(lines(log, "docker cp").first)
            let folder = try #require(
                try shell(copy + " >/dev/null && pwd", in: place.scratch).split(separator: "\n").last)
            let listen = try #require(lines(log, "mosquitto_sub").first)
            let display = try Command(["sh", "-c", "cd \"$0\" && exec stdbuf -oL \(listen) -d", String(folder)])
            defer { display.stop() }
            try display.wait(for: "Subscribed (mid")
            let says = lines(log, "mosquitto_pub")
            #expect(says.count == 1 + place.runtimes.filter { $0 != "java" }.count)
            for line in says { _ = try shell(line, in: String(folder)) }
            try display.wait(for: "demo/hello hello")
            for runtime in place.runtimes where runtime != "java" {
                try display.wait(for: #"demo/\#(runtime)/fahrenheit {"fahrenheit""#)
            }
        }
    }

    @Test("DOCK-04, DOCK-05: it ends within 2 s of SIGTERM as process 1, reaps what is left to it, and keeps its state")
    func stopsAndKeeps() throws {
        try ContainerCell.run { place in
            let volume = try place.volume("state")
            let name = try place.start("stop", ["-v", "\(volume):/greengrass", "-p", "127.0.0.1::8883"])
            try place.waitUntilHealthy(name)
            let certificates = try place.certificates(of: name, to: "before")
            if place.hasShell {
                // Both outlive their parents, and end as children of process 1.
                try place.engine.run("exec", name, "sh", "-c", "(sleep 0.1 & sleep 0.1 &) ; exit 0")
                try wait(for: "no zombie and no sleep to be left") {
                    let processes = try place.engine.run("top", name, "-eo", "pid,stat,comm").split(separator: "\n")
                        .dropFirst()
                    return !processes.contains { $0.contains(" Z") || $0.contains("sleep") }
                }
            }
            // The engine kills what has not ended by itself, and the code is 137 then.
            try place.engine.run("stop", "--time", place.cell.isNative ? "2" : "30", name)
            #expect(try place.inspect(name, "{{.State.ExitCode}}") == "0")
            for signal in ["TERM", "KILL"] {
                try place.engine.run("start", name)
                try place.waitUntilHealthy(name)
                try exchange(certificates, try place.port(name))
                if signal == "KILL" {
                    try place.engine.run("kill", "--signal", signal, name)
                } else {
                    try place.engine.run("stop", name)
                }
            }
            try place.engine.run("rm", name)
            let second = try place.start("again", ["-v", "\(volume):/greengrass", "-p", "127.0.0.1::8883"])
            try place.waitUntilHealthy(second)
            try exchange(certificates, try place.port(second))
        }
    }

    /// Between the demonstration's devices.
    private func exchange(_ certificates: String, _ port: Int) throws {
        let sensor = Device(name: "sensor", port: port, certificates: certificates)
        let display = Device(name: "display", port: port, certificates: certificates)
        try Device.exchange("hello", from: sensor, to: display, topic: "demo/hello")
    }

    @Test("DOCK-02, DOCK-05, INST-07, WDIR-05: V1's command line with certs, config and log mounted; Ctrl-C ends it")
    func version1() throws {
        try ContainerCell.run { place in
            let group = try place.makeRoot(runtimes: place.runtimes)
            let name = place.name("aws-iot-greengrass")
            let mounts = ["certs", "config"].map { "-v \(place.scratch)/root/\($0):/greengrass/\($0)" }
            let line =
                "docker run --rm --init -it --name \(name) --entrypoint /greengrass-entrypoint.sh "
                + mounts.joined(separator: " ") + " -v \(place.scratch)/log:/greengrass/ggc/var/log "
                + "-p 127.0.0.1::8883 \((place.platform + [place.image] + place.insecure).joined(separator: " "))"
            // Somebody's own folder, as on the machine of V1's user.
            try run("install", "-d", "-o", "1000", "\(place.scratch)/log")
            if !place.isProtected {
                let (code, said) = try result(of: [
                    "sh", "-c",
                    line.replacingOccurrences(of: "-it ", with: "").replacingOccurrences(of: " -i", with: ""),
                ])
                #expect(
                    code == 1 && said.contains("On the machine that runs it, `sudo sysctl -w fs.protected_"), "\(said)")
            }
            let terminal = try Command(["script", "-qec", line, "/dev/null"])
            defer { terminal.stop() }
            for text in [
                "Setting up greengrass daemon", "Validating hardlink/softlink protection",
                "Waiting for up to 30s for Daemon to start", "Greengrass successfully started with PID: ",
            ] { try terminal.wait(for: text) }
            try place.engine.run("cp", "\(place.scratch)/group", "\(name):/tmp/group")
            let deployed = try place.engine.run(
                "exec", name, "/greengrass/ggc/core/greengrassd", "deploy", "/tmp/group")
            #expect(deployed.contains("The core serves deployment 1."))
            try group.exchange(port: try place.port(name), certificates: "\(place.scratch)/root/certs")
            #expect(FileManager.default.fileExists(atPath: "\(place.scratch)/log/system/runtime.log"))
            try terminal.write("\u{3}")
            #expect(terminal.end() == 0)
            #expect(try place.engine.attempt(["inspect", name]).code != 0)
        }
    }

    @Test("DOCK-02: half of the mounts, an empty one or a program that is not there: the message says what to do")
    func halfMounted() throws {
        try ContainerCell.run { place in
            _ = try place.makeRoot(runtimes: [])
            let root = place.scratch + "/root"
            try FileManager.default.createDirectory(atPath: place.scratch + "/empty", withIntermediateDirectories: true)
            for (mounts, expected) in [
                (
                    ["-v", "\(root)/certs:/greengrass/certs"],
                    "/greengrass/certs is mounted and /greengrass/config is not."
                ),
                (
                    ["-v", "\(place.scratch)/empty:/greengrass/config"],
                    "/greengrass/config is mounted, but has no config.json: it is empty."
                ),
                (["-v", "\(root)/config:/greengrass/config"], "/greengrass/certs/cell_Core.private.key"),
            ] {
                let (code, said) = try place.engine.attempt(
                    ["run", "--rm"] + place.platform + mounts + [place.image] + place.insecure)
                #expect(code == 1 && said.contains(expected), "\(said)")
                #expect(!said.contains("Making a demonstration"))
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.scratch + "/empty").isEmpty)
        }
    }

    @Test("WDIR-01, WDIR-02, WDIR-05: a read-only container writes into writeDirectory alone; another one begins anew")
    func writeDirectory() throws {
        try ContainerCell.run { place in
            let group = try place.makeRoot(runtimes: place.runtimes)
            let config = place.scratch + "/root/config/config.json"
            let text = try String(contentsOfFile: config, encoding: .utf8)
            for directory in ["/data/one", "/data/two"] {
                let changed = text.replacingOccurrences(
                    of: "{\n", with: "{\n  \"writeDirectory\": \"\(directory)\",\n", range: text.range(of: "{\n"))
                try changed.write(toFile: config, atomically: true, encoding: .utf8)
                let name = try place.start(
                    "write" + directory.suffix(3),
                    [
                        "--read-only", "--tmpfs", "/tmp", "--tmpfs", "/run", "-v",
                        "\(place.scratch)/root/certs:/greengrass/certs:ro",
                        "-v", "\(place.scratch)/root/config:/greengrass/config:ro", "-v", "\(place.scratch)/data:/data",
                        "-v", "\(place.scratch)/group:/group:ro", "-p", "127.0.0.1::8883",
                    ], place.insecure)
                try place.waitUntilHealthy(name)
                let status = try place.engine.run("exec", name, "/greengrass-entrypoint.sh", "status", "--json")
                #expect(status.contains(#""deployment": null"#), "\(status)")
                try place.engine.run("exec", name, "/greengrass-entrypoint.sh", "deploy", "/group")
                try group.exchange(port: try place.port(name), certificates: "\(place.scratch)/root/certs")
                #expect(
                    FileManager.default.fileExists(atPath: "\(place.scratch)\(directory)/var/log/system/runtime.log"))
                try place.engine.run("stop", name)
            }
        }
    }
}
