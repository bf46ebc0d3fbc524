"""Backing an installation up while it runs, and restoring it elsewhere.

A **backup** is a folder of its own with three files: ``database.dump`` (of pg_dump, in its custom format), ``manifest.json``
(what there is, with digests, and the ledger's last signed head), and ``backup.json``, which is written last and says what the
others come to. Files that people handed in and attached stand beside, once for all backups: ``files/ab/abcd…``, named by their
SHA-256. With recipients, all but ``backup.json`` is encrypted in age's format, and named ``….age``. The same in one stream of
tar, ``backup.json`` last, is what a command gets.
"""
