"""``python -m tests.dead_code``: what in the product nothing uses, tests aside. 1 where there is any.

Vulture reads Python alone, and only what it can name; here it is told what templates, settings, SQL and Django's strings
name, and what the frameworks call by a name of their own.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.conf import global_settings
from vulture import Vulture  # type: ignore[import-untyped]

ROOT: Final = Path(__file__).resolve().parent.parent
READ: Final = ("takedowns", "benchmarks", "tour", "manage.py")

#: What others read of our classes or call on them, by whose it is; and what is kept though nothing in the product reads it.
PROTOCOL: Final[dict[str, str]] = {
    "Django's models": """
        Meta constraints indexes ordering triggers unique_together verbose_name_plural abstract
        USERNAME_FIELD REQUIRED_FIELDS create_superuser db_type from_db_value get_prep_value arity
        arg_joiner function output_field is_staff select_format
    """,
    "Django's migrations, those to come among them": """
        RemoveSQL CurrentTransaction reduces_to_sql reversible describe state_forwards database_*wards
    """,
    "Django's apps, pages and commands": """
        *Config app_name process_exception requires_system_checks clean_* field_order widgets
        queryset allow_multiple_selected extra_context handler500 _has_been_logged temporary_file_path
    """,
    "Django's caches and database backends": "touch isolation_level",
    "Django's administration": """
        list_* search_fields raw_id_fields paginator show_full_result_count site_* index_title
        has_*permission get_readonly_fields password_change
    """,
    "Django's files, failures and connections": "temporary_file_path _has_been_logged isolation_level handler400 handler500",
    "procrastinate": "get_retry_decision",
    "allauth": "is_open_for_signup get_client_ip generate_authenticator_name sociallogin verified",
    "Django REST framework": """
        *_classes authenticate_header default_error_messages validate_* charset accepted_*
        renderer_context parser_context format_kwarg patch
    """,
    "drf-spectacular": "*Scheme target_class get_security_definition auto_schema generator is_deprecated",
    "http.server and html.parser": "do_* log_message request_queue_size handle_starttag",
    "gunicorn": "limit_request_* worker_class logger_class access_log_format preload_app on_reload when_ready post_worker_init Worker",
    "httpcore": "local_address socket_options",
    "requests": "trust_env max_redirects",
    "oauthlib": "client_authentication_required authenticate_client get_default_scopes save_token revoke_token",
    "OAuth 2.0": "token_type_hint error_description",
    "zipfile": "compress_type",
    "expat": "*Handler buffer_text",
    "Babel, by a name in a string": "from_template",
    "promises that tests hold us to": "RELATIVE_ERROR items_by_operation host_groups",
}
#: Settings of installed packages; Django's own are known from Django. What is left is ours, and something must read it.
SETTINGS_OF_OTHERS: Final = (
    "ROOT_URLCONF",
    "ACCOUNT_",
    "MFA_",
    "SOCIALACCOUNT_",
    "WHITENOISE_",
    "CONTENT_SECURITY_",
    "REST_",
    "SPECTACULAR_",
    "PROCRASTINATE_",
)
DECORATORS: Final = [
    "@receiver*",
    "@register*",
    "@*.task*",
    "@*.periodic*",
    "@*.filter*",
    "@*.simple_tag*",
    "@*.inclusion_tag*",
]
_SQL: Final = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|WHERE|JOIN|CREATE|ORDER BY|SET)\b")
_NAMES: Final = re.compile(r"-?[A-Za-z]\w*")


def unused() -> Iterator[str]:
    """Yield a line for each name that nothing uses."""
    names = sorted({name for group in PROTOCOL.values() for name in group.split()})
    vulture = Vulture(ignore_names=names, ignore_decorators=DECORATORS)
    vulture.scavenge([str(ROOT / path) for path in READ], exclude=["*/migrations/*"])
    vulture.used_names |= set(_in_templates()) | set(_in_settings())
    columns = set(_in_strings())
    for item in vulture.get_unused_code():
        name = item.name
        if item.typ in {"variable", "attribute", "property"}:
            # A field or a member may be asked for by its name alone, or by the name of its column; a function may not.
            is_known = name in columns or name.removesuffix("_id") in columns or _is_of_others(name)
        else:
            is_known = item.typ == "class" and f"{item.filename.parent.name}_{name}".lower() in columns
        if not is_known:
            yield f"{item.filename.relative_to(ROOT)}:{item.first_lineno}: {item.typ} {name} is used by nothing"


def _is_of_others(setting: str) -> bool:
    return hasattr(global_settings, setting) or setting.startswith(SETTINGS_OF_OTHERS)


def _in_templates() -> Iterator[str]:
    for path in (ROOT / "takedowns").rglob("*.html"):
        for tag in re.findall(r"\{\{.*?\}\}|\{%.*?%\}", path.read_text(), re.DOTALL):
            yield from re.findall(r"[A-Za-z_]\w+", tag)


def _in_settings() -> Iterator[str]:
    for path in ("settings.py", "api/documented.py", "installation/logs.py"):
        for dotted in re.findall(r'"(takedowns(?:\.\w+)+)"', (ROOT / "takedowns" / path).read_text()):
            yield from dotted.split(".")


def _in_strings() -> Iterator[str]:
    """Yield what is named without being written: words of SQL, fields as querysets are given them, members of choices."""
    for path in (ROOT / "takedowns").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and any("Choices" in ast.unparse(base) for base in node.bases):
                yield from re.findall(r"\w+", ast.unparse(node))
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            if _SQL.search(node.value):
                yield from re.findall(r"\w+", node.value)
            elif _NAMES.fullmatch(node.value):
                yield from node.value.lstrip("-").split("__")
    for path in (ROOT / "takedowns").rglob("*.sql"):
        yield from re.findall(r"\w+", path.read_text())


def main() -> int:
    """Print what is unused."""
    found = list(unused())
    print("\n".join(found), file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
