import Group
import JSON
import Linux

/// The deployment a core runs.
public struct LoadedDeployment: Sendable {
    public let id: DeploymentID
    public let group: GroupDefinition
    /// Its own directory, not the link to it: what was started from here stays the same when another becomes current.
    public let directory: String
    /// Valid, with the warnings.
    public let report: Report

    /// Where all functions' directories are, each named by its function's ARN.
    public var packagesDirectory: String { DeploymentLayout.packages(in: directory) }
    /// Where the compiled code of functions is, below folders named so too.
    public var bytecodeDirectory: String { DeploymentLayout.bytecode(in: directory) }
    /// Where a function without a container finds its local resources: below a folder of its ARN, by their
    /// `DestinationPath`.
    public var resourcesDirectory: String { DeploymentLayout.resources(in: directory) }
}

extension Deployer {
    /// Reads the current deployment; nil where nothing was deployed yet.
    ///
    /// A `group.json` that was edited in place is taken as it is: replacing its content with `{}` is V1's documented rescue
    /// (INST-13).
    public func loadCurrent() throws(DeploymentError) -> LoadedDeployment? {
        guard let id = try currentID() else { return nil }
        return try load(id)
    }

    /// The current deployment's number; nil where nothing was deployed yet.
    public func currentID() throws(DeploymentError) -> DeploymentID? {
        guard let target = Files.linkTarget(layout.link) else {
            if Files.isOutOfReach(layout.link) { throw .outOfReach(path: layout.link) }
            if Files.exists(layout.link) {
                throw .damaged(path: layout.link, reason: "it is not the link a deployment leaves; move it away")
            }
            return nil
        }
        guard let id = DeploymentID(directoryName: Path.name(target)), layout.linkText(id) == target else {
            throw .damaged(path: layout.link, reason: "it is a link to \(target), which is no deployment")
        }
        return id
    }

    func load(_ id: DeploymentID) throws(DeploymentError) -> LoadedDeployment {
        let directory = layout.directory(id)
        _ = try manifest(in: directory)
        let file = DeploymentLayout.groupFile(in: directory)
        let bytes = try read(file, limit: GroupLimits.groupFileBytes)
        let (group, report) = GroupDefinition.read(bytes, rules: rules)
        if let first = report.violations.first {
            let more = report.violationCount - 1
            // On one line: it goes to the log as well.
            throw .damaged(path: file, reason: first.description + (more > 0 ? " (and \(more) more)" : ""))
        }
        for function in group.functions {
            let package = DeploymentLayout.package(function.arn, in: directory)
            guard Files.exists(package) else {
                if Files.isOutOfReach(package) { throw .outOfReach(path: package) }
                throw .damaged(path: package, reason: "the code of the function is missing")
            }
        }
        return LoadedDeployment(id: id, group: group, directory: directory, report: report)
    }

    /// The deployment before that one, where it is still there.
    func previous(of id: DeploymentID) throws(DeploymentError) -> DeploymentID? {
        guard let previous = try manifest(in: layout.directory(id)).previous else { return nil }
        return Files.exists(layout.directory(previous)) ? previous : nil
    }

    func readablePrevious(of id: DeploymentID) -> DeploymentID? {
        do throws(DeploymentError) {
            return try previous(of: id)
        } catch {
            return nil
        }
    }

    private func manifest(in directory: String) throws(DeploymentError) -> DeploymentManifest {
        let path = DeploymentLayout.manifest(in: directory)
        return try DeploymentManifest(reading: try read(path, limit: DeploymentManifest.maximumBytes), path: path)
    }

    private func read(_ path: String, limit: Int) throws(DeploymentError) -> [UInt8] {
        do throws(SystemError) {
            return try Files.read(path, limit: limit)
        } catch {
            throw DeploymentError(reading: path, error)
        }
    }
}
