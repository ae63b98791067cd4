/// Paths of the page, with names in them that may hold anything.
package enum PagePath {
    package static func payment(
        _ id: String,
        account: String,
        _ action: String? = nil,
        _ fields: [(String, String?)] = []
    ) -> String {
        var path = "/payments/\(encoded(account))/"
        var fields = fields
        // A browser resolves `..` and `%2e%2e` alike: such a name has to stand in the query.
        if id == "." || id == ".." {
            path += "_"
            fields.append(("id", id))
        } else {
            path += encoded(id)
        }
        return list(action.map { "\(path)/\($0)" } ?? path, fields)
    }

    static func target(kind: String, name: String) -> String {
        "/targets/\(encoded(kind))/\(encoded(name))/deliver"
    }

    /// A path with a query of the fields that are given.
    package static func list(_ path: String, _ fields: [(String, String?)]) -> String {
        let query = fields.compactMap { name, value in value.map { "\(name)=\(encoded($0))" } }
        return query.isEmpty ? path : "\(path)?\(query.joined(separator: "&"))"
    }

    /// Percent-encodes everything but the characters that mean nothing anywhere in a URL (RFC 3986, section 2.3).
    package static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }
}
