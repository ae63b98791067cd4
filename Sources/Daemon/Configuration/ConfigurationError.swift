/// Everything that is wrong with a configuration file, in the order of its lines.
package struct ConfigurationError: Error, Sendable, CustomStringConvertible {
    package let problems: [Problem]

    /// One problem a line.
    package var description: String {
        problems.map { $0.description }.joined(separator: "\n")
    }
}
