/// A device that is connected now, for the status.
public struct ConnectedDevice: Equatable, Sendable {
    public let thingName: String
    /// Address and port.
    public let peer: String
    /// When it connected, in nanoseconds of the monotonic clock.
    public let since: Int64
    /// Messages lost in its full queue since it connected.
    public let dropped: UInt64
}
