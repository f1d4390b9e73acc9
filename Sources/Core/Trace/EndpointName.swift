import Bytes
import Group
import JSON

/// The ends of a group by the names that people give them on a command line.
struct EndpointName {
    enum Failure: Error, Equatable {
        case unknown(nearest: String?)
        case ambiguous([String])
    }

    /// All ends of the group that may send, in the group's order.
    static func ends(of group: GroupDefinition) -> [Endpoint] {
        var ends = group.devices.map { Endpoint.device($0.thingName) }
        ends += group.functions.map { .function($0.arn) }
        ends += group.connectors.map { .connector($0.arn) }
        return ends + [.cloud, .shadow]
    }

    /// The end of that name: `cloud`, `GGShadowService`, a device's thing name or ARN, a function's name, name with
    /// version, or ARN, a connector's ARN.
    static func find(_ name: String, in group: GroupDefinition) throws(Failure) -> Endpoint {
        let wanted = name.bytes
        var found: [Endpoint] = []
        var known: [String] = []
        func offer(_ end: Endpoint, _ names: [String]) {
            known += names
            for other in names where other.bytes == wanted {
                found.append(end)
                return
            }
        }
        offer(.cloud, ["cloud"])
        offer(.shadow, ["GGShadowService"])
        for device in group.devices { offer(.device(device.thingName), [device.thingName, device.thingARN]) }
        for function in group.functions { offer(.function(function.arn), names(of: function)) }
        for connector in group.connectors { offer(.connector(connector.arn), [connector.arn]) }
        guard let first = found.first else { throw .unknown(nearest: NearestName.find(name, among: known)) }
        if found.count > 1 { throw .ambiguous(found.map { $0.description }) }
        return first
    }

    private static func names(of function: FunctionDefinition) -> [String] {
        var names = [function.arn]
        if let alias = function.aliasARN { names.append(alias) }
        guard let arn = FunctionARN(function.arn) else { return names }
        names += [arn.unqualified, arn.name]
        if let qualifier = arn.qualifier { names.append("\(arn.name):\(qualifier)") }
        if let alias = function.aliasARN, let qualifier = FunctionARN(alias)?.qualifier {
            names.append("\(arn.name):\(qualifier)")
        }
        return names
    }

    /// `function Name:1` for `function arn:aws:lambda:…:function:Name:1`: what is enough for people.
    static func short(_ description: String) -> String {
        let prefix = "function arn:"
        guard description.hasPrefix(prefix), let arn = FunctionARN(TerminalText.dropping(9, of: description)) else {
            return description
        }
        return "function \(arn.name)" + (arn.qualifier.map { ":\($0)" } ?? "")
    }
}
