package import Payments

extension Ecommpay {
    /// The status of a payment.
    static func paymentStatus(_ word: String) -> Status {
        Status(word: word, state: paymentWords[word] ?? .unknown, nuance: paymentNuances[word])
    }

    /// The statuses of payments. Unlisted, and therefore unknown: `initial` and `decline renewal`, whose meaning is not
    /// documented.
    package static let paymentWords = Words<State>([
        .pending: [
            "processing", "external processing", "scheduled recurring processing", "awaiting 3ds result",
            "awaiting redirect result", "awaiting clarification", "awaiting clarify data", "awaiting customer",
            "awaiting customer action", "awaiting merchant auth", "awaiting approval", "awaiting confirmation",
            "awaiting finalization", "awaiting payment", "invoice sent", "awaiting retry", "awaiting clearing",
            "awaiting partially clearing", "clearing processing", "partially paid", "partially paid out",
        ],
        .authorized: ["awaiting capture"],
        .succeeded: ["success"],
        .failed: ["decline", "error", "internal error", "external error"],
        .cancelled: ["canceled", "cancelled", "invoice cancelled"],
        .expired: ["expired"],
        .partiallyRefunded: ["partially refunded", "partially reversed"],
        .refunded: ["refunded", "reversed"],
    ])

    /// Open banking: the sale may have succeeded, but the money has not come.
    private static let paymentNuances = Words<Status.Nuance>([.unconfirmed: ["awaiting confirmation"]])

    /// The types of payments, and what they are for.
    static let purposes = Words<Purpose>([
        .purchase: ["purchase", "recurring", "invoice"],
        .payout: ["payout"],
        .verification: ["account verification"],
    ])

    /// The statuses of operations.
    static let operationWords = Words<State>([
        .pending: [
            "processing", "external processing", "awaiting 3ds result", "awaiting redirect result",
            "awaiting clarification", "awaiting customer", "awaiting customer action", "awaiting merchant auth",
            "awaiting approval", "awaiting confirmation", "awaiting finalization", "awaiting payment", "invoice sent",
        ],
        .succeeded: ["success"],
        .failed: ["decline", "error", "internal error", "external error"],
        .cancelled: ["invoice cancelled"],
        .expired: ["expired"],
    ])

    /// The types of operations. Those that move no money are checks, steps and fees.
    static let operationTypes = Words<OperationKind>([
        .payment: ["sale"],
        // An `incremental` raises a hold.
        .authorization: ["auth", "incremental"],
        .recurring: ["recurring"],
        .capture: ["capture"],
        .void: ["cancel"],
        .refund: ["refund", "reversal"],
        .refundReversal: ["refund reverse"],
        .payout: ["payout"],
        .manualChange: ["manual change"],
        .other: [
            "account verification", "recurring update", "recurring cancel", "invoice", "customer action",
            "payment confirmation", "contract registration", "capture settlement", "commission", "create cash voucher",
        ],
    ])
}

extension Ecommpay {
    /// The codes of declined operations, by what the gateway's list says about each and advises to do
    /// (developers.ecommpay.com, `en_platform_payment_info_codes`). Codes that mean success, or to wait, are left out.
    static let declines = DeclineCodes([
        .soft: """
        100 104 108 301 601 603 2466 3198 10000 10100 10101 10102 10103 10104 10105 10107 10109 10112 10114 10201
        10202 10301 10603 10709 10722 20000 20100 20101 20102 20103 20104 20105 20109 20301 20302 20304 20603
        """,
        .hard: """
        3021 3029 3101 3103 3107 3183 3184 3221 3301 3341 3356 3434 3435 3436 3437 3470 3471 3472 3491 3617 10106
        10108 10110 10113 10203 10204 10205 10206 10805 10806 10810 10811 10812 20106 20107 20110 20111 20201
        20204 20205 20303
        """,
        .risk: """
        109 309 402 1401 1402 1403 1404 1405 1406 1407 1408 1409 1410 1411 1412 1413 1414 1415 1421 1422 1431
        1432 1433 1434 1435 1437 1441 1450 1451 1452 1453 1455 1456 1457 1458 1459 1460 1461 1462 1463 1499 2606
        2642 2701 3102 3104 3105 3106 3108 3109 3110 3111 3112 3117 3120 3199 3297 3298 3305 3306 3307 3308 3309
        3310 3311 3312 3313 3314 3315 3316 3317 3318 3319 3320 3321 3322 3323 3324 3325 3326 3327 3328 3329 3330
        3331 3332 3333 3334 3335 3336 3337 3338 3339 3340 3355 3357 3358 3360 3362 3400 3402 3403 3404 3406 3407
        3408 3409 3410 3411 3412 3413 3414 3415 3416 3417 3418 3419 3450 3451 3452 3480 3606 3607 3618 3619 3620
        3621 3622 3623 3624 3625 3626 3627 3628 3629 3630 3631 3632 3633 3634 3635 3900 3901 10401 10402 10403
        10404 10405 10807 20203 20401 20402
        """,
        .technical: """
        303 310 314 318 319 501 502 504 602 604 702 903 904 2003 2004 2014 2061 2123 2124 2147 2154 2261 2426
        2442 2467 2468 2541 2609 2610 2611 2641 2801 2945 2949 3001 3002 3003 3004 3020 3022 3023 3024 3026 3027
        3028 3041 3060 3061 3062 3081 3118 3119 3121 3123 3124 3125 3141 3161 3162 3181 3182 3186 3190 3191 3192
        3193 3194 3195 3196 3197 3201 3230 3241 3242 3243 3244 3261 3262 3281 3283 3284 3285 3286 3287 3288 3289
        3291 3292 3293 3299 3363 3431 3432 3433 3438 3439 3490 3609 3610 3611 3612 3613 10501 10502 10503 10504
        10505 10601 10602 10701 10702 10703 10704 10705 10706 10707 10708 10801 20202 20206 20450 20451 20501
        20502 20503 20504 20601 20602 20604 20701 20702 20703 20705 20706 20801 20812 30000 30100 30301 30302
        30303 30401
        """,
    ])
}
