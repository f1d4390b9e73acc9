import Bytes
import JSON
import Linux

extension Configuration {
    /// Larger files are not configurations.
    public static let mostBytes = 1_048_576

    /// Reads and checks the whole file: every problem is found, not the first alone.
    ///
    /// - Parameter layout: gives the file's place, and what `coreThing.certPath` and its like are relative to.
    /// - Returns: the configuration and warnings, keys without effect with the nearest known one among them.
    public static func read(root: String) throws(ConfigurationError) -> (
        configuration: Configuration, warnings: [String]
    ) {
        let layout = Layout(root: root)
        let path = layout.configurationFile
        let text: [UInt8]
        do throws(SystemError) {
            text = try Files.read(path, limit: mostBytes)
        } catch {
            throw .unreadable(path: path, error)
        }
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(text, maximumBytes: mostBytes)
        } catch {
            throw .malformed(path: path, error)
        }
        let reader = ConfigurationReader(document: document, certificates: layout.certificates)
        guard let configuration = reader.read() else {
            // A misspelt key is often the reason why another one is missing.
            throw .invalid(path: path, reader.problems + reader.warnings)
        }
        return (configuration, reader.warnings)
    }

    /// The write directory of a configuration, as far as it can be read: `stop` must find a running daemon whatever else
    /// was broken in the file since.
    public static func writeDirectory(root: String) -> String? {
        do throws(SystemError) {
            let text = try Files.read(Layout(root: root).configurationFile, limit: mostBytes)
            guard let document = try? JSON.parse(text, maximumBytes: mostBytes),
                let path = document["writeDirectory"]?.stringValue, path.hasPrefix("/")
            else { return nil }
            return path
        } catch {
            return nil
        }
    }
}
