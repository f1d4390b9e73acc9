import JSON

/// Reads the members of one JSON object, with its place in the file, and notes what is wrong with them.
///
/// It differs from `JSONNode`'s typed reads in what a group needs: reading goes on after a mistake, messages say what a
/// key is for, `null` counts as absent, and numbers and truth values may be written as texts (`"512"`, `"true"`), for
/// CloudFormation templates write them so.
struct ObjectReader {
    let path: JSONPath
    private let object: JSONObject
    private let report: ReportBox

    init(_ object: JSONObject, path: JSONPath, report: ReportBox) {
        self.object = object
        self.path = path
        self.report = report
    }

    func path(of key: String) -> JSONPath { path.appending(.key(key)) }

    func violation(_ key: String, _ message: String) { report.violation(path(of: key), message) }
    func warning(_ key: String, _ message: String) { report.warning(path(of: key), message) }

    /// The member's value unless it is absent or null.
    func value(_ key: String) -> JSON? {
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    var members: [JSONObject.Member] { object.members }

    /// Warns of members that are none of these.
    func expectOnly(_ known: [String]) {
        for member in object.members where !known.contains(where: { $0.utf8.elementsEqual(member.key.utf8) }) {
            var message = "unknown key, ignored"
            if let nearest = report.nearest(member.key, among: known) {
                message += "; did you mean \(Words.quoted(nearest))?"
            } else {
                message += "; known here: " + known.joined(separator: ", ")
            }
            warning(member.key, message)
        }
    }

    /// A text. Where it is absent and `required` tells what it is for, that is a violation.
    func text(_ key: String, required purpose: String? = nil) -> String? {
        guard let value = value(key) else {
            if let purpose { violation(key, "missing; write " + purpose) }
            return nil
        }
        guard let text = value.stringValue else {
            violation(key, "found \(value.kind), expected " + (purpose ?? "a text"))
            return nil
        }
        if purpose != nil, text.isEmpty {
            violation(key, "is empty; write " + (purpose ?? "a text"))
            return nil
        }
        return text
    }

    /// A whole number in a range.
    func integer(_ key: String, in range: ClosedRange<Int64>, unit: String) -> Int64? {
        guard let value = value(key) else { return nil }
        let expected = "a whole number of \(unit) from \(range.lowerBound) to \(range.upperBound)"
        let number: Int64?
        if let text = value.stringValue { number = Int64(text) } else { number = value.integerValue }
        guard let number, range.contains(number) else {
            violation(key, "found \(describe(value)), expected \(expected)")
            return nil
        }
        return number
    }

    /// True or false.
    func boolean(_ key: String) -> Bool? {
        guard let value = value(key) else { return nil }
        if let flag = value.booleanValue { return flag }
        if let text = value.stringValue {
            if text == "true" { return true }
            if text == "false" { return false }
        }
        violation(key, "found \(describe(value)), expected true or false")
        return nil
    }

    /// One of some words; anything else is a violation that names them.
    func word(_ key: String, among words: [String], required: Bool = false) -> String? {
        guard let value = value(key) else {
            if required { violation(key, "missing; write \(Words.choice(words))") }
            return nil
        }
        if let text = value.stringValue, words.contains(text) { return text }
        violation(key, "found \(describe(value)), expected \(Words.choice(words))")
        return nil
    }

    /// The object behind a key.
    func child(_ key: String) -> ObjectReader? {
        guard let value = value(key) else { return nil }
        guard let object = value.objectValue else {
            violation(key, "found \(value.kind), expected an object { … }")
            return nil
        }
        return ObjectReader(object, path: path(of: key), report: report)
    }

    /// The objects of the array behind a key; nothing where it is absent.
    func children(_ key: String, atMost limit: Int, of what: String) -> [ObjectReader] {
        guard let value = value(key) else { return [] }
        guard let elements = value.arrayValue else {
            violation(key, "found \(value.kind), expected an array [ … ] of \(what)")
            return []
        }
        if elements.count > limit { violation(key, "has \(elements.count) \(what); at most \(limit) are allowed") }
        var readers: [ObjectReader] = []
        for (index, element) in elements.enumerated() {
            let place = path(of: key).appending(.index(index))
            if let object = element.objectValue {
                readers.append(ObjectReader(object, path: place, report: report))
            } else {
                report.violation(place, "found \(element.kind), expected an object { … }")
            }
        }
        return readers
    }

    /// The value as a message repeats it.
    func describe(_ value: JSON) -> String {
        switch value {
        case .string(let text): Words.quoted(text)
        case .number(let number): number.text.utf8.count <= 40 ? number.text : "a number of many digits"
        case .boolean(let flag): flag ? "true" : "false"
        default: "\(value.kind)"
        }
    }
}
