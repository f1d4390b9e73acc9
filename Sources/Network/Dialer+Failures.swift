import Linux
import TLS

/// What went wrong, in sentences with the next step.
extension Dialer {
    /// What `coreThing` calls the place that TCP goes to.
    private var key: String { plan.proxy == nil ? plan.keys.host : "coreThing.networkProxy" }

    func failureOfLookup(_ reason: String) -> DialFailure {
        DialFailure(
            .lookup,
            "the name \(first.host) cannot be looked up (\(reason)); is there a network with a name server, and is the "
                + "name right in \(key)?")
    }

    func failureToConnect(_ refusals: [String]) -> DialFailure {
        let tried = refusals.joined(separator: "; ")
        if plan.proxy != nil {
            return DialFailure(
                .unreachable,
                "the proxy \(first.description) cannot be reached (\(tried)); is coreThing.networkProxy.proxy.url right?"
            )
        }
        let advice =
            plan.place.port == 443
            ? "where a firewall lets only a proxy through, set coreThing.networkProxy"
            : "where a firewall lets only port 443 through, set \(plan.keys.port) to 443, and where only a proxy, "
                + "coreThing.networkProxy"
        return DialFailure(.unreachable, "\(first.description) cannot be reached (\(tried)); \(advice)")
    }

    func failureOfTime(_ step: Step) -> DialFailure {
        let what =
            switch step {
            case .lookingUp: "looking up the name \(first.host)"
            case .proxyHandshake: "the TLS handshake with the proxy \(first.description)"
            case .askingProxy: "the answer of the proxy \(first.description)"
            default: "the TLS handshake with \(plan.place.description)"
            }
        return DialFailure(.timeout, "\(what) took longer than \(Self.stepTime / 1_000_000_000) s")
    }

    func failureWithoutProxyContext() -> DialFailure {
        DialFailure(.proxy, "the proxy \(first.description) speaks TLS, for which nothing is set up")
    }

    func failureOfProxy(_ progress: ProxyTunnel.Progress) -> DialFailure {
        let proxy = "the proxy \(first.description)"
        switch progress {
        case .refused(407):
            let advice =
                plan.proxy?.credentials == nil
                ? "it wants a user name and a password: set coreThing.networkProxy.proxy.username and password"
                : "it does not accept the user name and password of coreThing.networkProxy.proxy, or wants another way "
                    + "of authentication than basic, which is the only one there is"
            return DialFailure(.proxy, "\(proxy) answered 407 (proxy authentication required): \(advice)")
        case .refused(403):
            return DialFailure(
                .proxy,
                "\(proxy) answered 403 (forbidden): it does not let CONNECT through to \(plan.place.description); its "
                    + "administrator has to allow this host and port"
                    + (plan.place.port == 443 ? "" : ", or set \(plan.keys.port) to 443, which most proxies allow"))
        case .refused(let code) where code >= 500:
            return DialFailure(
                .proxy,
                "\(proxy) answered \(code): it cannot reach \(plan.place.description) itself; is \(plan.keys.host) right?"
            )
        case .refused(let code):
            return DialFailure(
                .proxy, "\(proxy) answered \(code) to CONNECT \(plan.place.description); is it an HTTP proxy?")
        case .malformed(let reason):
            return DialFailure(
                .proxy,
                "\(proxy) does not answer as an HTTP proxy does (\(reason)); does its URL need "
                    + "\(plan.proxy?.isSecure == true ? "http://" : "https://"), and is the port right?")
        case .needsBytes, .open:
            return DialFailure(.proxy, "\(proxy) ended the conversation")
        }
    }

    func failureOfHandshake(_ failure: TLSFailure?, withProxy: Bool) -> DialFailure {
        let host = withProxy ? "the proxy \(first.description)" : plan.place.description
        switch failure {
        case .untrustedServer(let server):
            return failureOfTrust(server, host, withProxy: withProxy)
        case .alert(let code):
            if withProxy { return DialFailure(.refused, "\(host) ended the TLS handshake (alert \(code))") }
            return plan.refusal(alert: code)
        case .notTLS, .plainHTTP:
            return DialFailure(
                .refused,
                "\(host) does not speak TLS"
                    + (withProxy
                        ? "; write http:// in coreThing.networkProxy.proxy.url for it"
                        : "; is \(plan.keys.port) the port of \(plan.keys.service)?"))
        case .oldProtocol, .noSharedCipher:
            return DialFailure(.refused, "\(host) offers no version of TLS from 1.2 on, or no cipher suite of today")
        case nil:
            return DialFailure(
                .broken,
                "\(host) closed the connection during the TLS handshake; some servers do so when they do not know the "
                    + "certificate \(plan.files.certificate), and firewalls when they do not know TLS inside")
        default:
            return DialFailure(.broken, "the TLS handshake with \(host) failed: \(failure?.description ?? "")")
        }
    }

    /// Rows NET-01, H-44 and H-46.
    private func failureOfTrust(_ server: UntrustedServer, _ host: String, withProxy: Bool) -> DialFailure {
        switch server.problem {
        case .notYetValid(let from):
            return DialFailure(
                .clock, "\(host): \(server.description). \(clockSentence(notBefore: from, notAfter: nil))")
        case .expired(let since):
            return DialFailure(
                .clock, "\(host): \(server.description). \(clockSentence(notBefore: nil, notAfter: since))")
        case .otherName:
            return DialFailure(
                .untrusted,
                "\(host): \(server.description), not for \(withProxy ? first.host : plan.place.host); "
                    + (withProxy ? "coreThing.networkProxy.proxy.url" : plan.keys.host)
                    + " has to be a name that stands in the certificate")
        case .unknownIssuer, .other:
            return DialFailure(
                .untrusted, "\(host): \(server.description). \(authorityAdvice(server, withProxy: withProxy))")
        }
    }

    private func authorityAdvice(_ server: UntrustedServer, withProxy: Bool) -> String {
        if withProxy {
            let file = plan.files.proxyAuthority
            return file.isEmpty
                ? "Neither the root CA file nor the system's store has that CA: set coreThing.networkProxy.proxyCaPath to "
                    + "a PEM file with the proxy's CA"
                : "Put the CA of the proxy into \(file) (coreThing.networkProxy.proxyCaPath)"
        }
        var text = "The root CA file \(plan.files.authority) (caPath) does not belong to this endpoint: put the CA "
        text += "certificate of \(plan.place.host) there"
        if plan.place.host.hasSuffix(".amazonaws.com") {
            let label = String(plan.place.host.prefix { $0 != "." })
            text +=
                label.hasSuffix("-ats")
                ? "; endpoints with -ats in their name need an Amazon root CA (AmazonRootCA1.pem)"
                : "; endpoints without -ats in their name need the Verisign root CA, or use the -ats endpoint"
        }
        if plan.proxy != nil {
            text += ". A proxy that opens TLS shows certificates of its own CA, \(server.issuer): it has to leave "
            text += "\(plan.place.host) alone, because the core proves itself inside TLS"
        }
        return text
    }

    /// The clock against the certificate, and against another clock where one was seen.
    private func clockSentence(notBefore: Int64?, notAfter: Int64?) -> String {
        let now = Clock.realtime() / 1000
        let today = Self.day(now)
        if let foreign = foreignDate, abs(foreign - now) > 86_400 {
            return
                "This device's clock says \(today) and is \(Self.days(foreign - now)) off by the proxy's clock: set the "
                + "clock, for instance with NTP"
        }
        if let notBefore {
            return
                "This device's clock says \(today) and is at least \(Self.days(notBefore - now)) behind: set the clock, "
                + "for instance with NTP; the core tries again by itself"
        }
        guard let notAfter else { return "" }
        return "This device's clock says \(today): either it is at least \(Self.days(now - notAfter)) ahead, or the "
            + "server has to renew its certificate, which ended on \(Self.day(notAfter))"
    }

    private static func days(_ seconds: Int64) -> String {
        let days = (abs(seconds) + 86_399) / 86_400
        return days == 1 ? "1 day" : "\(days) days"
    }

    private static func day(_ seconds: Int64) -> String {
        String(CalendarDate(milliseconds: seconds * 1000).iso8601.prefix(10))
    }
}
