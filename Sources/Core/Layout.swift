import Linux

/// Where everything of a core is: V1's file layout (gg-core.md, rows INST-01 to INST-03 and WDIR-01).
public struct Layout: Sendable {
    /// V1's default greengrass-root.
    public static let defaultRoot = "/greengrass"

    /// The greengrass-root, absolute.
    public let root: String
    /// Where all that is written goes: `ggc` below the root, or `writeDirectory` of config.json.
    public let writable: String

    public init(root: String, writeDirectory: String? = nil) {
        self.root = root
        writable = writeDirectory ?? Path.join(root, "ggc")
    }

    public var configurationFile: String { "\(root)/config/config.json" }
    public var certificates: String { "\(root)/certs" }
    public var packages: String { "\(root)/ggc/packages" }
    public var currentPackage: String { "\(root)/ggc/core" }

    /// The group CA of a core without a cloud; its key signs the local server certificate and devices' certificates.
    public var groupCertificateAuthority: String { "\(certificates)/group-ca" }

    /// What a demonstration has made for people to look at and to take (`greengrassd init --demo`); its being there makes the
    /// root a demonstration's.
    public var demo: String { "\(root)/demo" }
    /// All that its devices need.
    public var demoDevices: String { "\(demo)/devices" }
    public var demoGroup: String { "\(demo)/group" }
    /// The certificate of a broker that stands in for the cloud.
    public var demoCloud: String { "\(demo)/cloud" }

    public var logs: String { "\(writable)/var/log" }
    public var systemLogs: String { "\(logs)/system" }
    public var userLogs: String { "\(logs)/user" }
    public var runtimeLog: String { "\(systemLogs)/runtime.log" }
    public var crashLog: String { "\(logs)/crash.log" }
    public var supervisorLog: String { "\(logs)/supervisor.log" }

    public var state: String { "\(writable)/var/state" }
    /// Holds `server.crt` (row TLS-03) and its key.
    public var serverState: String { "\(state)/server" }
    /// The queue of messages to and from the cloud; the core's own.
    public var spool: String { "\(writable)/var/spool" }
    public var run: String { "\(writable)/var/run" }
    /// Locked by the running supervisor and holding its process number.
    public var processFile: String { "\(run)/greengrassd.pid" }
    /// The core's own folder in there: the others stay root's.
    public var coreRun: String { "\(run)/core" }
    public var controlSocket: String { "\(coreRun)/control.sock" }
    /// The functions' socket (run-time texts of gg-troubleshooting.md name it).
    public var functionSocket: String { "\(writable)/socket/greengrass_ipc.sock" }

    /// The control group of this core's functions: another one for each root (FNV-1a, 32 bits).
    public var controlGroup: String {
        let hash = root.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return "greengrass-" + String(hash, radix: 16)
    }

    /// Locked by a supervisor that is root, with its process number in it and `writable` on the next line: `writeDirectory` may
    /// be changed while it runs ("Configure a write directory" in gg-core.md).
    public var rootLock: String { "/var/run/\(systemName).lock" }

    /// Where systemd's unit looks for the process number (row INST-09).
    public var systemProcessFile: String { "/var/run/\(systemName).pid" }

    /// V1's name for its default root; in others the root as well, its `/` as `-`, and `_` before each `-` and `_`. install.sh
    /// names a unit's process file so (`process_file`).
    private var systemName: String {
        let real = Files.resolve(root)
        if real == Files.resolve(Self.defaultRoot) { return "greengrassd" }
        var name: [UInt8] = []
        for byte in real.utf8.dropFirst() {
            switch byte {
            case UInt8(ascii: "/"): name.append(UInt8(ascii: "-"))
            case UInt8(ascii: "-"), UInt8(ascii: "_"): name += [UInt8(ascii: "_"), byte]
            default: name.append(byte)
            }
        }
        // File systems have names of up to 255 bytes.
        return name.count <= 200 ? "greengrassd-" + String(decoding: name, as: UTF8.self) : controlGroup
    }

    /// The runtimes beside the running program: `<package>/runtime`, else those of the current package.
    public func runtimes(executable: String?) -> String {
        if let executable {
            let folder = Path.parent(executable)
            for candidate in ["\(folder)/runtime", "\(Path.parent(folder))/runtime"] where Files.exists(candidate) {
                return candidate
            }
        }
        return "\(currentPackage)/runtime"
    }
}
