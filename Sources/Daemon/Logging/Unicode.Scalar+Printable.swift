extension Unicode.Scalar {
    /// Whether the scalar shows as what it is, within its line: no control, line end, invisible mark or change of
    /// direction, none of which may pass from a gateway's words into a log that people and programs read by lines.
    var isPrintable: Bool {
        guard !isASCII else { return 0x20...0x7E ~= value }
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return false
        default: return true
        }
    }
}
