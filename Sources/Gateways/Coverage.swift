/// What of a body a gateway's proof covers.
package enum Coverage: Sendable {
    /// Every byte.
    case bytes
    /// The text of each scalar, and the path to it. Whether it was a string or a number is not proved, nor are containers that
    /// hold nothing.
    case scalars
}
