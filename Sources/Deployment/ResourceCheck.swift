import Group
import Linux

/// Looks at the local resources of functions on the machine, so that what V1 told at the deployment is told at the
/// deployment here too, with what mends it (LRA-04, LRA-07, LRA-08).
struct ResourceCheck {
    let ownership: DeploymentOwnership?
    /// The core's own folders, which no resource may show.
    let hidden: [String]

    /// What is wrong with a function's resources, each with the place of its policy.
    func problems(_ function: FunctionDefinition, in group: GroupDefinition) -> [(policy: Int, message: String)] {
        var found: [(policy: Int, message: String)] = []
        var identity = self.identity(of: function)
        // All groups first: one resource's group may be what makes another one readable.
        for (_, local, _) in group.localResources(of: function) {
            if let added = LocalResourceGroup.id(of: local), !(identity?.supplementary.contains(added) ?? true) {
                identity?.supplementary.append(added)
            }
        }
        for (index, access) in function.resourceAccess.enumerated() {
            guard let resource = group.resources.first(where: { $0.id == access.resourceID }),
                let local = resource.local
            else { continue }
            if let message = problem(function, resource, local, access, identity) { found.append((index, message)) }
        }
        return found
    }

    /// Whom the function runs as; nil is whoever deploys, where nobody can become another.
    private func identity(of function: FunctionDefinition) -> AccessCheck.Identity? {
        guard let ownership, Users.isRoot else { return nil }
        return AccessCheck.Identity(
            user: function.runAs.userID ?? ownership.functionUser,
            group: function.runAs.groupID ?? ownership.functionGroup)
    }

    private func problem(
        _ function: FunctionDefinition, _ resource: ResourceDefinition, _ local: LocalResource,
        _ access: FunctionDefinition.ResourceAccess, _ identity: AccessCheck.Identity?
    ) -> String? {
        let name = "the resource \(Words.quoted(resource.id))"
        if case .named(let owner) = local.groupOwner, Users.groupID(named: owner) == nil {
            return "\(name) names the GroupOwner \(Words.quoted(owner)), and this machine has no such group; "
                + "`addgroup --system \(owner)` makes one, or correct the name"
        }
        let status: FileStatus?
        do throws(SystemError) {
            status = try Files.status(local.source)
        } catch {
            return "\(name) cannot be looked at (\(error.description))"
        }
        guard let status else { return "\(name) is \(local.source), which \(missing(resource, local))" }
        if let flaw = kindFlaw(resource, local, status) { return "\(name) is \(local.source), which \(flaw)" }
        if let flaw = placeFlaw(local) { return "\(name) is \(local.source), which \(flaw)" }
        return permissionProblem(function, local, access, identity, status)
    }

    private func missing(_ resource: ResourceDefinition, _ local: LocalResource) -> String {
        resource.kind == .localDevice
            ? "is not there; plug the device in or load its driver, or correct the SourcePath"
            : "is not there; `mkdir -p \(local.source)` makes it, or correct the SourcePath"
    }

    private func kindFlaw(_ resource: ResourceDefinition, _ local: LocalResource, _ status: FileStatus) -> String? {
        guard resource.kind == .localDevice else { return nil }
        switch status.kind {
        case .characterDevice, .blockDevice: return nil
        case .directory:
            // The guide names /dev/bus/usb among the devices: the devices below it are meant.
            return DeviceFolder.devices(in: local.source).isEmpty ? "is a folder without any device in it" : nil
        case .file, .link, .other: return "is neither a character device nor a block device"
        }
    }

    /// What the path says may not be where its links lead.
    private func placeFlaw(_ local: LocalResource) -> String? {
        guard let real = AccessCheck.realPath(local.source) else { return nil }
        for folder in hidden {
            guard let place = AccessCheck.realPath(folder) else { continue }
            if Self.isInside(real, place) { return "lies in \(folder), where the core keeps its keys and state" }
            if Self.isInside(place, real) {
                return "holds \(folder), where the core keeps its keys and state; name a folder beside it"
            }
        }
        if real == local.source { return nil }
        let isDevice = Self.isInside(local.source, "/dev")
        for folder in ["/sys", "/var"] + (isDevice ? [] : ["/dev"])
        where Self.isInside(real, folder) && !Self.isInside(real, "/dev/shm") {
            return "leads to \(real), and what lies below \(folder) cannot be given to a function this way"
        }
        if isDevice, !Self.isInside(real, "/dev") { return "leads to \(real), which is not below /dev" }
        return nil
    }

    /// In V1's words (LRA-08), then whose it is and what to do.
    private func permissionProblem(
        _ function: FunctionDefinition, _ local: LocalResource, _ access: FunctionDefinition.ResourceAccess,
        _ identity: AccessCheck.Identity?, _ status: FileStatus
    ) -> String? {
        var use: AccessCheck.Use = access.writable ? [.read, .write] : .read
        if status.kind == .directory { use.insert(.search) }
        let isMounted = function.isolation == .container
        guard
            let refusal = AccessCheck.refusal(use, of: local.source, by: identity, throughFolders: !isMounted)
        else { return nil }
        let who = identity ?? AccessCheck.Identity(user: Users.effectiveUserID, group: Users.effectiveGroupID)
        let user = Users.name(ofUser: who.user)
        let groups = ([who.group] + who.supplementary).map { Users.name(ofGroup: $0) }
        let permission = access.writable ? "rw" : "ro"
        return
            "group config is invalid: \(user) or [\(groups.joined(separator: " "))] don't have \(permission) permission "
            + "on the file: \(local.source). "
            + RefusedPermission(
                path: local.source, status: status, local: local, identity: who, use: use, error: refusal,
                isMounted: isMounted
            ).advice
    }

    static func isInside(_ path: String, _ folder: String) -> Bool {
        folder == "/" || path == folder || path.utf8.starts(with: (folder + "/").utf8)
    }
}

/// The Linux group that a resource adds to its functions (LRA-07).
public enum LocalResourceGroup {
    /// nil where it adds none, or none that this machine has now.
    public static func id(of local: LocalResource) -> UInt32? {
        switch local.groupOwner {
        case .none: return nil
        case .named(let name): return Users.groupID(named: name)
        case .automatic:
            do throws(SystemError) { return try Files.status(local.source)?.group } catch { return nil }
        }
    }
}

/// A folder of device files such as `/dev/bus/usb`, named as one device (LRA-12).
public enum DeviceFolder {
    /// Most devices of one folder, and how deep they may lie.
    private static let most = 32
    private static let deepest = 4

    public static func devices(in folder: String) -> [String] {
        var found: [String] = []
        collect(folder, depth: 0, &found)
        return found
    }

    private static func collect(_ folder: String, depth: Int, _ found: inout [String]) {
        guard depth < deepest else { return }
        do throws(SystemError) {
            for name in try Files.list(folder) where found.count < most {
                let path = Path.join(folder, name)
                switch try Files.linkStatus(path)?.kind {
                case .directory: collect(path, depth: depth + 1, &found)
                case .characterDevice, .blockDevice: found.append(path)
                default: continue
                }
            }
        } catch {
            return
        }
    }
}
