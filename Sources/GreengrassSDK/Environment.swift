import CGreengrassSDK

/// The process's environment; user variables of the group are in it.
public enum Environment {
    public static func value(_ name: String) -> String? {
        name.withCString { getenv($0).map { String(cString: $0) } }
    }
}
