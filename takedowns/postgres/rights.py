"""What each part of the application may do to each table: one list, with the reason for each line.

A letter stands for a right: S(elect), I(nsert), U(pdate), D(elete). Whatever the list says, nothing changes what is append-only, nor writes
what triggers alone write (``grants.py``). ``tests/postgres/test_parts.py`` compares the list with the models and with what the server says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_EVERYTHING: Final = "SIUD"


@dataclass(frozen=True)
class Rights:
    """What the parts may do to some tables, and why no more than that."""

    why: str
    tables: str
    web: str = ""
    api: str = ""
    sign_in: str = ""
    worker: str = ""

    def of(self, part: str) -> str:
        """Return the letters of one part."""
        return str(getattr(self, part))


RIGHTS: Final = (
    Rights(
        "Who is signed in, and who tried: read where people sign in. The worker deletes what has ended; a page counts it, without keys.",
        "django_session accounts_cache",
        web="S",
        sign_in=_EVERYTHING,
        worker="SD",
    ),
    Rights(
        "Second factors, addresses that sign in, accounts at a provider: of signing in alone.",
        "mfa_authenticator account_emailaddress account_emailconfirmation socialaccount_socialapp socialaccount_socialaccount"
        " socialaccount_socialtoken",
        sign_in=_EVERYTHING,
    ),
    Rights(
        "People are made, and switched off, where they sign in. Elsewhere they have names, and a row can be locked (ONLY_UPDATED).",
        "directory_user",
        web="SU",
        api="S",
        sign_in="SIU",
        worker="SU",
    ),
    Rights(
        "Who may do what is changed on the pages of people, which are those of signing in: no other page makes an administrator.",
        "directory_membership",
        web="S",
        api="S",
        sign_in=_EVERYTHING,
        worker="S",
    ),
    Rights(
        "Invitations are made and accepted where accounts are; the worker deletes what nobody needs any more.",
        "accounts_invitation",
        web="S",
        sign_in="SIU",
        worker="SD",
    ),
    Rights(
        "What one administrator asked of another: asked and decided where accounts are; the start page counts what waits.",
        "accounts_accountrequest",
        web="S",
        sign_in="SIU",
        worker="S",
    ),
    Rights("What happened to accounts.", "accounts_accountevent", web="SI", sign_in="SI", worker="SI"),
    Rights(
        "Keys are made and ended on pages, and take their successor's place by the API. A key is checked by takedowns_key_of. When it was used is noted.",
        "directory_apikey",
        web="SIU",
        api="SIU",
        sign_in="SU",
        worker="S",
    ),
    Rights(
        "What happened to keys, agencies and platforms; a program that rotates its key is part of that.",
        "directory_directorychange",
        web="SI",
        api="SI",
        sign_in="S",
        worker="S",
    ),
    Rights(
        "Links that were mailed, and the codes that let somebody in by them: that, too, is signing in. Dispatch and worker make links.",
        "sending_answerlink sending_answerlinkuse",
        web="SIU",
        api="S",
        sign_in="SIU",
        worker=_EVERYTHING,
    ),
    Rights("The digests of those codes.", "sending_answercode", web="S", sign_in=_EVERYTHING, worker="SD"),
    Rights("Who looked: written with each page and call.", "access_log_look", *["SI"] * 4),
    Rights(
        "The sealed record: entries are written by triggers, seals and heads by the worker; pages prove with them.",
        "ledger_entry ledger_seal ledger_salts ledger_head ledger_timestamp ledger_countersignature ledger_receiver ledger_signingkey",
        web="S",
        api="S",
        sign_in="S",
        worker=_EVERYTHING,
    ),
    Rights(
        "What other installations send us as their witness, on a page; the worker tells of forks.",
        "ledger_witnessedhead ledger_fork",
        web="SI",
        sign_in="S",
        worker="SIU",
    ),
    Rights(
        "What readers of the log have made of it: a wrong figure is nothing that a page could write.",
        "figures_standing figures_reached figures_taken figures_cursor notices_notice notices_noticecursor fingerprints_fingerprint"
        " webhooks_tolddue verification_probelane notices_alertmailed",
        web="S",
        api="S",
        sign_in="S",
        worker=_EVERYTHING,
    ),
    Rights(
        "How webhooks were tried: by the worker alone; they go with their endpoint.",
        "webhooks_try",
        web="SD",
        api="SD",
        sign_in="S",
        worker=_EVERYTHING,
    ),
    Rights(
        "Jobs are queued with what they are about; only the page of jobs has one tried again, only the worker does them.",
        "procrastinate_jobs procrastinate_events",
        web="SIU",
        api="SI",
        sign_in="SI",
        worker=_EVERYTHING,
    ),
    Rights(
        "How workers and their jobs fare.",
        "procrastinate_workers procrastinate_periodic_defers operating_jobfailure",
        web="S",
        worker=_EVERYTHING,
    ),
    Rights(
        "Which installation this is, its backups, its log's epochs: written by commands, which connect as the application.",
        "installation_installation installation_logepoch operating_backup django_migrations",
        *["S"] * 4,
    ),
    Rights("Only the demo's command.", "demo_step"),
    Rights("The keys that who asks is signed with: nobody.", "access_contextkey"),
    Rights(
        "Of Django: what models there are, and groups that we do not use.",
        "django_content_type auth_permission auth_group auth_group_permissions directory_user_groups directory_user_user_permissions",
        *["S"] * 4,
    ),
    Rights(
        "What the admin site writes about itself; what is held about somebody counts it.",
        "django_admin_log",
        web="SI",
        sign_in="S",
    ),
    Rights(
        "Calls that are counted, and answers that are given again.",
        "api_usage api_keptanswer",
        web="S",
        api=_EVERYTHING,
        sign_in="SIU",
        worker="SD",
    ),
    Rights(
        "What programs get for their keys: given out and revoked where one signs in. The API checks it by takedowns_key_of_token.",
        "api_accesstoken",
        web="S",
        api="S",
        sign_in="SIU",
        worker="SD",
    ),
    Rights(
        "What they said: pages and programs are told what is on hold there, pages answer, the worker asks.",
        "deconfliction_answer",
        web=_EVERYTHING,
        api="S",
        sign_in="S",
        worker=_EVERYTHING,
    ),
    Rights(
        "The secrets of pairs, sealed: made and used on pages, which also answer partners; the worker asks with them.",
        "deconfliction_pairkey",
        web=_EVERYTHING,
        sign_in="S",
        worker=_EVERYTHING,
    ),
    Rights(
        "What other installations asked and were asked.",
        "deconfliction_exchange",
        web="SI",
        sign_in="S",
        worker="SID",
    ),
    Rights(
        "What colleagues say on pages about referrals, and whom they mention; it goes by night.",
        "comments_comment comments_mention",
        web="SIU",
        sign_in="S",
        worker=_EVERYTHING,
    ),
    Rights(
        "For how long a court wants content preserved: recorded on pages.",
        "orders_preservation",
        web="SI",
        api="S",
        sign_in="S",
        worker="SID",
    ),
    Rights(
        "What was asked of others' items: counted where it is asked.",
        "search_asked",
        web="SIU",
        api="SIU",
        sign_in="S",
        worker=_EVERYTHING,
    ),
    Rights(
        "What the scanner for malware said: the worker asks it. Whoever attaches the same bytes again adds what was found in them.",
        "evidence_evidencescan",
        web="SI",
        api="SI",
        sign_in="S",
        worker="SIU",
    ),
    Rights(
        "Set up by people on pages; programs and the worker read it. Nothing of it is deleted.",
        "directory_agency directory_provider directory_platform referrals_operation reminders_ladder reminders_recipients verification_schedule"
        " hosting_hostingservice orders_issuingauthority wallboard_walllink",
        web="SIU",
        api="S",
        sign_in="S",
        worker="S",
    ),
    Rights(
        "The same, and a row goes when it is taken back.",
        "directory_platformhost directory_listedgroup directory_listedgroupname referrals_operation_platforms exchange_marking search_savedview",
        web=_EVERYTHING,
        api="S",
        sign_in="S",
        worker="S",
    ),
    Rights(
        "Which agencies take part: a row is put in or goes.",
        "referrals_operation_agencies",
        web="SID",
        api="S",
        sign_in="S",
        worker="S",
    ),
    Rights(
        "What was done or said on pages, and is never changed.",
        "referrals_operationchange orders_priornotice notices_message notices_messageend figures_publication figures_publishedfile"
        " statements_reconciliation",
        web="SI",
        api="S",
        sign_in="S",
        worker="S",
    ),
    Rights(
        "What people did on pages, and may take back, put away or go on with.",
        "notices_messageseen notices_alertchoice holds_override",
        web="SIU",
        api="S",
        sign_in="S",
        worker="S",
    ),
    Rights(
        "What is changed of many at once: asked for on pages, done there or by the worker, portion by portion.",
        "search_bulkchange search_longchange search_portion",
        web="SIU",
        api="S",
        sign_in="S",
        worker="SIU",
    ),
    Rights(
        "Who has what on the screen, for some minutes.",
        "review_lease",
        web=_EVERYTHING,
        sign_in="S",
        worker="S",
    ),
    Rights(
        "Set up on pages; the worker locks, takes steps, notes what it told and what it was told, and raises alarms.",
        "orders_addressee reminders_reminder notices_attention oversight_alarm deconfliction_partner",
        web="SIU",
        api="S",
        sign_in="S",
        worker="SIU",
    ),
    Rights(
        "What registries say of hosts: asked by the worker, for a month.",
        "hosting_abusecontact",
        web="S",
        sign_in="S",
        worker=_EVERYTHING,
    ),
    Rights(
        "Answers that were brought and not confirmed: on pages; what nobody confirmed goes by night.",
        "answers_batch answers_batchrow",
        web=_EVERYTHING,
        sign_in="S",
        worker=_EVERYTHING,
    ),
    Rights(
        "What is kept from retention, and given outside: decided by people on pages. None goes.",
        "rights_legalhold rights_disclosure",
        web="SIU",
        api="S",
        sign_in="S",
        worker="S",
    ),
    Rights(
        "Who is forgotten: asked and agreed where accounts are, carried out by night.",
        "rights_pseudonym",
        web="S",
        api="S",
        sign_in=_EVERYTHING,
        worker=_EVERYTHING,
    ),
    Rights(
        "The work itself, by pages and by programs: the policies of each table say which rows. Nothing of it is deleted.",
        "referrals_item referrals_referral referrals_coreferral orders_removalorder statements_statement intake_progress",
        web="SIU",
        api="SIU",
        sign_in="S",
        worker="SIU",
    ),
    Rights(
        "What is added to it, and never changed.",
        "referrals_outlet referrals_cell referrals_event verification_check fingerprints_givenhash",
        web="SI",
        api="SI",
        sign_in="S",
        worker="SI",
    ),
    Rights(
        "That one item followed another: found by looking, and taken back on a page.",
        "verification_succession",
        web="SID",
        api="SI",
        sign_in="S",
        worker="SI",
    ),
    Rights(
        "Files of evidence: attached, opened and taken back by people and programs, never by the worker.",
        "evidence_evidence evidence_evidenceaccess evidence_evidencewithdrawal holds_helditem",
        web="SI",
        api="SI",
        sign_in="S",
        worker="S",
    ),
    Rights(
        "Holds, complaints, duties, a platform's own totals: people and programs say them, and the worker reads.",
        "holds_hold complaints_complaint duties_duty figures_selfreport",
        web="SIU",
        api="SIU",
        sign_in="S",
        worker="S",
    ),
    Rights(
        "What goes to platforms: sent from pages, and by the worker, which tries again.",
        "sending_dispatch sending_handoff sending_sending",
        web="SIU",
        api="S",
        sign_in="S",
        worker="SIU",
    ),
    Rights(
        "Lists as they were submitted; a draft is discarded.",
        "intake_submission intake_repair",
        web=_EVERYTHING,
        api=_EVERYTHING,
        sign_in="S",
        worker=_EVERYTHING,
    ),
    Rights(
        "What became of their rows: put in again where a row was put right, never changed.",
        "intake_submissionrow",
        web="SID",
        api="SID",
        sign_in="S",
        worker="SID",
    ),
    Rights(
        "Addresses of webhooks and what goes there: made, tried again and removed with their endpoint by people and programs.",
        "webhooks_endpoint webhooks_delivery",
        web=_EVERYTHING,
        api=_EVERYTHING,
        sign_in="S",
        worker=_EVERYTHING,
    ),
)


def letters(part: str, table: str) -> str:
    """Return what a part may do to a table; nothing where the list does not name it."""
    return next((one.of(part) for one in RIGHTS if table in one.tables.split()), "")
