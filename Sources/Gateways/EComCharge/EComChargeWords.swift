package import Payments

extension EComCharge {
    /// The status of a transaction, or of a token that led to it.
    static func transactionStatus(_ word: String) -> Status {
        Status(word: word, state: transactionWords[word] ?? .unknown, nuance: transactionNuances[word])
    }

    /// The statuses of transactions, and of the tokens that lead to them. `error` on a token that nobody has used yet
    /// is handled by ``checkoutStatus(_:isFinished:isExpired:)``.
    package static let transactionWords = Words<State>([
        .pending: ["incomplete", "pending", "initial", "auto_created", "permanent", "start"],
        .succeeded: ["successful"],
        .failed: ["failed", "error"],
        .cancelled: ["deleted"],
        .expired: ["expired"],
    ])

    /// An ERIP request that may be paid many times stays open for as long as that takes.
    private static let transactionNuances = Words<Status.Nuance>([.resting: ["permanent"]])

    /// The states of subscriptions. A subscription in `error` may still recover; one that is `failed` does not.
    static let subscriptionWords = Words<State>([
        .pending: [
            "pending", "tokenizing", "redirecting", "trial", "trial_processing", "trial_get_status", "getting_status",
            "processing", "notified", "active", "failed_attempt", "rescuing", "error",
        ],
        .failed: ["failed"],
        .cancelled: ["canceled", "cancelled"],
        .expired: ["expired"],
    ])

    /// The same states, in the words of the view `subscriptions`.
    static let subscriptionStandings = Words<SubscriptionState>([
        .trial: ["trial", "trial_processing", "trial_get_status", "getting_status"],
        .active: ["active"],
        .pending: ["pending", "tokenizing", "redirecting", "processing", "notified"],
        .pastDue: ["failed_attempt", "rescuing", "error"],
        .failed: ["failed"],
        .cancelled: ["canceled", "cancelled"],
        .expired: ["expired"],
    ])

    /// The types of transactions. Types that move none of the merchant's money are checks, and transfers between
    /// others.
    static let transactionTypes = Words<OperationKind>([
        .payment: ["payment", "charge", "AFT"],
        .authorization: ["authorization"],
        .capture: ["capture"],
        .void: ["void"],
        .refund: ["refund"],
        .chargeback: ["chargeback"],
        .payout: ["credit", "payout", "OCT"],
        .other: ["p2p", "tokenization", "recipient_tokenization", "checkup", "fraud_advice", "balance"],
    ])

    /// What payments are for, by the type of their root. The type of a child in its place gives no purpose.
    static let purposes = Words<Purpose>([
        .purchase: ["payment", "authorization", "charge", "AFT"],
        .transfer: ["p2p"],
        .payout: ["credit", "payout", "OCT"],
        .verification: ["tokenization", "recipient_tokenization", "checkup", "fraud_advice", "balance"],
    ])
}

extension EComCharge {
    /// The codes of declined transactions, by their meaning in the gateway's list (docs.bepaid.by, "Error codes"). The
    /// letter says little: F.4011 and F.4012 send the buyer to 3-D Secure, and are no declines.
    static let declines = DeclineCodes([
        .soft: """
        F.0105 F.0109 F.0112 F.0114 F.0123 F.0124 F.0125 F.0126 F.0127 F.0129 F.0130 F.0131 F.0132 F.0133 F.0134
        F.0135 F.0205 F.0206 F.0207 F.0221 F.0998 F.4001 F.4013 F.4014 F.4015 F.4016 F.4026 F.4031 F.4036 F.4037
        F.4038
        """,
        .hard: """
        F.0100 F.0101 F.0111 F.0202 F.0203 E.1008 F.4002 F.4017 F.4018 F.4020 F.4024 F.4025 E.5100 E.5101
        """,
        .risk: """
        F.0115 F.0116 F.0217 F.0996 F.2006 F.2007 F.2008 F.2009 F.2012 F.4006 F.4021 F.4022 F.4023 F.4027 F.4028
        F.4029 F.4030 F.6001 F.7001 F.8001
        """,
        .technical: """
        F.0102 F.0103 F.0104 F.0106 F.0107 F.0108 F.0110 F.0113 F.0117 F.0118 F.0119 F.0120 F.0121 F.0122 F.0128
        F.0201 F.0204 F.0208 F.0209 F.0210 F.0211 F.0212 F.0213 F.0214 F.0215 F.0216 F.0218 F.0219 F.0222 F.0223
        F.0399 E.0600 E.0601 E.0602 E.0603 E.0604 E.0605 E.0606 E.0607 E.0608 E.0609 E.0612 E.0613 E.0614 E.0615
        E.0616 E.0617 E.0618 E.0621 E.0622 F.0623 E.0624 E.0625 E.0626 E.0627 E.0628 E.0629 E.0630 E.0633 E.0634
        E.0635 E.0636 E.0638 F.0997 F.0999 E.1000 F.1000 E.1001 E.1002 E.1003 E.1004 E.1005 E.1006 E.1007 E.1009
        E.1010 E.1011 E.1012 E.1013 E.1014 E.1015 E.1016 E.1017 E.1018 E.1021 E.1022 E.1023 E.1024 E.1025 E.1026
        E.1027 E.1028 E.1029 E.1030 E.1031 E.1032 E.1033 E.1034 E.1035 E.1036 E.1037 E.1038 E.1039 E.1040 E.1041
        E.1042 E.1043 E.1044 E.1045 E.1046 E.1047 E.1048 E.1049 E.1050 E.1051 E.1052 E.1053 E.1054 E.1055 E.1056
        E.1057 E.1058 E.1059 E.1060 E.1061 E.1062 E.1063 E.1064 E.1065 F.1900 F.1901 F.2001 F.2002 F.2003 F.2004
        F.2005 F.2010 F.2011 F.2401 F.2403 F.2404 F.4003 F.4004 F.4005 F.4007 F.4008 F.4009 F.4010 F.4019 F.4032
        F.4033 F.4034 F.4035 F.4039 F.4040
        """,
    ])
}
