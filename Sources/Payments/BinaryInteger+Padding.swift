extension BinaryInteger {
    /// The number as text of at least so many characters, filled up from the left. A longer one stays as it is.
    package func padded(to width: Int, with filler: Character = "0", radix: Int = 10) -> String {
        let text = String(self, radix: radix)
        return String(repeating: filler, count: Swift.max(0, width - text.utf8.count)) + text
    }
}
