"""Evidence of an agency's: attached, listed, read, taken back. No platform and no other agency learns of it."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from takedowns.access_log.declaring import Opens, Shown
from takedowns.access_log.vocabulary import What
from takedowns.api import parsers
from takedowns.api.acting import IF_MATCH, NAME, ActView
from takedowns.api.problems import Problem
from takedowns.api.serializers.evidence import EvidenceAsked, EvidenceList, EvidenceShown, EvidenceTakenBack
from takedowns.api.shown import evidence_shown
from takedowns.directory.models import Scope
from takedowns.evidence.models import Evidence, EvidenceAccess
from takedowns.evidence.queries import WITH_PEOPLE
from takedowns.evidence.services import (
    Brought,
    KeptAwayError,
    NotYoursError,
    TakenBackError,
    attach,
    download_name,
    open_evidence,
)
from takedowns.evidence.store import DamagedError
from takedowns.evidence.withdrawal import WithdrawalError, withdraw
from takedowns.referrals.models import Referral

_TAG: Final = ["Evidence"]


class _OfEvidence(ActView):
    """What addresses of evidence share."""

    opens = Opens(What.EVIDENCE, "id")

    def one(self, evidence_id: UUID) -> Evidence:
        """Return a piece of the agency's.

        Raises:
            Problem: ``not-found``.
        """
        visible = Evidence.objects.visible_to(self.caller.actor).select_related(*WITH_PEOPLE)
        found = visible.filter(pk=evidence_id).first()
        if found is None:
            raise Problem("not-found", "Your agency attached no such evidence.")
        return found


class ReferralEvidence(_OfEvidence):
    """What is attached to a referral."""

    scope = {"GET": Scope.EVIDENCE_READ, "POST": Scope.EVIDENCE_WRITE}
    parameters = {"POST": EvidenceAsked}
    parser_classes = parsers.EVIDENCE
    max_body = settings.EVIDENCE_MAX_BYTES

    @extend_schema(
        operation_id="list_evidence",
        tags=_TAG,
        summary="List a referral's evidence",
        parameters=[NAME],
        responses=EvidenceList,
        description="What your agency attached, in the order it came. What others attached is told to their agencies alone.",
    )
    def get(self, request: Request, name: str) -> Response:  # noqa: ARG002
        """Return it."""
        referral_id = self.named(name)
        visible = Evidence.objects.visible_to(self.caller.actor).filter(referral=referral_id)
        found = list(visible.select_related(*WITH_PEOPLE))
        self.saw = Shown(tuple(str(one.pk) for one in found))
        return Response({"referral_id": referral_id, "evidence": [evidence_shown(one) for one in found]})

    @extend_schema(
        operation_id="attach_evidence",
        tags=_TAG,
        summary="Attach a file to a referral",
        parameters=[NAME, IF_MATCH, EvidenceAsked],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={201: EvidenceShown, 200: EvidenceShown},
        description="The body is the file: PNG, JPEG, WebP, PDF, MP4, plain text (UTF-8) or WARC. Its content counts, not its name or the media type under which it comes. 200: your agency had"
        " attached the same file before, and nothing was changed.",
    )
    def post(self, request: Request, name: str) -> Response:
        """Keep it with the referral."""
        asked, referral_id = self.asked, self.referral(name)
        sent: Any = request.data
        with self.acting(asked) as actor:
            referral = Referral.objects.select_related("operation").get(pk=referral_id)
            try:
                done = attach(
                    [Brought(asked["filename"], sent)], referral, by=actor, note=asked.get("note", "")
                )
            except NotYoursError:
                raise Problem(
                    "forbidden", "Attaching evidence is for the agencies that work on the referral."
                ) from None
        for refused in done.refused:
            errors = [{"pointer": "#", "code": "not_taken", "detail": refused.message}]
            raise Problem("invalid-body", f"{refused.name}: {refused.message}", errors=errors)
        [made] = done.evidence.values()
        location = {"Location": f"/api/v1/evidence/{made}"}
        return Response(evidence_shown(self.one(made)), 200 if done.repeated else 201, headers=location)


class OneEvidence(_OfEvidence):
    """One piece."""

    scope = Scope.EVIDENCE_READ

    @extend_schema(
        operation_id="get_evidence",
        tags=_TAG,
        summary="Read what is known of a file",
        responses=EvidenceShown,
    )
    def get(self, request: Request, evidence_id: UUID) -> Response:  # noqa: ARG002
        """Return it."""
        return Response(evidence_shown(self.one(evidence_id)))


class EvidenceFile(_OfEvidence):
    """The file itself."""

    scope = Scope.EVIDENCE_READ

    @extend_schema(
        operation_id="get_evidence_file",
        tags=_TAG,
        summary="Download a file",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        description="Byte for byte as it came, compared with its digest first. That your agency's key opened it is recorded with the evidence. What was taken"
        " back, and that in which malware was found, is given to no key (403).",
    )
    def get(self, request: Request, evidence_id: UUID) -> Response | FileResponse:  # noqa: ARG002
        """Return it."""
        one = self.one(evidence_id)
        self.saw = Shown((str(one.pk),))
        try:
            file = open_evidence(one, EvidenceAccess.Action.DOWNLOADED, by=self.caller.actor)
        except KeptAwayError:
            raise Problem(
                "forbidden", "Malware was found in this file (see `scan`); it is kept, and given to nobody."
            ) from None
        except TakenBackError:
            raise Problem(
                "forbidden", "This file was taken back; auditors and administrators open it, on its page."
            ) from None
        except DamagedError:
            # Not raised: that would take back the record of what was found.
            return Problem("damaged").as_response()
        return FileResponse(
            file,
            as_attachment=True,
            filename=download_name(one),
            content_type="application/octet-stream",
            headers={"Content-Security-Policy": "default-src 'none'; sandbox"},
        )


class EvidenceWithdrawn(_OfEvidence):
    """The taking back of a file."""

    scope = Scope.EVIDENCE_WRITE

    @extend_schema(
        operation_id="take_evidence_back",
        tags=_TAG,
        summary="Take back a file that was attached by mistake",
        request=EvidenceTakenBack,
        responses=EvidenceShown,
        description="For good: its entry stays, with the reason; auditors and administrators alone open the file.",
    )
    def post(self, request: Request, evidence_id: UUID) -> Response:  # noqa: ARG002
        """Take it back."""
        given = self.body(EvidenceTakenBack)
        one = self.one(evidence_id)
        with self.acting(given) as actor:
            try:
                withdraw(one, reason=given["reason"], by=actor)
            except WithdrawalError as error:
                raise Problem("conflict", str(error), code="taken_back") from None
        return Response(evidence_shown(self.one(evidence_id)))
