"""
What is fed to `postern html` before Chromium judges it. Each vector is an archive or a mail on disk:

  page    the payload as the body of an HTML document, alone in an archive
  mail    the payload as the body of a mail's HTML part, beside a text part
  header  markup in a header field (Subject, names, types, locations …) of a mail or an archive
  own     our own bodies, so that the stage means something without the shared material
  case    the hostile archives of the shared material as they are
"""
import base64
import hashlib
import json
import pathlib

BOUNDARY = "=_postern_vector"


def b64(text):
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return base64.encodebytes(data).decode().replace("\n", "\r\n")


def part(content, *fields):
    return "\r\n".join([*fields, "Content-Transfer-Encoding: base64", "", b64(content)])


def multipart(kind, parts, *fields):
    head = [*fields, "MIME-Version: 1.0", f'Content-Type: {kind}; boundary="{BOUNDARY}"', "", ""]
    body = "".join(f"--{BOUNDARY}\r\n{p}" for p in parts)
    return "\r\n".join(head) + body + f"--{BOUNDARY}--\r\n"


def document(payload):
    return '<!DOCTYPE html><html><head><meta charset="utf-8"><title>t</title></head><body>' + payload


PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


def page(payload, *more):
    root = part(document(payload), "Content-Type: text/html; charset=utf-8", "Content-Location: http://page.vector.test/dir/index.html")
    return multipart('multipart/related; type="text/html"', [root, *more], "From: <Saved by Blink>", "Subject: vector",
                     "Snapshot-Content-Location: http://page.vector.test/dir/index.html")


def mail(payload):
    return multipart("multipart/alternative", [
        part("text", "Content-Type: text/plain; charset=utf-8"),
        part(document(payload), "Content-Type: text/html; charset=utf-8"),
    ], "From: a@sender.test", "To: b@receiver.test", "Subject: vector", "Date: Mon, 13 Apr 2004 10:00:00 +0000")


# ---- markup in header fields ----

MARKUP = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>",
    "'><iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "</title><img src=//h.header.test/t>",
    "</style><link rel=stylesheet href=//h.header.test/s>",
    "--><img src=http://h.header.test/c onload=alert(1)><!--",
    "javascript:alert(1)",
    "\" onmouseover=\"alert(1)\" style=\"background:url(//h.header.test/b)",
    "&lt;script&gt;alert(1)&lt;/script&gt;&#60;img src=x onerror=alert(1)&#62;",
    "<meta http-equiv=refresh content=\"0;url=//h.header.test/r\">",
    "\u2028\u202e<b/onclick=alert(1)>\x1b[31m\x07",
]


def word(text):
    return "=?utf-8?B?" + base64.b64encode(text.encode()).decode() + "?="


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def percent(text):
    return "".join(f"%{b:02X}" for b in text.encode())


def header_message(place, markup):
    """A message with `markup` in `place`."""
    top = {"From": "a@sender.test", "To": "b@receiver.test", "Subject": "s", "Date": "Mon, 13 Apr 2004 10:00:00 +0000"}
    html = part("<p>body <img src='cid:pic'> <a href='cid:pic'>x</a></p>", "Content-Type: text/html; charset=utf-8")
    image = {"Content-Type": "image/png", "Content-ID": "<pic>", "Content-Disposition": "attachment; filename=a.png"}
    plain = markup.replace("\u2028", "").replace("\u202e", "").replace("\x1b", "").replace("\x07", "")
    if place in top:
        top[place] = markup if place != "From" else f"{markup} <a@sender.test>"
    elif place.endswith(" word"):
        name = place[:-5]
        top[name] = word(markup) + (" <a@sender.test>" if name in ("From", "Cc") else "")
    elif place in ("Cc", "Reply-To", "Sender", "Organization", "X-Mailer", "Message-ID", "List-Unsubscribe"):
        top[place] = markup
    elif place == "filename":
        image["Content-Disposition"] = f"attachment; filename={quoted(markup)}"
    elif place == "filename word":
        image["Content-Disposition"] = f'attachment; filename="{word(markup)}"'
    elif place == "filename*":
        image["Content-Disposition"] = f"attachment; filename*=utf-8''{percent(markup)}"
    elif place == "name":
        image["Content-Type"] = f"application/octet-stream; name={quoted(markup)}"
    elif place == "type":
        image["Content-Type"] = f"image/{plain}"
    elif place == "type whole":
        image["Content-Type"] = plain
    elif place == "charset":
        html = part("<p>body</p>", f"Content-Type: text/html; charset={quoted(markup)}")
    elif place == "id":
        image["Content-ID"] = f"<{markup}>"
        html = part(f"<p><img src=\"cid:{percent(markup)}\"></p>", "Content-Type: text/html; charset=utf-8")
    elif place == "description":
        image["Content-Description"] = markup
    elif place == "encoding":
        image["Content-Transfer-Encoding "] = plain
    elif place == "inner subject":
        inner = f"From: a@b.test\r\nSubject: {markup}\r\nContent-Type: text/html\r\n\r\n<p>inner</p>\r\n"
        return multipart("multipart/mixed", [html, "Content-Type: message/rfc822\r\n\r\n" + inner],
                         *[f"{k}: {v}" for k, v in top.items()])
    elif place == "location":
        html = part("<p><img src='a.png'><a href='other.html'>x</a></p>", "Content-Type: text/html; charset=utf-8",
                    f"Content-Location: http://page.vector.test/{markup}")
    elif place == "location whole":
        html = part("<p><img src='a.png'><a href='other.html'>x</a></p>", "Content-Type: text/html; charset=utf-8",
                    f"Content-Location: {markup}")
    elif place == "base":
        html = part("<p><img src='a.png'><a href='other.html'>x</a></p>", "Content-Type: text/html; charset=utf-8",
                    f"Content-Base: {markup}")
    elif place == "saved from":
        html = part(f"<!-- saved from url=(0014){markup} -->\r\n<p>body</p>", "Content-Type: text/html; charset=utf-8")
    else:
        raise ValueError(place)
    picture = part(PIXEL, *[f"{k}: {v}" for k, v in image.items()])
    return multipart("multipart/related", [html, picture], *[f"{k}: {v}" for k, v in top.items()])


PLACES = ["Subject", "Subject word", "From", "From word", "To", "Date", "Cc", "Cc word", "Reply-To", "Sender", "Organization",
          "X-Mailer", "Message-ID", "List-Unsubscribe", "filename", "filename word", "filename*", "name", "type", "type whole",
          "charset", "id", "description", "encoding", "inner subject", "location", "location whole", "base", "saved from"]


def header_vectors():
    for place in PLACES:
        for i, markup in enumerate(MARKUP):
            yield f"header/{place}/{i}", header_message(place, markup)


# ---- bodies of our own: one for each thing that loads, runs, resolves or navigates ----

H = "own.vector.test"
OWN = [
    f"<img src=http://{H}/1>", f"<img srcset='http://{H}/2 1x, //{H}/3 2x'>", f"<picture><source srcset=//{H}/4><img></picture>",
    f"<video src=//{H}/5 poster=//{H}/6 autoplay></video>", f"<audio src=//{H}/7 autoplay></audio>",
    f"<video><source src=//{H}/8><track default src=//{H}/9></video>", f"<embed src=//{H}/10>", f"<object data=//{H}/11></object>",
    f"<iframe src=//{H}/12></iframe>", f"<iframe srcdoc=\"<img src=//{H}/13><script>alert(1)</script>\"></iframe>",
    f"<frameset cols=*><frame src=//{H}/14></frameset>", f"<link rel=stylesheet href=//{H}/15>", f"<link rel=preconnect href=//{H}>",
    f"<link rel=dns-prefetch href=//{H}>", f"<link rel=prefetch href=//{H}/16>", f"<link rel=preload as=image href=//{H}/17>",
    f"<link rel=modulepreload href=//{H}/18>", f"<link rel=icon href=//{H}/19>", f"<link rel=manifest href=//{H}/20>",
    f"<meta http-equiv=refresh content='0;url=//{H}/21'>", f"<base href=//{H}/22/><img src=x><form action=y><button>b</button></form>",
    f"<body background=//{H}/23>", f"<table background=//{H}/24><td background=//{H}/25>x",
    f"<form action=//{H}/26><input type=image src=//{H}/27><input type=submit></form>", "<form><button formaction=javascript:alert(1)>b</button></form>",
    f"<a href=javascript:alert(1)>x</a><a href='data:text/html,<script>alert(1)</script>'>y</a>", f"<a href=# ping=//{H}/28>x</a>",
    f"<style>@import '//{H}/29';@import url(//{H}/30);</style>", f"<style>body{{background:url(//{H}/31)}}</style>",
    f"<style>@font-face{{font-family:f;src:url(//{H}/32)}}*{{font-family:f}}</style>", f"<p style='cursor:url(//{H}/33),auto'>x</p>",
    f"<p style=\"background:image-set('//{H}/34' 1x)\">x</p>", f"<p style='--u:url(//{H}/35);background:var(--u)'>x</p>",
    f"<p style='background:u\\72l(//{H}/36)'>x</p>", f"<p style='mask:url(//{H}/37#m);filter:url(//{H}/38#f)'>x</p>",
    f"<p style='background:src(\"//{H}/39\")'>x</p>", f"<p style='content:attr(x url);background:attr(x type(<url>))' x=//{H}/40>x</p>",
    f"<style>p::before{{content:url(//{H}/41)}}</style><p>x", f"<style>@namespace url(//{H}/42);@document url(//{H}/43){{}}</style>",
    f"<svg><image href=//{H}/44 /><image xlink:href=//{H}/45 /></svg>", f"<svg><use href=//{H}/46#x /></svg>",
    f"<svg><feImage href=//{H}/47 /></svg>", f"<svg><rect fill='url(//{H}/48#x)' width=9 height=9 /></svg>",
    "<svg><script>alert(1)</script></svg>", "<svg><script href=data:text/javascript,alert(1) /></svg>", "<svg onload=alert(1)>",
    "<svg><a xlink:href=javascript:alert(1)><text y=20>x</text></a></svg>",
    "<svg><set attributeName=href to=javascript:alert(1) /><animate attributeName=href values=javascript:alert(1) /></svg>",
    "<svg><foreignObject><iframe srcdoc='<script>alert(1)</script>'></iframe></foreignObject></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=x onerror=alert(1)>'>",
    "<svg></p><style><a id='</style><img src=x onerror=alert(1)>'>", "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><img src=x onerror=alert(1)></template>", f"<div><template shadowrootmode=open><img src=//{H}/49></template></div>",
    "<textarea></textarea><img src=x onerror=alert(1)></textarea>", "<title><img src=x onerror=alert(1)></title>",
    "<xmp><img src=x onerror=alert(1)></xmp>", "<plaintext><img src=x onerror=alert(1)>", "<noembed><img src=x onerror=alert(1)></noembed>",
    "<!--[if gte IE 4]><img src=x onerror=alert(1)><![endif]-->", "<!--><img src=x onerror=alert(1)>-->", "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<img src=x onerror=alert(1)>", "<details open ontoggle=alert(1)>x</details>", "<input autofocus onfocus=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>", "<p onclick=alert(1) style='width:500px;height:500px'>x", "<script>alert(1)</script>",
    f"<script src=//{H}/50></script>", "<script type=module>alert(1)</script>", "<scr\0ipt>alert(1)</scr\0ipt>",
    "<IMG SRC=JaVaScRiPt:alert(1)>", "<a href='java\tscript:alert(1)'>x</a>", "<a href='&#106avascript:alert(1)'>x</a>",
    "<a href=' \x01javascript:alert(1)'>x</a>", "<iframe src=javascript:alert(1)></iframe>", "<iframe src='data:text/html,<script>alert(1)</script>'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>", "<embed src='data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22 onload=%22alert(1)%22/>'>",
    "<img src='data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22><script>alert(1)</script></svg>'>",
    f"<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='http://{H}/51'/></svg>\">",
    f"<img lowsrc=//{H}/52 dynsrc=//{H}/53 longdesc=//{H}/54>", f"<isindex action=//{H}/55>", f"<bgsound src=//{H}/56>",
    f"<applet code=x codebase=//{H}/57></applet>", f"<blockquote cite=//{H}/58>x</blockquote>", f"<html manifest=//{H}/59>",
    f"<portal src=//{H}/60></portal>", f"<fencedframe src=//{H}/61></fencedframe>", f"<img attributionsrc=//{H}/62>",
    f"<script type=speculationrules>{{\"prefetch\":[{{\"source\":\"list\",\"urls\":[\"http://{H}/63\"]}}]}}</script>",
    f"<button popovertarget=p>x</button><div popover id=p onbeforetoggle=alert(1)><img src=//{H}/64></div>",
    "<form id=f><input name=attributes><input name=parentNode></form><button form=f formaction=javascript:alert(1)>x</button>",
    "<x-y is=z onclick=alert(1)><slot onslotchange=alert(1)></slot></x-y>", "<a href=vbscript:msgbox(1)>x</a><a href=mhtml:http://x/!y>z</a>",
    f"<p style=\"background:url('//{H}/65\n\\')\">x</p>", f"<style>a{{}}</style/><img src=//{H}/66>", f"<p style='behavior:url(//{H}/67);-moz-binding:url(//{H}/68#x)'>x",
    f"<p style='width:expression(alert(1))'>x</p>", f"<style>@media all{{@import '//{H}/69';a{{background:URL(//{H}/70)}}}}a{{background:url(//{H}/71)}}</style><a>x",
    f"<style>:root{{--a:\"//{H}/72\"}}p{{background:image-set(var(--a) 1x)}}</style><p>x", "<style></style\n<img src=x onerror=alert(1)>",
    f"<svg><style>@import '//{H}/73';&lt;/style&gt;&lt;img src=x onerror=alert(1)&gt;</style></svg>", f"<math href=javascript:alert(1)>x</math>",
    f"<math><maction actiontype=statusline#//{H}/74 xlink:href=javascript:alert(1)>x</maction></math>", f"<svg><cursor xlink:href=//{H}/75 /><tref xlink:href=//{H}/76 /></svg>",
    f"<v:imagedata src=//{H}/77 /><xml><i><b>&lt;img src=x onerror=alert(1)&gt;</b></i></xml>", f"<layer src=//{H}/78></layer><ilayer src=//{H}/79></ilayer>",
]


# bodies that take something hostile from another part of the archive
SPRITES = part(
    f"""<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x "<script>alert(1)</script>">]><svg xmlns="http://www.w3.org/2000/svg"
    xmlns:xlink="http://www.w3.org/1999/xlink"><symbol id="a" viewBox="0 0 9 9"><script>alert(1)</script><image href="//{H}/u1"
    onload="alert(1)"/><a xlink:href="javascript:alert(1)"><text>x</text></a><style>*{{fill:url(//{H}/u2)}}</style>
    <foreignObject><iframe srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;"/></foreignObject>&x;</symbol>
    <g id="b"></svg></g><img src=x onerror=alert(1)><svg><g></g></g><use id="c" href="s.svg#c" onclick="alert(1)"/></svg>""",
    "Content-Type: image/svg+xml", "Content-Location: http://page.vector.test/dir/s.svg")
TAKING = [
    "<svg><use href='s.svg#a' x='1' y='2) url(//h/)' style='fill:url(//own.vector.test/u3)' onload=alert(1)></use></svg>",
    "<svg><use xlink:href='s.svg#b'/></svg>", "<svg><use href='s.svg#c'/></svg>", "<svg><use href='s.svg#a' transform='\"><script>alert(1)</script>'/>",
    f"x<!--[if gte vml 1]><v:shape style='width:1pt;x:\"><img src=x onerror=alert(1)>'><v:imagedata src=\"//{H}/v1\"><v:fill src='s.svg'><![endif]-->y",
    "<v:shape style='width:9px;height:9px\" onclick=\"alert(1)'><v:imagedata src='s.svg' o:title='\"><img src=x onerror=alert(1)>'></v:shape>",
]


def own_vectors():
    for i, payload in enumerate(OWN):
        yield f"own-page/{i}", page(payload)
        yield f"own-mail/{i}", mail(payload)
    for i, payload in enumerate(TAKING):
        yield f"own-taking/{i}", page(payload, SPRITES)


def shared_vectors(shared):
    for path in sorted((shared / "cases/hostile").glob("*.mhtml")):
        yield f"case/{path.stem}", path.read_bytes()
    seen = set()
    for path in sorted((shared / "suites/vectors").glob("*/vectors.jsonl")):
        for line in path.read_text().splitlines():
            row = json.loads(line)
            payload = row["payload"]
            if payload in seen:
                continue
            seen.add(payload)
            name = f"{path.parent.name}/{row['id']}"
            yield f"page/{name}", page(payload)
            yield f"mail/{name}", mail(payload)


def generate(directory, shared=None):
    """Writes the messages as directory/NNNNN.mht; returns [(id, path)]. Ids are unique."""
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    rows, names = [], set()
    sources = [header_vectors(), own_vectors()] + ([shared_vectors(shared)] if shared else [])
    for source in sources:
        for name, message in source:
            while name in names:
                name += "'"
            names.add(name)
            path = directory / f"{len(rows):05}.mht"
            data = message if isinstance(message, bytes) else message.encode("utf-8", "surrogatepass")
            if not path.is_file() or hashlib.sha256(path.read_bytes()).digest() != hashlib.sha256(data).digest():
                path.write_bytes(data)
            rows.append((name, path))
    return rows
