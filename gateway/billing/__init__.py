"""From a visit to the claim it would make, and from claims to batches."""

from gateway.billing.batches import plan
from gateway.billing.draft import Draft, DraftLine, draft
from gateway.billing.finish import finish
from gateway.billing.other_coverage import OtherCoverage, other_coverages

__all__ = ["Draft", "DraftLine", "OtherCoverage", "draft", "finish", "other_coverages", "plan"]
