"""Files that people hand in: under their name whole or not at all, also where the disk is full."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any, Final

from django.core.files import File
from django.core.files.storage import FileSystemStorage

_INCOMING: Final = "incoming"


class WholeFiles(FileSystemStorage):
    """Writes a file beside the others, flushes it to the disk, and then gives it its name."""

    def _save(self, name: str, content: File[Any]) -> str:
        folder = Path(self.location) / _INCOMING
        for one in (folder.parent, folder):  # "parents" would leave those above open to everybody
            one.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            path = Path(file.name)
            try:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
                return str(super()._save(name, _Written(file.file, path)))  # type: ignore[misc] # not in the stubs
            finally:
                path.unlink(missing_ok=True)


class _Written(File):  # type: ignore[type-arg] # not subscriptable when it runs
    """A file that is on the disk already: Django's storage renames it."""

    def __init__(self, file: Any, path: Path) -> None:
        super().__init__(file)
        self._path = path

    def temporary_file_path(self) -> str:
        return str(self._path)
