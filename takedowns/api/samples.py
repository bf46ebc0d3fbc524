"""Each call as a program makes it, in curl, Python and TypeScript, and all of them as a collection for Postman and Bruno.

Made from the description and its examples (``examples.py``), so that a call, its body and its answer are written once. A test
lets Python make each, and compares what the others would send.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pprint import pformat
from typing import Any, Final
from urllib.parse import quote

from takedowns.api import casework_examples, examples
from takedowns.api.oauth import FORM

_ROOT: Final = "/api/v1"
_JSON: Final = "application/json"
#: A file as it is: sent as the body, or taken as the answer.
_FILE: Final = "application/octet-stream"
#: Fields of a form that the environment holds, as it does the key.
_KEPT: Final = {"client_id": "CLIENT_ID", "client_secret": "KEY", "token": "TOKEN"}
_METHODS: Final = ("get", "post", "put", "patch", "delete")
_COLLECTION: Final = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
#: What is done with an answer that is no JSON, by language.
_ANSWERS: Final[Mapping[str, Mapping[str, str]]] = {
    "python": {
        _JSON: "print(answer.json())",
        "application/pdf": 'Path("order.pdf").write_bytes(answer.content)',
        _FILE: 'Path("before.png").write_bytes(answer.content)',
        "application/x-ndjson": "for line in answer.iter_lines():\n    print(json.loads(line))",
        "": "print(answer.status_code)",
    },
    "typescript": {
        _JSON: "console.log(await answer.json());",
        "application/pdf": "const pdf: ArrayBuffer = await answer.arrayBuffer();\nconsole.log(pdf.byteLength);",
        _FILE: "const file: ArrayBuffer = await answer.arrayBuffer();\nconsole.log(file.byteLength);",
        "application/x-ndjson": 'for (const line of (await answer.text()).trim().split("\\n")) console.log(JSON.parse(line));',
        "": "console.log(answer.status);",
    },
}
#: What a Python program needs besides for such an answer.
_IMPORTS: Final = {
    "application/pdf": "from pathlib import Path\n",
    _FILE: "from pathlib import Path\n",
    "application/x-ndjson": "import json\n",
}


@dataclass(frozen=True)
class Call:
    """One call of the description, with what its parameters and its body are in the examples.

    Attributes:
        place: below ``/api/v1``, with its parameters in braces.
        parameters: values of those, and of what the query must hold.
        body: as JSON; None where there is none.
        file: name of the file that is sent as it is, instead.
        form: fields of the form that is sent, instead.
        answers: media type of what comes back; empty for nothing.
    """

    method: str
    place: str
    operation: Mapping[str, Any]
    parameters: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    file: str = ""
    answers: str = _JSON
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def needs_key(self) -> bool:
        """Whether a key is sent."""
        return any("apiKey" in one for one in self.operation["security"])

    @property
    def path(self) -> str:
        """The address below the version, with the values of the examples."""
        said = self.place.format(**self.parameters)
        return said + ("?" + "&".join(f"{name}={quote(value)}" for name, value in self.query.items())) * bool(
            self.query
        )

    @property
    def headers(self) -> dict[str, str]:
        """The headers, but for the key."""
        if self.file:
            return {"Content-Type": _FILE}
        return {} if self.body is None else {"Content-Type": _JSON}


def calls(schema: Mapping[str, Any]) -> Iterator[Call]:
    """Yield the calls of a description, which has its examples already."""
    for path, item in schema["paths"].items():
        for method in _METHODS:
            if method in item:
                yield call_of(path, method, item[method])


def call_of(path: str, method: str, operation: Mapping[str, Any]) -> Call:
    """Return a call of the description with the values of its examples."""
    demanded = [one for one in operation.get("parameters", ()) if one.get("required")]
    values = {
        **examples.PLACES,
        **casework_examples.PLACES,
        **PLACES_OF.get(operation["operationId"], {}),
    }
    sent = operation.get("requestBody", {}).get("content", {})
    answer = next(one for status, one in sorted(operation["responses"].items()) if status.startswith("2"))
    return Call(
        method.upper(),
        path.removeprefix(_ROOT),
        operation,
        {one["name"]: values[one["name"]] for one in demanded if one["in"] == "path"},
        {one["name"]: values[one["name"]] for one in demanded if one["in"] == "query"},
        sent.get(_JSON, {}).get("example"),
        values["filename"] if _FILE in sent else "",
        next(iter(answer.get("content", {})), ""),
        sent.get(FORM, {}).get("example", {}),
    )


#: Where a name means something else than in other calls.
PLACES_OF: Final[Mapping[str, Mapping[str, str]]] = {"explain_problem": {"name": "rate-limited"}}


def samples_of(call: Call) -> list[dict[str, str]]:
    """Return the call in each language, as ``x-codeSamples`` has them."""
    return [
        {"lang": "Shell", "label": "curl", "source": _curl(call)},
        {"lang": "Python", "label": "Python", "source": _python(call)},
        {"lang": "TypeScript", "label": "TypeScript", "source": _typescript(call)},
    ]


def _curl(call: Call) -> str:
    parts = [f'curl -s "$BASE{call.path}"']
    if call.method != "GET" and (
        (call.body is None and not call.file and not call.form) or call.method != "POST"
    ):
        parts[0] = f'curl -s -X {call.method} "$BASE{call.path}"'
    if call.needs_key:
        parts.append('-H "Authorization: Bearer $KEY"')
    parts += [f'-H "{name}: {value}"' for name, value in call.headers.items()]
    if call.body is not None:
        told = json.dumps(call.body, indent=2, ensure_ascii=False).replace("'", "'\\''")
        parts.append(f"-d '{told}'")
    parts += [
        f'--data-urlencode "{name}={_of_environment(name, "$", value)}"' for name, value in call.form.items()
    ]
    if call.file:
        parts.append(f"--data-binary @{call.file}")
    if call.answers == "application/pdf":
        parts.append("-o order.pdf")
    elif call.answers == _FILE:
        parts.append("-o before.png")
    return " \\\n  ".join(parts)


def _python(call: Call) -> str:
    arguments = [f'os.environ["BASE"] + "{call.path}"']
    headers = ['"Authorization": "Bearer " + os.environ["KEY"]'] if call.needs_key else []
    if call.file:
        headers.append(f'"Content-Type": "{_FILE}"')
    if headers:
        arguments.append(f"headers={{{', '.join(headers)}}}")
    if call.file:
        arguments.append(f'data=Path("{call.file}").read_bytes()')
    if call.body is not None:
        told = pformat(call.body, sort_dicts=False, width=80).replace("\n", "\n         ")
        arguments.append(f"json={told}")
    if call.form:
        fields = (
            f'"{name}": os.environ["{_KEPT[name]}"]' if name in _KEPT else f'"{name}": "{value}"'
            for name, value in call.form.items()
        )
        arguments.append(f"data={{{', '.join(fields)}}}")
    arguments.append("timeout=60")
    return (
        f"import os\n{_IMPORTS.get(_FILE if call.file else call.answers, '')}\nimport requests\n\nanswer = requests.{call.method.lower()}(\n"
        + "".join(f"    {one},\n" for one in arguments)
        + f")\nanswer.raise_for_status()\n{_ANSWERS['python'][call.answers]}\n"
    )


def _typescript(call: Call) -> str:
    headers = ["Authorization: `Bearer ${process.env.KEY}`"] if call.needs_key else []
    headers += [f'"{name}": "{value}"' for name, value in call.headers.items()]
    options = [f'method: "{call.method}"'] if call.method != "GET" else []
    options += [f"headers: {{ {', '.join(headers)} }}"] if headers else []
    if call.body is not None:
        told = json.dumps(call.body, indent=2, ensure_ascii=False).replace("\n", "\n  ")
        options.append(f"body: JSON.stringify({told})")
    elif call.form:
        fields = (
            f"{name}: process.env.{_KEPT[name]}" if name in _KEPT else f'{name}: "{value}"'
            for name, value in call.form.items()
        )
        options.append(f"body: new URLSearchParams({{ {', '.join(fields)} }})")
    elif call.file:
        options.append(f'body: await (await import("node:fs/promises")).readFile("{call.file}")')
    said = "".join(f"  {one},\n" for one in options)
    how = ", {\n" + said + "}" if said else ""
    return (
        f"const answer = await fetch(`${{process.env.BASE}}{call.path}`{how});\n"
        "if (!answer.ok) throw new Error(await answer.text());\n"
        f"{_ANSWERS['typescript'][call.answers]}\n"
    )


def _of_environment(name: str, mark: str, value: str) -> str:
    return f"{mark}{_KEPT[name]}" if name in _KEPT else value


def collection_of(schema: Mapping[str, Any], base: str) -> dict[str, Any]:
    """Return all calls as a Postman collection (v2.1), which Bruno and others import, too.

    Args:
        base: the address of the API, which the variable ``base`` begins with.
    """
    folders: dict[str, list[dict[str, Any]]] = {}
    for call in calls(schema):
        folders.setdefault(call.operation["tags"][0], []).append(_item(call))
    return {
        "info": {
            "name": schema["info"]["title"],
            "description": "Set the variable key to an API key (tkd_…), or to a test key (tkd_test_…), which works on invented referrals.",
            "schema": _COLLECTION,
        },
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{key}}", "type": "string"}]},
        "variable": [
            {"key": "base", "value": base},
            {"key": "key", "value": "tkd_test_…"},
            {"key": "client_id", "value": ""},
            {"key": "token", "value": ""},
        ],
        "item": [{"name": name, "item": items} for name, items in sorted(folders.items())],
    }


def _item(call: Call) -> dict[str, Any]:
    place = call.place.replace("{", ":").replace("}", "")
    query: list[dict[str, Any]] = [{"key": name, "value": value} for name, value in call.query.items()]
    query += [
        {"key": one["name"], "value": "", "description": one.get("description", ""), "disabled": True}
        for one in call.operation.get("parameters", ())
        if one["in"] == "query" and one["name"] not in call.query
    ]
    url: dict[str, Any] = {
        "raw": f"{{{{base}}}}{place}",
        "host": ["{{base}}"],
        "path": place.strip("/").split("/"),
        "variable": [{"key": name, "value": value} for name, value in call.parameters.items()],
        "query": query,
    }
    request: dict[str, Any] = {
        "method": call.method,
        "url": url,
        "header": [{"key": name, "value": value} for name, value in call.headers.items()],
        "description": call.operation.get("description", ""),
    }
    if not call.needs_key:
        request["auth"] = {"type": "noauth"}
    if call.body is not None:
        told = json.dumps(call.body, indent=2, ensure_ascii=False)
        request["body"] = {"mode": "raw", "raw": told, "options": {"raw": {"language": "json"}}}
    elif call.form:
        fields = {
            name: f"{{{{{_KEPT[name].lower()}}}}}" if name in _KEPT else value
            for name, value in call.form.items()
        }
        request["body"] = {
            "mode": "urlencoded",
            "urlencoded": [{"key": name, "value": value, "type": "text"} for name, value in fields.items()],
        }
    elif call.file:
        request["body"] = {"mode": "file", "file": {"src": call.file}}
    return {"name": call.operation["summary"], "request": request, "response": []}
