import Foundation
import Image
import Testing

/// The image with MQTT clients, beside the smallest core: docker/compose.yaml.
@Suite("Container image of clients", .serialized)
struct ImageClientsCell {
    @Test("DOCK-02: compose: a core, two devices and what stands in for the cloud talk to each other")
    func compose() throws {
        try ContainerCell.run { place in
            try place.load(.minimal)
            let environment = [
                "FLAVOUR": "minimal", "PORT": "127.0.0.1:0", "COMPOSE_PROJECT_NAME": place.prefix,
                "DOCKER_DEFAULT_PLATFORM": place.cell.isNative ? "" : place.platform[1],
            ].filter { !$0.value.isEmpty }
            let program =
                try place.engine.attempt(["compose", "version"]).code == 0 ? ["docker", "compose"] : ["docker-compose"]
            let words = program + ["--file", place.cell.build.repository + "/docker/compose.yaml"]
            func compose(_ more: String...) throws -> String {
                let (code, said) = try result(of: words + more, environment: environment)
                guard code == 0 else {
                    throw BuildError("compose \(more.joined(separator: " ")) ended with \(code):\n\(said)")
                }
                return said
            }
            defer { _ = try? compose("down", "--volumes", "--timeout", "5") }
            _ = try compose("up", "--detach")
            try wait(for: "the display to hear the sensor", seconds: 240) {
                try compose("logs", "--no-color", "display").contains("demo/hello hello at ")
            }
            try wait(for: "the cloud to hear the sensor", seconds: 240) {
                try compose("logs", "--no-color", "cloud-page").contains("demo/to-cloud the sensor to the cloud at ")
            }
        }
    }
}
