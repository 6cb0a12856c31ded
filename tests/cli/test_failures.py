"""What must not happen when something goes wrong: half an output, a temporary left behind, a message without its file."""
import glob
import os
import random
import resource
import shutil
import signal
import stat
import subprocess
import time

from cli import POSTERN, SAMPLES, SANDBOXED, Tap, big_page, folder, page, run

tap = Tap()
IE = SAMPLES / "ie-ms04-013.mht"


def left(d):
    return sorted(n for n in os.listdir(d) if n.startswith(".postern-"))


def unusable():
    with folder() as d:
        for name, data, why in [
            ("empty.mht", b"", b"is empty"), ("pdf.mht", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", b"PDF"),
            ("zip.mhtml", b"PK\x03\x04" + b"\0" * 60, b"zip"), ("noise.mht", bytes(range(256)) * 8, b""),
            ("png.mht", b"\x89PNG\r\n\x1a\n" + b"\0" * 30, b""),
        ]:
            path = f"{d}/{name}"
            open(path, "wb").write(data)
            for command in (["html", path, "-o", f"{d}/out.html"], ["text", path], ["parts", path], ["cat", path, "0"],
                            ["extract", path, "-d", f"{d}/x"]):
                code, out, err = run(*command)
                tap.row(code == 3 and not out and err.startswith(b"postern: " + path.encode() + b": ") and why.lower() in err.lower()
                        and not os.path.exists(f"{d}/out.html") and not left(d), f"{command[0]} of {name}", code, out, err)
        for path, why in [(f"{d}/absent.mht", b"No such file"), ("/dev/null", b"device"), (f"{d}/empty.mht/x", b"Not a directory")]:
            code, out, err = run("html", path, "-o", f"{d}/out.html")
            tap.row(code == 3 and why in err and not os.path.exists(f"{d}/out.html"), f"html of {os.path.basename(path)}", code, err)
        fifo = f"{d}/fifo.mht"
        os.mkfifo(fifo)
        code, out, err = run("text", fifo)
        tap.row(code == 3, "a FIFO nobody writes to does not hang", code, err)


def special_outputs():
    """What -o must not replace: a pipe or device is written through, a link leads to its file."""
    with folder() as d:
        expected = run("text", IE)[1]
        os.mkfifo(f"{d}/pipe")
        reader = subprocess.Popen(["cat", f"{d}/pipe"], stdout=subprocess.PIPE)
        code, out, err = run("text", IE, "-o", f"{d}/pipe")
        got = reader.communicate(timeout=60)[0]
        tap.row(code == 0 and got == expected and stat.S_ISFIFO(os.lstat(f"{d}/pipe").st_mode), "-o to a pipe", code, err, got[:80])
        code, out, err = run("text", IE, "-o", "/dev/stdout")
        tap.row(code == 0 and out == expected, "-o /dev/stdout", code, err)
        os.mkdir(f"{d}/elsewhere")
        open(f"{d}/elsewhere/real", "w").close()
        os.symlink("elsewhere/real", f"{d}/link")
        for command in (["text", IE], ["cat", IE, "1"], ["zone", "http://x.example/"]):
            code, out, err = run(*command, "-o", f"{d}/link")
            tap.row(code == 0 and os.path.islink(f"{d}/link") and os.path.getsize(f"{d}/elsewhere/real") > 0 and not left(d),
                    f"{command[0]} -o to a link", code, err)
        os.symlink("nowhere", f"{d}/dangling")
        code, out, err = run("text", IE, "-o", f"{d}/dangling")
        tap.row(code == 4 and b"link" in err and not os.path.exists(f"{d}/nowhere"), "-o to a link that leads nowhere", code, err)


def unwritable():
    with folder() as d:
        for words, why in [(["-o", f"{d}/no/such/out.html"], b"cannot open the folder"), (["-o", f"{d}/file/x.html"], b"")]:
            open(f"{d}/file", "w").close()
            code, out, err = run("html", IE, *words)
            tap.row(code == 4 and why in err, f"html {words[1].replace(d, '')}", code, err)
        with open("/dev/full", "wb") as full:
            done = subprocess.run([POSTERN, "html", IE, "-o", "-"], stdout=full, stderr=subprocess.PIPE, timeout=60)
            tap.row(done.returncode == 4 and b"No space left" in done.stderr, "standard output is full", done.returncode, done.stderr)
            done = subprocess.run([POSTERN, "--help"], stdout=full, stderr=subprocess.PIPE, timeout=60)
            tap.row(done.returncode == 4, "--help to a full device", done.returncode, done.stderr)

            for words in (["html", IE, "--json", "-o", f"{d}/j.html"], ["extract", IE, "-d", f"{d}/j", "--json"], ["extract", IE, "-d", f"{d}/j2"]):
                done = subprocess.run([POSTERN, *words], stdout=full, stderr=subprocess.PIPE, timeout=60)
                tap.row(done.returncode == 4 and b"standard output" in done.stderr and b"No space left" in done.stderr,
                        f"{words[0]} says that its report could not be written", done.returncode, done.stderr)

        def small_files():
            resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))

        for words in (["html", IE, "-o", f"{d}/w/out.html"], ["html", IE, "-d", f"{d}/w"], ["cat", IE, "wall.png", "-o", f"{d}/w/wall.png"],
                      ["extract", IE, "-d", f"{d}/w"]):
            shutil.rmtree(f"{d}/w", ignore_errors=True)
            os.mkdir(f"{d}/w")
            code, out, err = run(*words, preexec_fn=small_files)
            names = [n for n in os.listdir(f"{d}/w") if words[0] == "html" or os.path.getsize(f"{d}/w/{n}") >= 5000]
            tap.row(code == 4 and b"File too large" in err and not names and not left(f"{d}/w"),
                    f"t1_a_full_disk_leaves_nothing: {words[0]} {words[-2]}", code, err, os.listdir(f"{d}/w"))
        before = b"what was there before, and stays"
        open(f"{d}/w/out.html", "wb").write(before)
        code, out, err = run("html", IE, "-o", f"{d}/w/out.html", preexec_fn=small_files)
        tap.row(code == 4 and open(f"{d}/w/out.html", "rb").read() == before, "t1_what_was_there_stays")


def start_and_wait(words, d, seconds=20):
    """Starts the command; returns it once its temporary is there, so that it is in the middle of its work."""
    child = subprocess.Popen([POSTERN, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    end = time.monotonic() + seconds
    while not glob.glob(f"{d}/.postern-*") and child.poll() is None and time.monotonic() < end:
        time.sleep(0.0005)
    return child


def interrupted():
    with folder() as d:
        source, out = f"{d}/big.mhtml", f"{d}/out/page.html"
        os.mkdir(f"{d}/out")
        open(source, "wb").write(big_page(12))
        tap.row(run("html", source, "-o", out)[0] == 0, "a big page is written")
        whole = open(out, "rb").read()
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # children would ignore it below nohup, and rightly
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL):
            hits = 0
            good = True
            for attempt in range(8):
                if os.path.exists(out):
                    os.remove(out)
                for name in left(f"{d}/out"):
                    os.remove(f"{d}/out/{name}")
                child = start_and_wait(["html", source, "-o", out], f"{d}/out")
                time.sleep(random.random() * 0.02)
                child.send_signal(number)
                child.communicate(timeout=60)
                hits += child.returncode == -number
                there = os.path.exists(out)
                good = good and (not there or open(out, "rb").read() == whole)
                good = good and (number == signal.SIGKILL or not left(f"{d}/out"))
                good = good and (child.returncode in (0, -number))
                if hits >= 3:
                    break
            tap.row(good and hits, f"t1_{signal.Signals(number).name}_leaves_nothing_half_done", f"hits {hits}", os.listdir(f"{d}/out"))


def cut_while_read():
    with folder() as d:
        source, seen = f"{d}/big.mhtml", None
        data = big_page(12)
        for attempt in range(6):
            open(source, "wb").write(data)
            child = start_and_wait(["html", source, "-o", f"{d}/page.html"], d)
            child.send_signal(signal.SIGSTOP)
            os.truncate(source, 4096)
            child.send_signal(signal.SIGCONT)
            out, err = child.communicate(timeout=60)
            if child.returncode != 0:
                seen = (child.returncode, err)
                break
        tap.row(seen and seen[0] == 3 and b"big.mhtml: the file became shorter" in seen[1] and not os.path.exists(f"{d}/page.html")
                and not left(d), "a file cut short while it is read", seen)


def children(pid):
    try:
        return [int(c) for c in open(f"/proc/{pid}/task/{pid}/children").read().split()]
    except OSError:
        return []


def alive(pid):
    try:
        return open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def dead_worker():
    with folder() as d:
        os.mkdir(f"{d}/in")
        open(f"{d}/in/a.mhtml", "wb").write(big_page(12))
        open(f"{d}/in/b.mhtml", "wb").write(page())
        open(f"{d}/in/c.mhtml", "wb").write(page())
        for attempt in range(6):
            child = subprocess.Popen([POSTERN, "html", f"{d}/in", "-o", f"{d}/out/"], stderr=subprocess.PIPE)
            end = time.monotonic() + 20
            while not children(child.pid) and child.poll() is None and time.monotonic() < end:
                time.sleep(0.0005)
            for pid in children(child.pid)[:1]:
                os.kill(pid, signal.SIGKILL)
            err = child.communicate(timeout=60)[1]
            if child.returncode == 4:
                break
        tap.row(child.returncode == 4 and b"a.mhtml: its worker died (Killed)" in err, "a dead worker is reported", child.returncode, err)
        names = [n for n in os.listdir(f"{d}/out") if not n.startswith(".")]
        tap.row(sorted(names) == ["b.html", "c.html"], "a dead worker costs one file", names)
        for name in os.listdir(f"{d}/out"):
            os.remove(f"{d}/out/{name}")
        child = subprocess.Popen([POSTERN, "html", f"{d}/in", "-o", f"{d}/out/", "-j", "2"], stderr=subprocess.PIPE)
        end = time.monotonic() + 20
        while not children(child.pid) and child.poll() is None and time.monotonic() < end:
            time.sleep(0.0005)
        workers = children(child.pid)
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=60)
        deadline = time.monotonic() + 20  # a busy machine takes its time to end them
        while time.monotonic() < deadline and ([p for p in workers if alive(p)] or left(f"{d}/out")):
            time.sleep(0.05)
        tap.row(child.returncode == -signal.SIGTERM and not [p for p in workers if alive(p)] and not left(f"{d}/out"),
                "t1_workers_end_with_their_parent", child.returncode, os.listdir(f"{d}/out"))


def exit_one():
    with folder() as d:
        cut = IE.read_bytes()[:9000]
        open(f"{d}/cut.mht", "wb").write(cut)
        code, out, err = run("html", f"{d}/cut.mht", "-o", f"{d}/cut.html")
        tap.row(code == 1 and b"Five keys for one small door" in open(f"{d}/cut.html", "rb").read()
                and b"cut.mht: offset " in err and b"the file ends inside part 2 (image/png)" in err, "a file cut in half: page and exit 1",
                code, err)
        for words in (["parts"], ["text"], ["extract", "-d", f"{d}/x"], ["cat", "-o", f"{d}/part"]):
            code, out, err = run(*words, f"{d}/cut.mht", *(["2"] if words[0] == "cat" else []))
            tap.row(code == 1 and b"the file ends inside" in err, f"{words[0]} of it: exit 1, and why", code, err)
        code, out, err = run("html", "-q", f"{d}/cut.mht", "-o", f"{d}/cut.html")
        tap.row(code == 1 and not err, "--quiet says it by the exit status alone", code, err)
        imports = b"<style>@import 'http://x.test/s.css';</style><p>text"
        open(f"{d}/loop.mhtml", "wb").write(page(imports, (["Content-Type: text/css", "Content-Location: http://x.test/s.css"],
                                                           b"@import 's.css'; @import 's.css?'; p { color: red }")))
        code, out, err = run("html", f"{d}/loop.mhtml", "-o", f"{d}/loop.html")
        tap.row(code == 1 and b"loop.mhtml: a limit of the page was reached" in err, "z18_exit_1_names_the_limit", code, err)
        open(f"{d}/deep.mhtml", "wb").write(b"".join(
            b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (i, i) for i in range(300)) + b"\r\nx\r\n")
        code, out, err = run("text", "-v", f"{d}/deep.mhtml")
        tap.row(code in (1, 3) and b"too deeply" in err and b"offset " in err, "z18_a_limit_is_said_with_its_offset", code, err[-300:])


def closed_descriptors():
    def close_all():
        for fd in (0, 1, 2):
            os.close(fd)

    with folder() as d:
        done = subprocess.run([POSTERN, "html", IE, "-o", f"{d}/page.html"], preexec_fn=close_all, timeout=60)
        tap.row(done.returncode == 0 and b"Five keys" in open(f"{d}/page.html", "rb").read(), "closed standard descriptors do no harm",
                done.returncode)


def sandbox():
    with folder() as d:
        open(f"{d}/big.mhtml", "wb").write(big_page(12))
        child = start_and_wait(["html", f"{d}/big.mhtml", "-o", f"{d}/page.html"], d)
        deadline, modes = time.monotonic() + 10, set()
        while child.poll() is None and time.monotonic() < deadline and "2" not in modes:
            try:
                modes |= {line.split()[1] for line in open(f"/proc/{child.pid}/status") if line.startswith("Seccomp:")}
            except (OSError, ProcessLookupError):
                break
        child.communicate(timeout=60)
        tap.row("2" in modes, "hostile bytes are read behind seccomp", modes)


unusable()
special_outputs()
unwritable()
interrupted()
cut_while_read()
dead_worker()
exit_one()
closed_descriptors()
if SANDBOXED:
    sandbox()
tap.finish()
