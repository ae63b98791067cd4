import Crypto

/// Whether two secrets have the same name and bytes. Digests are compared, because that takes as long for different bytes as
/// for the same.
extension Secret: Equatable {
    package static func == (one: Secret, other: Secret) -> Bool {
        one.name == other.name && SHA256.hash(data: one.bytes) == SHA256.hash(data: other.bytes)
    }
}
