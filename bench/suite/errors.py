"""What can go wrong in a run."""


class BenchError(Exception):
    """Something did not start, did not answer or did not hold; the text says what and where."""


class VerificationError(BenchError):
    """A system acknowledged a reservation that it does not have, or sold a place twice."""
