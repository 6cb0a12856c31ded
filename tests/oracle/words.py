"""
Visible words of a page or a mail, and how alike two lists of them are (Dice over bigrams).

Hidden content is not judged here: what the style sheet hides counts as words, and `postern text --hidden` shows it, too.
"""
import collections
import html.parser
import re
import unicodedata

SILENT = {"script", "style", "template", "noscript", "noembed", "noframes", "iframe", "object", "applet", "audio", "video", "canvas",
          "svg", "math", "title", "head", "textarea", "select", "datalist", "xml", "rp"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr", "frame", "keygen"}
BREAKS = {"p", "div", "br", "li", "ul", "ol", "table", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre", "blockquote",
          "dd", "dt", "dl", "section", "article", "header", "footer", "nav", "aside", "main", "form", "fieldset", "legend", "option",
          "caption", "thead", "tbody", "address", "center", "figure", "figcaption", "details", "summary", "button", "img", "input", "iframe"}
WORD = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]|[^\W_]+", re.UNICODE)


class Visible(html.parser.HTMLParser):
    """Text of markup; frames(reference) gives the text of a frame's document or None."""

    def __init__(self, frames=None):
        super().__init__(convert_charrefs=True)
        self.out, self.silent, self.frames = [], [], frames

    def handle_starttag(self, tag, attributes):
        if self.silent:
            if tag == self.silent[-1] and tag not in VOID:
                self.silent.append(tag)
            # head has no end tag often enough; body ends it
            if tag in ("body", "frameset", "p", "div", "table") and self.silent[0] == "head":
                self.silent.clear()
            else:
                return
        values = {k: v or "" for k, v in reversed(attributes)}
        if tag in BREAKS:
            self.out.append("\n")
        if tag in ("img", "area") or (tag == "input" and values.get("type", "").lower() == "image"):
            if tag == "img":
                self.out.append(" " + values.get("alt", "") + " ")
        if tag in ("iframe", "frame") and self.frames:
            inner = self.frames(values)
            if inner:
                self.out.append("\n" + inner + "\n")
        if tag in SILENT:
            self.silent.append(tag)

    def handle_startendtag(self, tag, attributes):
        # "<p/>" is "<p>" in HTML, only SVG and the like mean it
        self.handle_starttag(tag, attributes)
        if self.silent and self.silent[-1] == tag and tag in ("svg", "math", "xml"):
            self.silent.pop()

    def handle_endtag(self, tag):
        if tag in self.silent:
            while self.silent.pop() != tag:
                pass
        elif tag in BREAKS:
            self.out.append("\n")

    def handle_data(self, data):
        if not self.silent:
            self.out.append(data)


def visible(markup, frames=None):
    # revealed conditional comments, but not the ends of hidden ones
    markup = re.sub(r"<!\[if[^>-]*\]>|<!\[endif\]>", "", re.sub(r"<!--.*?-->", "", markup, flags=re.S))
    parser = Visible(frames)
    parser.feed(markup)
    parser.close()
    return "".join(parser.out)


def words(text):
    text = unicodedata.normalize("NFKC", text)
    # soft hyphens, zero-width characters and bidi controls belong to no word
    text = re.sub("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u034f\u061c]", "", text)
    return [w.casefold() for w in WORD.findall(text)]


def bigrams(text):
    list_of = words(text)
    return collections.Counter(zip([""] + list_of, list_of + [""]))


def dice(one, other):
    a, b = bigrams(one), bigrams(other)
    total = sum(a.values()) + sum(b.values())
    return 2 * sum((a & b).values()) / total if total else 1.0
