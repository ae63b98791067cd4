import LosslessJSON

/// A body as indented JSON. Unless it is asked for, what tells of a person, or serves to charge one, is masked.
package struct BodyText {
    /// So much of a body is shown.
    private static let limit = 64 << 10
    /// So much of one text in it.
    private static let longest = 2000
    static let mask = "•••"

    let showsPersonal: Bool

    package init(showsPersonal: Bool) {
        self.showsPersonal = showsPersonal
    }

    package func text(of body: [UInt8]) -> String {
        guard let document = try? Document(body, allowing: [.byteOrderMark, .repeatedKeys]) else {
            // Whatever it is instead of JSON cannot be masked by its members.
            guard showsPersonal else { return "This is not JSON: it is shown with the personal data only." }
            return Self.cut(String(decoding: body.prefix(Self.limit), as: UTF8.self), of: body.count)
        }
        var text = ""
        append(document.root, at: "\n", isPersonal: false, to: &text)
        return Self.cut(text, of: body.count)
    }

    private static func cut(_ text: String, of size: Int) -> String {
        guard text.utf8.count > limit || size > limit else { return text }
        return "\(text.prefix(limit))\n… (\(size) bytes in all)"
    }

    /// - Parameter line: a line break and the indentation.
    private func append(_ value: Value, at line: String, isPersonal: Bool, to text: inout String) {
        guard text.utf8.count <= Self.limit else { return }
        switch value.kind {
        case .object:
            append("{", "}", Array(value.members), at: line, to: &text) { member, inner, text in
                let key = member.key.string
                text += "\(JSONWriter.string(Self.shortened(key))): "
                append(
                    member.value,
                    at: inner,
                    isPersonal: isPersonal || PersonalData.isNamed(by: key),
                    to: &text
                )
            }
        case .array:
            append("[", "]", Array(value.elements), at: line, to: &text) { element, inner, text in
                append(element, at: inner, isPersonal: isPersonal, to: &text)
            }
        case .string:
            let string = value.text ?? ""
            let isMasked = !showsPersonal && !string.isEmpty && (isPersonal || PersonalData.isKnown(by: string))
            text += JSONWriter.string(isMasked ? Self.mask : Self.shortened(string))
        case .number:
            text += isPersonal && !showsPersonal ? JSONWriter.string(Self.mask) : Self.shortened(value.rawNumber ?? "")
        case .true: text += "true"
        case .false: text += "false"
        case .null: text += "null"
        }
    }

    private func append<Item>(
        _ opening: String,
        _ closing: String,
        _ items: [Item],
        at line: String,
        to text: inout String,
        _ write: (Item, String, inout String) -> Void
    ) {
        guard !items.isEmpty else {
            text += opening + closing
            return
        }
        let inner = line + "  "
        text += opening
        for (index, item) in items.enumerated() {
            text += index == 0 ? inner : "," + inner
            write(item, inner, &text)
        }
        text += line + closing
    }

    private static func shortened(_ text: String) -> String { text.cut(to: longest) }
}

/// What of a body tells of a person, or serves to charge one, by the names that the gateways give it.
enum PersonalData {
    /// Objects all of whose members do, and single members, in lower case and without separators.
    private static let names: Set<String> = [
        "customer", "billing", "billingaddress", "shipping", "shippingaddress", "payer", "sender", "recipient",
        "beneficiary", "avs", "identify", "recurring",
        "cardholder", "holder", "holdername", "name", "firstname", "lastname", "middlename", "surname", "fullname",
        "patronymic", "birthdate", "dateofbirth", "ssn", "passport", "document", "taxid",
        "email", "phone", "mobile", "msisdn", "address", "address2", "street", "city", "region", "zip", "postal",
        "postalcode", "ip", "ipaddress", "deviceid", "useragent",
        "pan", "cardnumber", "number", "iban", "bankaccount", "accountnumber", "cvv", "cvc", "cvv2",
        "verificationvalue", "stamp", "bin", "first1", "last4", "expmonth", "expyear", "expirymonth", "expiryyear",
        "expiry", "pares", "cres", "secret", "password",
    ]

    static func isNamed(by key: String) -> Bool {
        let name = key.lowercased().filter { $0.isLetter || $0.isNumber }
        return names.contains(name) || name.hasSuffix("token") || name.hasSuffix("email") || name.hasSuffix("phone")
            || name.hasSuffix("holder") || name.hasPrefix("recurring") || name.hasSuffix("url")
    }

    /// Whether a text is an e-mail address, whatever its name.
    static func isKnown(by text: String) -> Bool {
        guard let at = text.firstIndex(of: "@"), at > text.startIndex, !text.contains(where: \.isWhitespace) else {
            return false
        }
        return text[at...].dropFirst().contains(".")
    }
}
