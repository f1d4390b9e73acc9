import Glibc
import Linux
import Testing

@testable import Sandbox

/// Each with the kernel's newer calls and with those that it had before Linux 5.12.
@Suite("A container's mounts where links lead elsewhere")
struct MountTests {
    static let calls = [Barriers(), .newCalls]

    private func folder(_ name: String, _ without: Barriers) -> String {
        "/var/lib/perennial-\(name)-\(Processes.current)-\(without.rawValue)"
    }

    @Test(
        "LAM-12: where /tmp is a link, the host's files are read-only and what it leads to is hidden", arguments: calls)
    func linkedTemporary(without: Barriers) throws {
        Machine.prepare()
        let target = folder("tmp", without)
        let link = target + "-link"
        try Files.makeDirectories(target)
        try Files.writeAtomically(target + "/other", [UInt8]("another function's".utf8), mode: 0o644)
        _ = symlink(target, link)
        let containers = Machine.lock.withLock {
            Containers(name: "perennial-linked-\(Processes.current)-\(without.rawValue)", hidden: [], temporary: link)
        }
        defer {
            containers.removeGroups()
            unlink(link)
            do { try Files.removeTree(target) } catch {}
        }
        try #require(containers.support.refusal == nil)
        let result = try ContainerRun(
            script: """
                echo GOT > \(Machine.open)/everybody && cat \(Machine.open)/everybody
                touch /usr/x 2>&1 | grep -o 'Read-only file system'; ls \(target); touch /tmp/x && ls /tmp
                """, without: without, containers: containers
        ).run()
        #expect(result.output.hasSuffix("Read-only file system\nx\n"))
        #expect(!result.output.contains("GOT"))
    }

    @Test(
        "LRA-05: a read-only volume inside a writable one is read-only; a link on the way there is not followed",
        arguments: calls)
    func nested(without: Barriers) throws {
        let folder = folder("nested", without)
        let (outer, inner) = (folder + "/outer", folder + "/inner")
        for path in [outer, outer + "/sub", outer + "/sub/b", inner] { try Files.makeDirectories(path, mode: 0o777) }
        try Files.writeAtomically(inner + "/file", [UInt8]("read\n".utf8), mode: 0o666)
        defer { do { try Files.removeTree(folder) } catch {} }
        let run = ContainerRun(
            script: "cat /data/sub/b/file; echo GOT > /data/sub/b/file; echo x > /data/y && echo written",
            container: ContainerSpecification(mounts: [
                .init(source: outer, destination: "/data", isWritable: true),
                .init(source: inner, destination: "/data/sub/b"),
            ]), without: without)
        let plain = try run.run().output
        #expect(plain.hasPrefix("read\n") && plain.hasSuffix("written\n") && plain.contains("Read-only file system"))
        // As the function can, for the next one.
        #expect(rename(outer + "/sub", outer + "/real") == 0 && symlink("real", outer + "/sub") == 0)
        let error = #expect(throws: SystemError.self) { try run.run() }
        #expect(error?.description.contains("mount /data/sub/b in the container (it lies inside another") == true)
        #expect(String(decoding: try Files.read(inner + "/file", limit: 100), as: UTF8.self) == "read\n")
    }

    @Test("LRA-05: what is mounted inside a read-only volume is read-only and without devices too", arguments: calls)
    func submounts(without: Barriers) throws {
        let folder = folder("submount", without)
        try Files.makeDirectories(folder + "/with space")
        defer { do { try Files.removeTree(folder) } catch {} }
        try #require(mount("test", folder + "/with space", "tmpfs", 0, "mode=777") == 0)
        defer { umount(folder + "/with space") }
        let run = ContainerRun(
            script: "touch '/data/with space/x' && echo GOT; grep '/data' /proc/self/mountinfo | cut -d' ' -f6",
            container: ContainerSpecification(mounts: [.init(source: folder, destination: "/data")]), without: without)
        let lines = try run.run().output.split(separator: "\n")
        #expect(!lines.contains("GOT") && lines.count == 3)
        for line in lines.suffix(2) { #expect(line.hasPrefix("ro,nosuid,nodev"), "\(line)") }
    }

    @Test("A mask over a volume does not follow a link in there", arguments: calls)
    func lateMask(without: Barriers) throws {
        let folder = folder("masked", without)
        try Files.makeDirectories(folder + "/core/keys")
        try Files.makeDirectories(folder + "/other")
        let containers = Machine.lock.withLock {
            Containers(
                name: "perennial-maskers-\(Processes.current)-\(without.rawValue)", hidden: [folder + "/core/keys"])
        }
        defer {
            containers.removeGroups()
            do { try Files.removeTree(folder) } catch {}
        }
        #expect(rename(folder + "/core", folder + "/real") == 0 && symlink("other", folder + "/core") == 0)
        let error = #expect(throws: SystemError.self) {
            try ContainerRun(
                script: "true",
                container: ContainerSpecification(mounts: [.init(source: folder, destination: "/volume")]),
                without: without, containers: containers
            ).run()
        }
        #expect(error?.description.contains("symbolic link") == true)
    }
}
