import Linux

/// Where deployments lie below the write directory (INST-03, INST-04, WDIR-01).
///
/// ```
/// deployment -> deployments/7      switched in one step
/// deployments/6/                   what a rollback goes back to
/// deployments/7/deployment.json    the manifest, written last
/// deployments/7/group/group.json
/// deployments/7/lambda/<function ARN with version>/
/// deployments/7/bytecode/<function ARN with version>/  its compiled code, where an interpreter was there
/// deployments/7/resources/<function ARN with version>/  links to its local resources, by their DestinationPath
/// deployments/8.partial/           being made; worth nothing
/// deployments/5.removed/           being removed; worth nothing
/// deployments/lock
/// ```
struct DeploymentLayout: Sendable {
    static let linkName = "deployment"
    static let directoryName = "deployments"
    static let partialSuffix = ".partial"
    static let removedSuffix = ".removed"

    /// The directory that holds the link.
    let base: String

    var link: String { Path.join(base, DeploymentLayout.linkName) }
    /// The link that is renamed over `link`.
    var newLink: String { link + DeploymentLayout.partialSuffix }
    var deployments: String { Path.join(base, DeploymentLayout.directoryName) }
    var lock: String { Path.join(deployments, "lock") }

    func directory(_ id: DeploymentID) -> String { Path.join(deployments, id.description) }
    func partial(_ id: DeploymentID) -> String { directory(id) + DeploymentLayout.partialSuffix }
    func removed(_ id: DeploymentID) -> String { directory(id) + DeploymentLayout.removedSuffix }

    /// What the link says, relative so that the write directory can be moved.
    func linkText(_ id: DeploymentID) -> String { "\(DeploymentLayout.directoryName)/\(id)" }

    static func manifest(in directory: String) -> String { Path.join(directory, "deployment.json") }
    static func group(in directory: String) -> String { Path.join(directory, "group") }
    static func groupFile(in directory: String) -> String { Path.join(group(in: directory), "group.json") }
    static func packages(in directory: String) -> String { Path.join(directory, "lambda") }
    static func resources(in directory: String) -> String { Path.join(directory, "resources") }
    static func bytecode(in directory: String) -> String { Path.join(directory, "bytecode") }
    static func bytecode(_ arn: String, in directory: String) -> String { Path.join(bytecode(in: directory), arn) }
    static func package(_ arn: String, in directory: String) -> String { Path.join(packages(in: directory), arn) }
}
