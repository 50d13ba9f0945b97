"""Reads C++ as text: blanks comments and literals, and measures functions."""

import re

TOKEN = re.compile(
    r"""
    (?P<include> ^[ \t]*\#[ \t]*include[^\n]* )
  | (?P<comment> //(?:[^\n\\]|\\.|\\\n)* | /\*.*?\*/ )
  | (?P<raw> R"(?P<delimiter>[^()\s\\]{0,16})\(.*?\)(?P=delimiter)" )
  | (?P<text> "(?:[^"\\\n]|\\.)*" )
  | (?P<separator> (?<=[0-9a-fA-F])'(?=[0-9a-fA-F]) )
  | (?P<char> '(?:[^'\\\n]|\\.)+' )
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE)


def blanked(source):
    """The same text, line for line, with comments and the insides of literals as spaces."""

    def blank(match):
        token = match.group(0)
        if match["include"] or match["separator"]:  # a path is code, although it looks like text
            return token
        edge = 0 if match["comment"] else 1
        inside = token[edge:len(token) - edge]
        return token[:edge] + re.sub(r"[^\n]", " ", inside) + token[len(token) - edge:]

    return TOKEN.sub(blank, source)


SCOPE = re.compile(r"^(?:inline\s+)?(?:namespace|class|struct|union|enum)\b|^extern\b")
PREFIX = re.compile(r"^(?:(?:public|private|protected)\s*:|template\s*<[^{}]*?>(?=\s*\w)|\[\[.*?\]\])\s*")


def _opens_scope(head):
    while (shorter := PREFIX.sub("", head.strip())) != head.strip():
        head = shorter
    return SCOPE.match(head.strip()) is not None


def _opens_body(head):
    """A body follows a parameter list, or continues a list of member initialisers."""
    head = head.strip()
    return not head.endswith("=") and (")" in head or head == "" or head.startswith(","))


def functions(code):
    """Yields (line of the opening brace, lines from it to the closing one) of `blanked` text."""
    code = re.sub(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", lambda m: re.sub(r"[^\n]", " ", m.group(0)),
                  code, flags=re.MULTILINE | re.DOTALL)
    depth_inside = 0  # of braces within a function or a table
    started, is_body, head, line = 0, False, "", 1
    for character in code:
        if character == "\n":
            line += 1
        if depth_inside:
            depth_inside += {"{": 1, "}": -1}.get(character, 0)
            if depth_inside == 0 and is_body:
                yield started, line - started + 1
            continue
        if character == "{" and not _opens_scope(head):
            depth_inside, started, is_body = 1, line, _opens_body(head)
        head = "" if character in "{};" else head + character
