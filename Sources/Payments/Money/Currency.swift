/// The currencies of ISO 4217, with the number of decimal digits that their minor unit stands for.
///
/// The lists are ISO 4217's table A.1 with the withdrawn codes that gateways still use (BYR, HRK, SLL, ZWL).
package enum Currency {
    /// Digits after the decimal point, by code; a code that is not listed has no known exponent, and none is guessed.
    package static let exponents: [String: Int] = Dictionary(
        uniqueKeysWithValues: [(0, none), (2, two), (3, three), (4, four)].flatMap { exponent, codes in
            codes.split(whereSeparator: \.isWhitespace).map { (String($0), exponent) }
        }
    )

    private static let none = """
        BIF BYR CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF
        """

    private static let two = """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD
        CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP
        GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD
        MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR
        PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP
        TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ZWL
        """

    private static let three = """
        BHD IQD JOD KWD LYD OMR TND
        """

    private static let four = """
        CLF UYW
        """
}

/// An amount in whole minor units of a currency (cents, yen, fils): never a fraction, never rounded.
package struct Money: Sendable, Hashable {
    package var minor: Int64
    /// ISO 4217 letters, as the gateway sent them.
    package var currency: String

    package init(minor: Int64, currency: String) {
        self.minor = minor
        self.currency = currency
    }
}
