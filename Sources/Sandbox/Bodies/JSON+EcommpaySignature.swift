package import Gateways
package import LosslessJSON

extension JSON {
    /// The body with ecommpay's signature in it: in `general` if it has one, as status requests do, else at the root.
    package func signed(with secret: Secret) -> JSON {
        let code = JSON.string(Ecommpay.code(of: ecommpaySignedText, with: secret))
        guard let general = self["general"] else { return with(["signature": code]) }
        return with(["general": general.with(["signature": code])])
    }

    /// The text that ecommpay signs for a body: a line `path:value` for each scalar, in natural order of the paths,
    /// joined by `;`.
    ///
    /// It is built from the JSON tree and shares nothing with the code that verifies, so that a mistake in one of them
    /// shows. Keys named `signature` and `frame_mode` are left out; a `:` within a key is doubled; true is 1, false is
    /// 0, null is empty; empty containers leave no trace.
    package var ecommpaySignedText: [UInt8] {
        lines(at: [])
            .map { (order: $0.path.naturalOrder, line: $0.path + [UInt8(ascii: ":")] + Array($0.value.utf8)) }
            .sorted { $0.order.lexicographicallyPrecedes($1.order) }
            .map(\.line)
            .joined(separator: CollectionOfOne(UInt8(ascii: ";")))
            .map(\.self)
    }

    private func lines(at path: [UInt8]) -> [(path: [UInt8], value: String)] {
        switch self {
        case .object(let members):
            members.filter { $0.key != "signature" && $0.key != "frame_mode" }
                .flatMap { $0.value.lines(at: path.appending($0.key.replacing(":", with: "::"))) }
        case .array(let elements):
            elements.enumerated().flatMap { $1.lines(at: path.appending(String($0))) }
        case .string(let text), .number(let text): [(path, text)]
        case .bool(let flag): [(path, flag ? "1" : "0")]
        case .null: [(path, "")]
        }
    }
}

extension [UInt8] {
    fileprivate func appending(_ part: String) -> [UInt8] {
        isEmpty ? Array(part.utf8) : self + [UInt8(ascii: ":")] + Array(part.utf8)
    }

    /// Bytes whose byte order is the natural order of these, which compares runs of digits by their value: each run is
    /// preceded by its length, and by a digit, so that it sorts among the other bytes where digits do.
    ///
    /// This holds for paths without white space and without numbers that begin with a zero; the sandbox creates no
    /// others.
    fileprivate var naturalOrder: [UInt8] {
        var order: [UInt8] = []
        var rest = self[...]
        while let byte = rest.first {
            let digits = rest.prefix(while: \.isDigit)
            if digits.isEmpty {
                order.append(byte)
            } else {
                order += [UInt8(ascii: "0"), UInt8(clamping: digits.count)] + digits
            }
            rest.removeFirst(Swift.max(1, digits.count))
        }
        return order
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
