import Foundation

/// A group folder in the making: `group.json` and the function packages beside it.
struct GroupFolder {
    static let region = "us-west-2"
    static let account = "123456789012"

    /// One end of a subscription.
    enum End {
        case device(String)
        case function(String)
        case cloud

        var name: String {
            switch self {
            case .device(let thing): GroupFolder.thingARN(thing)
            case .function(let function): GroupFolder.functionARN(function)
            case .cloud: "cloud"
            }
        }
    }

    struct Function {
        var name: String
        /// The text of `function.py`, whose `function_handler` is the handler.
        var code: String
        var pinned = false
        var timeout = 10
        var encoding = "json"
        var variables: [String: String] = [:]
        var handler = "function.function_handler"
        var runtime = "python3.7"
        /// Files and folders of the package besides: place in it, and the path to copy from.
        var files: [String: String] = [:]
        /// Keys of `FunctionConfiguration` besides.
        var configuration: [String: Any] = [:]
        /// User and group (LAM-16); nil for the group's default.
        var runAs: (user: Int, group: Int)?
        /// Where `code` is written to.
        var file = "function.py"
        /// `ResourceAccessPolicies` (LAM-21).
        var resources: [(id: String, permission: String)] = []
        /// `MemorySize` in KB: the function is to have a container; nil for one without.
        var memory: Int?
        /// Whether the unmodified public SDK goes into the package, as its authors tell to do.
        var withSDK = true
    }

    var core = "first-light_Core"
    var coreCertificateID = String(repeating: "0", count: 64)
    var devices: [(name: String, certificateID: String)] = []
    var functions: [Function] = []
    /// The variables of the group's `GGCloudSpooler` (SPOOL-01); nil for a group without it.
    var spooler: [String: String]?
    /// Elements of `Resources`.
    var resources: [[String: Any]] = []
    var subscriptions: [(source: End, subject: String, target: End)] = []
    var loggers: [[String: Any]] = [
        logger(component: "GreengrassSystem", level: "DEBUG", space: 10240),
        logger(component: "Lambda", level: "DEBUG", space: 10240),
    ]

    static func thingARN(_ name: String) -> String { "arn:aws:iot:\(region):\(account):thing/\(name)" }
    static func functionARN(_ name: String) -> String { "arn:aws:lambda:\(region):\(account):function:\(name):1" }
    static func certificateARN(_ id: String) -> String { "arn:aws:iot:\(region):\(account):cert/\(id)" }

    static func logger(component: String, level: String, space: Int) -> [String: Any] {
        ["Id": component, "Type": "FileSystem", "Component": component, "Level": level, "Space": space]
    }

    var document: [String: Any] {
        [
            "Cores": [GroupFolder.thing(core, coreCertificateID)],
            "Devices": devices.map { GroupFolder.thing($0.name, $0.certificateID) },
            "Functions": functions.map(GroupFolder.function) + (spooler.map { [GroupFolder.spooler($0)] } ?? []),
            "DefaultConfig": ["Execution": ["IsolationMode": "NoContainer"]],
            "Subscriptions": subscriptions.enumerated().map { index, row in
                ["Id": "s\(index)", "Source": row.source.name, "Subject": row.subject, "Target": row.target.name]
            },
            "Resources": resources,
            "Loggers": loggers,
        ]
    }

    static func volume(
        _ id: String, _ source: String, _ destination: String, addsOwner: Bool = false
    ) -> [String: Any] {
        [
            "Id": id, "Name": id,
            "ResourceDataContainer": [
                "LocalVolumeResourceData": [
                    "SourcePath": source, "DestinationPath": destination,
                    "GroupOwnerSetting": ["AutoAddGroupOwner": addsOwner, "GroupOwner": ""] as [String: Any],
                ] as [String: Any]
            ],
        ]
    }

    /// Writes the folder; what was there is replaced.
    func write(to folder: String) throws {
        let manager = FileManager.default
        try? manager.removeItem(atPath: folder)
        try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let text = try JSONSerialization.data(withJSONObject: document, options: [.prettyPrinted, .sortedKeys])
        try text.write(to: URL(fileURLWithPath: folder + "/group.json"))
        for function in functions {
            let package = "\(folder)/\(function.name)"
            try manager.createDirectory(atPath: package, withIntermediateDirectories: true)
            if !function.code.isEmpty {
                try function.code.write(toFile: "\(package)/\(function.file)", atomically: true, encoding: .utf8)
                if function.runtime == "executable" { chmod(package + "/function.py", 0o755) }
            }
            for (name, path) in function.files {
                let place = "\(package)/\(name)"
                try manager.createDirectory(
                    atPath: (place as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
                try Child.whileNoneStarts { try manager.copyItem(atPath: path, toPath: place) }
            }
            if function.withSDK {
                try manager.copyItem(atPath: Places.pythonPackage("greengrasssdk"), toPath: package + "/greengrasssdk")
            }
        }
    }

    private static func thing(_ name: String, _ certificateID: String) -> [String: Any] {
        [
            "Id": name, "ThingArn": thingARN(name), "CertificateArn": certificateARN(certificateID),
            "SyncShadow": false,
        ]
    }

    private static func spooler(_ variables: [String: String]) -> [String: Any] {
        [
            "Id": "spooler", "FunctionArn": "arn:aws:lambda:::function:GGCloudSpooler:1",
            "FunctionConfiguration": [
                "Executable": "spooler", "MemorySize": 32768, "Pinned": true, "Timeout": 3,
                "Environment": ["Variables": variables],
            ] as [String: Any],
        ]
    }

    private static func function(_ function: Function) -> [String: Any] {
        var environment: [String: Any] = ["Variables": function.variables]
        var execution: [String: Any] = [:]
        if let runAs = function.runAs { execution["RunAs"] = ["Uid": runAs.user, "Gid": runAs.group] }
        if function.memory != nil { execution["IsolationMode"] = "GreengrassContainer" }
        if !execution.isEmpty { environment["Execution"] = execution }
        if !function.resources.isEmpty {
            environment["ResourceAccessPolicies"] = function.resources.map {
                ["ResourceId": $0.id, "Permission": $0.permission]
            }
        }
        var configuration: [String: Any] = [
            "Pinned": function.pinned, "Timeout": function.timeout, "EncodingType": function.encoding,
            "Environment": environment,
        ]
        if let memory = function.memory { configuration["MemorySize"] = memory }
        return [
            "Id": function.name, "FunctionArn": functionARN(function.name), "Runtime": function.runtime,
            "Handler": function.handler, "Package": function.name,
            "FunctionConfiguration": configuration.merging(function.configuration) { $1 },
        ]
    }
}
