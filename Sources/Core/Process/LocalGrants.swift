import Deployment
import Functions
import Group
import Linux

/// What the deployed group's functions are given of this machine. Found out while the core is still root: afterwards it
/// may not even see some of it, and the supervisor allows nothing that was not named before.
enum LocalGrants {
    /// The kernel's own bound is 65,536 (NGROUPS_MAX); a function has few resources.
    static let mostGroups = 32

    /// By the functions' ARNs, with what to tell in the log.
    static func find(
        _ group: GroupDefinition, links folder: String
    ) -> (grants: [String: WorkerGrants], notices: [String]) {
        var all: [String: WorkerGrants] = [:]
        var notices: [String] = []
        for function in group.functions {
            let resources = group.localResources(of: function)
            if resources.isEmpty { continue }
            var grants = WorkerGrants()
            for (resource, local, access) in resources {
                add(local, to: &grants)
                if resource.kind == .localDevice {
                    addDevices(local, access.writable, to: &grants)
                } else {
                    grants.volumes.append(
                        WorkerGrants.Volume(
                            source: local.source, destination: local.destination, isWritable: access.writable))
                }
                if !Files.exists(local.source) {
                    notices.append(
                        "The resource \(resource.name) of function \(function.arn) is \(local.source), which is not there. "
                            + "Restart the core when it is.")
                }
            }
            // What holds others has the shorter path and is mounted before them.
            grants.volumes.sort { $0.destination.utf8.count < $1.destination.utf8.count }
            grants.linkFolder = Path.join(folder, function.arn)
            all[function.arn] = grants
        }
        return (all, notices)
    }

    private static func add(_ local: LocalResource, to grants: inout WorkerGrants) {
        guard let id = LocalResourceGroup.id(of: local), grants.supplementaryGroups.count < mostGroups,
            !grants.supplementaryGroups.contains(id)
        else { return }
        grants.supplementaryGroups.append(id)
    }

    private static func addDevices(_ local: LocalResource, _ isWritable: Bool, to grants: inout WorkerGrants) {
        let status: FileStatus?
        do throws(SystemError) { status = try Files.status(local.source) } catch { status = nil }
        let paths = status?.kind == .directory ? DeviceFolder.devices(in: local.source) : [local.source]
        for path in paths { grants.devices.append(WorkerGrants.Device(path: path, isWritable: isWritable)) }
    }
}
