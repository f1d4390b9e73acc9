import JSON

extension GroupReader {
    private static let spoolerVariables = [
        "GG_CONFIG_STORAGE_TYPE", "GG_CONFIG_MAX_SIZE_BYTES", "GG_CONFIG_SUBSCRIPTION_QUALITY",
    ]

    /// The entry of `GGCloudSpooler`. What else V1 wants to stand there (`Executable`, `MemorySize`, …) has no effect.
    mutating func readSpooler(_ reader: ObjectReader, _ environment: ObjectReader?) {
        if hasSpooler {
            reader.violation("FunctionArn", "GGCloudSpooler stands in the group already; name it once")
        }
        hasSpooler = true
        guard let variables = environment?.child("Variables") else { return }
        variables.expectOnly(GroupReader.spoolerVariables)
        switch variables.word("GG_CONFIG_STORAGE_TYPE", among: ["Memory", "FileSystem"]) {
        case "Memory": group.spooler.storage = .memory
        case "FileSystem": group.spooler.storage = .fileSystem
        default: break
        }
        let quality = variables.word("GG_CONFIG_SUBSCRIPTION_QUALITY", among: ["AtMostOnce", "AtLeastOncePersistent"])
        group.spooler.isPersistent = quality == "AtLeastOncePersistent"
        readSpoolerSize(variables)
    }

    /// V1's daemon did not start with a size that is too small, and the way out was to edit its files by hand (row H-07).
    private mutating func readSpoolerSize(_ variables: ObjectReader) {
        let key = "GG_CONFIG_MAX_SIZE_BYTES"
        guard let size = variables.integer(key, in: 0...SpoolerDefinition.mostBytes, unit: "bytes") else { return }
        if size < SpoolerDefinition.leastBytes {
            variables.warning(
                key,
                "Spool size should be at least \(SpoolerDefinition.leastBytes) bytes. Found \(size); "
                    + "\(SpoolerDefinition.leastBytes) is used")
        }
        group.spooler.maximumBytes = max(size, SpoolerDefinition.leastBytes)
    }
}
