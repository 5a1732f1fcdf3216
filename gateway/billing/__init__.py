"""From a visit to the claim it would make, and from claims to batches."""

from gateway.billing.batches import plan
from gateway.billing.draft import Draft, DraftLine, draft
from gateway.billing.finish import finish

__all__ = ["Draft", "DraftLine", "draft", "finish", "plan"]
