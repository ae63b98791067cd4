import Crypto

/// A secret's bytes, and the name by which logs and errors refer to it.
///
/// However it is printed, dumped or mirrored, only the name shows.
package struct Secret: Sendable {
    /// The credential, file or environment variable that it came from, else its position.
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

/// Compares name and bytes. It compares digests, because that takes as long for different bytes as for equal ones.
extension Secret: Equatable {
    package static func == (one: Secret, other: Secret) -> Bool {
        one.name == other.name && SHA256.hash(data: one.bytes) == SHA256.hash(data: other.bytes)
    }
}

/// SHA-256 of a body, by which the ledger recognises the same bytes.
package func digest(of body: [UInt8]) -> [UInt8] {
    Array(SHA256.hash(data: body))
}
