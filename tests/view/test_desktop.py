"""How a desktop, a mail program and a shell find the command: their files are well-formed, and what they start works."""
import configparser
import os
import pathlib
import shlex
import subprocess
import sys
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
