"""Tokens, as OAuth 2.0 has them, and client certificates."""

from __future__ import annotations

from typing import Final

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from takedowns.api.oauth import GRANT
from takedowns.api.serializers.fields import Form

_OF_ID: Final = (
    "The key's prefix: the middle part of tkd_<prefix>_<secret>. Left out where it goes as HTTP Basic."
)
_OF_OTHER_PART: Final = "The key's secret, or its whole text. Left out where it goes as HTTP Basic."


class _OfClient(serializers.Serializer[object]):
    # What a form holds besides is not an error (RFC 6749, section 3.2).
    client_id = serializers.CharField(required=False, help_text=_OF_ID)
    client_secret = serializers.CharField(required=False, help_text=_OF_OTHER_PART)


class TokenAsked(_OfClient):
    """What a token is asked for."""

    grant_type = serializers.ChoiceField([GRANT])
    scope = serializers.CharField(
        required=False, help_text="Scopes, separated by blanks; all that the key can give where left out."
    )


class TokenGiven(serializers.Serializer[object]):
    """A token. Send it as a key is sent."""

    access_token = serializers.CharField(help_text="tka_<secret>")
    token_type = serializers.ChoiceField(["Bearer"])
    expires_in = serializers.IntegerField(help_text="Seconds.")
    scope = serializers.CharField(help_text="What it may do, separated by blanks.")


class RevocationAsked(_OfClient):
    """Which token is to end."""

    token = serializers.CharField()
    token_type_hint = serializers.CharField(
        required=False, help_text="access_token; nothing else is given out."
    )


class OAuthError(serializers.Serializer[object]):
    """An error as RFC 6749, section 5.2 has it."""

    error = serializers.ChoiceField(
        [
            "invalid_request",
            "invalid_client",
            "invalid_scope",
            "unsupported_grant_type",
            "unsupported_token_type",
            "temporarily_unavailable",
        ]
    )
    error_description = serializers.CharField(required=False, help_text="What is wrong, and what to do.")


class CertificateSeen(serializers.Serializer[object]):
    """What the server sees of a client certificate."""

    certificate = inline_serializer(
        "CertificateArrived",
        {
            "sha256": serializers.CharField(help_text="Fingerprint (SHA-256), as keys are bound to it."),
            "x5t#S256": serializers.CharField(help_text="The same in base64url (RFC 8705)."),
        },
        allow_null=True,
    )
    ask_at = serializers.CharField(
        allow_null=True,
        help_text="The address at which certificates are asked for; null where there is none.",
    )


class CertificatesBound(Form):
    """Fingerprints of client certificates, in the place of those the key is bound to."""

    certificates = serializers.ListField(
        child=serializers.CharField(max_length=200),
        min_length=1,
        max_length=20,
        help_text="SHA-256, hexadecimal; colons may stand between. The certificate of this call must be among them.",
    )


class CertificatesKept(serializers.Serializer[object]):
    """What the key is bound to now."""

    certificates = serializers.ListField(child=serializers.CharField())
