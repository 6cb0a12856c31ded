#!/usr/bin/env python3
"""Every view: mails that hide a marker from one reader or another, built from operators on the structure of MIME (here, and a
second, nastier set in nasty.py), and `postern extract --all-views` over them. At least 95 % of the markers of the first set and 97 %
of the second have to be recovered; what is missed is named.

usage: test_views.py POSTERN [KEEP-FOLDER]    prints TAP"""
import base64
import os
import quopri
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import nasty  # noqa: E402  beside this file


def b64(data, width=76):
    text = base64.b64encode(data).decode()
    return '\r\n'.join(text[i:i + width] for i in range(0, len(text), width)) + '\r\n'


def junk_every(text, n, junk):
    return ''.join(c + (junk if i % n == n - 1 and c not in '\r\n=' else '') for i, c in enumerate(text))


def uu(data):
    import binascii
    lines = [binascii.b2a_uu(data[i:i + 45]).decode().rstrip('\n') for i in range(0, len(data), 45)]
    return 'begin 644 x.bin\r\n' + '\r\n'.join(lines) + '\r\n`\r\nend\r\n'


def padded_lines(data):
    """Each line a base64 text of its own, with its own padding."""
    return ''.join(base64.b64encode(data[i:i + 20]).decode() + '\r\n' for i in range(0, len(data), 20))


# name -> (header lines about the encoding, function from bytes to body)
ENCODINGS = {
    'base64': ('Content-Transfer-Encoding: base64', b64),
    'base64-upper': ('CONTENT-TRANSFER-ENCODING: BASE64', b64),
    'base64-comment': ('Content-Transfer-Encoding: base64 (no (really))', b64),
    'base64-comment-first': ('Content-Transfer-Encoding: (x) base64', b64),
    'base64-quoted': ('Content-Transfer-Encoding: "base64"', b64),
    'base64-semicolon': ('Content-Transfer-Encoding: base64; charset=x', b64),
    'base64-folded': ('Content-Transfer-Encoding:\r\n base64', b64),
    'base64-folded-twice': ('Content-Transfer-Encoding:\r\n \r\n base64', b64),
    'base64-split-name': ('Content-Transfer-\r\n Encoding: base64', b64),
    'base64-blank-before-colon': ('Content-Transfer-Encoding : base64', b64),
    'base64-no-blank': ('Content-Transfer-Encoding:base64', b64),
    'base64-nul': ('Content-Transfer-Encoding: base64\0x', b64),
    'base64-unknown-name': ('Content-Transfer-Encoding: x-base64', b64),
    'base64-misspelt': ('Content-Transfer-Encoding: bsae64', b64),
    'base64-encoded-word': ('Content-Transfer-Encoding: =?us-ascii?Q?base64?=', b64),
    'base64-undeclared': ('X-Nothing: 1', b64),
    'first-7bit-then-base64': ('Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64', b64),
    'first-base64-then-7bit': ('Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 7bit', b64),
    'base64-as-qp': ('Content-Transfer-Encoding: quoted-printable\r\nContent-Transfer-Encoding: base64', b64),
    'base64-list': ('Content-Transfer-Encoding: 7bit, base64', b64),
    'base64-lone-cr': ('Content-Transfer-Encoding: 7bit\rContent-Transfer-Encoding: base64', b64),
    'base64-junk': ('Content-Transfer-Encoding: base64', lambda d: junk_every(b64(d), 7, '!')),
    'base64-junk-8bit': ('Content-Transfer-Encoding: base64', lambda d: junk_every(b64(d), 11, '\xff')),
    'base64-blanks': ('Content-Transfer-Encoding: base64', lambda d: junk_every(b64(d), 3, ' ')),
    'base64-one-per-line': ('Content-Transfer-Encoding: base64', lambda d: '\r\n'.join(b64(d).replace('\r\n', '')) + '\r\n'),
    'base64-no-padding': ('Content-Transfer-Encoding: base64', lambda d: b64(d).rstrip('=\r\n') + '\r\n'),
    'base64-padded-lines': ('Content-Transfer-Encoding: base64', padded_lines),
    'base64-padding-inside': ('Content-Transfer-Encoding: base64', lambda d: junk_every(b64(d), 4, '=')),
    'base64-padding-first': ('Content-Transfer-Encoding: base64', lambda d: '====\r\n' + b64(d)),
    'base64-junk-line': ('Content-Transfer-Encoding: base64', lambda d: b64(d, 40).replace('\r\n', '\r\n# abc #\r\n', 1)),
    'base64-leading-text': ('Content-Transfer-Encoding: base64', lambda d: '\r\n\r\n' + b64(d)),
    'base64-trailing-text': ('Content-Transfer-Encoding: base64', lambda d: b64(d) + '\r\nSent from my door.\r\n'),
    'base64-url-safe': ('Content-Transfer-Encoding: base64', lambda d: base64.urlsafe_b64encode(d + b'\xfb\xff\xfe').decode() + '\r\n'),
    'qp': ('Content-Transfer-Encoding: quoted-printable', lambda d: quopri.encodestring(d, True).decode()),
    'qp-lower': ('Content-Transfer-Encoding: Quoted-Printable', lambda d: ''.join('=%02x' % c for c in d) + '\r\n'),
    'qp-all': ('Content-Transfer-Encoding: quoted-printable',
               lambda d: ''.join('=%02X' % c + ('=\r\n' if i % 20 == 19 else '') for i, c in enumerate(d)) + '\r\n'),
    'qp-soft-blanks': ('Content-Transfer-Encoding: quoted-printable',
                       lambda d: ''.join('=%02X' % c + ('= \t\r\n' if i % 9 == 8 else '') for i, c in enumerate(d)) + '\r\n'),
    'qp-lone': ('Content-Transfer-Encoding: quoted-printable',
                lambda d: '=ZZ ' + ''.join('=%02X' % c for c in d) + ' = \r\n'),
    'uuencode': ('Content-Transfer-Encoding: x-uuencode', uu),
    'uuencode-as-7bit': ('Content-Transfer-Encoding: 7bit', uu),
    '8bit': ('Content-Transfer-Encoding: 8bit', lambda d: d.decode('latin-1') + '\r\n'),
}

# name -> (Content-Type line of the container, boundary that the delimiters use)
BOUNDARIES = {
    'plain': ('Content-Type: multipart/mixed; boundary=bb', 'bb'),
    'quoted': ('Content-Type: multipart/mixed; boundary="b b;b"', 'b b;b'),
    'first-of-two': ('Content-Type: multipart/mixed; boundary=bb; boundary=other', 'bb'),
    'second-of-two': ('Content-Type: multipart/mixed; boundary=other; boundary=bb', 'bb'),
    'header-first': ('Content-Type: multipart/mixed; boundary=bb\r\nContent-Type: text/plain', 'bb'),
    'header-second': ('Content-Type: text/plain\r\nContent-Type: multipart/mixed; boundary=bb', 'bb'),
    'half-quoted': ('Content-Type: multipart/mixed; boundary="bb', 'bb'),
    'quote-inside': ('Content-Type: multipart/mixed; boundary=b"b', 'b"b'),
    'escaped': ('Content-Type: multipart/mixed; boundary="b\\b"', 'bb'),
    'comment-inside': ('Content-Type: multipart/mixed; boundary=bb(comment)', 'bb'),
    'comment-type': ('Content-Type: multi(x)part/mixed; boundary=bb', 'bb'),
    'rfc2231': ("Content-Type: multipart/mixed; boundary*=us-ascii''bb", 'bb'),
    'rfc2231-split': ('Content-Type: multipart/mixed; boundary*0=b; boundary*1=b', 'bb'),
    'rfc2231-escaped': ("Content-Type: multipart/mixed; boundary*=us-ascii''b%62", 'bb'),
    'blank-before-equals': ('Content-Type: multipart/mixed; boundary =  bb', 'bb'),
    'upper': ('CONTENT-TYPE: MULTIPART/MIXED; BOUNDARY=bb', 'bb'),
    'other-case': ('Content-Type: multipart/mixed; boundary=BB', 'bb'),
    'comma': ('Content-Type: multipart/mixed, boundary=bb', 'bb'),
    'no-semicolon': ('Content-Type: multipart/mixed boundary=bb', 'bb'),
    'folded': ('Content-Type: multipart/mixed;\r\n\tboundary=\r\n\t"bb"', 'bb'),
    'encoded-word': ('Content-Type: multipart/mixed; boundary="=?us-ascii?Q?bb?="', 'bb'),
    'not-declared': ('Content-Type: multipart/mixed', 'bb'),
    'wrong': ('Content-Type: multipart/mixed; boundary=wrong', 'bb'),
    'text-type': ('Content-Type: text/plain; boundary=bb', 'bb'),
    'empty': ('Content-Type: multipart/mixed; boundary=""', ''),
    'ends-in-dashes': ('Content-Type: multipart/mixed; boundary="bb--"', 'bb--'),
    'trailing-blank': ('Content-Type: multipart/mixed; boundary="bb "', 'bb'),
    'nul': ('Content-Type: multipart/mixed; boundary=bb\0c', 'bb'),
}


def mail(container, body):
    return 'From: a@a.example\r\nTo: b@b.example\r\nSubject: views\r\nMIME-Version: 1.0\r\n' + container + '\r\n\r\n' + body


def part(encoding, payload, extra=''):
    header, encode = ENCODINGS[encoding]
    return ('Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=x.bin\r\n' + extra + header +
            '\r\n\r\n' + encode(payload))


TEXT = 'Content-Type: text/plain\r\n\r\nhello\r\n'


def usual(boundary, inner):
    return f'--{boundary}\r\n{TEXT}--{boundary}\r\n{inner}--{boundary}--\r\n'


# name -> function from the hidden part's text to a whole mail
STRUCTURES = {
    'epilogue': lambda p: mail(BOUNDARIES['plain'][0], f'--bb\r\n{TEXT}--bb--\r\n--bb\r\n{p}--bb--\r\n'),
    'preamble': lambda p: mail(BOUNDARIES['plain'][0], f'{p}\r\n--bb\r\n{TEXT}--bb--\r\n'),
    'unclosed': lambda p: mail(BOUNDARIES['plain'][0], f'--bb\r\n{TEXT}--bb\r\n{p}'),
    'indented-delimiter': lambda p: mail(BOUNDARIES['plain'][0], f'--bb\r\n{TEXT} --bb\r\n{p}--bb--\r\n'),
    'blank-behind-delimiter': lambda p: mail(BOUNDARIES['plain'][0], f'--bb\r\n{TEXT}--bb \t\r\n{p}--bb--\r\n'),
    'text-behind-delimiter': lambda p: mail(BOUNDARIES['plain'][0], f'--bb\r\n{TEXT}--bbx\r\n{p}--bb--\r\n'),
    'nested-same-boundary': lambda p: mail(BOUNDARIES['plain'][0],
                                           f'--bb\r\n{BOUNDARIES["plain"][0]}\r\n\r\n--bb\r\n{p}--bb--\r\n--bb--\r\n'),
    'nested-prefix-boundary': lambda p: mail('Content-Type: multipart/mixed; boundary=b',
                                             f'--b\r\n{BOUNDARIES["plain"][0]}\r\n\r\n--bb\r\n{p}--bb--\r\n--b--\r\n'),
    'no-blank-line': lambda p: mail(BOUNDARIES['plain'][0], usual('bb', p.replace('\r\n\r\n', '\r\n', 1))),
    'two-blank-lines': lambda p: mail(BOUNDARIES['plain'][0], usual('bb', p.replace('\r\n\r\n', '\r\n\r\n\r\n', 1))),
    'header-after-blank-line': lambda p: mail(BOUNDARIES['plain'][0], usual('bb', '\r\n' + p)),
    'blank-line-of-blanks': lambda p: mail(BOUNDARIES['plain'][0], usual('bb', p.replace('\r\n\r\n', '\r\n \t\r\n', 1))),
    'lf-only': lambda p: mail(BOUNDARIES['plain'][0], usual('bb', p)).replace('\r\n', '\n'),
    'cr-only': lambda p: mail(BOUNDARIES['plain'][0], usual('bb', p)).replace('\r\n', '\r'),
    'mixed-line-ends': lambda p: mail(BOUNDARIES['plain'][0], usual('bb', p.replace('\r\n', '\n', 3))),
    'inside-rfc822': lambda p: mail('Content-Type: message/rfc822', mail(BOUNDARIES['plain'][0], usual('bb', p))),
    'inside-base64-rfc822': lambda p: mail('Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64',
                                           b64(mail(BOUNDARIES['plain'][0], usual('bb', p)).encode('latin-1'))),
    'encoded-multipart': lambda p: mail(BOUNDARIES['plain'][0] + '\r\nContent-Transfer-Encoding: base64',
                                        b64(usual('bb', p).encode('latin-1'))),
    'qp-multipart': lambda p: mail(BOUNDARIES['plain'][0] + '\r\nContent-Transfer-Encoding: quoted-printable',
                                   quopri.encodestring(usual('bb', p).encode('latin-1')).decode('latin-1')),
    'mbox-quoted': lambda p: 'From x\r\n' + mail(BOUNDARIES['plain'][0], usual('bb', p)),
    'single': lambda p: 'From: a@a.example\r\nMIME-Version: 1.0\r\n' + p,
    'headers-twice': lambda p: mail(BOUNDARIES['plain'][0], '\r\n' + mail(BOUNDARIES['plain'][0], usual('bb', p))),
    'decoy-delimiter': lambda p: mail('Content-Type: multipart/mixed; boundary=bb; boundary=cc',
                                      usual('bb', p[:len(p) - 30] + '\r\n--cc\r\n' + p[len(p) - 30:])),
    'utf-16': lambda p: '\ufeff' + mail(BOUNDARIES['plain'][0], usual('bb', p)),
}


def cases():
    number = 0
    for name, (container, boundary) in BOUNDARIES.items():
        for encoding in ('base64', 'qp', 'base64-undeclared', 'first-7bit-then-base64', 'base64-junk', 'uuencode-as-7bit'):
            number += 1
            payload = payload_of(number)
            yield f'boundary {name}, {encoding}', number, mail(container, usual(boundary, part(encoding, payload)))
    for name, structure in STRUCTURES.items():
        for encoding in ('base64', 'qp', 'base64-folded', 'first-base64-then-7bit'):
            number += 1
            yield f'structure {name}, {encoding}', number, structure(part(encoding, payload_of(number)))
    for encoding in ENCODINGS:
        for structure in ('single', 'unclosed'):
            number += 1
            yield f'encoding {encoding}, {structure}', number, STRUCTURES[structure](part(encoding, payload_of(number)))


def marker_of(number):
    return b'POSTERN HIDDEN MARKER %04d END' % number


def payload_of(number):
    return b'%PDF-1.4\n' + marker_of(number) + b'\n' + b'some more bytes, so that lines are broken ' * 4


def first_set():
    for name, number, text in cases():
        yield name, text.encode('utf-16-le' if text.startswith('\ufeff') else 'latin-1'), marker_of(number)


def holds(folder, marker):
    for name in os.listdir(folder):
        if name.endswith('.bin'):
            with open(os.path.join(folder, name), 'rb') as f:
                if marker in f.read():
                    return True
    return False


def judge(postern, work, number, what, mails, least, share):
    """All mails of a set in one run, a folder each; prints the two test points."""
    folder, paths = os.path.join(work, what), []
    os.makedirs(folder)
    for i, (_, content, _) in enumerate(mails):
        paths.append(os.path.join(folder, f'{i:04}.eml'))
        with open(paths[-1], 'wb') as f:
            f.write(content)
    out = os.path.join(folder, 'out')
    run = subprocess.run([postern, 'extract', '--all-views', '-q', '-j', '0', '-d', out, *paths], capture_output=True, check=False)
    missed = [name for i, (name, _, marker) in enumerate(mails) if not holds(os.path.join(out, f'{i:04}'), marker)]
    found = len(mails) - len(missed)
    good = found >= share * len(mails) and run.returncode in (0, 1)
    print(f'{"ok" if len(mails) >= least else "not ok"} {number} - {what}: at least {least} mails that hide a marker # {len(mails)} mails')
    print(f'{"ok" if good else "not ok"} {number + 1} - {what}: markers recovered # {found} of {len(mails)}, exit {run.returncode}')
    for name in missed:
        print('# missed:', name)
    if run.returncode not in (0, 1):
        print('#', run.stderr[-500:])
    return good and len(mails) >= least


def main():
    postern = os.path.abspath(sys.argv[1])
    shm = '/dev/shm' if os.access('/dev/shm', os.W_OK) else None
    work = sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp(prefix='postern-views-', dir=shm)
    print('1..4')
    good = judge(postern, work, 1, 'first set', list(first_set()), 300, 0.95)
    good &= judge(postern, work, 3, 'nasty set', list(nasty.cases()), 400, 0.97)
    if len(sys.argv) <= 2:
        shutil.rmtree(work, ignore_errors=True)
    return 0 if good else 1


sys.exit(main())
