#!/usr/bin/env python3
"""Writes an mbox of generated mails: bench/make_mbox.py FILE COUNT BYTES [SEED]. Plain text, HTML, quoted-printable, base64 text and
attachments in the proportions of a mailing-list archive; words by Zipf's law out of 50,000, some Japanese; answers that name what they
answer to. The same arguments give the same bytes."""
import base64
import itertools
import random
import sys

JAPANESE = "日本語の文章を検索するための試験用の本文です。郵便受けに届いた手紙を読む。"


def vocabulary(generator, count):
    syllables = ["ka", "lo", "mi", "ren", "to", "sa", "du", "ve", "ni", "stra", "bel", "or", "in", "qua", "pe", "ship", "er", "al"]
    words = set()
    while len(words) < count:
        words.add("".join(generator.choice(syllables) for _ in range(generator.randint(1, 5))))
    return sorted(words, key=lambda w: (len(w), w))


class Mails:
    def __init__(self, seed):
        self.random = random.Random(seed)
        words = vocabulary(self.random, 50000)
        weights = list(itertools.accumulate(1 / (i + 10) for i in range(len(words))))
        # lines are made once and drawn from: a gigabyte has to be written in a minute
        self.lines = [" ".join(line) for line in
                      (self.random.choices(words, cum_weights=weights, k=11) for _ in range(20000))]
        self.words = words
        self.noise = [base64.b64encode(self.random.randbytes(57)).decode() for _ in range(4000)]

    def text(self, size):
        lines, total = [], 0
        while total < size:
            lines.append(self.random.choice(self.lines))
            total += len(lines[-1]) + 1
        return "\n".join(lines) + "\n"

    def body(self, size):
        """(fields, body) of one of several shapes."""
        kind = self.random.random()
        if kind < 0.45:
            return "Content-Type: text/plain; charset=utf-8\n", self.text(size)
        if kind < 0.6:
            coded = self.text(size).replace("er", "=65r").replace("al ", "al=\n ")
            return "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n", coded
        if kind < 0.8:
            inner = self.text(size // 2)
            html = "<html><head><style>p { color: red }</style></head><body><p>" + inner.replace("\n", "</p>\n<p>") + "</p></body></html>\n"
            return ('Content-Type: multipart/alternative; boundary="b0"\n',
                    f"--b0\nContent-Type: text/plain; charset=utf-8\n\n{inner}\n--b0\nContent-Type: text/html; charset=utf-8\n\n{html}\n--b0--\n")
        if kind < 0.85:
            coded = base64.encodebytes((JAPANESE * (size // 150 + 1)).encode()).decode()
            return "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n", coded
        noise = "\n".join(self.random.choices(self.noise, k=size // 80 + 1))
        return ('Content-Type: multipart/mixed; boundary="b0"\n',
                f"--b0\nContent-Type: text/plain; charset=utf-8\n\n{self.text(size // 4)}\n--b0\nContent-Type: application/octet-stream; "
                f'name="a.bin"\nContent-Disposition: attachment; filename="a.bin"\nContent-Transfer-Encoding: base64\n\n{noise}\n--b0--\n')

    def mail(self, number, size):
        fields, body = self.body(max(200, size - 600))
        subject = " ".join(self.random.choice(self.words) for _ in range(4))
        refs = ""
        if number and self.random.random() < 0.6:
            other = self.random.randrange(max(0, number - 50), number)
            refs, subject = f"In-Reply-To: <{other}@bench.example>\nReferences: <{other}@bench.example>\n", "Re: " + subject
        who = self.random.randrange(2000)
        return (f"From user{who}@bench.example Tue Apr 13 10:00:00 2004\nReceived: from a.example (a.example [192.0.2.1]) by b.example "
                f"with ESMTP id {number:08x}; Tue, 13 Apr 2004 10:00:00 +0000\nFrom: User {who} <user{who}@bench.example>\n"
                f"To: list@bench.example\nSubject: {subject}\nMessage-ID: <{number}@bench.example>\n{refs}"
                f"Date: Tue, {number % 28 + 1} Apr 2004 {number % 24:02}:{number % 60:02}:00 +0000\nMIME-Version: 1.0\n{fields}\n{body}\n")


def write(path, count, total, seed=1):
    mails = Mails(seed)
    with open(path, "w", encoding="utf-8", buffering=1 << 20) as out:
        written = 0
        for number in range(count):
            left = (total - written) / (count - number)
            mail = mails.mail(number, int(left * mails.random.uniform(0.2, 1.8)))
            written += len(mail)
            out.write(mail)


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else 1)
