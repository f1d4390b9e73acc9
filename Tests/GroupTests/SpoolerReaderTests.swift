import Group
import Testing

@Suite struct SpoolerReaderTests {
    private typealias F = GroupFixture

    private func entry(_ variables: String, more: String = "") -> String {
        """
        {"Functions": [{"Id": "spooler", "FunctionArn": "arn:aws:lambda:::function:GGCloudSpooler:1",
         "FunctionConfiguration": {"Environment": {"Variables": \(variables)\(more)},
          "Executable": "spooler", "MemorySize": 32768, "Pinned": true, "Timeout": 3}}]}
        """
    }

    @Test("SPOOL-01 SPOOL-02 SPOOL-03: the guide's GGCloudSpooler is understood, and is no function of the group")
    func guide() {
        let group = F.valid(
            entry(#"{"GG_CONFIG_MAX_SIZE_BYTES": "2621440", "GG_CONFIG_STORAGE_TYPE": "FileSystem"}"#))
        #expect(group.functions.isEmpty)
        #expect(group.spooler.storage == .fileSystem)
        #expect(group.spooler.maximumBytes == 2_621_440)
        #expect(!group.spooler.isPersistent)
        #expect(F.valid(entry(#"{"GG_CONFIG_STORAGE_TYPE": "Memory"}"#)).spooler.storage == .memory)
    }

    @Test("SPOOL-06: a group without the function has the defaults")
    func defaults() {
        let spooler = F.valid("{}").spooler
        #expect(spooler == SpoolerDefinition())
        #expect(spooler.storage == nil)
        #expect(spooler.maximumBytes == 2_621_440)
    }

    @Test("H-07: a size that is too small is told in V1's words, and the least one is used")
    func tooSmall() {
        let (group, report) = F.read(entry(#"{"GG_CONFIG_MAX_SIZE_BYTES": 1000}"#))
        #expect(report.isValid)
        #expect(group.spooler.maximumBytes == 262_144)
        #expect(
            report.warnings.contains { $0.message.contains("Spool size should be at least 262144 bytes. Found 1000") })
    }

    @Test("B-11: GG_CONFIG_SUBSCRIPTION_QUALITY asks for persistent sessions")
    func quality() {
        let group = F.valid(entry(#"{"GG_CONFIG_SUBSCRIPTION_QUALITY": "AtLeastOncePersistent"}"#))
        #expect(group.spooler.isPersistent)
        #expect(!F.valid(entry(#"{"GG_CONFIG_SUBSCRIPTION_QUALITY": "AtMostOnce"}"#)).spooler.isPersistent)
    }

    @Test("SPOOL-01: what GGCloudSpooler cannot be told is refused with its place")
    func refusals() {
        let place = "$.Functions[0].FunctionConfiguration.Environment"
        F.refuses(
            entry(#"{"GG_CONFIG_STORAGE_TYPE": "Disk"}"#), at: place + ".Variables.GG_CONFIG_STORAGE_TYPE",
            saying: "found \"Disk\"")
        F.refuses(
            entry(#"{"GG_CONFIG_MAX_SIZE_BYTES": "a lot"}"#), at: place + ".Variables.GG_CONFIG_MAX_SIZE_BYTES",
            saying: "found \"a lot\"")
        F.refuses(
            entry("{}", more: #", "Execution": {"IsolationMode": "NoContainer"}"#), at: place + ".Execution",
            saying:
                "Execution configuration for function with arn arn:aws:lambda:::function:GGCloudSpooler:1 is not allowed."
        )
    }
}
