import Bytes
import JSON
import Network

/// The keys that say where the cloud is and how to reach it (rows CFG-04 to CFG-11, CFG-20, B-02, NET-05).
extension ConfigurationReader {
    /// V1's for `coreClientId` (row CFG-11), and AWS IoT's longest client ID.
    private static let longestClientID = 128

    func readCloud(_ node: JSONNode, into configuration: inout Configuration) {
        configuration.iotHost = host(node["iotHost"])
        configuration.ggHost = host(node["ggHost"])
        configuration.iotMQTTPort = cloudPort(node["iotMqttPort"], or: 8883)
        configuration.iotHTTPPort = cloudPort(node["iotHttpPort"], or: 8443)
        configuration.ggHTTPPort = cloudPort(node["ggHttpPort"], or: 8443)
        configuration.keepAlive = integer(node["keepAlive"], in: 30...1200) ?? 600
        configuration.operationTimeout = integer(node["mqttOperationTimeout"], in: 5...3600) ?? 5
        configuration.coreClientID = clientID(node["coreClientId"])
        readProxy(node["networkProxy"], into: &configuration)
    }

    /// Row CFG-20: at the top of the file, or in `coreThing`, where 1.6 had it.
    func readRetry(_ root: JSONNode, into configuration: inout Configuration) {
        let key = "mqttMaxConnectionRetryInterval"
        let older = integer(root["coreThing"][key], in: 1...86_400)
        configuration.longestConnectionRetry = integer(root[key], in: 1...86_400) ?? older ?? 60
    }

    /// A name or an address alone: V1's have no scheme and no port.
    private func host(_ node: JSONNode) -> String? {
        guard let name = text(node) else { return nil }
        let bytes = name.bytes
        let isAddress = HostAndPort(bytes, standardPort: 0)?.host == name
        var isPlain = !bytes.isEmpty && bytes.count <= 253
        for byte in bytes where byte <= 0x20 || byte == 0x7F || byte == UInt8(ascii: "/") { isPlain = false }
        guard isPlain, isAddress else {
            findings.add(
                node.mismatch(
                    "the name or address of a host, without https:// and without a port (coreThing.iotMqttPort, "
                        + "iotHttpPort and ggHttpPort have the ports)", showingValue: true))
            return nil
        }
        return name
    }

    /// V1 allows two ports each, which are all that AWS has. Others are ours, for a cloud of one's own.
    private func cloudPort(_ node: JSONNode, or standard: UInt16) -> UInt16 {
        integer(node, in: 1...65_535).map { UInt16($0) } ?? standard
    }

    private func clientID(_ node: JSONNode) -> String? {
        guard node.isPresent, let text = text(node) else { return nil }
        var isGood = !text.utf8.isEmpty && text.utf8.count <= Self.longestClientID
        for byte in text.utf8 where byte < 0x20 || byte == 0x7F { isGood = false }
        guard isGood else {
            findings.add(
                node.mismatch("1 to \(Self.longestClientID) characters, unique among the account's clients"))
            return nil
        }
        return text
    }

    private func readProxy(_ node: JSONNode, into configuration: inout Configuration) {
        guard node.isPresent else { return }
        if findings.take({ () throws(JSONMismatch) in try node.object() }) == nil { return }
        if node["proxyCaPath"].isPresent { configuration.proxyAuthority = proxyAuthority(node["proxyCaPath"]) }
        let exempt = ProxyExemptions(text(node["noProxyAddresses"]) ?? "")
        let proxy = node["proxy"]
        guard let url = findings.take({ () throws(JSONMismatch) in try proxy["url"].nonEmptyString() }) else { return }
        let userName = text(proxy["username"])
        let password = text(proxy["password"])
        do throws(NetworkProxy.Problem) {
            configuration.proxy = try NetworkProxy(url: url, userName: userName, password: password, exempt: exempt)
        } catch {
            // The URL may hold a password: it is not shown.
            findings.add(proxy["url"].mismatch(error.description))
        }
    }

    /// As the other paths may be written: `file:///absolute/path`, absolute, or relative to the certs folder.
    private func proxyAuthority(_ node: JSONNode) -> String? {
        guard let text = findings.take({ () throws(JSONMismatch) in try node.nonEmptyString() }) else { return nil }
        if text.hasPrefix("/") || text.utf8.contains(UInt8(ascii: ":")) { return file(node) }
        return "\(certificates)/\(text)"
    }
}
