import JSON

/// Volumes and devices (access-local-resources.md, lra-cli.md; LRA-01 to LRA-07).
extension GroupReader {
    /// What a container has at these places is not the host's, and nothing can be put over or into it.
    private static let reservedDestinations = [
        "/lambda", "/runtime", "/functions", "/greengrass_ipc.sock", "/greengrass_bytecode", "/proc", "/sys", "/dev",
    ]

    func localVolume(_ reader: ObjectReader) -> LocalResource? {
        reader.expectOnly(["SourcePath", "DestinationPath", "GroupOwnerSetting"])
        let owner = groupOwner(reader)
        let source = path("SourcePath", of: "the file or folder on the machine", reader)
        let destination = path("DestinationPath", of: "the place where functions find it", reader)
        if let source, let flaw = GroupReader.volumeFlaw(source) {
            reader.violation("SourcePath", "\(Words.quoted(source)) \(flaw)")
        }
        if let destination, let flaw = GroupReader.destinationFlaw(destination, source: source ?? "") {
            reader.violation("DestinationPath", "\(Words.quoted(destination)) \(flaw)")
        }
        guard let source, let destination else { return nil }
        return LocalResource(source: source, destination: destination, groupOwner: owner)
    }

    func localDevice(_ reader: ObjectReader) -> LocalResource? {
        reader.expectOnly(["SourcePath", "GroupOwnerSetting"])
        let owner = groupOwner(reader)
        guard let source = path("SourcePath", of: "the device's file", reader) else { return nil }
        if source == "/dev" || !ResourcePath.isInside(source, "/dev") {
            reader.violation(
                "SourcePath",
                "\(Words.quoted(source)) is not below /dev, where device files are; a file or folder elsewhere is a "
                    + "LocalVolumeResourceData")
        } else if ResourcePath.isInside(source, LocalResource.sharedMemory) {
            reader.violation(
                "SourcePath", "\(Words.quoted(source)) is shared memory, which is a LocalVolumeResourceData")
        }
        return LocalResource(source: source, destination: source, groupOwner: owner)
    }

    private func path(_ key: String, of what: String, _ reader: ObjectReader) -> String? {
        let form = "the absolute path of \(what)"
        guard let text = reader.text(key, required: form) else { return nil }
        guard let path = ResourcePath.clean(text) else {
            reader.violation(
                key, "found \(Words.quoted(text)), expected \(form), without . and .. and control characters in it")
            return nil
        }
        return path
    }

    private func groupOwner(_ reader: ObjectReader) -> LocalResource.GroupOwner {
        guard let setting = reader.child("GroupOwnerSetting") else { return .none }
        setting.expectOnly(["AutoAddGroupOwner", "GroupOwner"])
        let name = setting.text("GroupOwner") ?? ""
        // The guide: GroupOwner is ignored where AutoAddGroupOwner is true.
        if setting.boolean("AutoAddGroupOwner") ?? false { return .automatic }
        for byte in name.utf8 where byte <= 0x20 || byte == 0x7F || byte == UInt8(ascii: ":") {
            setting.violation("GroupOwner", "\(Words.quoted(name)) cannot be the name of a Linux group")
            return .none
        }
        return name.isEmpty ? .none : .named(name)
    }

    /// The end of a sentence that begins with the path, or nil.
    private static func volumeFlaw(_ source: String) -> String? {
        if source == "/" {
            return
                "is the whole machine; name the folders that the function needs (it sees the rest, read-only, anyway)"
        }
        if ResourcePath.isInside(source, "/sys") {
            return "lies below /sys, which cannot be a volume; \"AccessSysfs\": true in the function's Environment "
                + "shows it /sys"
        }
        if ResourcePath.isInside(source, "/var") {
            return "lies below /var, which V1 does not take as a volume; mount it elsewhere first "
                + "(`mkdir -p /mnt/var && mount --bind \(source) /mnt/var`) and name that place"
        }
        if ResourcePath.isInside(source, "/dev"), !ResourcePath.isInside(source, LocalResource.sharedMemory) {
            return "lies below /dev, of which only /dev/shm can be a volume; device files are LocalDeviceResourceData"
        }
        return nil
    }

    private static func destinationFlaw(_ destination: String, source: String) -> String? {
        if destination == "/" { return "would hide everything else; name a folder of its own, as in \"/data\"" }
        if ResourcePath.isInside(destination, LocalResource.sharedMemory) {
            return ResourcePath.isInside(source, LocalResource.sharedMemory)
                ? nil : "is shared memory, where only what comes from /dev/shm can be"
        }
        if ResourcePath.isInside(destination, "/proc") {
            return "lies below /proc, which a container has of its own; name another place, as in \"/host-proc\""
        }
        for folder in reservedDestinations where ResourcePath.isInside(destination, folder) {
            return "lies in \(folder), which a container has of its own; name another place, as in \"/data\""
        }
        return nil
    }

    /// What the function's permission and the resource's place make wrong together, one policy after the other.
    func checkLocalAccess(_ function: FunctionDefinition, _ environment: ObjectReader?) {
        guard let environment else { return }
        var places: [(destination: String, id: String)] = []
        for (resource, local, access) in group.localResources(of: function) {
            let id = Words.quoted(resource.id)
            if !access.writable, ResourcePath.isInside(local.source, LocalResource.sharedMemory) {
                environment.violation(
                    "ResourceAccessPolicies", "\(id) is \(local.source), and /dev/shm must have the Permission \"rw\"")
            }
            if access.writable, ResourcePath.isInside(local.source, "/proc") {
                environment.violation(
                    "ResourceAccessPolicies",
                    "\(id) is \(local.source), and what lies below /proc can have the Permission \"ro\" only")
            }
            for earlier in places where earlier.destination == local.destination {
                environment.violation(
                    "ResourceAccessPolicies",
                    earlier.id == resource.id
                        ? "\(id) is named twice; keep one of them"
                        : "\(id) has the DestinationPath \(local.destination) of \(Words.quoted(earlier.id)) too; one would "
                            + "hide the other, give it a place of its own")
                break
            }
            places.append((local.destination, resource.id))
            if function.isolation == .container, resource.kind == .localVolume {
                for folder in rules.hiddenFolders where ResourcePath.isInside(local.destination, folder) {
                    environment.violation(
                        "ResourceAccessPolicies",
                        "\(id) has the DestinationPath \(local.destination), which lies in \(folder): this core's own "
                            + "folder, of which a container shows nothing; name another place, as in \"/data\"")
                    break
                }
            }
            if function.isolation == .noContainer, !access.writable, resource.kind == .localVolume {
                environment.warning(
                    "ResourceAccessPolicies",
                    "without a container nothing but the permissions of \(local.source) keeps the function from writing "
                        + "there, whatever the Permission \"ro\" of \(id) says")
            }
        }
    }
}
