/// What this core calls itself.
public enum Version {
    /// Our own version.
    public static let product = "0.1.0"
    /// The release of AWS IoT Greengrass Core whose behaviour this one has; functions see it as `GGC_VERSION`.
    public static let compatibility = "1.9.4"

    public static var text: String { "Perennial \(product), compatible with AWS IoT Greengrass Core \(compatibility)" }
}
