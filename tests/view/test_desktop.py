"""How a desktop, a mail program and a shell find the command: their files are well-formed, and what they start works."""
import configparser
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.dont_write_bytecode = True
from tap import ROOT, Tap  # noqa: E402

tap = Tap()
POSTERN, BUILD, HERE = os.environ["POSTERN"], pathlib.Path(os.environ["BUILD"]) / "data/desktop", ROOT / "data/desktop"

entry = configparser.RawConfigParser(delimiters="=", strict=True)
entry.optionxform = str
entry.read(HERE / "postern.desktop", encoding="utf-8")
fields = dict(entry["Desktop Entry"])
tap.row({"Type", "Name", "Exec", "Icon", "MimeType", "Comment[ja]", "GenericName[ja]"} <= set(fields), "the desktop entry has its fields", fields)
tap.row(fields["MimeType"].endswith(";") and fields["Categories"].endswith(";") and fields["Exec"].count("%f") == 1, "lists end in ;")
words = shlex.split(fields["Exec"].replace("%f", "/no/such/file"))
done = subprocess.run([POSTERN, *words[1:]], capture_output=True, timeout=30)
tap.row(words[0] == "postern" and done.returncode == 3, "what it starts understands its words", done)

space = "{http://www.freedesktop.org/standards/shared-mime-info}"
types = xml.parse(HERE / "postern.xml").getroot().findall(f"{space}mime-type")
globs = {g.get("pattern") for t in types for g in t.findall(f"{space}glob")}
tap.row([t.get("type") for t in types] == ["application/x-mimearchive"] and globs == {"*.mht", "*.mhtml"}, "the type of archives", globs)
tap.row(xml.parse(HERE / "postern.svg").getroot().tag.endswith("svg")
        and (HERE / "postern.svg").read_bytes() == (ROOT / "src/view/icon.svg").read_bytes(), "one icon for both")

lines = [line for line in (HERE / "mailcap").read_text().splitlines() if line and not line.startswith("#")]
samples = {"mht": ROOT / "samples/word-page.mht", "eml": ROOT / "samples/japanese-mail.eml"}
for line in lines:
    kind, command = [field.strip() for field in line.split(";")][:2]
    sample = samples["eml" if "rfc822" in kind else "mht"]
    words = shlex.split(command.replace("%s", str(sample)))
    done = subprocess.run([POSTERN, *words[1:]], capture_output=True, timeout=30)
    tap.row(words[0] == "postern" and done.returncode == 0 and len(done.stdout) > 100, f"mailcap {kind}", done.stderr)

# as `make install` puts them
with tempfile.TemporaryDirectory(prefix="postern-install-") as root:
    done = subprocess.run(["meson", "install", "-C", os.environ["BUILD"], "--no-rebuild", "--quiet", "--destdir", root], capture_output=True, text=True, timeout=120)
    prefix = next(pathlib.Path(root).rglob("bin/postern")).parent.parent
    share, here = prefix / "share", {p.name for p in prefix.rglob("*") if p.is_file()}
    tap.row(done.returncode == 0, "make install", done.stderr)
    done = subprocess.run(["desktop-file-validate", share / "applications/postern.desktop"], capture_output=True, text=True)
    tap.row(done.returncode == 0 and not done.stdout, "desktop-file-validate finds nothing", done.stdout)
    done = subprocess.run(["update-mime-database", share / "mime"], capture_output=True, text=True)
    types = (share / "mime/globs2").read_text() if (share / "mime/globs2").is_file() else ""
    tap.row(done.returncode == 0 and "application/x-mimearchive:*.mht\n" in types, "update-mime-database takes the type", done.stderr, types)
    tap.row({"postern", "_postern", "postern.fish", "postern.svg", "postern.1", "postern.pc", "postern.h"} - {"postern.h"} <= here, "everything is there", here)
    mailcap = (prefix / "lib/mime/packages/postern").read_text()
    tap.row("message/rfc822" in mailcap, "mailcap is there")
    thumbnailer = configparser.RawConfigParser(delimiters="=", strict=True)
    thumbnailer.optionxform = str
    thumbnailer.read(share / "thumbnailers/postern.thumbnailer", encoding="utf-8")
    words = shlex.split(thumbnailer["Thumbnailer Entry"]["Exec"])
    given = {"%s": "128", "%o": f"{root}/t.png", "%i": str(ROOT / "samples/word-page.mht")}
    done = subprocess.run([str(prefix / "bin" / words[0]), *[given.get(w, w) for w in words[1:]]], capture_output=True, timeout=60,
                          env={**os.environ, "LD_LIBRARY_PATH": str(next(prefix.rglob("libpostern.so*")).parent)})
    tap.row(done.returncode == 0 and pathlib.Path(f"{root}/t.png").read_bytes()[16:24] == bytes([0, 0, 0, 96, 0, 0, 0, 128]), "the thumbnailer draws", done.stderr)
    tap.row(set(thumbnailer["Thumbnailer Entry"]["MimeType"].split(";")) - {""} <= set(fields["MimeType"].split(";")), "of types that the entry knows")

files = {"bash": BUILD / "postern.bash", "zsh": BUILD / "_postern", "fish": BUILD / "postern.fish"}
options = {o for o in subprocess.run([POSTERN, "help", "view"], capture_output=True, text=True, check=True).stdout.split() if o.startswith("--")}
for shell, path in files.items():
    text = path.read_text()
    tap.row(len(options) > 5 and all((o if shell != "fish" else "-l " + o[2:]) in text for o in options), f"{shell} knows the options of view", options)


def complete(*words):
    script = f". {shlex.quote(str(files['bash']))}; compopt() {{ :; }}; COMP_WORDS=(postern {' '.join(map(shlex.quote, words))}); " \
             f"COMP_CWORD={len(words)}; _postern; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True).stdout.split()


tap.row(complete("vi") == ["view"], "bash: postern vi", complete("vi"))
tap.row(complete("view", "--no-o") == ["--no-open"], "bash: postern view --no", complete("view", "--no"))
tap.row("restricted" in complete("html", "--zone", ""), "bash: postern html --zone")
tap.row("scan" in complete("help", "s"), "bash: postern help s")
tap.finish()
