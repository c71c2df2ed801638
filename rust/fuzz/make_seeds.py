"""Makes the first corpus of each store and worktree target from the repositories that the peer wrote for other tests."""

import bz2
import struct
import zlib
from pathlib import Path

HERE = Path(__file__).parent
REPOSITORIES = HERE.parent / "store/tests/fixtures/repos"
DIRSTATES = HERE.parent / "worktree/tests/fixtures"
MOST = 2000
ENTRY = struct.Struct(">Qiiiiii20s12x")


def unpack(name: str) -> dict[str, bytes]:
    """The files of a packed repository."""
    data = zlib.decompress((REPOSITORIES / f"{name}.pack").read_bytes())
    files = {}
    while data:
        header, _, data = data.partition(b"\n")
        size, _, path = header.decode().partition(" ")
        files[path], data = data[: int(size)], data[int(size) :]
    return files


def framed(*parts: bytes) -> bytes:
    """Parts as `hyg_fuzz::parts` cuts them."""
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts[:-1]) + parts[-1]


def chunks(index: bytes, texts: bytes) -> list[tuple[int, int, int, bytes]]:
    """Base, own number, size of the text and chunk of each revision; without `texts`, of an inline index."""
    found, at = [], 0
    while at + 64 <= len(index):
        place, size, length, base, *_ = ENTRY.unpack_from(index, at)
        at += 64
        if texts:
            start = place >> 16 if found else 0
            found.append((base, len(found), length, texts[start : start + size]))
        else:
            found.append((base, len(found), length, index[at : at + size]))
            at += size
    return found


def inflate(chunk: bytes) -> bytes | None:
    """The content of a chunk that is not compressed with zstd."""
    if chunk[:1] == b"x":
        return zlib.decompress(chunk)
    return chunk[1:] if chunk[:1] == b"u" else chunk if chunk[:1] == b"\0" else None


seeds: dict[str, set[bytes]] = {}


def add(target: str, data: bytes) -> None:
    """One more seed, if it is small and there are not too many."""
    if len(data) <= MOST and len(seeds.setdefault(target, set())) < 40:
        seeds[target].add(data)


for pack in sorted(REPOSITORIES.glob("*.pack")):
    files = unpack(pack.stem)
    for path, data in files.items():
        name = path.rpartition("/")[2]
        if name.endswith(".i"):
            texts = files.get(path[:-1] + "d", b"")
            add("store_index", framed(data, texts))
            for base, rev, length, chunk in chunks(data, texts):
                if base in (rev, -1):
                    add("store_chunk", length.to_bytes(4, "big") + chunk)
                content = inflate(chunk)
                if content is None:
                    continue
                if base not in (rev, -1):
                    add("text_patch", framed(b"x" * 300, content, b"", b""))
                elif name == "00changelog.i":
                    add("store_changelog", content)
                elif name == "00manifest.i":
                    add("store_manifest", content)
        elif name.endswith(".n"):
            uid_size = data[1]
            docket = data[:1] + b"\4" + data[2:34] + b"0a1b" + data[34 + uid_size :]
            trees = [tree for other, tree in files.items() if other.endswith(".nd")]
            for tree in trees:
                add("store_nodemap", framed(docket, tree))
        elif name in ("fncache", "requires", "phaseroots", "obsstore"):
            add(f"store_{name}", data)
            if name == "fncache":
                for line in data.splitlines():
                    add("store_encode", line)
for number in range(5):
    # the history of the nodemap target, whose tip is its fifth revision
    docket = struct.pack(">BBQQQQ", 1, 4, number, 64, 0, 20) + b"0a1b" + bytes.fromhex("01234567") + bytes(16)
    block = b"".join(struct.pack(">i", -(slot + 2) if slot < 5 else -1) for slot in range(16))
    add("store_nodemap", framed(docket, block))
for number in range(6):
    for phase in (0, 1, 2, 32, 96):
        node = f"{number + 1}" * 8 + "0" * 32
        add("store_phaseroots", f"{phase} {node}\n".encode())
for name in (
    "data/aux.i",
    "data/A_b/.hidden.i",
    "data/x.d/" + "long" * 40 + ".i",
    "dh/com1",
    "data/a\x7f:b .i",
):
    add("store_encode", name.encode())
marker = (
    struct.pack(">IdhHBBB", 19 + 60 + 2 + 5, 1.0, 0, 0, 1, 1, 1)
    + b"1" * 20
    + b"2" * 20
    + b"3" * 20
    + b"\4\1userx"
)
add("store_obsstore", b"\1" + marker * 2)
add("store_obsstore", b"\0" + struct.pack(">BIB", 1, 4, 0) + b"1" * 20 + b"2" * 20 + b"a:bc")
for delta in (b"", struct.pack(">lll", 1, 3, 2) + b"ab", struct.pack(">lll", 0, 0, 1) + b"z"):
    add("text_patch", framed(b"hello", delta, delta, b""))
for kind in ("v1", "v2", "v2-cached"):
    directory = DIRSTATES / kind
    main = (directory / "dirstate").read_bytes()
    if kind == "v1":
        add("worktree_dirstate_v1", main)
        add("worktree_dirstate_v1", main[:40])
        continue
    for data in directory.glob("dirstate.*"):
        docket = main.replace(data.suffix[1:].encode(), b"0a1b2c3d")
        add("worktree_dirstate_v2", framed(docket, data.read_bytes()))
for text in (
    "[ui]\nusername = A <a@b>\n  more\n[paths]\ndefault = ../x\ndefault:pushrev = .\n",
    '# comment\n; other\n[a]\nb=1\n%unset b\n[c]\nlist = a, "b c" d\nsize = 3kb\nflag = yes\n',
    "\ufeff[x]\r\ny = z\r\n",
    "[ui]\ntweakdefaults = true\n",
    " indented\n",
    "[broken\n",
):
    add("core_config", text.encode())

# -- targets whose worlds the targets make themselves ---------------------------------------------------------------


def little(*values: int) -> bytes:
    """Numbers as our own caches have them."""
    return struct.pack(f"<{len(values)}I", *values)


# the letters 0xf0 to 0xf2 stand for the nodes of the file
names = little(1, 1) + b"f"
add("core_annotation", names + little(1, 0) + b"\xf0" + little(1, 0, 1, 4))
add("core_annotation", names + little(2, 0) + b"\xf0" + little(0) + b"\xf2" + little(2, 0, 1, 3, 1, 4, 1))
add("core_annotation", little(2, 1) + b"f" + little(1) + b"g" + little(1, 1) + b"\xf1" + little(1, 0, 1, 4))
add("core_annotation", little(2, 1) + b"f" + little(3) + b"../" + little(0, 0))
for mode in range(8):
    for at, data in (
        (0, b""),
        (30, b"\n"),
        (65536 - 40, b"\0" * 9),
        (1 << 20, b"x"),
        (1105000 + 8, b"\1\2\3"),
    ):
        add("store_kept_manifest", bytes([mode]) + at.to_bytes(3, "big") + bytes([len(data)]) + data)
        add(
            "store_kept_manifest",
            bytes([mode]) + (b"\0\0\0\0" + at.to_bytes(3, "big") + bytes([len(data)]) + data),
        )
for content in (b"", b"a", b"abc" * 300, bytes(range(256)) * 3, b"1AY&SY" * 20):
    for level in (1, 9):
        stream = bz2.compress(content, level)
        add("store_bzip2", b"\x08" + stream)
        add("store_bzip2", b"\x00" + stream[:-3])
        add("store_bzip2", b"\x10" + stream + b"more")
        add("store_bzip2", bytes([7 + 8 * level]) + content)
segment = little(0, 2, 0, 0, 2, 3, 1, 1, 2, 2, 3)
segment += struct.pack("<qq", 0, 1) + little(0, 1, 0, 0) + little(1, 3) + b"abc" + little(1) + b"d"
segment += little(1, 2) + b"ab" + little(2, 3) + b"\0\1\1"
add("store_history_file", framed(segment, b""))
add("store_history_file", framed(segment, little(2) + segment[4:]))
add("store_history_file", framed(b"", segment))
for line in (b"zcmZQ" + b"0" * 60, b"A00000", b"B0g7X", b"~!", b"c" + b"~" * 10):
    for delta in (b"\5\5\x90\5", b"\5\3\3abc", b"\5\7\x91\1\3\4wxyz", b"\x80\x80\1"):
        add("text_binary", framed(line, b"hello", delta))
for chunk in (
    b"diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n-one two\n+one three  \n same\n",
    b"--- a/f\n+++ b/f\n@@ -1 +0,0 @@\n-\ttab\r\n\\ No newline at end of file\n",
    b"rename from a\nrename to b\n",
    b"@@ -1 +1 @@\n-a b c d\n+a c b d\n+new",
):
    add("text_label", framed(chunk, chunk[20:], chunk))
for text in (
    b"2006-01",
    b"<2006-01-02 03:04",
    b"> 2006-12-31T10:11:12",
    b"-30",
    b"2006 to 2007-02",
    b" 2006-02-29",
):
    add("core_dates", text)
for zone in ("Europe/Berlin", "America/New_York", "UTC"):
    path = Path("/usr/share/zoneinfo") / zone
    if path.exists():
        add("core_dates", path.read_bytes()[-1200:])
header = b"TZif2" + bytes(15)
small = header + struct.pack(">6I", 0, 0, 0, 0, 1, 1) + bytes(7)
small += header + struct.pack(">6I", 0, 0, 0, 1, 2, 4)
add("core_dates", small + struct.pack(">qB", 1000, 1) + bytes(18) + b"\nX\n")

for target, found in seeds.items():
    directory = HERE / "corpus" / target
    directory.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(sorted(found)):
        (directory / f"seed-{number:02}").write_bytes(data)
