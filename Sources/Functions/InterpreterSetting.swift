/// Where whoever runs the functions names the programs for them.
public enum InterpreterSetting: Sendable {
    /// `runtime.interpreters` of `config.json`.
    case file
    /// `--interpreter` of `greengrassd run-function`.
    case option

    var name: String {
        switch self {
        case .file: "config.json"
        case .option: "--interpreter"
        }
    }

    /// The end of a sentence that begins with "name a program for it".
    func advice(_ runtime: String) -> String {
        switch self {
        case .file: "in config.json: \"runtime\": {\"interpreters\": {\"\(runtime)\": \"/path/to/program\"}}"
        case .option: "with --interpreter /path/to/program"
        }
    }
}
