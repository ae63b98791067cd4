"""What must be true of a ledger when the load has ended: nothing acknowledged is lost, nothing is there twice, every effect is there once."""

from collections import defaultdict


class Verdict:
    """Compares the public views with what the load knows. `query` runs one SELECT and returns its rows."""

    def __init__(self, load, query):
        self.violations, self.lost, self.twice, self.unknown = [], 0, 0, 0
        self._callbacks(load, query)
        self._feed(query)
        self._payments(load, query)

    @property
    def acknowledged(self):
        return self._acknowledged

    def _complain(self, what, examples):
        if examples:
            shown = ", ".join(map(str, examples[:5])) + (", …" if len(examples) > 5 else "")
            self.violations.append(f"{what}: {len(examples)} ({shown})")

    def _callbacks(self, load, query):
        rows = query("SELECT id, digest, deliveries, account FROM callbacks")
        found = defaultdict(list)
        for number, digest, deliveries, account in rows:
            found[bytes(digest)].append((number, deliveries, account))
        self._acknowledged = sum(1 for callback in load.callbacks if callback.acknowledged)
        # A repeated callback that was told 200 counts too: the number of its deliveries is committed before it is answered.
        lost = [c for c in load.callbacks if sum(d for _, d, _ in found.get(c.digest, ())) < c.acknowledged]
        twice = [number for copies in found.values() for number, _, _ in copies[1:]]
        self.lost, self.twice, self.callbacks = len(lost), len(twice), len(rows)
        self.unknown = sum(max(0, sum(d for _, d, _ in found.get(c.digest, ())) - c.acknowledged) for c in load.callbacks)
        self._complain("acknowledged and lost", [f"{c.story.account}/{c.story.payment}" for c in lost])
        self._complain("recorded twice", twice)
        sent = {c.digest for c in load.callbacks}
        self._complain("recorded, but never sent", [copies[0][0] for digest, copies in found.items() if digest not in sent])
        self._complain("under another account", [found[c.digest][0][0] for c in load.callbacks
                                                 if c.digest in found and found[c.digest][0][2] != c.story.account])
        self._complain("never acknowledged, although it came again and again",
                       [f"{c.story.account}/{c.story.payment} after {c.attempts}" for c in load.callbacks if not c.acknowledged])
        numbers = sorted(row[0] for row in rows)
        if numbers != list(range(1, len(numbers) + 1)):
            self.violations.append(f"callbacks.id has gaps: {len(numbers)} rows up to {numbers[-1]}")

    def _feed(self, query):
        rows = query("SELECT seq, evidence_id, recorded_at FROM transitions ORDER BY seq")
        self.transitions = len(rows)
        if [row[0] for row in rows] != list(range(1, len(rows) + 1)):
            self.violations.append(f"transitions.seq is not 1…{len(rows)}: it ends at {rows[-1][0]}")
        self._complain("recorded_at steps back at seq", [b[0] for a, b in zip(rows, rows[1:]) if str(b[2]) < str(a[2])])
        proofs = {f"callback:{row[0]}" for row in query("SELECT id FROM callbacks")}
        proofs |= {f"poll:{row[0]}" for row in query("SELECT id FROM polls")}
        self._complain("transitions whose evidence is missing",
                       [row[0] for row in rows if row[1] not in proofs and not row[1].startswith("operator:")])

    def _payments(self, load, query):
        payments = defaultdict(list)
        for payment, account, state, balance, amount in query("SELECT payment_id, account, state, balance_minor, amount_minor FROM payments"):
            payments[payment].append((account, state, balance or 0, amount))
        moved = {payment: int(sum or 0) for payment, sum in query("SELECT payment_id, sum(moved_minor) FROM transitions GROUP BY payment_id")}
        operations = defaultdict(list)
        for payment, operation in query("SELECT payment_id, operation_id FROM operations"):
            operations[payment].append(operation)
        told = defaultdict(list)
        for callback in load.callbacks:
            told[callback.story.payment].append(callback)
        wrong, uneven, many = [], [], []
        for story in load.stories.values():
            callbacks = told[story.payment]
            if len(callbacks) < len(story.steps) or not all(c.acknowledged for c in callbacks):
                continue  # complained about already
            if payments[story.payment] != [(story.account, story.state, story.balance, story.amount)]:
                wrong.append(f"{story.payment} ({story.kind}): {payments[story.payment]}, "
                             f"not {story.state} with {story.balance} of {story.amount}")
            if moved.get(story.payment, 0) != story.balance:
                uneven.append(f"{story.payment}: {moved.get(story.payment)}, not {story.balance}")
            expected = sorted(str(operation["id"]) for operation in story.steps[-1][1])
            if sorted(operations[story.payment]) != expected:
                many.append(f"{story.payment}: {operations[story.payment]}, not {expected}")
        self._complain("payments that are not as their callbacks say", wrong)
        self._complain("payments whose transitions do not add up to their balance", uneven)
        self._complain("payments with missing or repeated operations", many)
