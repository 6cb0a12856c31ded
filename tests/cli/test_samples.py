"""The samples are what tools/make_samples.py writes, and each is read as README shows it."""
import subprocess
import sys

from cli import ROOT, SAMPLES, Tap, folder, run

tap = Tap()
with folder() as d:
    subprocess.run([sys.executable, "-B", str(ROOT / "tools/make_samples.py"), d], check=True)
    import os
    for name in sorted(os.listdir(d)):
        tap.row(open(f"{d}/{name}", "rb").read() == (SAMPLES / name).read_bytes(), f"{name} is what the script writes")
    tap.row(sorted(os.listdir(d)) == sorted(p.name for p in SAMPLES.iterdir()), "no other samples")

for name, words in {
    "ie-ms04-013.mht": ["Five keys for one small door", "Inside a help file", "none of the five keys turned"],
    "blink-page.mhtml": ["The small guarded door", "This card lives in a shadow", "It has its own document inside the archive"],
    "japanese-mail.eml": ["海の家、夏のご案内", "松の間", "佐藤 花子"],
    "word-page.mht": ["Отчёт о калитке", "Никого лишнего", "Петли смазаны"],
}.items():
    text = " ".join(run("text", SAMPLES / name)[1].decode().split())
    page = run("html", SAMPLES / name)[1].decode()
    for word in words:
        tap.row(word in text, f"text of {name}: {word}", text[:500])
        tap.row(word.split()[0] in page, f"page of {name}: {word}")
    for evil in ("evil.example/door", "tracker.example/", "<script", "onload=", "mhtml:file"):
        tap.row(f'="{evil}' not in page and (evil != "<script" or evil not in page), f"page of {name} holds no {evil}")
tap.finish()
