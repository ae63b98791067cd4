import Crypto

/// SHA-256 of a body: by it the ledger knows the same bytes again.
package func digest(of body: [UInt8]) -> [UInt8] {
    Array(SHA256.hash(data: body))
}
