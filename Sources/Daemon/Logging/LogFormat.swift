/// What a line of the log is: for people, or a JSON object for programs.
package enum LogFormat: String, Sendable, CaseIterable {
    case text, json
}
