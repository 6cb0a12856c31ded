"""The second, nastier set of mails that hide a marker: three layers of tricks (how the body is encoded, where the part stands, what
happened to the bytes of the whole mail) and pairs of them. Each is one that some mail program in use reads: decoders that join soft
breaks first, that take '=' for a digit, that drop NULs, that look for the boundary anywhere in a line, that believe the second
header, that unpack BinHex or yEnc, that join message/partial, and so on.

cases() yields (name, bytes of the mail, marker)."""
import base64
import binascii
import quopri

MARKER = b'POSTERN-STANDARD-NASTY-TEST-FILE!$H+H*%04d'


def plain(number):
    """A marker as a text body, long enough that lines are broken."""
    return b'Dear reader,\r\nplease run X5O!P%@AP[4\\' + MARKER % number + b' now.\r\n' + b'Some lines of text follow.\r\n' * 5


def binary(number):
    return b'MZ\x90\x00\x03\x00\x00\x00' + bytes(range(200, 256)) + MARKER % number + bytes(range(64)) + b'PE\0\0' * 20


# ---- how the body is encoded: data -> (header lines, body) -----------------------------------------------------------------------

def b64(data, width=76, end=b'\r\n'):
    text = base64.b64encode(data)
    return b''.join(text[i:i + width] + end for i in range(0, len(text), width))


def qp_all(data, width=20, soft=b'=\r\n', form=b'=%02X'):
    out = b''
    for i, c in enumerate(data):
        out += form % c
        if i % width == width - 1:
            out += soft
    return out + b'\r\n'


def uu(data, begin=b'begin 644 a.bin\r\n', end=b'`\r\nend\r\n', line_end=b'\r\n'):
    lines = [binascii.b2a_uu(data[i:i + 45]).rstrip(b'\n') for i in range(0, len(data), 45)]
    return begin + b''.join(line + line_end for line in lines) + end


def xx(data):
    table = b'+-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
    out = b'begin 644 a.bin\r\n'
    for i in range(0, len(data), 45):
        piece = data[i:i + 45]
        bits = piece + b'\0' * (-len(piece) % 3)
        out += bytes([table[len(piece)]])
        for k in range(0, len(bits), 3):
            value = int.from_bytes(bits[k:k + 3], 'big')
            out += bytes(table[value >> shift & 63] for shift in (18, 12, 6, 0))
        out += b'\r\n'
    return out + b'+\r\nend\r\n'


def yenc(data):
    body = b''
    for c in data:
        e = (c + 42) & 255
        body += b'=' + bytes([(e + 64) & 255]) if e in (0, 10, 13, 61) else bytes([e])
    lines = b''
    while body:
        cut = 128 if body[127:128] != b'=' else 129
        lines, body = lines + body[:cut] + b'\r\n', body[cut:]
    return b'=ybegin line=128 size=%d name=a.bin\r\n' % len(data) + lines + b'=yend size=%d\r\n' % len(data)


def binhex(data):
    table = b'!"#$%&\'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr'
    head = b'\x05a.bin\0TEXTttxt\0\0' + len(data).to_bytes(4, 'big') + b'\0\0\0\0'
    raw = head + b'\0\0' + data + b'\0\0' + b'\0\0'
    raw = raw.replace(b'\x90', b'\x90\x00')
    bits = int.from_bytes(raw + b'\0' * (-len(raw) % 3), 'big')
    count = (len(raw) + 2) // 3 * 4
    text = bytes(table[bits >> 6 * (count - 1 - i) & 63] for i in range(count))
    text = b':' + text + b':'
    return b'(This file must be converted with BinHex 4.0)\r\n\r\n' + b''.join(text[i:i + 64] + b'\r\n' for i in range(0, len(text), 64))


def utf7(data):
    text = data.decode('latin-1')
    return b''.join(b'+' + base64.b64encode(c.encode('utf-16-be')).rstrip(b'=') + b'-' if c not in '\r\n' else c.encode() for c in text)


def every(text, n, junk):
    return b''.join(text[i:i + n] + junk for i in range(0, len(text), n))


def flowed(data):
    return b''.join(line[i:i + 20] + b' \r\n' for line in data.split(b'\r\n') for i in range(0, len(line), 20))


CTE = b'Content-Transfer-Encoding: '
B = CTE + b'base64\r\n'
Q = CTE + b'quoted-printable\r\n'
OCTETS = b'Content-Type: application/octet-stream; name=a.bin\r\n'
TEXT = b'Content-Type: text/plain; charset=us-ascii\r\n'

ENCODINGS = {
    'none': lambda d: (OCTETS, d),
    'base64': lambda d: (OCTETS + B, b64(d)),
    'base64 one line': lambda d: (OCTETS + B, b64(d, 100000)),
    'base64 LF': lambda d: (OCTETS + B, b64(d, 60, b'\n')),
    'base64 CR': lambda d: (OCTETS + B, b64(d, 60, b'\r')),
    'base64 odd lines': lambda d: (OCTETS + B, b64(d, 61)),
    'base64 blank lines between': lambda d: (OCTETS + B, b64(d, 40, b'\r\n\r\n')),
    'base64 vertical tabs': lambda d: (OCTETS + B, b64(d, 40, b'\x0b')),
    'base64 NULs between': lambda d: (OCTETS + B, every(b64(d), 5, b'\0')),
    'base64 dots': lambda d: (OCTETS + B, every(b64(d), 9, b'.')),
    'base64 quoted lines': lambda d: (OCTETS + B, b'> ' + b64(d, 60, b'\r\n> ')),
    'base64 comment lines': lambda d: (OCTETS + B, b64(d, 60, b'\r\nX-Filler: abcdefg\r\n')),
    'base64 in bits with pads': lambda d: (OCTETS + B, b''.join(base64.b64encode(d[i:i + 1]) for i in range(len(d))) + b'\r\n'),
    'base64 pieces of 7': lambda d: (OCTETS + B, b''.join(base64.b64encode(d[i:i + 7]) for i in range(0, len(d), 7)) + b'\r\n'),
    'base64 pad as digit': lambda d: (OCTETS + B, b64(d).replace(b'A', b'=')),
    'base64 junk as digit': lambda d: (OCTETS + B, b64(d).replace(b'A', b'*')),
    'base64 pad first': lambda d: (OCTETS + B, b'=' + b64(d)),
    'base64 pads in front': lambda d: (OCTETS + B, b'AA==\r\n====\r\n' + b64(d)),
    'base64 junk drops quad': lambda d: (OCTETS + B, b''.join(
        b64(d, 1000)[i:i + 40] + b'ab!' for i in range(0, len(b64(d, 1000)), 40))),
    'base64 behind text on the line': lambda d: (OCTETS + B, b'Here it is: ' + b64(d)),
    'base64 behind sentences': lambda d: (OCTETS + B, b'This is a message in MIME format.\r\n\r\nSee below.\r\n\r\nx\r\n\r\n' + b64(d)),
    'base64 twice': lambda d: (OCTETS + B + B, b64(b64(d))),
    'base64 of quoted-printable': lambda d: (OCTETS + CTE + b'quoted-printable, base64\r\n', b64(qp_all(d))),
    'quoted-printable of base64': lambda d: (OCTETS + Q + B, quopri.encodestring(b64(d).replace(b'\r\n', b'\n')).replace(b'\n', b'\r\n')),
    'quoted-printable of base64, all': lambda d: (OCTETS + Q + B, qp_all(b64(d))),
    'base64 of uuencode': lambda d: (OCTETS + B, b64(uu(d))),
    'base64 url safe, no pad': lambda d: (OCTETS + B, base64.urlsafe_b64encode(d + b'\xff\xfb').rstrip(b'=') + b'\r\n'),
    'base64 in UTF-16': lambda d: (OCTETS + B, b64(d).decode().encode('utf-16-le')),
    'begin-base64': lambda d: (OCTETS, b'begin-base64 644 a.bin\r\n' + b64(d) + b'====\r\n'),
    'base64 armoured': lambda d: (OCTETS, b'-----BEGIN DATA-----\r\nVersion: 1\r\n\r\n' + b64(d, 64) + b'=abcd\r\n-----END DATA-----\r\n'),
    'base64 in a data URL': lambda d: (b'Content-Type: text/html\r\n', b'<a href="data:x/y;base64,' + base64.b64encode(d) + b'">x</a>\r\n'),
    'qp': lambda d: (OCTETS + Q, qp_all(d)),
    'qp lower case': lambda d: (OCTETS + Q, qp_all(d, form=b'=%02x')),
    'qp soft break inside an escape': lambda d: (OCTETS + Q, b''.join(b'=%X=\r\n%X' % (c >> 4, c & 15) for c in d)),
    'qp soft break behind the sign': lambda d: (OCTETS + Q, b''.join(b'==\r\n%02X' % c if i % 9 == 5 else b'=%02X' % c
                                                                     for i, c in enumerate(d))),
    'qp soft break CR CR LF': lambda d: (OCTETS + Q, qp_all(d, 15, b'=\r\r\n')),
    'qp soft break LF CR': lambda d: (OCTETS + Q, qp_all(d, 15, b'=\n\r')),
    'qp soft break CR': lambda d: (OCTETS + Q, qp_all(d, 15, b'=\r')),
    'qp soft break vertical tab': lambda d: (OCTETS + Q, qp_all(d, 15, b'= \x0b\r\n')),
    'qp soft breaks twice': lambda d: (OCTETS + Q, qp_all(d, 15, b'=\r\n=\r\n')),
    'qp bad escapes dropped': lambda d: (OCTETS + Q, qp_all(d, 5, b'=G7')),
    'qp bad escapes, sign dropped': lambda d: (OCTETS + Q, qp_all(d, 3000).replace(b'=41', b'=A')),
    'qp with underscores': lambda d: (OCTETS + Q, qp_all(d).replace(b'=20', b'_')),
    'qp twice': lambda d: (OCTETS + Q + Q, qp_all(qp_all(d))),
    'uuencode': lambda d: (OCTETS + CTE + b'x-uuencode\r\n', uu(d)),
    'uuencode in text': lambda d: (TEXT, b'Look:\r\n\r\n' + uu(d)),
    'uuencode, no begin': lambda d: (OCTETS + CTE + b'uuencode\r\n', uu(d, b'')),
    'uuencode, no end': lambda d: (OCTETS + CTE + b'x-uue\r\n', uu(d, end=b'')),
    'uuencode, trailing blanks cut': lambda d: (OCTETS + CTE + b'x-uue\r\n', b'\r\n'.join(
        line.rstrip() for line in uu(d.replace(b'PE', b'\0\0')).replace(b'`', b' ').split(b'\r\n'))),
    'uuencode CR': lambda d: (OCTETS + CTE + b'x-uue\r\n', uu(d, b'begin 644 a.bin\r', b'`\rend\r', b'\r')),
    'uuencode, second file': lambda d: (TEXT, uu(b'nothing here') + b'\r\n' + uu(d)),
    'uuencode indented': lambda d: (TEXT, b' ' + uu(d, line_end=b'\r\n ')),
    'uuencode quoted': lambda d: (TEXT, b'> ' + uu(d, b'begin 644 a.bin\r\n> ', line_end=b'\r\n> ')),
    'xxencode': lambda d: (OCTETS + CTE + b'x-xxencode\r\n', xx(d)),
    'yenc': lambda d: (OCTETS + CTE + b'x-yenc\r\n', yenc(d)),
    'yenc in text': lambda d: (TEXT, b'Look:\r\n' + yenc(d)),
    'binhex': lambda d: (b'Content-Type: application/mac-binhex40\r\n', binhex(d)),
    'binhex in text': lambda d: (TEXT, b'Look:\r\n' + binhex(d)),
    'utf-7': lambda d: (b'Content-Type: text/plain; charset=utf-7\r\n', utf7(d)),
    'utf-7, quoted-printable': lambda d: (b'Content-Type: text/plain; charset="UTF-7"\r\n' + Q, qp_all(utf7(d))),
    'utf-16, base64': lambda d: (b'Content-Type: text/plain; charset=utf-16\r\n' + B, b64(d.decode('latin-1').encode('utf-16'))),
    'utf-16be, no mark, base64': lambda d: (b'Content-Type: text/plain; charset=utf-16be\r\n' + B,
                                            b64(d.decode('latin-1').encode('utf-16-be'))),
    'utf-16le, no mark': lambda d: (b'Content-Type: text/html; charset=utf-16le\r\n' + CTE + b'binary\r\n',
                                    d.decode('latin-1').encode('utf-16-le')),
    'utf-32, base64': lambda d: (b'Content-Type: text/plain; charset=utf-32\r\n' + B, b64(d.decode('latin-1').encode('utf-32'))),
    'ebcdic, base64': lambda d: (b'Content-Type: text/plain; charset=ibm037\r\n' + B, b64(d.decode('latin-1').encode('cp037'))),
    'iso-2022-jp escapes': lambda d: (b'Content-Type: text/plain; charset=iso-2022-jp\r\n', every(d, 6, b'\x1b(B'))
    if all(c < 128 for c in d) else (OCTETS, d),
    'iso-2022-jp escapes, base64': lambda d: (b'Content-Type: text/plain; charset=iso-2022-jp\r\n' + B, b64(every(d, 6, b'\x1b(B'))),
    'format=flowed delsp': lambda d: (b'Content-Type: text/plain; format=flowed; delsp=yes\r\n', flowed(d))
    if all(c < 128 for c in d) else (OCTETS, d),
    'encoded word in the body': lambda d: (TEXT, b'=?utf-8?B?' + base64.b64encode(d) + b'?=\r\n'),
    'encoded words, Q': lambda d: (TEXT, b' '.join(b'=?utf-8?q?' + qp_all(d[i:i + 9], 99).strip() + b'?=' for i in range(0, len(d), 9)) +
                                   b'\r\n'),
}

# header lines about the encoding, with a base64 body behind them: what some reader takes for base64, and another does not
SPELLINGS = {
    'two, second counts': CTE + b'7bit\r\n' + B, 'two, first counts': B + CTE + b'8bit\r\n',
    'two, binary and base64': CTE + b'binary\r\n' + B,
    'comment in front': CTE + b'(7bit) base64\r\n', 'comment inside': CTE + b'base(x)64\r\n',
    'nested comment': CTE + b'(a (b) c)base64(d)\r\n',
    'open comment': CTE + b'base64 (\r\n', 'quoted': CTE + b'"base64"\r\n', 'single quotes': CTE + b"'base64'\r\n",
    'trailing semicolon': CTE + b'base64;\r\n', 'parameter': CTE + b'base64; x=y\r\n', 'comma': CTE + b'base64, 7bit\r\n',
    'blanks inside': CTE + b'base 64\r\n', 'dash': CTE + b'base-64\r\n', 'prefix x-': CTE + b'x-base64\r\n',
    'suffix': CTE + b'base64encoded\r\n',
    'capitals': b'CONTENT-TRANSFER-ENCODING: BASE64\r\n', 'no blank': b'Content-Transfer-Encoding:base64\r\n',
    'tab': b'Content-Transfer-Encoding:\tbase64\r\n', 'many blanks': CTE + b' ' * 400 + b'base64\r\n',
    'blank before colon': b'Content-Transfer-Encoding : base64\r\n', 'tab before colon': b'Content-Transfer-Encoding\t: base64\r\n',
    'no colon': b'Content-Transfer-Encoding base64\r\n', 'two colons': b'Content-Transfer-Encoding:: base64\r\n',
    'equals for colon': b'Content-Transfer-Encoding= base64\r\n', 'blank in front of the name': b' Content-Transfer-Encoding: base64\r\n',
    'folded': b'Content-Transfer-Encoding:\r\n base64\r\n', 'folded with tab': b'Content-Transfer-Encoding:\r\n\tbase64\r\n',
    'folded over blanks': b'Content-Transfer-Encoding:\r\n   \r\n base64\r\n', 'folded inside the word': CTE + b'base\r\n 64\r\n',
    'folded name': b'Content-Transfer-\r\n Encoding: base64\r\n', 'folded before colon': b'Content-Transfer-Encoding\r\n : base64\r\n',
    'NUL behind': CTE + b'base64\0\r\n', 'NUL inside': CTE + b'base\x0064\r\n',
    'NUL in the name': b'Content-Transfer\0-Encoding: base64\r\n',
    'lone CR in front': b'X-A: b\rContent-Transfer-Encoding: base64\r\n',
    'lone LF in front': b'X-A: b\nContent-Transfer-Encoding: base64\r\n',
    'encoded word': CTE + b'=?utf-8?B?YmFzZTY0?=\r\n', 'encoded word q': CTE + b'=?us-ascii?Q?=62ase64?=\r\n',
    'full width': CTE + 'ｂase64\r\n'.encode(),
    'zero width': CTE + 'base\u200b64\r\n'.encode(), 'BOM in front of the name': b'\xef\xbb\xbf' + CTE + b'base64\r\n',
    'no-break space': b'Content-Transfer-Encoding:\xa0base64\r\n', 'vertical tab': b'Content-Transfer-Encoding:\x0bbase64\r\n',
    'form feed': b'Content-Transfer-Encoding:\x0cbase64\r\n', 'backspaces': CTE + b'7bit\x08\x08\x08\x08base64\r\n',
    'long': CTE + b'base64 (' + b'x' * 1500 + b')\r\n',
    'behind 200 headers': b''.join(b'X-Filler-%d: y\r\n' % i for i in range(200)) + B,
    'misspelt name': b'Content-Transfer-Encodin: base64\r\n',
    'underscore': b'Content_Transfer_Encoding: base64\r\n', 'Content-Encoding': b'Content-Encoding: base64\r\n', 'empty': CTE + b'\r\n',
    'unknown': CTE + b'x-unknown\r\n', 'none': b'', 'mac': b'Content-Transfer-Encoding: mac-binhex\r\n', 'quoted-printable declared': Q,
    'uuencode declared': CTE + b'x-uuencode\r\n', 'type after encoding': B + b'Content-Type: application/x-zip\r\n',
    'in the epilogue of a header': b'X-Junk\r\n' + B,
    'garbage line first': b'no header at all\r\n' + B, 'blank header line first': b' \r\n' + B,
    'From line first': b'From x@y Mon Jan 1 00:00:00 2026\r\n' + B,
    'obsolete line first': b'>From x\r\n' + B,
}

# ---- where the part stands ---------------------------------------------------------------------------------------------------------

HEAD = b'Received: from a.example by b.example; Mon, 23 Nov 2026 10:00:00 +0000\r\n' \
       b'From: a@a.example\r\nTo: b@b.example\r\nSubject: nasty\r\n' \
       b'MIME-Version: 1.0\r\n'
DECOY = b'Content-Type: text/plain\r\n\r\nNothing to see here.\r\n'


def mixed(value=b'multipart/mixed; boundary="xyzzy"', more=b''):
    return HEAD + b'Content-Type: ' + value + b'\r\n' + more + b'\r\n'


def parts(h, b, boundary=b'xyzzy', open_=b'--', close=b'--', end=b'--'):
    return (open_ + boundary + b'\r\n' + DECOY + open_ + boundary + b'\r\n' + h + b'\r\n' + b + b'\r\n' + close + boundary + end + b'\r\n')


def declared(value, boundary):
    return lambda h, b: mixed(b'multipart/mixed; ' + value) + parts(h, b, boundary)


STRUCTURES = {
    'single': lambda h, b: HEAD + h + b'\r\n' + b,
    'multipart': lambda h, b: mixed() + parts(h, b),
    'no MIME-Version': lambda h, b: (mixed() + parts(h, b)).replace(b'MIME-Version: 1.0\r\n', b''),
    'MIME-Version 2': lambda h, b: (mixed() + parts(h, b)).replace(b'sion: 1.0', b'sion: 2.0 (x)'),
    'preamble': lambda h, b: mixed() + h + b'\r\n' + b + b'\r\n--xyzzy\r\n' + DECOY + b'--xyzzy--\r\n',
    'preamble, headers only': lambda h, b: mixed() + b + b'\r\n--xyzzy\r\n' + DECOY + b'--xyzzy--\r\n',
    'epilogue': lambda h, b: mixed() + b'--xyzzy\r\n' + DECOY + b'--xyzzy--\r\n' + h + b'\r\n' + b,
    'epilogue with delimiter': lambda h, b: mixed() + b'--xyzzy\r\n' + DECOY + b'--xyzzy--\r\n--xyzzy\r\n' + h + b'\r\n' + b,
    'epilogue, second message': lambda h, b: mixed() + b'--xyzzy\r\n' + DECOY + b'--xyzzy--\r\n' + HEAD + h + b'\r\n' + b,
    'unclosed': lambda h, b: mixed() + b'--xyzzy\r\n' + DECOY + b'--xyzzy\r\n' + h + b'\r\n' + b,
    'closed by another': lambda h, b: mixed() + parts(h, b).replace(b'--xyzzy--', b'--plugh--'),
    'delimiters without dashes': lambda h, b: mixed() + parts(h, b, open_=b'', close=b''),
    'delimiters with one dash': lambda h, b: mixed() + parts(h, b, open_=b'-', close=b'-'),
    'delimiters with three dashes': lambda h, b: mixed() + parts(h, b, open_=b'---', close=b'---'),
    'delimiters inside lines': lambda h, b: mixed() + parts(h, b, open_=b'text --'),
    'delimiters behind NUL': lambda h, b: mixed() + parts(h, b, open_=b'\0--'),
    'delimiters behind tab': lambda h, b: mixed() + parts(h, b, open_=b'\t--'),
    'delimiters behind form feed': lambda h, b: mixed() + parts(h, b, open_=b'\x0c--'),
    'delimiters behind no-break space': lambda h, b: mixed() + parts(h, b, open_=b'\xa0--'),
    'delimiters behind dot': lambda h, b: mixed() + parts(h, b, open_=b'.--'),
    'delimiters with NUL': lambda h, b: mixed() + parts(h, b, boundary=b'xyz\0zy'),
    'delimiters longer': lambda h, b: mixed() + parts(h, b, boundary=b'xyzzy-more'),
    'delimiters in capitals': lambda h, b: mixed() + parts(h, b, boundary=b'XYZZY'),
    'delimiter shares its line with the header': lambda h, b: mixed() + b'--xyzzy\r\n' + DECOY + b'--xyzzy ' + h + b'\r\n' + b +
        b'\r\n--xyzzy--\r\n',
    'delimiter glued to the last body': lambda h, b: mixed() + b'--xyzzy\r\n' + DECOY.rstrip() + b'--xyzzy\r\n' + h + b'\r\n' + b +
        b'--xyzzy--\r\n',
    'no blank line behind the headers': lambda h, b: mixed() + b'--xyzzy\r\n' + h + b + b'\r\n--xyzzy--\r\n',
    'blank line in front of the headers': lambda h, b: mixed() + b'--xyzzy\r\n\r\n' + h + b'\r\n' + b + b'\r\n--xyzzy--\r\n',
    'blanks for the blank line': lambda h, b: mixed() + b'--xyzzy\r\n' + h + b' \t \r\n' + b + b'\r\n--xyzzy--\r\n',
    'NUL for the blank line': lambda h, b: mixed() + b'--xyzzy\r\n' + h + b'\0\r\n' + b + b'\r\n--xyzzy--\r\n',
    'headers in the body': lambda h, b: HEAD + b'\r\n' + h + b'\r\n' + b,
    'blank line inside the headers': lambda h, b: HEAD + b'X-A: b\r\n \r\n' + h + b'\r\n' + b,
    'junk line inside the headers': lambda h, b: HEAD + b'this is no header\r\n' + h + b'\r\n' + b,
    'two types, second': lambda h, b: HEAD + b'Content-Type: text/plain\r\nContent-Type: multipart/mixed; boundary=xyzzy\r\n\r\n' +
        parts(h, b),
    'two types, first': lambda h, b: HEAD + b'Content-Type: multipart/mixed; boundary=xyzzy\r\nContent-Type: text/plain\r\n\r\n' +
        parts(h, b),
    'two boundaries, first': declared(b'boundary=xyzzy; boundary=plugh', b'xyzzy'),
    'two boundaries, second': declared(b'boundary=plugh; boundary=xyzzy', b'xyzzy'),
    'boundary in a comment': declared(b'(boundary=plugh) boundary=xyzzy', b'xyzzy'),
    'boundary commented': declared(b'boundary=(x)xyzzy(y)', b'xyzzy'),
    'boundary half quoted': declared(b'boundary="xyzzy', b'xyzzy'),
    'boundary escaped': declared(b'boundary="x\\y\\z\\zy"', b'xyzzy'),
    'boundary single quotes': declared(b"boundary='xyzzy'", b'xyzzy'),
    'boundary quotes kept': declared(b"boundary='xyzzy'", b"'xyzzy'"),
    'boundary RFC 2231': declared(b"boundary*=utf-8'en'x%79zzy", b'xyzzy'),
    'boundary RFC 2231 pieces': declared(b'boundary*1=zzy; boundary*0=xy', b'xyzzy'),
    'boundary RFC 2231 and plain': declared(b"boundary=plugh; boundary*=utf-8''xyzzy", b'xyzzy'),
    'boundary encoded word': declared(b'boundary="=?utf-8?Q?xy=7Azy?="', b'xyzzy'),
    'boundary with line end': declared(b"boundary*=utf-8''xy%0D%0Azzy", b'xy\r\nzzy'),
    'boundary of dashes': declared(b'boundary="----"', b'----'),
    'boundary of blanks': declared(b'boundary="   "', b'   '),
    'boundary of one letter': declared(b'boundary=M', b'M'),
    'boundary of 300 letters': declared(b'boundary=' + b'x' * 300, b'x' * 300),
    'boundary non-ASCII': declared('boundary="grün"'.encode(), 'grün'.encode()),
    'boundary absent': declared(b'charset=x', b'xyzzy'),
    'boundary empty': declared(b'boundary=', b''),
    'boundary name with blanks': declared(b'boundary = xyzzy', b'xyzzy'),
    'boundary name with NUL': declared(b'bound\0ary=xyzzy', b'xyzzy'),
    'boundary folded inside': declared(b'boundary="xy\r\n zzy"', b'xy zzy'),
    'type only "multipart"': lambda h, b: mixed(b'multipart; boundary=xyzzy') + parts(h, b),
    'type "multipart/"': lambda h, b: mixed(b'multipart/; boundary=xyzzy') + parts(h, b),
    'type with comment': lambda h, b: mixed(b'multi(x)part/mixed; boundary=xyzzy') + parts(h, b),
    'type text with a boundary': lambda h, b: mixed(b'text/plain; boundary=xyzzy') + parts(h, b),
    'type unknown': lambda h, b: mixed(b'x-multi/x-mixed; boundary=xyzzy') + parts(h, b),
    'X-Content-Type': lambda h, b: HEAD + b'X-Content-Type: multipart/mixed; boundary=xyzzy\r\n\r\n' + parts(h, b),
    'multipart in base64': lambda h, b: mixed(more=B) + b64(parts(h, b)),
    'multipart in quoted-printable': lambda h, b: mixed(more=Q) + qp_all(parts(h, b)),
    'multipart in uuencode': lambda h, b: mixed(more=CTE + b'x-uuencode\r\n') + uu(parts(h, b)),
    'message in a message': lambda h, b: HEAD + b'Content-Type: message/rfc822\r\n\r\n' + mixed() + parts(h, b),
    'message in base64': lambda h, b: mixed() + parts(b'Content-Type: message/rfc822\r\n' + B, b64(mixed() + parts(h, b))),
    'message in quoted-printable': lambda h, b: mixed() + parts(b'Content-Type: message/rfc822\r\n' + Q, qp_all(mixed() + parts(h, b))),
    'message in a named attachment': lambda h, b: mixed() + parts(OCTETS.replace(b'a.bin', b'a.eml') + B, b64(mixed() + parts(h, b))),
    'message/global': lambda h, b: HEAD + b'Content-Type: message/global\r\n' + B + b'\r\n' + b64(mixed() + parts(h, b)),
    'message/external-body': lambda h, b: HEAD + b'Content-Type: message/external-body; access-type=local-file; name=x\r\n\r\n' + h +
        b'\r\n' + b,
    'message/partial, one of one': lambda h, b: HEAD + b'Content-Type: message/partial; id=a; number=1; total=1\r\n\r\n' + HEAD + h +
        b'\r\n' + b,
    'message/partial in pieces': lambda h, b: mixed() + partial(HEAD + h + b'\r\n' + b),
    'message/partial in pieces, turned': lambda h, b: mixed() + partial(HEAD + h + b'\r\n' + b, True),
    'deep, 12 levels': lambda h, b: deep(h, b, 12), 'deep, 60 levels': lambda h, b: deep(h, b, 60),
    'nested with one boundary': lambda h, b: mixed() + b'--xyzzy\r\nContent-Type: multipart/mixed; boundary=xyzzy\r\n\r\n' + parts(h, b) +
        b'--xyzzy--\r\n',
    'nested, boundary a prefix': lambda h, b: mixed(b'multipart/mixed; boundary=xy') +
    b'--xy\r\nContent-Type: multipart/mixed; boundary=xyzzy\r\n\r\n' + parts(h, b) + b'--xy--\r\n',
    'decoy delimiter inside the body': lambda h, b: mixed(b'multipart/mixed; boundary=xyzzy; boundary=plugh') +
    parts(h, b[:len(b) // 2 // 78 * 78] + b'--plugh\r\n' + b[len(b) // 2 // 78 * 78:]) if b.count(b'\r\n') > 2 else mixed() + parts(h, b),
    'decoy undeclared inside the body': lambda h, b: mixed() + parts(h, b[:78] + b'--plugh--\r\n' + b[78:])
        if b[76:78] == b'\r\n' else mixed() + parts(h, b),
    'behind 40 text parts': lambda h, b: mixed() + (b'--xyzzy\r\n' + DECOY) * 40 + b'--xyzzy\r\n' + h + b'\r\n' + b + b'\r\n--xyzzy--\r\n',
    'signed, opaque': lambda h, b: HEAD + b'Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n' + B + b'\r\n' +
    b64(b'\x30\x82\x01\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x24\x80\x04\x82\x01\x00' + h + b'\r\n' + b + b'\0\0\0\0'),
    'TNEF': lambda h, b: HEAD + b'Content-Type: application/ms-tnef; name=winmail.dat\r\n' + B + b'\r\n' +
    b64(b'\x78\x9f\x3e\x22\x01\x00\x02\x0f\x80\x06\x00' + (len(h + b) + 2).to_bytes(4, 'little') + h + b'\r\n' + b + b'\0\0'),
    'digest RFC 934': lambda h, b: HEAD + b'\r\nA digest.\r\n\r\n------- Start of forwarded message -------\r\n' + h + b'\r\n' + b +
        b'\r\n------- End -------\r\n',
    'body behind 5 blank lines': lambda h, b: mixed() + parts(h + b'\r\n\r\n\r\n\r\n', b),
}


def partial(whole, turned=False):
    third = len(whole) // 3
    pieces = [whole[:third], whole[third:2 * third], whole[2 * third:]]
    texts = [b'--xyzzy\r\nContent-Type: message/partial; id="a@b"; number=%d; total=3\r\n\r\n' % (i + 1) + piece + b'\r\n'
             for i, piece in enumerate(pieces)]
    return b''.join(reversed(texts) if turned else texts) + b'--xyzzy--\r\n'


def deep(h, b, levels):
    for i in range(levels):
        h, b = b'Content-Type: multipart/mixed; boundary=lv%02d\r\n' % i, b'--lv%02d\r\n' % i + h + b'\r\n' + b + b'\r\n--lv%02d--\r\n' % i
    return HEAD + h + b'\r\n' + b


# ---- what happened to the whole mail -----------------------------------------------------------------------------------------------

WHOLE = {
    'LF': lambda m: m.replace(b'\r\n', b'\n'), 'CR': lambda m: m.replace(b'\r\n', b'\r'),
    'CR CR LF': lambda m: m.replace(b'\r\n', b'\r\r\n'),
    'LF CR': lambda m: m.replace(b'\r\n', b'\n\r'), 'mixed ends': lambda m: b''.join(
        line + (b'\r\n', b'\n', b'\r')[i % 3] for i, line in enumerate(m.split(b'\r\n'))),
    'NUL behind each line': lambda m: m.replace(b'\r\n', b'\0\r\n'), 'NUL each 7': lambda m: every(m, 7, b'\0'),
    'UTF-8 mark': lambda m: b'\xef\xbb\xbf' + m, 'UTF-16LE mark': lambda m: b'\xff\xfe' + m.decode('latin-1').encode('utf-16-le'),
    'UTF-16BE mark': lambda m: b'\xfe\xff' + m.decode('latin-1').encode('utf-16-be'),
    'UTF-16LE': lambda m: m.decode('latin-1').encode('utf-16-le'),
    'UTF-16BE': lambda m: m.decode('latin-1').encode('utf-16-be'),
    'UTF-32LE mark': lambda m: b'\xff\xfe\0\0' + m.decode('latin-1').encode('utf-32-le'),
    'leading blank lines': lambda m: b'\r\n\r\n\r\n' + m, 'leading text': lambda m: b'This is a mail:\r\n\r\n' + m,
    'From line': lambda m: b'From x Mon Jan 1 00:00:00 2026\n' + m,
    '>From line': lambda m: b'>From x\r\n' + m, 'leading NULs': lambda m: b'\0' * 40 + m, 'leading blanks': lambda m: b'   ' + m,
    'HTTP head': lambda m: b'HTTP/1.1 200 OK\r\n' + m,
    'PDF in front': lambda m: b'%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n' + m,
    'quoted as a reply': lambda m: b'> ' + m.replace(b'\r\n', b'\r\n> '),
    'dots doubled': lambda m: m.replace(b'\r\n-', b'\r\n.-'), 'indented': lambda m: b' ' + m.replace(b'\r\n', b'\r\n '),
    'trailing blanks': lambda m: m.replace(b'\r\n', b' \t\r\n'), 'vertical tabs for ends': lambda m: m.replace(b'\r\n', b'\x0b'),
    'next-line for ends': lambda m: m.replace(b'\r\n', b'\xc2\x85'),
    'second mail of an mbox': lambda m: b'From a Mon Jan 1 00:00:00 2026\nSubject: x\n\nhi\n\nFrom b Mon Jan 1 00:00:00 2026\n' + m,
    'cut in the last line': lambda m: m[:-3], 'whole in base64': lambda m: HEAD + B + b'\r\n' + b64(m),
    'form feed in front': lambda m: b'\x0c' + m,
}


def pairs(first, second, step):
    """Deterministic: every `step`-th pair, so that each trick meets several others."""
    return [(a, b) for i, a in enumerate(first) for k, b in enumerate(second) if (i * 7 + k * 3) % step == 0]


def cases():
    number = 0

    def make(name, encoding, structure, whole=None, spelling=None):
        nonlocal number
        number += 1
        data = plain(number) if number % 3 == 0 or encoding.startswith(('utf', 'iso', 'ebcdic', 'format')) else binary(number)
        if spelling is not None:
            h, b = OCTETS + SPELLINGS[spelling], b64(data)
        else:
            h, b = ENCODINGS[encoding](data)
        mail = STRUCTURES[structure](h, b)
        return name, WHOLE[whole](mail) if whole else mail, MARKER % number

    for e in ENCODINGS:
        yield make(f'encoding {e}', e, 'multipart')
    for p in SPELLINGS:
        yield make(f'spelling {p}', 'base64', 'single', spelling=p)
    for s in STRUCTURES:
        yield make(f'structure {s}, base64', 'base64', s)
        yield make(f'structure {s}, none', 'none', s)
    for w in WHOLE:
        yield make(f'whole {w}, base64', 'base64', 'multipart', w)
        yield make(f'whole {w}, qp', 'qp', 'multipart', w)
    for e, s in pairs(ENCODINGS, STRUCTURES, 37):
        yield make(f'encoding {e} + structure {s}', e, s)
    for p, s in pairs(SPELLINGS, STRUCTURES, 41):
        yield make(f'spelling {p} + structure {s}', 'base64', s, spelling=p)
    for e, w in pairs(ENCODINGS, WHOLE, 23):
        if w not in ('next-line for ends', 'vertical tabs for ends') or 'yenc' not in e:
            yield make(f'encoding {e} + whole {w}', e, 'multipart', w)
    for s, w in pairs(STRUCTURES, WHOLE, 29):
        yield make(f'structure {s} + whole {w}', 'base64', s, w)
