import Glibc

/// An IPv4 or IPv6 address. An IPv4 address equals the IPv6 address that it is mapped to (`::ffff:1.2.3.4`): which of
/// the two a socket reports depends only on how it was opened.
package struct IPAddress: Sendable, Hashable {
    /// The address as IPv6; an IPv4 address is mapped.
    let bits: UInt128

    /// Parses an address without brackets, port or zone.
    package init?(_ text: String) {
        // inet_pton would stop at the NUL.
        guard !text.utf8.contains(0) else { return nil }
        var v4 = in_addr()
        var v6 = in6_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            bits = Self.mapped | UInt128(UInt32(bigEndian: v4.s_addr))
        } else if inet_pton(AF_INET6, text, &v6) == 1 {
            bits = withUnsafeBytes(of: &v6) { $0.reduce(0) { $0 << 8 | UInt128($1) } }
        } else {
            return nil
        }
    }

    package var isLoopback: Bool {
        bits == 1 || (isV4 && (bits >> 24) & 0xFF == 127)
    }

    /// `::` or `0.0.0.0`, which stand for all addresses of a machine that listens.
    var isUnspecified: Bool { bits == 0 || bits == Self.mapped }

    var isV4: Bool { bits >> 32 == Self.mapped >> 32 }

    /// `::ffff:0:0/96`, RFC 4291 2.5.5.2.
    private static let mapped: UInt128 = 0xFFFF << 32
}

extension IPAddress: CustomStringConvertible {
    /// The canonical text of RFC 5952; of a mapped address, its IPv4 form.
    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        if isV4 {
            var v4 = in_addr(s_addr: UInt32(truncatingIfNeeded: bits).bigEndian)
            inet_ntop(AF_INET, &v4, &text, socklen_t(text.count))
        } else {
            var v6 = bits.bigEndian
            inet_ntop(AF_INET6, &v6, &text, socklen_t(text.count))
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    init(bits: UInt128) {
        self.bits = bits
    }
}

/// A block of addresses in CIDR notation.
struct Network: Sendable, Hashable {
    private let prefix: UInt128
    private let mask: UInt128
    private let isV4: Bool
    /// The number of leading bits that matter, as written: 0 to 32, or to 128.
    let length: Int

    /// Parses `10.0.0.0/8` or `::1/128`; an address alone is a network of one.
    init(_ text: String) throws(InvalidValue) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(String(parts[0])) else {
            throw InvalidValue(
                explanation: "\(shown(text)) is not a network: write, for example, 10.0.0.0/8 or ::1/128"
            )
        }
        let width = parts[0].contains(":") ? 128 : 32
        let digits = parts.count == 2 ? parts[1] : "\(width)"
        guard let length = UInt8(digits).map(Int.init), length <= width, digits == String(length) else {
            throw InvalidValue(explanation: "\(shown(text)) is not a network: after the / write 0 to \(width)")
        }
        let hostBits = width - length
        mask = hostBits == 128 ? 0 : ~UInt128(0) << hostBits
        prefix = address.bits & mask
        isV4 = address.isV4 && hostBits <= 32
        self.length = length
        guard prefix == address.bits else {
            let network = IPAddress(bits: prefix)
            throw InvalidValue(explanation: "\(shown(text)) has bits set beyond its length: write \(network)/\(length)")
        }
    }

    /// IPv4 is never part of an IPv6 network: `::/0` says nothing about it.
    func contains(_ address: IPAddress) -> Bool {
        address.bits & mask == prefix && address.isV4 == isV4
    }
}
