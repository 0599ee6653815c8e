"""Runs the example of README.md, or of another page, and compares what it prints.

    python3 check_readme.py ROOT --bin FOLDER --by TEST [--page PAGE] [--path FOLDER]

Between the comments `<!-- tested: TEST runs what follows -->` and `<!-- tested: end -->`,
a block of c, js, mlir or python that begins with a comment of its file name becomes that
file, a block of sh runs, and a block of text is what the sh before it must have printed.
All happens in a new folder, where tools/ is that of ROOT and build/release/bin is FOLDER.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TESTED = re.compile(r"<!-- tested: (\S+) runs what follows -->(.*?)<!-- tested: end -->", re.S)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.S | re.M)
FILE_NAME = re.compile(r"(?:/\*|//|#) ([\w.]+)(?: \*/)?\n")


class Failure(Exception):
    pass


def run(script, folder):
    result = subprocess.run(["sh", "-e"], input=script, cwd=folder, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if result.returncode:
        raise Failure(f"{script}exit status {result.returncode}\n{result.stdout}")
    return result.stdout


def check(readme, test, folder):
    """Returns how many sh blocks ran."""
    parts = [text for name, text in TESTED.findall(readme) if name == test]
    count, printed = 0, None
    for language, text in BLOCK.findall("\n".join(parts)):
        if language in ("c", "js", "mlir", "python"):
            name = FILE_NAME.match(text)
            if not name:
                raise Failure(f"expects a comment of the file name first, but got\n{text}")
            (folder / name.group(1)).write_text(text)
        elif language == "sh":
            printed = run(text, folder)
            count += 1
        elif language == "text":
            if printed != text:
                raise Failure(f"expects\n{text}but got\n{printed}")
        else:
            raise Failure(f"expects a block of c, js, mlir, python, sh or text, but got {language}")
    if not count:
        raise Failure("expects a block of sh to test, but found none")
    return count


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", type=pathlib.Path, help="root of the repository")
    parser.add_argument("--bin", type=pathlib.Path, required=True,
                        help="folder of the tools")
    parser.add_argument("--by", required=True, metavar="TEST",
                        help="the test that the page names")
    parser.add_argument("--path", help="folder of programs that are found before others")
    parser.add_argument("--page", default="README.md", help="its path below the root")
    args = parser.parse_args()
    readme = args.root / args.page
    if args.path:
        os.environ["PATH"] = os.pathsep.join([args.path, os.environ["PATH"]])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "build" / "release").mkdir(parents=True)
        (folder / "build" / "release" / "bin").symlink_to(args.bin.resolve())
        (folder / "tools").symlink_to((args.root / "tools").resolve())
        try:
            count = check(readme.read_text(encoding="utf-8"), args.by, folder)
        except Failure as failure:
            sys.exit(f"{readme}: error: {failure}")
    print(f"{count} blocks ran")


main()
