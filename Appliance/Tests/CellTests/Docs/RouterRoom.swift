import Foundation
import Image

/// A router in OpenWrt's shape, on which nothing of ours is installed; its user is root.
final class RouterRoom: DocsRoom {
    private let router: Router
    private let protection: LinkProtection

    init(_ cell: Cell, in folder: String) throws {
        let image = try cell.emptyRouter(in: folder)
        protection = try LinkProtection()
        router = try Router(image, architecture: cell.architecture, in: folder)
    }

    func terminal(asRoot: Bool) throws -> Terminal { try Terminal(router.words(["/bin/sh"])) }

    func program(_ script: String) -> [String] { router.words(["/bin/sh", "-c", script]) }

    func put(_ source: String, at place: String) throws {
        try router.copy(source, to: "/tmp/" + (place as NSString).lastPathComponent)
    }

    func logs() -> String { router.log() }

    func close() {
        router.stop()
        protection.restore()
    }
}
