"""postern list --search beside a naive search in Python, over generated mails: words, beginnings of words, several words, Japanese."""
import bisect
import email
import email.policy
import html.parser
import mailbox
import pathlib
import random
import re
import sys
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(ROOT / "bench"))
import make_mbox  # noqa: E402
from stores import Tap, folder, rows  # noqa: E402

COUNT, WORD_BYTES = 200, 48


class Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.text, self.hidden = [], False

    def handle_starttag(self, tag, attrs):
        self.hidden = self.hidden or tag in ("style", "script")
        self.text.append(" ")

    def handle_endtag(self, tag):
        self.hidden = self.hidden and tag not in ("style", "script")
        self.text.append(" ")

    def handle_data(self, data):
        if not self.hidden:
            self.text.append(data)


def fold(text):
    return "".join(f if len(f := unicodedata.normalize("NFKC", c).casefold() if "！" <= c <= "ﾾ" else c.casefold()) == 1 else c
                   for c in text)


def paired(c):
    return "぀" <= c <= "ヿ" or "一" <= c <= "鿿" or "㐀" <= c <= "䶿" or c == "々"


def words(text, query=False):
    """The words of a text; of a run of Japanese its pairs, and its last character alone (in a query only where it has no pair)."""
    found, run = [], ""
    text = fold(text) + " "
    for i, c in enumerate(text):
        if paired(c):
            if run:
                found.append(run)
            run = ""
            following = paired(text[i + 1])
            if following or not (query and i and paired(text[i - 1])):
                found.append(c + text[i + 1] if following else c)
        elif unicodedata.category(c)[0] in "LNM":
            run += c
        elif run:
            found.append(run)
            run = ""
    return [w.encode()[:WORD_BYTES].decode(errors="ignore") for w in found]


def runs(text):
    """Longer runs of Japanese, which stand in the text as they are."""
    return re.findall("[぀-ヿ一-鿿㐀-䶿々]{3,}", fold(text))


def text_of(raw):
    message = email.message_from_bytes(raw, policy=email.policy.default)
    texts = [str(message["subject"]), str(message["from"])]
    for part in message.walk():
        if part.get_content_disposition() == "attachment" or part.get_content_maintype() != "text":
            texts.append(part.get_filename() or "")
            continue
        text = part.get_content()
        if part.get_content_subtype() == "html":
            reader = Reader()
            reader.feed(text)
            text = "".join(reader.text)
        texts.append(text)
    return "\n".join(texts)


def begins(row, word):
    at = bisect.bisect_left(row, word)
    return at < len(row) and row[at].startswith(word)


def main():
    tap = Tap()
    generator = random.Random(4)
    with folder() as name:
        path = pathlib.Path(name) / "box"
        make_mbox.write(path, COUNT, 500000, 7)
        raw = [m.as_bytes() for m in mailbox.mbox(path)]
        texts = [text_of(r) for r in raw]
        index = [sorted(set(words(t))) for t in texts]
        tap.row(len(raw) == COUNT, "the oracle reads every message")
        every = [w for row in index for w in row]
        queries = ["a", "user1", "user1@bench.example", "octet", "hidden", "color", "日本", "検索", "試験用の本文", "検索する", "索する検", "本語の文章を検索するための試験用の本文です", "文章を検文章を検索", "検索す 届いた手紙", "語の語の", "日", "索検", "ｋａ", "KA LO"]
        queries += [generator.choice(every) for _ in range(20)]
        queries += [(w := generator.choice(every))[:max(1, len(w) // 2)] for _ in range(10)]
        queries += [" ".join(generator.choice(index[generator.randrange(COUNT)]) for _ in range(2)) for _ in range(10)]
        queries += [" ".join(generator.choice(i) for _ in range(3)) for i in generator.sample(index, 10)]
        env = {"XDG_CACHE_HOME": name + "/cache"}
        # runs that stand there, and such whose pairs all stand there, though not one behind the other
        queries += [make_mbox.JAPANESE[at:at + generator.randint(3, 7)] for at in generator.sample(range(30), 10)]
        queries += ["".join(generator.choice(make_mbox.JAPANESE) for _ in range(2)) + make_mbox.JAPANESE[5:7] for _ in range(5)]
        for query in queries:
            wanted = words(query, query=True)
            expected = [i + 1 for i, row in enumerate(index) if all(begins(row, q) for q in wanted) and
                        all(run in fold(texts[i]) for run in runs(query))]
            code, listed, err = rows(path, "--search", query, cache=True, env=env)
            got = [r["message"] for r in listed["messages"]] if listed else None
            tap.row(got == expected, f"{query!r}: {len(expected)} messages", err, sorted(set(got or []) ^ set(expected))[:10])
    tap.finish()


main()
