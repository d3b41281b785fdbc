"""True reasons for what a plan leaves out: the rules' own checks are asked about alternatives, nothing is guessed."""

from scheduler.solver.reasons.answer import insertable, reasons

__all__ = ["insertable", "reasons"]
