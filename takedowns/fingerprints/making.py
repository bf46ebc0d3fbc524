"""Making the fingerprints of pictures that have none: in the worker, each picture in a limited process, each content once."""

from __future__ import annotations

import logging
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

import orjson
from django.conf import settings

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.evidence import store
from takedowns.evidence.models import PICTURES, Evidence
from takedowns.fingerprints import isolated_pdq
from takedowns.fingerprints.models import Fingerprint
from takedowns.installation.switches import Way, is_on
from takedowns.readers import isolated_calamine

log = logging.getLogger(__name__)

#: So many pieces of evidence are taken at a time; the next minute takes the next.
AT_A_TIME: Final = 200
#: Seconds on the clock for one picture.
PATIENCE_S: Final = 60


class Made(NamedTuple):
    """What was computed of one content; empty where it could not be read."""

    md5: str = ""
    pdq: str = ""
    quality: int = 0


def are_made() -> bool:
    """Tell whether the installation makes fingerprints, and has the library for it."""
    return is_on(Way.HASHES) and find_spec("pdqhash") is not None


def make_missing() -> int:
    """Make the fingerprints of pictures that have none, the oldest first; return how many.

    Two statements and one more for what is known already, however many. A picture that cannot be read gets an empty one: it is
    not tried again, and is like no other but itself.
    """
    if not are_made():
        return 0
    with acting_as(SYSTEM):
        wanted = list(
            Evidence.objects.filter(media_type__in=PICTURES, withdrawal=None, fingerprint=None).values_list(
                "pk", "sha256", "referral_id", "referral__operation_id"
            )[:AT_A_TIME]
        )
        digests = {sha256 for _pk, sha256, *_rest in wanted}
        of_known = Fingerprint.objects.filter(sha256__in=digests)
        known = {one.sha256: Made(one.md5, one.pdq, one.quality) for one in of_known}
    for sha256 in digests - known.keys():
        known[sha256] = _of_file(sha256)
    with acting_as(SYSTEM):
        Fingerprint.objects.bulk_create(
            [
                Fingerprint(
                    evidence_id=pk,
                    operation_id=operation_id,
                    referral_id=referral_id,
                    sha256=sha256,
                    **known[sha256]._asdict(),
                )
                for pk, sha256, referral_id, operation_id in wanted
            ],
            ignore_conflicts=True,
        )
    return len(wanted)


def compute(content: bytes) -> Made:
    """Return the fingerprint of a picture, computed by a process of its own; an empty one where that gives none."""
    try:
        done = subprocess.run(
            [
                sys.executable,
                "-I",
                str(Path(isolated_pdq.__file__)),
                str(Path(isolated_calamine.__file__)),
                str(settings.EVIDENCE_MAX_PIXELS),
            ],
            input=content,
            capture_output=True,
            env={"OPENBLAS_NUM_THREADS": "1"},  # the process may start no threads
            timeout=PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Made()
    return Made(**orjson.loads(done.stdout)) if done.returncode == 0 else Made()


def _of_file(sha256: str) -> Made:
    try:
        with store.open_whole(sha256) as file:
            made = compute(file.read())
    except store.DamagedError:
        log.error("A picture is missing or damaged and has no fingerprint: %s.", sha256)  # noqa: TRY400 - where, says nothing
        return Made()
    if not made.pdq:
        log.warning("No fingerprint could be made of the picture %s.", sha256)
    return made
