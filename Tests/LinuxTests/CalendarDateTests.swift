import Foundation
import Testing

@testable import Linux

@Suite("Dates")
struct CalendarDateTests {
    @Test(
        "A date is written as V1's logs write it",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_567_009_261_581, "2019-08-28T16:21:01.581Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (4_102_444_799_999, "2099-12-31T23:59:59.999Z"), (2_147_483_648_000, "2038-01-19T03:14:08.000Z"),
        ] as [(Int64, String)])
    func known(milliseconds: Int64, text: String) {
        #expect(CalendarDate(milliseconds: milliseconds).iso8601 == text)
    }

    @Test("Any moment of four centuries agrees with the calendar of Foundation")
    func random() {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? calendar.timeZone
        for _ in 0..<2000 {
            let milliseconds = Int64.random(in: -3_000_000_000_000...12_000_000_000_000)
            let date = CalendarDate(milliseconds: milliseconds)
            let seconds = (Double(milliseconds) / 1000).rounded(.down)
            let parts = calendar.dateComponents(
                [.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: seconds))
            #expect(
                [date.year, date.month, date.day, date.hour, date.minute, date.second].map { Int($0) }
                    == [parts.year, parts.month, parts.day, parts.hour, parts.minute, parts.second].compactMap { $0 })
        }
    }
}
