/// A key that nothing reads, with the known one that was probably meant.
public struct JSONUnknownKey: Sendable {
    /// The path of the object that holds it, then the key itself.
    public let path: JSONPath
    public let key: String
    public let nearest: String?
}

extension JSONUnknownKey: CustomStringConvertible {
    /// `$.coreThing.keepalive: unknown key, did you mean "keepAlive"?`
    public var description: String {
        guard let nearest else { return "\(path): unknown key, it has no effect" }
        return "\(path): unknown key, it has no effect; did you mean \(JSON.quoted(nearest))?"
    }
}

extension JSONNode {
    /// The keys of the object here that are not among the known ones; none where it is no object.
    public func unknownKeys(known: [String]) -> [JSONUnknownKey] {
        guard case .object(let object) = value else { return [] }
        var unknown: [JSONUnknownKey] = []
        for member in object.members {
            var isKnown = false
            for candidate in known where candidate.hasSameBytes(as: member.key) { isKnown = true }
            if isKnown { continue }
            let nearest = NearestName.find(member.key, among: known)
            unknown.append(
                JSONUnknownKey(path: path.appending(.key(member.key)), key: member.key, nearest: nearest))
        }
        return unknown
    }
}
