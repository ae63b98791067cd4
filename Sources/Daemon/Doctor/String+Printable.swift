extension String {
    /// What another program said, cut to so many letters that show as what they are.
    func firstPrintable(_ count: Int) -> String {
        String(UnicodeScalarView(unicodeScalars.prefix(count).filter { $0.isPrintable }))
    }
}
