/// Times of certificates, in seconds since 1970.
///
/// Boards have no battery for their clock and wake in 1970. A certificate that begins "now" would be not yet valid for
/// such a device, or for one whose clock lags behind the core's; so all of ours begin at the beginning.
enum Validity {
    /// 1970-01-01.
    static let start: Int64 = 0

    /// 2049-12-31T23:59:59Z: where AWS IoT ends its device certificates, and the last second that old libraries read,
    /// since from 2050 on the field has another type (RFC 5280 section 4.1.2.5).
    static let end: Int64 = 2_524_607_999

    /// 2026-01-01. This code is younger: a clock that shows less was never set.
    static let earliestClock: Int64 = 1_767_225_600

    static let day: Int64 = 86_400

    /// Whether a clock that shows this can be believed.
    static func isPlausible(_ now: Int64) -> Bool {
        now >= earliestClock && now < end
    }
}
