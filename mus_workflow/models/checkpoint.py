"""Checkpoints: what every chain ended with at one moment, in one hash that is kept outside too."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _


class CheckpointQuerySet(models.QuerySet["Checkpoint"]):
    """Checkpoints by number and by where they have arrived."""

    def newest(self) -> Checkpoint | None:
        """The last one made; None before the first."""
        return self.order_by("-number").first()

    def before(self, number: int) -> Checkpoint | None:
        """The one that the checkpoint with this number follows."""
        return self.filter(number__lt=number).order_by("-number").first()

    def not_arrived_at(self, sink: str) -> CheckpointQuerySet:
        """Those that this sink has not taken yet, the newest first."""
        arrived = Delivery.objects.filter(checkpoint=OuterRef("pk"), sink=sink, problem="")
        return self.filter(~Exists(arrived)).order_by("-number")


class ChainHeadQuerySet(models.QuerySet["ChainHead"]):
    """Heads of chains."""

    def last_of_each(self) -> ChainHeadQuerySet:
        """The head of every chain at the newest checkpoint, in the order of the chains' ids."""
        later = ChainHead.objects.filter(chain=OuterRef("chain"), checkpoint__gt=OuterRef("checkpoint"))
        return self.filter(~Exists(later)).order_by("chain")


class Checkpoint(models.Model):
    """The Merkle root over the heads of all chains, and over the readings since the one before; signed.

    ``note`` is the signed note (C2SP) as it was exported. Written once. The key is the number: a second checkpoint
    with the same number is refused by the database, whatever else it says.
    """

    number = models.PositiveIntegerField(unique=True)
    made_at = models.DateTimeField()
    chains = models.PositiveIntegerField(help_text="Leaves of the tree.")
    entries = models.PositiveBigIntegerField(help_text="Ledger entries that the heads cover.")
    root = models.BinaryField()
    readings = models.PositiveIntegerField()
    readings_root = models.BinaryField()
    readings_until = models.DateTimeField(help_text="Readings before this moment, and after the last checkpoint's.")
    note = models.TextField()

    objects = CheckpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{_('checkpoint')} {self.number}"


class ChainHead(models.Model):
    """A chain that had grown since the checkpoint before: its last entry then. Written once."""

    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="heads")
    chain = models.UUIDField()
    n = models.PositiveIntegerField()
    hash = models.BinaryField()

    objects = ChainHeadQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "checkpoint"], name="mus_chain_head_once")]

    def __str__(self) -> str:
        return f"{str(self.chain)[:8]} entry {self.n}"


class Delivery(models.Model):
    """One attempt to put a checkpoint outside. ``problem`` is empty when it arrived; it never quotes an answer."""

    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="deliveries")
    sink = models.CharField(max_length=200)
    tried_at = models.DateTimeField()
    problem = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-tried_at"]

    def __str__(self) -> str:
        return f"{self.checkpoint_id} → {self.sink}"
