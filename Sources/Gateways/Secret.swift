/// Bytes that prove who someone is, and the name by which they are spoken of.
///
/// However it is printed, dumped or mirrored, only the name shows.
package struct Secret: Sendable {
    /// The credential, file or environment variable it came from, else its position.
    package let name: String
    package let bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "Secret(\(name))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}
