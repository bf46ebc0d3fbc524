"""All settings, each from the environment with a safe default. docs/settings.md lists them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from environs import Env, validate

from takedowns.api.documented import REST_FRAMEWORK, SPECTACULAR_SETTINGS  # noqa: F401 - read by their names
from takedowns.installation.logs import logging_to_console
from takedowns.installation.places import var_dir
from takedowns.postgres.bootstrap import APPLICATION_ROLE, DATABASE, OWNER_ROLE, PART_ROLES
from takedowns.postgres.cluster import cluster_at

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = var_dir(BASE_DIR)

# -- safety --------------------------------------------------------------------------------------

DEFAULT_SECRET_KEY = "only-for-development-and-the-demo"  # noqa: S105 - refused below unless DEBUG
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", DEFAULT_SECRET_KEY)
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])

if not DEBUG:
    if SECRET_KEY == DEFAULT_SECRET_KEY or len(SECRET_KEY) < 32:
        raise ImproperlyConfigured(
            "SECRET_KEY is missing, the default or shorter than 32 characters. Set a long random one "
            "(or DEBUG=1 on a developer's machine)."
        )
    if not ALLOWED_HOSTS or any(host.startswith(("*", ".")) for host in ALLOWED_HOSTS):
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS must name each host this installation answers to, without wildcards "
            "(or DEBUG=1 on a developer's machine)."
        )

# -- database ------------------------------------------------------------------------------------

DATABASE_URL = env.str("DATABASE_URL", "")
DATABASE_OWNER_URL = env.str("DATABASE_OWNER_URL", "") or DATABASE_URL
# As whom the parts connect that have a role of their own (takedowns/postgres/parts.py); as DATABASE_URL says where there is none.
_PART_URLS = {
    "web": env.str("DATABASE_WEB_URL", ""),
    "api": env.str("DATABASE_API_URL", ""),
    "sign_in": env.str("DATABASE_SIGN_IN_URL", ""),
    "worker": env.str("DATABASE_WORKER_URL", ""),
}
# Connections a process keeps; 0 opens one per request.
DATABASE_POOL_SIZE = env.int("DATABASE_POOL_SIZE", 8)


def _contacts(name: str) -> list[str]:
    """Read where a fault of security is reported: addresses that RFC 9116 lets stand in security.txt."""
    said: list[str] = env.list(name, [])
    found = [one.strip() for one in said]
    if wrong := [one for one in found if not one.startswith(("https://", "mailto:", "tel:"))]:
        raise ImproperlyConfigured(f"{name}: {wrong[0]} must begin with https://, mailto: or tel:.")
    return found


def _hours(name: str) -> tuple[int, int] | None:
    """Read from which hour to which, such as 23-5; None where nothing is set."""
    if not (text := env.str(name, "")):
        return None
    first, _dash, last = text.partition("-")
    if not (
        first.isdigit() and last.isdigit() and int(first) < 24 and int(last) < 24 and int(first) != int(last)
    ):
        raise ImproperlyConfigured(f"{name} must read like 23-5: from which hour to which.")
    return int(first), int(last)


def _database(url: str, embedded_role: str) -> dict[str, Any]:
    """Return Django's settings for ``url``, or for the embedded server under ``var/`` where there is none."""
    database: dict[str, Any]
    if url:
        database = {**dj_database_url.parse(url)}
    else:
        folder = VAR_DIR / "postgres"
        database = {"NAME": DATABASE, "USER": embedded_role, "HOST": str(cluster_at(folder).socket_dir)}
        database["EMBEDDED"] = str(folder)
    return {**database, "ENGINE": "takedowns.postgres.backend", "OPTIONS": {**database.get("OPTIONS", {})}}


def _part(name: str, url: str) -> dict[str, Any]:
    """Return as whom a part of the application connects: where and to which database, DATABASE_URL says."""
    if not url:
        return {"USER": PART_ROLES[name]}
    if not DATABASE_URL:
        raise ImproperlyConfigured(
            f"DATABASE_{name.upper()}_URL needs DATABASE_URL, as whom commands connect."
        )
    read = dj_database_url.parse(url)
    return {"USER": read["USER"], "PASSWORD": read["PASSWORD"]}


# The application's role owns nothing and obeys row-level security; migrations use the owner's (principle 6).
DATABASES = {
    "default": _database(DATABASE_URL, APPLICATION_ROLE),
    "owner": _database(DATABASE_OWNER_URL, OWNER_ROLE),
}
# The embedded server has a role for each part; on one of the operator's those are used that were made and are named here.
DATABASE_PARTS = {name: _part(name, url) for name, url in _PART_URLS.items() if url or not DATABASE_URL}
# A server that is away is said to be within three seconds (takedowns.postgres.backend); DATABASE_URL may say otherwise.
DATABASES["default"]["OPTIONS"] = {
    "connect_timeout": 2,
    "tcp_user_timeout": 10_000,
    # A transaction of ours that does nothing holds back every reader of the log: the server ends it.
    "options": "-c idle_in_transaction_session_timeout=5min",
    **DATABASES["default"]["OPTIONS"],
}
if DATABASE_POOL_SIZE:
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": DATABASE_POOL_SIZE,
        "timeout": 20,
        "reconnect_timeout": 2,
    }
# Only `migrate` and the tests use the owner; nothing is routed there.
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- applications ----------------------------------------------------------------------------------

INSTALLED_APPS = [
    "takedowns.postgres",
    "takedowns.installation",
    "takedowns.access",
    "takedowns.retention",
    "takedowns.pages",
    "takedowns.access_log",
    "takedowns.directory",
    "takedowns.accounts",
    "takedowns.referrals",
    "takedowns.ledger",
    "takedowns.holds",
    "takedowns.evidence",
    "takedowns.fingerprints",
    "takedowns.deconfliction",
    "takedowns.comments",
    "takedowns.duties",
    "takedowns.review",
    "takedowns.answers",
    "takedowns.orders",
    "takedowns.complaints",
    "takedowns.statements",
    "takedowns.sending",
    "takedowns.reminders",
    "takedowns.verification",
    "takedowns.intake",
    "takedowns.webhooks",
    "takedowns.notices",
    "takedowns.figures",
    "takedowns.search",
    "takedowns.exchange",
    "takedowns.hosting",
    "takedowns.guide",
    "takedowns.wallboard",
    "takedowns.desk",
    "takedowns.operating",
    "takedowns.oversight",
    "takedowns.rights",
    "takedowns.web",
    "takedowns.api",
    "takedowns.demo",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "pgtrigger",
    "procrastinate.contrib.django",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "takedowns.access.request_ids.RequestIdMiddleware",
    "takedowns.api.middleware.ProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "takedowns.pages.headers.HeadersMiddleware",
    "takedowns.pages.directions.DirectionsMiddleware",
    # Who signed in is found out as the role that may read it; pages and calls are made as roles that may not.
    "takedowns.access.parts.SignInPartMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "takedowns.accounts.languages.LanguageMiddleware",
    "takedowns.pages.bodies.BodiesMiddleware",
    "takedowns.pages.well_formed.WellFormedMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "takedowns.accounts.middleware.IdleMiddleware",
    "takedowns.accounts.middleware.SecondFactorMiddleware",
    "takedowns.access.middleware.ActorMiddleware",
    # Within the transaction of the page: no page is given that is not recorded.
    "takedowns.access_log.middleware.AccessLogMiddleware",
    # Last, so that its own exceptions (sign in again first) are answers before they could count as failures.
    "allauth.account.middleware.AccountMiddleware",
]
PROCRASTINATE_ON_APP_READY = "takedowns.operating.failures.set_up"
ROOT_URLCONF = "takedowns.urls"
WSGI_APPLICATION = "takedowns.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            # {% url %} of our own, in every template: an address is put together once.
            "builtins": ["takedowns.pages.templatetags.addresses"],
        },
    },
]

# -- people and sessions ---------------------------------------------------------------------------

AUTH_USER_MODEL = "directory.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "web:sign-in"
LOGIN_REDIRECT_URL = "web:home"
LOGOUT_REDIRECT_URL = "web:sign-in"
SESSION_ENGINE = "takedowns.accounts.session_store"
SESSION_COOKIE_AGE = env.int("SESSION_SECONDS", 12 * 60 * 60)
# A session that nobody uses ends; a page that refreshes itself is not use.
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", 30 * 60)
# For a demo and for trials alone: 0 lets people in with a password only.
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", True)
# What opens accounts (roles, invitations, password links, cleared second factors) is approved by a second administrator, where there is one.
SECOND_ADMINISTRATOR = env.bool("SECOND_ADMINISTRATOR", True)

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "takedowns.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation went to the address
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_FORMS = {"login": "takedowns.accounts.forms.SignInForm"}
# Counted in the cache, which all processes share. A coordination room comes in at nine, all behind one address: what keeps
# guessing slow is what an account may fail, not how many people share a line.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "60/m/ip,5/5m/key",  # the key is account and address: accounts/adapters.py
    "reset_password": "60/m/ip,5/m/key",
    "reset_password_from_key": "300/m/ip",
    # Wrong secrets at the API's token endpoint, counted as failed sign-ins are; the key is client and address.
    "token_failed": "60/m/ip,5/5m/key",
}
CACHES = {"default": {"BACKEND": "takedowns.accounts.counts.CountsCache"}}

MFA_ADAPTER = "takedowns.accounts.adapters.MfaAdapter"
MFA_FORMS = {
    "add_webauthn": "takedowns.accounts.passkeys.AddPasskeyForm",
    "activate_totp": "takedowns.accounts.forms.ActivateForm",
}
# So many failed tries at one account within an hour, from whatever addresses: then a password alone is taken from familiar ones only.
SIGN_IN_MOST_FAILED = env.int("SIGN_IN_MOST_FAILED", 50, validate=validate.Range(min=5))
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Takedowns"

# Single sign-on by OpenID Connect, for people who were invited: all three, or none.
OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET = (
    env.str(name, "") for name in ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
)
OIDC_NAME = env.str("OIDC_NAME", "Single sign-on")
# Whether the provider sees to a second factor itself, so that none is asked for here.
OIDC_SECOND_FACTOR = env.bool("OIDC_SECOND_FACTOR", False)
# Whether who comes from the provider for the first time joins the account of the address that it verified.
OIDC_JOIN_BY_EMAIL = env.bool("OIDC_JOIN_BY_EMAIL", False)
# Issuers whose addresses count as verified where they send no "email_verified" (Entra ID, ADFS), separated by commas.
OIDC_TRUSTED_ISSUERS: list[str] = env.list("OIDC_TRUSTED_ISSUERS", [])
# Whether the provider is asked for the address once more; off for ADFS, whose userinfo has none: then it is read from the ID token.
OIDC_USERINFO = env.bool("OIDC_USERINFO", True)
SOCIALACCOUNT_ADAPTER = "takedowns.accounts.adapters.SocialAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "sso",
                "name": OIDC_NAME,
                "client_id": OIDC_CLIENT_ID,
                "secret": OIDC_CLIENT_SECRET,
                "settings": {"server_url": OIDC_ISSUER, "fetch_userinfo": OIDC_USERINFO},
            }
        ]
        if OIDC_ISSUER and OIDC_CLIENT_ID
        else [],
    }
}
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# Set HTTPS=0 only where a proxy on the same machine speaks plain HTTP to us and the network is not the internet.
HTTPS = env.bool("HTTPS", not DEBUG)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
if HTTPS:
    # A browser takes them from this host alone, over HTTPS: no neighbouring host can set or shadow them.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SECURE_SSL_REDIRECT = HTTPS
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# "same-origin" and not "no-referrer": with that a browser sends "Origin: null", which the CSRF check refuses.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.bool("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        # Chromium also holds redirects of a form to this, and single sign-on begins with one.
        "form-action": [
            "'self'",
            *(["{0.scheme}://{0.netloc}".format(urlsplit(OIDC_ISSUER))] if OIDC_ISSUER else []),
        ],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}

# -- language, time, files -------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("fr", "Français"),
    ("de", "Deutsch"),
    ("nl", "Nederlands"),
    ("es", "Español"),
    ("it", "Italiano"),
    ("pl", "Polski"),
]
LOCALE_PATHS = [BASE_DIR / "takedowns" / "locale"]  # compiled by `python -m takedowns.languages compile`
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
# Storage is UTC always; this is the zone that pages show and that a file's times without a zone are read in.
TIME_ZONE = env.str("TIME_ZONE", "Europe/Amsterdam")

# What is handed in and attached is read by the application's own user alone.
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_ROOT = VAR_DIR / "media"  # submissions as they were handed in; never served
# Evidence that officers attach, by its SHA-256; never served as it is but for download.
EVIDENCE_ROOT = env.path("EVIDENCE_ROOT") if env.str("EVIDENCE_ROOT", "") else VAR_DIR / "evidence"
EVIDENCE_MAX_BYTES = env.int("EVIDENCE_MAX_BYTES", 50 * 1024 * 1024)
# Where clamd looks through evidence for malware: unix:/run/clamav/clamd.ctl or tcp://host:3310. Empty: nobody does, and pages say so.
MALWARE_SCANNER = env.str(
    "MALWARE_SCANNER",
    "",
    validate=validate.Regexp(
        r"(unix:/.+|tcp://[^/@]+)?\Z", error="Write unix:/path/of/the/socket or tcp://host:port."
    ),
)
MALWARE_SCANNER_SECONDS = env.float("MALWARE_SCANNER_SECONDS", 60, validate=validate.Range(min=1))
# A picture is unpacked to be looked at: four bytes of memory a pixel.
EVIDENCE_MAX_PIXELS = env.int("EVIDENCE_MAX_PIXELS", 50_000_000)
WHITENOISE_USE_FINDERS = DEBUG
STORAGES = {
    "default": {"BACKEND": "takedowns.installation.storage.WholeFiles"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# A submission up to this size is loaded while the officer waits; a larger one by the worker.
SUBMISSION_INLINE_BYTES = env.int("SUBMISSION_INLINE_BYTES", 256 * 1024)
SUBMISSION_MAX_BYTES = env.int("SUBMISSION_MAX_BYTES", 512 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024  # a pasted list; files stream to disk
# A page of rows has some fields for each; what a form may be is bounded in bytes (pages/bodies.py).
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# Of so many addresses a day an agency that takes part in an open operation is told whether others have them, or hold them.
IDENTIFY_MOST_A_DAY = env.int("IDENTIFY_MOST_A_DAY", 500, validate=validate.Range(min=0))

# A hold ends after so many days at the latest; its agency may place it again.
HOLD_MOST_DAYS = env.int("HOLD_MOST_DAYS", 90, validate=validate.Range(min=1))

# Figures for publication tell no count from 1 to one below this, and none that would give one away.
PUBLICATION_THRESHOLD = env.int("PUBLICATION_THRESHOLD", 5)
# Where the worker writes every operation's figures each night, in which formats, for how many nights kept. Empty: nowhere.
EXPORT_FOLDER = env.str("EXPORT_FOLDER", "")
EXPORT_FORMATS: list[str] = env.list("EXPORT_FORMATS", ["csv", "xlsx"])
EXPORT_KEEP = env.int("EXPORT_KEEP", 30, validate=validate.Range(min=1))

# Where backups go, for whom they are encrypted (public keys of age), and how old the last may be: 0, and nobody looks.
BACKUP_FOLDER = env.str("BACKUP_FOLDER", "")
BACKUP_RECIPIENTS: list[str] = env.list("BACKUP_RECIPIENTS", [])
BACKUP_ALARM_HOURS = env.float("BACKUP_ALARM_HOURS", 26)

# How long what is only of use for a while is kept, in days (retention/services.py; the page "Retention" shows all).
KEEP_NOTICES_DAYS = env.int("KEEP_NOTICES_DAYS", 90)
KEEP_DELIVERIES_DAYS = env.int("KEEP_DELIVERIES_DAYS", 30)
KEEP_INVITATIONS_DAYS = env.int("KEEP_INVITATIONS_DAYS", 90)
KEEP_JOBS_DAYS = env.int("KEEP_JOBS_DAYS", 30)
KEEP_COMMENTS_DAYS = env.int("KEEP_COMMENTS_DAYS", 2 * 365, validate=validate.Range(min=31))
# Who looked at what. A month goes as a whole, when its last day is past that.
KEEP_ACCESS_LOG_DAYS = env.int("KEEP_ACCESS_LOG_DAYS", 2 * 365, validate=validate.Range(min=31))
# Whether a page waits until the disk has the entry of who looked; a power cut otherwise loses those of the last second.
ACCESS_LOG_WAITS_FOR_DISK = env.bool("ACCESS_LOG_WAITS_FOR_DISK", False)
# Alarms about who looked (oversight/alarms.py). More referrals of other agencies than that in an hour; 0: none.
ALARM_REFERRALS_OF_OTHERS = env.int("ALARM_REFERRALS_OF_OTHERS", 100, validate=validate.Range(min=0))
# An operation's whole list taken as a file.
ALARM_WHOLE_LISTS = env.bool("ALARM_WHOLE_LISTS", True)
# Looking at night, from one hour to another in the agency's zone, such as 23-5; empty: none. On an action day people work at night.
ALARM_NIGHT_HOURS = _hours("ALARM_NIGHT_HOURS")
# So long after their account was switched off, the name and e-mail of people who left give way to a pseudonym.
PSEUDONYMISE_AFTER_DAYS = env.int("PSEUDONYMISE_AFTER_DAYS", 10 * 365, validate=validate.Range(min=30))
# After so long somebody reviews whether a finished operation's data are still needed. Nothing is deleted by itself.
REVIEW_OPERATIONS_DAYS = env.int("REVIEW_OPERATIONS_DAYS", 3 * 365)

# The ledger (docs/security.md). Its name stands in every head that it signs; the key is an Ed25519 key in PEM, itself or in
# a file, which the database's server should not be able to read. While a key follows another, both sign.
LEDGER_NAME = env.str("LEDGER_NAME", "") or f"{ALLOWED_HOSTS[0] if ALLOWED_HOSTS else 'localhost'}/ledger"
LEDGER_KEY = env.str("LEDGER_KEY", "")
LEDGER_KEY_FILE = env.str("LEDGER_KEY_FILE", str(VAR_DIR / "ledger-key.pem"))
LEDGER_FORMER_KEY = env.str("LEDGER_FORMER_KEY", "")
LEDGER_FORMER_KEY_FILE = env.str("LEDGER_FORMER_KEY_FILE", "")
# Public keys that verify trusts beside the one that signs: NAME+HASH+KEY, separated by commas.
LEDGER_TRUSTED_KEYS: list[str] = env.list("LEDGER_TRUSTED_KEYS", [])
# Where each head is appended to: a file on another machine's disk, best one that can only be appended to.
LEDGER_WITNESS_FILE = env.str("LEDGER_WITNESS_FILE", "")
# To whom the last head goes by mail each morning.
LEDGER_WITNESS_MAIL: list[str] = env.list("LEDGER_WITNESS_MAIL", [])
# Those outside. A time-stamp server (RFC 3161) and a file with the certificates of its authority. Not more often than that, and only where there is a new head,
# heads go there; networks that are not public may be called only if they are named.
# Other installations that countersign heads: where they take them (https://b.example/witness), and their public keys; and the ledgers of others
# whose heads this one countersigns, by their public keys, with a key of its own that the web's processes read.
LEDGER_WITNESS_URLS: list[str] = env.list("LEDGER_WITNESS_URLS", [])
LEDGER_WITNESS_KEYS: list[str] = env.list("LEDGER_WITNESS_KEYS", [])
LEDGER_WITNESSED_KEYS: list[str] = env.list("LEDGER_WITNESSED_KEYS", [])
LEDGER_COSIGNING_KEY_FILE = env.str("LEDGER_COSIGNING_KEY_FILE", str(VAR_DIR / "cosigning-key.pem"))
LEDGER_TIMESTAMP_URL = env.str("LEDGER_TIMESTAMP_URL", "")
LEDGER_TIMESTAMP_CA = env.str("LEDGER_TIMESTAMP_CA", "")
LEDGER_OUTSIDE_MINUTES = env.int("LEDGER_OUTSIDE_MINUTES", 10, validate=validate.Range(min=1, max=1440))
LEDGER_ALLOW_NETWORKS: list[str] = env.list("LEDGER_ALLOW_NETWORKS", [])

# For so many days the link in the mail of a hand-off lets a platform answer that has nobody enrolled (docs/platforms-api.md). 0: no links.
ANSWER_LINK_DAYS = env.int("ANSWER_LINK_DAYS", 0, validate=validate.Range(min=0, max=90))

# -- records that travel -----------------------------------------------------------------------------

# The ways by which records leave for other systems or come from them, each off unless named (installation/switches.py).
EXCHANGE: list[str] = env.list(
    "EXCHANGE", ["statements", "stix", "misp", "duties", "hosts", "hashes", "deconfliction"] if DEBUG else []
)

# Asking partner installations (docs/operators/deconfliction.md). About so many items one partner asks, or is asked, in a day (UTC).
DECONFLICTION_MOST_A_DAY = env.int("DECONFLICTION_MOST_A_DAY", 100_000, validate=validate.Range(min=1))
# Partners may stand in networks that are not public only if they are named here (CIDR); https only, unless allowed.
DECONFLICTION_ALLOW_NETWORKS: list[str] = env.list("DECONFLICTION_ALLOW_NETWORKS", [])
DECONFLICTION_PLAIN_HTTP = env.bool("DECONFLICTION_PLAIN_HTTP", False)

# -- API -------------------------------------------------------------------------------------------

# JSON; a submission's file has the limit above.
API_MAX_BODY_BYTES = env.int("API_MAX_BODY_BYTES", 4 * 1024 * 1024)
# Behind a proxy (BEHIND_PROXY=1) an API key's list of addresses is compared with the last one the proxy wrote.
API_STATEMENT_SECONDS = env.float("API_STATEMENT_SECONDS", 30)  # a statement of an API call runs no longer
API_TRUST_FORWARDED_FOR = env.bool("BEHIND_PROXY", False)
# For so many seconds a token is good that a program got for its key (OAuth 2.0 client credentials).
API_TOKEN_SECONDS = env.int("API_TOKEN_SECONDS", 15 * 60, validate=validate.Range(min=60, max=86_400))
# Where the proxy asks programs for a client certificate (https://takedowns.example.org:8443), and passes it on in X-Client-Certificate. Empty:
# nothing that a request says of a certificate is believed.
CLIENT_CERTIFICATES_AT = env.str(
    "CLIENT_CERTIFICATES_AT", "", validate=validate.Regexp(r"(https://[^@/\s]+)?\Z")
)

# The proxy through which webhooks, probes and questions to others leave, and hosts and networks that are reached without it. Single sign-on's library reads the same two.
HTTPS_PROXY = env.str("HTTPS_PROXY", "", validate=validate.Regexp(r"(http://([^@/\s]+@)?[^@/:\s]+:\d+/?)?\Z"))
NO_PROXY: list[str] = env.list("NO_PROXY", [])

# Webhooks. Networks that are not public may be called only if they are named here (CIDR); https only, unless allowed.
WEBHOOK_ALLOW_NETWORKS: list[str] = env.list("WEBHOOK_ALLOW_NETWORKS", [])
WEBHOOK_PLAIN_HTTP = env.bool("WEBHOOK_PLAIN_HTTP", False)
WEBHOOK_TIMEOUT_SECONDS = env.float("WEBHOOK_TIMEOUT_SECONDS", 15.0)
# A body is no longer than that, and halved where the receiver says that it is still too long (many take 100 kB).
WEBHOOK_MAX_BYTES = env.int("WEBHOOK_MAX_BYTES", 64_000, validate=validate.Range(min=1_000))
WEBHOOK_DUE_SOON_MINUTES = env.int("WEBHOOK_DUE_SOON_MINUTES", 15)

# Probes: robots that ask whether an address still answers. Off unless wanted, and then only platforms that
# `manage.py probes` names. Networks that are not public are asked only if they are named here (CIDR).
PROBES = env.bool("PROBES", False)
PROBE_USER_AGENT = env.str("PROBE_USER_AGENT", "Takedowns-Probe/1 (asks whether an address answers)")
PROBE_TIMEOUT_SECONDS = env.float("PROBE_TIMEOUT_SECONDS", 15.0)
PROBE_ALLOW_NETWORKS: list[str] = env.list("PROBE_ALLOW_NETWORKS", [])
PROBE_PORTS: list[int] = env.list("PROBE_PORTS", [80, 443], subcast=int)

# -- mail ------------------------------------------------------------------------------------------

# EMAIL_URL, such as submission://user:password@mail.example; without it no mail is sent, and pages say so.
_mail = env.dj_email_url("EMAIL_URL", "") if env.str("EMAIL_URL", "") else {}
EMAIL_HOST = _mail.get("EMAIL_HOST", "")
EMAIL_PORT = _mail.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = "takedowns.installation.mail.Backend"
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", "takedowns@localhost")
# Where people reach the pages: what links in mails that no request stands behind begin with.
SITE_URL = (
    env.str("SITE_URL", "")
    or f"{'https' if HTTPS else 'http'}://{ALLOWED_HOSTS[0] if ALLOWED_HOSTS else 'localhost'}"
).rstrip("/")

# Where a fault of security is reported: what /.well-known/security.txt says (RFC 9116); where empty there is none.
SECURITY_CONTACT = _contacts("SECURITY_CONTACT")

# 0: none are kept. Else `takedowns metrics` (or `serve`) answers Prometheus there, and the web counts requests.
METRICS_PORT = env.int("METRICS_PORT", 0)
METRICS_FOLDER = str(VAR_DIR / "metrics")
if METRICS_PORT:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = METRICS_FOLDER  # read where prometheus_client is imported first
    Path(METRICS_FOLDER).mkdir(parents=True, exist_ok=True)
    MIDDLEWARE.insert(0, "takedowns.operating.metrics.MetricsMiddleware")

# Where OpenTelemetry's traces are sent; the extra takedowns[tracing] brings what sends them, and reads OpenTelemetry's other variables itself.
OTEL_EXPORTER_OTLP_ENDPOINT = env.str(
    "OTEL_EXPORTER_OTLP_ENDPOINT", "", validate=validate.Regexp(r"(https?://[^\s]+)?\Z")
)
if OTEL_EXPORTER_OTLP_ENDPOINT:
    # Within the name of the request, around all else.
    MIDDLEWARE.insert(
        MIDDLEWARE.index("takedowns.access.request_ids.RequestIdMiddleware") + 1,
        "takedowns.operating.traces.TracingMiddleware",
    )

LOGGING = logging_to_console(
    env.str("LOG_LEVEL", "WARNING"),
    env.str("LOG_FORMAT", "console", validate=validate.OneOf(["console", "json"])),
)
SILENCED_SYSTEM_CHECKS: list[str] = []
