"""Writes Outlook Express stores (.dbx) from the published description of the format: index trees of any depth, indexed infos, chains of
message segments, freed segments, folder lists. What a test wants broken it patches afterwards: `places` says where things stand."""
import struct

HEADER = 0x24BC
NODE_ENTRIES = 51
MESSAGES = bytes.fromhex("CFAD12FEC5FD746F66E3D1119A4E00C04FA309D4")
FOLDERS = bytes.fromhex("CFAD12FEC6FD746F66E3D1119A4E00C04FA309D4")
SEGMENT = 0x200


class Store:
    def __init__(self, kind=MESSAGES):
        self.bytes = bytearray(kind + bytes(HEADER - len(kind)))
        self.places = {"segments": [], "infos": [], "nodes": [], "freed": []}
        self.entries = []

    def put32(self, at, value):
        struct.pack_into("<I", self.bytes, at, value)

    def chain(self, text, order=None):
        """Segments of a message; `order`: how their places follow each other (fragments). Where the first one stands."""
        pieces = [text[i:i + SEGMENT] for i in range(0, len(text), SEGMENT)] or [b""]
        start = len(self.bytes)
        order = order or list(range(len(pieces)))
        place = {piece: start + i * (SEGMENT + 16) for i, piece in enumerate(order)}
        self.bytes += bytes(len(pieces) * (SEGMENT + 16))
        for i, piece in enumerate(pieces):
            following = place[i + 1] if i + 1 < len(pieces) else 0
            struct.pack_into("<IIII", self.bytes, place[i], place[i], SEGMENT, len(piece), following)
            self.bytes[place[i] + 16:place[i] + 16 + len(piece)] = piece
            self.places["segments"].append(place[i])
        return place[0]

    def info(self, fields):
        """An indexed info: (index, int below 2**24 | bytes); ints stand in the index itself."""
        at = len(self.bytes)
        data, index = b"", b""
        for number, value in fields:
            if isinstance(value, int) and value < 1 << 24:
                index += struct.pack("<I", number | 0x80 | value << 8)
            else:
                index += struct.pack("<I", number | len(data) << 8)
                data += struct.pack("<I", value) if isinstance(value, int) else value
        body = index + data
        body += bytes(-len(body) % 4)
        self.bytes += struct.pack("<IIHBB", at, len(body), len(body) + 12, len(fields), 0) + body
        self.places["infos"].append(at)
        return at

    def message(self, text, flags=0x80, order=None, filetime=126908520000000000, subject=b"subject", empty=False):
        first = self.chain(text, order)
        fields = [(0, len(self.entries) + 1), (1, flags | 0x01000000), (2, struct.pack("<Q", filetime))]
        if not empty:
            fields.append((4, first))
        fields += [(5, subject + b"\0"), (8, subject + b"\0"), (0x11, len(text)), (0x12, struct.pack("<Q", filetime))]
        at = self.info(fields)
        self.entries.append(at)
        return at

    def tree(self, entries, fan=NODE_ENTRIES):
        """A balanced tree whose nodes hold at most `fan` entries, in order. The place of its root."""
        if not entries:
            return 0
        at = len(self.bytes)
        self.bytes += bytes(24 + 12 * NODE_ENTRIES)
        self.places["nodes"].append(at)
        if len(entries) <= fan:
            own, children = entries, [[] for _ in range(len(entries) + 1)]
        else:
            count = min(fan, max(1, len(entries) // (fan + 1)))
            step = (len(entries) - count) / (count + 1)
            cuts = [round(step * (i + 1)) + i for i in range(count)]
            own = [entries[c] for c in cuts]
            children = [entries[a:b] for a, b in zip([0] + [c + 1 for c in cuts], cuts + [len(entries)])]
        places = [self.tree(c, fan) for c in children]
        for place in places:
            if place:
                self.put32(place + 12, at)
        self.put32(at, at)
        self.put32(at + 8, places[0])
        self.put32(at + 16, len(own) << 8)
        self.put32(at + 20, len(children[0]))
        for i, value in enumerate(own):
            struct.pack_into("<III", self.bytes, at + 24 + 12 * i, value, places[i + 1], len(children[i + 1]))
        return at

    def free_chain(self, first):
        """What deleting leaves: the segments on the list of free ones, their texts but for the first four bytes."""
        previous = struct.unpack_from("<I", self.bytes, 0x48)[0]
        while first:
            _, _, length, following = struct.unpack_from("<IIII", self.bytes, first)
            struct.pack_into("<IIIII", self.bytes, first, first, 0x1FC, 0x210, following, previous)
            self.places["freed"].append(first)
            previous, first = first, following
        self.put32(0x48, previous)

    def finish(self, fan=NODE_ENTRIES):
        root = self.tree(self.entries, fan)
        self.put32(0xC4, len(self.entries))
        self.put32(0xE4, root)
        self.put32(0x7C, len(self.bytes))
        return bytes(self.bytes)


def folders(names):
    """A Folders.dbx: (id, parent, name, file)."""
    store = Store(FOLDERS)
    for number, parent, name, file in names:
        store.entries.append(store.info([(0, number), (1, parent), (2, name + b"\0"), (3, file + b"\0")]))
    return store.finish()
