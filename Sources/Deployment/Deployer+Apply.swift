import Group
import Linux

extension Deployer {
    /// Makes and switches to a deployment of a valid folder. The lock is held.
    func applyLocked(_ content: GroupFolder, from folder: String) throws(DeploymentError) -> Applied {
        let current = try replaceableCurrent()
        // A current deployment that cannot be read has nothing behind it that is worth keeping.
        let kept = current.flatMap { id in self.readablePrevious(of: id) }
        var partial: String?
        do throws(SystemError) {
            // Before anything is removed: a number is not given twice.
            let id = try nextID()
            try removeAll(except: [current, kept])
            let directory = layout.partial(id)
            partial = directory
            let notes = try stage(content, from: folder, id: id, previous: current, into: directory)
            try disk.rename(directory, to: layout.directory(id))
            try disk.sync(directory: layout.deployments)
            partial = layout.directory(id)
            try switchLink(to: id)
            partial = nil
            // The new group is current: what is left over is not worth failing for, the next deployment removes it.
            try? removeAll(except: [id, current])
            return Applied(id: id, group: content.group, report: content.report, notes: notes)
        } catch {
            // The current one cannot be hit: a failure after the switch leaves `partial` at what is current only if
            // syncing failed, and then it stays.
            if let partial, Files.linkTarget(layout.link).map({ Path.join(layout.base, $0) }) != partial {
                try? disk.remove(partial)
            }
            throw DeploymentError(error)
        }
    }

    /// The current deployment; nil also where the link leads elsewhere, for then it is replaced. What is no link at all
    /// was not put there by a deployment and is left alone.
    private func replaceableCurrent() throws(DeploymentError) -> DeploymentID? {
        do throws(DeploymentError) {
            return try currentID()
        } catch {
            if Files.linkTarget(layout.link) != nil { return nil }
            throw error
        }
    }

    /// Writes a deployment's directory, its manifest last, down to the disk.
    /// - Returns: what to tell about it.
    private func stage(
        _ content: GroupFolder, from folder: String, id: DeploymentID, previous: DeploymentID?, into directory: String
    ) throws(SystemError) -> [String] {
        try disk.makeDirectory(directory, mode: 0o755)
        let group = DeploymentLayout.group(in: directory)
        try disk.makeDirectory(group, mode: 0o755)
        let mode: UInt32 = ownership == nil ? 0o600 : 0o640
        try disk.createFile(
            DeploymentLayout.groupFile(in: directory), content.bytes, mode: mode, group: ownership?.coreGroup)
        try disk.makeDirectory(DeploymentLayout.packages(in: directory), mode: 0o755)
        for (function, package) in content.packages {
            try stage(package, from: folder, of: function, into: DeploymentLayout.package(function.arn, in: directory))
        }
        try stageResources(content.group, into: DeploymentLayout.resources(in: directory))
        let notes = try stageBytecode(content.group, in: directory)
        let manifest = DeploymentManifest(id: id, previous: previous)
        try disk.createFile(DeploymentLayout.manifest(in: directory), manifest.bytes, mode: 0o644)
        try disk.sync(tree: directory)
        return notes
    }

    /// Links by which functions without a container reach their local resources. All get them: whether a function has
    /// a container may change with config.json.
    private func stageResources(_ group: GroupDefinition, into directory: String) throws(SystemError) {
        var made: Set<String> = []
        for function in group.functions {
            var linked: [String] = []
            for (_, local, _) in group.localResources(of: function) {
                // Nothing can lie in a link; only a container has one place inside another.
                let place = local.destination
                if linked.contains(where: { ResourceCheck.isInside(place, $0) || ResourceCheck.isInside($0, place) }) {
                    continue
                }
                linked.append(place)
                let link = Path.join(Path.join(directory, function.arn), String(place.dropFirst()))
                try makeFolders(Path.parent(link), above: directory, &made)
                try disk.makeLink(link, to: local.source)
            }
        }
    }

    private func makeFolders(_ path: String, above top: String, _ made: inout Set<String>) throws(SystemError) {
        if made.contains(path) { return }
        if path != top { try makeFolders(Path.parent(path), above: top, &made) }
        try disk.makeDirectory(path, mode: 0o755)
        made.insert(path)
    }

    private func stage(
        _ package: String, from folder: String, of function: FunctionDefinition, into directory: String
    ) throws(SystemError) {
        try disk.makeDirectory(directory, mode: 0o700)
        let executable = function.runtime.family == .executable ? function.handler : nil
        let stager = PackageStager(directory: directory, disk: disk, executable: executable)
        let reader = PackageReader(package, in: folder, stager)
        do throws(PackageError) {
            try reader.read()
        } catch {
            switch error {
            case .system(let error): throw error
            case .unusable(let text):
                throw SystemError("read \(package), which changed meanwhile: \(text)", code: Errors.invalid)
            }
        }
        if let complaint = reader.complaints.first {
            throw SystemError("read \(package), which changed meanwhile: \(complaint)", code: Errors.invalid)
        }
        // Before it starts an executable, the core looks whether it may be executed; it need not see more.
        try allowReading(directory, by: function, mode: executable == nil ? 0o750 : 0o751)
    }

    /// Opens a directory of a function's to the function.
    func allowReading(_ directory: String, by function: FunctionDefinition, mode: UInt32) throws(SystemError) {
        if let ownership {
            try disk.changeGroup(directory, function.runAs.groupID ?? ownership.functionGroup)
            try disk.changeMode(directory, mode)
        } else {
            try disk.changeMode(directory, 0o755)
        }
    }

    /// Makes a deployment the current one.
    func switchLink(to id: DeploymentID) throws(SystemError) {
        try disk.remove(layout.newLink)
        try disk.makeLink(layout.newLink, to: layout.linkText(id))
        try disk.rename(layout.newLink, to: layout.link)
        try disk.sync(directory: layout.base)
    }

    /// Removes all deployments but the given ones, and what interrupted ones left.
    private func removeAll(except kept: [DeploymentID?]) throws(SystemError) {
        for name in try Files.list(layout.deployments) {
            let path = Path.join(layout.deployments, name)
            if let id = DeploymentID(directoryName: name) {
                if kept.contains(id) { continue }
                // Renamed first, so that what is half removed has no number.
                try disk.remove(layout.removed(id))
                try disk.rename(path, to: layout.removed(id))
                try disk.remove(layout.removed(id))
            } else if name.utf8.suffix(8).elementsEqual(DeploymentLayout.partialSuffix.utf8)
                || name.utf8.suffix(8).elementsEqual(DeploymentLayout.removedSuffix.utf8)
            {
                try disk.remove(path)
            }
        }
    }

    private func nextID() throws(SystemError) -> DeploymentID {
        var highest: Int64 = 0
        for name in try Files.list(layout.deployments) {
            if let id = DeploymentID(directoryName: name) { highest = max(highest, id.number) }
        }
        return DeploymentID(highest + 1)
    }
}
