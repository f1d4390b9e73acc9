import Group
import JSON
import Linux

/// Puts groups into place on a core, one after the other, so that at any instant there is the old one or the new one.
///
/// A deployment is made beside the running one, synced, and becomes the current one by the renaming of a link
/// (`DeploymentLayout` has the picture). Whatever stops it before that, power included, leaves the old group; what it leaves
/// behind is removed by the next one.
public final class Deployer {
    let layout: DeploymentLayout
    let rules: GroupRules
    let ownership: DeploymentOwnership?
    let resources: ResourceCheck
    let compiler: (any BytecodeCompiler)?
    /// Where changes go; tests put a hook into it.
    let disk: Disk

    /// - Parameters:
    ///   - root: the greengrass root.
    ///   - writeDirectory: `writeDirectory` of `config.json`; nil is `ggc` below the root.
    ///   - rules: what this core can do.
    ///   - ownership: who reads what is deployed, where root deploys; nil where the core runs under the user's own ID.
    ///   - compiler: what compiles functions' code ahead; nil where nothing does.
    public convenience init(
        root: String, writeDirectory: String? = nil, rules: GroupRules = GroupRules(),
        ownership: DeploymentOwnership? = nil, compiler: (any BytecodeCompiler)? = nil
    ) {
        self.init(
            base: writeDirectory ?? Path.join(root, "ggc"), rules: rules, ownership: ownership, disk: Disk(),
            root: root,
            compiler: compiler)
    }

    init(
        base: String, rules: GroupRules, ownership: DeploymentOwnership?, disk: Disk, root: String? = nil,
        compiler: (any BytecodeCompiler)? = nil
    ) {
        self.compiler = compiler
        resources = ResourceCheck(ownership: ownership, hidden: root.map { [$0, base] } ?? [base])
        layout = DeploymentLayout(base: base)
        self.rules = rules
        self.ownership = ownership
        self.disk = disk
    }

    /// Checks a group folder, its packages included, and changes nothing.
    public func validate(_ folder: String) -> Report {
        GroupFolder.read(folder, rules: rules, resources: resources).report
    }

    /// Deploys a group folder.
    ///
    /// - Returns: the new deployment, current from now on, with what the folder's author should know.
    public func apply(_ folder: String) throws(DeploymentError) -> Applied {
        let content = GroupFolder.read(folder, rules: rules, resources: resources)
        guard content.report.isValid else { throw .invalid(folder: folder, content.report) }
        do throws(SystemError) {
            try disk.makeDirectories(layout.deployments)
        } catch {
            throw DeploymentError(error)
        }
        return try locked { () throws(DeploymentError) in try self.applyLocked(content, from: folder) }
    }

    /// Makes the deployment before the current one current again.
    public func rollback() throws(DeploymentError) -> DeploymentID {
        guard try currentID() != nil else { throw .nothingDeployed }
        return try locked { () throws(DeploymentError) in try self.rollbackLocked() }
    }

    private func rollbackLocked() throws(DeploymentError) -> DeploymentID {
        guard let current = try currentID() else { throw .nothingDeployed }
        guard let previous = try previous(of: current) else { throw .nothingToRollBackTo }
        // Whether it can be read decides; switching to a broken one would help nobody.
        _ = try load(previous)
        do throws(SystemError) {
            try switchLink(to: previous)
        } catch {
            throw DeploymentError(error)
        }
        return previous
    }

    private func locked<Value>(_ body: () throws(DeploymentError) -> Value) throws(DeploymentError) -> Value {
        let lock: Int32?
        do throws(SystemError) {
            lock = try disk.lock(layout.lock)
        } catch {
            throw DeploymentError(error)
        }
        guard let lock else { throw .busy }
        defer { disk.unlock(lock) }
        return try body()
    }
}

/// What a deployment came to.
public struct Applied: Sendable {
    public let id: DeploymentID
    public let group: GroupDefinition
    /// Valid, with the warnings.
    public let report: Report
    /// What else there is to tell.
    public let notes: [String]
}
