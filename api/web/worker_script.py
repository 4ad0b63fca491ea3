"""The service worker as one script, for browsers that know no modules there (Firefox before 147)."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

IMPORT = re.compile(r'^import \{(?P<names>[^}]*)\} from "(?P<source>[^"]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:const|let|function|class) (?P<name>\w+))", re.MULTILINE)


def as_one_script(main: str, sources: dict[str, str]) -> str:
    """`main` with all that it imports before it, each module in a scope of its own. `sources`: address → text.

    Reads what our own modules are written in: named imports, one statement each, and exports before declarations.
    """
    ordered = list(dict.fromkeys(_behind(main, sources)))
    parts = [_scope(address, sources) for address in ordered]
    return "\n".join([*parts, _without_imports(main, sources)])


def _behind(address: str, sources: dict[str, str]) -> Iterator[str]:
    """What must stand before it, in order."""
    for found in IMPORT.finditer(sources[address]):
        needed = _address(address, found["source"])
        yield from _behind(needed, sources)
        yield needed


def _scope(address: str, sources: dict[str, str]) -> str:
    names = ", ".join(found["name"] for found in EXPORT.finditer(sources[address]))
    body = EXPORT.sub("", _without_imports(address, sources))
    return f"const {_name(address)} = (() => {{\n{body}\nreturn {{ {names} }};\n}})();"


def _without_imports(address: str, sources: dict[str, str]) -> str:
    def declared(found: re.Match[str]) -> str:
        return f"const {{{found['names'].replace(' as ', ': ')}}} = {_name(_address(address, found['source']))};\n"

    return IMPORT.sub(declared, sources[address])


def _address(importer: str, source: str) -> str:
    return (PurePosixPath(importer).parent / source).as_posix().replace("/./", "/")


def _name(address: str) -> str:
    return f"module_{PurePosixPath(address).stem}"
