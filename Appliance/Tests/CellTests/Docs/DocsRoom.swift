import Artifacts
import Foundation
import Image

/// Where a page is tried: a fresh machine of some kind, with a reader at it who has what the page says that he has.
protocol DocsRoom: AnyObject {
    /// A shell at it.
    func terminal(asRoot: Bool) throws -> Terminal
    /// The words that start a program that stays in its terminal: `script` is a line of shell.
    func program(_ script: String) -> [String]
    /// Puts a file or folder of the test's machine below the reader's home.
    func put(_ source: String, at place: String) throws
    /// What its logs say, for a page that fails.
    func logs() -> String
    /// Ends everything in it.
    func close()
}

/// The rooms that pages can name.
enum DocsRooms {
    /// - Parameter name: as in `<!-- runs in: NAME -->`.
    static func open(_ name: String, _ cell: Cell, in folder: String) throws -> any DocsRoom {
        switch name {
        case "debian": try DebianRoom(DebianRoom.reader, cell, in: folder)
        case "debian-developer": try DebianRoom(DebianRoom.developer, cell, in: folder)
        case "debian-docker": try DockerRoom(cell, in: folder)
        case "debian-systemd": try SystemdRoom(cell, in: folder)
        case "debian-workshop": try WorkshopRoom(cell, in: folder)
        case "router": try RouterRoom(cell, in: folder)
        default:
            throw BuildError(
                "there is no room \"\(name)\": debian, debian-developer, debian-docker, debian-systemd, debian-workshop, router"
            )
        }
    }
}

/// A fresh Debian root file system with processes, mounts and network of its own, and a user who may use sudo.
class DebianRoom: DocsRoom {
    /// What the pages tell the reader to have.
    static let reader = [
        "adduser", "ca-certificates", "mosquitto-clients", "openssl", "procps", "python3", "python3-pip", "sudo",
        "xz-utils",
    ]
    static let developer = reader + ["gcc", "libc6-dev", "openjdk-17-jdk-headless"]

    let machine: Machine
    let cell: Cell

    init(_ packages: [String], _ cell: Cell, in folder: String) throws {
        self.cell = cell
        let archive = try DebianRoot(packages: packages).archive(for: cell.architecture, in: cell.build)
        machine = try Machine(archive, architecture: cell.architecture, in: folder)
        try machine.shell(Self.setUp)
        try machine.copy(DocsWheels.folder(in: cell.build), to: "/srv/wheels")
    }

    /// The user, and answers to what would be asked: a password, `Do you want to continue?`. There is no network, so that
    /// Python's packages lie in a folder.
    static let setUp = """
        useradd --create-home --shell /bin/bash reader
        echo 'reader ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/reader
        chmod 440 /etc/sudoers.d/reader
        echo '127.0.0.1 localhost cell' >/etc/hosts
        echo 'APT::Get::Assume-Yes "true";' >/etc/apt/apt.conf.d/90reader
        rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*
        printf '[global]\\nno-index = true\\nfind-links = /srv/wheels\\ndisable-pip-version-check = true\\n' >/etc/pip.conf
        """

    func terminal(asRoot: Bool) throws -> Terminal {
        try Terminal(machine.words(Self.login(asRoot) + ["bash", "--noprofile", "--norc"]))
    }

    static func login(_ asRoot: Bool) -> [String] {
        guard !asRoot else { return [] }
        return [
            "runuser", "-u", "reader", "--", "env", "HOME=/home/reader", "USER=reader", "LOGNAME=reader",
            "PATH=/usr/local/bin:/usr/bin:/bin", "TERM=dumb",
        ]
    }

    func program(_ script: String) -> [String] { machine.words(Self.login(false) + ["bash", "-c", script]) }

    func put(_ source: String, at place: String) throws {
        let target = "/home/reader/" + place
        try machine.run("mkdir", "-p", (target as NSString).deletingLastPathComponent)
        try machine.copy(source, to: target)
        try machine.run("chown", "-R", "reader:reader", "/home/reader")
    }

    func logs() -> String { InstalledCore(machine).logs() }

    func close() { machine.stop() }
}

/// Python packages that pages install, which a room without a network finds in a folder.
enum DocsWheels {
    static func folder(in build: Build) throws -> String {
        let folder = build.cache + "/docs-wheels"
        guard !FileManager.default.fileExists(atPath: folder) else { return folder }
        let partial = "\(folder).\(UUID().uuidString)"
        let python = try build.script("scripts/setup", "--python").trimmingCharacters(in: .whitespacesAndNewlines)
        try run(python, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", partial, "greengrasssdk==1.6.1")
        guard rename(partial, folder) == 0 else { throw BuildError("\(folder) cannot be written.") }
        return folder
    }
}
