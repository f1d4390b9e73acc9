import Bytes
import Group
import JSON

// Input: the text of a group.json.
//
// Properties: a text that is no JSON, or no group, gives a report that says so; with and without positions the same is
// found; the ends of a valid group's rows are all in its table; nothing traps.

private func rules(_ all: Bool) -> GroupRules {
    var rules = GroupRules()
    rules.containers = all
    rules.connectors = all
    rules.cloud = all
    rules.shadows = all
    return rules
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    let text = Array(UnsafeBufferPointer(start: data, count: size))
    let rules = rules(size & 1 == 0)
    let (group, report) = GroupDefinition.read(text, rules: rules)
    guard let value = try? JSON.parse(text, maximumBytes: 1 << 20) else {
        require(!report.isValid, "a text that is no JSON is a valid group")
        return 0
    }
    let plain = GroupDefinition.read(value, rules: rules)
    require(plain.group == group, "positions change what is read")
    require(plain.report.violationCount == report.violationCount, "positions change what is found")
    for finding in report.findings { require(!finding.description.isEmpty, "a finding says nothing") }
    guard report.isValid else { return 0 }
    let table = SubscriptionTable(group.subscriptions)
    for row in group.subscriptions {
        require(table.source(row.source) != nil && table.target(row.target) != nil, "a row is not in the table")
    }
    return 0
}
