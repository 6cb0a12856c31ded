"""
A second opinion about archives and mails: Python's email package for the structure, the character sets by the labels of the
WHATWG Encoding Standard, own decoders for what that package does not forgive. Slow and simple on purpose.
"""
import base64
import binascii
import email
import email.policy
import html
import html.parser
import quopri
import re
import urllib.parse

# The labels that differ from Python's own idea of them, or that Python does not know (Encoding Standard, 4.2).
LABELS = {
    "windows-1252": "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 "
                    "iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252",
    "windows-1254": "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 latin5 windows-1254 x-cp1254",
    "windows-874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874",
    "gb18030": "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk gb18030",
    "cp949": "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949",
    "cp932": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8",
    "utf-16-le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le",
    "utf-16-be": "unicodefffe utf-16be",
    "iso2022_jp_ext": "csiso2022jp iso-2022-jp",
    "koi8-u": "koi8-ru koi8-u",
    "koi8-r": "cskoi8r koi koi8 koi8-r koi8_r",
    "mac-roman": "csmacintosh mac macintosh x-mac-roman",
    "iso8859-8": "csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-8859-8-i logical visual",
}
CODEC = {label: codec for codec, labels in LABELS.items() for label in labels.split()}
CODEC["windows-874"] = CODEC["iso-8859-11"] = CODEC["tis-620"] = "cp874"


def codec_for(label):
    label = (label or "").strip().lower().strip("\"'")
    if label in CODEC:
        return CODEC[label]
    if re.fullmatch(r"(windows-|cp|x-cp)(125\d|866)", label):
        return "cp" + re.search(r"\d+$", label)[0]
    match = re.fullmatch(r"(?:iso-?_?)?8859-?(\d+)", label)
    if match and 1 <= int(match[1]) <= 16 and int(match[1]) != 12:
        return f"iso8859-{match[1]}"
    return {"euc-jp": "euc_jp", "x-euc-jp": "euc_jp", "ibm866": "cp866"}.get(label)


def decode_text(data, label, html=False):
    """BOM, declared label, <meta> for HTML, else UTF-8 when it fits, else windows-1252."""
    for bom, codec in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(bom):
            return data[len(bom):].decode(codec, "replace")
    codec = codec_for(label)
    if not codec and html:
        match = re.search(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w:.-]+)", data[:4096], re.I)
        codec = codec_for(match[1].decode("latin-1")) if match else None
        if codec and codec.startswith("utf-16"):
            codec = "utf-8"
    if not codec:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            codec = "windows-1252"
    if codec == "windows-1252":
        return "".join(bytes([b]).decode("cp1252") if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(b) for b in data) \
            if any(0x80 <= b < 0xA0 for b in data) else data.decode("latin-1")
    return data.decode(codec, "replace")


def decode_base64(data):
    clean = re.sub(rb"[^A-Za-z0-9+/=]", b"", data)
    out, pending = b"", b""
    for piece in re.split(rb"=+", clean):  # text may go on behind padding
        piece = piece[:len(piece) - 1] if len(piece) % 4 == 1 else piece
        try:
            out += base64.b64decode(piece + b"=" * (-len(piece) % 4))
        except binascii.Error:
            out += pending
    return out


def decode_body(part):
    raw = part._payload  # get_payload would decode raw 8-bit text by its own idea of the character set
    if not isinstance(raw, str):
        return b""
    data = raw.encode("utf-8", "surrogateescape")
    encoding = re.sub(r"\(.*?\)", "", str(part.get("Content-Transfer-Encoding", ""))).strip().lower()
    if encoding == "base64":
        return decode_base64(data)
    if encoding == "quoted-printable":
        return quopri.decodestring(data)
    if encoding in ("x-uuencode", "uuencode", "x-uue"):
        return part.get_payload(decode=True) or b""
    return data


class Message:
    """The parsed message; leaves in file order."""

    def __init__(self, data):
        data = data.lstrip(b"\xef\xbb\xbf\r\n \t") if data[:1] in b"\xef\r\n \t" else data
        if data.startswith((b"From ", b">From ")):
            data = data.split(b"\n", 1)[1]
        if b"\n" not in data:
            data = data.replace(b"\r", b"\n")
        if re.match(rb"<(!doctype|html|head)", data[:20], re.I):  # a page on its own that somebody named .mht
            data = b"MIME-Version: 1.0\nContent-Type: text/html\nContent-Transfer-Encoding: 8bit\n\n" + data
        self.top = email.message_from_bytes(data, policy=email.policy.compat32)
        self.leaves = [p for p in self.top.walk() if not p.is_multipart()]

    def is_mime(self):
        return bool(self.top.keys())

    def root(self):
        """The part a reader shows: HTML before plain text, not an attachment."""
        return show(self.top)


def kind(part):
    declared = str(part.get("Content-Type", "")).split(";")[0].strip().lower()
    return declared or part.get_content_type()


def is_attachment(part):
    return str(part.get("Content-Disposition", "")).strip().lower().startswith("attachment")


def show(part):
    if not part.is_multipart():
        return part if kind(part) in ("text/html", "application/xhtml+xml", "text/plain") and not is_attachment(part) else None
    if kind(part).startswith("message/"):
        return None
    children = part.get_payload()
    subtype = kind(part).partition("/")[2]
    if subtype == "related" and part.get_param("start"):
        wanted = str(part.get_param("start")).strip("<> ")
        children = sorted(children, key=lambda c: str(c.get("Content-ID", "")).strip("<> ") != wanted)
    if subtype == "related":
        found = [show(c) for c in children[:1]] + [show(c) for c in children[1:]]
        return next((f for f in found if f is not None), None)
    found = [f for f in map(show, children) if f is not None]
    page = [f for f in found if kind(f) != "text/plain"] if subtype == "alternative" else []
    return (page or found or [None])[0]


def shown(part):
    """All text that a reader shows of a mail, in order: of a mixed every text, of an alternative the best."""
    if not part.is_multipart() or not kind(part).startswith("multipart/"):
        found = show(part)
        return [] if found is None else [found]
    if kind(part) in ("multipart/alternative", "multipart/related"):
        best = show(part)
        inner = [shown(c) for c in part.get_payload() if c.is_multipart() and best is not None and any(l is best for l in c.walk())]
        return inner[0] if inner else ([] if best is None else [best])
    return [leaf for child in part.get_payload() for leaf in shown(child)]


def text_of(part):
    charset = part.get_param("charset")
    if isinstance(charset, tuple):
        charset = charset[2]
    return decode_text(decode_body(part), charset, kind(part) != "text/plain")


def title_of(data):
    root = Message(data).root()
    match = re.search(r"<title[^>]*>(.*?)</title", text_of(root), re.S | re.I) if root is not None and kind(root) != "text/plain" else None
    return html.unescape(match[1]) if match else ""


# ---- identities ----

def location(part):
    value = str(part.get("Content-Location", "") or "")
    return re.sub(r"\s+", "", value)


def identities(message):
    """Content-Location and cid: of each leaf -> leaf (the first wins, Z11)."""
    table = {}
    for leaf in message.leaves:
        if location(leaf):
            table.setdefault(location(leaf), leaf)
        name = str(leaf.get("Content-ID", "") or "").strip().strip("<>")
        if name:
            table.setdefault("cid:" + name, leaf)
    return table


def find(table, reference, base):
    reference = reference.strip()
    if reference.lower().startswith("cid:"):
        name = "cid:" + reference[4:]
        return table.get(name) or table.get("cid:" + urllib.parse.unquote(reference[4:]))
    try:
        whole = urllib.parse.urljoin(base or "", reference)
    except ValueError:
        return None
    return table.get(reference) or table.get(whole) or table.get(whole.split("#")[0])


SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"\x00\x00\x01\x00")


def is_raster(data):
    return data.startswith(SIGNATURES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


class References(html.parser.HTMLParser):
    """What the markup shows as a picture, and its frames."""

    def __init__(self, markup):
        super().__init__(convert_charrefs=True)
        self.pictures, self.frames, self.sheets, self.css, self.base = [], [], [], [], None
        self.in_style = False
        self.off = 0
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attributes):
        values = {k: v or "" for k, v in reversed(attributes)}
        if tag in ("noscript", "template", "noembed", "noframes"):
            self.off += 1
        if self.off:
            return
        if tag == "base" and values.get("href") and self.base is None:
            self.base = values["href"]
        if tag == "style":
            self.in_style = True
        if tag == "img" and values.get("src"):
            self.pictures.append(values["src"])
        if tag == "input" and values.get("type", "").lower() == "image" and values.get("src"):
            self.pictures.append(values["src"])
        if tag in ("body", "table", "td", "th", "tr") and values.get("background"):
            self.pictures.append(values["background"])
        if tag in ("iframe", "frame") and values.get("src") and "srcdoc" not in values:
            self.frames.append(values["src"])
        if tag == "link" and "stylesheet" in values.get("rel", "").lower().split() and values.get("href"):
            self.sheets.append(values["href"])
        if values.get("style"):
            self.css.append(values["style"])

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag in ("noscript", "template", "noembed", "noframes"):
            self.off -= 1

    def handle_endtag(self, tag):
        if tag == "style":
            self.in_style = False
        if tag in ("noscript", "template", "noembed", "noframes") and self.off:
            self.off -= 1

    def handle_data(self, data):
        if self.in_style and not self.off:
            self.css.append(data)
