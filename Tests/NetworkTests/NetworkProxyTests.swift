import Bytes
import Testing

@testable import Network

@Suite struct NetworkProxyTests {
    @Test("NET-05: scheme, default ports, and credentials in the URL before those beside it")
    func url() throws {
        let plain = try NetworkProxy(url: "http://proxy.example.com")
        #expect(plain.host == "proxy.example.com")
        #expect(plain.port == 80)
        #expect(!plain.isSecure)
        #expect(plain.credentials == nil)
        let secure = try NetworkProxy(url: "https://proxy/")
        #expect(secure.port == 443)
        #expect(secure.isSecure)
        let guide = try NetworkProxy(
            url: "https://my-proxy-server:1100", userName: "Mary_Major", password: "pass@word1357")
        #expect(guide.port == 1100)
        #expect(guide.credentials == .init(userName: "Mary_Major", password: "pass@word1357"))
        let both = try NetworkProxy(url: "HTTP://in:a%40b%3A@[2001:db8::1]:3128", userName: "beside", password: "x")
        #expect(both.credentials == .init(userName: "in", password: "a@b:"))
        #expect(both.host == "2001:db8::1")
        #expect(both.port == 3128)
        #expect(both.authorization == Array("Basic ".utf8) + Base64.encode(Array("in:a@b:".utf8)))
    }

    @Test(
        "NET-05: what is no proxy's URL is told with what to write",
        arguments: [
            ("proxy:3128", NetworkProxy.Problem.scheme("")), ("socks5://proxy:1080", .scheme("socks5")),
            ("http://", .noHost), ("http://:80", .noHost), ("http://proxy:0", .port), ("http://proxy:99999", .port),
            ("http://proxy:+80", .port), ("http://proxy/path", .path), ("http://a%zz:b@proxy", .escape),
        ])
    func problems(_ url: String, _ problem: NetworkProxy.Problem) {
        #expect(throws: problem) { try NetworkProxy(url: url) }
        #expect(!problem.description.isEmpty)
    }

    @Test("NET-06: the URL for functions has the credentials, the one for logs has not")
    func words() throws {
        let proxy = try NetworkProxy(url: "http://proxy:3128", userName: "me", password: "p@ss/word")
        #expect(proxy.url == "http://me:p%40ss%2fword@proxy:3128")
        #expect(proxy.description == "http://proxy:3128")
    }

    @Test("NET-05: noProxyAddresses: names with all below them, addresses, networks, ports, the guide's own list")
    func exemptions() {
        let guide = ProxyExemptions("http://128.12.34.56,www.mywebsite.com")
        #expect(guide.contains("128.12.34.56", port: 8883))
        #expect(guide.contains("WWW.mywebsite.com", port: 443))
        #expect(guide.contains("eu.www.mywebsite.com.", port: 443))
        #expect(!guide.contains("mywebsite.com", port: 443))
        #expect(!guide.contains("128.12.34.57", port: 8883))
        #expect(guide.text == "128.12.34.56,www.mywebsite.com")
        let list = ProxyExemptions(" .below.com , *.star.com, 10.0.0.0/9, [2001:db8::1]:443, port.com:8443, fe80::/10,")
        #expect(!list.contains("below.com", port: 1))
        #expect(list.contains("a.below.com", port: 1))
        #expect(!list.contains("abelow.com", port: 1))
        #expect(list.contains("a.star.com", port: 1))
        #expect(list.contains("10.127.255.255", port: 1))
        #expect(!list.contains("10.128.0.0", port: 1))
        #expect(list.contains("2001:db8::1", port: 443))
        #expect(!list.contains("2001:db8::1", port: 8883))
        #expect(list.contains("fe80::5", port: 8883))
        #expect(list.contains("port.com", port: 8443))
        #expect(!list.contains("port.com", port: 443))
        #expect(ProxyExemptions("*").contains("anything", port: 1))
        #expect(!ProxyExemptions("").contains("anything", port: 1))
    }
}

@Suite struct ProxyTunnelTests {
    private func answer(_ text: String) -> (ProxyTunnel.Progress, Int64?) {
        var tunnel = ProxyTunnel()
        var input = ByteBuffer()
        var progress = ProxyTunnel.Progress.needsBytes
        for byte in text.utf8 {
            input.append(byte)
            progress = tunnel.read(&input)
            if progress != .needsBytes { break }
        }
        return (progress, tunnel.date)
    }

    @Test("NET-05: CONNECT with basic authentication, in a proxy's words")
    func request() throws {
        let proxy = try NetworkProxy(url: "http://Aladdin:open%20sesame@proxy:3128")
        var output = ByteBuffer()
        ProxyTunnel().ask(for: HostAndPort(host: "cloud.example.com", port: 8883), of: proxy, to: &output)
        #expect(
            output.copy().text == "CONNECT cloud.example.com:8883 HTTP/1.1\r\nHost: cloud.example.com:8883\r\n"
                + "User-Agent: perennial\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n")
    }

    @Test("NET-05, H-44: answers of proxies, byte by byte, and the date in them")
    func answers() {
        #expect(answer("HTTP/1.1 200 Connection established\r\n\r\n").0 == .open)
        #expect(answer("HTTP/1.0 200 OK\r\nX: y\r\n\r\n").0 == .open)
        #expect(answer("HTTP/1.1 200 OK\r\n").0 == .needsBytes)
        let refused = answer(
            "HTTP/1.1 407 Proxy Authentication Required\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                + "Content-Length: 4\r\n\r\nHTML")
        #expect(refused.0 == .refused(407))
        #expect(refused.1 == 784_111_777)
        guard case .malformed = answer("220 smtp.example.com ESMTP\r\n").0 else {
            Issue.record("an SMTP greeting was taken for a proxy")
            return
        }
    }

    @Test(
        "H-44: HTTP's dates",
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Mon, 29 Feb 2016 23:59:59 GMT", 1_456_790_399),
            ("Sun, 29 Nov 2026 09:00:00 GMT", 1_795_942_800), ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("", nil),
        ] as [(String, Int64?)])
    func dates(_ text: String, _ seconds: Int64?) {
        #expect(HTTPDate.seconds(Array(text.utf8)) == seconds)
    }
}
