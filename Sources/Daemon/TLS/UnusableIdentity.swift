/// Why a certificate or its private key is of no use.
package enum UnusableIdentity: Error, Hashable {
    case noCertificate
    case noKey
    case encryptedKey
    case keyOfAnother
    case refused
}
