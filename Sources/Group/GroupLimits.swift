/// The sizes V1 allows a group to have: the guide's of 1.9, or the later one where it was raised (LIM-01, LIM-02).
public enum GroupLimits {
    /// Bytes of a topic or topic filter, UTF-8.
    public static let topicBytes = 256
    /// Slashes in a topic or topic filter.
    public static let topicSlashes = 7
    public static let cores = 1
    public static let devices = 2500
    public static let functions = 200
    public static let resources = 200
    public static let resourcesPerFunction = 20
    /// What the guide of 1.9 allows (LRA-10); a group with more works here, and not on a core 1.9 of AWS.
    public static let resourcesOf19 = 50
    public static let resourcesPerFunctionOf19 = 10
    /// Bytes of a path, PATH_MAX without its zero (path_resolution(7)).
    public static let pathBytes = 4095
    public static let subscriptions = 10_000
    public static let cloudSubscriptions = 50
    /// Bytes of a thing name.
    public static let thingNameBytes = 124
    /// Bytes of an `Id` or `Name`; the guide states it for resources (LRA-02).
    public static let identifierBytes = 128
    /// Bytes of `group.json`: ten thousand subscriptions of the longest kind are about 6 MB.
    public static let groupFileBytes = 8_388_608
    /// Bytes of all variables of one function; Lambda's own bound.
    public static let environmentBytes = 4096
    /// KB of a container in which no runtime starts: who writes less means MB.
    public static let sensibleMemoryKB: Int64 = 4096
}
