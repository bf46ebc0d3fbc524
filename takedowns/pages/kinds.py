"""Kinds of items as words, and for choosing."""

from __future__ import annotations

from typing import Final

from django.utils.text import capfirst
from django.utils.translation import pgettext_lazy

from takedowns.identity import Kind

KIND_WORDS: Final = {
    Kind.ACCOUNT: pgettext_lazy("kind of item", "account"),
    Kind.ALBUM: pgettext_lazy("kind of item", "album"),
    Kind.APP: pgettext_lazy("kind of item", "app"),
    Kind.ARCHIVED_COPY: pgettext_lazy("kind of item", "archived copy"),
    Kind.AUDIO: pgettext_lazy("kind of item", "audio"),
    Kind.CHANNEL: pgettext_lazy("kind of item", "channel"),
    Kind.CLIP: pgettext_lazy("kind of item", "clip"),
    Kind.COMMENT: pgettext_lazy("kind of item", "comment"),
    Kind.DEVELOPER: pgettext_lazy("kind of item", "developer"),
    Kind.DOCUMENT: pgettext_lazy("kind of item", "document"),
    Kind.EVENT: pgettext_lazy("kind of item", "event"),
    Kind.FILE: pgettext_lazy("kind of item", "file"),
    Kind.FOLDER: pgettext_lazy("kind of item", "folder"),
    Kind.GROUP: pgettext_lazy("kind of item", "group"),
    Kind.HASHTAG: pgettext_lazy("kind of item", "hashtag"),
    Kind.LIST: pgettext_lazy("kind of item", "list"),
    Kind.LIVE: pgettext_lazy("kind of item", "live"),
    Kind.MESSAGE: pgettext_lazy("kind of item", "message"),
    Kind.OTHER: pgettext_lazy("kind of item", "other"),
    Kind.PAGE: pgettext_lazy("kind of item", "page"),
    Kind.PHOTO: pgettext_lazy("kind of item", "photo"),
    Kind.PLAYLIST: pgettext_lazy("kind of item", "playlist"),
    Kind.POST: pgettext_lazy("kind of item", "post"),
    Kind.SHORTLINK: pgettext_lazy("kind of item", "shortlink"),
    Kind.STICKER_SET: pgettext_lazy("kind of item", "sticker set"),
    Kind.STORY: pgettext_lazy("kind of item", "story"),
    Kind.VIDEO: pgettext_lazy("kind of item", "video"),
    Kind.UNKNOWN: pgettext_lazy("kind of item", "unknown"),
}


def kind_words(kind: str) -> str:
    """Return a kind as words; one of an officer's own as it was written."""
    known = KIND_WORDS.get(kind)  # type: ignore[call-overload]
    return str(known) if known else kind.replace("_", " ")


KINDS: Final = [(str(kind), capfirst(word)) for kind, word in KIND_WORDS.items()]
