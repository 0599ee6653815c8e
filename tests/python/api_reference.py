#!/usr/bin/env python3
"""The reference of docs/Python.md, from the docstrings of the installed package.

    api_reference.py PAGE

Replaces what stands between the page's comments `<!-- reference -->` and
`<!-- reference: end -->`. test_docs.py fails where that would change the page.
"""
import inspect
import re
import sys

import frieze

SECTION = re.compile(r"(?<=<!-- reference -->\n).*(?=<!-- reference: end -->)", re.DOTALL)


def describe(item, between="\n\n"):
    """A docstring in one line a paragraph."""
    paragraphs = inspect.cleandoc(item.__doc__ or "").split("\n\n")
    # That of a function of the extension begins with its types.
    paragraphs = [text for text in paragraphs if not re.match(r"\w+\(self.*->", text)]
    return between.join(" ".join(text.split()) for text in paragraphs)


def list_parameters(function):
    """Names and defaults, without types, which the package's own stubs tell."""
    parameters = [item.replace(annotation=item.empty)
                  for item in inspect.signature(function).parameters.values()
                  if item.name != "self"]
    return str(inspect.Signature(parameters))


def list_members(kind):
    for name, member in vars(kind).items():
        if name.startswith("_") or name in getattr(kind, "_fields", ()):
            continue
        if isinstance(member, property) or inspect.isdatadescriptor(member):
            yield f"`{name}`", member
        elif inspect.isfunction(member):
            yield f"`{name}{list_parameters(member)}`", member
        elif callable(member):
            names = re.sub(r":[^,)]*", "", member.__doc__.split("(self", 1)[1].split(" ->")[0])
            yield f"`{name}({names.lstrip(', ')}`", member


def make_reference():
    lines = []
    modules = {"archive": [f"archive.{name}" for name in frieze.archive.__all__],
               "ecg": ["ecg.scan"]}
    names = [name for name in frieze.__all__ if name not in modules]
    for name in [*names, *modules["ecg"], *modules["archive"]]:
        item = frieze
        for part in name.split("."):
            item = getattr(item, part)
        if inspect.isclass(item):
            fields = getattr(item, "_fields", None)
            lines += [f"### {name}", "", describe(item), ""]
            if fields:
                lines += [f"Fields: {', '.join(f'`{field}`' for field in fields)}.", ""]
            lines += [f"- {title}: {describe(member, ' ')}" for title, member in list_members(item)]
            lines += [""] if lines[-1] else []
        else:
            lines += [f"### {name}", "", f"`{name}{list_parameters(item)}`", "",
                      describe(item), ""]
    return "\n" + "\n".join(lines) + "\n"


def update(text):
    return SECTION.sub(lambda match: make_reference(), text)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as page:
        changed = update(page.read())
    with open(sys.argv[1], "w", encoding="utf-8") as page:
        page.write(changed)
