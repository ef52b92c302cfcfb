"""A certificate to look at, and the file of a program that checks it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from mus_workflow.actions.make_checkpoint import make_checkpoint
from mus_workflow.actions.sign_agreement import sign_agreement
from mus_workflow.conf import app_settings, checkpoint_name
from mus_workflow.exports.certificate import Certificate, certificate_of
from mus_workflow.models import Checkpoint, Dialogue, Presentation
from mus_workflow.sealing import SigningKey
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue
from tests.plumbing.clock import NOW


@pytest.fixture
def cast(module_cast: Cast) -> Cast:
    """The cast of the module: what a test does is rolled back."""
    return module_cast


@pytest.fixture(scope="module")
def signed_dialogue(module_cast: Cast) -> Dialogue:
    """An agreement that both have signed, the employee with a remark, and a checkpoint of the night after."""
    made = make_dialogue(module_cast, Stage.SIGN_OFF, at=NOW - timedelta(days=3))
    sha256 = made.agreement.presentations.get().document_sha256
    for party, remark in ((module_cast.employee, "Vi mangler at tale om løn."), (module_cast.manager, "")):
        sign_agreement(
            dialogue_id=made.pk,
            document_sha256=sha256,
            remark=remark,
            auth_method="password",
            by=party,
            at=NOW - timedelta(days=2),
        )
    checkpoint(NOW - timedelta(days=1))
    return Dialogue.objects.get(pk=made.pk)


def checkpoint(at) -> Checkpoint:
    """Make one, by the key of the tests."""
    return make_checkpoint(key=SigningKey(app_settings.CHECKPOINT_KEY), name=checkpoint_name(), at=at)


@pytest.fixture(scope="module")
def certificate(signed_dialogue: Dialogue) -> Certificate:
    """Its certificate."""
    return certificate_of(Presentation.objects.get(agreement__dialogue=signed_dialogue), at=NOW)


@pytest.fixture(scope="module")
def pdf(certificate: Certificate) -> bytes:
    """As a file."""
    return certificate.pdf()


@pytest.fixture(scope="session")
def program() -> Path:
    """The verifier, a file of its own."""
    return Path(__file__).parents[3] / "mus_workflow" / "evidence" / "verify_certificate.py"
