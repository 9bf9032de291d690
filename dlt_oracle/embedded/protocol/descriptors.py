"""Connect descriptors, ``(DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=ORCL)))``, and what they ask for."""

from __future__ import annotations

from dataclasses import dataclass

from dlt_oracle.embedded.protocol.packets import ProtocolError

# Name and either a text or the parameters inside, in order.
Parameter = tuple[str, "str | list[Parameter]"]


@dataclass(frozen=True)
class ConnectData:
    """Where the client wants to go: a service name or a SID, upper-cased, ``""`` when absent."""

    service_name: str = ""
    sid: str = ""
    server: str = ""


def parse_descriptor(text: str) -> list[Parameter]:
    """Parse a connect descriptor into nested (upper-case name, value) pairs."""
    parameters, pos = _parameters(text, 0)
    if text[pos:].strip():
        raise ProtocolError("text after the connect descriptor")
    return parameters


def _parameters(text: str, pos: int) -> tuple[list[Parameter], int]:
    found: list[Parameter] = []
    pos = _skip_blanks(text, pos)
    while text[pos : pos + 1] == "(":
        equals = text.find("=", pos)
        if equals < 0:
            raise ProtocolError("a connect descriptor parameter without a value")
        name = text[pos + 1 : equals].strip().upper()
        pos = _skip_blanks(text, equals + 1)
        value: str | list[Parameter]
        if text[pos : pos + 1] == "(":
            value, pos = _parameters(text, pos)
        else:
            end = _end_of_value(text, pos)
            value, pos = text[pos:end].strip().strip('"'), end
        if text[pos : pos + 1] != ")":
            raise ProtocolError("a connect descriptor parameter without its closing parenthesis")
        found.append((name, value))
        pos = _skip_blanks(text, pos + 1)
    return found, pos


def _end_of_value(text: str, pos: int) -> int:
    quoted = False
    while pos < len(text) and (quoted or text[pos] not in "()"):
        quoted ^= text[pos] == '"'
        pos += 1
    return pos


def _skip_blanks(text: str, pos: int) -> int:
    while pos < len(text) and text[pos].isspace():
        pos += 1
    return pos


def connect_data(text: str) -> ConnectData:
    """Return the CONNECT_DATA of a descriptor."""
    values: dict[str, str] = {}

    def collect(parameters: list[Parameter], *, inside: bool) -> None:
        for name, value in parameters:
            if isinstance(value, list):
                collect(value, inside=inside or name == "CONNECT_DATA")
            elif inside:
                values.setdefault(name, value.upper())

    collect(parse_descriptor(text), inside=False)
    return ConnectData(
        service_name=values.get("SERVICE_NAME", ""),
        sid=values.get("SID", ""),
        server=values.get("SERVER", ""),
    )
