"""Time stamps of signed heads, from an authority outside (RFC 3161): who holds the signing key cannot say that a head was there earlier.

What is stamped is the signed note as it stands, byte for byte: ``openssl ts -verify -data HEAD -in HEAD.tsr -CAfile CA`` checks it
without us.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cryptography.x509 import Certificate, load_der_x509_certificate, load_pem_x509_certificates
from django.conf import settings
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.installation.identity import is_copy
from takedowns.ledger import receivers
from takedowns.ledger.models import Head, TimeStamp
from takedowns.ledger.receivers import NotTakenError
from takedowns.outbound import Refused, Unreachable

NAME: Final = "time-stamp server"


def stamp_last() -> bool:
    """Let the last head be stamped, where that is wanted and due; tell whether it was. A failure is written down, not raised."""
    if not settings.LEDGER_TIMESTAMP_URL or is_copy():
        return False
    with acting_as(SYSTEM):
        head = Head.objects.order_by("-size").first()
        if head is None or TimeStamp.objects.filter(head=head).exists() or not receivers.is_due(NAME):
            return False
    try:
        made = _ask(head)
    except (NotTakenError, Refused, Unreachable) as error:
        with acting_as(SYSTEM):
            receivers.failed(NAME, str(error))
        return False
    with acting_as(SYSTEM):
        made.save(force_insert=True)
        receivers.took(NAME)
    return True


def authorities(path: str) -> list[Certificate]:
    """Read the certificates of a time-stamp authority.

    Raises:
        NotTakenError: there is no such file, or no certificate in it.
    """
    try:
        return load_pem_x509_certificates(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        raise NotTakenError(
            f"LEDGER_TIMESTAMP_CA: {path or 'nothing'} is no file of certificates."
        ) from error


def check(
    response: bytes, note: str, trusted: list[Certificate], nonce: int | None = None
) -> TimeStampResponse:
    """Return what an authority answered, once its signature, its certificate and the head that it stamps are right.

    The certificate must have been valid at the moment of the stamp; it may have ended since.

    Raises:
        NotTakenError: something of it is not right.
    """
    try:
        found = decode_timestamp_response(response)
        if found.status != PKIStatus.GRANTED:
            said = "; ".join(found.status_string)
            raise NotTakenError(
                f"The time-stamp server did not stamp it (status {found.status}) {said}".strip()
            )
        roots = [one for one in trusted if one.issuer == one.subject]
        others = [one for one in trusted if one.issuer != one.subject]
        VerifierBuilder(roots=roots, intermediates=others, nonce=nonce).build().verify_message(
            found, note.encode()
        )
    except (VerificationError, ValueError) as error:
        raise NotTakenError(f"The time stamp does not hold: {error}") from error
    return found


def name_of(response: TimeStampResponse) -> str:
    """Return who signed a checked stamp: the subject of the certificate that the signature names."""
    signer = next(iter(response.signed_data.signer_infos))
    for raw in response.signed_data.certificates:
        one = load_der_x509_certificate(raw)
        if (one.issuer, one.serial_number) == (signer.issuer, signer.serial_number):
            return one.subject.rfc4514_string()
    return ""


def last() -> TimeStamp | None:
    """Return the stamp of the largest head that has one. As the system."""
    return TimeStamp.objects.select_related("head").order_by("-head").first()


def _ask(head: Head) -> TimeStamp:
    trusted = authorities(settings.LEDGER_TIMESTAMP_CA)
    asked = TimestampRequestBuilder().data(head.note.encode()).hash_algorithm(HashAlgorithm.SHA256).build()
    answer = receivers.post(settings.LEDGER_TIMESTAMP_URL, "application/timestamp-query", asked.as_bytes())
    if answer.status != 200:
        raise NotTakenError(f"The time-stamp server answered {answer.status}.")
    found = check(answer.body, head.note, trusted, asked.nonce)
    return TimeStamp(
        head=head, response=answer.body, at=found.tst_info.gen_time, authority=name_of(found)[:300]
    )
