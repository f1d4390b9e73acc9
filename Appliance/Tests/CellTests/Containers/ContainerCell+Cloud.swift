import Foundation
import Image

extension ContainerCell {
    /// Starts what stands in for the cloud: the image's own broker, with the certificate that the demonstration has made for
    /// it; `cloud` on one network, and with a port of this machine on another.
    func startCloud(volume: String, outside: String, between: String) throws -> String {
        let state = "/greengrass/demo/cloud/server"
        let name = try start(
            "cloud",
            [
                "-v", "\(volume):/greengrass:ro", "--network", outside, "-p", "127.0.0.1::8884", "--no-healthcheck",
            ],
            [
                "broker", "--port", "8884", "--all-addresses", "--tls-cert", state + ".crt", "--tls-key",
                state + ".key",
                "--tls-client-ca", "/greengrass/certs/group-ca/ca.crt",
            ])
        try engine.run("network", "connect", "--alias", "cloud", between, name)
        try wait(for: "the broker to listen") { log(name).contains("MQTT on all addresses") }
        return name
    }
}
