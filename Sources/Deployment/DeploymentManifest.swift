import JSON

/// What a deployment says about itself (`deployment.json`). Its format number covers the whole directory.
struct DeploymentManifest: Equatable, Sendable {
    /// 1: `group/group.json` as it was deployed, `lambda/<ARN>/` for each function.
    static let currentFormat: Int64 = 1
    static let maximumBytes = 65_536

    var id: DeploymentID
    /// The deployment it took the place of, to which a rollback goes.
    var previous: DeploymentID?

    var bytes: [UInt8] {
        var members: [(key: String, value: JSON)] = [
            ("Format", .integer(DeploymentManifest.currentFormat)), ("Id", .integer(id.number)),
        ]
        if let previous { members.append(("Previous", .integer(previous.number))) }
        return JSON.object(members).serialized(layout: .pretty)
    }

    /// - Parameter path: where the bytes come from, for the error.
    init(reading bytes: [UInt8], path: String) throws(DeploymentError) {
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(bytes, maximumBytes: DeploymentManifest.maximumBytes)
        } catch {
            throw .damaged(path: path, reason: error.description)
        }
        let root = document.root
        do throws(JSONMismatch) {
            let format = try root["Format"].integer(in: 1...Int64.max)
            id = DeploymentID(try root["Id"].integer(in: 1...Int64.max))
            previous = try root["Previous"].integerIfPresent(in: 1...Int64.max).map { DeploymentID($0) }
            // Formats before the current one are converted here once there are any.
            if format <= DeploymentManifest.currentFormat { return }
        } catch {
            throw .damaged(path: path, reason: error.description)
        }
        throw .newerFormat(path: path, found: root["Format"].value?.integerValue ?? 0)
    }

    init(id: DeploymentID, previous: DeploymentID?) {
        self.id = id
        self.previous = previous
    }
}
