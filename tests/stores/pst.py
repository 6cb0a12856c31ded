"""Writes Exchange stores (.pst, Unicode form) from the published specification [MS-PST]: pages of the two trees, blocks, heaps with
properties and tables, folders, messages, attachments, messages in messages, and what is left of deleted ones. Without encryption, and no larger than one allocation map covers."""
import struct
import zlib

UTF16, BYTES8, LONG, BINARY, OBJECT, TIME, BOOL = 0x1F, 0x1E, 0x03, 0x102, 0x0D, 0x40, 0x0B
BLOCK = 8176  # bytes of data in one
SMALL = 3580  # longest value that stands in a heap
FOLDER, SEARCH, MESSAGE, ATTACHMENT = 2, 3, 4, 5
TREE = 0x8022  # the folder above those that people see


def checksum(data):
    return zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF


def text(value):
    return UTF16, value.encode("utf-16-le")


def filetime(seconds):
    return TIME, struct.pack("<Q", (seconds + 11644473600) * 10000000)


class Heap:
    """One block of a heap on a node."""

    def __init__(self, client):
        self.client, self.items, self.root = client, [], 0

    def add(self, data):
        if not data:
            return 0
        self.items.append(bytes(data))
        return len(self.items) << 5

    def bytes(self):
        out, places = bytearray(12), []
        for item in self.items:
            places.append(len(out))
            out += item
        places.append(len(out))
        out += bytes(len(out) % 2)
        page_map = len(out)
        out += struct.pack("<HH", len(self.items), 0) + b"".join(struct.pack("<H", p) for p in places)
        struct.pack_into("<HBBI", out, 0, page_map, 0xEC, self.client, self.root)
        assert len(out) <= BLOCK, len(out)
        return bytes(out)


class Store:
    def __init__(self):
        self.out = bytearray(0x4800)
        self.nodes, self.blocks = [], []
        self.next_block, self.next_page, self.next_node = 4, 4, 0x500
        self.folders, self.pages = {}, []
        self.freed = set()  # messages that were deleted: only an older tree has them

    # ---- blocks and pages ----

    def trailer(self, data, at, bid):
        sig = (at ^ bid) & 0xFFFFFFFF
        return struct.pack("<HHIQ", len(data), (sig ^ sig >> 16) & 0xFFFF, checksum(data), bid)

    def block(self, data, internal=False):
        bid = self.next_block | (2 if internal else 0)
        self.next_block += 4
        at = len(self.out)
        self.out += data + bytes(-(len(data) + 16) % 64) + self.trailer(data, at, bid)
        self.blocks.append((bid, at, len(data)))
        return bid

    def data(self, data):
        """One block, or more behind a block of their numbers."""
        if len(data) <= BLOCK:
            return self.block(data)
        pieces = [self.block(data[i:i + BLOCK]) for i in range(0, len(data), BLOCK)]
        return self.block(struct.pack("<BBHI", 1, 1, len(pieces), len(data)) + b"".join(struct.pack("<Q", b) for b in pieces), True)

    def subnodes(self, entries):
        if not entries:
            return 0
        packed = b"".join(struct.pack("<QQQ", *entry) for entry in sorted(entries))
        return self.block(struct.pack("<BBHI", 2, 0, len(entries), 0) + packed, True)

    def page(self, kind, level, size, entries):
        packed = b"".join(entries)
        bid = self.next_page
        self.next_page += 4
        self.out += bytes(-len(self.out) % 512)
        at = len(self.out)
        body = packed + bytes(488 - len(packed)) + struct.pack("<BBBBI", len(entries), 488 // size, size, level, 0)
        sig = (at ^ bid) & 0xFFFFFFFF
        self.out += body + struct.pack("<BBHIQ", kind, kind, (sig ^ sig >> 16) & 0xFFFF, checksum(body), bid)
        self.pages.append(at)
        return bid, at

    def tree(self, kind, size, entries):
        """A tree over (key, packed entry); the page at its top."""
        level, entries = 0, sorted(entries)
        while True:
            room = 488 // size
            pages = [(chunk[0][0], *self.page(kind, level, size, [e for _, e in chunk]))
                     for chunk in (entries[i:i + room] for i in range(0, len(entries), room))]
            if len(pages) == 1:
                return pages[0][1:]
            entries = [(key, struct.pack("<QQQ", key, bid, at)) for key, bid, at in pages]
            level, size = level + 1, 24

    # ---- properties and tables ----

    def properties(self, values, subs):
        """{property: (type, bytes)} as a heap; long ones become subnodes in `subs`."""
        heap = Heap(0xBC)
        head = heap.add(bytes(8))
        records = b""
        for number, (kind, data) in sorted(values.items()):
            if kind in (LONG, BOOL):
                value = struct.unpack("<I", data.ljust(4, b"\0"))[0]
            elif len(data) > SMALL:
                value = (len(subs) + 0x100) << 5 | 0x1F
                subs.append((value, self.data(data), 0))
            else:
                value = heap.add(data)
            records += struct.pack("<HHI", number, kind, value)
        heap.items[0] = struct.pack("<BBBBI", 0xB5, 2, 6, 0, heap.add(records))
        heap.root = head
        return self.data(heap.bytes())

    def table(self, rows):
        """[(row number, {property: (type, bytes)})] as a table; texts stand in its heap."""
        heap = Heap(0x7C)
        info, index = heap.add(b"?"), heap.add(bytes(8))
        names = sorted({(number, kind) for _, row in rows for number, (kind, _) in row.items()})
        columns = [(0x67F2, LONG), (0x67F3, LONG)] + names
        width = 4 * len(columns)
        bits = (len(columns) + 7) // 8
        matrix, places = b"", []
        for at, (number, row) in enumerate(rows):
            cells = [number, 1]
            there = 0xC0
            flags = bytearray(bits)
            for i, (name, kind) in enumerate(names, 2):
                _, data = row.get(name, (kind, b""))
                cells.append(struct.unpack("<I", data.ljust(4, b"\0"))[0] if kind == LONG else heap.add(data))
                if name in row:
                    flags[i // 8] |= 0x80 >> i % 8
            flags[0] |= there
            matrix += b"".join(struct.pack("<I", c) for c in cells) + bytes(flags)
            places.append((number, at))
        rows_at = heap.add(matrix)
        leaf = heap.add(b"".join(struct.pack("<II", *p) for p in sorted(places)))
        heap.items[1] = struct.pack("<BBBBI", 0xB5, 4, 4, 0, leaf)
        described = b"".join(struct.pack("<HHHBB", kind, name, 4 * i, 4, i) for i, (name, kind) in
                             sorted(enumerate(columns), key=lambda c: (c[1][0] << 16 | c[1][1])))
        heap.items[0] = struct.pack("<BBHHHHIIII", 0x7C, len(columns), width, width, width, width + bits, index, rows_at, 0, 0)[:22] + described
        heap.root = info
        return self.data(heap.bytes())

    def node(self, number, data, subs=0, parent=0):
        self.nodes.append((number, data, subs, parent))

    # ---- what people see ----

    def folder(self, name, parent=TREE, number=None):
        if number is None:
            number = self.next_node << 5 | FOLDER
            self.next_node += 1
        self.folders[number] = {"name": name, "parent": parent, "messages": []}
        return number

    def entity(self, subject, recipients=(), attachments=(), **more):
        """Properties and subnodes of a message: (block of properties, block of subnodes)."""
        subs = []
        values = {0x1A: text("IPM.Note"), 0x37: text(subject), **more.get("properties", {})}
        if recipients:
            subs.append((0x692, self.table([(i, {0xC15: (LONG, struct.pack("<I", kind)), 0x3001: text(name), 0x39FE: text(address)})
                                            for i, (kind, name, address) in enumerate(recipients)]), 0))
        rows = []
        for i, (properties, inner) in enumerate(attachments):
            number = (0x401 + i) << 5 | ATTACHMENT
            below = []
            properties = dict(properties)
            if inner is not None:
                below.append((0x2000 << 5 | MESSAGE, *inner))
                properties[0x3701] = (OBJECT, struct.pack("<II", 0x2000 << 5 | MESSAGE, 0))
            subs.append((number, self.properties(properties, below), self.subnodes(below)))
            rows.append((number, {0x3705: properties.get(0x3705, (LONG, b"\1"))}))
        if rows:
            subs.append((0x671, self.table(rows), 0))
        block = self.properties(values, subs)
        return block, self.subnodes(subs)

    def message(self, folder, subject, *words, **more):
        number = self.next_node << 5 | MESSAGE
        self.next_node += 1
        block, subs = self.entity(subject, *words, **more)
        if folder is None:  # no folder holds it any longer
            self.node(number, block, subs, more.get("parent", 0))
        else:
            self.node(number, block, subs, folder)
            self.folders[folder]["messages"].append((number, subject))
        return number

    def delete(self, number):
        self.freed.add(number)
        for folder in self.folders.values():
            folder["messages"] = [m for m in folder["messages"] if m[0] != number]

    def finish(self, root="Root"):
        self.folder(root, 0x122, 0x122)
        self.folders.setdefault(TREE, {"name": "Top of Personal Folders", "parent": 0x122, "messages": []})
        key = bytes(range(16))
        self.node(0x21, self.properties({0xFF9: (BINARY, key), 0x3001: text("Store"),
                                         0x35E0: (BINARY, bytes(4) + key + struct.pack("<I", TREE))}, []))
        self.node(0x61, self.properties({1: (LONG, struct.pack("<I", 251)), 2: (BINARY, key),
                                         3: (BINARY, struct.pack("<IHH", 0x8554, 6, 0)), 4: (BINARY, bytes(8))}, []))
        for number, folder in self.folders.items():
            inner = [(n, f) for n, f in self.folders.items() if f["parent"] == number and n != number]
            self.node(number, self.properties({0x3001: text(folder["name"]), 0x3602: (LONG, struct.pack("<I", len(folder["messages"]))),
                                               0x3603: (LONG, bytes(4)), 0x360A: (BOOL, bytes([bool(inner)]))}, []), 0, folder["parent"])
            self.node(number & ~0x1F | 0x0D, self.table([(n, {0x3001: text(f["name"])}) for n, f in inner]))
            self.node(number & ~0x1F | 0x0E, self.table([(n, {0x37: text(s)}) for n, s in folder["messages"]]))
            self.node(number & ~0x1F | 0x0F, self.table([]))
        if self.freed:
            self.trees(self.nodes, self.blocks)
            self.pages = []
            gone = {b for n, data, subs, _ in self.nodes if n in self.freed for b in (data, subs)}
            self.nodes = [n for n in self.nodes if n[0] not in self.freed]
            self.blocks = [b for b in self.blocks if b[0] not in gone]
        nbt, bbt = self.trees(self.nodes, self.blocks)
        self.maps()
        self.head(nbt, bbt)
        return bytes(self.out)

    def trees(self, nodes, blocks):
        nbt = self.tree(0x81, 32, [(n, struct.pack("<QQQII", n, data, subs, parent, 0)) for n, data, subs, parent in nodes])
        bbt = self.tree(0x80, 24, [(bid, struct.pack("<QQHHI", bid, at, size, 2, 0)) for bid, at, size in blocks])
        return nbt, bbt

    def maps(self):
        """Which 64 bytes are in use; behind it the page of the map of pages, which nobody reads any longer."""
        used = [(0x4400, 0x400)] + [(at, 512) for at in self.pages] + [(at, (size + 16 + 63) // 64 * 64) for _, at, size in self.blocks]
        bits = bytearray(496)
        assert len(self.out) <= 0x4400 + 496 * 8 * 64, len(self.out)
        for at, size in used:
            for slot in range((at - 0x4400) // 64, (at - 0x4400 + size) // 64):
                bits[slot // 8] |= 0x80 >> slot % 8
        for at, kind, data in ((0x4400, 0x84, bits), (0x4600, 0x83, b"\xff" * 496)):
            self.out[at:at + 512] = data + struct.pack("<BBHIQ", kind, kind, 0, checksum(bytes(data)), at)

    def head(self, nbt, bbt):
        head = bytearray(564)
        struct.pack_into("<4sI2sHHBBII", head, 0, b"!BDN", 0, b"SM", 23, 19, 1, 1, 0, 0)
        struct.pack_into("<QQI", head, 24, 0, self.next_page, 1)
        struct.pack_into("<IQQQQ4QBBH", head, 180, 0, len(self.out), 0x4400, 0, 0, *nbt, *bbt, 2, 0, 0)
        head[256:512] = b"\xff" * 256
        struct.pack_into("<BBHQ", head, 512, 0x80, 0, 0, self.next_block)
        struct.pack_into("<I", head, 4, checksum(bytes(head[8:479])))
        struct.pack_into("<I", head, 524, checksum(bytes(head[8:524])))
        self.out[:564] = head
