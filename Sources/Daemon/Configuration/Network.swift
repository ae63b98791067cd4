/// A block of addresses in CIDR notation.
struct Network: Sendable, Hashable {
    private let prefix: UInt128
    private let mask: UInt128
    private let isV4: Bool
    /// The number of leading bits that matter, as written: 0 to 32, or to 128.
    let length: Int

    /// Parses `10.0.0.0/8` or `::1/128`; an address alone is a network of one.
    init(_ text: String) throws(Unusable) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(String(parts[0])) else {
            throw Unusable(explanation: "\(shown(text)) is not a network: write, for example, 10.0.0.0/8 or ::1/128")
        }
        let width = parts[0].contains(":") ? 128 : 32
        let digits = parts.count == 2 ? parts[1] : "\(width)"
        guard let length = UInt8(digits).map(Int.init), length <= width, digits == String(length) else {
            throw Unusable(explanation: "\(shown(text)) is not a network: what follows the / is 0 to \(width)")
        }
        let hostBits = width - length
        mask = hostBits == 128 ? 0 : ~UInt128(0) << hostBits
        prefix = address.bits & mask
        isV4 = address.isV4 && hostBits <= 32
        self.length = length
        guard prefix == address.bits else {
            let network = IPAddress(bits: prefix)
            throw Unusable(explanation: "\(shown(text)) has bits set beyond its length: write \(network)/\(length)")
        }
    }

    /// IPv4 is never part of an IPv6 network: `::/0` says nothing about it.
    func contains(_ address: IPAddress) -> Bool {
        address.bits & mask == prefix && address.isV4 == isV4
    }
}
