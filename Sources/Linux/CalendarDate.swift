/// A date in UTC, split for printing.
public struct CalendarDate: Equatable, Sendable {
    public let year: Int32
    public let month: Int32
    public let day: Int32
    public let hour: Int32
    public let minute: Int32
    public let second: Int32
    public let millisecond: Int32

    /// - Parameter milliseconds: since 1970, UTC.
    public init(milliseconds: Int64) {
        let seconds = milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000
        var days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let ofDay = seconds - days * 86_400
        // Days to civil date, counting from 1 March 0000 so that the leap day ends the year.
        days += 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        day = Int32(dayOfYear - (153 * shifted + 2) / 5 + 1)
        month = Int32(shifted < 10 ? shifted + 3 : shifted - 9)
        year = Int32(yearOfEra + era * 400 + (month <= 2 ? 1 : 0))
        hour = Int32(ofDay / 3600)
        minute = Int32(ofDay / 60 % 60)
        second = Int32(ofDay % 60)
        millisecond = Int32(milliseconds - seconds * 1000)
    }

    /// `2019-08-28T16:21:01.581Z`
    public var iso8601: String {
        "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T\(pad(hour, 2)):\(pad(minute, 2)):\(pad(second, 2))."
            + "\(pad(millisecond, 3))Z"
    }

    private func pad(_ value: Int32, _ width: Int) -> String {
        var digits = String(value)
        while digits.utf8.count < width { digits = "0" + digits }
        return digits
    }
}
