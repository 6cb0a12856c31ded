"""
The same hives and programs as trees.py writes, made by others: hives grown from the corpus's `minimal` by libhivex, programs with
code and a version resource by mingw and windres.

    maker = Maker(minimal, folder)
    maker.hive(rows) -> bytes        maker.pe("6.0.2800.1409", "x86", {"SpecialBuild": "QFE"}) -> bytes

A program is linked once for each version, machine and set of texts; the code in it is compiled once for each width. mingw has no
IA-64: such a program is a 64-bit one whose machine field was changed afterwards.
"""
import ctypes
import pathlib
import struct
import subprocess

from trees import MACHINES, tree_of

TOOLS = {"x86": "i686-w64-mingw32", "amd64": "x86_64-w64-mingw32", "ia64": "x86_64-w64-mingw32"}
OPEN_WRITE = 4


class Value(ctypes.Structure):
    _fields_ = [("key", ctypes.c_char_p), ("t", ctypes.c_int), ("len", ctypes.c_size_t), ("value", ctypes.c_char_p)]


def library():
    hivex = ctypes.CDLL("libhivex.so.0", use_errno=True)
    pointer, node, text = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p
    for name, result, arguments in (
            ("hivex_open", pointer, [text, ctypes.c_int]), ("hivex_root", node, [pointer]), ("hivex_close", ctypes.c_int, [pointer]),
            ("hivex_node_add_child", node, [pointer, node, text]), ("hivex_commit", ctypes.c_int, [pointer, text, ctypes.c_int]),
            ("hivex_node_set_values", ctypes.c_int, [pointer, node, ctypes.c_size_t, ctypes.POINTER(Value), ctypes.c_int])):
        function = getattr(hivex, name)
        function.restype, function.argtypes = result, arguments
    return hivex


class Maker:
    def __init__(self, minimal, folder):
        self.minimal, self.folder, self.hivex = pathlib.Path(minimal), pathlib.Path(folder), library()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.hives, self.programs, self.stubs = 0, {}, {}

    def grow(self, h, node, key):
        """Everything below `key`, values first."""
        if key.values:
            values = (Value * len(key.values))(*[Value(name.encode(), kind, len(data), data) for name, kind, data in key.values])
            if self.hivex.hivex_node_set_values(h, node, len(values), values, 0):
                raise OSError(ctypes.get_errno(), "hivex_node_set_values")
        for child in key.children.values():
            at = self.hivex.hivex_node_add_child(h, node, child.name.encode())
            if not at:
                raise OSError(ctypes.get_errno(), "hivex_node_add_child")
            self.grow(h, at, child)

    def hive(self, rows):
        out = self.folder / "hive"
        h = self.hivex.hivex_open(str(self.minimal).encode(), OPEN_WRITE)
        if not h:
            raise OSError(ctypes.get_errno(), f"hivex_open {self.minimal}")
        try:
            self.grow(h, self.hivex.hivex_root(h), tree_of(rows))
            if self.hivex.hivex_commit(h, str(out).encode(), 0):
                raise OSError(ctypes.get_errno(), "hivex_commit")
        finally:
            self.hivex.hivex_close(h)
        self.hives += 1
        return out.read_bytes()

    def stub(self, tools):
        if tools not in self.stubs:
            source, out = self.folder / "stub.c", self.folder / f"{tools}.o"
            source.write_text("__declspec(dllexport) int DllGetVersion(void) { return 0; }\n")
            subprocess.run([f"{tools}-gcc", "-c", "-Os", "-o", out, source], check=True)
            self.stubs[tools] = out
        return self.stubs[tools]

    def pe(self, version, machine="x86", strings=None):
        texts = {"CompanyName": "Test", "FileVersion": version, **(strings or {})}
        key = (version, machine, *sorted(texts.items()))
        if key not in self.programs:
            self.programs[key] = self.link(version, machine, texts)
        return self.programs[key]

    def link(self, version, machine, texts):
        tools, numbers = TOOLS[machine], version.replace(".", ",")
        script, resource, out = (self.folder / name for name in ("program.rc", "program.o", "program.dll"))
        lines = "".join(f'VALUE "{name}", "{text}"\n' for name, text in texts.items())
        script.write_text(f'1 VERSIONINFO FILEVERSION {numbers} PRODUCTVERSION {numbers} FILEOS 0x40004 FILETYPE 2\nBEGIN\nBLOCK "StringFileInfo" '
                          f'BEGIN BLOCK "040904b0" BEGIN\n{lines}END END\nBLOCK "VarFileInfo" BEGIN VALUE "Translation", 0x409, 1200 END\nEND\n')
        subprocess.run([f"{tools}-windres", "--preprocessor=cat", script, "-O", "coff", "-o", resource], check=True)
        subprocess.run([f"{tools}-ld", "-shared", "--entry=0", "-s", "-o", out, self.stub(tools), resource], check=True)
        image = bytearray(out.read_bytes())
        if machine == "ia64":
            struct.pack_into("<H", image, struct.unpack_from("<I", image, 0x3C)[0] + 4, MACHINES["ia64"])
        return bytes(image)
